"""From texts by known authors to a profiler that answers, through the doors of all recipes."""

import json
import random
import re

import numpy as np
import pytest

for package in ("keras", "sklearn", "tf2onnx"):
    pytest.importorskip(package, reason="training needs the [train] extra")

from dltext.engine import api, model_store  # noqa: E402
from dltext.engine.results import JobSpec, UserError  # noqa: E402
from dltext.engine.train import checkpoint, run  # noqa: E402

SETTINGS = {
    "attributes": "sex, age=group, years=birthday:number",
    "variant": "random",
    "embedding_size": 12,
    "units": 8,
    "hops": 2,
    "attention_units": 8,
    "hidden": 12,
    "window": 10,
    "epochs": 4,
    "batch_size": 16,
    "learning_rate": 0.03,
    "patience": 0,
    "ngram_features": 300,
}
OF_GROUP = {"young": "lol homework", "middle": "office meeting", "old": "garden grandchildren"}
OF_SEX = {"f": "sister lovely", "m": "football beer"}


@pytest.fixture(scope="module")
def authors(tmp_path_factory):
    """240 made-up authors whose words tell sex and age; every seventh value is missing.

    All write three windows: for others each network is traced anew, which takes longer than all of its steps.
    """
    rng = random.Random(0)
    rows = []
    for number in range(240):
        group, sex = list(OF_GROUP)[number % 3], list(OF_SEX)[number // 3 % 2]
        sentences = []
        for _ in range(3):
            words = ["the", rng.choice(OF_GROUP[group].split()), "and", rng.choice(OF_SEX[sex].split())]
            sentences.append(" ".join([*words, *rng.choices(["was", "today", "again", "we", "some"], k=4)]) + " .")
        years = 15 + 20 * (number % 3) + rng.randint(0, 9)
        row = {"id": f"a{number}", "text": " ".join(sentences), "sex": sex, "group": group, "birthday": years}
        if number % 7 == 3:
            row[("sex", "group", "birthday")[number // 7 % 3]] = ""
        rows.append(json.dumps(row))
    path = tmp_path_factory.mktemp("data") / "authors.jsonl"
    path.write_text("\n".join(rows) + "\n")
    return path


def spec_of(authors, **changes):
    more = changes.pop("settings", {})
    values = {"recipe": "self-attention", "data": str(authors), "settings": SETTINGS | more, "seed": 3, "name": "who"}
    return api.validate(JobSpec(**(values | changes)))


def heard():
    events = []
    return events, lambda kind, /, **values: events.append((kind, values))


@pytest.fixture(scope="module")
def trained(authors, tmp_path_factory):
    """A run with all there is: its home, its folder, what it said and how it ended."""
    home, folder = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("run")
    events, emit = heard()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DLTEXT_HOME", str(home))
        outcome = run.execute(spec_of(authors), folder, emit, lambda: False)
    return home, folder, events, outcome


def test_texts_become_a_profiler_that_answers(authors, trained, monkeypatch):
    home, folder, events, outcome = trained
    monkeypatch.setenv("DLTEXT_HOME", str(home))
    assert outcome["state"] == "done"
    start = next(values for kind, values in events if kind == "start")
    assert start["examples"] == {"train": 192, "validation": 24, "test": 24}
    assert start["unit"] == "authors"
    assert set(start["measures"]) == {"sex_accuracy", "age_accuracy", "years_mae", "joint_accuracy"}
    assert start["floor"]["accuracy"] > 0.9
    validations = [values["validation"] for kind, values in events if kind == "epoch"]
    assert len(validations) == 4
    assert validations[-1]["loss"] < validations[0]["loss"]
    assert validations[-1]["accuracy"] == pytest.approx(
        (validations[-1]["sex_accuracy"] + validations[-1]["age_accuracy"]) / 2
    )
    assert outcome["metrics"]["test_accuracy"] > 0.9
    assert outcome["metrics"]["test_joint_accuracy"] > 0.85
    assert outcome["metrics"]["test_years_mae"] < 6

    card = api.model("who").card
    assert [row["name"] for row in card["attributes"]] == ["sex", "age", "years"]
    assert card["attributes"][1]["labels"] == ["middle", "old", "young"]
    assert 20 < card["attributes"][2]["mean"] < 60
    assert {part["attribute"] for part in card["metrics"][0]["confusion"]} == {"sex", "age"}
    assert "never a fact about a person" in card["not_for"]
    assert str(folder) not in card["metrics"][0]["protocol"]
    assert str(authors.parent) not in card["metrics"][0]["protocol"], "a machine's path stands in the card"
    assert card["serving"]["parity"] < 1e-4

    text = "the homework and football was today . lol and beer again we some ."
    profile = api.profile(text, model="who", explain=True)
    assert [(guess.name, guess.label) for guess in profile.guesses[:2]] == [("sex", "m"), ("age", "young")]
    assert profile.guess("years").value == pytest.approx(19, abs=9)
    assert profile.guess("years").low < profile.guess("years").value < profile.guess("years").high
    assert len(profile.hops) == 2
    assert sum(span.weight for span in profile.spans) == pytest.approx(1)
    pulled = {text[span.start : span.end].strip() for span in profile.pulls["sex"]}
    assert any(word in pull for pull in pulled for word in ("football", "beer"))
    again = api.evaluate("who", str(authors), "test")
    assert {part.name for part in again.parts} == {"sex", "age", "years"}
    assert again.metrics["accuracy"] == pytest.approx(outcome["metrics"]["test_accuracy"])


async def test_it_answers_in_its_screen_and_on_the_command_line(trained, monkeypatch, answers_everywhere):
    monkeypatch.setenv("DLTEXT_HOME", str(trained[0]))
    await answers_everywhere("who", "the football and beer was today again we . " * 8)


@pytest.mark.long
def test_without_ngrams_the_network_answers_alone_with_a_column_beside_it(authors, tmp_path):
    events, emit = heard()
    more = {"attributes": "sex", "ngrams": False, "floor": False, "auxiliary": "group", "loss_weights": "2"}
    outcome = run.execute(spec_of(authors, settings=more), tmp_path, emit, lambda: False)
    assert outcome["metrics"]["test_sex_accuracy"] > 0.85
    folder = model_store.folder_of("who")
    assert not (folder / "ngrams.txt").exists()
    start = next(values for kind, values in events if kind == "start")
    assert start["floor"] is None
    assert set(start["measures"]) == {"sex_accuracy"}
    profile = api.profile("the football and beer was today .", model="who", explain=True)
    assert [guess.name for guess in profile.guesses] == ["sex"]
    assert profile.guess("sex").label == "m"
    assert profile.pulls == {}


def test_stopped_and_resumed_it_is_the_run_of_an_undisturbed_one(authors, home, tmp_path, uncompiled):
    """To the end of its second epoch: what comes after the last one, the other run shows."""
    spec = spec_of(authors, settings={"batch_size": 96, "floor": False})
    events, emit = heard()

    def to_epoch(number, folder):
        events.clear()
        stop = lambda: any(kind == "epoch" and values["epoch"] == number for kind, values in events)  # noqa: E731
        outcome = run.execute(spec, folder, emit, stop)
        assert (outcome["state"], outcome["bundle"]) == ("cancelled", None)
        return [values["epoch"] for kind, values in events if kind == "epoch"]

    assert to_epoch(1, tmp_path / "stopped") == [1]
    assert not (home / "models" / "who").exists()
    first = (tmp_path / "stopped" / "linear" / "ngrams.npz").stat()
    assert to_epoch(2, tmp_path / "stopped") == [2]
    again = (tmp_path / "stopped" / "linear" / "ngrams.npz").stat()
    assert first.st_mtime_ns == again.st_mtime_ns, "the n-grams were fitted twice"
    assert to_epoch(2, tmp_path / "straight") == [1, 2]
    groups, other_groups = (checkpoint.load(tmp_path / name / "state.npz")[0] for name in ("stopped", "straight"))
    assert set(groups) == set(other_groups) >= {"model", "optimizer"}
    for name in groups:
        for one, other in zip(groups[name], other_groups[name], strict=True):
            np.testing.assert_allclose(one, other, atol=1e-6)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"loss_weights": "1, 2"}, "3 attributes"),
        ({"attributes": "", "loss_weights": "1, 2"}, r"There are 3 attributes.*\(sex, group, birthday\)"),
        ({"loss_weights": "1, x, 2"}, "comma-separated, not '1, x, 2'"),
        ({"loss_weights": "0, 0, 0"}, "not all 0"),
        ({"attributes": "sex, shoe"}, "shoe"),
        ({"attributes": "sex, text:number"}, "text"),
        ({"attributes": "sex", "auxiliary": "sex"}, "name it once"),
    ],
)
def test_what_cannot_be_learnt_is_one_sentence(authors, tmp_path, settings, message):
    with pytest.raises(UserError, match=message) as caught:
        run.execute(spec_of(authors, settings=settings), tmp_path, heard()[1], lambda: False)
    assert "\n" not in str(caught.value)


def test_preflight_tells_who_writes_here(authors, uncompiled):
    preflight = run.preflight(spec_of(authors, settings={"batch_size": 200}))  # one step is timed
    sex, age, years = preflight.facts
    assert re.fullmatch(r"sex: f \d+ %, m \d+ % of 18\d training authors; unknown of \d+\.", sex)
    assert all(label in age for label in ("young", "middle", "old"))
    assert years.startswith("years: a number, 15 to 64")
    assert preflight.floor["sex_accuracy"] > 0.9
    assert 0 < preflight.seconds < 600
    assert 50e6 < preflight.memory < 8e9
    assert preflight.parameters > 500
