"""Keyphrases of a text, by the model that writes its titles."""

from collections.abc import Sequence

from rich.cells import cell_len
from textual.content import Content

from ...engine.results import Keyphrase, Phrase
from ..kit.phrases import PhraseTable
from ..kit.text import one_line


class KeyphraseTable(PhraseTable):
    """A line a keyphrase: its share of what the model would write into a title, its words."""

    HELP = (
        "What the text is about: phrases that the model would write into a title, with their shares of all that it "
        "would. Enter, or a click, goes to a phrase in the text."
    )

    def offer(self, phrases: Sequence[Keyphrase], text: str) -> None:
        """``text``: where they stand."""
        self.show([Phrase(phrase.start, phrase.end, phrase.score, -1) for phrase in phrases], text)


def in_one_line(phrases: Sequence[Keyphrase], width: int) -> Content:
    """The strongest of them, as many as fit into ``width`` cells."""
    parts, used = Content.styled("about ", "$quiet"), len("about ")
    for number, phrase in enumerate(phrases):
        words = one_line(phrase.text, 60)
        cells = cell_len(words) + (3 if number else 0)
        if number and used + cells > width:
            break
        parts, used = Content.assemble(parts, (" · ", "$quiet") if number else "", (words, "bold")), used + cells
    return parts
