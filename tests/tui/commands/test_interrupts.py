"""Ctrl+C behind an import that it falls into, and at once everywhere else."""

import importlib
import os
import signal
import sys
import time
from pathlib import Path

import pytest

from dltext.tui.commands.interrupts import AGAIN, outside_imports

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals are sent as POSIX has them")


def test_an_interrupt_waits_for_the_import_to_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "interrupted_module.py").write_text(
        "import os, signal, time\nos.kill(os.getpid(), signal.SIGINT)\ntime.sleep(0.12)\nWHOLE = True\n"
    )
    signal.signal(signal.SIGINT, signal.default_int_handler)

    def import_and_wait() -> None:
        with outside_imports():
            module = importlib.import_module("interrupted_module")
            assert module.WHOLE
            time.sleep(5)

    with pytest.raises(KeyboardInterrupt):
        import_and_wait()
    assert sys.modules.pop("interrupted_module").WHOLE
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_elsewhere_it_comes_at_once() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)

    def interrupted() -> None:
        with outside_imports():
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(5)

    with pytest.raises(KeyboardInterrupt):
        interrupted()


def test_whoever_ignores_it_goes_on_to() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with outside_imports():
            os.kill(os.getpid(), signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)


def test_what_has_not_come_again_by_the_end_comes_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "late_module.py").write_text("import os, signal\nos.kill(os.getpid(), signal.SIGINT)\n")
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with outside_imports():
        importlib.import_module("late_module")
    time.sleep(4 * AGAIN)
    assert sys.modules.pop("late_module")
