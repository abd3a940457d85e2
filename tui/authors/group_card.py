"""The authors of a whole corpus: a bar for each label, with the confidence interval of its true share."""

from collections.abc import Sequence
from itertools import groupby

from rich.cells import cell_len
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from ...engine.results import GroupAttribute, GroupProfile, Share
from ..actions import key
from ..kit.bars import bar, percent
from ..kit.profile_rows import number
from ..kit.text import fit, visible

LEANS = "Probabilities about style, no facts about people: the shares of a group are biased as the model is biased."


def whiskers(share: float, low: float, high: float, width: int) -> Content:
    """A bar of ``share`` (0 … 1) of ``width`` cells, over it ``├─┤`` from ``low`` to ``high``."""
    drawn = bar(share, width)
    cells = list(drawn.ljust(width))
    first, last = (min(max(int(value * width), 0), width - 1) for value in (low, high))
    # On the bar the interval is cut out of it, behind the bar it is drawn: seen without colour too.
    styled: list[tuple[str, str]] = []
    for column, cell in enumerate(cells):
        if first <= column <= last:
            sign = "┼" if first == last else "├" if column == first else "┤" if column == last else "─"
            styled.append((sign, "$background on $primary" if cell == "█" else "bold $accent"))
        else:
            styled.append((cell, "$primary"))
    return Content.assemble(
        *(("".join(cell for cell, _ in run), style) for style, run in groupby(styled, key=lambda pair: pair[1]))
    )


def interval(share: Share) -> str:
    """``46.0 – 50.4``, in percent."""
    return f"{100 * share.low:.1f} – {100 * share.high:.1f}"


class GroupCard(Widget, can_focus=True):
    """A :class:`GroupProfile` as bars; the rows take the width that there is."""

    HELP = (
        "Who writes here, as far as style shows it: for each attribute the mean of all authors' probabilities. The "
        "whiskers ├─┤ on a bar hold the share in 95 of 100 resamplings of the authors; they do not include errors "
        f"that the model makes in the same way for all. {key('export')} writes this to a file."
    )
    group: reactive[GroupProfile | None] = reactive(None, layout=True)

    def render(self) -> Content:
        group = self.group
        if group is None:
            return Content("")
        width = max(30, self.content_size.width or 60)
        lines: list[Content] = []
        names = _names(group.attributes, max(8, width // 4))
        for attribute in group.attributes:
            lines += [*_attribute(attribute, group.authors, width, names), Content("")]
        lines += [Content.assemble(("! ", "bold $warning"), visible(note)) for note in group.notes]
        if group.protocol:
            lines.append(Content.styled(visible(group.protocol), "$quiet"))
        lines.append(Content.styled(LEANS, "italic"))
        return Content("\n").join(lines)


def _names(attributes: Sequence[GroupAttribute], most: int) -> int:
    """Cells for the labels, the same in all attributes, so that all bars begin below one another."""
    labels = (visible(share.label) for attribute in attributes for share in attribute.shares)
    return min(max((cell_len(label) for label in labels), default=0), most)


def _attribute(attribute: GroupAttribute, authors: int, width: int, names: int) -> list[Content]:
    head: list[Content] = [Content.styled(visible(attribute.name), "bold")]
    if attribute.mean is not None:
        head.append(Content.styled(f"  {number(attribute.mean)} on average", "bold $primary"))
        if attribute.low is not None and attribute.high is not None:
            head.append(Content.styled(f"  ├─┤ {attribute.low:.2f} – {attribute.high:.2f}", "$quiet"))
    if attribute.unsure:
        share = percent(attribute.unsure / max(authors, 1)).strip()
        head.append(Content.styled(f"  ? cannot tell of {attribute.unsure:,} ({share})", "$quiet"))
    room = min(100, max(8, width - names - 28))
    # Up to three labels on the scale of all authors; of many, the largest fills the line.
    scale = 1.0 if len(attribute.shares) <= 3 else max((share.high for share in attribute.shares), default=1.0) or 1.0
    lines = [Content.assemble(*head)]
    for share in attribute.shares:
        lines.append(
            Content.assemble(
                "  ",
                fit(visible(share.label), names),
                "  ",
                whiskers(share.share / scale, share.low / scale, share.high / scale, room),
                (f"{100 * share.share:6.1f} %", "bold"),
                (f"  {interval(share):>13}", "$quiet"),
            )
        )
    return lines
