"""From Analyse to Words."""

from typing import Any

import pytest

from dltext.tui.kit.document_screen import word_at


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
