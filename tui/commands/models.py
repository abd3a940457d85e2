"""`dltext models`: the trained models of this machine."""

import argparse
import zipfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ...engine import api
from ...engine.results import BundleInfo, UserError
from ...engine.results.measures import find
from . import inputs, measures, output, reports, thresholds
from .output import Misuse

LISTED = (
    "name",
    "task",
    "origin",
    "default",
    "threshold",
    "language",
    "metrics",
    "measured_on",
    "version",
    "recipe",
    "labels",
    "size",
    "base",
    "path",
    "problem",
)


IMPORT = """\
  dltext models import my-reviews.zip
  dltext models import all-MiniLM-L6-v2/        # an encoder: config.json, model.safetensors, tokenizer.json
  dltext models import glove.6B.100d.txt --name glove --limit 100000 --language en
  dltext models import wiki.zh.vec --words vocabulary.txt --language zh
  dltext models import vectors.kv

Vectors: word2vec text or binary, GloVe text, fastText .vec, gensim KeyedVectors, .npz. A broken line is named on
stderr and skipped.
"""
FETCH = """\
  dltext models fetch encoder-en-float    # encoder-en not rounded to int8: four times as large

From the folder models of DLTEXT_DATA or the cache where the file lies there; else from the package index.
"""
EXPORT = """\
  dltext models export my-reviews
  dltext models export my-reviews /tmp/mine.zip
  dltext models export words-en --format glove
  dltext models export words-en vectors.vec
"""
FORMS = ("word2vec", "word2vec-binary", "glove", "fasttext", "gensim", "npz")
"""In which word vectors can be written."""
SUFFIXES = (".txt", ".bin", ".vec", ".kv", ".npz")
"""What files of word vectors are called."""

_NAME = "a model, as `dltext models list` names it"


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
    group_list.add_argument("--task", help="only models of this task")
    show = output.add_command(group, "show", _show, "show a model's card: what it is for and how well it does")
    show.add_argument("name", metavar="NAME", help=_NAME)
    add = output.add_command(
        group,
        "import",
        _import,
        "import a model from a zip or a folder (checked first), or word vectors from a file",
        IMPORT,
    )
    add.add_argument("path", metavar="PATH", help="a zip file, a folder, or a file of word vectors")
    add.add_argument("--name", default="", help="of word vectors or of an encoder; default: from the file's name")
    add.add_argument(
        "--limit", type=int, default=0, metavar="N", help="word vectors: only the first N rows (default: all)"
    )
    add.add_argument("--words", metavar="FILE", help="word vectors: only the words in this file, one per line")
    add.add_argument("--language", default="", help="of word vectors or of an encoder: en, zh …; default: detected")
    fetch = output.add_command(
        group, "fetch", _fetch, "download a model that others trained, for example encoder-en-float", FETCH
    )
    fetch.add_argument("names", nargs="+", metavar="NAME")
    export = output.add_command(
        group,
        "export",
        _export,
        "export a model as a zip, or its word vectors in a format that other programs read",
        EXPORT,
    )
    export.add_argument("name", metavar="NAME", help=_NAME)
    export.add_argument("path", nargs="?", default=".", metavar="PATH", help="a file or a folder (default: here)")
    export.add_argument(
        "--format", choices=FORMS, help="of word vectors; default: a zip, or the format that PATH's suffix names"
    )
    remove = output.add_command(
        group, "remove", _remove, "remove models that you trained or imported; shipped ones stay"
    )
    remove.add_argument("names", nargs="+", metavar="NAME", help=_NAME)
    remove.add_argument("--yes", action="store_true", help="do not ask")
    default = output.add_command(group, "default", _default, "make a model the default of its task")
    default.add_argument("name", metavar="NAME", help=_NAME)
    thresholds.add_to(group)


def _list(options: argparse.Namespace) -> int:
    models = api.models(getattr(options, "task", None))
    if options.json:
        for model in models:
            output.print_json(_listed(model))
        return 0
    if not models:
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
                "baseline": output.percent(model.metrics.get("floor_accuracy")),
                "measures": measures.beside_accuracy(model.metrics),
                "on": model.measured_on,
                "origin": model.origin,
                "size": output.size(model.size),
                "base": model.base,
                "threshold": "" if model.threshold is None else f"{model.threshold:g}",
            }
            for model in models
            if not model.problem
        ],
        right=("accuracy", "baseline", "size"),
    )
    for model in models:
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
            "threshold": "" if model.threshold is None else f"{model.threshold:g} (below that it is not sure)",
            "created": card.get("created"),
            "intended": card.get("intended"),
            "mind": card.get("not_for"),
            "corpus": card.get("corpus"),
            "year": card.get("year"),
            "size": output.size(model.size),
            "base": f"{model.base}, whose first layers it answers with" if model.base else "",
            "path": model.path,
        }
    )
    attributes = [row for row in card.get("attributes") or [] if row.get("name")]
    if attributes:
        print("\nattributes")
        output.facts({f"  {row['name']}": _attribute(row) for row in attributes})
    for title in ("data", "settings", "serving", "versions"):
        if card.get(title):
            print(f"\n{title}")
            output.facts({f"  {key}": value for key, value in card[title].items()})
    for row in card.get("metrics", []):
        print("\nmeasured")
        output.facts({f"  {_title(key, model)}": _value(key, row[key]) for key in row if key != "confusion"})
        for matrix in row.get("confusion") or []:
            print(f"\nconfusions of {output.visible(matrix['attribute'])} (rows: true label; columns: predicted label)")
            reports.show_confusion(matrix["labels"], matrix["matrix"])
    return 0


def _attribute(row: dict[str, Any]) -> str:
    if row.get("kind") != "number":
        return ", ".join(row.get("labels") or ())
    if row.get("low") is None or row.get("high") is None:
        return "a number"
    return (
        f"a number; the true value lies {row['low']:+.1f} to {row['high']:+.1f} from the estimate for 8 of 10 authors"
    )


def _title(key: str, model: BundleInfo) -> str:
    return measures.title(key) if api.task(model.task).measures_by_title else key


def _value(key: str, value: Any) -> Any:
    return measures.number(key, value) if find(key) else value


def _import(options: argparse.Namespace) -> int:
    options.path = inputs.path(options.path)
    model = _import_vectors(options) if _holds_vectors(options.path) else _import_bundle(options)
    if options.json:
        output.print_json(_listed(model))
    else:
        print(output.visible(model.name))
    return 0


def _fetch(options: argparse.Namespace) -> int:
    for name in options.names:
        with output.progress(f"fetching {name}", "bytes") as progress:
            model = api.fetch_model(name, progress)
        if options.json:
            output.print_json(_listed(model))
        else:
            print(output.visible(model.name))
    return 0


def _holds_vectors(path: str) -> bool:
    """Whether a file is one of vectors: all that is neither a folder nor a zip with a model in it."""
    place = api.expand(path)
    if not place.is_file():
        return False
    zipped = place.suffix.lower() == ".zip"
    if not zipfile.is_zipfile(place):
        return not zipped
    names = api.names_in_zip(place)  # .npz is a zip as well
    if any(name.endswith("card.toml") for name in names):
        return False
    if zipped and any(Path(name).suffix.lower() in SUFFIXES for name in names):
        raise UserError(f"{path} holds no model; if there are word vectors in it, unpack it and import their file.")
    return not zipped


def _import_bundle(options: argparse.Namespace) -> BundleInfo:
    place = api.expand(options.path)
    encoder = api.holds_encoder(place)
    for option in ("limit", "words") if encoder else ("name", "limit", "words", "language"):
        if getattr(options, option):
            raise Misuse(f"--{option} is for files of word vectors; {options.path} is a model, or is not there.")
    return api.import_encoder(place, options.name, options.language) if encoder else api.import_model(options.path)


def _import_vectors(options: argparse.Namespace) -> BundleInfo:
    if options.limit < 0:
        raise Misuse(f"--limit must be 0 (all) or more, not {options.limit}.")
    words = None
    if options.words:
        words = [line.strip() for line in api.read_document(inputs.path(options.words)).splitlines() if line.strip()]
        if not words:
            raise UserError(f"{options.words} holds no words; one word per line is expected.")
    with output.progress(f"reading {options.path}") as progress:
        model, broken = api.import_vectors(options.path, options.name, options.language, options.limit, words, progress)
    for sentence in broken:
        output.log(f"dltext: {output.visible(sentence)}")
    return model


def _export(options: argparse.Namespace) -> int:
    options.path = inputs.path(options.path)
    path = Path(options.path)
    if not path.is_dir() and api.outlet(options.path).kind != "file":
        raise Misuse(f"{options.path} is no file, and a model is written as one: name a file or a folder.")
    if options.format:
        written = api.export_vectors(options.name, options.path, options.format)
    elif path.suffix.lower() in SUFFIXES and not path.is_dir():
        written = api.export_vectors(options.name, options.path)
    else:
        written = api.export_model(options.name, options.path)
        if base := api.model(options.name).base:
            output.log(f"The layers of {base} are in the file too, so that it needs no other model.")
    if options.json:
        output.print_json({"name": options.name, "path": str(written)})
    else:
        print(output.visible(written))
    return 0


def _remove(options: argparse.Namespace) -> int:
    for name in options.names:
        api.model(name)
    output.confirm(f"Remove {', '.join(options.names)}? This cannot be undone.", options.yes)
    for name in options.names:
        api.remove_model(name)
        if options.json:
            output.print_json({"name": name, "removed": True})
        else:
            print(f"removed {output.visible(name)}")
    return 0


def _default(options: argparse.Namespace) -> int:
    api.set_default(options.name)
    model = api.model(options.name)
    if options.json:
        output.print_json(_listed(model))
    else:
        print(output.visible(f"{model.name} answers for {model.task} now"))
    return 0
