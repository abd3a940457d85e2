"""A neighbourhood of words drawn in the terminal: names at their points, clusters by sign and colour."""

from typing import Any, ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from ...engine.results import WordMap
from ..kit.text import fit, visible
from .placing import PlacedWord, View, place

MARKS = "●▲■◆○△□◇"
COLOURS = ("primary", "accent", "success", "error", "secondary", "primary", "accent", "success")
METHODS = {"pca": "PCA", "tsne": "t-SNE"}
STEP, SMALLEST, LARGEST = 1.25, 0.5, 64.0


class WordMapView(Widget, can_focus=True):
    """The map; ``view`` is what part of it is seen."""

    HELP = (
        "A map of the nearest words: words drawn together are used alike. Each cluster has its own sign and colour; "
        "the words of the query are bold, underlined and have the sign ◉. Where names would overlap only the sign is "
        "drawn: enlarge. Arrows move, + and - enlarge and shrink, 0 shows all, n and p go from word to word, enter "
        "goes to the word, t changes between PCA and t-SNE. The mouse wheel enlarges, a click goes to a word."
    )
    BINDINGS: ClassVar = [
        Binding("up", "pan(0, 1)", "Up", show=False),
        Binding("down", "pan(0, -1)", "Down", show=False),
        Binding("left", "pan(-1, 0)", "Left", show=False),
        Binding("right", "pan(1, 0)", "Right", show=False),
        Binding("plus,equals_sign", "zoom(1)", "zoom", key_display="+", tooltip="Enlarge"),
        Binding("minus", "zoom(-1)", "out", key_display="-", tooltip="Shrink"),
        Binding("0", "reset", "all", tooltip="Show the whole map"),
        Binding("n", "next(1)", "next word", tooltip="Go to the next named word"),
        Binding("p", "next(-1)", "Word before", show=False),
        Binding("enter", "take", "go there", tooltip="Go to the word under the cursor"),
    ]
    view: reactive[View] = reactive(View())
    cursor: reactive[int | None] = reactive(None)
    """Index of a point."""

    class Taken(Message):
        """A word was chosen."""

        def __init__(self, word: str) -> None:
            super().__init__()
            self.word = word

    def __init__(self, **options: Any) -> None:
        super().__init__(classes="box", **options)
        self.map: WordMap | None = None
        self._placed: list[PlacedWord] = []
        self._key: object = None

    def show(self, word_map: WordMap) -> None:
        """Another map, seen whole."""
        self.map, self._key = word_map, None
        self.view, self.cursor = View(), None
        self._tell()
        self.refresh()

    def on_resize(self) -> None:
        self._tell()

    def watch_view(self) -> None:
        self._tell()

    @property
    def placed(self) -> list[PlacedWord]:
        """Where everything stands now, at the widget's size."""
        width, height = self._room
        key = (self.map, self.view, width, height)
        if self._key != key:
            self._key = key
            points = self.map.points if self.map is not None else ()
            self._placed = place(points, self.view, width, height)
        return self._placed

    @property
    def _room(self) -> tuple[int, int]:
        note = 1 if self.map is not None and self.map.note else 0
        return max(self.content_size.width, 1), max(self.content_size.height - note, 1)

    def _tell(self) -> None:
        """In the border; not while drawing, for then the border is drawn already, and shows the view before."""
        if self.map is None:
            return
        named = sum(bool(placed.name) for placed in self.placed)
        other = next(name for method, name in METHODS.items() if method != self.map.method)
        edge = f"{METHODS.get(self.map.method, self.map.method)}, t: {other} · {named} of {len(self.map.points)} named"
        self.border_title = Content(f"Map of {visible(self.map.query)}")
        self.border_subtitle = Content(edge + (f" · ×{self.view.zoom:.2g}" if self.view.zoom != 1 else ""))

    def wait(self, method: str) -> None:
        """Say that another map is being made."""
        self.border_subtitle = Content(f"computing {METHODS[method]} …")

    # ------------------------------------------------------------------------------------------ drawing

    def render_line(self, y: int) -> Strip:
        width, height = self._room
        base = self.rich_style
        if self.map is None:
            return Strip.blank(width, base)
        if y == height:
            quiet = Style(color=self.app.theme_variables["quiet"])
            return Strip([Segment(fit(visible(self.map.note), width), base + quiet)])
        parts: list[Segment] = []
        x = 0
        for placed in sorted(
            (placed for placed in self.placed if placed.row == y), key=lambda placed: placed.cells.start
        ):
            cells = placed.cells
            if cells.start < x:
                continue
            parts += [Segment(" " * (cells.start - x), base), *self._drawn(placed, base)]
            x = cells.stop
        return Strip(parts).adjust_cell_length(width, base)

    def _drawn(self, placed: PlacedWord, base: Style) -> list[Segment]:
        assert self.map is not None
        point = self.map.points[placed.index]
        theme = self.app.theme_variables
        colour = theme[COLOURS[point.cluster % len(COLOURS)]]
        mark = "◉" if point.asked else MARKS[point.cluster % len(MARKS)]
        style = base + Style(color=colour)
        name = base + Style(color=theme["foreground"] if point.asked else colour, bold=point.asked or None)
        if point.asked:
            name += Style(underline=True)
        if placed.index == self.cursor:
            style = name = base + Style(
                color=theme["block-cursor-foreground"], bgcolor=theme["block-cursor-background"], bold=True
            )
        sign = Segment(mark, style + Style(bold=point.asked or None))
        if not placed.name:
            return [sign]
        text = Segment(placed.name, name)
        return [sign, text] if placed.start > placed.column else [text, sign]

    # ------------------------------------------------------------------------------------------ moving

    def action_pan(self, x: int, y: int) -> None:
        step = 0.25 / self.view.zoom
        self.view = View(
            min(max(self.view.x + x * step, -1.0), 1.0), min(max(self.view.y + y * step, -1.0), 1.0), self.view.zoom
        )

    def action_zoom(self, by: int) -> None:
        self._enlarge(by, self.view.x, self.view.y)

    def _enlarge(self, by: int, x: float, y: float) -> None:
        """By a step about a point of the map, which stays where it is on the screen."""
        zoom = min(max(self.view.zoom * STEP**by, SMALLEST), LARGEST)
        if abs(zoom - 1) < 0.01:
            zoom = 1.0
        share = self.view.zoom / zoom
        self.view = View(x + (self.view.x - x) * share, y + (self.view.y - y) * share, zoom)

    def action_reset(self) -> None:
        self.view = View()

    def action_next(self, by: int) -> None:
        """Among the named words, in the order of the map: the nearest first."""
        named = sorted(placed.index for placed in self.placed if placed.name)
        if not named:
            return
        if self.cursor in named:
            self.cursor = named[(named.index(self.cursor) + by) % len(named)]
        else:
            self.cursor = named[0 if by > 0 else -1]

    def action_take(self) -> None:
        if self.map is not None and self.cursor is not None:
            self.post_message(self.Taken(self.map.points[self.cursor].word))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self._wheel(event, 1)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self._wheel(event, -1)

    def _wheel(self, event: events.MouseEvent, by: int) -> None:
        event.stop()
        offset = event.get_content_offset(self)
        if offset is not None:
            self._enlarge(by, *self.view.point(offset.x, offset.y, *self._room))

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is None:
            return
        for placed in self.placed:
            if placed.row == offset.y and offset.x in placed.cells:
                self.cursor = placed.index
                self.action_take()
                return
