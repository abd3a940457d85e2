"""Words that messages share."""


def plural(count: int, noun: str, many: str = "") -> str:
    """``count`` with its noun, as ``1 text`` and ``1,200 texts``; ``many``: the plural where it is no added s."""
    return f"{count:,} {noun if count == 1 else many or noun + 's'}"
