"""The code of user-supplied recipes where it runs: imported, checked, and named in the errors that it raises."""

import contextlib
import dataclasses
import functools
import hashlib
import importlib
import inspect
import os
import re
import stat
import sys
import sysconfig
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from .hyper_parameters import convert, fields_of
from .results import UserError, in_one_line
from .tasks.recipes import CLASSIFIER, RECIPES, Recipe
from .tasks.table import find_task

ROWS = "RECIPES"
"""What a file or a module calls its recipes."""
LARGEST = 1 << 20
"""Bytes of a file of recipes."""
KINDS = {"int": int, "float": float, "bool": bool}

imported: dict["PluginSource", tuple[Recipe, ...]] = {}


@dataclass(frozen=True)
class PluginSource:
    """``name`` is a file's path, a module's name or, of a ``package``, the value of its entry point."""

    kind: str
    name: str

    @property
    def remedy(self) -> str:
        if self.kind == "package":
            return "Fix the package that offers it, or uninstall it."
        return f"Fix it, or remove it with: dltext recipes remove {self.name}"

    def failed(self, what: str, line: int | None = None, file: str = "") -> UserError:
        where = file if file and file != self.name else self.name
        return UserError(f"{where}{f', line {line}' if line else ''}: {in_one_line(what).rstrip('.')}. {self.remedy}")


def import_rows(source: PluginSource) -> tuple[Recipe, ...]:
    """The rows of ``source``, checked and complete; UserError, one sentence, where its code cannot be run."""
    if source not in imported:
        before = set(sys.modules)
        with blaming(source):
            rows = _rows(source)
            complete = tuple(_complete(source, entry) for entry in rows)
            names = [entry.name for entry in complete]
            if twice := [name for name in names if names.count(name) > 1]:
                raise source.failed(f"it has the recipe {twice[0]!r} twice")
            imported[source] = complete
        files_behind[source] = _files_of(source, set(sys.modules) - before)
    return imported[source]


files_behind: dict[PluginSource, list[str]] = {}


@contextlib.contextmanager
def blaming(source: PluginSource, elsewhere: bool = False) -> Iterator[None]:
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


def _place(source: PluginSource, error: BaseException) -> tuple[str, int | None]:
    """The last line of the user's in which ``error`` was raised."""
    if isinstance(error, SyntaxError) and error.filename:
        return error.filename, error.lineno
    frames = [(frame.filename, frame.lineno) for frame in traceback.extract_tb(error.__traceback__)]
    theirs = [frame for frame in frames if frame[0] == source.name or frame[0] in files_below(source)]
    return theirs[-1] if theirs else ("", None)


def _parents(source: PluginSource) -> set[str]:
    """The names of the module itself and of the packages that it stands in."""
    parts = source.name.partition(":")[0].split(".") if source.kind != "file" else []
    return {".".join(parts[: i + 1]) for i in range(len(parts))}


def files_below(source: PluginSource) -> set[str]:
    top = _top(source)
    return {str(getattr(module, "__file__", "")) for name, module in list(sys.modules.items()) if _below(name, top)}


def _top(source: PluginSource) -> str:
    return "" if source.kind == "file" else source.name.partition(":")[0].partition(".")[0]


def _below(name: str, top: str) -> bool:
    return bool(top) and name.partition(".")[0] == top


def _files_of(source: PluginSource, names: set[str]) -> list[str]:
    """The files that decide what ``source`` is: its own, and what it imported that no package has installed."""
    folders = tuple(sysconfig.get_paths()[name] for name in ("stdlib", "purelib", "platlib"))
    ours = str(Path(__file__).resolve().parents[1]) + os.sep
    files = {source.name} if source.kind == "file" else set[str]()
    for name in names:
        file = getattr(sys.modules.get(name), "__file__", None)
        if file and (_below(name, _top(source)) or not file.startswith((*folders, ours, "<"))):
            files.add(file)
    return sorted(files)


def _rows(source: PluginSource) -> Sequence[Any]:
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


def _module(source: PluginSource) -> ModuleType:
    """The file ``source``, run as a module of its own; the name says which file it is of."""
    code = compile(read_source(source), source.name, "exec", dont_inherit=True)
    digest = hashlib.sha256(source.name.encode(errors="surrogateescape")).hexdigest()[:8]
    module = ModuleType(f"dltext_recipes_{Path(source.name).stem}_{digest}")
    module.__file__ = source.name
    sys.modules[module.__name__] = module  # dataclasses look there for what annotations name
    exec(code, module.__dict__)
    return module


def read_source(source: PluginSource) -> bytes:
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


def _complete(source: PluginSource, entry: Any) -> Recipe:
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


def _check_settings(source: PluginSource, named: str, entry: Recipe) -> None:
    from .train.classify.settings import Classifier
    from .train.declaring import Checked

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


def _check_call(source: PluginSource, named: str, what: str, function: Any, *values: Any, **more: Any) -> None:
    try:
        inspect.signature(function).bind(*values, **more)
    except (TypeError, ValueError) as error:
        wanted = "settings, vocabulary_size, classes, vectors=None, mask=True" if what == "build" else "settings"
        raise source.failed(f"{named} needs {what}({wanted}); {error}") from None


def _guarded(source: PluginSource, function: Any) -> Any:
    @functools.wraps(function)
    def guarded(*values: Any, **more: Any) -> Any:
        with blaming(source):
            return function(*values, **more)

    return guarded
