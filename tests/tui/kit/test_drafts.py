"""Drafts in the screen: written while one types, offered at the next start; what another text replaced comes back."""

import asyncio
import time
from typing import Any

import pytest
from textual.widgets import OptionList

from dltext.engine.results import Found, UserError
from dltext.tui import keeping
from dltext.tui.app import DltextApp
from dltext.tui.kit.document import EDITABLE, DocumentBox
from dltext.tui.kit.offer import DraftOffer
from dltext.tui.palette import WorkbenchCommands


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "PAUSE", 0.02)


def offer(app: Any) -> DraftOffer:
    return app.place("analyse").query_one(DraftOffer)


def told(app: Any) -> str:
    return "\n".join(notification.message for notification in app._notifications)


def last_saved(engine: Any) -> Any:
    return engine.asked("save_draft")[-1] if engine.asked("save_draft") else None


async def test_what_is_typed_is_saved_with_the_cursor(app: Any, engine: Any, until: Any) -> None:
    async with app.run_test() as pilot:
        await pilot.press(*"good", "enter", *"film", "left")
        await until(pilot, lambda: last_saved(engine) and last_saved(engine)[1] == "good\nfilm")
        await pilot.press("left")
        await pilot.press("ctrl+q")
    assert last_saved(engine) == ("analyse", "good\nfilm", "", 7, "")


async def test_typing_writes_only_what_changed_and_never_in_the_screens_own_thread(
    app: Any, engine: Any, until: Any
) -> None:
    engine.hold("save_draft")
    async with app.run_test() as pilot:
        await pilot.press(*"abc")
        await until(pilot, lambda: engine.asked("save_draft"))
        await pilot.press(*"def")  # while the disk takes its time
        assert app.screen.box.area.text == "abcdef"
        await pilot.pause(0.1)
        engine.release("save_draft")
        await until(pilot, lambda: last_saved(engine)[1] == "abcdef")
        count = len(engine.asked("save_draft"))
        await pilot.press("left", "f3")
        await pilot.pause(0.1)
        assert len(engine.asked("save_draft")) == count


async def test_an_emptied_box_keeps_no_draft(app: Any, engine: Any, until: Any) -> None:
    async with app.run_test() as pilot:
        await pilot.press(*"good")
        await until(pilot, lambda: last_saved(engine) == ("analyse", "good", "", 4, ""))
        await pilot.press("ctrl+n")
        await until(pilot, lambda: last_saved(engine) == ("analyse", "", "", 0, ""))


async def test_what_stands_elsewhere_too_is_no_draft_until_it_is_edited(app: Any, engine: Any, until: Any) -> None:
    async with app.run_test() as pilot:
        app.open_screen("analyse", text="from a corpus", name="mr 1")
        await until(pilot, lambda: app.screen.box.area.text == "from a corpus")
        await pilot.pause(0.1)
        assert last_saved(engine) is None
        await pilot.press("x")
        await until(pilot, lambda: last_saved(engine) == ("analyse", "xfrom a corpus", "mr 1", 1, ""))
        await pilot.press("ctrl+z")
        await until(pilot, lambda: last_saved(engine)[1] == "")


async def test_a_large_paste_is_saved_at_once_and_stalls_nothing(app: Any, engine: Any, until: Any) -> None:
    text = "好 " * 2_500_000 + "end"
    async with app.run_test() as pilot:
        app.screen.take_paste(text)
        longest, began = 0.0, time.perf_counter()
        while time.perf_counter() < began + 30 and not (last_saved(engine) and last_saved(engine)[1] == text):
            before = time.perf_counter()
            await asyncio.sleep(0.01)
            longest = max(longest, time.perf_counter() - before)
        assert last_saved(engine)[1] == text
        assert longest < 2
        await pilot.press("right")
        assert app.screen.box.cursor > 0


async def test_the_newest_is_offered_and_ctrl_n_brings_it_back(app: Any, engine: Any, until: Any) -> None:
    engine.leave_draft("an older one")
    engine.leave_draft("good 很好\nfilm [/ref] \x1b[31m", cursor=9, name="notes.txt")
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: offer(app).shown)
        await pilot.pause(0.1)
        said = offer(app).render().plain
        assert "1970-01-12" in said
        assert "“good" in said
        assert "ctrl+n brings it back" in said
        assert "all 2" in said
        assert "\x1b" not in said
        await pilot.press("ctrl+n")
        await until(pilot, lambda: app.screen.box.area.text.startswith("good"))
        assert not offer(app).shown
        assert app.screen.box.area.cursor_location == (1, 1)
        assert app.screen._document.text == "good 很好\nfilm [/ref] \x1b[31m"
        assert app.screen._document.name == "notes.txt"
        assert "1 more draft" in told(app)
        # It is the only copy: it is kept on, though it has a file's name.
        await until(pilot, lambda: last_saved(engine) and last_saved(engine)[1].startswith("good"))


async def test_whoever_types_is_not_disturbed_and_finds_it_later(app: Any, engine: Any, until: Any) -> None:
    engine.leave_draft("left over")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: offer(app).shown)
        await pilot.press(*"new")
        await until(pilot, lambda: not offer(app).shown)
        assert app.screen.box.area.text == "new"
        await app.run_action("app.drafts")
        await until(pilot, lambda: app.screen.is_modal)
        await pilot.press("enter")
        await until(pilot, lambda: not app.screen.is_modal and app.screen.box.area.text == "left over")
        await pilot.press("ctrl+z")
        await until(pilot, lambda: app.screen.box.area.text == "new")


async def test_a_document_of_the_command_line_is_not_replaced(engine: Any, until: Any, tmp_path: Any) -> None:
    (tmp_path / "given.txt").write_text("given")
    engine.leave_draft("left over")
    app = DltextApp(engine=engine, poll=False, document=tmp_path / "given.txt")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "Drafts" in told(app))
        await until(pilot, lambda: app.screen.box.area.text == "given")  # pyright: ignore[reportAttributeAccessIssue]
        assert not offer(app).shown


@pytest.mark.parametrize("place", ["translate", "titles", "generate", "authors", "search"])
async def test_each_place_has_its_own(place: str, app: Any, engine: Any, until: Any, request: Any) -> None:
    fixture = {
        "translate": "translate_app",
        "titles": "titles_app",
        "generate": "language_app",
        "authors": "profiles_app",
    }.get(place)
    if fixture is not None:
        app = request.getfixturevalue(fixture)
        engine = app.engine
    elif place == "search":
        engine.read_records = lambda *arguments, **options: iter(())
        engine.search_methods = lambda *arguments, **options: []
        engine.build_index = lambda *arguments, **options: None
        engine.search = lambda query, data, **options: Found(query, data, "", "bm25", "", 0, ())
    engine.leave_draft("good film", place, cursor=4, beside="My own" if place == "titles" else "")
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: offer(app).shown)
        await pilot.press("ctrl+n")
        await until(pilot, lambda: getattr(app.screen, "PLACE", "") == place)
        await until(pilot, lambda: app.screen.box.area.text == "good film")
        assert app.screen.box.area.cursor_location == (0, 4)
        await pilot.press("x")
        await until(pilot, lambda: last_saved(engine) and last_saved(engine)[:2] == (place, "goodx film"))
        if place == "titles":
            await until(pilot, lambda: app.screen.own_title.title == "My own")
            assert last_saved(engine)[4] == "My own"
        await pilot.press("ctrl+n")
        await until(pilot, lambda: app.screen.box.blank)
        await pilot.press("ctrl+n")
        await until(pilot, lambda: app.screen.box.area.text == "goodx film")


async def test_a_draft_can_be_removed_from_the_list(app: Any, engine: Any, until: Any) -> None:
    for number in range(3):
        engine.leave_draft(f"text {number}")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: offer(app).shown)
        await app.run_action("app.drafts")
        await until(pilot, lambda: app.screen.is_modal)
        await pilot.press("down", "x")
        await until(pilot, lambda: engine.asked("forget_draft") == [("draft-1",)])
        assert app.screen.query_one(OptionList).option_count == 2
        await pilot.press("2")
        await until(pilot, lambda: not app.screen.is_modal and app.screen.box.area.text == "text 0")


async def test_a_draft_that_another_window_took_is_a_sentence(app: Any, engine: Any, until: Any) -> None:
    engine.leave_draft("left over")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: offer(app).shown)
        engine.errors["take_draft"] = UserError("This draft is there no more.")
        await pilot.press("ctrl+n")
        await until(pilot, lambda: "there no more" in told(app))
        assert app.screen.box.blank


async def test_a_disk_that_is_full_is_told_once_and_stops_nothing(app: Any, engine: Any, until: Any) -> None:
    engine.errors["save_draft"] = UserError("No draft of this text can be kept on disk (No space left on device).")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*"one")
        await until(pilot, lambda: "No space" in told(app))
        for letter in "two":
            await pilot.press(letter)
            await pilot.pause(0.06)
        assert told(app).count("No space") == 1
        assert app.screen.box.area.text == "onetwo"
        engine.errors.clear()
        await pilot.press("!")
        await until(pilot, lambda: last_saved(engine)[1] == "onetwo!")


async def test_it_can_be_turned_off_and_on_in_the_palette(app: Any, engine: Any, until: Any) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*"good")
        await until(pilot, lambda: last_saved(engine) == ("analyse", "good", "", 4, ""))
        await pilot.press("ctrl+p")
        await pilot.press(*"keep drafts: on")
        await pilot.pause(0.5)
        await pilot.press("enter")
        await until(pilot, lambda: engine.remembered.get("drafts") is False)
        await until(pilot, lambda: last_saved(engine) == ("analyse", "", "", 0, ""))
        count = len(engine.asked("save_draft"))
        await pilot.press(*" film")
        await pilot.pause(0.1)
        assert len(engine.asked("save_draft")) == count
        provider = WorkbenchCommands(app.screen)
        await provider.startup()
        assert "Keep drafts: off" in {hit.text async for hit in provider.discover()}
        await app.run_action("app.keep_drafts")
        await until(pilot, lambda: last_saved(engine)[1] == "good film")
    assert engine.remembered["drafts"] is True
    engine.remembered["drafts"] = False
    assert not DltextApp(engine=engine, poll=False).drafts.on


# ---------------------------------------------------------------------------------------------- undo


async def test_ctrl_n_is_undone_by_itself_and_by_undo(app: Any, until: Any) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        area = app.screen.box.area
        for undo in ("ctrl+n", "ctrl+z", "ctrl+underscore"):
            await pilot.press(*"good film")
            area.move_cursor((0, 4))
            await pilot.press("ctrl+n")
            await until(pilot, lambda: area.text == "")
            assert str(area.placeholder).startswith("ctrl+n restores")
            await pilot.press(undo)
            await until(pilot, lambda: area.text == "good film")
            assert area.cursor_location == (0, 4)
            # Its own undo is there again, too.
            await pilot.press("x", "ctrl+z")
            assert area.text == "good film"
            area.text = ""
            app.screen.box._before.clear()


async def test_undo_goes_behind_a_document_that_came_in_the_place_of_another(app: Any, engine: Any, until: Any) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        area = app.screen.box.area
        await pilot.press(*"mine")
        app.open_screen("analyse", text="a corpus' own \x07", name="mr 1")
        await until(pilot, lambda: area.text.startswith("a corpus'"))
        await pilot.press("x", "ctrl+z")
        assert area.text == "a corpus' own ␇"
        await pilot.press("ctrl+z")
        await until(pilot, lambda: area.text == "mine")
        assert app.screen._document.name == ""
        await pilot.press("ctrl+y")
        await until(pilot, lambda: area.text == "a corpus' own ␇")
        assert app.screen._document.text == "a corpus' own \x07"
        assert app.screen._document.name == "mr 1"


async def test_a_large_document_comes_back_and_goes(app: Any, until: Any) -> None:
    large = "word " * EDITABLE
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*"mine")
        app.screen.box.area.select_all()
        app.screen.take_paste(large)
        await until(pilot, lambda: app.screen.box.large)
        await pilot.press("right", "ctrl+z")
        await until(pilot, lambda: app.screen.box.area.text == "mine")
        await pilot.press("ctrl+y")
        await until(pilot, lambda: app.screen.box.large)
        assert app.screen.box.preview.page == 1
        app.screen.take_paste("short")
        await until(pilot, lambda: app.screen.box.area.text == "short")
        await pilot.press("ctrl+n")
        await until(pilot, lambda: app.screen.box.blank)
        await pilot.press("ctrl+n")
        await until(pilot, lambda: app.screen.box.area.text == "short")
        await pilot.press("ctrl+z")
        await until(pilot, lambda: app.screen._document.text == large)


async def test_what_replaced_documents_hold_is_bounded(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from dltext.tui.kit import document

    monkeypatch.setattr(document, "REPLACED", 1_000)
    async with app.run_test(size=(80, 24)):
        box = app.screen.box
        for number in range(9):
            box.show(document.Document.of(f"{number}" * 400))
        assert [shown.text[0] for shown in box._before] == ["6", "7"]


# ---------------------------------------------------------------------------------------------- the end


async def test_a_crash_keeps_the_draft(engine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "PAUSE", 60.0)  # not yet written when it happens
    app: Any = DltextApp(engine=engine, poll=False)

    async def crash() -> None:
        async with app.run_test() as pilot:
            await pilot.press(*"good")
            app.screen.call_later(lambda: [][0])
            await pilot.pause(0.2)

    with pytest.raises(IndexError):
        await crash()
    assert last_saved(engine)[1] == "good"


async def test_ctrl_c_says_how_to_leave_without_markup(app: Any, until: Any) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+c")
        await until(pilot, lambda: "ctrl+q" in told(app))
        assert "[" not in told(app)


def test_a_box_that_has_left_its_screen_changes_no_draft(app: Any) -> None:
    app.drafts.changed(DocumentBox())  # its message came late
    assert app.drafts._timer is None
