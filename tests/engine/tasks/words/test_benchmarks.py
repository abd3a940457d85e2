import numpy as np
import pytest

from dltext.data.errors import UserError
from dltext.engine.tasks import metrics
from dltext.engine.tasks.words import benchmarks
from dltext.engine.tasks.words.benchmarks import WordTable


def test_ranks_share_ties():
    np.testing.assert_array_equal(metrics.ranks(np.array([3.0, 1, 3, 2])), [2.5, 0, 2.5, 1])
    assert metrics.spearman(np.array([1.0, 2, 3]), np.array([1.0, 10, 100])) == pytest.approx(1)
    assert metrics.spearman(np.array([1.0, 2, 2, 4]), np.array([4.0, 3, 1, 2])) == pytest.approx(-0.6324555, abs=1e-6)
    assert metrics.spearman(np.ones(3), np.arange(3)) == 0


def test_pairs_are_read_as_published(tmp_path):
    files = {
        "a.tsv": "# a comment\nword1\tword2\tscore\nking\t queen\t7.5\n\nman\tparis\t1\n",
        "b.csv": "Word 1,Word 2,Human (mean)\nking,queen,7.5\nman,paris,1\n",
        "c.txt": "word1\tword2\tPOS\tSimLex999\tother\nking\tqueen\tN\t7.5\t3\nman\tparis\tN\t1\t4\n",
        "d.txt": "king queen 7.5\nman paris 1\n",
    }
    for name, content in files.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
        assert benchmarks.read_pairs(tmp_path / name) == [("king", "queen", 7.5), ("man", "paris", 1.0)]
        assert benchmarks.kind(tmp_path / name) == "pairs"
    (tmp_path / "e.txt").write_text("king queen 7\nking queen\n", encoding="utf-8")
    with pytest.raises(UserError, match="line 2"):
        benchmarks.read_pairs(tmp_path / "e.txt")


def test_pairs_count_what_is_covered(tmp_path):
    table = WordTable(["a", "b", "c"], np.array([[1.0, 0], [0.9, 0.1], [0, 1]]))
    (tmp_path / "p.txt").write_text("a b 9\nA c 1\nb c 2\na zebra 5\n", encoding="utf-8")
    measured = benchmarks.pairs(table, tmp_path / "p.txt")
    assert measured == {"spearman": pytest.approx(1), "covered": 0.75, "pairs": 4}


def test_analogies_agree_with_a_search_by_hand(tmp_path, monkeypatch):
    random = np.random.default_rng(5)
    words = [f"w{row}" for row in range(300)]
    table = WordTable(words, random.standard_normal((300, 6)))
    lines, right, asked = [], {"one": 0, "two": 0}, {"one": 0, "two": 0}
    for section in right:
        lines.append(f": {section}")
        for _ in range(60):
            a, b, c, d = random.choice(260, 4, replace=False)
            most = 200
            direction = table.unit([b]) - table.unit([a]) + table.unit([c])
            scores = table.unit(np.arange(most)) @ direction[0]
            if max(a, b, c) < most:
                scores[[a, b, c]] = -np.inf
                if random.random() < 0.5:
                    d = int(scores.argmax())
            lines.append(f"W{a} w{b} w{c} w{d}")
            if max(a, b, c, d) < most:
                asked[section] += 1
                right[section] += int(scores.argmax()) == d
    path = tmp_path / "analogies.txt"
    path.write_text("\n".join([*lines, "w1 w2 w3 unheard"]), encoding="utf-8")
    assert benchmarks.kind(path) == "analogies"
    measured = benchmarks.analogies(table, path, vocabulary=200)
    assert measured["questions"] == sum(asked.values())
    assert measured["accuracy"] == pytest.approx(sum(right.values()) / sum(asked.values()))
    for section in right:
        assert measured["sections"][section] == {
            "accuracy": pytest.approx(right[section] / asked[section]),
            "questions": asked[section],
        }
    table = np.array([[1, 2, 3], [250, 2, 3]])
    whole = benchmarks._answers(WordTable(words, np.eye(300, 40)), table, 300)
    np.testing.assert_array_equal(whole, benchmarks._answers(WordTable(words, np.eye(300, 40)), table, 300, 7, 1))


def test_published_tests_are_found_by_name(tmp_path, home, monkeypatch):
    monkeypatch.setenv("DLTEXT_DATA", str(tmp_path))
    with pytest.raises(UserError, match=r"wordsim353\.tsv"):
        benchmarks.find("wordsim353")
    (home / "word-tests").mkdir(parents=True)
    (home / "word-tests" / "wordsim353.tsv").write_text("a b 1\n", encoding="utf-8")
    assert benchmarks.find("wordsim353").parent == home / "word-tests"
    with pytest.raises(UserError, match="simlex999"):
        benchmarks.find("unheard")
