"""Search: a query or a paste, an index made once, what is found and where it matches, near-duplicates."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.widgets import Static, TextArea

from dltext.engine.results import Duplicates, Found, Hit, Reading, Span, UserError
from dltext.tui.app import DltextApp
from dltext.tui.kit.choicebar import ChoiceBar
from dltext.tui.kit.dialogs import Choose
from dltext.tui.kit.reading_form import ReadingForm
from dltext.tui.search import requests as requests_module
from dltext.tui.search import screen as search_module
from dltext.tui.search.export import duplicates_tsv
from dltext.tui.search.hits import HitTable, grouped, highlighted, ranked
from dltext.tui.search.matches import MatchPreview

SIZES = [(80, 24), (120, 36), (200, 60)]


@pytest.fixture
def engine(fake: Any, fake_search: Any) -> Any:
    return type("Engine", (fake_search.FakeSearch, fake.FakeEngine), {})()


@pytest.fixture
def app(engine: Any, monkeypatch: pytest.MonkeyPatch) -> DltextApp:
    monkeypatch.setattr(search_module, "PAUSE", 0.01)
    return DltextApp(engine=engine, poll=False)


@pytest.fixture(autouse=True)
def _starts_here(request: pytest.FixtureRequest, starting_in: Any) -> None:
    if "opened" in request.fixturenames:
        starting_in("search")


@pytest.fixture
def opened(until: Any) -> Any:
    """``screen = await opened(pilot, "sea")``: Search with that query answered."""

    async def go(pilot: Any, query: str = "") -> Any:
        if pilot.app.screen.PLACE != "search":
            await pilot.app.open_screen("search")
        await until(pilot, lambda: pilot.app.screen.PLACE == "search" and pilot.app.screen.choice.methods)
        screen = pilot.app.screen
        if query:
            screen.box.receive(query)
            await until(
                pilot, lambda: screen.requests.answer and screen.requests.answer.query == query and not screen.busy()
            )
        return screen

    return go


def listed(screen: Any) -> list[str]:
    return [hit.id for hit in screen.table.hits]


def nothing(screen: Any) -> str:
    empty = screen.query_one("#search-empty", Static)
    return str(empty.render()) if empty.display else ""


async def test_it_begins_with_the_demo_and_says_what_to_do(app: Any, opened: Any) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot)
        assert screen.focused is screen.box.area
        assert "Corpus demo" in screen.query_one(ChoiceBar).plain
        assert "Type what you are looking for" in nothing(screen)


async def test_the_answer_comes_while_one_types(app: Any, engine: Any, opened: Any, until: Any) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot)
        await pilot.press(*"sea")
        await until(pilot, lambda: listed(screen) == ["d3", "d2", "d8"])
        await pilot.press("space", *"hotel")
        await until(pilot, lambda: listed(screen)[:1] == ["d3"] and screen.requests.answer.query == "sea hotel")
        assert len(engine.asked("build_index")) == 1, "the index is made once"
        await pilot.press("enter")
        assert screen.focused is screen.table
        assert "hotel stands by the sea" in screen.whole._text


async def test_only_the_newest_question_is_answered(app: Any, engine: Any, opened: Any, until: Any) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, "sea")
        engine.hold("search")
        await pilot.press("space", *"hotel")
        await until(pilot, lambda: len(engine.asked("search")) > 1)
        await pilot.press(*"xyz")
        assert screen.box.document.text == "sea hotelxyz", "typing goes on while it looks"
        engine.release("search")
        await until(pilot, lambda: screen.requests.answer.query == "sea hotelxyz")


async def test_while_an_encoder_reads_the_query_is_asked_anew(
    app: Any, engine: Any, opened: Any, until: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requests_module, "READING", 0.01)
    original, unread = engine.search, [8, 4, 0]
    asked: list[str] = []

    def search(query: str, *given: Any, **how: Any) -> Found:
        asked.append(query)
        return replace(original(query, *given, **how), unread=unread[min(len(asked), len(unread)) - 1])

    engine.search = search
    async with app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, "sea")
        await until(pilot, lambda: len(asked) == 3 and screen.requests.answer.unread == 0)
        await pilot.pause(0.1)
        assert asked == ["sea"] * 3, "and no more, once all is read"


async def test_making_an_index_shows_how_far_it_is_and_can_be_stopped(
    app: Any, engine: Any, opened: Any, until: Any
) -> None:
    engine.hold("build_index")
    async with app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot)
        await pilot.press(*"sea")
        panel = screen.query_one("#work")
        await until(pilot, lambda: panel.display and "3 of 8" in str(panel.query_one("#work-told", Static).render()))
        await pilot.press(*"weed")
        assert len(engine.asked("build_index")) == 1
        await pilot.press("escape")
        await until(pilot, lambda: "that was stopped" in nothing(screen))
        assert not panel.display
        engine.release("build_index")
        await pilot.press("backspace")
        await pilot.pause(0.1)
        assert "that was stopped" in nothing(screen), "nobody begins again unasked"
        await pilot.press("enter")
        await until(pilot, lambda: screen.requests.answer)
        assert len(engine.asked("build_index")) == 2


async def test_matches_are_marked_and_walked_through(app: Any, opened: Any, until: Any) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, "sea")
        await pilot.press("enter", "down", "down")
        await until(pilot, lambda: screen.table.chosen.id == "d8")
        whole = screen.query_one(MatchPreview)
        assert whole.matches == 2
        assert whole.scroll_offset.y > 0, "the first match is far down: it opens there"
        await pilot.press("n")
        assert str(screen.query_one("#whole").border_subtitle) == "match 1 of 2"
        await pilot.press("n", "n")
        assert whole.current == 0, "around the end"
        await pilot.press("p")
        assert whole.current == 1
        await pilot.press("enter")
        assert screen.focused is whole
        await pilot.press("escape")
        assert screen.focused is screen.table
        await pilot.press("escape")
        assert screen.focused is screen.box.area


async def test_more_like_this_leaves_out_itself(app: Any, engine: Any, opened: Any, until: Any) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, "daughter")
        await pilot.press("enter", "m")
        await until(pilot, lambda: screen.requests.answer and screen.requests.answer.query.startswith("The film"))
        assert listed(screen)[0] == "d7" or "d1" not in listed(screen)
        assert "like d" in str(screen.box.border_title)


async def test_a_document_is_opened_in_analyse(app: Any, opened: Any, until: Any) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await opened(pilot, "hotel")
        await pilot.press("enter", "a")
        await until(pilot, lambda: app.screen.PLACE == "analyse" and "The hotel" in app.screen._document.text)


async def test_a_paste_of_any_size_is_a_query(app: Any, engine: Any, opened: Any, until: Any) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, "hotel")
        screen.table.focus()
        app.post_message(events.Paste("the sea [/b]\nand " + "word " * 40_000))
        await until(pilot, lambda: screen.requests.answer and len(screen.requests.answer.query) > 200_000)
        assert "characters" in str(screen.box.border_title)
        assert screen.box.size.height <= 6, "the list keeps its room"
        await pilot.press("ctrl+n")
        await until(pilot, lambda: "Type what" in nothing(screen))
        assert screen.focused is screen.box.area


async def test_a_query_of_several_lines_grows(app: Any, opened: Any, until: Any) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot)
        assert screen.box.area.size.height == 1
        app.post_message(events.Paste("one\ntwo\nthree"))
        await until(pilot, lambda: screen.box.area.size.height == 3)
        await pilot.press("ctrl+j", *"x")
        assert screen.box.document.text == "one\ntwo\nthree\nx"


async def test_methods_say_what_they_do_and_why_not(app: Any, engine: Any, opened: Any, until: Any) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, "sea")
        await pilot.press("f3")
        await until(pilot, lambda: isinstance(app.screen, Choose))
        await pilot.press("3")
        await until(pilot, lambda: app._notifications)
        assert "No paragraph vectors are here [/]" in next(iter(app._notifications)).message
        assert screen.requests.target.method == "mixture"
        await pilot.press("f3")
        await until(pilot, lambda: isinstance(app.screen, Choose))
        await pilot.press("4")
        await until(pilot, lambda: screen.requests.answer and screen.requests.answer.method == "bm25")
        assert engine.remembered["search"]["method"] == "bm25"


async def test_what_cannot_be_used_is_not_begun_with(app: Any, engine: Any, opened: Any, until: Any) -> None:
    engine.methods = [engine.methods[2], engine.methods[3]]
    async with app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, "sea")
        assert screen.requests.answer.method == "bm25"
        assert "search" not in engine.remembered, "the wish stays what it was"


def note(screen: Any) -> str:
    under = screen.query_one("#search-note", Static)
    return str(under.render()) if under.display else ""


@pytest.mark.parametrize("size", SIZES)
async def test_what_there_is_to_say_of_an_answer_stands_under_it(
    app: Any, engine: Any, opened: Any, until: Any, size: tuple[int, int]
) -> None:
    engine.notes = ("words-en [/] knows none of the query's words.", "Only the first 50,000 characters were read.")
    async with app.run_test(size=size) as pilot:
        screen = await opened(pilot, "sea")
        await until(pilot, lambda: note(screen) == " ".join(engine.notes))
        under = screen.query_one("#search-note")
        assert under.size.width * under.size.height >= len(note(screen)), "all of it can be read"
        assert screen.table.size.height >= 3
        assert "80 % of the query" in str(screen.query_one("#list").border_subtitle)
        await pilot.press("f4")
        await until(pilot, lambda: screen.alike and listed(screen))
        assert note(screen) == "", "near-duplicates are no answer to the query"


async def test_a_method_that_waits_for_vectors_says_so_and_comes_back(
    app: Any, engine: Any, opened: Any, until: Any
) -> None:
    able = engine.methods[0]
    engine.methods[0] = replace(able, problem="There are no word vectors for English yet.")
    engine.methods[1] = replace(engine.methods[1], problem="There are none.")
    async with app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, "sea")
        assert screen.requests.answer.method == "bm25"
        assert note(screen) == "Ranked without Mixture. There are no word vectors for English yet."
        engine.methods[0] = able
        screen.on_screen_resume()
        await until(
            pilot, lambda: screen.requests.answer and screen.requests.answer.method == "mixture" and not screen.busy()
        )
        assert note(screen) == ""


async def test_another_corpus_and_a_part_of_it(app: Any, engine: Any, opened: Any, until: Any) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, "sea")
        await pilot.press("f2")
        await until(pilot, lambda: isinstance(app.screen, Choose))
        await pilot.press("3")
        await until(pilot, lambda: screen.requests.answer and screen.requests.answer.split == "test")
        assert "test only" in screen.query_one(ChoiceBar).plain
        await pilot.press("f2")
        await until(pilot, lambda: isinstance(app.screen, Choose))
        await pilot.press("5")
        await until(pilot, lambda: screen.requests.answer and screen.requests.answer.data == "hotel")
        assert screen.requests.target.language == "zh"
        assert engine.asked("search_methods")[-1] == ("zh",)
        assert screen.requests.target.split == ""


@pytest.mark.parametrize("keys", [("ctrl+o",), ("f2", "end", "enter")])
async def test_a_file_of_ones_own(
    keys: tuple[str, ...], app: Any, engine: Any, opened: Any, until: Any, give_path: Any, tmp_path: Any
) -> None:
    file = tmp_path / "海 [b].txt"
    file.write_text("这家酒店在海边\n早餐很好\n", encoding="utf-8")
    async with app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, "海")
        await pilot.press(*keys)
        await give_path(pilot, file)
        await until(pilot, lambda: screen.requests.answer and screen.requests.answer.data == str(file))
        assert screen.requests.target.language == "zh"
        assert file.name in screen.query_one(ChoiceBar).plain


async def test_how_a_file_is_read_goes_with_it(
    app: Any, engine: Any, opened: Any, until: Any, give_path: Any, tmp_path: Any
) -> None:
    file = tmp_path / "own.xlsx"
    file.write_bytes(b"PK")
    engine.readings[str(file)] = Reading(
        str(file), "xlsx", columns=("Nr", "Answer"), text="Answer", sheet="One", sheets=("One", "Two")
    )
    async with app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, "sea")
        await pilot.press("ctrl+o")
        await give_path(pilot, file)
        await until(pilot, lambda: isinstance(app.screen, ReadingForm))
        form = app.screen
        await until(pilot, lambda: form.rows["sheet"].display)
        assert (form.rows["text"].text, form.rows["sheet"].text) == ("Answer", "One")
        form.rows["sheet"]._control.value = "Two"
        await pilot.pause()
        await pilot.press("enter")
        await until(pilot, lambda: screen.requests.answer and screen.requests.answer.data == str(file))
        assert screen.requests.target.read == (("sheet", "Two"),)
        assert engine.asked("decide_reading")[-1] == (str(file), {"sheet": "Two"})
        assert engine.remembered["search"]["read"] == {"sheet": "Two"}
        await pilot.press("shift+f2")
        await until(pilot, lambda: isinstance(app.screen, ReadingForm))
        await pilot.press("escape")


async def test_near_duplicates_stand_in_a_tab_of_their_own(app: Any, engine: Any, opened: Any, until: Any) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, "sea")
        await pilot.press("f4")
        await until(pilot, lambda: listed(screen) == ["d1", "d7"])
        row = "|".join(cell.plain for cell in screen.table.get_row_at(1))
        assert "86 %" in row
        await pilot.press("f4")
        await until(pilot, lambda: listed(screen) == ["d3", "d2", "d8"])
        await pilot.press("f4")
        await until(pilot, lambda: listed(screen) == ["d1", "d7"])
        assert len(engine.asked("near_duplicates")) == 1
        screen.box.focus_query()
        await pilot.press("x")
        await until(pilot, lambda: not screen.alike, "who types looks for something")


async def test_without_near_duplicates_it_says_so(app: Any, engine: Any, opened: Any, until: Any) -> None:
    engine.documents = engine.documents[:3]
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        await pilot.press("f4")
        await until(pilot, lambda: "No two documents" in nothing(screen))


@pytest.mark.parametrize("suffix", [".json", ".tsv"])
async def test_the_list_is_exported(
    app: Any, opened: Any, until: Any, give_path: Any, tmp_path: Path, suffix: str
) -> None:
    file = tmp_path / f"out{suffix}"
    async with app.run_test(size=(120, 36)) as pilot:
        await opened(pilot, "movie")
        await pilot.press("f12")
        await give_path(pilot, file)
        await until(pilot, file.exists)
    text = file.read_text(encoding="utf-8")
    if suffix == ".json":
        assert json.loads(text)["hits"][0]["id"] == "d2"
    else:
        assert text.splitlines()[0] == "rank\tscore\tid\tlabel\ttext"
        assert text.splitlines()[1].split("\t")[2:4] == ["d2", "film"]


async def test_it_is_copied(app: Any, opened: Any, until: Any) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await opened(pilot, "movie")
        await pilot.press("ctrl+r")
        await until(pilot, lambda: "d2 [film]" in app.clipboard)


async def test_a_failure_is_told_and_tried_again(app: Any, engine: Any, opened: Any, until: Any) -> None:
    engine.errors["build_index"] = UserError("own.csv, line 3 [/]: the text is empty; delete the line.")
    async with app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot)
        await pilot.press(*"sea")
        await until(pilot, lambda: "line 3 [/]" in nothing(screen))
        engine.errors.clear()
        await pilot.press("enter")
        await until(pilot, lambda: listed(screen))


async def test_others_can_ask(app: Any, engine: Any, until: Any) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await app.open_screen("search", query="sea", data="mr", model="my-paragraphs")
        screen = app.screen
        await until(pilot, lambda: screen.requests.answer and screen.requests.answer.model == "my-paragraphs")
        assert (screen.requests.answer.data, screen.requests.answer.method, screen.requests.answer.query) == (
            "mr",
            "paragraph",
            "sea",
        )


async def test_without_any_corpus_it_says_where_to_get_one(app: Any, engine: Any, until: Any) -> None:
    engine.corpora = [info for info in engine.corpora if info.available == "download"]
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+g", "s", *"sea")
        await until(pilot, lambda: app.screen.PLACE == "search" and "F9 fetches one" in nothing(app.screen))
        await pilot.press("f3", "f4", "f12", "enter", "escape", "f4")
        assert not engine.asked("build_index")


@pytest.mark.parametrize("size", SIZES)
async def test_everything_fits(app: Any, opened: Any, size: tuple[int, int]) -> None:
    async with app.run_test(size=size) as pilot:
        screen = await opened(pilot, "sea 海 film")
        table = screen.query_one(HitTable)
        assert table.virtual_size.width <= table.size.width
        for widget in (table, screen.whole, screen.query_one(ChoiceBar)):
            assert screen.region.contains_region(widget.region)
        assert table.size.height >= 5
        assert screen.whole.size.height >= 4


# ---- what is drawn


def styles(text: Any) -> dict[str, str]:
    return {text.plain[span.start : span.end]: str(span.style) for span in text.spans}


def test_words_of_the_query_and_words_near_them_look_different_without_colour() -> None:
    text = highlighted("a film by the sea", (Span(2, 6, 0.8), Span(14, 17, 1.0), Span(0, 1, 0.1)), 40, "#aabbcc")
    assert styles(text) == {"film": "underline", "sea": "bold underline #aabbcc"}


def test_a_line_begins_where_it_matches() -> None:
    body = "nothing here " * 30 + "then the [b]sea[/b] at last"
    at = body.index("sea")
    line = highlighted(body, (Span(at, at + 3, 1.0),), 40, "red")
    assert line.plain.startswith("… ")
    assert "[b]sea[/b]" in line.plain
    assert line.cell_len <= 40
    assert styles(line) == {"sea": "bold underline red"}


def test_a_line_of_chinese_is_cut_by_cells_and_obeys_nothing() -> None:
    line = highlighted("房间\x1b[31m很好。\n\n早餐" * 20, (Span(7, 9, 1.0),), 21, "red")
    assert line.cell_len <= 21
    assert "\x1b" not in line.plain
    assert "\n" not in line.plain
    assert styles(line) == {"很好": "bold underline red"}


def test_bars_are_relative_to_the_best_and_never_negative() -> None:
    shares = [row.share for row in ranked([Hit("a", 0, "", 4.0), Hit("b", 1, "", 1.0), Hit("c", 2, "", -1.0)])]
    assert shares == [1.0, 0.25, 0.0]
    assert [row.share for row in ranked([Hit("a", 0, "", -0.5)])] == [0.0]


def test_groups_are_written_with_their_number() -> None:
    groups = [Duplicates((Hit("a", 0, "x\ty\nz", 1.0), Hit("b", 1, "x y", 0.9)))]
    assert [row.score for row in grouped(groups)] == ["2 alike", "90 %"]
    assert duplicates_tsv(groups).splitlines()[1:] == ["1\t1.000000\ta\t\tx y z", "1\t0.900000\tb\t\tx y"]


# ---- how it looks


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("theme", ["dltext-dark", "dltext-light"])
def test_it_looks_as_it_did(snap_compare: Any, app: Any, opened: Any, size: tuple[int, int], theme: str) -> None:
    async def look(pilot: Any) -> None:
        app.theme = theme
        screen = await opened(pilot, "movie sea 海边")
        screen.query_one(TextArea).cursor_blink = False
        await pilot.press("enter", "down")
        await pilot.pause(0.3)

    assert snap_compare(app, terminal_size=size, run_before=look)


def test_near_duplicates_look_as_they_did(snap_compare: Any, app: Any, opened: Any, until: Any) -> None:
    async def look(pilot: Any) -> None:
        screen = await opened(pilot)
        await pilot.press("f4")
        await until(pilot, lambda: screen.table.hits)
        await pilot.pause(0.3)

    assert snap_compare(app, terminal_size=(120, 36), run_before=look)
