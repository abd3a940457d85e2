"""Beginnings of texts remembered: answers are those of a model that remembers nothing, whatever was read before."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dltext.engine import api
from dltext.engine.results import Surprise
from dltext.engine.serve.session import close_all
from dltext.engine.tasks.language import beginnings, reading
from dltext.engine.tasks.language.beginnings import ReadBeginnings, ReadBlock
from dltext.engine.tasks.language.model import open_language
from dltext.engine.tasks.language.network import NetworkPredictor
from dltext.tests import quick

pytest.importorskip("onnx", reason="the toy network is drawn with it")
TEXT = " ".join(quick.sentences(60))


def bits(answer: Surprise) -> list[float]:
    return [*(each.bits for each in answer.surprisals), answer.bits]


def anew(text: str, name: str, explain: bool = True) -> Surprise:
    """The answer of a model that has read nothing before."""
    close_all()
    answer = api.surprise(text, name, explain)
    close_all()
    return answer


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many units each run reads."""
    sizes, losses = list[int](), NetworkPredictor.losses

    def heard(self: Any, ids: Any, *more: Any) -> Any:
        sizes.append(ids.shape[1])
        return losses(self, ids, *more)

    monkeypatch.setattr(NetworkPredictor, "losses", heard)
    return sizes


@pytest.fixture(
    params=[
        {"cell": "lstm", "precision": "int8"},
        {"cell": "gru", "precision": "float32", "layers": 2},
        {"max_tokens": 16},
        {"documents": False},
    ],
    ids=["int8", "float32", "bounded", "stream"],
)
def toy(request: pytest.FixtureRequest, home: Path, language_models: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(reading, "BLOCK", 256)
    monkeypatch.setattr(reading, "ENDING", 8)
    return language_models.write_network(home, **request.param)


EDITS = {
    "a word more": lambda text: f"{text} was",
    "a word fewer": lambda text: text.rsplit(" ", 1)[0],
    "many more": lambda text: f"{text} {text[:900]}",
    "the end gone": lambda text: text[:700],
    "within": lambda text: f"{text[:500]} old {text[500:]}",
    "a word before the first": lambda text: f"new {text}",
    "a word near the end of the first block": lambda text: " ".join(
        [*text.split()[:235], "zebra", *text.split()[236:]]
    ),
    "another last unit": lambda text: f"{text[:-1]}?",
    "nothing": lambda text: text,
}


def test_after_an_edit_the_answer_is_that_of_a_model_that_remembers_nothing(toy: str) -> None:
    expected = {name: anew(edit(TEXT), toy) for name, edit in EDITS.items()}
    for name, edit in EDITS.items():
        api.surprise(TEXT, toy)
        answer = api.surprise(edit(TEXT), toy)
        assert bits(answer) == bits(expected[name]), name
        assert [each.text for each in answer.surprisals] == [each.text for each in expected[name].surprisals]
        assert api.surprise(edit(TEXT), toy, explain=False).bits == expected[name].bits, name


@pytest.mark.parametrize("toy", [{"cell": "lstm", "precision": "int8"}], indirect=True)
def test_of_a_text_that_is_written_on_the_end_alone_is_read(toy: str, read: list[int]) -> None:
    words = TEXT.split()[:340]
    text = " ".join(words)
    api.surprise(text, toy)
    count = len(open_language(toy).units.encode(text)[0])
    assert sum(read) == count + 1, "the end counts"
    assert 64 < count % 256 < 190
    for number in range(1, 60):
        read.clear()
        api.surprise(" ".join([*words, *["film"] * number]), toy)
        whole, ending = divmod(count + number, 8)
        again = 0 if ending else 8 * whole % 256
        assert sum(read) == again + ending + 1, "the last block is read again where the end has grown to 8 units"


@pytest.mark.parametrize("toy", [{"cell": "lstm", "precision": "int8"}], indirect=True)
def test_what_one_model_has_read_is_nothing_to_another(toy: str, home: Path, language_models: Any) -> None:
    other = language_models.write_network(home, "other", cell="gru")
    api.surprise(TEXT, toy)
    assert bits(api.surprise(TEXT, other)) == bits(anew(TEXT, other))
    before = bits(api.surprise(TEXT, toy))
    language_models.write_network(home, Path(toy).name, cell="gru")
    assert bits(api.surprise(TEXT, toy)) == bits(anew(TEXT, toy)) != before


@pytest.mark.parametrize("toy", [{"cell": "lstm", "precision": "int8"}], indirect=True)
def test_threads_that_write_on_different_texts_get_their_own_answers(toy: str) -> None:
    texts = [f"{TEXT[: 400 + 90 * number]} film" for number in range(12)]
    expected = [bits(anew(text, toy)) for text in texts]
    with ThreadPoolExecutor(4) as pool:
        for _ in range(3):
            answers = pool.map(lambda text: bits(api.surprise(text, toy)), texts)
            assert list(answers) == expected


@pytest.mark.parametrize("model", ["lm-en", "lm-shakespeare-char"])
def test_shipped_models_answer_alike_before_and_after_an_edit(model: str, read: list[int]) -> None:
    text = " ".join(sentence.capitalize() for sentence in quick.sentences(90))
    units = open_language(model).units
    while len(units.encode(f"{text} and")[0]) % reading.ENDING in (0, 1):
        text += " the"
    longer = f"{text} and"
    expected = anew(longer, model)
    api.surprise(text, model)
    read.clear()
    assert bits(api.surprise(longer, model)) == bits(expected)
    assert sum(read) <= reading.ENDING < expected.tokens / 10


def test_the_blocks_used_last_are_remembered_in_a_bounded_size() -> None:
    remembered = ReadBeginnings(10_000)

    def block(number: int) -> ReadBlock:
        return ReadBlock(np.full(100, number, np.float32), np.zeros((1, 50), np.float32))

    keys = [beginnings.digest(b"", np.array([number], np.int32)) for number in range(50)]
    for number, key in enumerate(keys):
        remembered.put(key, block(number))
        assert remembered.size <= 10_000
        assert remembered.get(keys[0]) is not None, "it is asked for at each step"
    assert len(remembered) == 10_000 // remembered_size(block(0))
    assert remembered.get(keys[1]) is None
    newest = remembered.get(keys[-1])
    assert newest is not None
    assert newest.losses[0] == 49
    remembered.put(b"large", ReadBlock(np.zeros(3000, np.float32), np.zeros(1, np.float32)))
    assert remembered.get(b"large") is None, "nothing else is forgotten for what is too large"
    assert remembered.get(keys[0]) is not None


def remembered_size(block: ReadBlock) -> int:
    return beginnings.ENTRY_BYTES + block.losses.nbytes + block.states.nbytes


def test_many_texts_take_no_more_memory_than_a_model_may(home: Path, language_models: Any) -> None:
    name = language_models.write_network(home)
    remembered = open_language(name).beginnings
    limit = 20_000
    remembered._most = limit
    for number in range(40):
        api.surprise(f"{' old' * number} {TEXT}", name, explain=False)
        assert 0 < remembered.size <= limit
    api.surprise_of_pieces([TEXT, " film"], name)
    count = len(remembered)
    api.surprise_of_pieces([TEXT, " new film"], name)
    assert len(remembered) == count, "of a text that comes in pieces nothing is remembered"


def test_a_block_behind_other_blocks_or_parted_elsewhere_has_another_key() -> None:
    ids = np.arange(20, dtype=np.int32)
    whole = beginnings.digest(b"", ids)
    assert whole == beginnings.digest(b"", ids[::1].copy())
    parted = beginnings.digest(beginnings.digest(b"", ids[:10]), ids[10:])
    assert len({whole, parted, beginnings.digest(whole, ids), beginnings.digest(b"", ids[:10])}) == 4
