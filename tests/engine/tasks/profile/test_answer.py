"""Author profiles, checked against what can be computed by hand from the words' scores and the hops."""

import math
from itertools import pairwise

import numpy as np
import pytest

from dltext.engine import api
from dltext.engine.results import Record, UserError
from dltext.engine.serve import session
from dltext.engine.tasks.profile import model
from dltext.engine.tasks.profile import reading as author_reading

LONG = "the a the a the a the a the lol. "


@pytest.fixture(autouse=True)
def _forget() -> None:
    session.close_all()


def softmax(values: list[float]) -> list[float]:
    return [math.exp(value) / sum(map(math.exp, values)) for value in values]


def test_scores_become_calibrated_answers(make_profiler) -> None:
    make_profiler()
    profile = api.profile("the sister lol")
    first, second = softmax([0, 3, 0]), softmax([0, 0, 2])
    weights = [(one + other) / 2 for one, other in zip(first, second, strict=True)]
    gender, age, years = profile.guesses
    female = weights[1] * 4 + weights[2]
    assert list(gender.probabilities) == ["female", "male"]
    assert gender.probabilities["female"] == pytest.approx(softmax([female, 0])[0], abs=1e-6)
    assert (gender.label, gender.sure) == ("female", True)
    expected = softmax([2 * 3 * weights[2] + 0.5, 0, 0])
    assert list(age.probabilities.values()) == pytest.approx(expected, abs=1e-6)
    assert years.value == pytest.approx(25 + 8 * (0.1 - weights[2]), abs=1e-5)
    assert (years.low, years.high) == (pytest.approx(years.value - 5), pytest.approx(years.value + 7))
    assert (profile.model, profile.version, profile.tokens, profile.known, profile.read) == (
        "toy-profiler",
        "1",
        3,
        1.0,
        1.0,
    )
    assert (profile.spans, profile.hops, profile.phrases, profile.pulls) == ((), (), (), {})
    assert profile.milliseconds > 0


def test_flat_distributions_are_said_to_be(make_profiler) -> None:
    make_profiler()
    profile = api.profile("the a the")
    gender, age, years = profile.guesses
    assert not gender.sure
    assert set(gender.probabilities.values()) == {0.5}
    # The bias alone makes 0.45 of 0.33: under 1/3 + 0.2 · 2/3 = 0.467.
    assert age.probabilities["10s"] == pytest.approx(softmax([0.5, 0, 0])[0])
    assert (age.label, age.sure, years.sure) == ("10s", False, True)
    assert profile.as_dict()["cannot_tell"] == ["gender", "age"]


def test_each_hop_sums_to_one_over_all_windows(make_profiler) -> None:
    make_profiler(query=[1.0, 0, 0, 0, 0, 0])
    text = "the a the a the a the sister. A the football a the lol!"
    profile = api.profile(text, explain=True)
    words = [text[span.start : span.end] for span in profile.spans]
    assert " ".join(words) == "the a the a the a the sister . A the football a the lol !"
    assert len(profile.hops) == 2
    assert all(len(hop) == len(words) and sum(hop) == pytest.approx(1) for hop in profile.hops)
    assert [span.weight for span in profile.spans] == pytest.approx(np.mean(profile.hops, axis=0).tolist())
    first = [softmax([3.0 * (word == "sister") for word in words[:9]]), softmax([0.0] * 9)]
    second = [
        softmax([3.0 * (word == "football") for word in words[9:]]),
        softmax([2.0 * (word == "lol") for word in words[9:]]),
    ]
    asked = [
        sum((one[at] + other[at]) / 2 * value for at, value in scores.items())
        for (one, other), scores in ((first, {7: 4.0}), (second, {5: 1.0}))
    ]
    share = softmax(asked)
    assert share[0] > share[1]
    for hop in range(2):
        expected = [share[0] * value for value in first[hop]] + [share[1] * value for value in second[hop]]
        assert list(profile.hops[hop]) == pytest.approx(expected, abs=1e-6)


def test_phrases_are_runs_of_words_with_twice_their_even_share(make_profiler) -> None:
    make_profiler(serving={"window": 40})
    text = "the a the a sister the football a the a the a the a lol"
    profile = api.profile(text, explain=True)
    assert [text[phrase.start : phrase.end] for phrase in profile.phrases] == ["sister the football", "lol"]
    assert [phrase.hop for phrase in profile.phrases] == [0, 1]
    weight = sum(span.weight for span in profile.spans[4:7])
    assert profile.phrases[0].weight == pytest.approx(weight)
    assert api.profile("the a the a", explain=True).phrases == ()


def test_phrases_do_not_reach_over_windows(make_profiler) -> None:
    make_profiler()
    text = "the a the a the a the the a sister sister the a the a the"
    profile = api.profile(text, explain=True)
    assert [text[phrase.start : phrase.end] for phrase in profile.phrases] == ["sister", "sister"]


def test_at_most_eight_phrases(make_profiler) -> None:
    make_profiler(serving={"window": 2000})
    profile = api.profile("sister the a the a the a the a " * 20, explain=True)
    assert len(profile.phrases) == 8


def test_ngrams_are_mixed_in_and_say_what_pulled(make_profiler) -> None:
    make_profiler(ngrams={"w:mum": [0, 0, 4.0, 0, 0, 0], "w:wine": [0, 0, 0, 0, 4.0, 0], "c: ho": [0, 0, 1.0, 0, 0, 0]})
    text = "My mum is home. The wine."
    profile = api.profile(text, explain=True)
    assert profile.guess("age").label == "10s"
    pulls = profile.pulls["age"]
    assert [text[span.start : span.end].strip() for span in pulls] == ["mum", "ho"]
    assert pulls[0].weight > pulls[1].weight > 0
    assert "gender" not in profile.pulls
    without = api.profile(text.replace("mum", "cat"))
    assert profile.guess("age").probabilities["10s"] > without.guess("age").probabilities["10s"]
    text = "Some wine at home."
    profile = api.profile(text, explain=True)
    assert profile.guess("age").label == "30s"
    assert [text[span.start : span.end] for span in profile.pulls["age"]] == ["wine"]


def test_ngrams_are_counted_once_whatever_is_asked(make_profiler, monkeypatch) -> None:
    from dltext.engine.tasks.profile.ngram_model import NgramModel

    counted: list[str] = []
    features = NgramModel._features
    monkeypatch.setattr(NgramModel, "_features", lambda self, text: counted.append(text) or features(self, text))
    mix = {"network": 1.0, "ngrams": 1.0, "bias": 0.0}
    make_profiler(
        scores={"the": [0.0] * 3},
        looks={},
        attributes=[
            {"name": "sex", "kind": "category", "labels": ["f", "m"], "mix": mix},
            {"name": "years", "kind": "number", "mix": mix, "mean": 30, "std": 9, "low": -5, "high": 5},
        ],
        ngrams={"w:mum": [0.5, 0, 1], "w:wine": [0, 0.3, -2]},
    )
    profile = api.profile("My mum likes wine", explain=True)
    assert counted == ["My mum likes wine"]
    assert [span.start for span in profile.pulls["sex"]] == [3]
    assert [span.start for span in profile.pulls["years"]] == [13, 3]


def test_a_text_of_several_windows_is_read_whole(make_profiler, profiler_runs) -> None:
    make_profiler()
    profile = api.profile(LONG * 3)
    assert (profile.tokens, profile.read) == (33, 1.0)
    # Eleven tokens a sentence, ten a window: the mark of each falls into the next window.
    assert sum(rows * length for rows, length, _ in profiler_runs) == 33
    assert len({length for _, length, _ in profiler_runs}) == len(profiler_runs)


def test_too_many_windows_are_spread_over_the_text(make_profiler) -> None:
    make_profiler(ngrams={"w:mum": [0, 0, 9.0, 0, 0, 0]})
    text = "football the a the. " + "the a the. " * 30 + "mum the a sister."
    profile = api.profile(text, explain=True)
    words = [text[span.start : span.end] for span in profile.spans]
    assert words[0] == "football"
    assert words[-2:] == ["sister", "."]
    assert 0 < profile.read < 0.6
    assert any("spread evenly" in note for note in profile.notes)
    assert text[slice(profile.pulls["age"][0].start, profile.pulls["age"][0].end)] == "mum"
    assert all(one.end <= other.start for one, other in pairwise(profile.spans))


def test_a_huge_text_is_sliced_before_it_is_tokenised(make_profiler, monkeypatch: pytest.MonkeyPatch) -> None:
    make_profiler()
    seen = []
    blank = author_reading.blank_controls
    monkeypatch.setattr(author_reading, "blank_controls", lambda text: seen.append(len(text)) or blank(text))
    text = "the sister lol. " * 100_003
    profile = api.profile(text, explain=True)
    assert sum(seen) < 3 * 6 * 2 * 10 * author_reading.CHARACTERS
    assert profile.guess("gender").label == "female"
    assert profile.read < 0.001
    words = [text[span.start : span.end] for span in profile.spans]
    assert set(words) == {"the", "sister", "lol", "."}
    # Each slice begins with the first sentence that begins there.
    reading = author_reading.read_author(model.open_profiler(), text)
    assert [text[slice(*places[0])] for places in reading.places] == ["the"] * 6
    starts = [start for start, _ in reading.pieces]
    assert max(np.diff(starts)) < 1.01 * min(np.diff(starts))
    assert starts[-1] > len(text) - 200


@pytest.mark.parametrize("length", [481, 500, 700, 961, 1500, 5000])
def test_slices_never_overlap(make_profiler, length: int) -> None:
    make_profiler()
    text = ("the sister lol. " + "football mortgage " * 5 + "! ") * 60
    text = text[:length]
    pieces = author_reading.read_author(model.open_profiler(), text).pieces
    assert all(one[1] <= other[0] for one, other in pairwise(pieces))
    profile = api.profile(text, explain=True)
    assert all(one.end <= other.start for one, other in pairwise(profile.spans))
    assert all(sum(hop) == pytest.approx(1) for hop in profile.hops)


def test_one_endless_word(make_profiler) -> None:
    make_profiler()
    profile = api.profile("a" * 1_000_000, explain=True)
    assert profile.known < 0.5


def test_notes(make_profiler) -> None:
    make_profiler(serving={"window": 100})
    assert "3 words" in api.profile("the sister lol.").notes[0]
    assert "a single word" in api.profile("lol!").notes[0]
    assert api.profile("the sister lol. " * 17).notes == ()
    notes = api.profile("这 部 电 影 非 常 好 看 " * 10).notes
    assert len(notes) == 1
    assert "reads English; this text is in Chinese" in notes[0]


@pytest.mark.parametrize(
    "text", ["这部电影 sister 非常好看今天天气很好 lol", "Вчера я ходил lol", "الفيلم جيد جدا lol"]
)
def test_nothing_is_said_of_who_writes_in_another_script(make_profiler, text: str) -> None:
    """Also where the words are known: the two that are would make a sure answer."""
    make_profiler()
    assert api.profile("sister lol").guess("gender").sure
    profile = api.profile(text, explain=True)
    assert profile.as_dict()["cannot_tell"] == ["gender", "age", "years"]
    assert set(profile.guess("gender").probabilities.values()) == {0.5}
    assert profile.guess("years").value is None
    assert profile.pulls == {}
    assert "reads English; this text is in" in profile.notes[-1]
    assert next(iter(api.profile_many([Record("1", text)])))[1].guesses == profile.guesses


@pytest.mark.parametrize("text", ["sister lol 今天", "naïve sister lol", "sister lol 🎉 123 …", "SISTER LOL"])
def test_some_letters_of_another_script_do_not_count(make_profiler, text: str) -> None:
    make_profiler()
    profile = api.profile(text)
    assert profile.guess("gender").sure
    assert not any("this text is in" in note for note in profile.notes)


def test_a_model_of_another_language_reads_its_script(make_profiler) -> None:
    make_profiler(language="ru")
    assert api.profile("sister lol Вчера я ходил в кино").guess("gender").sure


def test_what_cannot_be_read(make_profiler) -> None:
    make_profiler()
    with pytest.raises(UserError, match="empty"):
        api.profile(" \n")
    profile = api.profile("\u200b\u200b", explain=True)
    assert [guess.sure for guess in profile.guesses] == [False, False, False]
    assert profile.guess("years").value is None
    assert set(profile.guess("age").probabilities.values()) == {1 / 3}
    assert "no words" in profile.notes[0]
    assert (profile.spans, profile.hops, profile.phrases) == ((), (), ())


def test_controls_are_blanks(make_profiler) -> None:
    make_profiler()
    text = "the\x1b[31m sister\x00lol"
    assert [text[span.start : span.end] for span in api.profile(text, explain=True).spans] == ["the", "sister", "lol"]
