"""Parallel sentences (and texts with titles): the data that encoder-decoders are trained and measured on."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from . import cards, guess
from .cards import Card
from .divided import SPLIT_SEED, digest
from .errors import UserError
from .pair_columns import Layout, layout
from .paths import existing, refuse_endless
from .reading import Reading
from .rows import SPLITS, Row
from .source import open_source
from .splits import hold_out
from .texts import whole

HELD_OUT = 1000
"""First sides (each with all its second sides) in validation and in test, where there are more than 20 times as many;
else a tenth each."""
TITLED = 1500
"""Texts with titles in validation and in test at most, of a card's own: as many as one measures in minutes."""
_ASIDE = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Pair:
    """One example: ``source`` is read, ``target`` written."""

    id: str
    source: str
    target: str


def same(text: str) -> str:
    """What two texts have in common that differ by case, punctuation and white space alone."""
    return _ASIDE.sub(" ", text.casefold()).strip()


class Pairs:
    """A data set of pairs; made by :func:`open_pairs`.

    Our splits keep together all pairs whose first sides are the :func:`same` (whichever is the source): no paraphrase
    of a test sentence is trained on. Where a data set is made of several, pairs whose first side is held out in any of
    them are left out of train.
    """

    def __init__(self, name: str, title: str, languages: tuple[str, str], licence: str, sha256: str, reverse: bool):
        self.name, self.title, self.licence, self.sha256 = name, title, licence, sha256
        self.source_language, self.target_language = languages[::-1] if reverse else languages
        self.language = self.source_language
        self.reverse, self.published = reverse, False
        self.columns: tuple[str, str] = ("", "")
        """Of a file with a header: where what is read stands, and what is written."""
        self.reading: Reading | None = None
        """How a file of somebody's own was read."""
        self._parts: dict[str, list[Pair]] = {}

    @property
    def splits(self) -> tuple[str, ...]:
        """Those of ``train``, ``validation`` and ``test`` that there are."""
        return tuple(self._parts)

    @property
    def counts(self) -> dict[str, int]:
        """Pairs a split."""
        return {split: len(part) for split, part in self._parts.items()}

    def rows(self, split: str) -> Iterator[Pair]:
        """The pairs of a split in the order of the files; UserError where there is no such split."""
        split = SPLITS.get(split, split)
        if split == "all":
            return (pair for part in self._parts.values() for pair in part)
        if split not in self._parts:
            raise UserError(f"{self.name} has no split {split!r}; it has {', '.join(self._parts)}.")
        return iter(self._parts[split])

    def _fill(self, parts: dict[str, list[Pair]]) -> "Pairs":
        filled = {split: parts[split] for split in ("train", "validation", "test") if parts.get(split)}
        if self.reverse:
            filled = {split: [Pair(p.id, p.target, p.source) for p in part] for split, part in filled.items()}
        self._parts = filled
        return self


def open_pairs(data: str, source_column: str = "", target_column: str = "", reverse: bool = False) -> Pairs:
    """The pairs of that name, or in that file: CSV, TSV or JSONL with two named columns, or two columns without a
    header, a tab between (see :func:`~dltext.data.pair_columns.layout`). ``reverse``: from the second side to the
    first.

    Raises UserError for unknown names and columns, lines with one side only, and data that are no pairs.
    """
    card = cards.find_card(data)
    if card is None:
        return _own_file(data, source_column, target_column, reverse)
    if card.task != "pairs":
        there = [other.name for other in cards.all_cards() if other.task == "pairs"]
        raise UserError(f"{data} holds no pairs of texts; choose {', '.join(there)}, or a two-column file of your own.")
    pairs = Pairs(card.name, card.title, (card.language, card.target_language), card.licence, "", reverse)
    parts, pairs.sha256, pairs.published = _of_card(card)
    return pairs._fill(parts)


def open_titles(data: str, source_column: str = "", target_column: str = "") -> Pairs:
    """Texts (the sources) and their titles (the targets): a card that has titles beside its texts, or a file as
    :func:`open_pairs` reads it, whose columns may be called text (or abstract) and title.

    Of splits that are ours :data:`TITLED` are validation and test at most, chosen by chance; what stands there is left
    out of train in any spelling, by text and by title. Raises UserError as :func:`open_pairs`, and where there are no
    titles.
    """
    card = cards.find_card(data)
    if card is None:
        return _own_file(data, source_column, target_column, False, titles=True)
    if card.task == "pairs":
        return open_pairs(data)
    source = open_source(data, min_labels=0)
    # Only those that are asked for: a card's own files may hold the whole, too.
    splits = [split for split in ("train", "validation", "test") if split in source.splits]
    parts = {split: _titled(source.rows(split)) for split in splits or source.splits}
    if not any(parts.values()):
        raise UserError(f"{data} has no titles beside its texts; choose arxiv or title-generate, or a file of your own "
                        "with the columns text and title.")  # fmt: skip
    if "train" not in parts:
        parts = _divide([pair for part in parts.values() for pair in part])
    held = {text for split, part in parts.items() if split != "train" for pair in part for text in _both(pair)}
    parts["train"] = [pair for pair in parts["train"] if not held.intersection(_both(pair))]
    if not source.published:
        parts = {split: part if split == "train" else _some(part, number)
                 for number, (split, part) in enumerate(parts.items())}  # fmt: skip
    pairs = Pairs(card.name, card.title, (card.language, card.language), card.licence, source.sha256, False)
    pairs.published = source.published
    return pairs._fill(parts)


def _titled(rows: Iterator[Row]) -> list[Pair]:
    return [pair for pair in map(_pair, rows) if pair.source and pair.target]


def _both(pair: Pair) -> tuple[str, str]:
    return same(pair.source), same(pair.target)


def _some(part: list[Pair], number: int) -> list[Pair]:
    """At most :data:`TITLED` of a part, in their order."""
    if len(part) <= TITLED:
        return part
    _, held = hold_out(["" for _ in part], TITLED / len(part), SPLIT_SEED + number)
    return [part[row] for row in held]


def _of_card(card: Card) -> tuple[dict[str, list[Pair]], str, bool]:
    """Its parts, never reversed, their fingerprint, and whether the splits are the publisher's."""
    if not card.pieces:
        source = open_source(card.name, min_labels=0)
        # What was imported is split for good, though the splits are ours.
        splits = ("all",) if "all" in card.splits else tuple(card.splits)
        stored = {split: [_pair(row) for row in source.rows(split)] for split in splits}
        return (_divide(stored["all"]) if "all" in stored else stored), source.sha256, source.published
    whole: dict[str, list[Pair]] = {}
    pieces = {name: _of_card(_piece(name)) for name in dict.fromkeys(piece.card for piece in card.pieces)}
    for piece in card.pieces:
        part = pieces[piece.card][0][piece.of]
        whole.setdefault(piece.split, []).extend(Pair(f"{piece.card}/{p.id}", p.source, p.target) for p in part)
    held = {
        same(pair.source) for parts, _, _ in pieces.values() for split in ("validation", "test")
        for pair in parts.get(split, ())
    }  # fmt: skip
    whole["train"] = [pair for pair in whole["train"] if same(pair.source) not in held]
    sums = digest(f"{piece.split} {piece.of} {pieces[piece.card][1]}" for piece in card.pieces)
    return whole, sums, False


def _piece(name: str) -> Card:
    card = cards.find_card(name)
    if card is None:
        raise UserError(f"There is no data set {name}, which another is made of; import the data again.")
    return card


def _pair(row: Row) -> Pair:
    return Pair(row.id, row.text.strip(), (row.title or "").strip())


def _divide(pairs: list[Pair]) -> dict[str, list[Pair]]:
    """Train, validation and test by first side, seeded."""
    numbers: dict[str, int] = {}
    owner = [numbers.setdefault(same(pair.source), len(numbers)) for pair in pairs]
    each = HELD_OUT if len(numbers) > 20 * HELD_OUT else max(1, len(numbers) // 10)
    if len(numbers) < 3:
        return {"train": pairs}
    rest, test = hold_out(["" for _ in numbers], each / len(numbers), SPLIT_SEED)
    _, validation = hold_out(["" for _ in rest], each / len(rest), SPLIT_SEED + 1)
    names = ["train"] * len(numbers)
    for held, name in ((test, "test"), (rest[validation], "validation")):
        for number in held:
            names[number] = name
    parts: dict[str, list[Pair]] = {"train": [], "validation": [], "test": []}
    for pair, number in zip(pairs, owner, strict=True):
        parts[names[number]].append(pair)
    return parts


def _own_file(data: str, source_column: str, target_column: str, reverse: bool, titles: bool = False) -> Pairs:
    path = existing(data)
    if path is None:
        path = Path(data)
        open_source(data, min_labels=0)  # says what there is
    refuse_endless(path)
    if path.is_dir():
        held = "texts and titles" if titles else "pairs"
        raise UserError(f"{data} is a folder; {held} are read from a file, two columns a line.")
    described = layout(path, source_column, target_column, titles)
    first, second = described.columns
    parts: dict[str, list[Pair]] = {}
    for pair, place, split in _pairs_in(described):
        if not pair.source or not pair.target:
            side = (
                ("second" if pair.source else "first")
                if not described.named
                else repr(second if pair.source else first)
            )
            raise UserError(f"{data}, {place}: the {side} side is empty; fill it in or remove this pair.")
        parts.setdefault(SPLITS.get(split.lower(), "all"), []).append(pair)
    if not parts:
        other = "title" if titles else "translation"
        raise UserError(f"{data} holds no pairs; a text and its {other} a line are expected.")
    published = set(parts) != {"all"}
    if published:
        parts["train"] = parts.get("train", []) + parts.pop("all", [])
    else:
        parts = _divide(parts["all"])
    some = [pair for part in parts.values() for pair in part[:500]]
    languages = (
        described.languages[0] or guess.language_of_sentences(pair.source for pair in some),
        described.languages[1] or guess.language_of_sentences(pair.target for pair in some),
    )
    pairs = Pairs(whole(str(path)), whole(path.name), languages, "your own", "", reverse)
    decided = [f"{key}={value}" for key, value in sorted(described.reading.stated.items())]
    pairs.sha256, pairs.published = digest([first, second, *decided, _content(path)]), published
    pairs.reading = replace(
        described.reading, text=first, title=second, why={"text": described.reason, "title": described.reason}
    )
    if described.named:
        pairs.columns = (second, first) if reverse else (first, second)
    return pairs._fill(parts)


def _pairs_in(described: Layout) -> Iterator[tuple[Pair, str, str]]:
    """Each pair, its place in the file, and the split that the file states."""
    first, second = described.columns
    columns = {column.casefold(): column for column in described.reading.columns}
    numbered = not described.named
    for record, (place, values) in enumerate(described.opened.records(), start=1):
        sides = []
        for column in (first, second):
            value = values.get(column)
            if value is not None and not isinstance(value, str):
                raise UserError(
                    f"{described.reading.path}, {place}: {column!r} is not a text but {json.dumps(value)[:40]}."
                )
            sides.append((value or "").strip())
        stated = values.get(columns.get("id", "id"))
        name = place.removeprefix("line ") if numbered else str(record) if stated in (None, "") else str(stated)
        yield Pair(name, sides[0], sides[1]), place, str(values.get(columns.get("split", "split")) or "").strip()


def _content(path: Path) -> str:
    import hashlib

    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
