"""The commands of `dltext corpus` over columns: crossed, along dates, labelled by a model, exported."""

import argparse
from dataclasses import asdict
from typing import Any

from ...engine import api
from ...engine.results import Selection
from . import corpus_output, inputs, output
from .corpus_options import add, asked
from .output import Misuse

EXAMPLES = {
    "crosstab": """\
  dltext corpus crosstab --data reviews.csv --rows label --columns stars
""",
    "course": """\
  dltext corpus course --data reviews.csv --over date
  dltext corpus course --data reviews.csv --by label --unit month
  dltext corpus course soup 'cold soup' --data reviews.csv --csv > soup.csv
""",
    "apply": """\
  dltext corpus apply --model title-en --data papers.csv --filter 'year>2018'
  dltext corpus apply --model profile-en --data posts.csv
  dltext corpus export --data posts.csv --out all.xlsx          # with these columns
""",
    "shares": """\
  dltext corpus shares --model sentiment --data reviews.csv --by year
""",
}


def add_to(group: Any) -> None:
    """Add the commands."""
    table = add(
        group, "crosstab", _crosstab, "count how often the values of two columns go together", EXAMPLES["crosstab"]
    )
    table.add_argument("--rows", required=True, metavar="COLUMN")
    table.add_argument("--columns", required=True, metavar="COLUMN")
    way = add(
        group,
        "course",
        _course,
        "count documents, the values of a column, or words by year, month or day",
        EXAMPLES["course"],
    )
    way.add_argument("words", nargs="*", type=inputs.argument, metavar="WORD", help="a word, or a phrase in quotes")
    way.add_argument("--over", default="", metavar="COLUMN", help="the column of the dates (default: the first one)")
    way.add_argument("--by", default="", metavar="COLUMN", help="the share of each of its values")
    way.add_argument(
        "--unit", default="", choices=("year", "month", "day"), help="how long a period is (default: by the dates)"
    )
    share = add(
        group,
        "shares",
        _shares,
        "say how often a model gives each label, corrected for its known errors",
        EXAMPLES["shares"],
    )
    share.add_argument(
        "--model", required=True, metavar="NAME", help="a classifier's name, or a task's for its default"
    )
    share.add_argument("--by", default="", metavar="COLUMN", help="for each of its groups")
    share.add_argument(
        "--errors", default="", metavar="CARD|FILE", help="labelled data on which the model's errors are measured"
    )
    share.add_argument("--errors-split", default="test", metavar="SPLIT", help="its part (default: %(default)s)")
    read = add(group, "apply", _apply, "have a model read the documents: its answers become columns", EXAMPLES["apply"])
    read.add_argument(
        "--model", required=True, metavar="NAME", help="a classifier, profiler, translator or title writer"
    )
    add(
        group,
        "export",
        _export,
        "write the documents with all columns, those of models too, to a file",
        more=".parquet",
    )
    add(group, "info", _info, "make the index, and say what is in the corpus")
    add(group, "remove", _remove, "delete the index of a corpus; the data stay")


def _crosstab(options: argparse.Namespace, selection: Selection) -> int:
    corpus_output.cross(options, asked(options, api.crosstab, selection, options.rows, options.columns))
    return 0


def _course(options: argparse.Namespace, selection: Selection) -> int:
    if options.by and options.words:
        raise Misuse("Name either words or --by COLUMN, not both.")
    parts = {"by": options.by, "words": options.words, "unit": options.unit}
    corpus_output.course(options, asked(options, api.corpus_course, selection, options.over, **parts))
    return 0


def _apply(options: argparse.Namespace, selection: Selection) -> int:
    columns = asked(options, api.fill_columns, selection, options.model)
    corpus_output.rows(options, [{"column": column} for column in columns], "no columns")
    return 0


def _shares(options: argparse.Namespace, selection: Selection) -> int:
    errors = inputs.data(options.errors) if options.errors else ""
    result = asked(
        options,
        api.label_shares,
        selection,
        options.model,
        by=options.by,
        errors=errors,
        errors_split=options.errors_split,
    )
    corpus_output.rows(options, [row.as_dict() for row in result.shares], "no labels")
    for note in result.notes:
        output.log(f"dltext: {output.visible(note)}")
    return 0


def _export(options: argparse.Namespace, selection: Selection) -> int:
    if not options.out:
        raise Misuse("Name a file to write to: --out FILE (.csv, .tsv, .jsonl, .xlsx or .parquet).")
    count = asked(options, api.export_documents, selection, options.out)
    output.log(f"dltext: {count:,} documents are in {options.out}.")
    return 0


def _info(options: argparse.Namespace, selection: Selection) -> int:
    info = asked(options, api.corpus_info, selection)
    if options.json:
        output.print_json(asdict(info))
        return 0
    output.facts(
        {
            "data": info.data,
            "documents": f"{info.documents:,}",
            "words": f"{info.words:,}",
            "different words": f"{info.different:,}",
            "columns": ", ".join(info.columns),
            "language": info.language,
            "selected": f"{info.selected:,} documents, {info.selected_words:,} words" if options.filter else "",
            "index": f"{output.size(info.size)}{', made now' if info.made else ''}",
        }
    )
    return 0


def _remove(options: argparse.Namespace, selection: Selection) -> int:
    count = api.remove_index(selection.data)
    if options.json:
        output.print_json({"data": options.data, "removed": count})
    else:
        print("removed" if count else "there was no index")
    return 0
