"""Searches over settings, whose trials are runs of their own."""

import json
import os
import signal

import pytest

from dltext.engine import tuning
from dltext.engine.jobs import processes, runner, store
from dltext.engine.results import UserError

pytestmark = pytest.mark.usefixtures("home", "two_cores")


@pytest.fixture
def two_cores(monkeypatch):
    monkeypatch.setattr(processes, "cores", lambda: 2)


@pytest.fixture
def search(spec):
    """A search over the number of filters; its data name how each trial behaves."""
    return lambda filters="10,30,20", data="quick", trials=0, **values: tuning.plan_tuning(
        spec(data, **{"parallel": 2, **values}), {"filters": filters}, trials
    )


@pytest.fixture
def begun(search, until):
    """Start one whose trials wait in their last epoch, until two of them are there; its id, and theirs by number."""

    def begin():
        job = tuning.tune(search(data="held"))
        until(lambda: len([part for part in store.children(job.id) if part.epochs_done == 3]) == 2)
        return job.id, {part.spec.fold: part.id for part in store.children(job.id)}

    return begin


def table(job_id):
    return json.loads((store.folder(job_id) / "report.json").read_text())["trials"]


def checkpoints(job_id):
    return list((store.folder(job_id) / "checkpoint").glob("*"))


def ended(job_id, until):
    """Let all trials go on, whenever they begin, until the search has ended."""

    def look():
        for part in store.children(job_id):
            (store.folder(part.id) / "go").touch()
        return not store.get(job_id).active

    until(look, 40)
    return store.get(job_id)


def test_trials_are_runs_and_the_best_alone_keeps_its_checkpoint(search, finish):
    whole = finish(tuning.tune(search()).id)
    assert (whole.state, whole.bundle) == ("done", "a-bundle"), store.log(whole.id)
    rows = table(whole.id)
    assert [(row["trial"], row["settings"], row["value"]) for row in rows] == [
        (2, {"filters": 30}, 0.3),
        (3, {"filters": 20}, 0.2),
        (1, {"filters": 10}, 0.1),
    ]
    parts = {part.id: part for part in store.children(whole.id)}
    assert {(part.spec.kind, part.state, part.spec.threads) for part in parts.values()} == {("trial", "done", 1)}
    assert {parts[row["run"]].spec.settings["filters"] for row in rows} == {10, 20, 30}
    assert [bool(checkpoints(row["run"])) for row in rows] == [True, False, False]
    events = [event.values for event in store.events(whole.id)[0] if event.type == "trial"]
    assert sorted(event["trial"] for event in events) == [1, 2, 3]
    assert max(event["value"] for event in events if event["best"]) == 0.3
    assert whole.metrics["validation_accuracy"] == 0.3


@pytest.mark.long
def test_the_same_search_is_found_again_and_what_was_measured_is_not_trained_again(search, finish):
    first = finish(tuning.tune(search("10,20")).id)
    assert tuning.tune(search("10,20", parallel=1)).id == first.id
    wider = finish(tuning.tune(search("20,10,40")).id)
    assert wider.id != first.id
    assert [part.spec.settings["filters"] for part in store.children(wider.id)] == [40]
    assert {row["run"] for row in table(first.id)} < {row["run"] for row in table(wider.id)}
    assert [row["trial"] for row in table(wider.id)] == [3, 1, 2]
    assert checkpoints(table(first.id)[0]["run"]), "what belongs to another search is left alone"
    other = finish(tuning.tune(search("10,20", seed=2)).id)
    assert len(store.children(other.id)) == 2, "another seed is another training"


@pytest.mark.long
def test_to_stop_a_search_stops_its_trials_and_the_same_search_resumes_them(begun, search, until, finish):
    whole, parts = begun()
    runner.cancel(whole)
    assert finish(whole).state == "cancelled"
    assert {part.state for part in store.children(whole)} == {"cancelled"}
    assert tuning.tune(search(data="held")).id == whole
    assert ended(whole, until).state == "done"
    assert {1: parts[1], 2: parts[2]}.items() <= {part.spec.fold: part.id for part in store.children(whole)}.items()
    for part in parts.values():
        epochs = [event.values["epoch"] for event in store.events(part)[0] if event.type == "checkpoint"]
        assert epochs == [1, 2, 3, 4], "no epoch was trained twice"


@pytest.mark.long
def test_a_trial_that_is_killed_goes_on_and_none_outlives_the_search(begun, until):
    whole, parts = begun()
    processes.kill(*store.process(parts[2]))
    until(lambda: any("Trial 2" in str(event.values.get("text")) for event in store.events(whole)[0]))
    until(lambda: store.get(parts[2]).state == "running")
    os.kill(store.process(whole)[0], signal.SIGKILL)
    until(lambda: not any(part.active for part in store.children(whole)), 20)
    runner.resume(whole)
    assert ended(whole, until).state == "done"
    assert len(table(whole)) == 3


@pytest.mark.long
def test_a_trial_that_fails_leaves_the_others(search, finish):
    whole = finish(tuning.tune(search("10,60,20", "wide-fails")).id)
    assert (whole.state, [row["trial"] for row in table(whole.id)]) == ("done", [3, 1])
    assert any("Trial 2" in str(event.values.get("text")) for event in store.events(whole.id)[0])


@pytest.mark.long
def test_a_search_ends_where_no_trial_does_well(search, finish):
    whole = finish(tuning.tune(search("60,70,80,90", "wide-fails")).id)
    assert whole.state == "failed"
    assert whole.message.startswith("No trial has ended well. Trial ")
    assert whole.message.endswith("reviews.csv, line 3: no label.")
    assert len(store.children(whole.id)) < 5


@pytest.mark.long
def test_trials_that_are_not_judged_alike_are_not_compared(search, finish):
    whole = finish(tuning.tune(search("10,20", "unlike")).id)
    assert (whole.state, whole.remedy) == ("failed", "anew")
    assert "different numbers of validation texts" in whole.message


def test_grids_and_draws(search, spec):
    assert [trial["filters"] for trial in search("10,30").trials] == [10, 30]
    drawn = search("1..1000", trials=6)
    assert drawn.trials == search("1..1000", trials=6).trials
    assert drawn.trials == search("1..1000", trials=9).trials[:6], "more are added to these"
    assert drawn.trials != search("1..1000", trials=6, seed=2).trials
    assert sorted(trial["filters"] for trial in search("1..3", trials=50).trials) == [1, 2, 3]
    rates = tuning.plan_tuning(spec(), {"learning_rate": "0.0001..0.1"}, 60).trials
    low = [row["learning_rate"] for row in rates if row["learning_rate"] < 0.003]
    assert 20 < len(low) < 40, "half of them below the middle of the powers of ten"
    even = tuning.plan_tuning(spec(), {"dropout": "0.1..0.5"}, 60).trials
    assert 20 < len([row for row in even if row["dropout"] < 0.3]) < 40
    widths = tuning.plan_tuning(spec(), {"kernel_sizes": "3;3,4", "filters": "5,6"}).trials
    assert widths[0] == {"kernel_sizes": "3", "filters": 5}
    assert len(widths) == 4


@pytest.mark.parametrize(
    ("values", "trials", "said"),
    [
        ({"filterz": "1,2"}, 0, "has no setting 'filterz' to try"),
        ({"filters": "1,0"}, 0, r"Filters \(filters\) must lie between 1"),
        ({"filters": "10..20"}, 0, "say how many trials"),
        ({"filters": "20..10"}, 3, "must end above where it begins"),
        ({"filters": "10"}, 0, "give a setting several values"),
        ({"filters": ",".join(map(str, range(1, 300)))}, 0, "299 combinations"),
        ({"validation_fraction": "0.1,0.2"}, 0, "it decides which texts"),
        ({}, 0, "Nothing to try"),
        ({"variant": "static,random", "vectors": ";"}, 0, "no value to try"),
    ],
)
def test_what_cannot_be_searched_is_refused_in_a_sentence(spec, values, trials, said):
    with pytest.raises(UserError, match=said):
        tuning.plan_tuning(spec(), values, trials)


def test_word_vectors_have_no_part_to_be_judged_on(spec):
    with pytest.raises(UserError, match="judged by the tests that it is measured on"):
        tuning.plan_tuning(
            spec(settings={}).__class__(recipe="word2vec-gensim", data="text-en"), {"vector_size": "50,100"}
        )


def test_the_memory_of_the_largest_trial_counts(search, monkeypatch):
    asked = []

    def preflight(spec, progress=None):
        asked.append(spec)
        raise UserError("enough")

    monkeypatch.setattr(runner, "preflight", preflight)
    with pytest.raises(UserError, match="enough"):
        tuning.tune(search("10,30,20"))
    assert (asked[0].settings["filters"], asked[0].kind, asked[0].trials) == (30, "preflight", ())
