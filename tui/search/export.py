"""What a search found, in writing: JSON and TSV for programs, text for people."""

import json
from collections.abc import Sequence
from dataclasses import asdict

from ...engine.results import Duplicates, Found, plural
from ..kit.text import one_line, visible


def found_json(answer: Found) -> str:
    """The answer as ``dltext search --json`` prints it, indented."""
    return json.dumps(answer.as_dict(), ensure_ascii=False, indent=1) + "\n"


def found_tsv(answer: Found) -> str:
    """A header and a line a document."""
    rows = [
        (str(rank), f"{hit.score:.6f}", hit.id, hit.label or "", hit.text) for rank, hit in enumerate(answer.hits, 1)
    ]
    return _tsv(("rank", "score", "id", "label", "text"), rows)


def found_text(answer: Found) -> str:
    """For the clipboard: the query, and each document in a few lines."""
    where = f"{plural(answer.documents, 'document')} of {answer.data} searched by {answer.method}"
    head = f"{where} for: {one_line(answer.query, 300)}"
    lines = [head, ""]
    for rank, hit in enumerate(answer.hits, 1):
        label = f" [{visible(hit.label)}]" if hit.label is not None else ""
        lines.append(f"{rank:>3}  {hit.score:.3f}  {visible(hit.id)}{label}  {one_line(hit.text, 300)}")
    return "\n".join(lines) + "\n"


def duplicates_json(groups: Sequence[Duplicates]) -> str:
    """All groups with their documents."""
    return json.dumps([asdict(group) for group in groups], ensure_ascii=False, indent=1) + "\n"


def duplicates_tsv(groups: Sequence[Duplicates]) -> str:
    """A header and a line a document; ``group`` counts from 1."""
    rows = [
        (str(number), f"{hit.score:.6f}", hit.id, hit.label or "", hit.text)
        for number, group in enumerate(groups, 1)
        for hit in group.hits
    ]
    return _tsv(("group", "similarity", "id", "label", "text"), rows)


def duplicates_text(groups: Sequence[Duplicates]) -> str:
    """For the clipboard."""
    lines = []
    for number, group in enumerate(groups, 1):
        lines.append(f"{number}. {len(group.hits)} documents say nearly the same")
        lines += [f"     {hit.score:.2f}  {visible(hit.id)}  {one_line(hit.text, 300)}" for hit in group.hits]
    return "\n".join(lines) + "\n"


def _tsv(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Tabs and line ends within a cell become blanks, as TSV has no way to quote them."""
    return "".join("\t".join(" ".join(cell.split()) for cell in row) + "\n" for row in (head, *rows))
