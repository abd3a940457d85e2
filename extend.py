"""All that code of the user's own may import to bring recipes; docs/adding-a-task.md walks through one.

A file, or an installed module, lists its recipes under the name ``RECIPES``, as :class:`Recipe` rows. What is not here
may change from one version to the next. Importing this module imports no Keras; :func:`embed` does.
"""

from typing import TYPE_CHECKING, Any

from .engine.tasks.table import Recipe
from .engine.train.classify.settings import Classifier
from .engine.train.declaring import Checked, changed, setting, settings
from .engine.train.settings import (
    Batches,
    Directions,
    Dropout,
    EmbeddingDropout,
    Hidden,
    Training,
    WordDropout,
    WordVectors,
)
from .engine.train.settings import StateUnits as Units

if TYPE_CHECKING:
    from .engine.train.classify.recipe import ClassifierPipeline

__all__ = [
    "Batches",
    "Checked",
    "Classifier",
    "ClassifierPipeline",
    "Directions",
    "Dropout",
    "EmbeddingDropout",
    "Hidden",
    "Recipe",
    "Training",
    "Units",
    "WordDropout",
    "WordVectors",
    "changed",
    "embed",
    "setting",
    "settings",
]


def embed(ids: Any, settings: Classifier, vocabulary_size: int, vectors: Any = None, mask: bool = True) -> Any:
    """The vectors ``[batch, length, size]`` of the words ``ids [batch, length]``, as the settings ask: learnt from
    nothing or from ``vectors [vocabulary_size, size]``, frozen or not, with dropout. With ``mask`` those of padding
    (id 0) are zero."""
    from .models.layers.embedding import embed as network

    size = settings.embedding_size if vectors is None else vectors.shape[1]
    dropout, word_dropout = settings.embedding_dropout, settings.word_dropout
    return network(ids, vocabulary_size, size, settings.variant, vectors, dropout, word_dropout, mask)


def __getattr__(name: str) -> Any:
    """:class:`ClassifierPipeline`, to override how a classifier is trained; it is imported when asked for."""
    if name == "ClassifierPipeline":
        from .engine.train.classify.recipe import ClassifierPipeline

        return ClassifierPipeline
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
