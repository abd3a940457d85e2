"""Trials that are truly trained, and the model of the best: made from its checkpoint, tested once."""

from dataclasses import replace

import pytest

for package in ("keras", "sklearn", "tf2onnx"):
    pytest.importorskip(package, reason="training needs the [train] extra")

from dltext.data.paths import read_json, write_json  # noqa: E402
from dltext.engine import tuning  # noqa: E402
from dltext.engine.jobs import divisions, repeats, store, trials  # noqa: E402
from dltext.engine.results import JobSpec  # noqa: E402
from dltext.engine.train import run  # noqa: E402

SETTINGS = {
    "variant": "random", "embedding_size": 4, "epochs": 2, "batch_size": 96, "learning_rate": 0.05, "patience": 0,
}  # fmt: skip


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("DLTEXT_HOME", str(tmp_path / "home"))


@pytest.mark.long
def test_the_best_trial_is_made_from_its_checkpoint_and_equals_a_training_with_its_settings(reviews, tmp_path):
    columns = {"text_column": "review", "label_column": "verdict"}
    spec = JobSpec("text-cnn", str(reviews), SETTINGS, name="tuned", **columns)
    whole = store.create(tuning.plan_tuning(spec, {"filters": "1,6,7"}))
    folder, spec = store.folder(whole.id), whole.spec
    for number in (1, 2):  # as the process of the whole does it; the third is one that failed
        part = store.create(divisions.part_spec(spec, number, whole.id))
        heard = []
        outcome = run.execute(
            part.spec, store.folder(part.id), lambda kind, _heard=heard, /, **values: _heard.append(kind), lambda: False
        )
        assert (outcome["state"], outcome["bundle"], outcome["metrics"]) == ("done", None, {})
        assert heard.count("epoch") == 2
        row = read_json(divisions.trial_file(store.folder(part.id), number))
        row |= {"trial": number, "settings": spec.trials[number - 1], "run": part.id}
        write_json(divisions.trial_file(folder, number), row)
    first = trials.ranked(trials.rows(spec, folder))[0]
    assert first["examples"] > 10
    assert 0.5 <= first["value"] <= 1

    heard = []
    outcome = run.execute(spec, folder, lambda kind, /, **values: heard.append(kind), lambda: False)
    assert (outcome["state"], outcome["bundle"]) == ("done", "tuned")
    assert "epoch" not in heard, "what was trained is not trained again"
    report = store.report(whole.id) if store.settle(whole.id, "done") else None
    assert report is not None
    assert [row["trial"] for row in report.trials] == [first["trial"], 3 - first["trial"]]
    assert report.split == "test"
    assert report.floor
    assert f"Trial {first['trial']} of 3 was chosen by accuracy" in report.protocol
    assert "1 trial failed and could not be judged." in report.protocol
    assert [path.name for path in (folder / "best").iterdir()] == ["token"]

    alone = replace(spec, kind="train", trials=(), settings={**spec.settings, **first["settings"]}, name="alone")
    (tmp_path / "alone").mkdir()
    run.execute(alone, tmp_path / "alone", lambda kind, /, **values: None, lambda: False)
    assert report.metrics == pytest.approx(read_json(tmp_path / "alone" / "report.json")["metrics"], abs=1e-6)
    assert repeats.same(spec, [store.get(whole.id)])
