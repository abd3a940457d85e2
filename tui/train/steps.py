"""Train, where authors are profiled: what the data say of them, ticked or not, and the two settings that say it."""

from textual.timer import Timer

from ...engine.results import AttributeInfo, Reading, UserError
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
                return str(error)

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
        choice.new_data()
        if choice.path is not None:
            self._waiting = self._screen.set_timer(TYPED, self._read)

    def _read(self) -> None:
        self._waiting = None
        engine, choice = self._screen.engine, self._screen.query_one(ChooseBox)
        path, columns, plain = str(self._seen[0]), choice.columns, not (choice.translating or choice.titling)

        def read() -> tuple[Reading | None, str, tuple[str, ...]]:
            problem = ""
            # Columns that were stated of a file may be gone from it; then it is looked at anew.
            for text, label in dict.fromkeys((columns, ("", ""))):
                try:
                    return engine.reading_of(path, None, text, label), "", ()
                except UserError as error:
                    problem = str(error)
            return None, problem if plain else "", engine.columns_of(path)

        def found(answer: tuple[Reading | None, str, tuple[str, ...]]) -> None:
            reading, problem, names = answer
            if reading is not None:
                choice.offer_columns(reading.columns)
                choice.show_reading(reading)
            else:
                choice.refuse(problem, names)

        self._screen.ask("columns", read, found)
