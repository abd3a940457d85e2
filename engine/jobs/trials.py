"""The trials of a search over settings: what each came to, and which is the best."""

import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from ...data.paths import read_json
from ..results import JobSpec, UserError
from ..results.measures import MEASURES
from . import folders, store
from .divisions import trial_file

CHECKPOINTS = ("state*.npz", "checkpoint/*")
"""What a run goes on from, which takes the most room of all that it keeps."""


def rows(spec: JobSpec, folder: Path) -> list[dict[str, Any]]:
    """What the trials that are done came to, in their order; see :attr:`Report.trials`."""
    files = (read_json(trial_file(folder, number)) for number in range(1, len(spec.trials) + 1))
    return [values for values in files if values]


def ranked(measured: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same, the best first; of equal ones the one with the smaller loss, as of epochs."""

    def place(row: dict[str, Any]) -> tuple[float, float]:
        higher = row["measure"] in MEASURES and MEASURES[row["measure"]].better == "higher"
        return (-row["value"] if higher else row["value"]), row["loss"]

    return sorted(measured, key=place)


def are_comparable(measured: Sequence[dict[str, Any]]) -> bool:
    """Whether all were judged by the same measure, on the same number of texts."""
    return len({(row["measure"], row["examples"]) for row in measured}) < 2


def keep_best_checkpoint(spec: JobSpec, folder: Path) -> None:
    """Of all trials that are done, let the best alone keep its checkpoint, which its model is made from."""
    for row in ranked(rows(spec, folder))[1:]:
        with suppress(UserError, OSError):
            if store.get(row["run"]).spec.parent == folder.name:
                for pattern in CHECKPOINTS:
                    for path in store.folder(row["run"]).glob(pattern):
                        path.unlink()


def take_over(job_id: str, target: Path) -> None:
    """Copy all that a training goes on from out of the folder of a run into ``target``, which is made; nothing where
    that run is gone. What ``target`` has already stays."""
    source = store.folder(job_id)
    if target.exists() or not source.is_dir():
        return
    part = target.with_name(f".{target.name}")  # whoever is killed in between begins again
    shutil.rmtree(part, ignore_errors=True)
    unwanted = shutil.ignore_patterns(*(folders.OF_ALL - {"checkpoint"}), "report.json", "trial-*.json")
    shutil.copytree(source, part, ignore=unwanted)
    part.rename(target)
