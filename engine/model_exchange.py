"""Import and export of models: a zip or a folder into the store, and a zip out of it."""

import tempfile
from pathlib import Path
from typing import Any

from ..data import paths
from . import bundle_format, bundle_zip, thresholds
from .model_store import BASE, folder_of, info, install, store
from .results import BundleInfo, UserError


def import_bundle(path: str | Path) -> BundleInfo:
    """Add a bundle from a zip or a folder, verified first; a name that is taken gets a number.

    The original stays where it is.
    """
    path = paths.expand(path)
    if not path.exists():
        raise UserError(f"{path} does not exist.")
    paths.refuse_endless(path)
    with paths.writing(store()), paths.aside(store() / "import") as aside:
        copy = aside / "bundle"
        if path.is_dir():
            card = bundle_format.read(path)
            bundle_format.write(copy, card, {file: path / file for file in card["files"]})
        else:
            card = bundle_zip.unpack(path, copy)
        bundle_format.check_name(card["name"])
        try_copy(copy, card, path)
        # Which run made it is of no matter here.
        bundle_format.write_card(
            copy, {key: value for key, value in card.items() if key != "run"} | {"origin": "imported"}
        )
        return info(install(copy, card["name"]))


def try_copy(copy: Path, card: dict[str, Any], source: Path) -> None:
    """Let a copy of the bundle ``source`` answer once; what a UserError says is of ``source``."""
    from . import trial

    try:
        trial.hold(copy, card)
    except UserError as error:
        raise UserError(str(error).replace(str(copy.absolute()), str(source))) from None


def export_bundle(name: str, path: str | Path) -> Path:
    """Write a bundle as a zip; into a folder it goes as ``<name>.zip``. Returns the file written. What answers with
    layers of another bundle is written with those, and needs no other; a threshold that the user chose goes along.

    UserError for an existing file: it is not overwritten.
    """
    path = paths.expand(path)
    target = path / f"{name}.zip" if path.is_dir() else path
    if not target.suffix:
        target = target.with_name(f"{target.name}.zip")
    if target.exists():
        raise UserError(f"{target} already exists: choose another name, or remove it first.")
    source = folder_of(name)
    try:
        card = bundle_format.read(source)
        if BASE in card["serving"] or thresholds.in_card(name, card) != card:
            _pack_changed(name, source, card, target)
        else:
            bundle_zip.pack(source, target)
    except OSError as error:
        raise UserError(f"{target} cannot be written: {error.strerror or error}.") from None
    return target


def _pack_changed(name: str, source: Path, card: dict[str, Any], target: Path) -> None:
    """Pack the bundle with the layers that it leaves out, and with what the user has chosen for it."""
    from .serve import shared_half

    card, files = shared_half.whole(source, thresholds.in_card(name, card))
    with tempfile.TemporaryDirectory(prefix="dltext-") as place:
        bundle_format.write(Path(place) / "bundle", card, files)
        bundle_zip.pack(Path(place) / "bundle", target)
