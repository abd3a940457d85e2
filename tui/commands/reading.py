"""`dltext sentiment` and `dltext classify`: the label of a text, or of a million."""

import argparse
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

from ...engine import api
from ...engine.results import JOINT, HeadAttention, Record, Result, StreamCall
from ...engine.results.polarity import polarities
from ..kit.heads import strongest_links
from ..kit.text import measured as told
from . import courses, inputs, output, resuming
from .streaming import Counting, Stream

EXAMPLES = """\
  dltext {name} "A slow film that finds its voice."{model}
  cat review.txt | dltext {name} --explain{model}
  cat novel.txt | dltext {name} --course{model}    # what it says sentence by sentence, along the whole text
  dltext {name} --explain --by gradients "Not a bad film."{model}    # of an encoder: with the completeness gap
  dltext {name} --in reviews.jsonl --json{model} > predictions.jsonl
  dltext {name} --in big.csv --text-column body --out predictions.tsv{model}
  dltext {name} --in big.csv --text-column body --out predictions.tsv --resume{model}   # if it was interrupted

JSON: {{"id", "label", "probabilities": {{}}, "spans": [{{"start", "end", "weight"}}], "model", "known", "notes", …}};
of a model that assigns several labels also "labels", of one of numbers "value", "low" and "high";
with --course also "course": [{{"start", "end", "label", "score"}}, …], the whole text in sentences (several together
where there are hundreds), each with its most probable label and the probability of that;
of a model with a threshold (dltext models threshold) "sure", which is false below it;
"abstains" is true where the label is no prediction: the model does not read the language, or knows hardly a word.
Files become tab-separated lines (id, label, probability) unless --json is given; several labels have semicolons
between them, as --read separator=semicolon reads them again. Of a model with a threshold a column says whether it is
sure: yes or no.
"""

BULK = 100_000
"""From so many texts a file is read by the fast model, where nobody names one."""
MODEL = "default: the task's default (`dltext models list`), or one with the same labels that reads the text's language"


def add_to(commands: Any) -> None:
    """Add both commands."""
    for name, help, model in (
        ("sentiment", "predict whether texts are positive or negative", ""),
        ("classify", "predict the labels of texts with a trained classifier", " --model NAME"),
    ):
        command = output.add_command(commands, name, run, help, EXAMPLES.format(name=name, model=model))
        command.set_defaults(task=name)
        inputs.add_text(command)
        command.add_argument("--model", metavar="NAME", help=MODEL)
        if not model:
            command.add_argument(
                "--fast",
                action="store_true",
                help=f"by the small model that answers soonest, which reads files of over {BULK:,} texts anyway",
            )
        else:
            command.set_defaults(fast=None)
        command.add_argument("--explain", action="store_true", help="also: how much each word changed the prediction")
        command.add_argument(
            "--by",
            choices=("occlusion", "gradients", "attention"),
            default="occlusion",
            help="how words are weighed: hidden one by one; of an encoder by integrated gradients; of a model with "
            "attention over words by its weights",
        )
        command.add_argument(
            "--attention", action="store_true", help="for one text, of an encoder: also what each head looks at"
        )
        command.add_argument(
            "--course", action="store_true", help="for one text: also what the model says along it, read whole"
        )
        inputs.add_columns(command, "text", "label", "id")
        inputs.add_out(command, "write there, not to stdout (-): .jsonl, .csv, else TSV")


def run(options: argparse.Namespace) -> int:
    inputs.check(options)
    inputs.check_out(options)
    if options.fast and options.model:
        raise output.Misuse("--fast chooses the model, and cannot go with --model.")
    if options.file:
        if options.attention:
            raise output.Misuse("--attention is about one text, and cannot go with --in.")
        if options.course:
            raise output.Misuse(f"--course is about one text: cat {options.file} | dltext {options.command} --course")
        return _many(options)
    text = inputs.text_of(options.text)
    result = api.analyse(text, options.task, options.model, options.explain, options.by, bool(options.fast))
    looked = api.attention(text, options.task, result.model) if options.attention else None
    along = api.course(text, options.task, result.model) if options.course else None
    if options.json:
        heads = {"attention": {"places": looked.places, "weights": looked.weights}} if looked else {}
        result = replace(result, course=along.parts) if along else result
        output.print_json(_as_json(Record("1", text), result) | heads)
    else:
        _show(text, result)
        if along:
            courses.show(text, along)
        if looked:
            _show_heads(text, looked)
    return 0


def _many(options: argparse.Namespace) -> int:
    return stream(options).run(options, stream)


def stream(options: argparse.Namespace) -> Stream:
    """How many texts are answered."""
    return Stream(
        _call,
        _as_json,
        _cells,
        _header,
        Counting("reading", lambda result: bool(result.notes), _noted, every=256),
        "{done:,} results",
        "{done:,} results in {out}",
        show=_show_line,
    )


def _header(result: Result) -> tuple[str, ...]:
    """The columns of a table: what a model gives, by the kind of its answers."""
    if result.value is not None:
        return ("id", "value", "low", "high")
    if result.labels:
        return ("id", "labels", "probabilities")
    return resuming.HEADER if result.threshold is None else (*resuming.HEADER, "sure")


def _cells(result: Result) -> tuple[str, ...]:
    if result.value is not None:
        return tuple(f"{value:.6g}" for value in (result.value, result.low, result.high) if value is not None)
    if result.labels:
        shares = (f"{result.probabilities[label]:.6f}" for label in result.labels)
        return JOINT.join(result.labels), JOINT.join(shares)
    cells = (result.label, f"{result.probabilities[result.label]:.6f}")
    return cells if result.threshold is None else (*cells, "yes" if result.sure else "no")


def _call(options: argparse.Namespace) -> StreamCall:
    bulk = options.fast is False and not options.model and _is_bulk(options)
    if bulk:
        output.log(f"over {BULK:,} texts: the fast model reads them; name another with --model")
    fast = bool(options.fast or bulk)
    return StreamCall(
        "analyse_many",
        {
            "task": options.task, "model": options.model, "explain": options.explain, "by": options.by, "fast": fast,
        },
    )  # fmt: skip


def _is_bulk(options: argparse.Namespace) -> bool:
    """Whether the file holds over :data:`BULK` texts; of a stream nobody knows."""
    if not api.is_url(options.file) and not (
        options.file != "-" and Path(options.file).is_file() and Path(options.file).stat().st_size >= 2 * BULK
    ):
        return False
    texts = api.read_records(options.file, options.text_column, options.label_column, options.id_column)
    return next(islice(texts, BULK, None), None) is not None


def _noted(number: int, count: int, first: Result) -> str:
    return f"{number:,} of {count:,} results carry a note (empty, unknown words, sampled); --json shows it"


def _as_json(record: Record, result: Result) -> dict[str, Any]:
    gold = {} if record.label is None else {"gold": record.label}
    return {"id": record.id, **gold, **result.as_dict()}


def _show(text: str, result: Result) -> None:
    from rich.text import Text

    screen = output.console()
    width = max(map(output.cells, result.probabilities), default=0)
    if result.abstains:
        screen.print(Text("? unreliable", style="bold yellow"))
    elif not result.sure:
        screen.print(Text(f"? not sure: below {output.percent(result.threshold, 0)}", style="bold yellow"))
    if result.value is not None:
        value = f"{output.visible(result.label)}  (8 of 10 between {result.low:.4g} and {result.high:.4g})"
        screen.print(Text(value, style="bold"))
    for label, probability in sorted(result.probabilities.items(), key=lambda item: -item[1])[:10]:
        predicted = label in (result.labels or (result.label,)) and result.sure and not result.abstains
        line = Text(f"{output.padded(label, width)}  ", style="bold" if predicted else "")
        line.append(f"{output.bar(probability):<28}", style=_colors(result)[0] if predicted else "dim")
        line.append(f" {100 * probability:5.1f} %")
        screen.print(line)
    if len(result.probabilities) > 10:
        screen.print(Text(f"… and {len(result.probabilities) - 10} labels less likely", style="dim"))
    if result.spans and not result.abstains:
        screen.print()
        _explain(text, result, screen)
    about = api.model(result.model)
    measured = f" · {told(about.metrics, about.measured_on)}" if about.measured_on else ""
    screen.print(
        Text(
            f"\n{output.visible(result.model + measured)} · {result.tokens:,} tokens · {result.milliseconds:.1f} ms",
            style="dim",
        )
    )
    for note in result.notes:
        screen.print(Text(f"! {output.visible(note)}", style="yellow"))


def _show_heads(text: str, looked: HeadAttention) -> None:
    """The strongest link between two words of each head."""
    for number, link in enumerate(strongest_links(looked)):
        asking, asked = (output.visible(text[slice(*place)]) for place in (link.asking, link.asked))
        before = "" if number else "\n"
        print(f"{before}layer {link.layer}, head {link.head}: {asking} looks at {asked} ({100 * link.weight:.0f} %)")


def _colors(result: Result) -> tuple[str, str]:
    """The colours of what speaks for the label and of what speaks against it: praise is green, blame is red."""
    if result.labels or result.value is not None:
        return "cyan", "magenta"
    named = {1: "green", -1: "red", 0: "cyan"}
    scale = polarities(list(result.probabilities))
    others = [label for label in scale if label != result.label]
    return named[scale.get(result.label, 0)], named[scale[others[0]]] if len(others) == 1 else "magenta"


def _explain(text: str, result: Result, screen: Any) -> None:
    from rich.text import Text

    toward, against = _colors(result)
    ranked = sorted(result.spans, key=lambda span: -abs(span.weight))
    strongest = abs(ranked[0].weight) or 1.0
    if screen.is_terminal and len(text) <= 5000:
        # As long as the text, so that the spans fit.
        painted = Text("\n".join(map(output.visible, text.replace("\r\n", " \n").split("\n"))))
        for span in result.spans:
            if abs(span.weight) > 0.1 * strongest:
                strong = "bold " if abs(span.weight) > 0.5 * strongest else ""
                # Underlined as well, so that colour alone decides nothing.
                painted.stylize(strong + (toward if span.weight > 0 else f"{against} underline"), span.start, span.end)
        screen.print(painted, soft_wrap=False)
        screen.print()
    if result.gap is not None:
        screen.print(Text(f"by integrated gradients; completeness gap {result.gap:+.3f}", style="dim"))
    if result.by == "attention":
        words = "  ".join(
            f"{output.visible(text[span.start : span.end])[:60]} {100 * span.weight:.0f} %" for span in ranked[:10]
        )
        screen.print(Text("attends to: ", style="bold").append(words, style=toward))
        for span in sorted(result.sentences, key=lambda span: -span.weight)[:5]:
            said = output.visible(" ".join(text[span.start : span.end].split())[:200])
            screen.print(Text(f"{100 * span.weight:3.0f} %  ", style="bold").append(said, style="dim"))
        return
    number = result.value is not None
    toward_said = "raises it" if number else f"speaks for {output.visible(result.label)}"
    for title, sign in ((toward_said, 1), ("lowers it" if number else "speaks against", -1)):
        chosen = [span for span in ranked if span.weight * sign > 0.02 * strongest][:6]
        if chosen:
            screen.print(
                Text(f"{title}: ", style="bold").append(
                    "  ".join(
                        f"{output.visible(text[span.start : span.end])[:60]} {span.weight:+.2f}" for span in chosen
                    ),
                    style=toward if sign > 0 else against,
                )
            )


def _show_line(record: Record, result: Result) -> None:
    from rich.cells import set_cell_size

    width = output.console().width
    head = (
        f"{output.padded(output.visible(record.id)[:12], 8, right=True)}  "
        f"{output.padded(JOINT.join(result.labels) or result.label, 10)} "
        + ("" if result.value is not None else f"{100 * result.probabilities[result.label]:5.1f} %  ")
        + ("" if result.sure else "not sure  ")
    )
    print(set_cell_size(head + output.visible(record.text[: 2 * width]), max(40, width - 1)).rstrip())
