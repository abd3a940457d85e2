"""What works on this machine, what does not, and what to do about it. Imports nothing that it asks about."""

import importlib.metadata
import locale
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement

from ..data import paths
from .results import Check, UserError

OLDEST, NEWEST = (3, 11), (3, 13)
ROOMY = 1 << 30
"""Free bytes that a training with its checkpoints and a downloaded corpus may need."""
TIGHT = 100 << 20
SMALLEST = (80, 24)
TWINS = {"tensorflow": ("tensorflow-cpu",), "tensorflow-cpu": ("tensorflow",)}
"""Packages that hold the same under another name."""


def checks() -> list[Check]:
    """What works here, what does not, and what to do about it, in the order of a table.

    Never raises: a check that breaks is a check that failed.
    """
    results: list[Check] = []
    for name, look in _CHECKS.items():
        try:
            results.extend(look())
        except Exception as error:
            message = str(error) if isinstance(error, UserError) else f"{type(error).__name__}: {error}"
            results.append(Check(name, False, message, "" if isinstance(error, UserError) else _REPORT))
    return results


_REPORT = "This should not happen; please report it with what is shown here."


def _python() -> Iterator[Check]:
    version = sys.version_info[:2]
    fits = OLDEST <= version <= NEWEST
    remedy = "" if fits else f"Install dltext under Python {_dotted(OLDEST)} to {_dotted(NEWEST)}."
    yield Check("Python", fits, f"{platform.python_version()} on {platform.system()} {platform.machine()}", remedy)


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))


def _packages() -> Iterator[Check]:
    good, bad = _installed("")
    command = f"{sys.executable} -m pip install --upgrade dltext"
    yield Check("Packages", not bad, ", ".join(bad or good), f"{command}" if bad else "")


def _training() -> Iterator[Check]:
    good, bad = _installed("train")
    if not bad:
        yield Check("Training", True, ", ".join(good))
        return
    remedy = "To train models of your own: pip install 'dltext[train]' (with an NVIDIA GPU: 'dltext[gpu]')."
    # Reading models needs none of them; half of them is a broken installation.
    yield Check("Training", False if good else None, ", ".join(bad), remedy)


def _installed(extra: str) -> tuple[list[str], list[str]]:
    """The packages that dltext asks for under ``extra``: those that fit, and those missing or too old, as text."""
    good, bad = [], []
    for line in importlib.metadata.requires("dltext") or []:
        try:
            requirement = Requirement(line)
        except InvalidRequirement:
            continue
        marker = requirement.marker
        if marker is not None and not marker.evaluate({"extra": extra}):
            continue
        # With an extra, only what it adds.
        if extra and (marker is None or marker.evaluate({"extra": ""})):
            continue
        names = (requirement.name, *TWINS.get(requirement.name, ()))
        name, version = next(((name, installed) for name in names if (installed := _version(name))), (names[0], None))
        if version is None:
            bad.append(f"{name} is missing")
        elif requirement.specifier.contains(version, prereleases=True):
            good.append(f"{name} {version}")
        else:
            bad.append(f"{name} {version} is not {requirement.specifier}")
    return good, bad


def _gpu() -> Iterator[Check]:
    from . import device

    if not device.is_gpu():
        yield Check("GPU", None, f"none in use; training runs on the {device.describe()}")
    elif device.backend_sees_gpu():
        count = len(device.gpus())
        shared = f"; a training takes the first, or all with the setting devices={count}" if count > 1 else ""
        yield Check("GPU", True, device.describe() + shared)
    else:
        remedy = "If it is an NVIDIA GPU with a working driver: pip install 'dltext[gpu]'."
        there = device.named(device.gpus())
        yield Check(
            "GPU",
            None,
            f"{there}, which the training libraries do not use; training runs on the {device.describe()}",
            remedy,
        )


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _home() -> Iterator[Check]:
    move = (
        "Make it writable, or set DLTEXT_HOME to another folder; until then models can be used, but nothing is saved."
    )
    home = paths.home_path()
    if home.exists():
        there, detail = home, str(home)
    else:
        there = next((above for above in home.absolute().parents if above.exists()), Path("/"))
        detail = f"{home} (made when something is first saved)"
    try:
        # Nothing is made by looking.
        with tempfile.TemporaryFile(dir=there) as stream:
            stream.write(bytes(4096))
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        yield Check("Data folder", False, f"{home} cannot be written: {error.strerror or error}", move)
        return
    yield Check("Data folder", True, detail)
    free = shutil.disk_usage(there).free
    remedy = "" if free >= ROOMY else "Free some space, or set DLTEXT_HOME to a folder on a larger disk."
    yield Check("Free space", None if TIGHT <= free < ROOMY else free >= ROOMY, f"{free / 1e9:,.1f} GB", remedy)


def _runs() -> Iterator[Check]:
    from .jobs import store

    jobs = store.listing()
    broken = sorted(path.name for path in paths.home_path().glob("jobs.db.broken-*") if path.suffix != ".part")
    broken = [name for name in broken if not name.endswith(("-wal", "-shm"))]
    detail = f"{len(jobs)}, {sum(job.active for job in jobs)} active"
    if broken:
        yield Check(
            "Runs", None, f"{detail}; the list was damaged and rebuilt from the run folders ({broken[-1]} is kept)",
            f"If all your runs are listed, delete {paths.home_path() / broken[-1]}.",
        )  # fmt: skip
    else:
        yield Check("Runs", True, detail)


def _data() -> Iterator[Check]:
    folder = os.environ.get("DLTEXT_DATA")
    if not folder:
        yield Check("Data mirror", None, "DLTEXT_DATA is not set: data sets are downloaded when they are needed")
    elif paths.expand(folder).is_dir():
        yield Check("Data mirror", True, folder)
    else:
        yield Check("Data mirror", False, f"DLTEXT_DATA names {folder}, which is no folder", "Correct or unset it.")


def _models() -> Iterator[Check]:
    from . import model_store
    from .tasks import warming

    infos = model_store.listing()
    broken = []
    for info in infos:
        try:
            if info.problem:
                raise UserError(info.problem)
            warming.warm_up(info.task, info.name)
        except Exception as error:
            remedy = "Reinstall dltext." if info.origin == "shipped" else f"dltext models remove {info.name}"
            broken.append(Check(f"Model {info.name}", False, str(error) or type(error).__name__, remedy))
    names = ", ".join(info.name for info in infos)
    remedy = "" if infos else "Reinstall dltext, or train a model: dltext train text-cnn --data mr."
    yield Check("Models", bool(infos) and len(broken) < len(infos), names or "none", remedy)
    yield from broken


def _terminal() -> Iterator[Check]:
    if not sys.__stdout__ or not sys.__stdout__.isatty():
        yield Check("Terminal", None, "the output goes to no terminal")
        return
    kind, depth = os.environ.get("TERM", ""), os.environ.get("COLORTERM", "")
    if kind in ("", "dumb"):
        yield Check("Terminal", False, f"TERM is {kind or 'not set'}", "Use a terminal that moves the cursor.")
    else:
        colours = "256 colours" if "256" in kind else "16 colours"
        if os.environ.get("NO_COLOR"):
            colours = "colours off (NO_COLOR)"
        elif depth in ("truecolor", "24bit"):
            colours = "24-bit colour"
        yield Check("Terminal", True, f"{kind}, {colours}")
    columns, lines = shutil.get_terminal_size()
    fits = columns >= SMALLEST[0] and lines >= SMALLEST[1]
    remedy = "" if fits else f"Make the window at least {SMALLEST[0]}×{SMALLEST[1]}."
    yield Check("Window", fits, f"{columns}×{lines}", remedy)


def _locale() -> Iterator[Check]:
    encoding = locale.getpreferredencoding(False)
    fits = encoding.lower().replace("-", "") == "utf8"
    name = os.environ.get("LC_ALL") or os.environ.get("LC_CTYPE") or os.environ.get("LANG") or "not set"
    remedy = "" if fits else "Set LANG to a UTF-8 locale, such as C.UTF-8, or Chinese and bars will not be drawn."
    yield Check("Locale", fits, f"{name}, {encoding}", remedy)


_CHECKS: dict[str, Callable[[], Iterator[Check]]] = {
    "Python": _python,
    "Packages": _packages,
    "Training": _training,
    "GPU": _gpu,
    "Data folder": _home,
    "Runs": _runs,
    "Data mirror": _data,
    "Models": _models,
    "Terminal": _terminal,
    "Locale": _locale,
}
