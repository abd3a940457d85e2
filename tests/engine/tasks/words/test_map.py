import numpy as np
import pytest

from dltext.data.errors import UserError
from dltext.engine.tasks.words import map as word_map


def families(random, count=60, size=8, groups=3):
    centres = random.standard_normal((groups, size)) * 4
    members = np.repeat(np.arange(groups), [count // 2, count // 3, count // 6])
    return centres[members] + 0.2 * random.standard_normal((len(members), size)), members


def test_clusters_are_found_and_numbered_by_size():
    rows, members = families(np.random.default_rng(4))
    np.testing.assert_array_equal(word_map.kmeans(rows, 3, seed=2), members)
    assert set(word_map.kmeans(np.ones((5, 2)), 3)) == {0}


def test_pca_finds_the_plane():
    random = np.random.default_rng(1)
    plane = random.standard_normal((40, 2)) * [5, 2]
    basis, _ = np.linalg.qr(random.standard_normal((7, 2)))
    flat, share = word_map.pca(plane @ basis.T + 3)
    assert share == pytest.approx(1)
    distances = [np.linalg.norm(rows[:, None] - rows[None], axis=2) for rows in (flat, plane)]
    np.testing.assert_allclose(*distances, atol=1e-9)


def test_a_map_holds_the_words_asked_for_and_their_neighbours(words_bundle):
    words_bundle()
    drawn = word_map.word_map("king unheard", count=4, clusters=2)
    assert drawn.method == "pca"
    assert [point.word for point in drawn.points if point.asked] == ["king"]
    assert len(drawn.points) == 5
    assert max(max(abs(point.x), abs(point.y)) for point in drawn.points) == pytest.approx(1)
    assert [item.word for item in drawn.missing] == ["unheard"]
    assert word_map.word_map("unheard").points == ()
    with pytest.raises(UserError, match="no map"):
        word_map.word_map("king", method="umap")


def test_tsne_needs_a_few_words_and_scikit_learn(words_bundle, monkeypatch):
    words_bundle()
    assert "needs 5 words" in word_map.word_map("king", count=2, method="tsne").note
    monkeypatch.setattr(word_map.importlib.util, "find_spec", lambda name: None)
    drawn = word_map.word_map("king", count=8, method="tsne")
    assert drawn.method == "pca"
    assert "scikit-learn" in drawn.note


def test_tsne_in_a_child(words_bundle):
    pytest.importorskip("sklearn", reason="scikit-learn comes with the [train] extra")
    words_bundle()
    drawn = word_map.word_map("king", count=8, method="tsne")
    assert drawn.method == "tsne"
    assert len({(point.x, point.y) for point in drawn.points}) == 9
