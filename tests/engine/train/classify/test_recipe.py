"""From a user's file to a model that answers, through the same doors as the screens."""

import json
import os
import signal
import time
from dataclasses import asdict, replace

import numpy as np
import pytest

for package in ("keras", "sklearn", "tf2onnx"):
    pytest.importorskip(package, reason="training needs the [train] extra")

from dltext.data import decisions  # noqa: E402
from dltext.engine import api, model_store  # noqa: E402
from dltext.engine.jobs import folders  # noqa: E402
from dltext.engine.results import JobSpec, UserError  # noqa: E402
from dltext.engine.train import checkpoint, run  # noqa: E402

SETTINGS = {
    "variant": "random",
    "embedding_size": 16,
    "filters": 12,
    "epochs": 4,
    "learning_rate": 0.01,
    "dropout": 0.2,
    "batch_size": 16,
    "patience": 0,
}


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("DLTEXT_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("DLTEXT_DATA", raising=False)


def spec_of(reviews, **changes):
    values = {
        "recipe": "text-cnn",
        "data": str(reviews),
        "settings": SETTINGS,
        "seed": 3,
        "name": "mine",
        "text_column": "review",
        "label_column": "verdict",
        **changes,
    }
    return api.validate(JobSpec(**values))


LARGE = SETTINGS | {"batch_size": 96}
"""Two steps an epoch, where it does not matter what is learned."""


def heard():
    events = []
    return events, lambda kind, /, **values: events.append((kind, values))


@pytest.fixture(scope="module")
def trained(lasting_reviews, tmp_path_factory):
    """A run with all there is: its home, its folder, what it said and how it ended."""
    home, folder = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("run")
    events, emit = heard()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DLTEXT_HOME", str(home))
        patch.delenv("DLTEXT_DATA", raising=False)
        spec = spec_of(lasting_reviews, settings=SETTINGS | {"precision": "int8"})
        outcome = run.execute(spec, folder, emit, lambda: False)
    return home, folder, events, outcome


def test_a_file_becomes_a_model_that_answers(lasting_reviews, trained, monkeypatch):
    home, folder, events, outcome = trained
    monkeypatch.setenv("DLTEXT_HOME", str(home))
    check_what_became(lasting_reviews, folder, events, outcome)


async def test_it_answers_in_its_screen_and_on_the_command_line(trained, monkeypatch, answers_everywhere):
    monkeypatch.setenv("DLTEXT_HOME", str(trained[0]))
    await answers_everywhere("mine", "the film is wonderful")


@pytest.mark.long  # every recipe trains and answers in tests/models/test_contract.py; here it must learn as well
def test_one_that_reads_word_by_word_too(lasting_reviews, tmp_path):
    settings = {
        "variant": "random",
        "embedding_size": 16,
        "units": 12,
        "epochs": 8,
        "learning_rate": 0.02,
        "batch_size": 16,
        "class_weights": True,
    }
    events, emit = heard()
    outcome = run.execute(spec_of(lasting_reviews, recipe="lstm", settings=settings), tmp_path, emit, lambda: False)
    check_what_became(lasting_reviews, tmp_path, events, outcome)


def test_the_best_so_far_becomes_the_model(lasting_reviews, tmp_path, uncompiled):
    """An epoch that would have come is not waited for; what is kept, and that it was cut short, is said everywhere."""
    events, emit = heard()

    def telling(kind, /, **values):
        emit(kind, **values)
        if kind == "epoch" and values["epoch"] == 2:
            (tmp_path / folders.KEEP_BEST).touch()

    outcome = run.execute(spec_of(lasting_reviews, settings=LARGE), tmp_path, telling, lambda: False)
    assert outcome["state"] == "done"
    epochs = [values for kind, values in events if kind == "epoch"]
    best = max(row["epoch"] for row in epochs if row["best"])
    assert len(epochs) == 2
    sentence = f"Ended early by the user after 2 of 4 epochs: the best so far, epoch {best}, is kept."
    assert outcome["message"].endswith(sentence)
    assert api.model(outcome["bundle"]).card["metrics"][0]["protocol"].startswith(sentence)
    best_weights = checkpoint.load(tmp_path / "state.npz")[0]["best"]
    shipped = checkpoint.load(model_store.folder_of(outcome["bundle"]) / "weights.npz")[0]["weights"]
    assert all(np.array_equal(one, other) for one, other in zip(best_weights, shipped, strict=True))


def test_a_stop_counts_more_than_to_keep_the_best(lasting_reviews, tmp_path):
    (tmp_path / folders.KEEP_BEST).touch()
    outcome = run.execute(spec_of(lasting_reviews), tmp_path, lambda kind, **values: None, lambda: False)
    assert (outcome["state"], outcome["bundle"]) == ("cancelled", None), "no epoch has ended: there is nothing to keep"


def check_what_became(reviews, folder, events, outcome):
    assert outcome["state"] == "done"
    assert outcome["metrics"]["test_accuracy"] > 0.9
    kinds = [kind for kind, _ in events]
    for kind in ("start", "tick", "epoch", "checkpoint"):
        assert kind in kinds
    start = dict(events)["start"]
    assert start["examples"] == {"train": 192, "validation": 24, "test": 24}
    assert start["floor"]["accuracy"] > 0.9
    info = api.model(outcome["bundle"])
    assert info.task == "sentiment"
    assert info.metrics["accuracy"] == pytest.approx(outcome["metrics"]["test_accuracy"])
    assert info.metrics["floor_accuracy"] == start["floor"]["accuracy"]
    for place in (folder, reviews.parent):
        assert str(place) not in info.card["metrics"][0]["protocol"], "a machine's path stands in the card"
    good = api.analyse("the plot is wonderful and clever", model="mine", explain=True)
    assert good.label == "positive"
    strongest = max(good.spans, key=lambda span: span.weight)
    assert "the plot is wonderful and clever"[strongest.start : strongest.end] in ("wonderful", "clever")
    assert api.analyse("a tired, hollow film", model="mine").label == "negative"
    again = api.evaluate("mine", str(reviews), "test", "review", "verdict")
    assert again.metrics["accuracy"] == pytest.approx(outcome["metrics"]["test_accuracy"])


def test_trains_on_from_a_model_and_with_soft_labels(reviews, trained, tmp_path, monkeypatch, uncompiled):
    monkeypatch.setenv("DLTEXT_HOME", str(trained[0]))
    _, emit = heard()
    extra = tmp_path / "more.txt"
    extra.write_text("a hollow and clumsy film\nmoving and warm\n" * 20)
    more = LARGE | {"initial": "mine", "epochs": 1, "teacher": "mine+floor", "unlabelled": str(extra)}
    outcome = run.execute(spec_of(reviews, settings=more, name="next"), tmp_path / "b", emit, lambda: False)
    assert outcome["metrics"]["test_accuracy"] > 0.9
    assert api.model("next").card["data"]["examples"]["taught"] == 40
    wrong = SETTINGS | {"initial": "mine", "filters": 20}
    with pytest.raises(UserError, match="same architecture"):
        run.execute(spec_of(reviews, settings=wrong), tmp_path / "c", emit, lambda: False)
    with pytest.raises(UserError, match="nobody"):
        run.execute(spec_of(reviews, settings=SETTINGS | {"initial": "nobody"}), tmp_path / "d", emit, lambda: False)


def test_cross_validation_tests_each_text_once_and_continues_after_a_stop(reviews, tmp_path):
    spec = spec_of(reviews, kind="cross-validate", folds=2)
    events, emit = heard()
    finished = lambda: sum(kind == "fold" for kind, _ in events) >= 1  # noqa: E731
    assert run.execute(spec, tmp_path, emit, finished)["state"] == "cancelled"
    first_fold = (tmp_path / "fold-1.json").read_text()
    outcome = run.execute(spec, tmp_path, emit, lambda: False)
    assert outcome["state"] == "done"
    assert (tmp_path / "fold-1.json").read_text() == first_fold
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["examples"] == 240
    assert sum(map(sum, report["confusion"])) == 240
    assert report["metrics"]["accuracy"] > 0.9
    assert report["metrics"]["accuracy_sd"] >= 0
    assert report["floor"]["accuracy"] > 0.9


@pytest.mark.long
def test_a_fold_alone_measures_what_it_measures_with_the_others(reviews, tmp_path):
    whole = spec_of(reviews, kind="cross-validate", folds=2)
    run.execute(whole, tmp_path / "whole", heard()[1], lambda: False)
    for number in (1, 2):
        alone = tmp_path / str(number)
        events, emit = heard()
        spec = replace(whole, kind="fold", fold=number, parent="whole-1")
        outcome = run.execute(spec, alone, emit, lambda: False)
        assert outcome["state"] == "done"
        rows = [json.loads((place / f"fold-{number}.json").read_text()) for place in (tmp_path / "whole", alone)]
        for row in rows:
            assert len(row["answers"]) == 120
            del row["seconds"], row["train_seconds"]
        assert rows[0] == rows[1]
        kinds = [kind for kind, _ in events]
        assert kinds.count("epoch") == spec.settings["epochs"], "it is followed like any training"
        assert dict(events)["start"]["examples"]["test"] == 120
        report = json.loads((alone / "report.json").read_text())
        assert (report["examples"], report["split"]) == (120, f"fold {number} of 2")
        assert report["metrics"]["accuracy"] == rows[0]["accuracy"] == outcome["metrics"]["test_accuracy"]
        assert not list(alone.glob("state*.npz")), "what is done needs no checkpoint"


def test_preflight_tells_floor_time_and_memory(reviews, uncompiled):
    preflight = run.preflight(spec_of(reviews, settings=LARGE))
    assert preflight.floor["accuracy"] > 0.9
    assert 0 < preflight.seconds < 600
    assert 50e6 < preflight.memory < 8e9
    assert preflight.parameters > 1000
    assert preflight.check.labels == {"negative": 120, "positive": 120}


@pytest.mark.parametrize(("long", "said"), [(0.4, "40 % of the texts have over 20 tokens"), (0.02, "")])
def test_the_check_says_how_many_texts_are_longer_than_training_reads(tmp_path, uncompiled, long, said):
    count = 200
    texts = [
        f"{'good' if n % 2 else 'bad'} film {n}" + " and so on" * (9 if n < long * count else 0) for n in range(count)
    ]
    rows = "".join(f"{text},{('neg', 'pos')[n % 2]}\n" for n, text in enumerate(texts))
    path = tmp_path / "long.csv"
    path.write_text(
        "review,verdict,split\n" + rows.replace("\n", ",train\n") + "good film,pos,test\nbad film,neg,test\n"
    )
    settings = LARGE | {"max_tokens": 20, "validation_fraction": 0.1}
    warnings = run.preflight(spec_of(path, settings=settings)).check.warnings
    sentences = [warning for warning in warnings if "max_tokens" in warning]
    assert len(sentences) == bool(said)
    if said:
        assert sentences[0].replace("39 %", "40 %").replace("41 %", "40 %").startswith(said)
        assert "the first 10 and the last 10 of each" in sentences[0]


def _until(condition, seconds=120):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.02)


# tests/test_own_recipe.py kills a run and lets it go on; that it ends with the same weights, test_contract.py shows.
@pytest.mark.long
def test_killed_and_resumed_ends_with_the_weights_of_an_undisturbed_run(reviews, tmp_path):
    long = SETTINGS | {"epochs": 25, "floor": False}
    run.execute(spec_of(reviews, settings=long, name="straight"), tmp_path / "straight", heard()[1], lambda: False)
    killed = api.submit(spec_of(reviews, settings=long, name="killed"))
    _until(lambda: any(event.type == "checkpoint" for event in api.events(killed.id)[0]))
    os.kill(api.job(killed.id).pid, signal.SIGKILL)
    _until(lambda: api.job(killed.id).state == "lost")
    api.resume(killed.id)
    _until(lambda: not api.job(killed.id).active)
    assert api.job(killed.id).state == "done", api.job_log(killed.id)
    assert api.job(killed.id).epoch == 25

    def weights(name):
        return checkpoint.load(model_store.folder_of(name) / "weights.npz")[0]["weights"]

    for one, other in zip(weights("straight"), weights("killed"), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)


def test_a_run_that_goes_on_elsewhere_and_its_measurement_read_as_was_stated(tmp_path, monkeypatch, uncompiled):
    path = tmp_path / "odd.txt"
    labels, words = ("neg", "NEG", "Pos", "pos"), ("übles", "schönes")
    rows = "\n".join(f"{n}|{labels[n % 4]}|ein {words[n % 4 // 2]} Stück {n}" for n in range(80))
    path.write_bytes(rows.encode("cp437"))
    read = {"encoding": "cp437", "delimiter": "|", "header": "no", "text": "3", "label": "2", "labels": "merge"}
    said, emit = heard()
    monkeypatch.setattr(decisions, "_decided", {})
    spec = spec_of(path, read=read, text_column="text", label_column="label", settings=LARGE | {"floor": False})
    begun = run.execute(spec, tmp_path / "run", emit, lambda: any(kind == "epoch" for kind, _ in said))
    assert begun["state"] == "cancelled"
    monkeypatch.setattr(decisions, "_decided", {})  # as in another process, which has the run's specification alone
    spec = JobSpec(**json.loads(json.dumps(asdict(spec))))
    assert run.execute(spec, tmp_path / "run", emit, lambda: False)["state"] == "done"
    assert [values["labels"] for kind, values in said if kind == "start"] == [["Pos", "neg"]] * 2
    monkeypatch.setattr(decisions, "_decided", {})
    run.execute(replace(spec, kind="evaluate", recipe="mine"), tmp_path / "measured", emit, lambda: False)
    report = json.loads((tmp_path / "measured" / "report.json").read_text())
    assert (report["examples"], report["labels"]) == (8, ["Pos", "neg"])
    assert "--read encoding=cp437" in report["protocol"]


def test_the_check_and_the_run_measure_the_same_baseline(lasting_reviews, trained, monkeypatch, uncompiled):
    home, _, _, outcome = trained
    monkeypatch.setenv("DLTEXT_HOME", str(home))
    spec = spec_of(lasting_reviews, settings=LARGE)
    monkeypatch.setattr("dltext.engine.train.network_pipeline.NetworkPipeline.sample", 30)
    checked = run.preflight(spec)
    assert (checked.estimated, checked.floor["accuracy"]) == (False, outcome["metrics"]["floor_accuracy"])
    monkeypatch.setattr("dltext.engine.train.classify.recipe.QUICK", 10)
    assert run.preflight(spec).estimated
