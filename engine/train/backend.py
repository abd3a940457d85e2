"""What Keras's backend computes on; as a program (``python -m``) it prints ``gpu`` or ``cpu`` for those who must not
import it."""

import os


def sees_gpu(backend: str) -> bool:
    """Whether ``backend`` (tensorflow, jax, torch) computes on a GPU in this process; imports it."""
    if backend == "tensorflow":
        import tensorflow as tf

        return bool(tf.config.list_physical_devices("GPU"))
    if backend == "jax":
        import jax

        return jax.default_backend() in ("gpu", "cuda", "rocm")
    import torch

    return torch.cuda.is_available()


if __name__ == "__main__":
    print("gpu" if sees_gpu(os.environ.get("KERAS_BACKEND", "tensorflow")) else "cpu")
