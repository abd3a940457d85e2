"""Requests for translations: of what an edit changed, once typing pauses; of a long text, until stopped."""

from dataclasses import replace
from functools import partial
from time import monotonic
from typing import Protocol

from textual.timer import Timer

from ...engine.results import Direction, Sentence, Translation
from ..kit.document import EDITABLE
from ..kit.document_screen import DocumentScreen
from ..kit.draft import Kept, Line, TranslationDraft, lines_of
from ..kit.model_choice import UNREAD, ModelChoice
from .directions import DETECTED, TASK, Ways, why_none

PAUSE = 0.25
"""Seconds without a key before what was typed is translated."""
TICK = 0.1
"""Seconds between looks at what a thread has translated."""
TAKES_LONG = 0.4
DETAILED = 6_000
"""Characters up to which all sentences get their other wordings and attention at once; of more, the one at hand."""
FIRST = 4_000
"""Characters of a document too large to edit that are translated unasked."""
WORDINGS = 3
"""Wordings beside the best."""


class TranslationRun:
    """A translation under way: written by its thread, read by the screen's clock."""

    def __init__(self, unchanged: Kept, direction: Direction, detailed: bool, cut: bool) -> None:
        self.unchanged = unchanged
        self.direction = direction
        self.detailed = detailed
        self.cut = cut
        """Whether the last sentence may be the beginning of one."""
        self.sentences: list[Sentence] = []
        self.total = 0
        self.stopped = False
        self._begun = monotonic()

    def add(self, done: int, of: int, sentence: Sentence) -> None:
        """``on_sentence``."""
        self.total = of
        self.sentences.append(sentence)

    @property
    def long(self) -> bool:
        """Whether it takes so long that its progress is worth telling."""
        return monotonic() - self._begun > TAKES_LONG

    @property
    def told(self) -> tuple[int, int]:
        """Sentences done and sentences in all, those kept included."""
        there = len(self.unchanged.head) + len(self.unchanged.tail)
        return there + len(self.sentences), there + max(self.total, len(self.sentences))


class ShowsDraft(Protocol):
    """What shows the draft."""

    def draft_changed(self) -> None:
        """The draft is another one, or there is none."""
        ...

    def heads_changed(self) -> None:
        """Another language, direction or problem is known."""
        ...

    def draft_grew(self) -> None:
        """Sentences were added to the draft, or time passed while it is made."""
        ...

    def line_changed(self, number: int) -> None:
        """More is known of a line."""
        ...


class TranslationRequests:
    """Translates the screen's document, and keeps a :class:`TranslationDraft` of its newest text."""

    view: ShowsDraft
    """Told of all that changes; set before the first question."""

    def __init__(self, screen: DocumentScreen) -> None:
        self.screen = screen
        self.ways = Ways()
        self.draft: TranslationDraft | None = None
        self.direction: Direction | None = None
        """That of the draft, or of what is being translated."""
        self.language = ""
        """Of the text, as found."""
        self.problem = ""
        """Why there is no translation, in one sentence."""
        self.run_now: TranslationRun | None = None
        self.models = ModelChoice(
            screen,
            TASK,
            "it does not translate.",
            self._models_listed,
            self._models_failed,
            beside=lambda: (self.screen.engine.directions(), self.screen.engine.preferences()),
        )
        self._pause: Timer | None = None
        self._clock: Timer | None = None
        self._detail: Timer | None = None

    def resumed(self) -> None:
        """The screen is seen again: models may have come or gone."""
        if self.models.loaded:
            self.models.read()

    def end(self) -> None:
        """The screen goes."""
        self._overtaken()
        for timer in (self._pause, self._detail):
            if timer is not None:
                timer.stop()

    # ------------------------------------------------------------------------------------------ directions

    def _models_failed(self, error: Exception) -> None:
        self.problem = UNREAD
        self.view.draft_changed()

    def _models_listed(self, wanted: str | None) -> None:
        directions, preferences = self.models.beside
        changed = self.ways.take(directions, list(self.models.infos.values()), preferences)
        if wanted is not None:
            direction = self.ways.by(wanted)
            if direction is None:
                self.models.refuse(wanted)
            else:
                self.ways.picked, changed = direction, True
        if changed:
            self.translate_now()

    def use_direction(self, direction: Direction | None) -> None:
        """Translate so from now on; None: as the language of the text says."""
        self.ways.picked = direction
        if direction is not None:
            self.ways.targets[direction.source] = direction.target
            self.screen.workbench.remember(translate={"targets": dict(self.ways.targets)})
        self.translate_now()

    # ------------------------------------------------------------------------------------------ translating

    def document_changed(self) -> None:
        self._overtaken()
        if self._pause is not None:
            self._pause.stop()
        self._pause = self.screen.set_timer(PAUSE, self.translate_now)

    def _overtaken(self) -> None:
        """Nobody waits any more for what is being translated; its thread ends at its next step."""
        if self.run_now is not None:
            self.run_now.stopped = True
            self.run_now = None
        self.screen.forget("translate")
        self.screen.forget("language")
        if self._clock is not None:
            self._clock.stop()
            self._clock = None

    def translate_now(self) -> None:
        """Bring the draft to what the text says now."""
        self._overtaken()
        text = self.screen.document.text
        if not self.ways.all or not text.strip():
            self.draft, self.problem, self.language = None, "", ""
            self.direction = self.ways.picked
            self.view.draft_changed()
        elif self.ways.picked is not None:
            self._known_language(self.screen.revision, self.ways.picked.source)
        else:
            # Where it begins a text says most of its language.
            work = partial(self.screen.engine.detect, text.lstrip()[:DETECTED])
            self.screen.ask("language", work, partial(self._known_language, self.screen.revision), self._failed)

    def _known_language(self, revision: int, language: str) -> None:
        if revision != self.screen.revision:
            return
        self.language = language
        direction = self.ways.of(language)
        if direction is None:
            self.draft, self.direction = None, None
            self.problem = why_none(self.ways.all, language)
            self.view.draft_changed()
        else:
            self.language = language or direction.source
            self._start(direction)

    def _start(self, direction: Direction, all_of_it: bool = False) -> None:
        """Translate what is new of the text; of a large document only its beginning, but where ``all_of_it``."""
        text, old = self.screen.document.text, self.draft
        self.direction, self.problem = direction, ""
        same = old is not None and old.direction == direction
        unchanged = old.kept(text) if old is not None and same else Kept((), (), 0, len(text))
        if len(text) > EDITABLE and not all_of_it and unchanged.end > FIRST:
            unchanged = replace(unchanged, end=max(FIRST, unchanged.start))
        if not text[unchanged.start : unchanged.end].strip():
            self._settle(
                TranslationDraft(
                    text,
                    direction,
                    (*unchanged.head, *unchanged.tail),
                    unchanged.end == len(text) or bool(unchanged.tail),
                )
            )
            return
        size = unchanged.end - unchanged.start
        cut = unchanged.end < len(text) and not unchanged.tail
        run = self.run_now = TranslationRun(unchanged, direction, size <= DETAILED, cut)
        translate = self.ways.asked_by(self.screen.engine, direction)

        def work() -> Translation:
            return translate(
                text[unchanged.start : unchanged.end],
                alternatives=WORDINGS if run.detailed else 0,
                explain=run.detailed,
                on_sentence=run.add,
                should_stop=lambda: run.stopped,
            )

        self.screen.ask("translate", work, partial(self._answered, run, text), self._failed)
        self._clock = self.screen.set_interval(TICK, partial(self._look, run, text))
        self.view.heads_changed()

    def _look(self, run: TranslationRun, text: str) -> None:
        """What came since the last look goes into the draft; until the first sentence the old one stays."""
        if run is not self.run_now:
            return
        if run.sentences:
            if self.draft is None or not self._is_of(run, text):
                lines = lines_of(run.sentences[:], run.unchanged.start, run.detailed)
                self.draft = TranslationDraft(text, run.direction, [*run.unchanged.head, *lines])
                self.view.draft_changed()
                return
            there = len(self.draft.lines) - len(run.unchanged.head)
            self.draft.lines += lines_of(run.sentences[there:], run.unchanged.start, run.detailed)
        self.view.draft_grew()

    def _is_of(self, run: TranslationRun, text: str) -> bool:
        """Whether the draft is the one that the run adds to."""
        draft = self.draft
        return draft is not None and (draft.source, draft.direction, draft.complete) == (text, run.direction, False)

    def _answered(self, run: TranslationRun, text: str, translation: Translation) -> None:
        if run is not self.run_now:
            return
        if self._clock is not None:
            self._clock.stop()
            self._clock = None
        self.run_now = None
        unchanged, sentences = run.unchanged, translation.sentences
        # What was chosen meanwhile stays.
        lines = self.draft.lines if self.draft is not None and self._is_of(run, text) else [*unchanged.head]
        lines = [*lines, *lines_of(sentences[len(lines) - len(unchanged.head) :], unchanged.start, run.detailed)]
        if run.cut and translation.complete and len(sentences) > 1:
            del lines[-1]
        whole = translation.complete and not run.cut
        draft = TranslationDraft(text, translation.direction, [*lines, *unchanged.tail] if whole else lines, whole)
        draft.milliseconds, draft.notes = translation.milliseconds, translation.notes
        self._settle(draft)

    def _settle(self, draft: TranslationDraft) -> None:
        # The engine may name its models otherwise than its list: what was asked for is what the next edit goes by.
        draft.direction = self.direction or draft.direction
        self.draft = draft
        self.view.draft_changed()

    def _failed(self, error: Exception) -> None:
        self._overtaken()
        draft = self.draft
        if draft is None or draft.complete or draft.source != self.screen.document.text:
            self.draft = None
        self.problem = "This text could not be translated."
        self.view.draft_changed()

    def stop_translating(self) -> None:
        """Keep what is translated so far."""
        if self.run_now is not None:
            self.run_now.stopped = True

    def go_on(self) -> None:
        """Translate the rest of a text that was stopped, or of which only the beginning was translated."""
        if self.run_now is None and self.draft is not None and not self.draft.complete:
            self._start(self.draft.direction, all_of_it=True)
            self.view.draft_grew()

    # ------------------------------------------------------------------------------------------ one sentence

    def detail_soon(self, number: int) -> None:
        """Ask for the other wordings and the attention of a line that has none yet, once the reader rests there."""
        if self._detail is not None:
            self._detail.stop()
            self._detail = None
        draft = self.draft
        if draft is not None and not draft.lines[number].detailed:
            self._detail = self.screen.set_timer(PAUSE / 2, partial(self._ask_detail, draft, number))

    def _ask_detail(self, draft: TranslationDraft, number: int) -> None:
        self._detail = None
        if draft is not self.draft:
            return
        line = draft.lines[number]
        text = draft.source[line.sentence.start : line.sentence.end]
        translate = self.ways.asked_by(self.screen.engine, draft.direction)
        work = partial(translate, text, alternatives=WORDINGS, explain=True)
        self.screen.ask("detail", work, partial(self._detailed, draft, number, line))

    def _detailed(self, draft: TranslationDraft, number: int, line: Line, translation: Translation) -> None:
        if draft is not self.draft or draft.lines[number] is not line:
            return
        sentence = line.sentence
        if len(translation.sentences) == 1 and translation.sentences[0].hypotheses:
            sentence = replace(translation.sentences[0], start=sentence.start, end=sentence.end)
        texts = [hypothesis.text for hypothesis in sentence.hypotheses]
        draft.lines[number] = Line(sentence, texts.index(line.text) if line.text in texts else 0, True)
        self.view.line_changed(number)
