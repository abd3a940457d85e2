"""Names of what is written beside results, none longer than a file system takes."""

import os

LONGEST = 255
"""Bytes in a file's name, on all common systems."""


def aside_name(name: str) -> str:
    """What new results are called until they are all there."""
    return f".{_shortened(name, len('..part'))}.part"


def parts_name(name: str) -> str:
    """What the folder of parts is called that workers write of the results ``name``."""
    return f"{_shortened(name, len('.parts'))}.parts"


def _shortened(name: str, more: int) -> str:
    """``name``, or a digest of it where ``more`` bytes would make it too long for a file."""
    if len(os.fsencode(name)) + more <= LONGEST:
        return name
    import hashlib

    return hashlib.sha256(os.fsencode(name)).hexdigest()
