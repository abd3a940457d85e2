"""Continuations on their way: one model's variants of a text, streamed from a thread, stopped, gone on from."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

from textual.timer import Timer

from ...engine.results import Continuation, Generated, NextUnit, UserError
from ..kit.document_screen import DocumentScreen
from .drawing import GenerateSettings

READ = 20_000
"""Characters before the end of a prompt that a model is given; none looks further back."""
TICK = 0.06
"""Seconds between looks at what a thread has written."""
NO_UNITS = "The model gave no answer: it may be damaged; Models says what is wrong with it."
COUNT = 10
"""Units that are offered as the next."""


@dataclass
class Variant:
    """A continuation, as far as it is written."""

    text: str = ""
    made: Continuation | None = None
    """The whole, once it is known; None while it is written."""


class WritingRun:
    """One question: it writes the variants from ``first`` on, behind ``begun`` where it goes on with one."""

    def __init__(self, first: int, begun: Continuation | None = None) -> None:
        self.first = first
        self.begun = begun
        self.texts: dict[int, str] = {}
        self.stopped = False

    def add(self, variant: int, text: str) -> bool:
        """``on_text``."""
        self.texts[variant] = text
        return self.stopped

    def whole(self, text: str) -> str:
        """With what it goes on from."""
        return (self.begun.text if self.begun is not None else "") + text


class ShowsWriting(Protocol):
    """What shows the variants."""

    def writing_changed(self, writer: "VariantWriter") -> None:
        """Others are there, or it began, or it ended."""
        ...

    def writing_grew(self, writer: "VariantWriter") -> None:
        """The text of some got longer."""
        ...

    def units_changed(self, writer: "VariantWriter") -> None:
        """Other units may come next."""
        ...


class VariantWriter:
    """What one model writes behind the screen's text; ``number`` tells it from the one beside it."""

    def __init__(self, screen: DocumentScreen, view: ShowsWriting, number: int) -> None:
        self.screen, self.view, self.number = screen, view, number
        self.model: str | None = None
        """None: there is none to ask."""
        self.prompt = ""
        """The text that the variants go on from."""
        self.variants: list[Variant] = []
        self.notes: tuple[str, ...] = ()
        self.version = ""
        """Of the model that wrote them."""
        self.form: tuple[tuple[int, ...], bool] = ((), False)
        """Of the verses that the variants were written in."""
        self.run_now: WritingRun | None = None
        self.units: tuple[NextUnit, ...] = ()
        self.units_problem = ""
        """Why there are none, in one sentence."""
        self.units_of = ""
        """The text that these come next in."""
        self._clock: Timer | None = None

    def _group(self, name: str) -> str:
        return f"{name} {self.number}"

    def use(self, model: str | None) -> None:
        """Another model writes from now on."""
        if model != self.model:
            self.drop()
            self.model = model

    def drop(self) -> None:
        """What stands here is nobody's any more."""
        self._overtaken()
        self.screen.forget(self._group("next"))
        self.variants, self.notes = [], ()
        self.units, self.units_of, self.units_problem = (), "", ""
        self.view.writing_changed(self)
        self.view.units_changed(self)

    # ------------------------------------------------------------------------------------------ writing

    def write(self, prompt: str, drawing: GenerateSettings) -> None:
        """Write anew."""
        self._overtaken()
        self.prompt, self.variants = prompt, [Variant() for _ in range(drawing.variants)]
        self.form = drawing.form
        self._ask(WritingRun(0), prompt, drawing)

    def add(self, drawing: GenerateSettings) -> None:
        """Write one more variant."""
        seed = None if drawing.seed is None else drawing.seed + len(self.variants)
        run = WritingRun(len(self.variants))
        self.variants.append(Variant())
        self._ask(run, self.prompt, replace(drawing, variants=1, seed=seed))

    def go_on(self, number: int, drawing: GenerateSettings) -> None:
        """Go on with a variant from where it ends."""
        begun = self.variants[number].made
        if begun is not None:
            self.variants[number] = Variant(begun.text)
            self._ask(WritingRun(number, begun), self.prompt + begun.text, replace(drawing, variants=1))

    def _ask(self, run: WritingRun, prompt: str, drawing: GenerateSettings) -> None:
        self.run_now = run
        work: Callable[[], Generated] = partial(
            self.screen.engine.generate, prompt[-READ:], self.model, on_text=run.add, **drawing.options()
        )
        self.screen.ask(self._group("write"), work, partial(self._written, run), partial(self._failed, run))
        self._clock = self._clock or self.screen.set_interval(TICK, self._look)
        self.view.writing_changed(self)

    def _look(self) -> None:
        run = self.run_now
        if run is None:
            return
        for place, text in list(run.texts.items()):
            self.variants[run.first + place].text = run.whole(text)
        self.view.writing_grew(self)

    def stop(self) -> None:
        """End it at its next unit, and keep what is written."""
        if self.run_now is not None:
            self.run_now.stopped = True
            self.view.writing_changed(self)

    def _overtaken(self) -> None:
        """Nobody waits any more for what is being written; what there is of it stays to be read."""
        if self.run_now is not None:
            self._look()
            self.run_now.stopped = True
        self.screen.forget(self._group("write"))
        self._settle()

    def _settle(self) -> None:
        self.run_now = None
        if self._clock is not None:
            self._clock.stop()
            self._clock = None

    def _written(self, run: WritingRun, generated: Generated) -> None:
        if run is not self.run_now:
            return
        self._settle()
        for place, made in enumerate(generated.continuations):
            if run.begun is not None:
                made = joined(run.begun, made)
            self.variants[run.first + place] = Variant(made.text, made)
        del self.variants[run.first + max(len(generated.continuations), run.begun is not None) :]
        self.notes, self.version = generated.notes, generated.version
        self.view.writing_changed(self)

    def _failed(self, run: WritingRun, error: Exception) -> None:
        if run is not self.run_now:
            return
        self._settle()
        if run.begun is not None:
            self.variants[run.first] = Variant(run.begun.text, run.begun)
        else:
            del self.variants[run.first :]
        self.view.writing_changed(self)

    # ------------------------------------------------------------------------------------------ the next units

    def look_ahead(self, text: str) -> None:
        """Ask what may come next in ``text``."""
        if self.model is None:
            return
        work = partial(self._next_units, text[-READ:], self.model)
        self.screen.ask(self._group("next"), work, partial(self._take_units, text))

    def _next_units(self, text: str, model: str) -> tuple[NextUnit, ...] | str:
        """What may come next, or a sentence that says why nothing does: whoever types on wants no toast for each key.
        Called in a thread."""
        try:
            return self.screen.engine.next_units(text, model, COUNT)
        except UserError as error:
            return str(error)
        except Exception:
            return NO_UNITS

    def _take_units(self, text: str, said: tuple[NextUnit, ...] | str) -> None:
        self.units, self.units_problem = ((), said) if isinstance(said, str) else (said, "")
        self.units_of = text
        self.view.units_changed(self)

    def end(self) -> None:
        """The screen goes."""
        if self.run_now is not None:
            self.run_now.stopped = True
        self._settle()


def joined(begun: Continuation, more: Continuation) -> Continuation:
    """A continuation and what was written behind it, as one; its seed is that of the first part."""
    return replace(
        begun,
        text=begun.text + more.text,
        units=begun.units + more.units,
        log_prob=begun.log_prob + more.log_prob,
        finished=more.finished,
    )
