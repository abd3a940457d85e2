"""Answers of several classifiers to the same texts: differences, how sure they are, and the file that keeps them."""

from pathlib import Path

import numpy as np
import pytest

from dltext.engine.results import UserError
from dltext.engine.tasks import metrics
from dltext.engine.tasks.classify import paired
from dltext.engine.tasks.classify.paired import PairedAnswers

pytest.importorskip("scipy")


def answers(target: str, gold: np.ndarray, predicted: np.ndarray, texts: str = "x") -> PairedAnswers:
    return PairedAnswers(target, gold, predicted, texts)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def three() -> list[PairedAnswers]:
    """Three classifiers of 400 texts with three labels, wrong about 10, 20 and 22 % of them."""
    chance = np.random.default_rng(3)
    gold = chance.integers(0, 3, 400)
    return [
        answers("label", gold, np.where(chance.random(400) < wrong, (gold + 1) % 3, gold)) for wrong in (0.1, 0.2, 0.22)
    ]


def test_the_exact_test_of_mcnemar() -> None:
    # Of 10 texts that one alone has right, 9 are the first one's: 2 · (C(10,0) + C(10,1)) / 2^10.
    first = np.array([True] * 9 + [False] + [True] * 20)
    second = np.array([False] * 9 + [True] + [True] * 20)
    assert paired.mcnemar(first, second) == pytest.approx(2 * 11 / 1024)
    assert paired.mcnemar(second, first) == paired.mcnemar(first, second)
    assert paired.mcnemar(first, first) == 1.0


def test_several_tests_are_corrected_by_holm() -> None:
    # The example of R's p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm").
    assert paired.holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert paired.holm([]) == []


def test_values_are_those_of_the_reports(three: list[PairedAnswers]) -> None:
    compared = paired.compare(three)
    assert compared.measures == ("accuracy", "macro_f1")
    for number, system in enumerate(three):
        report = metrics.classification_report(system.gold, np.eye(3)[system.predicted])
        assert compared.values[:, number] == pytest.approx([report["accuracy"], report["macro_f1"]])


def test_a_clear_difference_is_sure_and_a_small_one_is_not(three: list[PairedAnswers]) -> None:
    compared = paired.compare(three)
    clear, small = compared.differences(1, 0)["accuracy"], compared.differences(2, 1)["accuracy"]
    assert clear.low <= clear.value <= clear.high < 0
    assert clear.p < 0.01
    assert small.low < 0 < small.high
    assert small.p > 0.05
    # In pairs: texts that both have right tell nothing, so the interval is that of those which differ.
    spread = np.sqrt(np.var(three[1].right().astype(float) - three[0].right()) / 400)
    assert (clear.high - clear.low) / (2 * 1.96) == pytest.approx(spread, rel=0.1)
    assert compared.differences(1, 0) == paired.compare(three).differences(1, 0)


def test_texts_that_are_alike_in_all_answers_are_drawn_together(three: list[PairedAnswers]) -> None:
    rows = paired.compare([three[0], three[0]])
    assert rows.drawn[0, 0] == pytest.approx(rows.drawn[0, 1])
    assert rows.differences(0, 1)["macro_f1"].p == 1.0


def test_several_labels_and_numbers() -> None:
    chance = np.random.default_rng(5)
    gold = chance.random((300, 4)) < 0.3
    good, bad = gold ^ (chance.random(gold.shape) < 0.05), gold ^ (chance.random(gold.shape) < 0.3)
    labels = paired.compare([answers("labels", gold, good), answers("labels", gold, bad)])
    report = metrics.labels_report(gold, np.zeros(gold.shape), bad)
    assert labels.values[:, 1] == pytest.approx([report["micro_f1"], report["macro_f1"]])
    assert labels.differences(0, 1)["micro_f1"].p < 0.01
    stars = chance.integers(1, 6, 300).astype(float)
    near, far = stars + chance.normal(0, 0.3, 300), stars + chance.normal(0, 2, 300)
    numbers = paired.compare([answers("number", stars, near), answers("number", stars, far)])
    expected = metrics.number_report(stars, far)
    assert numbers.values[:, 1] == pytest.approx([expected["r"], expected["mae"]])
    assert numbers.differences(0, 1)["r"].low > 0 > numbers.differences(0, 1)["mae"].high


def test_answers_to_other_texts_are_not_compared(three: list[PairedAnswers]) -> None:
    with pytest.raises(ValueError, match="different texts"):
        paired.compare([three[0], answers("label", three[1].gold, three[1].predicted, "y")])
    gold = np.arange(3)
    assert paired.digest("abc", gold) != paired.digest("acb", gold)
    assert paired.digest("abc", gold) != paired.digest("abc", gold[::-1])


def test_answers_are_kept_and_damage_is_said(three: list[PairedAnswers], tmp_path: Path) -> None:
    path = tmp_path / paired.FILE
    paired.write(path, three[0])
    again = paired.read(path)
    assert (again.target, again.texts, again.measures) == ("label", "x", ("accuracy", "macro_f1"))
    assert (again.predicted == three[0].predicted).all()
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(UserError, match=r"answers\.npz cannot be read .*compare again"):
        paired.read(path)
