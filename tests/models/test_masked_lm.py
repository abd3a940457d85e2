"""A masked language model's network: what test_contract.py asks of each recipe, for its own inputs and outputs."""

import numpy as np
import pytest

from dltext.engine import registry
from dltext.engine.serve import graph_check
from dltext.engine.serve.session import open_graph
from dltext.engine.train import checkpoint

keras = pytest.importorskip("keras", reason="training needs the [train] extra")

from dltext.engine.text.batching import Ragged  # noqa: E402
from dltext.engine.train.encoder import graph as encoder_graph  # noqa: E402
from dltext.engine.train.masked import graph  # noqa: E402
from dltext.engine.train.masked.trainer import SEP, MaskedTrainer, paired  # noqa: E402
from dltext.engine.train.onnx_graphs import by_path  # noqa: E402
from dltext.models import encoder, masked_lm  # noqa: E402
from dltext.models.encoder_shape import EncoderShape  # noqa: E402

VOCABULARY = 30
SHAPE = EncoderShape(layers=1, size=8, heads=2, hidden=8, places=14)


@pytest.fixture(autouse=True)
def eagerly(monkeypatch):
    """A step is walked sooner than its graph is traced."""
    compiled = keras.Model.compile
    monkeypatch.setattr(
        keras.Model, "compile", lambda model, *args, **how: compiled(model, *args, **{**how, "run_eagerly": True})
    )


def network(next_sentence=False, seed=1, dropout=0.0):
    keras.utils.set_random_seed(seed)
    model = masked_lm.build(SHAPE, VOCABULARY, dropout, next_sentence)
    rng = np.random.default_rng(seed)  # what starts as 1 or 0 would hide a norm or a bias that is left out
    checkpoint.assign(model.weights, [v + rng.normal(0, 0.3, v.shape) for v in checkpoint.arrays(model.weights)])
    return model


def texts(count=24, seed=0):
    rng = np.random.default_rng(seed)
    return Ragged.pack([rng.integers(5, VOCABULARY, n).astype(np.int32) for n in rng.integers(9, 13, count)])


def trainer(folder=None, stop_after=10**9, **changes):
    values = {"epochs": 1, "batch_size": 8, "learning_rate": 0.05, "layers": 1, "size": 8, "heads": 2, **changes}
    settings, steps = registry.settings_of("masked-lm", values), iter(range(10**9))
    model = network(settings.next_sentence, dropout=0.1)
    part = texts()
    stop = lambda: next(steps) >= stop_after  # noqa: E731
    return MaskedTrainer(model, settings, part, part, VOCABULARY, 7, should_stop=stop, folder=folder)


def test_steps_move_every_weight_and_teach_what_is_asked():
    """Texts of one piece each: what is hidden is what stands around it."""
    run = trainer(learning_rate=0.1, warmup=0.0, next_sentence=True)
    before = by_path(run.model)
    run.train = Ragged.pack([np.full(10, 5 + n % 4, np.int32) for n in range(16)])
    said = []
    for step in range(6):
        run.progress.step = step
        said.append(run._step(np.arange(16)))
    assert said[-1][0] < 0.7 * said[0][0]
    still = {path for path, value in by_path(run.model).items() if np.array_equal(value, before[path])}
    assert not still


def test_stopped_and_resumed_equals_never_stopped(tmp_path):
    straight = trainer(tmp_path / "a", next_sentence=True)
    assert straight.run()
    finished = []
    while not any(finished):
        broken = trainer(tmp_path / "b", 2, next_sentence=True)
        finished.append(broken.run())
    assert finished == [False, True]
    for value, other in zip(
        checkpoint.arrays(straight.model.weights), checkpoint.arrays(broken.model.weights), strict=True
    ):
        np.testing.assert_allclose(value, other, atol=1e-6)
    for a, b in zip(straight.history, broken.history, strict=True):
        assert a["validation"] == pytest.approx(b["validation"], abs=1e-6)


def test_a_padded_batch_answers_as_single_texts_do_and_so_does_its_graph(tmp_path):
    model = network()
    weights = by_path(model)
    padded = texts(6).padded(np.arange(6), 8)  # wider than its last place
    lengths = texts(6).lengths
    places = (lengths - 1).astype(np.int32)
    together = np.asarray(model({"ids": padded, "blanks": places[:, None]})["masked"])[:, 0]
    for small, most in ((False, 1e-5), (True, 0.3)):
        path = tmp_path / "model.onnx"
        path.write_bytes(graph.draw(SHAPE, weights, VOCABULARY, small))
        graph_check.check(path)  # it may stand in a bundle
        session = open_graph(path)
        for row, length in enumerate(lengths):
            given = {"ids": padded[row : row + 1, :length], "places": places[row : row + 1]}
            np.testing.assert_allclose(session.run(None, given)[0][0], together[row], atol=most)
        back = encoder_graph.weights_in(path)
        assert back.keys() == weights.keys()
        np.testing.assert_allclose(back["pieces/embeddings"], weights["pieces/embeddings"], atol=0.01 if small else 0)


def test_its_encoder_is_the_encoder():
    """The same weights by the same paths give the same states, with a second part or without."""
    model = network(next_sentence=True)
    ids = texts(4).padded(np.arange(4))
    plain = encoder.build(SHAPE, VOCABULARY, 0)
    given = by_path(model)
    for variable in plain.weights:
        variable.assign(given[variable.path])
    states = keras.Model(model.inputs, model.get_layer("layer_0_forward_norm").output)
    ours = np.asarray(states({"ids": ids, "blanks": np.zeros((4, 4), np.int32)}))
    mean = [ours[row, : length + 2].mean(axis=0) for row, length in enumerate(texts(4).lengths)]
    np.testing.assert_allclose(np.asarray(plain(ids)), mean, atol=1e-5)
    split = ids.copy()
    split[:, 4] = SEP  # behind it, and nowhere else, stands the second part's vector
    seen = keras.Model(model.inputs, [model.get_layer(name).output for name in ("places", "segments")])
    before, after = (np.asarray(v) for v in seen({"ids": split, "blanks": np.zeros((4, 4), np.int32)}))
    changed = np.abs(after - before).max(axis=2) > 1e-6
    assert not changed[:, :6].any()
    assert changed[0, 6 : texts(4).lengths[0] + 2].all()


def test_halves_of_a_text_and_of_others():
    part = texts(50)
    pairs, follows = paired(part, np.arange(50), np.random.default_rng(3))
    assert 10 < follows.sum() < 40
    for row, (ids, follow) in enumerate(zip(pairs, follows, strict=True)):
        whole, cut = part[row], len(part[row]) // 2
        assert ids[cut] == SEP
        np.testing.assert_array_equal(ids[:cut], whole[:cut])
        assert (ids[cut + 1 :].tolist() == whole[cut:].tolist()) == bool(follow)
