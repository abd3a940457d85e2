"""Surprise in Generate: words shaded by bits, lists that lead into the text, two models, long texts, what leaves."""

import json
from pathlib import Path
from typing import Any

import pytest
from textual import events

from dltext.engine.results import Phrase, Surprisal, Surprise, UserError
from dltext.tui.generate.screen import GenerateScreen
from dltext.tui.generate.surprise_pane import SurprisePane
from dltext.tui.kit.phrases import PhraseTable
from dltext.tui.kit.preview import PAGE
from dltext.tui.kit.surprising import words_of

TEXT = "The king sleeps [/tag]. Incomprehensibilities abound in the nation."


@pytest.fixture(autouse=True)
def _starts_here(starting_in: Any) -> None:
    starting_in("generate")


@pytest.fixture
def opened(until: Any) -> Any:
    """``screen = await opened(pilot, text)``: the view Surprise with that text measured."""

    async def go(pilot: Any, text: str = TEXT) -> GenerateScreen:
        await until(pilot, lambda: pilot.app.screen.PLACE == "generate" and pilot.app.screen.requests.models.loaded)
        screen = pilot.app.screen
        await pilot.press("f3")
        pilot.app.post_message(events.Paste(text))
        await until(pilot, lambda: screen.document.text == text and screen.requests.surprise.fresh)
        return screen

    return go


def rows(screen: GenerateScreen, table: str) -> list[str]:
    phrases = screen.query_one(table, PhraseTable).phrases
    return [screen.document.text[phrase.start : phrase.end] for phrase in phrases]


def facts(screen: GenerateScreen) -> str:
    return screen.query_one(SurprisePane).plain


def shaded(screen: GenerateScreen) -> dict[str, int]:
    area = screen.box.area
    levels = {area.text[span.start : span.end]: area.heat.level(span) for span in area.heat.spans}
    return {word: level for word, level in levels.items() if level}


def edge(screen: GenerateScreen) -> str:
    return str(screen.box.border_subtitle)


async def test_words_are_shaded_listed_and_lead_into_the_text(language_app: Any, opened: Any, until: Any) -> None:
    async with language_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot)
        assert rows(screen, "#surprise-words")[:2] == ["Incomprehensibilities", "sleeps"]
        assert shaded(screen) == {"Incomprehensibilities": 3}, "from the mean on, the faintest left out"
        assert facts(screen).startswith("perplexity ")
        assert "bits a character" in facts(screen)
        assert "97 % known" in facts(screen)
        assert rows(screen, "#surprise-sentences")[0].strip().startswith("Incomprehensibilities abound")
        strip = screen.box.area.render_line(0)
        styles = [part.style for part in strip if part.style and "Incompre" in part.text]
        assert styles[0].underline, "not by colour alone"
        assert styles[0].bold
        assert "more surprising than the mean" in edge(screen)
        screen.query_one("#surprise-words").focus()
        await pilot.press("enter")
        await until(pilot, lambda: screen.box.area.selected_text == "Incomprehensibilities")


async def test_a_quick_model_measures_while_one_types_a_slow_one_by_a_key(
    language_app: Any, language: Any, opened: Any, until: Any
) -> None:
    async with language_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot)
        await pilot.press("!")
        await until(pilot, lambda: screen.document.text == TEXT + "!" and screen.requests.surprise.fresh)
        language.milliseconds = 80.0
        await pilot.press("?")
        await until(pilot, lambda: screen.document.text == TEXT + "!?" and screen.requests.surprise.fresh)
        asked = len(language.asked("surprise"))
        await pilot.press("?")
        await until(pilot, lambda: screen.requests.surprise.waits)
        assert "Not measured while you type: it takes too long. ctrl+j measures it." in facts(screen)
        assert screen.query_one(SurprisePane).has_class("-outdated"), "what is there is of the text before"
        assert len(language.asked("surprise")) == asked
        await pilot.press("ctrl+j")
        await until(pilot, lambda: screen.requests.surprise.fresh)
        assert len(language.asked("surprise")) == asked + 1


async def test_of_a_long_text_that_is_written_on_a_slow_model_reads_the_end_while_one_types(
    language_app: Any, language: Any, opened: Any, until: Any
) -> None:
    text = f"{TEXT} " * 20 + "The king"
    async with language_app.run_test(size=(120, 36)) as pilot:
        language.milliseconds = 80.0
        screen = await opened(pilot, text)
        language.milliseconds = 5.0
        for key in ("!", "?", "backspace"):
            await pilot.press(key)
            await until(pilot, lambda: screen.requests.surprise.fresh)
        assert screen.document.text == f"{text}!"
        asked = len(language.asked("surprise"))
        screen.box.area.move_cursor((0, 0))
        await pilot.press("x")
        await until(pilot, lambda: screen.requests.surprise.waits)
        assert len(language.asked("surprise")) == asked, "all would be read again, in what it took at first"
        screen.box.area.move_cursor(screen.box.area.document.end)
        pilot.app.post_message(events.Paste(TEXT * 9))
        await until(pilot, lambda: screen.document.text.endswith(TEXT * 9) and screen.requests.surprise.waits)
        assert len(language.asked("surprise")) == asked


async def test_two_models_which_explains_the_text_better_and_by_which_words(
    language_app: Any, language: Any, fake_language: Any, opened: Any, until: Any
) -> None:
    language.bundles.append(fake_language.PRESIDENTS)
    async with language_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot)
        await pilot.press("f2")
        await until(pilot, lambda: len(screen.requests.surprise.models) == 2 and screen.requests.surprise.fresh)
        assert facts(screen).startswith("lm-shakespeare explains this text better: 2.0 bits fewer")
        assert rows(screen, "#surprise-words") == ["king"]
        assert rows(screen, "#surprise-others") == ["nation"]
        assert shaded(screen) == {"king": 3, "nation": -3}
        assert "+ lm-shakespeare" in edge(screen)
        assert "− lm-presidents" in edge(screen)
        assert not screen.query_one("#surprise-sentences").display


async def test_of_a_text_of_ten_megabytes_the_page_that_is_shown_is_measured(
    language_app: Any, language: Any, opened: Any, until: Any
) -> None:
    text = "The king sleeps. Incomprehensibilities abound here.\n" * 200_000
    async with language_app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, text)
        assert [len(asked[0]) for asked in language.asked("surprise")] == [PAGE]
        assert "page 1 of 650" in facts(screen)
        screen.box.preview.focus()
        await pilot.press("right")
        await until(pilot, lambda: screen.requests.surprise.stretch.start == PAGE and screen.requests.surprise.fresh)
        assert language.asked("surprise")[-1][0] == text[PAGE : 2 * PAGE]
        word = screen.query_one("#surprise-words", PhraseTable).phrases[0]
        assert word.start >= PAGE
        assert text[word.start : word.end] == "Incomprehensibilities"
        await pilot.press("f3")
        await pilot.pause()
        assert language.asked("next_units")[-1][0] == text[-20_000:], "no more than the end of it"


async def test_an_emptied_box_and_the_other_view_are_not_shaded(language_app: Any, opened: Any, until: Any) -> None:
    async with language_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot)
        await pilot.press("f3")
        await until(pilot, lambda: not shaded(screen))
        await pilot.press("f3")
        await until(pilot, lambda: shaded(screen))
        await pilot.press("ctrl+n")
        await until(pilot, lambda: not screen.document.text and not screen.busy())
        assert facts(screen) == "How surprising each word of the text is appears here."
        assert screen.check_action("export", ()) is None


async def test_what_was_measured_is_copied_and_exported(
    language_app: Any, opened: Any, until: Any, give_path: Any, tmp_path: Path
) -> None:
    async with language_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot)
        await pilot.press("ctrl+r")
        assert language_app.clipboard.startswith("lm-shakespeare 1: perplexity ")
        for ending in ("json", "tsv"):
            await pilot.press("f12")
            await give_path(pilot, tmp_path / f"out.{ending}")
            await until(pilot, lambda ending=ending: (tmp_path / f"out.{ending}").exists())
            await until(pilot, lambda: not language_app.screen.is_modal)
        content = json.loads((tmp_path / "out.json").read_text())
        assert content["surprisals"][0] == {"text": "The", "start": 0, "end": 3, "bits": 4.0}
        table = (tmp_path / "out.tsv").read_text().splitlines()
        assert table[:2] == ["start\tend\tbits\tword", "0\t3\t4.0000\tThe"]
        assert not screen.app.screen.is_modal


async def test_a_model_that_fails_says_so_in_the_place_of_an_answer(
    language_app: Any, language: Any, opened: Any, until: Any
) -> None:
    async with language_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot)
        language.errors["surprise"] = ValueError("numbers")
        await pilot.press("!")
        await until(pilot, lambda: screen.requests.surprise.problem)
        assert facts(screen).startswith("This text could not be measured")
        language.errors["surprise"] = UserError("lm [/x] knows none of the words of this text.")
        await pilot.press("!")
        await until(pilot, lambda: facts(screen) == "lm [/x] knows none of the words of this text.")
        assert not language_app._notifications, "no toast for each key"
        del language.errors["surprise"]
        await pilot.press("!")
        await until(pilot, lambda: screen.requests.surprise.fresh)


# ------------------------------------------------------------------------------------------------ words of units


def measured(text: str, *units: tuple[str, float]) -> Surprise:
    place, surprisals = 0, []
    for unit, bits in units:
        start = text.index(unit, place)
        place = start + len(unit)
        surprisals.append(Surprisal(unit, start, place, bits))
    return Surprise(text, "m", "1", "pieces", 2.0, len(units), 0.0, 0.0, tuple(surprisals))


def test_pieces_and_characters_are_summed_over_their_words() -> None:
    pieces = measured("a king-dom, is", ("a", 1.0), (" king", 2.0), ("-", 0.5), ("dom", 3.0), (",", 1.0), (" is", 4.0))
    words = [(pieces.text[word.start : word.end], word.weight) for word in words_of(pieces)]
    assert words == [("a", 1.0), ("king-dom", 5.5), (",", 1.0), ("is", 4.0)]
    signs = measured("ab c", ("a", 1.0), ("b", 2.0), (" ", 0.25), ("c", 4.0))
    assert words_of(signs) == (Phrase(0, 2, 3.0, -1), Phrase(3, 4, 4.25, -1)), "a blank stands with what follows"
    chinese = measured("明月", ("明", 5.0), ("月", 2.0))
    assert words_of(chinese) == (Phrase(0, 1, 5.0, -1), Phrase(1, 2, 2.0, -1))


def test_what_is_not_measured_is_no_word() -> None:
    assert words_of(measured("first second", (" second", 2.0))) == (Phrase(6, 12, 2.0, -1),)
    assert words_of(measured("none")) == ()
