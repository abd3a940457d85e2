"""Titles in writing: for files."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ...engine.results import BundleInfo, Title, Titles, percent
from ..kit.document import Document
from ..kit.export import copy_text, export_text
from ..kit.headline import headline
from ..kit.text import one_line, visible
from ..kit.workbench import Workbench
from ..kit.written import EMBEDDED
from .length import length_told


def titles_text(document: Document, own: str, found: Titles, info: BundleInfo | None, length: str) -> str:
    """For people: the titles, what the text is about, by which model; then the text."""
    rows = [("yours", own)] if own else []
    rows += [
        (f"{number}  {one.score:.2f}".replace("-", "−"), one.text) for number, one in enumerate(found.candidates, 1)
    ]
    rows += [("baseline", found.lead)] if found.lead else []
    lines = [f"{head:<10}{visible(text)}" for head, text in rows]
    if found.keyphrases:
        said = ", ".join(f"{visible(one.text)} {percent(one.score)}" for one in found.keyphrases)
        lines += ["", f"{'about':<10}{said}"]
    first = headline(info.metrics) if info is not None else None
    lines += [
        "",
        f"{'model':<10}{found.model} {found.version} · {first.said if first is not None else 'not measured'}",
        f"{'length':<10}{length}",
        f"{'read':<10}{percent(found.read, 0)} of the text, in {found.milliseconds:.0f} ms",
        *(f"{'note':<10}{visible(note)}" for note in found.notes),
    ]
    name = f"{visible(document.name)}, " if document.name else ""
    head = f"--- {name}{document.measure()} ---"
    if len(document.text) <= EMBEDDED:
        head += "\n" + visible(document.text)
    return "\n".join(lines) + f"\n\n{head}\n"


def titles_tsv(own: str, found: Titles) -> str:
    """A table: what a line is (``own``, a number, ``baseline``), its score, the title."""
    rows = [("own", "", own)] if own else []
    rows += [(str(number), f"{one.score:.4f}", one.text) for number, one in enumerate(found.candidates, 1)]
    rows += [("baseline", "", found.lead)] if found.lead else []
    lines = ["\t".join((kind, score, " ".join(text.split()))) for kind, score, text in rows]
    return "\n".join(["title\tscore\ttext", *lines]) + "\n"


def titles_json(document: Document, own: str, found: Titles, length: float) -> str:
    """For programs: all that is known, and of each word where it came from."""
    about: dict[str, object] = {"name": document.name, "characters": len(document.text), "words": document.words}
    if len(document.text) <= EMBEDDED:
        about["text"] = document.text
    best = found.candidates[0].text if found.candidates else ""
    told = {
        "document": about,
        "title": own or best,
        "own": own,
        "candidates": [_candidate(one, found, document.text) for one in found.candidates],
        "lead": found.lead,
        "keyphrases": [
            {"text": one.text, "start": one.start, "end": one.end, "score": one.score} for one in found.keyphrases
        ],
        "model": found.model,
        "version": found.version,
        "length": length,
        "read": found.read,
        "milliseconds": found.milliseconds,
        "notes": found.notes,
    }
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def _candidate(title: Title, found: Titles, text: str) -> dict[str, Any]:
    return {"text": title.text, "score": title.score, "words": _words(title, found, text)}


def _words(title: Title, found: Titles, text: str) -> Sequence[dict[str, Any]]:
    rows = []
    for number, token in enumerate(title.tokens):
        row: dict[str, Any] = {"word": title.text[token.start : token.end], "copied": number in title.copied}
        origin = title.origins[number] if number < len(title.origins) else -1
        if 0 <= origin < len(found.tokens):
            place = found.tokens[origin]
            row |= {"from": text[place.start : place.end], "start": place.start, "end": place.end}
            if number < len(title.attention):
                row["attention"] = round(title.attention[number][origin], 4)
        rows.append(row)
    return rows


# What leaves Titles: a title onto the clipboard; all of them into a file as JSON, TSV or text.


def copy_title(screen: Workbench, called: str, title: str) -> None:
    """Put a title on the clipboard; ``called``: which one it is."""
    copy_text(screen, title, f"{called} is on the clipboard: “{one_line(title, 80)}”.")


def export_titles(
    screen: Workbench, document: Document, own: str, found: Titles, info: BundleInfo | None, length: float
) -> None:
    """Write the titles of a document, one's own first, and what it is about: by the file's name."""
    export_text(
        screen,
        "Export the titles",
        f"{Path(document.name).stem or 'text'}-titles.txt",
        {".json": lambda: titles_json(document, own, found, length), ".tsv": lambda: titles_tsv(own, found)},
        lambda: titles_text(document, own, found, info, length_told(length)),
        "A name that ends in .json is written as JSON, with the origin of each word, .tsv as a table, any other as "
        "text.",
    )
