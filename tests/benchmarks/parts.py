"""A file that the workers of a cluster read: what is left for the command, beside what it does where it reads itself.

    DLTEXT_DATA=… python tests/benchmarks/parts.py [--json FILE] [--quick] [--alone]

IMDB's test reviews as JSON Lines, CSV, TSV and a text a line. Cutting the file into ranges is one pass over its bytes;
in turns with it the same file is read as rows. Joining copies parts of a table behind one another, with the digests
that `--resume` compares. With Dask (a scheduler and two workers, as in `scale.py`) the command answers all reviews with
the CNN, in turns with parts and with texts that it reads and sends itself; what is counted is the processor time of the
command, so that workers on the same cores do not matter. ``--alone``: without Dask.
"""

import contextlib
import csv
import io
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

from common import MODELS, Row, finish, home, machine, options
from scale import cluster, reviews

from dltext.data.formats.opening import look
from dltext.data.ranges import ByteRange, range_rows, record_ends
from dltext.data.rows import ALL, Columns
from dltext.engine.results import StreamCall, WrittenPart
from dltext.engine.workers import cutting
from dltext.tui import cli
from dltext.tui.commands import resuming

CALL = StreamCall("analyse_many", {"task": "sentiment", "model": MODELS["cnn"]})
SIZE = 1 << 30
"""Bytes of a file whose ranges are as large as they become."""


def write(texts: list[str], folder: Path) -> dict[str, Path]:
    """The same texts in each format."""
    lines = {"txt": "".join(" ".join(text.split()) + "\n" for text in texts)}
    lines["jsonl"] = "".join(json.dumps({"id": str(n), "text": text}) + "\n" for n, text in enumerate(texts))
    for kind, delimiter in (("csv", ","), ("tsv", "\t")):
        table = io.StringIO()
        rows = csv.writer(table, delimiter=delimiter, lineterminator="\n")
        rows.writerow(["id", "text"])
        rows.writerows([n, " ".join(text.split())] for n, text in enumerate(texts))
        lines[kind] = table.getvalue()
    for kind, content in lines.items():
        (folder / f"reviews.{kind}").write_text(content, encoding="utf-8")
    return {kind: folder / f"reviews.{kind}" for kind in lines}


def seconds(action: Callable[[], Any]) -> float:
    """Of this process's processor."""
    begun = time.process_time()
    action()
    return time.process_time() - begun


def plan(path: Path) -> list[ByteRange]:
    opened = look(path)
    with path.open("rb") as stream:
        ends = record_ends(stream, opened.reading)
        read = lambda part: range_rows(lambda: path.open("rb"), part, opened.reading, Columns())  # noqa: E731
        return list(cutting.ranges(CALL, ends, read, SIZE))


def read(path: Path) -> int:
    return sum(1 for _ in look(path).rows(Columns(values=ALL)))


def join(count: int, folder: Path) -> float:
    """Seconds to join so many results of a table, in parts of a range."""
    from dltext.engine import api

    lines = b"".join(b"%d\tpositive\t0.987654\t%s\n" % (n, b"and so on " * 10) for n in range(cutting.TEXTS))
    about = {"heads": [[["id", "label"], {"model": ["toy"]}]], "doubtful": 0, "digests": "00" * 8 * cutting.TEXTS}
    place = api.outlet(str(folder / "joined.tsv"))
    begun = time.process_time()
    with resuming.Results(place, "tsv", False, True, None, {}) as results:
        results.skip(iter(()))
        for _ in range(count // cutting.TEXTS):
            results.join(WrittenPart(cutting.TEXTS, about, io.BytesIO(lines)))
    return (time.process_time() - begun) / results.done


def with_dask(path: Path, count: int, repeats: int, folder: Path) -> dict[str, Any]:
    """Seconds a text of the command, by parts and by texts that are sent."""
    raw: dict[str, Any] = {"parts": [], "sent": []}
    command = ["sentiment", "--model", MODELS["cnn"], "--in", str(path), "--overwrite"]
    with cluster(folder) as (file, _), contextlib.redirect_stderr(io.StringIO()):
        for number in range(repeats + 1):
            for way in ("parts", "sent"):
                refused = patch("dltext.data.ranges.uncut", lambda *_: "to compare")
                begun = time.process_time()
                with refused if way == "sent" else contextlib.nullcontext():
                    out = [*command, "--out", str(folder / f"{way}.tsv"), "--cluster", file]
                    if cli.main(out):
                        sys.exit(f"the command failed: {' '.join(out)}")
                if number:  # in the first turn the workers load the model, and the command its modules
                    raw[way].append((time.process_time() - begun) / count)
    if (folder / "parts.tsv").read_bytes() != (folder / "sent.tsv").read_bytes():
        sys.exit("parts and texts that are sent give different results")
    return raw


def main() -> None:
    chosen = options(__doc__, repeats=3)
    before, rows, raw = machine(), [], {}
    with home() as place, tempfile.TemporaryDirectory(prefix="dltext-bench-") as named:
        place.mkdir(exist_ok=True)
        folder = Path(named)
        texts = reviews(chosen)
        paths = write(texts, folder)
        for kind, path in paths.items():
            planning, reading = [], []
            for _ in range(chosen.repeats):
                planning.append(seconds(lambda path=path: plan(path)))
                reading.append(seconds(lambda path=path: read(path)))
            size = path.stat().st_size / 1e6
            mine, theirs = size / min(planning), size / min(reading)
            raw[kind] = {"planning": planning, "reading": reading, "bytes": path.stat().st_size, "texts": len(texts)}
            rows.append(Row(f"cut {kind} into ranges, against reading it", "MB/s", mine, theirs, mine / theirs))
        raw["join seconds a text"] = min(join(len(texts) * 10, folder) for _ in range(chosen.repeats))
        rows.append(Row("join parts", "texts/s", 1 / raw["join seconds a text"]))
        if not chosen.alone:
            raw["dask"] = with_dask(paths["jsonl"], len(texts), chosen.repeats, folder)
            parts, sent = (1e6 * min(raw["dask"][way]) for way in ("parts", "sent"))
            rows.append(Row("the command for a text, parts against texts sent", "µs", parts, sent, parts / sent))
    finish("parts", rows, raw, chosen, before)


if __name__ == "__main__":
    os.environ.setdefault("DLTEXT_THREADS", "1")
    main()
