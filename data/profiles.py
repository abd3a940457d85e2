"""Texts with the attributes of their authors: the data that profilers are trained and measured on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from . import attributes as names
from . import cards
from .attributes import Attribute, Request
from .cards import Card
from .columns import Survey
from .errors import UserError
from .paths import existing, expand, refuse_endless
from .readers import read_file
from .rows import EVERY, Row
from .source import Source, open_source

ALL = "*"
"""In place of attributes: all that a card names, also those not learnt by default."""


@dataclass(frozen=True, slots=True)
class ProfileRow:
    """One author: the text, and by attribute a label, a number, or None where nothing is known."""

    id: str
    text: str
    values: dict[str, str | float | None]


class Profiles:
    """A data set of authors; made by :func:`open_profiles`.

    ``source`` knows its name, title, language, licence, sha256, splits and counts, and whether the split is published.
    """

    def __init__(self, source: Source, attributes: tuple[Attribute, ...]) -> None:
        self.source, self.attributes = source, attributes

    def rows(self, split: str) -> Iterator[ProfileRow]:
        """The authors of a split, streamed, in the order of the files; UserError where there is no such split, or
        where a value is none of its attribute's."""
        for row in self.source.rows(split):
            yield ProfileRow(row.id, row.text, {each.name: self._value(each, row) for each in self.attributes})

    def _value(self, attribute: Attribute, row: Row) -> str | float | None:
        try:
            return attribute.value(row.values.get(attribute.column, ""))
        except ValueError as error:
            raise UserError(
                f"{self.source.name}, record {row.id}: the column {attribute.column!r} {error}; correct it, or leave "
                "it empty where it is not known."
            ) from None


def open_profiles(
    data: str, attributes: str = "", text_column: str = "text", *, wanted: Sequence[Attribute] = ()
) -> Profiles:
    """The data set of that name, or in that file, with the attributes asked for (as :func:`attributes.parse` reads).

    Empty: those that the card learns by default; of a file, all columns that can be learnt. ``wanted``, to measure a
    model: of its attributes those that the data have, with the model's labels. Our splits keep an author's records
    together, and are those of :func:`open_source` where each id occurs once. Raises UserError for unknown names and
    columns, values that do not fit, and data that say nothing of authors.
    """
    requests = () if attributes.strip() == ALL else names.parse(attributes)
    card = cards.find_card(data)
    if wanted:
        chosen = _shared(data, card, text_column, wanted)
    elif card is not None:
        chosen = _of_card(card, requests, every=attributes.strip() == ALL)
    else:
        survey = _survey(data, text_column)
        chosen = tuple(survey.asked(request) for request in requests) or survey.usable()
        if not chosen:
            raise _nothing(data, survey)
    columns = tuple(dict.fromkeys(attribute.column for attribute in chosen))
    source = open_source(data, text_column, min_labels=0, values=columns, by_author=True)
    return Profiles(source, chosen)


def attributes_of(data: str, text_column: str = "text") -> tuple[Attribute, ...]:
    """All attributes that a card names, or that can be learnt from the columns of a file, which is read through.

    Empty where there are none; UserError where the data cannot be read.
    """
    card = cards.find_card(data)
    if card is not None:
        return card.attributes
    if expand(data).is_dir():
        return ()
    return _survey(data, text_column).usable()


def _of_card(card: Card, requests: tuple[Request, ...], every: bool) -> tuple[Attribute, ...]:
    if not requests:
        chosen = tuple(attribute for attribute in card.attributes if every or attribute.default)
        if not chosen:
            columns = [other.name for other in cards.all_cards() if other.attributes]
            raise UserError(
                f"{card.name} says nothing of authors; name columns of it to learn, or choose {names.listed(columns)}, "
                "or a CSV or JSONL file of your own."
            )
        return chosen
    by_request = [_attribute_for(card, request) for request in requests]
    columns = tuple(
        request.column or request.name
        for request, attribute in zip(requests, by_request, strict=True)
        if attribute is None
    )
    if not columns:
        return tuple(attribute for attribute in by_request if attribute is not None)
    survey = Survey(_everything(open_source(card.name, min_labels=0, values=columns)), card.name)
    return tuple(
        attribute or _asked_of_card(survey, card, request)
        for request, attribute in zip(requests, by_request, strict=True)
    )


def _asked_of_card(survey: Survey, card: Card, request: Request) -> Attribute:
    column = survey.columns.get(request.column or request.name)
    if card.attributes and (column is None or not column.filled):
        there = names.listed([attribute.name for attribute in card.attributes])
        raise UserError(f"{card.name} has no attribute {request.name!r}; it has {there}.")
    return survey.asked(request)


def _attribute_for(card: Card, request: Request) -> Attribute | None:
    """The card's own attribute, by its name or else by its column; None where only the data can tell."""
    if request.column:
        candidates = [attribute for attribute in card.attributes if attribute.column == request.column]
    else:
        candidates = [attribute for attribute in card.attributes if attribute.name == request.name]
        candidates += [attribute for attribute in card.attributes if attribute.column == request.name]
    fitting = (attribute for attribute in candidates if request.kind in (None, attribute.kind))
    return next((replace(attribute, name=request.name, default=True) for attribute in fitting), None)


def _shared(data: str, card: Card | None, text_column: str, wanted: Sequence[Attribute]) -> tuple[Attribute, ...]:
    """What a model knows and the data say: by the attribute's name, else by its column."""
    if card is not None:
        by_name = {attribute.name: attribute for attribute in card.attributes}
        shared = [
            replace(original, labels=each.labels)
            for each in wanted
            if (original := by_name.get(each.name)) is not None and original.kind == each.kind
        ]
        there = list(by_name)
    else:
        columns = _survey(data, text_column).columns
        there = [name for name, column in columns.items() if column.filled]
        shared = []
        for each in wanted:
            candidates = [columns[name] for name in (each.name, each.column) if name in there]
            best = next((column for column in candidates if column.fits(each)), *candidates[:1] or [None])
            if best is not None:
                shared.append(Attribute(each.name, best.name, each.kind, each.labels))
    if not shared:
        raise UserError(
            f"{data}: the model knows {names.listed([each.name for each in wanted])}, and the data have "
            f"{names.listed(there) or 'no columns beside the text'}; name a column like an attribute of the model."
        )
    return tuple(shared)


def _survey(data: str, text_column: str) -> Survey:
    """The columns of a user's own file."""
    path = expand(data)
    if path.is_dir():
        raise UserError(
            f"{data} is a folder of texts, which says nothing of their authors; write a CSV or JSONL file, an author a "
            f"record: a column {text_column!r} and one for each attribute."
        )
    if existing(data) is None:
        open_source(data, min_labels=0)  # says what there is
    refuse_endless(path)
    return Survey(read_file(path, text_column, values=EVERY), data)


def _everything(source: Source) -> Iterator[Row]:
    for split in ("all",) if "all" in source.splits else source.splits:
        yield from source.rows(split)


def _nothing(data: str, survey: Survey) -> UserError:
    if not survey.records:
        return UserError(f"{data} holds no documents.")
    if not any(column.filled for column in survey.columns.values()):
        return UserError(
            f"{data} holds no columns beside the text; write a CSV or JSONL file, an author a record, with a "
            "column for each attribute."
        )
    return UserError(
        f"{data}: none of the columns {names.listed(list(survey.columns))} can be learnt unasked (2 to 20 different "
        "values, or more than 20 different numbers); name those that are meant, as name=column:category or :number."
    )
