"""A translator opened: what it says of sources by hand, batches, stops, and bundles that make no sense."""

import re
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dltext.engine import bundle_format
from dltext.engine.results import UserError
from dltext.engine.serve import batches
from dltext.engine.serve.probabilities import log_softmax
from dltext.engine.tasks.translate import model as translator
from dltext.engine.tasks.translate.model import Translator, open_translator

TEXTS = ["he is here", "a cat", "we had tea, and then", "no", "yes!", "a bat", "be", "it ran. ok?", "to me", "an ox"]


def written(model: Translator, texts: list[str], size: int = 0, best: int = 1) -> list[list[str]]:
    translations = model.translate([model.source_subwords.encode(text)[0] for text in texts], size, best)
    return [[model.target_subwords.decode(one.ids.tolist()) for one in answers or []] for answers in translations]


def test_letters_become_letters(make_translator: Callable[..., Path]) -> None:
    make_translator("en-zh", table={"a": "天", "b": "地", " ": " ", ".": "。"})
    model = open_translator("toy-en-zh")
    assert (model.source, model.target, model.beam, model.longest) == ("en", "zh", 4, 60)
    assert written(model, ["ab ba.", "b", "aaaa"]) == [["天地 地天。"], ["地"], ["天天天天"]]


def test_a_batch_answers_as_one_by_one_in_order(make_translator: Callable[..., Path], monkeypatch: Any) -> None:
    make_translator("en-zh")
    model = open_translator("toy-en-zh")
    alone = [written(model, [text])[0] for text in TEXTS]
    for rows, threads in ((4, 1), (8, 3), (1000, 2)):
        monkeypatch.setattr(batches, "ROWS", rows)
        monkeypatch.setattr(batches, "THREADS", threads)
        assert written(model, TEXTS * 5) == alone * 5
    assert written(model, []) == []


def test_attention_states_and_alternatives_follow_their_rows(make_translator: Callable[..., Path]) -> None:
    # "a" may be 天 or 地; after 天 comes rather 荒, after 地 rather 洪: rows that were mixed up would say so.
    table = {"a": [("天", 8.0), ("地", 7.5)], "b": [("洪", 8.0), ("荒", 8.0)], "c": "黄", " ": " "}
    make_translator("en-zh", table=table, follows={("天", "荒"): 3.0, ("地", "洪"): 3.0})
    model = open_translator("toy-en-zh")
    assert written(model, ["abc"], 4, 2) == [["天荒黄", "地洪黄"]]
    (answers,) = model.translate([model.source_subwords.encode("abc")[0]], 4, 2)
    assert answers is not None
    for one in answers:
        assert one.attention is not None
        assert one.attention.shape == (4, 5)  # the first piece is a blank, the last token the end
        assert one.attention.argmax(axis=1).tolist() == [0, 1, 2, 3]
        assert one.score > answers[-1].score or one is answers[-1]
    # Another length beside it, and one that is done sooner: memory moves with its sentence.
    assert written(model, ["abc", "cba", "aba", "c", "bab"], 4, 2)[0] == ["天荒黄", "地洪黄"]


def test_what_was_written_long_ago_goes_with_its_row(make_translator: Callable[..., Path]) -> None:
    # 天 leads until 玄 comes after 地: then the rows change places, and what they say of the third letter with them.
    table = {
        "a": [("天", 8.0), ("地", 7.9)],
        "b": [("玄", 8.0), ("黄", 7.8)],
        "c": [("洪", 8.0), ("荒", 8.0)],
        " ": " ",
    }
    make_translator("en-zh", table=table, follows={("地", "玄"): 6.0}, skips={("天", "荒"): 6.0, ("地", "洪"): 6.0})
    model = open_translator("toy-en-zh")
    assert written(model, ["abc", "abca"], 4, 2) == [["地玄洪", "天玄荒"], ["地玄洪天", "地玄洪地"]]


def test_the_beam_is_the_cards_where_nobody_asks(make_translator: Callable[..., Path]) -> None:
    # 天 comes first by itself, but 荒 after 地 is worth more.
    table = {"a": [("天", 8.0), ("地", 7.9)], "b": [("洪", 8.0), ("荒", 8.0)], " ": " "}
    for beam in (1, 3):
        make_translator("en-zh", f"beam-{beam}", table, follows={("地", "荒"): 9.0}, serving={"beam": beam})
    assert written(open_translator("beam-1"), ["ab"]) == [["天洪"]]
    assert written(open_translator("beam-1"), ["ab"], 3) == [["地荒"]]
    assert written(open_translator("beam-3"), ["ab"]) == [["地荒"]]


def test_without_attention_nothing_is_unknown(make_translator: Callable[..., Path]) -> None:
    make_translator("en-zh", attention=False)
    model = open_translator("toy-en-zh")
    ids, _ = model.source_subwords.encode("a9")
    assert 1 in ids
    (answers,) = model.translate([ids])
    assert answers is not None
    assert answers[0].attention is None
    assert 1 not in answers[0].ids


def test_a_text_without_an_end_is_cut_off(make_translator: Callable[..., Path]) -> None:
    make_translator("en-zh", follows={("天", "天"): 99.0}, serving={"growth": 2.0})
    model = open_translator("toy-en-zh")
    (answers,) = model.translate([model.source_subwords.encode("a")[0]], 1)
    assert answers is not None
    assert not answers[0].finished
    assert len(answers[0].ids) == 2 * 3 + translator.ROOM


@pytest.mark.parametrize("rows", [4, 1000])
def test_it_stops_when_told(make_translator: Callable[..., Path], monkeypatch: Any, rows: int) -> None:
    make_translator("en-zh", follows={("天", "天"): 99.0}, serving={"growth": 1000.0})
    model = open_translator("toy-en-zh")
    monkeypatch.setattr(batches, "ROWS", rows)
    asked: list[int] = []

    def stop() -> bool:
        asked.append(1)
        return len(asked) > 5

    texts = ["ha" * 20] * 8 if rows == 4 else ["ha" * 20]
    sources = [model.source_subwords.encode(text)[0] for text in texts]
    assert model.translate(sources, should_stop=stop) == [None] * len(texts)
    assert model.translate([model.source_subwords.encode("no")[0]] * 9, should_stop=lambda: True) == [None] * 9


def test_an_error_in_a_thread_comes_out(make_translator: Callable[..., Path], monkeypatch: Any) -> None:
    make_translator("en-zh")
    model = open_translator("toy-en-zh")
    monkeypatch.setattr(batches, "ROWS", 4)
    with pytest.raises(Exception, match=re.compile("indices element out of data bounds", re.IGNORECASE)):
        model.translate([np.array([4, 3], np.int32), np.array([4, 9999, 3], np.int32)])


def test_log_softmax() -> None:
    scores = np.array([[1.0, 2.0, 3.0], [1000.0, 0.0, -1000.0]], np.float32)
    log_probs = log_softmax(scores.copy())
    np.testing.assert_allclose(np.exp(log_probs).sum(axis=1), 1, rtol=1e-6)
    np.testing.assert_allclose(log_probs[0] - log_probs[0, 0], scores[0] - 1, rtol=1e-6)


@pytest.mark.parametrize(
    ("serving", "said"),
    [
        ({"step": "other.onnx"}, "serving.step must name one of the bundle's files"),
        ({"source_tokenizer": None}, "serving.source_tokenizer must name"),
        ({"kind": "title"}, "does not translate"),
        ({"source": ""}, "serving.source must be the code of a language"),
        ({"longest": "many"}, "serving.longest must be a number from 2 to 100000"),
        ({"beam": 0}, "serving.beam must be"),
        ({"length_penalty": -1.0}, "serving.length_penalty must be"),
        ({"states": 5}, "no part of an encoder-decoder"),
        ({"states": 1}, "from memory, place, state_0, word it must give"),
        ({"encoder": "step.onnx"}, "no part of an encoder-decoder"),
        ({"encoder": "source.model"}, "cannot be loaded"),
        ({"target_tokenizer": "source.model"}, "its vocabulary has"),
        ({"target_tokenizer": "step.onnx"}, "no SentencePiece model"),
    ],
)
def test_bundles_that_make_no_sense(make_translator: Callable[..., Path], serving: dict[str, Any], said: str) -> None:
    make_translator("en-zh", table={"a": "天", "b": [("地", 2.0), ("玄", 1.0)]}, serving=serving)
    with pytest.raises(UserError, match=said):
        open_translator("toy-en-zh")


def test_what_does_not_translate_is_refused(make_bundle: Callable[..., Path]) -> None:
    make_bundle("toy")
    with pytest.raises(UserError, match="toy is a model for sentiment and does not translate"):
        open_translator("toy")


def test_a_damaged_one_is_refused(make_translator: Callable[..., Path]) -> None:
    folder = make_translator("en-zh")
    (folder / "step.onnx").write_bytes(b"nothing")
    with pytest.raises(UserError, match="is damaged"):
        open_translator("toy-en-zh")
    assert bundle_format.read(folder, verify=False)["task"] == "translate"


def test_a_batch_that_ends_just_as_one_stops_waiting_is_not_lost() -> None:
    class JustThen(Future):
        def result(self, timeout=None):
            if timeout is not None:
                raise TimeoutError
            return super().result(0)

    future: Future = JustThen()
    future.set_result("done")
    assert batches.patiently(future, lambda: False, threading.Event()) == "done"
