"""What is needed next is imported after the first frame, in a thread, so that a first visit is as quick as others."""

import gc
import sys
import threading
import time
from collections.abc import Callable, Iterable
from importlib import import_module

from .places import PLACES

PAUSE = 0.02
"""Seconds between two modules: the screen gets its turn."""
START = 0.15
"""Seconds after the first frame: the models are read first."""
MODULES = (
    "dltext.tui.kit.dialogs",
    "dltext.tui.kit.go",
    "dltext.tui.kit.choosing",
    "dltext.tui.kit.export",
    "dltext.tui.palette",
    "dltext.tui.kit.jobwatch",
    "dltext.tui.runs.history",
    "textual_plotext",
    "dltext.tui.runs.curve",
    "dltext.tui.runs.jobtable",
    *(place.path.partition(":")[0] for place in PLACES.values()),
    "dltext.tui.kit.help",
    "dltext.tui.runs.report",
    "dltext.tui.runs.compare",
    "dltext.tui.corpora.browse",
)
"""In this order; parts before their wholes, so that no single import takes long."""
SWITCH = 0.001
"""Seconds that a thread computes before the screen's own may interrupt it; Python's default is 0.005."""


def settle() -> None:
    """Leave everything that lives now out of all later garbage collections, which halt the screen for their time."""
    gc.freeze()


def prepare() -> None:
    """Before the application starts: shorter turns of all threads."""
    sys.setswitchinterval(SWITCH)


def import_ahead(modules: Iterable[str] = MODULES, then: Callable[[], object] = settle) -> threading.Thread:
    """Import ``modules`` one after the other in a thread of low urgency, then call ``then`` there. Returns the thread.

    A module that cannot be imported is left for whoever opens its screen, and says why there.
    """

    def run() -> None:
        time.sleep(START)
        for name in modules:
            if name not in sys.modules:
                try:
                    import_module(name)
                except Exception:
                    continue
                time.sleep(PAUSE)
        then()

    thread = threading.Thread(target=run, name="dltext-imports", daemon=True)
    thread.start()
    return thread
