"""`dltext corpus`: the documents of a file counted, compared and looked through."""

import argparse
import contextlib
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ...engine import api
from ...engine.results import Selection, UserError
from . import corpus_output, inputs, output
from .output import Misuse

EXAMPLES = {
    "frequencies": """\
  dltext corpus frequencies --data reviews.csv --stop --count 50
  dltext corpus frequencies --data reviews.csv --n 2 --min 5 --filter 'stars<3'
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
    "dispersion": """\
  dltext corpus dispersion soup 'cold soup' --data reviews.csv --by year
  dltext corpus dispersion soup --data reviews.csv --parts 20
""",
    "crosstab": """\
  dltext corpus crosstab --data reviews.csv --rows label --columns stars
""",
    "shares": """\
  dltext corpus shares --model sentiment --data reviews.csv --by year
""",
}
FILTERS = """
Filters: label:neg (a value, neg|pos several, ne* a beginning), stars<3, date>=2019-05, soup, "cold soup", /colou?r/
(texts that hold it), words>100 (longer texts), model.sentiment:positive (what a model has said); blanks mean and, OR
or, a - before a part not; parentheses group.
"""


def add_to(commands: Any) -> None:
    """Add the group and its commands."""
    group = output.add_group(commands, "corpus", "count, compare and look through thousands of documents", _which)
    words = _add(group, "frequencies", _frequencies, "list the most frequent words, or several in a row")
    words.add_argument("--n", type=int, default=1, metavar="N", help="words in a row (default: %(default)s)")
    words.add_argument("--regex", default="", metavar="R", help="only words in which this regular expression matches")
    _add_words(words)
    lines = _add(group, "concordance", _concordance, "show each match in its context")
    _add_query(lines)
    lines.add_argument("--regex", action="store_true", help="QUERY is a regular expression over the texts")
    lines.add_argument(
        "--sort", default="", metavar="KEYS", help="by words: L1 the first to the left, R1 to the right, M; as L1,L2"
    )
    lines.add_argument("--sample", type=int, default=0, metavar="N", help="so many lines by chance, always the same")
    lines.add_argument("--count", type=int, default=0, metavar="N", help="so many lines at most (default: all)")
    lines.add_argument(
        "--width", type=int, default=60, metavar="N", help="characters on each side (default: %(default)s)"
    )
    near = _add(
        group, "collocations", _collocations, "list the words that occur near another more often than by chance"
    )
    _add_query(near)
    near.add_argument("--window", type=int, default=5, metavar="N", help="words on each side (default: %(default)s)")
    near.add_argument("--left", type=int, metavar="N", help="words to the left instead")
    near.add_argument("--right", type=int, metavar="N", help="words to the right instead")
    near.add_argument(
        "--sort", default="log_dice", choices=("log_dice", "mi", "t", "count"), help="measure (default: %(default)s)"
    )
    _add_words(near)
    keys = _add(group, "keyness", _keyness, "list what is more frequent in a group than elsewhere")
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
    _add_words(keys)
    spread = _add(group, "dispersion", _dispersion, "say how evenly words are spread (Gries' DP)")
    spread.add_argument("words", nargs="+", type=inputs.argument, metavar="WORD", help="a word, or a phrase in quotes")
    spread.add_argument("--by", default="", metavar="COLUMN", help="over its groups; default: over documents")
    spread.add_argument("--parts", type=int, default=0, metavar="N", help="or over N parts of equal length, in order")
    table = _add(group, "crosstab", _crosstab, "count how often the values of two columns go together")
    table.add_argument("--rows", required=True, metavar="COLUMN")
    table.add_argument("--columns", required=True, metavar="COLUMN")
    share = _add(group, "shares", _shares, "say how often a model gives each label, corrected for its known errors")
    share.add_argument(
        "--model", required=True, metavar="NAME", help="a classifier's name, or a task's for its default"
    )
    share.add_argument("--by", default="", metavar="COLUMN", help="for each of its groups")
    share.add_argument(
        "--errors", default="", metavar="CARD|FILE", help="labelled data on which the model's errors are measured"
    )
    share.add_argument("--errors-split", default="test", metavar="SPLIT", help="its part (default: %(default)s)")
    _add(group, "export", _export, "write the documents with all columns, those of models too, to a file")
    _add(group, "info", _info, "make the index, and say what is in the corpus")
    _add(group, "remove", _remove, "delete the index of a corpus; the data stay")


def _add(group: Any, name: str, run: Callable[..., int], help: str) -> argparse.ArgumentParser:
    """A command with the options that all have."""
    examples = EXAMPLES.get(name, f"  dltext corpus {name} --data reviews.csv\n") + FILTERS
    command = output.add_command(group, name, _on_data(run), help, examples)
    command.add_argument(
        "--data",
        required=True,
        metavar="CARD|FILE",
        help="a data set's name (`dltext data list`), a file of any format that is read, a folder, or - for stdin",
    )
    command.add_argument("--filter", default="", metavar="FILTER", type=inputs.argument, help="only some documents")
    command.add_argument("--split", default="", help="only one part of a data set, for example train; default: all")
    command.add_argument("--csv", action="store_true", help="print CSV with a header")
    command.add_argument("--out", metavar="FILE", help="write there: .csv, .tsv, .jsonl or .xlsx")
    command.add_argument("--overwrite", action="store_true", help="with --out: replace an existing file")
    inputs.add_columns(command, "text", "label")
    return command


def _add_query(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "query",
        nargs="+",
        type=inputs.argument,
        metavar="QUERY",
        help="a word or a phrase; * and ? match characters, * alone for a word, a|b for either, NEAR/N between two",
    )


def _add_words(command: argparse.ArgumentParser) -> None:
    command.add_argument("--min", type=int, default=1, metavar="N", help="occurrences at least (default: %(default)s)")
    command.add_argument("--stop", action="store_true", help="without words of grammar (the, of; 的)")
    command.add_argument("--stop-list", metavar="FILE", help="without the words of this file, one a line")
    command.add_argument("--count", type=int, default=0, metavar="N", help="so many at most (default: all)")


def _which(options: argparse.Namespace) -> int:
    raise Misuse(f"Say what to do: dltext corpus {'|'.join(EXAMPLES)} --data CARD|FILE.")


def _on_data(run: Callable[..., int]) -> Callable[[argparse.Namespace], int]:
    """``run`` with the options and the selection that they make; what comes by stdin is a file meanwhile."""

    def command(options: argparse.Namespace) -> int:
        corpus_output.check(options, parquet=run is _export)
        for name in ("count", "sample"):
            if getattr(options, name, 0) < 0:
                raise Misuse(f"--{name} must be 0 or more, not {getattr(options, name)}.")
        with _named(options.data) as data:
            columns = options.text_column, options.label_column
            return run(options, Selection(data, options.filter, *columns, options.split))

    return command


@contextlib.contextmanager
def _named(data: str) -> Iterator[str]:
    if data != "-":
        yield inputs.data(data)
        return
    if sys.stdin is None or sys.stdin.isatty():
        raise Misuse("There is nothing on stdin: pipe a file into it, or name one with --data.")
    with tempfile.TemporaryDirectory(prefix="dltext-corpus-") as folder:
        path = Path(folder) / "stdin"
        with path.open("wb") as stream:
            shutil.copyfileobj(sys.stdin.buffer, stream, 1 << 20)
        if not path.stat().st_size:
            raise UserError("There are no texts in the input.")
        try:
            yield str(path)
        finally:
            api.remove_index(str(path))  # nobody asks for it again


def _asked(options: argparse.Namespace, function: Callable[..., Any], *parts: Any, **more: Any) -> Any:
    """What the engine answers, with a bar while it reads."""
    with output.progress(f"reading {options.data}", "documents") as progress:
        return function(*parts, **more, progress=progress)


def _counting(options: argparse.Namespace) -> dict[str, Any]:
    without: Sequence[str] = ()
    if options.stop_list:
        without = api.read_document(options.stop_list).split("\n")
    return {"minimum": options.min, "stop": options.stop, "without": without, "count": options.count}


def _frequencies(options: argparse.Namespace, selection: Selection) -> int:
    rows = _asked(options, api.word_frequencies, selection, n=options.n, regex=options.regex, **_counting(options))
    corpus_output.rows(options, [row.as_dict() for row in rows], "no words")
    return 0


def _concordance(options: argparse.Namespace, selection: Selection) -> int:
    page = _asked(
        options,
        api.concordance,
        selection,
        " ".join(options.query),
        regex=options.regex,
        sort=options.sort,
        sample=options.sample,
        count=options.count,
        width=max(0, options.width),
    )
    corpus_output.lines(options, page)
    return 0


def _collocations(options: argparse.Namespace, selection: Selection) -> int:
    rows = _asked(
        options,
        api.collocations,
        selection,
        " ".join(options.query),
        window=options.window,
        left=options.left,
        right=options.right,
        sort=options.sort,
        **_counting(options),
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
    rows = _asked(
        options,
        api.keyness,
        selection,
        by=options.by,
        group=options.group,
        reference=reference,
        level=options.p,
        least_ratio=options.log_ratio,
        correction=options.correction,
        **_counting(options),
    )
    shown = [asdict(row) if not options.json else row.as_dict() for row in rows]
    corpus_output.rows(options, shown, "no key words")
    return 0


def _dispersion(options: argparse.Namespace, selection: Selection) -> int:
    rows = _asked(options, api.dispersion, selection, options.words, by=options.by, parts=options.parts)
    corpus_output.rows(options, [row.as_dict() for row in rows], "no words")
    return 0


def _crosstab(options: argparse.Namespace, selection: Selection) -> int:
    corpus_output.cross(options, _asked(options, api.crosstab, selection, options.rows, options.columns))
    return 0


def _shares(options: argparse.Namespace, selection: Selection) -> int:
    errors = inputs.data(options.errors) if options.errors else ""
    result = _asked(
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
    count = _asked(options, api.export_documents, selection, options.out)
    output.log(f"dltext: {count:,} documents are in {options.out}.")
    return 0


def _info(options: argparse.Namespace, selection: Selection) -> int:
    info = _asked(options, api.corpus_info, selection)
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
