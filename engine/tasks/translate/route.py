"""A direction with its models opened: sentences go in, translated ones come out, by one model or by two."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ...results import Direction, Hypothesis, Sentence, UserError
from ...serve.decode import Decoded
from ...text.languages import doubt, named
from . import directions, hypotheses
from . import parts as sentence_parts
from .model import Translator, open_translator
from .parts import SentencePart

WIDEST = 64
"""Hypotheses held at once at most."""
UNSPACED = frozenset({"zh", "ja", "th"})
"""Languages that write no blank between sentences."""


@dataclass(frozen=True)
class Done:
    """A translated sentence, the part of the text that it was, and whether its translation came to an end."""

    sentence: Sentence
    part: SentencePart
    finished: bool = True


@dataclass(frozen=True)
class Way:
    """``width`` hypotheses are held at once (0: what each model's card says) and the ``best`` given back."""

    direction: Direction
    models: tuple[Translator, ...]
    """One, or two of which the second reads what the first wrote."""
    notes: tuple[str, ...]
    width: int = 0
    best: int = 1

    @property
    def last(self) -> Translator:
        """The model that writes the target language."""
        return self.models[len(self.models) - 1]

    @property
    def spaced(self) -> bool:
        """Whether blanks stand between sentences of the target language."""
        return self.direction.target not in UNSPACED

    def read(self, text: str, start: int = 0) -> Iterator[SentencePart]:
        """A sentence that stands at ``start``, in as many parts as the first model needs."""
        return sentence_parts.read(self.models[0], text, start)

    def translate(
        self, parts: Sequence[SentencePart], explain: bool, should_stop: Callable[[], bool] = lambda: False
    ) -> list[Done | None]:
        """Each of ``parts`` translated; None for those that were not done when it was stopped."""
        done: list[Done | None] = [
            Done(hypotheses.plain(part, explain), part) if part.ids is None else None for part in parts
        ]
        rows = [row for row, part in enumerate(parts) if part.ids is not None]
        read: list[list[SentencePart] | None] = [[parts[row]] for row in rows]
        if len(self.models) > 1:
            read = self._between([parts[row] for row in rows], should_stop)
        asked = [part for pieces in read for part in pieces or () if part.ids is not None]
        answers = iter(self._decode(self.last, asked, self.best, should_stop))
        for row, pieces in zip(rows, read, strict=True):
            if pieces is None:
                continue
            decoded = [None if part.ids is None else next(answers) for part in pieces]
            if all(part.ids is None or answer is not None for part, answer in zip(pieces, decoded, strict=True)):
                done[row] = self._done(parts[row], pieces, decoded, explain)
        return done

    def _between(self, parts: list[SentencePart], should_stop: Callable[[], bool]) -> list[list[SentencePart] | None]:
        """What the second model reads of each part: what the first wrote, cut where it is too long."""
        first, second = self.models
        decoded = self._decode(first, parts, 1, should_stop)
        texts = [
            None if answer is None else hypotheses.hypothesis(first, answer[0], part.text, part.tokens, False).text
            for part, answer in zip(parts, decoded, strict=True)
        ]
        return [None if text is None else list(sentence_parts.read(second, text)) for text in texts]

    def _decode(
        self, model: Translator, parts: Sequence[SentencePart], best: int, should_stop: Callable[[], bool]
    ) -> list[list[Decoded] | None]:
        return model.translate([part.ids for part in parts if part.ids is not None], self.width, best, should_stop)

    def _done(
        self, part: SentencePart, read_parts: list[SentencePart], answers: list[list[Decoded] | None], explain: bool
    ) -> Done:
        last = self.last
        pieces = [
            hypotheses.plain(piece, explain) if answer is None else hypotheses.sentence(last, piece, answer, explain)
            for piece, answer in zip(read_parts, answers, strict=True)
        ]
        through = " ".join(piece.text for piece in read_parts) if len(self.models) > 1 else ""
        made = pieces[0] if len(pieces) == 1 else self._joined(pieces)
        sentence = Sentence(
            part.start, part.start + len(part.text), part.text, made.tokens, made.hypotheses, through=through
        )
        return Done(sentence, part, all(answer is None or answer[0].finished for answer in answers))

    def _joined(self, pieces: list[Sentence]) -> Sentence:
        """One sentence of several; which word came from which is not told across them."""
        count = max(len(piece.hypotheses) for piece in pieces)
        chosen = [[piece.hypotheses[min(rank, len(piece.hypotheses) - 1)] for piece in pieces] for rank in range(count)]
        blank = " " if self.spaced else ""
        joined = [
            Hypothesis(blank.join(hypothesis.text for hypothesis in row), sum(hypothesis.score for hypothesis in row))
            for row in chosen
        ]
        return Sentence(0, 0, "", (), tuple(joined))


def open_way(direction: Direction, notes: tuple[str, ...] = (), beam: int = 0, alternatives: int = 0) -> Way:
    """The models of ``direction`` opened; UserError where one cannot be."""
    models = tuple(open_translator(name) for name in direction.models)
    if direction.pivot:
        names = [named(language) for language in (direction.source, direction.pivot, direction.target)]
        notes += (
            f"Translated in two steps, {' → '.join(names)}, by {' and '.join(direction.models)}: "
            "mistakes of the first carry over into the second.",
        )
    return Way(direction, models, notes, beam, alternatives + 1)


def finder(to: str, source: str, model: str | None, beam: int = 0, alternatives: int = 0) -> Callable[[str], Way]:
    """What finds the way of a text: by ``model`` if one is named, else as :func:`.directions.choose` does.

    UserError where no model goes there, the one that is named goes elsewhere, or a number is out of bounds; what is
    returned raises one where a text is in no language that fits.
    """
    if not 0 <= beam <= WIDEST:
        raise UserError(f"The beam must lie between 1 and {WIDEST} (0: the model's own), not {beam}.")
    if not 0 <= alternatives < WIDEST:
        raise UserError(f"There can be up to {WIDEST - 1} alternatives, not {alternatives}.")
    to, source = directions.code(to), directions.code(source)
    if not model:
        every = directions.directions()
        directions.check(every, to, source)
        return lambda text: open_way(*directions.choose(every, text, to, source), beam, alternatives)
    translator = open_translator(model)
    if to not in ("", translator.target) or source not in ("", translator.source):
        asked = " ".join(f"{word} {named(code)}" for word, code in (("from", source), ("to", to)) if code)
        raise UserError(
            f"{translator.name} translates from {named(translator.source)} to {named(translator.target)}, not {asked}."
        )
    direction = Direction(translator.source, translator.target, (model,))
    return lambda text: open_way(direction, doubt(text, translator.source), beam, alternatives)
