"""Lemmas: forms of a word counted as one, where simplemma is installed; a sentence where they cannot be had."""

import sys
from collections import Counter

import numpy as np
import pytest

from dltext.engine import api
from dltext.engine.corpus import counting, opening
from dltext.engine.corpus.units import CountedUnits, language_of_corpus, units_of
from dltext.engine.results import Selection, UserError
from dltext.engine.tasks.search import opening as searching

ENGLISH = """id,text,label
a,"The mouse was running; mice were seen in the house.",x
b,"A mouse runs from the houses.",y
c,"They ran home and nobody saw the mice, for mice ran.",y
"""
GERMAN = """text
"Die Häuser der Stadt sind nicht schön, und ich gehe nach Hause."
"Er ging durch das Haus und sah die Häuser, aber nicht das Kind."
"""


@pytest.fixture
def english(write):
    pytest.importorskip("simplemma")
    return write(ENGLISH)


def table(rows):
    return {row.word: (row.count, row.documents) for row in rows}


def test_forms_of_a_word_are_counted_as_its_lemma(english):
    rows = api.word_frequencies(english, unit="lemmas", stop=True)
    assert table(rows)["mouse"] == (5, 3)
    assert table(rows)["run"] == (4, 3)
    assert table(rows)["house"] == (2, 2)
    assert "mice" not in table(rows)
    assert next(row for row in rows if row.word == "mouse").as_dict()["forms"] == ("mice", "mouse")
    assert table(api.word_frequencies(Selection(english.data, "label:y"), unit="lemmas"))["mouse"] == (3, 2)
    assert table(api.word_frequencies(english, unit="lemmas", n=2))["mouse be"] == (2, 1)
    assert set(table(api.word_frequencies(english, unit="lemmas", regex="^mou"))) == {"mouse"}
    assert "mouse" not in table(api.word_frequencies(english, unit="lemmas", without=["mouse"]))
    assert "forms" not in api.word_frequencies(english)[0].as_dict()


def test_key_words_collocates_and_networks_can_be_lemmas(english, write):
    keys = {
        row.word: (row.count, row.reference_count) for row in api.keyness(english, unit="lemmas", by="label", group="y")
    }
    assert keys["mouse"] == (3, 2)
    other = write("text\nOne mouse and the dogs of the house.\nNothing but a dog that he has seen.\n", "other.csv")
    keys = {row.word: (row.count, row.reference_count) for row in api.keyness(english, unit="lemmas", reference=other)}
    assert keys["mouse"] == (5, 1)
    assert keys["dog"] == (0, 2)
    near = {row.word: row.count for row in api.collocations(english, "mouse", unit="lemmas", window=2)}
    assert near["run"] == 3
    assert "ran" not in near
    assert "running" not in near
    network = api.word_network(english, unit="lemmas", minimum=2, window=3, stop=False)
    assert {"mouse", "run"} in [{edge.source, edge.target} for edge in network.edges]
    assert next(node for node in network.nodes if node.word == "mouse").documents == 3


def test_questions_can_stand_for_all_forms_of_their_words(english):
    page = api.concordance(english, "mouse run", unit="lemmas")
    assert [line.match for line in page.lines] == ["mouse runs", "mice ran"]
    assert api.concordance(english, "mouse run").total == 0
    assert api.concordance(english, "house NEAR/9 mouse", unit="lemmas").total == 2
    assert api.concordance(english, "mice|waiter", unit="lemmas").total == 5
    assert [row.count for row in api.dispersion(english, ["mouse", "house"], unit="lemmas")] == [5, 2]
    with pytest.raises(UserError, match="regular expression is one over texts"):
        api.concordance(english, "m.*", regex=True, unit="lemmas")


def test_lemmas_are_kept_beside_the_index_and_made_anew_where_they_are_not_of_it(english, monkeypatch):
    api.word_frequencies(english, unit="lemmas")
    corpus, _ = opening.opened(english)
    path = corpus.index.folder / "lemmas.txt"
    head, *lines = path.read_text("utf-8").split("\n")
    assert head.startswith("simplemma ")
    assert len(lines) == len(corpus.tokens.words)
    path.write_text("\n".join([head, *("same" for _ in lines)]), "utf-8")
    opening._opened.clear()
    assert table(api.word_frequencies(english, unit="lemmas")) == {"same": (27, 3)}
    path.write_text("another version\nsame", "utf-8")
    opening._opened.clear()
    assert table(api.word_frequencies(english, unit="lemmas"))["mouse"] == (5, 3)


def test_other_languages_are_recognised_by_their_texts(write):
    pytest.importorskip("simplemma")
    german = write(GERMAN)
    corpus, _ = opening.opened(german)
    assert corpus.index.language == "und"
    assert language_of_corpus(corpus) == "de"
    assert table(api.word_frequencies(german, unit="lemmas"))["haus"][1] == 2


@pytest.mark.parametrize(
    ("texts", "sentence"),
    [
        ("text\n这部电影很好看，我很喜欢这部电影。\n", "Chinese words have one form only"),
        ("text\n이 영화는 정말 재미있었다 나는 좋아한다\n", "no dictionary of lemmas for Korean"),
        ("text\n1 2 3\n", "language of the texts is not clear"),
    ],
)
def test_where_there_are_no_lemmas_a_sentence_says_so(write, texts, sentence):
    if "Chinese" not in sentence:
        pytest.importorskip("simplemma")
    with pytest.raises(UserError, match=sentence):
        api.word_frequencies(write(texts), unit="lemmas")


def test_without_simplemma_the_extra_is_named(reviews, monkeypatch):
    monkeypatch.setitem(sys.modules, "simplemma", None)
    with pytest.raises(UserError, match=r"install dltext with \[lemmas\], or leave out --unit lemmas"):
        api.word_frequencies(reviews, unit="lemmas")
    with pytest.raises(UserError, match="words or lemmas, not 'stems'"):
        api.word_frequencies(reviews, unit="stems")
    assert api.word_frequencies(reviews, count=1)[0].word == "soup"


def test_documents_of_units_are_those_of_a_plain_count_however_large_the_blocks(write, monkeypatch):
    texts = [["a1", "b1", "a2"], ["b2", "b1"], [], ["a2"] * 9, ["c", "b1", "a1"], ["c"]]
    monkeypatch.setattr(counting, "READ", 4)
    selection = write("text,g\n" + "".join(f"{' '.join(text) or '-'},{n % 2}\n" for n, text in enumerate(texts)))
    corpus, _ = opening.opened(selection)
    names = sorted({word[0] for text in texts for word in text})
    units = CountedUnits(names, np.array([names.index(word[0]) for word in corpus.tokens.words]))
    for mask in (None, np.arange(len(texts)) % 2 == 1):
        chosen = [text for n, text in enumerate(texts) if mask is None or mask[n]]
        expected = Counter(name for text in chosen for name in {word[0] for word in text})
        documents = counting.documents_of(corpus, mask, np.arange(len(names)), units)
        assert dict(zip(names, documents.tolist(), strict=True)) == {name: expected[name] for name in names}
    assert units_of(corpus).of is None
    searching._opened.clear()
