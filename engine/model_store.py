"""All trained models of this machine: the shipped ones in the package, the user's own in the data directory.

A listing reads cards alone (checksums are verified when a model is loaded) and keeps them by modification time.
"""

import errno
import os
import re
import shutil
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..data import leftovers, paths
from . import bundle_format, thresholds
from .offered import OFFERED
from .results import BundleInfo, UserError
from .tasks.table import RECIPES, find_task

ZOO = Path(__file__).resolve().parent.parent / "models" / "zoo"
"""Where the shipped bundles stand."""
DEFAULTS = "defaults.json"
"""What answers for which task by the user's choice; beside the bundles."""

BASE = "base"
"""Of a card's ``serving``: the encoder whose first layers a bundle answers with, see :mod:`.serve.shared_half`."""

_infos: dict[str, tuple[tuple[int, int], BundleInfo]] = {}
_defaults: dict[str, tuple[tuple[str, int, int], str]] = {}
_readers: dict[str, tuple[tuple[str, int, int], dict[str, str]]] = {}


def store() -> Path:
    """The folder of the user's own bundles, for those who write: created on first use. UserError where it cannot be."""
    folder = store_path()
    with paths.writing(folder):
        paths.folder(folder)
    return folder


def store_path() -> Path:
    """The folder of the user's own bundles, whether or not it is there."""
    return paths.home_path() / "models"


def is_listed(folder: Path) -> bool:
    """Whether a bundle is one by name: a run measures its own before it enters the store."""
    return folder.parent in (ZOO, store_path())


def is_shipped(folder: Path) -> bool:
    """Whether a bundle's folder came with dltext, so that what is in it needs no distrust."""
    return folder.parent == ZOO


def listing(task: str | None = None) -> list[BundleInfo]:
    """All bundles, shipped first, then by name; broken ones with their ``problem``."""
    infos = _all()
    chosen = {name: _default_of(name, infos) for name in {answers_for(info) for info in infos}}
    return [
        replace(
            info,
            default=chosen[answers_for(info)] == info.name,
            threshold=thresholds.of(info.name, info.card),
        )
        for info in infos
        if task is None or info.task == task
    ]


def info(name: str) -> BundleInfo:
    """One bundle by name; UserError naming those there are."""
    infos = listing()
    for model in infos:
        if model.name == name:
            return model
    raise UserError(
        f"There is no model {name!r}; there are: {', '.join(item.name for item in infos)}."
        if infos
        else f"There is no model {name!r}, nor any other: train one with `dltext train`, or import one."
    )


def folder_of(name: str) -> Path:
    """The folder of a bundle, shipped or own; UserError where there is none. Quick: no card is read.

    An absolute path is its own answer: a run measures its bundle before it enters the store.
    """
    if Path(name).is_absolute() and Path(name).is_dir():
        return Path(name)
    if name and not name.startswith(".") and name == Path(name).name:
        for folder in folders_named(name):
            return folder
    return Path(info(name).path)


def folders_named(name: str) -> list[Path]:
    """The folders of the bundles called ``name``, the shipped one first; none where there is no such."""
    return [folder for folder in (ZOO / name, store_path() / name) if folder.is_dir()]


def folder_to_train_on(name: str) -> Path:
    """The folder of a bundle that keeps the weights it was trained to, or is an encoder-decoder or of a recipe whose
    graphs give them; UserError for others."""
    folder = folder_of(name)
    row = RECIPES.get(str(bundle_format.read(folder, verify=False)["recipe"]))
    files = any((folder / file).exists() for file in ("weights.npz", "step.onnx"))
    if not files and (row is None or not row.architecture):
        raise UserError(f"The model {name} keeps no weights to train on from; only models trained here do.")
    return folder


def default(task: str) -> str:
    """The name of the bundle that answers for ``task``: the user's choice, the shipped one, or the newest own one."""
    state = _state()
    cached = _defaults.get(task)
    if cached and cached[0] == state:
        return cached[1]
    infos = _all()
    name = _default_of(task, infos)
    if name is None:
        broken = [item for item in infos if item.task == task and item.problem]
        if broken:
            raise UserError(broken[0].problem or "")
        others = ", ".join(item.name for item in infos if not item.problem)
        raise UserError(
            f"There is no model for {task} yet: train one (`dltext train --help`), or name one with --model"
            + (f" (there are: {others})." if others else ".")
        )
    _defaults[task] = (state, name)
    return name


def fast(task: str) -> str:
    """The bundle that answers for ``task`` where many texts wait: the shipped fast one beside the shipped default;
    a default of the user's own stays."""
    usual, row = default(task), find_task(task)
    if usual != row.default or not row.fast:
        return usual
    return row.fast if any(item.name == row.fast and not item.problem for item in _all()) else usual


def readers(task: str) -> dict[str, str]:
    """Language to the bundle that reads it best for ``task``, of those with the labels of the default: one that the
    user chose, else the default itself, else a shipped one, else the newest own one. Empty without a default."""
    state = _state()
    cached = _readers.get(task)
    if cached and cached[0] == state:
        return cached[1]
    infos = [item for item in _all() if item.task == task and not item.problem]
    usual = next((item for item in infos if item.name == _default_of(task, infos)), None)
    by_language: dict[str, str] = {}
    if usual is not None:
        alike = [item for item in infos if item.language and item.labels == usual.labels]
        newest = sorted(alike, key=lambda item: str(item.card.get("created", "")), reverse=True)
        chosen = set(_chosen().values())
        preferred = [item for item in alike if item.name in chosen]
        for item in [*preferred, usual, *(item for item in alike if item.origin == "shipped"), *newest]:
            by_language.setdefault(item.language, item.name)
    _readers[task] = (state, by_language)
    return by_language


def _state() -> tuple[str, int, int]:
    """What changes when an own bundle comes or goes, or the user chooses another default."""
    folder = store_path()
    return str(folder), _changed(folder), _changed(folder / DEFAULTS)


def _changed(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def answers_for(model: BundleInfo) -> str:
    """What a bundle may be the default of: its task; of a translator its task and direction, ``translate:en-zh``; of a
    writer of titles its task and language, ``title:en``."""
    serving = model.card.get("serving", {})
    codes = [str(serving.get(key) or "") for key in find_task(model.task).languages]
    return f"{model.task}:{'-'.join(codes)}" if codes and all(codes) else model.task


def install(folder: Path, name: str) -> str:
    """Move a finished bundle into the store under ``name``, or ``name-2`` … where that is taken; returns the name.

    The move is atomic (from another disk: a copy aside, then a rename), so a list never sees half a bundle, and of two
    programs that install the same name at once each gets its own.
    """
    folder, target = Path(folder), store()
    base = as_name(name)
    card = bundle_format.read(folder)
    paths.sweep(target)
    if folder.stat().st_dev != target.stat().st_dev:
        with paths.aside(target / base) as aside:
            bundle_format.write(aside / "copy", card, {file: folder / file for file in card["files"]})
            installed = _settle(aside / "copy", base, card)
        shutil.rmtree(folder, ignore_errors=True)
        return installed
    return _settle(folder, base, card)


def install_once(folder: Path, name: str, token: str) -> str:
    """:func:`install` the bundle of a run, which ``token`` names: a run that was killed after it had installed its
    bundle finds it there, and makes no second one. Returns the name."""
    for model in _all():
        if model.origin != "shipped" and not model.problem and model.card.get("run") == token:
            return model.name
    bundle_format.write_card(folder, {**bundle_format.read(folder, verify=False), "run": token})
    return install(folder, name)


def remove(name: str) -> None:
    """Remove a trained or imported bundle, broken or not; a shipped one is a UserError."""
    model = info(name)
    if model.origin == "shipped":
        raise UserError(f"{name} came with dltext and cannot be removed; another can be made the default.")
    needing = [other.name for other in _all() if other.base == name] if not model.problem else []
    if needing:
        listed = " or ".join(needing)
        raise UserError(
            f"{name} cannot be removed while {listed} answers with its layers: remove what needs it first, or export "
            "that, which writes it whole."
        )
    try:
        leftovers.delete(Path(model.path))
    except OSError as error:
        raise UserError(f"{model.path} cannot be removed: {error.strerror or error}.") from error
    thresholds.forget(name)


def without_base(name: str, base: str) -> str:
    """The sentence of a bundle whose encoder is not here."""
    remedy = f"get it with `dltext models fetch {base}`" if base in OFFERED else "import that model, too"
    return f"{name} answers with the first layers of {base}, which is not here: {remedy}."


def _settle(folder: Path, base: str, card: dict[str, Any]) -> str:
    target = store()
    for number in range(1, 10_000):
        name = base if number == 1 else f"{base}-{number}"
        place = target / name
        if (ZOO / name).exists() or place.exists():
            continue
        if card["name"] != name:
            # The rename decides who gets the name, so the card must carry it before.
            bundle_format.write_card(folder, {**bundle_format.read(folder, verify=False), "name": name})
        try:
            folder.rename(place)
        except OSError as error:
            if error.errno in (errno.EEXIST, errno.ENOTEMPTY, errno.ENOTDIR, errno.EACCES) and place.exists():
                continue
            raise
        return name
    raise UserError(f"All names from {base} to {base}-9999 are taken: choose another name.")


def as_name(name: str) -> str:
    """``name`` made fit for a folder: ``my reviews.csv`` becomes ``my-reviews.csv``."""
    return bundle_format.check_name(re.sub(r"[^\w.+-]+", "-", name.strip()).strip("-.")[:80] or "model")


def _all() -> list[BundleInfo]:
    infos, seen = [], set()
    for root, shipped in ((ZOO, True), (store_path(), False)):
        try:
            entries = sorted(os.scandir(root), key=lambda entry: entry.name)
        except OSError:
            continue
        for entry in entries:
            if entry.name.startswith((".", "__")) or not entry.is_dir() or entry.name in seen:
                continue
            seen.add(entry.name)
            with suppress(FileNotFoundError):  # another program has removed it meanwhile
                infos.append(_read(Path(entry.path), shipped))
    return [_with_problem(info) if info.base and info.base not in seen else info for info in infos]


def _with_problem(model: BundleInfo) -> BundleInfo:
    return replace(model, card={}, problem=without_base(model.name, model.base))


def _read(folder: Path, shipped: bool) -> BundleInfo:
    try:
        status = (folder / bundle_format.CARD).stat()
        # The folder's own time changes when a file in it comes or goes.
        state = (status.st_mtime_ns, folder.stat().st_mtime_ns)
    except OSError:
        state = (0, 0)
    cached = _infos.get(str(folder))
    if cached and cached[0] == state and state != (0, 0):
        return cached[1]
    bundle_info = _info(folder, shipped)
    _infos[str(folder)] = (state, bundle_info)
    return bundle_info


def _info(folder: Path, shipped: bool) -> BundleInfo:
    card: dict[str, Any] = {}
    problem = None
    try:
        card = bundle_format.read(folder, verify=False)
        size = bundle_format.size(folder)
    except UserError as error:
        card, problem, size = {"task": _task_of(folder)}, str(error), 0
    headline = next(iter(card.get("metrics", [])), {})
    return BundleInfo(
        name=folder.name,
        task=card.get("task", ""),
        origin="shipped" if shipped else "imported" if card.get("origin") == "imported" else "trained",
        version=str(card.get("version", "")),
        recipe=card.get("recipe", ""),
        language=card.get("language", ""),
        labels=tuple(str(label) for label in card.get("labels", [])),
        metrics={
            key: float(value)
            for key, value in headline.items()
            if isinstance(value, (int, float)) and not isinstance(value, bool)
        },
        measured_on=str(headline.get("on", "")),
        default=False,
        size=size,
        path=str(folder),
        card={} if problem else card,
        problem=problem,
    )


def _task_of(folder: Path) -> str:
    """Of a bundle whose card says something that none can: so that its task's screens and commands tell of it."""
    with suppress(UserError):
        return bundle_format.read(folder, verify=False, checked=False)["task"]
    return ""


def _default_of(task: str, infos: list[BundleInfo]) -> str | None:
    usable = [item for item in infos if task in (item.task, answers_for(item)) and not item.problem]
    names, row = {item.name for item in usable}, find_task(task)
    shipped = [item.name for item in usable if item.origin == "shipped"]
    users = [item for item in usable if item.origin != "shipped"]
    newest = [max(users, key=lambda item: str(item.card.get("created", ""))).name] if users else []
    usual = [row.default] if row.default in names else []
    wanted = [_chosen().get(task), *((*newest, *usual) if row.newest_first else usual), *shipped, *newest]
    return next((name for name in wanted if name in names), None)


def _chosen() -> dict[str, str]:
    return paths.read_json(store_path() / DEFAULTS)
