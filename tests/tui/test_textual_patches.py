"""What is replaced inside Textual: each is still needed with the version that is pinned, and says which that is."""

import re
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual._xterm_parser import BRACKETED_PASTE_END, BRACKETED_PASTE_START, XTermParser
from textual.app import App, ComposeResult
from textual.color import Color
from textual.containers import Vertical
from textual.css import stylesheet
from textual.css.stylesheet import Stylesheet
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Input, Static

from dltext.tui.kit.workbench import Workbench

KIT = Path(__file__).resolve().parents[2] / "tui" / "kit"
MARK = re.compile(r"Checked with Textual (\S+)\.$", re.MULTILINE)


@pytest.mark.parametrize("name", ["box_focus", "paste", "stylesheet", "timers"])
def test_each_says_which_version_it_was_checked_with(name: str) -> None:
    """After an upgrade: do the other tests here still pass? Then change the line; else remove what is replaced."""
    assert MARK.findall((KIT / f"{name}.py").read_text("utf-8")) == [version("textual")]


@pytest.mark.parametrize(("base", "count"), [(Screen, 3), (Workbench, 1)])
async def test_textual_works_out_the_styles_of_all_in_a_box_anew(base: Any, count: int) -> None:
    class Boxed(base):
        CSS = ".box { border: round red; &:focus-within { border: round green; } }"

        def compose(self) -> ComposeResult:
            with Vertical(classes="box"):
                yield Input()
                yield Static()

    async with App().run_test() as pilot:
        screen = Boxed()
        await pilot.app.push_screen(screen)
        box, updated = screen.query_one(".box"), []
        screen.set_focus(None)
        await pilot.pause()
        assert box.styles.border_top[1] == Color.parse("red")
        screen.query_one(Input).focus()
        await pilot.pause()
        assert box.styles.border_top[1] == Color.parse("green")
        pilot.app.stylesheet.update_nodes = lambda nodes, **_: updated.extend(nodes)  # type: ignore[method-assign]
        screen._update_focus_styles(blurred=screen.query_one(Input))
        assert len(updated) == count


async def test_rules_say_what_holds_the_focus_at_their_ends_only(jobs_app: Any) -> None:
    async with jobs_app.run_test() as pilot:
        rules = pilot.app.stylesheet.rules
        inner = [
            selectors.css
            for rule in rules
            for selectors in rule.selector_set
            if any("focus-within" in selector.pseudo_classes for selector in selectors.selectors[:-1])
        ]
        assert any("focus-within" in rule.selectors for rule in rules)
        assert inner == []


def test_textual_lets_a_timer_of_one_tick_skip_it() -> None:
    begin: Any = getattr(Timer.__init__, "__wrapped__", Timer.__init__)
    timer, owner = Timer.__new__(Timer), App()
    begin(timer, owner, 1.0, repeat=0)
    assert timer._skip


def test_textual_loses_what_follows_an_escape_in_a_paste() -> None:
    parser, text = XTermParser(), "a\x1b[Ab and more"
    pasted = [*parser.feed(f"{BRACKETED_PASTE_START}{text}{BRACKETED_PASTE_END}"), *parser.feed("")]
    assert [message.text for message in pasted if isinstance(message, events.Paste)] != [text]


def test_textual_parses_every_sheet_again_for_a_theme_that_it_had(monkeypatch: pytest.MonkeyPatch) -> None:
    count, original = 0, stylesheet.parse

    def counted(*arguments: Any, **named: Any) -> Any:
        nonlocal count
        count += 1
        return original(*arguments, **named)

    monkeypatch.setattr(stylesheet, "parse", counted)
    sheet = Stylesheet()
    sheet.add_source("Label { color: $one; }")
    for color in ("red", "blue", "red"):
        sheet.set_variables({"one": color})
        sheet.reparse()
    assert count == 3
