"""The half of Authors about many of them: a corpus or a file is read once, and what was read stays."""

from collections.abc import Callable
from functools import partial

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from ...engine.results import DatasetInfo, GroupProfile, plural
from ..actions import key, pressed
from ..kit.choicebar import ChoiceBar
from ..kit.document_screen import DocumentScreen
from ..kit.fetching import Fetch
from ..kit.model_choice import none_here_apart
from ..kit.reading_fields import in_fields
from ..kit.searchable import Target, choose_corpus, choose_file, parts_of_corpus, read_otherwise
from ..kit.text import one_line, visible
from ..kit.working import WorkPanel
from .group_card import GroupCard

DOES = "profiles authors"
PROFILE = "Profile the authors of"
NO_TARGET = f"""Who writes here?

{key("choose_data")} chooses a corpus, {key("open_group")} a file of yours with an author a record.
Each is read; the shares of all of them are shown here,
with their 95 % intervals."""


def parts_of_group(card: DatasetInfo) -> dict[str, str]:
    """The parts of a corpus, each with what is known of its size; none where it is one whole."""
    if set(card.splits) == {"all"}:
        # The data states no parts: these are ours, and a model may have learnt from the first.
        return {"train": "80 % of them", "validation": "10 %", "test": "10 %"}
    return parts_of_corpus(card)


class GroupReading(Fetch):
    """A group being read. Stopping it is asked, not thrown: what was read is kept."""

    def progress(self, done: int, total: int) -> None:
        self.done, self.total = done, total or self.total


class AuthorsPanel(WorkPanel):
    """How many authors were read."""

    UNIT = "authors"


class Group:
    """Chooses what is read, reads it, shows it on the screen; ``model()`` names the model that is asked."""

    def __init__(self, screen: DocumentScreen, model: Callable[[], str | None]) -> None:
        self.screen = screen
        self._model = model
        self.grouped = False
        """Whether the group is shown, not one author."""
        self.target: Target | None = None
        self._groups: dict[tuple[Target, str], GroupProfile] = {}
        self._cards: dict[str, DatasetInfo] = {}
        self.run: GroupReading | None = None
        self._runs = 0
        self._failure = ""

    @property
    def group(self) -> GroupProfile | None:
        """What is known of the target."""
        model = self._model()
        return self._groups.get((self.target, model)) if self.target is not None and model is not None else None

    def model_changed(self) -> None:
        """Another model is asked from now on: read again by it what is shown."""
        if self.target is not None and self.group is None and self.run is None and self.grouped:
            self.read_group()
        else:
            self.show_group()

    # ------------------------------------------------------------------------------------------ choosing

    def choose_data(self) -> None:
        """Ask for a corpus or a file."""
        self.screen.ask("corpora", lambda: self.screen.engine.datasets(), self._corpora_known)

    def _corpora_known(self, cards: list[DatasetInfo]) -> None:
        self._cards = {card.name: card for card in cards}
        choose_corpus(self.screen, cards, self.target, self.use_target, PROFILE, parts_of_group)

    def use_target(self, target: Target) -> None:
        """Show who writes there; read it where that is not known."""
        if self.run is not None:
            self._give_up()
        self.target, self._failure = target, ""
        if self.group is None:
            self.read_group()
        else:
            self.show_group()

    def choose_file(self) -> None:
        """Ask for a file of the user's own."""
        choose_file(self.screen, self.target, self.use_target, PROFILE)

    def read_otherwise(self) -> None:
        """Ask how the user's own file is to be read."""
        read_otherwise(self.screen, self.target, self.use_target, PROFILE)

    # ------------------------------------------------------------------------------------------ reading

    def read_group(self) -> None:
        """Read all authors of the target beside a panel that shows how far it is."""
        target, model = self.target, self._model()
        if target is None or model is None:
            self.show_group()
            return
        run = self.run = GroupReading(target.name)
        self._runs += 1

        def work() -> GroupProfile:
            target.settle(self.screen.engine)
            total, records = self.screen.engine.read_data(target.data, target.split, target.text_column)
            run.total = total
            return self.screen.engine.profile_group(records, model, run.progress, lambda: run.stopped)

        # A group of its own: what was given up must not keep the next one waiting.
        self.screen.ask(f"group {self._runs}", work, partial(self._read, target, model), self._failed)
        self.screen.query_one(AuthorsPanel).follow(run, f"Reading the authors of {one_line(target.name, 40)}")
        self.show_group()

    def _read(self, target: Target, model: str, group: GroupProfile) -> None:
        self._groups[target, model] = group
        self._end()

    def _failed(self, error: Exception) -> None:
        self._failure = in_fields(str(error))
        self._end()

    def _end(self) -> None:
        self.run = None
        self.screen.query_one(AuthorsPanel).end()
        self.show_group()
        if self.grouped and self.group is not None:
            self.screen.query_one(GroupCard).focus()

    def _give_up(self) -> None:
        """Let nobody wait for what is being read; it ends at its next author."""
        if self.run is not None:
            self.run.stopped = True
            self.run = None
            self.screen.forget(f"group {self._runs}")
            self.screen.query_one(AuthorsPanel).end()

    def stop_reading(self) -> None:
        """Keep what was read so far."""
        if self.run is not None and not self.run.stopped:
            self.run.stopped = True
            self.screen.query_one("#work-title", Static).update("Stopping; what was read is kept …")

    # ------------------------------------------------------------------------------------------ showing

    def show_group(self) -> None:
        """The bars, or what stands in their place."""
        target, group, working = self.target, self.group, self.run is not None
        card = self.screen.query_one(GroupCard)
        card.group = None if working else group
        self.screen.query_one("#group-scroll", VerticalScroll).display = card.group is not None
        empty = self.screen.query_one("#group-empty", Static)
        empty.display = card.group is None and not working
        empty.update(visible(self._failure) if self._failure else self._why_nothing())
        frame = self.screen.query_one("#group-box")
        name = one_line(target.name, 40) if target else ""
        frame.border_title = Content(" · ".join(["Who writes here", *([name] if name else [])]))
        count = plural(group.authors, "author") if group is not None else ""
        edge = f"{count} · 95 % intervals" if card.group is not None else ""
        frame.border_subtitle = Content(edge)
        self._show_choices()
        self.screen.refresh_bindings()

    def _why_nothing(self) -> str:
        if self._model() is None:
            return none_here_apart(DOES)
        return NO_TARGET

    def _show_choices(self) -> None:
        target = self.target
        said = one_line(target.name, 40) if target else "none yet"
        if target is not None and target.split:
            said += f", {target.split} only"
        self.screen.query_one(ChoiceBar).show(
            [(pressed("choose_data"), "Corpus", said), (pressed("next_model"), "Model", self._model() or "none")]
        )

    def group_shown(self) -> tuple[str, GroupProfile] | None:
        """Name and profile of what is shown."""
        group = self.group if self.run is None else None
        return (self.target.name, group) if self.target is not None and group is not None else None
