"""Two measures of how near two texts are, as bars, and the words that were read of each."""

from textual.content import Content
from textual.widget import Widget

from ...engine.results import Similarity
from ..kit.bars import bar
from ..kit.text import visible


def cosine_text(value: float) -> str:
    """``0.67``, and no minus before a zero."""
    text = f"{value:.2f}"
    return "0.00" if text == "-0.00" else text


class Measures(Widget):
    """``show`` takes a similarity and the two sides as they were typed."""

    def __init__(self, **options: object) -> None:
        super().__init__(classes="box", **options)  # pyright: ignore[reportArgumentType]
        self.border_title = "Similarity"
        self._similarity: Similarity | None = None
        self._sides: tuple[str, str] = ("", "")

    def show(self, similarity: Similarity, a: str, b: str) -> None:
        self._similarity, self._sides = similarity, (a, b)
        self.refresh(layout=True)

    def render(self) -> Content:
        similarity = self._similarity
        if similarity is None:
            return Content("")
        width = min(max(self.content_size.width - 21, 6), 60)
        lines = []
        indent = " " * (14 if self.content_size.width >= 48 else 2)
        for name, value, about in (
            ("mean vectors", similarity.cosine, "cosine of the two mean vectors"),
            ("word by word", similarity.pairwise, "mean cosine of all pairs of words"),
        ):
            drawn = bar(value or 0.0, width)
            number = "–" if value is None else cosine_text(value)
            lines += [
                Content.assemble(
                    (f"{name}  ", "bold"), (drawn, "$primary"), " " * (width - len(drawn)), (number.rjust(6), "bold")
                ),
                Content.styled(indent + about, "$quiet"),
            ]
        lines.append(Content(""))
        for sign, words, side in zip("AB", (similarity.a, similarity.b), self._sides, strict=True):
            lines.append(Content.assemble((f"{sign}  ", "bold $accent"), visible(side)))
            said = " ".join(visible(word) for word in words) or "no word of it is in the vocabulary"
            if said.lower() != visible(side).lower():
                lines.append(Content.styled(f"   read: {said}", "$quiet"))
        return Content("\n").join(lines)
