"""Comparisons: which runs are their rows, how they go on, and what their table says."""

import json
from dataclasses import asdict, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from dltext.engine import api, comparing
from dltext.engine.jobs import processes, runner, sharing, store
from dltext.engine.results import ComparisonSpec, Job, JobSpec, RecipeChoice, UserError
from dltext.engine.tasks import error_analysis
from dltext.engine.tasks.classify import paired

pytestmark = pytest.mark.train
GOLD = np.arange(200) % 2
CNN = RecipeChoice("text-cnn", {"filters": 2})


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DLTEXT_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    rows = "".join(f"{'good' if n % 2 else 'bad'} film {n},{'pos' if n % 2 else 'neg'}\n" for n in range(200))
    Path("films.csv").write_text("text,label\n" + rows)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[JobSpec]:
    """Runs that are written down and have no process."""
    specs: list[JobSpec] = []

    def submit(spec: JobSpec) -> Job:
        specs.append(spec)
        return store.create(spec)

    def resume(job_id: str, anew: bool = False) -> Job:
        specs.append(replace(store.get(job_id).spec, name="anew" if anew else "resumed"))
        return store.get(job_id)

    monkeypatch.setattr(runner, "submit", submit)
    monkeypatch.setattr(runner, "resume", resume)
    return specs


def finish(job: Job, wrong: int, texts: str = "x", state: Any = "done") -> None:
    """Let a run end; of its answers the first ``wrong`` are."""
    folder = store.folder(job.id)
    predicted = np.where(np.arange(len(GOLD)) < wrong, 1 - GOLD, GOLD)
    paired.write(folder / paired.FILE, paired.PairedAnswers("label", GOLD, predicted, texts))
    accuracy = 1 - wrong / len(GOLD)
    fold = {"accuracy": accuracy, "train_seconds": 2.0}
    report = {
        "model": "m", "data": "films", "split": "2-fold", "examples": len(GOLD), "floor": None,
        "labels": ["neg", "pos"], "confusion": [], "per_class": [], "documents": [], "protocol": "Two folds.",
        "metrics": {"accuracy": accuracy, "accuracy_sd": 0.01, "macro_f1": accuracy, "loss": 0.1},
        "history": [{**fold, "size": 1000, "milliseconds": 0.5, "per_second": 900.0}, {**fold, "train_seconds": 4.0}],
    }  # fmt: skip
    right = predicted == GOLD
    sure = np.where(right, 0.9, 0.6)
    analysis = error_analysis.of_labels(
        np.where(right, 0, 1), np.stack([sure, 1 - sure], axis=1), np.full(len(GOLD), 3)
    )
    report["analysis"] = asdict(analysis)
    (folder / "report.json").write_text(json.dumps(report))
    store.settle(job.id, state)


def spec_of(*choices: RecipeChoice, **more: Any) -> ComparisonSpec:
    return api.check_comparison(ComparisonSpec("films.csv", choices or (CNN,), folds=2, **more))


def test_rows_are_measured_one_after_the_other_and_found_again(started: list[JobSpec], tmp_path: Path) -> None:
    spec = spec_of()
    assert [choice.recipe for choice in spec.choices] == ["tfidf-linear", "text-cnn"]
    assert [row.job for row in api.comparison(spec).rows] == [None, None]
    (first,) = api.continue_comparison(spec)
    assert (first.spec.recipe, first.spec.kind, first.spec.folds, first.spec.serving) == (
        "tfidf-linear", "cross-validate", 2, True,
    )  # fmt: skip
    assert first.spec.data == str(tmp_path / "films.csv")
    assert api.continue_comparison(spec)[0].id == first.id  # it is running
    finish(first, wrong=40)
    (second,) = api.continue_comparison(spec)
    assert (second.spec.recipe, second.spec.settings["filters"], second.spec.settings["floor"]) == (
        "text-cnn",
        2,
        False,
    )
    finish(second, wrong=10)
    assert api.continue_comparison(spec) == ()
    assert len(started) == 2
    # Another comparison with the same rows trains only what is new.
    more = spec_of(CNN, RecipeChoice("text-cnn", {"filters": 4}, "wider"))
    assert api.continue_comparison(more)[0].spec.settings["filters"] == 4
    assert [row.done for row in api.comparison(more).rows] == [True, True, False]
    assert api.continue_comparison(replace(spec, seed=2))[0].spec.seed == 2


def test_the_table(started: list[JobSpec]) -> None:
    spec = spec_of(CNN, RecipeChoice("lstm"))
    for wrong in (40, 10, 41):
        finish(api.continue_comparison(spec)[0], wrong)
    table = api.comparison(spec)
    assert [row.choice.recipe for row in table.rows] == ["text-cnn", "tfidf-linear", "lstm"]
    assert [row.baseline for row in table.rows] == [False, True, False]
    assert table.measures == ("accuracy", "macro_f1")
    assert (table.examples, table.protocol, table.test) == (200, "Two folds.", "McNemar's exact test")
    best, base, lstm = table.rows
    assert (best.metrics["accuracy"], best.spread["accuracy"], best.train_seconds) == (0.95, 0.01, 3.0)
    assert (best.size, best.milliseconds, best.per_second) == (1000, 0.5, 900.0)
    assert (base.most_confident.coverage, base.most_confident.accuracy, base.most_confident.threshold) == (
        0.8,
        1.0,
        0.61,
    )
    assert best.to_best == base.to_baseline == {}
    assert best.to_baseline["accuracy"].value == pytest.approx(0.15)
    # 30 texts that one alone has right, twice as probable for two rows as for one.
    assert best.to_baseline["accuracy"].p == pytest.approx(2 * 2 * 0.5**30)
    assert lstm.to_baseline["accuracy"].p == 1.0
    assert lstm.to_best["accuracy"].value == pytest.approx(-0.155)


def test_a_run_that_ended_too_soon_goes_on_and_one_that_failed_is_passed_over(started: list[JobSpec]) -> None:
    spec = spec_of()
    (first,) = api.continue_comparison(spec)
    store.settle(first.id, "cancelled")
    assert api.continue_comparison(spec)[0].id == first.id
    assert started[-1].name == "resumed"
    assert api.continue_comparison(spec, [first.id])[0].spec.recipe == "text-cnn"
    assert not api.comparison(spec).rows[0].done


def test_what_was_measured_on_other_data_does_not_count(started: list[JobSpec]) -> None:
    spec = spec_of()
    (first,) = api.continue_comparison(spec)
    from dltext.engine.jobs import kept_data

    kept_data.confirm(first.spec, store.folder(first.id))
    finish(first, 3)
    assert api.comparison(spec).rows[0].done
    with Path("films.csv").open("a") as file:
        file.write("another film,pos\n")
    assert [row.job for row in api.comparison(spec).rows] == [None, None]
    assert api.continue_comparison(spec)[0].id != first.id


def test_answers_to_other_texts_get_no_difference(started: list[JobSpec]) -> None:
    spec = spec_of()
    finish(api.continue_comparison(spec)[0], 40)
    finish(api.continue_comparison(spec)[0], 10, texts="others")
    table = api.comparison(spec)
    assert all(not row.to_best and not row.to_baseline for row in table.rows)
    assert table.notes == ("tfidf-linear answered other texts, so no difference is told.",)


@pytest.mark.parametrize(
    ("choices", "said"),
    [
        ((RecipeChoice("nothing"),), "There is no recipe 'nothing'"),
        ((RecipeChoice("word2vec-gensim"),), "word2vec-gensim does not classify texts"),
        ((RecipeChoice("tfidf-linear"),), "Only the baseline tfidf-linear is named"),
        ((CNN, CNN), "text-cnn is there twice: give the second a name"),
        ((CNN, RecipeChoice("text-cnn", {"filters": "2"}, "b")), "text-cnn and b are the same recipe"),
        ((RecipeChoice("text-cnn", {"filter": 2}),), "has no setting 'filter'"),
    ],
)
def test_what_cannot_be_compared_is_refused_in_a_sentence(choices: tuple[RecipeChoice, ...], said: str) -> None:
    with pytest.raises(UserError, match=said):
        spec_of(*choices)


def test_data_that_do_not_do_are_refused_before_anything_starts() -> None:
    Path("few.csv").write_text("text,label\na b,pos\nc d,neg\n")
    with pytest.raises(UserError, match="too few texts for 10 folds"):
        api.check_comparison(ComparisonSpec("few.csv", (CNN,)))
    with pytest.raises(UserError, match="Folds must lie between 1"):
        api.check_comparison(ComparisonSpec("films.csv", (CNN,), folds=0))
    assert comparing.baseline() == "tfidf-linear"


def test_rows_without_folds_are_measured_at_a_time(started: list[JobSpec], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "cores", lambda: 2)
    monkeypatch.setattr(runner, "preflight", lambda spec: SimpleNamespace(memory=10))
    choices = CNN, RecipeChoice("lstm")
    spec = api.check_comparison(ComparisonSpec("films.csv", choices, folds=1, parallel=2))
    first, second = api.continue_comparison(spec)
    assert {(job.spec.parallel, job.spec.threads) for job in (first, second)} == {(1, 1)}
    assert [job.id for job in api.continue_comparison(spec)] == [first.id, second.id]
    finish(first, wrong=40)
    assert [job.spec.recipe for job in api.continue_comparison(spec)] == ["text-cnn", "lstm"]
    monkeypatch.setattr(sharing, "free_memory", lambda: 19)
    with pytest.raises(UserError, match=r"2 trainings at a time would take .*: choose --parallel 1"):
        api.check_comparison(spec)
    with pytest.raises(UserError, match="choose --parallel 2 at most"):
        api.check_comparison(replace(spec, parallel=3))


def test_folds_of_a_row_are_trained_at_a_time(started: list[JobSpec], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "cores", lambda: 2)
    (first,) = api.continue_comparison(spec_of(parallel=2))
    assert (first.spec.parallel, first.spec.threads) == (2, 0)
    finish(first, wrong=40)
    assert api.comparison(spec_of()).rows[0].done, "measured is measured, however many ran at a time"
