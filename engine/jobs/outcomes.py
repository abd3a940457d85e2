"""How a run ended, in one sentence for people; the traceback stays in the log."""

import errno
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from ..results import CannotGoOn, UserError
from . import folders
from .stopping import StopRequested

EndState = Literal["done", "cancelled", "failed"]
Remedy = Literal["resume", "anew"]
PACKAGE = Path(__file__).resolve().parents[2]
FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}


@dataclass(frozen=True)
class Outcome:
    """The values of an ``end`` event."""

    state: EndState
    message: str
    bundle: str | None = None
    metrics: dict[str, float] = field(default_factory=dict)
    remedy: Remedy = "resume"


def of_result(result: dict[str, Any]) -> Outcome:
    """The outcome of a training function that returned. Raises KeyError or ValueError for what is none."""
    state = result["state"]
    if state not in ("done", "cancelled", "failed"):
        raise ValueError(f"a training ended in the unknown state {state!r}")
    said = {"done": "Done.", "cancelled": "Stopped by you.", "failed": "Failed."}[state]
    return Outcome(state, result.get("message") or said, result.get("bundle"), dict(result.get("metrics") or {}))


def of_error(error: BaseException, folder: Path | None, stop_requested: bool, logged: bool = True) -> Outcome:
    """The outcome of a training function that raised; ``folder`` is the run's, None for a pre-flight.

    ``logged``: the traceback stands in the log; where it does not, the sentence says where the error is.
    """
    causes = list(_chain(error))
    full = any(isinstance(cause, OSError) and _is_disk_full(cause) for cause in causes)
    if isinstance(error, UserError) and not full:
        goes_on = folder is not None and not isinstance(error, CannotGoOn) and folders.has_checkpoint(folder)
        return Outcome("failed", str(error), remedy="resume" if goes_on else "anew")
    if isinstance(error, StopRequested) or (stop_requested and isinstance(error, KeyboardInterrupt)):
        return Outcome("cancelled", "Stopped by you.")
    for cause in causes:
        if _is_disk_full(cause):
            return Outcome("failed", _disk_full(cause, folder))
    if any(isinstance(cause, MemoryError) or type(cause).__name__ in _OUT_OF_MEMORY for cause in causes):
        sentence = "Out of memory: make the batch size or the longest length smaller and start again."
        return Outcome("failed", sentence, remedy="anew")
    for cause in causes:
        if isinstance(cause, ModuleNotFoundError):
            return Outcome(
                "failed", f'The package {cause.name} is missing: install it with `pip install "dltext[train]"`.'
            )
    first = (str(error).strip().splitlines() or [""])[0][:200]
    what = f"{type(error).__name__}: {first}" if first else type(error).__name__
    if logged:
        return Outcome("failed", f"An error in the program ({what}); the log has the details.")
    return Outcome("failed", f"An error in the program ({what}{_place(error)}): please report it with this sentence.")


def _place(error: BaseException) -> str:
    """Where it was raised: the innermost line of ours, else the innermost of all."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if Path(frame.filename).is_relative_to(PACKAGE)]
    return f", {Path(frame.filename).name} line {frame.lineno}" if (frame := (ours or frames or [None])[-1]) else ""


_OUT_OF_MEMORY = {"ResourceExhaustedError", "OutOfMemoryError", "XlaRuntimeError_RESOURCE_EXHAUSTED"}


def _is_disk_full(error: BaseException) -> bool:
    # HDF5 raises OSErrors without a number, and SQLite and TensorFlow have exceptions of their own.
    text = str(error)
    return (isinstance(error, OSError) and error.errno in FULL) or (
        "No space left on device" in text or "disk is full" in text or "Disk quota exceeded" in text
    )


def _disk_full(error: BaseException, folder: Path | None) -> str:
    where = f" (writing {Path(str(error.filename)).name})" if isinstance(error, OSError) and error.filename else ""
    if folder is None:
        return f"The disk is full{where}: free some space, then check again."
    checkpoint = "its last checkpoint is kept" if folders.has_checkpoint(folder) else "it had no checkpoint yet"
    return f"The disk is full{where}: free some space, then resume the run: {checkpoint}."


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        current = current.__cause__ or current.__context__
