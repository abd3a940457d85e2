import json
from collections import Counter
from itertools import combinations

import pytest

from dltext.data.errors import UserError
from dltext.data.pair_columns import holds_pairs
from dltext.data.pairs import Pair, open_pairs, same

ENGLISH = ["Where is the cat?", "I have a red car.", "It is late.", "That was the last of it."]
CHINESE = ["猫在哪里？", "我有一辆红色的车。", "已经很晚了。", "这是最后一个。"]
WHOLE = list(zip(ENGLISH, CHINESE, strict=True))


def everything(pairs) -> list[Pair]:
    return sorted(pairs.rows("all"), key=lambda pair: (pair.source, pair.target))


def pairs_read(write, name: str, content: str, *columns: str, **more) -> list[tuple[str, str]]:
    pairs = open_pairs(str(write(name, content)), *columns, **more)
    assert (pairs.source_language, pairs.target_language) == (("zh", "en") if more.get("reverse") else ("en", "zh"))
    return sorted((pair.source, pair.target) for pair in pairs.rows("all"))


# ---------------------------------------------------------------------------------------------- shapes of files


def tabs(rows, *header: str) -> str:
    return "".join("\t".join(cells) + "\n" for cells in ([header] if header else []) + list(rows))


def commas(rows, *header: str) -> str:
    return "".join(",".join(f'"{cell}"' for cell in cells) + "\n" for cells in [header, *rows])


def objects(rows, *keys: str) -> str:
    return "".join(json.dumps(dict(zip(keys, cells, strict=True)), ensure_ascii=False) + "\n" for cells in rows)


@pytest.mark.parametrize("name", ["p.tsv", "p.txt", "p.pairs"])
def test_two_columns_without_a_header(write, name):
    assert pairs_read(write, name, tabs(WHOLE)) == sorted(WHOLE)
    assert pairs_read(write, name, tabs((*cells, "by me") for cells in WHOLE)) == sorted(WHOLE)
    assert pairs_read(write, name, "\n" + tabs(WHOLE).replace("\n", "\r\n\r\n")) == sorted(WHOLE)


def test_quotes_of_a_table_without_a_header_are_the_texts_own(write):
    rows = [('"Is it late?"', "“晚了吗？”"), *WHOLE]
    assert pairs_read(write, "p.tsv", tabs(rows)) == sorted(rows)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("p.tsv", tabs(WHOLE, "source", "target")),
        ("p.tsv", tabs(((*cells, "x") for cells in WHOLE), "src", "tgt", "note")),
        ("p.txt", tabs(WHOLE, "English", "Chinese")),
        ("p.csv", commas(WHOLE, "source", "target")),
        ("p.csv", commas(WHOLE, "Source", "Target").replace('","', '";"')),
        ("p.csv", commas(WHOLE, "text", "translation")),
        ("p.csv", commas(((n, *cells) for n, cells in zip("abcd", WHOLE, strict=True)), "id", "en", "zh")),
        ("p.txt", commas(WHOLE, "source", "target")),
        ("p.jsonl", objects(WHOLE, "source", "target")),
        ("p.txt", objects(WHOLE, "en", "cmn")),
        ("p.jsonl", objects(WHOLE, "text", "title")),
    ],
)
def test_columns_that_are_called_as_usual(write, name, content):
    assert pairs_read(write, name, content) == sorted(WHOLE)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("p.tsv", tabs(((c, e, "x") for e, c in WHOLE), "other", "one", "target")),
        ("p.csv", commas(((c, e, "x") for e, c in WHOLE), "other", "one", "target")),
        ("p.jsonl", objects(((c, e, "x") for e, c in WHOLE), "other", "one", "target")),
    ],
)
def test_columns_that_are_named(write, name, content):
    assert pairs_read(write, name, content, "one", "other") == sorted(WHOLE)
    assert pairs_read(write, name, content, "one", "other", reverse=True) == sorted((c, e) for e, c in WHOLE)


def test_the_second_column_is_the_one_that_is_left(write):
    content = commas(((c, e) for e, c in WHOLE), "written", "read")
    assert pairs_read(write, "p.csv", content, "read") == sorted(WHOLE)
    assert pairs_read(write, "p.csv", content, "", "written") == sorted(WHOLE)


def test_columns_without_a_header_are_named_by_number(write):
    content = tabs((number, c, e) for number, (e, c) in zip("1234", WHOLE, strict=True))
    assert pairs_read(write, "p.tsv", content, "3", "2") == sorted(WHOLE)


def test_compressed_and_with_a_mark(write):
    import lzma

    assert pairs_read(write, "p.tsv.xz", lzma.compress(tabs(WHOLE).encode())) == sorted(WHOLE)  # type: ignore[arg-type]
    assert pairs_read(write, "p.csv", "\ufeff" + commas(WHOLE, "source", "target")) == sorted(WHOLE)


@pytest.mark.parametrize(
    ("name", "content", "columns", "message"),
    [
        ("p.tsv", tabs([*WHOLE, ("one side",)]), (), r"p\.tsv, line 5: 1 column, where the first record has 2"),
        ("p.tsv", tabs([*WHOLE, (" ", "甲")]), (), r"p\.tsv, line 5: the first side is empty; fill it in"),
        ("p.tsv", tabs([("a", " "), *WHOLE]), (), r"p\.tsv, line 1: the second side is empty"),
        ("p.txt", "One text a line.\nAnother.\n", (), r"p\.txt, line 1: there is one text only; a text, a tab and"),
        ("p.tsv", "", (), r"p\.tsv is empty"),
        ("p.tsv", "\n \n", (), r"p\.tsv is empty"),
        ("p.tsv", tabs(WHOLE), ("3", "2"), r"line 1: '3' and '2' are no two columns .* from 1 to 2"),
        ("p.tsv", tabs(WHOLE), ("1", "target"), r"line 1: there are no columns '1' and 'target' .* there is '1', '2'"),
        ("p.tsv", tabs(WHOLE), ("2", "2"), r"line 1: '2' and '2' are no two columns"),
        ("p.tsv", tabs(WHOLE), ("0", "1"), r"line 1: '0' and '1' are no two columns"),
        ("p.tsv", tabs(WHOLE, "a", "b"), ("a", "c"), r"line 1: there are no columns 'a' and 'c' .* there is 'a', 'b'"),
        (
            "p.csv",
            commas(WHOLE, "a", "b"),
            (),
            r"p\.csv, line 1: there are no columns 'source' and 'target' .*'a', 'b'",
        ),
        ("p.csv", commas(WHOLE, "a", "b"), ("a", "a"), r"line 1: both sides cannot be the column 'a'"),
        ("p.csv", commas(WHOLE, "a", "b", "c"), ("a",), r"line 1: there are no columns 'a' for the two sides"),
        ("p.csv", commas([*WHOLE, ("x", "")], "source", "target"), (), r"p\.csv, line 6: the 'target' side is empty"),
        (
            "p.csv",
            commas([*WHOLE, ("x",)], "source", "target"),
            (),
            r"p\.csv, line 6: 1 column, where the header has 2",
        ),
        ("p.csv", "source,target\n", (), r"p\.csv holds no pairs; a text and its translation a line"),
        ("p.jsonl", objects(WHOLE, "a", "b"), (), r"p\.jsonl: there are no columns 'source' and 'target'"),
        ("p.jsonl", objects(WHOLE, "en", "zh") + '{"en": "x"}\n', (), r"p\.jsonl, line 5: the 'zh' side is empty"),
        ("p.jsonl", objects(WHOLE, "en", "zh") + '{"zh": "x"}\n', (), r"p\.jsonl, line 5: the 'en' side is empty"),
        ("p.jsonl", '{"source": "a", \n', (), r"p\.jsonl, line 2: broken JSON"),
        ("p.jsonl", '["a"]\n["b"]\n', (), r"p\.jsonl.*: there is one text only"),
        ("p.sgm", "<REUTERS>\n", (), r"p\.sgm, line 1: this <REUTERS> is not closed"),
        ("p.tsv", "a\tb\x00\n", (), r"p\.tsv, line 1: .* this is a binary file"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(write, name, content, columns, message):
    with pytest.raises(UserError, match=message) as caught:
        open_pairs(str(write(name, content)), *columns)
    assert "\n" not in str(caught.value)


def test_other_things_than_files_of_pairs(mirror, tmp_path):
    with pytest.raises(UserError, match="no such file, and no data set of that name; did you mean film"):
        open_pairs("flim")
    with pytest.raises(UserError, match="film holds no pairs of texts; choose"):
        open_pairs("film")
    with pytest.raises(UserError, match="is a folder; pairs are read from a file"):
        open_pairs(str(tmp_path))


# ---------------------------------------------------------------------------------------------- splits


@pytest.fixture
def paraphrases(write):
    """Sixty sentences in three spellings each."""
    spellings = ("sentence {} is here", "Sentence {} is here.", "SENTENCE {}, is  here!")
    rows = [(text.format(n), f"第{n}句，第{m}种") for n in range(60) for m, text in enumerate(spellings)]
    return str(write("p.tsv", tabs(rows)))


def test_spellings_of_a_sentence_are_held_out_together(paraphrases):
    pairs = open_pairs(paraphrases)
    assert pairs.splits == ("train", "validation", "test")
    assert pairs.counts == {"train": 144, "validation": 18, "test": 18}
    sources = {split: {same(pair.source) for pair in pairs.rows(split)} for split in pairs.splits}
    assert all(not one & other for one, other in combinations(sources.values(), 2))
    assert sorted(pair.id for pair in pairs.rows("all")) == sorted(map(str, range(1, 181)))
    assert [int(pair.id) for pair in pairs.rows("train")] == sorted(int(pair.id) for pair in pairs.rows("train"))
    assert not pairs.published


def test_both_directions_hold_out_the_same_pairs(paraphrases):
    there, back = open_pairs(paraphrases), open_pairs(paraphrases, reverse=True)
    for split in there.splits:
        assert [(p.id, p.target, p.source) for p in there.rows(split)] == [
            (p.id, p.source, p.target) for p in back.rows(split)
        ]
    assert (there.language, back.language) == ("en", "zh")
    assert there.sha256 == back.sha256


def test_the_splits_never_change(paraphrases):
    """What a number means hangs on these: a published number is compared with them years later."""
    pairs = open_pairs(paraphrases)
    held = {split: sorted({(int(pair.id) - 1) // 3 for pair in pairs.rows(split)}) for split in ("validation", "test")}
    assert held == HELD


HELD = {"validation": [1, 21, 23, 25, 30, 57], "test": [2, 14, 27, 38, 50, 55]}


def test_splits_that_a_file_states_are_kept(write):
    rows = [(f"text {n}", f"文{n}", "dev" if n == 3 else "test" if n > 7 else "train") for n in range(10)]
    pairs = open_pairs(str(write("p.csv", commas(rows, "source", "target", "split"))))
    assert pairs.published
    assert pairs.counts == {"train": 7, "validation": 1, "test": 2}
    assert [pair.source for pair in pairs.rows("val")] == ["text 3"]
    only = open_pairs(str(write("o.csv", commas([(*row[:2], "test") for row in rows], "source", "target", "split"))))
    assert only.counts == {"test": 10}
    with pytest.raises(UserError, match="has no split 'train'; it has test"):
        only.rows("train")


def test_very_few_pairs_all_train(write):
    assert open_pairs(str(write("p.tsv", tabs(WHOLE[:2])))).counts == {"train": 2}
    assert open_pairs(str(write("p.tsv", tabs(WHOLE)))).counts == {"train": 2, "validation": 1, "test": 1}


def test_a_byte_more_is_another_data_set(write):
    one = open_pairs(str(write("p.tsv", tabs(WHOLE)))).sha256
    assert one != open_pairs(str(write("p.tsv", tabs(WHOLE) + "x\t甲\n"))).sha256
    assert one != open_pairs(str(write("p.tsv", tabs(WHOLE))), "2", "1").sha256


# ---------------------------------------------------------------------------------------------- cards


@pytest.fixture
def cards_of_pairs(mirror, write_card):
    """``short`` (unsplit), ``long`` (train and validation), and ``all-pairs`` made of both."""
    import hashlib

    def part(name: str, split: str, rows) -> str:
        content = tabs(rows).encode()
        path = mirror / f"pairs/{name}-{split}.tsv"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        return (
            f'[[mirror]]\nsplit = "{split}"\nreader = "fields"\nfile = "pairs/{name}-{split}.tsv"\n'
            f'sha256 = "{hashlib.sha256(content).hexdigest()}"\ntext_column = "1"\ntitle_column = "2"\n'
        )

    head = 'task = "pairs"\ntarget_language = "zh"\nlicence = "free"\n'
    short = [(f"short {n}", f"短{n}") for n in range(40)]
    # All that short has, in another spelling, and more.
    train = [(f"Short {n}!", f"长{n}") for n in range(40)] + [(f"long {n}", f"长{n}") for n in range(40, 60)]
    held = [("long 41", "长"), ("other", "别")]
    write_card("short", head + "derived = true\n[splits]\nall = 40\n" + part("short", "all", short))
    write_card(
        "long",
        head
        + "[splits]\ntrain = 60\nvalidation = 2\n"
        + part("long", "train", train)
        + part("long", "validation", held),
    )
    pieces = [("train", "short", "train"), ("train", "long", "train"), ("validation", "short", "validation"),
              ("test", "short", "test")]  # fmt: skip
    write_card(
        "all-pairs",
        head
        + "".join(f'[[pieces]]\nsplit = "{s}"\ncard = "{c}"\nof = "{of}"\n' for s, c, of in pieces)
        + "[splits]\ntrain = 1\n",
    )


def test_a_card_of_pairs(cards_of_pairs):
    pairs = open_pairs("short")
    assert (pairs.name, pairs.licence, pairs.published) == ("short", "free", False)
    assert (pairs.source_language, pairs.target_language) == ("en", "zh")
    assert pairs.counts == {"train": 32, "validation": 4, "test": 4}
    assert Counter(type(pair) for pair in pairs.rows("all")) == {Pair: 40}
    assert everything(pairs)[0] == Pair("1", "short 0", "短0")
    back = open_pairs("short", reverse=True)
    assert (back.source_language, back.target_language) == ("zh", "en")
    assert {pair.id for pair in back.rows("test")} == {pair.id for pair in pairs.rows("test")}


def test_published_splits_of_a_card_are_as_published(cards_of_pairs):
    pairs = open_pairs("long")
    assert pairs.published
    assert pairs.counts == {"train": 60, "validation": 2}
    with pytest.raises(UserError, match="long has no split 'test'; it has train, validation"):
        pairs.rows("test")


def test_what_one_piece_holds_out_no_other_trains_on(cards_of_pairs):
    pairs, short, long = (open_pairs(name) for name in ("all-pairs", "short", "long"))
    held = {same(p.source) for s in ("validation", "test") for p in short.rows(s)}
    held |= {same(p.source) for p in long.rows("validation")}  # though no part of the whole is made of it
    trained = {same(pair.source) for pair in pairs.rows("train")}
    assert not trained & held
    assert len(held & {same(pair.source) for pair in long.rows("train")}) == 9  # it would have been
    assert trained == {same(p.source) for c in (short, long) for p in c.rows("train")} - held
    assert [pair.id for pair in pairs.rows("test")] == [f"short/{pair.id}" for pair in short.rows("test")]
    assert pairs.sha256 not in (short.sha256, long.sha256)


def test_a_data_set_of_pairs_has_no_labels_to_train_on(cards_of_pairs):
    from dltext.data.source import open_source

    with pytest.raises(UserError, match="short has no labels"):
        open_source("short")


# ---------------------------------------------------------------------------------------------- words for it


def test_what_differs_by_case_and_punctuation_alone_is_the_same():
    assert same("  It's LATE! ") == same("it s late") == "it s late"
    assert same("Straße") == same("STRASSE")
    assert same("晚了吗？") == same("晚了吗") != same("晚了")


@pytest.mark.parametrize(
    ("header", "texts", "language"),
    [
        ("fr", "x", "fr"),
        ("Deutsch", "x", "de"),
        ("source", "Je ne sais pas où est la gare. Il est parti.", "fr"),
        ("source", "Ich weiß nicht, wo der Bahnhof ist.", "de"),
        ("source", "No sé dónde está la estación, es tarde.", "es"),
        ("source", "Это было вчера", "und"),
        ("source", "1 2 3", "und"),
    ],
)
def test_the_language_is_that_of_the_header_or_guessed(write, header, texts, language):
    other = "zh" if header != "source" else "target"
    pairs = open_pairs(str(write("p.csv", commas([(texts, "甲")] * 5, header, other))))
    assert (pairs.source_language, pairs.target_language) == (language, "zh")


# ---------------------------------------------------------------------------------------------- told from other texts


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("p.tsv", tabs(WHOLE)),
        ("p.txt", tabs((*cells, "CC-BY 2.0") for cells in WHOLE)),
        ("p.txt", "Hi.\t嗨。\nHi!\t你好。\nRun.\t你用跑的。\nWait!\t等等！\n"),
        ("p.csv", commas(WHOLE, "source", "target")),
        ("p.csv", commas(WHOLE, "text", "translation")),
        ("p.jsonl", objects(WHOLE, "en", "zh")),
    ],
)
def test_files_that_look_like_pairs(write, name, content):
    assert holds_pairs(write(name, content))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("p.tsv", tabs([("1", "A text."), ("2", "Another one.")])),
        ("p.txt", tabs([("good", "A text."), ("bad", "Another one."), ("good", "And one.")])),
        ("p.txt", tabs([("A text.", "very good"), ("Another.", "very good"), ("One more.", "very good")])),
        ("p.txt", tabs([("tiger", "cat", "7.35"), ("book", "paper", "5.2")])),
        ("p.txt", "A text a line.\nAnother one.\n"),
        ("p.txt", "A text.\tIts translation.\nA line without.\n"),
        ("p.csv", commas([("I am a text", "good")], "text", "label")),
        ("p.csv", commas([("I am a text", "On it")], "text", "title")),
        ("p.csv", commas([("I am a text", "site", "mail")], "text", "source", "target")),
        ("p.jsonl", objects([("I am a text", "good")], "text", "label")),
        ("p.jsonl", "{broken\n"),
        ("p.sgm", "<REUTERS>\n"),
        ("p.tsv", ""),
        ("p.tsv", b"\x00\x00\x00"),
    ],
)
def test_files_that_do_not(write, name, content):
    assert not holds_pairs(write(name, content))


def test_a_folder_holds_no_pairs(tmp_path):
    assert not holds_pairs(tmp_path)
    assert not holds_pairs(tmp_path / "nothing.tsv")


PAIRS = [(f"The radio number {n} is good.", f"第{n}台收音机很好。") for n in range(20)]


@pytest.mark.parametrize(
    ("header", "columns"),
    [
        ("id,english_text,chinese_text", ("english_text", "chinese_text")),
        ("id,text_en,text_zh", ("text_en", "text_zh")),
        ("id,英文,中文", ("英文", "中文")),
        ("id,src_text,tgt_text", ("src_text", "tgt_text")),
        ("id,Source Sentence,Target Sentence", ("Source Sentence", "Target Sentence")),
    ],
)
def test_sides_are_known_by_parts_of_their_names(write, header, columns):
    rows = "".join(f"{n},{first},{second}\n" for n, (first, second) in enumerate(PAIRS))
    corpus = open_pairs(str(write("x.csv", f"{header}\n{rows}")))
    assert sorted((pair.source, pair.target) for pair in corpus.rows("all" if "all" in corpus.splits else "train"))
    assert corpus.columns == columns
    assert (corpus.source_language, corpus.target_language) == ("en", "zh")


def test_numbers_of_sentences_are_no_sides(write):
    rows = "".join(f"{n}\t{first}\t{1000 + n}\t{second}\n" for n, (first, second) in enumerate(PAIRS))
    corpus = open_pairs(str(write("x.tsv", rows)))
    assert {(pair.source, pair.target) for split in corpus.splits for pair in corpus.rows(split)} == set(PAIRS)


@pytest.mark.parametrize("header", ["tweet,source_url,target", "text,data_source,target", "text_en,label_en,note"])
def test_columns_that_merely_sound_so_are_no_sides(write, header):
    rows = "".join(f"the text number {n},a b,{n % 2}\n" for n in range(20))
    assert not holds_pairs(write("x.csv", f"{header}\n{rows}"))
