"""What the layers of a network compute in while it trains: float32, or bfloat16 where the machine is quicker at it.

The weights, their gradients' sums, norms, the pooled vector and the output stay float32 (Micikevicius et al. 2018); a
bfloat16 has the range of a float32 and 8 bits of its fraction, so that no loss has to be scaled (Kalamkar et al. 2019).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from ..device import multiplies_bfloat16
from .backend import sees_gpu


def decided(kind: str) -> str:
    """``auto`` is bfloat16 where TensorFlow computes on a processor that multiplies matrices of it, else float32."""
    import keras

    if kind != "auto":
        return kind
    backend = keras.backend.backend()
    quick = backend == "tensorflow" and multiplies_bfloat16() and not sees_gpu(backend)
    return "bfloat16" if quick else "float32"


@contextmanager
def computing_in(kind: str) -> Iterator[None]:
    """Layers that are made within compute in ``kind``, ``float32`` or ``bfloat16``."""
    import keras

    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16" if kind == "bfloat16" else kind)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def in_float32(network: Any, build: Callable[[], Any]) -> Any:
    """A network that computes in float32 with the weights of ``network``, from a function that builds the same."""
    if all(layer.compute_dtype != "bfloat16" for layer in network.layers):
        return network
    with computing_in("float32"):
        exact = build()
    for target, source in zip(exact.weights, network.weights, strict=True):
        target.assign(source)
    return exact
