"""Several labels in one cell, with a sign between them, and labels that merely have such a sign."""

import pytest

from dltext.data.errors import UserError
from dltext.data.formats.opening import look
from dltext.data.joined_labels import joined_by
from dltext.data.readers import read_file
from dltext.data.reading import SIGNS
from dltext.engine import api


@pytest.mark.parametrize(
    ("labels", "sign"),
    [
        (("neg", "pos", "neg#x"), "#"),
        (("a#b", "b#c"), "#"),
        (("a|b", "b"), "|"),
        (("C#", "F#", "C"), ""),
        (("#neg", "neg"), ""),
        (("Sci#Tech", "World"), ""),
        (("neg", "pos"), ""),
        (("food;drink", "food", "drink"), ""),
    ],
)
def test_labels_are_joined_where_their_parts_are_labels_too(labels, sign):
    assert joined_by(labels) == sign


@pytest.mark.parametrize(
    ("labels", "sign"),
    [
        (("food; drink", "food"), ";"),
        (("food, drink", "drink"), ","),
        (("Sci/Tech", "World"), ""),
        (("non-fiction", "fiction"), ""),
    ],
)
def test_other_signs_may_join_them(labels, sign):
    assert joined_by(labels, SIGNS.values()) == sign


@pytest.fixture
def joined(write):
    """A file as doccano writes it, with labels joined by a sign."""

    def file(sign):
        labels = ["neg", "pos", f"neg{sign}x", f"pos{sign} x"]
        rows = "".join(f'{n},"a text that is long, {n}","{labels[n % 4]}"\n' for n in range(40))
        return write("x.csv", "id,data,label\n" + rows)

    return file


def test_they_are_read_apart(joined):
    path = joined("#")
    opened = look(path)
    assert opened.reading.separator == "#"
    assert opened.reading.value("separator") == "hash"
    assert "label: column 'label' (by its name), hash between several" in opened.reading.sentences()
    assert [row.labels or row.label for row in opened.rows()][:4] == ["neg", "pos", ("neg", "x"), ("pos", "x")]
    checked = api.check_data(str(path))
    assert checked.errors == ()
    assert any(warning.startswith("20 documents have several labels") for warning in checked.warnings)
    assert not any("no label" in warning for warning in checked.warnings)
    first = {row.label for row in read_file(path, read={"labels": "first"})}
    assert first == {"neg", "pos"}
    whole = {row.label for row in read_file(path, read={"separator": "none"})}
    assert whole == {"neg", "pos", "neg#x", "pos# x"}


def test_a_sign_that_may_stand_in_a_label_is_asked_about(joined):
    path = joined(";")
    reading = look(path).reading
    assert (reading.separator, reading.candidates["separator"]) == ("", (";",))
    warnings = api.check_data(str(path)).warnings
    assert any(
        "'neg;x' look like several in one" in warning and "separator=semicolon" in warning for warning in warnings
    )
    apart = list(read_file(path, read={"separator": "semicolon"}))
    assert apart[2].labels == ("neg", "x")
    with pytest.raises(UserError, match="The separator '&&' must be"):
        look(path, {"separator": "&&"})


@pytest.mark.parametrize("other", ["POS", "pos.", "pos\u200b", "ｐｏｓ"])
def test_whatever_is_pointed_out_as_one_label_is_merged(write, other):
    path = write("x.csv", "text,label\n" + "".join(f"text {n},{('pos', other, 'neg')[n % 3]}\n" for n in range(30)))
    assert api.check_data(str(path)).mergeable
    assert {row.label for row in read_file(path, read={"labels": "merge"})} == {"pos", "neg"}
