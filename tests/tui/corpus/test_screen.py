"""Corpus: documents, words, a concordance and a table over one filtered set, by the real engine."""

import re
import sys
import threading
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from textual.app import App, ComposeResult
from textual.widgets import Input, Static

from dltext.engine import api
from dltext.engine.corpus import opening
from dltext.engine.results import ClusterError
from dltext.engine.tasks.search import opening as searching
from dltext.tui.actions import SCREEN_ACTIONS
from dltext.tui.corpus.parts import quoted
from dltext.tui.corpus.screen import CorpusScreen
from dltext.tui.corpus.views import all_views
from dltext.tui.kit.cluster_address import ClusterAddress
from dltext.tui.kit.modebar import ModeBar
from dltext.tui.kit.pagedtable import PAGE, PagedTable
from dltext.tui.kit.preview import Preview
from dltext.tui.kit.reading_form import ReadingForm

DOOR = (
    "collocations", "concordance", "corpus_columns", "corpus_course", "corpus_document", "corpus_documents",
    "corpus_info", "crosstab", "dispersion", "keyness", "remove_index", "text_styles", "word_frequencies",
    "word_network", "write_document", "write_network",
)  # fmt: skip
REVIEWS = """id,text,label,stars
a,"The cold soup was [b]awful[/b]. Cold soup again!",neg,1
b,"A warm soup and a friendly waiter; it's great.",pos,5
c,"The waiter was cold and the soup too; the soup!",neg,2
d,"Lovely place, lovely soup: 汤很好喝",pos,4
"""


@pytest.fixture
def data(engine: Any, tmp_path: Path) -> str:
    """Four reviews, and the engine's own door to them."""
    for name in DOOR:
        setattr(engine, name, getattr(api, name))
    searching._opened.clear()
    opening._opened.clear()
    path = tmp_path / "reviews.csv"
    path.write_text(REVIEWS, "utf-8")
    return str(path)


def table(app: Any) -> PagedTable:
    return app.screen.query_one(PagedTable)


def cells(app: Any, row: int) -> list[str]:
    return [cell.plain for cell in table(app).row(row) or ()]


def edge(app: Any) -> str:
    return str(app.screen.query_one("#list").border_subtitle)


def document(app: Any) -> str:
    preview = app.screen.query_one(Preview)
    return "\n".join(preview.render_line(y).text for y in range(preview.size.height))


async def test_documents_words_lines_and_a_table_of_one_filtered_set(app: Any, data: str, until: Any) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        app.push_screen(CorpusScreen(data))
        await until(pilot, lambda: edge(app) == "4 documents")
        assert cells(app, 0) == ["a", "The cold soup was [b]awful[/b]. Cold soup again!", "neg", "1", "10"]
        await until(pilot, lambda: "[b]awful[/b]" in document(app))
        await pilot.press("s", "4")  # as in the file, by label, that turned, by stars
        await until(pilot, lambda: edge(app) == "4 documents, by stars")
        await pilot.press("s", "down", "enter")  # that turned
        await until(pilot, lambda: cells(app, 0)[0] == "b")
        await pilot.press("slash", *"soup", "space", "minus", *"waiter")
        await until(pilot, lambda: edge(app) == "2 documents, by stars, from the last")
        await pilot.press("enter", "down")
        await until(pilot, lambda: "Cold soup again" in document(app))
        await pilot.press("2")
        await until(pilot, lambda: edge(app).endswith("words, frequencies"))
        assert cells(app, 0)[:3] == ["soup", "3", "2"]
        await until(pilot, lambda: "Cold soup again!" in document(app))
        await pilot.press("enter")  # the word's concordance
        await until(pilot, lambda: edge(app) == "3 matches")
        assert cells(app, 0)[2] == "soup"
        await pilot.press("s")
        await until(pilot, lambda: edge(app) == "3 matches, by L1,L2,L3")
        await pilot.press("4", "f4", *"label", "enter")
        await until(pilot, lambda: edge(app) == "2 values")
        assert cells(app, 0)[:3] == ["neg", "1", "50.0 %"]
        await pilot.press("1", "f2")
        app.screen.query_one("#filter", Input).value = "mood:bad"
        empty = app.screen.query_one("#corpus-empty", Static)
        await until(pilot, lambda: "no column 'mood'; there are: label, stars" in str(empty.render()))
        assert not app._notifications


async def test_key_words_and_collocations_ask_for_their_group_and_word(app: Any, data: str, until: Any) -> None:
    async with app.run_test(size=(200, 60)) as pilot:
        app.push_screen(CorpusScreen(data))
        await until(pilot, lambda: edge(app) == "4 documents")
        await pilot.press("2", "m", "down", "enter")
        await until(pilot, lambda: edge(app).endswith("two in a row") and cells(app, 0)[0] == "cold soup")
        await pilot.press("m", "down", "down", "enter")
        empty = app.screen.query_one("#corpus-empty", Static)
        await until(pilot, lambda: "label:neg" in str(empty.render()))
        await pilot.press(*"label", "colon", *"neg", "enter")
        await until(pilot, lambda: table(app).display and cells(app, 0)[:3] == ["cold", "3", "0"])
        await pilot.press("m", "down", "enter", *"soup", "enter", "o")
        await until(
            pilot, lambda: edge(app).endswith("collocations by log_dice") and cells(app, 0)[0] in ("cold", "the")
        )
        await pilot.press("3", *"/s.up", "exclamation_mark", "/", "enter")
        await until(pilot, lambda: edge(app) == "1 matches")
        assert (cells(app, 0)[0], cells(app, 0)[2]) == ("c", "soup!")


async def test_a_long_table_is_read_a_page_at_a_time_as_it_scrolls(
    app: Any, engine: Any, data: str, until: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path(data).write_text("id,text\n" + "".join(f"d{n},text number {n}\n" for n in range(1234)), "utf-8")
    asked: list[int] = []
    monkeypatch.setattr(
        engine, "corpus_documents", lambda *given: asked.append(given[1]) or api.corpus_documents(*given)
    )
    async with app.run_test(size=(80, 24)) as pilot:
        app.push_screen(CorpusScreen(data))
        await until(pilot, lambda: edge(app) == "1,234 documents")
        assert asked == [0]
        await pilot.press("end")
        await until(pilot, lambda: table(app).row(1233) is not None)
        assert cells(app, 1233)[0] == "d1233"
        assert asked[-1] == 1200
        assert len(table(app)._pages) <= 1 + 1
        await until(pilot, lambda: "text number 1233" in document(app))
        await pilot.press("pageup")
        assert table(app).cursor == 1233 - (table(app).size.height - 2)
        assert PAGE == 100


async def test_a_page_with_a_column_more_is_shown_with_it(
    app: Any, engine: Any, data: str, until: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where a model has begun to read the documents since the table was opened."""
    Path(data).write_text("id,text\n" + "".join(f"d{n:04},text number {n}\n" for n in range(1234)), "utf-8")

    def documents(selection: Any, offset: int, *given: Any) -> Any:
        page = api.corpus_documents(selection, offset, *given)
        if not begun:
            return page
        lines = tuple(replace(line, values=(*line.values, "positive")) for line in page.lines)
        return replace(page, columns=(*page.columns, "model.cnn"), lines=lines)

    begun: list[bool] = []
    monkeypatch.setattr(engine, "corpus_documents", documents)
    async with app.run_test(size=(100, 24)) as pilot:
        app.push_screen(CorpusScreen(data))
        await until(pilot, lambda: edge(app) == "1,234 documents")
        begun.append(True)
        await pilot.press(*["pagedown"] * 10)
        cursor = table(app).cursor
        assert cursor > PAGE
        screen = app.screen

        def shown() -> list[str]:
            return [strip.text for strip in screen._compositor.render_strips()]

        await until(pilot, lambda: any(f"d{cursor:04}" in line and "positive" in line for line in shown()))
        assert any("model.cnn" in line for line in shown())
        assert table(app).cursor == cursor
        await pilot.press("home")  # a page of before, with a column less
        await until(pilot, lambda: any("d0000" in line and "positive" in line for line in shown()))


async def test_a_document_goes_to_analyse_and_an_index_can_be_removed(app: Any, data: str, until: Any) -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        app.push_screen(CorpusScreen(data, "mine"))
        await until(pilot, lambda: edge(app) == "4 documents")
        await pilot.press("delete")
        await until(pilot, lambda: app.screen.query("Button"))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen.PLACE == "corpus")
        await pilot.press("a")
        await until(pilot, lambda: app.screen.PLACE == "analyse" and app.screen._document.name == "mine a")


async def test_what_cannot_be_read_is_said_in_its_place(app: Any, data: str, until: Any) -> None:
    Path(data).write_bytes(b"%PDF-1.4 nothing")
    async with app.run_test(size=(80, 24)) as pilot:
        app.push_screen(CorpusScreen(data))
        await until(pilot, lambda: app.screen.query("#corpus-empty"))
        empty = app.screen.query_one("#corpus-empty", Static)
        await until(pilot, lambda: "reviews.csv" in str(empty.render()))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen.PLACE != "corpus")


async def test_corpora_opens_a_corpus_and_its_index_can_be_stopped(
    app: Any, engine: Any, data: str, until: Any, starting_in: Any
) -> None:
    starting_in("corpora")
    stopped: list[bool] = []

    def slow(selection: Any, progress: Any) -> Any:
        from dltext.tui.kit.background import Stopped

        try:
            while True:
                progress(1, 100)
        except Stopped:
            stopped.append(True)
            raise

    engine.corpus_info = slow
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f9")
        await until(pilot, lambda: app.screen.PLACE == "corpora" and app.screen._listed)
        await pilot.press("enter")
        await until(pilot, lambda: app.screen.PLACE == "corpus")
        await pilot.press("escape")
        await until(pilot, lambda: app.screen.PLACE == "corpora" and stopped)


async def test_a_model_labels_in_the_background_and_all_is_exported(
    app: Any, engine: Any, data: str, until: Any, tmp_path: Path
) -> None:
    engine.column_models = lambda: [info for info in api.column_models() if info.name == "sentiment-en-cnn"]
    engine.fill_columns, engine.export_documents = api.fill_columns, api.export_documents
    engine.label_shares = api.label_shares
    async with app.run_test(size=(120, 30)) as pilot:
        app.push_screen(CorpusScreen(data))
        await until(pilot, lambda: edge(app) == "4 documents")
        await pilot.press("l")
        await until(pilot, lambda: app.screen.query("OptionList"))
        await pilot.press("enter")
        await until(
            pilot,
            lambda: any(
                "has read 4 documents: 2 columns, model.sentiment-en-cnn" in toast.message
                for toast in app._notifications
            ),
        )
        await until(pilot, lambda: "negative" in cells(app, 0))
        await pilot.press("4")
        await until(pilot, lambda: edge(app).startswith("2 labels, Corrected only roughly"))
        label, count, share, interval, corrected, bounds, _ = cells(app, 0)
        assert (label, count, share, interval) == ("negative", "2", "50.0 %", "15.0–85.0")
        assert corrected.endswith(" %")
        assert "–" in bounds
        await pilot.press("1", "f12")
        await until(pilot, lambda: app.screen.query("#path"))
        app.screen.query_one("#path", Input).value = str(tmp_path / "out.csv")
        await pilot.press("enter")
        await until(pilot, lambda: (tmp_path / "out.csv").exists())
        assert "model.sentiment-en-cnn" in (tmp_path / "out.csv").read_text("utf-8").splitlines()[0]
        await until(pilot, lambda: app.screen.PLACE == "corpus")
        await pilot.press("2")
        await until(pilot, lambda: edge(app).endswith("words, frequencies"))
        await pilot.press("f12")
        await until(pilot, lambda: app.screen.query("#path"))
        app.screen.query_one("#path", Input).value = str(tmp_path / "words.csv")
        await pilot.press("enter")
        await until(pilot, lambda: (tmp_path / "words.csv").exists())
        assert (tmp_path / "words.csv").read_text("utf-8").startswith("word,count,documents,per million\nsoup,6,4")


async def test_whoever_goes_through_documents_stays_there_when_a_model_has_read_them(
    app: Any, engine: Any, data: str, until: Any
) -> None:
    Path(data).write_text("id,text\n" + "".join(f"d{n},text number {n}\n" for n in range(260)), "utf-8")
    engine.column_models = lambda: [info for info in api.column_models() if info.name == "sentiment-en-cnn"]
    engine.fill_columns = api.fill_columns
    async with app.run_test(size=(120, 30)) as pilot:
        app.push_screen(CorpusScreen(data))
        await until(pilot, lambda: edge(app) == "260 documents")
        await pilot.press("end", *["up"] * 30)
        await until(pilot, lambda: cells(app, 229)[0] == "d229")
        sight = table(app).scroll_offset.y
        await pilot.press("l")
        await until(pilot, lambda: app.screen.query("OptionList"))
        await pilot.press("enter")
        await until(pilot, lambda: len(table(app)._columns) == 5 and cells(app, 229)[0] == "d229")
        assert (table(app).cursor, table(app).scroll_offset.y) == (229, sight)
        await until(pilot, lambda: "text number 229" in document(app))
        await pilot.press("home")
        await until(pilot, lambda: cells(app, 0)[:1] == ["d0"])


async def test_workers_and_rate_stand_beside_the_progress_and_a_lost_cluster_is_said_with_its_key(
    app: Any, engine: Any, data: str, until: Any
) -> None:
    engine.column_models = lambda: [info for info in api.column_models() if info.name == "sentiment-en-cnn"]
    engine.cluster_address = api.cluster_address
    asked = list[str]()
    go_on = threading.Event()

    def fill_columns(
        selection: Any, model: str, progress: Any = None, cluster: str = "", on_workers: Any = None
    ) -> tuple[str, ...]:
        asked.append(cluster)
        progress(0, 4_000)
        on_workers(2)
        for done in range(400, 4_001, 400):
            progress(done, 4_000)
            if go_on.wait(0.2):
                break
        raise ClusterError(f"The cluster's scheduler at {cluster} is gone: start it again.")

    engine.fill_columns = fill_columns
    async with app.run_test(size=(80, 24)) as pilot:
        app.push_screen(CorpusScreen(data))
        await until(pilot, lambda: edge(app) == "4 documents")
        await pilot.press("k")
        await until(pilot, lambda: isinstance(app.screen, ClusterAddress))
        await pilot.press(*"tcp://host", "enter")
        await until(pilot, lambda: "with host and port" in str(app.screen.query_one(".message").content))
        await pilot.press(*":8786", "enter")
        await until(pilot, lambda: app.screen.PLACE == "corpus")
        assert engine.preferences()["cluster"] == "tcp://host:8786"
        await pilot.press("l")
        await until(pilot, lambda: app.screen.query("OptionList"))
        await pilot.press("enter")
        box = app.screen_stack[1].query_one("#list")
        await until(pilot, lambda: re.search(r" of 4,000, 2 workers, [\d,]+/s, l stops$", str(box.border_title)))
        go_on.set()
        await until(pilot, lambda: app._notifications)
        message = list(app._notifications)[-1].message
        assert "at tcp://host:8786 is gone: start it again; k changes the address, what was read is kept" in message
        assert asked == ["tcp://host:8786"]
        await until(pilot, lambda: "workers, " not in str(box.border_title))


async def test_the_columns_of_a_file_can_be_chosen_again(app: Any, engine: Any, data: str, until: Any) -> None:
    engine.reading_of, engine.decide_reading = api.reading_of, api.decide_reading
    Path(data).write_text("one,two\nfirst words here,second words there\nthird,fourth\n", "utf-8")
    async with app.run_test(size=(120, 40)) as pilot:
        app.push_screen(CorpusScreen(data))
        await until(pilot, lambda: edge(app) == "2 documents")
        text = cells(app, 0)[1]
        await pilot.press("shift+f2")
        await until(pilot, lambda: isinstance(app.screen, ReadingForm) and app.screen.rows["text"].text)
        other = "two" if "first" in text else "one"
        app.screen.rows["text"]._control.value = other
        await pilot.pause()
        await pilot.press("enter")
        await until(pilot, lambda: app.screen.PLACE == "corpus" and cells(app, 0)[1:2] not in ([], [text]))
        assert cells(app, 0)[1] == ("second words there" if other == "two" else "first words here")


async def test_a_remedy_names_keys(app: Any, engine: Any, data: str, until: Any) -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        app.push_screen(CorpusScreen(data))
        await until(pilot, lambda: edge(app) == "4 documents")
        app.screen.query_one("#filter", Input).value = "model.sentiment-en-cnn:positive"
        empty = app.screen.query_one("#corpus-empty", Static)
        await until(pilot, lambda: "has read none of these documents yet" in str(empty.render()))
        assert "have it read them with l." in str(empty.render())


async def test_the_overview_leads_from_columns_to_values_to_documents(app: Any, data: str, until: Any) -> None:
    dated = REVIEWS.replace("stars\n", "stars,date\n").replace(",1\n", ",1,2019-03-01\n").replace(",5\n", ",5,2021\n")
    Path(data).write_text(dated.replace(",2\n", ",2,2019-12-31\n").replace(",4\n", ",4,2021-05\n"), "utf-8")
    async with app.run_test(size=(120, 30)) as pilot:
        app.push_screen(CorpusScreen(data))
        await until(pilot, lambda: edge(app) == "4 documents")
        await pilot.press("4")
        await until(pilot, lambda: edge(app).startswith("3 columns"))
        assert cells(app, 0) == ["label", "values", "4", "2", "neg 2, pos 2"]
        assert cells(app, 2)[:2] == ["date", "dates"]
        await pilot.press("down", "down", "enter")
        await until(pilot, lambda: edge(app) == "3 periods, by year; date from 2019 to 2021")
        assert [cells(app, row)[:2] for row in range(3)] == [["2019", "2"], ["2020", "0"], ["2021", "2"]]
        app.screen.query_one("#asked", Input).value = 'date "cold soup" soup'
        await until(pilot, lambda: edge(app).startswith("2 words, by year"))
        assert cells(app, 0)[:3] == ["cold soup", "1", "█ ·"]
        app.screen.query_one("#asked", Input).value = "date label"
        await until(pilot, lambda: edge(app).startswith("2 values, by year"))
        await pilot.press("enter")
        await until(pilot, lambda: app.screen._view == "documents" and edge(app) == "2 documents")
        assert app.screen.query_one("#filter", Input).value == "label:neg"
        assert cells(app, 1)[0] == "c"


@pytest.mark.parametrize(
    ("value", "part"),
    [("neg", "neg"), ("cs.CL", "cs.CL"), ("two words", '"two words"'), ('a"b', '"a\\"b"'), ("-x", '"-x"'), ("", '""')],
)
def test_values_are_quoted_as_filters_read_them(value: str, part: str) -> None:
    assert quoted(value) == part


async def test_words_are_plotted_along_the_corpus_and_joined_to_a_network(
    app: Any, data: str, until: Any, tmp_path: Path
) -> None:
    Path(data).write_text(REVIEWS + REVIEWS.partition("\n")[2] * 3, "utf-8")
    async with app.run_test(size=(80, 24)) as pilot:
        app.push_screen(CorpusScreen(data))
        await until(pilot, lambda: edge(app) == "16 documents")
        await pilot.press(
            "2",
            "m",
            *["down"] * 5,
            "enter",
            *"lovely",
            "space",
            "quotation_mark",
            *"cold",
            "space",
            *"soup",
            "quotation_mark",
        )
        await pilot.press("enter")
        await until(pilot, lambda: edge(app).startswith("2 words, dispersion"))
        assert [cells(app, row)[:2] for row in range(2)] == [["lovely", "8"], ["cold soup", "8"]]
        drawn = [cells(app, row)[4] for row in range(2)]
        assert len(drawn[0]) == len(drawn[1]) > 20
        # Of four copies in a row each word is there four times, the phrase before the adjective.
        assert [text.strip("·")[:1] != "" for text in drawn] == [True, True]
        assert drawn[0].startswith("····")
        assert not drawn[1].startswith("··")
        await pilot.press("m", "down", "enter")
        await until(pilot, lambda: edge(app).endswith("by log_dice"))
        assert ["soup", "cold"] in [cells(app, row)[:2] for row in range(table(app).total)]
        await pilot.press("f12")
        await until(pilot, lambda: app.screen.query("#path"))
        app.screen.query_one("#path", Input).value = str(tmp_path / "words.graphml")
        await pilot.press("enter")
        await until(pilot, lambda: (tmp_path / "words.graphml").exists())
        await until(pilot, lambda: app.screen.PLACE == "corpus")
        await pilot.press("enter")  # the pair's concordance
        await until(pilot, lambda: app.screen._view == "concordance" and "matches" in edge(app))


async def test_the_overview_shows_readability_by_group(app: Any, data: str, until: Any) -> None:
    async with app.run_test(size=(120, 30)) as pilot:
        app.push_screen(CorpusScreen(data))
        await until(pilot, lambda: edge(app) == "4 documents")
        await pilot.press("4", "m", "down", "enter")
        await until(pilot, lambda: edge(app).startswith("1 groups, readability"))
        assert cells(app, 0)[:4] == ["all", "4", "37", "21"]
        await pilot.press("f4", *"label", "enter")
        await until(pilot, lambda: edge(app).startswith("2 groups, readability"))
        assert [cells(app, row)[0] for row in range(2)] == ["neg", "pos"]


async def test_lemmas_are_counted_by_a_key_and_lead_to_all_their_forms(
    app: Any, data: str, until: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Lemmatizer:
        def __init__(self, **_: Any) -> None: ...

        def lemmatize(self, word: str, lang: str) -> str:
            assert lang == "en"
            return {"was": "be", "soups": "soup", "waiters": "waiter"}.get(word, word)

    factory = SimpleNamespace(SUPPORTED_LANGUAGES={"en"})
    names = ("simplemma", "simplemma.strategies", "simplemma.strategies.dictionaries")
    for name in names:
        monkeypatch.setitem(sys.modules, name, None)
    Path(data).write_text(REVIEWS.replace("A warm soup", "The warm soups"), "utf-8")
    async with app.run_test(size=(120, 30)) as pilot:
        app.push_screen(CorpusScreen(data))
        await until(pilot, lambda: edge(app) == "4 documents")
        await pilot.press("2")
        await until(pilot, lambda: edge(app).endswith("words, frequencies"))
        await pilot.press("w")
        empty = app.screen.query_one("#corpus-empty", Static)
        await until(pilot, lambda: "install dltext with [lemmas], or w goes back to words" in str(empty.render()))
        monkeypatch.setitem(sys.modules, names[0], SimpleNamespace(Lemmatizer=Lemmatizer))
        for name in (*names[1:], f"{names[2]}.dictionary_factory"):
            monkeypatch.setitem(sys.modules, name, factory)
        monkeypatch.setattr("importlib.metadata.version", lambda name: "2.0.0")
        await pilot.press("w", "w")
        await until(pilot, lambda: edge(app).endswith("lemmas, frequencies of lemmas"))
        assert [*cells(app, 0)[:3], cells(app, 0)[-1]] == ["soup", "6", "4", "soup soups"]
        await until(pilot, lambda: "warm soups" in document(app))
        await pilot.press("enter")
        await until(pilot, lambda: edge(app) == "6 matches, lemmas")
        await pilot.press("w")
        await until(pilot, lambda: edge(app) == "5 matches")


async def test_the_course_along_a_document_is_drawn_above_it(
    app: Any, engine: Any, data: str, until: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = "It is wonderful. I loved every moment. Then it fell apart. An awful, dull end. A waste of time. Terrible!"
    Path(data).write_text(f'id,text\na,"{long}"\nb,Short.\n', "utf-8")
    for name in ("column_models", "course"):
        setattr(engine, name, getattr(api, name))
    async with app.run_test(size=(120, 30)) as pilot:
        app.push_screen(CorpusScreen(data))
        await until(pilot, lambda: edge(app) == "2 documents" and long[:20] in document(app))
        along = app.screen.query_one("#along", Static)
        assert not along.display
        await pilot.press("c")
        await until(pilot, lambda: app.screen.query("OptionList"))
        assert "sentiment-en" in str(app.screen.query_one("OptionList").get_option_at_index(0).prompt)
        await pilot.press("enter")
        await until(pilot, lambda: along.display and "positive along the text, 6 parts" in str(along.render()))
        curve = str(along.render()).splitlines()[0]
        assert "█" in curve[: len(curve) // 3]
        assert "▁" in curve[-len(curve) // 3 :]
        await pilot.press("down")
        await until(pilot, lambda: "too short for a course (c ends it)" in str(along.render()))
        await pilot.press("c")
        await until(pilot, lambda: not along.display)


async def test_the_bar_and_its_keys_have_room_for_topics_a_map_labels_and_dictionaries() -> None:
    short = {name: view.SHORT for name, view in all_views().items()}
    coming = {name: name.capitalize() for name in ("topics", "map", "labels", "dictionaries")}
    keys = {pressed for action in SCREEN_ACTIONS["corpus"] for pressed in action.keys.split(",")}
    assert not keys & set("5678")

    class Bar(App[None]):
        def compose(self) -> ComposeResult:
            yield ModeBar({**short, **coming}, {**short, **coming})

    async with Bar().run_test(size=(80, 3)) as pilot:
        bar = pilot.app.query_one(ModeBar)
        drawn = bar.render_line(0).text
        assert drawn.rstrip().endswith("8 Dictionaries")


async def test_more_columns_than_room_are_shown_to_the_right(app: Any, data: str, until: Any) -> None:
    kinds = [f"kind-number-{n}" for n in range(9)]
    rows = "".join(f"a{n},a text,{kinds[n]},{n % 2}\n" for n in range(9))
    Path(data).write_text(f"id,text,kind,half\n{rows}", "utf-8")
    async with app.run_test(size=(80, 24)) as pilot:
        app.push_screen(CorpusScreen(data))
        await until(pilot, lambda: edge(app) == "9 documents")
        await pilot.press("4", "f4", *"half kind", "enter")
        await until(pilot, lambda: edge(app).startswith("2 values"))
        head = lambda: table(app).render_line(0).text  # noqa: E731
        assert kinds[0] in head()
        assert kinds[8] not in head()
        assert head().rstrip().endswith("›")
        await pilot.press(*["right"] * 20)
        assert kinds[8] in head()
        assert head().rstrip().endswith("‹")
        assert head().startswith("half")
        await pilot.press(*["left"] * 20)
        assert kinds[0] in head()
