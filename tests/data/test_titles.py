"""Texts and their titles, from cards and from files, with nothing of what is held out in train."""

import csv
import hashlib
import io
import json

import numpy as np
import pytest

from dltext.data import pairs, splits
from dltext.data.errors import UserError
from dltext.data.pairs import open_pairs, open_titles
from dltext.data.source import open_source


def papers(count, **more):
    rows = [{"Title": f"On {n}", "Abstract": f"We speak of {n}."} | more for n in range(count)]
    return "".join(json.dumps(row) + "\n" for row in rows)


@pytest.fixture
def titled(mirror, write_card):
    def titled(name, content, more=""):
        (mirror / f"{name}.jsonl").write_text(content)
        sha256 = hashlib.sha256(content.encode()).hexdigest()
        write_card(
            name,
            f'task = "text"\nderived = true\n{more}\n[splits]\nall = {content.count(chr(10))}\n'
            f'[[mirror]]\nsplit = "all"\nreader = "jsonl"\nfile = "{name}.jsonl"\nsha256 = "{sha256}"\n'
            'text_column = "Abstract"\ntitle_column = "Title"\n',
        )

    return titled


def test_a_card_s_texts_and_titles_by_the_splits_of_its_texts(titled):
    titled("papers", papers(100))
    corpus = open_titles("papers")
    assert corpus.counts == {"train": 80, "validation": 10, "test": 10}
    assert (corpus.source_language, corpus.target_language) == ("en", "en")
    assert not corpus.published
    texts = {split: [row.text for row in open_source("papers", min_labels=0).rows(split)] for split in corpus.splits}
    assert {split: [pair.source for pair in corpus.rows(split)] for split in corpus.splits} == texts
    assert all(pair.target.removeprefix("On ") in pair.source for pair in corpus.rows("all"))


def test_no_more_is_held_out_than_one_measures(titled, monkeypatch):
    titled("papers", papers(100))
    whole = open_titles("papers")
    monkeypatch.setattr(pairs, "TITLED", 4)
    corpus = open_titles("papers")
    assert corpus.counts == {"train": 80, "validation": 4, "test": 4}
    for split in ("validation", "test"):
        assert {pair.id for pair in corpus.rows(split)} < {pair.id for pair in whole.rows(split)}
    assert [pair.id for pair in corpus.rows("test")] == [pair.id for pair in open_titles("papers").rows("test")]


def test_what_is_held_out_stands_nowhere_in_train(titled):
    titled("papers", papers(100) + papers(100).replace("We speak", "WE SPEAK").replace("On ", "on: "))
    corpus = open_titles("papers")
    held = {pairs.same(side) for s in ("validation", "test") for p in corpus.rows(s) for side in (p.source, p.target)}
    train = list(corpus.rows("train"))
    assert 0 < len(train) < 160
    assert not held & {pairs.same(side) for pair in train for side in (pair.source, pair.target)}


def test_the_last_of_a_permutation_are_the_test_part(titled):
    titled("papers", papers(50), "held_last = 7\nheld_seed = 10")
    corpus = open_titles("papers")
    assert corpus.counts == {"train": 39, "validation": 4, "test": 7}
    wanted = np.random.RandomState(10).permutation(50)[-7:]
    assert {pair.target for pair in corpus.rows("test")} == {f"On {n}" for n in wanted}
    assert open_source("papers", min_labels=0).counts == {**corpus.counts, "all": 50}
    parts = splits.last_held([""] * 50, 7, 10, 1)
    assert sorted(np.concatenate(list(parts.values()))) == list(range(50))


def test_texts_without_titles_are_refused(mirror):
    with pytest.raises(UserError, match="no titles beside its texts"):
        open_titles("film")


def test_texts_whose_title_is_missing_are_left_out(titled):
    titled("papers", papers(60) + papers(9, Title=""))
    assert sum(open_titles("papers").counts.values()) == 60


@pytest.mark.parametrize("keys", [("text", "title"), ("Abstract", "Title")])
def test_a_file_of_one_s_own(write, keys):
    rows = [dict(zip(keys, (f"We speak of {n} things here.", f"On {n}"), strict=True)) for n in range(40)]
    path = write("own.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    corpus = open_titles(str(path))
    assert corpus.counts == {"train": 32, "validation": 4, "test": 4}
    assert all(pair.target.startswith("On") for pair in corpus.rows("all"))
    named = open_titles(str(path), keys[0], keys[1])
    assert list(named.rows("all")) == list(corpus.rows("all"))
    assert list(open_pairs(str(path)).rows("all")) == list(corpus.rows("all"))


ROWS = [(f"We speak of {n} things, here.", f"On {n}") for n in range(40)]


@pytest.mark.parametrize(
    ("name", "head", "columns"),
    [
        ("own.csv", ("Title", "Abstract"), ()),
        ("own.csv", ("TITLE", "ABSTRACT"), ()),
        ("own.tsv", ("title", "text"), ()),
        ("own.csv", ("Headline", "Body"), ()),
        ("own.csv", ("标题", "正文"), ()),
        ("own.csv", ("name", "what"), ("what", "name")),
        ("own.csv", ("name", "what"), ("What", "NAME")),
        ("own.csv", ("Title", "what"), ("what",)),
        ("own.csv", ("name", "Abstract"), ("", "name")),
    ],
)
def test_columns_are_found_in_any_spelling_and_order_or_named(write, name, head, columns):
    stream = io.StringIO()
    table = csv.writer(stream, delimiter="\t" if name.endswith("tsv") else ",")
    table.writerow(("id", *head, "translation"))
    table.writerows((number, title, text, "x") for number, (text, title) in enumerate(ROWS))
    corpus = open_titles(str(write(name, stream.getvalue())), *columns)
    assert sorted((pair.source, pair.target) for pair in corpus.rows("all")) == sorted(ROWS)
    assert corpus.columns == (head[1], head[0])


def test_two_columns_without_a_header_are_text_and_title(write):
    corpus = open_titles(str(write("own.tsv", "".join(f"{text}\t{title}\n" for text, title in ROWS))))
    assert sorted((pair.source, pair.target) for pair in corpus.rows("all")) == sorted(ROWS)
    assert corpus.columns == ("", "")


@pytest.mark.parametrize(
    ("name", "content", "columns", "message"),
    [
        ("p.csv", "text,label\na b,x\n", (), r"p\.csv, line 1: there are no columns 'text' and 'title' for texts and "
         r"their titles; there is 'text', 'label'. Name both, or call them text and title in the first line\.$"),
        ("p.csv", "Title,Abstract\na,b\n", ("body", "Title"), r"there are no columns 'body' and 'Title' for texts"),
        ("p.jsonl", '{"abstract": "b"}\n', (), r"p\.jsonl: there is one text only"),
        ("p.txt", "only a text\n", (), r"there is one text only; a text, a tab and its title are expected"),
        ("p.csv", "", (), r"p\.csv is empty"),
        ("p.csv", "Title,Abstract\n", (), r"p\.csv holds no pairs; a text and its title a line are expected"),
        ("p.csv", "Title,Abstract\na,b\n,c\n", (), r"p\.csv, line 3: the 'Title' side is empty; fill it in"),
        ("p.sgm", "<REUTERS>\n", (), r"p\.sgm, line 1: this <REUTERS> is not closed"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_titles_is_said_in_one_sentence(write, name, content, columns, message):
    with pytest.raises(UserError, match=message) as caught:
        open_titles(str(write(name, content)), *columns)
    assert "\n" not in str(caught.value)


def test_a_folder_holds_no_titles(tmp_path):
    with pytest.raises(UserError, match="is a folder; texts and titles are read from a file"):
        open_titles(str(tmp_path))


WORDS = ["radio", "river", "winter", "market", "garden", "engine", "letter", "island", "window", "forest", "teacher"]
TOLD = [
    (f"The {a} and the {b} of the town were described at length, and the {a} was older than the {b} by far.",
     f"On the {a} and the {b}")
    for a in WORDS[:6] for b in WORDS[6:]
]  # fmt: skip
CHINESE = [
    (f"据本报记者报道，{a}市的{b}问题昨天引起了市民的关注，有关部门表示将尽快处理这一{b}问题。", f"{a}市{b}问题受关注")
    for a in ("北京", "上海", "广州", "成都")
    for b in ("交通", "住房", "水质", "噪音")
]


def as_table(rows, header, delimiter=","):
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=delimiter).writerows([*([header] if header else []), *rows])
    return stream.getvalue()


@pytest.mark.parametrize("examples", [TOLD, CHINESE])
@pytest.mark.parametrize(
    ("header", "columns"),
    [
        (["no", "kurz", "von", "lang", "wann"], ()),
        (["no", "kurz", "von", "lang", "wann"], ("lang",)),
        (None, ()),
    ],
)
def test_a_short_and_a_long_column_are_titles_and_texts(write, examples, header, columns):
    rows = [
        [number, title, f"{'ABCDE'[number % 5]}. {WORDS[number % 11].title()}, B. Smith", text, f"2024-01-{number:02d}"]
        for number, (text, title) in enumerate(examples)
    ]
    corpus = open_titles(str(write("x.csv", as_table(rows, header))), *columns)
    assert sorted((pair.source, pair.target) for pair in corpus.rows("all")) == sorted(examples)
    assert corpus.reading.why == {"text": "content", "title": "content"}
    assert (corpus.reading.text, corpus.reading.title) == (("lang", "kurz") if header else ("4", "2"))


def test_what_is_merely_shorter_is_no_title(write):
    rows = [[text, f"{WORDS[number % 11].title()} Smith, B. Jones {number}"] for number, (text, _) in enumerate(TOLD)]
    with pytest.raises(UserError, match="there are no columns 'text' and 'title'"):
        open_titles(str(write("x.csv", as_table(rows, ["lang", "von"]))))
    rows = [[text, f"{text} And more of the same."] for text, _ in TOLD]
    with pytest.raises(UserError, match="there are no columns 'text' and 'title'"):
        open_titles(str(write("y.csv", as_table(rows, ["lang", "other"]))))
