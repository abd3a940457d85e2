"""Models loaded ahead of the first question, each by the task that asks it."""

from collections.abc import Callable

import numpy as np

from .. import bundles
from ..serve import paragraph, profiler, title_writer, translator, vectors


def warm_up(task: str, model: str | None = None) -> None:
    """Load ``model`` (default: the task's default bundle) and let it answer once; UserError where it cannot."""
    warm = _WARM.get(task)
    if warm is not None:
        warm(model or bundles.default(task))
        return
    from . import classify

    classify.warm_up(task, model)


def _profile(model: str) -> None:
    from . import profile

    profile.profile("One sentence.", model)


def _translate(model: str) -> None:
    from ..text.subwords import END, UNK

    translator.open_translator(model).translate([np.array([UNK, END], np.int32)])


def _title(model: str) -> None:
    from ..text.title_words import words

    title_writer.open_writer(model).write([[one.word for one in words("One sentence.")]])


def _words(model: str) -> None:
    from . import words

    words.warm_up(model)


_WARM: dict[str, Callable[[str], object]] = {
    profiler.TASK: _profile,
    translator.TASK: _translate,
    title_writer.TASK: _title,
    vectors.TASK: _words,
    paragraph.TASK: paragraph.load,
}
