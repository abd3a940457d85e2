import pytest

from dltext.engine import api
from dltext.engine.corpus import regexes
from dltext.engine.results import Selection, UserError


def matched(selection, question, **more):
    return [(line.id, line.match) for line in api.concordance(selection, question, **more).lines]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("cold soup", [("a", "cold soup"), ("a", "Cold soup")]),
        ('"Cold Soup"', [("a", "cold soup"), ("a", "Cold soup")]),
        ("wait*", [("b", "waiter"), ("c", "waiter")]),
        ("?old", [("a", "cold"), ("a", "Cold"), ("c", "cold")]),
        ("waiter was|it's", [("b", "waiter; it's"), ("c", "waiter was")]),
        ("the * soup", [("a", "The cold soup")]),
        ("don't", [("c", "Don’t")]),
        ("cold NEAR/4 soup", [("a", "cold soup"), ("a", "Cold soup"), ("c", "cold and the soup")]),
        ("soup NEAR/1 cold", [("a", "cold soup"), ("a", "Cold soup")]),
        ("NEAR(waiter soup, 4)", [("b", "soup and a friendly waiter")]),
        ("soup again", [("a", "soup again")]),
        ("great don't", []),  # of two documents
        ("stew", []),
    ],
)
def test_questions_have_their_matches(reviews, question, expected):
    assert matched(reviews, question) == expected


def test_a_line_says_where_its_match_is(reviews):
    page = api.concordance(reviews, "waiter was", width=12)
    (line,) = page.lines
    assert (line.left, line.match, line.right) == ("go: the ", "waiter was", " cold and")
    text = "Don’t go: the waiter was cold and the soup too."
    assert text[line.start : line.end] == "waiter was"
    assert line.as_dict().keys() == {"id", "left", "match", "right", "start", "end"}
    again = api.concordance(reviews, "again").lines[0]
    assert "br" not in again.left


def test_lines_are_sorted_by_their_neighbours(reviews):
    lefts = [line.left.split()[-1].lower() for line in api.concordance(reviews, "soup", sort="L1").lines]
    assert lefts == ["cold", "cold", "lovely", "the", "warm"]
    ids = [line.id for line in api.concordance(reviews, "soup", sort="R1,L1").lines]
    assert ids == ["d", "a", "b", "c", "a"]  # nothing, again, and, too, was
    assert [line.id for line in api.concordance(reviews, "soup", sort="-R1").lines] == ["a", "c", "b", "a", "d"]
    assert [line.match for line in api.concordance(reviews, "l*", sort="M").lines] == ["Lovely", "lovely"]


def test_pages_and_samples(reviews):
    whole = api.concordance(reviews, "soup")
    page = api.concordance(reviews, "soup", offset=1, count=2)
    assert (page.total, page.lines) == (5, whole.lines[1:3])
    sample = api.concordance(reviews, "soup", sample=3)
    assert len(sample.lines) == 3
    assert sample == api.concordance(reviews, "soup", sample=3)
    assert set(sample.lines) < set(whole.lines)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("s[ou]+p", ["soup"] * 5),
        ("(cold|warm) soup", ["cold soup", "Cold soup", "warm soup"]),
        (r"\bcold\s+(and|soup)", ["cold soup", "Cold soup", "cold and"]),
        (r"go: the", ["go: the"]),
        (r"e, l.v", ["e, lov"]),
        (r"ovel", ["ovel", "ovel"]),
        (r"soup(?= too)", ["soup"]),
        (r"(o)\1", ["oo"]),
        (r"[^a-z ]+$", ["!", ".", ".", "."]),
    ],
)
def test_regular_expressions_match_in_the_texts(reviews, pattern, expected):
    assert [match for _, match in matched(reviews, pattern, regex=True)] == expected


def test_what_words_tell_spares_reading_texts(reviews, monkeypatch):
    read = []
    monkeypatch.setattr(
        regexes, "texts_of", lambda corpus, rows, of=regexes.texts_of: read.append(len(rows)) or of(corpus, rows)
    )
    from dltext.engine.corpus import concordance

    monkeypatch.setattr(concordance, "texts_of", regexes.texts_of)
    for pattern, rows in (("fr?iendly", 1), ("(cold|warm) soup", 3), (r"wai\w+ it", 2), ("cold.soup", 5), ("a|b", 5)):
        api.concordance(reviews, pattern, regex=True)
        assert read[-1] == rows, pattern


def test_a_page_of_an_expression_reads_no_further(reviews):
    page = api.concordance(reviews, "soup", regex=True, count=2)
    assert (len(page.lines), page.more) == (2, True)
    assert not api.concordance(reviews, "soup", regex=True, count=5).more
    assert len(api.concordance(reviews, "soup", regex=True, sample=2).lines) == 2


@pytest.mark.parametrize(
    ("question", "more", "said"),
    [
        ("(", {"regex": True}, r"regular expression '\(' cannot be read: missing \)"),
        ("a*", {"regex": True}, "matches where there is nothing"),
        ("...", {}, "no word to look for in '...'"),
        ("", {}, "no word"),
        ("* *", {}, "beside the wildcards"),
        ("soup", {"sort": "X1"}, "L1, R2 or M"),
        ("soup", {"regex": True, "sort": "L1"}, "cannot be sorted"),
    ],
)
def test_what_cannot_be_asked_is_said(reviews, question, more, said):
    with pytest.raises(UserError, match=said):
        api.concordance(reviews, question, **more)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("label:neg", "ac"),
        ("label:NEG", "ac"),
        ("label:ne", "ac"),
        ("label:p*", "bde"),
        ("label:neg|pos", "abcde"),
        ("stars<3", "ac"),
        ("stars >= 4", "bd"),
        ("stars!=3", "abcd"),
        ("stars:5", "b"),
        ("date>2019", "bc"),
        ("date>=2019-12", "bcd"),
        ("date<2020", "ad"),
        ('"cold soup"', "a"),
        ("soup -cold", "bd"),
        ("soup NOT cold", "bd"),
        ("label:neg stars<2", "a"),
        ("stars:1 OR stars:5", "ab"),
        ("(stars:1 OR stars:5) waiter", "b"),
        ("-(stars:1 OR stars:5)", "cde"),
        ("/lov(e|ing)ly/ OR /fr.end/", "bd"),
        ("text:soup label:pos", "bd"),
        ("words>8", "bc"),
        ("id:c", "c"),
        ('label:"neg"', "ac"),
        ('label:neg stars<3 "cold soup" date>2018', "a"),
    ],
)
def test_filters_select(reviews, expression, expected):
    selection = Selection(reviews.data, expression)
    lines = api.word_frequencies(selection)
    assert sum(row.count for row in lines) == api.corpus_info(selection).selected_words
    from dltext.engine.corpus import opening, selecting

    corpus, _ = opening.opened(selection)
    mask = selecting.mask_of(corpus, expression)
    assert "".join("abcde"[row] for row in mask.nonzero()[0]) == expected


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("mood:good", "has no column 'mood'; there are: label, stars, date"),
        ("stars<many", "'many' is none of the numbers in the column 'stars'"),
        ("label<3", "neither numbers nor dates"),
        ("(soup", r"a \) is missing"),
        ("soup)", r"a \) without a \("),
        ('"soup', "quotation mark is missing"),
        ("OR", "a part of it is missing"),
        ("label:", "what 'label' is compared to is missing"),
        ("words>x", "'x' is no number"),
        ("/(/ soup", "cannot be read"),
        ("model.nothing:x", "nothing"),
        ("soup stew", "No document of .* matches the filter 'soup stew'"),
        ("(" * 200 + "soup" + ")" * 200, "deep"),
        ("-" * 200 + "soup", "deep"),
    ],
)
def test_filters_say_what_cannot_be_read(reviews, expression, said):
    with pytest.raises(UserError, match=said):
        api.word_frequencies(Selection(reviews.data, expression))
