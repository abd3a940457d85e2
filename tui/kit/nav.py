"""The bar on top: where one is, where one can go, what computes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, cast

from textual import events
from textual.content import Content
from textual.widget import Widget

from ..places import PLACES

if TYPE_CHECKING:
    from .shell import Shell


BRAND = " dltext "
STATUS = 12
"""Cells kept for what computes, where keys are shown."""


@dataclass(frozen=True)
class Look:
    """Which places stand in the bar, and how."""

    names: list[str]
    brand: bool = False
    keys: bool = False
    gap: int = 0
    """Blanks after a title; there is always one before."""
    before: bool = False
    after: bool = False
    """Whether there are more places on that side; ctrl+g knows them all."""


def _short(key: str) -> str:
    return key.upper().replace("CTRL+", "^")


class NavBar(Widget):
    """One line with all places; a click goes there. Their keys stand in it where there is room."""

    HELP = "The places of dltext. Click one, press its key, or ctrl+g and its number."
    COMPONENT_CLASSES: ClassVar = {"nav--brand", "nav--place", "nav--here", "nav--key", "nav--status"}
    ALLOW_SELECT = False

    def __init__(self, here: str) -> None:
        super().__init__()
        self._here = here
        self._stops: list[tuple[int, int, str]] = []

    def on_mount(self) -> None:
        for told in ("status", "running_jobs"):
            self.watch(self.app, told, self._app_said, init=False)

    def _app_said(self) -> None:
        self.refresh()

    def render(self) -> Content:
        style = self.get_visual_style
        width = self.size.width
        status, running = getattr(self.app, "status", ""), getattr(self.app, "running_jobs", 0)
        titles = {
            name: place.title + (f" ({running})" if name == "runs" and running else "")
            for name, place in PLACES.items()
        }
        self._stops = []
        look = self._look(width, titles)
        parts = [Content.styled(BRAND, style("nav--brand")), Content(" " * look.gap)] if look.brand else []
        x = len(BRAND) + look.gap if look.brand else 0
        if look.before:
            parts.append(Content.styled("‹", style("nav--key")))
            x += 1
        for name in look.names:
            place, here = PLACES[name], name == self._here
            label = style("nav--here" if here else "nav--place")
            if place.apart and name != look.names[0]:
                parts.append(Content.styled("│", style("nav--key")))
                x += 1
            gap = " " * look.gap
            text = Content.assemble(
                (" ", label),
                (f"{_short(place.key)} ", label if here else style("nav--key")) if look.keys else "",
                (titles[name], label),
                (gap, label),
            )
            self._stops.append((x, x + text.cell_length, name))
            x += text.cell_length
            parts.append(text)
        if look.after:
            parts.append(Content.styled(" ›", style("nav--key")))
            x += 2
        room = width - x - 2
        if len(status) > room:
            status = status.partition(",")[0]
        if status and room > 3:
            said = Content(status).truncate(room, ellipsis=True)
            parts.append(Content(" " * (room - said.cell_length + 1)))
            parts.append(said.stylize(style("nav--status")))
        return Content.assemble(*parts)

    def _look(self, width: int, titles: Mapping[str, str]) -> "Look":
        """What there is room for: all with keys, closer together, without the name of the program; then all without
        keys, and closer together; else the places around here."""
        names = list(titles)
        rules = sum(PLACES[name].apart for name in names)
        bare = sum(len(title) for title in titles.values()) + rules
        plain = len(BRAND) + 1 + bare + 2 * len(names)
        keys = sum(len(_short(PLACES[name].key)) + 1 for name in names)
        keyed = plain + keys + STATUS
        if keyed <= width:
            return Look(names, brand=True, keys=True, gap=1)
        if keyed - len(names) - 1 <= width:
            return Look(names, brand=True, keys=True)
        if bare + len(names) + keys + STATUS <= width:
            return Look(names, keys=True)
        if plain <= width:
            return Look(names, brand=True, gap=1)
        if bare + len(names) <= width:
            return Look(names)
        first = last = names.index(self._here) if self._here in names else 0
        room = width - 4 - len(titles[names[first]]) - 1
        while True:
            # The neighbour on the right first: one reads on.
            cost = [len(titles[names[at]]) + 2 if 0 <= at < len(names) else width for at in (last + 1, first - 1)]
            if cost[0] <= room:
                last, room = last + 1, room - cost[0]
            elif cost[1] <= room:
                first, room = first - 1, room - cost[1]
            else:
                return Look(names[first : last + 1], before=first > 0, after=last + 1 < len(names))

    def on_click(self, event: events.Click) -> None:
        for start, end, name in self._stops:
            if start <= event.x < end:
                cast("Shell", self.app).open_screen(name)
