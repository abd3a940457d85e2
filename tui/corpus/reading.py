"""How the file of a corpus is read: which column holds the texts, which sheet, which encoding; asked again."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from ...engine.results import Reading, Selection
from ..actions import key
from ..kit.paths import MISSING, kind_of, typed_path
from ..kit.reading_form import ReadAs, ReadingForm, look_into
from ..kit.text import one_line

if TYPE_CHECKING:
    from ..kit.workbench import Workbench


def read_otherwise(screen: "Workbench", selection: Selection, name: str, then: Callable[[str, str], None]) -> None:
    """Ask how a file is to be read, with what was found; ``then(text_column, label_column)`` once it is decided."""
    path = typed_path(selection.data)
    if kind_of(path)[0] == MISSING:
        screen.app.notify(
            f"How it is read can be chosen of a file of yours; {key('open_own', 'corpora')} in Corpora opens one."
        )
        return

    def ask(reading: Reading | None, problem: str) -> None:
        def answered(answer: ReadAs | None) -> None:
            if answer is not None:
                screen.engine.decide_reading(str(path), answer.read)
                then(*answer.columns(reading))

        form = ReadingForm(str(path), f"Read {one_line(name, 40)}", "Read", reading, problem)
        screen.app.push_screen(form, answered)

    # The names that stand for what is found are no decision.
    stated = (selection.text_column, "text"), (selection.label_column, "label")
    text, label = ("" if column == usual else column for column, usual in stated)
    look_into(screen, path, ask, columns=(text, label))
