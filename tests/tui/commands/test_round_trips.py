"""What is written is read back to the same records: tables, JSON lines, workbooks and translation memories."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dltext.data.formats.opening import look
from dltext.engine import api
from dltext.tui.commands import output, resuming

LETTERS = st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp"), exclude_characters="\ufeff")
ODD = st.sampled_from(['"', '""', ",", ";", "a,b", "= 1", "NA", "1.0", "é", "", " x "])
CELLS = st.lists(st.tuples(st.text(LETTERS, max_size=12), ODD), min_size=1, max_size=8)
HEADER = ("number", "what was read", "label")
few = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def lines(rows: list[tuple[str, str]], separator: str) -> str:
    written = [resuming.row(HEADER, separator)]
    written += [resuming.row((str(number), *row), separator) for number, row in enumerate(rows)]
    return "".join(written)


def read_back(path: Path) -> list[tuple[str, ...]]:
    opened = look(path, with_roles=False)
    assert opened.reading.columns == HEADER
    return [tuple(values[name] for name in HEADER) for _, values in opened.records()]


@pytest.mark.parametrize(("name", "separator"), [("x.csv", ","), ("x.tsv", "\t")])
@few
@given(rows=CELLS)
def test_tables(tmp_path, name, separator, rows):
    (tmp_path / name).write_text(lines(rows, separator), encoding="utf-8", newline="")
    assert read_back(tmp_path / name) == [(str(number), *row) for number, row in enumerate(rows)]


@few
@given(rows=CELLS)
def test_workbooks(tmp_path, rows):
    (tmp_path / "x").write_text(lines(rows, ","), encoding="utf-8", newline="")
    api.pack_results(tmp_path / "x", tmp_path / "x.xlsx", ".xlsx")
    assert read_back(tmp_path / "x.xlsx") == [(str(number), *row) for number, row in enumerate(rows)]


@few
@given(rows=CELLS)
def test_json_lines(tmp_path, rows):
    records = [dict(zip(HEADER, (str(number), *row), strict=True)) for number, row in enumerate(rows)]
    (tmp_path / "x.jsonl").write_text("".join(map(output.json_line, records)), encoding="utf-8", newline="")
    assert read_back(tmp_path / "x.jsonl") == [tuple(record.values()) for record in records]


@pytest.mark.parametrize("suffix", [".gz", ".bz2", ".xz"])
def test_compressed(tmp_path, suffix):
    rows = [("a text", "x"), ("another", "y")]
    (tmp_path / "x").write_text(lines(rows, ","), encoding="utf-8", newline="")
    api.pack_results(tmp_path / "x", tmp_path / f"x.csv{suffix}", suffix)
    assert read_back(tmp_path / f"x.csv{suffix}") == [(str(number), *row) for number, row in enumerate(rows)]


def test_a_workbook_that_could_not_hold_all_is_refused(tmp_path):
    from dltext.engine.results import UserError

    (tmp_path / "x").write_text(lines([("a" * 40_000, "x")], ","), encoding="utf-8")
    with pytest.raises(UserError, match="row 2: a cell of a workbook holds at most 32,767"):
        api.pack_results(tmp_path / "x", tmp_path / "x.xlsx", ".xlsx")


@few
@given(texts=st.lists(st.text(LETTERS, min_size=1, max_size=20).filter(str.strip), min_size=1, max_size=4))
def test_translation_memories(tmp_path, texts):
    from dltext.engine.results import Direction, Hypothesis, Sentence, Translation

    source, sentences, start = "\n".join(texts), [], 0
    for text in texts:
        sentences.append(Sentence(start, start + len(text), text, (), (Hypothesis(f"⟨{text}⟩", 0.0),)))
        start += len(text) + 1
    translation = Translation(Direction("en", "zh", ("m",)), tuple(sentences), "")
    written = api.export_translation(translation, source, "tmx")
    (tmp_path / "x.tmx").write_text(written, encoding="utf-8", newline="")
    records = [values for _, values in look(tmp_path / "x.tmx").records()]
    assert [(values["en"], values["zh"]) for values in records] == [(text.strip(), f"⟨{text}⟩") for text in texts]
