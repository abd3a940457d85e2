"""Comparisons for an engine that trains nothing: a row's run is done when a test says so."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from dltext.engine.results import (
    ComparedRow,
    Comparison,
    ComparisonSpec,
    Difference,
    Job,
    JobSpec,
    RecipeChoice,
    RecipeInfo,
    UserError,
)

BASELINE = RecipeInfo("tfidf-linear", "classify", "TF-IDF + linear", "Weighted words.", "Wang & Manning 2012", ())
SCORES = {"tfidf-linear": 0.78, "text-cnn": 0.806, "lstm": 0.774, "a[/b]\x1b[31m": 0.5}


class FakeComparisons:
    """Beside ``FakeJobs``; ``finish`` lets the run of a row end."""

    at_once = False
    """Whether a run has ended as soon as it is begun."""

    def __init__(self) -> None:
        super().__init__()
        self.more_recipes = (BASELINE,)

    def finish(self, recipe: str, state: str = "done", message: str = "") -> None:
        """Let the newest run of a recipe end."""
        job = self._run(recipe)
        self._jobs[job.id] = replace(job, state=state, message=message, ended=job.created + 9)  # type: ignore[attr-defined]

    def _run(self, recipe: str) -> Any:
        runs = [job for job in self.jobs() if job.spec.kind == "cross-validate" and job.spec.recipe == recipe]  # type: ignore[attr-defined]
        return runs[0] if runs else None

    def check_comparison(self, spec: ComparisonSpec) -> ComparisonSpec:
        self.asked.append(("check_comparison", spec))  # type: ignore[attr-defined]
        if "missing" in spec.data:
            raise UserError(f"{spec.data}: there is no such file; check the path.")
        if BASELINE.name in [choice.recipe for choice in spec.choices]:
            return spec
        return replace(spec, choices=(RecipeChoice(BASELINE.name), *spec.choices))

    def continue_comparison(self, spec: ComparisonSpec, passed_over: Collection[str] = ()) -> tuple[Job, ...]:
        jobs: list[Job] = []
        for choice in spec.choices:
            job = self._run(choice.recipe)
            if job is None:
                run = JobSpec(choice.recipe, spec.data, kind="cross-validate", folds=spec.folds)
                job = self.add(f"{choice.title}-cv", run, None if self.at_once else 3)  # type: ignore[attr-defined]
                self.asked.append(("began", job.id))  # type: ignore[attr-defined]
            elif job.state == "cancelled" and job.id not in passed_over:
                job = self.resume(job.id)  # type: ignore[attr-defined]
            if job.active or (self.at_once and job.state == "done" and job.id not in self._returned):
                self._returned.add(job.id)
                jobs.append(job)
                if len(jobs) >= (spec.parallel if spec.folds == 1 else 1):
                    break
        return tuple(jobs)

    @property
    def _returned(self) -> set[str]:
        return self.__dict__.setdefault("_runs_returned", set())

    def comparison(self, spec: ComparisonSpec) -> Comparison:
        rows = [self._row(choice) for choice in spec.choices]
        done = sorted((row for row in rows if row.done), key=lambda row: -row.metrics["accuracy"])
        base = next((row.metrics["accuracy"] for row in done if row.baseline), None)
        tested = []
        for number, row in enumerate(done):
            score = row.metrics["accuracy"]
            to_best = _difference(score - done[0].metrics["accuracy"]) if number else {}
            to_baseline = {} if row.baseline or base is None else _difference(score - base)
            tested.append(replace(row, to_best=to_best, to_baseline=to_baseline))
        waiting = [row for row in rows if not row.done]
        measures = ("accuracy", "macro_f1") if done else ()
        protocol = f"{spec.folds}-fold cross-validation, stratified, seed {spec.seed}."
        return Comparison(spec, measures, (*tested, *waiting), 1066, protocol, "McNemar's exact test")

    def _row(self, choice: RecipeChoice) -> ComparedRow:
        row = ComparedRow(choice, choice.recipe == BASELINE.name, self._run(choice.recipe))
        if row.job is None or row.job.state != "done":
            return row
        score = SCORES[choice.recipe]
        return replace(
            row,
            metrics={"accuracy": score, "macro_f1": score - 0.01},
            spread={"accuracy": 0.011, "macro_f1": 0.012},
            train_seconds=75.0 if choice.recipe == "text-cnn" else 1.5,
            size=2_000_000,
            milliseconds=0.21,
            per_second=5750.4,
        )


def _difference(value: float) -> dict[str, Difference]:
    p = 0.0004 if abs(value) > 0.03 else 0.02 if abs(value) > 0.01 else 0.4
    return {"accuracy": Difference(value, value - 0.01, value + 0.01, p)}
