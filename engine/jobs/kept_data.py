"""Fingerprints of the data that a run began with: with other data it cannot be resumed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ...data import cards, decisions, located, paths
from ...data.divided import digest
from ...data.source import names_in
from ..results import CannotGoOn, JobSpec, UserError
from . import folders

FILE = "data.json"
LARGE = 256 << 20
"""Bytes of a file above which its records are not counted for a sentence that may never be needed."""


def confirm(spec: JobSpec, folder: Path) -> None:
    """Note what a run learns from when it begins; raises CannotGoOn where it has begun and the data have changed."""
    if spec.kind not in ("train", "cross-validate", "fold", "tune", "trial"):
        return
    if folders.has_begun(folder) and (folder / FILE).exists():
        compare(spec, folder)
        return
    paths.write_json(
        folder / FILE, {name: {"sum": _sum(path), "rows": _rows(spec, name, path)} for name, path in _names(spec, "")}
    )


def compare(spec: JobSpec, folder: Path, cwd: str = "") -> None:
    """Raise CannotGoOn where what the run in ``folder`` learns from has changed since it began.

    ``cwd``: where the relative names of the spec start; empty: here.
    """
    before = paths.read_json(folder / FILE)
    if not before or not folders.has_begun(folder):
        return
    for name, path in _names(spec, cwd):
        recorded = before.get(name)
        if not isinstance(recorded, dict):
            continue
        digest = _sum(path)
        if digest == recorded.get("sum"):
            continue
        shown = Path(name).name or name
        if not digest:
            raise CannotGoOn(f"{shown}, which this run learns from, is missing: put it back, or start the run again.")
        change = _difference(recorded.get("rows"), _rows(spec, name, path))
        raise CannotGoOn(
            f"{shown} has changed since this run began ({change}), so it cannot resume from its checkpoint: start it "
            "again."
        )


def _difference(before: Any, now: int | None) -> str:
    if not isinstance(before, int) or now is None:
        return "its content is another"
    if before == now:
        return f"{now:,} rows then and now, but not the same ones"
    return f"from {before:,} to {now:,} rows"


def _names(spec: JobSpec, cwd: str) -> Iterator[tuple[str, str]]:
    """What the spec says that it learns from, and where that is."""
    settings = spec.settings
    names = names_in(spec.data)
    for key in ("more", "unlabelled"):
        names += names_in(str(settings.get(key) or ""))
    for name in dict.fromkeys(name.strip() for name in names):
        if name:
            beside = Path(cwd) / paths.expand(name)
            yield name, str(beside) if cwd and beside.exists() else name


def _sum(name: str) -> str:
    """What changes with the content of a file, a folder or a card; empty where there is none."""
    path = paths.expand(name)
    if card := _card(name):
        if card.pieces:
            return digest([f"{piece.split} {piece.of} {_sum(piece.card)}" for piece in card.pieces])
        parts = card.mirror or card.packaged or card.download
        # The files are held to these sums whenever they are opened.
        return digest([f"{part.split} {part.file} {part.label} {part.text_column} {part.sha256}" for part in parts])
    try:
        if path.is_file():
            return located.file_sum(path)
        if path.is_dir():
            files = sorted(file for file in path.rglob("*") if file.is_file())
            return digest([f"{file.relative_to(path).as_posix()} {located.file_sum(file)}" for file in files])
    except OSError:
        return ""
    return ""


def _card(name: str) -> cards.Card | None:
    if paths.existing(name) and cards.find_card(name) is None:
        return None
    try:
        return cards.find_card(name) or cards.find_card(name.rpartition(":")[0])
    except UserError:  # damaged: it is said when it is opened
        return None


def _rows(spec: JobSpec, name: str, where: str) -> int | None:
    """How many records there are in ``name``, read as the run reads it; None where that cannot be told soon."""
    if card := _card(where):
        return sum(card.splits.values()) or None
    path = paths.expand(where)
    learnt = name in names_in(spec.data)
    try:
        if path.is_file() and path.stat().st_size > LARGE:
            return None
        with decisions.holding(where, spec.read if learnt else {}):
            return _opened_rows(spec, where, (spec.text_column, spec.label_column) if learnt else ("text", "label"))
    except (UserError, OSError, ValueError):
        return None


def _opened_rows(spec: JobSpec, name: str, columns: tuple[str, str]) -> int:
    from ...data.pair_columns import as_named
    from ...data.pairs import open_pairs, open_titles
    from ...data.source import open_source
    from .. import registry

    kind = registry.task_of(spec.recipe).data
    if kind in ("pairs", "titled"):
        pairs = (open_titles if kind == "titled" else open_pairs)(name, *as_named(*columns))
        return sum(pairs.counts.values())
    counts = open_source(name, *columns, min_labels=0).counts
    return counts["all"] if "all" in counts else sum(counts.values())
