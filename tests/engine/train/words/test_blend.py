"""Vectors without their strongest directions, and two sources in one table."""

import numpy as np
import pytest

from dltext.engine import registry
from dltext.engine.results import UserError
from dltext.engine.tasks.words import model
from dltext.engine.train.words import blend


def quiet(kind, **values):
    pass


def settings(**changes):
    return registry.settings_of("word2vec-gensim", changes)


def test_the_strongest_direction_and_the_mean_are_gone():
    rng = np.random.default_rng(0)
    strong = np.linalg.qr(rng.normal(size=(20, 20)))[0][:, 0]
    inner = rng.normal(size=(500, 20))
    inner -= np.outer(inner @ strong, strong)
    table = inner + 7 + np.outer(rng.normal(size=500) * 50, strong)
    left = blend.without_top(table)
    np.testing.assert_allclose(left.mean(axis=0), 0, atol=1e-4)
    assert np.abs(left @ strong).max() < 0.2
    np.testing.assert_allclose(left, blend.without_top(table, directions=1))
    # Of what lay across the strong direction, all is left.
    assert left.var() == pytest.approx((inner - inner.mean(axis=0)).var(), rel=0.03)


def test_fewer_components_keep_the_cosines_they_can():
    rng = np.random.default_rng(0)
    table = rng.normal(size=(300, 5)) @ rng.normal(size=(5, 40))
    small = blend.reduced(table, 5)
    assert small.shape == (300, 5)
    centred = table - table.mean(axis=0)
    np.testing.assert_allclose(small @ small.T, centred @ centred.T, rtol=1e-3, atol=1e-2)


@pytest.fixture
def sources(tmp_path):
    """Own vectors and others that are a rotation of the same meaning; each lacks words of the other."""
    rng = np.random.default_rng(1)
    meaning = rng.normal(size=(400, 12))
    words = [f"w{i}" for i in range(400)]
    vectors = meaning[:300] @ np.linalg.qr(rng.normal(size=(12, 12)))[0]
    other = meaning[50:] @ np.linalg.qr(rng.normal(size=(12, 12)))[0]
    path = tmp_path / "other.npz"
    np.savez(path, words="\n".join(words[50:]), vectors=other.astype(np.float16))
    return words, vectors.astype(np.float32), np.arange(300, 0, -1), path, meaning


def cosines(table, a, b):
    unit = table / np.linalg.norm(table, axis=1, keepdims=True)
    return np.sum(unit[a] * unit[b], axis=1)


def test_what_one_side_lacks_is_projected_from_the_other(sources):
    words, vectors, counts, path, meaning = sources
    events = []
    blended_words, table, numbers = blend.blended(
        words[:300], vectors, counts, settings(blend=str(path), blend_words=1000), lambda kind, **v: events.append(v)
    )
    assert blended_words == words
    assert table.shape == (400, 24)
    assert numbers.tolist() == [*counts.tolist(), *[0] * 100]
    assert "250 of 300 words are in both, 100 are new" in events[-1]["text"]
    # The projected halves lie where the meaning does: their cosines to known words are near the true ones.
    rng = np.random.default_rng(2)
    true = meaning - meaning.mean(axis=0)
    for part, half in (((0, 50), slice(12, 24)), ((300, 400), slice(0, 12))):
        a, b = rng.integers(*part, 500), rng.integers(50, 300, 500)
        assert np.corrcoef(cosines(table[:, half], a, b), cosines(true, a, b))[0, 1] > 0.8


def test_a_blend_can_be_smaller_and_is_the_same_each_time(sources):
    words, vectors, counts, path, _ = sources
    chosen = settings(blend=str(path), blend_size=8)
    one, two = (blend.blended(words[:300], vectors, counts, chosen, quiet) for _ in range(2))
    assert one[1].shape == (300, 8)
    assert one[0] == words[:300]
    np.testing.assert_array_equal(one[1], two[1])


def test_a_words_bundle_can_be_the_other_side(sources, tmp_path):
    words, vectors, counts, _, meaning = sources
    card = {"name": "other", "version": "1", "recipe": "none", "language": "en"}
    model.write(tmp_path / "home" / "models" / "other", card, words, meaning.astype(np.float32))
    _, table, _ = blend.blended(words[:300], vectors, counts, settings(blend="other"), quiet)
    assert table.shape == (300, 24)


def test_refuses_what_shares_too_little(sources, tmp_path):
    words, vectors, counts, path, _ = sources
    with pytest.raises(UserError, match="None of the texts' words"):
        blend.blended([f"x{word}" for word in words[:300]], vectors, counts, settings(blend=str(path)), quiet)
    with pytest.raises(UserError, match="no vectors 'nowhere'"):
        blend.blended(words[:300], vectors, counts, settings(blend="nowhere"), quiet)
