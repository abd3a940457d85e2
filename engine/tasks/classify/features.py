"""A graph that reads something else than a text's ids, behind what makes that of them."""

from collections.abc import Sequence

import numpy as np

from ...serve.session import Session
from ...text.batching import Ragged, bucketed_batches
from ...text.features import Features, Sentences

TOGETHER = 64
"""Texts of nearly equal length that are padded and run at once."""


class FeatureSession:
    """As :class:`~dltext.engine.serve.session.Session`: ids ``[batch, length]`` to logits ``[batch, classes]``."""

    def __init__(self, session: Session, features: Features) -> None:
        self._session, self._features = session, features
        self.classes, self.attends = session.classes, session.attends

    def logits(self, ids: np.ndarray) -> np.ndarray:
        """Of texts of one length."""
        return self._session.logits(self._features(ids))

    def together(self, texts: Sequence[np.ndarray]) -> np.ndarray:
        """Of texts of any lengths, whose graph ignores padding: ``[texts, classes]``."""
        packed = self._features.packed(Ragged.pack(texts))
        parts = bucketed_batches(packed.lengths, TOGETHER, None)
        answers = np.concatenate([self._session.logits(packed.padded(rows)) for rows in parts])
        logits = np.empty_like(answers)
        logits[np.concatenate(parts)] = answers
        return logits

    def sentences(self, ids: np.ndarray) -> list[tuple[int, int]]:
        """First and last token (excluded) of each sentence of a text; none where it is not read by sentences."""
        return self._features.sentences(ids) if isinstance(self._features, Sentences) else []

    def attention(self, ids: np.ndarray) -> np.ndarray:
        """What share of the attention each of the ids ``[length]`` of a text gets, ``[length]``."""
        weights = self._session.attention(self._features(ids[None])[0])
        return weights[self._features.places(ids)] if isinstance(self._features, Sentences) else weights[: len(ids)]
