"""The screen follows its window, also where no signal came or an old size was exported."""

import os
import shutil
from typing import Any

import pytest
from textual import events

from dltext.tui.kit.window import follow, forget_inherited_size
from dltext.tui.places import PLACES


def window_of(monkeypatch: pytest.MonkeyPatch, columns: int, lines: int) -> None:
    monkeypatch.setattr(shutil, "get_terminal_size", lambda *_: os.terminal_size((columns, lines)))


async def test_a_resize_without_a_signal_is_noticed(app: Any, until: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        window_of(monkeypatch, 120, 36)
        follow(app, app.end)
        await until(pilot, lambda: app.screen.outer_size == (120, 36))
        assert app.size == (120, 36)


async def test_nothing_is_laid_out_anew_where_nothing_changed(
    app: Any, until: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        window_of(monkeypatch, 80, 24)
        messages: list[events.Resize] = []
        for place in PLACES:
            await app.open_screen(place)
            await until(pilot, lambda: app.screen.outer_size == app.size)
            with monkeypatch.context() as listening:
                listening.setattr(app, "post_message", messages.append)
                follow(app, app.end)
        assert messages == []


def test_an_exported_size_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LINES", "24")
    forget_inherited_size()
    assert "COLUMNS" not in os.environ
    assert "LINES" not in os.environ
