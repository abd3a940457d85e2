"""From a word of the document to the words like it."""

import re

from textual.widgets import TextArea

from ..kit.workbench import Workbench

_WORD = re.compile(r"[\w'’-]+")
_HAN = re.compile(r"[\u3400-\u9fff]+")
LONGEST = 200
"""Characters of a selection that are taken along."""
LONGEST_HAN = 4
"""Chinese characters that may be one word; of more it must be said which."""


def word_at(line: str, column: int) -> str:
    """The word of ``line`` in which or at whose end ``column`` lies; empty where there is none."""
    for found in _WORD.finditer(line):
        if found.start() <= column <= found.end():
            # Without blanks between words the signs left and right of the cursor's are other words.
            han = next((run for run in _HAN.finditer(line) if run.start() <= column <= run.end()), None)
            return han[0] if han is not None else found[0].strip("'’-")
    return ""


class SimilarWords(Workbench):
    """A screen with a text box ``#area``: what stands at its cursor opens Words."""

    def action_similar(self) -> None:
        area = self.query_one("#area", TextArea)
        row, column = area.cursor_location
        selected = " ".join(area.selected_text.split())[:LONGEST]
        word = selected or word_at(area.document.get_line(row), column)
        if not word:
            self.app.notify("Put the cursor on a word, or select one.")
        elif not selected and _HAN.match(word) and len(word) > LONGEST_HAN:
            self.app.notify("Select the word first: Chinese has no blanks that would show where it ends.")
        else:
            self.workbench.open_screen("words", word=word)
