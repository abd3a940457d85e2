"""Train for profilers: the attributes of the data, ticked or not, and the two settings that they fill."""

from textual.timer import Timer

from ...engine.results import AttributeInfo, UserError
from ..kit.attribute_ticks import AttributeTicks
from ..kit.choose_box import ChooseBox
from ..kit.column_step import TYPED
from ..kit.reading_fields import in_fields
from ..kit.workbench import Workbench
from .form import SettingsForm

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
