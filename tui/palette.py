"""The command palette: each action that works here, those of the other places, each place, each theme, each model."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from textual.actions import parse
from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.markup import escape
from textual.screen import Screen

from .actions import APP, SCREEN_ACTIONS
from .kit.cluster_address import ask_cluster, cluster_in
from .kit.text import visible
from .kit.themes import DARK, LIGHT
from .kit.workbench import Workbench
from .places import PLACES, key_name, place_of

if TYPE_CHECKING:
    from .kit.shell import Shell

Entry = tuple[str, str, Callable[[], object]]


NUMBERED = ("show_hop", "choose(")
"""Actions of which there are as many as an answer has parts: elsewhere nobody knows how many."""


def _can(screen: Screen[Any], action: str) -> bool:
    """Whether an action can be done on a screen now."""
    _, name, parameters = parse(action)
    return bool(screen.check_action(name, parameters))


class WorkbenchCommands(Provider):
    """Made from the same table as the keys; models are read when the palette opens."""

    async def startup(self) -> None:
        app = cast("Shell", self.app)
        self._models: list[Entry] = []
        self._cluster = ""
        try:
            self._cluster = cluster_in(await asyncio.to_thread(app.engine.preferences))
            models = await asyncio.to_thread(app.engine.models)
        except Exception:  # the palette opens without models, the Models screen says why
            return
        for info in models:
            if info.problem is None:
                self._models.append(
                    (
                        f"Use {info.name}",
                        f"{info.task}, {info.language}: {PLACES[place_of(info.task)].title} with this model",
                        lambda name=info.name, task=info.task: app.open_screen(place_of(task), model=name),
                    )
                )

    def _entries(self) -> list[Entry]:
        app = cast("Shell", self.app)
        entries: list[Entry] = []
        screen = self.screen
        if isinstance(screen, Workbench):
            actions = SCREEN_ACTIONS.get(screen.PLACE, ())
            for action in actions:
                if _can(screen, action.action):
                    key = key_name(action.keys.split(",")[0])
                    entries.append(
                        (
                            f"{action.label.capitalize()}  ({key})",
                            action.help,
                            lambda name=action.action: screen.run_action(name),
                        )
                    )
        for name, place in PLACES.items():
            if screen.is_modal or name == getattr(screen, "PLACE", ""):
                continue
            for action in SCREEN_ACTIONS.get(name, ()):
                if action.action.startswith(NUMBERED):
                    continue
                key = key_name(action.keys.split(",")[0])
                entries.append(
                    (
                        f"{place.title}: {action.label}  ({key})",
                        action.help,
                        lambda name=name, act=action.action: self._there(name, act),
                    )
                )
        # A dialog is left by itself only: what is typed there would go.
        stays = screen.is_modal and not getattr(screen, "PASSING", False)
        for place in () if stays else PLACES.values():
            entries.append(
                (f"Go to {place.title}  ({place.way})", place.help, lambda name=place.name: app.open_screen(name))
            )
        entries.extend(() if stays else self._models)
        for theme, label in ((DARK, "Dark"), (LIGHT, "Light")):
            entries.append(
                (f"{label} theme", "Change the colours, and remember it", lambda name=theme.name: app.use_theme(name))
            )
        entries.append(("Drafts", "What earlier starts have left in the boxes", app.action_drafts))
        keeping = "on; enter stops it" if app.drafts.on else "off; enter starts it"
        entries.append(
            (
                f"Keep drafts: {'on' if app.drafts.on else 'off'}",
                f"Texts that are not exported are kept on disk for the next start ({keeping})",
                app.action_keep_drafts,
            )
        )
        entries.append(
            (
                f"Cluster: {visible(self._cluster) or 'none'}",
                "The workers of a Dask cluster read the documents of a corpus (enter changes the address)",
                lambda: ask_cluster(app),
            )
        )
        for action in APP:
            if not action.action.startswith(("app.open_screen", "app.command", "app.edit")):
                entries.append(
                    (action.label.capitalize(), action.help, lambda name=action.action: self.app.run_action(name))
                )
        return entries

    async def _there(self, place: str, action: str) -> None:
        """Go to a place and do what can be done there now; else one sees there why it cannot."""
        app = cast("Shell", self.app)
        await app.open_screen(place)

        async def act() -> None:
            screen = self.app.screen
            if screen is app.place(place) and _can(screen, action):
                await screen.run_action(action)

        self.app.call_after_refresh(act)

    async def discover(self) -> Hits:
        for name, about, run in self._entries():
            yield DiscoveryHit(escape(name), run, text=name, help=escape(about))

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for name, about, run in self._entries():
            if (score := matcher.match(name)) > 0:
                yield Hit(score, matcher.highlight(name), run, text=name, help=escape(about))
