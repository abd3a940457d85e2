"""Tables in Markdown, of texts that are no markup themselves."""

from collections.abc import Iterable, Sequence

from .text import one_line


def markdown_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """The lines of a table, and an empty one behind it."""
    return ["| " + " | ".join(row) + " |" for row in (head, ("---",) * len(head), *rows)] + [""]


def safe(text: str) -> str:
    """Text that is no markup in a Markdown table."""
    line = one_line(text, 400)
    for sign in "\\`*_[]<>|#":
        line = line.replace(sign, "\\" + sign)
    return line


def code_block(text: str) -> list[str]:
    """The lines of a block that is shown as it is."""
    return ["```", text.replace("```", "'''"), "```", ""]
