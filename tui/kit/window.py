"""The window's size as the terminal itself says it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from textual import events
from textual.geometry import Size

from ..signals import HUNG_UP, terminal_is_there

if TYPE_CHECKING:
    from textual.app import App


def forget_inherited_size() -> None:
    """Drop ``COLUMNS`` and ``LINES``, which some shells, schedulers and wrappers export.

    They say how large a window once was, and Textual believes them for good: the screen would never follow the window.
    """
    for name in ("COLUMNS", "LINES"):
        os.environ.pop(name, None)


def follow(app: App[Any], end: Callable[[int], object]) -> None:
    """Tell the application of a size that it has not learnt of: a signal can be lost, on the way or to a wrapper.

    Of a terminal that has gone nobody says anything to a program that it does not control, which would read the end of
    its input for ever: that ends it here.
    """
    if not terminal_is_there():
        end(HUNG_UP)
        return
    size = Size(*shutil.get_terminal_size())
    if size != app.size or size != app.screen.outer_size:
        app.post_message(events.Resize(size, size))
