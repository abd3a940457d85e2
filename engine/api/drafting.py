"""What stands in the boxes of the screen, kept on disk from one start to the next."""

from ..results import Draft


def save_draft(place: str, text: str, name: str = "", cursor: int = 0, beside: str = "") -> None:
    """Keep ``text`` as what this instance has in the box of ``place``; an empty one keeps nothing.

    ``name``: of the file it began as; ``cursor``: an offset; ``beside``: what else was written there. Atomic; nothing
    is kept where the preference ``drafts`` is false. Raises UserError where it cannot be written.
    """
    from .. import drafts as _drafts

    _drafts.save(place, text, name, cursor, beside)


def drafts() -> list[Draft]:
    """What instances left that are gone, the newest first. Never fails."""
    from .. import drafts as _drafts

    return _drafts.listing()


def take_draft(draft: str) -> tuple[Draft, str]:
    """A draft and its text; it is this instance's from now on. Raises UserError where it is there no more."""
    from .. import drafts as _drafts

    return _drafts.take(draft)


def forget_draft(draft: str) -> None:
    """Remove a draft that was left. Raises UserError where the disk refuses."""
    from .. import drafts as _drafts

    _drafts.forget(draft)
