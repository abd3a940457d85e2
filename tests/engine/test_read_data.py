"""A whole data set as a stream, with its size known beforehand."""

from itertools import islice
from pathlib import Path

import pytest

from dltext.engine import api
from dltext.engine.results import UserError


@pytest.fixture
def texts(tmp_path: Path) -> str:
    path = tmp_path / "authors.csv"
    path.write_text(
        "id,text,split\n" + "".join(f"a{n},text {n},{'test' if n % 4 == 0 else 'train'}\n" for n in range(20))
    )
    return str(path)


def test_all_of_it_or_a_part(texts: str) -> None:
    total, records = api.read_data(texts)
    listed = list(records)
    assert total == len(listed) == 20
    assert {record.id for record in listed} == {f"a{n}" for n in range(20)}
    total, records = api.read_data(texts, "test")
    assert total == 5
    assert [record.text for record in records] == [f"text {n}" for n in range(0, 20, 4)]


def test_a_part_that_is_not_there_is_said_before_anything_is_read(texts: str) -> None:
    with pytest.raises(UserError, match="no split 'dev9'"):
        api.read_data(texts, "dev9")


def test_it_is_a_stream_and_can_be_left_at_any_time(texts: str) -> None:
    _, records = api.read_data(texts)
    assert len(list(islice(records, 3))) == 3
