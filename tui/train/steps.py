"""Train for profilers: the attributes of the data, ticked or not, and the two settings that they fill."""

from collections.abc import Callable
from pathlib import Path

from textual.timer import Timer

from ...engine.results import AttributeInfo, Reading, UserError
from ..actions import key
from ..kit.reading_fields import in_fields
from ..kit.text import one_line
from ..kit.workbench import Workbench
from .attribute_ticks import AttributeTicks
from .choose import ChooseBox
from .form import SettingsForm

TYPED = 0.4
"""Seconds after the last letter of a path before the file is looked into."""
SETTINGS = ("attributes", "loss_weights")
"""What the ticks are written into."""


class AttributeStep:
    """Keeps the ticks of a :class:`ChooseBox` and the settings of the form saying the same."""

    def __init__(self, screen: Workbench) -> None:
        self._screen = screen
        self._seen: tuple[str, str] | None = None
        """Of which data the attributes are shown, or are being read."""
        self._said: tuple[str, str] | None = None
        """What the settings said when the ticks last agreed with them."""
        self._waiting: Timer | None = None

    @property
    def _choice(self) -> ChooseBox:
        return self._screen.query_one(ChooseBox)

    @property
    def _ticks(self) -> AttributeTicks:
        return self._choice.ticks

    def look(self, form: SettingsForm | None) -> None:
        """Something else may be chosen: see what those data say of their authors, once the path is typed."""
        source, ticks = self._choice.source, self._ticks
        ticks.display = self._choice.profiling
        if source == self._seen:
            self.load(form)
            return
        self._seen = source
        self._screen.forget("attributes")
        if self._waiting is not None:
            self._waiting.stop()
            self._waiting = None
        ticks.say("Reading recipes and corpora …" if source else "")
        if source is not None:
            wanted = source
            self._waiting = self._screen.set_timer(TYPED if self._choice.own else 0.01, lambda: self._read(wanted))

    def _read(self, source: tuple[str, str]) -> None:
        self._waiting = None
        engine = self._screen.engine

        def read() -> tuple[AttributeInfo, ...] | str:
            try:
                return engine.attributes_of(*source)
            except UserError as error:  # said where the ticks would stand, not in a toast
                return in_fields(str(error))

        def found(read: tuple[AttributeInfo, ...] | str) -> None:
            if isinstance(read, str):
                self._ticks.say(read)
                return
            self._said = None
            self._ticks.offer(read)
            self.load(self._screen.query(SettingsForm).last() if self._screen.query(SettingsForm) else None)

        self._screen.ask("attributes", read, found)

    def load(self, form: SettingsForm | None) -> None:
        """Let the ticks show what the form says."""
        if form is None or not form.is_mounted or not set(SETTINGS) <= set(form.rows):
            return
        said = (form.rows[SETTINGS[0]].text, form.rows[SETTINGS[1]].text)
        if said != self._said:
            self._said = said
            self._ticks.load(*said)

    def write(self, form: SettingsForm | None) -> None:
        """Let the form say what the ticks show; it has no words for none at all, which is refused at the start."""
        if form is None or not set(SETTINGS) <= set(form.rows) or not self._ticks.any:
            return
        self._said = self._ticks.settings()
        for name, text in zip(SETTINGS, self._said, strict=True):
            if form.rows[name].text != text:
                form.rows[name].set(text)

    def wrong(self) -> str | None:
        """A sentence on what is wrong with what is ticked."""
        return self._ticks.wrong() if self._choice.profiling else None

    def focus_wrong(self) -> None:
        self._ticks.focus_wrong()


# Train, where the data are one's own: how the file is read stands there before anything is asked.


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
        from ..kit.file_dialogs import OpenFile

        hint = self._screen.query_one(ChooseBox).own_data
        dialog = OpenFile("Texts to learn from", folders=True, hint=hint)

        def chosen(path: Path | None) -> None:
            if path is not None:
                use(path)

        self._screen.app.push_screen(dialog, chosen)

    def ask(self, touched: Callable[[], object]) -> None:
        """Ask how the user's own file is to be read; ``touched()`` where that was answered."""
        from ..kit.reading_form import ReadAs, ReadingForm

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
