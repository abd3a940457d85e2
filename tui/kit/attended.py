"""The document box of Authors: its words are shaded by how much a model looked at them, and a line says which hop."""

from typing import Any

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.color import Color
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from ..actions import key
from .attention import ALL_HUE, attention_styles, hue, legend
from .document import DocumentBox
from .document_area import DocumentArea
from .heat import Heat
from .preview import Preview

_PLACEHOLDER = f"""Paste or type texts by one author: posts of a blog, letters, mails.

What their style suggests of the author fills the card while you type; some hundred words say more than a few.

{key("open_file")} opens a file, {key("sample")} tries a sample, {key("group")} profiles many authors at once,
{key("help")} helps."""


class AttendedArea(DocumentArea):
    """An editor that shades what was attended."""

    HELP = (
        "Texts by one author. Type or paste; the card answers while you type. Words are shaded by the attention that "
        "they get: bold and underlined for the first quarter of it, bold for the next, underlined for the one after. "
        f"{key('next_hop')} shows each hop by itself."
    )
    hue = ALL_HUE

    def get_line(self, line_index: int) -> Text:
        if self._heat.spans and not self._styles_of_heat:
            tint = Color.parse(self.app.theme_variables[self.hue])
            self._styles_of_heat = attention_styles(self.background_colors[1], tint, self.styles.color)
        return super().get_line(line_index)

    def reveal(self, start: int, end: int) -> None:
        """Select ``text[start:end]`` and scroll to it."""
        self.move_cursor(self.place_of(start), center=True)
        self.move_cursor(self.place_of(end), select=True)


class AttendedPreview(Preview):
    """A large document that shades what was attended."""

    hue = ALL_HUE

    def render_line(self, y: int) -> Strip:
        if self._heat.spans and not self._styles:
            tint = Color.parse(self.app.theme_variables[self.hue])
            self._styles = attention_styles(self.background_colors[1], tint, self.styles.color)
        return super().render_line(y)


class AttendedBox(DocumentBox):
    """A :class:`DocumentBox` for texts of one author."""

    def compose(self) -> ComposeResult:
        yield AttendedArea(id="area", placeholder=_PLACEHOLDER)
        yield AttendedPreview(id="preview")

    def attend(self, heat: Heat, hop: int | None = None) -> None:
        """Shade in the colour of a hop, or of all together; the line below says what it means."""
        shown = self.preview if self.large else self.area
        assert isinstance(shown, AttendedArea | AttendedPreview)
        shown.hue = hue(hop)
        shown.restyle()
        shown.shade(heat)

    def reveal(self, start: int, end: int) -> None:
        """Go to a stretch of the document."""
        shown = self.preview if self.large else self.area
        if isinstance(shown, AttendedArea):
            shown.reveal(start, end)
        elif isinstance(shown, AttendedPreview):
            shown.reveal(start)


class HopBar(Widget):
    """Which hop of attention is shown, and what the shading means; a click shows another."""

    DEFAULT_CSS = "HopBar { height: 1; width: 1fr; padding: 0 2; }"
    ALLOW_SELECT = False
    hops: reactive[int] = reactive(0)
    """How many there are; 0 where nothing was weighed."""
    hop: reactive[int | None] = reactive(None)
    """The one shown, 0-based; None: all together."""

    class Chosen(Message):
        """A click on a hop, or on all (None)."""

        def __init__(self, hop: int | None) -> None:
            super().__init__()
            self.hop = hop

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._stops: list[tuple[int, int, int | None]] = []

    def render(self) -> Content:
        self._stops = []
        if not self.hops:
            return Content("")
        width, key_line = self.content_size.width, legend(self.hop)
        with_legend = self._hops(width - key_line.cell_length - 2)
        if with_legend is None:
            return self._hops(width, tight=True) or Content("")
        gap = width - with_legend.cell_length - key_line.cell_length
        return Content.assemble(with_legend, " " * gap, key_line)

    def _hops(self, width: int, tight: bool = False) -> Content | None:
        """The numbers of all hops where they fit in ``width``, else those around the one shown."""
        names: list[int | None] = [None, *range(self.hops)]
        position = names.index(self.hop) if self.hop in names else 0
        for reach in (self.hops, 3, 1):
            in_reach = [name for place, name in enumerate(names) if name is None or abs(place - position) <= reach]
            parts, x, stops = [Content.styled(f"{key('next_hop')} ", "bold $accent")], 3, []
            before = None
            for name in in_reach:
                if name is not None and before is not None and name != before + 1:
                    parts.append(Content.styled("… ", "$quiet"))
                    x += 2
                chosen = name == self.hop
                shown = "all hops" if name is None else f"hop {name + 1}" if chosen else str(name + 1)
                part = Content.styled(shown, f"bold underline ${hue(name)}" if chosen else "$quiet")
                stops.append((x, x + part.cell_length, name))
                parts += [part, Content("  ")]
                x += part.cell_length + 2
                before = name if name is not None else -1
            if in_reach[-1] is not None and in_reach[-1] != self.hops - 1:
                parts.append(Content.styled("…", "$quiet"))
                x += 1
            if x <= width or (tight and reach == 1):
                self._stops = stops
                return Content.assemble(*parts)
        return None

    def on_click(self, event: events.Click) -> None:
        x = event.x - self.styles.padding.left
        for start, end, hop in self._stops:
            if start <= x < end:
                self.post_message(self.Chosen(hop))
