"""Measures of words and tables in closed form, over arrays; numpy alone, since SciPy is no part of an installation that
reads and answers. Tests hold each to published examples, NLTK and SciPy."""

import math

import numpy as np

CORRECTIONS = ("none", "holm", "bh")
Counts = int | np.ndarray


def log_likelihood(count: np.ndarray, reference: np.ndarray, size: int, reference_size: int) -> np.ndarray:
    """G² of words that occur ``count`` times among ``size`` and ``reference`` times among ``reference_size``: Rayson &
    Garside 2000 ("Comparing corpora using frequency profiling"), ``2 (a ln(a / E1) + b ln(b / E2))``."""
    a, b = np.asarray(count, np.float64), np.asarray(reference, np.float64)
    total = max(size + reference_size, 1)
    return np.maximum(0.0, 2 * (_part(a, size * (a + b) / total) + _part(b, reference_size * (a + b) / total)))


def _part(observed: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """``o ln(o / e)``, 0 where nothing was observed."""
    ratio = np.divide(observed, expected, out=np.ones_like(observed), where=(observed > 0) & (expected > 0))
    return observed * np.log(ratio)


def log_ratio(count: np.ndarray, reference: np.ndarray, size: int, reference_size: int) -> np.ndarray:
    """The binary logarithm of the ratio of relative frequencies (Hardie 2014, "Log Ratio: an informal introduction");
    a count of 0 is taken for 0.5."""
    a, b = (np.where(np.asarray(part) > 0, part, 0.5) for part in (count, reference))
    return np.log2((a / max(size, 1)) / (b / max(reference_size, 1)))


def chi_square_words(count: np.ndarray, reference: np.ndarray, size: int, reference_size: int) -> np.ndarray:
    """Pearson's χ² of the table of a word and all others in two corpora, without Yates' correction."""
    a, b = np.asarray(count, np.float64), np.asarray(reference, np.float64)
    c, d = size - a, reference_size - b
    product = (a + b) * (c + d) * (a + c) * (b + d)
    top = (size + reference_size) * (a * d - b * c) ** 2
    return np.divide(top, product, out=np.zeros_like(a), where=product > 0)


def chi_square_p(statistic: np.ndarray, df: int) -> np.ndarray:
    """The probability of a larger χ² with ``df`` degrees of freedom: Abramowitz & Stegun 26.4.4 and 26.4.5."""
    values = np.atleast_1d(np.asarray(statistic, np.float64))
    half = np.maximum(values, 0.0) / 2
    if df < 1:
        return np.ones_like(values)
    if df % 2:
        tail = np.array([math.erfc(math.sqrt(value)) for value in half])
        orders = np.arange(0.5, df / 2)
    else:
        tail = np.zeros_like(half)
        orders = np.arange(0.0, df / 2)
    # Terms h^k e^-h / Γ(k + 1) as logarithms: they overflow one by one.
    with np.errstate(divide="ignore"):
        logarithms = np.log(half)
    for order in orders:
        term = order * logarithms - half - math.lgamma(order + 1) if order else -half
        tail = tail + np.exp(term)
    return np.minimum(tail, 1.0)


def corrected(p: np.ndarray, correction: str) -> np.ndarray:
    """Probabilities for as many tests: ``holm`` (Holm 1979) bounds the chance of any error, ``bh`` (Benjamini &
    Hochberg 1995) the share of errors."""
    if correction == "none" or not len(p):
        return p
    order, tests = np.argsort(p, kind="stable"), len(p)
    if correction == "holm":
        steps = np.maximum.accumulate(p[order] * np.arange(tests, 0, -1))
    else:
        steps = np.minimum.accumulate((p[order] * tests / np.arange(1, tests + 1))[::-1])[::-1]
    result = np.empty_like(p)
    result[order] = np.minimum(steps, 1.0)
    return result


def mutual_information(together: np.ndarray, first: Counts, second: np.ndarray, total: int) -> np.ndarray:
    """``log2(f_xy N / (f_x f_y))`` (Church & Hanks 1990)."""
    return np.log2(
        np.asarray(together, np.float64) * total / (np.asarray(first, np.float64) * np.asarray(second, np.float64))
    )


def log_dice(together: np.ndarray, first: Counts, second: np.ndarray) -> np.ndarray:
    """``14 + log2(2 f_xy / (f_x + f_y))`` (Rychlý 2008, "A lexicographer-friendly association score")."""
    return 14 + np.log2(2 * np.asarray(together, np.float64) / (first + np.asarray(second, np.float64)))


def t_score(together: np.ndarray, first: Counts, second: np.ndarray, total: int) -> np.ndarray:
    """``(f_xy - f_x f_y / N) / sqrt(f_xy)`` (Church, Gale, Hanks & Hindle 1991)."""
    observed = np.asarray(together, np.float64)
    return (observed - np.asarray(first, np.float64) * np.asarray(second, np.float64) / total) / np.sqrt(observed)


def standardised_ttr(tokens: np.ndarray, segment: int) -> float | None:
    """The mean share of different ones among ``segment`` tokens in a row (Johnson 1944); what is left at the end is not
    counted, and None is returned where that is all."""
    whole = len(tokens) // segment
    if not whole:
        return None
    rows = np.sort(tokens[: whole * segment].reshape(whole, segment), axis=1)
    return float(((np.diff(rows, axis=1) != 0).sum(axis=1) + 1).mean()) / segment


def reading_ease(words_per_sentence: float, syllables_per_word: float) -> float:
    """``206.835 - 1.015 w - 84.6 s`` (Flesch 1948, "A new readability yardstick"): 60 to 70 is plain English."""
    return 206.835 - 1.015 * words_per_sentence - 84.6 * syllables_per_word


def reading_grade(words_per_sentence: float, syllables_per_word: float) -> float:
    """``0.39 w + 11.8 s - 15.59``, years of school in the USA (Kincaid, Fishburne, Rogers & Chissom 1975)."""
    return 0.39 * words_per_sentence + 11.8 * syllables_per_word - 15.59


def dispersion(counts: np.ndarray, sizes: np.ndarray) -> tuple[float, float]:
    """Gries' DP (2008, "Dispersions and adjusted frequencies in corpora") of a word that occurs ``counts`` times in
    parts of ``sizes`` words, and the same divided by its largest value (Lijffijt & Gries 2012)."""
    shares = np.asarray(sizes, np.float64) / max(float(np.sum(sizes)), 1.0)
    observed = np.asarray(counts, np.float64) / max(float(np.sum(counts)), 1.0)
    dp = float(np.abs(observed - shares).sum() / 2)
    there = shares[shares > 0]
    most = 1 - float(there.min()) if len(there) else 0.0
    return dp, dp / most if most > 0 else 0.0


def crossed(counts: np.ndarray) -> tuple[float, float, int, np.ndarray]:
    """Of a table of counts: Pearson's χ², its probability, the degrees of freedom and the adjusted residuals (Haberman
    1973), rows and columns without anything left out of the test."""
    table = np.asarray(counts, np.float64)
    total = table.sum()
    across, down = table.sum(axis=1, keepdims=True), table.sum(axis=0, keepdims=True)
    df = (int((across > 0).sum()) - 1) * (int((down > 0).sum()) - 1)
    if total == 0 or df < 1:
        return 0.0, 1.0, max(df, 0), np.zeros_like(table)
    expected = across * down / total
    difference = table - expected
    statistic = float(np.divide(difference**2, expected, out=np.zeros_like(table), where=expected > 0).sum())
    spread = np.sqrt(expected * (1 - across / total) * (1 - down / total))
    residuals = np.divide(difference, spread, out=np.zeros_like(table), where=spread > 0)
    return statistic, float(chi_square_p(np.array(statistic), df)[0]), df, residuals
