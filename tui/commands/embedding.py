"""`dltext embed`: texts to vectors, by an encoder or by sentence vectors."""

import argparse
import sys
from typing import Any

from ...engine import api
from ...engine.results import StreamCall
from . import inputs, output
from .lost_texts import Lost
from .output import Misuse
from .streaming import Answers, answered, some

EXAMPLES = """\
  dltext embed --in reviews.csv --text-column body --out vectors.npz
  dltext embed --in reviews.csv --out vectors.csv --model my-sentences
  dltext embed "A slow film that finds its voice." --json
  dltext embed --in posts.jsonl --json > vectors.jsonl

English texts are read by encoder-en; for other languages add an encoder: `dltext models import FOLDER`.
vectors.npz: ids (one text, an id a line) and vectors (float32, a row a text, each of length 1: the cosine of two texts
is the product of their rows). vectors.csv: a column id, then one a component. JSON: {"id", "vector": []}. In a pipe:
id, then the numbers, tabs between.
"""


def add_to(commands: Any) -> None:
    """Add the command."""
    embed = output.add_command(commands, "embed", _embed, "turn texts into vectors, by their meaning", EXAMPLES)
    inputs.add_text(embed)
    embed.add_argument(
        "--model",
        metavar="NAME",
        help="an encoder, or sentence vectors (`dltext models list --task sentences`); default: see "
        "`dltext models list --task encoder`",
    )
    inputs.add_columns(embed, "text", "label", "id")
    embed.add_argument("--out", metavar="FILE", help="write all vectors there, as .npz or .csv")
    embed.add_argument("--overwrite", action="store_true", help="with --out: replace an existing file")


def _embed(options: argparse.Namespace) -> int:
    inputs.check(options)
    lost, call = Lost(), StreamCall("embed", {"model": options.model})
    with answered(options, call, inputs.records(options), lost) as vectors:
        if options.out:
            _write(options, vectors)
        else:
            _print(options, vectors)
    return lost.code


def _print(options: argparse.Namespace, vectors: Answers) -> None:
    for record, vector in some(vectors):
        numbers = [round(float(value), 6) for value in vector]
        if options.json:
            output.print_json({"id": record.id, "vector": numbers})
        else:
            sys.stdout.write("\t".join([output.visible(record.id), *map(str, numbers)]) + "\n")


def _write(options: argparse.Namespace, vectors: Answers) -> None:
    path = api.expand(options.out)
    if path.exists() and not options.overwrite:
        raise Misuse(f"{options.out} exists: name another file, or say --overwrite.")
    with output.progress("embedding", "texts") as progress:
        count, size = api.write_vectors(vectors, path, progress)
    output.log(f"dltext: {count:,} vectors of {size} components are in {options.out}.")
