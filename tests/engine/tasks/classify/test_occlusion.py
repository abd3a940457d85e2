"""The pull of words: exact where the network is linear, in one call, in reading order."""

import numpy as np
import pytest

from dltext.engine import api
from dltext.engine.serve.session import Session
from dltext.engine.tasks.classify import occlusion
from dltext.engine.tasks.classify.model import ClassifierModel
from dltext.engine.tasks.classify.targets import OneLabel


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    seen: list[tuple[int, int]] = []
    original = ClassifierModel.scores

    def watched(self: ClassifierModel, ids: np.ndarray) -> np.ndarray:
        seen.append(ids.shape)
        return original(self, ids)

    monkeypatch.setattr(ClassifierModel, "scores", watched)
    return seen


def test_weights_are_drops_in_log_odds(make_bundle) -> None:
    make_bundle(serving={"temperature": 2.0})
    text = "The GOOD film, bad?"
    result = api.analyse(text, model="toy", explain=True)
    # A mean over six tokens of scores for one of two labels: hiding a word takes its score / 6 / temperature.
    assert [text[span.start : span.end] for span in result.spans] == ["The", "GOOD", "film", ",", "bad", "?"]
    expected = [score / 6 / 2 for score in (0.0, 4.0, 0.5, 0.0, -4.0, 0.0)]
    assert [span.weight for span in result.spans] == pytest.approx(expected, abs=1e-5)


def test_the_sign_turns_with_the_verdict(make_bundle) -> None:
    make_bundle()
    weights = {span.start: span.weight for span in api.analyse("bad bad good", model="toy", explain=True).spans}
    assert weights[0] > 0
    assert weights[8] < 0


def test_with_many_labels_it_is_the_label_against_the_rest(make_bundle) -> None:
    make_bundle("topics", {"ball": [3.0, 0.0, 0.0], "bank": [0.0, 2.0, 1.0]}, labels=("sport", "money", "vote"))
    result = api.analyse("ball bank", model="topics", explain=True)

    def odds(logits: list[float]) -> float:
        return logits[0] - np.logaddexp(logits[1], logits[2])

    whole = odds([1.5, 1.0, 0.5])
    assert [span.weight for span in result.spans] == pytest.approx(
        [whole - odds([0.0, 1.0, 0.5]), whole - odds([1.5, 0.0, 0.0])], abs=1e-5
    )


def test_the_verdict_is_that_without_an_explanation(make_bundle) -> None:
    make_bundle(serving={"max_tokens": 7})
    for text in ("good", "good bad the film", "the good bad " * 30):
        explained, plain = api.analyse(text, model="toy", explain=True), api.analyse(text, model="toy")
        assert explained.probabilities == pytest.approx(plain.probabilities, abs=1e-9)
        assert (explained.label, explained.tokens) == (plain.label, plain.tokens)


@pytest.mark.parametrize("words", [1, 5, 40, 200])
def test_one_call_hides_each_word(words: int, make_bundle, calls) -> None:
    make_bundle(serving={"max_tokens": 300})
    result = api.analyse("good " * words, model="toy", explain=True)
    assert calls == [(words + 1, words)]
    assert len(result.spans) == words


def test_one_run_of_the_network_for_a_sentence(make_bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    make_bundle()
    api.warm_up("sentiment", "toy")
    runs = []
    logits = Session.logits
    monkeypatch.setattr(Session, "logits", lambda self, ids: runs.append(ids.shape) or logits(self, ids))
    api.analyse("the good film " * 13, model="toy", explain=True)
    assert runs == [(40, 39)]


def test_a_long_text_is_explained_in_groups_within_the_budget(make_bundle, calls) -> None:
    make_bundle(serving={"max_tokens": 2000})
    text = "the film " * 500 + "good good good good " + "the film " * 400
    result = api.analyse(text, model="toy", explain=True)
    (shape,) = calls
    assert shape[0] * shape[1] <= occlusion.BUDGET
    assert 20 <= len(result.spans) < 100
    strongest = max(result.spans, key=lambda span: span.weight)
    assert "good" in text[strongest.start : strongest.end]
    assert [span.start for span in result.spans] == sorted(span.start for span in result.spans)


def test_windows_are_explained_in_one_call_as_parts_of_the_whole(make_bundle, calls) -> None:
    make_bundle(serving={"max_tokens": 4})
    text = "good good good good the the the bad"
    result = api.analyse(text, model="toy", explain=True)
    assert len(calls) == 1
    assert [text[span.start : span.end] for span in result.spans] == text.split()
    # Log-odds of two labels: the mean of log-probabilities keeps them, so a word pulls by score / 4 / 2 windows.
    assert [span.weight for span in result.spans] == pytest.approx([0.5] * 4 + [0] * 3 + [-0.5], abs=1e-5)


def test_overlapping_windows_give_spans_that_do_not_overlap(make_bundle) -> None:
    make_bundle(serving={"max_tokens": 10})
    text = "good bad film " * 11
    end = 0
    for span in api.analyse(text, model="toy", explain=True).spans:
        assert end <= span.start < span.end
        end = span.end


def test_padding_is_not_explained(make_bundle) -> None:
    make_bundle(serving={"min_tokens": 6})
    result = api.analyse("good film", model="toy", explain=True)
    assert [(span.start, span.end) for span in result.spans] == [(0, 4), (5, 9)]


def test_log_odds_do_not_overflow() -> None:
    scores = np.array([[0.0, -800.0, -900.0], [-1000.0, 0.0, -1.0]])
    target = OneLabel(("a", "b", "c"))
    assert target.pull(scores, 0)[0] == pytest.approx(800.0)
    assert target.pull(scores, 0)[1] == pytest.approx(-1000 - np.log1p(np.exp(-1.0)))
