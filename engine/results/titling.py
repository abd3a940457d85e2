"""Titles for a text, with the origin of each word, and its keyphrases."""

from dataclasses import dataclass

from .translating import Token


@dataclass(frozen=True)
class Title:
    """One title."""

    text: str
    score: float
    """How much of its words and pairs of words the model's other candidates share, by their probability: 0 … 1
    (minimum Bayes risk, Kumar & Byrne 2004)."""
    tokens: tuple[Token, ...] = ()
    """The words of ``text``, by their places in it."""
    attention: tuple[tuple[float, ...], ...] = ()
    """A row a token: how much it looks at each of the words of the source (:attr:`Titles.tokens`), summing to 1."""
    copied: tuple[int, ...] = ()
    """Numbers of the tokens that were copied from the source rather than taken from the vocabulary, without words like
    "of" and punctuation."""
    origins: tuple[int, ...] = ()
    """For each token the number of the source word that it was copied from, or looks at most; -1 for none."""


@dataclass(frozen=True)
class Keyphrase:
    """A keyphrase: ``text[start:end]`` is where it stands first, ``score`` its share of what the model would copy."""

    text: str
    start: int
    end: int
    score: float


@dataclass(frozen=True)
class Titles:
    """What a text may be called."""

    model: str
    version: str
    candidates: tuple[Title, ...]
    """The best first, none twice."""
    tokens: tuple[Token, ...] = ()
    """The words of the source that were read, by their places in the whole text."""
    keyphrases: tuple[Keyphrase, ...] = ()
    """The strongest first."""
    lead: str = ""
    """The baseline: the first sentence, shortened."""
    read: float = 1.0
    """Share of the text's words that were read."""
    milliseconds: float = 0.0
    notes: tuple[str, ...] = ()
    fits: bool = True
    """False: the text is clearly in another language than the model's, and its titles are worth nothing."""
