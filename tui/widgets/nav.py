"""The bar on top: where one is, where one can go, what computes."""

from typing import TYPE_CHECKING, ClassVar, cast

from textual import events
from textual.content import Content
from textual.widget import Widget

from ..actions import PLACES

if TYPE_CHECKING:
    from ..app import DltextApp


class NavBar(Widget):
    """One line with all places; a click goes there. Their keys stand in it where there is room."""

    HELP = "The places of dltext. Click one, press its F-key, or ctrl+g and its number."
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
        brand, status = " dltext ", getattr(self.app, "status", "")
        running = getattr(self.app, "running_jobs", 0)
        parts = [Content.styled(brand, style("nav--brand")), Content(" ")]
        self._stops = []
        x = len(brand) + 1
        titles = {
            name: place.title + (f" ({running})" if name == "runs" and running else "")
            for name, place in PLACES.items()
        }
        plain = x + sum(len(title) + 2 for title in titles.values())
        keyed = plain + sum(len(place.key) + 1 for place in PLACES.values())
        with_keys = keyed + 12 <= width
        for name, place in PLACES.items():
            here = name == self._here
            label = style("nav--here" if here else "nav--place")
            text = Content.assemble(
                (" ", label),
                (f"{place.key.upper()} ", label if here else style("nav--key")) if with_keys else "",
                (titles[name], label),
                (" ", label),
            )
            self._stops.append((x, x + text.cell_length, name))
            x += text.cell_length
            parts.append(text)
        room = width - x - 2
        if status and room > 8:
            said = Content(status).truncate(room, ellipsis=True)
            parts.append(Content(" " * (room - said.cell_length + 1)))
            parts.append(said.stylize(style("nav--status")))
        return Content.assemble(*parts)

    def on_click(self, event: events.Click) -> None:
        for start, end, name in self._stops:
            if start <= event.x < end:
                cast("DltextApp", self.app).open_screen(name)
