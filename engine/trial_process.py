"""The process that tries bundles: a folder a line in, a line of JSON out. See :mod:`.trial`.

``{"problem": null}`` is a pass, ``problem`` a sentence that says what is wrong with the bundle, ``fault`` what it did
to this process. Where it does not come back at all, a watchdog ends the process.
"""

import faulthandler
import json
import os
import sys
import threading
from pathlib import Path
from typing import Any

from . import bundle_format, model_store, trial
from .results import UserError
from .tasks.table import TASKS, find_task, load

IDLE = 10.0
"""Seconds without a question after which the process ends."""


def main() -> None:
    """Answer until nobody asks any more."""
    trial.inside = True
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)  # whatever libraries print is no answer
    _import()
    while True:
        waiting = threading.Timer(IDLE, os._exit, (0,))
        waiting.daemon = True
        waiting.start()
        line = sys.stdin.readline()
        waiting.cancel()
        if not line:
            return
        question = json.loads(line)
        os.environ[trial.HOME] = question["home"]  # empty: as if it were not set
        answer = _judge(Path(question["folder"]), question["seconds"])
        answers.write(json.dumps(answer) + "\n")
        answers.flush()
        if "fault" in answer:
            return


def _import() -> None:
    """What answering needs, so that its time and memory are not counted."""
    import tokenizers  # noqa: F401

    from .tasks.words.scanner import Scanner

    for task in TASKS.values():
        load(task.trial)
    Scanner()  # opens a session: all that onnxruntime brings


def _judge(folder: Path, seconds: float) -> dict[str, Any]:
    with Path(os.devnull).open("w") as nowhere:
        faulthandler.dump_traceback_later(seconds, exit=True, file=nowhere)
        try:
            _limit_memory(trial.ROOM + trial.TIMES * _size(folder))
            answer(folder)
        except UserError as error:
            return {"problem": str(error)}
        except MemoryError:
            return {"fault": f"it takes more than {trial.ROOM >> 20} MB of memory."}
        except Exception as error:
            reason = " ".join(str(error).split())[:200]
            return {"fault": f"it gives no answer ({type(error).__name__}: {reason})."}
        finally:
            faulthandler.cancel_dump_traceback_later()
            _limit_memory(None)
    return {"problem": None}


def _size(folder: Path) -> int:
    """Bytes of a bundle, and of the one whose layers it answers with."""
    serving = bundle_format.read(folder, verify=False)["serving"]
    base = str(serving.get(model_store.BASE) or "")
    others = model_store.folders_named(bundle_format.check_name(base))[:1] if base else []
    return sum(map(bundle_format.size, [folder, *others]))


def _limit_memory(room: int | None) -> None:
    """Let this process take ``room`` bytes more than now (None: as much as it may), where the system can say so."""
    try:
        import resource

        now = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        highest = resource.getrlimit(resource.RLIMIT_AS)[1]
        limit = highest if room is None else now + room
        if highest != resource.RLIM_INFINITY:
            limit = min(limit, highest)
        resource.setrlimit(resource.RLIMIT_AS, (limit, highest))
    except (ImportError, OSError, ValueError):  # no Linux
        pass


def answer(folder: Path) -> None:
    """Open the bundle and let it answer, a short text and the longest that it reads; UserError where it cannot."""
    from .serve import session

    task = bundle_format.read(folder, verify=False)["task"]
    try:
        load(find_task(task).trial)(str(folder))
    finally:
        session.close_all()


if __name__ == "__main__":
    main()
