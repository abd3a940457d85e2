"""`dltext models threshold`: from which confidence on a classifier is sure."""

import argparse
from typing import Any

from ...engine import api
from . import output
from .output import Misuse

THRESHOLD = """\
  dltext evaluate my-reviews --data reviews.csv    # what each threshold costs
  dltext models threshold my-reviews 0.8           # below 80 % it says: not sure
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


def _threshold(options: argparse.Namespace) -> int:
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


def _share(text: str) -> float:
    """``0.8`` or ``80%`` as a number."""
    try:
        return float(text.removesuffix("%").strip()) / (100 if text.endswith("%") else 1)
    except ValueError:
        raise Misuse(f"The threshold must be a number between 0 and 1, or none, not {text!r}.") from None
