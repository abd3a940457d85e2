"""What one model says: its continuations, and below them what may come next."""

from typing import Any

from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.content import Content
from textual.widgets import Static

from ..kit.text import one_line, visible
from .next_units import NextUnitBars
from .variant_list import VariantList
from .writing import VariantWriter

EMPTY = "The continuation appears here."
BEHIND = 16
"""Characters of the text that are quoted where the next units are listed."""


class Lane(Vertical):
    """One model; two of them stand side by side where two are compared."""

    DEFAULT_CSS = """
    Lane { width: 1fr; height: 1fr; }
    Lane .lane--variants { height: 1fr; width: 1fr; padding: 0; }
    Lane .lane--notes { height: auto; max-height: 3; width: 1fr; padding: 0 1; }
    Lane .lane--problem { height: auto; width: 1fr; color: $quiet; }
    Lane .lane--next { height: auto; max-height: 12; width: 1fr; }
    Lane NextUnitBars { height: auto; max-height: 10; width: 1fr; }
    Lane.-outdated VariantList { color: $quiet; text-style: italic; }
    """

    def __init__(self, number: int, **options: Any) -> None:
        super().__init__(id=f"lane-{number}", **options)
        self.number = number

    def compose(self) -> ComposeResult:
        with Container(classes="box lane--variants"):
            yield VariantList(self.number)
            yield Static("Looking for models …", classes="empty", markup=False)
            yield Static(classes="lane--notes", markup=False)
        with Container(classes="box lane--next"):
            yield NextUnitBars()
            yield Static(classes="lane--problem", markup=False)

    @property
    def variants(self) -> VariantList:
        return self.query_one(VariantList)

    @property
    def bars(self) -> NextUnitBars:
        return self.query_one(NextUnitBars)

    def show(self, writer: VariantWriter, outdated: bool, empty: str) -> None:
        """``outdated``: the text is another one by now; ``empty``: said where there are no variants."""
        there, run = bool(writer.variants), writer.run_now
        self.variants.show(writer.variants, writer.prompt, run is not None)
        self.variants.display = there
        nothing = self.query_one(".empty", Static)
        nothing.display = not there
        nothing.update(Content(empty))
        self.set_class(outdated, "-outdated")
        title = visible(writer.model or "Continuation")
        if run is not None:
            title += " · stopping …" if run.stopped else " · writing, esc stops"
        elif outdated and there:
            title += " · of the text before"
        self.query_one(".lane--variants").border_title = Content(title)
        notes = self.query_one(".lane--notes", Static)
        notes.update(
            Content("\n").join(Content.assemble(("! ", "bold $warning"), visible(note)) for note in writer.notes)
        )
        notes.display = bool(writer.notes)

    def grow(self, writer: VariantWriter) -> None:
        """The variants got longer."""
        self.variants.show(writer.variants, writer.prompt, writer.run_now is not None)

    def show_units(self, writer: VariantWriter, takes: bool) -> None:
        """``takes``: tab takes one of these."""
        self.bars.show(writer.units)
        self.bars.display = bool(writer.units)
        problem = self.query_one(".lane--problem", Static)
        problem.update(Content(visible(writer.units_problem)))
        problem.display = bool(writer.units_problem)
        box = self.query_one(".lane--next")
        box.display = bool(writer.units or writer.units_problem)
        behind = one_line(writer.units_of[-BEHIND:], BEHIND)
        box.border_title = Content(
            f"Next after “{'…' * (len(writer.units_of) > BEHIND)}{behind}”" if behind else "What may come first"
        )
        box.border_subtitle = Content("tab takes ▸" if takes else "")
