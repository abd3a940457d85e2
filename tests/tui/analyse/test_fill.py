"""The card that fills blanks: while one types, and only where there is a blank."""

from collections.abc import Callable
from typing import Any

import pytest
from textual import events

from dltext.engine.results import Blank, BundleInfo, Filled, Filling, UserError

MASKED = BundleInfo(
    "own-bert", "fill", "trained", "1", "masked-lm", "en", (), {"accuracy": 0.312, "floor_accuracy": 0.051},
    "notes.txt validation", True, 3_000_000, "/home/own-bert", {},
)  # fmt: skip
OTHER = "The [MASK] was [/x] warm"
NO_BLANK = "The text has no blank to fill: write [MASK]."


class FakeFilling:
    """The function about blanks; to be mixed in before ``FakeEngine``."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.bundles: list[BundleInfo] = [*getattr(self, "bundles", []), MASKED]

    _note: Callable[..., None]

    def fill(self, text: str, model: str | None = None, count: int = 5) -> Filled:
        self._note("fill", text, model)
        start = text.find("[MASK]")
        if start < 0:
            raise UserError(NO_BLANK)
        words = tuple(Filling(word, share) for word, share in (("film [/b]", 0.52), ("电影", 0.2), ("plot", 0.03)))
        return Filled(text, model or "own-bert", "1", (Blank(start, start + 6, words),), 1.23, ("a note [/x]",))


@pytest.fixture
def filling(fake: Any) -> Any:
    return type("Engine", (FakeFilling, fake.FakeEngine), {})()


@pytest.fixture
def filling_app(filling: Any, quick: None) -> Any:
    from dltext.tui.app import DltextApp

    filling.remembered["analyse_cards"] = [["fill", "own-bert"]]
    return DltextApp(engine=filling, poll=False)


async def test_blanks_are_filled_while_one_types(filling_app: Any, filling: Any, until: Any) -> None:
    async with filling_app.run_test(size=(120, 36)) as pilot:
        screen = filling_app.screen
        await until(pilot, lambda: screen.besides and screen.besides[0].card)
        card = screen.besides[0].card
        assert str(card.border_title) == "Missing words · own-bert"
        assert "two underscores" in card.render().plain
        filling_app.post_message(events.Paste("The film was warm"))
        await until(pilot, lambda: card.waiting == NO_BLANK)
        assert card.render().plain == NO_BLANK
        await pilot.press("ctrl+n")
        await until(pilot, lambda: not card.waiting)
        filling_app.post_message(events.Paste(OTHER))
        await until(pilot, lambda: card.filled)
        lines = card.render().plain.split("\n")
        assert lines[0].startswith("▸ film [/b]")
        assert "52" in lines[0]
        assert [line.split()[0] for line in lines[1:3]] == ["电影", "plot"]
        assert lines[3:] == ["1.2 ms", "! a note [/x]"]
        assert filling.asked("fill")[-1] == (OTHER, "own-bert")
        assert not card.has_class("-outdated")
