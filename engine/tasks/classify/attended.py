"""Which words a model attended to: the weights by which its attention sums their states (Yang et al. 2016, equation 6).

They say what the answer was computed from, not what it would be without a word: what occlusion tells.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from ...results import Span, UserError
from ...text.subword_rules import word_starts
from .linear import LinearModel
from .model import ClassifierModel
from .occlusion import Places, spans_of


def explain(
    model: ClassifierModel, parts: Sequence[tuple[np.ndarray, Places]]
) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """The words of a document with their shares of the attention, which add up to 1 over the document, and where the
    model reads sentence by sentence these with theirs.

    ``parts`` as in :func:`.occlusion.explain`; windows count by their lengths. UserError for a model without attention.
    """
    session = model.session
    if not model.attends or isinstance(session, LinearModel):
        raise UserError(
            f"{model.name} has no attention over words that could be shown (its recipe is {model.card['recipe']}): "
            "weigh its words by occlusion."
        )
    total = sum(len(places) for _, places in parts)
    groups, weights, sentences, sums = [], [], [], []
    for ids, places in parts:
        attended = session.attention(ids)[: len(places)]
        shares = attended * len(places) / (total * max(float(attended.sum()), 1e-12))
        edges = [*word_starts(model.tokenizer, ids[: len(places)].tolist()), len(places)]
        groups.append(list(pairwise(edges)))
        weights.append([float(shares[first:last].sum()) for first, last in groups[-1]])
        sentences.append(session.sentences(ids[: len(places)]))
        sums.append([float(shares[first:last].sum()) for first, last in sentences[-1]])
    return spans_of(parts, groups, weights), spans_of(parts, sentences, sums)
