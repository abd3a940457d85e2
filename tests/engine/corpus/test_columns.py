"""Columns of a corpus: each is shown once, whatever else it is called."""

import pytest

from dltext.engine import api
from dltext.engine.results import Selection
from dltext.engine.tasks.search.fulltext import FullText


def test_a_column_that_was_found_to_hold_the_labels_is_shown_once_and_has_both_names(write):
    selection = write("id,category,text\n1,soup,so cold\n2,tea,so hot\n3,soup,so warm\n", label_column="category")
    assert api.corpus_info(selection).columns == ("category",)
    assert api.corpus_documents(selection).lines[0].values == ("soup",)
    for name in ("label", "category"):
        filtered = Selection(selection.data, f"{name}:soup", label_column="category")
        assert api.corpus_info(filtered).selected == 2
        assert api.crosstab(selection, name, "category").counts == ((2, 0), (0, 1))


def test_a_column_that_differs_in_one_document_is_another(write):
    rows = "".join(f"{n},text {n},{n % 3},{n % 3 if n != 150 else 9}\n" for n in range(200))
    selection = write(f"id,text,label,kind\n{rows}")
    assert set(api.corpus_info(selection).columns) == {"label", "kind"}


@pytest.mark.parametrize("sort", ["", "kind", "words"])
def test_any_page_of_a_long_table_reads_its_own_rows_alone_in_two_questions_at_most(write, monkeypatch, sort):
    rows = "".join(f"{n},text {n},{n % 7}\n" for n in range(3000))
    selection = write(f"id,text,kind\n{rows}")
    api.corpus_documents(selection, sort=sort)  # columns, which are few bytes a document, come into memory once
    read: list[int] = []
    ask = FullText._all
    monkeypatch.setattr(FullText, "_all", lambda *given: read.append(len(answer := ask(*given))) or answer)
    for offset in (0, 1500, 2900):
        read.clear()
        page = api.corpus_documents(selection, offset, 100, sort=sort)
        assert [line.text for line in page.lines] == [f"text {line.id}" for line in page.lines]
        assert sum(read) == 100
        assert len(read) <= 2
    by_kind = [n for kind in range(7) for n in range(3000) if n % 7 == kind]
    assert [line.row for line in page.lines] == (by_kind if sort == "kind" else list(range(3000)))[2900:]
