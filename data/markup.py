"""Corpora that are one structure, not a record a line: SGML newswire, question answering, paragraphs."""

import html
import json
import re
from collections.abc import Iterator
from dataclasses import replace

from .errors import UserError
from .lines import LINE_LIMIT
from .rows import Columns, Row, as_labels

Numbered = Iterator[tuple[int, str]]

REUTERS_SPLITS = {"TRAIN": "train", "TEST": "test", "NOT-USED": "unsup"}
"""``LEWISSPLIT`` to ours; what Lewis left out of both is kept apart."""

_ATTRIBUTE = re.compile(r'(\w+)="([^"]*)"')
_TEXT = re.compile(r"<TEXT[^>]*>(.*?)</TEXT>", re.DOTALL)
_TITLE = re.compile(r"<TITLE>(.*?)</TITLE>", re.DOTALL)
_TOPICS = re.compile(r"<TOPICS>(.*?)</TOPICS>", re.DOTALL)
_PLACES = re.compile(r"<PLACES>(.*?)</PLACES>", re.DOTALL)
_DATE = re.compile(r"<DATE>(.*?)</DATE>", re.DOTALL)
_NAME = re.compile(r"<D>(.*?)</D>", re.DOTALL)
_BODY = re.compile(r"<BODY>(.*?)</BODY>", re.DOTALL)


def read_reuters(numbered: Numbered, name: str, columns: Columns) -> Iterator[Row]:
    """The stories of a Reuters-21578 SGML file: body, title, ``LEWISSPLIT`` as the split, ``NEWID`` as the id, the
    topics as labels.

    A brief has no body, there the title is the text; an unprocessed story has no tags within, there all is the text.
    Raises UserError where a story is not closed, or where there is none.
    """
    story: list[str] = []
    start, size, opened = 0, 0, False
    for number, line in numbered:
        if line.startswith("<REUTERS"):
            if story:
                raise UserError(f"{name}, line {start}: this <REUTERS> is not closed; get the file again.")
            start, size, opened = number, 0, True
        elif not story:
            continue
        story.append(line)
        size += len(line)
        if size > LINE_LIMIT:
            break
        if "</REUTERS>" in line:
            yield _story("".join(story), str(start), bool(columns.values))
            story = []
    if story:
        raise UserError(f"{name}, line {start}: this <REUTERS> is not closed; get the file again.")
    if not opened:
        raise UserError(f"{name}: there is no <REUTERS> in it; an SGML file of Reuters-21578 is expected.")


def read_reuters_topics(numbered: Numbered, name: str, columns: Columns) -> Iterator[Row]:
    """The stories that have topics, with the title as the first line of the text, as topics are learnt from both."""
    for row in read_reuters(numbered, name, columns):
        if row.names:
            yield row if row.title in (None, row.text) else replace(row, text=f"{row.title}\n{row.text}")


def _story(content: str, number: str, with_values: bool) -> Row:
    attributes = dict(_ATTRIBUTE.findall(content.partition(">")[0]))
    inside = _first(_TEXT, content)
    title = _plain(_first(_TITLE, inside))
    text = _plain(_first(_BODY, inside)) or title or _plain(inside)
    split = REUTERS_SPLITS.get(attributes.get("LEWISSPLIT", ""))
    # Only of these did the indexers look for topics (Lewis, README of the distribution, VI.C).
    topics = _names(_TOPICS, content) if attributes.get("TOPICS") == "YES" else ()
    row = Row(attributes.get("NEWID", number), text, split=split, title=title or None, **as_labels(topics))
    if not with_values:
        return row
    return replace(row, values={"date": _plain(_first(_DATE, content)), "places": "; ".join(_names(_PLACES, content))})


def _names(pattern: re.Pattern[str], content: str) -> tuple[str, ...]:
    """What stands in the ``<D>`` of a list, each once."""
    return tuple(dict.fromkeys(_plain(name) for name in _NAME.findall(_first(pattern, content))))


def _first(pattern: re.Pattern[str], content: str) -> str:
    match = pattern.search(content)
    return match[1] if match else ""


def _plain(content: str) -> str:
    """Entities resolved; those of control characters (``&#3;`` ends a story) come out as nothing."""
    return html.unescape(content).strip()


def read_contexts(numbered: Numbered, name: str, columns: Columns) -> Iterator[Row]:
    """The passages of a question-answering file in the shape of SQuAD, each once, without the questions.

    The id is the passage's own (CMRC) or its number; the title is that of its article.
    """
    pieces: list[str] = []
    size = 0
    for _, line in numbered:
        pieces.append(line)
        size += len(line)
        if size > LINE_LIMIT:
            raise UserError(f"{name} is over {LINE_LIMIT // 2**20} MB, too long for one JSON document; divide it.")
    try:
        articles = json.loads("".join(pieces))["data"]
        passages = [
            (paragraph.get("id"), paragraph["context"], article.get("title"))
            for article in articles
            for paragraph in article["paragraphs"]
        ]
    except json.JSONDecodeError as error:
        raise UserError(f"{name}, line {error.lineno}: broken JSON ({error.msg}); get the file again.") from None
    except (KeyError, TypeError, AttributeError, RecursionError):
        raise UserError(f"{name} is not in the shape of SQuAD: data, paragraphs, context.") from None
    for record, (record_id, context, title) in enumerate(passages, start=1):
        yield Row(str(record_id or record), str(context), title=str(title) if title else None)


def read_paragraphs(numbered: Numbered, name: str, columns: Columns) -> Iterator[Row]:
    """A document a paragraph, blank lines between; the id is the number of its first line."""
    held: list[str] = []
    start = size = 0
    for number, line in numbered:
        if line.strip():
            start = start if held else number
            held.append(line.rstrip("\r\n"))
            size += len(line)
            if size > LINE_LIMIT:
                raise UserError(f"{name}, line {start}: a paragraph of over {LINE_LIMIT // 2**20} MB; divide it.")
        elif held:
            yield Row(str(start), "\n".join(held))
            held, size = [], 0
    if held:
        yield Row(str(start), "\n".join(held))


def read_fields(numbered: Numbered, name: str, columns: Columns) -> Iterator[Row]:
    """One field a line of a table without a header, tabs between: the card's text column is its number, from 1.

    A title column that is a number, too, is read beside it: a translation. The id is the number of the line, the same
    for each of the fields: so sentences and translations meet again.
    """
    if not columns.text.isdecimal() or columns.text == "0":
        raise UserError(f"{name} has no header: name its text column by number, from 1, not {columns.text!r}.")
    wanted = int(columns.text) - 1
    title = int(columns.title) - 1 if columns.title.isdecimal() and columns.title != "0" else None
    most = max(wanted, title or 0) + 1
    for number, line in numbered:
        if not line.strip():
            continue
        cells = line.rstrip("\r\n").split("\t")
        if len(cells) < most:
            there = "is 1 field" if len(cells) == 1 else f"are {len(cells)} fields"
            raise UserError(f"{name}, line {number}: there {there}, where {most} are expected, with tabs between.")
        yield Row(str(number), cells[wanted].strip(), title=None if title is None else cells[title].strip())
