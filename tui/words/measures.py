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
        self._found: Similarity | None = None
        self._sides: tuple[str, str] = ("", "")

    def show(self, found: Similarity, a: str, b: str) -> None:
        self._found, self._sides = found, (a, b)
        self.refresh(layout=True)

    def render(self) -> Content:
        found = self._found
        if found is None:
            return Content("")
        width = min(max(self.content_size.width - 21, 6), 60)
        lines = []
        indent = " " * (14 if self.content_size.width >= 48 else 2)
        for name, value, told in (
            ("mean vectors", found.cosine, "cosine of the two mean vectors"),
            ("word by word", found.pairwise, "mean cosine of all pairs of words"),
        ):
            drawn = bar(value or 0.0, width)
            number = "–" if value is None else cosine_text(value)
            lines += [
                Content.assemble(
                    (f"{name}  ", "bold"), (drawn, "$primary"), " " * (width - len(drawn)), (number.rjust(6), "bold")
                ),
                Content.styled(indent + told, "$quiet"),
            ]
        lines.append(Content(""))
        for sign, known, side in zip("AB", (found.a, found.b), self._sides, strict=True):
            lines.append(Content.assemble((f"{sign}  ", "bold $accent"), visible(side)))
            said = " ".join(visible(word) for word in known) or "no word of it is in the vocabulary"
            if said.lower() != visible(side).lower():
                lines.append(Content.styled(f"   read: {said}", "$quiet"))
        return Content("\n").join(lines)
