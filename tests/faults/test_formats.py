"""Damaged office documents, archives and books: each is read, or refused in one sentence, in time."""

import random
import time
from pathlib import Path

import pytest

from dltext.data.errors import UserError
from dltext.data.formats.opening import look
from dltext.tests.data.test_formats import CONTENT

FORMATS = (
    "xlsx",
    "ods",
    "docx",
    "odt",
    "epub",
    "pdf",
    "parquet",
    "zip",
    "html",
    "xml",
    "tmx",
    "json",
    "csv",
    "fasttext",
)
TIMES = 25
"""Damaged copies of each."""
SECONDS = 10.0
"""That one of them may take at most, on a busy machine."""


def damaged(content: bytes, chance: random.Random) -> bytes:
    data = bytearray(content)
    for _ in range(chance.randint(1, 6)):
        place = chance.randrange(len(data) or 1)
        kind = chance.randrange(4)
        if kind == 0:
            del data[place:]
        elif kind == 1:
            data[place:place] = chance.randbytes(chance.randint(1, 30))
        elif kind == 2:
            del data[place : place + chance.randint(1, 60)]
        elif data:
            data[min(place, len(data) - 1)] = chance.randrange(256)
    return bytes(data)


def refusal(path: Path) -> str:
    """What is said of a file that cannot be read; empty where it can."""
    try:
        assert all(isinstance(row.text, str) for row in look(path).rows())
    except UserError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("name", FORMATS)
def test_a_damaged_file_is_read_or_refused_in_one_sentence(tmp_path: Path, name: str) -> None:
    file, content, _, _ = CONTENT[name]
    whole, chance = content(), random.Random(name)
    for number in range(TIMES):
        path = tmp_path / f"{number}-{file}"
        path.write_bytes(damaged(whole, chance))
        start = time.monotonic()
        assert "\n" not in refusal(path)
        assert time.monotonic() - start < SECONDS
