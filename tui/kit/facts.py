"""A column of facts: headings, names and values aligned, long values wrapped under themselves."""

from collections.abc import Iterable, Mapping
from typing import Any

from rich.cells import cell_len
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget

from .text import fit, visible, wrap

NAMES = 14
"""Cells of the column of names."""


class FactSheet(Widget):
    """Lines of (kind, name, value), laid out for the width that there is."""

    DEFAULT_CSS = "FactSheet { height: auto; width: 1fr; }"

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._lines: list[tuple[str, str, str]] = []

    def show(self, lines: Iterable[tuple[str, str, str]]) -> None:
        """``kind`` is ``title``, ``fact``, ``text``, ``row`` (of a table: never wrapped), ``warning`` or ``gap``."""
        self._lines = list(lines)
        self.refresh(layout=True)

    @property
    def plain(self) -> str:
        """What it says, for whoever cannot see it."""
        return "\n".join(" ".join(part for part in line[1:] if part) for line in self._lines)

    def render(self) -> Content:
        width = max(24, self.size.width or 40)
        parts: list[Content] = []
        for kind, name, value in self._lines:
            if kind == "gap":
                parts.append(Content(""))
            elif kind == "title":
                parts.append(Content.styled(fit(visible(value), min(width, cell_len(value) + 1)).rstrip(), "bold"))
            elif kind == "row":
                parts.append(Content(fit(visible(value), min(width, cell_len(value))).rstrip()))
            elif kind == "fact":
                for number, line in enumerate(_wrapped(value, width - NAMES)):
                    label = fit(visible(name), NAMES - 1) if number == 0 else " " * (NAMES - 1)
                    parts.append(Content.assemble((label, "$quiet"), " ", line))
            else:
                sign = "! " if kind == "warning" else ""
                for number, line in enumerate(_wrapped(value, width - len(sign))):
                    lead = (sign if number == 0 else " " * len(sign), "bold $warning")
                    parts.append(Content.assemble(lead, line) if sign else Content(line))
        return Content("\n").join(parts)


class FactPane(VerticalScroll):
    """A framed, scrolling fact sheet."""

    def __init__(self, title: str, **options: Any) -> None:
        super().__init__(classes="box", **options)
        self.border_title = title
        self._sheet = FactSheet()

    def compose(self) -> Any:
        yield self._sheet

    def show(self, title: str, lines: Iterable[tuple[str, str, str]]) -> None:
        self.border_title = Content(visible(title))
        self._sheet.show(lines)
        self.scroll_home(animate=False)

    @property
    def plain(self) -> str:
        return self._sheet.plain


def _wrapped(value: str, width: int) -> list[str]:
    text = visible(value).replace("\t", " ")
    lines = wrap(text, width)
    return [text[start:end] for start, end in zip(lines.starts, lines.ends, strict=True)]


def written(value: Any) -> str:
    """A value of a card for people."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, int):
        return f"{value:,}" if abs(value) >= 10_000 else str(value)
    if isinstance(value, (list, tuple)):
        return ", ".join(written(item) for item in value) or "–"
    return str(value) if value not in (None, "") else "–"


def flattened(table: Mapping[str, Any], skip: Iterable[str] = ()) -> list[tuple[str, str, str]]:
    """A card's table as facts: plain values first, then each inner table under its title."""
    skipped = set(skip)
    plain = [
        ("fact", key.replace("_", " "), written(value))
        for key, value in table.items()
        if key not in skipped and not isinstance(value, Mapping)
    ]
    inner: list[tuple[str, str, str]] = []
    for key, value in table.items():
        if key in skipped or not isinstance(value, Mapping) or not value:
            continue
        inner += [("gap", "", ""), ("title", "", key.replace("_", " ").capitalize())]
        for name, item in value.items():
            content = (
                ", ".join(f"{inmost} {written(it)}" for inmost, it in item.items())
                if isinstance(item, Mapping)
                else written(item)
            )
            inner.append(("fact", name.replace("_", " "), content))
    return plain + inner
