import pytest

from dltext.engine.jobs import folding
from dltext.engine.jobs.events import EventWriter
from dltext.engine.jobs.folding import Summary, fold
from dltext.engine.results import Event


@pytest.fixture
def written(tmp_path):
    path = tmp_path / "events.jsonl"
    writer = EventWriter(path)
    return path, writer


def test_a_training_is_folded_into_a_line(written):
    path, writer = written
    writer("state", stage="training", message="Reading.")
    writer("start", device="CPU, 2 cores", epochs=4, steps=10, floor={"name": "x", "accuracy": 0.78, "macro_f1": 0.7})
    writer(
        "epoch",
        epoch=1,
        epochs=4,
        train={"loss": 0.6, "accuracy": 0.7},
        validation={"loss": 0.5, "accuracy": 0.8},
        rate=90.0,
        best=True,
    )
    writer(
        "epoch",
        epoch=2,
        epochs=4,
        train={"loss": 0.4, "accuracy": 0.8},
        validation={"loss": 0.6, "accuracy": 0.7},
        rate=95.0,
        best=False,
    )
    writer("tick", epoch=3, step=5, steps=10, loss=0.3, accuracy=0.9, rate=100.0, seconds_left=12.0)
    summary = fold(path)
    assert (summary.device, summary.stage, summary.epoch, summary.epochs) == ("CPU, 2 cores", "training", 3, 4)
    assert summary.progress == pytest.approx(2.5 / 4)
    assert (summary.rate, summary.seconds_left, summary.message) == (100.0, 12.0, "Reading.")
    assert summary.metrics["floor_accuracy"] == 0.78
    assert summary.metrics["validation_accuracy"] == 0.8, "of the epoch that is kept"
    assert (summary.metrics["validation_loss"], summary.best_epoch) == (0.5, 1)
    assert summary.end is None
    writer("end", state="done", message="Done.", bundle="b", metrics={"test_accuracy": 0.8})
    summary = fold(path)
    assert (summary.end, summary.progress, summary.bundle, summary.seconds_left) == ("done", 1.0, "b", None)
    assert summary.metrics["test_accuracy"] == 0.8


def test_only_what_is_new_is_read(written):
    path, writer = written
    writer("epoch", epoch=1, epochs=4, train={"loss": 1}, validation={"accuracy": 0.8})
    first = fold(path)
    # What was read may be destroyed: it is not read again.
    with path.open("r+b") as stream:
        stream.write(b"#" * 20)
    writer("epoch", epoch=2, epochs=4, train={"loss": 1})
    assert first.epoch == 1
    assert fold(path).epoch == 2
    assert fold(path).metrics["validation_accuracy"] == 0.8
    folding.forget(path)
    assert "validation_accuracy" not in fold(path).metrics


def test_a_summary_is_the_askers_own(written):
    path, writer = written
    writer("epoch", epoch=1, epochs=4, validation={"accuracy": 0.8})
    fold(path).metrics["validation_accuracy"] = 0.0
    assert fold(path).metrics["validation_accuracy"] == 0.8


def test_a_replaced_file_starts_anew(written):
    path, writer = written
    writer("epoch", epoch=3, epochs=4)
    assert fold(path).epoch == 3
    path.unlink()
    assert fold(path) == Summary()
    path.write_text('{"time": 1, "type": "epoch", "epoch": 1}\n')
    assert fold(path).epoch == 1


def test_of_neighbouring_ticks_the_last_counts(written, monkeypatch):
    path, writer = written
    monkeypatch.setattr("dltext.engine.jobs.events.TICKS_A_SECOND", 1e9)
    writer("start", epochs=2, floor=None)
    for step in range(1, 8):
        writer("tick", epoch=1, step=step, steps=10)
    writer("message", level="warning", text="Hot.")
    summary = fold(path)
    assert summary.progress == pytest.approx(0.35)
    assert summary.message == "Hot."


def test_cross_validation_progresses_over_all_folds(written):
    path, writer = written
    writer("state", stage="preparing", message="", folds=4)
    writer("start", epochs=2, floor=None)
    writer("epoch", epoch=1, epochs=2)
    assert fold(path).progress == pytest.approx(0.125)
    writer("fold", fold=1, folds=4, accuracy=0.7, macro_f1=0.7, floor_accuracy=0.6)
    writer("fold", fold=2, folds=4, accuracy=0.8, macro_f1=0.7, floor_accuracy=0.6)
    assert fold(path).metrics["accuracy"] == pytest.approx(0.75)
    writer("epoch", epoch=2, epochs=2)
    assert fold(path).progress == pytest.approx(0.75)
    # Resumed: the second fold is told again.
    writer("fold", fold=2, folds=4, accuracy=0.9, macro_f1=0.7)
    assert fold(path).metrics["accuracy"] == pytest.approx(0.8)


def test_work_after_an_end_takes_the_end_back(written):
    path, writer = written
    writer("end", state="cancelled", message="Stopped.")
    writer("message", level="info", text="a late word")
    assert (fold(path).end, fold(path).message) == ("cancelled", "Stopped.")
    writer("state", stage="training", message="Resuming.")
    assert fold(path).end is None


@pytest.mark.parametrize(
    "line",
    ['{"time": 1, "type": "tick", "epoch": "x"}', '{"time": 1, "type": "epoch", "epoch": 1, "train": 3}',
     '{"time": 1, "type": "start", "floor": 1}', '{"time": 1, "type": "as_dict"}', '{"time": 1, "type": "end"}'],
)  # fmt: skip
def test_odd_events_spoil_nothing(written, line):
    path, writer = written
    writer("start", device="CPU", epochs=4, floor=None)
    with path.open("a") as stream:
        stream.write(line + "\n")
    assert fold(path).device == "CPU"


def test_summaries_survive_json():
    import json

    summary = Summary(epoch=2, metrics={"a": 1.0}, end="done")
    assert Summary.from_dict({**json.loads(json.dumps(summary.as_dict())), "of a later version": 1}) == summary


def test_word_vectors_are_folded_by_what_they_measure(written):
    path, writer = written
    labels = {"wordsim353": "WordSim-353 ρ", "analogies": "analogies"}
    writer("start", device="CPU, 2 threads", epochs=2, steps=40, floor=None, labels=[], unit="words", measures=labels)
    writer("tick", epoch=1, step=10, steps=40, rate=250_000.0, seconds_left=30.0, learning_rate=0.02)
    summary = fold(path)
    assert (summary.rate, summary.progress, summary.metrics) == (250_000.0, pytest.approx(0.125), {})
    measured = {"wordsim353": 0.61, "analogies": 0.4}
    writer("epoch", epoch=1, epochs=2, train={}, validation=measured, rate=240_000.0, seconds=9.0, best=False)
    assert fold(path).metrics == {"validation_wordsim353": 0.61, "validation_analogies": 0.4}
    writer("end", state="done", message="Done.", bundle="words", metrics={"test_wordsim353": 0.62})
    assert fold(path).metrics["test_wordsim353"] == 0.62


def test_the_floor_is_folded_in_its_own_measure(written):
    path, writer = written
    writer("start", device="CPU", epochs=2, steps=4, floor={"name": "nearest", "bleu": 29.0, "similarity": 0.4})
    writer("epoch", epoch=1, epochs=2, train={}, validation={"bleu": 12.5}, rate=90.0, best=True)
    assert fold(path).metrics == {"floor_bleu": 29.0, "validation_bleu": 12.5}


def test_running_time_leaves_out_what_lies_between_two_attempts():
    summary = Summary()
    for time, type, values in (
        (0.0, "state", {"stage": "preparing", "message": folding.LOADING}),
        (3.0, "state", {"stage": "preparing", "message": "building the vocabulary"}),
        (10.0, "epoch", {"epoch": 1, "epochs": 3, "validation": {"accuracy": 0.6}, "best": True}),
        (20.0, "end", {"state": "cancelled", "message": "Stopped."}),
        (9_000.0, "state", {"stage": "preparing", "message": folding.RESUMING}),
        (9_002.0, "state", {"stage": "preparing", "message": folding.LOADING}),
        (9_005.0, "state", {"stage": "training", "message": "on"}),
        (9_006.0, "tick", {"epoch": 3, "step": 1, "steps": 1, "seconds_left": 0.5}),
        (9_007.0, "state", {"stage": "exporting", "message": "making the model that answers"}),
    ):
        summary.add(Event(time, type, values))
    assert summary.seconds == 25.0, "what was read and prepared counts, what lay between does not"
    assert summary.seconds_left is None, "half a second was left of the epochs, not of the export"
    assert (summary.epochs_done, summary.best_epoch) == (1, 1)
