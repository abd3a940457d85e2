"""Text as people paste it to plain text: white space, words broken at a line's end, and LaTeX, places kept."""

import logging
import re
import unicodedata
from functools import lru_cache
from typing import Any

_HYPHEN = re.compile(r"(?<!\S)([^\s-]*[^\W\d_])(-[ \t]*\r?\n\s*)(?=[a-z])")
"""A word broken at the end of a line, as PDF has it; one that has hyphens before keeps this one."""
_LATEX = re.compile(
    r"""
      (?P<path>\b[A-Za-z]:\\\S*)                                         # C:\Users: left as it is
    | (?P<maths>(?<!\\)\$\$?(?=\S)(?!\d[^$\\^_=<>{}]*\$)[^$]{1,400}?(?<=\S)(?<!\\)\$\$?(?!\d))  # not "US$5 or US$6"
    | (?P<group>\{\s*\\(?:[^{}]|\{[^{}]*\})*\})                          # {\em so}, {\'e}
    | (?P<accent>\\["'`^~=.](?:\{\\?\w*\}|\\?\w)|\\[cHkrtuv]\{\\?\w+\})    # \"{o}, \'e, \c{c}
    | (?P<symbol>\\[%&#_$\{\} ,])
    | (?P<macro>\\[a-zA-Z]+\*?(?:\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\})*)
    """,
    re.VERBOSE,
)
_BLANKS = re.compile(r"\s+")


def clean(text: str) -> str:
    """``text`` on one line, LaTeX written out (``\\alpha`` as α, ``\\emph{so}`` as so)."""
    if "\\" in text or "$" in text:
        return cleaned(text)[0]
    return " ".join(_HYPHEN.sub(r"\1", text).split())


def cleaned(text: str) -> tuple[str, list[int]]:
    """What :func:`clean` says, and for each of its characters (and its end) the place in ``text`` that it came from.

    All that a LaTeX command makes stands where the command begins.
    """
    made: list[str] = []
    places: list[int] = []
    for piece, start, verbatim in _pieces(text):
        for offset, char in enumerate(piece):
            if char.isspace():
                if made and made[-1] != " ":
                    made.append(" ")
                    places.append(start + offset * verbatim)
                continue
            made.append(char)
            places.append(start + offset * verbatim)
    end = len(text)
    if made and made[-1] == " ":
        made.pop()
        end = places.pop()
    return "".join(made), [*places, end]


def _pieces(text: str) -> list[tuple[str, int, bool]]:
    """What becomes of ``text``, bit by bit: what is written, where it stood, and whether it was taken over as it is."""
    latex = []
    if "\\" in text or "$" in text:
        latex = [(match.start(), match.end(), True) for match in _LATEX.finditer(text) if match.lastgroup != "path"]
    broken = [(match.start(2), match.end(), False) for match in _HYPHEN.finditer(text)]
    pieces, position = [], 0
    for start, end, is_latex in sorted(latex + broken):
        if start < position:
            continue  # a line's end within a formula
        pieces.append((text[position:start], position, True))
        if is_latex:
            pieces.append((plain(text[start:end]), start, False))
        position = end
    return [*pieces, (text[position:], position, True)]


@lru_cache(maxsize=4096)
def plain(latex: str) -> str:
    """A formula or a command as plain text, by pylatexenc; a command that it does not know as what it is applied to, or
    else as its name."""
    try:
        made = _writer().latex_to_text(latex, tolerant_parsing=True)
    except Exception:  # of broken commands it raises what it comes upon; people paste what they like
        return latex.replace("$", "")
    made = _LETTERS.sub(lambda match: unicodedata.normalize("NFKC", match[0]), made)
    return _BLANKS.sub(" ", _FRAMED.sub(r"\1", made))


_LETTERS = re.compile("[\U0001d400-\U0001d7ff]+")
"""Calligraphic, bold, blackboard letters: they are letters."""
_FRAMED = re.compile(r"<(?:cit\.|ref)>|<([^<>\s]+)>")
"""How pylatexenc writes quotations, which nobody can look up, and addresses."""


@lru_cache(maxsize=1)
def _writer() -> Any:
    from pylatexenc import latex2text

    def unknown(node: Any) -> str:
        # Its arguments stand behind it as groups of their own.
        return "" if node.macroname in _SILENT else node.macroname + node.macro_post_space

    logging.getLogger("pylatexenc").setLevel(logging.CRITICAL)  # it tells of odd commands where a screen draws
    context = latex2text.get_default_latex_context_db()
    context.set_unknown_macro_spec(latex2text.MacroTextSpec("", simplify_repl=unknown))
    return latex2text.LatexNodes2Text(latex_context=context, math_mode="text", strict_latex_spaces=False)


_SILENT = frozenset({"rm", "em", "it", "bf", "sc", "tt", "cal", "sf", "sl", "noindent", "displaystyle", "textstyle",
                     "left", "right", "big", "Big", "bigl", "bigr", "limits", "xspace"})  # fmt: skip
"""Commands that print nothing."""
