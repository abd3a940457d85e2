"""Rows of records: text, label, split and title by the columns that a reading names, missing labels counted."""

import json
import math
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from .errors import UserError
from .joined_labels import parts
from .reading import Reading
from .rows import ALL, EVERY, OWN, PAIR, Columns, Row, names_of

_PASSAGE = frozenset(("start", "start_offset", "startOffset"))
"""Names in what annotation programs write of a label that marks a passage within the text."""
NO_COLUMN = "\x00"
"""The name of a column that no file has."""
SPELLED = 10_000
"""Different labels that are remembered as they are written."""


class RowMaker:
    """Makes rows of the records of one reading; ``skipped`` counts what it left out, by reason.

    With ``need_label`` a record whose label is missing is left out; where the reading names no label column, that is a
    UserError that says which columns could be it.
    """

    def __init__(self, reading: Reading, name: str, columns: Columns) -> None:
        self.reading, self.name, self.columns = reading, name, columns
        self.skipped: Counter[str] = Counter()
        self.passages = 0
        """Labels that mark passages within the text, which are not read."""
        self.trimmed: set[str] = set()
        """Labels that have blanks around them in the file."""
        self._missing = reading.missing_values if columns.unknown or columns.need_label else frozenset(("",))
        self._unknown = reading.missing_values
        self._merge = "merge" in reading.labels.split(",")
        self._first = "first" in reading.labels.split(",")
        self._spellings: dict[str, str] = {}
        for column in columns.values:
            alike = [place for place, other in enumerate(reading.columns, 1) if other.startswith(f"{column} (column ")]
            if alike and column not in reading.columns:
                listed = ", ".join(map(str, alike[:-1])) + f" and {alike[-1]}"
                raise UserError(
                    f"{name}, line 1: the columns {listed} are {'both' if len(alike) == 2 else 'all'} called "
                    f"{column!r}; give each a name of its own."
                )
        if columns.need_label and not reading.label and (reading.format != "json" or reading.candidates.get("label")):
            raise _no_label(reading, name)

    def rows(
        self, records: Iterable[tuple[str, dict[str, Any]]], picked: bytes | None = None, first: int = 1
    ) -> Iterator[Row]:
        """A row a record, in their order, the ``first`` of this number; UserError names the place of what is no text or
        no label.

        ``picked``: of the rows that there would be, only those whose byte is not 0; the rest are hardly looked at.
        """
        number = -1
        reading, columns = self.reading, self.columns
        # Of JSON the first records may lack what later ones have.
        late = "label" if reading.format == "json" and reading.labels != "none" else ""
        text_column, label_column, need = reading.text, reading.label or late, columns.need_label
        id_column, split_column, title_column = reading.id or "id", reading.split, reading.title
        read_on, pair_column = bool(columns.values), reading.pair
        spelled: dict[str, str | None] = {}
        for record, (place, values) in enumerate(records, start=first):
            labels: tuple[str, ...] = ()
            label = None
            if label_column:
                raw = values.get(label_column)
                if type(raw) is str and raw in spelled:
                    label = spelled[raw]
                else:
                    label, labels = self._labels(raw, place)
                    if label is not None and type(raw) is str and raw != raw.strip() and len(self.trimmed) < SPELLED:
                        self.trimmed.add(raw)
                    if type(raw) is str and not labels and len(spelled) < SPELLED:
                        spelled[raw] = label
                if label is None and not labels and need:
                    self.skipped["without a label"] += 1
                    continue
            if picked is not None:
                number += 1
                if number >= len(picked):
                    return
                if not picked[number]:
                    continue
            text = values.get(text_column)
            if type(text) is not str:
                text = self._text(text, values, place)
            if pair_column:
                second = values.get(pair_column)
                text += PAIR + (second if type(second) is str else self._text(second, values, place))
            stated = values.get(id_column)
            split = values.get(split_column) if split_column else None
            title = values.get(title_column) if title_column else None
            yield Row(
                str(record) if stated is None or stated == "" else str(stated),
                text,
                label,
                None if split is None or split == "" else str(split).strip(),
                title if title and type(title) is str else None,
                self._values(values, place) if read_on else {},
                labels,
                place,
            )

    def _text(self, text: Any, values: dict[str, Any], place: str) -> str:
        where = f"{self.name}, {place}"
        if text is None and self.reading.text in values:
            return ""
        if text is None:
            raise UserError(
                f"{where}: there is no {self.reading.text!r}; there is {names_of(values)}. Name the right text column."
            )
        if isinstance(text, list) and all(isinstance(part, str) for part in text):
            return " ".join(text)  # words or sentences, divided already
        if isinstance(text, int | float):  # as programs write a text that is nothing but a number
            return json.dumps(text)
        raise UserError(f"{where}: {self.reading.text!r} is not a text but {json.dumps(text)[:40]}.")

    def _labels(self, raw: Any, place: str) -> tuple[str | None, tuple[str, ...]]:
        """The one label, or all of several."""
        names = labels_in(raw)
        if names is None:
            shown = raw if isinstance(raw, str) else json.dumps(raw, ensure_ascii=False)
            if marks_passages(raw):
                if not self.columns.need_label:
                    self.passages += 1
                    return None, ()
                raise UserError(
                    f"{self.name}, {place}: the labels mark passages within the text ({shown[:40]}), and here a label "
                    "is one of all of it; name another label column, or read no labels (--read labels=none)."
                )
            raise UserError(
                f"{self.name}, {place}: the label is not one word or number but {shown[:40]}; name another label "
                "column, or correct it."
            )
        if sign := self.reading.separator:
            names = list(dict.fromkeys(filter(None, (part for name in names for part in parts(name, sign)))))
        names = [name for name in names if name.casefold() not in self._missing]
        if self._merge:
            names = list(dict.fromkeys(self._spellings.setdefault(spelling(name), name) for name in names))
        if len(names) > 1 and not self._first:
            return None, tuple(names)
        return (names[0] if names else None), ()

    def _values(self, values: dict[str, Any], place: str) -> dict[str, str]:
        wanted = self.columns.values
        reading = self.reading
        if wanted == ALL:
            if reading.columns == ("text",) or reading.format == "folder":
                return {}  # what has no columns of its own
            return {key: as_written(values.get(key)) for key in reading.columns if key != reading.id}
        if wanted == EVERY:
            others = OWN | {reading.text, reading.id, reading.split, reading.title, reading.pair}
            return {
                key: self._said(value)
                for key, value in values.items()
                if key not in others and not isinstance(value, dict | list)
            }
        for column in wanted:
            if isinstance(value := values.get(column), dict | list):
                raise UserError(
                    f"{self.name}, {place}: {column!r} is not one word or number but {json.dumps(value)[:40]}."
                )
        return {column: self._said(values.get(column)) for column in wanted}

    def _said(self, value: Any) -> str:
        """A value as it would stand in a cell; nothing where it means that nobody knows."""
        cell = plain(value)
        return "" if cell.casefold() in self._unknown else cell


def labels_in(raw: Any) -> list[str] | None:
    """The labels that a value holds: a word or number, a list of them, what annotation programs write (``["pos"]``,
    ``{"choices": [...]}``, ``{"pos": 1, "neg": 0}``, Label Studio's annotations), as JSON or as text in a cell. None
    where it is something else."""
    if isinstance(raw, str):
        held = raw.strip()
        if held[:1] not in ("[", "{"):
            return [held] if held else []
        try:
            parsed = json.loads(held)
        except (ValueError, RecursionError):
            return _python_list(held) or [held]  # a word in brackets
        if isinstance(parsed, list) or (isinstance(parsed, dict) and "choices" in parsed):
            return labels_in(parsed)
        return [held]
    if raw is None:
        return []
    if isinstance(raw, bool | int | float):
        return [str(raw)]
    if isinstance(raw, dict):
        if raw.keys() & _PASSAGE:
            return None
        if isinstance(paths := raw.get("taxonomy"), list) and all(isinstance(path, list) for path in paths):
            return ["/".join(map(str, path)) for path in paths]
        for key in ("choices", "labels", "label", "rating", "taxonomy"):
            if key in raw:
                return labels_in(raw[key])
        if raw and all(isinstance(value, bool | int | float) for value in raw.values()):
            return [str(name) for name, value in raw.items() if value >= 0.5]
        if "value" in raw:
            return labels_in(raw["value"])
        if "result" in raw:
            return labels_in(raw["result"])
        return None
    names: list[str] = []
    for part in raw:
        # A list in it is a span of the text with its label, which is another task.
        inside = None if isinstance(part, list) else labels_in(part)
        if inside is None:
            return None
        names += inside
    return list(dict.fromkeys(names))


def marks_passages(raw: Any) -> bool:
    """Whether a value that holds no labels of the whole text says where in it something stands."""
    if isinstance(raw, dict):
        return bool(raw.keys() & _PASSAGE) or any(marks_passages(raw.get(key)) for key in ("value", "result"))
    if not isinstance(raw, list) or not raw:
        return False
    first = raw[0]
    begin_and_end = isinstance(first, list) and len(first) == 3 and all(type(place) is int for place in first[:2])
    return begin_and_end or marks_passages(first)


def _python_list(held: str) -> list[str]:
    """The words of a list as Python prints it (``['pos']``), which pandas writes into cells; empty for what is none."""
    if held[:2] not in ("['", '["') or held[-1] != "]":
        return []
    import ast

    try:
        parsed = ast.literal_eval(held)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return []
    plain_words = isinstance(parsed, list) and all(isinstance(part, str) for part in parsed)
    return list(dict.fromkeys(parsed)) if plain_words else []


def spelling(label: str) -> str:
    """What labels have in common that differ in case, white space, width, what cannot be seen, hyphens for blanks, a
    stop at the end, how a number is written or how an accent is made."""
    if (number := number_of(label)) is not None:
        return str(number)
    plain = unicodedata.normalize("NFKC", label).casefold()
    seen = "".join(char for char in plain if unicodedata.category(char) != "Cf")
    words = " ".join(unicodedata.normalize("NFC", seen).replace("-", " ").replace("_", " ").split())
    return words.rstrip(" .:;") or label.strip()


def number_of(label: str) -> float | None:
    """The number that a label is; None for words."""
    try:
        value = float(label)
    except ValueError:
        return None
    return value if math.isfinite(value) and "_" not in label else None


def as_written(value: Any) -> str:
    """A value as it stands in a cell, blanks included."""
    return value if isinstance(value, str) else plain(value)


def plain(value: Any) -> str:
    """A cell, or a JSON value, as it would stand in a cell."""
    if isinstance(value, str):
        return value.strip()
    return "" if value is None else json.dumps(value, ensure_ascii=False)


def _no_label(reading: Reading, name: str) -> UserError:
    others = reading.candidates.get("label", ()) or tuple(
        column for column in reading.columns if column not in (reading.text, reading.id, reading.split)
    )
    if reading.format == "folder":
        return UserError(f"{name} has no sub-folders; put the texts into one folder a label.")
    if not others:
        return UserError(
            f"{name}: there is no label, and labels are needed here; use a CSV, TSV or JSONL file with a column "
            "'label', or a folder with one sub-folder a label."
        )
    listed = ", ".join(repr(column) for column in others[:8])
    return UserError(f"{name}: no column is called like labels; name the right label column: there is {listed}.")


__all__ = ["RowMaker", "labels_in", "number_of", "plain", "spelling"]
