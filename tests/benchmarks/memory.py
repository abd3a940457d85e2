"""Memory of the running `dltext-tui`, against a program that loads the Keras model and predicts once.

    python tests/benchmarks/memory.py [--json FILE] [--repeats N]

The real program in a pseudo-terminal, with both models' answers and explanations on the screen. Peak: the largest
resident set the system has seen (Linux: VmHWM), shared libraries included. Unique: what would come free if it ended.
"""

import math
import time
from pathlib import Path

import psutil
from common import (
    DOCUMENT,
    MODELS,
    Kept,
    Row,
    environment,
    finish,
    home,
    machine,
    number,
    options,
    program,
    spread,
    textbook_model,
)
from terminal import Terminal

PATIENCE = 2.0
"""Seconds after the last answer: the explanations come unasked, and a rare peak gets its chance."""


def megabytes(pid: int) -> dict[str, float]:
    """``peak``, ``resident`` and ``unique`` of a process and its children, in MB (10⁶ bytes)."""
    process = psutil.Process(pid)
    total = {"peak": 0.0, "resident": 0.0, "unique": 0.0}
    for each in [process, *process.children(recursive=True)]:
        memory = each.memory_full_info()
        total["resident"] += memory.rss / 1e6
        total["unique"] += memory.uss / 1e6
        total["peak"] += _peak(each.pid, memory.rss) / 1e6
    return total


def _peak(pid: int, resident: int) -> float:
    status = Path(f"/proc/{pid}/status")
    if status.exists():
        for line in status.read_text(encoding="utf-8").splitlines():
            if line.startswith("VmHWM"):
                return float(line.split()[1]) * 1024
    return resident  # elsewhere no peak is kept; the resident set after all answers is close to it


def screen() -> dict[str, dict[str, float]]:
    """The TUI at four moments."""
    moments = {}
    with Terminal(program("dltext-tui", "dltext.tui.app"), environment()) as terminal:

        def note(moment: str) -> None:
            moments[moment] = megabytes(terminal.process.pid)

        terminal.until(lambda drawn: "Sentiment · " in drawn)
        note("before a text")
        mark = terminal.mark()
        terminal.paste(DOCUMENT)
        terminal.until(lambda drawn: "▸" in drawn, mark)
        time.sleep(PATIENCE)
        note("one model has answered")
        mark = terminal.mark()
        terminal.send(b"\x1bOQ")  # f2: the CNN, the only other one of these labels, beside the default
        terminal.until(lambda drawn: f"Sentiment · {MODELS['cnn']}" in drawn and drawn.count("▸") >= 2, mark)
        time.sleep(PATIENCE)
        note("both models have answered")
        terminal.paste(" " + DOCUMENT * 5_000)  # about 1 MB
        mark = terminal.mark()
        terminal.until(lambda drawn: "read only" in drawn and "▸" in drawn, mark)
        time.sleep(PATIENCE)
        note("and 1 MB was pasted")
    return moments


def keras(models: list[tuple[Path, Path]]) -> dict[str, float]:
    """One process a model, as the textbook's program is, after one answer each; of several the sums."""
    if Kept.alone:
        return dict.fromkeys(("peak", "resident", "unique"), math.nan)
    total = {"peak": 0.0, "resident": 0.0, "unique": 0.0}
    for model, words in models:
        textbook = Kept("textbook.py", str(model), str(words), "-")
        textbook.ask(f"predict 1 {DOCUMENT}")
        for kind, value in megabytes(textbook.process.pid).items():
            total[kind] += value
        textbook.close()
    return total


def main() -> None:
    chosen = options(__doc__, repeats=5)
    before = machine()
    with home() as folder:
        models = [textbook_model(name, folder) for name in MODELS.values()]
        turns = [(screen(), keras(models[:1])) for _ in range(chosen.repeats)]
    rows = []
    theirs = spread([keras["peak"] for _, keras in turns])["median"]
    unique = spread([keras["unique"] for _, keras in turns])["median"]
    for moment in turns[0][0]:
        peak = spread([screen[moment]["peak"] for screen, _ in turns])["median"]
        unique_now = spread([screen[moment]["unique"] for screen, _ in turns])["median"]
        both = moment == "both models have answered"
        rows.append(
            Row(
                f"dltext-tui, peak memory, {moment}",
                "MB",
                peak,
                theirs,
                theirs / peak,
                "≤ 250 MB" if both else "",
                peak <= 250 if both else None,
                f"unique now {unique_now:.0f}; Keras with the CNN alone {number(unique)}",
            )
        )
    raw = {"turns": [{"dltext-tui": screen, "keras": keras} for screen, keras in turns]}
    finish("memory", rows, raw, chosen, before)


if __name__ == "__main__":
    main()
