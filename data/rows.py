"""One document, and the names of the columns that it is read from."""

import json
from dataclasses import dataclass, field
from typing import Any

from .errors import UserError

SPLITS = {
    "train": "train",
    "training": "train",
    "validation": "validation",
    "valid": "validation",
    "val": "validation",
    "dev": "validation",
    "development": "validation",
    "test": "test",
    "testing": "test",
}
"""What a split may be called, and what we call it."""


@dataclass(frozen=True, slots=True)
class Row:
    """One document; ``id`` is its own or its 1-based record number; ``split`` only where the file states one."""

    id: str
    text: str
    label: str | None = None
    split: str | None = None
    title: str | None = None
    """Where the file has one beside the text."""
    values: dict[str, str] = field(default_factory=dict, hash=False)
    """The columns asked for (see :class:`Columns`), as they are written; ``""`` where there is nothing."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Names of the columns, and whether a row without a label is an error."""

    text: str = "text"
    label: str = "label"
    id: str = "id"
    split: str = "split"
    title: str = "title"
    need_label: bool = False
    values: tuple[str, ...] = ()
    """Further columns that are read along; :data:`EVERY` for all that hold something else than the above."""
    blanks: bool = False
    """Whether a blank line of a plain text is a row as well, an empty one."""


EVERY = ("*",)
"""All the columns that there are."""

OWN = frozenset(("text", "id", "split", "title"))
"""Columns that never say something of an author."""


def make_row(values: dict[str, Any], record: int, where: str, columns: Columns) -> Row:
    """A row from a record's named values; UserError names ``where`` it went wrong."""
    text = values.get(columns.text)
    if not isinstance(text, str):
        if columns.text not in values:
            raise UserError(
                f"{where}: there is no {columns.text!r}; there is {_names(values)}. Name the right text column."
            )
        raise UserError(f"{where}: {columns.text!r} is not a text but {json.dumps(text)[:40]}.")
    label = values.get(columns.label)
    if columns.label not in values and (columns.need_label or columns.label != "label"):
        raise UserError(
            f"{where}: there is no {columns.label!r}; there is {_names(values)}. Name the right label column."
        )
    if not isinstance(label, str) or label[:1] in ("[", "{"):
        label = _single(label, where)
    label = None if label is None else str(label).strip()
    if not label and columns.need_label:
        raise UserError(f"{where}: the label is empty; fill it in or remove the line.")
    stated = values.get(columns.id)
    split = values.get(columns.split)
    title = values.get(columns.title)
    return Row(
        str(record) if stated in (None, "") else str(stated),
        text,
        label or None,
        None if split in (None, "") else str(split).strip(),
        title if isinstance(title, str) and title else None,
        _values(values, columns, where) if columns.values else {},
    )


def _single(label: Any, where: str) -> Any:
    """The one label in a list, or in what annotation programs write into a cell (``["pos"]``, ``{"choices": [...]}``).

    UserError for several, and for what is no word.
    """
    held = label
    if isinstance(label, str):
        try:
            held = json.loads(label)
        except (ValueError, RecursionError):
            return label  # a word in brackets
        if not (isinstance(held, list) or (isinstance(held, dict) and "choices" in held)):
            return label
    if isinstance(held, dict) and isinstance(held.get("choices"), list | str):
        held = held["choices"]
    if isinstance(held, list) and all(isinstance(each, str | int | float | None) for each in held):
        if len(held) > 1:
            listed = ", ".join(str(each)[:40] for each in held[:5])
            raise UserError(
                f"{where}: there are {len(held)} labels ({listed}), where a document has one; keep the one to "
                "be learnt."
            )
        return held[0] if held else None
    if isinstance(held, dict | list):
        raise UserError(
            f"{where}: the label is not one word or number but {json.dumps(held, ensure_ascii=False)[:40]}."
        )
    return held


def _values(values: dict[str, Any], columns: Columns, where: str) -> dict[str, str]:
    if columns.values == EVERY:
        others = OWN | {columns.text, columns.id, columns.split, columns.title}
        return {
            key: _plain(value)
            for key, value in values.items()
            if key not in others and not isinstance(value, dict | list)
        }
    for column in columns.values:
        if isinstance(value := values.get(column), dict | list):
            raise UserError(f"{where}: {column!r} is not one word or number but {json.dumps(value)[:40]}.")
    return {column: _plain(values.get(column)) for column in columns.values}


def _plain(value: Any) -> str:
    """A cell, or a JSON value, as it would stand in a cell."""
    if isinstance(value, str):
        return value.strip()
    return "" if value is None else json.dumps(value)


def _names(values: dict[str, Any]) -> str:
    return ", ".join(repr(key) for key in list(values)[:12]) or "nothing"
