"""`dltext corpus`: the documents of a file counted, compared and looked through."""

import argparse
from dataclasses import asdict
from typing import Any

from ...engine import api
from ...engine.results import Selection
from . import corpus_columns, corpus_output, inputs, output
from .corpus_options import add, add_unit, add_words, asked, counting, stop_list
from .output import Misuse

EXAMPLES = {
    "frequencies": """\
  dltext corpus frequencies --data reviews.csv --stop --count 50
  dltext corpus frequencies --data reviews.csv --n 2 --min 5 --filter 'stars<3'
  dltext corpus frequencies --data reviews.csv --unit lemmas --stop
  dltext corpus frequencies --data imdb --regex '^un' --csv > words.csv
""",
    "concordance": """\
  dltext corpus concordance "cold soup" --data reviews.csv
  dltext corpus concordance 'terribl* NEAR/5 service' --data reviews.csv --sort R1,R2
  dltext corpus concordance 'colou?rs? of' --regex --data reviews.csv --sample 100
""",
    "collocations": """\
  dltext corpus collocations soup --data reviews.csv --window 4 --min 3 --stop
""",
    "keyness": """\
  dltext corpus keyness --data reviews.csv --by label --group neg --count 30
  dltext corpus keyness --data mine.csv --reference imdb --p 0.01 --correction holm
  dltext corpus keyness --data reviews.csv --filter 'stars<3 soup'     # against all other documents
""",
    "network": """\
  dltext corpus network --data reviews.csv --words 300 --window 4 --out words.graphml
  dltext corpus network --data reviews.csv --measure mi --min 10 --csv > pairs.csv
""",
    "readability": """\
  dltext corpus readability --data reviews.csv --by label
""",
    "dispersion": """\
  dltext corpus dispersion soup 'cold soup' --data reviews.csv --by year
  dltext corpus dispersion soup --data reviews.csv --parts 20
""",
}

SHORT = {"sentence_length": "sentence", "word_length": "word", "reading_ease": "Flesch", "sentence_characters": "signs"}
"""Titles of readability on a terminal, where all columns are to have room."""


def add_to(commands: Any) -> None:
    """Add the group and its commands."""
    group = output.add_group(commands, "corpus", "count, compare and look through thousands of documents", _which)
    words = add(
        group, "frequencies", _frequencies, "list the most frequent words, or several in a row", EXAMPLES["frequencies"]
    )
    words.add_argument("--n", type=int, default=1, metavar="N", help="words in a row (default: %(default)s)")
    words.add_argument("--regex", default="", metavar="R", help="only words in which this regular expression matches")
    add_words(words)
    lines = add(group, "concordance", _concordance, "show each match in its context", EXAMPLES["concordance"])
    _add_query(lines)
    lines.add_argument("--regex", action="store_true", help="QUERY is a regular expression over the texts")
    add_unit(lines)
    lines.add_argument(
        "--sort", default="", metavar="KEYS", help="by words: L1 the first to the left, R1 to the right, M; as L1,L2"
    )
    lines.add_argument("--sample", type=int, default=0, metavar="N", help="so many lines by chance, always the same")
    lines.add_argument("--count", type=int, default=0, metavar="N", help="so many lines at most (default: all)")
    lines.add_argument(
        "--width", type=int, default=60, metavar="N", help="characters on each side (default: %(default)s)"
    )
    near = add(
        group,
        "collocations",
        _collocations,
        "list the words that occur near another more often than by chance",
        EXAMPLES["collocations"],
    )
    _add_query(near)
    near.add_argument("--window", type=int, default=5, metavar="N", help="words on each side (default: %(default)s)")
    near.add_argument("--left", type=int, metavar="N", help="words to the left instead")
    near.add_argument("--right", type=int, metavar="N", help="words to the right instead")
    near.add_argument(
        "--sort", default="log_dice", choices=("log_dice", "mi", "t", "count"), help="measure (default: %(default)s)"
    )
    add_words(near)
    keys = add(group, "keyness", _keyness, "list what is more frequent in a group than elsewhere", EXAMPLES["keyness"])
    keys.add_argument("--by", default="", metavar="COLUMN", help="the column whose groups are compared")
    keys.add_argument("--group", default="", metavar="VALUE", help="the group, against all others")
    keys.add_argument("--reference", metavar="CARD|FILE", help="or another corpus, to compare all documents with")
    keys.add_argument("--p", type=float, default=1.0, metavar="P", help="largest probability (default: %(default)s)")
    keys.add_argument("--log-ratio", type=float, default=0.0, metavar="R", help="smallest log ratio, either sign")
    keys.add_argument(
        "--correction",
        default="none",
        choices=("none", "holm", "bh"),
        help="of p for many tests (default: %(default)s)",
    )
    add_words(keys)
    spread = add(
        group, "dispersion", _dispersion, "say how evenly words are spread (Gries' DP)", EXAMPLES["dispersion"]
    )
    spread.add_argument("words", nargs="+", type=inputs.argument, metavar="WORD", help="a word, or a phrase in quotes")
    add_unit(spread)
    spread.add_argument("--by", default="", metavar="COLUMN", help="over its groups; default: over documents")
    spread.add_argument("--parts", type=int, default=0, metavar="N", help="or over N parts of equal length, in order")
    net = add(
        group,
        "network",
        _network,
        "list which frequent words occur near each other, or write a graph",
        EXAMPLES["network"],
        more=".graphml",
    )
    net.add_argument(
        "--words", type=int, default=200, metavar="N", help="the most frequent words (default: %(default)s)"
    )
    net.add_argument("--window", type=int, default=5, metavar="N", help="words between two (default: %(default)s)")
    net.add_argument(
        "--measure", default="log_dice", choices=("log_dice", "mi", "t", "count"), help="weight (default: %(default)s)"
    )
    net.add_argument("--min", type=int, default=5, metavar="N", help="times together at least (default: %(default)s)")
    net.add_argument("--edges", type=int, default=1000, metavar="N", help="pairs at most (default: %(default)s)")
    add_unit(net)
    net.add_argument("--grammar", action="store_true", help="with words of grammar (the, of; 的)")
    net.add_argument("--stop-list", metavar="FILE", help="without the words of this file, one a line")
    styles = add(
        group,
        "readability",
        _readability,
        "say how varied and how readable groups of documents are",
        EXAMPLES["readability"],
    )
    styles.add_argument("--by", default="", metavar="COLUMN", help="of each of its groups; default: of all documents")
    corpus_columns.add_to(group)


def _add_query(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "query",
        nargs="+",
        type=inputs.argument,
        metavar="QUERY",
        help="a word or a phrase; * and ? match characters, * alone for a word, a|b for either, NEAR/N between two",
    )


def _which(options: argparse.Namespace) -> int:
    raise Misuse(f"Say what to do: dltext corpus {'|'.join([*EXAMPLES, *corpus_columns.EXAMPLES])} --data CARD|FILE.")


def _frequencies(options: argparse.Namespace, selection: Selection) -> int:
    rows = asked(options, api.word_frequencies, selection, n=options.n, regex=options.regex, **counting(options))
    table = [row.as_dict() for row in rows]
    if not options.json:
        table = [{key: " ".join(value) if key == "forms" else value for key, value in row.items()} for row in table]
    corpus_output.rows(options, table, "no words")
    return 0


def _concordance(options: argparse.Namespace, selection: Selection) -> int:
    page = asked(
        options,
        api.concordance,
        selection,
        " ".join(options.query),
        regex=options.regex,
        unit=options.unit,
        sort=options.sort,
        sample=options.sample,
        count=options.count,
        width=max(0, options.width),
    )
    corpus_output.lines(options, page)
    return 0


def _collocations(options: argparse.Namespace, selection: Selection) -> int:
    rows = asked(
        options,
        api.collocations,
        selection,
        " ".join(options.query),
        window=options.window,
        left=options.left,
        right=options.right,
        sort=options.sort,
        **counting(options),
    )
    corpus_output.rows(options, [row.as_dict() for row in rows], "no collocates")
    return 0


def _keyness(options: argparse.Namespace, selection: Selection) -> int:
    if bool(options.by) == bool(options.reference) and (options.by or not options.filter.strip()):
        raise Misuse(
            "Compare a group (--by COLUMN --group VALUE), all documents with others (--reference CARD|FILE), or those "
            "of a --filter with all others."
        )
    if options.by and not options.group:
        raise Misuse("--by COLUMN needs --group VALUE.")
    reference = Selection(inputs.data(options.reference)) if options.reference else None
    rows = asked(
        options,
        api.keyness,
        selection,
        by=options.by,
        group=options.group,
        reference=reference,
        level=options.p,
        least_ratio=options.log_ratio,
        correction=options.correction,
        **counting(options),
    )
    shown = [asdict(row) if not options.json else row.as_dict() for row in rows]
    corpus_output.rows(options, shown, "no key words")
    return 0


def _dispersion(options: argparse.Namespace, selection: Selection) -> int:
    unit = options.unit
    rows = asked(options, api.dispersion, selection, options.words, unit=unit, by=options.by, parts=options.parts)
    if corpus_output.for_people(options):
        plotted = (
            rows if rows[0].parts else api.dispersion(selection, options.words, unit=unit, parts=corpus_output.PLOT)
        )
        corpus_output.plots(rows, plotted)
    else:
        corpus_output.rows(options, [row.as_dict() for row in rows], "no words")
    return 0


def _network(options: argparse.Namespace, selection: Selection) -> int:
    network = asked(
        options,
        api.word_network,
        selection,
        words=options.words,
        unit=options.unit,
        window=options.window,
        measure=options.measure,
        minimum=options.min,
        edges=options.edges,
        stop=not options.grammar,
        without=stop_list(options),
    )
    if options.out and options.out.lower().endswith(".graphml"):
        api.write_network(network, options.out)
        output.log(f"dltext: {len(network.nodes):,} words and {len(network.edges):,} pairs are in {options.out}.")
    else:
        corpus_output.rows(options, [edge.as_dict() for edge in network.edges], "no pairs")
    return 0


def _readability(options: argparse.Namespace, selection: Selection) -> int:
    rows = [style.as_dict() for style in asked(options, api.text_styles, selection, options.by)]
    names = dict.fromkeys(name for row in rows for name in row if options.by or name != "group")
    short: dict[str, str] = SHORT if corpus_output.for_people(options) else {}
    corpus_output.rows(
        options, [{short.get(name) or name: row.get(name) for name in names} for row in rows], "no documents"
    )
    return 0
