import numpy as np
import pytest

from dltext.engine.tasks.search import paragraph_model
from dltext.engine.tasks.search.paragraph_model import Inference, Part, infer
from dltext.engine.tasks.words.model import unit

COUNTS = np.array([50, 40, 30, 20, 10, 10, 5, 5])


def how(**changes) -> Inference:
    values = {"negative": 5, "exponent": 0.75, "subsampling": 0.0, "window": 3, "epochs": 20, "rate": 0.05}
    return Inference.of(COUNTS, **(values | changes))


@pytest.fixture
def parts() -> dict[str, Part]:
    generator = np.random.default_rng(3)
    tables = generator.normal(0, 0.5, (2, 8, 12)).astype(np.float32)
    return {"dbow": Part("dbow", tables[0]), "dm": Part("dm", tables[0], tables[1])}


@pytest.mark.parametrize("kind", ["dbow", "dm"])
def test_a_text_has_one_vector_whatever_stands_beside_it(parts, kind):
    texts = [np.array(text) for text in ([0, 1, 2], [7] * 40, [], [3, 4, 5, 6] * 9)]
    together = infer(parts[kind], texts, how())
    for row, text in enumerate(texts):
        np.testing.assert_allclose(together[row], infer(parts[kind], [text], how())[0], atol=1e-5)
    assert not together[2].any()
    np.testing.assert_array_equal(together, infer(parts[kind], texts, how()))


def test_the_vector_predicts_its_words(parts):
    vector = infer(parts["dbow"], [np.array([2, 5] * 20)], how())[0]
    scores = parts["dbow"].output @ vector
    assert set(np.argsort(-scores)[:2].tolist()) == {2, 5}


def test_the_sums_around_a_place_are_those_of_its_window():
    table = np.arange(8, dtype=np.float32)[:, None]
    words = np.array([[1, 2, 3, 4, 5], [6, 7, -1, -1, -1]])
    sums, count = paragraph_model._around(table, words, np.array([5, 2]), np.array([1, 2, 1, 2, 1]))
    assert sums[0, :, 0].tolist() == [2, 1 + 3 + 4, 2 + 4, 2 + 3 + 5, 4]
    assert count[0].tolist() == [1, 3, 2, 3, 1]
    assert sums[1, :2, 0].tolist() == [7, 6]
    assert count[1, :2].tolist() == [1, 1]


def test_a_very_long_text_is_read_from_all_of_it(parts):
    assert len(paragraph_model._cut(np.arange(100_000))) == paragraph_model.MOST
    cut = paragraph_model._cut(np.arange(100_000))
    assert cut[0] == 0
    assert cut[-1] == 99_999


@pytest.mark.train
@pytest.mark.parametrize("dm", [0, 1])
def test_vectors_are_those_that_gensim_infers(dm):
    pytest.importorskip("gensim")
    from gensim.models.doc2vec import Doc2Vec, TaggedDocument

    generator = np.random.default_rng(1)
    topics = [[f"t{topic}w{word}" for word in range(30)] for topic in range(6)]
    texts = [generator.choice(topics[row % 6], 60).tolist() for row in range(240)]
    model = Doc2Vec(
        [TaggedDocument(text, [row]) for row, text in enumerate(texts)],
        dm=dm, dm_mean=1, vector_size=16, window=4, negative=5, min_count=1, sample=0, epochs=30, workers=1, seed=1,
    )  # fmt: skip
    counts = np.array([model.wv.get_vecattr(word, "count") for word in model.wv.index_to_key])
    reading = Inference.of(counts, negative=5, exponent=0.75, subsampling=0, window=4, epochs=30, rate=0.025)
    part = Part("dm" if dm else "dbow", model.syn1neg, model.wv.vectors if dm else None)
    rows = range(40)
    ours = unit(infer(part, [np.array([model.wv.key_to_index[word] for word in texts[row]]) for row in rows], reading))
    theirs = unit(np.array([model.infer_vector(texts[row], epochs=30, alpha=0.025) for row in rows]))
    trained = unit(model.dv.vectors[: len(rows)])
    # Two inferences of gensim's own differ as much: both begin at random and draw other negatives.
    assert (ours * theirs).sum(axis=1).mean() > 0.9
    assert (ours * trained).sum(axis=1).mean() > 0.8
    nearest = (ours @ trained.T).argmax(axis=1)
    assert np.mean(nearest % 6 == np.arange(40) % 6) == 1
