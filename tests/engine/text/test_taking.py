"""How much of a stream is worked on together."""

from dltext.engine.results import Record
from dltext.engine.text.batching import take


def ids(batch: list[Record]) -> list[str]:
    return [record.id for record in batch]


def test_as_many_as_asked_for_then_the_rest_then_none() -> None:
    stream = (Record(str(number), "x") for number in range(5))
    assert [ids(take(stream, 2, 100)) for _ in range(4)] == [["0", "1"], ["2", "3"], ["4"], []]


def test_fewer_where_they_are_long() -> None:
    stream = iter([Record("1", "x" * 60), Record("2", "x" * 40), Record("3", "x"), Record("4", "x" * 200)])
    assert [ids(take(stream, 10, 100)) for _ in range(3)] == [["1", "2"], ["3", "4"], []]


def test_no_more_is_read_than_given() -> None:
    read: list[int] = []
    stream = (read.append(number) or Record(str(number), "x" * 50) for number in range(9))
    take(stream, 3, 1000)
    assert read == [0, 1, 2]
    take(stream, 9, 100)
    assert read == [0, 1, 2, 3, 4]
