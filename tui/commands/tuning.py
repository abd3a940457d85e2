"""`dltext tune`: a search over the settings of a recipe, and the model of the best."""

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ...engine import api
from ...engine.results import Job, JobSpec, UserError
from ..kit import tried
from . import following, inputs, output, reports, training
from .output import Misuse

TUNE = """\
  dltext tune text-cnn --data mr --try dropout=0.3,0.5 --try filters=50,100       # all four combinations
  dltext tune text-cnn --data mr --try learning_rate=0.0001..0.01 --trials 20    # twenty that are drawn
  dltext tune lstm --data reviews.csv --try units=64,128 --set epochs=5 --parallel 2
  dltext tune text-cnn --data mr --try "kernel_sizes=3;3,4,5"                     # values that hold commas

A range is drawn from evenly, or by powers of ten where the setting's own bounds span them (a learning rate, a batch
size). Each trial is a run of its own (`dltext jobs list`), trained with the same seed and judged on the validation
part; the test part measures the model of the best trial alone, which is installed. ctrl-C stops; the same
command resumes where it was. A trial that an earlier search has measured, on the same data, is not trained again.
"""


def add_to(commands: Any) -> None:
    """Add the command."""
    command = output.add_command(
        commands, "tune", _tune, "search for the best settings of a recipe, and keep the model that has them", TUNE
    )
    training.add_spec(command)
    command.add_argument(
        "--try",
        dest="tried",
        action="append",
        default=[],
        metavar="KEY=VALUES",
        help="values of a setting (`dltext recipes RECIPE`) with commas between, or a range LOW..HIGH; may be repeated",
    )
    command.add_argument(
        "--trials",
        type=int,
        default=0,
        metavar="N",
        help="draw so many combinations at random; default: try all of them",
    )
    command.add_argument("--name", default="", help="name of the new model; default: from the data and the recipe")
    command.add_argument("--markdown", metavar="FILE", help="also write the table of trials to FILE in Markdown")
    inputs.add_parallel(command)


def _tune(options: argparse.Namespace) -> int:
    markdown = inputs.path(options.markdown) if options.markdown else ""
    if markdown and not Path(markdown).absolute().parent.is_dir():
        raise UserError(f"{markdown} cannot be written: there is no such folder; make it, or choose another place.")
    job = api.tune(_spec(options))
    if job.state != "done":
        output.log(f"dltext: run {job.id}; ctrl-C stops, the same command resumes")
    job = _follow(job)
    if job.state != "done":
        output.log(f"dltext: {job.id} {job.state}: {job.message}")
        if job.state == "cancelled":
            output.log("dltext: the same command resumes it")
        return 1
    report = api.report(job.id)
    if markdown:
        api.write_document(
            markdown, "\n".join([f"# {report.model}", "", *tried.as_markdown(report), report.protocol, ""])
        )
        output.log(f"dltext: written to {markdown}")
    if options.json:
        output.print_json({**asdict(job), "report": report.measures()})
        return 0
    reports.show(report)
    following.suggest(job)
    return 0


def _spec(options: argparse.Namespace) -> JobSpec:
    spec = training.spec(options, name=options.name, parallel=options.parallel, cluster=inputs.scheduler(options))
    values = training.pairs(options.tried, "--try", "learning_rate=0.01,0.001")
    if not values:
        raise Misuse("Nothing to try: name a setting and its values, as in --try learning_rate=0.01,0.001.")
    fixed = training.pairs(options.set, "--set", "epochs=5")
    if both := next((name for name in values if name in fixed), ""):
        raise Misuse(f"{both} is both in --set and in --try: leave one out.")
    if api.training_problem() is None:
        try:
            return api.plan_tuning(spec, values, options.trials)
        except UserError as error:
            raise Misuse(str(error).replace("how many trials there are to be", "--trials N, how many")) from None
    return spec


def _follow(job: Job) -> Job:
    """Tell of the run to its end; ctrl-C stops it, so that the same command resumes it."""
    if not job.active:
        return job
    try:
        following.watch(job.id)
    except KeyboardInterrupt:
        if api.cancel(job.id).active:
            output.log(f"dltext: {job.id} and its trials write checkpoints and stop; the same command resumes them")
        raise
    return api.job(job.id)
