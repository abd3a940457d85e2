"""Text to Result, checked against what can be computed by hand from the words' scores."""

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dltext.engine import api
from dltext.engine.results import Record, UserError
from dltext.engine.serve import session
from dltext.engine.serve.session import Session
from dltext.engine.tasks.classify import answer
from dltext.engine.tasks.classify import model as classifier
from dltext.engine.text import windows


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """The shape of each batch that reaches the network."""
    seen: list[tuple[int, int]] = []
    logits = Session.logits

    def watched(self: Session, ids: np.ndarray) -> np.ndarray:
        seen.append(ids.shape)
        return logits(self, ids)

    monkeypatch.setattr(Session, "logits", watched)
    return seen


def sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def test_probabilities_are_the_tempered_softmax(make_bundle) -> None:
    make_bundle(serving={"temperature": 2.0})
    result = api.analyse("The good film", model="toy")
    expected = sigmoid((0.0 + 4.0 + 0.5) / 3 / 2.0)
    assert result.label == "positive"
    assert list(result.probabilities) == ["negative", "positive"]
    assert result.probabilities["positive"] == pytest.approx(expected, abs=1e-6)
    assert sum(result.probabilities.values()) == pytest.approx(1)
    assert (result.task, result.model, result.version) == ("sentiment", "toy", "1")
    assert (result.tokens, result.known, result.read, result.notes) == (3, 1.0, 1.0, ())
    assert result.spans == ()
    assert result.milliseconds > 0


def test_more_than_two_labels(make_bundle) -> None:
    make_bundle(
        "topics",
        {"ball": [3.0, 0.0, 0.0], "bank": [0.0, 2.0, 0.0], "vote": [0.0, 0.0, 9.0]},
        labels=("sport", "money", "politics"),
        task="classify",
    )
    result = api.analyse("ball bank", "classify", "topics")
    assert result.task == "classify"
    assert result.label == "sport"
    assert result.probabilities["sport"] == pytest.approx(math.exp(1.5) / (math.exp(1.5) + math.exp(1) + 1), abs=1e-6)


@pytest.mark.parametrize("text", ["", " ", "\n\t \u3000"])
def test_an_empty_text_is_an_error(text: str, make_bundle) -> None:
    make_bundle()
    with pytest.raises(UserError, match="empty"):
        api.analyse(text)


def test_short_texts_are_padded_as_far_as_the_network_needs_and_no_further(make_bundle, runs) -> None:
    make_bundle(serving={"min_tokens": 4})
    result = api.analyse("good", model="toy")
    assert result.tokens == 1
    assert result.probabilities["positive"] == pytest.approx(sigmoid(4.0 / 4), abs=1e-6)
    api.analyse("good good good good good", model="toy")
    assert runs == [(1, 4), (1, 5)]


@pytest.mark.parametrize(
    "text",
    [
        "good\x1b[31m film\x1b[0m",
        "good\x00film",
        "good\x1b]0;bad bad bad\x07 film",
        "\x9bgood\x85film",
        "good\rfilm",
        "\x1bPbad\x1b\\good film",
        "good \x1b[38;2;1;2;3m film",
    ],
)
def test_control_characters_are_blanks_and_offsets_stay(text: str, make_bundle) -> None:
    make_bundle()
    result = api.analyse(text, model="toy", explain=True)
    assert [text[span.start : span.end] for span in result.spans] == ["good", "film"]
    assert result.known == 1.0
    assert len(windows.blank_controls(text)) == len(text)


@given(st.text(st.characters(codec=None), max_size=60))
@settings(max_examples=200, deadline=None)
def test_blanking_keeps_the_length_and_leaves_no_control(text: str) -> None:
    blanked = windows.blank_controls(text)
    assert len(blanked) == len(text)
    assert not any(ord(letter) < 32 and letter not in "\n\t\r" for letter in blanked)
    blanked.encode("utf-8")


@pytest.mark.parametrize("piece", ["\x1b]a", "\x1b[0", "\x1b ", "\x1b[1;", "\x1b"])
def test_unfinished_sequences_take_linear_time(piece: str) -> None:
    # A quadratic pattern would need minutes for these.
    assert len(windows.blank_controls(piece * 200_000)) == 200_000 * len(piece)


def test_unknown_words_are_told(make_bundle) -> None:
    make_bundle()
    result = api.analyse("good xylophone zebra quince", model="toy")
    assert result.known == 0.25
    assert "reads English" in result.notes[0]
    assert "25 %" in result.notes[0]
    assert api.analyse("good bad zebra", model="toy").notes == ()


def test_another_script_is_named(make_bundle) -> None:
    make_bundle()
    result = api.analyse("这部电影非常好看", model="toy")
    assert result.known == 0
    assert "reads English" in result.notes[0]
    assert "Chinese characters" in result.notes[0]
    make_bundle("zh", {"好": 3.0}, language="zh")
    assert "reads Chinese; this text is mostly in Latin letters" in api.analyse("a fine film", model="zh").notes[0]


def test_a_text_without_words_is_undecided(make_bundle) -> None:
    make_bundle()
    result = api.analyse("\u200b\u200b", model="toy")
    assert set(result.probabilities.values()) == {0.5}
    assert (result.tokens, result.known) == (0, 0.0)
    assert "no words" in result.notes[0]
    assert api.analyse("\u200b", model="toy", explain=True).spans == ()


def test_a_long_text_is_read_whole_in_windows_of_equal_length(make_bundle, runs) -> None:
    make_bundle(serving={"max_tokens": 10})
    result = api.analyse("good " * 20 + "bad " * 5, model="toy")
    assert runs == [(3, 9)]
    assert (result.tokens, result.read, result.notes) == (25, 1.0, ())
    assert result.label == "positive"


def test_windows_are_averaged_in_log_space(make_bundle) -> None:
    make_bundle(serving={"max_tokens": 4})
    result = api.analyse("good good good good bad bad the the", model="toy")
    first, second = 4.0, -2.0
    logs = [(math.log(sigmoid(x)), math.log(sigmoid(-x))) for x in (first, second)]
    yes, no = (sum(column) / 2 for column in zip(*logs, strict=True))
    assert result.probabilities["positive"] == pytest.approx(math.exp(yes) / (math.exp(yes) + math.exp(no)), abs=1e-6)


def test_a_very_long_text_is_sampled_from_its_beginning_to_its_end(make_bundle, monkeypatch) -> None:
    make_bundle(serving={"max_tokens": 10})
    model = classifier.open_classifier("sentiment", "toy")
    text = "bad " * 10 + "the " * 20_000 + "good " * 10
    reading = windows.read(model, text)
    assert len(reading.windows) == windows.MOST_WINDOWS
    assert reading.tokens == 160
    first, last = reading.windows[0], reading.windows[-1]
    assert first.offsets[0] == (0, 3)
    assert text[slice(*last.offsets[-1])] in ("the", "good")
    assert last.offsets[0][0] >= len(text) - 10 * windows.CHARACTERS
    for window in reading.windows:
        for number, (start, end) in zip(window.ids, window.offsets, strict=False):
            assert model.tokenizer.token_to_id(text[start:end]) == number
    assert reading.read < 0.01
    assert "was read, in 16 windows of up to 10 tokens" in reading.notes[0]


def test_no_more_is_tokenised_than_is_read(make_bundle, monkeypatch) -> None:
    make_bundle(serving={"max_tokens": 10})
    seen = []
    blank = windows.blank_controls
    monkeypatch.setattr(windows, "blank_controls", lambda text: seen.append(len(text)) or blank(text))
    result = api.analyse("good film " * 1_000_000, model="toy")
    assert sum(seen) <= windows.MOST_WINDOWS * windows.CHARACTERS * 10
    assert result.label == "positive"


def test_one_endless_word(make_bundle) -> None:
    make_bundle(serving={"max_tokens": 10})
    result = api.analyse("a" * 3_000_000, model="toy", explain=True)
    assert result.known == 0


def test_a_stream_keeps_its_order_and_answers_as_one_by_one(make_bundle, runs) -> None:
    make_bundle(serving={"max_tokens": 10, "min_tokens": 3})
    random = np.random.default_rng(3)
    texts = [
        " ".join(random.choice(["good", "bad", "the", "film", "zebra"], int(random.integers(1, 40)))) for _ in range(60)
    ]
    records = [Record(str(number), text, "x") for number, text in enumerate(texts)]
    answers = list(api.analyse_many(records, model="toy"))
    batches = len(runs)
    assert [record for record, _ in answers] == records
    for record, result in answers:
        alone = api.analyse(record.text, model="toy")
        assert result.label == alone.label
        assert list(result.probabilities.values()) == pytest.approx(list(alone.probabilities.values()), abs=1e-6)
        assert (result.tokens, result.known, result.read, result.notes) == (
            alone.tokens,
            alone.known,
            alone.read,
            alone.notes,
        )
    assert batches == len({length for _, length in runs[:batches]}) <= 8


def test_a_stream_explains_as_one_by_one(make_bundle) -> None:
    make_bundle()
    texts = ["good film", "bad", "the good the bad"]
    answers = api.analyse_many([Record(text, text) for text in texts], model="toy", explain=True)
    for record, result in answers:
        assert result.spans == api.analyse(record.text, model="toy", explain=True).spans


def test_a_stream_is_read_as_far_as_needed(make_bundle) -> None:
    make_bundle()
    pulled = []

    def records() -> Iterator[Record]:
        for number in range(100_000):
            pulled.append(number)
            yield Record(str(number), "good")

    answers = api.analyse_many(records(), model="toy", lookahead=16)
    next(answers)
    assert len(pulled) == 16
    for _ in range(16):
        next(answers)
    assert len(pulled) == 32
    single = api.analyse_many(records(), model="toy", lookahead=1)
    pulled.clear()
    next(single)
    assert len(pulled) == 1


def test_long_records_shorten_the_lookahead(make_bundle, monkeypatch) -> None:
    make_bundle()
    monkeypatch.setattr(answer, "LOOKAHEAD_CHARACTERS", 100)
    pulled = []
    records = (pulled.append(number) or Record(str(number), "good " * 10) for number in range(50))
    next(api.analyse_many(records, model="toy"))
    assert len(pulled) == 2


def test_an_empty_record_does_not_stop_a_stream(make_bundle) -> None:
    make_bundle()
    records = [Record("1", "good"), Record("2", "  "), Record("3", "bad")]
    answers = [result for _, result in api.analyse_many(records, model="toy")]
    assert [result.label for result in answers] == ["positive", "negative", "negative"]
    assert set(answers[1].probabilities.values()) == {0.5}
    assert "empty" in answers[1].notes[0]
    assert list(api.analyse_many([], model="toy")) == []


def test_an_unknown_model_is_told_before_the_first_record(make_bundle) -> None:
    make_bundle()
    with pytest.raises(UserError, match="no model 'nope'"):
        api.analyse_many([], model="nope")


def test_warm_up_loads(make_bundle) -> None:
    make_bundle(serving={"min_tokens": 9})
    session.close_all()
    api.warm_up("sentiment", "toy")
    assert len(session._opened) == 1


@given(st.text(max_size=300))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_answered(make_bundle_once, text: str) -> None:
    if windows.empty(text):
        return
    result = api.analyse(text, model="toy", explain=True)
    assert sum(result.probabilities.values()) == pytest.approx(1)
    end = 0
    for span in result.spans:
        assert end <= span.start < span.end <= len(text)
        end = span.end


@pytest.fixture
def make_bundle_once(make_bundle):
    return make_bundle(serving={"max_tokens": 20})


FILM = "酒店很好，我们很满意。"


@pytest.fixture
def own_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No model is shipped."""
    monkeypatch.setattr("dltext.engine.model_store.ZOO", tmp_path / "zoo")


@pytest.mark.usefixtures("own_alone")
def test_a_text_in_another_language_goes_to_a_model_of_that(make_bundle) -> None:
    make_bundle("a-zh", {"很": 4.0}, language="zh", created="2025-01-01")
    make_bundle("b-zh", {"很": 4.0}, language="zh", created="2025-05-05")
    make_bundle("stars-zh", {"很": [0.0, 1.0, 4.0]}, labels=("1", "2", "3"), language="zh", created="2026-05-05")
    make_bundle("toy")
    api.set_default("toy")
    assert api.analyse("The good film").model == "toy"
    assert api.analyse("1 2 3").model == "toy"
    # The newest of those with the same labels; a model that is named reads whatever it is given.
    assert api.analyse(FILM).model == "b-zh"
    assert api.analyse(FILM, explain=True).spans
    assert api.analyse(FILM, model="toy").model == "toy"
    make_bundle("of-any", language="")
    api.set_default("of-any")
    assert api.analyse(FILM).model == "of-any"
    api.set_default("a-zh")
    assert api.analyse(FILM).model == "a-zh"
    assert api.analyse("The good film, and the bad film").model == "toy"
    api.set_default("toy")
    api.remove_model("b-zh")
    assert api.analyse(FILM).model == "a-zh"


@pytest.mark.usefixtures("own_alone")
def test_one_model_reads_a_stream(make_bundle) -> None:
    make_bundle("own-zh", {"很": 4.0}, language="zh")
    make_bundle("toy")
    api.set_default("toy")

    def models(*texts: str) -> list[str]:
        records = [Record(str(number), text) for number, text in enumerate(texts)]
        return [result.model for _, result in api.analyse_many(records, lookahead=2)]

    assert models(" ", FILM, "The good film", FILM) == ["own-zh"] * 4
    assert models("The good film", FILM) == ["own-zh"] * 2
    assert models("The good film and the bad one", "The film", FILM) == ["toy"] * 3
    assert models() == []
