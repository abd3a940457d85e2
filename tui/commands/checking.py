"""Checks of data and of a training before it starts: `dltext data check` and `dltext train --check`."""

import dataclasses

from ...engine import api
from ...engine.results import DataCheck, JobSpec, Preflight, UserError
from ...engine.results.measures import MEASURES, label, of_attributes
from . import inputs, measures, output


def preflight(spec: JobSpec, json: bool) -> int:
    """Look a training's data through, measure the baseline, estimate time and memory; 1 where the data are at fault."""
    if problem := api.training_problem():
        raise UserError(problem)
    with output.progress(f"checking {spec.data}") as progress:
        checked = api.preflight(dataclasses.replace(spec, kind="preflight"), progress)
    if json:
        output.print_json(dataclasses.asdict(checked))
    else:
        show_check(checked.check)
        _show_estimate(checked)
    return 1 if checked.check.errors else 0


def show_check(check: DataCheck) -> None:
    """What a look at the data found, for people."""
    total = sum(check.labels.values()) or 1
    leaks = f"{check.overlap:,} test examples that also appear in the training set"
    output.facts(
        {
            "data": check.name,
            "splits": ", ".join(f"{name} {count:,}" for name, count in check.splits.items()),
            "labels": ", ".join(
                f"{name} {count:,} ({output.percent(count / total, 0)})" for name, count in check.labels.items()
            ),
            **{attribute.name: attribute.told() for attribute in check.attributes},
            "tokens": _lengths(check.lengths),
            "tokens of the other side": _lengths(check.target_lengths),
            "duplicates": f"{check.duplicates:,}",
            "overlap": leaks if check.labels or check.overlap else "",
        }
    )
    for sentence in check.reading.sentences() if check.reading else ():
        print(f"read as: {output.visible(inputs.with_options(sentence))}")
    for sentence in check.warnings:
        print(f"warning: {output.visible(inputs.with_options(sentence))}")
    for sentence in check.errors:
        print(f"error: {output.visible(inputs.with_options(sentence))}")


def _lengths(lengths: dict[str, float]) -> str:
    return ", ".join(f"{name} {value:,.0f}" for name, value in lengths.items())


def _show_estimate(checked: Preflight) -> None:
    for sentence in checked.facts:
        print(output.visible(sentence))
    floor = checked.floor or {}
    scores = f"{output.percent(floor.get('accuracy'))}, macro F1 {output.percent(floor.get('macro_f1'))}"
    name = "TF-IDF + linear"
    if floor and "accuracy" not in floor:
        scores = ", ".join(f"{label(key)} {measures.short(key, floor[key])}" for key in floor if key in MEASURES)
    if keys := of_attributes(floor):
        scores = ", ".join(f"{label(key)} {measures.short(key, floor[key])}" for key in keys)
    for key, simple in (("bleu", "translation of the nearest sentence"), ("rougeL", "first sentence, 12 words of it")):
        if key in floor:
            scores, name = measures.beside_accuracy(floor), simple
    output.facts(
        {
            "baseline": f"{scores} ({name})" if floor else "",
            "time": f"about {_duration(checked.seconds)} on {checked.device}",
            "memory": f"about {output.size(checked.memory)}",
            "parameters": f"{checked.parameters:,}" if checked.parameters else "",
        }
    )


def _duration(seconds: float) -> str:
    whole = max(round(seconds), 1)
    if whole < 120:
        return f"{whole} s"
    minutes = round(whole / 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60:02d} min"
