"""Recipes of the user's own: where they come from, what they are like, and their code in the processes that train.

A source is a file or a module that the user has named on this machine (``dltext recipes add``), or what an installed
package offers in the entry-point group :data:`GROUP`. A bundle never brings one. Screens, the command line and whatever
answers import no source: a child process (``python -m dltext.engine.plugins``) does, and describes its recipes in JSON,
which is kept until one of the files that it came from changes. So code that fails, hangs or loads Keras costs a
sentence, not a start. Only processes that train (:func:`train_here`) import the source of the recipe that they run.
"""

import contextlib
import dataclasses
import functools
import hashlib
import importlib
import inspect
import json
import os
import re
import stat
import subprocess
import sys
import sysconfig
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from ..data import paths
from . import environment, preferences
from .hyper_parameters import convert, fields_of
from .results import Field, RecipeSource, UserError, in_one_line
from .tasks.table import CLASSIFIER, RECIPES, Recipe, find_task

GROUP = "dltext.tasks"
"""The entry-point group of installed packages: each entry is a module, or its :data:`ROWS` themselves."""
PREFERENCE = "recipes"
ROWS = "RECIPES"
"""What a file or a module calls its recipes."""
SECONDS = 60
"""How long a source may take to be imported; most of it is Keras."""
PATIENCE = 10
"""Seconds for which a source that could not be read is not tried again."""
LARGEST = 1 << 20
"""Bytes of a file of recipes."""
KINDS = {"int": int, "float": float, "bool": bool}

_training = False
_described: dict[str, tuple[list[Any], float, "_Description"]] = {}
_imported: dict["Source", tuple[Recipe, ...]] = {}


@dataclass(frozen=True)
class Source:
    """``name`` is a file's path, a module's name or, of a ``package``, the value of its entry point."""

    kind: str
    name: str

    @property
    def remedy(self) -> str:
        if self.kind == "package":
            return "Mend the package that offers it, or uninstall it."
        return f"Mend it, or have it forgotten with: dltext recipes remove {self.name}"

    def failed(self, what: str, line: int | None = None, file: str = "") -> UserError:
        where = file if file and file != self.name else self.name
        return UserError(f"{where}{f', line {line}' if line else ''}: {in_one_line(what).rstrip('.')}. {self.remedy}")


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


def _very_row(source: Source, name: str) -> Recipe:
    for entry in _import(source):
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
    """While ``recipe`` is trained, what its code raises, where it is the user's, becomes one sentence; see _said."""
    if recipe in RECIPES:
        yield
        return
    row(recipe)  # imported from here on
    sources = [source for source, rows in _imported.items() if recipe in [entry.name for entry in rows]]
    with _said(sources[0], elsewhere=True) if sources else contextlib.nullcontext():
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


def _source(text: str) -> Source:
    if text.endswith(".py") or os.sep in text:
        return Source("file", str(_path(text)))
    if all(part.isidentifier() for part in text.split(".")):
        return Source("module", text)
    raise UserError(f"{text} is neither a file that ends in .py nor the name of a module.")


def _path(text: str) -> Path:
    return paths.expand(text).absolute()


def _sources() -> Iterator[Source]:
    from importlib.metadata import entry_points

    for name in _named():
        yield Source("file" if os.sep in name else "module", name)
    for entry in entry_points(group=GROUP):
        yield Source("package", entry.value)


# -------------------------------------------------------------------------------------------------- descriptions


def _descriptions() -> dict[Source, _Description]:
    """Each source and what it brings; names that come twice are left to the first."""
    return {source: _describe(source) for source in dict.fromkeys(_sources())}


def _describe(source: Source, anew: bool = False) -> _Description:
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


def _ask(source: Source) -> dict[str, Any]:
    """Have a child import ``source``; ``files``, and ``rows`` or a ``problem``."""
    values = {"CUDA_VISIBLE_DEVICES": "", "TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONSAFEPATH": "1"}
    problem, files = "", [_state(source.name)] if source.kind == "file" else []
    try:
        if source.kind == "file":
            _read(source)  # said at once, without a child
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
    from .train.settings import Checked, setting

    made: list[Any] = []
    for values in entry["fields"]:
        described = Field(**{**values, "choices": tuple(values["choices"])})
        more = {key: value for key, value in values.items() if key not in ("name", "default", "choices")}
        more |= {"choices": described.choices}
        made.append((described.name, KINDS.get(described.kind, str), setting(described.default, **more)))
    settings = dataclasses.make_dataclass("Settings", made, bases=(Checked,), frozen=True)
    return Recipe(settings=settings, **entry["row"])


# -------------------------------------------------------------------------------------------------- the user's code


def _import(source: Source) -> tuple[Recipe, ...]:
    """The rows of ``source``, checked and complete; UserError, one sentence, where its code cannot be run."""
    if source not in _imported:
        before = set(sys.modules)
        with _said(source):
            rows = _rows(source)
            complete = tuple(_complete(source, entry) for entry in rows)
            names = [entry.name for entry in complete]
            if twice := [name for name in names if names.count(name) > 1]:
                raise source.failed(f"it has the recipe {twice[0]!r} twice")
            _imported[source] = complete
        _files[source] = _files_of(source, set(sys.modules) - before)
    return _imported[source]


_files: dict[Source, list[str]] = {}


@contextlib.contextmanager
def _said(source: Source, elsewhere: bool = False) -> Iterator[None]:
    """Turn what the user's code raises into one sentence with file and line; the traceback goes to stderr.

    ``elsewhere``: other code runs here too, and what no line of the user's has raised stays what it is.
    """
    try:
        yield
    except (UserError, MemoryError):
        raise
    except (Exception, SystemExit) as error:
        file, line = _place(source, error)
        if elsewhere and line is None:
            raise
        traceback.print_exc()
        # Keras says in the second line what it was, in bold.
        lines = re.sub(r"\x1b\[[0-9;]*m", "", str(error)).split("\n")
        text = error.msg if isinstance(error, SyntaxError) else " ".join([line for line in lines if line.strip()][:2])
        text = text[:300]
        if isinstance(error, ModuleNotFoundError) and error.name in _parents(source):
            raise source.failed("no module of this name is installed here; a file is named with its .py") from None
        raise source.failed(f"{type(error).__name__}: {text}" if text else type(error).__name__, line, file) from error


def _place(source: Source, error: BaseException) -> tuple[str, int | None]:
    """The last line of the user's in which ``error`` was raised."""
    if isinstance(error, SyntaxError) and error.filename:
        return error.filename, error.lineno
    frames = [(frame.filename, frame.lineno) for frame in traceback.extract_tb(error.__traceback__)]
    theirs = [frame for frame in frames if frame[0] == source.name or frame[0] in _own_files(source)]
    return theirs[-1] if theirs else ("", None)


def _parents(source: Source) -> set[str]:
    """The names of the module itself and of the packages that it stands in."""
    parts = source.name.partition(":")[0].split(".") if source.kind != "file" else []
    return {".".join(parts[: i + 1]) for i in range(len(parts))}


def _own_files(source: Source) -> set[str]:
    top = _top(source)
    return {str(getattr(module, "__file__", "")) for name, module in list(sys.modules.items()) if _below(name, top)}


def _top(source: Source) -> str:
    return "" if source.kind == "file" else source.name.partition(":")[0].partition(".")[0]


def _below(name: str, top: str) -> bool:
    return bool(top) and name.partition(".")[0] == top


def _files_of(source: Source, names: set[str]) -> list[str]:
    """The files that decide what ``source`` is: its own, and what it imported that no package has installed."""
    folders = tuple(sysconfig.get_paths()[name] for name in ("stdlib", "purelib", "platlib"))
    ours = str(Path(__file__).resolve().parents[1]) + os.sep
    files = {source.name} if source.kind == "file" else set[str]()
    for name in names:
        file = getattr(sys.modules.get(name), "__file__", None)
        if file and (_below(name, _top(source)) or not file.startswith((*folders, ours, "<"))):
            files.add(file)
    return sorted(files)


def _rows(source: Source) -> Sequence[Any]:
    if source.kind == "file":
        module: Any = _module(source)
    else:
        name, _, attribute = source.name.partition(":")
        module = importlib.import_module(name)
        for part in filter(None, attribute.split(".")):
            module = getattr(module, part)
    rows = getattr(module, ROWS, None) if isinstance(module, ModuleType) else module
    rows = [rows] if isinstance(rows, Recipe) else rows
    if not isinstance(rows, (list, tuple)) or not rows:
        raise source.failed(f"it lists no recipes; give it {ROWS} = (Recipe(…),)")
    return rows


def _module(source: Source) -> ModuleType:
    """The file ``source``, run as a module of its own; the name says which file it is of."""
    code = compile(_read(source), source.name, "exec", dont_inherit=True)
    digest = hashlib.sha256(source.name.encode(errors="surrogateescape")).hexdigest()[:8]
    module = ModuleType(f"dltext_recipes_{Path(source.name).stem}_{digest}")
    module.__file__ = source.name
    sys.modules[module.__name__] = module  # dataclasses look there for what annotations name
    exec(code, module.__dict__)
    return module


def _read(source: Source) -> bytes:
    """The bytes of a file that nobody else can have written; UserError for another."""
    file = source.name
    try:
        with open(file, "rb", opener=lambda path, flags: os.open(path, flags | getattr(os, "O_NONBLOCK", 0))) as stream:
            status = os.fstat(stream.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise source.failed("it is no regular file")
            if hasattr(os, "getuid") and status.st_uid not in (0, os.getuid()):
                raise source.failed("it belongs to another user, so that its code is not run")
            if os.name == "posix" and status.st_mode & stat.S_IWOTH:
                raise source.failed(f"everybody may write it, so that its code is not run; chmod o-w {file} helps")
            content = stream.read(LARGEST + 1)
    except FileNotFoundError:
        raise source.failed("there is no such file") from None
    except IsADirectoryError:
        raise source.failed("it is a folder; name a file that ends in .py") from None
    except OSError as error:
        raise source.failed(error.strerror or str(error)) from None
    if len(content) > LARGEST:
        raise source.failed("it is larger than a megabyte, and no file of recipes")
    return content


def _complete(source: Source, entry: Any) -> Recipe:
    """A row whose parts are all imported, whose code speaks in sentences, and that fits the task; else UserError."""
    if not isinstance(entry, Recipe):
        raise source.failed(f"{ROWS} holds {entry!r:.60}, which is no Recipe")
    named = f"the recipe {entry.name!r:.60}"
    texts = (entry.name, entry.task, entry.label, entry.help, entry.source)
    if not all(isinstance(text, str) and text.isprintable() for text in texts) or not entry.label:
        raise source.failed(f"{named} needs texts of one line as name, task, label, help and source")
    if not re.fullmatch(r"[a-z][a-z0-9-]{0,59}", entry.name) or entry.name in ("add", "remove"):
        raise source.failed(f"{named} needs a name of small letters, digits and hyphens, such as my-network")
    if entry.name in RECIPES:
        raise source.failed(f"{named} has the name of a recipe that dltext brings; give it another")
    tasks = sorted({row.task for row in RECIPES.values()})
    if entry.task not in tasks:
        raise source.failed(f"{named} has the task {entry.task!r:.60}, which is none of {', '.join(tasks)}")
    parts = {name: _part(getattr(entry, name)) for name in ("settings", "build", "pipeline", "loss")}
    entry = dataclasses.replace(entry, **parts)
    _check_settings(source, named, entry)
    if entry.pipeline == CLASSIFIER:
        if find_task(entry.task).data != "labels":
            raise source.failed(f"{named} is for {entry.task}: give it a pipeline, or the task classify")
        if not callable(entry.build):
            raise source.failed(f"{named} has no function build")
        _check_call(source, named, "build", entry.build, None, 9, 2, None, mask=True)
    if entry.loss:
        _check_call(source, named, "loss", entry.loss, None)
    guarded = {name: _guarded(source, getattr(entry, name)) for name in ("build", "loss") if getattr(entry, name)}
    return dataclasses.replace(entry, **guarded)


def _part(value: Any) -> Any:
    """What ``module:name`` names; the pipeline of all classifiers stays the path that it is."""
    if not isinstance(value, str) or value in ("", CLASSIFIER):
        return value
    module, _, name = value.partition(":")
    return getattr(importlib.import_module(module), name)


def _check_settings(source: Source, named: str, entry: Recipe) -> None:
    from .train.settings import Checked, Classifier

    base, settings = Classifier if entry.pipeline == CLASSIFIER else Checked, entry.settings
    if not (isinstance(settings, type) and issubclass(settings, base) and dataclasses.is_dataclass(settings)):
        raise source.failed(f"{named} needs settings derived from {base.__name__} of dltext.extend")
    plain = [part.name for part in dataclasses.fields(settings) if "label" not in part.metadata]
    bare = [name for name in inspect.get_annotations(settings) if not hasattr(settings, name)]
    if plain or bare:
        raise source.failed(f"{named} has the setting {(plain + bare)[0]!r} without setting(default, label, help)")
    declared = {part.name for part in dataclasses.fields(settings)}
    if loose := [name for name in inspect.get_annotations(settings) if name not in declared]:
        raise source.failed(f"{named} has the setting {loose[0]!r}, but its class is not decorated with @settings()")
    for field in fields_of(settings):
        if type(field.default) not in (bool, int, float, str) or field.kind not in ("choice", "str", "file", *KINDS):
            raise source.failed(f"{named} has the setting {field.name!r}, which is no int, float, bool or str")
        try:
            convert(field, field.default)
        except UserError as error:
            raise source.failed(f"{named} has a default that cannot be: {error}") from None
    made: Any = settings
    made()


def _check_call(source: Source, named: str, what: str, function: Any, *values: Any, **more: Any) -> None:
    try:
        inspect.signature(function).bind(*values, **more)
    except (TypeError, ValueError) as error:
        wanted = "settings, vocabulary_size, classes, vectors=None, mask=True" if what == "build" else "settings"
        raise source.failed(f"{named} needs {what}({wanted}); {error}") from None


def _guarded(source: Source, function: Any) -> Any:
    @functools.wraps(function)
    def guarded(*values: Any, **more: Any) -> Any:
        with _said(source):
            return function(*values, **more)

    return guarded


# -------------------------------------------------------------------------------------------------- the child


def _answered(source: Source) -> dict[str, Any]:
    """What the child answers."""
    try:
        entries = _import(source)
    except UserError as error:
        files = [source.name] if source.kind == "file" else sorted(_own_files(source) - {"", "None"})
        return {"files": [_state(file) for file in files], "problem": str(error)}
    settings: Any = importlib.import_module(".train.settings", __package__)
    files = [*_files[source], settings.__file__]  # the fields that all share may change too
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
    source = Source(**json.load(sys.stdin))
    paths.private_files()
    environment.prepare_training()
    output = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what the user's code prints is no answer
    print(json.dumps(_answered(source)), file=output, flush=True)
    os._exit(0)  # whatever threads it has begun


if __name__ == "__main__":
    _main()
