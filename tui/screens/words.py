"""Words: what word vectors know, while you type."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Input

from ...engine.results import BundleInfo, WordMap
from ..widgets.heatgrid import HeatGrid
from ..widgets.modebar import ModeBar
from ..widgets.neighbours import NeighbourList
from ..widgets.word_line import LONGEST, WordLine
from ..widgets.wordmap import METHODS, WordMapView
from .base import Workbench
from .words_asking import (
    EXAMPLES,
    MODES,
    SHORT_TITLES,
    TITLES,
    Question,
    Reply,
    answer,
    read,
    replaced,
    rewrite,
)
from .words_board import WordsBoard

PAUSE = 0.08
"""Seconds without a key before the vectors are asked."""
WIDE = 160
"""Columns from which on a word's map stands beside its neighbours."""
NO_VECTORS = """No word vectors are here yet.

Train them on any corpus: f6, task Word vectors, recipe word2vec-gensim.
Or import a file of word2vec, GloVe, fastText or gensim: f8, then i."""


class WordsScreen(Workbench):
    """A line, and below it what the chosen vectors say; the newest text is answered and no other."""

    PLACE = "words"
    CSS_PATH = "../styles/words.tcss"
    HELP = """What you type decides: a word shows its nearest words; king - man + woman calculates; words with commas
between them show which does not belong; two words or short texts with | between them show how near they are, by two
measures. f3 changes the view, also to the matrix of several words and to a map; ctrl+t tries an example.

f4 takes other vectors, f2 asks two at once: = marks what both say. Enter or a click on a word goes to it, escape comes
back. ctrl+r copies what is shown, ctrl+e writes it to a file."""

    def __init__(self) -> None:
        super().__init__()
        self._infos: dict[str, BundleInfo] = {}
        self._model: str | None = None
        self._second: str | None = None
        self._wanted: str | None = None
        self._known = False
        self._chosen = MODES[0]
        self._method = "pca"
        self._question = Question(MODES[0], ())
        self._replies: list[Reply] = []
        self._history: list[tuple[str, str]] = []
        self._pause: Timer | None = None

    # ------------------------------------------------------------------------------------------ layout

    def body(self) -> ComposeResult:
        with Vertical(id="words-body"):
            yield ModeBar(TITLES, SHORT_TITLES)
            yield WordLine(self._suggest, id="line")
            yield WordsBoard(id="board")

    def on_mount(self) -> None:
        self.line.focus()
        self._read_models()
        self._ask_now()

    def on_screen_resume(self) -> None:
        if self._known:
            self._read_models()

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
            self._wanted = model
            self._read_models()
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

    def _read_models(self) -> None:
        self.ask("models", lambda: self.engine.models("words"), self._models_known, self._models_failed)

    def _models_failed(self, error: Exception) -> None:
        self.board.say("The models could not be read; f8 shows why.")

    def _models_known(self, found: list[BundleInfo]) -> None:
        before, self._known = (self._model, self._second), True
        self._infos = {info.name: info for info in found if info.problem is None}
        names = list(self._infos)
        if self._wanted in names:
            self._model, self._wanted = self._wanted, None
        if self._model not in names:
            default = next((info.name for info in self._infos.values() if info.default), None)
            self._model = default or (names[0] if names else None)
        if self._second not in names or self._second == self._model:
            self._second = None
        if (self._model, self._second) != before or self._model is None:
            self._vectors_changed()

    def _vectors_changed(self) -> None:
        from ..widgets.vectors import vectors_line

        info = self._infos.get(self._model or "")
        other = f" and {self._second}" if self._second else ""
        self.line.border_subtitle = Content(vectors_line(info) + other if info else "")
        if info is not None:
            self.ask("warm", partial(self.engine.warm_up_words, info.name), lambda _: None)
        self._ask_now()
        self.refresh_bindings()

    def _suggest(self, beginning: str) -> list[str]:
        return self.engine.suggest_words(beginning, self._model, 8) if self._model else []

    # ------------------------------------------------------------------------------------------ asking

    @on(Input.Changed, "#line")
    def _typed(self) -> None:
        if self._pause is not None:
            self._pause.stop()
        self._pause = self.set_timer(PAUSE, self._ask_now)

    def _ask_now(self) -> None:
        question = read(self.line.value, self._chosen)
        self._question = question
        self.query_one(ModeBar).mode = question.mode
        example = EXAMPLES[self._language][question.mode]
        self.line.placeholder = f"for example  {example}"
        self.line.border_title = TITLES[question.mode]
        self.refresh_bindings()
        if self._model is None or not question.parts or question.hint:
            self.forget("answer")
            self.forget("beside")
            self._replies = []
            hint = f"{question.hint}\n\nctrl+t tries: {example}"
            self.board.say(hint if self._model else NO_VECTORS if self._known else "Looking for word vectors …")
            return
        both = self._second is not None and question.mode in ("neighbours", "analogy")
        models = [self._model, self._second] if both else [self._model]
        engine, method = self.engine, self._method

        def work() -> list[Reply]:
            return [answer(engine, question, model, method) for model in models if model]

        self.ask("answer", work, partial(self._answered, question), self._failed)
        self.forget("beside")
        if question.mode == "neighbours" and not both and self.app.size.width >= WIDE:
            beside = Question("map", question.parts)
            self.ask("beside", partial(answer, engine, beside, self._model, method), self._map_beside)

    @property
    def _language(self) -> str:
        info = self._infos.get(self._model or "")
        return info.language if info is not None and info.language in EXAMPLES else "en"

    def _failed(self, error: Exception) -> None:
        self._replies = []
        self.board.say("That could not be answered.")

    def _answered(self, question: Question, replies: list[Reply]) -> None:
        self._replies = replies
        beside = self.busy("beside") is False and self.board.map.display and question.mode == "neighbours"
        self.board.show(question, replies)
        if beside and self.board.map.map is not None and self.board.map.map.query == question.parts[0]:
            self.board.map.display = True
        self.refresh_bindings()

    def _map_beside(self, reply: Reply) -> None:
        if isinstance(reply.result, WordMap) and self._question.mode == "neighbours":
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

    def action_example(self) -> None:
        mode = self._question.mode
        self._go(EXAMPLES[self._language][mode], mode)

    def action_new(self) -> None:
        self._go("")
        self.line.focus()

    def action_map_method(self) -> None:
        methods = list(METHODS)
        self._method = methods[(methods.index(self._method) + 1) % len(methods)]
        self.board.map.border_subtitle = Content(f"computing {METHODS[self._method]} …")
        self._ask_now()

    def action_next_model(self) -> None:
        from ..widgets.vectors import choose_vectors

        choose_vectors(self.app, list(self._infos.values()), self._model, self._use)

    def _use(self, name: str) -> None:
        self._model, self._second = name, None
        self._vectors_changed()

    def action_compare(self) -> None:
        if self._second is not None:
            self._second = None
            self._vectors_changed()
            return
        from .choosing import choose_several

        choose_several(self, list(self._infos.values()), [self._model] if self._model else [], self._compare)

    def _compare(self, names: Sequence[str]) -> None:
        self._model, self._second = names[0], names[1]
        if self._question.mode not in ("neighbours", "analogy"):
            self._chosen = "neighbours"
            self.line.value = rewrite(self.line.value, "neighbours")
        self._vectors_changed()

    def action_copy_result(self) -> None:
        from ..widgets.words_written import as_text

        self.app.copy_to_clipboard(as_text(self.line.value, self.board.results(self._replies)))
        self.app.notify("It is on the clipboard. Where a terminal does not allow that, ctrl+e writes it to a file.")

    def action_export(self) -> None:
        from ..widgets.words_written import as_json, as_text, as_tsv
        from .outgoing import save_as

        query, results = self.line.value, self.board.results(self._replies)

        def write(path: Path) -> object:
            form = {".json": as_json, ".tsv": as_tsv}.get(path.suffix.lower(), as_text)
            return self.engine.write_document(str(path), form(query, results))

        told = "A name that ends in .json is written as JSON, .tsv as a table, any other as text."
        save_as(self, "Export", f"words-{self._question.mode}.tsv", told, write)
