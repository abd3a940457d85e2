"""Units of a document: a record for each paragraph, or one for the whole document."""

from collections.abc import Iterable, Iterator

from ..errors import UserError
from ..lines import LINE_LIMIT
from . import Placed


def gathered(paragraphs: Iterable[Placed], unit: str) -> Iterator[Placed]:
    """The paragraphs themselves, or with the unit ``document`` one record of all of them."""
    if unit != "document":
        yield from paragraphs
        return
    texts, size, where = [], 0, ""
    for place, values in paragraphs:
        where = where or place
        texts.append(values["text"])
        size += len(values["text"])
        if size > LINE_LIMIT:
            raise UserError(
                f"A document of over {LINE_LIMIT // 2**20} MB is too long for one text; read it by paragraph."
            )
    if texts:
        yield where, {"text": "\n".join(texts), "id": "1"}
