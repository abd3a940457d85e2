"""A result in writing: for the clipboard and for files."""

import json
from collections.abc import Mapping, Sequence

from ...engine.results import BundleInfo, Course, Result, percent, plural
from . import along
from .document import Document
from .heat import strongest_words
from .text import measured, visible

LINE = 60
"""Cells of the line along a text."""
EMBEDDED = 200_000
"""Characters up to which the document itself goes into an export."""


def as_text(document: Document, results: Sequence[Result], infos: Mapping[str, BundleInfo]) -> str:
    """For people: one block a model, then the document."""
    blocks = []
    for result in results:
        info = infos.get(result.model)
        predicted = result.labels or (result.label,)
        others = [
            f"{visible(label)} {percent(share)}"
            for label, share in result.probabilities.items()
            if label not in predicted
        ]
        lines = [
            ", ".join(_predicted(result, label) for label in predicted)
            + (f"  ({', '.join(others)})" if others else "")
            + ("  unreliable" if result.abstains else "" if result.sure else "  not sure"),
            f"model   {result.model} {result.version}"
            + (f" · {measured(info.metrics, info.measured_on)}" if info else ""),
            f"read    {percent(result.read, 0)} of the text, {plural(result.tokens, 'token')}, "
            f"{percent(result.known, 0)} known, in {result.milliseconds:.1f} ms",
        ]
        if result.spans:
            words = strongest_words(document.text, result.spans)
            lines.append("words   " + ", ".join(f"{word} {weight:+.2f}" for word, weight in words))
        if len(result.course) >= along.LEAST:
            course = Course(result.model, tuple(result.probabilities), len(document.text), result.course)
            lines.append("course  " + "".join(cell.sign for cell in along.cells(course, LINE)))
        lines += [f"note    {visible(note)}" for note in result.notes]
        blocks.append("\n".join(lines))
    name = f"{visible(document.name)}, " if document.name else ""
    head = f"--- {name}{document.measure()} ---"
    if len(document.text) <= EMBEDDED:
        head += "\n" + visible(document.text)
    return "\n\n".join([*blocks, head]) + "\n"


def _predicted(result: Result, label: str) -> str:
    """A label with its probability; a number with its interval."""
    if result.low is None or result.high is None:
        return f"{visible(label)} {percent(result.probabilities.get(label, 0))}"
    return f"{label} (8 of 10 between {result.low:.4g} and {result.high:.4g})"


def as_json(document: Document, results: Sequence[Result]) -> str:
    """For programs: the document (up to a size) and each Result as ``--json`` prints it."""
    about: dict[str, object] = {"name": document.name, "characters": len(document.text), "words": document.words}
    if len(document.text) <= EMBEDDED:
        about["text"] = document.text
    return (
        json.dumps(
            {"document": about, "results": [result.as_dict() for result in results]}, ensure_ascii=False, indent=1
        )
        + "\n"
    )
