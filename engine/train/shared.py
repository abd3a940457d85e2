"""Shared by every training: the types of its callbacks, and the device."""

from collections.abc import Callable

Emit = Callable[..., None]
"""``emit(type, **values)`` takes an event of a run; see :class:`~dltext.engine.results.Event`."""
Stop = Callable[[], bool]
"""Whether the run is asked to stop."""


def silent(kind: str, /, **values: object) -> None:
    """An :data:`Emit` that drops all events."""


def never() -> bool:
    """A :data:`Stop` that is never asked to."""
    return False


def device() -> str:
    """What the backend computes on, for people; makes TensorFlow take GPU memory as it needs it."""
    import keras

    from ..device import gpus, named, processors
    from .backend import sees_gpu

    backend = keras.backend.backend()
    if not sees_gpu(backend):
        return processors()
    if backend == "tensorflow":
        import tensorflow as tf

        for gpu in tf.config.list_physical_devices("GPU"):
            tf.config.experimental.set_memory_growth(gpu, True)
    return named(gpus()) or "GPU"
