"""What can be known in seconds before paragraph vectors are trained: the texts, the vocabulary, time and memory."""

import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from ...results import JobSpec, Preflight
from . import preflight as words
from .documents import Documents
from .paragraph import Trainer


def preflight(spec: JobSpec) -> Preflight:
    """Texts, words, vocabulary, seconds and memory; the rate is measured on a few hundred thousand words."""
    return words.check(spec, rate_of=_rate, memory_of=_memory, tests=False)


def _rate(settings: Any, look: words.Look, vocabulary: list[str], seed: int) -> float:
    """Words a second, from one pass of a small training."""
    lines = [line for line in look.lines if line]
    if len(lines) < 2:
        return 1.0
    with tempfile.TemporaryDirectory() as place:
        (Path(place) / "documents.txt").write_text("".join(" ".join(line) + "\n" for line in lines), "utf-8")
        found = Documents(Path(place), len(lines), sum(map(len, lines)), 0)
        small = replace(settings, min_count=1, epochs=1, held=0)
        trainer = Trainer(small, found, seed, lambda *_, **__: None, lambda: False, None)
        begun = time.perf_counter()
        trainer.run()
        # Each part reads the words once; the rate is that of the texts' words, as a run's ticks have it.
        return found.words / max(time.perf_counter() - begun, 1e-6)


def _memory(settings: Any, vocabulary: int, words: int) -> int:
    """Two tables a part, float32, twice while a checkpoint is written; a vector a text, of some 150 words, on top."""
    rows = 2 * vocabulary + words // 150
    return 2 * 4 * settings.vector_size * len(settings.parts) * rows + 500 * vocabulary
