"""The line where words are typed, with the rest of the word in grey behind the cursor: the right arrow takes it."""

import asyncio
import re
from collections.abc import Callable
from typing import Any

from textual.message import Message
from textual.suggester import Suggester
from textual.widgets import Input

from ..kit.text import visible

LONGEST = 4_000
"""Characters that are taken; a text to compare is short."""
_LAST = re.compile(r"[^\s,，、;；|｜+\-]+$")


class Completion(Suggester):
    """``suggest(beginning)`` gives words of the vocabulary, the most frequent first; called in a thread."""

    def __init__(self, suggest: Callable[[str], list[str]]) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._suggest = suggest

    async def get_suggestion(self, value: str) -> str | None:
        last = _LAST.search(value)
        if last is None or len(last[0]) > 40:
            return None
        beginning = last[0]
        try:
            words = await asyncio.to_thread(self._suggest, beginning)
        except Exception:  # a completion is a courtesy; what is wrong with the vectors is said by the answer
            return None
        for word in words:
            # The typed letters stay as they are: a capital may begin a sentence.
            if len(word) > len(beginning) and word.lower().startswith(beginning.lower()):
                return value + word[len(beginning) :]
        return None


class WordLine(Input):
    """One line of words; ``Changed`` is posted on each key, ``Left`` when the arrow down leaves it."""

    HELP = (
        "Type a word for its neighbours; king - man + woman to calculate; two words with a comma for their "
        "similarity, more for the odd one out; text | text for that of texts. The right arrow takes the grey "
        "completion of a word, the arrow down goes to the answer."
    )

    class Left(Message):
        """The user wants to go to what stands below."""

    def __init__(self, suggest: Callable[[str], list[str]], **options: Any) -> None:
        super().__init__(
            classes="box", suggester=Completion(suggest), max_length=LONGEST, select_on_focus=False, **options
        )

    def key_down(self) -> None:
        self.post_message(self.Left())

    def take(self, text: str) -> bool:
        """Insert a paste at the cursor, in one line; False if it had to be cut. Short lines become a list."""
        lines = [" ".join(line.split()) for line in text[: 2 * LONGEST].splitlines()]
        lines = [line for line in lines if line]
        listed = len(lines) > 1 and all(len(line.split()) <= 3 for line in lines)
        joined = visible((", " if listed else " ").join(lines))
        room = max(LONGEST - len(self.value) + len(self.selected_text), 0)
        self.replace(joined[:room], *sorted(self.selection))
        return len(joined) <= room and len(text) <= 2 * LONGEST
