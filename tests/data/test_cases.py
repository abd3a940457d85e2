"""Tables, JSON and encodings as other programs and people write them: names, shapes and signs beyond the usual ones."""

import csv
import io
import json
import os
import zipfile
from pathlib import Path

import pytest

from dltext.data.errors import UserError
from dltext.data.formats.opening import look
from dltext.data.readers import read_file
from dltext.data.rows import Columns
from dltext.data.source import open_source

COUNT = 24
LABELS = [("neg", "pos")[n % 2] for n in range(COUNT)]
TEXTS = [f"The radio was {'grim' if n % 2 else 'fine'}, and tedious after the rain {n}" for n in range(COUNT)]
KINDS = {
    "text": TEXTS,
    "label": LABELS,
    "stars": [str(1 + n % 5) for n in range(COUNT)],
    "id": [str(1000 + n) for n in range(COUNT)],
    "date": [f"2024-01-{1 + n:02d} 10:00" for n in range(COUNT)],
    "share": [f"{n / COUNT:.3f}" for n in range(COUNT)],
    "group": [("KLM", "BA", "Delta")[n % 3] for n in range(COUNT)],
    "title": [f"Nice thing {n}" for n in range(COUNT)],
    "address": [
        f"https://www.example.com/articles/2024/01/{n}-a-rather-long-name-of-an-article-{n}" for n in range(COUNT)
    ],
}


def table(names: list[str], kinds: list[str], delimiter: str = ",") -> str:
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=delimiter, lineterminator="\n").writerows(
        [names, *zip(*(KINDS[kind] for kind in kinds), strict=True)]
    )
    return stream.getvalue()


def read(path: Path) -> list[tuple[str, str | None]]:
    return [(row.text, row.label) for row in read_file(path, need_label=True)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("name", ["x.csv", "x.txt"])
@pytest.mark.parametrize(
    ("names", "kinds", "text", "label"),
    [
        (["review_body", "star_rating"], "text stars", 0, 1),
        (["tweet_id", "airline_sentiment", "airline_sentiment_confidence", "airline", "text"],
         "id label share group text", 4, 1),
        (["Timestamp", "What did you like about the course?", "How satisfied are you? (1-5)"], "date text stars", 1, 2),
        (["Class Index", "Title", "Description"], "stars title text", 2, 0),
        (["Produktbewertung", "Sternebewertung"], "text stars", 0, 1),
        (["comentario", "calificacion"], "text stars", 0, 1),
        (["Réponse", "Catégorie"], "text label", 0, 1),
        (["내용", "평점"], "text stars", 0, 1),
        (["reviews.text", "reviews.rating"], "text stars", 0, 1),
        (["Kommentar", "Note"], "text stars", 0, 1),
        (["foo", "bar"], "text label", 0, 1),
        (["headline", "short_description", "category"], "title text label", 1, 2),
        (["article_link", "headline", "is_sarcastic"], "address text label", 1, 2),
        (["review_id", "what was said", "class"], "id text label", 1, 2),
    ],
)  # fmt: skip
def test_columns_are_found_by_parts_of_their_names_and_by_what_they_hold(
    write, name, delimiter, names, kinds, text, label
):
    path = write(name, table(names, kinds.split(), delimiter))
    reading = look(path, need_label=True).reading
    assert (reading.text, reading.label) == (names[text], names[label])
    assert reading.header


def test_a_label_that_is_called_like_a_column_is_no_header(write):
    rows = [f"{('question', 'statement')[n % 2]},{text.replace(',', '')}" for n, text in enumerate(TEXTS)]
    assert len(read(write("x.csv", "\n".join(rows)))) == COUNT


def test_sentences_with_a_sign_each_are_no_table(write):
    lines = [f"{('Film', 'Otel')[n % 2]} çok kötü, oyuncular da o kadar iyi {n}" for n in range(COUNT)]
    assert [row.text for row in read_file(write("x.txt", "\n".join(lines)))] == lines


@pytest.mark.parametrize("above", [";\n;\n", "My survey;\n", ";\nMy survey;\n;\n"])
def test_what_stands_above_the_header_is_left_out(write, above):
    path = write("x.csv", above + table(["text", "label"], ["text", "label"], ";"))
    assert read(path) == list(zip(TEXTS, LABELS, strict=True))
    assert any("above the header" in note for note in look(path).reading.notes) == ("survey" in above)


@pytest.mark.parametrize("name", ["review", "Comment", "text"])
def test_several_columns_of_the_name_that_is_read_are_refused(write, name):
    path = write("x.csv", table([name, "label", name], ["text", "label", "title"]))
    with pytest.raises(UserError, match=rf"the columns 1 and 3 are both called '{name}'"):
        read(path)


def test_columns_without_names_say_nothing_of_authors(write):
    from dltext.data.profiles import attributes_of

    rows = "".join(f'"{n % 2 * 4}","{n}","NO_QUERY","{text}"\n' for n, text in enumerate(TEXTS))
    assert attributes_of(str(write("x.csv", rows)), "text") == ()


def test_blanks_around_labels_are_pointed_out(write):
    path = write("x.csv", "text,label\n" + "".join(f"a text {n},{('pos ', 'neg', ' neg')[n % 3]}\n" for n in range(30)))
    source = open_source(str(path))
    assert source.labels == ("neg", "pos")
    assert "Labels with blanks around them (' neg', 'pos ') are read without." in source.notes


@pytest.mark.parametrize("packed", [False, True])
def test_tables_side_by_side_may_call_their_columns_otherwise(tmp_path, packed):
    parts = {
        "train.csv": table(["text", "label"], ["text", "label"]),
        "test.csv": table(["Review", "Stars"], ["text", "label"], ";"),
        "valid.csv": table(["id", "text"], ["id", "text"]),
    }
    folder = tmp_path / "x"
    folder.mkdir()
    for name, content in parts.items():
        (folder / name).write_text(content)
    if packed:
        with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
            for name in parts:
                archive.write(folder / name, name)
    path = tmp_path / "x.zip" if packed else folder
    rows = list(look(path).rows())
    for split, labels in (("train", LABELS), ("test", LABELS), ("validation", [None] * COUNT)):
        assert [(row.text, row.label) for row in rows if row.split == split] == list(zip(TEXTS, labels, strict=True))
    (folder / "zz.csv").write_text(table(["foo", "bar"], ["text", "label"]))
    with pytest.raises(UserError, match=r"zz\.csv: there is no column 'Review', which its neighbours have"):
        list(look(folder).rows())


def test_pages_of_a_pdf_are_cut_into_paragraphs():
    from dltext.data.formats.pdf import paragraphs

    page = "A first line that is long enough to be full and\nends here.\nA second that goes on, line by line, and\non"
    assert paragraphs(f"{page}.\n\nThird") == [
        "A first line that is long enough to be full and ends here.",
        "A second that goes on, line by line, and on.",
        "Third",
    ]
    assert paragraphs("") == []


def test_the_home_of_nobody_is_named(monkeypatch):
    from dltext.data import paths

    monkeypatch.setattr("os.path.expanduser", lambda path: str(path).replace("~nobody", "/nonexistent"))
    with pytest.raises(UserError, match=r"there is no user 'nobody' with a home folder here \(/nonexistent"):
        paths.expand("~nobody/x.csv")


# --------------------------------------------------------------------------------------------------- JSON


def objects() -> list[dict[str, object]]:
    return [{"text": text, "label": label} for text, label in zip(TEXTS, LABELS, strict=True)]


def annotated(value: dict[str, object]) -> dict[str, object]:
    return {"annotations": [{"result": [{"value": value}], "was_cancelled": False}]}


SHAPES = {
    "lists behind one another": "".join(json.dumps([row]) for row in objects()),
    "a list a line": "".join(json.dumps([row, row]) + "\n" for row in objects()[: COUNT // 2]),
    "the longest list": json.dumps({"features": [{"name": "text"}], "rows": [{"row": row} for row in objects()]}),
    "a list far inside": json.dumps({"response": {"status": "ok", "data": {"items": objects()}}}),
    "texts under labels": json.dumps({"pos": TEXTS[1::2], "neg": TEXTS[::2]}),
    "Label Studio's taxonomy": json.dumps([
        {"data": {"text": row["text"]}, **annotated({"taxonomy": [["Opinion", row["label"]]]})} for row in objects()
    ]),
    "a list as Python prints it": "text,label\n" + "".join(
        f"\"{text}\",\"['{label}']\"\n" for text, label in zip(TEXTS, LABELS, strict=True)
    ),
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_json_of_further_programs(write, shape):
    rows = read(write("x.csv" if shape.endswith("prints it") else "x.json", SHAPES[shape]))
    assert len(rows) == COUNT
    assert {label.rpartition("/")[2] for _, label in rows if label} == {"neg", "pos"}
    assert {text for text, _ in rows} <= set(TEXTS)


def test_a_list_far_inside_a_large_object_is_found(write, monkeypatch):
    from dltext.data import inputs

    monkeypatch.setattr(inputs, "SAMPLE_CHARACTERS", 500)
    start = json.dumps({"tags": ["a", "b"], "response": {"items": objects()}})
    monkeypatch.setattr("dltext.data.lines.CHUNK", 600)
    assert len(read(write("x.json", start))) == COUNT


def test_what_stands_behind_a_list_is_no_record(write):
    with pytest.raises(UserError, match="line 2: something stands behind the list of records"):
        read(write("x.json", json.dumps(objects(), indent=None) + "\nx"))


@pytest.mark.parametrize("value", [[[0, 3, "PER"]], [{"start": 0, "end": 3, "labels": ["PER"]}],
                                   [{"result": [{"value": {"start": 0, "labels": ["PER"]}}]}]])  # fmt: skip
def test_labels_that_mark_passages_are_named_and_no_texts_are_lost(write, value):
    path = write("x.jsonl", "".join(json.dumps({"text": text, "label": value}) + "\n" for text in TEXTS))
    with pytest.raises(UserError, match=r"line 1: the labels mark passages within the text .*labels=none"):
        read(path)
    assert len(list(read_file(path))) == COUNT
    assert open_source(str(path), min_labels=0).notes[0].startswith(f"The labels of {COUNT} documents mark passages")


def test_python_dictionaries_are_no_json(write):
    with pytest.raises(UserError, match="line 1: single quotes, as Python prints a dictionary"):
        read(write("x.jsonl", "{'text': 'a', 'label': 'b'}\n"))


def test_a_text_that_is_a_number_is_a_text(write):
    assert [row.text for row in read_file(write("x.jsonl", '{"text": "a"}\n{"text": 5}\n'))] == ["a", "5"]


# ---------------------------------------------------------------------------------------------- encodings

ENCODED = {
    "zh": ("这家酒店的房间很大，服务也非常好，我们下次还会再来", ("utf-16-le", "utf-16-be", "gb18030")),
    "ja": ("この映画はとても面白かったので、また見たいと思います", ("utf-16-le", "utf-16-be", "cp932", "iso2022_jp")),
    "ru": ("Прекрасная гостиница, мы вернёмся сюда", ("utf-16-le", "cp1251", "cp866")),
    "pl": ("Ten film był bardzo nudny i źle zagrany, żałuję", ("cp1250",)),
    "de": ("Ärger über das schlechte Frühstück, die Straße war schön", ("cp1252", "mac_roman", "utf-32-le")),
    "fr": ("Le film était très mauvais, à l’opéra déjà", ("cp1252", "mac_roman")),
    "tr": ("Otel güzeldi, çalışanlar şık ve iyi, ğ ile", ("cp1254",)),
}


@pytest.mark.parametrize("suffix", [".txt", ".csv"])
@pytest.mark.parametrize(
    ("language", "encoding"), [(key, name) for key, (_, names) in ENCODED.items() for name in names]
)
def test_further_encodings_are_known(write, language, encoding, suffix):
    texts = [f"{ENCODED[language][0]} {number}" for number in range(12)]
    head, cells = ("text,label\n", [f'"{text}",x' for text in texts]) if suffix == ".csv" else ("", texts)
    path = write(f"x{suffix}", (head + "\n".join(cells) + "\n").encode(encoding))
    assert [row.text for row in read_file(path)] == texts


def test_nul_bytes_alone_are_no_encoding(write):
    with pytest.raises(UserError, match="line 3: there are NUL bytes"):
        read(write("x.csv", b"text,label\na,b\n\0\0\0\0"))


# ------------------------------------------------------------------------------------- the files as they are

FOLDER = Path(os.environ.get("DLTEXT_DATA", "")).parent / "cases"
READ = {
    "cr_line_ends": 60, "headerless": 4, "json_shapes": 60, "fasttext_tab": 3, "lone_surrogate": 2,
    "label_spellings": 60, "tiny_and_one_each": 2, "und_language": 6, "tilde_names": 30,
}  # fmt: skip
"""Folder to the fewest documents of any file in it."""
FILES = [
    path for name in READ if (FOLDER / name).is_dir() for path in sorted((FOLDER / name).iterdir())
    if path.name != "EXPECTED"
] if os.environ.get("DLTEXT_DATA") else []  # fmt: skip


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_files_as_people_sent_them_are_read(path):
    opened = look(path)
    rows = list(opened.maker(Columns(unknown=True)).rows(opened.records()))
    assert len(rows) >= READ[path.parent.name]
    assert all(row.text.strip() and "\r" not in row.text and "__label__" not in row.text for row in rows)


def test_values_with_their_types_are_values(write):
    path = write(
        "x.json",
        json.dumps(
            [
                {"_id": {"$oid": f"5a{n}"}, "text": text, "label": {"$numberInt": str(n % 2)}}
                for n, text in enumerate(TEXTS)
            ]
        ),
    )
    assert read(path) == [(text, str(n % 2)) for n, text in enumerate(TEXTS)]
