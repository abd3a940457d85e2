"""Whatever a file of recipes holds, whoever asks gets an answer: recipes, or one sentence; ours are always there."""

import os
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from dltext.engine import api, plugin_code, plugins
from dltext.engine.results import UserError
from dltext.engine.tasks.table import RECIPES

TOY = (Path(__file__).resolve().parents[1] / "toy_recipe.py").read_text("utf-8")


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, value in (("_training", False), ("_described", {})):
        monkeypatch.setattr(plugins, name, value)
    for name in ("imported", "files_behind"):
        monkeypatch.setattr(plugin_code, name, {})
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)


def mutated(text: str, chance: random.Random) -> bytes:
    """``text`` with a few of its lines, words or bytes gone, doubled, swapped or written over."""
    lines = text.splitlines(keepends=True)
    for _ in range(chance.randint(1, 3)):
        place, other = chance.randrange(len(lines)), chance.randrange(len(lines))
        how = chance.randrange(6)
        if how == 0:
            del lines[place]
        elif how == 1:
            lines.insert(place, lines[other])
        elif how == 2:
            lines[place], lines[other] = lines[other], lines[place]
        elif how == 3:
            words = lines[place].split(" ")
            del words[chance.randrange(len(words))]
            lines[place] = " ".join(words)
        elif how == 4:
            value = chance.choice(["None", "-1", "()", "[]", "'x'", "1e999", "object()", "print", "\x1b[31m", "{}"])
            words = lines[place].split(",")
            words[chance.randrange(len(words))] = value
            lines[place] = ",".join(words)
        else:
            lines[place] = lines[place][: chance.randrange(len(lines[place]) + 1)]
        lines = lines or [""]
    content = bytearray("".join(lines).encode())
    if content and chance.random() < 0.2:
        content[chance.randrange(len(content))] = chance.randrange(256)
    return bytes(content)


def is_sentence(problem: str, path: Path) -> bool:
    return problem.startswith(str(path)) and "\n" not in problem and "\x1b" not in problem and len(problem) < 900


def test_any_change_of_a_file_of_recipes(rounds: Any, chance: random.Random, figure: Any, tmp_path: Path) -> None:
    attempts, failures = rounds(60, 3000), []
    for number in range(attempts):
        path = tmp_path / f"mutated{number}.py"
        path.write_bytes(mutated(TOY, chance))
        try:
            answer = plugins._answered(plugin_code.PluginSource("file", str(path)))
            good = is_sentence(answer["problem"], path) if "problem" in answer else plugins._parsed(answer) is not None
        except BaseException as error:
            good, answer = False, {"raised": repr(error)}
        if not good:
            failures.append((path.read_bytes(), answer))
    figure("a mutated file of recipes", len(failures), attempts)
    assert not failures, failures[0]


def test_ours_are_there_whatever_a_file_becomes(rounds: Any, chance: random.Random, figure: Any) -> None:
    path = Path("mine.py").absolute()
    path.write_text(TOY)
    api.add_recipes("mine.py")
    attempts, failures = rounds(3, 60), 0
    for _ in range(attempts):
        path.write_bytes(mutated(TOY, chance) if chance.random() < 0.8 else os.urandom(chance.randrange(3000)))
        names = [recipe.name for recipe in api.recipes()]
        (source,) = api.recipe_sources()
        failures += names[: len(RECIPES)] != list(RECIPES) or not (source.recipes or is_sentence(source.problem, path))
    figure("a file of recipes that changes while it is named", failures, attempts)
    assert failures == 0


def test_killed_while_a_file_is_named(rounds: Any, chance: random.Random, figure: Any) -> None:
    Path("mine.py").write_text(TOY)
    attempts, failures = rounds(2, 40), 0
    for _ in range(attempts):
        child = subprocess.Popen(
            [sys.executable, "-m", "dltext.tui.cli", "recipes", "add", "mine.py"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(chance.uniform(0, 1))
        child.kill()
        child.wait(30)
        plugins._described.clear()
        sources = api.recipe_sources()
        failures += bool(sources) and sources[0].recipes != ("mine",)
        try:
            api.remove_recipes("mine.py")
        except UserError:
            failures += bool(sources)
    figure("killed while a file of recipes is named", failures, attempts)
    assert failures == 0
