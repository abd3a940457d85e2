"""Workers of a cluster that read the input and write the results as parts: the same bytes as one process."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from dltext.tests.dask_cluster import DaskCluster

pytest.importorskip("distributed", reason="a cluster needs the [cluster] extra")
pytestmark = pytest.mark.timeout(900)

TEXTS = [" ".join(["good", "film", "bad", "the", "tea", "no"][: n % 6]) or "good film" for n in range(14_000)]


def written(name: str, folder: Path) -> Path:
    """:data:`TEXTS` in the format that the name says."""
    path = folder / name
    if path.suffix == ".txt":
        path.write_text("".join(f"{text}\n" for text in TEXTS))
    elif path.suffix == ".jsonl":
        path.write_text("".join(json.dumps({"id": f"n{n}", "text": text}) + "\n" for n, text in enumerate(TEXTS)))
    else:
        table = io.StringIO()
        rows = csv.writer(table, delimiter="\t" if path.suffix == ".tsv" else ",")
        rows.writerow(["text", "stars"])
        rows.writerows([f'{text}, "so"\nand so' if n % 3 == 0 else text, n % 5] for n, text in enumerate(TEXTS))
        path.write_text(table.getvalue())
    return path


def test_parts_are_the_bytes_of_one_process(running: DaskCluster, run: Any, tmp_path: Path) -> None:
    for name, out in (("in.csv", "out.tsv"), ("in.txt", "out.jsonl"), ("in.jsonl", "out.csv"), ("in.tsv", "out.tsv")):
        source = written(name, tmp_path)
        alone, joined = tmp_path / "alone" / out, tmp_path / "joined" / out
        for place in (alone, joined):
            place.parent.mkdir(exist_ok=True)
        command = ("sentiment", "--model", "toy", "--in", str(source), "--out")
        one = run(*command, str(alone), "--workers", "1", "--overwrite")
        assert one.code == 0
        ran = run(*command, str(joined), "--cluster", running.address, "--overwrite")
        assert ran.code == 0, ran.err
        assert "go through" not in ran.err
        assert ran.err.replace("joined", "alone") == one.err
        assert joined.read_bytes() == alone.read_bytes()
        assert [path.name for path in joined.parent.iterdir() if path.name.startswith(out)] == [out]
