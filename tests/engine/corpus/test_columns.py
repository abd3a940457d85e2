"""Columns of a corpus: each is shown once, whatever else it is called."""

from dltext.engine import api
from dltext.engine.results import Selection


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
