import hashlib
import json
from collections import Counter

import pytest

from dltext.data.errors import UserError
from dltext.data.source import open_source


def table(count=60, labels=("neg", "pos"), extra="", header=""):
    lines = [f"text,label{header}"]
    lines += [f"text number {n} of the file,{labels[n % len(labels)]}{extra}" for n in range(count)]
    return "\n".join(lines) + "\n"


def test_a_card_keeps_its_published_split(mirror):
    source = open_source("film")
    assert (source.splits, source.published, source.counts) == (("train", "test"), True, {"train": 40, "test": 10})
    assert source.labels == ("negative", "positive")
    rows = list(source.rows("train"))
    assert (rows[0].text, rows[0].label, rows[1].label) == ("film number 0", "negative", "positive")
    assert next(source.rows("testing")).text == "test film 0"
    with pytest.raises(UserError, match="film has no split 'validation'; it has train, test"):
        source.rows("dev")


def test_labels_that_a_card_does_not_list_are_left_out_where_it_says_so(mirror, write_card):
    rows = [["grain", "rye"], ["rye"], ["grain", "ship"], "ship"]
    content = "".join(json.dumps({"text": f"story {n}", "label": label}) + "\n" for n, label in enumerate(rows))
    (mirror / "topics.jsonl").write_text(content, "utf-8")
    sum_ = hashlib.sha256(content.encode()).hexdigest()
    card = (
        'task = "classify"\ntarget = "labels"\n{listed}[labels]\ngrain = "grain"\nship = "ship"\n[splits]\ntrain = 3\n'
        f'[[mirror]]\nsplit = "train"\nreader = "jsonl"\nfile = "topics.jsonl"\nsha256 = "{sum_}"\n'
    )
    write_card("topics", card.replace("{listed}", "listed_only = true\n"))
    assert [(row.text, row.names) for row in open_source("topics").rows("train")] == [
        ("story 0", ("grain",)),
        ("story 2", ("grain", "ship")),
        ("story 3", ("ship",)),
    ]
    write_card("strict", card.replace("{listed}", ""))
    with pytest.raises(UserError, match="the label 'rye' is not in the card of strict"):
        list(open_source("strict").rows("train"))


def test_a_card_of_others_is_divided_as_they_are(mirror, write_card):
    """A part that we have drawn is not "as published" because another card names it."""
    assert open_source("both").published
    head = '[labels]\nnegative = "negative"\npositive = "positive"\n[splits]\ntest = 8\n'
    write_card("ours", f'task = "sentiment"\n{head}[[pieces]]\nsplit = "test"\ncard = "lines"\nof = "test"\n')
    assert not open_source("ours").published


def test_a_card_without_a_split_gets_ours_and_the_whole(mirror):
    source = open_source("lines")
    assert source.splits == ("train", "validation", "test", "all")
    assert not source.published
    assert source.counts == {"train": 64, "validation": 8, "test": 8, "all": 80}
    parts = {split: [row.id for row in source.rows(split)] for split in source.splits}
    assert sorted(parts["train"] + parts["validation"] + parts["test"]) == sorted(parts["all"])
    assert len(set(parts["all"])) == 80  # both files number their lines from 1
    assert Counter(row.label for row in source.rows("test")) == {"negative": 5, "positive": 3}
    assert [row.id for row in open_source("lines").rows("test")] == parts["test"]


def test_a_composite_card_joins_other_cards(mirror):
    source = open_source("both")
    assert source.counts == {"train": 120, "test": 10}
    rows = list(source.rows("train"))
    assert len({row.id for row in rows}) == len(rows) == 120
    assert Counter(row.id.partition("/")[0] for row in rows) == {"film": 40, "lines": 80}
    assert Counter(row.label for row in rows) == {"negative": 70, "positive": 50}
    assert source.sha256 not in {open_source("film").sha256, open_source("lines").sha256}


def test_a_composite_card_of_texts_drops_labels(mirror, write_card):
    write_card(
        "texts",
        'task = "text"\n[splits]\ntrain = 44\n[[pieces]]\nsplit = "train"\ncard = "film"\nof = "train"\n'
        '[[pieces]]\nsplit = "train"\ncard = "wire"\nof = "train"\n',
    )
    write_card("wire", WIRE.format(file="wire.jsonl", sha256=wire(mirror)))
    source = open_source("texts", min_labels=0)
    rows = list(source.rows("train"))
    assert (source.labels, len(rows), {row.label for row in rows}) == ((), 44, {None})
    assert (rows[0].id, rows[-1].id, rows[-1].title) == ("film/1", "wire/7", "title 6")
    with pytest.raises(UserError, match=r"texts has no labels, and labels are needed here"):
        open_source("texts")


WIRE = """task = "text"
[splits]
train = 4
test = 4
[[mirror]]
split = "train"
reader = "jsonl"
file = "{file}"
sha256 = "{sha256}"
stated = true
[[mirror]]
split = "test"
reader = "jsonl"
file = "{file}"
sha256 = "{sha256}"
stated = true
"""


def wire(folder) -> str:
    import hashlib

    path = folder / "wire.jsonl"
    path.write_text(
        "".join(
            json.dumps({"text": f"story {n}", "label": "of no card", "title": f"title {n}", "split": split}) + "\n"
            for n, split in enumerate(["train", "test"] * 4)
        )
    )
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_file_that_states_its_splits_is_read_a_split_at_a_time(mirror, write_card):
    write_card("wire", WIRE.format(file="wire.jsonl", sha256=wire(mirror)))
    source = open_source("wire", min_labels=0)
    assert (source.splits, source.published, source.counts) == (("train", "test"), True, {"train": 4, "test": 4})
    assert [(row.text, row.label) for row in source.rows("test")] == [(f"story {n}", None) for n in (1, 3, 5, 7)]
    assert [row.title for row in source.rows("train")] == [f"title {n}" for n in (0, 2, 4, 6)]


def test_two_columns_of_one_file_are_two_data_sets(mirror, write_card):
    import hashlib

    path = mirror / "pairs.tsv"
    path.write_text("".join(f"sentence {n}\t句子 {n}\n" for n in range(20)), "utf-8")
    part = (
        'task = "text"\nderived = true\n[splits]\nall = 20\n[[mirror]]\nsplit = "all"\nreader = "fields"\n'
        f'file = "pairs.tsv"\nsha256 = "{hashlib.sha256(path.read_bytes()).hexdigest()}"\n'
    )
    for name, column in (("one", 1), ("two", 2)):
        write_card(name, part + f'text_column = "{column}"\n')
    one, two = (open_source(name, min_labels=0) for name in ("one", "two"))
    assert one.sha256 != two.sha256
    assert [row.id for row in one.rows("test")] == [row.id for row in two.rows("test")]
    assert [len(list(two.rows(split))) for split in two.splits] == [16, 2, 2, 20]
    assert next(two.rows("all")).text == "句子 0"


def test_a_card_whose_texts_ship(mirror, write_card, monkeypatch, tmp_path):
    from dltext.data import located

    monkeypatch.setattr(located, "__file__", str(tmp_path / "package" / "located.py"))
    path = tmp_path / "package" / "samples" / "shipped.jsonl"
    path.parent.mkdir(parents=True)
    path.write_text('{"text": "one"}\n{"text": "two"}\n')
    write_card(
        "shipped",
        'task = "text"\n[splits]\ntrain = 2\n[[packaged]]\nsplit = "train"\nreader = "jsonl"\n'
        'file = "samples/shipped.jsonl"\n',
    )
    monkeypatch.delenv("DLTEXT_DATA")
    source = open_source("shipped", min_labels=0)
    assert [row.text for row in source.rows("train")] == ["one", "two"]
    before = source.sha256
    path.write_text('{"text": "one"}\n{"text": "three"}\n')
    assert open_source("shipped", min_labels=0).sha256 != before
    path.unlink()
    with pytest.raises(UserError, match=r"shipped\.jsonl of the card shipped is gone; install dltext again"):
        open_source("shipped", min_labels=0)


def test_a_label_that_the_card_does_not_know(mirror):
    import hashlib

    from dltext.data import cards

    path = mirror / "film" / "train.jsonl"
    path.write_text('{"text": "a", "label": "pos"}\n{"text": "a", "label": "maybe"}\n')
    card = cards.FOLDER / "film.toml"
    old = next(line for line in card.read_text().splitlines() if line.startswith("sha256"))
    card.write_text(card.read_text().replace(old, f'sha256 = "{hashlib.sha256(path.read_bytes()).hexdigest()}"'))
    cards._shipped.cache_clear()
    with pytest.raises(UserError, match=r"train\.jsonl, record 2: the label 'maybe' is not in the card of film"):
        list(open_source("film").rows("train"))


def test_a_file_of_ones_own(write):
    path = write("own.csv", table())
    source = open_source(str(path))
    assert (source.labels, source.task, source.published) == (("neg", "pos"), "sentiment", False)
    assert source.counts == {"train": 48, "validation": 6, "test": 6, "all": 60}
    assert [row.text for row in source.rows("all")] == [f"text number {n} of the file" for n in range(60)]
    assert {split: sum(1 for _ in source.rows(split)) for split in source.splits} == source.counts
    before = source.sha256
    assert open_source(str(path)).sha256 == before
    write("own.csv", table().replace("number 7 ", "number 8 "))
    assert open_source(str(path)).sha256 != before


def test_other_columns(write):
    path = write("own.jsonl", "".join(json.dumps({"body": f"b {n}", "stars": n % 3}) + "\n" for n in range(30)))
    source = open_source(str(path), "body", "stars")
    assert source.labels == ("0", "1", "2")
    assert source.task == "classify"


def test_labels_that_are_numbers_stand_in_their_order(write):
    assert open_source(str(write("n.csv", table(labels=("10", "9", "-1"))))).labels == ("-1", "9", "10")


def test_a_split_column_is_honoured(write):
    lines = ["text,label,split"] + [f"text {n},{'ab'[n % 2]},{('training', 'dev', 'Test')[n % 3]}" for n in range(30)]
    source = open_source(str(write("own.csv", "\n".join(lines))))
    assert (source.splits, source.published) == (("train", "validation", "test", "all"), True)
    assert [row.text for row in source.rows("validation")] == [f"text {n}" for n in range(1, 30, 3)]


def test_a_stated_train_without_a_test_gives_a_tenth_of_it(write):
    source = open_source(str(write("own.csv", table(40, extra=",train", header=",split"))))
    assert source.counts == {"train": 36, "test": 4, "all": 40}


@pytest.mark.parametrize(("split", "message"), [("fold 3", "the split is 'fold 3'"), ("", "the split is empty")])
def test_a_split_column_that_cannot_be_understood(write, split, message):
    content = table(10, extra=",train", header=",split") + f"last,pos,{split}\n"
    with pytest.raises(UserError, match=f"record 11: {message}"):
        open_source(str(write("own.csv", content)))


def test_a_folder_of_folders(write, tmp_path):
    for n in range(20):
        write(f"texts/{'good' if n % 2 else 'bad'}/{n}.txt", f"document {n}")
    source = open_source(str(tmp_path / "texts"))
    assert (source.labels, source.counts["all"]) == (("bad", "good"), 20)
    before = source.sha256
    write("texts/good/1.txt", "another document")
    assert open_source(str(tmp_path / "texts")).sha256 != before


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("own.csv", table(labels=("pos",)), r"only one label \(pos\); a model needs at least two"),
        ("own.csv", "text\nfine\n", r"own\.csv: there is no label, and labels are needed"),
        ("own.csv", "text,label\nfine,a\nbad,\n", r"there is only one label \(a\)"),
        ("own.csv", "text,label\nfine,NA\nbad,?\n", r"none of its 2 documents has a label in 'label'"),
        ("own.txt", "a text\nanother\n", r"own\.txt: there is no label, and labels are needed"),
        ("own.csv", "text,label\n", r"holds no documents"),
        (
            "own.csv",
            table(600, labels=[f"L{n}" for n in range(600)]),
            r"more than 500 .*right label column",
        ),
    ],
)
def test_what_cannot_be_trained_on(write, name, content, message):
    with pytest.raises(UserError, match=message):
        open_source(str(write(name, content)))


def test_fewer_labels_do_where_fewer_are_needed(write):
    path = str(write("one.csv", table(labels=("pos",))))
    assert open_source(path, min_labels=1).labels == ("pos",)
    bare = open_source(str(write("bare.txt", "one\ntwo\n")), min_labels=0)
    assert (bare.labels, [row.text for row in bare.rows("all")]) == ((), ["one", "two"])


def test_an_unknown_name_gets_a_hint(mirror):
    with pytest.raises(UserError, match="did you mean film"):
        open_source("flim")
    with pytest.raises(UserError, match="there are both, film, lines"):
        open_source("zzzzzz")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("酒店位置很方便，WiFi 也很快", "zh"),
        ("The first half is slow but it finds its voice", "en"),
        ("Das Zimmer war sehr klein und laut", "und"),
        ("この映画はとても面白かったです", "und"),
        ("1234 5678", "und"),
    ],
)
def test_the_language_is_guessed(write, text, language):
    content = "".join(json.dumps({"text": text, "label": "ab"[n % 2]}) + "\n" for n in range(20))
    assert open_source(str(write("own.jsonl", content))).language == language
