"""From Analyse to Words, and from a file to Analyse."""

import zipfile
from pathlib import Path
from typing import Any

import pytest

from dltext.engine import api
from dltext.tui.kit.document_screen import word_at
from dltext.tui.kit.reading_form import ReadingForm


@pytest.mark.parametrize(
    ("line", "column", "word"),
    [
        ("a good film", 3, "good"),
        ("a good film", 6, "good"),
        ("a good film", 11, "film"),
        ("'well-made', it", 4, "well-made"),
        ("a , b", 3, ""),
        ("", 0, ""),
        ("很好 film", 1, "很好"),
        ("DVD音乐", 4, "音乐"),
        ("[/x]", 2, "x"),
    ],
)
def test_the_word_at_the_cursor(line: str, column: int, word: str) -> None:
    assert word_at(line, column) == word


async def test_the_word_at_the_cursor_opens_words(words_app: Any, until: Any) -> None:
    async with words_app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: words_app.screen.models.infos)
        await pilot.press("ctrl+l")
        assert "Put the cursor on a word" in next(iter(words_app._notifications)).message
        words_app.screen.query_one("#area").text = "the king [/x] 很好的一部电影"
        words_app.screen.query_one("#area").cursor_location = (0, 6)
        await pilot.press("ctrl+l")
        await until(pilot, lambda: words_app.screen.PLACE == "words" and words_app.screen.line.value == "king")
        await until(pilot, lambda: words_app.screen._replies)
        await pilot.press("f5")
        words_app.screen.query_one("#area").cursor_location = (0, 17)
        await pilot.press("ctrl+l")
        assert "Select the word first" in list(words_app._notifications)[-1].message


async def test_a_file_says_how_it_was_read_and_can_be_read_otherwise(
    app: Any, engine: Any, until: Any, give_path: Any, tmp_path: Path
) -> None:
    engine.read_document, engine.reading_of, engine.decide_reading = (
        api.read_document, api.reading_of, api.decide_reading
    )  # fmt: skip
    old, table = tmp_path / "old.txt", tmp_path / "films.csv"
    old.write_bytes("Größe und Güte der Straßen überall".encode("cp1252"))
    table.write_text("what;mark\na long enough text;x\n", encoding="utf-8")
    async with app.run_test(size=(120, 36)) as pilot:
        screen = app.screen
        await pilot.press("ctrl+o")
        await give_path(pilot, old)
        await until(pilot, lambda: screen.document.text.startswith("Größe"))
        assert "plain text, cp1252" in str(screen.box.border_subtitle)
        await pilot.press("shift+f2")
        await until(pilot, lambda: isinstance(app.screen, ReadingForm) and app.screen.rows["encoding"].text == "cp1252")
        app.screen.rows["encoding"]._control.value = "cp1251"
        await pilot.pause()
        await pilot.press("enter")
        await until(pilot, lambda: screen.document.text.startswith("Gr") and "ö" not in screen.document.text)
        assert "plain text, cp1251" in str(screen.box.border_subtitle)
        api.decide_reading(str(old), {})

        await pilot.press("ctrl+o")
        await give_path(pilot, table)
        await until(pilot, lambda: screen.document.name == "films.csv")
        assert "a table (CSV), utf-8" in str(screen.box.border_subtitle), "a single row is a document"
        await pilot.press("x")
        assert "a table" not in str(screen.box.border_subtitle), "what is edited is no file's"


@pytest.fixture
def corpora(engine: Any) -> Any:
    """An engine that reads files and opens corpora as the real one does."""
    for name in ("corpus_document", "corpus_documents", "corpus_info", "read_document", "reading_of"):
        setattr(engine, name, getattr(api, name))
    return engine


@pytest.mark.parametrize("opened", ["table", "archive", "folder"])
async def test_what_holds_many_texts_opens_in_corpus(
    app: Any, corpora: Any, until: Any, give_path: Any, tmp_path: Path, opened: str
) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(3):
        (folder / f"{number}.txt").write_text(f"text number {number}", "utf-8")
    path = {"table": tmp_path / "films.csv", "archive": tmp_path / "films.zip", "folder": folder}[opened]
    if opened == "table":
        path.write_text("what;mark\n" + "a long enough text;x\n" * 3, "utf-8")
    elif opened == "archive":
        with zipfile.ZipFile(path, "w") as archive:
            for text in folder.iterdir():
                archive.write(text, text.name)
    async with app.run_test(size=(120, 36)) as pilot:
        app.screen.query_one("#area").text = "what was written before"
        await pilot.press("ctrl+o")
        await give_path(pilot, path)
        await until(pilot, lambda: app.screen.PLACE == "corpus" and app.screen._info is not None)
        assert app.screen._info.documents == 3
        assert app.current_mode == "corpora"
        await pilot.press("escape")
        await until(pilot, lambda: app.screen.PLACE == "corpora")
        await pilot.press("f5")
        await until(pilot, lambda: app.screen.PLACE == "analyse")
        assert app.screen.query_one("#area").text == "what was written before"
        assert "reading" not in str(app.screen.box.border_title)


async def test_a_table_that_the_program_is_started_with_opens_in_corpus(
    corpora: Any, until: Any, tmp_path: Path
) -> None:
    from dltext.tui.app import DltextApp

    path = tmp_path / "films.jsonl"
    path.write_text('{"text": "一部好电影", "label": "x"}\n{"text": "[b]another", "label": "y"}\n', "utf-8")
    started = DltextApp(engine=corpora, document=path, poll=False)
    async with started.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: started.screen.PLACE == "corpus" and started.screen._info is not None)
        assert started.screen._info.documents == 2
