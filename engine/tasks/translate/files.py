"""Translations as files for other programs: TMX 1.4b (translation memories), TSV, plain text."""

import csv
import io
import re
from collections.abc import Callable
from xml.sax.saxutils import escape, quoteattr

from .... import __version__
from ....data.texts import whole
from ...results import Sentence, Translation, UserError
from ...text.windows import blank_controls

_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 (section 2.2) does not allow, not even escaped."""


def export(translation: Translation, source: str, kind: str) -> str:
    """The sentences and their translations as ``tmx`` (TMX 1.4b), ``tsv`` or ``text``; UserError for another kind.

    ``source``: the whole text.
    """
    if kind not in _KINDS:
        raise UserError(f"A translation cannot be written as {kind!r}; there are: {', '.join(_KINDS)}.")
    return _KINDS[kind](translation, whole(source))


def _tmx(translation: Translation, source: str) -> str:
    """A unit a sentence (https://www.gala-global.org/tmx-14b)."""
    here, there = translation.direction.source or "und", translation.direction.target or "und"
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<!DOCTYPE tmx SYSTEM "tmx14.dtd">',
        '<tmx version="1.4">',
        f'  <header creationtool="dltext" creationtoolversion={quoteattr(__version__)} segtype="sentence" '
        f'o-tmf="dltext" adminlang="en" srclang={quoteattr(here)} datatype="plaintext">',
        *(f'    <prop type="x-model">{_xml(name)}</prop>' for name in translation.direction.models),
        "  </header>",
        "  <body>",
    ]
    for number, sentence in enumerate(translation.sentences, start=1):
        lines += [
            f'    <tu tuid="{number}">',
            f"      <tuv xml:lang={quoteattr(here)}><seg>{_xml(_read(sentence, source))}</seg></tuv>",
            f"      <tuv xml:lang={quoteattr(there)}><seg>{_xml(sentence.hypotheses[0].text)}</seg></tuv>",
            "    </tu>",
        ]
    return "\n".join([*lines, "  </body>", "</tmx>", ""])


def _xml(text: str) -> str:
    return escape(_ILLEGAL.sub("", text))


def _tsv(translation: Translation, source: str) -> str:
    """A sentence a line, quoted where needed, below the languages' codes: a file that one can train on."""
    made = io.StringIO()
    writer = csv.writer(made, delimiter="\t", lineterminator="\n")
    writer.writerow([translation.direction.source or "source", translation.direction.target or "target"])
    for sentence in translation.sentences:
        # A line break in a cell would be a line of its own to many a program.
        writer.writerow([" ".join(side.split()) for side in (_read(sentence, source), sentence.hypotheses[0].text)])
    return made.getvalue()


def _text(translation: Translation, source: str) -> str:
    return translation.text


def _read(sentence: Sentence, source: str) -> str:
    """What was read, as it stands in the text but for what commands terminals."""
    return blank_controls(source[sentence.start : sentence.end]) or sentence.source


_KINDS: dict[str, Callable[[Translation, str], str]] = {"tmx": _tmx, "tsv": _tsv, "text": _text}
