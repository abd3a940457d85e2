"""A linear model beside a network: what is fitted, what is kept of it, and that the bundle answers as was trained."""

import numpy as np
import pytest

for package in ("keras", "sklearn", "tf2onnx"):
    pytest.importorskip(package, reason="training needs the [train] extra")

from dltext.data.source import open_source  # noqa: E402
from dltext.engine import api, model_store, registry  # noqa: E402
from dltext.engine.results import JobSpec, UserError  # noqa: E402
from dltext.engine.tasks.classify import model as classify_model  # noqa: E402
from dltext.engine.tasks.classify.linear import LinearModel, rows_of  # noqa: E402
from dltext.engine.tasks.classify.linear_part import FILE, SummedSession  # noqa: E402
from dltext.engine.tasks.classify.model import open_classifier  # noqa: E402
from dltext.engine.train.classify import baseline, linear_part  # noqa: E402
from dltext.engine.train.objectives import LearnNumber, LearnOneLabel, LearnSeveralLabels  # noqa: E402

VOCABULARY = 40


def texts(count: int, seed: int) -> tuple[list[np.ndarray], np.ndarray]:
    """Ids of which 5 to 9 say label 0, 10 to 14 label 1, 15 to 19 label 2, and a hidden half that no id tells."""
    rng = np.random.default_rng(seed)
    gold = rng.integers(0, 3, count)
    words = [np.concatenate([5 + 5 * label + rng.integers(0, 5, 2), rng.integers(20, 40, 4)]) for label in gold]
    shown = [
        ids if known else rng.integers(20, 40, 6) for ids, known in zip(words, rng.random(count) < 0.6, strict=True)
    ]
    return [ids.astype(np.int32) for ids in shown], gold


def noisy(gold: np.ndarray, seed: int) -> np.ndarray:
    """Logits of a network that knows 60 of 100, other texts than the words tell."""
    rng = np.random.default_rng(seed)
    return 3.0 * np.eye(3)[np.where(rng.random(len(gold)) < 0.6, gold, rng.integers(0, 3, len(gold)))]


OBJECTIVES = {
    "label": (LearnOneLabel(("a", "b", "c")), lambda gold: gold),
    "labels": (LearnSeveralLabels(("a", "b", "c")), lambda gold: np.eye(3, dtype=bool)[gold]),
    "number": (LearnNumber(), lambda gold: gold.astype(float)),
}


@pytest.mark.parametrize("kind", OBJECTIVES)
def test_the_sum_is_better_than_either_where_they_know_different_things(kind):
    objective, of = OBJECTIVES[kind]
    (train, gold), (held, held_gold), (test, test_gold) = texts(600, 1), texts(300, 2), texts(600, 3)
    objective.learn_scale(of(gold))

    def network(gold, seed):
        return noisy(gold, seed) if kind != "number" else objective.targets(noisy(gold, seed).argmax(axis=1))

    heard: list[str] = []
    validation = held, of(held_gold), network(held_gold, 4)
    part = linear_part.fit((train, of(gold)), validation, VOCABULARY, 2, objective, 1, heard.append)
    assert part is not None
    assert min(part.weights) > 0
    assert "with it" in heard[0]
    alone, targets = network(test_gold, 5), objective.targets(of(test_gold))

    def loss(logits):
        heat = objective.answering(logits, of(test_gold)).temperature
        return objective.validated(logits / heat, targets)["loss"]

    both = loss(part.added(alone, test))
    assert both < 0.9 * loss(alone)
    assert both < 0.9 * loss(part.model.together(test).astype(np.float64))


def test_what_adds_nothing_is_left_out():
    """A network that is always right, and words that say nothing."""
    rng = np.random.default_rng(0)
    words = [rng.integers(20, 40, 6).astype(np.int32) for _ in range(400)]
    gold = rng.integers(0, 3, 400)
    objective = LearnOneLabel(("a", "b", "c"))
    validation = words[200:], gold[200:], 9.0 * np.eye(3)[gold[200:]]
    assert (
        linear_part.fit((words[:200], gold[:200]), validation, VOCABULARY, 2, objective, 1, lambda text: None) is None
    )
    alike = np.zeros(200, int)
    assert linear_part.fit((words[:200], alike), validation, VOCABULARY, 2, objective, 1, lambda text: None) is None


def test_the_heaviest_ngrams_are_kept_with_what_they_begin_with():
    train, gold = texts(600, 1)
    keys, frequency = baseline.ngrams_of(train, VOCABULARY, 3, 1)
    objective = LearnOneLabel(("a", "b", "c"))
    model, _ = baseline.learn(train, gold, (train[:50], gold[:50]), keys, frequency, objective, 1.0, 1)
    fewer, rows = linear_part.heaviest(model, 30)
    smaller = LinearModel(model.idf[rows], model.weights[rows], model.bias, fewer)
    assert 30 <= sum(map(len, fewer)) <= 60, "thirty, and the pairs that they begin with"
    everywhere = np.concatenate([[*ids, 0] for ids in train])
    begins, all_rows = rows_of(everywhere, VOCABULARY, keys)
    fewer_begins, fewer_rows = rows_of(everywhere, VOCABULARY, fewer)
    standing = set(zip(begins.tolist(), all_rows.tolist(), strict=True))
    assert set(zip(fewer_begins.tolist(), rows[fewer_rows].tolist(), strict=True)) <= standing
    weight = np.abs(model.weights).max(axis=1) * model.idf
    heaviest = VOCABULARY + np.argsort(-weight[VOCABULARY:])[:30]
    assert set(heaviest) <= set(rows)
    assert smaller.vocabulary == VOCABULARY
    none, rows = linear_part.heaviest(model, 0)
    assert [len(key) for key in none] == [0, 0]
    assert rows.tolist() == list(range(VOCABULARY))


def test_weights_are_rounded_to_three_binary_digits():
    rng = np.random.default_rng(0)
    weights = (rng.normal(size=(500, 4)) * 10.0 ** rng.integers(-3, 3, (500, 4))).astype(np.float32)
    weights[0] = 0.0
    model = LinearModel(np.ones(500, np.float32), weights, np.zeros(4), [])
    coarse = linear_part.rounded(model).weights
    assert np.abs(coarse - weights).max() <= np.abs(weights).max() / 16
    assert (np.abs(coarse - weights) <= np.abs(weights) / 16 + 1e-5).all()
    assert (coarse[0] == 0.0).all()
    assert len(np.unique(np.frexp(coarse[1:])[0])) <= 17, (
        "nothing, and of each sign eight values between one power of two and the next"
    )


SETTINGS = {"embedding_size": 16, "epochs": 2, "batch_size": 32, "patience": 0, "linear_part": True, "vectors": ""}


def spec_of(reviews, recipe="text-cnn", **settings):
    columns = {"text_column": "review", "label_column": "verdict"}
    values = SETTINGS | {"variant": "random", "filters": 8} | settings
    return api.validate(JobSpec(recipe=recipe, data=str(reviews), settings=values, seed=3, name="mine", **columns))


def test_the_bundle_answers_with_both(lasting_reviews, tmp_path, home, uncompiled):
    spec = spec_of(lasting_reviews)
    pipeline = registry.load(registry.get("text-cnn").pipeline)(
        spec, tmp_path, lambda kind, **values: None, lambda: False
    )
    outcome = pipeline.run()
    assert outcome["state"] == "done"
    loaded = open_classifier("", "mine")
    assert isinstance(loaded.session, SummedSession)
    assert model_store.info("mine").card["serving"]["linear"]["weights"] == pytest.approx(pipeline.linear_part.weights)
    asked = [row.text for row in open_source(str(lasting_reviews), "review", "verdict").rows("train")][:40]
    expected = loaded.target.scores(pipeline.logits(asked))
    ids = [np.asarray(loaded.tokenizer.encode(text).ids, np.int32) for text in asked]
    assert np.allclose(loaded.scores_of(ids), expected, atol=1e-3)
    assert np.allclose([loaded.scores(row[None])[0] for row in ids], expected, atol=1e-3)
    network = loaded.target.scores(pipeline.network_logits(asked))
    assert not np.allclose(network, expected, atol=1e-2), "the linear part moves the answers"
    answer = api.analyse("the plot is wonderful", model="mine", explain=True)
    assert max(answer.spans, key=lambda span: span.weight).start == len("the plot is ")


@pytest.mark.parametrize("weights", [None, [1.0], [1.0, "2"], [1.0, -0.5], [True, 1.0], [float("inf"), 1.0]])
def test_weights_that_cannot_be_are_refused(make_bundle, weights):
    folder = make_bundle(serving={"linear": {"weights": weights} if weights is not None else {"name": "x"}})
    with pytest.raises(UserError, match=r"serving\.linear\.weights"):
        classify_model.open_classifier("", str(folder))


def test_a_linear_part_that_is_missing_or_of_other_labels_is_refused(make_bundle):
    folder = make_bundle(serving={"linear": {"weights": [1.0, 1.0]}})
    with pytest.raises(UserError, match=FILE):
        classify_model.open_classifier("", str(folder))
    part = LinearModel(np.ones(6, np.float32), np.ones((6, 3), np.float32), np.zeros(3), [])
    np.savez(folder / FILE, **part.tables())
    with pytest.raises(UserError, match="different labels"):
        classify_model.open_classifier("", str(folder))


def test_a_network_below_its_baseline_hears_of_the_linear_part(lasting_reviews, tmp_path, home, uncompiled):
    heard: list[str] = []
    spec = spec_of(lasting_reviews, epochs=1, learning_rate=1e-6, linear_part=False, batch_size=96)
    make = registry.load(registry.get("text-cnn").pipeline)
    make(spec, tmp_path, lambda kind, **values: heard.append(values.get("text", "")), lambda: False).run()
    assert [text for text in heard if text.startswith("The baseline is as good or better (100.0 % accuracy")]
