"""Writers of titles: what copying makes of two distributions, and what may be a title."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dltext.engine.results import UserError
from dltext.engine.serve import batches
from dltext.engine.serve.seq2seq import SourceBatch
from dltext.engine.tasks.title.model import Copying, Writer, open_writer
from dltext.engine.tasks.title.vocabulary import UNK, read

TEXT = "we show that cats sleep often."


def texts(writer: Writer, source: str, count: int = 1, length: float = 0.0) -> list[list[str]]:
    """Titles as words; unknown ones by their own."""
    words = read(source)
    _, _, unknown = writer.vocabulary.encode(words)
    (candidates,) = writer.write([words], count, length)
    assert candidates is not None
    every = [*writer.vocabulary.words, *unknown]
    return [[every[word] for word in one.ids.tolist()] for one in candidates]


def test_the_distribution_is_that_of_both(make_writer: Callable[..., Path]) -> None:
    make_writer(share={"cats": 0.3, "the": 0.6})
    writer = open_writer("toy-title")
    size, vocabulary = writer.vocabulary.size, writer.vocabulary
    sources = [["cats", "zorp", "cats", "blix", "zorp"], ["the", "mice", "the", "mice", "quux"]]
    encoded = [vocabulary.encode(source) for source in sources]
    stepper = Copying(writer.graphs, encoded, size)
    states = stepper.start(np.array([0, 1, 1]))
    words = np.full(3, 2, np.int32)
    for place in range(4):
        log_probs, looks, states = stepper.step(words, place, states)
        assert log_probs.shape == (3, size + 2)
        np.testing.assert_allclose(np.exp(log_probs).sum(axis=1), 1, atol=1e-5)
        attention, copies, written = (looks[:, part * 5 : part * 5 + 5] for part in range(3))
        for row, source in enumerate((0, 1, 1)):
            extended = encoded[source][1]
            assert attention[row].argmax() == place
            for at, number in enumerate(extended.tolist()):
                both = written[row, at] + copies[row, extended == number].sum()
                assert np.exp(log_probs[row, number]) == pytest.approx(both, rel=1e-4)
                if number >= size:
                    assert written[row, at] == 0
        assert log_probs[1, size + 1] == -np.inf  # the second text has one unknown word
        words = log_probs.argmax(axis=1).astype(np.int32)
        states = stepper.select(states, np.array([0, 1, 2]))
    # What is copied is read as the unknown word.
    assert words.max() >= size


def test_words_are_written_and_copied(make_writer: Callable[..., Path]) -> None:
    make_writer()
    writer = open_writer("toy-title")
    assert texts(writer, TEXT) == [["a", "study", "of", "cats", "sleep", "often"]]
    assert texts(writer, "we show that zorp bark often.") == [["a", "study", "of", "zorp", "bark", "often"]]
    words = read("we show zorp of blix.")
    (candidates,) = writer.write([words])
    assert candidates is not None
    assert candidates[0].ids.tolist()[2::2] == [writer.vocabulary.size, writer.vocabulary.size + 1]
    assert candidates[0].copied.tolist() == [-1, -1, 2, -1, 4]
    assert candidates[0].attention.argmax(axis=1).tolist() == [0, 1, 2, 3, 4]
    assert candidates[0].held[2, 2] > 0.8
    np.testing.assert_allclose(candidates[0].attention.sum(axis=1), 1, atol=1e-5)


def test_what_is_copied_is_read_as_the_unknown_word(make_writer: Callable[..., Path], monkeypatch: Any) -> None:
    make_writer()
    writer, fed = open_writer("toy-title"), []
    run = SourceBatch.run

    def spied(self: SourceBatch, outputs: Any, words: np.ndarray, *more: Any) -> Any:
        fed.append(words.tolist())
        return run(self, outputs, words, *more)

    monkeypatch.setattr(SourceBatch, "run", spied)
    (candidates,) = writer.write([read("zorp blix quux.")])
    assert candidates is not None
    size = writer.vocabulary.size
    assert candidates[0].ids.tolist() == [size, size + 1, size + 2]
    assert {word for step in fed for word in step} <= set(range(size))
    assert all(step[0] == UNK for step in fed[1:3])


def test_a_known_word_may_be_copied_too(make_writer: Callable[..., Path]) -> None:
    make_writer(share={"cats": 0.9, "dogs": 0.2})
    (candidates,) = open_writer("toy-title").write([read("the cats the dogs sleep.")])
    assert candidates is not None
    assert candidates[0].copied.tolist() == [-1, 1, -1, -1, -1]


def test_without_copying_unknown_words_are_left_out(make_writer: Callable[..., Path]) -> None:
    make_writer("plain", share={"[UNK]": 0.0})
    writer = open_writer("plain")
    for title in texts(writer, "we show zorp cats sleep.", 5):
        assert "[UNK]" not in title
        assert "zorp" not in title


def test_candidates_differ_and_the_first_is_the_same(make_writer: Callable[..., Path]) -> None:
    make_writer()
    writer = open_writer("toy-title")
    five = texts(writer, TEXT, 5)
    assert len(five) == len({tuple(title) for title in five}) == 5
    assert five[0] == texts(writer, TEXT)[0]
    (candidates,) = writer.write([read(TEXT)], 5)
    assert candidates is not None
    worth = [one.agreement for one in candidates]
    assert worth == sorted(worth, reverse=True)
    assert all(one.finished for one in candidates)


def test_titles_are_no_shorter_than_three_words_and_repeat_none(make_writer: Callable[..., Path]) -> None:
    make_writer()
    writer = open_writer("toy-title")
    for title in texts(writer, "mice.", 5):
        assert len(title) >= 3
    twice = texts(writer, "of the mice of the mice of the cats.")[0]
    threes = [tuple(twice[at : at + 3]) for at in range(len(twice) - 2)]
    assert len(set(threes)) == len(threes)


def test_a_batch_answers_as_one_by_one(make_writer: Callable[..., Path], monkeypatch: Any) -> None:
    make_writer()
    writer = open_writer("toy-title")
    sources = [read(text) for text in (
        TEXT, "we show zorp.", "we show that dogs bark often.", "we show blix.", "zorp blix quux bark often sleep.",
        "the mice of bert.", "the zorp of blix.",
    )]  # fmt: skip
    alone = [writer.write([source], 3)[0] for source in sources]
    monkeypatch.setattr(batches, "ROWS", 18)
    for batched, other in zip(writer.write(sources, 3), alone, strict=True):
        assert batched is not None
        assert other is not None
        assert [one.ids.tolist() for one in batched] == [one.ids.tolist() for one in other]
        assert [one.score for one in batched] == pytest.approx([one.score for one in other], abs=1e-4)


def test_it_stops_when_told(make_writer: Callable[..., Path]) -> None:
    make_writer()
    writer = open_writer("toy-title")
    assert writer.write([read(TEXT), read("we show.")], 5, should_stop=lambda: True) == [None, None]
    asked = iter([False, False, True])
    assert writer.write([read(TEXT)], 5, should_stop=lambda: next(asked, True)) == [None]


def test_length_moves_what_is_best(make_writer: Callable[..., Path]) -> None:
    # After three words the end is a little more probable than going on.
    ends = [("</s>", 8.0), ("daily", 7.5)]
    table = {"a": "a", "b": "b", "c": "c", "d": ends, "e": [("often", 8.0), ("again", 3.0)], ".": "</s>"}
    make_writer("long", table=table)
    writer = open_writer("long")
    assert len(texts(writer, "a b c d e.", length=-12.0)[0]) == 3
    assert len(texts(writer, "a b c d e.", length=4.0)[0]) > 3


def test_words_that_say_something_stand_once(make_writer: Callable[..., Path]) -> None:
    make_writer("once", table={"cats": [("cats", 8.0), ("felines", 4.0)], "of": "of", "zorp": "zorp"})
    writer = open_writer("once")
    (title,) = texts(writer, "cats of zorp of cats of mice.")
    assert title[:3] == ["cats", "of", "zorp"]
    assert title.count("of") > 1
    assert title.count("cats") == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"kind": "other"}, "writes no titles"),
        ({"step": "nothing.onnx"}, "serving.step must name"),
        ({"vocabulary": None}, "serving.vocabulary must name"),
        ({"language": ""}, "serving.language must be"),
        ({"states": 2}, "step.onnx is no part of|encoder.onnx is no part of|gives 1 states"),
        ({"longest": 0}, "serving.longest must be a number from 1"),
        ({"beam": True}, "serving.beam must be a number"),
    ],
)
def test_a_card_that_makes_no_sense(make_writer: Callable[..., Path], changes: dict[str, Any], said: str) -> None:
    make_writer("wrong", serving=changes)
    with pytest.raises(UserError, match=said) as raised:
        open_writer("wrong")
    assert "\n" not in str(raised.value)


def test_a_translator_is_none(make_writer: Any, make_translator: Any) -> None:
    make_translator("en-zh")
    with pytest.raises(UserError, match="toy-en-zh is a model for translate and writes no titles"):
        open_writer("toy-en-zh")
