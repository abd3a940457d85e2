"""The baseline kept as a model: trained like any other, served without scikit-learn, the same numbers everywhere."""

import json
import subprocess
import sys
from itertools import pairwise

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="training needs the [train] extra")

from dltext.data.source import open_source
from dltext.engine import api, model_store
from dltext.engine.results import JobSpec, Record, UserError
from dltext.engine.tasks.classify import paired
from dltext.engine.tasks.classify.linear import LinearModel
from dltext.engine.train import run
from dltext.engine.train.classify import baseline
from dltext.engine.train.objectives import LearnOneLabel, objective_of


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("DLTEXT_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("DLTEXT_DATA", raising=False)


def spec_of(reviews, **changes):
    values = {"recipe": "tfidf-linear", "data": str(reviews), "seed": 3, "name": "simple"}
    columns = {"text_column": "review", "label_column": "verdict"}
    return api.validate(JobSpec(**{**values, **columns, **changes}))


TEXTS = ["a good film", "not a good film", "good", "a bad film, a bad day", "bad", "not bad at all", "好 film"] * 4
GOLD = np.array([1, 0, 1, 0, 0, 1, 1] * 4)


def test_the_margins_are_those_of_scikit_learn():
    """Fitted and served by our own few lines: so against the library that they stand in for."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.svm import LinearSVC

    from dltext.engine.text import tokenizer as tok

    fitted = baseline.fit(TEXTS, GOLD, ([], np.zeros(0, int)), LearnOneLabel(("a", "b")), strength=1.0)
    splitter = tok.new_tokenizer({token: number for number, token in enumerate(tok.SPECIAL)})
    vectorizer = TfidfVectorizer(
        analyzer=lambda text: ngrams([token for token, _ in tok.split(splitter, text)]), sublinear_tf=True
    )
    model = LinearSVC(C=1.0, random_state=1).fit(vectorizer.fit_transform(TEXTS), GOLD)
    asked = [*TEXTS[:7], "an unseen word in a good film", "", "good good good bad"]
    margins = fitted.logits(asked)
    assert np.allclose(margins[:, 1] - margins[:, 0], model.decision_function(vectorizer.transform(asked)), atol=2e-3)


def ngrams(tokens):
    return tokens + [" ".join(pair) for pair in pairwise(tokens)]


def test_runs_of_three_are_found_and_absent_classes_stay_behind():
    texts = ["天气很好", "天气很坏", "很好很好", "很坏"] * 5
    held, three = (texts[:4], np.array([0, 1, 0, 1])), LearnOneLabel(("a", "b", "c"))
    fitted = baseline.fit(texts, np.array([0, 1, 0, 1] * 5), held, three, "zh")
    assert len(fitted.model.keys) == 2
    assert fitted.probabilities(texts[:4]).argmax(axis=1).tolist() == [0, 1, 0, 1]
    assert fitted.probabilities(["天气"])[0, 2] < 0.1


def test_it_is_trained_answers_and_says_the_same_as_the_baseline_of_a_network(lasting_reviews, tmp_path, home):
    spec = spec_of(lasting_reviews)
    events = []
    outcome = run.execute(
        spec, tmp_path / "run", lambda kind, /, **values: events.append((kind, values)), lambda: False
    )
    assert outcome["state"] == "done", outcome
    assert outcome["bundle"] == "simple"
    card = api.model("simple").card
    assert card["serving"]["model"] == "model.npz"
    assert card["metrics"][0]["floor"] == "the most frequent label"
    assert [kind for kind, _ in events].count("epoch") == 1
    # The number is the one that a network's report calls its baseline.
    from dltext.data.source import open_source
    from dltext.engine.train.classify.baseline import measure_baseline_of
    from dltext.engine.train.prepare import divide, read

    source = open_source(str(lasting_reviews), "review", "verdict")
    test = read(source, "test") if "test" in source.splits else None
    row, _ = measure_baseline_of(*divide(source, 0.1, 3), test, objective_of(source), source.language, 3)
    assert row["accuracy"] == pytest.approx(outcome["metrics"]["test_accuracy"])
    # It answers, and says which words it was.
    text = next(iter(open_source(str(lasting_reviews), "review", "verdict").rows("train"))).text
    result = api.analyse(text, model="simple", explain=True)
    assert set(result.probabilities) == set(card["labels"])
    assert any(abs(span.weight) > 0.01 for span in result.spans)
    many = [answer for _, answer in api.analyse_many([Record("1", text), Record("2", "")], model="simple")]
    assert many[0].probabilities == pytest.approx(result.probabilities, abs=1e-6)


def test_answers_need_no_library_of_training(lasting_reviews, tmp_path, home):
    run.execute(spec_of(lasting_reviews), tmp_path / "run", lambda kind, /, **values: None, lambda: False)
    code = (
        "import sys; from dltext.engine import api; print(api.analyse('a fine day', model='simple', explain=True));"
        "print([name for name in ('sklearn', 'scipy', 'keras', 'onnx') if name in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.splitlines()[-1] == "[]"


def test_a_damaged_one_is_refused_in_a_sentence(lasting_reviews, tmp_path, home):
    run.execute(spec_of(lasting_reviews), tmp_path / "run", lambda kind, /, **values: None, lambda: False)
    path = model_store.folder_of("simple") / "model.npz"
    whole = LinearModel.load(path).tables()
    for change in (
        {"weights": whole["weights"][:-1]},
        {"bias": whole["bias"] * np.nan},
        {"keys_2": whole["keys_2"][::-1]},
        {"keys_3": whole["keys_2"]},
    ):
        np.savez(path, **{**whole, **change})
        with pytest.raises(UserError, match="import or train the model again"):
            LinearModel.load(path)
    path.write_bytes(b"PK")
    with pytest.raises(UserError, match="import or train the model again"):
        LinearModel.load(path)


def test_preflight_and_cross_validation_know_it(lasting_reviews, tmp_path, home):
    preflight = run.preflight(spec_of(lasting_reviews))
    assert 0.4 < preflight.floor["accuracy"] < 0.7
    assert preflight.parameters > 100
    spec = spec_of(lasting_reviews, kind="cross-validate", folds=3, serving=True)
    outcome = run.execute(spec, tmp_path / "folds", lambda kind, /, **values: None, lambda: False)
    assert outcome["state"] == "done"
    assert outcome["metrics"]["test_accuracy"] > outcome["metrics"]["floor_accuracy"]
    first, second, _ = json.loads((tmp_path / "folds" / "report.json").read_text())["history"]
    assert 1000 < first["size"] < 20_000
    assert 0 < first["milliseconds"] < 1000 * first["train_seconds"] < 60_000
    assert first["per_second"] > 10
    assert "size" not in second
    answers = paired.read(tmp_path / "folds" / paired.FILE)
    assert answers.right().mean() == pytest.approx(outcome["metrics"]["test_accuracy"])


def test_one_test_part_instead_of_folds(lasting_reviews, tmp_path, home):
    spec = spec_of(lasting_reviews, kind="cross-validate", folds=1)
    outcome = run.execute(spec, tmp_path / "part", lambda kind, /, **values: None, lambda: False)
    assert outcome["message"].startswith("accuracy 1.0000 on test texts; baseline 0.5")
    assert not [key for key in outcome["metrics"] if key.endswith("_sd")]
    report = json.loads((tmp_path / "part" / "report.json").read_text())
    assert (report["split"], report["examples"]) == ("test", 24)
    assert report["protocol"].startswith("The test part of reviews.csv (our seeded split), each text once;")
    texts = [row.text for row in open_source(str(lasting_reviews), "review", "verdict").rows("test")]
    answers = paired.read(tmp_path / "part" / paired.FILE)
    assert answers.texts == paired.digest(texts, answers.gold)
