"""N-grams by their hashes and sentences in blocks: training and serving read the same."""

import numpy as np
import pytest

from dltext.engine.results import UserError
from dltext.engine.text.batching import Ragged
from dltext.engine.text.features import Ngrams, Sentences, ends_of, hashed
from dltext.engine.text.tokenizer import new_tokenizer

VOCABULARY = 40


def texts(n=60, seed=3):
    rng = np.random.default_rng(seed)
    return Ragged.pack([rng.integers(1, VOCABULARY, length).astype(np.int32) for length in rng.integers(1, 25, n)])


def learnt(longest=3, least=2, most=1000, buckets=5000):
    return Ngrams.learn(texts(), VOCABULARY, longest, buckets, least, most)


def test_a_bucket_depends_on_the_tokens_and_their_order_alone():
    ids = np.array([5, 6, 7, 5, 6, 1, 6, 5], np.int32)
    buckets = hashed(ids, 2, 1 << 20)
    assert buckets[0] == buckets[3] != buckets[6]
    assert buckets[4] == buckets[5] == -1  # an unknown word is in no n-gram
    assert hashed(ids, 2, 1 << 20).tolist() == hashed(ids[None], 2, 1 << 20)[0].tolist()
    assert hashed(ids[:1], 2, 1 << 20).shape == (0,)
    # A bundle that was made by another version reads the same: these values never change.
    assert hashed(np.array([2, 3, 4], np.int32), 3, 2_000_000).tolist() == [1591997]


def test_few_of_many_ngrams_share_a_bucket():
    pairs = np.array([(a, b) for a in range(2, 300) for b in range(2, 300)], np.int32)
    buckets = hashed(pairs, 2, 1 << 22)[:, 0]
    share = 1 - len(np.unique(buckets)) / len(buckets)
    assert share < 1.2 * len(pairs) / (1 << 22) / 2  # as many as chance would have


@pytest.mark.parametrize("features", [learnt(), Sentences(4, np.array([8, 9]))], ids=["ngrams", "sentences"])
def test_texts_together_are_read_as_each_alone(features):
    ids = texts(seed=5)
    packed = features.packed(ids)
    for number in range(len(ids)):
        alone = features(ids[number][None])[0]
        if isinstance(features, Ngrams):
            alone = alone[alone > 0]
        assert packed[number].tolist() == alone.tolist()


def test_only_frequent_ngrams_have_rows(tmp_path):
    ids = Ragged.pack([np.array(row, np.int32) for row in ([5, 6, 7], [5, 6, 8], [5, 6, 7])])
    ngrams = Ngrams.learn(ids, VOCABULARY, 2, 5000, 2, 1000)
    assert ngrams.rows == 2
    assert (ngrams(np.array([[5, 6, 8]], np.int32)) > 0).tolist() == [[True, True, True, True, False]]
    assert Ngrams.learn(ids, VOCABULARY, 2, 5000, 2, 1).frequent.tolist() == hashed(np.array([5, 6]), 2, 5000).tolist()

    np.savez_compressed(tmp_path / "ngrams.npz", **ngrams.tables())
    again = Ngrams.load(tmp_path / "ngrams.npz", VOCABULARY)
    assert again(ids[0][None]).tolist() == ngrams(ids[0][None]).tolist()


@pytest.mark.parametrize(
    "tables",
    [
        {"longest": np.array([2]), "buckets": np.array([10]), "frequent": np.array([3, 2])},
        {"longest": np.array([2]), "buckets": np.array([10]), "frequent": np.array([3, 12])},
        {"longest": np.array([99]), "buckets": np.array([10]), "frequent": np.array([3])},
        {"longest": np.array([2]), "buckets": np.array([1 << 60]), "frequent": np.array([3])},
        {"longest": np.array([2]), "frequent": np.array([3])},
    ],
)
def test_ngrams_that_cannot_be_are_refused(tables, tmp_path):
    np.savez_compressed(tmp_path / "ngrams.npz", **tables)
    with pytest.raises(UserError, match="cannot be read"):
        Ngrams.load(tmp_path / "ngrams.npz", VOCABULARY)


def test_a_sentence_is_a_block_and_a_long_one_is_several():
    tokens = ["[PAD]", "[UNK]", "good", ".", "?!", "...", "a.b", "。"]
    ends = ends_of(new_tokenizer({token: number for number, token in enumerate(tokens)}))
    assert ends.tolist() == [3, 4, 5, 7]
    sentences = Sentences(4, ends)
    ids = np.array([2, 3, 5, 2, 2, 6, 2, 2, 4, 2], np.int32)
    assert sentences(ids[None]).tolist() == [[2, 3, 5, 0, 2, 2, 6, 2, 2, 4, 0, 0, 2, 0, 0, 0]]
    assert sentences.places(ids).tolist() == [0, 1, 2, 4, 5, 6, 7, 8, 9, 12]
    assert sentences.sentences(ids) == [(0, 3), (3, 7), (7, 9), (9, 10)]
