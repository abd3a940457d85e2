"""A part of labelled data as a classifier's network sees it; needs no Keras, so that data can be looked at without."""

from dataclasses import dataclass

import numpy as np

from ..text.batching import Ragged


@dataclass
class LabelledPart:
    """Texts as the network sees them: ids, targets float32 ``[n, outputs]``, a weight each.

    Its length is that of ``ids``; of texts read in windows these may be more than the targets.

    Where a teacher taught, the targets of the training part are ``[n, 2 classes]`` (:class:`.lessons.Lessons`).
    """

    ids: Ragged
    targets: np.ndarray
    weights: np.ndarray | None = None
    documents: np.ndarray | None = None
    """Of texts read in windows: the row of ``targets`` that each of ``ids`` belongs to, int64, ascending."""

    def __len__(self) -> int:
        return len(self.ids)
