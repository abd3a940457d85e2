"""Wording that messages share: plurals and percentages."""

JOINT = "; "
"""What stands between several labels of a text where they are shown, or written into one cell."""


def plural(count: int, noun: str, many: str = "") -> str:
    """``count`` with its noun, as ``1 text`` and ``1,200 texts``; ``many``: the plural where it is no added s."""
    return f"{count:,} {noun if count == 1 else many or noun + 's'}"


def percent(share: float | None, decimals: int = 1, unknown: str = "—") -> str:
    """A share (0 … 1) as all texts show it: ``91.4 %``, with a blank; what is not nothing is never ``0 %``."""
    if share is None:
        return unknown
    least = 10.0 ** -(decimals + 2)
    return f"<{100 * least:.{decimals}f} %" if 0 < share < least / 2 else f"{100 * share:.{decimals}f} %"
