"""A part of labelled data as a classifier's network sees it; needs no Keras, so that data can be looked at without."""

from dataclasses import dataclass

import numpy as np

from ..text.batching import Ragged


@dataclass
class LabelledPart:
    """Texts as the network sees them: ids, targets float32 ``[n, outputs]``, a weight each.

    Where a teacher taught, the targets of the training part are ``[n, 2 classes]`` (:class:`.lessons.Lessons`).
    """

    ids: Ragged
    targets: np.ndarray
    weights: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.ids)
