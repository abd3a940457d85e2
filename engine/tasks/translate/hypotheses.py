"""From decoded ids to what people read: text, places of its tokens, attention, and words copied where none is known."""

from collections.abc import Sequence

import numpy as np

from ...results import Hypothesis, Sentence, Token
from ...serve.decode import Decoded
from ...text.han import has_han
from ...text.symbols import UNK
from .model import Translator
from .parts import SentencePart

_AROUND = ".,;:!?…\"'“”‘’«»()[]{}<>，。！？；：、（）《》「」『』"
"""What stands around a word and is not copied with it."""


def sentence(
    model: Translator, part: SentencePart, answers: list[Decoded], explain: bool, through: str = ""
) -> Sentence:
    """The sentence at ``part``'s place with its hypotheses; tokens and attention only with ``explain``."""
    by_text: dict[str, Hypothesis] = {}
    for answer in answers:  # the same words may be cut into other pieces
        made = hypothesis(model, answer, part.text, part.tokens, explain)
        by_text.setdefault(made.text, made)
    return Sentence(
        part.start,
        part.start + len(part.text),
        part.text,
        whole(part.tokens, groups(part.text, part.tokens)) if explain else (),
        tuple(by_text.values()),
        through=through,
    )


def plain(part: SentencePart, explain: bool) -> Sentence:
    """What has nothing to translate, as it is."""
    whole = (Token(0, len(part.text)),) if explain else ()
    unchanged = Hypothesis(part.text, 0.0, whole, ((1.0,),) if explain else (), (0,) if explain else ())
    return Sentence(part.start, part.start + len(part.text), part.text, whole, (unchanged,))


def hypothesis(
    model: Translator, decoded: Decoded, source: str, tokens: tuple[Token, ...], explain: bool
) -> Hypothesis:
    """One translation; ``tokens`` are those of ``source`` that ``found.attention`` looks at."""
    text, places = model.target_subwords.pieces(decoded.ids.tolist())
    copied: tuple[int, ...] = ()
    if UNK in decoded.ids:
        text, places, copied = _copied(decoded, text, places, source, tokens)
    if text[-1:].isspace():
        text = text.rstrip()
        places = tuple(Token(min(place.start, len(text)), min(place.end, len(text))) for place in places)
    if not explain:
        return Hypothesis(text, decoded.score)
    rows = groups(text, places)
    attention = () if decoded.attention is None else together(decoded.attention, rows, groups(source, tokens))
    wholly = tuple(number for number, group in enumerate(rows) if set(group) & set(copied))
    return Hypothesis(text, decoded.score, whole(places, rows), attention, wholly)


def _copied(
    decoded: Decoded, text: str, places: tuple[Token, ...], source: str, tokens: tuple[Token, ...]
) -> tuple[str, tuple[Token, ...], tuple[int, ...]]:
    """``text`` with the most attended word of the source where the model has none (Jean et al. 2015, section 4.1)."""
    made, moved, copied, done = "", [], [], set()
    position, after = 0, False
    for number, (word, place) in enumerate(zip(decoded.ids.tolist(), places, strict=True)):
        made += text[position : place.start]
        shown = text[place.start : place.end]
        position = place.end
        if word == UNK:
            start, end = looked_at(source, tokens, decoded.attention, number)
            # Several pieces of one word that nobody knows are that word once.
            shown = "" if (start, end) in done else source[start:end]
            done.add((start, end))
            if shown:
                copied.append(number)
        if shown and made and (after or word == UNK) and _letter(made[-1]) and _letter(shown[0]):
            made += " "
        after = bool(shown) and word == UNK
        moved.append(Token(len(made), len(made) + len(shown)))
        made += shown
    return made + text[position:], tuple(moved), tuple(copied)


def looked_at(source: str, tokens: tuple[Token, ...], attention: np.ndarray | None, number: int) -> tuple[int, int]:
    """The word of ``source`` that token ``number`` of a translation looks at most; (0, 0) where there is none."""
    if attention is None:
        return 0, 0
    weights = [
        float(weight) if token.end > token.start else -1.0
        for weight, token in zip(attention[number].tolist(), tokens, strict=True)
    ]
    best = max(range(len(weights)), key=weights.__getitem__, default=None)
    if best is None or weights[best] < 0:
        return 0, 0
    return word_around(source, tokens[best].start, tokens[best].end)


def word_around(text: str, start: int, end: int) -> tuple[int, int]:
    """The word that ``text[start:end]`` is a part of: up to the blanks around it, without what encloses it; of Chinese
    characters the stretch itself."""
    if has_han(text[start:end]):
        return start, end
    first, last = start, end
    while first > 0 and _joins(text[first - 1]):
        first -= 1
    while last < len(text) and _joins(text[last]):
        last += 1
    while first < start and text[first] in _AROUND:
        first += 1
    while last > end and text[last - 1] in _AROUND:
        last -= 1
    return first, last


def _joins(letter: str) -> bool:
    return not letter.isspace() and not has_han(letter) and letter not in "，。！？；：、（）《》「」『』“”"


def _letter(letter: str) -> bool:
    """Whether it needs a blank before the next of its kind."""
    return letter.isalnum() and not has_han(letter)


# Pieces put together to the words that people see: what is looked at, and what looks, is a word and not a syllable.


def groups(text: str, tokens: Sequence[Token]) -> list[list[int]]:
    """Numbers of the tokens that make one word of ``text``: pieces of letters that touch.

    Digits stay alone, so do Chinese pieces and punctuation. A token without letters goes with the next one; those at
    the end (the end itself) are a group of their own.
    """
    grouped: list[list[int]] = []
    waiting: list[int] = []
    end, joins = -1, False
    for number, token in enumerate(tokens):
        if token.end <= token.start:
            waiting.append(number)
            continue
        piece = text[token.start : token.end]
        if joins and token.start == end and not waiting and _alphabetic(piece[0]):
            grouped[-1].append(number)
        else:
            grouped.append([*waiting, number])
            waiting = []
        end, joins = token.end, _alphabetic(piece[-1])
    return [*grouped, waiting] if waiting else grouped


def whole(tokens: Sequence[Token], made: list[list[int]]) -> tuple[Token, ...]:
    """The places of the groups."""
    places = []
    for group in made:
        full = [tokens[number] for number in group if tokens[number].end > tokens[number].start]
        places.append(Token(full[0].start, full[-1].end) if full else tokens[group[-1]])
    return tuple(places)


def together(attention: np.ndarray, rows: list[list[int]], columns: list[list[int]]) -> tuple[tuple[float, ...], ...]:
    """Attention ``[t, n]`` of words on words: the pieces looked at are summed, those that look are averaged, so that a
    row still sums to what it did."""
    summed = np.stack([attention[:, group].sum(axis=1) for group in columns], axis=1)
    return tuple(tuple(summed[group].mean(axis=0).tolist()) for group in rows)


def _alphabetic(letter: str) -> bool:
    return letter.isalpha() and not has_han(letter)
