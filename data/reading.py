"""How a file is read: each decision with its reason, and what a user may decide instead."""

import codecs
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .errors import UserError

ROLES = ("text", "label", "id", "split", "title", "pair")
"""What a column may be for."""
KEYS = {
    "format": "csv, jsonl, text, xlsx …",
    "encoding": "utf-8, windows-1252, gb18030 …",
    "delimiter": "comma, semicolon, tab, pipe, or the character itself",
    "header": "yes or no",
    "text": "the column of the texts, by name or by number from 1",
    "label": "the column of the labels",
    "id": "the column of the ids",
    "split": "the column that says train, validation or test",
    "title": "the column of the titles",
    "pair": "the column of the second texts, where a label is one of two texts together",
    "sheet": "the sheet of a workbook, by name or by number from 1",
    "member": "the file in an archive",
    "unit": "document (a whole file is one text), page, paragraph or line",
    "records": "where in a JSON object the list of records stands, as in data or result.items",
    "labels": "merge (spellings of one label), first (of several), number (learnt as such), or none (read no labels)",
    "separator": "what stands between several labels of a text: hash, pipe, semicolon, comma, the character itself, or "
    "none",
    "missing": "values that mean that nothing is known, between commas, or keep",
}
"""What a user may decide, and how it is written."""
DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "\\t": "\t", "pipe": "|", "space": " "}
SIGNS = {"hash": "#", "pipe": "|", "semicolon": ";", "comma": ",", "slash": "/", "plus": "+", "ampersand": "&"}
"""What may stand between several labels in one word, by its name."""
NONE = "none"
"""What stands for that where each word is one label, whatever signs are in it."""
UNITS = ("document", "page", "paragraph", "line")
MISSING = frozenset(("", "na", "n/a", "n.a.", "nan", "null", "?", "??", "#n/a", "<na>", "#null!", "nil"))
"""How people and programs write that nothing is known, in lower case."""


@dataclass(frozen=True)
class Reading:
    """What was decided about a file: enough to read it again in the same way.

    ``text`` … ``pair`` are names of ``columns``, empty where there is none; ``why`` says for each how it was chosen:
    ``stated``, ``name``, ``content``, ``only``, ``format`` or ``place``; ``candidates`` are the columns that
    could serve as well. ``left_out`` counts what is not read, by kind. ``preview``: the first three records, a value a
    column.
    """

    path: str
    format: str
    what: str = ""
    """The format for people: ``a CSV table``."""
    encoding: str = ""
    """Python's name; empty for formats that bring their own."""
    delimiter: str = ""
    header: bool | None = None
    """Whether the first record names the columns; None for formats that need none."""
    columns: tuple[str, ...] = ()
    text: str = ""
    label: str = ""
    id: str = ""
    split: str = ""
    title: str = ""
    pair: str = ""
    why: dict[str, str] = field(default_factory=dict[str, str], hash=False)
    candidates: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]], hash=False)
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    """The files of an archive that are read."""
    unit: str = ""
    records: str = ""
    labels: str = ""
    missing: str = ""
    separator: str = ""
    """What stands between several labels of a record; empty where each word is one."""
    left_out: dict[str, int] = field(default_factory=dict[str, int], hash=False)
    notes: tuple[str, ...] = ()
    preview: tuple[dict[str, str], ...] = field(default=(), hash=False)
    blanks: bool = False
    """Whether blank lines of a plain text are texts, too."""
    stated: dict[str, str] = field(default_factory=dict[str, str], hash=False)
    """What the user decided, as ``--read`` takes it."""

    @property
    def missing_values(self) -> frozenset[str]:
        """Values that mean that nothing is known, in lower case."""
        if self.missing == "keep":
            return frozenset(("",))
        named = frozenset(value.strip().casefold() for value in self.missing.split(",")) if self.missing else MISSING
        return named | {""}

    def reason(self, role: str) -> str:
        """How the column of ``role`` was chosen, for people, as in ``by its name``; empty where there is none."""
        return _REASONS.get(self.why.get(role, ""), "") if getattr(self, role) else ""

    def value(self, key: str) -> str:
        """What was decided, by the keys of :data:`KEYS` and as a user may write it; empty where there is nothing."""
        if key == "header":
            return "" if self.header is None else "yes" if self.header else "no"
        if key == "delimiter":
            return _DELIMITER_NAMES.get(self.delimiter, self.delimiter)
        if key == "separator":
            return _SIGN_NAMES.get(self.separator, self.separator) or self.stated.get(key, "")
        if key == "records" and self.records in _WHOLE:
            return ""
        return str(getattr(self, key, "") or self.stated.get(key, ""))

    def sentences(self) -> list[str]:
        """How it was read, for people: a line a fact; ``notes`` are said beside these."""
        facts = [self.what or self.format]
        facts += [f"encoding {self.encoding}"] if self.encoding else []
        facts += [f"delimiter {_shown_delimiter(self.delimiter)}"] if self.delimiter else []
        facts += [f"sheet {self.sheet!r}"] if self.sheet else []
        if self.records:
            facts.append(_WHOLE.get(self.records, f"records under {self.records!r}"))
        if self.unit and (self.unit != "line" or facts[0] != "a text a line"):
            facts.append(f"a text a {self.unit if self.unit != 'document' else 'file'}")
        if self.header is False:
            facts.append("no header")
        lines = [", ".join(facts)]
        for role in ROLES:
            if column := getattr(self, role):
                several = (
                    f", {_SIGN_NAMES.get(self.separator, self.separator)} between several" if self.separator else ""
                )
                lines.append(
                    f"{role}: column {column!r} ({self.reason(role) or 'chosen'}){several if role == 'label' else ''}"
                )
        if self.left_out and not any(note.startswith("Left out") for note in self.notes):
            listed = ", ".join(f"{count:,} {kind}" for kind, count in self.left_out.items())
            lines.append(f"left out: {listed}")
        return lines


_WHOLE = {
    "lines": "an object a line",
    "[]": "one list",
    "{columns}": "column by column",
    "{values}": "a record under each name",
    "{labels}": "a list of texts under each label",
    "{parts}": "a list for each part",
}
"""Where records stand that stand nowhere in particular."""
_SIGN_NAMES = {sign: name for name, sign in SIGNS.items()}
_DELIMITER_NAMES = {value: name for name, value in DELIMITERS.items() if name != "\\t"}
_REASONS = {
    "stated": "as you said",
    "name": "by its name",
    "content": "by what it holds",
    "only": "as the only one",
    "format": "as the format has it",
    "place": "by its place",
}


def from_json(values: Mapping[str, Any]) -> Reading:
    """A reading from its table, as JSON has it."""
    table: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
    table["candidates"] = {role: tuple(names) for role, names in (values.get("candidates") or {}).items()}
    return Reading(**table)


def parse(pairs: Sequence[str]) -> dict[str, str]:
    """``KEY=VALUE`` words of ``--read`` as a table; UserError for unknown keys and impossible values."""
    stated: dict[str, str] = {}
    for pair in pairs:
        key, sign, value = pair.partition("=")
        key, value = key.strip().lower(), value.strip(" ") or value
        if not sign or key not in KEYS:
            listed = ", ".join(KEYS)
            raise UserError(f"--read {pair}: write --read KEY=VALUE with one of these keys: {listed}.")
        stated[key] = value
    return checked(stated)


def checked(stated: Mapping[str, Any]) -> dict[str, str]:
    """What a user decided, each value as the readers take it; UserError for what cannot be."""
    table: dict[str, str] = {}
    for key, value in stated.items():
        value = str(value)
        if key not in KEYS:
            raise UserError(f"There is no reading option {key!r}; there are {', '.join(KEYS)}.")
        if not value:
            continue
        if key == "encoding":
            try:
                value = codecs.lookup(value).name
            except LookupError:
                raise UserError(f"There is no encoding {value!r}; write utf-8, windows-1252, gb18030 …") from None
        elif key == "delimiter":
            value = DELIMITERS.get(value.lower(), value)
            if len(value) != 1:
                raise UserError(f"The delimiter {value!r} must be {KEYS[key]}.")
        elif key == "separator":
            value = SIGNS.get(value.lower(), value)
            if len(value) != 1 and value.lower() != NONE:
                raise UserError(f"The separator {value!r} must be {', '.join(SIGNS)}, a character or none.")
        elif key == "header":
            value = {"true": "yes", "1": "yes", "false": "no", "0": "no"}.get(value.lower(), value.lower())
            if value not in ("yes", "no"):
                raise UserError(f"header is {value!r}; it must be yes or no.")
        elif key == "unit" and value not in UNITS:
            raise UserError(f"unit is {value!r}; it must be one of {', '.join(UNITS)}.")
        elif key == "labels" and not set(value.split(",")) <= {"merge", "first", "number", "none"}:
            raise UserError(f"labels is {value!r}; it must be {KEYS[key]}.")
        table[key] = value
    return table


def _shown_delimiter(delimiter: str) -> str:
    return _DELIMITER_NAMES.get(delimiter, repr(delimiter))
