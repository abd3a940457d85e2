"""Drafts in the screen: kept while one types, offered at the next start, taken back into their box."""

import threading
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from textual.timer import Timer

from ..engine.results import Draft, UserError, plural
from .actions import key
from .kit.document import Document, DocumentBox
from .kit.offer import DraftOffer, about_draft
from .kit.workbench import Unavailable
from .places import PLACES

if TYPE_CHECKING:
    from .kit.shell import Shell

PAUSE = 0.4
"""Seconds from a change until it is written: however fast one types, no draft is older by much more."""
PATIENCE = 3.0
"""Seconds for which the end of the program waits for the disk."""

State = tuple[str, str, int, str]
"""What is kept of a box: text, name, cursor, what else was written there."""


class DraftKeeper:
    """Writes what stands in the boxes of an application's screens, in threads; knows what earlier starts left."""

    def __init__(self, app: "Shell", on: bool) -> None:
        self._app = app
        self.on = on
        """Whether drafts are kept."""
        self.left: list[Draft] = []
        """Those of earlier starts, the newest first."""
        self._boxes: dict[str, DocumentBox] = {}
        self._dirty: set[str] = set()
        self._timer: Timer | None = None
        self._states: dict[str, State] = {}
        """What was handed over to be written last, by place."""
        self._orders = 0
        self._written: dict[str, int] = {}
        self._writing = threading.Lock()
        self._complained = False

    # ------------------------------------------------------------------------------------------ writing

    def changed(self, box: DocumentBox) -> None:
        """What stands in a box, or beside it, is different: it will be written soon."""
        # Its message may come once the box has left its screen.
        place = getattr(box.screen, "PLACE", "") if box.is_attached else ""
        if not place:
            return
        self._boxes[place] = box
        self._dirty.add(place)
        if not box.blank:
            self._withdraw()
        if self._timer is None and self.on:
            self._timer = self._app.set_timer(PAUSE, self._write)

    def _write(self) -> None:
        self._timer = None
        dirty, self._dirty = self._dirty, set()
        for place in dirty:
            if (work := self._work(place)) is not None:
                self._app.ask(f"draft {place}", work, lambda _: None, wrong=self._failed)

    def _work(self, place: str) -> Callable[[], object] | None:
        """What writes a place's draft as it is now; None where it is written already."""
        box = self._boxes[place]
        if not box.is_attached:
            return None
        document = box.document
        beside = str(getattr(box.screen, "written_beside", str)())
        worth_keeping = (document.text.strip() and not document.elsewhere) or beside
        state = (document.text, document.name, box.cursor, beside) if worth_keeping else ("", "", 0, "")
        if state == self._states.get(place, ("", "", 0, "")):
            return None
        self._states[place] = state
        self._orders += 1
        return partial(self._save, self._orders, place, state)

    def _save(self, order: int, place: str, state: State) -> None:
        """In a thread. One that was overtaken by a newer one writes nothing."""
        with self._writing:
            if order > self._written.get(place, 0):
                self._app.engine.save_draft(place, *state)
                self._written[place] = order

    def _failed(self, error: Exception) -> None:
        self._states.clear()  # nothing is known to be on disk: the next change tries again
        if not self._complained:
            self._complained = True
            self._app.show_error(error)

    def finish(self) -> None:
        """Write what is not written yet, before the program ends; the disk gets some seconds for that."""
        if not self.on:
            return
        works = [work for place in list(self._boxes) if (work := self._work(place)) is not None]
        if not works:
            return

        def write() -> None:
            for work in works:
                try:
                    work()
                except UserError:
                    continue  # it was said while one typed

        thread = threading.Thread(target=write, name="dltext-drafts", daemon=True)
        thread.start()
        thread.join(PATIENCE)

    def switch(self, on: bool) -> None:
        """Keep drafts from now on, or none any more: what is kept of this window's texts goes."""
        self.on = on
        self._app.remember(drafts=on)
        self._states.clear()
        self._dirty = set(self._boxes)
        if on:
            self._write()
            self._app.notify("Drafts are kept: what is in the boxes is restored at the next start.")
            return
        for place in self._boxes:
            self._orders += 1
            self._app.ask(
                f"draft {place}",
                partial(self._save, self._orders, place, ("", "", 0, "")),
                lambda _: None,
                wrong=self._failed,
            )
        more = f" {len(self.left)} of earlier starts are in {key('command_palette')}, Drafts." if self.left else ""
        self._app.notify(f"No drafts are kept any more: a text that is not exported goes with the window.{more}")

    # ------------------------------------------------------------------------------------------ offering

    def look(self) -> None:
        """Ask for what earlier starts left, and offer the newest."""
        self._app.ask("drafts", lambda: self._app.engine.drafts(), self._offer, quiet=True)

    def _offer(self, left: list[Draft]) -> None:
        self.left = left
        home = self._app.place("analyse")
        if not left or isinstance(home, Unavailable):
            return
        if not home.is_mounted:  # the answer may come before the screen does
            self._app.set_timer(0.1, partial(self._offer, left))
            return
        boxes = home.query(DocumentBox)
        if self._app.document is None and boxes and boxes.first().blank and "analyse" not in self._states:
            home.query_one(DraftOffer).show(left)
        else:
            self._app.notify(
                f"{about_draft(left[0])} was left at an earlier start. "
                f"{key('command_palette')}, then “Drafts”, brings it back.",
                timeout=12,
            )

    def _withdraw(self) -> None:
        """Something is written: the offer stays in the palette alone."""
        for offer in self._app.place("analyse").query(DraftOffer):
            if offer.shown:
                offer.show(())

    def renew(self, box: DocumentBox) -> None:
        """Empty a box; an empty one shows again what stood there: before, or at an earlier start."""
        if not box.blank:
            box.show(Document())
            return
        offered = any(offer.shown for offer in box.screen.query(DraftOffer))
        if not offered and box.bring_back():
            return
        place = getattr(box.screen, "PLACE", "")
        draft = next((draft for draft in self.left if offered or draft.place == place), None)
        if draft is not None:
            self.take(draft)

    def take(self, draft: Draft) -> None:
        """Show a draft in the place where it was written."""

        def read() -> tuple[Draft, Document]:
            about, text = self._app.engine.take_draft(draft.id)
            return about, Document.of(text, about.name)

        self._app.ask("take draft", read, self._taken)

    async def _arrive(self, about: Draft, document: Document) -> None:
        place = about.place if about.place in PLACES else "analyse"
        await self._app.open_screen(place)
        restore = getattr(self._app.place(place), "restore", None)
        if restore is not None:
            restore(document, min(about.cursor, len(document.text)), about.beside)

    def _taken(self, taken: tuple[Draft, Document]) -> None:
        self.left = [draft for draft in self.left if draft.id != taken[0].id]
        self._withdraw()
        self._app.run_worker(self._arrive(*taken), group="draft", exclusive=True)
        if self.left:
            more = plural(len(self.left), "more draft")
            self._app.notify(f"{more} of earlier starts: {key('command_palette')}, then “Drafts”.")

    def choose(self) -> None:
        """The list of drafts: take one, or remove it."""
        self._app.ask("drafts", lambda: self._app.engine.drafts(), self._choose)

    def _choose(self, left: list[Draft]) -> None:
        self.left = left
        if not left:
            hint = "Texts that are not exported are kept, and offered at the next start." if self.on else ""
            self._app.notify(f"No draft of an earlier start is left. {hint}".strip())
            return
        from .kit.drafts import ChooseDraft

        def chosen(draft: Draft | None) -> None:
            if draft is not None:
                self.take(draft)

        self._app.push_screen(ChooseDraft(left, self._forget), chosen)

    def _forget(self, draft: Draft) -> None:
        self.left = [other for other in self.left if other.id != draft.id]
        self._withdraw()
        self._app.ask(f"forget {draft.id}", partial(self._app.engine.forget_draft, draft.id), lambda _: None)
