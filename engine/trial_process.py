"""The process that tries bundles: a folder a line in, a line of JSON out. See :mod:`.trial`.

``{"problem": null}`` is a pass, ``problem`` a sentence that says what is wrong with the bundle, ``fault`` what it did
to this process. Where it does not come back at all, a watchdog ends the process.
"""

import faulthandler
import json
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from . import bundle_format, trial
from .results import UserError

IDLE = 10.0
"""Seconds without a question after which the process ends."""
READING = 1.0
"""Seconds for a text that is written word by word: whoever asks for one can stop it between two words."""


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
        answer = _judge(Path(question["folder"]), question["seconds"])
        answers.write(json.dumps(answer) + "\n")
        answers.flush()
        if "fault" in answer:
            return


def _import() -> None:
    """What answering needs, so that its time and memory are not counted."""
    import tokenizers  # noqa: F401

    from .tasks import warming  # noqa: F401
    from .tasks.classify import answer  # noqa: F401
    from .tasks.words.scanner import Scanner

    Scanner()  # opens a session: all that onnxruntime brings


def _judge(folder: Path, seconds: float) -> dict[str, Any]:
    with Path(os.devnull).open("w") as nowhere:
        faulthandler.dump_traceback_later(seconds, exit=True, file=nowhere)
        try:
            _limit_memory(trial.ROOM + trial.TIMES * bundle_format.size(folder))
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
    from .tasks import warming
    from .tasks.profile import model as profiler
    from .tasks.search import paragraph_model
    from .tasks.title import model as title_writer
    from .tasks.translate import model as translator
    from .tasks.words import model as vectors

    task = bundle_format.read(folder, verify=False)["task"]
    try:
        if task not in (
            vectors.TASK,
            paragraph_model.TASK,
        ):  # whose tables take long to get ready, and hold no surprise
            warming.warm_up(task, str(folder))
        answers: dict[str, Callable[[str], None]] = {
            profiler.TASK: _profile,
            translator.TASK: _translate,
            title_writer.TASK: _title,
            vectors.TASK: _words,
            paragraph_model.TASK: _paragraphs,
        }
        answers.get(task, lambda model: _classify(task, model))(str(folder))
    finally:
        for module in (profiler, translator, title_writer, vectors, paragraph_model):
            module._cache.clear()
        _close_classifiers()


def _close_classifiers() -> None:
    from .tasks.classify import model

    model.close_all()


def _ids(rows: int, length: int, words: int) -> np.ndarray:
    """Any words, int32 ``[rows, length]``."""
    return np.random.default_rng(1).integers(min(1, words - 1), words, (rows, length)).astype(np.int32)


def _classify(task: str, model: str) -> None:
    from .serve.session import CHUNK
    from .tasks.classify.model import open_classifier

    opened = open_classifier(task, model)
    words = opened.tokenizer.get_vocab_size()
    least = max(opened.min_tokens, 4)
    for rows, length in ((1, opened.max_tokens), (64, CHUNK // 64), (max(1, CHUNK // least), least)):
        if opened.min_tokens <= length <= max(opened.max_tokens, least):
            opened.log_probabilities(_ids(rows, length, words))


def _profile(model: str) -> None:
    from .serve.session import CHUNK
    from .tasks.profile.model import open_profiler

    opened = open_profiler(model)
    words, window = len(opened.words), opened.window + 4
    vectors, _ = opened.encode(_ids(1, window, words), True)
    opened.encode(_ids(max(1, CHUNK // window), window, words), False)
    opened.decide(np.repeat(vectors, opened.max_windows, axis=0))


def _patience() -> Callable[..., bool]:
    end = time.monotonic() + READING
    return lambda *_: time.monotonic() > end


def _translate(model: str) -> None:
    from .serve.decode import Rules, greedy
    from .serve.seq2seq import Batch
    from .tasks.translate.model import ROOM, open_translator

    opened = open_translator(model)
    ids = _ids(1, opened.longest, opened.source_subwords.size)
    longest = int(opened.growth * opened.longest) + ROOM
    greedy(Batch(opened.graphs, ids), [0], Rules(longest, end=None), on_step=_patience())
    opened.translate([ids[0]], should_stop=_patience())


def _title(model: str) -> None:
    from .serve.decode import Rules, greedy
    from .tasks.title.model import Copying, open_writer

    opened = open_writer(model)
    known = opened.vocabulary.words
    source = [known[number] for number in _ids(1, opened.longest, len(known))[0].tolist()]
    stepper = Copying(opened.graphs, [opened.vocabulary.encode(source)], opened.vocabulary.size)
    greedy(stepper, [0], Rules(opened.longest_title + 1, end=None), on_step=_patience())
    opened.write([source], should_stop=_patience())


def _words(model: str) -> None:
    from .tasks.words.model import load

    opened = load(model)
    opened.nearest(opened.unit([0]), 3)


def _paragraphs(model: str) -> None:
    from .tasks.search.paragraph_model import load

    opened = load(model)
    opened.infer([opened.words[:20] * 10])


if __name__ == "__main__":
    main()
