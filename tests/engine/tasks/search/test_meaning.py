"""Search and near-duplicates by an encoder: the default mixture where one is here, and likeness in other words."""

import numpy as np
import pytest

pytest.importorskip("onnx", reason="training needs the [train] extra")

from dltext.engine import api
from dltext.engine.results import UserError
from dltext.engine.tasks.encoder.model import open_encoder
from dltext.engine.tasks.search import alike, as_asked, index, opening

LINES = [
    "the film was really warm and clever", "a dull and tired plot again", "one short cast and one long film",
    "really clever, and the cast was moving", "the plot of the film was not dull", "a hollow and clumsy cast",
]  # fmt: skip


@pytest.fixture
def english(home, tmp_path, toy_encoders, monkeypatch):
    """An encoder of English, imported, and a file of texts."""
    monkeypatch.delenv("DLTEXT_DATA", raising=False)
    folder = toy_encoders.write(tmp_path / "small", "bert")
    (folder / "README.md").write_text("---\nlanguage: en\n---\n")
    assert api.import_model(str(folder)).language == "en"
    api.set_default("small")
    data = tmp_path / "texts.txt"
    data.write_text("\n".join(LINES) + "\n")
    return str(data)


def test_the_default_mixture_adds_the_encoders_cosine_to_bm25(english, monkeypatch):
    method = next(each for each in api.search_methods("en") if each.name == "mixture")
    assert (method.model, method.problem) == ("small", "")
    made = []
    monkeypatch.setattr(index, "make_table", lambda *given: made.append(given))
    answer = api.search("the film was warm", english)
    assert (answer.method, answer.model, made) == ("mixture", "small", [])
    opened = open_encoder("small")
    (query,) = opened.vectors(["the film was warm"], query=True)
    words = [row for row, line in enumerate(LINES) if {"the", "film", "was", "warm"} & set(line.split())]
    cosines = dict(zip(words, opened.vectors([LINES[row] for row in words]) @ query, strict=True))
    assert {hit.row for hit in answer.hits} == set(words)
    lexical = {hit.row: hit.score for hit in api.search("the film was warm", english, "bm25").hits}
    mixed = [lexical[hit.row] / max(lexical.values()) + 1.5 * cosines[hit.row] for hit in answer.hits]
    assert mixed == pytest.approx(sorted(mixed, reverse=True), abs=0.03)  # int8 of other batches
    assert [hit.score for hit in answer.hits] == pytest.approx(mixed, abs=0.03)


@pytest.fixture
def read(monkeypatch):
    """The rows of documents that an encoder reads, one list a time."""
    rows = []
    original = as_asked.AskedVectors._read
    monkeypatch.setattr(
        as_asked.AskedVectors, "_read", lambda self, some: (rows.append(list(some)), original(self, some))
    )
    return rows


def test_a_document_is_read_once_and_a_table_goes_before(english, read):
    first = api.search("the warm film", english)
    assert len(read) == 1
    again = api.search("the warm film", english)
    assert [hit.row for hit in first.hits] == [hit.row for hit in again.hits]
    assert len(read) == 1
    # What is read stays with the index: another program finds it.
    opening._asked.clear()
    assert api.search("the warm film", english).hits == first.hits
    assert len(read) == 1
    api.build_index(english, "encoder")
    assert api.search("a hollow cast", english).hits
    assert len(read) == 1, "the vectors of all documents are there"


def test_nobody_waits_who_is_not_patient(english, read, monkeypatch):
    monkeypatch.setattr(as_asked, "HURRY", 0.0)
    answer = api.search("the warm film", english, patient=False)
    assert answer.hits
    assert any("has read 0 of the 4 best documents so far" in note for note in answer.notes)
    for thread in list(as_asked._threads):
        thread.join(20)
    assert sorted(row for rows in read for row in rows) == list(range(len(LINES))), "all of the corpus, once"
    later = api.search("the warm film", english, patient=False)
    assert later.notes == ()
    assert later.hits == api.search("the warm film", english).hits


def test_near_duplicates_by_meaning(english, tmp_path):
    texts = [*LINES, LINES[1].upper() + "!", LINES[0]]
    (tmp_path / "twice.txt").write_text("\n".join(texts) + "\n")
    groups = api.near_duplicates(str(tmp_path / "twice.txt"), 0.999, method="encoder")
    found_rows = [[hit.row for hit in group.hits] for group in groups]
    vectors = open_encoder("small").vectors(texts)
    assert [0, 7] in found_rows
    assert all(vectors[rows[0]] @ vectors[rows[1]] > 0.98 for rows in found_rows)
    assert len(api.near_duplicates(str(tmp_path / "twice.txt"), 0.3, method="encoder")[0].hits) >= 2
    with pytest.raises(UserError, match="not with mean"):
        api.near_duplicates(str(tmp_path / "twice.txt"), method="mean")


def test_pairs_of_a_table_in_blocks(monkeypatch):
    monkeypatch.setattr(alike, "ROWS", 3)
    monkeypatch.setattr(alike, "OTHERS", 4)
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(17, 6))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float16)

    class Rows:
        def vectors(self):
            return vectors

    cosines = vectors.astype(np.float32) @ vectors.astype(np.float32).T
    expected = {(a, b) for a in range(17) for b in range(a + 1, 17) if cosines[a, b] >= 0.4}
    pairs = list(alike.Cosines(Rows()).pairs(0.4))  # type: ignore[arg-type]
    assert len(pairs) == len(set(pairs))
    assert set(pairs) == expected
