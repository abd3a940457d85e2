"""Drafts: text written in a screen and not saved."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Draft:
    """A text that an earlier start of the screen left in one of its boxes."""

    id: str
    """What :func:`~dltext.engine.api.take_draft` and :func:`~dltext.engine.api.forget_draft` call it."""
    place: str
    """The place in whose box it stood: ``analyse``, ``translate`` …"""
    name: str
    """Of the file that it began as; empty where it was typed or pasted."""
    characters: int
    saved: float
    """When it was written last, in seconds since 1970."""
    beginning: str
    """Its first characters."""
    cursor: int = 0
    """The offset of the cursor."""
    beside: str = ""
    """What else was written there: in Titles the reader's own title."""
