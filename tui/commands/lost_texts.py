"""Texts that no worker could answer, as a command tells of them."""

from collections.abc import Callable

from ...engine.results import SetAside
from . import output


class Lost:
    """Notes the texts that no worker could answer: each part in a sentence, and at the end the exit code. ``keep``
    writes them somewhere, and says where."""

    def __init__(self, keep: Callable[[SetAside], str] = lambda _: "") -> None:
        self._keep = keep
        self.code = 0

    def __call__(self, texts: SetAside) -> None:
        self.code = 1
        output.log(f"dltext: {output.visible(str(texts))} {self._keep(texts)}".rstrip())
