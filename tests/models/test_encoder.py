"""An encoder's network: what test_contract.py asks of each classifier, and that others' encoders answer as they did.

That it learns, tests/engine/train/encoder shows.
"""

import numpy as np
import pytest

from dltext.engine import registry
from dltext.engine.serve import graph_check
from dltext.engine.serve.session import open_graph
from dltext.engine.train import checkpoint

keras = pytest.importorskip("keras", reason="training needs the [train] extra")

from dltext.engine.text.batching import Ragged  # noqa: E402
from dltext.engine.train.encoder import base, graph  # noqa: E402
from dltext.engine.train.encoder.trainer import EncoderTrainer, depth, freeze  # noqa: E402
from dltext.engine.train.onnx_graphs import by_path  # noqa: E402
from dltext.engine.train.part import LabelledPart  # noqa: E402
from dltext.models import encoder  # noqa: E402
from dltext.models.encoder_shape import EncoderShape  # noqa: E402

VOCABULARY, CLASSES = 60, 3
SHAPE = EncoderShape(layers=2, size=16, heads=4, hidden=24, places=48)
FAMILIES = [("bert", "mean"), ("bert", "cls"), ("e5", "mean"), ("roberta", "first"), ("xlm-r", "mean")]
TEXTS = ["The film was really clever, and not one bit dull!", "warm", "Tired plots; unheard-of cast? [SEP] <s> ünïcode"]


def network(mask=True, seed=1, shape=SHAPE, dropout=0.0):
    keras.utils.set_random_seed(seed)
    model = encoder.build(shape, VOCABULARY, CLASSES, dropout, mask=mask)
    rng = np.random.default_rng(seed)  # what starts as 1 or 0 would hide a norm or a bias that is left out
    values = checkpoint.arrays(model.weights)
    checkpoint.assign(model.weights, [value + rng.normal(0, 0.2, value.shape) for value in values])
    return model


def texts(n=8, longest=11, seed=0):
    """Padded ids ``[n, longest]`` with lengths from 1 to ``longest``, and gold classes."""
    rng = np.random.default_rng(seed)
    lengths = np.linspace(1, longest, n).astype(int)
    ids = np.zeros((n, longest), np.int32)
    for row, length in enumerate(lengths):
        ids[row, :length] = rng.integers(5, VOCABULARY, length)
    return ids, lengths, np.arange(n) % CLASSES


@pytest.mark.parametrize(("kind", "pooling"), FAMILIES)
def test_encoders_of_others_answer_as_theirs_did(kind, pooling, tmp_path, toy_encoders):
    from tokenizers import Tokenizer

    folder = toy_encoders.write(tmp_path / kind, kind)
    start = base.read(str(folder), pooling)
    model = encoder.build(start.shape, start.tokenizer.get_vocab_size(), 0)
    base.give(model, start, ())
    theirs = Tokenizer.from_file(str(folder / "tokenizer.json"))
    theirs.no_truncation()
    signs = [theirs.token_to_id(name) for name in (("[CLS]", "[SEP]") if kind in ("bert", "e5") else ("<s>", "</s>"))]
    answering = open_graph(graph.draw(start.shape, start.weights, 0, small=False))
    rounded = open_graph(graph.draw(start.shape, start.weights, 0, small=True))
    encodings = [start.tokenizer.encode(text, add_special_tokens=False) for text in TEXTS]
    padded = Ragged.pack([np.array(encoding.ids, np.int32) for encoding in encodings]).padded(np.arange(len(TEXTS)))
    together = np.asarray(model(padded, training=False))
    for row, (text, encoding) in enumerate(zip(TEXTS[:2], encodings, strict=False)):
        old = theirs.encode(text, add_special_tokens=False)
        assert [*old.tokens] == [*encoding.tokens]
        expected = toy_encoders.reference(folder, [signs[0], *old.ids, signs[1]], pooling)
        np.testing.assert_allclose(together[row], expected, atol=1e-4)
        ids = {"ids": np.array([encoding.ids], np.int32)}
        np.testing.assert_allclose(answering.run(None, ids)[0][0], expected, atol=1e-4)
        vector = rounded.run(None, ids)[0][0]
        assert vector @ expected / np.linalg.norm(vector) / np.linalg.norm(expected) > 0.99
    assert not set(encodings[2].ids) & {0, 2, 3, 4}, "a text has become a sign"


def test_a_step_moves_every_weight_but_frozen_ones():
    for frozen in (0, 1):
        model = network(dropout=0.1)
        freeze(model, frozen, False)
        ids, _, gold = texts()
        before = by_path(model)
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile(keras.optimizers.SGD(1.0), loss, run_eagerly=True)
        for _ in range(2):
            model.train_on_batch(ids, gold)
        still = {path for path, value in by_path(model).items() if np.array_equal(value, before[path])}
        low = {p for p in before if p.startswith(("pieces", "places", "embedding_norm", "layer_0_"))}
        assert still == (low if frozen else set()), still


def test_a_padded_batch_answers_as_single_texts_do():
    for pooling in ("mean", "cls", "first"):
        shape = EncoderShape(2, 16, 4, 24, 48, pooling)
        model, twin = network(shape=shape), network(mask=False, shape=shape)
        checkpoint.assign(twin.weights, checkpoint.arrays(model.weights))
        ids, lengths, _ = texts(4)
        together = np.asarray(model(ids, training=False))
        for row, length in enumerate(lengths):
            alone = np.asarray(twin(ids[row : row + 1, :length], training=False))[0]
            np.testing.assert_allclose(together[row], alone, atol=1e-5)


def test_saves_and_reloads_as_keras(tmp_path):
    model = network()
    ids, _, _ = texts()
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(np.asarray(again(ids)), np.asarray(model(ids)), atol=1e-6)


@pytest.mark.parametrize("pooling", ["mean", "cls"])
@pytest.mark.parametrize("activation", ["gelu", "gelu_tanh", "relu"])
def test_its_graph_equals_keras_and_gives_the_weights_back(pooling, activation, tmp_path):
    shape = EncoderShape(2, 16, 4, 24, 48, pooling, activation)
    model = network(shape=shape)
    weights = by_path(model)
    ids, lengths, _ = texts()
    expected = np.asarray(model(ids, training=False))
    for small, most in ((False, 1e-5), (True, 0.25)):
        path = tmp_path / "model.onnx"
        path.write_bytes(graph.draw(shape, weights, CLASSES, small))
        graph_check.check(path)  # it may stand in a bundle
        session = open_graph(path)
        for row, length in enumerate(lengths):
            logits = session.run(None, {"ids": ids[row : row + 1, :length]})[0][0]
            np.testing.assert_allclose(logits, expected[row], atol=most)
        back = graph.weights_in(path)
        assert back.keys() == weights.keys()
        for name, value in weights.items():
            # A scale for each row or column and 127 steps: off by at most a 254th of the largest.
            np.testing.assert_allclose(back[name], value, atol=np.abs(value).max() / 253 if small else 0)


def test_the_second_of_two_texts_is_told_apart(tmp_path):
    shape = EncoderShape(2, 16, 4, 24, 48)
    model = encoder.build(shape, VOCABULARY, CLASSES, mask=True, pairs=True)
    ids = np.array([[5, 6, 3, 7, 8], [5, 6, 9, 0, 0], [7, 3, 5, 6, 0]], np.int32)
    path = tmp_path / "model.onnx"
    path.write_bytes(graph.draw(shape, by_path(model), CLASSES, small=False, pairs=True))
    session, expected = open_graph(path), np.asarray(model(ids, training=False))
    for row, length in enumerate((5, 3, 4)):
        (logits,) = session.run(None, {"ids": ids[row : row + 1, :length]})
        np.testing.assert_allclose(logits[0], expected[row], atol=1e-5)


def trainer(folder, stop_after=10**9, **changes):
    rng = np.random.default_rng(5)
    ids = Ragged.pack([rng.integers(5, VOCABULARY, n).astype(np.int32) for n in rng.integers(9, 13, 16)])
    part = LabelledPart(ids, np.eye(CLASSES, dtype=np.float32)[rng.integers(0, CLASSES, 16)])
    steps = iter(range(10**9))
    values = {"epochs": 3, "batch_size": 4, "learning_rate": 0.01, **changes}
    settings = registry.settings_of("encoder", values)
    model = network(dropout=0.1)
    return EncoderTrainer(model, settings, part, part, 7, should_stop=lambda: next(steps) >= stop_after, folder=folder)


@pytest.mark.long
def test_stopped_and_resumed_equals_never_stopped(tmp_path):
    straight = trainer(tmp_path / "a")
    assert straight.run()
    finished = []
    while not any(finished):
        broken = trainer(tmp_path / "b", 7)
        finished.append(broken.run())
    assert finished == [False, True]
    for one, other in zip(
        checkpoint.arrays(straight.model.weights), checkpoint.arrays(broken.model.weights), strict=True
    ):
        np.testing.assert_allclose(one, other, atol=1e-6)


@pytest.mark.usefixtures("uncompiled")
def test_lower_layers_learn_more_slowly():
    paths = ("logits/kernel", "pooler/bias", "layer_1_self_norm/beta", "layer_0_self_norm/beta", "pieces/embeddings")
    assert [depth(path, 2) for path in paths] == [0, 0, 0, 1, 2]
    moved = {}
    for decay in (1.0, 0.1):
        run = trainer(None, layer_decay=decay, weight_decay=0.0, warmup=0.0, schedule="constant", clip_norm=0.0)
        before = by_path(run.model)
        run._step(np.arange(8))
        # Adam's first step is the learning rate, whatever the gradient.
        moved[decay] = {p: float(np.abs(v - before[p]).max()) for p, v in by_path(run.model).items()}
    for path, steps in (("logits/kernel", 0), ("layer_1_forward_inner/kernel", 0), ("layer_0_forward_inner/kernel", 1)):
        assert moved[0.1][path] / moved[1.0][path] == pytest.approx(0.1**steps, rel=0.05), path
    assert moved[0.1]["places/embeddings"] / moved[1.0]["places/embeddings"] == pytest.approx(0.01, rel=0.05)
