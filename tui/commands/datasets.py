"""`dltext data` and `dltext doctor`: where texts come from, and whether all is well."""

import argparse
from dataclasses import asdict
from typing import Any

from ...engine import api
from ...engine.results import DatasetInfo, UserError
from . import inputs, output
from .checking import show_check


def add_to(commands: Any) -> None:
    """Add both."""
    group = output.add_group(commands, "data", "list, show, download, check and import data sets", _list)
    output.add_command(group, "list", _list, "list all data sets")
    show = output.add_command(
        group,
        "show",
        _show,
        "show a data set's card and some of its documents",
        "  dltext data show mr\n  dltext data show mr --split test --offset 100 --count 20\n",
    )
    show.add_argument("name", metavar="CARD", help="a data set's name")
    show.add_argument("--split", help="part to show; default: train, or whichever there is")
    show.add_argument(
        "--offset", type=int, default=0, metavar="N", help="number of documents to skip (default: %(default)s)"
    )
    show.add_argument("--count", type=int, default=5, metavar="N", help="number of documents (default: %(default)s)")
    fetch = output.add_command(group, "fetch", _fetch, "get data sets from the mirror, the cache or the network")
    fetch.add_argument("names", nargs="+", metavar="CARD", help="a data set's name")
    check = output.add_command(
        group,
        "check",
        _check,
        "check a data set: counts, lengths, duplicates, leaks, problems",
        "  dltext data check reviews.csv --text-column body --label-column stars\n",
    )
    check.add_argument("data", metavar="CARD|FILE", help="a data set's name, or a file or folder")
    add = output.add_command(
        group,
        "import",
        _import,
        "import a file as a named data set with a fixed split",
        "  dltext data import reviews.csv --name my-reviews\n",
    )
    add.add_argument("path", metavar="FILE", help="a file or a folder")
    add.add_argument("--name", default="", help="name of the data set; default: from the file's name")
    for command in (check, add):
        inputs.add_columns(command, "text", "label")
    remove = output.add_command(group, "remove", _remove, "remove imported data sets; those that ship stay")
    remove.add_argument("names", nargs="+", metavar="NAME")
    remove.add_argument("--yes", action="store_true", help="do not ask")
    output.add_command(
        commands, "doctor", _doctor, "report what works on this machine, what does not, and what to do about it"
    )


def _list(options: argparse.Namespace) -> int:
    datasets = api.datasets()
    if options.json:
        for dataset in datasets:
            output.print_json(asdict(dataset))
        return 0
    if not datasets:
        output.log("There are no data sets yet: add one with `dltext data import`.")
    output.table(
        [
            {
                "name": dataset.name,
                "title": dataset.title,
                "task": dataset.task,
                "language": _languages(dataset),
                "labels": len(dataset.labels) or "",
                "examples": f"{sum(dataset.splits.values()):,}",
                "size": output.size(dataset.size),
                "where": dataset.available,
                "licence": dataset.licence,
            }
            for dataset in datasets
        ],
        right=("labels", "examples", "size"),
    )
    return 0


def _show(options: argparse.Namespace) -> int:
    dataset = api.dataset(options.name)
    split = options.split or ("train" if "train" in dataset.splits else next(iter(dataset.splits), "train"))
    here = dataset.available != "download"
    records = api.browse_data(options.name, split, options.offset, options.count) if here else []
    if options.json:
        output.print_json({**asdict(dataset), "records": [asdict(record) for record in records]})
        return 0
    output.facts(
        {
            "name": dataset.name,
            "title": dataset.title,
            "task": dataset.task,
            "language": _languages(dataset),
            "labels": ", ".join(dataset.labels),
            "attributes": "; ".join(f"{attribute.name}: {attribute.told()}" for attribute in dataset.attributes),
            "size": output.size(dataset.size),
            "where": dataset.available,
            "splits": ", ".join(f"{name} {count:,}" for name, count in dataset.splits.items()),
            "licence": dataset.licence,
            "source": dataset.source,
            "citation": dataset.citation,
            "about": dataset.description,
        }
    )
    if not here:
        output.log(f"dltext: its documents have not been downloaded yet: dltext data fetch {dataset.name}")
    if records:
        print(f"\n{output.visible(split)}, from {options.offset + 1:,}")
    for record in records:
        if record.target is not None:
            shown = output.visible(record.id)
            print(
                f"  {shown}  {_start(record.text)}\n  {output.padded('', output.cells(shown))}  {_start(record.target)}"
            )
            continue
        values = ", ".join(f"{name} {value}" for name, value in record.values.items() if value)
        print("  " + "  ".join(map(output.visible, (record.id, record.label or values, _start(record.text)))))
    return 0


def _start(text: str) -> str:
    """A text's first characters in one line."""
    shown = output.visible(text)
    return f"{shown[:200]}{'…' if len(shown) > 200 else ''}"


def _languages(dataset: DatasetInfo) -> str:
    """``en``, or of pairs ``en → zh``."""
    return " → ".join(filter(None, (dataset.language, dataset.target_language)))


def _fetch(options: argparse.Namespace) -> int:
    for name in options.names:
        with output.progress(f"fetching {name}", "bytes") as progress:
            folder = api.fetch_data(name, progress)
        if options.json:
            output.print_json({"name": name, "path": str(folder)})
        else:
            print(output.visible(folder))
    return 0


def _check(options: argparse.Namespace) -> int:
    check = api.check_data(inputs.data(options.data), options.text_column, options.label_column)
    if options.json:
        output.print_json(asdict(check))
    else:
        show_check(check)
    return 1 if check.errors else 0


def _import(options: argparse.Namespace) -> int:
    dataset = api.import_data(inputs.data(options.path), options.name, options.text_column, options.label_column)
    if options.json:
        output.print_json(asdict(dataset))
    else:
        print(output.visible(dataset.name))
        output.log(f"dltext: {output.visible(dataset.description)}")
    return 0


def _remove(options: argparse.Namespace) -> int:
    names = ", ".join(options.names)
    for name in options.names:
        if api.dataset(name).available != "imported":
            raise UserError(f"{name} is not an imported data set; only those can be removed.")
    output.confirm(f"Remove {names} with all texts in it?", options.yes)
    for name in options.names:
        api.remove_data(name)
        if options.json:
            output.print_json({"name": name, "removed": True})
        else:
            print(f"removed {output.visible(name)}")
    return 0


def _doctor(options: argparse.Namespace) -> int:
    checks = api.doctor()
    for check in checks:
        if options.json:
            output.print_json(asdict(check))
            continue
        sign = {True: "ok", False: "problem", None: "note"}[check.ok]
        print(f"{sign:<8} {output.visible(check.name)}: {output.visible(check.detail)}")
        if check.remedy:
            print(f"         {output.visible(check.remedy)}")
    return 1 if any(check.ok is False for check in checks) else 0
