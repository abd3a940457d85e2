"""The table of measures: what a number is called, how it is told, and which of several is best."""

import pytest

from dltext.engine.results import measures


def test_each_measure_can_be_told_in_a_narrow_column() -> None:
    for key, measure in measures.MEASURES.items():
        assert key == measure.key
        assert measure.label
        assert len(measure.short or measure.label) <= 7 or not measure.leads


def test_a_value_belongs_to_the_measure_in_its_name() -> None:
    for name in ("accuracy", "test_accuracy", "best_validation_accuracy", "accuracy_sd"):
        assert measures.find(name) is measures.MEASURES["accuracy"]
    assert measures.find("floor_macro_f1") is measures.MEASURES["macro_f1"], "the longest key, not f1"
    assert measures.find("spearman") is None
    assert measures.find("precise") is None, "a part of a word is no key"


@pytest.mark.parametrize(("name", "share"), [("test_retrieval", True), ("floor_accuracy", True), ("wordsim353", False)])
def test_shares_are_told_in_percent(name: str, share: bool) -> None:
    assert measures.is_share(name) is share


def test_counts_are_no_measures() -> None:
    assert measures.is_count("wordsim353_known")
    assert measures.is_count("examples")
    assert not measures.is_count("wordsim353")


def test_the_best_loss_is_the_least() -> None:
    assert measures.best("validation_loss", [0.7, 0.3]) == 0.3
    assert measures.best("test_wordsim353", [0.7, 0.3]) == 0.7
    assert measures.best("unheard_of", [0.7, 0.3]) == 0.7


def test_what_is_not_in_the_table_is_called_by_its_key() -> None:
    assert measures.label("simlex999") == "SimLex-999 ρ"
    assert measures.label("unheard_of") == "unheard of"
    assert measures.MEASURES["simlex999"].name == "SimLex-999"


def test_a_measure_of_one_attribute_is_called_by_it() -> None:
    assert measures.label("gender_accuracy") == "gender"
    assert measures.label("age_group_accuracy") == "age group"
    assert measures.label("years_mae") == "years, mean error"
    assert measures.label("joint_accuracy") == "all right"
    assert measures.is_share("gender_accuracy")
    assert not measures.is_share("years_mae")
    assert measures.best("years_mae", [4.0, 6.0]) == 4.0
    metrics = ["accuracy", "joint_accuracy", "gender_accuracy", "floor_accuracy", "floor_gender_accuracy", "years_mae"]
    assert measures.of_attributes(metrics) == {"gender_accuracy": "gender", "years_mae": "years"}
