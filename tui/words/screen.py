"""Words: similarities of words by their vectors, while you type."""

from functools import partial
from typing import Any

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Input

from ...engine.results import WordMap
from ..actions import key
from ..kit.modebar import ModeBar
from ..kit.model_choice import UNREAD
from ..kit.text import visible
from ..places import way
from .board import WordsBoard
from .heatgrid import HeatGrid
from .neighbours import NeighbourList
from .requests import EXAMPLES, MODES, SHORT_TITLES, TITLES, Question, Reply, answer, read, replaced, rewrite
from .vectors import vectors_line
from .vectors_choice import VectorsScreen
from .word_line import LONGEST, WordLine
from .wordmap import METHODS, WordMapView

PAUSE = 0.08
"""Seconds without a key before the vectors are asked."""
WIDE = 160
"""Columns from which on a word's map stands beside its neighbours."""
COMPARED = ("neighbours", "analogy")
"""The views that two models answer side by side."""
NO_VECTORS = f"""No word vectors are here yet.

Train them on any corpus: {way("train")}, recipe word2vec-gensim.
Or import a file of word2vec, GloVe, fastText or gensim: {way("models")}, then {key("import_model")}."""


class WordsScreen(VectorsScreen):
    """A line, and below it what the chosen vectors say; the newest text is answered and no other."""

    PLACE = "words"
    CSS_PATH = "words.tcss"
    HELP = f"""What you type decides: a word shows its nearest words; king - man + woman calculates; words with
commas between them show which does not belong; two words or short texts with | between them show how near they are,
by two measures. {key("next_mode")} changes the view, also to the matrix of several words and to a map;
{key("sample")} tries an example.

{key("next_model", "words")} takes other vectors, {key("compare", "words")} compares two: = marks what both have.
Enter or a click on a word goes to it, esc comes back. {key("copy_result")} copies what is shown, {key("export")}
writes it to a file."""

    def __init__(self) -> None:
        super().__init__()
        self._chosen = MODES[0]
        self._method = next(iter(METHODS))
        self._question = Question(MODES[0], ())
        self._replies: list[Reply] = []
        self._history: list[tuple[str, str]] = []
        self._pause: Timer | None = None
        self._wide = False

    # ------------------------------------------------------------------------------------------ layout

    def body(self) -> ComposeResult:
        with Vertical(id="words-body"):
            yield ModeBar(TITLES, SHORT_TITLES)
            yield WordLine(self.suggest, id="line")
            yield WordsBoard(id="board")

    def on_mount(self) -> None:
        self.line.focus()
        self.models.read()
        self._ask_now()

    def on_resize(self, event: events.Resize) -> None:
        wide, self._wide = self._wide, event.size.width >= WIDE
        if wide != self._wide:
            self._ask_now()

    def on_unmount(self) -> None:
        if self._pause is not None:
            self._pause.stop()

    @property
    def line(self) -> WordLine:
        return self.query_one(WordLine)

    @property
    def board(self) -> WordsBoard:
        return self.query_one(WordsBoard)

    def receive(self, word: str | None = None, model: str | None = None, **context: Any) -> None:
        """``word``: ask for it (any expression); ``model``: by these vectors."""
        if model is not None:
            self.models.read(model)
        if word:
            self._go(" ".join(word.split())[:LONGEST])

    def take_paste(self, text: str) -> bool:
        """Each paste on this screen goes into the line."""
        if self.app.screen is not self:
            return False
        self.line.focus()
        if not self.line.take(text):
            self.app.notify(f"Only the beginning was taken: the line holds {LONGEST:,} characters.")
        return True

    # ------------------------------------------------------------------------------------------ vectors

    def models_failed(self, error: Exception) -> None:
        self.board.say(UNREAD)

    def vectors_changed(self) -> None:
        info, second = self.models.infos.get(self._model or ""), self.models.infos.get(self._second or "")
        edge = vectors_line(info) if info is not None else ""
        if info is not None and second is not None:
            edge = f"{visible(info.name)} and {visible(second.name)}"
            if self._question.mode not in COMPARED:
                self.action_show_mode("neighbours")
        self.line.border_subtitle = Content(edge)
        self._ask_now()

    # ------------------------------------------------------------------------------------------ asking

    @on(Input.Changed, "#line")
    def _typed(self) -> None:
        if self._pause is not None:
            self._pause.stop()
        self._pause = self.set_timer(PAUSE, self._ask_now)

    def _ask_now(self) -> None:
        self.follow_language(self.line.value)
        question = read(self.line.value, self._chosen)
        self._question = question
        self.query_one(ModeBar).mode = question.mode
        self.set_class(question.mode == "similarity", "-similarity")
        example = EXAMPLES[self._language][question.mode]
        self.line.placeholder = f"for example  {example}"
        self.line.border_title = "Words"
        self.refresh_bindings()
        if self._model is None or not question.parts or question.hint:
            self.forget("answer")
            self.forget("beside")
            self._replies = []
            hint = f"{question.hint}\n\n{key('sample')} tries: {example}"
            self.board.say(hint if self._model else NO_VECTORS if self.models.loaded else "Looking for word vectors …")
            return
        both = self._second is not None and question.mode in COMPARED
        models = [self._model, self._second] if both else [self._model]
        engine, method = self.engine, self._method

        def work() -> list[Reply]:
            return [answer(engine, question, model, method) for model in models if model]

        beside = question.mode == "neighbours" and not both and self._wide
        if beside or question.mode == "map":
            self.board.map.wait(method)
        self.ask("answer", work, partial(self._answered, question, beside), self._failed)
        self.forget("beside")
        if beside:
            there = Question("map", question.parts)
            self.ask("beside", partial(answer, engine, there, self._model, method), self._map_beside)

    @property
    def _language(self) -> str:
        info = self.models.infos.get(self._model or "")
        return info.language if info is not None and info.language in EXAMPLES else "en"

    def _failed(self, error: Exception) -> None:
        self._replies = []
        self.board.say("That could not be answered.")

    def _answered(self, question: Question, beside: bool, replies: list[Reply]) -> None:
        self._replies = replies
        self.board.show(question, replies, beside)
        self.refresh_bindings()

    def _map_beside(self, reply: Reply) -> None:
        if isinstance(reply.result, WordMap):
            self.board.show_beside(reply.result)

    # ------------------------------------------------------------------------------------------ walking

    def _go(self, text: str, mode: str | None = None) -> None:
        """Ask for ``text``, and know the way back."""
        if self.line.value.strip() and self.line.value != text:
            self._history.append((self.line.value, self._chosen))
            del self._history[:-200]
        if mode is not None:
            self._chosen = mode
        self._set(text)

    def _set(self, text: str) -> None:
        with self.prevent(Input.Changed):
            self.line.value = text
            self.line.cursor_position = len(text)
        self._ask_now()

    @on(NeighbourList.Taken)
    def _row_taken(self, event: NeighbourList.Taken) -> None:
        row = event.row
        if row.instead:
            self._go(replaced(self.line.value, row.instead, row.word))
            return
        self._go(row.word, "map" if self._chosen == "map" else "neighbours")

    @on(WordMapView.Taken)
    def _point_taken(self, event: WordMapView.Taken) -> None:
        self._go(event.word)

    @on(HeatGrid.Taken)
    def _pair_taken(self, event: HeatGrid.Taken) -> None:
        self._go(f"{event.row} | {event.column}")

    @on(NeighbourList.Left)
    @on(HeatGrid.Left)
    def _up(self) -> None:
        self.line.focus()

    @on(WordLine.Left)
    @on(Input.Submitted, "#line")
    def _down(self) -> None:
        part = self.board.first_part()
        if part is not None:
            part.focus()

    def action_back(self) -> None:
        if self._history:
            text, self._chosen = self._history.pop()
            self._set(text)

    # ------------------------------------------------------------------------------------------ actions

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "back":
            return True if self._history else None
        if action == "map_method":
            return self._question.mode == "map"
        if action in ("copy_result", "export"):
            return True if self._replies else None
        return True

    def action_next_mode(self) -> None:
        self.action_show_mode(MODES[(MODES.index(self._question.mode) + 1) % len(MODES)])

    @on(ModeBar.Clicked)
    def _mode_clicked(self, event: ModeBar.Clicked) -> None:
        self.action_show_mode(event.mode)

    def action_show_mode(self, mode: str) -> None:
        self._chosen = mode
        self._set(rewrite(self.line.value, mode))

    def action_sample(self) -> None:
        mode = self._question.mode
        self._go(EXAMPLES[self._language][mode], mode)

    def action_new_document(self) -> None:
        self._go("")
        self.line.focus()

    def action_map_method(self) -> None:
        methods = list(METHODS)
        self._method = methods[(methods.index(self._method) + 1) % len(methods)]
        self._ask_now()

    def action_copy_result(self) -> None:
        from .export import copy_shown

        copy_shown(self, self.line.value, self.board.results(self._replies))

    def action_export(self) -> None:
        from .export import export_shown

        export_shown(self, self._question.mode, self.line.value, self.board.results(self._replies))
