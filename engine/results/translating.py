"""A text in another language, sentence by sentence, with what each word was made from."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Token:
    """A word, or a part of one: ``text[start:end]`` of the sentence that it belongs to (source or hypothesis)."""

    start: int
    end: int


@dataclass(frozen=True)
class Hypothesis:
    """One way to say it."""

    text: str
    score: float
    """Log-probability divided by the length penalty of Wu et al. 2016 (equation 14): comparable within a sentence."""
    tokens: tuple[Token, ...] = ()
    attention: tuple[tuple[float, ...], ...] = ()
    """A row a token: as many weights as the source has tokens, summing to 1. Empty for a model without attention."""
    copied: tuple[int, ...] = ()
    """Numbers of the tokens that were copied from the source, because the model has no word for them."""


@dataclass(frozen=True)
class Sentence:
    """One sentence of the text: ``text[start:end]`` is what was read, ``hypotheses`` the best first."""

    start: int
    end: int
    source: str
    tokens: tuple[Token, ...]
    hypotheses: tuple[Hypothesis, ...]
    through: str = ""
    """By a pivot: the sentence in the language between; tokens and attention are then those of the second step."""


@dataclass(frozen=True)
class Direction:
    """From one language to another, by one model, or by two where no direct one is there."""

    source: str
    target: str
    models: tuple[str, ...]
    """One bundle, or two: the second reads what the first wrote."""
    pivot: str = ""
    """The language between; empty for a direct model."""


@dataclass(frozen=True)
class Translation:
    """A text in another language. Stopped early, the sentences until then and ``complete`` false."""

    direction: Direction
    sentences: tuple[Sentence, ...]
    text: str
    """The best hypotheses, with the white space and the line breaks between the sentences as in the source."""
    complete: bool = True
    milliseconds: float = 0.0
    notes: tuple[str, ...] = ()
    """What people should know: unknown letters, sentences cut at the longest length, a language that looks wrong."""
