"""How good translations are: BLEU (Papineni et al. 2002) and chrF (Popović 2015), by sacreBLEU (Post 2018)."""

from collections.abc import Sequence
from typing import Any, TypedDict

import numpy as np

from ....data import paths
from ...results import UserError

ORDER = 4
"""The longest n-grams of BLEU."""
COLUMNS = 2 * ORDER + 2
"""What BLEU is made from: n-grams found and n-grams written of each length, then both lengths in words."""

References = Sequence[str] | Sequence[Sequence[str]]
"""One translation a sentence, or several of each."""


class Scores(TypedDict):
    """``bleu`` and ``chrf`` lie between 0 and 100; the signature says how they were counted."""

    bleu: float
    chrf: float
    signature: str


def corpus_scores(hypotheses: Sequence[str], references: References, language: str) -> Scores:
    """BLEU and chrF2 of a whole, Chinese cut into characters (``zh``), other languages as WMT does (``13a``).

    UserError where sacreBLEU is not installed; ValueError where the two are not of one length, or empty.
    """
    streams = _streams(hypotheses, references)
    bleu, chrf = _metrics(language)
    scores = bleu.corpus_score(hypotheses, streams), chrf.corpus_score(hypotheses, streams)
    signature = f"BLEU {bleu.get_signature()}, chrF2 {chrf.get_signature()}"
    return {"bleu": float(scores[0].score), "chrf": float(scores[1].score), "signature": signature}


def statistics(hypotheses: Sequence[str], references: References, language: str) -> np.ndarray:
    """What BLEU counts in each sentence, int64 ``[n, COLUMNS]``: sums of rows are the counts of the whole."""
    streams = _streams(hypotheses, references)
    bleu, _ = _metrics(language, effective=True)  # of no account for counts, and it gives no advice
    counted = np.empty((len(hypotheses), COLUMNS), np.int64)
    for row, hypothesis, *sentence_references in zip(counted, hypotheses, *streams, strict=True):
        score = bleu.sentence_score(
            hypothesis, [reference for reference in sentence_references if reference is not None]
        )
        row[:] = *score.counts, *score.totals, score.sys_len, score.ref_len
    return counted


def bleu_of(counted: np.ndarray) -> np.ndarray:
    """BLEU (0 … 100) of sums of :func:`statistics`, ``[…, COLUMNS]`` to ``[…]``, smoothed as sacreBLEU does (``exp``).

    So is each of ten thousand resamples scored in one go.
    """
    counted = np.asarray(counted, np.float64)
    matched, written = counted[..., :ORDER], counted[..., ORDER : 2 * ORDER]
    hypothesis, reference = counted[..., -2], counted[..., -1]
    # Chen & Cherry 2014, smoothing 3: the first order without a match counts 1/2 of one, the next 1/4 …
    halved = 0.5 ** np.cumsum((matched == 0) & (written > 0), axis=-1)
    share = np.where(matched > 0, matched, halved) / np.maximum(written, 1)
    brevity = np.exp(np.minimum(0, 1 - reference / np.maximum(hypothesis, 1)))
    scores = 100 * brevity * np.exp(np.log(share).mean(axis=-1))
    # Nothing that was right, or nothing so long as the longest n-gram: nothing at all.
    return np.where((written > 0).all(axis=-1) & (matched[..., 0] > 0), scores, 0.0)


def sentence_bleu(hypotheses: Sequence[str], references: References, language: str) -> np.ndarray:
    """BLEU (0 … 100) of each sentence by itself, ``[n]``, over the lengths of n-grams that it has (``eff:yes``)."""
    streams = _streams(hypotheses, references)
    metric = _metrics(language, effective=True)[0]
    rows = zip(hypotheses, *streams, strict=True)
    return np.array(
        [
            metric.sentence_score(hypothesis, [reference for reference in rest if reference is not None]).score
            for hypothesis, *rest in rows
        ]
    )


def _streams(hypotheses: Sequence[str], references: References) -> list[list[str | None]]:
    """References as sacreBLEU has them: the first of each sentence, the second of each (or None) …"""
    if len(hypotheses) != len(references) or not len(hypotheses):
        raise ValueError(f"{len(hypotheses)} translations cannot be compared with {len(references)} references")
    several = [(texts,) if isinstance(texts, str) else tuple(texts) for texts in references]
    most = max(map(len, several))
    return [[texts[number] if number < len(texts) else None for texts in several] for number in range(most)]


def _metrics(language: str, effective: bool = False) -> tuple[Any, Any]:
    paths.use_scratch()  # importing it tries whether a temporary file can be written
    try:
        from sacrebleu.metrics.bleu import BLEU
        from sacrebleu.metrics.chrf import CHRF
    except ImportError:
        raise UserError(
            "Measuring translations needs sacreBLEU, which is not installed; "
            "install dltext with its training part: pip install 'dltext[train]'."
        ) from None
    # force: no advice on the standard error about texts that end in " ."
    return BLEU(tokenize=_tokenizer(language), effective_order=effective, force=True), CHRF()


def _tokenizer(language: str) -> str:
    code = language.lower().replace("_", "-").split("-")[0]
    return {"zh": "zh", "ja": "char"}.get(code, "13a")
