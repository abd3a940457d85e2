"""Chinese characters, told from all others."""

import re

HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f]+")
"""Runs of them."""


def has_han(text: str) -> bool:
    """Whether a Chinese character stands in ``text``."""
    return HAN.search(text) is not None
