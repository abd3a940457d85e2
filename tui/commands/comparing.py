"""`dltext compare`: recipes and the baseline on one data set, with the same folds."""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ...engine import api
from ...engine.results import Comparison, ComparisonSpec, Job, JobSpec, RecipeChoice, UserError
from ..kit import compared, compared_files
from . import following, inputs, output
from .output import Misuse

COMPARE = """\
  dltext compare --data mr --recipes text-cnn,lstm
  dltext compare --data reviews.csv --recipes text-cnn,encoder --folds 1     # the data's own test part
  dltext compare --data mr --recipes text-cnn,small=text-cnn --set small.filters=20 --folds 5
  dltext compare --data mr --recipes text-cnn,lstm --parallel 2              # two folds at a time
  dltext compare --data mr --recipes text-cnn,lstm --markdown table.md --picture table.svg

The baseline, TF-IDF and a linear model, is always among them. Each row is a run of its own (`dltext jobs list`). ctrl-C
stops; the same command resumes where it was, and what has been measured once is not trained again.
"""


def add_to(commands: Any) -> None:
    """Add the command."""
    command = output.add_command(
        commands,
        "compare",
        _compare,
        "compare recipes and the baseline on one data set, with the same folds",
        COMPARE,
    )
    command.add_argument(
        "--data",
        required=True,
        action=inputs.Several,
        metavar="CARD|FILE",
        help="a data set's name (`dltext data list`), or a CSV, TSV, JSONL file or folder; may be repeated, to learn "
        "from several with the same labels",
    )
    command.add_argument(
        "--recipes",
        required=True,
        metavar="[NAME=]RECIPE,…",
        help="recipes that classify (`dltext recipes`), with commas between; NAME=RECIPE gives a row a name",
    )
    command.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME.KEY=VALUE",
        help="a setting of a row, by its recipe or its name: text-cnn.epochs=5; may be repeated",
    )
    command.add_argument("--folds", type=int, default=10, metavar="N", help=inputs.FOLDS)
    command.add_argument("--seed", type=int, default=1, help="random seed (default: %(default)s)")
    command.add_argument("--markdown", metavar="FILE", help="also write the table to FILE in Markdown")
    command.add_argument("--picture", metavar="FILE.svg", help="also write the table to FILE.svg as a picture")
    inputs.add_parallel(command)
    inputs.add_columns(command, "text", "label")


def _compare(options: argparse.Namespace) -> int:
    files = _files(options)
    spec = api.check_comparison(_spec(options))
    failed = _measure_all(spec)
    comparison = api.comparison(spec)
    for path, form in files.items():
        api.write_document(path, form(comparison))
        output.log(f"dltext: written to {path}")
    if options.json:
        output.print_json(compared_files.as_values(comparison))
    else:
        _show(comparison)
    for sentence in compared.failures(comparison):
        output.log(f"dltext: {sentence}")
    return 1 if failed else 0


def _files(options: argparse.Namespace) -> dict[str, Callable[[Comparison], str]]:
    """What is to be written where; refused now rather than after hours."""
    forms = (("markdown", compared_files.as_markdown), ("picture", compared_files.as_picture))
    files = {inputs.path(path): form for name, form in forms if (path := getattr(options, name))}
    if options.picture and Path(options.picture).suffix.lower() != ".svg":
        raise Misuse(f"--picture {options.picture}: a picture is written as SVG; give it a name that ends in .svg.")
    for path in files:
        if not Path(path).absolute().parent.is_dir():
            raise UserError(f"{path} cannot be written: there is no such folder; make it, or choose another place.")
    return files


def _spec(options: argparse.Namespace) -> ComparisonSpec:
    data = inputs.data(options.data)
    choices = _choices(options.recipes, options.set)
    columns = options.text_column, options.label_column, dict(options.read)
    spec = ComparisonSpec(data, choices, options.folds, options.seed, *columns, parallel=options.parallel)
    spec = replace(spec, cluster=inputs.scheduler(options))
    for choice in choices:
        try:
            api.validate(JobSpec(choice.recipe, data, choice.settings, kind="cross-validate", folds=options.folds))
        except UserError as error:
            raise Misuse(str(error)) from None
    return spec


def _choices(recipes: str, settings: Sequence[str]) -> tuple[RecipeChoice, ...]:
    """``--recipes`` and ``--set`` as rows; Misuse where a setting is of no row."""
    named: dict[str, str] = {}
    for item in filter(None, (part.strip() for part in recipes.split(","))):
        name, sign, recipe = item.rpartition("=")
        name, recipe = name.strip() if sign else recipe, recipe.strip()
        if not name or not recipe:
            raise Misuse(f"--recipes {item}: write RECIPE or NAME=RECIPE, for example small=text-cnn.")
        if name in named:
            raise Misuse(f"{name} is there twice: give the second a name of its own, as in small={recipe}.")
        named[name] = recipe
    if not named:
        raise Misuse("--recipes names no recipe; `dltext recipes` lists those there are.")
    values: dict[str, dict[str, str]] = {}
    for pair in settings:
        place, sign, value = pair.partition("=")
        name, dot, key = place.strip().rpartition(".")
        if not sign or not dot or not key:
            raise Misuse(f"--set {pair}: write --set NAME.KEY=VALUE, for example --set text-cnn.epochs=5.")
        if name not in named:
            raise Misuse(f"--set {pair}: there is no row {name!r}; there are: {', '.join(named)}.")
        values.setdefault(name, {})[key] = value.strip()
    return tuple(
        RecipeChoice(recipe, values.get(name, {}), name if name != recipe else "") for name, recipe in named.items()
    )


def _measure_all(spec: ComparisonSpec) -> int:
    """Measure every row that has not been; how many could not be."""
    seen: dict[str, Job] = {}
    failed: set[str] = set()
    while jobs := api.continue_comparison(spec, list(seen)):
        for job in jobs:
            if job.id not in seen:
                output.log(f"dltext: {job.spec.recipe}, run {job.id}; ctrl-C stops, the same command resumes")
        seen |= {job.id: job for job in jobs}
        _follow(jobs)
        for job in [api.job(job_id) for job_id in seen if job_id not in failed]:
            if job.state == "cancelled":
                _stop([other for other in jobs if other.id != job.id])
                raise UserError(f"The run {job.id} was stopped; the same command resumes it.")
            if job.state in ("failed", "lost"):
                failed.add(job.id)
                output.log(f"dltext: {job.id} {job.state}: {job.message}")
    return len(failed)


def _follow(jobs: Sequence[Job]) -> None:
    """Tell of the first run to its end; ctrl-C stops them all, so that a later call resumes from their checkpoints."""
    try:
        following.watch(jobs[0].id)
    except KeyboardInterrupt:
        _stop(jobs)
        raise


def _stop(jobs: Sequence[Job]) -> None:
    for job in jobs:
        if api.cancel(job.id).active:
            output.log(f"dltext: {job.id} writes a checkpoint and stops; the same command resumes it")


def _show(comparison: Comparison) -> None:
    columns = compared.columns(comparison)
    output.table(
        [{column.title: column.cell(row) for column in columns} for row in comparison.rows],
        right=[column.title for column in columns if column.right],
    )
    for sentence in [comparison.protocol, *compared.legend(comparison)]:
        print(f"\n{output.visible(sentence)}")
