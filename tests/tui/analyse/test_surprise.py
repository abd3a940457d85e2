"""The card of a language model: while one types where that is quick, and on to Generate."""

from typing import Any

import pytest
from textual import events

from dltext.engine.results import UserError
from dltext.tui.analyse.surprise_card import SurpriseCard

TEXT = "The king sleeps [/tag]. Incomprehensibilities abound in the nation."


@pytest.fixture
def shown(language_app: Any, language: Any, open_cards: Any, part: Any, until: Any) -> Any:
    """``card = await shown(pilot)``: the card with what it says of TEXT."""
    open_cards(language, "surprise:lm-shakespeare")

    async def go(pilot: Any) -> SurpriseCard:
        screen = pilot.app.screen
        await until(pilot, lambda: part(screen, "surprise") and part(screen, "surprise").card)
        pilot.app.post_message(events.Paste(TEXT))
        card = part(screen, "surprise").card
        await until(pilot, lambda: card.surprise is not None or card.waiting)
        return card

    return go


async def test_it_says_how_surprising_the_text_is(language_app: Any, shown: Any) -> None:
    async with language_app.run_test(size=(120, 36)) as pilot:
        card = await shown(pilot)
        lines = card.render().plain.splitlines()
        assert str(card.border_title) == "Surprise · lm-shakespeare"
        assert lines[0].startswith("perplexity ")
        assert lines[0].endswith("bits a character")
        assert lines[1].startswith("Incomprehensibilities 22.0")
        assert "Incomprehensibilities abound" in lines[2]
        assert "97 % known" in lines[3]


async def test_what_is_of_the_text_before_is_dimmed_and_a_slow_model_waits(
    language_app: Any, language: Any, shown: Any, until: Any
) -> None:
    language.milliseconds = 80.0
    async with language_app.run_test(size=(120, 36)) as pilot:
        card = await shown(pilot)
        language.hold("analyse")
        await pilot.press("!")
        await until(pilot, lambda: card.has_class("-outdated"))
        language.release("analyse")
        await until(pilot, lambda: card.waiting.startswith("Not measured while you type"))
        assert card.surprise is None
        assert len(language.asked("surprise")) == 1
        await pilot.press(*["backspace"] * 3)
        pilot.app.screen.action_new_document()
        await until(pilot, lambda: card.render().plain == "Waiting for a text.")


async def test_a_fault_is_a_sentence_in_the_card(language_app: Any, language: Any, shown: Any, until: Any) -> None:
    language.errors["surprise"] = UserError("counts.bin of [/x] is damaged; import the model again.")
    async with language_app.run_test(size=(80, 24)) as pilot:
        card = await shown(pilot)
        assert card.render().plain == "counts.bin of [/x] is damaged; import the model again."
        language.errors["surprise"] = ValueError("numbers")
        await pilot.press("!")
        await until(pilot, lambda: card.waiting.startswith("The text could not be measured"))


async def test_enter_opens_generate_with_each_word_shaded(
    language_app: Any, language: Any, shown: Any, until: Any
) -> None:
    async with language_app.run_test(size=(120, 36)) as pilot:
        card = await shown(pilot)
        card.focus()
        await pilot.press("enter")
        await until(pilot, lambda: pilot.app.screen.PLACE == "generate")
        screen = pilot.app.screen
        await until(pilot, lambda: screen.requests.surprise.fresh and screen.document.text == TEXT)
        assert screen.requests.mode == "surprise"
        assert screen.box.area.heat.spans
