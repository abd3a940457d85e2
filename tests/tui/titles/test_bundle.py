"""Titles with a real engine and a small bundle: what a model writes and looks at arrives on the screen."""

from collections.abc import Callable
from typing import Any

import pytest
from textual import events

from dltext.tui.kit.attention import ORIGIN
from dltext.tui.kit.source_box import SourceArea
from dltext.tui.titles.title_list import BASELINE, TitleList

TEXT = "We show that Zorp cats often sleep.\nThe dogs bark of it, the mice know."


@pytest.mark.usefixtures("quick")
async def test_a_bundle_writes_titles_on_the_screen(
    make_writer: Callable[..., Any], until: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dltext.tui.app import DltextApp
    from dltext.tui.titles import requests

    monkeypatch.setattr(requests, "PAUSE", 0.01)
    make_writer()
    app = DltextApp(poll=False)
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("ctrl+g", "i")
        await until(pilot, lambda: app.screen.PLACE == "titles" and app.screen.requests.models.loaded)
        screen = app.screen
        app.post_message(events.Paste(TEXT))
        await until(pilot, lambda: screen.requests.fresh and not screen.busy())
        listed = screen.query_one(TitleList)
        lines = listed.plain.splitlines()
        assert len(lines) == 7
        assert lines[0] == "A study of Zorp Cats often sleep"
        assert lines[5:] == [BASELINE, "We show that Zorp cats often sleep."]
        listed.focus()
        await pilot.press("right", "right", "right", "right")
        await until(pilot, lambda: listed.token == 3)
        title = listed.titles[0]
        assert [title.text[title.tokens[number].start : title.tokens[number].end] for number in title.copied] == [
            "Zorp"
        ]
        area = screen.query_one(SourceArea)
        levels = {area.text[span.start : span.end]: area.heat.level(span) for span in area.heat.spans}
        assert levels["Zorp"] == ORIGIN
        before = screen.requests.titles
        await pilot.press("f3")
        await until(pilot, lambda: screen.requests.length == 2 and screen.requests.fresh)
        assert screen.requests.titles.candidates[0].text == before.candidates[0].text
        assert screen.requests.titles.candidates[0].score != before.candidates[0].score, "it was not asked anew"
