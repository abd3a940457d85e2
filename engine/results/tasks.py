"""Tasks, as screens and commands need them."""

from dataclasses import dataclass
from typing import Literal

DataKind = Literal["labels", "texts", "pairs", "titled", "authors"]
"""What a task learns from: texts with a label each, texts alone, texts and their translations, texts and their titles,
texts with what is known of their authors."""


@dataclass(frozen=True, kw_only=True)
class TaskInfo:
    """A task as people see it: what it is called, what it learns from, where its models are used."""

    name: str
    label: str
    """For people: ``Word vectors``."""
    data: DataKind
    place: str
    """The screen where its models are used."""
    command: str
    """The arguments of ``dltext`` that try a model, with ``{model}`` and, where they need it, ``{data}``."""
    card: str = ""
    """The kind of card that its models answer in on Analyse: ``labels``, ``profile`` …; empty: none."""
    card_title: str = ""
    """What such a card is called, where ``label`` names what is learnt instead."""
    search: str = ""
    """How Search ranks with such a model, ``mean``, ``paragraph``, ``sentence`` or ``encoder``; empty: it cannot."""
    vectors: bool = False
    """Whether its models are vectors of words, which other programs read too."""
    embeds: bool = False
    """Whether its models turn whole texts into vectors."""
    measures_by_title: bool = False
    """Whether a card tells its measurements by their titles, not by their keys."""
    baseline: str = ""
    """The recipe whose model is the baseline of the others; empty where that is no model."""
