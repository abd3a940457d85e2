"""Authors: what the style of texts suggests of who wrote them, and what the model looked at."""

from typing import Any

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Container, Vertical, VerticalScroll
from textual.widgets import Static

from ..actions import key
from ..kit.attended import AttendedBox, HopBar
from ..kit.choicebar import ChoiceBar
from ..kit.document import Document
from ..kit.document_screen import DocumentScreen
from ..kit.model_reader import TASK
from ..kit.phrases import PhraseTable
from ..kit.profile_card import ProfileCard
from ..kit.searchable import Target
from ..kit.side import Side
from .group import AuthorsPanel, Group
from .group_card import GroupCard
from .one_author import OneAuthor

ONE = ("open_file", "sample", "next_hop", "show_hop", "new_document", "similar", "group")
"""Actions about one author; in the view of many they are not there."""
MANY = ("choose_data", "open_group", "one", "stop")


class AuthorsScreen(DocumentScreen):
    """One author on the left and what a model says on the right; or many authors, as bars."""

    PLACE = "authors"
    CSS_PATH = "authors.tcss"
    SAMPLES = TASK
    HELP = f"""Paste or type texts by one author, or open a file ({key("open_file")}): the card shows what their
style suggests, while you type, and says so where it cannot tell. The words are shaded by the attention that they
get; {key("next_hop")} shows all hops together, then each by itself. The most attended phrases are listed: enter goes
to one in the text.

{key("group")} turns to many authors: a corpus or a file with an author a record becomes bars with intervals; esc
stops the reading and keeps what was read. {key("next_model")} takes another model, {key("export")} writes what is
shown to a file, {key("copy_result")} copies it.

What it says is a probability about style, never a fact about a person. It has the biases of its corpus: on whom it
learnt, when, and from what kind of text is shown below the card. It is not for decisions about anybody."""

    def __init__(self) -> None:
        super().__init__()
        self.many = Group(self, lambda: self.single.model)
        self.single = OneAuthor(self, self.many.model_changed)

    # ------------------------------------------------------------------------------------------ layout

    def body(self) -> ComposeResult:
        with Container(id="halves"):
            with Vertical(id="left"):
                yield AttendedBox(id="document")
                yield HopBar(id="hops")
            with Side():
                yield Static("Looking for models …", id="no-model", classes="empty", markup=False)
                yield ProfileCard(id="profile")
                with Container(id="phrase-box", classes="box"):
                    yield PhraseTable(id="phrases")
                with Container(id="limit-box", classes="box"):
                    yield Static(id="limits")
        with Vertical(id="group"):
            yield ChoiceBar(id="choices")
            with Container(id="group-box", classes="box"):
                with VerticalScroll(id="group-scroll", can_focus=False):
                    yield GroupCard(id="group-card")
                    yield Static(id="group-limits")
                yield AuthorsPanel(id="work")
                yield Static(id="group-empty", classes="empty", markup=False)

    def on_mount(self) -> None:
        self.query_one("#phrase-box").border_title = "Most attended"
        self.query_one("#limit-box").border_title = "What this is not for"
        self.single.show_side()
        self._turn(False)
        self.single.models.read()

    def on_screen_resume(self) -> None:
        self.single.resumed()

    def on_unmount(self) -> None:
        self.single.end()

    def document_changed(self) -> None:
        self.single.document_changed()

    def on_resize(self, event: events.Resize) -> None:
        self.single.card.compact = event.size.width < 100

    def receive(
        self, model: str | None = None, text: str | None = None, name: str = "", data: str | None = None, **context: Any
    ) -> None:
        """``model``: use it; ``text``: one author's; ``data``: who writes in that corpus or file."""
        if model is not None:
            self.single.models.read(model)
        if text is not None:
            self._turn(False)
            self._take_document(text, name)
        elif data is not None:
            self._turn(True)
            self.many.use_target(Target(data))

    def restore(self, document: Document, cursor: int, beside: str) -> None:
        self._turn(False)
        super().restore(document, cursor, beside)

    def take_paste(self, text: str) -> bool:
        if self.app.screen is self and self.many.grouped:
            self._turn(False)
        return super().take_paste(text)

    def _turn(self, grouped: bool) -> None:
        """Show many authors, or one."""
        self.many.grouped = grouped
        self.query_one("#halves").display = not grouped
        self.query_one("#group").display = grouped
        if grouped:
            self.many.show_group()
            (self.query_one(GroupCard) if self.many.group is not None else self.query_one(ChoiceBar)).focus()
        else:
            (self.box.preview if self.box.large else self.box.area).focus()
        self.refresh_bindings()

    # ------------------------------------------------------------------------------------------ actions

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in (ONE if self.many.grouped else MANY):
            return False
        if action == "stop":
            return self.many.run is not None
        hops = len(self.single.explained.hops) if self.single.explained is not None else 0
        if action == "show_hop" and parameters and int(str(parameters[0])) > hops:
            return False
        if action in ("next_hop", "show_hop"):
            return True if hops else None
        if action in ("export", "copy_result"):
            return True if self._shown() else None
        return True

    def _shown(self) -> bool:
        if not self.is_mounted:
            return False
        return self.many.group_shown() is not None if self.many.grouped else self.single.card.profile is not None

    def action_next_hop(self) -> None:
        profile = self.single.explained
        if profile is None or not profile.hops:
            return
        self.single.hop = (
            0 if self.single.hop is None else self.single.hop + 1 if self.single.hop + 1 < len(profile.hops) else None
        )
        self.single.shade()

    @on(HopBar.Chosen)
    def _hop_chosen(self, event: HopBar.Chosen) -> None:
        if self.single.explained is not None:
            self.single.hop = event.hop
            self.single.shade()

    def action_show_hop(self, number: str) -> None:
        hop = int(number) - 1
        if self.single.explained is not None and hop < len(self.single.explained.hops):
            self.single.hop = None if hop < 0 else hop
            self.single.shade()

    @on(PhraseTable.Taken)
    def _phrase_taken(self, event: PhraseTable.Taken) -> None:
        if self.single.explained is None:
            return
        self.single.hop = event.phrase.hop
        self.single.shade()
        self.single.attended.reveal(event.phrase.start, event.phrase.end)

    def action_next_model(self) -> None:
        self.single.models.choose(self.single.model, self.single.use)

    def action_group(self) -> None:
        self._turn(True)
        if self.many.target is None and self.single.model is not None:
            self.many.choose_data()

    def action_one(self) -> None:
        self._turn(False)

    def action_choose_data(self) -> None:
        self.many.choose_data()

    def action_open_group(self) -> None:
        self.many.choose_file()

    def action_read_as(self) -> None:
        if self.many.grouped:
            self.many.read_otherwise()
        else:
            super().action_read_as()

    def action_stop(self) -> None:
        self.many.stop_reading()

    def action_copy_result(self) -> None:
        from .export import copy_group, copy_profile

        if self.many.grouped and (shown := self.many.group_shown()) is not None:
            copy_group(self, *shown)
        elif self.single.card.profile is not None:
            copy_profile(self, self._document, self.single.explained or self.single.card.profile, self.single.card.info)

    def action_export(self) -> None:
        from .export import export_group, export_profile

        if self.many.grouped and (shown := self.many.group_shown()) is not None:
            export_group(self, *shown)
        elif self.single.card.profile is not None:
            export_profile(
                self, self._document, self.single.explained or self.single.card.profile, self.single.card.info
            )
