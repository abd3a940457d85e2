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


def titles_text(document: Document, edited: str, titles: Titles, info: BundleInfo | None, length: str) -> str:
    """For people: the titles, what the text is about, by which model; then the text."""
    rows = [("yours", edited)] if edited else []
    rows += [
        (f"{number}  {item.score:.2f}".replace("-", "−"), item.text) for number, item in enumerate(titles.candidates, 1)
    ]
    rows += [("baseline", titles.lead)] if titles.lead else []
    lines = [f"{head:<10}{visible(text)}" for head, text in rows]
    if titles.keyphrases:
        said = ", ".join(f"{visible(item.text)} {percent(item.score)}" for item in titles.keyphrases)
        lines += ["", f"{'about':<10}{said}"]
    first = headline(info.metrics) if info is not None else None
    lines += [
        "",
        f"{'model':<10}{titles.model} {titles.version} · {first.said if first is not None else 'not measured'}",
        f"{'length':<10}{length}",
        f"{'read':<10}{percent(titles.read, 0)} of the text, in {titles.milliseconds:.0f} ms",
        *(f"{'note':<10}{visible(note)}" for note in titles.notes),
    ]
    name = f"{visible(document.name)}, " if document.name else ""
    head = f"--- {name}{document.measure()} ---"
    if len(document.text) <= EMBEDDED:
        head += "\n" + visible(document.text)
    return "\n".join(lines) + f"\n\n{head}\n"


def titles_tsv(edited: str, titles: Titles) -> str:
    """A table: what a line is (``own``, a number, ``baseline``), its score, the title."""
    rows = [("own", "", edited)] if edited else []
    rows += [(str(number), f"{item.score:.4f}", item.text) for number, item in enumerate(titles.candidates, 1)]
    rows += [("baseline", "", titles.lead)] if titles.lead else []
    lines = ["\t".join((kind, score, " ".join(text.split()))) for kind, score, text in rows]
    return "\n".join(["title\tscore\ttext", *lines]) + "\n"


def titles_json(document: Document, edited: str, titles: Titles, length: float) -> str:
    """For programs: all that is known, and of each word where it came from."""
    about: dict[str, object] = {"name": document.name, "characters": len(document.text), "words": document.words}
    if len(document.text) <= EMBEDDED:
        about["text"] = document.text
    best = titles.candidates[0].text if titles.candidates else ""
    content = {
        "document": about,
        "title": edited or best,
        "own": edited,
        "candidates": [_candidate(item, titles, document.text) for item in titles.candidates],
        "lead": titles.lead,
        "keyphrases": [
            {"text": item.text, "start": item.start, "end": item.end, "score": item.score} for item in titles.keyphrases
        ],
        "model": titles.model,
        "version": titles.version,
        "length": length,
        "read": titles.read,
        "milliseconds": titles.milliseconds,
        "notes": titles.notes,
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _candidate(title: Title, titles: Titles, text: str) -> dict[str, Any]:
    return {"text": title.text, "score": title.score, "words": _words(title, titles, text)}


def _words(title: Title, titles: Titles, text: str) -> Sequence[dict[str, Any]]:
    rows = []
    for number, token in enumerate(title.tokens):
        row: dict[str, Any] = {"word": title.text[token.start : token.end], "copied": number in title.copied}
        origin = title.origins[number] if number < len(title.origins) else -1
        if 0 <= origin < len(titles.tokens):
            place = titles.tokens[origin]
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
    screen: Workbench, document: Document, edited: str, titles: Titles, info: BundleInfo | None, length: float
) -> None:
    """Write the titles of a document, one's own first, and what it is about: by the file's name."""
    export_text(
        screen,
        "Export the titles",
        f"{Path(document.name).stem or 'text'}-titles.txt",
        {".json": lambda: titles_json(document, edited, titles, length), ".tsv": lambda: titles_tsv(edited, titles)},
        lambda: titles_text(document, edited, titles, info, length_told(length)),
        "A name that ends in .json is written as JSON, with the origin of each word, .tsv as a table, any other as "
        "text.",
    )
