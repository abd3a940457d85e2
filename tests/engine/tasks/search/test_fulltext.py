import math
import sqlite3
from collections import Counter
from threading import Thread

import pytest

from dltext.data.readers import Row
from dltext.engine.results import UserError
from dltext.engine.tasks.search import fulltext, ranking
from dltext.engine.tasks.search.fulltext import DamagedIndex, FullText

TEXTS = ["the cat sat on the mat", "a dog and a bird", "", "dogs bark at cats cats cats", "nothing here", "or there"]


def written(folder, texts=TEXTS, language="en", segmentation="words"):
    path = folder / fulltext.FILE
    rows = [Row(str(number), text, "x" if number else None) for number, text in enumerate(texts)]
    assert fulltext.write(path, rows, language, segmentation) == len(texts)
    return FullText(path, language)


def best(texts, words, count=10):
    frequencies = texts.frequencies(term for of in texts.terms(words).values() for term in of)
    asked = {word: (1, min(frequencies[term] for term in of)) for word, of in texts.terms(words).items() if of}
    return texts.best(asked, count)


def test_this_process_has_fts5(monkeypatch):
    fulltext.check()

    class Bare:
        def execute(self, *_):
            raise sqlite3.OperationalError("no such module: fts5")

        def close(self):
            pass

    monkeypatch.setattr(fulltext, "_connect", lambda *_: Bare())
    with pytest.raises(UserError, match="has no FTS5"):
        fulltext.check()


def test_scores_are_those_of_the_book(tmp_path):
    """Robertson & Zaragoza 2009, equation 3.15, k1 = 1.2 and b = 0.75, over stems."""
    bags = [Counter(word.removesuffix("s") for word in text.split()) for text in TEXTS]
    mean = sum(bag.total() for bag in bags) / len(bags)
    expected = {}
    for row, bag in enumerate(bags):
        for term in {"cat", "dog"} & bag.keys():
            n = sum(term in other for other in bags)
            idf = math.log1p((len(bags) - n + 0.5) / (n + 0.5))
            weight = bag[term] * 2.2 / (bag[term] + 1.2 * (0.25 + 0.75 * bag.total() / mean))
            expected[row] = expected.get(row, 0) + idf * weight
    assert dict(best(written(tmp_path), ["cat", "dog"])) == pytest.approx(expected)


def test_a_word_of_several_terms_is_found_where_they_stand_in_a_row(tmp_path):
    texts = written(tmp_path, ["5 of 3.5 and 3.5", "3 of 5", "5 3", "3.5", "else"])
    rows = dict(best(texts, ["3.5"]))
    assert set(rows) == {0, 3}
    assert rows[0] == pytest.approx(rows[3], rel=0.35)
    assert best(texts, ["3.5", "else"])[0][0] == 4


def test_postings_are_read_once_and_forgotten_where_there_are_too_many(tmp_path, monkeypatch):
    texts = written(tmp_path)
    asked, occurrences = [], texts._ranking._occurrences
    monkeypatch.setattr(texts._ranking, "_occurrences", lambda *of: asked.append(of[0]) or occurrences(*of))
    first = best(texts, ["cat", "dog"])
    assert best(texts, ["cat", "dog"]) == first
    assert asked == ["cat", "dog"]
    monkeypatch.setattr(ranking, "REMEMBERED", 16)
    best(texts, ["bird"])
    assert best(texts, ["cat", "dog"]) == first
    assert asked == ["cat", "dog", "bird", "cat", "dog"]


def test_forms_of_a_word_are_one_term_in_english_alone(tmp_path):
    texts = written(tmp_path)
    assert texts.terms(["cats", "cat", "3.5", "!"]) == {"cats": ("cat",), "cat": ("cat",), "3.5": ("3", "5"), "!": ()}
    assert texts.frequencies(["cat", "dog", "cats"]) == {"cat": 2, "dog": 2, "cats": 0}
    (tmp_path / fulltext.FILE).unlink()
    assert written(tmp_path, language="de").frequencies(["cats"]) == {"cats": 1}


def test_documents_come_back_as_they_were(tmp_path):
    texts = written(tmp_path, ["first\n\0text", "half \ud83d of one", "“third”"])
    assert [row.text for row in texts.documents(0, 9)] == ["first\n\0text", "half \ufffd of one", "“third”"]
    assert (texts.document(1).id, texts.document(1).label, texts.document(0).label) == ("1", "x", None)
    with pytest.raises(IndexError):
        texts.document(3)


@pytest.mark.parametrize("segmentation", ["words", "rjieba"])
def test_chinese_and_accents(tmp_path, segmentation):
    texts = written(tmp_path, ["我来到北京清华大学", "un CAFÉ noir", "你好"], "zh", segmentation)
    word = "清" if segmentation == "words" else "清华大学"
    assert [row for row, _ in best(texts, [word])] == [0]
    assert [row for row, _ in best(texts, ["cafe"])] == [1]


def test_marks_of_the_query_language_are_only_marks(tmp_path):
    texts = written(tmp_path)
    for odd in ('"', "cat OR", "NEAR(cat dog)", "cat*", "-cat", "text:cat", "^cat", 'c"at'):
        best(texts, [odd, "cat"])


def test_what_most_documents_hold_is_left_out_unless_nothing_else_is_left(tmp_path, monkeypatch):
    monkeypatch.setattr(fulltext, "FEW", 2)
    texts = written(tmp_path, ["common rare", *["common"] * 8])
    assert [row for row, _ in best(texts, ["rare", "common"], 1)] == [0]
    assert len(best(texts, ["rare", "common"], 5)) == 5
    assert len(best(texts, ["common"], 5)) == 5


def test_several_threads(tmp_path):
    texts, answers = written(tmp_path), []
    threads = [Thread(target=lambda: answers.append(best(texts, ["cat", "dog"]))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 8
    assert all(answer == answers[0] for answer in answers)


def test_a_strange_or_damaged_file_is_refused(tmp_path):
    path = tmp_path / fulltext.FILE
    written(tmp_path, TEXTS * 300)
    whole = path.read_bytes()
    for content in (b"", b"no database" * 5000, whole[: len(whole) // 2], whole + b"x"):
        path.write_bytes(content)
        with pytest.raises(DamagedIndex):
            FullText(path, "en")
    path.write_bytes(whole)
    base = sqlite3.connect(path)
    base.execute("UPDATE lengths SET terms = zeroblob(8)")
    base.commit()
    base.close()
    with pytest.raises(DamagedIndex, match="lengths"):
        FullText(path, "en")
    path.write_bytes(whole)
    with pytest.raises(DamagedIndex):
        FullText(path, "de")  # other rules for its words
    base = sqlite3.connect(path)
    base.execute("CREATE TRIGGER odd AFTER INSERT ON documents BEGIN SELECT 1; END")
    base.commit()
    base.close()
    with pytest.raises(DamagedIndex, match="not an index"):
        FullText(path, "en")
