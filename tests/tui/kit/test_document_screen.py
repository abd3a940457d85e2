"""From Analyse to Words, and from a file to Analyse."""

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
    table.write_text("what;mark\n" + "a long enough text;x\n" * 3, encoding="utf-8")
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
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
        await until(pilot, lambda: app._notifications)
        assert [toast.message for toast in app._notifications] == [
            "films.csv is a table (CSV) with 2 columns: here it is one document. F9, then o, reads its rows as a "
            "corpus, ctrl+g s searches them, F6 trains on them."
        ]
        assert "a table (CSV), utf-8" in str(screen.box.border_subtitle)
        await pilot.press("x")
        assert "a table" not in str(screen.box.border_subtitle), "what is edited is no file's"
