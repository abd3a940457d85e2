"""Whether what a run is to learn from is there, told in milliseconds: before it is queued, not in its log."""

from pathlib import Path

from ..data import cards, pair_columns, source
from ..data.paths import existing, refuse_endless
from ..data.readers import read_file
from ..data.rows import EVERY
from . import registry
from .results import JobSpec, UserError

USUAL = ("text", "label")
"""What nobody has said of the two sides of pairs."""


def refuse_missing(spec: JobSpec) -> None:
    """Raise UserError where the data of ``spec`` are not there, or where the first record of a file lacks the columns.

    The rest of a file is the run's to read, and its pre-flight check's.
    """
    task = registry.get(spec.recipe).task if spec.kind != "evaluate" else ""
    name = spec.data
    if ":" in name and task in registry.UNLABELLED and existing(name) is None:  # card:split
        name = name.rpartition(":")[0]
    if cards.find_card(name) is not None:
        return
    path = existing(name)
    if path is None:
        source.open_source(name, min_labels=0)  # says what there is
        return
    refuse_endless(path)
    if task in ("translate", "title"):
        sides = [
            "" if asked == usual else asked
            for asked, usual in zip((spec.text_column, spec.label_column), USUAL, strict=True)
        ]
        if path.is_file():
            pair_columns.layout(path, *sides, titles=task == "title")
    elif task == "classify":
        _first(path, spec.text_column, spec.label_column, need_label=True)
    else:
        _first(path, spec.text_column, "label", need_label=False)


def _first(path: Path, text_column: str, label_column: str, need_label: bool) -> None:
    text_column, title_column = pair_columns.text_and_title(path, text_column)
    values = () if need_label else EVERY
    rows = read_file(path, text_column, label_column, title_column=title_column, need_label=need_label, values=values)
    if next(rows, None) is None:
        raise UserError(f"{path} holds no documents.")
