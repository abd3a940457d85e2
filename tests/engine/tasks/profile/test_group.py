"""Who writes in a corpus: means, their intervals, and what is left out."""

from dataclasses import replace

import numpy as np
import pytest

from dltext.engine import api
from dltext.engine.results import Record, UserError
from dltext.engine.serve import session
from dltext.engine.tasks.profile import group as task


@pytest.fixture(autouse=True)
def _forget() -> None:
    session.close_all()


def authors(*texts: str) -> list[Record]:
    return [Record(str(number), text) for number, text in enumerate(texts, 1)]


WORDS = ("the sister lol " * 30, "football mortgage a. " * 30, "the a the " * 30, "mortgage sister! " * 30)


def test_shares_are_the_means_of_the_authors_probabilities(make_profiler) -> None:
    make_profiler()
    records = authors(*WORDS * 3)
    group = api.profile_group(records)
    each = [answer for _, answer in api.profile_many(records)]
    assert (group.model, group.version, group.authors, group.notes) == ("toy-profiler", "1", 12, ())
    gender, age, years = group.attributes
    for attribute in (gender, age):
        assert sum(share.share for share in attribute.shares) == pytest.approx(1, abs=1e-6)
        for share in attribute.shares:
            mean = np.mean([answer.guess(attribute.name).probabilities[share.label] for answer in each])
            assert share.share == pytest.approx(mean, abs=1e-6)
            assert 0 <= share.low < share.share < share.high <= 1
    assert gender.unsure == sum(not answer.guess("gender").sure for answer in each) > 0
    values = [answer.guess("years").value for answer in each]
    assert years.mean == pytest.approx(np.mean(values), abs=1e-4)
    assert years.low < years.mean < years.high
    assert sum(share.share for share in years.shares) == pytest.approx(1)
    for share in years.shares:
        low, high = map(float, share.label.split(" to "))
        assert share.share == pytest.approx(np.mean([low <= value < high for value in values]))


def test_the_same_seed_gives_the_same_intervals(make_profiler) -> None:
    make_profiler()
    records = authors(*WORDS * 3)
    first, again, other = (api.profile_group(records, seed=seed) for seed in (1, 1, 2))
    assert first == again
    assert first.attributes != other.attributes
    assert "1,000 bootstrap samples" in first.protocol
    assert "seed 1" in first.protocol


def test_intervals_are_those_of_the_mean() -> None:
    values = np.random.default_rng(5).normal(3, 2, (400, 1))
    mean, low, high = task.bootstrap(values, 1)
    half = 1.96 * values.std() / 20
    assert mean[0] == pytest.approx(values.mean())
    assert low[0] == pytest.approx(values.mean() - half, abs=0.1 * half)
    assert high[0] == pytest.approx(values.mean() + half, abs=0.1 * half)
    assert [end[0] for end in task.bootstrap(np.ones((1, 1)), 1)] == [1, 1, 1]


@pytest.mark.parametrize(
    ("values", "labels"),
    [
        ([20.0, 20.0], ("20 to 21",)),
        ([13.0, 47.9], tuple(f"{low} to {low + 5}" for low in range(10, 50, 5))),
        ([0.1, 0.36], ("0.10 to 0.15", "0.15 to 0.20", "0.20 to 0.25", "0.25 to 0.30", "0.30 to 0.35", "0.35 to 0.40")),
        ([-3.0, 3.0], tuple(f"{low} to {low + 1}" for low in range(-3, 4))),
        ([1e6, 1e6 + 0.95], tuple(f"{1e6 + low / 10:.1f} to {1e6 + (low + 1) / 10:.1f}" for low in range(10))),
    ],
)
def test_bars_have_round_edges(values: list[float], labels: tuple[str, ...]) -> None:
    bars, which = task._bars(np.array(values))
    assert bars == labels
    assert len(bars) <= task.MOST_BARS
    assert which.tolist() == [0, len(bars) - 1]


def test_what_is_left_out_and_what_is_doubtful_is_said(make_profiler) -> None:
    make_profiler()
    group = api.profile_group(authors(WORDS[0], "", "\u200b", "sister", "zebra quince " * 40))
    assert group.authors == 3
    left, short, strange = group.notes
    assert "2 records without words were left out" in left
    assert "1 author of 3" in short
    assert "1 author of 3" in strange


def test_authors_in_another_script_are_left_out(make_profiler) -> None:
    make_profiler()
    chinese = "今天天气真好 " * 20
    group = api.profile_group(authors(WORDS[0], chinese))
    assert group == replace(api.profile_group(authors(WORDS[0])), notes=group.notes)
    assert "1 author in another language than the model's was left out" in group.notes[0]
    with pytest.raises(UserError, match="reads English, and all texts here are in another language"):
        api.profile_group(authors(chinese, ""))


def test_no_author_is_an_error(make_profiler) -> None:
    make_profiler()
    for records in ([], authors("", " ")):
        with pytest.raises(UserError, match="no author"):
            api.profile_group(records)
    with pytest.raises(UserError, match="stopped"):
        api.profile_group(authors("sister"), should_stop=lambda: True)


def test_it_can_be_stopped_and_tells_how_far_it_is(make_profiler, monkeypatch: pytest.MonkeyPatch) -> None:
    make_profiler()
    monkeypatch.setattr(task, "LOOKAHEAD", 2)
    seen: list[tuple[int, int]] = []
    records = authors(*WORDS * 5)
    group = api.profile_group(records, progress=lambda *far: seen.append(far), should_stop=lambda: len(seen) == 3)
    assert group.authors == 6
    assert "first 6 authors" in group.notes[0]
    assert seen[:3] == [(2, 20), (4, 20), (6, 20)]
    seen.clear()
    api.profile_group(iter(records), progress=lambda *far: seen.append(far))
    assert (seen[0], seen[-1]) == ((2, 0), (20, 20))


def test_a_stream_is_not_kept(make_profiler, monkeypatch: pytest.MonkeyPatch) -> None:
    import gc
    import weakref

    make_profiler()
    monkeypatch.setattr(task, "LOOKAHEAD", 4)

    class Watched(Record):
        pass

    alive: weakref.WeakSet[Watched] = weakref.WeakSet()
    most = 0

    def stream():
        nonlocal most
        for number in range(100):
            record = Watched(str(number), "the sister lol")
            alive.add(record)
            yield record
            gc.collect()
            most = max(most, len(alive))

    gc.freeze()  # what other tests have left would be looked through a hundred times
    try:
        assert api.profile_group(stream()).authors == 100
    finally:
        gc.unfreeze()
    assert most <= 10


def test_each_number_has_its_own_bars(make_profiler) -> None:
    number = {"kind": "number", "mix": {"network": 1.0, "bias": 0.0}, "mean": 0.0, "std": 1.0, "low": 0.0, "high": 0.0}
    make_profiler(
        scores={"one": [1.0, 500.0], "two": [2.0, 900.0]},
        attributes=[{"name": "small", **number}, {"name": "large", **number}],
        looks={},
    )
    small, large = api.profile_group(authors("one one", "two", "two two")).attributes
    assert (small.mean, large.mean) == (pytest.approx(5 / 3), pytest.approx(2300 / 3))
    assert [share.share for share in large.shares if share.share] == pytest.approx([1 / 3, 2 / 3])
    assert {share.label for share in large.shares if share.share} == {"500 to 550", "900 to 950"}
    assert {share.label for share in small.shares if share.share} == {"1.0 to 1.1", "2.0 to 2.1"}
