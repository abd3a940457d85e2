import json
from pathlib import Path

import numpy as np
import pytest

from dltext.engine import api
from dltext.engine.results import UserError
from dltext.engine.tasks.search import answer as searching
from dltext.engine.tasks.search import index, opening
from dltext.engine.tasks.words import model

TEXTS = {
    "kettle": "The kettle boils water in two minutes. A fine kettle for tea.",
    "train": "The night train to Lisbon leaves at nine, and the dining car is closed.",
    "doctor": "The doctor measured the blood pressure and asked about salt.",
    "goal": "The keeper saved a penalty, and the match went into extra time.",
    "none": "... !!! ...",
}


@pytest.fixture(autouse=True)
def forget(monkeypatch, tmp_path):
    monkeypatch.setattr("dltext.engine.model_store.ZOO", tmp_path / "zoo")
    opening._opened.clear()
    opening._tables.clear()


@pytest.fixture
def corpus(tmp_path: Path) -> str:
    path = tmp_path / "texts.jsonl"
    path.write_text("".join(json.dumps({"id": key, "text": text}) + "\n" for key, text in TEXTS.items()), "utf-8")
    return str(path)


@pytest.fixture
def words(home: Path) -> str:
    """Vectors in which physician lies near doctor, and railway near train."""
    axes = np.eye(6)
    table = {
        "the": axes[5],
        "doctor": axes[0],
        "physician": axes[0] + 0.3 * axes[1],
        "train": axes[2],
        "railway": axes[2] + 0.2 * axes[3],
        "kettle": axes[3],
        "penalty": axes[4],
        "salt": axes[1],
    }
    card = {"name": "toy-words", "version": "1", "recipe": "none", "language": "en", "settings": {}, "data": {}}
    counts = np.array([1000, 9, 8, 7, 6, 5, 4, 3])
    model.write(home / "models" / "toy-words", card, list(table), np.array(list(table.values())), counts)
    return "toy-words"


def ids(answer) -> list[str]:
    return [hit.id for hit in answer.hits]


def test_words_find_their_document_and_are_marked(corpus):
    answer = api.search("night trains", corpus, "bm25")
    assert ids(answer)[0] == "train"
    hit = answer.hits[0]
    assert [hit.text[span.start : span.end] for span in hit.spans] == ["night", "train"]
    assert all(span.weight == 1 for span in hit.spans)
    assert answer.documents == 5
    assert answer.known == 1
    assert hit.row == 1


def test_only_documents_that_share_a_word_are_hits(corpus):
    assert ids(api.search("kettle", corpus, "bm25")) == ["kettle"]
    nothing = api.search("xylophone", corpus, "bm25")
    assert not nothing.hits
    assert nothing.known == 0
    assert "None of the query's words" in nothing.notes[0]


def test_meaning_finds_what_words_do_not(corpus, words):
    assert ids(api.search("physician", corpus, "bm25")) == []
    for method in ("mean", "mixture"):
        answer = api.search("physician", corpus, method)
        assert ids(answer)[0] == "doctor"
        assert answer.model == words
        marked = {answer.hits[0].text[span.start : span.end]: span.weight for span in answer.hits[0].spans}
        assert marked == {"doctor": pytest.approx(1 / 1.09**0.5, abs=1e-3)}


def test_the_mixture_keeps_the_word_itself_first(corpus, words):
    assert ids(api.search("railway kettle", corpus, "mixture"))[:2] == ["kettle", "train"]


def test_without_vectors_the_mixture_says_that_it_ranks_by_words(corpus):
    answer = api.search("kettle", corpus)
    assert answer.method == "bm25"
    assert "BM25 alone" in answer.notes[0]
    with pytest.raises(UserError, match="no word vectors for English"):
        api.search("kettle", corpus, "mean")
    problems = {method.name: method.problem for method in api.search_methods()}
    assert problems["bm25"] == ""
    assert "dltext train paragraph-vectors" in problems["paragraph"]


def test_an_index_is_made_once_and_again_when_the_file_changes(corpus):
    calls: list[tuple[int, int]] = []
    first = api.build_index(corpus, "bm25", progress=lambda done, total: calls.append((done, total)))
    assert first.seconds > 0
    assert calls[-1] == (5, 5)
    opening._opened.clear()  # as another program would find it
    assert api.build_index(corpus, "bm25", progress=lambda *_: pytest.fail("made again")).seconds == 0
    with Path(corpus).open("a") as stream:
        stream.write(json.dumps({"id": "new", "text": "A zebra in the garden."}) + "\n")
    assert ids(api.search("zebra", corpus, "bm25")) == ["new"]
    assert len(list(index.place().glob("texts-*"))) == 2


def test_a_stop_leaves_nothing_half_written(corpus, words):
    class Enough(Exception):
        pass

    def stop(done, total):
        raise Enough

    with pytest.raises(Enough):
        api.build_index(corpus, "mixture", progress=stop)
    assert list(index.place().iterdir()) == []
    api.build_index(corpus, "bm25")
    with pytest.raises(Enough):
        api.build_index(corpus, "mixture", progress=stop)
    assert [entry.name.partition("-")[0] for entry in index.place().iterdir()] == ["texts"]


def test_old_indexes_are_tidied_away(tmp_path, monkeypatch):
    monkeypatch.setattr(index, "KEEP", 2)
    for number in range(4):
        path = tmp_path / f"{number}.txt"
        path.write_text(f"document number {number}\n")
        api.build_index(str(path), "bm25")
    assert len(list(index.place().glob("texts-*"))) == 2
    assert api.search("document", str(tmp_path / "0.txt"), "bm25").hits  # made again where it was tidied away


@pytest.mark.parametrize("opened", [True, False])
def test_a_damaged_index_is_made_again_and_said_so(corpus, opened):
    api.build_index(corpus, "bm25")
    (file,) = index.place().glob("texts-*/documents.db")
    content = bytearray(file.read_bytes())
    content[len(content) // 4 :] = bytes(len(content) - len(content) // 4)
    file.write_bytes(content)
    if not opened:
        opening._opened.clear()
    else:
        for held in opening._opened.values():  # what it remembers of the file is gone
            held.texts._base.execute("PRAGMA shrink_memory")
    answer = api.search("kettle", corpus, "bm25")
    assert ids(answer) == ["kettle"]
    assert [note for note in answer.notes if "damaged" in note]
    assert not api.search("kettle", corpus, "bm25").notes


def test_an_index_of_an_older_version_is_made_again_and_said_so(corpus):
    api.build_index(corpus, "bm25")
    (meta,) = index.place().glob("texts-*/meta.json")
    meta.write_text(json.dumps({**json.loads(meta.read_text()), "format": index.FORMAT - 1}))
    opening._opened.clear()
    assert "another version" in api.search("kettle", corpus, "bm25").notes[0]
    assert len(list(index.place().glob("texts-*"))) == 1


def test_a_long_pasted_text_is_cut_with_a_note(corpus):
    answer = api.search("kettle tea water " * 60_000, corpus, "bm25")
    assert ids(answer)[0] == "kettle"
    assert "Only the first" in answer.notes[0]


def test_offsets_hold_after_what_is_normalised(tmp_path):
    path = tmp_path / "odd.jsonl"
    text = "“İstanbul”<br />has a   bazaar — and BAZAARS’ roofs"
    path.write_text(json.dumps({"text": text}) + "\n")
    hit = api.search("bazaar", str(path), "bm25").hits[0]
    assert [text[span.start : span.end] for span in hit.spans] == ["bazaar", "BAZAARS"]


def test_what_cannot_be_searched_says_so(corpus, tmp_path):
    with pytest.raises(UserError, match="query is empty"):
        api.search("  \n", corpus, "bm25")
    with pytest.raises(UserError, match="no search method 'magic'"):
        api.search("x", corpus, "magic")
    with pytest.raises(UserError, match="no split 'nope'"):
        api.search("x", corpus, "bm25", split="nope")
    assert not api.search("?!", corpus, "bm25").hits


def test_the_best_come_first_and_equal_ones_in_their_order():
    scores = np.array([1, 3, 3, 0, 3, 2], np.float32)
    assert searching.best(scores, scores > 0, 2) == [1, 2]
    assert searching.best(scores, scores > 0, 9) == [1, 2, 4, 5, 0]
    scores = np.random.default_rng(3).integers(0, 12, 60).astype(np.float32)
    expected = sorted(np.flatnonzero(scores > 2).tolist(), key=lambda row: -scores[row])
    for count in range(1, 61):
        assert searching.best(scores, scores > 2, count) == expected[:count]


def test_the_demo_needs_no_download(monkeypatch):
    monkeypatch.delenv("DLTEXT_DATA", raising=False)
    answer = api.search("interest rates of the central bank", "demo", "bm25", count=3)
    assert ids(answer)[0] == "finance-1"
    assert answer.documents == 70
    assert ids(api.search("咖啡", "demo", "bm25"))[0] == "zh-coffee"


def test_texts_in_no_known_language_are_told_as_such(tmp_path, words):
    path = tmp_path / "numbers.txt"
    path.write_text("12 34 kettle\n", "utf-8")
    answer = api.search("kettle", str(path))
    assert answer.method == "bm25"
    assert any("language of these texts could not be detected" in note for note in answer.notes)
    assert not any("und" in note.split() or "'und'" in note for note in answer.notes)
    assert api.search("kettle", str(path), model=words).model == words
