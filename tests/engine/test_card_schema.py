"""A card's fields are held to one table, and no card takes long to read."""

import time
from pathlib import Path

import pytest

from dltext.data.errors import UserError
from dltext.engine import card_schema

WHERE = Path("card.toml")


@pytest.mark.parametrize(
    "text",
    [
        "a." * 20_000 + "a = 1",
        "[" + "a." * 20_000 + "a]",
        "x = {" + '"a" . ' * 20_000 + "a = 1}",
        "x = {b = 1, " + "a." * 200_000 + "a = 1}",
        "a = " + "[" * 200_000,
        "a = " + "{a = " * 50_000,
        "a = " + "9" * 5000,
        "\n" * (1 << 19),
    ],
)
def test_none_takes_long(text: str) -> None:
    begun = time.monotonic()
    try:
        card_schema.parse(text, WHERE)
    except UserError as error:
        assert len(str(error)) < 300  # noqa: PT017
    assert time.monotonic() - begun < 5


def test_what_may_have_many_parts_is_read() -> None:
    dots = ".".join(f"part{number}" for number in range(40))
    read = card_schema.parse(f'text = "{dots} = 1"\nmore = """\n{dots}\n"""\nwhen = 2026-01-01\n', WHERE)
    assert read["text"] == f"{dots} = 1"
    assert read["when"] == "2026-01-01"


def test_measurements_that_are_no_numbers_are_left_out() -> None:
    read = card_schema.parse("[[metrics]]\nloss = nan\naccuracy = 0.5\n[serving]\ntemperature = nan\n", WHERE)
    assert read["metrics"] == [{"accuracy": 0.5}]
    with pytest.raises(UserError, match=r"serving\.temperature must be a number above 0 and at most 1000, not nan"):
        card_schema.number(read["serving"], "temperature", WHERE, 1.0)


@pytest.mark.parametrize(
    ("key", "value", "right"),
    [
        ("beam", 64, True), ("beam", 65, False), ("beam", 4.0, False), ("beam", True, False), ("beam", "4", False),
        ("temperature", 1e-300, False), ("temperature", 0.01, True), ("window", 0, False), ("window", 1, True),
        ("length_penalty", 0, True), ("length_penalty", float("inf"), False), ("states", None, False),
    ],
)  # fmt: skip
def test_numbers(key: str, value: object, right: bool) -> None:
    if right:
        assert card_schema.number({key: value}, key, WHERE) == value
    else:
        with pytest.raises(UserError, match=f"card.toml: serving.{key} must be a"):
            card_schema.number({key: value}, key, WHERE)


def test_what_is_quoted_is_short() -> None:
    for value in ("x" * 10**6, ["y" * 10**6], {"z": "z" * 10**6}, [0] * 10**6):
        assert len(card_schema.shown(value)) < 100
