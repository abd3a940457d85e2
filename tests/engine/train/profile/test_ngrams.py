import random

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="pip install 'dltext[train]'")

from dltext.engine.jobs.stopping import StopRequested
from dltext.engine.tasks.profile.ngram_model import NgramModel
from dltext.engine.train.profile import ngrams
from dltext.engine.train.profile.ngram_matrix import Vectoriser

pytestmark = pytest.mark.train

KINDS, CLASSES = ("category", "category", "number"), (2, 3, 1)


def authors(many: int, seed: int) -> tuple[list[str], list[np.ndarray]]:
    """Made-up authors: a word betrays the first attribute, an ending the second, how often "!" stands the third."""
    rng = random.Random(seed)
    texts, one, two, three = [], [], [], []
    for _ in range(many):
        a, b, c = rng.randrange(2), rng.randrange(3), rng.random()
        words = []
        for _ in range(60):
            word = "".join(rng.choices("abcdefgh", k=rng.randint(1, 5)))
            draw = rng.random()
            words.append("ship" if a and draw < 0.03 else word + ("", "ingZ", "edY")[b] if draw < 0.1 else word)
            if rng.random() < c / 2:
                words.append("!")
        texts.append(" ".join(words))
        one.append(a)
        two.append(b)
        three.append(10 * c + 20)
    return texts, [np.array(one), np.array(two), np.array(three)]


@pytest.fixture(scope="module")
def train():
    texts, targets = authors(400, 1)
    targets[0][:30] = -1
    targets[2][10:50] = np.nan
    return texts, targets


@pytest.fixture(scope="module")
def fitted(train):
    return ngrams.fit(*train, KINDS, CLASSES, authors(120, 2))


def right(scores: np.ndarray, targets: list[np.ndarray]) -> tuple[float, float, float]:
    return (
        (scores[:, :2].argmax(1) == targets[0]).mean(),
        (scores[:, 2:5].argmax(1) == targets[1]).mean(),
        np.abs(scores[:, 5] - targets[2]).mean(),
    )


def test_all_attributes_are_learnt_where_some_values_are_missing(fitted):
    texts, targets = authors(200, 3)
    scores = fitted.baseline_scores(texts)
    assert scores.shape == (200, 6)
    one, two, off = right(scores, targets)
    assert one > 0.75
    assert two > 0.95
    assert off < 0.75 * np.abs(targets[2] - targets[2].mean()).mean()
    np.testing.assert_allclose(scores[:, 0], -scores[:, 1], atol=1e-9)
    assert all(chosen in ngrams.STRENGTHS for chosen in fitted.strengths[:2])
    assert fitted.strengths[2] in ngrams.PENALTIES


def test_the_matrix_is_scikit_learns(train):
    from scipy import sparse
    from sklearn.feature_extraction.text import TfidfVectorizer

    from dltext.engine.tasks.profile.ngrams import TOKEN

    texts = train[0][:100]
    words = TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2), token_pattern=TOKEN)
    inside = TfidfVectorizer(sublinear_tf=True, analyzer="char_wb", ngram_range=(2, 5), lowercase=False)
    theirs = sparse.hstack([words.fit_transform(texts), inside.fit_transform(texts)]).toarray()
    vectoriser, ours = Vectoriser.fit(texts, "en")
    names = ["w:" + name for name in words.get_feature_names_out()]
    names += ["c:" + name for name in inside.get_feature_names_out()]
    assert vectoriser.names == names
    np.testing.assert_allclose(ours.toarray(), theirs, atol=1e-6)
    other = authors(20, 9)[0]
    both = sparse.hstack([words.transform(other), inside.transform(other)]).toarray()
    np.testing.assert_allclose(vectoriser.matrix(other).toarray(), both, atol=1e-6)


def test_rare_ngrams_are_left_out_of_many_texts():
    texts = ["common words here", "common words there"] * 260 + ["seldom", "twice twice", "twice"]
    names = Vectoriser.fit(texts, "en")[0].names
    assert "w:common words" in names
    assert "w:twice" in names
    assert not {"w:seldom", "c:seld", "c:twic"} & set(names)


def test_the_pruned_model_is_smaller_and_nearly_as_good(fitted):
    texts, targets = authors(200, 3)
    table = fitted.prune(300)
    assert len(table.vectoriser.names) == 300
    assert "w:ship" in table.vectoriser.names
    full, pruned = right(fitted.baseline_scores(texts), targets), right(table.scores(texts), targets)
    assert pruned[0] > full[0] - 0.05
    assert pruned[1] > full[1] - 0.05
    assert pruned[2] < full[2] * 1.1
    smaller = fitted.prune(300, refit=False)
    rows = [fitted.vectoriser.names.index(name) for name in smaller.vectoriser.names]
    np.testing.assert_array_equal(smaller.exact, fitted.weights[rows])
    assert np.abs(smaller.exact - table.exact).max() > 1e-3
    np.testing.assert_array_equal(fitted.prune(10**9).exact, fitted.weights)


def test_the_units_of_a_number_do_not_decide_what_is_kept(train):
    texts, targets = train[0][:150], [target[:150] for target in train[1]]
    nothing = ([], [np.array([])] * 3)
    names = []
    for unit in (1, 1000):
        scaled = [*targets[:2], targets[2] * unit]
        names.append(ngrams.fit(texts, scaled, KINDS, CLASSES, nothing).prune(300, refit=False).vectoriser.names)
    assert len(set(names[0]) & set(names[1])) > 290


def test_what_no_file_can_hold_is_not_learnt(tmp_path):
    texts = ["broken \ud800 bit", "whole bit"] * 4
    table = ngrams.fit(texts, [np.array([0, 1] * 4)], ["category"], [2], ([], [np.array([])])).prune()
    model = NgramModel.load(tmp_path, table.write(tmp_path))
    assert model.scores(texts[0]).argmax() == 0
    assert model.scores(texts[1]).argmax() == 1


def test_what_is_served_is_what_was_fitted(fitted, tmp_path):
    texts, _ = authors(60, 4)
    texts += ["", "字 \ud800", "A\u2028b İ!"]
    table = fitted.prune(2000)
    serving = table.write(tmp_path)
    assert serving == {"ngrams": "ngrams.txt", "weights": "ngrams.npz"}
    loaded = NgramModel.load(tmp_path, serving)
    served = np.array([loaded.scores(text) for text in texts])
    np.testing.assert_allclose(served, table.scores(texts), atol=1e-5)
    np.testing.assert_allclose(table.served().scores(texts[0]), served[0], atol=1e-9)
    exact = table.vectoriser.matrix(texts) @ table.exact + table.bias
    off = np.abs(served - exact)[:60] / exact[:60].std(axis=0)
    # Here a few heavy n-grams decide, whose codes are the coarsest; on blogs of thousands the errors cancel out.
    assert np.sqrt((off**2).mean(axis=0)).max() < 0.02
    assert off.max() < 0.03


def test_chinese_is_counted_by_characters(tmp_path):
    rng = random.Random(5)
    texts, gold = [], []
    for row in range(80):
        texts.append("".join(rng.choices("天地人山水火", k=30)) + ("好\n吃" if row % 2 else "难 看"))
        gold.append(row % 2)
    labels = [np.array(gold)]
    fitted = ngrams.fit(texts, labels, ["category"], [2], (texts[:20], [labels[0][:20]]), language="zh-Hans")
    assert all(name.startswith("c:") and "\n" not in name for name in fitted.vectoriser.names)
    assert "c:好 吃" in fitted.vectoriser.names
    table = fitted.prune(100)
    model = NgramModel.load(tmp_path, table.write(tmp_path))
    served = np.array([model.scores(text) for text in texts])
    np.testing.assert_allclose(served, table.scores(texts), atol=1e-5)
    assert (served.argmax(axis=1) == gold).all()
    start, end, _ = model.pulls(texts[1], 1, 1)[0]
    assert set(texts[1][start:end]) & set("好吃\n")


def test_a_class_without_examples_stays_behind(train):
    texts, targets = train
    fitted = ngrams.fit(texts, [targets[1]], ["category"], [5], ([], [np.array([], int)]))
    scores = fitted.baseline_scores(texts[:20])
    assert set(scores.argmax(axis=1)) <= {0, 1, 2}
    assert (scores[:, 3:] == -1).all()
    assert fitted.strengths == (ngrams.STRENGTHS[1],)
    one = ngrams.fit(texts[:9], [np.full(9, 1)], ["category"], [3], ([], [np.array([], int)]))
    assert one.baseline_scores(texts[:3]).argmax(axis=1).tolist() == [1, 1, 1]
    none = ngrams.fit(texts[:9], [np.full(9, np.nan)], ["number"], [1], ([], [np.array([])]))
    assert not none.baseline_scores(texts[:3]).any()


def test_it_stops_when_asked(train):
    asked = []
    few = train[0][:60], [target[:60] for target in train[1]]
    validation = authors(10, 2)
    ngrams.fit(*few, KINDS, CLASSES, validation, should_stop=lambda: bool(asked.append(1)))
    for after in range(len(asked)):
        left = iter([False] * after)
        with pytest.raises(StopRequested):
            ngrams.fit(*few, KINDS, CLASSES, validation, should_stop=lambda left=left: next(left, True))


def test_two_fits_are_one(train):
    few = train[0][:100], [train[1][1][:100]]
    codes = [ngrams.fit(*few, ["category"], [3], ([], [np.array([])])).prune(500).codes for _ in range(2)]
    np.testing.assert_array_equal(*codes)
