"""`dltext similar`, `analogy`, `odd-one-out` and `similarity`: questions to word vectors."""

import argparse
import itertools
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ...engine import api
from ...engine.results import Missing, Neighbours, UserError
from . import inputs, output
from .output import Misuse

SIMILAR = """\
  dltext similar coffee
  dltext similar king "new york" --count 5 --json
  dltext similar "bank river"                     # close to both: to the mean of their vectors
  dltext similar --in words.txt > neighbours.tsv  # one word per line; - is stdin

Each WORD is a separate query. In a pipe: query, word, similarity, tabs between.
JSON: {"query", "model", "words": [{"word", "similarity", "rank"}], "missing": [{"word", "suggestions"}], …}.
"""
ANALOGY = """\
  dltext analogy "king - man + woman"
  dltext analogy "paris - france + italy" --count 3 --json

Any number of terms. JSON as for `dltext similar`.
"""
ODD = """\
  dltext odd-one-out breakfast lunch dinner cereal
  dltext odd-one-out 苹果 香蕉 汽车 --model words-zh --json

JSON: {"word", "model", "similarities": [{"word", "similarity", "rank"}], "missing"}; the odd one comes first.
"""
SIMILARITY = """\
  dltext similarity coffee tea
  dltext similarity "the film was long" "a slow movie" --json
  dltext similarity "the film was long" "a slow movie" --model encoder-en   # by an encoder, word order and all

cosine: of the mean vectors; pairwise: the mean of the cosines of each word of one with each word of the other.
JSON: {"model", "a", "b", "cosine", "pairwise", "missing"}.
"""


def add_to(commands: Any) -> None:
    """Add the four commands."""
    similar = output.add_command(commands, "similar", _similar, "find the words most similar to a word", SIMILAR)
    similar.add_argument(
        "words",
        nargs="*",
        type=inputs.argument,
        metavar="WORD",
        help="a word, or several in quotes for words close to all of them",
    )
    similar.add_argument("--in", dest="source", metavar="FILE", help="many words: one per line, or - for stdin")
    analogy = output.add_command(
        commands, "analogy", _analogy, "solve analogies by vector arithmetic: king - man + woman", ANALOGY
    )
    analogy.add_argument(
        "expression", nargs="+", type=inputs.argument, metavar="EXPRESSION", help="words with + and - between them"
    )
    odd = output.add_command(commands, "odd-one-out", _odd, "find the word that does not belong with the others", ODD)
    odd.add_argument("words", nargs="+", type=inputs.argument, metavar="WORD", help="at least three words")
    similarity = output.add_command(
        commands, "similarity", _similarity, "measure how similar two words or two short texts are", SIMILARITY
    )
    similarity.add_argument("a", type=inputs.argument, metavar="TEXT", help="a word or a short text")
    similarity.add_argument("b", type=inputs.argument, metavar="TEXT", help="another")
    for command in (similar, analogy, odd, similarity):
        command.add_argument("--model", metavar="NAME", help="default: the task's default, see `dltext models list`")
    for command in (similar, analogy):
        command.add_argument(
            "--count", type=int, default=10, metavar="N", help="number of words (default: %(default)s)"
        )


def _similar(options: argparse.Namespace) -> int:
    if bool(options.words) == bool(options.source):
        raise Misuse("Give either a WORD or --in FILE.")
    _check_count(options.count)
    if options.source:
        return _many(options)
    whole = True
    for place, word in enumerate(options.words):
        result = api.neighbours(word, options.model, options.count)
        if place and sys.stdout.isatty() and not options.json:
            print()
        _show(result, options.json, named=len(options.words) > 1)
        whole &= not _say_missing(result.missing, result.model)
    return 0 if whole else 1


def _many(options: argparse.Namespace) -> int:
    """Neighbours of each line; words that the vectors lack are counted, for in a long list there are some."""
    count = unknown = 0
    source = inputs.source(options.source)
    inputs.check_stdout(source)
    records = api.read_records(source)
    first = next(records, None)
    if first is None:
        raise UserError("There are no words in the input.")
    quiet = sys.stdout.isatty()
    for record in _counted(itertools.chain([first], records), quiet):
        result = api.neighbours(record.text, options.model, options.count)
        count += 1
        if result.missing:
            unknown += 1
            # A list of any length: the first few are named, then they are only counted.
            if unknown <= 5:
                _say_missing(result.missing, result.model)
        _show(result, options.json, named=True)
    if unknown:
        output.log(f"dltext: {unknown:,} of {count:,} lines hold a word that the vectors lack; --json shows which")
    return 1 if unknown == count else 0


def _counted(records: Iterable, quiet: bool) -> Iterator:
    if quiet:
        yield from records
        return
    with output.progress("reading", "words") as progress:
        for count, record in enumerate(records, start=1):
            if count % 64 == 0:
                progress(count, 0)
            yield record


def _analogy(options: argparse.Namespace) -> int:
    _check_count(options.count)
    result = api.analogy(" ".join(options.expression), options.model, options.count)
    _show(result, options.json, named=False)
    return 1 if _say_missing(result.missing, result.model) else 0


def _show(result: Neighbours, json: bool, named: bool) -> None:
    if json:
        output.print_json(result.as_dict())
        return
    if not sys.stdout.isatty():
        query = output.visible(result.query)
        for near in result.words:
            sys.stdout.write(f"{query}\t{output.visible(near.word)}\t{near.similarity:.6f}\n")
        return
    from rich.text import Text

    screen = output.console()
    if named:
        screen.print(Text(output.visible(result.query), style="bold"))
    _bars([(near.word, near.similarity) for near in result.words])
    screen.print(Text(f"{output.visible(result.model)} · {result.milliseconds:.1f} ms", style="dim"))


def _bars(rows: Sequence[tuple[str, float]]) -> None:
    """Words with their cosines as bars, on a terminal."""
    from rich.cells import cell_len, set_cell_size
    from rich.text import Text

    screen = output.console()
    shown = [(output.visible(word), value) for word, value in rows]
    width = min(max((cell_len(word) for word, _ in shown), default=0), 40)
    for word, value in shown:
        line = Text(f"{set_cell_size(word, width)}  ")
        line.append(f"{output.bar(max(value, 0.0)):<28}", style="green")
        line.append(f" {value:6.3f}")
        screen.print(line)


def _odd(options: argparse.Namespace) -> int:
    if len(options.words) < 3:
        raise Misuse("Give at least three words: of two, neither is the odd one out.")
    result = api.odd_one_out(options.words, options.model)
    if options.json:
        output.print_json(result.as_dict())
    elif not sys.stdout.isatty():
        if result.word:
            print(output.visible(result.word))
    elif result.word:
        from rich.text import Text

        output.console().print(Text(output.visible(result.word), style="bold"))
        _bars([(near.word, near.similarity) for near in result.similarities])
    missing = _say_missing(result.missing, result.model)
    return 1 if missing or not result.word else 0


def _similarity(options: argparse.Namespace) -> int:
    by_encoder = bool(options.model) and api.task(api.model(options.model).task).embeds
    compare = api.encoder_similarity if by_encoder else api.text_similarity
    result = compare(options.a, options.b, options.model)
    if options.json:
        output.print_json(result.as_dict())
    elif result.cosine is not None:
        pairwise = {} if result.pairwise is None else {"pairwise": f"{result.pairwise:.4f}"}
        output.facts({"cosine": f"{result.cosine:.4f}", **pairwise})
    if result.cosine is None:
        if not _say_missing(result.missing, result.model):
            output.log("dltext: one of the texts holds no word")
        return 1
    if result.missing:
        words = ", ".join(output.visible(item.word) for item in result.missing)
        output.log(f"dltext: without the words that {result.model} lacks: {words}")
    return 0


def _say_missing(missing: Sequence[Missing], model: str) -> bool:
    """One sentence for all words that the vectors lack, with the nearest spellings; whether there are any."""
    if not missing:
        return False
    said = [
        f"{output.visible(item.word)!r}"
        + (f" (did you mean {', '.join(map(output.visible, item.suggestions))}?)" if item.suggestions else "")
        for item in missing
    ]
    output.log(f"dltext: {output.visible(model)} does not know {', '.join(said)}")
    return True


def _check_count(count: int) -> None:
    if count < 1:
        raise Misuse(f"--count must be 1 or more, not {count}.")
