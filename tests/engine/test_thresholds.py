"""Thresholds of confidence: chosen by the user, kept beside the bundles, taken along by an export."""

import json
import zipfile
from pathlib import Path

import pytest

from dltext.engine import api, model_store
from dltext.engine.results import Record, UserError


@pytest.fixture(autouse=True)
def zoo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(model_store, "ZOO", tmp_path / "zoo")
    return tmp_path / "zoo"


def sure(text: str, model: str = "toy") -> bool:
    return api.analyse(text, model=model).sure


def test_below_it_a_model_is_not_sure_and_says_all_the_same_what_is_likely(make_bundle) -> None:
    make_bundle()
    before = api.analyse("film", model="toy")
    assert (before.sure, before.threshold) == (True, None)
    assert not {"sure", "threshold"} & before.as_dict().keys()
    api.set_threshold("toy", 0.9)
    result = api.analyse("film", model="toy")
    assert (result.sure, result.threshold, result.label) == (False, 0.9, before.label)
    assert result.probabilities == before.probabilities
    assert (result.as_dict()["sure"], result.as_dict()["threshold"]) == (False, 0.9)
    assert sure("good")
    records = [Record("1", "good"), Record("2", "film"), Record("3", "…")]
    for explain in (False, True):
        assert [r.sure for _, r in api.analyse_many(records, model="toy", explain=explain)] == [True, False, False]
    assert api.model("toy").threshold == 0.9
    api.set_threshold("toy", None)
    assert sure("film")
    assert api.model("toy").threshold is None


def test_a_shipped_model_has_one_of_the_users(make_bundle, zoo: Path) -> None:
    folder = make_bundle("shipped", folder=zoo)
    card = (folder / "card.toml").read_bytes()
    api.set_threshold("shipped", 0.9)
    assert not sure("film", "shipped")
    assert (folder / "card.toml").read_bytes() == card
    assert json.loads((model_store.store_path() / "thresholds.json").read_text()) == {"shipped": 0.9}


def test_an_export_takes_it_along_and_an_import_may_drop_it(make_bundle, tmp_path: Path) -> None:
    make_bundle()
    api.set_threshold("toy", 0.9)
    path = api.export_model("toy", tmp_path / "toy.zip")
    with zipfile.ZipFile(path) as archive:
        assert b"min_confidence = 0.9" in archive.read("toy/card.toml")
    api.remove_model("toy")
    assert api.import_model(path).threshold == 0.9  # the card's: the choice has gone with the model
    assert json.loads((model_store.store_path() / "thresholds.json").read_text()) == {}
    assert not sure("film")
    api.set_threshold("toy", None)
    assert sure("film")
    with zipfile.ZipFile(api.export_model("toy", tmp_path / "again.zip")) as archive:
        assert b"min_confidence" not in archive.read("toy/card.toml")


def test_what_makes_no_sense_is_refused(make_bundle) -> None:
    make_bundle()
    make_bundle("stars", serving={"learns": "number"}, labels=("1", "2"))
    make_bundle("several", serving={"learns": "labels"})
    for value in (0.0, 1.0, -0.5, 7.0):
        with pytest.raises(UserError, match="above 0 and below 1"):
            api.set_threshold("toy", value)
    for name in ("stars", "several"):
        with pytest.raises(UserError, match="does not give one label a text"):
            api.set_threshold(name, 0.5)
    with pytest.raises(UserError, match="There is no model 'other'"):
        api.set_threshold("other", 0.5)


def test_a_damaged_table_is_no_threshold(make_bundle) -> None:
    make_bundle()
    for content in ("{", '{"toy": "much"}', '{"toy": true}', '{"toy": 5}'):
        (model_store.store_path() / "thresholds.json").write_text(content)
        assert sure("film")


def test_a_report_tells_its_price(make_bundle, tmp_path: Path) -> None:
    make_bundle()
    rows = [("good film", "positive")] * 3 + [("film", "negative")] * 2 + [("bad", "negative")]
    path = tmp_path / "own.jsonl"
    path.write_text("".join(json.dumps({"text": t, "label": label, "split": "test"}) + "\n" for t, label in rows))
    analysis = api.evaluate("toy", str(path)).analysis
    assert analysis is not None
    assert analysis.chosen is None
    assert [(row.least, row.most, row.examples) for row in analysis.lengths] == [(1, 5, 6)]
    api.set_threshold("toy", 0.8)
    chosen = api.evaluate("toy", str(path)).analysis.chosen  # type: ignore[union-attr]
    assert chosen is not None
    assert (chosen.threshold, chosen.examples, chosen.right) == (0.8, 4, 4)
