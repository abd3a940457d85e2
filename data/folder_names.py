"""Label and split of a document by the names of the folders in which it lies."""

from .rows import SPLITS

DOCUMENT_SUFFIXES = {".txt", ".text", ".md", ".eml", ""}
"""Of plain texts."""
ARCHIVE = ".zip"
"""Of archives whose files stand for themselves."""
UNLABELLED = {"unsup", "unlabelled", "unlabeled"}
"""Folders of documents without a label (aclImdb's ``train/unsup``)."""


def label_and_split(path: str) -> tuple[str | None, str | None]:
    """The label and the split of a document at a path below the folder that is read."""
    *above, _ = path.split("/")
    split = SPLITS.get(above[0].lower()) if above else None
    label = above[-1] if len(above) > (split is not None) else None
    if label is not None and label.lower() in UNLABELLED:
        return None, "unsup"
    return label, split
