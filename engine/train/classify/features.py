"""Classifiers that read something else than a text's ids: n-grams among them, or their sentences."""

from pathlib import Path
from typing import Any

import numpy as np

from ...text.features import Features, Ngrams, Sentences, ends_of, features_of
from .baseline import longest_of
from .recipe import ClassifierPipeline

FILE = "ngrams.npz"


class NgramPipeline(ClassifierPipeline):
    """The n-grams of the training texts have vectors as words have."""

    def features(self) -> Features | None:
        settings: Any = self.settings
        if self._start:
            return features_of(self._start.serving, self._start.folder, self.prepared.tokenizer)
        longest = longest_of(self.source.language, settings.longest_ngram)
        single = settings.pooling == "flatten" or settings.variant == "static"
        if longest == 1 or single or not settings.ngram_rows:
            return None
        ids = self.prepared.train.ids
        size = self.prepared.vocabulary_size
        return Ngrams.learn(ids, size, longest, settings.buckets, settings.least_ngram, settings.ngram_rows)

    def feature_files(self, work: Path) -> tuple[dict[str, Any], dict[str, Path]]:
        features = self.prepared.features
        if not isinstance(features, Ngrams):
            return {}, {}
        np.savez_compressed(work / FILE, **features.tables())
        return {"ngrams": FILE}, {FILE: work / FILE}


class SentencePipeline(ClassifierPipeline):
    """The network reads a text sentence by sentence."""

    def features(self) -> Features | None:
        settings: Any = self.settings
        return Sentences(settings.sentence_words, ends_of(self.prepared.tokenizer))

    def feature_files(self, work: Path) -> tuple[dict[str, Any], dict[str, Path]]:
        settings: Any = self.settings
        return {"sentence_words": settings.sentence_words}, {}
