"""Columns made by any model: its answers to the selected documents."""

from collections.abc import Callable

import numpy as np

from ..results import Progress, Selection
from .answers import CONFIDENCE, PART, PREFIX, fill, model_named
from .opening import OpenCorpus
from .selecting import over


def fill_columns(
    selection: Selection,
    model: str,
    progress: Progress | None = None,
    cluster: str = "",
    on_workers: Callable[[int], None] | None = None,
) -> tuple[str, ...]:
    """Have a model read the selected documents that it has not read yet, whatever it says of them: a label, what it
    takes an author for, a translation or a title; returns the names of the columns that hold it.
    ``progress(done, total)`` may raise to stop: what was read until then stays. UserError for a model that says
    nothing of a document.

    ``cluster``: the address of a scheduler whose workers read, or its file
    (:func:`~dltext.engine.workers.address.cluster_address`); empty: this machine. ``on_workers`` is told how many read,
    as often as that changes; never where this process reads alone.
    ClusterError where the cluster cannot: what was read until then stays, too.
    """
    name = model_named(model)

    def answer(corpus: OpenCorpus, mask: np.ndarray | None) -> tuple[str, ...]:
        fill(
            corpus.index,
            np.arange(len(corpus)) if mask is None else np.flatnonzero(mask),
            name,
            progress,
            cluster,
            on_workers,
        )
        return tuple(
            column
            for column in corpus.names
            if column.removeprefix(PREFIX).removesuffix(CONFIDENCE).partition(PART)[0] == name
        )

    return over(selection, progress, answer)
