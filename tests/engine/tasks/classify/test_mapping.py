"""Labels of data mapped onto those of a model, and the map that is offered."""

import shlex

import pytest

from dltext.engine.results import UserError
from dltext.engine.tasks.classify.mapping import label_index, suggestion
from dltext.engine.tasks.classify.measure import evaluate
from dltext.tui.commands.training import label_pairs

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
        (("sport", "trade", "5"), ""),
        (("-1", "0", "1"), "-1=negative,0=,1=positive"),
        (("0", "1", "2"), "0=negative,1=,2=positive"),
        (("1", "2"), "1=negative,2=positive"),
        (("0", "4"), "0=negative,4=positive"),
        (("1", "4"), "1=negative,4=positive"),
        (("1,5", "3", "4,5"), "1,5=negative,3=,4,5=positive"),
        (("1/5", "4/5"), "1/5=negative,4/5=positive"),
        (("1 star", "4 stars", "5 stars"), "1 star=negative,4 stars=positive,5 stars=positive"),
        (("LABEL_0", "LABEL_1"), "LABEL_0=negative,LABEL_1=positive"),
        (("★", "★★★☆☆", "★★★★★"), "★=negative,★★★☆☆=,★★★★★=positive"),
        (("1星", "5星"), "1星=negative,5星=positive"),
        (("Extremely Negative", "Irrelevant", "Positive"), "Extremely Negative=negative,Irrelevant=,Positive=positive"),
        (("bad", "good", "ok"), "bad=negative,good=positive,ok="),
    ],
)
def test_a_map_is_offered_where_it_is_plain(labels, offered):
    assert suggestion(MODEL, labels) == offered
    with pytest.raises(UserError) as caught:
        label_index("model", MODEL, "x.csv", labels, {})
    written = str(caught.value).removesuffix(".").partition("--map")[2]
    assert shlex.split(f"--map{written}") in (["--map", offered or "sport=negative"], [f"--map={offered}"])
    assert written.startswith("=-") or not offered.startswith("-"), "else it would be another option"
    if offered:
        pairs = label_pairs(offered)
        assert list(pairs) == list(labels)
        index = label_index("model", MODEL, "x.csv", labels, pairs)
        assert [MODEL[number] if number is not None else "" for number in index.values()] == list(pairs.values())


def test_other_spellings_of_topics_are_offered_too():
    assert suggestion(("sci-tech", "world"), ("Sci/Tech", "World")) == "Sci/Tech=sci-tech,World=world"
    assert suggestion(("sci-tech", "world"), ("Sci/Tech", "Sports")) == ""


def test_the_report_says_what_stood_for_what(make_bundle, tmp_path):
    make_bundle("sentiment-en")
    data = tmp_path / "stars.csv"
    data.write_text("text,label\n" + "".join(f"a good film {n},{n % 5 - 2}\n" for n in range(20)))
    pairs = {"-2": "negative", "-1": "negative", "0": "", "1": "positive", "2": "positive"}
    report = evaluate("sentiment-en", str(data), "all", label_map=pairs)
    assert "without those labelled '0'" in report.protocol
    assert report.protocol.endswith(" --map=-2=negative,-1=negative,0=,1=positive,2=positive")


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
