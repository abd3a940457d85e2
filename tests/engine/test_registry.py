import dataclasses

import pytest

from dltext.engine import registry
from dltext.engine.results import JobSpec, UserError


@pytest.mark.parametrize("recipe", list(registry.RECIPES))
def test_every_field_has_its_help_and_a_default_within_its_bounds(recipe):
    fields = registry.fields(recipe)
    for field in fields:
        assert field.help
        assert field.label
        assert registry.settings_of(recipe, {field.name: field.default}) == registry.settings_of(recipe, {})
    assert len({field.label for field in fields}) == len(fields)
    groups = [field.group for field in fields]
    assert groups == sorted(groups, key=["Model", "Data", "Training"].index)


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("nonsense", 1, "no setting 'nonsense'"),
        ("dropout", 2, "between 0 and 0.95"),
        ("dropout", "much", "must be a number"),
        ("dropout", "nan", "between"),
        ("filters", 1.5, "whole number"),
        ("filters", "inf", "whole number"),
        ("class_weights", "perhaps", "yes or no"),
        ("variant", "frozen", "one of random, static"),
        ("kernel_sizes", "3,x", "from 1 to 50"),
        ("kernel_sizes", "0", "from 1 to 50"),
    ],
)
def test_refuses(key, value, said):
    with pytest.raises(UserError, match=said):
        registry.settings_of("text-cnn", {key: value})


def test_converts_what_a_command_line_gives():
    settings = registry.settings_of("lstm", {"units": "64", "bidirectional": "yes", "dropout": "0.25", "epochs": "2.0"})
    assert (settings.units, settings.bidirectional, settings.dropout, settings.epochs) == (64, True, 0.25, 2)


def test_validate_fills_in_everything():
    spec = registry.validate(JobSpec("text-cnn", "mr", {"filters": "7"}))
    assert spec.settings["filters"] == 7
    assert spec.settings["optimizer"] == "adam"
    with pytest.raises(UserError, match="no recipe 'text-rnn'"):
        registry.validate(JobSpec("text-rnn", "mr"))
    with pytest.raises(UserError, match="No data"):
        registry.validate(JobSpec("text-cnn", " "))
    with pytest.raises(UserError, match="Folds"):
        registry.validate(JobSpec("text-cnn", "mr", kind="cross-validate", folds=0))


@pytest.mark.parametrize("kind", ["train", "preflight", "cross-validate"])
@pytest.mark.parametrize("data", ["arxiv", "text-en", "demo"])
def test_texts_without_labels_are_for_other_recipes(kind, data):
    with pytest.raises(UserError, match=rf"{data} has no labels.*: word2vec-gensim,.* ngram or masked-lm\.$"):
        registry.validate(JobSpec("text-cnn", data, kind=kind))
    if kind != "cross-validate":
        assert registry.validate(JobSpec("word2vec-gensim", data, kind=kind)).data == data


def test_says_how_to_get_the_training_packages(monkeypatch):
    real = registry.importlib.util.find_spec
    monkeypatch.setattr(registry.importlib.util, "find_spec", lambda n: None if n in ("sklearn", "keras") else real(n))
    said = registry.training_problem()
    assert "keras, sklearn" in said
    assert "dltext[train]" in said


def test_what_cannot_be_cross_validated_says_why(monkeypatch) -> None:
    row = dataclasses.replace(registry.RECIPES["text-cnn"], name="attributes", task="profile")
    monkeypatch.setitem(registry.RECIPES, "attributes", row)
    reasons = {
        "word2vec-gensim": "learns without labels",
        "attributes": "learns several attributes at once",
        "transformer": "learns from pairs",
        "title-copy": "learns from pairs",
    }
    for recipe, why in reasons.items():
        with pytest.raises(UserError, match=why):
            registry.validate(JobSpec(recipe, "mr", kind="cross-validate"))
    with pytest.raises(UserError) as refused:
        registry.validate(JobSpec("text-cnn", "text-en"))
    assert "word2vec-gensim" in str(refused.value)
    assert "attributes" not in str(refused.value), "those learn no vectors from bare texts"
