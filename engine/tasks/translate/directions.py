"""Directions of translation: those of the installed models, and the one that a text needs."""

from ... import model_store
from ...results import Direction, UserError
from ...text.languages import doubt, language_of, named

TASK = "translate"
PIVOT = "en"
"""The language between that is preferred where there are several."""


def directions() -> list[Direction]:
    """Every direction that the installed models give: the direct ones first, then those through a third language.

    Of several models for one direction its default, from cards alone.
    """
    direct: dict[tuple[str, str], Direction] = {}
    for info in model_store.listing(TASK):
        source, target = (str(info.card.get("serving", {}).get(side, "")) for side in ("source", "target"))
        if info.default and not info.problem and source and target:
            direct[source, target] = Direction(source, target, (info.name,))
    through: dict[tuple[str, str], Direction] = {}
    for first in direct.values():
        for second in direct.values():
            ends = first.source, second.target
            if first.target != second.source or ends[0] == ends[1] or ends in direct:
                continue
            if ends not in through or first.target == PIVOT:
                through[ends] = Direction(*ends, first.models + second.models, first.target)
    return [*direct.values(), *through.values()]


def detect(text: str) -> str:
    """The language of a text as a code (``en``, ``zh``, ``fr`` …), among those that the models read; "" if unclear."""
    return language_of(text, {direction.source for direction in directions()})


def code(language: str) -> str:
    """A language as models name it: ``zh-CN`` and ``ZH`` are ``zh``."""
    return language.strip().lower().replace("_", "-").partition("-")[0]


def check(candidates: list[Direction], to: str, source: str) -> list[Direction]:
    """Those of ``found`` between the languages asked for (empty: any); UserError where there are none."""
    if not candidates:
        raise UserError(
            "There is no translator yet: train one with `dltext train seq2seq-attention --data tatoeba-en-zh` "
            "(or your own file of two columns), or import one with `dltext models import`."
        )
    fitting = [
        direction for direction in candidates if to in ("", direction.target) and source in ("", direction.source)
    ]
    if not fitting:
        asked = " ".join(
            part for part in (f"from {named(source)}" if source else "", f"to {named(to)}" if to else "") if part
        )
        raise UserError(f"No model translates {asked}; there are: {shown(candidates)}.")
    return fitting


def choose(every: list[Direction], text: str, to: str = "", source: str = "") -> tuple[Direction, tuple[str, ...]]:
    """Which way of ``every`` ``text`` goes, and what people should know about that; codes, empty where not asked for.

    UserError where no model goes there, or the text is in the language ``to`` already.
    """
    fitting = check(every, to, source)
    if source:
        return fitting[0], doubt(text, source)
    seems = language_of(text, {direction.source for direction in every})
    for direction in fitting:
        if direction.source == seems:
            return direction, ()
    if seems and seems == to:
        raise UserError(f"The text is in {named(to)} already: say which language it should be translated to.")
    if seems:
        raise UserError(f"No model translates from {named(seems)} to {named(to)}; there are: {shown(every)}.")
    return fitting[0], doubt(text, fitting[0].source)


def shown(candidates: list[Direction]) -> str:
    """Directions for people."""
    return ", ".join(
        f"{named(direction.source)} → {named(direction.target)}"
        + (f" (through {named(direction.pivot)})" if direction.pivot else "")
        for direction in candidates
    )
