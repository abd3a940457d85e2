"""User-supplied recipes: where they are found, their descriptions, and their code in the processes that train.

A source is a file or a module that the user has named on this machine (``dltext recipes add``), or what an installed
package offers in the entry-point group :data:`GROUP`. A bundle never brings one. Screens, the command line and whatever
answers import no source: a child process (``python -m dltext.engine.plugins``) does, and describes its recipes in JSON,
which is kept until one of the files that it came from changes. So code that fails, hangs or loads Keras costs a
sentence, not a start. Only processes that train (:func:`train_here`) import the source of the recipe that they run.
"""

import contextlib
import dataclasses
import importlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..data import paths
from . import environment, plugin_code, preferences
from .hyper_parameters import fields_of
from .plugin_code import KINDS, PluginSource, blaming, files_below, import_rows, read_source
from .results import Field, RecipeSource, UserError
from .tasks.table import RECIPES, Recipe

GROUP = "dltext.tasks"
"""The entry-point group of installed packages: each entry is a module, or its recipes themselves."""
PREFERENCE = "recipes"
SHARED = ("declaring", "settings", "classify.settings")
"""Modules below ``train`` whose fields the settings of a user's recipe may have."""
SECONDS = 60
"""How long a source may take to be imported; most of it is Keras."""
PATIENCE = 10
"""Seconds for which a source that could not be read is not tried again."""

_training = False
_described: dict[str, tuple[list[Any], float, "_Description"]] = {}


@dataclass(frozen=True)
class _Description:
    """What a child tells of a source: its recipes, or the sentence that says why there are none."""

    rows: tuple[Recipe, ...] = ()
    problem: str = ""


# -------------------------------------------------------------------------------------------------- the merged table


def rows() -> list[Recipe]:
    """The recipes of all sources that can be read, described; a name that is ours, or comes twice, counts once."""
    merged: dict[str, Recipe] = {}
    for description in _descriptions().values():
        for row in description.rows:
            merged.setdefault(row.name, row)
    return list(merged.values())


def row(name: str) -> Recipe | None:
    """The recipe ``name`` of the user's, or None. Described, or in a process that trains the very thing.

    UserError where its source can no longer be imported.
    """
    for source, description in _descriptions().items():
        for described in description.rows:
            if described.name == name:
                return _very_row(source, name) if _training else described
    return None


def _very_row(source: PluginSource, name: str) -> Recipe:
    for entry in import_rows(source):
        if entry.name == name:
            return entry
    raise source.failed(f"it no longer brings the recipe {name!r}")


def problems() -> list[str]:
    """A sentence for each source that cannot be read."""
    return [description.problem for description in _descriptions().values() if description.problem]


def listing() -> list[RecipeSource]:
    """All sources, with the names of their recipes, or what is wrong with them."""
    return [
        RecipeSource(source.name, source.kind, tuple(entry.name for entry in description.rows), description.problem)
        for source, description in _descriptions().items()
    ]


def train_here() -> None:
    """Let this process import the code of the recipes that it runs."""
    global _training
    _training = True


@contextlib.contextmanager
def blamed(recipe: str) -> Iterator[None]:
    """While ``recipe`` is trained, what its code raises, where it is the user's, becomes one sentence; see blaming."""
    if recipe in RECIPES:
        yield
        return
    row(recipe)  # imported from here on
    sources = [source for source, rows in plugin_code.imported.items() if recipe in [entry.name for entry in rows]]
    with blaming(sources[0], elsewhere=True) if sources else contextlib.nullcontext():
        yield


# -------------------------------------------------------------------------------------------------- what is named


def add(text: str) -> RecipeSource:
    """Name a file or a module whose recipes are used from now on; UserError, and nothing kept, where they cannot be."""
    source = _source(text)
    others = [entry for other, description in _descriptions().items() if other != source for entry in description.rows]
    description = _describe(source, anew=True)
    if description.problem:
        raise UserError(description.problem.replace(f". {source.remedy}", ". Nothing was added."))
    if twice := {entry.name for entry in others} & {entry.name for entry in description.rows}:
        raise UserError(f"{source.name}: there is a recipe {min(twice)!r} already; give it another name.")
    _change(lambda named: [*(name for name in named if name != source.name), source.name])
    return RecipeSource(source.name, source.kind, tuple(entry.name for entry in description.rows), "")


def remove(text: str) -> None:
    """Forget a file or a module; UserError where it was not named. The file itself stays, and so do its models."""
    names = {text, str(_path(text))}
    before = _named()
    if not names & set(before):
        said = f"; named are: {', '.join(before)}" if before else ", nor any other"
        raise UserError(f"{text} is not among the files and modules that were added{said}.")
    _change(lambda named: [name for name in named if name not in names])


def _change(how: Callable[[list[str]], list[str]]) -> None:
    wanted = how(_named())
    preferences.update(**{PREFERENCE: wanted or None})
    if _named() != wanted:
        raise UserError("The list of recipes could not be written: see whether the disk is full.")


def _named() -> list[str]:
    named = preferences.load().get(PREFERENCE)
    return [name for name in named if isinstance(name, str) and name] if isinstance(named, list) else []


def _source(text: str) -> PluginSource:
    if text.endswith(".py") or os.sep in text:
        return PluginSource("file", str(_path(text)))
    if all(part.isidentifier() for part in text.split(".")):
        return PluginSource("module", text)
    raise UserError(f"{text} is neither a file that ends in .py nor the name of a module.")


def _path(text: str) -> Path:
    return paths.expand(text).absolute()


def _sources() -> Iterator[PluginSource]:
    from importlib.metadata import entry_points

    for name in _named():
        yield PluginSource("file" if os.sep in name else "module", name)
    for entry in entry_points(group=GROUP):
        yield PluginSource("package", entry.value)


# -------------------------------------------------------------------------------------------------- descriptions


def _descriptions() -> dict[PluginSource, _Description]:
    """Each source and what it brings; names that come twice are left to the first."""
    return {source: _describe(source) for source in dict.fromkeys(_sources())}


def _describe(source: PluginSource, anew: bool = False) -> _Description:
    """From memory or the cache while nothing has changed; else, or ``anew``, a child is asked."""
    key = f"{source.kind} {source.name}"
    files, when, description = _described.get(key, ([], 0.0, _Description()))
    if description.problem:  # what helps may lie in no file of the source: a package that is installed
        fresh = time.monotonic() - when < PATIENCE and all(_state(entry[0]) == entry for entry in files)
    else:
        fresh = _unchanged(files)
    if fresh and not anew:
        return description
    cache = paths.cache_path() / "recipes.json"
    stored: Any = None if anew else paths.read_json(cache).get(key)
    read = _parsed(stored)
    if read is None or not _unchanged(stored["files"]):
        stored = _ask(source)
        read = _parsed(stored) or _Description(problem=str(source.failed("what it holds could not be described")))
        if not read.problem:
            with contextlib.suppress(OSError, UserError):
                paths.cache()
                paths.update_json(cache, lambda table: {**table, key: stored})
    _described[key] = stored["files"], time.monotonic(), read
    return read


def _parsed(stored: Any) -> _Description | None:
    """What a child has told, or the cache holds; None for what no child tells."""
    try:
        _unchanged(stored["files"])
        return _Description(tuple(_row_from(entry) for entry in stored.get("rows", ())), str(stored.get("problem", "")))
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        return None


def _unchanged(files: list[Any]) -> bool:
    """Whether each file is as it was; ``[path, nanoseconds, bytes]`` each, as :func:`_state` gives."""
    return bool(files) and all(_state(entry[0]) == entry for entry in files)


def _state(path: str) -> list[Any]:
    try:
        status = Path(path).stat()
    except (OSError, ValueError):
        return [path, 0, 0]
    return [path, status.st_mtime_ns, status.st_size]


def _ask(source: PluginSource) -> dict[str, Any]:
    """Have a child import ``source``; ``files``, and ``rows`` or a ``problem``."""
    values = {"CUDA_VISIBLE_DEVICES": "", "TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONSAFEPATH": "1"}
    problem, files = "", [_state(source.name)] if source.kind == "file" else []
    try:
        if source.kind == "file":
            read_source(source)  # said at once, without a child
        child = subprocess.run(
            [sys.executable, "-m", "dltext.engine.plugins"],
            input=json.dumps(dataclasses.asdict(source)),
            env={"KERAS_BACKEND": "tensorflow", **os.environ, **values},
            capture_output=True,
            text=True,
            timeout=SECONDS,
            start_new_session=True,
            check=False,
        )
        answer = json.loads((child.stdout.strip().splitlines() or ["{}"])[-1])
        if isinstance(answer, dict) and "files" in answer:
            return answer
        problem = str(source.failed(f"importing it ended Python (exit code {child.returncode})"))
    except UserError as error:
        problem = str(error)
    except subprocess.TimeoutExpired:
        problem = str(source.failed(f"importing it took longer than {SECONDS} seconds"))
    except (OSError, ValueError) as error:
        problem = str(source.failed(f"it could not be looked at ({error})"))
    return {"files": files, "problem": problem}


def _row_from(entry: dict[str, Any]) -> Recipe:
    """A row as those see it who do not train: its settings have the fields, but no code of the user's."""
    from .train.declaring import Checked, setting

    made: list[Any] = []
    for values in entry["fields"]:
        described = Field(**{**values, "choices": tuple(values["choices"])})
        more = {key: value for key, value in values.items() if key not in ("name", "default", "choices")}
        more |= {"choices": described.choices}
        made.append((described.name, KINDS.get(described.kind, str), setting(described.default, **more)))
    settings = dataclasses.make_dataclass("Settings", made, bases=(Checked,), frozen=True)
    return Recipe(settings=settings, **entry["row"])


# -------------------------------------------------------------------------------------------------- the child


def _answered(source: PluginSource) -> dict[str, Any]:
    """What the child answers."""
    try:
        entries = import_rows(source)
    except UserError as error:
        files = [source.name] if source.kind == "file" else sorted(files_below(source) - {"", "None"})
        return {"files": [_state(file) for file in files], "problem": str(error)}
    shared = [importlib.import_module(f".train.{name}", __package__) for name in SHARED]  # their fields may change too
    files = [*plugin_code.files_behind[source], *(str(module.__file__) for module in shared)]
    names = ("name", "task", "label", "help", "source")
    rows = [
        {
            "row": {name: getattr(entry, name) for name in names},
            "fields": [dataclasses.asdict(field) for field in fields_of(entry.settings)],
        }
        for entry in entries
    ]
    return {"files": [_state(file) for file in files], "rows": rows}


def _main() -> None:
    source = PluginSource(**json.load(sys.stdin))
    paths.private_files()
    environment.prepare_training()
    output = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what the user's code prints is no answer
    print(json.dumps(_answered(source)), file=output, flush=True)
    os._exit(0)  # whatever threads it has begun


if __name__ == "__main__":
    _main()
