import numpy as np
import pytest

from dltext.engine.tasks.translate import scores

pytest.importorskip("sacrebleu")

SAID = ["The cat sat on the mat today.", "I do not know.", "", "Where is it ?", "no such word"]
GOLD = ["The cat sat on a mat today.", "I do not know.", "Nothing at all.", "Where was it?", "entirely different"]
CHINESE = ["我不知道。", "猫坐在垫子上。"], ["我不知道。", "这只猫坐在垫子上面。"]


def test_they_are_sacrebleus_and_say_so():
    from sacrebleu import corpus_bleu, corpus_chrf

    measured = scores.corpus_scores(SAID, GOLD, "en")
    assert measured["bleu"] == pytest.approx(corpus_bleu(SAID, [GOLD]).score)
    assert measured["chrf"] == pytest.approx(corpus_chrf(SAID, [GOLD]).score)
    assert "tok:13a" in measured["signature"]
    assert "nrefs:1" in measured["signature"]
    assert "chrF2" in measured["signature"]


def test_chinese_is_counted_by_characters():
    measured = scores.corpus_scores(*CHINESE, "zh-Hans")
    assert "tok:zh" in measured["signature"]
    assert 40 < measured["bleu"] < 100
    assert measured["bleu"] > 2 * scores.corpus_scores(*CHINESE, "en")["bleu"]  # a sentence would be one word


def test_the_best_of_several_references_counts():
    one = scores.corpus_scores(["a b c d e"], ["v w x y z"], "en")
    both = scores.corpus_scores(["a b c d e", "u"], [("v w x y z", "a b c d e"), ("u",)], "en")
    assert one["bleu"] == 0
    assert both["bleu"] == pytest.approx(100)


def test_sums_of_what_sentences_count_give_the_score_of_the_whole(caplog):
    from sacrebleu import corpus_bleu

    counted = scores.statistics(SAID, GOLD, "en")
    assert counted.shape == (5, scores.COLUMNS)
    for rows in ([0, 1, 2, 3, 4], [0, 1], [2], [4], [0, 3, 3], [3, 4]):
        expected = corpus_bleu([SAID[row] for row in rows], [[GOLD[row] for row in rows]]).score
        assert scores.bleu_of(counted[rows].sum(axis=0)) == pytest.approx(expected), rows
    assert not caplog.records  # sacreBLEU likes to give advice
    several = np.stack([counted[[0, 1]].sum(axis=0), counted.sum(axis=0)])
    assert scores.bleu_of(several).shape == (2,)


def test_a_sentence_by_itself_is_not_nothing_because_it_is_short():
    measured = scores.sentence_bleu(["I know", "no", ""], ["I know", "yes", "word"], "en")
    assert measured.tolist() == pytest.approx([100, 0, 0])


def test_what_does_not_belong_together_is_refused():
    for said, gold in ((["a"], []), ([], []), (["a"], ["a", "b"])):
        with pytest.raises(ValueError, match="references"):
            scores.corpus_scores(said, gold, "en")


def test_without_sacrebleu_a_sentence_says_what_to_install(monkeypatch):
    import sys

    from dltext.engine.results import UserError

    monkeypatch.setitem(sys.modules, "sacrebleu.metrics.bleu", None)
    with pytest.raises(UserError, match=r"dltext\[train\]"):
        scores.corpus_scores(["a"], ["a"], "en")
