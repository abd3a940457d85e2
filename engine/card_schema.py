"""The schema of model cards: one table of their fields, with types and bounds.

A card comes from whoever made the bundle, and everything reads it: lists, screens, decoders. So it is held to the table
once, when it is read, whatever will be done with it; what the table does not name is plain data of bounded depth.
"""

import math
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from ..data.errors import UserError
from .tasks.table import find_task, load

DEEPEST = 8
"""Tables inside each other."""
MOST_PARTS = 16
"""Parts of a dotted key: of thousands, tomllib takes hours."""
MOST_LABELS = 10_000
LONGEST_LABEL = 1_000
LONGEST_NAME = 300
LEAST_ABOVE = 1e-6
"""What is above a number is so much above it: what is divided by it stays finite."""
WHOLE = 1 << 63
"""Whole numbers of TOML have 64 bits."""
MEASURED = ("metrics", "settings", "data", "versions")
"""Tables that only tell how a model was made, and how good it is."""
NUMERIC = ("accuracy", "macro_f1", "ece", "loss", "examples", "floor_accuracy", "floor_macro_f1")
"""Measurements that are told as numbers wherever they stand."""

_KINDS: dict[type, tuple[str, ...]] = {
    str: ("name", "task", "recipe", "language"),
    dict: ("serving", "files", "settings", "data", "versions"),
    list: ("labels", "metrics"),
}
_KIND_NAMES = {str: "text", dict: "table", list: "list"}
_PART = r"""(?:[A-Za-z0-9_-]++|"[^"\n]*+"|'[^'\n]*+')"""
_LONG_KEY = rf"(?:^[ \t]*+\[{{0,2}}|[{{,])[ \t]*+{_PART}(?:[ \t]*+\.[ \t]*+{_PART}){{{MOST_PARTS},}}+[ \t]*+[=\]]"


@dataclass(frozen=True)
class Number:
    """From ``low`` to ``high``; ``above``: ``low`` itself is left out."""

    low: float
    high: float
    whole: bool = False
    above: bool = False

    def wrong(self, value: Any) -> str:
        """What it must be, where ``value`` is not that; else nothing."""
        number = isinstance(value, int if self.whole else (int, float)) and not isinstance(value, bool)
        low = self.low + (0 if not self.above else 1 if self.whole else LEAST_ABOVE)
        if number and low <= value <= self.high:
            return ""
        kind = "a whole number" if self.whole and self.above else "a number"
        said = f"above {self.low:g} and at most" if self.above else f"from {self.low:g} to"
        return f"{kind} {said} {self.high:g}"


@dataclass(frozen=True)
class Text:
    """A line of text; ``what`` says so to people, ``among`` lists all that it may be."""

    what: str = "a line of text"
    among: tuple[str, ...] = ()
    longest: int = LONGEST_NAME

    def wrong(self, value: Any) -> str:
        if self.among:
            return "" if isinstance(value, str) and value in self.among else f"one of {', '.join(self.among)}"
        right = isinstance(value, str) and value and len(value) <= self.longest and value.isprintable()
        return "" if right else self.what


@dataclass(frozen=True)
class Flag:
    """Yes or no."""

    def wrong(self, value: Any) -> str:
        return "" if isinstance(value, bool) else "true or false"


@dataclass(frozen=True)
class Shapes:
    """Shapes of arrays without the axis of the batch; -1: an axis that grows."""

    def wrong(self, value: Any) -> str:
        right = isinstance(value, list) and 0 < len(value) <= 100
        for shape in value if right else ():
            sizes = shape if isinstance(shape, list) and 0 < len(shape) <= 4 else [0]
            right = right and all(type(size) is int and (size == -1 or 1 <= size <= 100_000) for size in sizes)
        return "" if right else "a list of shapes, each of one to four sizes"


Field = Number | Text | Flag | Shapes

COUNT = Number(0, 1e9, whole=True)
FILE = Text("the name of one of the bundle's files")
CODE = Text("the code of a language", longest=35)
BEAM = Number(1, 64, whole=True)
SERVING: dict[str, Field] = {
    "kind": Text(),
    **dict.fromkeys(("model", "encoder", "step", "heads", "tokenizer", "source_tokenizer", "target_tokenizer"), FILE),
    **dict.fromkeys(("ngrams", "weights", "vectors", "words"), FILE),
    **dict.fromkeys(("source", "target", "language"), CODE),
    **dict.fromkeys(("lowercase", "simplify", "phrases", "attention", "copying", "pairs"), Flag()),
    "precision": Text(among=("float32", "float16", "int8")),
    "segmentation": Text(longest=40),
    # Of classifiers.
    "temperature": Number(0, 1000, above=True),
    "max_tokens": Number(1, 100_000, whole=True),
    "min_tokens": Number(1, 100_000, whole=True),
    "learns": Text(among=("label", "labels", "number")),
    "threshold": Number(0, 1),
    "min_confidence": Number(0, 1),
    "spread": Number(0, 1e12, above=True),
    **dict.fromkeys(("mean", "low", "high"), Number(-1e12, 1e12)),
    "sentence_words": Number(1, 1000, whole=True),
    # Of what answers with the first layers of an encoder (:mod:`.serve.shared_half`).
    "base": Text(longest=100),
    "base_layers": Number(0, 100, whole=True),
    "base_sha256": Text("a sha256", longest=64),
    # Of encoders: what stands before a query, and before a text that is searched.
    **dict.fromkeys(("query_prefix", "text_prefix"), Text()),
    # Of profilers.
    "window": Number(0, 10_000, whole=True, above=True),
    "max_windows": Number(0, 10_000, whole=True, above=True),
    "hops": Number(1, 10_000, whole=True),
    # Of what decodes.
    "states": Number(1, 100, whole=True),
    "longest": Number(1, 100_000, whole=True),
    "longest_title": Number(1, 1000, whole=True),
    "beam": BEAM,
    "length_penalty": Number(0, 10),
    "length_reward": Number(0, 100),
    "coverage_penalty": Number(0, 10),
    "expected_length": Number(0, 1000),
    "growth": Number(0.01, 1000),
    # Of vectors.
    "count": COUNT,
    "size": Number(1, 100_000, whole=True),
    "vector_size": Number(1, 100_000, whole=True),
    "vocabulary": COUNT,
    "negative": Number(0, 1000, whole=True),
    "exponent": Number(-10, 10),
    "subsampling": Number(0, 1),
    "epochs": Number(1, 1000, whole=True),
    "learning_rate": Number(0, 10, above=True),
}
"""Of ``[serving]``."""
ATTRIBUTE: dict[str, Field] = {
    "name": Text("a name and a kind, category or number", longest=100),
    "kind": Text("a name and a kind, category or number"),
    "column": Text(),
    "doubt": Number(-1, 1),
    "short": Number(0, 1000),
    "tokens": Number(0, 1e9),
    **dict.fromkeys(("mean", "std", "low", "high"), Number(-1e12, 1e12)),
}
"""Of each of ``attributes``."""


def serving_fields(task: str) -> dict[str, Field]:
    """What ``[serving]`` may hold in a bundle for ``task``: some mean by a key of others something of their own."""
    path = find_task(task).serving
    return SERVING | load(path) if path else SERVING


def parse(text: str, where: Path) -> dict[str, Any]:
    """The TOML in ``text`` as plain values: tables, lists, text, numbers; a UserError says what is wrong with it.

    Dates become text, and measurements that are no numbers (nan) are left out, as if nobody had measured.
    """
    dotted = any(line.count(".") >= MOST_PARTS for line in text.split("\n"))
    if dotted and re.search(_LONG_KEY, text, re.MULTILINE):
        raise UserError(f"{where} cannot be read: a key has more than {MOST_PARTS} parts. Import the model again.")
    try:
        card = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # bad TOML, absurd numbers, absurd nesting
        reason = str(error)[:200]
        raise UserError(f"{where} cannot be read: {reason}. Import the model again, or remove it.") from None
    except Exception as error:  # tomllib has faults of its own
        raise UserError(f"{where} cannot be read: it is no TOML ({type(error).__name__}).") from None
    return {key: _plain(value, key, where, 1, key in MEASURED) for key, value in card.items()}


def _plain(value: Any, key: str, where: Path, depth: int, measured: bool) -> Any:
    """``value`` of plain kinds; ``measured``: what is no number is left out of its table."""
    if depth > DEEPEST:
        raise UserError(f"{where}: {shown(key)} holds tables inside each other, more than {DEEPEST} deep.")
    if isinstance(value, dict):
        return {
            name: _plain(item, f"{key}.{name}", where, depth + 1, measured)
            for name, item in value.items()
            if not (measured and isinstance(item, float) and not math.isfinite(item))
        }
    if isinstance(value, list):
        return [_plain(item, key, where, depth + 1, measured) for item in value]
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, int) and not -WHOLE <= value < WHOLE:
        raise UserError(f"{where}: {shown(key)} is a number of more than 64 bits.")
    return value


def check_kinds(card: Mapping[str, Any], where: Path) -> None:
    """UserError where one of the card's own keys is not of its kind."""
    for kind, keys in _KINDS.items():
        for key in keys:
            if not isinstance(card.get(key, kind()), kind):
                raise UserError(f"{where}: '{key}' must be a {_KIND_NAMES[kind]}, not {shown(card[key])}.")
    if not all(isinstance(row, dict) for row in card.get("metrics", [])):
        raise UserError(f"{where}: each of 'metrics' must be a table.")
    for name, sum_of in card["files"].items():
        if not isinstance(sum_of, str):
            raise UserError(f"{where}: the sha256 of {shown(name)} must be a text, not {shown(sum_of)}.")


def check(card: Mapping[str, Any], where: Path) -> None:
    """UserError, one sentence, where a value of ``card`` is none that its key can have."""
    for key in ("task", "recipe"):
        if wrong := Text().wrong(card[key]):
            raise UserError(f"{where}: '{key}' must be {wrong}, not {shown(card[key])}.")
    if card["language"] and (wrong := CODE.wrong(card["language"])):
        raise UserError(f"{where}: 'language' must be {wrong}, not {shown(card['language'])}.")
    if not isinstance(card["version"], (str, int, float)) or not str(card["version"]).isprintable():
        raise UserError(f"{where}: 'version' must be a text, not {shown(card['version'])}.")
    check_labels(card.get("labels", []), "labels", where)
    fields = serving_fields(card["task"])
    for key, value in card["serving"].items():
        if key in fields:
            _hold(fields[key], value, f"serving.{key}", where)
    for key, value in card.items():
        _check_finite(value, key, where)
    _check_metrics(card.get("metrics", []), where)
    _check_attributes(card.get("attributes", []), where)


def number(serving: Mapping[str, Any], key: str, where: Path, usual: Any = None, task: str = "") -> Any:
    """A number of a card's ``serving``, ``usual`` where it says none; UserError where it is not as the table says."""
    value = serving.get(key, usual)
    _hold(serving_fields(task)[key], value, f"serving.{key}", where)
    return value


def check_labels(labels: Any, what: str, where: Path) -> None:
    """UserError where ``labels`` are not names of classes, each once."""
    if not isinstance(labels, list) or len(labels) > MOST_LABELS:
        raise UserError(f"{where}: '{what}' must be a list of at most {MOST_LABELS:,} names.")
    for label in labels:
        named = isinstance(label, (str, int, float)) and str(label).strip()
        if not named or len(str(label)) > LONGEST_LABEL or not str(label).isprintable():
            raise UserError(
                f"{where}: each of '{what}' must be a name of at most {LONGEST_LABEL:,} characters on one line, not "
                f"{shown(label)}."
            )
    if len(set(map(str, labels))) < len(labels):
        raise UserError(f"{where}: '{what}' must name two classes or more, each once.")


def _check_finite(value: Any, key: str, where: Path) -> None:
    if isinstance(value, dict):
        for name, item in value.items():
            _check_finite(item, f"{key}.{name}", where)
    elif isinstance(value, list):
        for item in value:
            _check_finite(item, key, where)
    elif isinstance(value, float) and not math.isfinite(value):
        raise UserError(f"{where}: {shown(key)} must be a number, not {value}.")


def _check_metrics(rows: Sequence[Mapping[str, Any]], where: Path) -> None:
    for row in rows:
        for key, value in row.items():
            if key == "confusion":
                _check_confusion(value, where)
            elif key in NUMERIC and (isinstance(value, bool) or not isinstance(value, (int, float))):
                raise UserError(f"{where}: {key} of 'metrics' must be a number, not {shown(value)}.")
            elif isinstance(value, (dict, list)):
                raise UserError(f"{where}: {shown(key)} of 'metrics' must be a number or a text.")


def _check_confusion(matrices: Any, where: Path) -> None:
    for matrix in matrices if isinstance(matrices, list) else [None]:
        if not isinstance(matrix, dict) or not _is_square(matrix.get("labels"), matrix.get("matrix")):
            raise UserError(f"{where}: each 'confusion' of 'metrics' must be a square matrix with its labels.")
        check_labels(matrix["labels"], "labels", where)
        if wrong := Text().wrong(matrix.get("attribute")):
            raise UserError(f"{where}: the attribute of a 'confusion' must be {wrong}.")


def _is_square(labels: Any, counts: Any) -> bool:
    if not isinstance(labels, list) or not isinstance(counts, list) or not 0 < len(labels) == len(counts):
        return False
    return all(
        isinstance(row, list) and len(row) == len(counts) and all(type(count) is int for count in row) for row in counts
    )


def _check_attributes(rows: Any, where: Path) -> None:
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise UserError(f"{where}: 'attributes' must name what the model says of an author: train or import it again.")
    for row in rows:
        name = row.get("name")
        for key in ("name", "kind"):
            if wrong := ATTRIBUTE[key].wrong(row.get(key)):
                raise UserError(f"{where}: each of 'attributes' needs {wrong}.")
        for key, value in row.items():
            if key in ATTRIBUTE:
                _hold(ATTRIBUTE[key], value, f"{key} of the attribute {name}", where)
        if "labels" in row:
            check_labels(row["labels"], f"labels of the attribute {name}", where)


def _hold(field: Field, value: Any, what: str, where: Path) -> None:
    if wrong := field.wrong(value):
        raise UserError(f"{where}: {what} must be {wrong}, not {shown(value)}.")


def shown(value: Any) -> str:
    """A value as a sentence quotes it: on one line, and not long."""
    if isinstance(value, str):
        return repr(value) if len(value) <= 80 else f"{value[:77]!r}…"
    if isinstance(value, (dict, list)):
        text = repr(value) if len(value) <= 5 else f"a {_KIND_NAMES[type(value)]} of {len(value)} entries"
        return text if len(text) <= 80 else f"{text[:77]}…"
    return repr(value)[:80]
