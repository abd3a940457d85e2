"""Data of one's own: how a file is read stands there before anything is asked."""

from collections.abc import Callable
from pathlib import Path

from textual.timer import Timer

from ...engine.results import Reading, UserError
from ..actions import key
from .choose_box import ChooseBox
from .reading_fields import in_fields
from .text import one_line
from .workbench import Workbench

TYPED = 0.4
"""Seconds after the last letter of a path before the file is looked into."""


class ColumnStep:
    """Keeps what a :class:`ChooseBox` shows of own data that of the file that it names."""

    def __init__(self, screen: Workbench) -> None:
        self._screen = screen
        self._seen: tuple[str | None, str | None] = (None, None)
        """The file that is looked into, or was, and the task it is for."""
        self._waiting: Timer | None = None

    def look(self) -> None:
        """Another file may be named, or another task: look into it once the path is typed."""
        choice = self._screen.query_one(ChooseBox)
        wanted = choice.path, choice.picked("task") if choice.path is not None else None
        if wanted == self._seen:
            return
        self._seen = wanted
        self._screen.forget("columns")
        if self._waiting is not None:
            self._waiting.stop()
            self._waiting = None
        stated = choice.own_file.begin(choice.path, choice.learns_from or "labels")
        choice.show_preview()
        if choice.path is not None:
            self._waiting = self._screen.set_timer(TYPED, lambda: self.read(stated))

    def read(self, stated: bool = True) -> None:
        """Look into the file; ``stated``: read as was decided of it here, else as seems best."""
        self._waiting = None
        engine, choice = self._screen.engine, self._screen.query_one(ChooseBox)
        own_file, path = choice.own_file, str(self._seen[0])
        columns, data_kind, decided = own_file.columns, own_file.data_kind, own_file.spec_read if stated else None

        def read() -> tuple[Reading | None, str, tuple[str, ...]]:
            problem = ""
            # Columns that were stated of a file may be gone from it; then it is looked at anew.
            for text, second in dict.fromkeys((columns, ("", ""))):
                try:
                    return engine.reading_of(path, decided, text, second, data_kind), "", ()
                except UserError as error:
                    problem = in_fields(str(error))
            return None, problem, engine.columns_of(path)

        def shown(answer: tuple[Reading | None, str, tuple[str, ...]]) -> None:
            reading, problem, names = answer
            if reading is not None:
                own_file.show(reading)
            else:
                own_file.refuse(problem, names)
            choice.show_preview()

        self._screen.ask("columns", read, shown)

    def open(self, use: Callable[[Path], object]) -> None:
        """Ask for the user's own file or folder."""
        from .file_dialogs import OpenFile

        hint = self._screen.query_one(ChooseBox).own_data
        dialog = OpenFile("Texts to learn from", folders=True, hint=hint)

        def chosen(path: Path | None) -> None:
            if path is not None:
                use(path)

        self._screen.app.push_screen(dialog, chosen)

    def ask(self, touched: Callable[[], object]) -> None:
        """Ask how the user's own file is to be read; ``touched()`` where that was answered."""
        from .reading_form import ReadAs, ReadingForm

        choice = self._screen.query_one(ChooseBox)
        own_file, path = choice.own_file, choice.path
        if path is None:
            opens = key("open_file", "train")
            self._screen.app.notify(f"How it is read can be chosen of a file of yours: {opens} chooses one.")
            return

        def answered(answer: ReadAs | None) -> None:
            if answer is not None:
                own_file.take(answer)
                self.read()
                touched()

        title = f"Read {one_line(Path(path).name, 40)}"
        self._screen.app.push_screen(
            ReadingForm(
                path, title, "Use", own_file.reading, own_file.problem, data_kind=own_file.data_kind, read=own_file.read
            ),
            answered,
        )

    def merge_labels(self, touched: Callable[[], object]) -> object:
        """Have the labels merged that differ only in how they are written; then ``touched()``."""
        choice = self._screen.query_one(ChooseBox)
        own_file = choice.own_file
        if not choice.own:
            choice.merged = choice.picked("data") or ""
            return touched()
        own_file.read["labels"] = ",".join(
            dict.fromkeys((*filter(None, own_file.read.get("labels", "").split(",")), "merge"))
        )
        self.read()
        return touched()
