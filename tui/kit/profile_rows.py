"""What a profile says, line by line: bars of probabilities, an honest "cannot tell", estimates with their range."""

from collections.abc import Mapping, Sequence

from rich.cells import cell_len
from textual.content import Content

from ...engine.results import BundleInfo, Guess, Profile, Span, plural
from ...engine.results import percent as share_text
from .bars import bar, percent, probability_rows
from .text import fit, measured, one_line, visible

NOT_FOR = "A probability about style, never a fact about a person."
CANNOT = "cannot tell"
UNRELIABLE = "unreliable"
MOST = 3
"""Labels of an attribute where each attribute has one line."""


def quality(name: str, metrics: Mapping[str, float]) -> str:
    """How good a model is at one attribute, as it was measured; empty where nobody did."""
    if (right := metrics.get(f"{name}_accuracy")) is not None:
        return f"{share_text(right)} right"
    if (off := metrics.get(f"{name}_mae")) is not None:
        return f"off by {off:.1f} on average"
    return ""


def qualities(names: Sequence[str], info: BundleInfo) -> str:
    """All of them in a line: ``gender 80 %, age 78 % on blog-authors test``."""
    said = []
    for name in names:
        if (right := info.metrics.get(f"{name}_accuracy")) is not None:
            said.append(f"{visible(name)} {share_text(right, 0)}")
        elif (off := info.metrics.get(f"{name}_mae")) is not None:
            said.append(f"{visible(name)} ± {off:.1f}")
    if not said:
        return measured(info.metrics, info.measured_on)
    return ", ".join(said) + (f" on {info.measured_on}" if info.measured_on else "")


def number(value: float) -> str:
    """An estimate, with as many digits as it deserves."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}".removesuffix(".0")


def _doubt(guess: Guess, reliable: bool) -> str:
    """Why nothing is marked as likeliest; empty where something is."""
    if guess.kind == "number" and guess.value is None:
        return CANNOT
    if not reliable:
        return UNRELIABLE
    return "" if guess.sure or guess.kind == "number" else CANNOT


def guess_lines(
    guess: Guess, width: int, right: str, words: Sequence[str] = (), reliable: bool = True
) -> list[Content]:
    """An attribute in full: its name and how good the model is at it, a bar a label, the words that spoke for it.

    ``reliable``: else nothing is marked as likeliest.
    """
    head: list[Content] = [Content.styled(visible(guess.name), "bold")]
    if doubt := _doubt(guess, reliable):
        head.append(Content.styled(f"  ? {doubt}", "bold $warning"))
    if guess.kind == "number" and guess.value is not None:
        head.append(Content.styled(f"  {number(guess.value)}", "bold $primary" if reliable else "$quiet"))
    said = Content.assemble(*head)
    gap = width - said.cell_length - cell_len(right)
    lines = [Content.assemble(said, " " * gap, (right, "$quiet")) if right and gap > 1 else said]
    if guess.kind == "category":
        lines += probability_rows(guess.probabilities, () if doubt else (guess.label,), width)
    elif (span := _range(guess, width)) is not None:
        lines.append(span)
    if words:
        lines.append(_by(words, width))
    return lines


def _range(guess: Guess, width: int) -> Content | None:
    """``13 ├────┼──────────┤ 22.5   8 authors of 10``."""
    if guess.value is None or guess.low is None or guess.high is None:
        return None
    low, high = number(guess.low), number(guess.high)
    said = "  8 authors of 10"
    room = min(40, width - 4 - len(low) - len(high) - (len(said) if width >= 44 else 0))
    share = (guess.value - guess.low) / ((guess.high - guess.low) or 1.0)
    place = min(max(round(share * (room - 1)), 0), room - 1)
    drawn = "".join("┼" if x == place else "├" if x == 0 else "┤" if x == room - 1 else "─" for x in range(room))
    return Content.assemble(
        "  ",
        (low, "$quiet"),
        " ",
        (drawn, "$primary"),
        " ",
        (high, "$quiet"),
        (said if width >= 44 else "", "$quiet"),
    )


def _by(words: Sequence[str], width: int) -> Content:
    shown, used = [], 5
    for word in words:
        if used + cell_len(word) + 2 > width:
            break
        shown.append(word)
        used += cell_len(word) + 2
    return Content.assemble(("  by ", "$quiet"), ("  ".join(shown), "italic"))


def pulled(text: str, spans: Sequence[Span], most: int = 10) -> list[str]:
    """The words and word parts of these spans, each once."""
    words = (one_line(text[span.start : span.end], 24).strip() for span in spans)
    return list(dict.fromkeys(word for word in words if word))[:most]


def compact_line(guess: Guess, width: int, names: int, reliable: bool = True) -> Content:
    """An attribute in one line: its name in ``names`` cells, then its likeliest labels with short bars."""
    doubt = _doubt(guess, reliable)
    head: list[Content] = [Content.styled(fit(visible(guess.name), names), "bold"), Content(" ")]
    if guess.kind == "number":
        if guess.value is None or doubt:
            return Content.assemble(*head, (f"? {doubt}", "bold $warning"))
        said = "" if guess.low is None or guess.high is None else f"   {number(guess.low)} – {number(guess.high)}"
        return Content.assemble(*head, ("▸ ", "bold $accent"), (number(guess.value), "bold"), (said, "$quiet"))
    if doubt:
        head.append(Content.styled(f"? {doubt}  ", "bold $warning"))
    used = sum(part.cell_length for part in head)
    ranked = sorted(guess.probabilities, key=lambda label: -guess.probabilities[label])[:MOST]
    shown = {label: fit(visible(label), min(cell_len(visible(label)), 12)) for label in ranked}
    labels, room = ranked, 0
    # A label less, where bars would else be too short to be compared.
    for count in range(len(ranked), min(len(ranked), 2) - 1, -1):
        labels = ranked[:count]
        texts = sum(cell_len(shown[label]) for label in labels) + count * 8
        room = min(12, max(0, (width - used - texts) // max(count, 1)))
        if room >= 4:
            break
    else:
        labels, room = ranked, 0
    for label in labels:
        share, chosen = guess.probabilities[label], not doubt and label == guess.label
        drawn = bar(share, room) if room > 1 else ""
        part = Content.assemble(
            ("▸ " if chosen else "", "bold $accent"),
            (shown[label], "bold" if chosen else "$quiet"),
            " ",
            (drawn, "$primary" if chosen else "$quiet 70%"),
            " " if drawn else "",
            (percent(share).strip(), "bold" if chosen else "$quiet"),
            "  ",
        )
        if used + part.cell_length - 2 > width:
            break
        head.append(part)
        used += part.cell_length
    return Content.assemble(*head).rstrip()


def facts(profile: Profile, width: int) -> Content:
    """How fast, how much, how well known; as much as fits in a line."""
    speed = profile.milliseconds
    said = [f"{speed:.1f} ms" if speed < 100 else f"{speed:,.0f} ms"]
    more = [plural(profile.tokens, "token"), f"{percent(profile.known).strip()} known"] if profile.tokens else []
    if profile.read < 1:
        more.append(f"{percent(profile.read).strip()} read")
    for fact in more:
        if cell_len(" · ".join([*said, fact])) <= width:
            said.append(fact)
    return Content.styled(" · ".join(said), "$quiet")
