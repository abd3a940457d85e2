"""Generate: continuations stream beside a text, stop, go on; next words; two models; what leaves."""

import json
import threading
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.widgets import Checkbox, Static

from dltext.engine.results import UserError
from dltext.tui.generate.drawing import DrawingField, GenerateSettings
from dltext.tui.generate.lane import Lane
from dltext.tui.generate.next_units import NextUnitBars
from dltext.tui.generate.screen import GenerateScreen
from dltext.tui.generate.variant_list import VariantList
from dltext.tui.kit.choicebar import ChoiceBar
from dltext.tui.kit.document import Document

TEXT = "And so the [/tag]"


@pytest.fixture(autouse=True)
def _starts_here(starting_in: Any) -> None:
    starting_in("generate")


@pytest.fixture
def opened(until: Any) -> Any:
    """``screen = await opened(pilot, text)``: Generate with that text, and what may come next in it."""

    async def go(pilot: Any, text: str = "") -> GenerateScreen:
        await until(pilot, lambda: pilot.app.screen.PLACE == "generate" and pilot.app.screen.requests.models.loaded)
        screen = pilot.app.screen
        if text:
            pilot.app.post_message(events.Paste(text))
            writer = screen.requests.writers[0]
            await until(pilot, lambda: screen.document.text == text and writer.units_of == text and not screen.busy())
        return screen

    return go


def lane(screen: GenerateScreen, number: int = 0) -> Lane:
    return screen.query_one(f"#lane-{number}", Lane)


def texts(screen: GenerateScreen, number: int = 0) -> list[str]:
    return [variant.text for variant in screen.requests.writers[number].variants]


def messages(app: Any) -> list[str]:
    return [each.message for each in app._notifications]


def fill(screen: GenerateScreen, **values: str) -> None:
    for line in screen.query(DrawingField):
        if line.field.name in values:
            line.value = values[line.field.name]


async def written(pilot: Any, until: Any, screen: GenerateScreen, key: str = "ctrl+j") -> None:
    await pilot.press(key)
    await until(pilot, lambda: not screen.requests.writing and not screen.busy())


# ------------------------------------------------------------------------------------------------ writing


async def test_a_key_continues_the_text_behind_its_end(language_app: Any, opened: Any, until: Any) -> None:
    async with language_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, TEXT)
        fill(screen, length="3")
        await written(pilot, until, screen)
        assert texts(screen) == [" the old king"]
        assert lane(screen).variants.plain == ["3 units · 2.00 bits each · seed 40\nAnd so the [/tag] the old king"]
        drawn = lane(screen).variants._drawn[0]
        styles = {drawn.plain[span.start : span.end]: str(span.style) for span in drawn.spans}
        assert "italic" in styles[TEXT], "the prompt is told apart from what was written"
        assert " the old king" not in styles
        assert screen.box.area.text == TEXT, "the text itself is as it was"


async def test_the_text_streams_in_and_stops_in_the_middle(
    language_app: Any, language: Any, opened: Any, until: Any
) -> None:
    gate = threading.Event()
    language.pausing = lambda unit: None if unit < 2 else gate.wait(20)
    async with language_app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, TEXT)
        await pilot.press("ctrl+j")
        await until(pilot, lambda: texts(screen) == [" the old"])
        assert "writing" in str(lane(screen).query_one(".lane--variants").border_title)
        assert lane(screen).variants.plain[0].endswith("the old▌")
        await pilot.resize_terminal(120, 40)
        assert screen.check_action("go_on", ()) is None
        await pilot.press("escape")
        gate.set()
        await until(pilot, lambda: not screen.requests.writing)
        assert texts(screen) == [" the old king"], "it ends at its next unit"
        language.pausing = lambda unit: None
        fill(screen, length="2")
        await written(pilot, until, screen)
        assert texts(screen) == [" the old king the old"], "and goes on from there"
        assert language.asked("generate")[-1][0] == f"{TEXT} the old king"
        assert "5 units" in lane(screen).variants.plain[0]


async def test_another_text_keeps_what_was_written_and_says_of_which(
    language_app: Any, language: Any, opened: Any, until: Any
) -> None:
    gate = threading.Event()
    language.pausing = lambda unit: None if unit < 2 else gate.wait(20)
    async with language_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, TEXT)
        await pilot.press("ctrl+j")
        await until(pilot, lambda: texts(screen) == [" the old"])
        await pilot.press("!")
        await until(pilot, lambda: screen.document.text == TEXT + "!")
        gate.set()
        await until(pilot, lambda: not screen.requests.writing)
        assert lane(screen).has_class("-outdated")
        assert "of the text before" in str(lane(screen).query_one(".lane--variants").border_title)
        language.pausing = lambda unit: None
        await written(pilot, until, screen)
        assert not lane(screen).has_class("-outdated")
        assert language.asked("generate")[-1][0] == TEXT + "!"


async def test_several_variants_are_walked_and_one_becomes_the_text(
    language_app: Any, language: Any, opened: Any, until: Any
) -> None:
    async with language_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, TEXT)
        fill(screen, length="2", variants="2", seed="7")
        await written(pilot, until, screen)
        assert texts(screen) == [" the old", " old king"]
        screen.query_one(VariantList).focus()
        await written(pilot, until, screen, "v")
        assert texts(screen) == [" the old", " old king", " the old"]
        assert language.drawn[-1] == GenerateSettings(length=2, seed=9, variants=1).options(), (
            "another one, so another seed"
        )
        await pilot.press("down", "enter")
        await until(pilot, lambda: screen.document.text == TEXT + " old king")
        assert screen.box.area.has_focus
        await pilot.press("ctrl+z")
        await until(pilot, lambda: screen.document.text == TEXT)


async def test_the_fields_reach_the_model_and_a_wrong_one_is_named(
    language_app: Any, language: Any, opened: Any, until: Any
) -> None:
    async with language_app.run_test(size=(200, 60)) as pilot:
        screen = await opened(pilot, TEXT)
        fill(screen, length="4", temperature="0.7", top_k="40", top_p="0.9", line_lengths="7, 5 7 5")
        screen.query_one("#drawing-rhyme", Checkbox).toggle()
        await written(pilot, until, screen)
        assert language.drawn[-1] == GenerateSettings(4, 0.7, 40, 0.9, None, 1, (7, 5, 7, 5), True).options()
        for name, value, part in (
            ("temperature", "hot", "The field Temperature must be a number"),
            ("seed", "-1", "The field Seed must be a whole number, or empty"),
            ("line_lengths", "7 x", "The field Lines must be whole numbers"),
            ("variants", "10", "The field Variants must be a whole number from 1 to 9"),
        ):
            fill(screen, **{name: value})
            await pilot.press("ctrl+j")
            await until(pilot, lambda part=part: messages(language_app)[-1:] and part in messages(language_app)[-1])
            wrong = screen.query_one(f"#drawing-{name}")
            assert wrong.has_class("-wrong")
            fill(screen, **{name: {"temperature": "1", "variants": "1"}.get(name, "")})
        assert len(language.drawn) == 1


async def test_a_model_writes_of_its_own_where_there_is_no_text(language_app: Any, opened: Any, until: Any) -> None:
    async with language_app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        fill(screen, length="2")
        await written(pilot, until, screen)
        assert texts(screen) == [" the old"]


async def test_a_failing_model_is_a_sentence_and_what_was_written_stays(
    language_app: Any, language: Any, opened: Any, until: Any
) -> None:
    async with language_app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, TEXT)
        fill(screen, length="2")
        await written(pilot, until, screen)
        language.errors["generate"] = UserError("counts.bin of [/x] is damaged; import the model again.")
        await written(pilot, until, screen)
        assert messages(language_app)[0].startswith("counts.bin of [/x]")
        assert texts(screen) == [" the old"], "it could not go on, and nothing is lost"
        fill(screen, variants="2")
        await pilot.press("!")
        await until(pilot, lambda: screen.document.text == TEXT + "!")
        await written(pilot, until, screen)
        assert texts(screen) == []


async def test_without_a_model_the_way_to_one_is_named(language_app: Any, language: Any, opened: Any) -> None:
    language.bundles = language.bundles[:2]
    async with language_app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        said = lane(screen).query_one(".empty", Static).render().plain  # type: ignore[union-attr]
        assert said.startswith("No model that continues texts is here: train one with F6 (recipe ngram")
        await pilot.press("ctrl+j", "f3")
        await pilot.pause()
        assert "F6" in screen.query_one("#surprise").plain  # type: ignore[attr-defined]
        assert not language.asked("generate")


async def test_notes_of_the_engine_are_shown(language_app: Any, language: Any, opened: Any, until: Any) -> None:
    language.noted = ("3 of 4 words of the prompt are unknown [/b].",)
    async with language_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, TEXT)
        await written(pilot, until, screen)
        assert lane(screen).query_one(".lane--notes", Static).render().plain == f"! {language.noted[0]}"  # type: ignore[union-attr]


# ------------------------------------------------------------------------------------------------ next words


async def test_next_words_are_bars_and_tab_takes_the_marked_one(
    language_app: Any, language: Any, opened: Any, until: Any
) -> None:
    async with language_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, TEXT)
        bars = screen.query_one(NextUnitBars)
        lines = bars.render().plain.splitlines()
        assert lines[0].startswith("▸ the")
        assert lines[0].endswith("50 %")
        assert lines[3].strip().startswith("…s"), "it goes on with a word"
        assert lines[4].strip().startswith("⏎")
        await pilot.press("tab")
        await until(pilot, lambda: screen.requests.writers[0].units_of == f"{TEXT} the")
        assert screen.box.area.text == f"{TEXT} the"
        assert screen.box.area.has_focus
        await pilot.press("escape", "down", "enter")
        await until(pilot, lambda: screen.document.text == f"{TEXT} the old")
        assert bars.has_focus, "one word after the other can be taken from the list"
        await pilot.press("escape")
        assert screen.box.area.has_focus
        await pilot.press("shift+tab")
        assert not screen.box.area.has_focus, "the box can be left by the keyboard"


async def test_next_words_follow_the_cursor(language_app: Any, language: Any, opened: Any, until: Any) -> None:
    async with language_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, TEXT)
        await pilot.press("home", "ctrl+right")
        await until(pilot, lambda: screen.requests.writers[0].units_of == "And")
        await pilot.press("tab")
        await until(pilot, lambda: screen.document.text == "And the so the [/tag]")


async def test_why_there_are_no_next_words_is_a_sentence_and_no_toast(
    language_app: Any, language: Any, opened: Any, until: Any
) -> None:
    language.errors["next_units"] = UserError("lm [/x] knows none of the words of this text.")
    async with language_app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, TEXT)
        said = lane(screen).query_one(".lane--problem", Static).render().plain  # type: ignore[union-attr]
        assert said == "lm [/x] knows none of the words of this text."
        assert not lane(screen).bars.display
        assert not messages(language_app)
        language.errors.clear()
        await pilot.press("!")
        await until(pilot, lambda: lane(screen).bars.display)
        assert not lane(screen).query_one(".lane--problem").display


async def test_tab_moves_on_where_nothing_is_offered(language_app: Any, language: Any, opened: Any) -> None:
    language.bundles = language.bundles[:2]
    async with language_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot)
        assert screen.box.area.has_focus
        await pilot.press("tab")
        assert not screen.box.area.has_focus
        assert screen.box.area.text == ""


# ------------------------------------------------------------------------------------------------ two models


async def test_two_models_write_side_by_side(
    language_app: Any, language: Any, fake_language: Any, opened: Any, until: Any
) -> None:
    language.bundles.append(fake_language.SONGCI)
    async with language_app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, TEXT)
        assert not lane(screen, 1).display
        await pilot.press("f2")
        await until(pilot, lambda: screen.requests.compares and lane(screen, 1).display)
        assert "lm-songci" in screen.query_one(ChoiceBar).plain
        fill(screen, length="5")
        await written(pilot, until, screen)
        assert texts(screen, 0) == [" the old king sleeps [/b]"]
        assert texts(screen, 1) == ["明月几时有"]
        assert lane(screen, 0).region.width == lane(screen, 1).region.width
        await pilot.press("f4")
        await until(pilot, lambda: screen.requests.writers[0].model == "lm-songci")
        assert screen.requests.writers[1].model == "lm-shakespeare", "they change places"
        await pilot.press("f2")
        await until(pilot, lambda: not screen.requests.compares)


async def test_a_model_comes_by_name(
    language_app: Any, language: Any, fake_language: Any, opened: Any, until: Any
) -> None:
    language.bundles += [fake_language.PRESIDENTS, fake_language.SONGCI]
    async with language_app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        language_app.open_screen("generate", model="lm-songci", text="明月", mode="surprise")
        await until(pilot, lambda: screen.requests.writers[0].model == "lm-songci" and screen.document.text == "明月")
        assert screen.requests.mode == "surprise"


# ------------------------------------------------------------------------------------------------ what leaves


async def test_the_text_with_its_continuation_is_copied_and_all_exported(
    language_app: Any, language: Any, opened: Any, until: Any, give_path: Any, tmp_path: Path
) -> None:
    async with language_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, TEXT)
        assert screen.check_action("export", ()) is None
        fill(screen, length="2", variants="2")
        await written(pilot, until, screen)
        await pilot.press("ctrl+r")
        assert language_app.clipboard == f"{TEXT} the old"
        for ending in ("json", "tsv", "txt"):
            await pilot.press("f12")
            await give_path(pilot, tmp_path / f"out.{ending}")
            await until(pilot, lambda ending=ending: (tmp_path / f"out.{ending}").exists())
            await until(pilot, lambda: not language_app.screen.is_modal)
        content = json.loads((tmp_path / "out.json").read_text())
        assert content["prompt"] == TEXT
        assert [each["text"] for each in content["models"][0]["continuations"]] == [" the old", " old king"]
        assert content["settings"]["variants"] == 2
        table = (tmp_path / "out.tsv").read_text().splitlines()
        assert table[1].split("\t")[:3] == ["lm-shakespeare", "1", "40"]
        assert f"{TEXT} old king" in (tmp_path / "out.txt").read_text()


def test_fields_have_the_doors_defaults() -> None:
    import inspect

    from dltext.engine import api

    parameters = inspect.signature(api.generate).parameters
    assert GenerateSettings().options() == {name: parameters[name].default for name in GenerateSettings().options()}


# ------------------------------------------------------------------------------------------------ what is remembered


async def test_a_chinese_text_is_continued_by_a_chinese_model(
    language_app: Any, language: Any, fake_language: Any, opened: Any, until: Any
) -> None:
    language.bundles.extend((fake_language.PRESIDENTS, fake_language.SONGCI))
    async with language_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, "The king")
        model = lambda: screen.requests.writers[0].model  # noqa: E731
        assert model() == "lm-shakespeare"
        assert "by the text" not in screen.query_one(ChoiceBar).plain
        screen.box.show(Document.of("明月照江楼，"))
        await until(pilot, lambda: model() == "lm-songci" and not screen.busy())
        assert "lm-songci (by the text)" in screen.query_one(ChoiceBar).plain
        screen.box.show(Document.of("12, 13"))
        await until(pilot, lambda: screen.document.text == "12, 13" and not screen.busy())
        assert model() == "lm-songci", "no letters say nothing"
        screen.box.show(Document.of("The queen"))
        await until(pilot, lambda: model() == "lm-shakespeare")
        screen.requests.choose_models("lm-songci", None)  # of another script than the text: by the reader's will
        screen.box.show(Document.of("The queen sleeps"))
        await until(pilot, lambda: screen.document.text == "The queen sleeps" and not screen.busy())
        assert model() == "lm-songci"
        assert "by the text" not in screen.query_one(ChoiceBar).plain


async def test_models_and_fields_are_kept_for_the_next_start(
    language_app: Any, language: Any, fake_language: Any, opened: Any, until: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dltext.tui.app import DltextApp
    from dltext.tui.generate import screen as generate

    monkeypatch.setattr(generate, "KEPT_AFTER", 0.01)
    language.bundles.extend((fake_language.PRESIDENTS, fake_language.SONGCI))
    async with language_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, "The king")
        fill(screen, length="7", temperature="0.5", seed="11", top_p="x")
        screen.query_one("#drawing-rhyme", Checkbox).value = True
        screen.requests.choose_models("lm-presidents", None)
        await until(pilot, lambda: "fields" in language.remembered.get("generate", {}))
        await until(pilot, lambda: language.remembered["generate"]["fields"].get("rhyme"))
    language.remembered["generate"]["fields"] |= {"top_k": "many", "gone": "1"}
    again = DltextApp(engine=language, poll=False)
    async with again.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, "The king")
        values = {line.field.name: line.value for line in screen.query(DrawingField)}
        assert (values["length"], values["temperature"], values["seed"]) == ("7", "0.5", "11")
        assert (values["top_p"], values["top_k"]) == ("1.0", "0"), "what is no number is passed over"
        assert screen.query_one("#drawing-rhyme", Checkbox).value
        assert screen.requests.writers[0].model == "lm-presidents"
    language.remembered["generate"] = ["damaged"]
    async with DltextApp(engine=language, poll=False).run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        assert screen.requests.writers[0].model == "lm-shakespeare"


async def test_another_form_of_verses_is_written_anew(
    language_app: Any, language: Any, opened: Any, until: Any
) -> None:
    async with language_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, TEXT)
        fill(screen, length="2")
        await written(pilot, until, screen)
        await written(pilot, until, screen)
        assert texts(screen) == [" the old the old"], "the same form goes on"
        fill(screen, length="3", line_lengths="7 5")
        await written(pilot, until, screen)
        assert texts(screen) == [" the old king"]
        assert language.drawn[-1]["line_lengths"] == (7, 5)
