"""What a classifier says along a document: sentence by sentence, from the first to the last."""

from collections.abc import Iterator

from ...results import Course, CoursePart, UserError
from ...text import windows
from ...text.sentences import sentences
from .answer import finder, scores_of
from .model import ClassifierModel

MOST_PARTS = 400
"""Of a document with more sentences neighbours are read together."""


def course(text: str, task: str = "sentiment", model: str | None = None) -> Course:
    """What ``model`` (or as :func:`.answer.analyse` finds it) says of each sentence of ``text`` by itself, which is
    read whole, however long: where there are more than :data:`MOST_PARTS` sentences, of about so many stretches.

    UserError for an empty text, for one without a word, and for a model that reads two texts together.
    """
    text, _ = windows.enter(text)
    loaded = finder(task, model)(text)
    if loaded.pairs:
        raise UserError(f"{loaded.name} reads two texts together, and so says nothing along one.")
    readings, places = [], []
    for start, end in _parts(loaded, text):
        if not any(map(str.isalnum, text[start:end])):
            continue  # marks alone say nothing
        reading = windows.read(loaded, text[start:end])
        if reading.windows:
            readings.append(reading)
            places.append((start, end))
    if not readings:
        raise UserError(f"There is no word in this text that {loaded.name} could read.")
    parts = []
    for (start, end), row in zip(places, scores_of(loaded, readings), strict=True):
        said = loaded.target.answer(row)
        score = said["value"] if "value" in said else said["probabilities"][said["label"]]
        parts.append(CoursePart(start, end, said["label"], score))
    return Course(loaded.name, loaded.labels, len(text), tuple(parts))


def _parts(loaded: ClassifierModel, text: str) -> Iterator[tuple[int, int]]:
    """Sentences, those of a long document together until they have its share of characters; one that is longer than the
    model reads at once is cut."""
    least, most = len(text) // MOST_PARTS, loaded.max_tokens * windows.CHARACTERS
    begun: int | None = None
    last = 0
    for start, end in sentences(text):
        begun, last = start if begun is None else begun, end
        if end - begun >= least:
            yield from _cut(text, begun, end, most)
            begun = None
    if begun is not None:
        yield from _cut(text, begun, last, most)


def _cut(text: str, start: int, end: int, most: int) -> Iterator[tuple[int, int]]:
    """``[start, end)`` in stretches of at most ``most`` characters, which end at a blank where there is one."""
    while end - start > most:
        blank = text.rfind(" ", start + most // 2, start + most)
        stop = start + most if blank < 0 else blank
        yield start, stop
        start = stop
    yield start, end
