"""The trained models that there are."""

from pathlib import Path

from ..results import BundleInfo


def models(task: str | None = None) -> list[BundleInfo]:
    """All bundles, shipped first; a broken one is listed with its ``problem``."""
    from .. import model_store

    return model_store.listing(task)


def model(name: str) -> BundleInfo:
    from .. import model_store

    return model_store.info(name)


def set_default(name: str) -> None:
    """Make a bundle the default of its task."""
    from .. import model_store

    model_store.set_default(name)


def import_model(path: str) -> BundleInfo:
    """Add a bundle from a zip or a folder, verified; a name that is taken gets a number."""
    from .. import model_store

    return model_store.import_bundle(Path(path))


def names_in_zip(path: Path) -> list[str]:
    """The names of the files in a zip; none where it cannot be read, or holds more than a model."""
    from .. import bundle_format

    return bundle_format.names_in(path)


def export_model(name: str, path: str) -> Path:
    """Write a bundle as a zip; ``path`` may be a folder. Returns the file written."""
    from .. import model_store

    return model_store.export_bundle(name, Path(path))


def remove_model(name: str) -> None:
    """Remove a trained or imported bundle; a shipped one is a UserError."""
    from .. import model_store

    model_store.remove(name)
