"""Labels of data mapped onto those of a model, and the map that is offered."""

import pytest

from dltext.engine.results import UserError
from dltext.engine.tasks.classify.mapping import label_index, suggestion

MODEL = ("negative", "positive")


@pytest.mark.parametrize(
    ("labels", "offered"),
    [
        (("neg", "pos"), "neg=negative,pos=positive"),
        (("0", "1"), "0=negative,1=positive"),
        (("0.0", "1.0"), "0.0=negative,1.0=positive"),
        (("1", "2", "3", "4", "5"), "1=negative,2=negative,3=,4=positive,5=positive"),
        (("1", "5"), "1=negative,5=positive"),
        (("消极", "积极"), "消极=negative,积极=positive"),
        (("sport", "trade"), ""),
    ],
)
def test_a_map_is_offered_where_it_is_plain(labels, offered):
    assert suggestion(MODEL, labels) == offered
    with pytest.raises(UserError) as caught:
        label_index("model", MODEL, "x.csv", labels, {})
    assert (f"--map {offered}" if offered else "as in --map sport=negative") in str(caught.value)
    if offered:
        pairs = dict(pair.split("=") for pair in offered.split(","))
        index = label_index("model", MODEL, "x.csv", labels, pairs)
        assert [MODEL[number] if number is not None else "" for number in index.values()] == list(pairs.values())


def test_labels_that_are_the_same_but_for_their_case_need_no_map():
    assert label_index("model", MODEL, "x.csv", ("Positive", "NEGATIVE"), {}) == {"Positive": 1, "NEGATIVE": 0}


@pytest.mark.parametrize(
    ("label_map", "message"),
    [
        ({"pos": "fine"}, "has no label 'fine', which 'pos' should be"),
        ({"x": "positive"}, "has no label 'x' to be mapped"),
        ({"pos": "", "neg": ""}, "All labels of the data are left out"),
    ],
)
def test_a_map_that_cannot_be_is_one_sentence(label_map, message):
    with pytest.raises(UserError, match=message):
        label_index("model", MODEL, "x.csv", ("pos", "neg"), label_map)
