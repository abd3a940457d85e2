"""What Search is asked of: the corpus, a part of it, the method; as last time, as others wish, or as chosen here."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ...engine import api
from ...engine.results import DatasetInfo, SearchMethod
from ..actions import pressed
from ..kit.choicebar import ChoiceBar
from ..kit.searchable import LABELS, Target, choose_corpus, choose_file, choose_method, first_choice, read_otherwise
from ..kit.text import one_line
from .requests import SearchRequests


class TargetChoice:
    """The part of Search around its bar of choices."""

    def __init__(self, requests: SearchRequests) -> None:
        self.requests, self.screen = requests, requests.screen
        self._cards: dict[str, DatasetInfo] = {}
        self.methods: list[SearchMethod] = []
        self.loaded = False
        self._wanted: dict[str, Any] = {}
        """What another screen asked for before the corpora were known."""
        self.unmet: SearchMethod | None = None
        """The method that is wanted and cannot be used here: another ranks in its place."""

    def resumed(self) -> None:
        """The screen is seen again: corpora and models may have come or gone."""
        self.screen.ask(
            "corpora", lambda: (self.screen.engine.datasets(), self.screen.engine.preferences()), self._corpora_known
        )

    def receive(self, context: Mapping[str, Any]) -> None:
        """What another screen asks for: ``query``, ``data``, ``model``."""
        self._wanted |= {name: value for name, value in context.items() if value}
        if self.loaded:
            self._take_wanted()

    def _corpora_known(self, read: tuple[list[DatasetInfo], dict[str, Any]]) -> None:
        cards, preferences = read
        self._cards = {card.name: card for card in cards}
        first, self.loaded = not self.loaded, True
        stored = preferences.get("search")
        if self.requests.target is None:
            self.requests.target = first_choice(cards, stored if isinstance(stored, dict) else {})
        if first or self._wanted:
            self._take_wanted()
        self._read_methods()
        self._show_choices()
        self.requests.place.show_answer()

    def _take_wanted(self) -> None:
        wanted, self._wanted = self._wanted, {}
        data, model = wanted.get("data"), wanted.get("model")
        if data is not None:
            card = self._cards.get(data)
            method = self.requests.target.method if self.requests.target else "mixture"
            self._use(Target(data, method, language=card.language if card else "en"))
        if model is not None:
            self._use_model(str(model))
        if wanted.get("query") is not None:
            self.requests.place.look_like(str(wanted["query"]), "")

    def _use_model(self, name: str) -> None:
        def opened(task: str) -> None:
            if self.requests.target is not None:
                self.unmet = None
                method = api.task(task).search or "paragraph"
                self._use(replace(self.requests.target, method=method, model=name))

        self.screen.ask("model", lambda: self.screen.engine.model(name).task, opened)

    def _use(self, target: Target, keep: bool = True) -> None:
        """Search elsewhere or otherwise from now on; ``keep``: remember it."""
        language = self.requests.target.language if self.requests.target else None
        self.requests.target = target
        self.requests.stop()
        self.screen.forget("search")
        self.requests.revision += 1
        self.requests.answer, self.requests.failure, self.requests.stopped = None, "", None
        stored = {"data": target.data, "method": target.method, "language": target.language, "read": dict(target.read)}
        stored |= target.source()
        if keep:
            self.screen.ask("remember", lambda: self.screen.engine.remember(search=stored), lambda _: None)
        if target.language != language:
            self._read_methods()
        self._show_choices()
        self.requests.look()

    def _read_methods(self) -> None:
        language = self.requests.target.language if self.requests.target else "en"
        self.screen.ask("methods", lambda: self.screen.engine.search_methods(language), self._methods_known)

    def _methods_known(self, methods: list[SearchMethod]) -> None:
        self.methods = methods
        target, usable = self.requests.target, [method.name for method in methods if not method.problem]
        if target is not None and usable and not target.model:
            wanted = self.unmet.name if self.unmet else target.method
            used = wanted if wanted in usable else usable[0]
            self.unmet = next((method for method in methods if method.name == wanted != used), None)
            if used != target.method:
                self._use(replace(target, method=used), keep=False)
        self._show_choices()

    def _method_label(self) -> str:
        target = self.requests.target
        if target is None:
            return "–"
        said = next((method.label for method in self.methods if method.name == target.method), None)
        return (said or LABELS.get(target.method, target.method)) + (f" · {target.model}" if target.model else "")

    def _show_choices(self) -> None:
        target = self.requests.target
        card = self._cards.get(target.data) if target else None
        said = one_line(target.name, 40) if target else "none yet"
        if card is not None and target is not None and target.split:
            said += f", {target.split} only"
        parts = [(pressed("corpus"), "Corpus", said), (pressed("method"), "Method", self._method_label())]
        self.screen.query_one(ChoiceBar).show(parts)

    # ------------------------------------------------------------------------------------------ choosing

    def choose_corpus(self) -> None:
        """Ask for another corpus."""
        choose_corpus(self.screen, list(self._cards.values()), self.requests.target, self._use)

    def choose_method(self) -> None:
        """Ask for another method."""
        if self.requests.target is not None:
            choose_method(self.screen, self.methods, self.requests.target, self._use_method)

    def _use_method(self, method: SearchMethod) -> None:
        if self.requests.target is not None:
            self.unmet = None
            self._use(replace(self.requests.target, method=method.name, model=""))

    def choose_file(self) -> None:
        """Ask for a file or a folder of the user's own."""
        choose_file(self.screen, self.requests.target, self._use)

    def read_otherwise(self) -> None:
        """Ask how the user's own file is to be read."""
        read_otherwise(self.screen, self.requests.target, self._use, "Search in")
