"""`dltext train`, `evaluate`, `cross-validate` and `recipes`: make models and measure them."""

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from ...engine import api
from ...engine.results import Field, JobSpec, UserError
from . import checking, following, inputs, output, reports
from .output import Misuse

TRAIN = """\
  dltext train text-cnn --data mr --follow
  dltext train lstm --data reviews.csv --text-column body --label-column stars --name my-reviews
  dltext train text-cnn --data sst2 --set epochs=5 --set dropout=0.4 --seed 7 --json
  dltext train word2vec-gensim --data text-en --check
  dltext train self-attention --data authors.csv --set "attributes=gender, years=age:number" --set loss_weights=1,0.5
  dltext train seq2seq-attention --data mine.tsv --set initial=my-translator   # start from that model's weights
  dltext train encoder --data imdb --data mr --data sst2 --name my-sentiment   # several sets with the same labels
  dltext train text-cnn --data mr --teacher my-encoder --unlabelled imdb:unsup,reviews.txt   # learn from a better model
  dltext recipes text-cnn          # every setting for --set, with its default

The run goes on when this command ends: see `dltext jobs list` and `dltext jobs follow`.
"""
CROSS = """\
  dltext cross-validate text-cnn --data mr --folds 10
  dltext cross-validate text-cnn --data mr --folds 10 --set epochs=5 --detach
  dltext cross-validate text-cnn --data mr --folds 10 --parallel 2    # two folds at a time, each as a run
  dltext cross-validate text-cnn --data mr --cluster tcp://HOST:8786   # folds on the workers of a Dask cluster
"""
EVALUATE = """\
  dltext evaluate sentiment-en-cnn --data imdb
  dltext evaluate my-reviews --data reviews.csv --split all --json
  dltext evaluate profile-en --data authors.jsonl --text-column conversation
  dltext evaluate translate-en-zh --data tatoeba-en-zh  # BLEU and chrF, beside the baseline
  dltext evaluate title-en --data title-generate         # ROUGE, beside the first sentence as the baseline
  dltext evaluate words-en --data wordsim353          # also simlex999, google-analogies, wordsim240-zh,
  dltext evaluate words-en --data pairs.tsv           #   wordsim297-zh, ca8-semantic, ca8-morphological

Word vectors: --data is a test's name, a file with two words and a human score per line (prints spearman), or one with
four words per line, in sections that begin with a colon (prints accuracy, and that of each section).
Translators: --text-column and --label-column name the two columns of a pair, in either order.
Titles: they name the columns of texts and of titles; without them, those called Abstract (or text) and Title are taken.
Author profiling: the columns of the data are matched with the model's attributes by their names; JSON has "parts".
JSON of word vectors has "spearman", "covered", "pairs", or "accuracy", "questions", "sections", in front of the report.
"""
RECIPES = """\
  dltext recipes
  dltext recipes text-cnn
  dltext recipes add networks.py       # a file of yours, or an installed module: its code will run
  dltext recipes remove networks.py

How such a file is written: docs/adding-a-task.md.
"""


def add_to(commands: Any) -> None:
    """Add the four commands."""
    train = output.add_command(commands, "train", _train, "train a model in the background", TRAIN)
    add_spec(train)
    train.add_argument("--name", default="", help="name of the new model; default: from the data and the recipe")
    train.add_argument("--follow", action="store_true", help="show the run until it ends")
    train.add_argument("--check", action="store_true", help="do not train: check the data and estimate time and memory")

    cross = output.add_command(
        commands,
        "cross-validate",
        _cross_validate,
        "k-fold cross-validation: train and test once per fold, then average",
        CROSS,
    )
    add_spec(cross)
    cross.add_argument("--folds", type=int, default=10, metavar="N", help=inputs.FOLDS)
    cross.add_argument(
        "--serving", action="store_true", help="also measure the size and the speed of the model of the first fold"
    )
    inputs.add_parallel(cross)
    cross.add_argument("--detach", action="store_true", help="return at once; the run continues in the background")

    evaluate = output.add_command(commands, "evaluate", _evaluate, "measure a model on a data set", EVALUATE)
    evaluate.add_argument("model", metavar="MODEL", help="a model, as `dltext models list` names it")
    evaluate.add_argument(
        "--split", default="test", help="part to measure on (default: %(default)s); all: the whole file"
    )
    evaluate.add_argument(
        "--mistakes",
        type=int,
        default=5,
        metavar="N",
        help="number of most confident errors to show (default: %(default)s)",
    )
    evaluate.add_argument(
        "--map",
        default="",
        metavar="LABEL=LABEL,…",
        help="which labels of the data are which of the model's: pos=positive,neg=negative; 3= leaves those texts out",
    )
    _add_data(evaluate, "measure on")

    recipes = output.add_command(
        commands,
        "recipes",
        _recipes,
        "list the recipes (ways to train a model), or one with all its settings; add your own",
        RECIPES,
    )
    recipes.add_argument(
        "words", nargs="*", metavar="[RECIPE | add FILE.py|MODULE | remove FILE.py|MODULE]", help="nothing: list all"
    )


def _add_data(command: argparse.ArgumentParser, use: str = "learn from") -> None:
    command.add_argument(
        "--data",
        required=True,
        action=inputs.Several,
        metavar="CARD|FILE",
        help="a data set's name (`dltext data list`), or a CSV, TSV, JSONL file or folder; may be repeated, to "
        f"{use} several with the same labels",
    )
    inputs.add_columns(command, "text", "label")


def add_spec(command: argparse.ArgumentParser) -> None:
    """RECIPE, data, settings and seed of a training."""
    command.add_argument("recipe", metavar="RECIPE", help="a recipe, as `dltext recipes` names it")
    _add_data(command)
    command.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help="a setting of the recipe; may be repeated"
    )
    command.add_argument(
        "--teacher", default="", metavar="MODEL", help="a model with the same labels that labels further texts"
    )
    command.add_argument(
        "--unlabelled",
        action="append",
        default=[],
        metavar="FILE|CARD,…",
        help="texts for --teacher: files, data sets, or parts of them (imdb:unsup); may be repeated",
    )
    command.add_argument("--seed", type=int, default=1, help="random seed (default: %(default)s)")


def pairs(written: Sequence[str], option: str, example: str) -> dict[str, str]:
    """``KEY=VALUE`` after an option that may be repeated; Misuse, with an ``example``, for what is none."""
    values = {}
    for pair in written:
        key, sign, value = pair.partition("=")
        if not sign or not key.strip():
            raise Misuse(f"{option} {pair}: write {option} KEY=VALUE, for example {option} {example}.")
        values[key.strip()] = value.strip()
    return values


def _lessons(options: argparse.Namespace) -> dict[str, str]:
    """``--teacher`` and ``--unlabelled`` as settings."""
    names = [inputs.data(name) for listed in options.unlabelled for name in _listed(listed)]
    given = {"teacher": options.teacher.strip(), "unlabelled": "+".join(names)}
    return {key: value for key, value in given.items() if value}


def _listed(text: str) -> list[str]:
    """Names between commas; a file whose name has one stays whole."""
    if api.expand(text).exists():
        return [text]
    return [name.strip() for name in text.split(",") if name.strip()]


def spec(options: argparse.Namespace, **more: Any) -> JobSpec:
    """The validated spec; a setting that cannot be is misuse of the command line."""
    written = JobSpec(
        recipe=options.recipe,
        data=inputs.data(options.data),
        settings=pairs(options.set, "--set", "epochs=5") | _lessons(options),
        seed=options.seed,
        text_column=options.text_column,
        label_column=options.label_column,
        read=dict(options.read),
        **more,
    )
    try:
        return api.validate(written)
    except UserError as error:
        raise Misuse(str(error)) from None


def _train(options: argparse.Namespace) -> int:
    asked = spec(options, name=options.name)
    if options.check:
        return checking.preflight(asked, options.json)
    return _start(asked, options.json, options.follow)


def _cross_validate(options: argparse.Namespace) -> int:
    asked = spec(
        options,
        kind="cross-validate",
        folds=options.folds,
        serving=options.serving,
        parallel=options.parallel,
        cluster=inputs.scheduler(options),
    )
    return _start(asked, options.json, not options.detach)


def _start(asked: JobSpec, json: bool, follow: bool) -> int:
    if problem := api.training_problem():
        raise UserError(problem)
    job = api.submit(asked)
    if follow:
        output.log(f"dltext: run {job.id} started; ctrl-C leaves it running")
        return following.follow(job.id, json)
    if json:
        output.print_json(asdict(job))
    else:
        print(output.visible(job.id))
        output.log(f"dltext: the run continues in the background; watch it with: dltext jobs follow {job.id}")
    return 0


def _evaluate(options: argparse.Namespace) -> int:
    with output.progress(f"reading {options.data}", "examples") as progress:
        data = inputs.data(options.data)
        columns = (options.text_column, options.label_column)
        if options.map:
            mapped = label_pairs(options.map)
            report = api.evaluate(options.model, data, options.split, *columns, progress, label_map=mapped)
        else:
            report = api.evaluate(options.model, data, options.split, *columns, progress)
    if options.json:
        output.print_json({**reports.word_results(report), **report.measures()})
    else:
        reports.show(report, options.mistakes)
    return 0


def label_pairs(text: str) -> dict[str, str]:
    """``--map`` as a table; Misuse for what is none."""
    parts: list[str] = []
    for part in text.split(","):  # a label may have a comma
        parts = [*parts[:-1], f"{parts[-1]},{part}"] if parts and "=" not in parts[-1] else [*parts, part]
    named = [part.partition("=") for part in parts if part.strip()]
    if any(not name.strip() or not sign for name, sign, _ in named):
        raise Misuse(f"--map {text}: write --map pos=positive,neg=negative, with the labels of the data first.")
    return {name.strip(): target.strip() for name, _, target in named}


def _recipes(options: argparse.Namespace) -> int:
    what, *rest = options.words or [""]
    if what in ("add", "remove"):
        if len(rest) != 1:
            raise Misuse(f"Name one file or module: dltext recipes {what} networks.py")
        return (_add_recipes if what == "add" else _remove_recipes)(rest[0], options.json)
    if rest:
        raise Misuse(f"{' '.join(options.words)}: name one recipe, or add or remove a file.")
    recipes = api.recipes()
    if what:
        chosen = [recipe for recipe in recipes if recipe.name == what]
        if not chosen:
            raise Misuse(f"There is no recipe {what!r}; there are: {', '.join(r.name for r in recipes)}.")
        recipes = chosen
    sources = {name: source.name for source in api.recipe_sources() for name in source.recipes}
    for recipe in recipes:
        if options.json:
            output.print_json(asdict(recipe))
            continue
        print(output.visible(f"{recipe.name}: {recipe.label}. {recipe.help}"))
        print(f"  {output.visible(recipe.source)}")
        if recipe.name in sources:
            print(output.visible(f"  from {sources[recipe.name]}"))
        if not what:
            print(output.visible(f"  settings: {', '.join(field.name for field in recipe.fields)}"), end="\n\n")
            continue
        for group in dict.fromkeys(field.group for field in recipe.fields):
            print(f"\n{output.visible(group)}")
            for field in (field for field in recipe.fields if field.group == group):
                default = "(empty)" if field.default in ("", None) else field.default
                print(output.visible(f"  --set {field.name}={default}"))
                print(output.visible(f"      {field.help}{_bounds(field)}"))
    for source in api.recipe_sources():
        if source.problem:
            output.log(f"dltext: {source.problem}")
    return 0


def _add_recipes(source: str, json: bool) -> int:
    added = api.add_recipes(source)
    if json:
        output.print_json(asdict(added))
    else:
        print(output.visible(f"{added.name}: {', '.join(added.recipes)}"))
        output.log(
            f"dltext: its code runs when such a model is trained; next: dltext train {added.recipes[0]} --data …"
        )
    return 0


def _remove_recipes(source: str, json: bool) -> int:
    api.remove_recipes(source)
    if json:
        output.print_json({"removed": source})
    else:
        output.log(f"dltext: {source} is no longer a recipe; the file stays, and models trained with it still work.")
    return 0


def _bounds(field: Field) -> str:
    if field.choices:
        return f" One of: {', '.join(field.choices)}."
    if field.minimum is not None and field.maximum is not None:
        return f" From {field.minimum:g} to {field.maximum:g}."
    return ""
