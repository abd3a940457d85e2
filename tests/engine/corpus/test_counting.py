import json
import random
from collections import Counter

import numpy as np
import pytest

from dltext.engine import api
from dltext.engine.corpus import counting, opening
from dltext.engine.results import Selection, UserError
from dltext.engine.tasks.search import tokens


def table(rows):
    return {row.word: (row.count, row.documents) for row in rows}


def test_frequencies_count_words_documents_and_a_million(reviews):
    rows = api.word_frequencies(reviews)
    assert (rows[0].word, rows[0].count, rows[0].documents) == ("soup", 5, 4)
    assert rows[0].per_million == pytest.approx(5e6 / 34, abs=1e-3)
    assert [row.word for row in rows[1:3]] == ["cold", "the"]
    assert table(rows)["don't"] == (1, 1)
    assert "br" not in table(rows)


def test_stop_lists_minimum_and_expressions_leave_words_out(reviews):
    assert set(table(api.word_frequencies(reviews, stop=True, minimum=2))) == {"soup", "cold", "waiter", "lovely"}
    assert "soup" not in table(api.word_frequencies(reviews, without=["Soup "]))
    assert set(table(api.word_frequencies(reviews, regex="^.o.p$|^wait"))) == {"soup", "waiter"}
    assert len(api.word_frequencies(reviews, count=3)) == 3


def test_words_in_a_row_end_with_their_document(reviews):
    rows = table(api.word_frequencies(reviews, n=2, minimum=2))
    assert rows == {"cold soup": (2, 1)}
    threes = table(api.word_frequencies(reviews, n=3))
    assert threes["lovely place lovely"] == (1, 1)
    assert "soup nothing to" not in threes


def test_filters_decide_what_is_counted(write):
    selection = write("id,text,label\na,soup tea,x\nb,soup soup,y\nc,tea,y\n")
    filtered = Selection(selection.data, "label:y")
    assert table(api.word_frequencies(filtered)) == {"soup": (2, 1), "tea": (1, 1)}


def test_counts_are_those_of_a_plain_count_however_large_the_blocks(write, monkeypatch):
    chance = random.Random(5)
    texts = [[f"w{chance.randint(0, 30)}" for _ in range(chance.randint(0, 60))] for _ in range(40)]
    lines = [json.dumps({"text": " ".join(text) or "-", "g": str(n % 3)}) for n, text in enumerate(texts)]
    monkeypatch.setattr(tokens, "SORTED", 50)
    monkeypatch.setattr(tokens, "READ", 64)
    monkeypatch.setattr(counting, "READ", 17)
    monkeypatch.setattr(counting, "SORTED", 40)
    selection = write("\n".join(lines), "texts.jsonl")
    for chosen, expression in ((texts, ""), (texts[1::3], "g:1")):
        selection = Selection(selection.data, expression)
        counts, documents = Counter(w for t in chosen for w in t), Counter(w for t in chosen for w in set(t))
        assert table(api.word_frequencies(selection)) == {w: (counts[w], documents[w]) for w in counts}
        pairs = Counter(" ".join(t[n : n + 2]) for t in chosen for n in range(len(t) - 1))
        inside = Counter(p for t in chosen for p in {" ".join(t[n : n + 2]) for n in range(len(t) - 1)})
        expected = {p: (pairs[p], inside[p]) for p in pairs if pairs[p] >= 2}
        assert table(api.word_frequencies(selection, n=2, minimum=2)) == expected


def test_keyness_puts_what_is_more_frequent_first(reviews):
    rows = api.keyness(reviews, by="label", group="neg")
    assert rows[0].word in ("cold", "the")
    assert rows[0].log_ratio > 0 > rows[-1].log_ratio
    assert {row.word for row in rows} == set(table(api.word_frequencies(reviews)))
    cold = next(row for row in rows if row.word == "cold")
    assert (cold.count, cold.reference_count) == (3, 0)
    strict = api.keyness(reviews, by="label", group="neg", level=0.06, correction="holm")
    assert strict == []


def test_documents_without_a_value_belong_to_neither_group(write):
    selection = write("text,n,label\nsoup soup,1,a\ntea,2,b\nbread bread,3,\n")
    rows = {row.word: (row.count, row.reference_count) for row in api.keyness(selection, by="label", group="a")}
    assert rows == {"soup": (2, 0), "tea": (0, 1)}


def test_keyness_against_a_reference_counts_what_only_that_has(reviews, write):
    reference = write("soup soup of the day\nstew stew\n", "reference.txt")
    rows = {row.word: row for row in api.keyness(reviews, reference=reference)}
    assert (rows["soup"].count, rows["soup"].reference_count) == (5, 2)
    assert (rows["stew"].count, rows["stew"].reference_count) == (0, 2)
    assert rows["stew"].log_ratio < 0


def test_without_a_group_the_filtered_documents_are_compared_with_the_rest(reviews):
    rows = api.keyness(Selection(reviews.data, "label:neg"))
    assert rows == api.keyness(reviews, by="label", group="neg")
    assert api.keyness(Selection(reviews.data, "stars<3"), stop=True)[0].word == "cold"
    with pytest.raises(UserError, match="selects all documents"):
        api.keyness(Selection(reviews.data, "stars<9"))


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"by": "label", "group": "odd"}, "No document has 'odd' in the column 'label'; there are: neg, pos"),
        ({"by": "mood", "group": "x"}, "has no column 'mood'; there are: label, stars, date"),
        ({}, "Name what is compared with what"),
        ({"by": "label", "group": "neg", "level": 2}, "between 0 and 1"),
        ({"by": "label", "group": "neg", "correction": "x"}, "none, holm, bh"),
    ],
)
def test_keyness_says_what_is_missing(reviews, more, said):
    with pytest.raises(UserError, match=said):
        api.keyness(reviews, **more)


def test_collocations_count_each_place_once_within_its_document(reviews):
    rows = {row.word: row for row in api.collocations(reviews, "soup", window=2)}
    assert rows["cold"].count == 2
    assert rows["nothing" if "nothing" in rows else "cold"].word == "cold"  # the next document's
    assert "soup" not in rows
    assert rows["cold"].log_dice == pytest.approx(14 + np.log2(2 * 2 / (5 + 3)), abs=1e-4)
    left = {row.word for row in api.collocations(reviews, "soup", left=1, right=0)}
    assert left == {"cold", "warm", "the", "lovely"}


def test_overlapping_windows_are_counted_once_however_many_matches_are_read_together(write, monkeypatch):
    from dltext.engine.corpus import collocations

    selection = write("a b a b a c a\n", "one.txt")
    expected = {row.word: row.count for row in api.collocations(selection, "a", window=3)}
    assert expected == {"b": 2, "c": 1}
    monkeypatch.setattr(collocations, "TOGETHER", 1)
    assert {row.word: row.count for row in api.collocations(selection, "a", window=3)} == expected


@pytest.mark.parametrize(("more", "said"), [({"window": 0}, "1 to 50"), ({"sort": "x"}, "log_dice, mi")])
def test_collocations_say_what_cannot_be(reviews, more, said):
    with pytest.raises(UserError, match=said):
        api.collocations(reviews, "soup", **more)


def test_a_word_that_is_not_there_has_no_collocates(reviews):
    with pytest.raises(UserError, match="'stew' does not occur"):
        api.collocations(reviews, "stew")


def test_dispersion_over_groups_documents_and_equal_parts(reviews, write):
    (row,) = api.dispersion(reviews, ["soup"], by="label")
    assert row.parts == (("neg", 3), ("pos", 2))
    assert row.dp == pytest.approx(abs(3 / 5 - 18 / 34), abs=1e-4)
    (word, phrase) = api.dispersion(reviews, ["soup", "cold soup"])
    assert (word.documents, phrase.count, phrase.parts) == (4, 2, ())
    even = write("a b a b a b a b\n", "even.txt")
    (row,) = api.dispersion(even, ["a"], parts=4)
    assert (row.dp, [count for _, count in row.parts]) == (0, [1, 1, 1, 1])
    (row,) = api.dispersion(even, ["zzz"], parts=4)
    assert (row.count, row.dp) == (0, 0)


def test_cross_tables_count_and_order_numbers_by_size(write):
    rows = "".join(f"t,{'x' if n % 2 else 'y'},{n % 11}\n" for n in range(44))
    table = api.crosstab(write("text,label,n\n" + rows), "label", "n")
    assert (table.rows, table.columns) == (("x", "y"), tuple(map(str, range(11))))
    assert sum(map(sum, table.counts)) == 44
    assert table.as_dict().keys() == {"rows", "columns", "counts", "chi_square", "p"}


def test_a_column_without_groups_is_refused(write):
    rows = "".join(f"A text of some words,value {n},{n}\n" for n in range(300))
    selection = write("text,kind,n\n" + rows)
    with pytest.raises(UserError, match="300 different values"):
        api.crosstab(selection, "kind", "kind")


def test_an_index_is_made_once_again_where_the_file_changes_and_can_be_removed(write, reviews):
    assert api.corpus_info(reviews).made
    opening._opened.clear()
    info = api.corpus_info(reviews)
    assert (info.made, info.documents, info.words, info.selected) == (False, 5, 34, 5)
    assert info.columns == ("label", "stars", "date")
    changed = write("id,text\na,another text\n")
    assert (api.corpus_info(changed).made, api.corpus_info(changed).words) == (True, 2)
    assert api.remove_index(changed.data) == 2
    assert api.remove_index(changed.data) == 0
    assert api.corpus_info(changed).made


def test_what_stops_an_index_leaves_nothing(write, home):
    selection = write("".join(f"line {n}\n" for n in range(300)), "many.txt")

    def stop(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        api.corpus_info(selection, stop)
    assert [path.name for path in (home / "cache" / "search").glob("texts-*")] == []
    assert api.corpus_info(selection).documents == 300


def test_search_stands_on_the_same_index(reviews, home):
    api.corpus_info(reviews)
    assert [hit.id for hit in api.search("lovely", reviews.data, "bm25").hits] == ["d"]
    assert len(list((home / "cache" / "search").glob("texts-*"))) == 1


def test_one_document_one_huge_cell_and_an_empty_file(write):
    huge = write('text,n\n"' + "word other " * 200_000 + '",1\n', "huge.csv")
    assert table(api.word_frequencies(huge))["word"] == (200_000, 1)
    page = api.concordance(huge, "word other word", count=3, sort="R1")
    assert (page.total, len(page.lines)) == (199_999, 3)
    with pytest.raises(UserError, match=r"no documents|no texts|empty"):
        api.corpus_info(write("", "empty.csv"))
    with pytest.raises(UserError):
        api.word_frequencies(write("\n\n", "blank.txt"))


def test_chinese_is_counted_by_its_words(write):
    selection = write("text,label\n这家餐厅的汤是冷的,neg\n汤很好喝，服务员很热情,pos\n汤没有味道,neg\n", "zh.csv")
    assert table(api.word_frequencies(selection))["汤"] == (3, 3)
    page = api.concordance(selection, "服务员")
    assert [(line.left, line.match, line.right) for line in page.lines] == [("汤很好喝，", "服务员", "很热情")]
    assert api.concordance(selection, "汤.?冷", regex=True).total == 1
    assert api.concordance(selection, "的汤", regex=True).total == 1  # two words
    assert api.corpus_info(Selection(selection.data, "汤 label:neg")).selected == 2
