"""`dltext models threshold`: from which confidence on a classifier is sure."""

import argparse
from typing import Any

from ...engine import api
from ...engine.results import UserError
from . import inputs, output
from .output import Misuse

THRESHOLD = """\
  dltext evaluate my-reviews --data reviews.csv    # what each threshold costs
  dltext models threshold my-reviews 0.8           # below 80 % it says: not sure
  dltext models threshold my-reviews --right 95% --data reviews.csv --split validation
                                                   # the lowest one above which 95 % of its answers are right there
  dltext models threshold my-reviews               # which one it has
  dltext models threshold my-reviews none

The choice is kept on this machine, also for models that came with dltext, and goes along when a model is exported.
"""


def add_to(group: Any) -> None:
    """Add the command to the group of models."""
    command = output.add_command(
        group, "threshold", _threshold, "let a classifier say that it is not sure below a confidence", THRESHOLD
    )
    command.add_argument("name", metavar="NAME", help="a model, as `dltext models list` names it")
    command.add_argument(
        "value", nargs="?", default="", metavar="VALUE|none", help="between 0 and 1; none: it always answers"
    )
    command.add_argument(
        "--right", metavar="SHARE", help="choose the lowest threshold above which such a share of the answers is right"
    )
    command.add_argument("--data", action=inputs.Several, metavar="CARD|FILE", help="with --right: labelled texts")
    command.add_argument("--split", default="test", help="with --right: which part (default: %(default)s)")
    inputs.add_columns(command, "text", "label")


def _threshold(options: argparse.Namespace) -> int:
    if bool(options.right) != bool(options.data) or (options.right and options.value):
        raise Misuse("Give a VALUE, or --right SHARE with --data CARD|FILE.")
    if options.right:
        _choose(options, _share(options.right))
    if options.value:
        api.set_threshold(options.name, None if options.value.lower() == "none" else _share(options.value))
    model = api.model(options.name)
    if options.json:
        output.print_json({"name": model.name, "threshold": model.threshold})
    elif model.threshold is None:
        print(output.visible(f"{model.name} has no threshold: it always answers"))
    else:
        print(output.visible(f"{model.name} is not sure below a confidence of {model.threshold:g}"))
    return 0


def _choose(options: argparse.Namespace, accuracy: float) -> None:
    """Keep the lowest threshold above which a share ``accuracy`` of the answers to the data is right."""
    columns = (options.text_column, options.label_column)
    with output.progress(f"reading {options.data}", "examples") as progress:
        report = api.evaluate(options.name, inputs.data(options.data), options.split, *columns, progress)
    if report.analysis is None or not report.analysis.coverages:
        raise UserError(f"{options.name} does not give one label a text, and only models that do have a threshold.")
    step = report.analysis.reaching(accuracy)
    if step is None:
        best = max(report.analysis.coverages, key=lambda each: each.accuracy)
        raise UserError(
            f"No threshold of {options.name} has {output.percent(accuracy)} of its answers right on {report.data}; "
            f"the best, {best.threshold:g}, has {output.percent(best.accuracy)}: ask for less."
        )
    all_answered = step is report.analysis.coverages[0]
    api.set_threshold(options.name, None if all_answered else step.threshold)
    output.log(
        f"dltext: on {report.data}, {report.split}: {output.percent(step.coverage)} of {report.examples:,} texts "
        f"answered, {output.percent(step.accuracy)} of these right (95 %: {output.percent(step.low)} … "
        f"{output.percent(step.high)})"
    )


def _share(text: str) -> float:
    """``0.8`` or ``80%`` as a number."""
    try:
        return float(text.removesuffix("%").strip()) / (100 if text.endswith("%") else 1)
    except ValueError:
        raise Misuse(f"The threshold must be a number between 0 and 1, or none, not {text!r}.") from None
