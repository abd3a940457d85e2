"""`dltext corpus`: its JSON as scripts read it, tables, files, stdin, and what is refused."""

import csv
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from dltext.engine import api
from dltext.engine.results import LabelShare, LabelShares
from dltext.tui.cli import main

REVIEWS = """id,text,label,stars
a,The cold soup was awful. Cold soup again!,neg,1
b,A warm soup and a friendly waiter,pos,5
c,The waiter was cold and the soup too,neg,2
d,"Lovely place, lovely soup",pos,4
"""


@pytest.fixture
def data(tmp_path: Path) -> str:
    path = tmp_path / "reviews.csv"
    path.write_text(REVIEWS, "utf-8")
    path.with_name("dated.csv").write_text(
        REVIEWS.splitlines()[0] + "\na,The cold soup was awful. Cold soup again!,neg,2019\n", "utf-8"
    )
    return str(path)


def lines(capsys: pytest.CaptureFixture[str], *words: str) -> list[dict[str, Any]]:
    assert main(["corpus", *words, "--json"]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_each_command_prints_the_objects_that_scripts_read(data: str, capsys: Any) -> None:
    rows = lines(capsys, "frequencies", "--data", data, "--stop", "--count", "1")
    assert rows == [{"word": "soup", "count": 5, "documents": 4, "per_million": pytest.approx(5e6 / 27, abs=0.01)}]
    rows = lines(capsys, "concordance", "cold", "soup", "--data", data, "--filter", "stars<2")
    assert rows[0] == {
        "id": "a", "left": "The ", "match": "cold soup", "right": " was awful. Cold soup again!", "start": 4, "end": 13
    }  # fmt: skip
    assert [row["match"] for row in rows] == ["cold soup", "Cold soup"]
    rows = lines(capsys, "keyness", "--data", data, "--by", "label", "--group", "neg", "--count", "2")
    assert rows[0].keys() == {"word", "count", "reference_count", "log_likelihood", "log_ratio", "p"}
    assert {row["word"] for row in rows} == {"the", "cold"}
    rows = lines(capsys, "collocations", "soup", "--data", data, "--window", "2", "--min", "2")
    assert rows[0].keys() == {"word", "count", "mi", "log_dice", "t"}
    (table,) = lines(capsys, "crosstab", "--data", data, "--rows", "label", "--columns", "stars")
    assert table.keys() == {"rows", "columns", "counts", "chi_square", "p"}
    assert (table["rows"], table["columns"]) == (["neg", "pos"], ["1", "2", "4", "5"])
    assert table["counts"] == [[1, 1, 0, 0], [0, 0, 1, 1]]
    (spread,) = lines(capsys, "dispersion", "soup", "--data", data, "--by", "label")
    assert spread["parts"] == {"neg": 3, "pos": 2}
    course = lines(capsys, "course", "soup", "--over", "stars", "--data", data.replace("reviews", "dated"))
    assert course == [
        {
            "period": "2019", "group": "soup", "count": 1, "documents": 1, "share": 1.0,
            "low": pytest.approx(0.2, abs=0.01), "high": 1.0, "matches": 2, "per_million": 250000.0,
        }
    ]  # fmt: skip
    pairs = lines(capsys, "network", "--data", data, "--min", "2", "--window", "2")
    assert ("soup", "cold", 2) in [(row["source"], row["target"], row["count"]) for row in pairs]
    assert all(0 < row["log_dice"] <= 14 for row in pairs)
    styles = lines(capsys, "readability", "--data", data, "--by", "label")
    assert [(row["group"], row["words"], row["documents"]) for row in styles] == [("neg", 16, 2), ("pos", 11, 2)]
    (info,) = lines(capsys, "info", "--data", data)
    assert (info["documents"], info["words"], info["made"]) == (4, 27, False)
    assert lines(capsys, "remove", "--data", data) == [{"data": data, "removed": 1}]


def test_shares_print_their_labels_and_where_the_errors_are_from(data: str, capsys: Any, monkeypatch: Any) -> None:
    share = LabelShare("neg", 2, 0.5, 0.15, 0.85, 0.4, 0.1, 0.8)
    asked = []

    def shares(*given: Any, progress: Any, **more: Any) -> LabelShares:
        asked.append((given[1], more))
        return LabelShares("toy", 4, (share,), ("Corrected for its errors on trec.",))

    monkeypatch.setattr(api, "label_shares", shares)
    assert main(["corpus", "shares", "--model", "toy", "--data", data, "--by", "stars", "--json"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out).keys() == {
        "label", "count", "share", "low", "high", "adjusted", "adjusted_low", "adjusted_high"
    }  # fmt: skip
    assert "Corrected for its errors on trec." in err
    assert asked == [("toy", {"by": "stars", "errors": "", "errors_split": "test"})]


def test_tables_go_to_pipes_and_files(data: str, capsys: Any, tmp_path: Path) -> None:
    assert main(["corpus", "frequencies", "--data", data, "--count", "2", "--csv"]) == 0
    out = capsys.readouterr().out
    assert [row["word"] for row in csv.DictReader(io.StringIO(out))] == ["soup", "cold"]
    for name, first in (("w.csv", "word,count"), ("w.tsv", "word\tcount"), ("w.jsonl", '{"word": "soup"')):
        out = tmp_path / name
        assert main(["corpus", "frequencies", "--data", data, "--out", str(out)]) == 0
        assert out.read_text("utf-8").startswith(first)
    book = tmp_path / "w.xlsx"
    assert main(["corpus", "concordance", "soup", "--data", data, "--out", str(book)]) == 0
    assert zipfile.is_zipfile(book)
    assert "5 rows are in" in capsys.readouterr().err
    assert main(["corpus", "concordance", "soup", "--data", data, "--out", str(book)]) == 2
    assert "--overwrite" in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir() if path.name != "home") == [
        "dated.csv", "reviews.csv", "w.csv", "w.jsonl", "w.tsv", "w.xlsx"
    ]  # fmt: skip


def test_a_network_is_written_for_gephi(data: str, capsys: Any, tmp_path: Path) -> None:
    graph = tmp_path / "w.graphml"
    assert main(["corpus", "network", "--data", data, "--min", "2", "--out", str(graph)]) == 0
    assert "words and" in capsys.readouterr().err
    assert "<graphml" in graph.read_text("utf-8")
    assert main(["corpus", "network", "--data", data, "--out", str(graph)]) == 2
    assert "--overwrite" in capsys.readouterr().err


def test_stdin_is_counted_and_leaves_no_index(home: Path, capsys: Any, monkeypatch: Any) -> None:
    class Piped:
        buffer = io.BytesIO(REVIEWS.encode())

        def isatty(self) -> bool:
            return False

    monkeypatch.setattr("sys.stdin", Piped())
    rows = lines(capsys, "frequencies", "--data", "-", "--count", "1")
    assert (rows[0]["word"], rows[0]["count"]) == ("soup", 5)
    assert list((home / "cache" / "search").glob("texts-*")) == []


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["frequencies"], 2, "--data"),
        ([], 2, "Say what to do: dltext corpus frequencies|concordance"),
        (["frequencies", "--data", "nowhere.csv"], 1, "nowhere.csv: there is no such file"),
        (["keyness", "--data", "DATA"], 2, "--by COLUMN --group VALUE"),
        (["keyness", "--data", "DATA", "--by", "label"], 2, "--group VALUE"),
        (["keyness", "--data", "DATA", "--by", "mood", "--group", "x"], 1, "no column 'mood'; there are: label, stars"),
        (["concordance", "(", "--regex", "--data", "DATA"], 1, "regular expression '(' cannot be read"),
        (["concordance", "soup", "--data", "DATA", "--filter", "(x"], 1, "The filter '(x' cannot be read"),
        (["frequencies", "--data", "DATA", "--count", "-1"], 2, "--count must be 0 or more"),
        (["frequencies", "--data", "DATA", "--csv", "--json"], 2, "exclude each other"),
        (["frequencies", "--data", "DATA", "--out", "DATA"], 1, "the file that the texts are read from"),
        (["shares", "--data", "DATA", "--model", "nobody"], 1, "nobody"),
        (["course", "--data", "DATA"], 1, "has no column of dates; there are: label, stars"),
        (["course", "soup", "--by", "label", "--data", "DATA"], 2, "either words or --by"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    data: str, capsys: Any, words: list[str], code: int, said: str
) -> None:
    assert main(["corpus", *(data if word == "DATA" else word for word in words)]) == code
    err = capsys.readouterr().err
    assert said in err
    assert "Traceback" not in err
    assert Path(data).read_text("utf-8") == REVIEWS
