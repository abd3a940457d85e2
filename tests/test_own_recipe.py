"""Recipes of the user's own: the walk of docs/adding-a-task.md outside the tree, and sources that are broken."""

import asyncio
import importlib.util
import json
import os
import random
import re
import shlex
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from dltext.engine import api, plugin_code, plugins, registry
from dltext.engine.results import JobSpec, UserError

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "adding-a-task.md"
WORDS = {"good": ["wonderful", "warm"], "bad": ["dull", "clumsy"], "odd": ["weird", "unreal"]}
LIGHT = (ROOT / "tests" / "toy_recipe.py").read_text("utf-8")
"""A file of recipes that is imported fast, for it names no Keras; it says which processes ran it."""


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Each test is a process of its own that does not train, in a folder outside the tree."""
    for name, value in (("_training", False), ("_described", {})):
        monkeypatch.setattr(plugins, name, value)
    monkeypatch.setattr(plugin_code, "imported", {})
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("DLTEXT_DATA", raising=False)
    monkeypatch.chdir(tmp_path)


def blocks(language: str) -> list[str]:
    """The page's code, in its order."""
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE)


def write_opinions(path: Path) -> None:
    """Short texts, all of one length, whose last word says the label."""
    draw = random.Random(0)
    rows = ["text,label"]
    for number in range(150):
        label = list(WORDS)[number % 3]
        rows.append(
            f"the {draw.choice(['film', 'plot', 'cast'])} number {number} is {draw.choice(WORDS[label])},{label}"
        )
    path.write_text("\n".join(rows) + "\n")


def until(condition: Any, seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.02)


def mine(path: Path = Path("mine.py"), text: str = LIGHT) -> Path:
    path.write_text(text)
    return path.absolute()


# -------------------------------------------------------------------------------------------------- the walk


def test_the_page_quotes_the_example_which_is_small() -> None:
    example = (ROOT / "docs" / "examples" / "coupled_rnn.py").read_text("utf-8")
    assert blocks("python") == [example]
    assert len(example.splitlines()) < 150
    for what in ("keras.regularizers.Regularizer", "keras.losses.Loss", "layers.Layer", "layers.RNN(cell"):
        assert what in example


@pytest.mark.train
def test_the_walk_of_the_page(run: Any, monkeypatch: pytest.MonkeyPatch, shown_on_screen: Any) -> None:
    for package in ("keras", "sklearn", "tf2onnx"):
        if importlib.util.find_spec(package) is None:
            pytest.skip("training needs the [train] extra")
    Path("coupled_rnn.py").write_text(blocks("python")[0])
    write_opinions(Path("opinions.csv"))
    commands = [shlex.split(line)[1:] for block in blocks("sh") for line in block.splitlines()]
    assert [words[0] for words in commands] == ["recipes", "recipes", "train", "jobs", "classify"]
    add, show, train, follow, ask = commands

    added = run(*add)
    assert added.code == 0, added.err
    assert "--set orthogonality=0.001" in run(*show).out
    assert "coupled-rnn" in [recipe.name for recipe in api.recipes("classify")]

    # A run is killed after its first epoch, and goes on from there.
    begun = run(*train, "--json")
    assert begun.code == 0, begun.err
    job = begun.objects[0]["id"]
    until(lambda: any(event.type in ("checkpoint", "end") for event in api.events(job)[0]))
    os.kill(api.job(job).pid or 0, signal.SIGKILL)
    until(lambda: api.job(job).state == "lost")
    api.resume(job)
    assert run(*follow, job).code == 0, api.job_log(job)
    ended = api.job(job)
    assert (ended.state, ended.epoch, ended.bundle) == ("done", 6, "opinions"), ended.message
    assert ended.metrics["test_accuracy"] > 0.8
    card = api.model("opinions").card
    assert (card["task"], card["recipe"], card["settings"]["focus"]) == ("classify", "coupled-rnn", 1.0)
    assert card["serving"]["parity"] <= 1e-4
    assert not [path for path in Path(api.model("opinions").path).iterdir() if path.suffix == ".py"]

    answer = run(*ask, "--json")
    assert answer.code == 0, answer.err
    assert answer.objects[0]["label"] == "odd"
    assert api.analyse("the cast is clumsy", model="opinions", explain=True).label == "bad"

    # Analyse has a card for it as for any other classifier.
    asyncio.run(shown_on_screen("analyse", "opinions", "the cast is clumsy", "▸ bad"))

    # A machine without the file: the model answers, and says what training on from it takes.
    assert run("recipes", "remove", "coupled_rnn.py").code == 0
    Path("coupled_rnn.py").unlink()
    assert api.analyse("the film is warm", model="opinions").label == "good"
    for recipe in ("coupled-rnn", "text-cnn"):
        refused = run("train", recipe, "--data", "opinions.csv", "--set", "initial=opinions")
        assert refused.code == 2
        assert "coupled-rnn" in refused.err
        assert "dltext recipes add" in refused.err
    with pytest.raises(UserError, match="no recipe 'coupled-rnn' on this machine"):
        api.validate(ended.spec)


# -------------------------------------------------------------------------------------------------- whose code runs


def test_only_a_child_imports_what_is_named_and_once() -> None:
    path = mine()
    assert "mine" not in [recipe.name for recipe in api.recipes()]
    assert not path.with_suffix(".ran").exists()
    assert api.add_recipes("mine.py").recipes == ("mine",)
    for _ in range(2):
        chosen = next(recipe for recipe in api.recipes() if recipe.name == "mine")
        plugins._described.clear()
    assert (chosen.fields[0].name, chosen.fields[0].maximum) == ("units", 99)
    spec = api.validate(JobSpec("mine", "mr", {"units": "8"}))
    assert (spec.settings["units"], spec.settings["epochs"]) == (8, 3)
    with pytest.raises(UserError, match="between 1 and 99"):
        api.validate(JobSpec("mine", "mr", {"units": 100}))
    ran = path.with_suffix(".ran").read_text().split()
    assert len(ran) == 1
    assert str(os.getpid()) not in ran
    mine(text=LIGHT.replace("setting(7", "setting(17"))
    assert registry.fields("mine")[0].default == 17
    assert len(path.with_suffix(".ran").read_text().split()) == 2


def test_a_process_that_trains_runs_the_very_code() -> None:
    mine()
    api.add_recipes("mine.py")
    plugins.train_here()
    with pytest.raises(UserError, match="Thirteen units bring bad luck"):
        registry.settings_of("mine", {"units": 13})
    with pytest.raises(UserError, match=r"mine\.py, line 22: RuntimeError: not today\. Fix it"):
        registry.load(registry.get("mine").build)(None, 9, 2)


def test_files_that_others_may_write_are_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    path = mine()
    path.chmod(0o646)
    with pytest.raises(UserError, match="everybody may write it"):
        api.add_recipes("mine.py")
    path.chmod(0o644)
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    if path.stat().st_uid:  # what belongs to root is trusted
        with pytest.raises(UserError, match="belongs to another user"):
            api.add_recipes("mine.py")
    os.mkfifo("pipe.py")
    with pytest.raises(UserError, match="no regular file"):
        api.add_recipes("pipe.py")
    assert not path.with_suffix(".ran").exists()
    assert api.recipe_sources() == []


def test_a_package_offers_its_recipes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "site"
    (place / "networks").mkdir(parents=True)
    (place / "networks" / "__init__.py").write_text("")
    mine(place / "networks" / "rows.py")
    info = place / "networks-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: networks\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[dltext.tasks]\nmine = networks.rows\n")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(place), os.environ.get("PYTHONPATH", "")]))
    monkeypatch.syspath_prepend(str(place))
    assert registry.get("mine").label == "Mine"
    assert [(source.kind, source.recipes) for source in api.recipe_sources()] == [("package", ("mine",))]
    with pytest.raises(UserError, match="a recipe 'mine' already"):
        api.add_recipes(str(mine()))
    with pytest.raises(UserError, match="not among the files"):
        api.remove_recipes("networks.rows")


# -------------------------------------------------------------------------------------------------- what is broken


BROKEN = {
    "x = (": r"line 1: SyntaxError: '\(' was never closed\.",
    "a = 1\nb = foo": "line 2: NameError: name 'foo' is not defined",
    "import nonsuch_thing": "line 1: ModuleNotFoundError: No module named 'nonsuch_thing'",
    "import sys; sys.exit(3)": "line 1: SystemExit: 3",
    "x = '\0'": "SyntaxError|ValueError",
    "x = 1": "it lists no recipes",
    "RECIPES = (1,)": "holds 1, which is no Recipe",
    LIGHT.replace('"mine", "classify"', '"text-cnn", "classify"'): "the name of a recipe that dltext brings",
    LIGHT.replace('"mine", "classify"', '"My Net", "classify"'): "a name of small letters",
    LIGHT.replace('"mine", "classify"', '"mine", "tell"'): "the task 'tell', which is none of",
    LIGHT.replace('"mine", "classify"', '"mine", "title"'): "is for title: give it a pipeline",
    LIGHT.replace('setting(7, "Units", "Size of the state", minimum=1, maximum=99)', "7"): "'units' without setting",
    LIGHT.replace("setting(7", "setting(0"): "Units .units. must lie between 1 and 99, not 0",
    LIGHT.replace("setting(7", "setting((7,)"): "no int, float, bool or str",
    LIGHT.replace("@settings(epochs=3)", ""): r"not decorated with @settings\(\)",
    LIGHT.replace("@settings(epochs=3)", "@settings(epoch=3)"): "inherits no field 'epoch'",
    LIGHT.replace("class Mine(Classifier)", "class Mine"): "inherits no field|derived from",
    LIGHT.replace(", vectors=None, mask=True", ""): "needs build",
    LIGHT.replace("Mine, build)", 'Mine, "nonsuch.module:build")'): "No module named 'nonsuch'",
    LIGHT.replace("Mine, build)", "Mine, build, loss=3)"): "needs loss",
    LIGHT + "RECIPES = RECIPES * 2\n": "the recipe 'mine' twice",
}


@pytest.mark.parametrize("text", BROKEN, ids=range(len(BROKEN)))
def test_what_is_broken_is_one_sentence(text: str) -> None:
    path = Path("broken.py").absolute()
    path.write_bytes(text.encode())
    problem = plugins._answered(plugin_code.PluginSource("file", str(path)))["problem"]
    assert re.search(BROKEN[text], problem), problem
    assert problem.startswith(str(path))
    assert problem.endswith(f"Fix it, or remove it with: dltext recipes remove {path}")
    assert "\n" not in problem


def test_a_broken_source_costs_only_its_own_recipes(run: Any) -> None:
    mine()
    api.add_recipes("mine.py")
    other = mine(Path("other.py"), LIGHT.replace('"mine"', '"other"'))
    api.add_recipes("other.py")
    other.write_text("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n")
    names = [recipe.name for recipe in api.recipes()]
    assert "mine" in names
    assert "other" not in names
    listed = run("recipes")
    assert listed.code == 0
    assert f"from {Path('mine.py').absolute()}" in listed.out
    assert listed.err.count("importing it ended Python (exit code -9)") == 1
    refused = run("train", "other", "--data", "mr")
    assert (refused.code, "ended Python" in refused.err) == (2, True)
    other.unlink()
    assert "there is no such file" in run("recipes").err
    assert run("recipes", "remove", "other.py").code == 0
    assert run("recipes").err == ""


def test_code_that_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plugins, "SECONDS", 1)
    Path("slow.py").write_text("while True: pass\n")
    with pytest.raises(UserError, match=r"slow\.py: importing it took longer than 1 seconds\. Nothing was added\."):
        api.add_recipes("slow.py")
    assert api.recipe_sources() == []


def test_what_is_no_source_is_refused(run: Any) -> None:
    for words, code, said in (
        (("add",), 2, "Name one file or module"),
        (("add", "a", "b"), 2, "Name one file or module"),
        (("text-cnn", "lstm"), 2, "name one recipe"),
        (("add", "two words"), 1, "neither a file"),
        (("add", "none.py"), 1, "there is no such file. Nothing was added."),
        (("add", "nonsuch_module"), 1, "a file is named with its .py"),
        (("remove", "none.py"), 1, "not among the files and modules"),
    ):
        refused = run("recipes", *words)
        assert refused.code == code, words
        assert said in refused.err
        assert refused.err.count("\n") == 1


@pytest.mark.parametrize("content", ['{"recipes": 3}', '{"recipes": [3, null, ""]}', "[]", "{"])
def test_preferences_that_something_else_has_written_are_none(home: Path, content: str) -> None:
    home.mkdir()
    (home / "preferences.json").write_text(content)
    assert api.recipe_sources() == []


def test_a_cache_that_something_else_has_written_is_none() -> None:
    from dltext.data import paths

    path = mine()
    api.add_recipes("mine.py")
    cache = paths.cache_path() / "recipes.json"
    table = json.loads(cache.read_text())
    for broken in (
        {"rows": [{}]},
        {"rows": 3},
        {"rows": [{"row": {}, "fields": []}]},
        {"files": 3},
        {"files": [[]]},
        7,
    ):
        changed = {key: {**entry, **broken} if isinstance(broken, dict) else broken for key, entry in table.items()}
        cache.write_text(json.dumps(changed))
        plugins._described.clear()
        assert "mine" in [recipe.name for recipe in api.recipes()], broken
    assert path.exists()
