"""Models loaded ahead of the first question, each by the task that asks it."""

from collections.abc import Callable

import numpy as np

from .. import model_store
from .profile import model as profiler
from .search import paragraph_model
from .title import model as title_writer
from .translate import model as translator
from .words import model as vectors


def warm_up(task: str = "sentiment", model: str | None = None) -> None:
    """Load ``model`` (default: the task's default bundle) and let it answer once; UserError where it cannot."""
    warm = _WARM.get(task)
    if warm is not None:
        warm(model or model_store.default(task))
        return
    from .classify import answer

    answer.warm_up(task, model)


def _profile(model: str) -> None:
    from .profile import answer

    answer.profile("One sentence.", model)


def _translate(model: str) -> None:
    from ..text.symbols import END, UNK

    translator.open_translator(model).translate([np.array([UNK, END], np.int32)])


def _title(model: str) -> None:
    from .title.vocabulary import words

    title_writer.open_writer(model).write([[one.word for one in words("One sentence.")]])


def _words(model: str) -> None:
    from .words import answer

    answer.warm_up(model)


_WARM: dict[str, Callable[[str], object]] = {
    profiler.TASK: _profile,
    translator.TASK: _translate,
    title_writer.TASK: _title,
    vectors.TASK: _words,
    paragraph_model.TASK: paragraph_model.load,
}
