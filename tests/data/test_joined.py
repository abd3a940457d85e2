"""Several data sets as one: their parts, labels and texts that two of them hold."""

import pytest

from dltext.data.errors import UserError
from dltext.data.source import open_source


@pytest.fixture
def write(tmp_path):
    def write(name, *rows, columns="text,label,split"):
        path = tmp_path / name
        path.write_text("\n".join([columns, *rows]) + "\n")
        return str(path)

    return write


def rows(source, split):
    return [(row.id, row.text, row.label) for row in source.rows(split)]


def test_parts_come_together_and_labels_are_one(write):
    first = write("one.csv", "a fine film,Positive,train", "a dull film,Negative,train", "fine,Positive,test")
    second = write("two.csv", "warm,pos,train", "cold,neg,test", "hollow,neg,train")
    joined = open_source(f"{first}+{second}")
    assert joined.name == "one.csv+two.csv"
    assert set(joined.labels) == {"Negative", "Positive"}
    assert joined.splits == ("train", "test")
    assert joined.counts == {"train": 4, "test": 2}
    assert rows(joined, "train")[2:] == [("two.csv/1", "warm", "Positive"), ("two.csv/3", "hollow", "Negative")]
    assert rows(joined, "test")[1] == ("two.csv/2", "cold", "Negative")
    assert joined.language == "en"
    assert open_source(f"{second}+{first}").sha256 != joined.sha256


def test_what_one_tests_the_others_do_not_train_on(write):
    first = write("one.csv", "a fine film,p,test", "a dull film,n,train", "good,p,train")
    second = write("two.csv", "a  fine film ,p,train", "cold,n,train", "warm,p,validation")
    joined = open_source(f"{first}+{second}")
    assert [row[1] for row in rows(joined, "train")] == ["a dull film", "good", "cold", "warm"]
    assert "validation" not in joined.splits  # one of them has none: what the other held out trains
    assert joined.notes == (
        "1 text of the other parts stands in a test part of one.csv+two.csv too, and was left out.",
    )
    assert joined.counts == {"train": 4, "test": 1}
    whole = open_source(f"{first}+{second}:validation")
    assert [row[1] for row in rows(whole, "train")] == ["a dull film", "good", "warm"]


def test_other_labels_are_refused(write):
    first = write("one.csv", "a,sport,train", "b,art,train")
    second = write("two.csv", "c,p,train", "d,n,train")
    with pytest.raises(UserError, match=r"two.csv has the labels .*: to be learnt together they must be the same"):
        open_source(f"{first}+{second}")
    third = write("three.csv", "e,ART,train", "f,sport,train", "g,war,train")
    assert open_source(f"{first}+{third}").labels == open_source(third).labels
    with pytest.raises(UserError, match="no split 'held'"):
        open_source(f"{first}+{third}:held")


def test_a_file_with_a_plus_in_its_name_is_one(write):
    assert open_source(write("one+two.csv", "a fine film,p,train", "b,n,train")).counts["train"] == 2
