"""Texts read by models, from several threads at once."""

from collections.abc import Callable
from contextlib import nullcontext
from threading import Lock

from ...engine.results import BundleInfo, Course, DatasetInfo, HeadAttention, Profile, Result
from .engine import Engine
from .loaded_once import LoadedOnce

SHORT = 6_000
"""Characters up to which a text is read at once by all models, and its words are weighed unasked."""


class ModelReader:
    """One task's models; ``engine()`` is the engine's door. Call it in threads."""

    def __init__(self, engine: Callable[[], Engine], task: str) -> None:
        self._engine = engine
        self._task = task
        self.warm_up = LoadedOnce(lambda name: self._engine().warm_up(self._task, name))
        """Load a model once, whoever comes first; the milliseconds of an answer are its own then."""
        self._reading = Lock()

    def read(self, text: str, name: str | None, explain: bool = False, by: str = "occlusion") -> Result:
        """The model's answer; without a name, that of the one for the text's language. ``by`` weighs the words. Long
        texts are read one after the other: their peaks of memory do not add up."""
        if name is not None:
            self.warm_up(name)
        with self._reading if len(text) > SHORT else nullcontext():
            return self._engine().analyse(text, self._task, name, explain, by)

    def follow(self, text: str, name: str) -> Course:
        """What the model says along the text."""
        self.warm_up(name)
        with self._reading if len(text) > SHORT else nullcontext():
            return self._engine().course(text, self._task, name)

    def look(self, text: str, name: str) -> HeadAttention:
        """What the heads of an encoder look at."""
        self.warm_up(name)
        with self._reading:
            return self._engine().attention(text, self._task, name)


# Which model profiles authors, and how it is asked: never two long texts at a time, loaded before it is timed.

TASK = "profile"
LIVE = 50.0
"""Milliseconds up to which a text is read while one types elsewhere."""


class Pace:
    """How long texts take to be read; one of up to ``first`` characters is tried before that is known."""

    def __init__(self, first: int = SHORT) -> None:
        self._first = first
        self._pace = 0.0
        """Milliseconds a character, as measured on a text as long as those of late."""
        self._paced = 0

    def measure(self, length: int, milliseconds: float) -> None:
        """A text of ``length`` characters took so long."""
        if 2 * length >= self._paced:
            self._paced, self._pace = length, milliseconds / max(length, 1)

    def quick(self, text: str) -> bool:
        """Whether ``text`` will be read in the blink that may pass while one types."""
        if not self._paced:
            return len(text) <= self._first
        # A short text costs what each costs at least; a longer one grows with its length.
        return self._pace * max(len(text), self._paced) <= LIVE


class ProfileReader:
    """``engine()`` is the engine's door. Call it in threads."""

    def __init__(self, engine: Callable[[], Engine]) -> None:
        self._engine = engine
        self._warm_up = LoadedOnce(lambda name: self._engine().profile("One sentence.", name))
        self._reading = Lock()
        self._pace = Pace()

    def read(self, text: str, name: str, explain: bool = False) -> Profile:
        """The model's answer. The first one loads it, so that the milliseconds of the others are their own."""
        self._warm_up(name)
        with self._reading if len(text) > SHORT else nullcontext():
            profile = self._engine().profile(text, name, explain)
        if not explain:
            self._pace.measure(len(text), profile.milliseconds)
        return profile

    def quick(self, text: str) -> bool:
        """Whether ``text`` will be read in the blink that may pass while one types."""
        return self._pace.quick(text)


def corpus_of(engine: Engine, info: BundleInfo) -> DatasetInfo | None:
    """The card of what a model learnt from; None where there is none of that name any more."""
    data = info.card.get("data")
    name = str(data.get("card") or data.get("name") or "") if isinstance(data, dict) else ""
    if not name:
        return None
    try:
        return engine.dataset(name)
    except Exception:  # the model still works; its own card has said what there is to say
        return None
