"""What a run needs of this machine, packed for another one: its data, models and vectors, as a home of its own.

Packed is what is not in every installation: files of the user's, what was imported or downloaded, trained models. There
it is unpacked into an empty folder, which the run has as ``DLTEXT_HOME``, and so finds no more and no less than here.
"""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from ...data import cards, fetch, paths
from ...data.source import names_in
from .. import bundle_format, model_store, plugins
from ..results import JobSpec, UserError

MIRROR = "mirror"
"""What the run has as ``DLTEXT_DATA``."""
ORDER, KEPT, RUN = "order.json", "kept", "run"
"""In such a folder: the specification, what an earlier attempt has kept, and the id of the run once that is there."""
DATA, MODELS = ("unlabelled", "more"), ("teacher", "initial", "blend")
"""Settings that name data, and models; several are joined by +."""
FASTEST = 1
"""Level of compression: texts halve, and weights would not shrink anyhow."""


@dataclass(frozen=True)
class Parcel:
    """``spec`` as it is there, and the home that it finds, a zip."""

    spec: JobSpec
    packed: bytes
    names: dict[str, str]
    """What is called otherwise there, by its name there."""

    def renamed(self, spec: JobSpec) -> JobSpec:
        """Another specification that needs the same, as it is there."""
        settings = {key: self.spec.settings[key] for key in (*DATA, *MODELS, "vectors") if key in spec.settings}
        return replace(spec, data=self.spec.data, settings={**spec.settings, **settings})


def named(spec: JobSpec) -> str:
    """What ``spec`` needs, as it says it: two that say the same need the same."""
    return repr([spec.data, *(spec.settings.get(key) for key in (*DATA, *MODELS, "vectors"))])


def pack(spec: JobSpec) -> Parcel:
    """Pack what ``spec`` names, relative to the current folder. UserError where it is of a recipe of the user's."""
    if plugins.row(spec.recipe) is not None:
        raise UserError(
            f"The recipe {spec.recipe} is one of your own, whose code is not sent to other machines: train it here, "
            "with --parallel."
        )
    files = _Files()
    settings = dict(spec.settings)
    for key in DATA:
        if names := names_in(str(settings.get(key) or "")):
            settings[key] = "+".join(map(files.data, names))
    for key in MODELS:
        for name in filter(None, (part.strip() for part in str(settings.get(key) or "").split("+"))):
            if name != "floor":
                settings[key] = str(settings[key]).replace(name, files.model(name))
    if names := [name.strip() for name in str(settings.get("vectors") or "").split("+") if name.strip()]:
        settings["vectors"] = "+".join(map(files.vectors, names))
    data = "+".join(map(files.data, names_in(spec.data)))
    return Parcel(replace(spec, data=data, settings=settings), files.packed(), files.names)


class _Files:
    """The files to pack: their place there, and here."""

    def __init__(self) -> None:
        self._files: dict[str, Path] = {}
        self.names: dict[str, str] = {}

    def data(self, name: str) -> str:
        """Take in data by name; what they are called there."""
        if path := paths.existing(name):
            return self._input(name, path)
        card = cards.find_card(name) or cards.find_card(name.rpartition(":")[0])
        if card is None:
            raise UserError(f"There are no data {name} to send to the cluster: check the name, or the path.")
        self._card(card)
        return name

    def _card(self, card: cards.Card) -> None:
        for piece in card.pieces:
            if of := cards.find_card(piece.card):
                self._card(of)
        if card.packaged or card.pieces:
            return
        if card.folder is not None:
            self._take(f"data/{card.name}", card.folder)
            return
        location = fetch.locate(card)
        mirrored = location.origin == "mirror"
        for path in map(Path, (part.file for part in location.parts)) if mirrored else _all(location.folder):
            place = MIRROR / path.relative_to(location.folder) if mirrored else _in_cache(path)
            self._files[place.as_posix()] = path

    def model(self, name: str) -> str:
        """Take in a model; what it is called there."""
        folder = model_store.folder_of(name)
        if model_store.is_shipped(folder):
            return name
        self._take(f"models/{folder.name}", folder)
        if base := str(bundle_format.read(folder, verify=False)["serving"].get("base", "")):
            self.model(base)
        return folder.name

    def vectors(self, name: str) -> str:
        """Take in vectors of words, or those that ``auto`` stands for; what they are called there."""
        from ..tasks.words import pretrained

        if name == "auto":
            from ..train.prepare import AUTO_VECTORS

            for names in AUTO_VECTORS.values():
                if here := next((each for each in names if _resolves(each)), ""):
                    self.vectors(here)
            return name
        path = pretrained.resolve(name)
        if path.is_dir():
            return self.model(name)
        if path.name == pretrained.NAMED.get(name, f"{name}.npz"):
            self._files[f"{MIRROR}/vectors/{path.name}"] = path
            return name
        return self._input(name, path)

    def _input(self, name: str, path: Path) -> str:
        there = next((there for there, here in self.names.items() if here == name), "")
        if not there:
            there = f"input/{len(self.names)}/{path.name}"
            self.names[there] = name
            self._take(there, path)
        return there

    def _take(self, place: str, path: Path) -> None:
        if path.is_file():
            self._files[place] = path
            return
        for file in _all(path):
            self._files[f"{place}/{file.relative_to(path).as_posix()}"] = file

    def packed(self) -> bytes:
        """All of them."""
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=FASTEST) as archive:
            archive.writestr(f"{MIRROR}/", b"")
            for place, path in sorted(self._files.items()):
                archive.write(path, place)
        return stream.getvalue()


def _all(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def _in_cache(path: Path) -> Path:
    return Path("cache") / path.relative_to(paths.cache_path())


def _resolves(name: str) -> bool:
    from ..tasks.words import pretrained

    try:
        return bool(pretrained.resolve(name))
    except UserError:
        return False
