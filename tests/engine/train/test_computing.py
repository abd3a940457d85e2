"""bfloat16 while training: chosen where the machine is quick at it, and gone from what is exported."""

import numpy as np
import pytest

keras = pytest.importorskip("keras", reason="training needs the [train] extra")

from dltext.engine import device  # noqa: E402
from dltext.engine.train.computing import computing_in, decided, in_float32  # noqa: E402
from dltext.models import encoder, masked_lm  # noqa: E402
from dltext.models.encoder_shape import EncoderShape  # noqa: E402

SHAPE = EncoderShape(layers=1, size=8, heads=2, hidden=12, places=20)
IDS = np.array([[6, 7, 8, 0], [9, 6, 0, 0]], np.int32)


@pytest.mark.parametrize(
    ("flags", "chosen"),
    [("fma amx_bf16 amx_tile", "bfloat16"), ("fma avx512_bf16", "bfloat16"), ("fma avx512f", "float32")],
)
def test_auto_looks_at_the_processor(flags, chosen, monkeypatch, tmp_path):
    cpu = tmp_path / "cpuinfo"
    cpu.write_text(f"flags\t\t: {flags}\n")
    monkeypatch.setattr(device, "CPU_INFO", cpu)
    device.multiplies_bfloat16.cache_clear()
    try:
        assert decided("auto") == chosen
    finally:
        device.multiplies_bfloat16.cache_clear()
    assert decided("float32") == "float32"


def test_auto_is_float32_where_nothing_tells(monkeypatch, tmp_path):
    monkeypatch.setattr(device, "CPU_INFO", tmp_path / "none")
    device.multiplies_bfloat16.cache_clear()
    try:
        assert decided("auto") == "float32"
    finally:
        device.multiplies_bfloat16.cache_clear()


def test_layers_compute_in_it_and_the_exact_network_has_the_same_weights():
    def build():
        return encoder.build(SHAPE, 12, 2)

    with computing_in("bfloat16"):
        network = build()
    assert keras.config.dtype_policy().name == "float32"
    assert {variable.dtype for variable in network.weights} == {"float32"}
    assert network.get_layer("layer_0_forward_sum").compute_dtype == "bfloat16"
    rounded = keras.ops.convert_to_numpy(network(IDS))
    assert rounded.dtype == np.float32
    exact = in_float32(network, build)
    assert exact is not network
    for mine, theirs in zip(exact.weights, network.weights, strict=True):
        assert np.array_equal(mine.numpy(), theirs.numpy())
    answers = keras.ops.convert_to_numpy(exact(IDS))
    assert 0 < np.abs(answers - rounded).max() < 0.05
    assert in_float32(exact, build) is exact


def test_pretraining_scores_pieces_in_float32():
    with computing_in("bfloat16"):
        network = masked_lm.build(SHAPE, 12, next_sentence=True)
    answers = network({"ids": IDS, "blanks": np.zeros((2, 1), np.int32)})
    assert {keras.backend.standardize_dtype(value.dtype) for value in answers.values()} == {"float32"}


def test_gelu_and_its_gradient_are_those_of_the_formula():
    tf = pytest.importorskip("tensorflow")
    x = tf.constant(np.linspace(-4, 4, 41))
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = encoder.gelu(x)
    from scipy.stats import norm

    assert np.allclose(y, x * norm.cdf(x), atol=1e-7)
    assert np.allclose(tape.gradient(y, x), norm.cdf(x) + x * norm.pdf(x), atol=1e-7)
