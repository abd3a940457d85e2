"""Titles: candidates beside a text, the origin of each word, one's own title, models, lengths, what leaves."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.widgets import Static

from dltext.engine.results import Title, Titles, Token, UserError
from dltext.tui.kit.attention import ORIGIN
from dltext.tui.kit.choicebar import ChoiceBar
from dltext.tui.kit.dialogs import Choose
from dltext.tui.kit.help import HelpScreen
from dltext.tui.kit.source_box import SourceArea
from dltext.tui.titles.own_title import akin
from dltext.tui.titles.screen import TitlesScreen
from dltext.tui.titles.title_line import TitleLine
from dltext.tui.titles.title_list import BASELINE, TitleList
from dltext.tui.titles.title_phrases import KeyphraseTable

TEXT = (
    "We show that Zorp networks often learn faster. A Zorp network copies rare words from its input, such as names, "
    "and needs fewer words than BERT does [/ref]."
)
SAID = [
    "On Showing that Zorp networks",
    "Showing Zorp often faster Zorp",
    "that often A copies from",
    "Zorp faster copies its names",
    "networks Zorp from names than",
]
LEAD = "We show that Zorp networks often learn faster."
CHINESE = "本文提出一种结合字符与词语的双通道卷积网络，字符通道处理未登录词。词语通道保留语义单位。"


@pytest.fixture(autouse=True)
def _starts_here(request: pytest.FixtureRequest, starting_in: Any) -> None:
    if "opened" in request.fixturenames:
        starting_in("titles")


@pytest.fixture
def opened(until: Any) -> Any:
    """``screen = await opened(pilot, text)``: Titles with the titles of that text."""

    async def go(pilot: Any, text: str = "") -> TitlesScreen:
        if pilot.app.screen.PLACE != "titles":
            await pilot.app.open_screen("titles")
        await until(pilot, lambda: pilot.app.screen.PLACE == "titles" and pilot.app.screen.requests.models.loaded)
        screen = pilot.app.screen
        if text:
            pilot.app.post_message(events.Paste(text))
            await until(pilot, lambda: ready(screen, text))
        return screen

    return go


def ready(screen: TitlesScreen, text: str) -> bool:
    return screen.requests.fresh and screen.requests.titled == text and not screen.busy()


def said(screen: TitlesScreen) -> list[str]:
    return [title.text for title in screen.query_one(TitleList).titles]


def told(screen: TitlesScreen, name: str) -> str:
    return screen.query_one(name, Static).render().plain  # type: ignore[union-attr]


def messages(app: Any) -> list[str]:
    return [one.message for one in app._notifications]


def shaded(screen: TitlesScreen) -> dict[str, int]:
    """The words of the text that are shaded, with their levels."""
    area = screen.query_one(SourceArea)
    return {area.text[span.start : span.end]: area.heat.level(span) for span in area.heat.spans}


def underlined(screen: TitlesScreen, y: int) -> list[str]:
    """What is underlined in a line of the list."""
    return [part.text for part in screen.query_one(TitleList).render_line(y) if part.style and part.style.underline]


# ------------------------------------------------------------------------------------------------ while typing


async def test_a_paste_gets_five_titles_the_baseline_and_keyphrases(titles_app: Any, opened: Any) -> None:
    async with titles_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, TEXT)
        assert said(screen) == [*SAID, LEAD]
        assert screen.box.area.text == TEXT, "the text is still there to compare"
        lines = screen.query_one(TitleList).plain.splitlines()
        assert lines == [*SAID, BASELINE, LEAD]
        shown = [screen.query_one(TitleList).render_line(y).text for y in range(7)]
        assert shown[0].startswith("▌ 1   0.62 On Showing")
        assert shown[4].startswith("  5   0.25 networks")
        assert shown[6].startswith("  6        We show")
        phrases = [phrase.start for phrase in screen.query_one(KeyphraseTable).phrases]
        assert TEXT[phrases[0] :].startswith("networks")
        assert screen.query_one(ChoiceBar).plain == "shorter  longer  Length as trained  Model title-en, ROUGE-L 38.1"
        assert str(screen.query_one("#titles-box").border_title) == "Titles · 96 ms"


async def test_while_one_types_on_the_titles_before_stay_faint(
    titles_app: Any, titles: Any, opened: Any, until: Any
) -> None:
    async with titles_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, TEXT)
        listed = screen.query_one(TitleList)
        titles.hold("titles")
        await pilot.press(*" New")
        await until(pilot, lambda: screen.requests.run_now is not None and screen._document.text == TEXT + " New")
        assert said(screen) == [*SAID, LEAD]
        assert listed.faint
        quiet = titles_app.theme_variables["quiet"].lower()
        assert any(part.style and part.style.color and part.style.color.name == quiet for part in listed.render_line(1))
        assert "of the text before" in str(screen.query_one("#titles-box").border_title)
        titles.release("titles")
        await until(pilot, lambda: ready(screen, TEXT + " New"))
        assert not listed.faint


async def test_an_answer_that_is_overtaken_stops_and_is_nobodys(
    titles_app: Any, titles: Any, opened: Any, until: Any
) -> None:
    async with titles_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot)
        titles.hold("titles")
        await pilot.press(*"Alpha beta")
        await until(pilot, lambda: titles.asked("titles"))
        await pilot.press(*" gamma")
        await until(pilot, lambda: screen._document.text == "Alpha beta gamma" and screen.requests.run_now is not None)
        titles.release("titles")
        await until(pilot, lambda: ready(screen, "Alpha beta gamma"))
        assert titles.stopped == 1
        assert said(screen)[0] == "Alpha beta gamma"


async def test_an_emptied_box_has_no_titles(titles_app: Any, opened: Any, until: Any) -> None:
    async with titles_app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, "Zorp it")
        await pilot.press(*["backspace"] * 7)
        await until(pilot, lambda: not said(screen) and not screen.busy())
        assert told(screen, "#titles-empty") == "Titles for the text appear here."
        assert not screen.check_action("export", ())
        assert not screen.check_action("copy_result", ())


async def test_without_a_model_one_sentence_says_where_one_comes_from(
    titles_app: Any, titles: Any, opened: Any, until: Any
) -> None:
    titles.bundles = titles.bundles[:2]
    async with titles_app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        titles_app.post_message(events.Paste(TEXT))
        await until(pilot, lambda: screen._document.text and not screen.busy())
        words = told(screen, "#titles-empty")
        assert words.startswith("No model that writes titles is here: train one with F6")
        assert "F8" in words
        assert screen.query_one("#titles-empty").region.height >= 2, "it can be read whole"
        assert not titles.asked("titles")
        await pilot.press("f3")
        assert screen.requests.length == 0


async def test_an_error_is_a_sentence_and_the_screen_goes_on(
    titles_app: Any, titles: Any, opened: Any, until: Any
) -> None:
    titles.errors["titles"] = UserError("step.onnx of [/x] is damaged; import the model again.")
    async with titles_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot)
        titles_app.post_message(events.Paste(TEXT))
        await until(pilot, lambda: messages(titles_app))
        assert messages(titles_app)[0].startswith("step.onnx of [/x]")
        assert told(screen, "#titles-empty") == "No titles could be written for this text."
        assert screen.box.area.text == TEXT
        del titles.errors["titles"]
        await pilot.press("x")
        await until(pilot, lambda: said(screen))


# ------------------------------------------------------------------------------------------------ where words came from


async def test_copied_words_are_underlined_in_all_titles(titles_app: Any, opened: Any) -> None:
    async with titles_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, TEXT)
        assert [underlined(screen, y) for y in range(5)] == [["Zorp"], ["Zorp", "Zorp"], ["A"], ["Zorp"], ["Zorp"]]
        assert "copied" in str(screen.query_one("#titles-box").border_subtitle)


async def test_a_word_of_a_title_shows_where_it_came_from(titles_app: Any, opened: Any, until: Any) -> None:
    async with titles_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, TEXT)
        screen.query_one(TitleList).focus()
        await pilot.press("right", "right", "right", "right")
        await until(pilot, lambda: screen.query_one(TitleList).token == 3)
        assert shaded(screen) == {"that": 1, "Zorp": ORIGIN}, "one of two neighbours is beyond three quarters"
        assert str(screen.query_one("#titles-box").border_subtitle) == "Zorp ← copied from Zorp, attention 69 %"
        area = screen.query_one(SourceArea)
        inverse = [part for part in area.render_line(0) if part.style and "Zorp" in part.text]
        assert inverse[0].style.bgcolor.name == titles_app.theme_variables["accent"].lower()
        await pilot.press("left", "left")
        await until(pilot, lambda: screen.query_one(TitleList).token == 1)
        assert shaded(screen)["show"] == ORIGIN
        assert str(screen.query_one("#titles-box").border_subtitle).startswith("Showing ← attention to show 69 %")
        await pilot.press("down")
        await until(pilot, lambda: screen.query_one(TitleList).current == 1)
        assert screen.query_one(TitleList).token is None
        assert ORIGIN not in shaded(screen).values(), "the whole title looked at several"
        assert {"show", "Zorp", "often"} <= set(shaded(screen))


async def test_one_does_not_walk_to_punctuation(titles_app: Any, titles: Any, opened: Any, until: Any) -> None:
    tokens = (Token(0, 4), Token(4, 5), Token(6, 9))
    rows = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.5, 0.5))
    candidate = Title("Zorp: Why", -1.0, tokens, rows, (0,), (0, 1, 2))
    titles.titles = lambda *options, **more: Titles(
        "title-en", "1", (candidate,), (Token(0, 4), Token(4, 5), Token(6, 8))
    )
    async with titles_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, "Zorp. So")
        screen.query_one(TitleList).focus()
        await pilot.press("right", "right")
        await until(pilot, lambda: screen.query_one(TitleList).token == 2)
        assert str(screen.query_one("#titles-box").border_subtitle) == "Why ← attention to So 50 %"


async def test_keys_in_quick_succession_all_count(titles_app: Any, opened: Any, until: Any) -> None:
    async with titles_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, TEXT)
        listed = screen.query_one(TitleList)
        listed.focus()
        for key in ("down", "down", "right", "right"):
            titles_app.post_message(events.Key(key, None))
        await until(pilot, lambda: (listed.current, listed.token) == (2, 1))
        assert shaded(screen)["often"] == ORIGIN


async def test_a_word_of_the_text_lights_up_what_it_led_to(titles_app: Any, opened: Any, until: Any) -> None:
    async with titles_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, TEXT)
        screen.box.area.move_cursor((0, TEXT.index("Zorp") + 1))
        await until(pilot, lambda: screen.query_one(TitleList).lit)
        title = screen.query_one(TitleList).titles[0]
        words = [title.text[token.start : token.end] for token in title.tokens]
        lit = {words[number]: level for number, level in screen.query_one(TitleList).lit.items()}
        assert lit == {"that": 1, "Zorp": 3, "networks": 1}


async def test_the_baseline_has_no_origin_and_can_be_gone_to(titles_app: Any, opened: Any, until: Any) -> None:
    async with titles_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, TEXT)
        screen.query_one(TitleList).focus()
        await pilot.press("end", "right")
        await until(pilot, lambda: screen.query_one(TitleList).current == 5)
        assert shaded(screen) == {}
        await pilot.press("ctrl+r")
        assert titles_app.clipboard == LEAD
        assert messages(titles_app)[-1].startswith("The baseline is on the clipboard")


async def test_a_click_goes_to_a_word(titles_app: Any, opened: Any, until: Any) -> None:
    async with titles_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, TEXT)
        await pilot.click(TitleList, offset=(2 + 9 + len("Showing Z"), 1))
        await until(pilot, lambda: (screen.query_one(TitleList).current, screen.query_one(TitleList).token) == (1, 1))
        assert shaded(screen)["Zorp"] == ORIGIN


async def test_a_keyphrase_is_gone_to_in_the_text(titles_app: Any, opened: Any, until: Any) -> None:
    async with titles_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, TEXT)
        screen.query_one(KeyphraseTable).focus()
        await pilot.press("down", "enter")
        await until(pilot, lambda: screen.box.area.selected_text == "often")


async def test_a_model_that_explains_nothing_still_has_titles(
    titles_app: Any, titles: Any, opened: Any, until: Any
) -> None:
    titles.attentive = False
    async with titles_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, TEXT)
        assert said(screen) == [*SAID, LEAD]
        screen.query_one(TitleList).focus()
        await pilot.press("right", "down")
        await pilot.pause()
        assert shaded(screen) == {}


async def test_chinese_stays_in_line(titles_app: Any, titles: Any, fake_titles: Any, opened: Any, until: Any) -> None:
    titles.bundles.append(fake_titles.TITLE_ZH)
    async with titles_app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, CHINESE)
        listed = screen.query_one(TitleList)
        assert said(screen)[0] == "本文提出一"
        assert "Model title-zh (found)" in screen.query_one(ChoiceBar).plain
        for y in range(listed.size.height):
            assert listed.render_line(y).cell_length == listed.size.width
        await pilot.click(TitleList, offset=(2 + 9 + 5, 0))
        await until(pilot, lambda: listed.token == 2)
        assert shaded(screen)["提"] == ORIGIN


# ------------------------------------------------------------------------------------------------ lengths, models


async def test_titles_get_longer_and_shorter_by_a_key(titles_app: Any, titles: Any, opened: Any, until: Any) -> None:
    async with titles_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, TEXT)
        await pilot.press("f3")
        await until(pilot, lambda: ready(screen, TEXT) and screen.requests.titles.candidates[0].text.count(" ") == 5)
        assert titles.asked("titles")[-1] == (TEXT, None, 5, 2.0)
        assert "Length 2 words longer" in screen.query_one(ChoiceBar).plain
        await pilot.press(*["f2"] * 4)
        await until(pilot, lambda: ready(screen, TEXT) and titles.asked("titles")[-1][3] == -6.0)
        assert "Length 6 words shorter" in screen.query_one(ChoiceBar).plain
        await pilot.press("f2")
        await pilot.pause()
        assert screen.requests.length == -6.0, "of ten words expected that is the least"
        assert "Shorter titles than these cannot be requested." in messages(titles_app)


async def test_another_model_is_chosen(titles_app: Any, titles: Any, fake_titles: Any, opened: Any, until: Any) -> None:
    async with titles_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, TEXT)
        assert not screen.check_action("next_model", ())
        titles.bundles += [fake_titles.TITLE_ZH, replace(fake_titles.TITLE_ZH, name="broken", problem="damaged")]
        await pilot.press("f5")
        await pilot.press("ctrl+g", "i")
        await until(pilot, lambda: titles_app.screen is screen and len(screen.requests.models.infos) == 2)
        await pilot.press("f4")
        await until(pilot, lambda: isinstance(titles_app.screen, Choose))
        assert [name for name, _ in titles_app.screen._options] == [
            "By the language of the text",
            "title-en",
            "title-zh",
        ]
        await pilot.press("3")
        await until(pilot, lambda: titles.asked("titles")[-1][1] == "title-zh" and ready(screen, TEXT))
        assert screen.query_one(ChoiceBar).plain.endswith("Model title-zh")
        titles_app.open_screen("titles", model="sentiment-en-cnn")
        await until(pilot, lambda: messages(titles_app))
        assert messages(titles_app) == ["sentiment-en-cnn cannot be used here: it does not write titles."]
        titles_app.open_screen("titles", model="title-en")
        await until(pilot, lambda: titles.asked("titles")[-1][1] == "title-en")


# ------------------------------------------------------------------------------------------------ one's own title


async def test_a_title_is_taken_edited_and_copied(titles_app: Any, opened: Any, until: Any) -> None:
    async with titles_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, TEXT)
        screen.query_one(TitleList).focus()
        await pilot.press("down", "enter")
        line = screen.query_one(TitleLine)
        await until(pilot, lambda: line.has_focus and line.value == SAID[1])
        await pilot.press(*["backspace"] * 5, *" nets")
        assert line.value == "Showing Zorp often faster nets"
        await pilot.press("enter")
        assert titles_app.clipboard == "Showing Zorp often faster nets"
        assert messages(titles_app)[-1].startswith("Your title is on the clipboard: “Showing Zorp often faster nets”.")
        await pilot.press("up", "ctrl+r")
        assert titles_app.clipboard == SAID[1], "in the list the title at hand is meant"
        await pilot.press("escape", "ctrl+r")
        assert titles_app.clipboard == "Showing Zorp often faster nets"


async def test_a_number_takes_a_title_and_ctrl_z_brings_an_edited_one_back(
    titles_app: Any, opened: Any, until: Any
) -> None:
    async with titles_app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, TEXT)
        screen.query_one(TitleList).focus()
        await pilot.press("1", "enter")
        line = screen.query_one(TitleLine)
        await until(pilot, lambda: line.has_focus)
        assert not messages(titles_app)
        await pilot.press("!", "up", "4")
        await until(pilot, lambda: line.value == SAID[3])
        assert screen.query_one(TitleList).current == 3
        assert messages(titles_app) == ["Another title is in the line now; ctrl+z in it brings yours back."]
        line.focus()
        await pilot.press("ctrl+z")
        assert line.value == SAID[0] + "!"
        await pilot.press("ctrl+z")
        assert line.value == SAID[0]


async def test_ones_own_title_stays_while_its_text_is_edited_and_goes_with_it(
    titles_app: Any, opened: Any, until: Any
) -> None:
    async with titles_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, TEXT)
        line = screen.query_one(TitleLine)
        line.focus()
        await pilot.press(*"Mine")
        await pilot.press("escape", *" Really.")
        await until(pilot, lambda: ready(screen, TEXT + " Really."))
        assert line.value == "Mine"
        await pilot.press("ctrl+n")
        await until(pilot, lambda: not screen._document.text and not screen.busy())
        assert line.value == ""
        assert any(
            message.startswith("Your title was removed with its text: “Mine”.") for message in messages(titles_app)
        )
        titles_app.post_message(events.Paste("Quite another text about Quux."))
        await until(pilot, lambda: ready(screen, "Quite another text about Quux."))
        assert line.value == ""
        line.focus()
        await pilot.press("ctrl+z")
        assert line.value == "Mine", "it can be had by hand"


async def test_a_title_comes_back_with_its_text(titles_app: Any, opened: Any, until: Any) -> None:
    async with titles_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, TEXT)
        line = screen.query_one(TitleLine)
        line.focus()
        await pilot.press(*"Mine", "escape", "ctrl+n")
        await until(pilot, lambda: line.value == "" and not screen._document.text)
        titles_app.post_message(events.Paste(TEXT))
        await until(pilot, lambda: ready(screen, TEXT))
        assert line.value == "Mine"


async def test_a_paste_into_the_line_is_a_title_and_a_long_one_a_text(titles_app: Any, opened: Any, until: Any) -> None:
    async with titles_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, TEXT)
        line = screen.query_one(TitleLine)
        line.focus()
        await pilot.pause()
        titles_app.post_message(events.Paste("A title\nin \x1b[31mtwo lines"))
        await until(pilot, lambda: line.value == "A title in ␛[31mtwo lines")
        assert screen.box.area.text == TEXT
        titles_app.post_message(events.Paste("Long text. " * 200))
        await until(pilot, lambda: screen._document.text.endswith("Long text. "))
        assert "Long" not in line.value


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        (TEXT, TEXT + " More.", True),
        (TEXT, TEXT[:60] + "other words here" + TEXT[80:], True),
        (TEXT, "", False),
        ("", TEXT, False),
        (TEXT, "Something else entirely, and about as long as the other one was.", False),
        ("a" * 70_000, "a" * 70_000, True),
        ("a" * 70_000, "a" * 70_001, False),
    ],
)
def test_when_a_text_is_still_the_same(before: str, after: str, same: bool) -> None:
    assert akin(before, after) is same


# ------------------------------------------------------------------------------------------------ long texts


async def test_of_a_long_text_it_is_said_what_was_read(titles_app: Any, opened: Any) -> None:
    async with titles_app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, TEXT * 5)
        assert told(screen, "#told") == "! title-en reads 60 words: the beginning, 43 % of the text."
        assert screen.query_one("#told").region.height == 1
        listed = screen.query_one(TitleList)
        listed.focus()
        await pilot.press("right")
        await pilot.pause()
        assert screen.box.area.cursor_location == (0, 0), "where the word came from is to be seen"


async def test_ten_megabytes_are_titled_by_their_beginning(
    titles_app: Any, titles: Any, opened: Any, until: Any
) -> None:
    text = TEXT + "\n" + "And so on it goes with words and words.\n" * 250_000
    async with titles_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot)
        titles_app.post_message(events.Paste(text))
        await until(pilot, lambda: ready(screen, text))
        assert screen.box.large
        assert said(screen)[0] == SAID[0]
        listed = screen.query_one(TitleList)
        screen.box.preview.action_last()
        listed.focus()
        await pilot.press("right", "right", "right", "right")
        await until(pilot, lambda: listed.token == 3)
        assert screen.box.preview.page == 0
        heat = screen.box.preview._heat
        assert {text[span.start : span.end]: heat.level(span) for span in heat.spans}["Zorp"] == ORIGIN


# ------------------------------------------------------------------------------------------------ out of the screen


@pytest.mark.parametrize("ending", ["json", "tsv", "txt"])
async def test_titles_are_exported(
    titles_app: Any, titles: Any, opened: Any, until: Any, give_path: Any, tmp_path: Path, ending: str
) -> None:
    target = tmp_path / f"said.{ending}"
    async with titles_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, TEXT)
        screen.query_one(TitleLine).put("Mine, of Zorp")
        await pilot.press("f12")
        await until(pilot, lambda: titles_app.screen.is_modal)
        assert titles_app.screen.query_one("#path").value.endswith("text-titles.txt")
        await give_path(pilot, target)
        await until(pilot, lambda: messages(titles_app))
        assert messages(titles_app) == [f"Written to {target}"]
    content = target.read_text(encoding="utf-8")
    if ending == "json":
        exported = json.loads(content)
        assert exported["title"] == exported["own"] == "Mine, of Zorp"
        assert [one["text"] for one in exported["candidates"]] == SAID
        word = exported["candidates"][0]["words"][3]
        assert (word["word"], word["copied"], word["from"], TEXT[word["start"] : word["end"]]) == (
            "Zorp", True, "Zorp", "Zorp",
        )  # fmt: skip
        assert exported["lead"] == LEAD
        assert exported["keyphrases"][0]["text"] == "networks"
        assert exported["document"]["text"] == TEXT
    elif ending == "tsv":
        lines = content.splitlines()
        assert lines[:3] == ["title\tscore\ttext", "own\t\tMine, of Zorp", f"1\t0.6200\t{SAID[0]}"]
        assert lines[-1] == f"baseline\t\t{LEAD}"
    else:
        assert content.splitlines()[0].split(maxsplit=1) == ["yours", "Mine, of Zorp"]
        assert f"2  0.50   {SAID[1]}" in content
        assert "ROUGE-L 38.1" in content
        assert content.endswith(TEXT + "\n")


async def test_a_text_comes_from_elsewhere_and_samples_are_there(titles_app: Any, titles: Any, until: Any) -> None:
    async with titles_app.run_test(size=(120, 36)) as pilot:
        titles_app.open_screen("titles", text=TEXT, name="paper.txt")
        await until(pilot, lambda: titles_app.screen.PLACE == "titles" and said(titles_app.screen) == [*SAID, LEAD])
        screen = titles_app.screen
        assert "paper.txt" in str(screen.box.border_title)
        await pilot.press("ctrl+t")
        await until(pilot, lambda: isinstance(titles_app.screen, Choose))
        assert titles.asked("samples")[-1] == ("title",)
        await pilot.press("1")
        await until(pilot, lambda: ready(screen, titles.sampled[0][1]))


async def test_help_tells_of_titles_and_keys(titles_app: Any, opened: Any, until: Any) -> None:
    async with titles_app.run_test(size=(120, 60)) as pilot:
        screen = await opened(pilot, TEXT)
        screen.query_one(TitleList).focus()
        await pilot.press("f1")
        await until(pilot, lambda: isinstance(titles_app.screen, HelpScreen))
        words = titles_app.screen.query_one("#told").render().plain
        assert "Titles for the text, the best first." in words
        assert "Shorter titles" in words
        assert "Take title 5 as yours" in words


async def test_a_model_of_titles_is_used_here(titles_app: Any) -> None:
    from dltext.tui.places import place_of

    assert place_of("title") == "titles"
