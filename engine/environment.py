"""Environment variables for libraries, set before they are imported: none reports usage or writes elsewhere.

Each process prepares its own: a child inherits, but nothing relies on that.
"""

import os
import sys

from ..data import paths

SWITCHES = {
    # onnxruntime (seen with 1.31 and 1.32) looks up a host of its maker after some seconds, and queues what it saw of
    # the machine, of Python and of the graph below the user's cache. `disable_telemetry_events()` does not stop that.
    "ORT_DISABLE_TELEMETRY": "1",
    # tokenizers brings huggingface_hub, which would look on the network for whatever is not at hand.
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_OFFLINE": "1",
    "DO_NOT_TRACK": "1",
}
THREADS = "DLTEXT_THREADS"
"""Names the most threads that a process may answer with; without it they are as many as its cores, up to four."""
FOLDERS = {"KERAS_HOME": "keras", "CUDA_CACHE_PATH": "cuda"}
"""Folders that libraries would make in the user's home: Keras' settings, kernels that the GPU's driver has compiled."""


def threads() -> int:
    """Runs of a model at once in this process."""
    asked = os.environ.get(THREADS, "")
    if asked.isdigit() and int(asked):
        return int(asked)
    return min(4, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)


def prepare() -> None:
    """Switch off all reports, whatever was set before, and lead what libraries keep for themselves below our cache; a
    folder that the user has set for that stays."""
    os.environ.update(SWITCHES)
    for name, folder in FOLDERS.items():
        os.environ.setdefault(name, str(paths.cache_path().absolute() / folder))


def prepare_training() -> None:
    """:func:`prepare`, and what a process that only reads can do without: temporary files lie below our cache, and
    urllib3 (which TensorFlow, tf2onnx and gensim import) opens no socket to see whether there is IPv6."""
    import socket

    prepare()
    paths.use_scratch()
    if "urllib3" in sys.modules:
        return
    able, socket.has_ipv6 = socket.has_ipv6, False
    try:
        from urllib3.util import connection

        connection.HAS_IPV6 = able  # then it tries; so a download finds hosts that have nothing else
    except ImportError:
        pass
    finally:
        socket.has_ipv6 = able
