"""Encoder and decoder: word by word they say what they say all at once, padded or not, in Keras and in ONNX."""

from dataclasses import dataclass

import numpy as np
import pytest

keras = pytest.importorskip("keras", reason="training needs the [train] extra")

from dltext.engine.train import checkpoint  # noqa: E402
from dltext.models import seq2seq  # noqa: E402

SOURCE, TARGET = 30, 20


@dataclass(frozen=True)
class Small:
    cell: str = "gru"
    units: int = 10
    embedding_size: int = 8
    bidirectional: bool = True
    attention: str = "general"
    attention_span: str = "global"
    span_width: int = 2
    tied: bool = True
    dropout: float = 0.0
    state_dropout: float = 0.0
    output_dropout: float = 0.0
    encoder_layers: int = 1
    decoder_layers: int = 1
    lexical: bool = False


ROWS = [
    Small(),
    Small(cell="lstm", attention="additive", tied=False),
    Small(attention="none", bidirectional=False),
    Small(attention="location", attention_span="monotonic"),
    Small(attention="cosine", attention_span="predictive"),
    Small(cell="lstm", attention="scaled-dot", bidirectional=False),
    Small(cell="lstm", encoder_layers=2, decoder_layers=2, lexical=True),
]
each = pytest.mark.parametrize("settings", ROWS, ids=[f"{r.cell}-{r.attention}-{r.attention_span}-{r.decoder_layers}" for r in ROWS])


def pairs(count=6, seed=0):
    rng = np.random.default_rng(seed)
    sources, targets = np.zeros((count, 9), np.int32), np.zeros((count, 7), np.int32)
    lengths = []
    for row in range(count):
        n, t = rng.integers(1, 10), rng.integers(2, 8)
        sources[row, :n], targets[row, :t] = rng.integers(1, SOURCE, n), rng.integers(1, TARGET, t)
        lengths.append((n, t))
    return sources, targets, lengths


def network(settings):
    keras.utils.set_random_seed(1)
    return seq2seq.build(settings, SOURCE, TARGET)


def serving(settings, model):
    weights = dict(zip((v.path for v in model.weights), checkpoint.arrays(model.weights), strict=True))
    encoder, step = seq2seq.build_serving(settings, SOURCE, TARGET)
    for twin in (encoder, step):
        checkpoint.assign(twin.weights, [weights[v.path] for v in twin.weights])
    return encoder, step


@each
def test_word_by_word_is_all_at_once(settings):
    model = network(settings)
    encoder, step = serving(settings, model)
    sources, targets, lengths = pairs()
    together = np.asarray(model.predict_on_batch([sources, targets]))
    for row, (n, t) in enumerate(lengths):
        memory, *states = (np.asarray(value) for value in encoder(sources[row : row + 1, :n]))
        for place in range(t):
            word = targets[row : row + 1, place : place + 1]
            found = step([word, np.full((1, 1), place, np.float32), memory, *states])
            scores, *rest = (np.asarray(value) for value in found)
            np.testing.assert_allclose(scores[0], together[row, place], atol=1e-5)
            if settings.attention != "none":
                weights = rest.pop(0)
                assert weights.shape == (1, n)
                if settings.attention_span != "predictive":
                    assert weights.sum() == pytest.approx(1, abs=1e-5)
            states = rest
        assert len(states) == len(seq2seq.states_of(settings))


@each
def test_overfits_and_every_weight_learns(settings):
    model = network(settings)
    before = checkpoint.arrays(model.trainable_variables)
    sources, targets, _ = pairs()
    gold = np.concatenate([targets[:, 1:], np.zeros((len(targets), 1), np.int32)], axis=1)
    model.compile(keras.optimizers.Adam(0.03), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    for _ in range(250):
        loss = model.train_on_batch([sources, targets], gold, sample_weight=(gold > 0).astype(np.float32))
    assert float(loss) < 0.4  # of log 20 = 3.0 at the start; places alone learn slowly
    for variable, old in zip(model.trainable_variables, before, strict=True):
        assert not np.array_equal(keras.ops.convert_to_numpy(variable), old), f"{variable.path} got no gradient"


def test_a_tied_output_has_no_matrix_of_its_own():
    sizes = [network(Small(tied=tied)).count_params() for tied in (True, False)]
    assert sizes[1] - sizes[0] == Small.embedding_size * TARGET
    with pytest.raises(ValueError, match="bilinear"):
        network(Small(attention="bilinear"))
