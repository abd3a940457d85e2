"""The bar on top: where one is, where one can go, what computes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, cast

from textual import events
from textual.content import Content
from textual.widget import Widget

from ..places import LEADER, PLACES, key_name

if TYPE_CHECKING:
    from .shell import Shell


BRAND = " dltext "
STATUS = 12
"""Cells kept for what computes, where there is room for all else that matters."""
MORE, ALL, ALONE = f" {LEADER} more ", f" {LEADER} go to ", f" {LEADER} "
"""The way to the places that do not stand in the bar; the way to all that do, and the same where room is short."""


@dataclass(frozen=True)
class BarLayout:
    """Which places stand in the bar, and how."""

    names: list[str]
    brand: bool = False
    gap: int = 0
    """Blanks after a title; there is always one before."""
    way: str = MORE
    """What stands behind them."""


class NavBar(Widget):
    """One line of places, those with a key of their own first to stay; behind them the way to all. A click goes."""

    HELP = f"The places of dltext. Click one, press its key, or {LEADER} and its letter."
    COMPONENT_CLASSES: ClassVar = {"nav--brand", "nav--place", "nav--here", "nav--key", "nav--status"}
    ALLOW_SELECT = False

    def __init__(self, here: str) -> None:
        super().__init__()
        self._here = here
        self._stops: list[tuple[int, int, str]] = []

    def on_mount(self) -> None:
        for attribute in ("status", "running_jobs"):
            self.watch(self.app, attribute, self._app_said, init=False)

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
        apart = False
        for name in look.names:
            place, here = PLACES[name], name == self._here
            label = style("nav--here" if here else "nav--place")
            if not apart and (apart := _behind_the_rule(name)) and name != look.names[0]:
                parts.append(Content.styled("│", style("nav--key")))
                x += 1
            gap = " " * look.gap
            text = Content.assemble(
                (" ", label),
                (f"{key_name(place.key)} ", label if here else style("nav--key")) if place.key else "",
                (titles[name], label),
                (gap, label),
            )
            self._stops.append((x, x + text.cell_length, name))
            x += text.cell_length
            parts.append(text)
        if x + len(look.way) <= width:
            parts.append(Content.styled(look.way, style("nav--key")))
            self._stops.append((x, x + len(look.way), ""))
            x += len(look.way)
        room = width - x - 2
        if len(status) > room:
            status = status.partition(",")[0]
        if status and room >= len(status):
            said = Content(status)
            parts.append(Content(" " * (room - said.cell_length + 1)))
            parts.append(said.stylize(style("nav--status")))
        return Content.assemble(*parts)

    def _look(self, width: int, titles: Mapping[str, str]) -> "BarLayout":
        """What there is room for: here, then those with keys, then the others, each in the order of the table."""
        cells = {
            name: len(titles[name]) + 1 + (len(PLACES[name].key) + 1 if PLACES[name].key else 0) for name in titles
        }
        order = sorted(titles, key=lambda name: (name != self._here, not PLACES[name].key))
        everything = sum(cells.values()) + 1  # 1: the rule
        if width - len(ALL) < everything <= width - len(ALONE):
            return BarLayout(list(titles), way=ALONE)
        room = width - len(ALL) - 1
        chosen: set[str] = set()
        for name in order:
            if cells[name] <= room:
                chosen.add(name)
                room -= cells[name]
        names = [name for name in titles if name in chosen]
        whole = len(names) == len(titles)
        if whole and room >= len(BRAND) + 1 + len(names) + STATUS:
            return BarLayout(names, brand=True, gap=1, way=ALL)
        if whole and room >= len(BRAND) + STATUS:
            return BarLayout(names, brand=True, way=ALL)
        gap = int(room >= len(names) + (STATUS if whole else 0))
        return BarLayout(names, gap=gap, way=ALL if whole else MORE)

    def on_click(self, event: events.Click) -> None:
        for start, end, name in self._stops:
            if start <= event.x < end:
                if name:
                    cast("Shell", self.app).open_screen(name)
                else:
                    self.app.simulate_key(LEADER)


def _behind_the_rule(name: str) -> bool:
    """Whether a place belongs to the second kind, which a rule keeps apart in the bar."""
    names = list(PLACES)
    return any(PLACES[other].apart for other in names[: names.index(name) + 1])
