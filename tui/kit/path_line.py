"""A line for a path: what begins so is shown behind the cursor while one types, and tab completes it."""

import asyncio
import contextlib
import os
from itertools import islice
from typing import Any, ClassVar

from textual.binding import Binding
from textual.message_pump import MessagePump
from textual.suggester import Suggester
from textual.widgets import Input

from .paths import typed_path
from .text import one_line

ENTRIES = 100_000
"""Files of a folder that are looked at to complete a name."""
LISTED = 8
"""Names that are said where several begin so."""


PATIENCE = 200
"""Hundredths of a second that a key waits for earlier ones at most."""


class PathSuggester(Suggester):
    """Completes the path of a file while one types (→ takes it)."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        # In a thread: a folder may have a million files, or lie on a disk that does not answer.
        names = await asyncio.to_thread(completions, value) if value.strip() else []
        return names[0] if names else None


def completions(typed: str) -> list[str]:
    """The paths that ``typed`` may become, in their order, among so many as are looked at; folders end in a slash.
    Empty where no name has begun yet."""
    folder, slash, start = typed.rpartition("/")
    folder += slash
    if not start:
        return []
    with contextlib.suppress(OSError, ValueError), os.scandir(typed_path(folder or ".")) as entries:
        names = [entry for entry in islice(entries, ENTRIES) if entry.name.startswith(start)]
        return sorted(f"{folder}{entry.name}{'/' if entry.is_dir() else ''}" for entry in names)
    return []


class PathLine(Input):
    """An input whose tab goes as far as all that begins so agrees, and to the next field where nothing is left."""

    BINDINGS: ClassVar = [Binding("tab", "complete", "Complete", show=False, tooltip="Complete the path")]

    def __init__(self, value: str = "", **options: Any) -> None:
        super().__init__(value, suggester=PathSuggester(), **options)
        self.after: tuple[MessagePump, ...] = ()
        """Those that got the first keys of what is typed, and hand them on: their keys come first."""

    async def on_key(self) -> None:
        # On a slow machine a later key would overtake those, and a path be mixed up.
        for _ in range(PATIENCE):
            if not any(pump.message_queue_size for pump in self.after):
                break
            await asyncio.sleep(0.01)

    async def action_complete(self) -> None:
        """Complete the path up to where several differ, and say these; else leave the line."""
        typed = self.value
        paths = await asyncio.to_thread(completions, typed) if self.cursor_position == len(typed) else []
        if self.value != typed:
            return
        common = os.path.commonprefix(paths)  # noqa: RUF071  # of the names, too
        if len(common) > len(typed):
            self.value = common
            self.cursor_position = len(common)
        elif len(paths) > 1 and typed not in paths:
            names = [one_line(path[typed.rfind("/") + 1 :], 40) for path in paths[:LISTED]]
            self.app.notify("  ".join(names) + "  …" * (len(paths) > LISTED), title="Begins so", markup=False)
        else:
            self.screen.focus_next()
