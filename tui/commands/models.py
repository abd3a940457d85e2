"""`dltext models`: the trained models of this machine."""

import argparse
from dataclasses import asdict
from typing import Any

from ...engine import api
from ...engine.results import BundleInfo
from . import output

LISTED = (
    "name",
    "task",
    "origin",
    "default",
    "language",
    "metrics",
    "measured_on",
    "version",
    "recipe",
    "labels",
    "size",
    "path",
    "problem",
)


def add_to(commands: Any) -> None:
    """Add the group."""
    group = output.add_group(commands, "models", "list, show, share and remove trained models", _list)
    group_list = output.add_command(
        group,
        "list",
        _list,
        "list all models, shipped ones first",
        "  dltext models list\n  dltext models list --task sentiment --json\n",
    )
    group_list.add_argument("--task", help="only those of a task")
    show = output.add_command(group, "show", _show, "show a model's card: what it is for and how good")
    show.add_argument("name", metavar="NAME")
    add = output.add_command(
        group,
        "import",
        _import,
        "add a model from a zip or a folder, verified",
        "  dltext models import my-reviews.zip\n",
    )
    add.add_argument("path", metavar="PATH")
    export = output.add_command(
        group,
        "export",
        _export,
        "write a model as a zip",
        "  dltext models export my-reviews\n  dltext models export my-reviews /tmp/mine.zip\n",
    )
    export.add_argument("name", metavar="NAME")
    export.add_argument("path", nargs="?", default=".", metavar="PATH", help="a file or a folder (default: here)")
    remove = output.add_command(group, "remove", _remove, "remove own models; shipped ones stay")
    remove.add_argument("names", nargs="+", metavar="NAME")
    remove.add_argument("--yes", action="store_true", help="do not ask")
    default = output.add_command(group, "default", _default, "let a model answer for its task from now on")
    default.add_argument("name", metavar="NAME")


def _list(options: argparse.Namespace) -> int:
    found = api.models(getattr(options, "task", None))
    if options.json:
        for model in found:
            output.print_json(_listed(model))
        return 0
    if not found:
        output.log("There are no models yet: train one with `dltext train`, or add one with `dltext models import`.")
    output.table(
        [
            {
                "": "*" if model.default else "",
                "name": model.name,
                "task": model.task,
                "language": model.language,
                "recipe": model.recipe,
                "accuracy": output.percent(model.metrics.get("accuracy")),
                "floor": output.percent(model.metrics.get("floor_accuracy")),
                "on": model.measured_on,
                "origin": model.origin,
                "size": output.size(model.size),
            }
            for model in found
            if not model.problem
        ],
        right=("accuracy", "floor", "size"),
    )
    for model in found:
        if model.problem:
            output.log(f"{model.name} cannot be used: {model.problem}")
    return 0


def _listed(model: BundleInfo) -> dict[str, Any]:
    return {name: getattr(model, name) for name in LISTED}


def _show(options: argparse.Namespace) -> int:
    model = api.model(options.name)
    if options.json:
        output.print_json(asdict(model))
        return 0
    card = model.card
    output.facts(
        {
            "name": model.name,
            "problem": model.problem,
            "task": model.task,
            "recipe": model.recipe,
            "language": model.language,
            "labels": ", ".join(model.labels),
            "version": model.version,
            "origin": model.origin,
            "default": "yes" if model.default else "",
            "created": card.get("created"),
            "intended": card.get("intended"),
            "size": output.size(model.size),
            "path": model.path,
        }
    )
    for title in ("data", "settings", "serving", "versions"):
        if card.get(title):
            print(f"\n{title}")
            output.facts({f"  {key}": value for key, value in card[title].items()})
    for row in card.get("metrics", []):
        print("\nmeasured")
        output.facts({f"  {key}": _value(key, value) for key, value in row.items()})
    return 0


def _value(key: str, value: Any) -> Any:
    shares = ("accuracy", "macro_f1", "ece", "floor_accuracy", "floor_macro_f1")
    return output.percent(value) if key in shares and isinstance(value, (int, float)) else value


def _import(options: argparse.Namespace) -> int:
    model = api.import_model(options.path)
    if options.json:
        output.print_json(_listed(model))
    else:
        print(model.name)
    return 0


def _export(options: argparse.Namespace) -> int:
    written = api.export_model(options.name, options.path)
    if options.json:
        output.print_json({"name": options.name, "path": str(written)})
    else:
        print(written)
    return 0


def _remove(options: argparse.Namespace) -> int:
    for name in options.names:
        api.model(name)
    output.confirm(f"Remove {', '.join(options.names)} for good?", options.yes)
    for name in options.names:
        api.remove_model(name)
        if options.json:
            output.print_json({"name": name, "removed": True})
        else:
            print(f"removed {name}")
    return 0


def _default(options: argparse.Namespace) -> int:
    api.set_default(options.name)
    model = api.model(options.name)
    if options.json:
        output.print_json(_listed(model))
    else:
        print(f"{model.name} answers for {model.task} now")
    return 0
