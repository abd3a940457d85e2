"""Texts read by models, from several threads at once."""

from collections import defaultdict
from collections.abc import Callable
from contextlib import nullcontext
from threading import Lock
from typing import Any

from ...engine.results import Result

SHORT = 6_000
"""Characters up to which a text is read at once by all models, and its words are weighed unasked."""


class Reader:
    """One task's models; ``engine()`` is the engine's door. Call it in threads."""

    def __init__(self, engine: Callable[[], Any], task: str) -> None:
        self._engine = engine
        self._task = task
        self._warm: set[str] = set()
        self._loading = defaultdict[str, Lock](Lock)
        self._reading = Lock()

    def warm_up(self, name: str) -> None:
        """Load a model once, whoever comes first; the milliseconds of an answer are its own then."""
        with self._loading[name]:  # one that does not open holds up no other
            if name not in self._warm:
                self._engine().warm_up(self._task, name)
                self._warm.add(name)

    def read(self, text: str, name: str | None, explain: bool = False) -> Result:
        """The model's answer; without a name, that of the one for the text's language. Long texts are read one after
        the other: their peaks of memory do not add up."""
        if name is not None:
            self.warm_up(name)
        with self._reading if len(text) > SHORT else nullcontext():
            return self._engine().analyse(text, self._task, name, explain)
