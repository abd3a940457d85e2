"""Translate: a text beside its translation, linked word by word; wordings, long texts, a third language between."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len
from textual import events
from textual.widgets import Static

from dltext.engine.results import UserError
from dltext.tui.kit.attention_grid import END, AttentionGrid, links_told
from dltext.tui.kit.choicebar import ChoiceBar
from dltext.tui.kit.dialogs import Choose
from dltext.tui.kit.help import HelpScreen
from dltext.tui.kit.source_box import SourceArea
from dltext.tui.kit.text import fit
from dltext.tui.translate.screen import TranslateScreen
from dltext.tui.translate.sentence_list import SentenceList
from dltext.tui.translate.wordings import Wordings

TEXT = "I drink tea and my friend drinks tea. The cat is hungry.\n\nZanzibar is good, but slow. He comes from London."
SAID = ["我喝茶和我的朋友喝茶。", "猫是饿了。", "Zanzibar是好，但是慢。", "他来从伦敦。"]


@pytest.fixture(autouse=True)
def _starts_here(request: pytest.FixtureRequest, starting_in: Any) -> None:
    if "opened" in request.fixturenames:
        starting_in("translate")


@pytest.fixture
def opened(until: Any) -> Any:
    """``screen = await opened(pilot, text)``: Translate with that text translated."""

    async def go(pilot: Any, text: str = "") -> TranslateScreen:
        if pilot.app.screen.PLACE != "translate":
            await pilot.app.open_screen("translate")
        await until(pilot, lambda: pilot.app.screen.PLACE == "translate" and pilot.app.screen.requests.ways.loaded)
        screen = pilot.app.screen
        if text:
            pilot.app.post_message(events.Paste(text))
            await until(pilot, lambda: ready(screen, text))
        return screen

    return go


def ready(screen: TranslateScreen, text: str) -> bool:
    draft = screen.requests.draft
    return draft is not None and draft.source == text and screen.requests.run_now is None and not screen.busy()


def said(screen: TranslateScreen) -> list[str]:
    return [line.text for line in screen.requests.draft.lines] if screen.requests.draft else []


def told(screen: TranslateScreen, name: str) -> str:
    return screen.query_one(name, Static).render().plain  # type: ignore[union-attr]


def lit_in_source(screen: TranslateScreen) -> dict[str, int]:
    area = screen.query_one(SourceArea)
    return {area.text[span.start : span.end]: area.heat.level(span) for span in area.heat.spans}


def lit_in_target(screen: TranslateScreen) -> dict[str, int]:
    hypothesis = screen.requests.draft.lines[screen.showing.current].hypothesis  # type: ignore[union-attr]
    words = [hypothesis.text[token.start : token.end] for token in hypothesis.tokens]
    return {words[number]: level for number, level in screen.query_one(SentenceList).lit.items()}


# ------------------------------------------------------------------------------------------------ while typing


async def test_a_paste_is_translated_sentence_by_sentence(translate_app: Any, opened: Any) -> None:
    async with translate_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, TEXT)
        assert said(screen) == SAID
        assert screen.query_one(SentenceList).plain.splitlines() == [*SAID[:2], "", *SAID[2:]]
        assert screen.query_one(ChoiceBar).plain == (
            "Direction English → Chinese (found)  Model translate-en-zh, BLEU 38.4"
        )
        assert str(screen.box.border_title).startswith("English · 21 words")
        assert str(screen.query_one("#target-box").border_title) == "Chinese"
        assert "sentence 4 of 4" in str(screen.query_one("#target-box").border_subtitle)


async def test_an_answer_to_an_older_text_is_nobodys(
    translate_app: Any, translations: Any, opened: Any, until: Any
) -> None:
    async with translate_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot)
        translations.hold("translate")
        await pilot.press(*"tea")
        await until(pilot, lambda: translations.asked("translate"))
        await pilot.press(*" good")
        await until(pilot, lambda: screen.requests.run_now is not None and screen._document.text == "tea good")
        translations.release("translate")
        await until(pilot, lambda: ready(screen, "tea good"))
        assert said(screen) == ["茶好"]
        assert screen.requests.draft.source == "tea good"


async def test_only_what_changed_is_translated_again_and_choices_stay(
    translate_app: Any, translations: Any, opened: Any, until: Any
) -> None:
    text = " ".join(
        ["I drink tea.", "The cat is hungry.", "He drinks.", "You drink tea.", "My friend comes.", "The end."]
    )
    async with translate_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, text)
        screen.showing.point(0)
        screen.showing.take_wording(1)
        assert said(screen)[0] == "我喝茶吧。"
        await pilot.press("!")
        await until(pilot, lambda: ready(screen, text + "!"))
        pieces = [asked[0] for asked in translations.asked("translate")]
        assert pieces[-1] == " My friend comes. The end.!"
        assert said(screen)[0] == "我喝茶吧。"
        assert len(said(screen)) == 6


async def test_the_empty_screen_says_what_it_is_for(translate_app: Any, opened: Any, until: Any) -> None:
    async with translate_app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        assert told(screen, "#target-empty") == "The translation appears here."
        await pilot.press(*"tea", *["backspace"] * 3)
        await until(pilot, lambda: screen.requests.draft is None and not screen.busy() and screen._document.text == "")
        assert told(screen, "#target-empty") == "The translation appears here."


async def test_without_a_model_one_sentence_says_where_one_comes_from(
    translate_app: Any, translations: Any, opened: Any, until: Any
) -> None:
    translations.ways = []
    translations.bundles = translations.bundles[:2]
    async with translate_app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        translate_app.post_message(events.Paste("I drink tea."))
        await until(pilot, lambda: screen._document.text and not screen.busy())
        words = told(screen, "#target-empty")
        assert words == "No model that translates is here: train one with F6, or import one with F8."
        await pilot.press("f2")
        await pilot.pause()
        assert translate_app.screen is screen
        assert not translations.asked("translate")


async def test_a_language_that_nothing_reads_is_named_with_a_remedy(
    translate_app: Any, opened: Any, until: Any
) -> None:
    async with translate_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot)
        translate_app.post_message(events.Paste("Ich und nicht."))
        await until(pilot, lambda: screen.requests.problem)
        words = told(screen, "#target-empty")
        assert words.startswith("No model here translates from German, only from English, Chinese, French:")
        assert "F6" in words


async def test_an_error_is_a_sentence_and_the_screen_goes_on(
    translate_app: Any, translations: Any, opened: Any, until: Any
) -> None:
    translations.errors["translate"] = UserError("encoder.onnx of [/x] is damaged; import the model again.")
    async with translate_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot)
        translate_app.post_message(events.Paste("I drink tea."))
        await until(pilot, lambda: translate_app._notifications)
        assert next(iter(translate_app._notifications)).message.startswith("encoder.onnx of [/x]")
        assert told(screen, "#target-empty") == "This text could not be translated."
        del translations.errors["translate"]
        await pilot.press("x")
        await until(pilot, lambda: said(screen))


# ------------------------------------------------------------------------------------------------ which word from which


async def test_a_word_of_the_text_lights_up_what_it_became(translate_app: Any, opened: Any, until: Any) -> None:
    async with translate_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, "I drink tea.")
        await pilot.press("home", *["right"] * 3)
        await pilot.pause()
        assert screen.showing.current == 0
        lit = lit_in_target(screen)
        assert max(lit, key=lit.__getitem__) == "喝"
        assert lit["喝"] == 3
        grid = screen.query_one(AttentionGrid)
        assert grid.cursor == (1, 1)
        assert str(grid.border_subtitle).startswith("drink → 喝 ")
        assert screen.query_one(SourceArea).sentence == (0, 12)


async def test_a_word_of_the_translation_lights_up_what_it_came_from(translate_app: Any, opened: Any) -> None:
    async with translate_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, TEXT)
        screen.query_one(SentenceList).focus()
        await pilot.press("home", "down")
        await pilot.pause()
        assert screen.showing.current == 1
        assert lit_in_source(screen) == {}
        assert screen.query_one(SourceArea).sentence == (38, 56)
        await pilot.press("right", "right", "right")
        await pilot.pause()
        lit = lit_in_source(screen)
        assert lit["hungry"] == 3
        assert lit["is"] == 1
        assert "cat" not in lit
        grid = screen.query_one(AttentionGrid)
        assert grid.names[grid.cursor[0]] == "饿了"
        assert grid.columns[grid.cursor[1]] == "hungry"
        await pilot.press("left")
        await pilot.pause()
        assert lit_in_source(screen)["is"] == 3


async def test_the_grid_walks_both_sides(translate_app: Any, opened: Any, until: Any) -> None:
    async with translate_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, "I drink tea.")
        grid = screen.query_one(AttentionGrid)
        assert grid.names == ("我", "喝", "茶", "。", END)
        assert grid.columns == ("I", "drink", "tea", ".", END)
        assert all(abs(sum(row) - 1) < 1e-6 for row in grid.values)
        grid.focus()
        grid.point("target", 0)
        await pilot.press("down")
        await pilot.pause()
        assert grid.cursor == (1, 0)
        assert max(lit_in_source(screen).items(), key=lambda pair: pair[1])[0] == "drink"
        assert str(grid.border_subtitle).startswith("喝 ← drink 6")
        await pilot.press("right", "right")
        await pilot.pause()
        assert max(lit_in_target(screen).items(), key=lambda pair: pair[1])[0] == "茶"


async def test_the_strongest_link_of_a_row_is_marked_without_colour(translate_app: Any, opened: Any) -> None:
    async with translate_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, "I drink tea.")
        grid = screen.query_one(AttentionGrid)
        strip = grid.render_line(2)
        marked = [segment.text.strip(" ]") for segment in strip if segment.style and segment.style.underline]
        assert "69" in marked
        assert "14" not in marked
        assert not grid.emphasis(1, 0).underline


def test_where_all_words_get_the_same_none_is_a_link() -> None:
    even = [[0.25] * 4] * 3
    assert links_told("abc", "wxyz", even, "target", 1) == "b ← nothing in particular"
    assert links_told("abc", "wxyz", [[0.7, 0.24, 0.03, 0.03]] * 3, "target", 1) == "b ← w 70 %, x 24 %"


async def test_f3_gives_the_grid_its_place_at_80_columns_and_escape_takes_it(
    translate_app: Any, opened: Any, until: Any
) -> None:
    async with translate_app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, TEXT)
        grid = screen.query_one(AttentionGrid)
        assert not grid.region.height
        await pilot.press("f3")
        await pilot.pause()
        assert grid.has_focus
        assert grid.region.height >= 10
        assert screen.query_one(SentenceList).region.height >= 2, "the sentence at hand is still to be seen"
        await pilot.press("escape")
        await pilot.pause()
        assert not grid.region.height
        assert screen.query_one(SourceArea).has_focus


async def test_a_model_without_attention_has_no_grid(
    translate_app: Any, translations: Any, opened: Any, until: Any
) -> None:
    translations.attentive = False
    async with translate_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, TEXT)
        assert not screen.query_one(AttentionGrid).region.height
        assert not screen.check_action("grid", ())
        screen.query_one(SentenceList).focus()
        await pilot.press("right")
        await pilot.pause()
        assert lit_in_source(screen) == {}


async def test_copied_words_are_slanted(translate_app: Any, opened: Any) -> None:
    async with translate_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, "Zanzibar is good.")
        strip = screen.query_one(SentenceList).render_line(0)
        assert [part.text for part in strip if part.style and part.style.italic] == ["Zanzibar"]


async def test_a_click_goes_to_a_word(translate_app: Any, opened: Any, until: Any) -> None:
    async with translate_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, TEXT)
        # Two cells a character, and two for the mark before them.
        await pilot.click(SentenceList, offset=(2 + 2 * 3 + 1, 0))
        await until(pilot, lambda: screen.showing.current == 0 and lit_in_source(screen).get("and") == 3)


async def test_wide_characters_stay_in_line(translate_app: Any, opened: Any) -> None:
    async with translate_app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, "我喝茶。 " * 12)
        listed = screen.query_one(SentenceList)
        for y in range(listed.size.height):
            assert listed.render_line(y).cell_length == listed.size.width
        await pilot.press("f3")
        await pilot.pause()
        grid = screen.query_one(AttentionGrid)
        head, row = grid.render_line(0).text, grid.render_line(1).text
        assert cell_len(head) == cell_len(row)
        for number, name in enumerate(grid.columns):
            # Each heading ends where the numbers of its column do.
            end = grid._name_width + 1 + (number + 1) * grid._cell_width - 1
            assert fit(head, end)[: -1 or None].rstrip("…").endswith(name[:1]) or name in head


# ------------------------------------------------------------------------------------------------ wordings


async def test_another_wording_goes_into_the_text(translate_app: Any, opened: Any, until: Any) -> None:
    async with translate_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, TEXT)
        listed, wordings = screen.query_one(SentenceList), screen.query_one(Wordings)
        listed.focus()
        await pilot.press("home", "enter")
        await pilot.pause()
        assert wordings.has_focus
        rows = [wordings.get_row_at(number)[0] for number in range(wordings.row_count)]
        assert rows[0].plain.startswith(f"▸ 1  −0.21 {SAID[0]}")
        assert rows[1].plain.startswith("  2  −0.51 我喝茶和我的朋友喝茶吧。")
        assert [rows[1].plain[span.start : span.end] for span in rows[1].spans if "underline" in str(span.style)] == [
            "吧"
        ]
        await pilot.press("down", "enter")
        await until(pilot, lambda: said(screen)[0].endswith("吧。"))
        assert "我喝茶和我的朋友喝茶吧。" in listed.plain
        assert wordings.get_row_at(1)[0].plain.startswith("▸ 2")
        assert said(screen)[1:] == SAID[1:]
        listed.focus()
        await pilot.press("1")
        await pilot.pause()
        assert said(screen) == SAID


async def test_a_long_wording_goes_on_under_its_first_line(translate_app: Any, opened: Any) -> None:
    async with translate_app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, "tea " * 60 + ".")
        lines = screen.query_one(Wordings).get_row_at(0)[0].plain.split("\n")
        assert len(lines) > 1
        assert lines[1].startswith(" " * 11 + "茶")
        assert all(cell_len(line) <= 80 for line in lines)


# ------------------------------------------------------------------------------------------------ directions


async def test_a_way_through_a_third_language_is_said(translate_app: Any, opened: Any, until: Any) -> None:
    async with translate_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, "Je bois du thé. Le chat.")
        assert said(screen) == ["i drink tea.", "the cat."]
        await pilot.press("f2")
        await until(pilot, lambda: isinstance(translate_app.screen, Choose))
        names = [name for name, _ in translate_app.screen._options]
        assert names == [
            "Detected automatically",
            "English → Chinese",
            "Chinese → English",
            "French → English",
            "French → Chinese, through English",
        ]
        await pilot.press("5")
        await until(pilot, lambda: said(screen) == ["我喝茶。", "猫。"] and not screen.busy())
        assert "French → Chinese, through English" in screen.query_one(ChoiceBar).plain
        screen.showing.point(0)
        assert told(screen, "#told").startswith("through English  I drink tea.")
        grid = screen.query_one(AttentionGrid)
        assert grid.columns[1] == "drink"
        assert "out of the English between" in str(grid.border_title)
        screen.query_one(SentenceList).focus()
        await pilot.press("right")
        await pilot.pause()
        assert lit_in_source(screen) == {}, "the words of the grid are not those of the text"


async def test_the_chosen_direction_is_remembered_for_its_language(
    translate_app: Any, translations: Any, opened: Any, until: Any
) -> None:
    async with translate_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, "Je bois du thé.")
        screen.requests.use_direction(screen.requests.ways.all[3])
        await until(pilot, lambda: translations.remembered.get("translate") == {"targets": {"fr": "zh"}})
        screen.requests.use_direction(None)
        await until(pilot, lambda: ready(screen, "Je bois du thé.") and said(screen) == ["我喝茶。"])
        assert "(found)" in screen.query_one(ChoiceBar).plain


async def test_another_model_of_the_same_direction(
    translate_app: Any, translations: Any, fake_translations: Any, opened: Any, until: Any
) -> None:
    translations.bundles.append(fake_translations.OWN)
    async with translate_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, "I drink tea.")
        assert screen.check_action("next_model", ())
        await pilot.press("f4")
        await until(pilot, lambda: translations.asked("translate")[-1][3] == "my-en-zh")
        assert "my-en-zh, BLEU 21.0" in screen.query_one(ChoiceBar).plain
        translate_app.open_screen("translate", model="translate-zh-en")
        await until(pilot, lambda: screen.requests.ways.picked and screen.requests.ways.picked.source == "zh")
        translate_app.open_screen("translate", model="sentiment-en-cnn")
        await until(pilot, lambda: translate_app._notifications)
        assert "it does not translate" in next(iter(translate_app._notifications)).message


# ------------------------------------------------------------------------------------------------ long texts


async def test_a_long_text_shows_its_progress_and_stops(
    translate_app: Any, translations: Any, opened: Any, until: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dltext.tui.translate import requests

    monkeypatch.setattr(requests, "TAKES_LONG", 0.0)
    text = "I drink tea. " * 600
    translations.until = 40
    translations.hold("rest")
    async with translate_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot)
        translate_app.post_message(events.Paste(text))
        await until(pilot, lambda: screen.requests.draft is not None and len(screen.requests.draft.lines) == 40)
        assert "40 of 600 sentences  esc stops" in told(screen, "#progress")
        assert screen.query_one(SentenceList).plain.splitlines()[39] == "我喝茶。"
        assert screen.check_action("stop", ())
        await pilot.press("escape")
        translations.release("rest")
        await until(pilot, lambda: screen.requests.run_now is None and not screen.busy())
        assert len(said(screen)) == 40
        assert not screen.requests.draft.complete
        assert "are not translated  ctrl+j continues" in told(screen, "#progress")
        await pilot.press("ctrl+j")
        await until(pilot, lambda: ready(screen, screen._document.text) and screen.requests.draft.complete)
        assert len(said(screen)) == 600
        assert [asked[0][:13] for asked in translations.asked("translate")][-1].strip() == "I drink tea."
        assert not screen.query_one("#progress").display


async def test_what_is_overtaken_by_typing_stops(
    translate_app: Any, translations: Any, opened: Any, until: Any
) -> None:
    translations.until = 40
    translations.hold("rest")
    async with translate_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot)
        translate_app.post_message(events.Paste("I drink tea. " * 600))
        await until(pilot, lambda: translations.asked("rest"))
        await pilot.press("ctrl+n")
        translations.until = None
        translations.release("rest")
        await until(pilot, lambda: not screen.busy() and screen.requests.draft is None)
        await pilot.press(*"tea")
        await until(pilot, lambda: ready(screen, "tea"))
        assert translations.most == 40, "it ended where it stood"


async def test_of_a_long_text_the_sentence_at_hand_gets_its_wordings_and_links(
    translate_app: Any, translations: Any, opened: Any, until: Any
) -> None:
    async with translate_app.run_test(size=(120, 36)) as pilot:
        text = ("I drink tea. The cat is hungry. " * 250).strip()
        screen = await opened(pilot, text)
        assert translations.asked("translate")[0][4:] == (0, False)
        await until(pilot, lambda: len(screen.query_one(Wordings).wordings) == 4)
        assert translations.asked("translate")[-1][0] == "The cat is hungry."
        assert screen.query_one(AttentionGrid).columns[1] == "cat"
        screen.query_one(SentenceList).focus()
        await pilot.press("home")
        await until(pilot, lambda: screen.requests.draft.lines[0].detailed and not screen.busy())
        assert screen.query_one(AttentionGrid).columns[1] == "drink"
        assert screen.requests.draft.lines[0].sentence.end == 12


async def test_ten_megabytes_show_their_beginning_and_the_rest_on_demand(
    translate_app: Any, translations: Any, opened: Any, until: Any
) -> None:
    text = "I drink tea and the cat is hungry.\n" * 300_000
    translations.until = 50
    async with translate_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot)
        translate_app.post_message(events.Paste(text))
        await until(
            pilot, lambda: screen.requests.draft is not None and screen.requests.run_now is None and not screen.busy()
        )
        assert screen.box.large
        assert sum(len(asked[0]) for asked in translations.asked("translate")) < 10_000
        assert all(
            "hungry." in screen.requests.draft.lines[number].sentence.source for number in range(len(said(screen)))
        )
        assert "10," in told(screen, "#progress")
        translations.hold("rest")
        await pilot.press("ctrl+j")
        await until(pilot, lambda: len(said(screen)) > 150)
        await pilot.press("escape")
        translations.release("rest")
        await until(pilot, lambda: screen.requests.run_now is None)
        assert screen.requests.draft.lines[-1].sentence.end <= len(text)
        listed = screen.query_one(SentenceList)
        listed.focus()
        await pilot.press("end")
        await until(pilot, lambda: screen.showing.current == len(said(screen)) - 1)
        start = screen.requests.draft.lines[screen.showing.current].sentence.start
        assert screen.box.preview.page == start // 16_000


async def test_a_translation_of_many_sentences_is_read_in_pages(translate_app: Any, opened: Any, until: Any) -> None:
    async with translate_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, "Good tea. " * 700)
        listed = screen.query_one(SentenceList)
        assert listed.pages == 3
        listed.focus()
        await pilot.press("home")
        await until(pilot, lambda: screen.showing.current == 0)
        assert len(listed.plain.splitlines()) == 300
        screen.showing.point(299)
        await pilot.press("down")
        await until(pilot, lambda: screen.showing.current == 300)
        assert listed.page == 1
        assert "sentence 301 of 700 · page 2 of 3" in str(screen.query_one("#target-box").border_subtitle)


# ------------------------------------------------------------------------------------------------ out of the screen


async def test_copy_keeps_white_space_and_choices(translate_app: Any, opened: Any, until: Any) -> None:
    async with translate_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, TEXT + "\n")
        screen.showing.point(1)
        screen.showing.take_wording(1)
        await pilot.press("ctrl+r")
        await until(pilot, lambda: translate_app.clipboard)
        assert translate_app.clipboard == f"{SAID[0]}猫是饿了吧。\n\n{SAID[2]}{SAID[3]}\n"


@pytest.mark.parametrize("ending", ["tmx", "tsv", "txt"])
async def test_the_translation_is_exported(
    translate_app: Any, translations: Any, opened: Any, until: Any, give_path: Any, tmp_path: Path, ending: str
) -> None:
    target = tmp_path / f"said.{ending}"
    async with translate_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, TEXT)
        screen.showing.point(0)
        screen.showing.take_wording(2)
        await pilot.press("f12")
        await until(pilot, lambda: translate_app.screen.is_modal)
        assert translate_app.screen.query_one("#path").value.endswith("translation-en-zh.tmx")
        await give_path(pilot, target)
        await until(pilot, target.exists)
    translation, source, kind = translations.asked("export_translation")[0]
    assert kind == {"txt": "text"}.get(ending, ending)
    assert source == TEXT
    assert [one.hypotheses[0].text for one in translation.sentences] == [f"那么{SAID[0]}", *SAID[1:]]
    assert translation.text in (target.read_text(encoding="utf-8"), f"那么{SAID[0]}{SAID[1]}\n\n{SAID[2]}{SAID[3]}")


async def test_help_and_notes(translate_app: Any, translations: Any, opened: Any, until: Any) -> None:
    translations.notes = ("1 sentence has letters [/x] that the model does not know.",)
    async with translate_app.run_test(size=(120, 60)) as pilot:
        screen = await opened(pilot, TEXT)
        assert told(screen, "#told") == "! 1 sentence has letters [/x] that the model does not know."
        await pilot.press("f1")
        await until(pilot, lambda: isinstance(translate_app.screen, HelpScreen))
        words = translate_app.screen.query_one("#told").render().plain
        assert "The text to translate." in words
        assert "Choose the languages to translate from and to" in words
        assert "All links of the sentence's words" in words


async def test_a_text_comes_from_elsewhere(translate_app: Any, until: Any) -> None:
    async with translate_app.run_test(size=(120, 36)) as pilot:
        translate_app.open_screen("translate", text="I drink tea.", name="mr 1")
        await until(pilot, lambda: translate_app.screen.PLACE == "translate" and translate_app.screen.requests.draft)
        assert said(translate_app.screen) == ["我喝茶。"]
        assert "mr 1" in str(translate_app.screen.box.border_title)


# ------------------------------------------------------------------------------------------------ the card on Analyse


async def test_a_card_of_analyse_shows_the_first_sentence(
    translate_app: Any, translations: Any, open_cards: Any, part: Any, until: Any
) -> None:
    open_cards(translations, "translation")
    async with translate_app.run_test(size=(120, 36)) as pilot:
        screen = translate_app.screen
        await until(pilot, lambda: screen.cards and part(screen, "translation").card)
        card = part(screen, "translation").card
        translate_app.post_message(events.Paste(TEXT))
        await until(pilot, lambda: card.said == SAID[0])
        assert str(card.border_title) == "Translation · English → Chinese"
        assert screen.cards[0].result is not None
        assert translations.done == 1, "no more than the first sentence"
        card.focus()
        await pilot.press("enter")
        await until(pilot, lambda: translate_app.screen.PLACE == "translate" and said(translate_app.screen) == SAID)
        await pilot.press("f5")
        await until(pilot, lambda: translate_app.screen is screen)
        await pilot.press("ctrl+n")
        await until(pilot, lambda: card.said == "")


async def test_the_card_says_why_nothing_is_translated(
    translate_app: Any, translations: Any, open_cards: Any, part: Any, until: Any
) -> None:
    open_cards(translations, "translation")
    async with translate_app.run_test(size=(120, 36)) as pilot:
        screen = translate_app.screen
        await until(pilot, lambda: screen.cards and part(screen, "translation").card)
        card = part(screen, "translation").card
        translate_app.post_message(events.Paste("Ich und nicht."))
        await until(pilot, lambda: "translates from the language" in card.render().plain)
        translations.errors["translate"] = UserError("broken")
        await pilot.press("ctrl+n")
        translate_app.post_message(events.Paste("I drink tea."))
        await until(pilot, lambda: "could not be translated" in card.render().plain)
        assert {notification.severity for notification in translate_app._notifications} <= {"information"}


async def test_nothing_is_translated_that_nobody_asked_for(translate_app: Any, translations: Any, until: Any) -> None:
    async with translate_app.run_test(size=(120, 36)) as pilot:
        screen = translate_app.screen
        await until(pilot, lambda: screen.cards)
        translate_app.post_message(events.Paste(TEXT))
        await until(pilot, lambda: screen.cards[0].explained and not screen.busy())
        await pilot.pause(0.8)
        assert not translations.asked("translate")
        assert not translations.asked("detect")


def test_directions_of_models_that_are_no_defaults_are_listed(fake_translations: Any) -> None:
    from dltext.tui.translate.directions import Ways

    ways = Ways()
    broken = replace(fake_translations.OWN, name="broken", problem="damaged")
    directions = [fake_translations.EN_ZH, fake_translations.OWN, broken]
    assert ways.take(fake_translations.DIRECTIONS, directions, {"translate": {"targets": {"fr": "zh"}}})
    assert [way.models for way in ways.all][3:] == [("my-en-zh",), ("translate-fr-en", "translate-en-zh")]
    assert ways.of("fr").target == "zh"
    assert ways.of("de") is None
    assert ways.of("").source == "en"
