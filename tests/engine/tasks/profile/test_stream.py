"""Streams of authors: answered as one by one, a few held at once."""

import numpy as np
import pytest

from dltext.engine import api
from dltext.engine.results import Record
from dltext.engine.serve import session
from dltext.engine.tasks.profile import answer as profile
from dltext.engine.tasks.profile import model


@pytest.fixture(autouse=True)
def _forget() -> None:
    session.close_all()


def authors(count: int, seed: int = 3) -> list[Record]:
    random = np.random.default_rng(seed)
    words = ["the", "a", ".", "lol", "sister", "football", "mortgage", "zebra"]
    texts = [" ".join(random.choice(words, int(random.integers(1, 90)))) for _ in range(count)]
    return [Record(str(number), text) for number, text in enumerate(texts)]


def test_a_stream_answers_as_one_by_one_in_fewer_runs(make_profiler, profiler_runs) -> None:
    make_profiler(query=[1.0, 0, 0, 1.0, 0, 0])
    records = authors(40)
    answers = list(api.profile_many(records))
    lengths = [length for _, length, _ in profiler_runs]
    assert len(set(lengths)) == len(lengths)
    assert {outputs for _, _, outputs in profiler_runs} == {1}
    for (record, answer), given in zip(answers, records, strict=True):
        assert record is given
        alone = api.profile(given.text)
        assert (answer.tokens, answer.read, answer.known, answer.notes) == (
            alone.tokens,
            alone.read,
            alone.known,
            alone.notes,
        )
        for guess, other in zip(answer.guesses, alone.guesses, strict=True):
            assert list(guess.probabilities.values()) == pytest.approx(list(other.probabilities.values()), abs=1e-6)
            assert guess.value == pytest.approx(other.value, abs=1e-5)


def test_a_stream_is_explained(make_profiler) -> None:
    make_profiler()
    records = authors(20)
    for record, answer in api.profile_many(records, explain=True):
        alone = api.profile(record.text, explain=True)
        assert [span.weight for span in answer.spans] == pytest.approx([span.weight for span in alone.spans], abs=1e-6)
        assert sum(phrase.weight for phrase in answer.phrases) <= 1 + 1e-9


@pytest.mark.parametrize("explain", [False, True])
def test_a_stream_holds_no_more_than_it_says(make_profiler, explain: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    make_profiler()
    monkeypatch.setattr(profile, "LOOKAHEAD", 7)
    monkeypatch.setattr(profile, "EXPLAINED", 3)
    taken = 0

    def endless():
        nonlocal taken
        while True:
            taken += 1
            yield Record(str(taken), "the sister lol")

    for answered, _ in enumerate(api.profile_many(endless(), explain=explain), 1):
        assert taken - answered < (3 if explain else 7)
        if answered == 50:
            break


def test_long_records_are_taken_by_fewer(make_profiler, monkeypatch: pytest.MonkeyPatch) -> None:
    make_profiler()
    monkeypatch.setattr(profile, "LOOKAHEAD_CHARACTERS", 100)
    pulled: list[int] = []
    records = (pulled.append(number) or Record(str(number), "sister " * 10) for number in range(50))
    next(api.profile_many(records))
    assert len(pulled) == 2


def test_a_record_without_words_does_not_stop_the_stream(make_profiler) -> None:
    make_profiler()
    answers = [answer for _, answer in api.profile_many([Record("1", ""), Record("2", "sister")])]
    assert [guess.sure for guess in answers[0].guesses] == [False, False, False]
    assert answers[1].guess("gender").label == "female"


def test_large_batches_run_in_parts(make_profiler, profiler_runs, monkeypatch: pytest.MonkeyPatch) -> None:
    make_profiler()
    loaded = model.open_profiler()
    ids = np.random.default_rng(1).integers(1, 9, (33, 7)).astype(np.int32)
    whole = loaded.encode(ids, True)
    monkeypatch.setattr(model, "CHUNK", 20)
    vectors, annotations = loaded.encode(ids, True)
    np.testing.assert_array_equal(vectors, whole[0])
    np.testing.assert_array_equal(annotations, whole[1])
    assert [rows for rows, _, _ in profiler_runs] == [33] + [2] * 16 + [1]
