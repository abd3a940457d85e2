"""`dltext profile`: attributes of a text's author by its style, and of the authors of a whole corpus."""

import argparse
import itertools
import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from ...engine import api
from ...engine.results import GroupProfile, Guess, Profile, Record, Share, StreamCall
from . import inputs, output
from .output import Misuse
from .streaming import Counting, Stream

if TYPE_CHECKING:
    from rich.text import Text

EXAMPLES = """\
  dltext profile --in letters.txt --explain          # a text file: one author per line
  cat posts.txt | dltext profile                     # all of stdin is one author
  dltext profile --in authors.jsonl --json > profiles.jsonl
  dltext profile --in authors.csv --out profiles.tsv # --resume if it was interrupted
  dltext profile --in blogs/                         # a folder: one author per file
  dltext profile --group --data blog-authors --split test

JSON: {"id", an attribute a key: {label: probability} or {"value", "low", "high"}, "cannot_tell": [], "model", …};
"spans", "hops", "phrases", "pulls" with --explain. Files become tab-separated lines (id, and of each attribute
label and probability, "?" where the model cannot tell) unless --json is given. --group: attribute, label, share and
its interval (95 %); its JSON is one object.
"""
NOT_FOR = (
    "A probability about style, never a fact about a person: not for decisions about anybody, and not for finding "
    "out who somebody is."
)


def add_to(commands: Any) -> None:
    """Add the command."""
    command = output.add_command(
        commands,
        "profile",
        run,
        "predict attributes of authors (age group, gender …) from the style of their texts",
        EXAMPLES,
    )
    inputs.add_text(
        command,
        "texts of one author; without it, or as '-', all of stdin",
        "many authors, one per record: JSONL, CSV, TSV, a text file (one author per line), a folder (one per file), "
        "or - for stdin",
    )
    command.add_argument("--model", metavar="NAME", help="default: the task's default, see `dltext models list`")
    command.add_argument("--explain", action="store_true", help="also show the words with the most attention")
    command.add_argument("--group", action="store_true", help="not author by author, but the shares in the whole group")
    command.add_argument("--data", metavar="CARD|FILE", help="with --group: a data set's name, or a file")
    command.add_argument("--split", default="", help="with --data: one part of it, for example test; default: all")
    command.add_argument(
        "--seed", type=int, default=1, help="with --group: random seed of the resampling (default: %(default)s)"
    )
    inputs.add_columns(command, "text", "id")
    inputs.add_out(command, "with --in: write there, not to stdout (-): .jsonl, .csv, else TSV")


def run(options: argparse.Namespace) -> int:
    _check(options)
    if options.group:
        return _group(options)
    if options.file:
        return _many(options)
    profile = api.profile(text := inputs.text_of(options.text), options.model, options.explain)
    if options.json:
        output.print_json(_as_json(Record("1", text), profile, options.explain))
    else:
        _show(text, profile)
    return 0


def _check(options: argparse.Namespace) -> None:
    inputs.check(options)
    inputs.check_out(options)
    if options.group and options.out:
        raise Misuse("--out is for profiles author by author, and cannot go with --group.")
    if options.group:
        if options.text:
            raise Misuse("--group profiles many authors: name them with --in FILE or --data CARD.")
        if bool(options.file) == bool(options.data):
            raise Misuse("--group needs either --in FILE or --data CARD.")
        if options.workers or options.cluster:
            raise Misuse("--workers and --cluster are for profiles author by author, and cannot go with --group.")
        if options.explain:
            raise Misuse("--explain is about one author, and cannot go with --group.")
    elif options.data:
        raise Misuse("--data goes with --group; for profiles author by author there is --in FILE.")
    if options.split and not options.data:
        raise Misuse("--split goes with --data.")


def _as_json(record: Record, profile: Profile, explain: bool) -> dict[str, Any]:
    content = {"id": record.id, **profile.as_dict()}
    return {**content, **profile.explanation()} if explain else content


# ------------------------------------------------------------------------------------------------ many authors


def _many(options: argparse.Namespace) -> int:
    code = stream(options).run(options, stream)
    if not options.json:
        output.log(f"dltext: {NOT_FOR}")
    return code


def stream(options: argparse.Namespace) -> Stream:
    """How many texts are answered."""
    doubtful = (lambda profile: False) if options.json else (lambda profile: bool(profile.notes))
    return Stream(
        lambda options: StreamCall("profile_many", {"model": options.model, "explain": options.explain}),
        lambda record, profile: _as_json(record, profile, options.explain),
        lambda profile: tuple(itertools.chain(*map(_cells, profile.guesses))),
        _header,
        Counting("reading", doubtful, _noted, "authors"),
        "the profiles of {done:,} authors",
        "the profiles of {done:,} authors in {out}",
        show=_show_line,
        headed=True,
    )


def _noted(number: int, count: int, first: Profile) -> str:
    return f"{number:,} of {count:,} profiles carry a note (short, sampled …); --json shows it"


def _header(profile: Profile) -> tuple[str, ...]:
    heads = ((guess.name, guess.name + (" p" if guess.kind == "category" else " range")) for guess in profile.guesses)
    return ("id", *itertools.chain(*heads))


def _cells(guess: Guess) -> tuple[str, str]:
    """An attribute in a pipe: label and probability, or estimate and its range."""
    if guess.kind == "number":
        value = "?" if guess.value is None else f"{guess.value:g}"
        return value, "" if guess.low is None or guess.high is None else f"{guess.low:g}..{guess.high:g}"
    return guess.label if guess.sure else "?", f"{guess.probabilities.get(guess.label, 0.0):.6f}"


def _show_line(record: Record, profile: Profile) -> None:
    from rich.cells import set_cell_size

    parts = []
    for guess in profile.guesses:
        if guess.kind == "number":
            said = "?" if guess.value is None else f"{guess.value:.0f}"
        else:
            share = 100 * guess.probabilities.get(guess.label, 0.0)
            said = f"{output.padded(guess.label if guess.sure else '?', 8)} {share:3.0f} %"
        parts.append(f"{output.visible(guess.name)} {said}")
    width = output.console().width
    head = f"{output.padded(output.visible(record.id)[:16], 12, right=True)}  {'   '.join(parts)}   "
    print(set_cell_size(head + output.visible(record.text[: 2 * width]), max(40, width - 1)).rstrip())


# ------------------------------------------------------------------------------------------------ one author


def _show(text: str, profile: Profile) -> None:
    from rich.text import Text

    screen = output.console()
    for guess in profile.guesses:
        for line in _guess_lines(guess, not profile.abstains):
            screen.print(line)
        pulls = [span for span in profile.pulls.get(guess.name, ()) if span.weight > 0]
        if pulls and guess.kind == "category" and guess.sure and not profile.abstains:
            words = dict.fromkeys(output.visible(text[span.start : span.end])[:30].strip() for span in pulls[:12])
            screen.print(Text("  by  ", style="dim").append("  ".join(list(words)[:8]), style=""))
        screen.print()
    if profile.phrases:
        screen.print(Text("most attended", style="bold"))
        for phrase in profile.phrases[:8]:
            line = Text(f"  {output.bar(phrase.weight / profile.phrases[0].weight, 10):<10} ", style="yellow")
            line.append(f"{100 * phrase.weight:4.1f} %  hop {phrase.hop + 1:<2}  ", style="dim")
            screen.print(line.append(output.visible(text[phrase.start : phrase.end])[:200], style="bold"))
        screen.print()
    screen.print(Text(_about(profile), style="dim"))
    for note in profile.notes:
        screen.print(Text(f"! {output.visible(note)}", style="yellow"))
    screen.print(Text(NOT_FOR, style="italic"), soft_wrap=False)


def _guess_lines(guess: Guess, reliable: bool) -> "Iterator[Text]":
    """The name with a prediction, then a bar a label, the likeliest marked where that is ``reliable``; of a number its
    estimate and range."""
    from rich.text import Text

    head = Text(output.visible(guess.name), style="bold")
    if guess.kind == "number":
        if guess.value is None:
            yield head.append("  cannot tell", style="yellow")
            return
        head.append("" if reliable else "  unreliable", style="yellow").append(f"  {guess.value:.1f}")
        if guess.low is not None and guess.high is not None:
            head.append(f"  between {guess.low:.1f} and {guess.high:.1f} for 8 authors of 10", style="dim")
        yield head
        return
    if not guess.sure or not reliable:
        head.append("  unreliable" if not reliable else "  cannot tell", style="yellow")
    yield head
    width = max(map(output.cells, guess.probabilities))
    likeliest = sorted(guess.probabilities.items(), key=lambda item: -item[1])
    for label, probability in likeliest[:6]:
        chosen = reliable and guess.sure and label == guess.label
        line = Text(f"  {output.padded(label, width)}  ", style="bold" if chosen else "")
        line.append(f"{output.bar(probability):<28}", style="green" if chosen else "dim")
        yield line.append(f" {100 * probability:5.1f} %")
    if len(likeliest) > 6:
        yield Text(f"  … and {len(likeliest) - 6} less likely", style="dim")


def _about(profile: Profile) -> str:
    about = api.model(profile.model)
    parts = [output.visible(profile.model)]
    for guess in profile.guesses:
        if (right := about.metrics.get(f"{guess.name}_accuracy")) is not None:
            parts.append(f"{output.visible(guess.name)} {output.percent(right)}")
        elif (off := about.metrics.get(f"{guess.name}_mae")) is not None:
            parts.append(f"{output.visible(guess.name)} ± {off:.1f}")
    if about.measured_on and len(parts) > 1:
        parts[-1] += f" on {output.visible(about.measured_on)}"
    return " · ".join([*parts, f"{profile.tokens:,} tokens", f"{profile.milliseconds:.1f} ms"])


# ------------------------------------------------------------------------------------------------ a group


def _group(options: argparse.Namespace) -> int:
    total = 0
    records: Iterable[Record]
    if options.data:
        total, records = api.read_data(inputs.data(options.data), options.split, options.text_column)
    else:
        records = api.read_records(inputs.source(options.file), options.text_column, id_column=options.id_column)
    with output.progress("reading", "authors") as progress:
        profile = api.profile_group(
            records, options.model, lambda done, of: progress(done, of or total), seed=options.seed
        )
    if options.json:
        output.print_json(profile.as_dict())
    else:
        _show_group(profile)
    return 0


def _show_group(group: GroupProfile) -> None:
    rows = []
    for attribute in group.attributes:
        if attribute.mean is not None:
            low, high = attribute.low or attribute.mean, attribute.high or attribute.mean
            rows.append(_row(attribute.name, "mean", f"{attribute.mean:.2f}", f"{low:.2f}", f"{high:.2f}"))
        rows += [_share_row(attribute.name, share) for share in attribute.shares]
    output.table(rows, right=("share", "from", "to"))
    output.log(f"dltext: {group.authors:,} authors, read by {group.model}")
    for attribute in group.attributes:
        if attribute.unsure:
            share = output.percent(attribute.unsure / max(group.authors, 1))
            output.log(f"dltext: of {attribute.unsure:,} ({share}) it cannot tell {output.visible(attribute.name)}")
    for sentence in (*group.notes, group.protocol, NOT_FOR):
        if sentence:
            output.log(f"dltext: {output.visible(sentence)}")


def _row(attribute: str, label: str, share: str, low: str, high: str) -> dict[str, str]:
    return {"attribute": attribute, "label": label, "share": share, "from": low, "to": high}


def _share_row(attribute: str, share: Share) -> dict[str, str]:
    cells = (
        f"{100 * value:.1f} %" if sys.stdout.isatty() else f"{value:.6f}"
        for value in (share.share, share.low, share.high)
    )
    return _row(attribute, share.label, *cells)
