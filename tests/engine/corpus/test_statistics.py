import numpy as np
import pytest

from dltext.engine.corpus import quantification, statistics


def ll(a, b, c, d):
    return float(statistics.log_likelihood(np.array([a]), np.array([b]), c, d)[0])


@pytest.mark.parametrize(
    ("a", "b", "c", "d", "expected", "digits"),
    [
        (52, 57, 50_000, 75_000, 2.65, 2),  # lecture on corpora of the University of Lancaster, by its calculator
        (0, 3, 30, 33, 3.88, 2),  # README of the package keyness, which counts a word of a text once
        (3, 3, 30, 33, 0.014, 3),
        (1, 1, 30, 33, 0.005, 3),
        (5, 5, 100, 100, 0.0, 9),
        (0, 0, 10, 10, 0.0, 9),
    ],
)
def test_log_likelihood_is_that_of_published_examples(a, b, c, d, expected, digits):
    assert round(ll(a, b, c, d), digits) == expected


def test_log_ratio_doubles_with_the_frequency_and_takes_zero_for_a_half():
    """Hardie 2014: each point is a doubling."""
    ratios = statistics.log_ratio(np.array([10, 20, 40, 0, 4]), np.array([10, 10, 10, 2, 0]), 1000, 1000)
    assert ratios.tolist() == pytest.approx([0, 1, 2, -2, 3])
    assert statistics.log_ratio(np.array([8]), np.array([2]), 100, 200)[0] == pytest.approx(3)


def test_dispersion_is_that_of_the_example_of_gries():
    """Gries 2008, section 3: five parts of 9, 10, 10, 10 and 11 words, in which *a* occurs 1 to 5 times: DP = 0.18."""
    dp, norm = statistics.dispersion(np.array([1, 2, 3, 4, 5]), np.array([9, 10, 10, 10, 11]))
    assert dp == pytest.approx(0.18)
    assert norm == pytest.approx(0.18 / 0.82)  # Lijffijt & Gries 2012
    assert statistics.dispersion(np.array([9, 10, 11]), np.array([9, 10, 11]))[0] == pytest.approx(0)
    assert statistics.dispersion(np.array([5, 0]), np.array([10, 10])) == pytest.approx((0.5, 1.0))
    assert statistics.dispersion(np.array([5]), np.array([10])) == (0.0, 0.0)


def test_log_dice_has_the_properties_that_rychly_states():
    """Rychlý 2008: 14 where both always occur together, a point more is twice as often, 0 is less than one
    co-occurrence per 16,000 occurrences."""
    assert statistics.log_dice(np.array([7]), 7, np.array([7]))[0] == pytest.approx(14)
    half, quarter = statistics.log_dice(np.array([50, 25]), 100, np.array([100, 100]))
    assert half - quarter == pytest.approx(1)
    assert statistics.log_dice(np.array([1]), 16_384, np.array([16_384]))[0] == pytest.approx(0)


def test_association_is_that_of_nltk():
    measures = pytest.importorskip("nltk.metrics.association").BigramAssocMeasures
    together, first, second, total = np.array([1, 8, 30]), 40, np.array([2, 900, 35]), 14_307_668
    for number in range(3):
        counts = (int(together[number]), (first, int(second[number])), total)
        mi = statistics.mutual_information(together, first, second, total)[number]
        assert mi == pytest.approx(measures.pmi(*counts))
        assert statistics.t_score(together, first, second, total)[number] == pytest.approx(measures.student_t(*counts))
        dice = measures.dice(*counts)
        assert statistics.log_dice(together, first, second)[number] == pytest.approx(14 + np.log2(dice))


def test_chi_square_of_words_is_pearsons():
    stats = pytest.importorskip("scipy.stats")
    counts, reference = np.array([12, 0, 7]), np.array([3, 9, 7])
    mine = statistics.chi_square_words(counts, reference, 500, 400)
    for number in range(3):
        a, b = int(counts[number]), int(reference[number])
        expected = stats.chi2_contingency([[a, b], [500 - a, 400 - b]], correction=False)
        assert mine[number] == pytest.approx(expected.statistic)


@pytest.mark.parametrize("df", [1, 2, 3, 4, 9, 40, 301])
def test_probabilities_are_those_of_the_distribution(df):
    chi2 = pytest.importorskip("scipy.stats").chi2
    values = np.array([0, 0.01, 1, 3.84, 30, 500.0])
    assert statistics.chi_square_p(values, df) == pytest.approx(chi2.sf(values, df), rel=1e-9, abs=1e-300)


def test_a_cross_table_is_tested_as_in_scipy():
    stats = pytest.importorskip("scipy.stats")
    table = np.array([[10, 20, 30], [6, 29, 17]])
    expected = stats.chi2_contingency(table, correction=False)
    statistic, p, df, residuals = statistics.crossed(table)
    assert (statistic, p, df) == pytest.approx((expected.statistic, expected.pvalue, expected.dof))
    assert (residuals * expected.expected_freq).sum() == pytest.approx(0, abs=5)
    two = np.array([[10, 20], [6, 29]])
    assert statistics.crossed(two)[3][0, 0] ** 2 == pytest.approx(statistics.crossed(two)[0])
    assert statistics.crossed(np.array([[3, 4]]))[:3] == (0.0, 1.0, 0)
    assert statistics.crossed(np.array([[3, 4], [0, 0]]))[:3] == (0.0, 1.0, 0)


def test_corrections_are_those_of_the_papers():
    p = np.array([0.01, 0.04, 0.03, 0.005])
    assert statistics.corrected(p, "none") is p
    assert statistics.corrected(p, "holm").tolist() == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert statistics.corrected(p, "bh").tolist() == pytest.approx([0.02, 0.04, 0.04, 0.02])


def test_adjusted_shares_find_the_mixture_that_errors_hide():
    """A third of one class is taken for the other: 70 of 100 positive predictions may be all."""
    confusion = np.array([[90, 10], [30, 70]])
    shares, low, high = quantification.adjusted(np.array([600, 400]), confusion)
    assert shares.tolist() == pytest.approx([0.5, 0.5], abs=0.01)
    assert (low <= shares).all()
    assert (shares <= high).all()
    assert 0.02 < float((high - low)[0]) < 0.4
    extreme = quantification.adjusted(np.array([100, 900]), confusion)[0]
    assert extreme.tolist() == pytest.approx([0, 1], abs=0.01)
    assert quantification.adjusted(np.array([0, 0]), confusion) is None
    assert quantification.adjusted(np.array([5, 5]), np.array([[1, 1], [0, 0]])) is None


def test_adjusted_shares_halve_the_error_where_priors_have_shifted():
    random = np.random.default_rng(3)
    rates = np.full((4, 4), 0.08) + 0.68 * np.eye(4)
    confusion = np.stack([random.multinomial(100, row) for row in rates])
    plain, better = [], []
    for _ in range(20):
        truth = random.dirichlet(np.ones(4))
        counts = random.multinomial(1000, truth @ rates)
        shares, _, _ = quantification.adjusted(counts, confusion)
        plain.append(np.abs(counts / 1000 - truth).mean())
        better.append(np.abs(shares - truth).mean())
    assert np.mean(better) < np.mean(plain) / 2
