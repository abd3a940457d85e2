"""The longest stall of the event loop while a model trains and large texts are pasted.

    python tests/benchmarks/stall.py [--json FILE] [--repeats N] [--quick]

`dltext-tui` in a pseudo-terminal with a heartbeat in its loop (heartbeat.py), beside a real `dltext train`; then the
same pastes into a plain Textual TextArea, beside the same training. A paste comes as a terminal sends it (bracketed),
and as an event posted to the application. A stall is the time in which no key would have been answered.
``--quick``: a hundredth of each text, beside a training of word vectors.
"""

import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from common import DOCUMENT, HERE, Row, environment, finish, home, machine, options, program
from terminal import Terminal

from dltext.tests import quick

REACH = 100
"""Milliseconds."""
PASTES = ("1 MB in one line", "10 MB in many lines")
WAYS = ("bracketed", "event")


def texts(folder: Path, share: int) -> dict[str, Path]:
    """The files that are pasted: words of a review, without a line end, and with one after each dozen of words; of each
    one part in ``share``."""
    rng = random.Random(1)
    words = DOCUMENT.replace(";", ",").split()
    files = {}
    for name, size, end in ((PASTES[0], 1_000_000, " "), (PASTES[1], 10_000_000, "\n")):
        lines = [" ".join(rng.choices(words, k=12)) for _ in range(2_000)]
        text = end.join(lines) + end
        size //= share
        text = (text * (size // len(text) + 1))[:size]
        files[name] = folder / f"{size}.txt"
        files[name].write_text(text, encoding="utf-8")
    return files


class Training:
    """A real run on made-up sentences, long enough to outlast the pastes; cancelled at the end."""

    def __init__(self, folder: Path, small: bool) -> None:
        self.id = self._words() if small else self._classifier(folder)
        deadline = time.monotonic() + 120
        while (state := self.state())["stage"] != "training" or not state["rate"]:
            if state["state"] not in ("queued", "running") or time.monotonic() > deadline:
                sys.exit(f"The training does not run: {state}")
            time.sleep(0.5)

    def _words(self) -> str:
        """One that needs no TensorFlow."""
        endless = ("epochs=1000", "workers=1")
        chosen = [part for value in endless for part in ("--set", value)]
        return self._dltext("train", "word2vec-gensim", "--data", quick.texts(5_000), *chosen).strip()

    def _classifier(self, folder: Path) -> str:
        rng = random.Random(2)
        data = folder / "sentences.tsv"
        with data.open("w", encoding="utf-8") as stream:
            stream.write("text\tlabel\n")
            for row in range(8_000):
                text = " ".join(f"word{int(rng.paretovariate(0.6)) % 10_000}" for _ in range(rng.randint(5, 40)))
                stream.write(f"{text}\t{('negative', 'positive')[row % 2]}\n")
        return self._dltext(
            "train",
            "text-cnn",
            "--data",
            str(data),
            "--set",
            "variant=random",
            "--set",
            "epochs=1000",
            "--set",
            "patience=0",
            "--set",
            "floor=false",
        ).strip()

    @staticmethod
    def _dltext(*arguments: str) -> str:
        return subprocess.run(
            [*program("dltext", "dltext.tui.cli"), *arguments],
            env=environment(),
            text=True,
            capture_output=True,
            check=True,
        ).stdout

    def state(self) -> dict:
        from dataclasses import asdict

        from dltext.engine import api

        return asdict(api.job(self.id))

    def close(self) -> None:
        self._dltext("jobs", "cancel", self.id)


class Patient:
    """A program with a heartbeat, its terminal, and what was done to it when."""

    def __init__(self, kind: str, folder: Path) -> None:
        self.out = folder / f"{kind}-{time.monotonic_ns()}.json"
        self.kind = kind
        ours, theirs = socket.socketpair()
        os.set_inheritable(theirs.fileno(), True)
        self._control = ours.makefile("rw", encoding="utf-8")
        self.phases: dict[str, tuple[float, float]] = {}
        self.terminal = Terminal(
            [sys.executable, str(HERE / "heartbeat.py"), kind, str(self.out), str(theirs.fileno())],
            environment(),
            pass_fds=(theirs.fileno(),),
        )
        theirs.close()
        ours.settimeout(300)
        self.tell("settle")
        self.phases["start"] = (self.terminal.began, time.monotonic())

    def tell(self, command: str) -> float:
        self._control.write(command + "\n")
        self._control.flush()
        return float(self._control.readline())

    def phase(self, name: str, *steps) -> None:
        """Do the steps and wait until nothing is under way; what stalled until then belongs to ``name``."""
        began = time.monotonic()
        for step in steps:
            step()
        self.phases[name] = (began, self.tell("settle"))

    def close(self) -> dict[str, dict[str, float]]:
        """Of each phase the longest ``stall`` and the most CPU time of the loop's ``own`` in one, in milliseconds."""
        self.terminal.close()
        gaps = json.loads(self.out.read_text(encoding="utf-8"))["gaps"]
        summary = {}
        for name, (began, ended) in self.phases.items():
            inside = [gap for gap in gaps if began <= gap[0] - gap[1] / 2 <= ended] or [(ended, 0.005, 0.005, 0.005)]
            worst = max(inside, key=lambda gap: gap[1])
            summary[name] = {
                "stall": 1000 * worst[1],
                "own": 1000 * worst[2],
                "process": 1000 * worst[3],
                "most_own": 1000 * max(gap[2] for gap in inside),
            }
        return summary


def examine(kind: str, files: dict[str, Path], folder: Path, watched: float) -> dict[str, dict[str, float]]:
    """Longest stalls by phase, for one program."""
    patient = Patient(kind, folder)

    def type_document() -> None:
        for character in DOCUMENT:
            patient.terminal.send(character.encode())
            time.sleep(0.01)

    patient.phase("40 words typed", type_document)
    for paste in PASTES:
        for way in WAYS:
            patient.tell("clear")
            patient.tell("settle")
            if way == "bracketed":
                text = files[paste].read_text(encoding="utf-8")
                patient.phase(f"{paste}, {way}", lambda text=text: patient.terminal.paste(text))
            else:
                patient.phase(f"{paste}, {way}", lambda paste=paste: patient.tell(f"paste {files[paste]}"))
    if kind == "dltext":
        patient.tell("clear")
        patient.phase("Runs opened and watched", lambda: patient.tell("open runs"), lambda: time.sleep(watched))
    return patient.close()


def main() -> None:
    chosen = options(__doc__, repeats=3)
    before = machine()
    with home(), tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = texts(folder, 100 if chosen.quick else 1)
        training = Training(folder, chosen.quick)
        watched = 0.5 if chosen.quick else 5
        try:
            ours, theirs = [], []
            for turn in range(1 if chosen.quick else chosen.repeats):
                ours.append(examine("dltext", files, folder, watched))
                if not (turn or chosen.alone):  # its stalls of many seconds need no repeats
                    theirs.append(examine("textarea", files, folder, watched))
                if training.state()["state"] != "running":
                    sys.exit("The training ended before the measurement did.")
        finally:
            training.close()
    rows = []
    for phase in ours[0]:
        worst = max((turn[phase] for turn in ours), key=lambda stall: stall["stall"])  # a stall is a stall
        we = worst["stall"]
        they = theirs[0][phase]["stall"] if theirs and phase in theirs[0] else None
        reach = phase.startswith("1 MB in one line")
        rows.append(
            Row(
                f"longest stall while training, {phase}",
                "ms",
                we,
                they,
                they / we if they else None,
                "≤ 100 ms" if reach else "",
                we <= REACH if reach else None,
                f"worst of {len(ours)}; in it {worst['own']:.0f} ms of computing by the loop",
            )
        )
    finish("stall", rows, {"dltext": ours, "textarea": theirs}, chosen, before)


if __name__ == "__main__":
    main()
