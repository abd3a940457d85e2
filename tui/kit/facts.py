"""A column of facts: headings, names and values aligned, long values wrapped under themselves."""

from collections.abc import Iterable, Mapping
from typing import Any

from rich.cells import cell_len
from textual.content import Content
from textual.selection import Selection
from textual.strip import Strip
from textual.style import Style as VisualStyle
from textual.visual import Visual

from .fitted import FittedView
from .text import fit, visible, wrap

NAMES = 14
"""Cells of the column of names."""


class FactPane(FittedView, can_focus=True):
    """A framed, scrolling sheet of facts, laid out for the width that there is. Another sheet paints its own pane."""

    def __init__(self, title: str, **options: Any) -> None:
        super().__init__(classes="box", **options)
        self.border_title = title
        self._facts: list[tuple[str, str, str]] = []
        self._lines: list[Content] = []
        self._strips: dict[int, Strip] = {}
        """Those lines that were in sight, with the style that there is."""

    def show(self, title: str, lines: Iterable[tuple[str, str, str]]) -> None:
        """``kind`` is ``title``, ``fact``, ``text``, ``row`` (of a table: never wrapped), ``warning`` or ``gap``."""
        self.border_title = Content(visible(title))
        self._facts = list(lines)
        self.scroll_to(0, 0, animate=False, immediate=True)
        self.fit()

    @property
    def plain(self) -> str:
        """What it says, for whoever cannot see it."""
        return "\n".join(" ".join(part for part in line[1:] if part) for line in self._facts)

    # ------------------------------------------------------------------------------------------ lines

    def lines_for(self, width: int) -> int:
        self._lines, self._strips = self._laid_out(max(24, width)), {}
        return len(self._lines)

    def _laid_out(self, width: int) -> list[Content]:
        parts: list[Content] = []
        for kind, name, value in self._facts:
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
        return parts

    def render(self) -> Content:
        """All of it: what is selected with the mouse is cut out of it."""
        return Content("\n").join(self._lines)

    def render_line(self, y: int) -> Strip:
        number = y + int(self.scroll_offset.y)
        if number not in self._strips:
            self._strips[number] = self._painted_line(number)
        return self._strips[number]

    def _painted_line(self, number: int) -> Strip:
        width = self.size.width
        if number >= len(self._lines):
            return Strip.blank(width, self.base)
        line, span = self._lines[number], self.text_selection and self.text_selection.get_span(number)
        if span is not None:
            style = VisualStyle.from_styles(self.screen.get_component_styles("screen--selection"))
            line = line.stylize(style, span[0], len(line) if span[1] == -1 else span[1])
        strips = Visual.to_strips(self, line, width, 1, self.visual_style, apply_selection=False)
        return strips[0].apply_offsets(0, number).adjust_cell_length(width, self.base)

    def notify_style_update(self) -> None:
        self._strips = {}
        super().notify_style_update()

    def selection_updated(self, selection: Selection | None) -> None:
        self._strips = {}
        super().selection_updated(selection)


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
