"""Text to label: sentiment, topics, any labels that a bundle was trained on."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import numpy as np

from ... import model_store
from ...results import HeadAttention, Record, Result, Span, UserError
from ...text import windows
from ...text.batching import take
from ...text.languages import LATIN, language_of
from ...text.two_texts import SEP
from ...text.windows import WindowReading
from . import occlusion
from .model import ClassifierModel, open_classifier, open_float, open_quick

OCCLUSION, GRADIENTS, ATTENTION = "occlusion", "gradients", "attention"
"""What words are weighed by."""
LOOKAHEAD = 512
"""Records of a stream that are put in buckets of equal length together."""
LOOKAHEAD_CHARACTERS = 1 << 22
"""Or fewer, where they are long: this bounds the memory."""
SAMPLE = 500
"""Characters of a text that tell its language."""
SAMPLED = 20
"""Texts of a stream that tell its language."""


@dataclass(frozen=True)
class Weighed:
    """Which words moved a prediction, as :class:`~dltext.engine.results.Result` has it."""

    spans: tuple[Span, ...] = ()
    by: str = ""
    sentences: tuple[Span, ...] = ()
    gap: float | None = None


def analyse(
    text: str,
    task: str = "sentiment",
    model: str | None = None,
    explain: bool = False,
    by: str = OCCLUSION,
    fast: bool = False,
) -> Result:
    """What ``model`` says of ``text``; without one the task's default bundle, or one with the same labels that reads
    the language of the text where the default does not.

    Any length is answered: over the model's limit, windows spread evenly over the text are read and
    ``Result.read`` and ``Result.notes`` say so. ``explain``: also which words moved the prediction, ``by`` occlusion
    or, where the model is an encoder, integrated gradients, or the weights of its attention where it has one over
    words. ``fast`` is as in :func:`analyse_many`. An empty text is a UserError.
    """
    started = time.perf_counter()
    text, replaced = windows.enter(text)
    loaded = finder(task, model, fast)(text)
    reading = windows.read(loaded, text)
    weighed = Weighed()
    if not reading.windows:
        scores = loaded.target.undecided()
    elif explain:
        scores, weighed = _explain(loaded, reading, by)
    elif len(reading.windows) == 1:
        scores = loaded.scores(reading.windows[0].ids[None])[0]
    else:
        scores = scores_of(loaded, [reading])[0]
    milliseconds = 1000 * (time.perf_counter() - started)
    result = _result(loaded, reading, scores, weighed, milliseconds, loaded.threshold)
    return replace(result, notes=(*result.notes, *replaced)) if replaced else result


def analyse_many(
    records: Iterable[Record],
    task: str = "sentiment",
    model: str | None = None,
    explain: bool = False,
    lookahead: int = LOOKAHEAD,
    by: str = OCCLUSION,
    fast: bool = False,
) -> Iterator[tuple[Record, Result]]:
    """The same for a stream, in order, in constant memory: batches of equal length among ``lookahead`` records.

    A record without a word does not stop the stream: it gets equal probabilities and a note. One model reads them all,
    for probabilities of two do not compare: the first records tell the language. ``fast``: in the place of the default
    the one that the task has for many texts.
    """
    return _stream(finder(task, model, fast), iter(records), by if explain else "", max(1, lookahead))


def attention(text: str, task: str = "sentiment", model: str | None = None) -> HeadAttention:
    """What each head of ``model`` looks at in ``text``; of a long one in its first window.

    UserError for an empty text, and for a model that is no encoder.
    """
    text, _ = windows.enter(text)
    loaded = finder(task, model)(text)
    encoder = open_float(loaded)
    reading = windows.read(loaded, text)
    if not reading.windows:
        raise UserError("There is no word in this text that a head could look at.")
    window = reading.windows[0]
    weights = encoder.attention(window.ids)
    places = ((0, 0), *window.offsets, (0, 0))
    table = tuple(tuple(tuple(map(tuple, head)) for head in layer) for layer in weights.tolist())
    return HeadAttention(loaded.name, places, table)


def finder(task: str, model: str | None, fast: bool = False) -> Callable[[str], ClassifierModel]:
    """What finds the model of a text: the one named; else the default of ``task``, or where the text is in another
    language one that reads that and has the same labels. UserError where there is none."""
    usual = open_classifier(task, _usual(task, model, fast))
    choose = _chooser(task, model, usual.name, usual.language)

    def find(text: str) -> ClassifierModel:
        return usual if (name := choose(text)) == usual.name else open_classifier(task, name)

    return find


def settled(
    texts: Sequence[str], task: str = "sentiment", model: str | None = None, fast: bool = False, **others: Any
) -> dict[str, Any]:
    """The arguments of :func:`analyse_many` with the model by name that a stream beginning with ``texts`` is read by.
    UserError where there is none."""
    usual = _usual(task, model, fast)
    if not model:
        usual = _chooser(task, model, usual, model_store.info(usual).language)(_sampled(texts))
    return {**others, "task": task, "model": usual}


def _usual(task: str, model: str | None, fast: bool) -> str:
    return model or (model_store.fast(task) if fast else model_store.default(task))


def _chooser(task: str, model: str | None, usual: str, language: str) -> Callable[[str], str]:
    """What names the model of a text, where ``usual`` reads ``language``."""
    # Of a model that does not say what it reads nobody knows which texts are not for it.
    names = model_store.readers(task) if language and not model else {}
    others = names.keys() - {language}

    def choose(text: str) -> str:
        sample = text[:SAMPLE]
        # Most texts are English and most others Chinese: that much is seen without counting letters.
        if sample.isascii() and language in LATIN and not others & set(LATIN):
            return usual
        seems = language_of(sample, names)
        return names[seems] if seems in others else usual

    return choose if others else lambda _: usual


def _sampled(texts: Iterable[str]) -> str:
    """Of a stream that begins with ``texts``, what tells its language."""
    sampled = list(islice((text for text in texts if not windows.empty(text)), SAMPLED))
    return "\n".join(text[: SAMPLE // len(sampled)] for text in sampled)


def _stream(
    find: Callable[[str], ClassifierModel], records: Iterator[Record], by: str, lookahead: int
) -> Iterator[tuple[Record, Result]]:
    loaded: ClassifierModel | None = None
    while batch := take(records, lookahead, LOOKAHEAD_CHARACTERS):
        started = time.perf_counter()
        if loaded is None:
            loaded = find(_sampled(record.text for record in batch))
        readings = _read_all(loaded, [record.text for record in batch], bool(by))
        if by:
            for record, reading in zip(batch, readings, strict=True):
                yield record, _explained(loaded, reading, by)
            continue
        scores = scores_of(loaded, readings)
        each, threshold = 1000 * (time.perf_counter() - started) / len(batch), loaded.threshold
        for record, reading, row in zip(batch, readings, scores, strict=True):
            yield record, _result(loaded, reading, row, Weighed(), each, threshold)


def _read_all(loaded: ClassifierModel, texts: list[str], explain: bool) -> list[WindowReading]:
    if explain:
        return [windows.read(loaded, text) for text in texts]
    # Texts of usual length are tokenised together; only the others need slicing.
    limit = windows.MOST_WINDOWS * windows.CHARACTERS * loaded.max_tokens
    usual = [text for text in texts if len(text) <= limit]
    tokens = loaded.bulk.ids(map(windows.blank_controls, usual))
    return [
        windows.from_tokens(loaded, text, next(tokens), None) if len(text) <= limit else windows.read(loaded, text)
        for text in texts
    ]


def scores_of(loaded: ClassifierModel, readings: list[WindowReading]) -> np.ndarray:
    """``[readings, outputs]``; the windows of a document are averaged by length."""
    windows = [(row, window.ids) for row, reading in enumerate(readings) for window in reading.windows]
    scored = loaded.scores_of([ids for _, ids in windows])
    lengths = np.array([len(ids) for _, ids in windows])
    sums = np.zeros((len(readings), loaded.target.outputs))
    np.add.at(sums, [row for row, _ in windows], lengths[:, None] * scored)
    for row, reading in enumerate(readings):
        if len(reading.windows) == 1:
            sums[row] /= len(reading.windows[0].ids)
        elif reading.windows:
            sums[row] = loaded.target.settled(sums[row] / sum(len(window.ids) for window in reading.windows))
        else:
            sums[row] = loaded.target.undecided()
    return sums


def _explained(loaded: ClassifierModel, reading: WindowReading, by: str) -> Result:
    started = time.perf_counter()
    if not reading.windows:
        return _result(loaded, reading, loaded.target.undecided(), Weighed(), 0.0, loaded.threshold)
    scores, weighed = _explain(loaded, reading, by)
    milliseconds = 1000 * (time.perf_counter() - started)
    return _result(loaded, reading, scores, weighed, milliseconds, loaded.threshold)


def _explain(loaded: ClassifierModel, reading: WindowReading, by: str) -> tuple[np.ndarray, Weighed]:
    """Scores ``[outputs]`` and what moved them."""
    parts = [(window.ids, window.offsets) for window in reading.windows]
    if by == OCCLUSION:
        scores, spans = occlusion.explain(loaded, parts)
        return scores, Weighed(spans, by)
    if by == ATTENTION:
        from . import attended

        spans, sentences = attended.explain(loaded, parts)
        return scores_of(loaded, [reading])[0], Weighed(spans, by, sentences)
    if by != GRADIENTS:
        raise UserError(f"Words are weighed by {OCCLUSION}, {GRADIENTS} or {ATTENTION}, not by {by!r}.")
    from . import integrated

    scores, spans, gap = integrated.explain(loaded, open_float(loaded), open_quick(loaded), parts)
    return scores, Weighed(spans, by, gap=gap)


def _alone(loaded: ClassifierModel, reading: WindowReading) -> tuple[str, ...]:
    """A sentence where a model of two texts got one."""
    if not loaded.pairs or not reading.windows or any((window.ids == SEP).any() for window in reading.windows):
        return ()
    return ("This model reads two texts together: put a line of three hyphens (---) between them.",)


def _result(
    loaded: ClassifierModel,
    reading: WindowReading,
    scores: np.ndarray,
    weighed: Weighed,
    milliseconds: float,
    threshold: float | None,
) -> Result:
    return Result(
        task=loaded.task,
        model=loaded.name,
        version=loaded.version,
        **loaded.target.answer(scores),
        spans=weighed.spans,
        by=weighed.by,
        sentences=weighed.sentences,
        gap=weighed.gap,
        milliseconds=milliseconds,
        tokens=reading.tokens,
        known=reading.known,
        read=reading.read,
        notes=(*reading.notes, *_alone(loaded, reading)),
        abstains=reading.abstains,
        threshold=threshold,
    )
