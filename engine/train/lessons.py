"""Soft labels of teachers, merged into a training part (:mod:`.classify.distil` computes them)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ...data.wording import plural


@dataclass(frozen=True)
class Lessons:
    """What is taught: ``targets`` float32 ``[m, classes]`` of ``texts``, which are read anew whenever they are asked
    for; ``labelled`` the same of the labelled training texts ``[n, classes]``, where they are taught too."""

    texts: Iterable[str] = field(repr=False)
    targets: np.ndarray
    labelled: np.ndarray | None
    teachers: tuple[str, ...]
    sources: tuple[str, ...]
    """Data that the texts come from, without folders."""
    unread: int = 0
    """Texts that no teacher could read, and that are left out."""

    def __len__(self) -> int:
        return len(self.targets)

    def beside(self, hard: np.ndarray, weight: float, temperature: float) -> np.ndarray:
        """Targets ``[n + m, 2 classes]``, hard ones and soft ones side by side, each row's with its share of the loss.

        ``hard`` ``[n, classes]`` are the labels of the labelled texts; α = ``weight`` is the teachers' share of those
        that they have read, and of all others the whole.
        """
        nothing = np.zeros_like(self.targets)
        others = np.concatenate([nothing, soften(self.targets, temperature)], axis=1)
        if self.labelled is None:
            given = np.concatenate([hard, np.zeros_like(hard)], axis=1)
        else:
            share = weight * (self.labelled.sum(axis=1, keepdims=True) > 0)
            given = np.concatenate([(1 - share) * hard, share * soften(self.labelled, temperature)], axis=1)
        return np.concatenate([given, others]).astype(np.float32)

    def sentence(self) -> str:
        """Who taught what, for a report."""
        taught = []
        if len(self):
            of = f" of {' and '.join(self.sources)}" if self.sources else ""
            taught.append(f"{len(self):,} unlabelled texts{of}")
        if self.labelled is not None:
            taught.append(f"the {len(self.labelled):,} labelled texts")
        texts = plural(self.unread, "text that no teacher reads was", "texts that no teacher reads were")
        left = f" {texts} left out." if self.unread else ""
        return f"Taught by {' and '.join(self.teachers)} on {' and '.join(taught)}.{left}"

    def facts(self) -> dict[str, Any]:
        """What a card says of them."""
        return {"teachers": list(self.teachers), "taught_on": list(self.sources)}


def soften(probabilities: np.ndarray, temperature: float) -> np.ndarray:
    """q^(1/T), made to sum to 1 in each row; rows of zeros stay so."""
    powers = probabilities.astype(np.float64) ** (1 / temperature)
    return (powers / np.maximum(powers.sum(axis=1, keepdims=True), 1e-30)).astype(np.float32)
