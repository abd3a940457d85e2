"""The list of drafts that earlier starts have left."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.binding import Binding
from textual.widgets import OptionList

from ...engine.results import Draft
from ..actions import REMOVE, key
from .dialogs import Choose
from .offer import about_draft
from .text import one_line


class ChooseDraft(Choose):
    """One of the drafts, or None; x removes the one under the cursor."""

    BINDINGS: ClassVar = [Binding(REMOVE, "forget", "Remove")]
    HINT = f"enter or a number brings it back   {key('remove')} removes it   esc cancels"

    def __init__(self, drafts: Sequence[Draft], forget: Callable[[Draft], object]) -> None:
        super().__init__("Drafts", [(about_draft(draft), f"“{one_line(draft.beginning, 58)}") for draft in drafts])
        self._drafts, self._forget = list(drafts), forget

    def action_forget(self) -> None:
        options = self.query_one(OptionList)
        if (index := options.highlighted) is None:
            return
        self._forget(self._drafts.pop(index))
        self._options = [*self._options[:index], *self._options[index + 1 :]]
        options.remove_option_at_index(index)
        if not self._drafts:
            self.dismiss(None)

    def answer(self, index: int) -> Draft:
        return self._drafts[index]
