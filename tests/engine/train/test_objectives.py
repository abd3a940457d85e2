"""Several labels a text, and numbers: learnt, calibrated, served, measured and compared, through the same doors."""

import json
import random

import numpy as np
import pytest

for package in ("keras", "sklearn", "tf2onnx"):
    pytest.importorskip(package, reason="training needs the [train] extra")

from dltext.data import decisions  # noqa: E402
from dltext.engine import api  # noqa: E402
from dltext.engine.results import JobSpec, Record, UserError  # noqa: E402
from dltext.engine.serve.probabilities import sigmoid  # noqa: E402
from dltext.engine.tasks.classify import paired  # noqa: E402
from dltext.engine.train import run  # noqa: E402
from dltext.engine.train.calibrate import best_threshold  # noqa: E402
from dltext.engine.train.objectives import LearnNumber, LearnSeveralLabels  # noqa: E402

CNN = {
    "variant": "random",
    "embedding_size": 12,
    "filters": 12,
    "epochs": 6,
    "learning_rate": 0.02,
    "batch_size": 32,
    "patience": 0,
}
TOPICS = {"oil": "barrel", "grain": "wheat", "money": "dollar"}


@pytest.fixture(autouse=True)
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("DLTEXT_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("DLTEXT_DATA", raising=False)


@pytest.fixture
def topics(tmp_path):
    """Texts with one to three topics, each told by a word of its own."""
    rng, path = random.Random(1), tmp_path / "topics.jsonl"
    rows = []
    for number in range(240):
        chosen = sorted(rng.sample(sorted(TOPICS), rng.choice((1, 1, 2, 3))))
        words = [TOPICS[topic] for topic in chosen] + rng.choices(["the", "rose", "fell", "again"], k=4)
        rng.shuffle(words)
        rows.append({"text": f"{' '.join(words)} {number % 7}", "label": chosen})
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return str(path)


@pytest.fixture
def stars(tmp_path):
    """Texts whose number is one more for each good word and one less for each bad one."""
    rng, path = random.Random(1), tmp_path / "stars.csv"
    rows = ["text,label"]
    for _ in range(240):
        good, bad = rng.randint(0, 2), rng.randint(0, 2)
        words = ["fine"] * good + ["poor"] * bad + rng.choices(["the", "room", "was"], k=4)
        rng.shuffle(words)
        rows.append(f"{' '.join(words)},{3 + good - bad}")
    path.write_text("\n".join(rows) + "\n")
    decisions.decide(str(path), {"labels": "number"})
    yield str(path)
    decisions.decide(str(path), {})


def trained(data, recipe, tmp_path, settings=None, kind="train", **more):
    decided = decisions.decided(data)
    spec = JobSpec(recipe, data, settings or {}, seed=3, name="mine", kind=kind, read=decided, **more)
    events = []
    outcome = run.execute(
        api.validate(spec), tmp_path / "run", lambda kind, /, **values: events.append((kind, values)), lambda: False
    )
    assert outcome["state"] == "done"
    return outcome, events


@pytest.mark.parametrize(("recipe", "settings"), [("tfidf-linear", {}), ("text-cnn", CNN)])
def test_several_labels_are_learnt_and_assigned(topics, tmp_path, recipe, settings):
    outcome, events = trained(topics, recipe, tmp_path, settings)
    assert outcome["metrics"]["test_micro_f1"] > 0.9
    assert outcome["metrics"]["test_micro_f1"] > outcome["metrics"]["floor_micro_f1"] - 0.1
    start = next(values for kind, values in events if kind == "start")
    assert list(start["measures"]) == ["micro_f1", "macro_f1"]
    card = api.model("mine").card
    assert (card["task"], card["serving"]["learns"], 0 < card["serving"]["threshold"] < 1) == (
        "classify",
        "labels",
        True,
    )
    answer = api.analyse("the barrel and the dollar fell", model="mine", explain=True)
    assert set(answer.labels) == {"oil", "money"}
    assert sum(answer.probabilities.values()) > 1.2  # each for itself
    weights = {"the barrel and the dollar fell"[span.start : span.end]: span.weight for span in answer.spans}
    assert weights[TOPICS[answer.label]] == max(weights.values()) > 0.5
    records = [Record("1", "the wheat fell again"), Record("2", "")]
    answers = [result for _, result in api.analyse_many(records, model="mine")]
    assert answers[0].labels == ("grain",)
    report = api.evaluate("mine", topics)
    assert report.of_several
    assert report.metrics["micro_f1"] == pytest.approx(outcome["metrics"]["test_micro_f1"])
    assert report.intervals["micro_f1"][0] <= report.metrics["micro_f1"] <= report.intervals["micro_f1"][1]
    assert [row["label"] for row in report.per_class] == sorted(TOPICS)


@pytest.mark.parametrize(("recipe", "settings"), [("tfidf-linear", {}), ("text-cnn", CNN | {"epochs": 10})])
def test_a_number_is_learnt_in_the_unit_of_the_data(stars, tmp_path, recipe, settings):
    outcome, _ = trained(stars, recipe, tmp_path, settings)
    assert outcome["metrics"]["test_r"] > 0.8
    answer = api.analyse("the room was fine fine", model="mine", explain=True)
    assert answer.value is not None
    assert answer.low < answer.value < answer.high
    assert answer.value > api.analyse("the room was poor", model="mine").value + 1
    assert (answer.probabilities, answer.labels) == ({}, ())
    assert max(answer.spans, key=lambda span: span.weight).start in (13, 18)  # a fine raises it
    report = api.evaluate("mine", stars)
    assert report.of_number
    assert report.metrics["mae"] == pytest.approx(outcome["metrics"]["test_mae"])
    assert 0.5 < report.metrics["covered"] <= 1


def test_they_are_cross_validated(topics, stars, tmp_path):
    for data, key in ((topics, "micro_f1"), (stars, "r")):
        outcome, events = trained(data, "tfidf-linear", tmp_path / key, kind="cross-validate", folds=3)
        assert outcome["metrics"][f"test_{key}"] > outcome["metrics"][f"floor_{key}"]
        folds = [values for kind, values in events if kind == "fold"]
        assert len(folds) == 3
        assert key in folds[0]
        answers = paired.read(tmp_path / key / "run" / paired.FILE)
        assert answers.measures[0] == key
        assert answers.right().mean() > 0 or answers.target == "number"


def test_a_model_of_one_kind_is_not_measured_on_another(topics, stars, tmp_path, make_bundle):
    trained(topics, "tfidf-linear", tmp_path)
    with pytest.raises(UserError, match=r"gives labels, and the labels of .* are read as numbers"):
        api.evaluate("mine", stars)
    with pytest.raises(UserError, match=r"toy gives one label a text.*labels=first"):
        api.evaluate(str(make_bundle(folder=tmp_path)), topics)


def test_a_teacher_of_one_label_is_refused(topics, tmp_path):
    with pytest.raises(UserError, match="teaches one label a text"):
        trained(topics, "text-cnn", tmp_path, CNN | {"teacher": "floor"})


def test_the_threshold_is_the_one_with_the_best_micro_f1():
    gold = np.array([[1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 0, 1]], bool)
    chances = np.array([[0.3, 0.1, 0.1], [0.3, 0.28, 0.1], [0.1, 0.3, 0.1], [0.1, 0.1, 0.3]])
    assert 0.1 < best_threshold(chances, gold) <= 0.28  # 0.5 misses one


def test_a_network_of_many_labels_begins_at_their_frequencies():
    learnt, gold = LearnSeveralLabels(("a", "b")), np.array([[1, 0], [1, 0], [1, 1], [0, 0]], bool)
    assert sigmoid(learnt.constant(gold, 1))[0] == pytest.approx([0.75, 0.25])
    assert learnt.weights(gold)[2] > learnt.weights(gold)[0]  # the text with the rare label


def test_numbers_are_learnt_in_standard_units_and_said_in_their_own():
    learnt, gold = LearnNumber(), np.array([10.0, 20.0, 30.0, 40.0])
    learnt.learn_scale(gold)
    targets = learnt.targets(gold)
    assert targets.mean() == pytest.approx(0, abs=1e-6)
    answering = learnt.answering(targets, gold + 1)
    assert answering.scores(targets)[:, 0] == pytest.approx(gold, rel=1e-5)
    assert (answering.low, answering.high) == pytest.approx((1, 1), abs=1e-4)
