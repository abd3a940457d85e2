"""What the Words screen shows, in writing: text for people, TSV for tables, JSON for programs."""

import json
from collections.abc import Sequence
from functools import partial

from ...engine.results import Matrix, Missing, Neighbours, OddOneOut, Similarity, WordMap
from ..kit.export import copy_text, export_text
from ..kit.text import visible
from ..kit.workbench import Workbench

Shown = Neighbours | OddOneOut | Similarity | Matrix | WordMap


def as_rows(result: Shown) -> list[tuple[str, ...]]:
    """A table: its first row are the headings."""
    if isinstance(result, Neighbours):
        return [
            ("word", "similarity", "rank"),
            *((w.word, f"{w.similarity:.4f}", f"{w.rank + 1}") for w in result.words),
        ]
    if isinstance(result, OddOneOut):
        return [
            ("word", "similarity", "odd"),
            *((w.word, f"{w.similarity:.4f}", "x" if w.word == result.word else "") for w in result.similarities),
        ]
    if isinstance(result, Similarity):
        return [
            ("measure", "similarity"),
            ("mean vectors", "" if result.cosine is None else f"{result.cosine:.4f}"),
            ("mean of pairs", "" if result.pairwise is None else f"{result.pairwise:.4f}"),
        ]
    if isinstance(result, Matrix):
        return [
            ("", *result.words),
            *(
                (word, *(f"{value:.4f}" for value in row))
                for word, row in zip(result.words, result.values, strict=True)
            ),
        ]
    return [
        ("word", "x", "y", "cluster"),
        *((p.word, f"{p.x:.4f}", f"{p.y:.4f}", str(p.cluster + 1)) for p in result.points),
    ]


def missing_text(missing: Sequence[Missing]) -> list[str]:
    """A sentence a word that is not known."""
    return [
        f"{visible(lost.word)} is not in the vocabulary"
        + (f"; near it: {', '.join(visible(word) for word in lost.suggestions)}" if lost.suggestions else "")
        for lost in missing
    ]


def as_tsv(query: str, results: Sequence[Shown]) -> str:
    """Tables, a blank line between them; a tab or a line end within a word becomes a blank."""
    tables = ["\n".join("\t".join(" ".join(cell.split()) for cell in row) for row in as_rows(r)) for r in results]
    return "\n\n".join(tables) + "\n"


def as_text(query: str, results: Sequence[Shown]) -> str:
    """For people: what was asked, of which vectors, and columns that line up."""
    from rich.cells import cell_len

    blocks = []
    for result in results:
        rows = [tuple(visible(cell) for cell in row) for row in as_rows(result)]
        widths = [max(cell_len(row[column]) for row in rows) for column in range(len(rows[0]))]
        lines = [f"{visible(query)}   ({result.model})"]
        if isinstance(result, OddOneOut) and result.word:
            lines.append(f"odd one out: {visible(result.word)}")
        lines += [
            "  ".join(cell + " " * (width - cell_len(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in rows
        ]
        blocks.append("\n".join([*lines, *missing_text(result.missing)]))
    return "\n\n".join(blocks) + "\n"


def as_json(query: str, results: Sequence[Shown]) -> str:
    """For programs: the query and each result as the command line prints it."""
    return json.dumps({"query": query, "results": [r.as_dict() for r in results]}, ensure_ascii=False, indent=1) + "\n"


# What leaves the Words screen: onto the clipboard, or into a file.


def copy_shown(screen: Workbench, query: str, results: Sequence[Shown]) -> None:
    """Put what is shown on the clipboard, as text."""
    copy_text(screen, as_text(query, results))


def export_shown(screen: Workbench, mode: str, query: str, results: Sequence[Shown]) -> None:
    """Write what is shown to a file: JSON, a table or text, by its name."""
    hint = "A name that ends in .json is written as JSON, .tsv as a table, any other as text."
    forms = {".json": partial(as_json, query, results), ".tsv": partial(as_tsv, query, results)}
    export_text(screen, "Export", f"words-{mode}.tsv", forms, partial(as_text, query, results), hint)
