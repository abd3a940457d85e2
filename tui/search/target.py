"""What Search is asked of: the corpus, a part of it, the method; as last time, as others wish, or as chosen here."""

from dataclasses import replace
from typing import Any

from ...engine import api
from ...engine.results import DatasetInfo, SearchMethod
from ..kit.choicebar import ChoiceBar
from ..kit.searchable import LABELS, Target, choose_corpus, choose_method, choose_part, first_choice
from ..kit.text import one_line
from .requests import SearchAsking


class SearchTarget(SearchAsking):
    """The quarter of Search around its bar of choices; a subclass takes the query."""

    def __init__(self) -> None:
        super().__init__()
        self._cards: dict[str, DatasetInfo] = {}
        self._methods: list[SearchMethod] = []
        self._loaded = False
        self._wanted: dict[str, Any] = {}
        """What another screen asked for before the corpora were known."""
        self._unmet: SearchMethod | None = None
        """The method that is wanted and cannot be used here: another ranks in its place."""

    def _look_like(self, text: str, name: str, row: int | None = None) -> None:
        """Look for documents like a text; ``row``: where it stands itself."""
        raise NotImplementedError

    def on_screen_resume(self) -> None:
        self.ask("corpora", lambda: (self.engine.datasets(), self.engine.preferences()), self._corpora_known)

    def receive(self, **context: Any) -> None:
        """``query``: look for it; ``data``: there; ``model``: with these word or paragraph vectors."""
        self._wanted |= {name: value for name, value in context.items() if value}
        if self._loaded:
            self._take_wanted()

    def _corpora_known(self, read: tuple[list[DatasetInfo], dict[str, Any]]) -> None:
        cards, preferences = read
        self._cards = {card.name: card for card in cards}
        first, self._loaded = not self._loaded, True
        kept = preferences.get("search")
        if self.target is None:
            self.target = first_choice(cards, kept if isinstance(kept, dict) else {})
        if first or self._wanted:
            self._take_wanted()
        self._read_methods()
        self._show_choices()
        self._show()

    def _take_wanted(self) -> None:
        wanted, self._wanted = self._wanted, {}
        data, model = wanted.get("data"), wanted.get("model")
        if data is not None:
            card = self._cards.get(data)
            method = self.target.method if self.target else "mixture"
            self._use(Target(data, method, language=card.language if card else "en"))
        if model is not None:
            self._use_model(str(model))
        if wanted.get("query") is not None:
            self._look_like(str(wanted["query"]), "")

    def _use_model(self, name: str) -> None:
        def known(task: str) -> None:
            if self.target is not None:
                self._unmet = None
                self._use(replace(self.target, method=api.task(task).search or "paragraph", model=name))

        self.ask("model", lambda: self.engine.model(name).task, known)

    def _use(self, target: Target, keep: bool = True) -> None:
        """Search elsewhere or otherwise from now on; ``keep``: remember it."""
        language = self.target.language if self.target else None
        self.target = target
        self._stop()
        self.forget("search")
        self._revision += 1
        self.found, self._failure, self._stopped = None, "", None
        kept = {"data": target.data, "method": target.method, "language": target.language} | target.source()
        if keep:
            self.ask("remember", lambda: self.engine.remember(search=kept), lambda _: None)
        if target.language != language:
            self._read_methods()
        self._show_choices()
        self._look()

    def _read_methods(self) -> None:
        language = self.target.language if self.target else "en"
        self.ask("methods", lambda: self.engine.search_methods(language), self._methods_known)

    def _methods_known(self, methods: list[SearchMethod]) -> None:
        self._methods = methods
        target, usable = self.target, [method.name for method in methods if not method.problem]
        if target is not None and usable and not target.model:
            wanted = self._unmet.name if self._unmet else target.method
            used = wanted if wanted in usable else usable[0]
            self._unmet = next((method for method in methods if method.name == wanted != used), None)
            if used != target.method:
                self._use(replace(target, method=used), keep=False)
        self._show_choices()

    def _method_label(self) -> str:
        target = self.target
        if target is None:
            return "–"
        said = next((method.label for method in self._methods if method.name == target.method), None)
        return (said or LABELS.get(target.method, target.method)) + (f" · {target.model}" if target.model else "")

    def _show_choices(self) -> None:
        target = self.target
        card = self._cards.get(target.data) if target else None
        parts = [("f2", "Corpus", one_line(target.name, 40) if target else "none yet")]
        parts.append(("f3", "Method", self._method_label()))
        if card is not None and len(card.splits) > 1:
            parts.append(("f4", "Part", target.split if target and target.split else "all"))
        self.query_one(ChoiceBar).show(parts)

    # ------------------------------------------------------------------------------------------ choosing

    def action_corpus(self) -> None:
        choose_corpus(self, list(self._cards.values()), self.target, self._use)

    def action_method(self) -> None:
        if self.target is not None:
            choose_method(self, self._methods, self.target, self._use_method)

    def _use_method(self, method: SearchMethod) -> None:
        if self.target is not None:
            self._unmet = None
            self._use(replace(self.target, method=method.name, model=""))

    def action_part(self) -> None:
        if self.target is not None:
            choose_part(self, self._cards.get(self.target.data), self.target, self._use)
