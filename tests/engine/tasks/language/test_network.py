"""Recurrent networks served: their states carried from call to call, a bounded context, and graphs that are none."""

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dltext.engine import api
from dltext.engine.results import UserError
from dltext.engine.serve import session
from dltext.engine.tasks.language import layers, network, ready
from dltext.engine.tasks.language.model import open_language
from dltext.engine.tasks.language.network import NetworkPredictor
from dltext.tests import quick

pytest.importorskip("onnx", reason="the toy network is drawn with it")
IDS = np.random.default_rng(1).integers(0, 9, (2, 20)).astype(np.int32)


@pytest.mark.parametrize("cell", ["gru", "lstm", "simple"])
def test_what_is_read_in_pieces_is_read_at_once(
    home: Path, language_models: Any, cell: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    predictor = open_language(language_models.write_network(home, cell=cell)).predictor
    given, targets = IDS[:, :-1], IDS[:, 1:]
    whole, _ = predictor.losses(given, targets, predictor.begin(2))
    monkeypatch.setattr(network, "CHUNK", 6)
    parts, states = predictor.losses(given, targets, predictor.begin(2))
    np.testing.assert_allclose(parts, whole, atol=1e-5)
    after, log_probs = predictor.begin(2), whole
    for place in range(given.shape[1]):
        log_probs, after = predictor.log_probs(given[:, place], after)
        np.testing.assert_allclose(-log_probs[[0, 1], targets[:, place]], whole[:, place], atol=1e-5)
    np.testing.assert_allclose(np.exp(log_probs).sum(axis=1), 1, atol=1e-5)
    for one, other in zip(states.arrays, after.arrays, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)


def test_rows_are_chosen_and_doubled(home: Path, language_models: Any) -> None:
    predictor = open_language(language_models.write_network(home)).predictor
    _, states = predictor.losses(IDS, IDS, predictor.begin(2))
    chosen = predictor.select(states, np.array([1, 1, 0]))
    log_probs, _ = predictor.log_probs(np.array([3, 3, 3], np.int32), chosen)
    np.testing.assert_array_equal(log_probs[0], log_probs[1])
    assert not np.allclose(log_probs[0], log_probs[2])


def test_a_bounded_context_is_read_anew_from_its_last_half(home: Path, language_models: Any) -> None:
    free = open_language(language_models.write_network(home)).predictor
    bounded = open_language(language_models.write_network(home, "bounded", max_tokens=8)).predictor
    states, answer = bounded.begin(2), IDS
    for place in range(20):
        answer, states = bounded.log_probs(IDS[:, place], states)
        assert states.read.shape[1] <= 8
    # Of 20 units those from the 13th on were read last: at the 17th four of eight were kept.
    _, expected = free.losses(IDS[:, 12:19], IDS[:, 12:19], free.begin(2))
    np.testing.assert_allclose(answer, free.log_probs(IDS[:, 19], expected)[0], atol=1e-5)
    losses, _ = bounded.losses(IDS, IDS, bounded.begin(2))
    assert losses.shape == IDS.shape


def test_a_network_answers_as_other_models_do(home: Path, language_models: Any) -> None:
    name = language_models.write_network(home)
    ready.exert(name)
    made = api.generate("the old", name, seed=1, variants=3, length=15)
    assert made.continuations == api.generate("the old", name, seed=1, variants=3, length=15).continuations
    answer = api.surprise("the old film was good .", name)
    assert answer.bits > sum(each.bits for each in answer.surprisals)
    assert len(api.next_units("the old", name, 5)) == 5


def test_no_session_holds_anything_of_a_text(home: Path, language_models: Any) -> None:
    name = language_models.write_network(home)
    first = api.surprise("the old film", name)
    api.surprise("the new film was slow .", name)
    assert api.surprise("the old film", name).surprisals == first.surprisals


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"states": [[6]]}, "cannot answer"),
        ({"states": [[5], [5]]}, "must take int32 ids and targets"),
        ({"states": [5]}, "a list of shapes"),
        ({"states": [[5, -2]]}, "a list of shapes"),
        ({"vocabulary": 5}, "holds"),
        ({"family": "tree"}, "one of network, ngram"),
        ({"texts": "letters"}, "one of documents, stream"),
        ({"unit": "verses"}, "one of words"),
        ({"max_tokens": 2}, "must take int32 ids"),
        ({"lowercase": True}, "does not cut texts as our recipes do"),
    ],
)
def test_a_card_that_does_not_fit_the_graph(
    home: Path, language_models: Any, change: dict[str, Any], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dltext.engine.trial.inside", True)  # tried here, not in a process of its own
    name = language_models.write_network(home, "other", **change)
    with pytest.raises(UserError, match=said):
        api.surprise("the old film", name)


def test_a_model_of_another_task_is_none(home: Path, language_models: Any, words_bundle: Any) -> None:
    words_bundle("toy-words")
    session.close_all()
    with pytest.raises(UserError, match="not a language model: name one of"):
        api.generate("the", "toy-words")


@pytest.mark.parametrize("model", ["lm-en", "lm-presidents-word"])
def test_two_threads_answer_as_one(model: str, monkeypatch: pytest.MonkeyPatch) -> None:
    predictor = open_language(model).predictor
    assert isinstance(predictor, NetworkPredictor)
    ids = np.random.default_rng(1).integers(0, predictor.vocabulary, (1, 2 * predictor.chunk + 9)).astype(np.int32)
    answers = list[Any]()
    for threads in (1, 2):
        monkeypatch.setattr(layers, "THREADS", threads)
        answers.append(predictor.losses(ids, np.roll(ids, -1, 1), predictor.begin(1)))
    np.testing.assert_array_equal(answers[1][0], answers[0][0])
    for mine, its in zip(answers[1][1].arrays, answers[0][1].arrays, strict=True):
        np.testing.assert_array_equal(mine, its)


@pytest.mark.parametrize("cell", ["gru", "lstm", "simple"])
def test_an_exact_network_is_read_in_parts_as_in_one(
    home: Path, language_models: Any, cell: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    predictor = open_language(language_models.write_network(home, cell=cell, layers=2, precision="float32")).predictor
    assert isinstance(predictor, NetworkPredictor)
    expected, before = dataclasses.replace(predictor, graph=None).losses(IDS, IDS[:, ::-1], predictor.begin(2))
    for name, value in (("WIDE", 1), ("SCORED", 6), ("STEPS", 7), ("GROUP", 11)):
        monkeypatch.setattr(layers, name, value)
    monkeypatch.setattr(network, "CHUNK", 4)
    losses, states = predictor.losses(IDS, IDS[:, ::-1], predictor.begin(2))
    assert predictor._in_parts is not None
    np.testing.assert_allclose(losses, expected, atol=1e-5)
    for mine, its in zip(states.arrays, before.arrays, strict=True):
        np.testing.assert_allclose(mine, its, atol=1e-5)


@pytest.mark.parametrize(
    ("close", "runs", "most"),
    [
        (1e-4, [50, 8, 8, 8, 3], 2e-3),  # four stretches, then three of them, or fewer, eight units at a time
        (-1, [50, 8, 8, 8, 8, 8, 8, 2, 103], 1e-5),  # never: again to the end of the second, and the rest in order
    ],
)
def test_stretches_side_by_side_are_read_until_they_agree(
    home: Path, language_models: Any, close: float, runs: list[int], most: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    predictor = open_language(language_models.write_network(home, cell="lstm", layers=2)).predictor
    assert isinstance(predictor, NetworkPredictor)
    ids = np.random.default_rng(2).integers(0, predictor.vocabulary, (1, 203)).astype(np.int32)
    expected, before = dataclasses.replace(predictor, graph=None).losses(ids, ids, predictor.begin(1))
    for wanted, value in (("WIDE", 1), ("ROWS", 4), ("LEAST", 20), ("AGAIN", 8), ("CLOSE", close)):
        monkeypatch.setattr(layers, wanted, value)
    monkeypatch.setattr(network, "CHUNK", 100)
    counted, run = list[int](), layers.GraphPart.run

    def counting(part: layers.GraphPart, taken: np.ndarray, *args: Any) -> Any:
        counted.extend([len(taken)] if "ids" in part.takes else [])
        return run(part, taken, *args)

    monkeypatch.setattr(layers.GraphPart, "run", counting)
    losses, states = predictor.losses(ids, ids, predictor.begin(1))
    assert counted == runs
    np.testing.assert_allclose(losses, expected, atol=most)
    for mine, its in zip(states.arrays, before.arrays, strict=True):
        np.testing.assert_allclose(mine, its, atol=most)


@pytest.mark.parametrize("model", ["lm-en", "lm-shakespeare-char"])
def test_a_long_text_costs_what_it_costs_in_order_up_to_rounding(model: str) -> None:
    predictor = open_language(model).predictor
    assert isinstance(predictor, NetworkPredictor)
    text = " ".join(sentence.capitalize() for sentence in quick.sentences(120))
    ids = open_language(model).units.encode(text)[0][None, :1500]
    in_order = dataclasses.replace(predictor, graph=None)
    expected, _ = in_order.losses(ids[:, :-1], ids[:, 1:], predictor.begin(1))
    losses, _ = predictor.losses(ids[:, :-1], ids[:, 1:], predictor.begin(1))
    difference = losses - expected
    assert np.abs(difference).mean() < 0.02
    assert abs(difference.mean()) < 0.002
