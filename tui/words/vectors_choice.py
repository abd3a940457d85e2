"""Which word vectors the Words screen asks: one bundle, or two side by side."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from ...engine.results import BundleInfo
from ..kit.workbench import Workbench


class VectorsScreen(Workbench):
    """A subclass says what happens once the vectors are others (:meth:`vectors_changed`)."""

    def __init__(self) -> None:
        super().__init__()
        self._infos: dict[str, BundleInfo] = {}
        self._model: str | None = None
        self._second: str | None = None
        self._wanted: str | None = None
        self._picked = False
        """Whether the user chose the vectors; else the language of what is typed may."""
        self._known = False
        """Whether the models were read at all."""

    def vectors_changed(self) -> None:
        """Other vectors are chosen, or there are none."""

    def models_failed(self, error: Exception) -> None:
        """The models cannot be read."""

    def on_screen_resume(self) -> None:
        if self._known:
            self.read_models()

    def read_models(self, wanted: str | None = None) -> None:
        """Read which vectors there are; ``wanted`` is chosen where it is among them."""
        self._wanted = wanted or self._wanted
        self.ask("models", lambda: self.engine.models("words"), self._models_known, self.models_failed)

    def _models_known(self, found: list[BundleInfo]) -> None:
        before, self._known = (self._model, self._second), True
        self._infos = {info.name: info for info in found if info.problem is None}
        names = list(self._infos)
        if self._wanted in names:
            self._model, self._wanted, self._picked = self._wanted, None, True
        if self._model not in names:
            self._model, self._picked = self._default(), False
        if self._second not in names or self._second == self._model:
            self._second = None
        if (self._model, self._second) != before or self._model is None:
            self._changed()

    def _changed(self) -> None:
        if self._model is not None:
            self.ask("warm", partial(self.engine.warm_up_words, self._model), lambda _: None)
        self.vectors_changed()
        self.refresh_bindings()

    def _default(self) -> str | None:
        return next((info.name for info in self._infos.values() if info.default), next(iter(self._infos), None))

    def follow_language(self, text: str) -> None:
        """Where the user has chosen none: Chinese vectors for Chinese words, if there are any; else the default."""
        if self._picked or self._second is not None or not text.strip():
            return
        chinese = [info.name for info in self._infos.values() if info.language.startswith("zh")]
        wanted = chinese[0] if chinese and any("\u3400" <= sign <= "\u9fff" for sign in text) else self._default()
        if wanted != self._model:
            self._model = wanted
            self._changed()

    def suggest(self, beginning: str) -> list[str]:
        """Words of the vocabulary that begin so; called in a thread."""
        return self.engine.suggest_words(beginning, self._model, 8) if self._model else []

    # ------------------------------------------------------------------------------------------ actions

    def action_next_model(self) -> None:
        from .vectors import choose_vectors

        choose_vectors(self.app, list(self._infos.values()), self._model, self._use)

    def _use(self, name: str) -> None:
        self._model, self._second, self._picked = name, None, True
        self._changed()

    def action_compare(self) -> None:
        if self._second is not None:
            self._second = None
            self._changed()
            return
        from ..kit.choosing import choose_several

        chosen: list[Any] = [self._model] if self._model else []
        choose_several(self, list(self._infos.values()), chosen, self.compare)

    def compare(self, names: Sequence[str]) -> None:
        """Ask the first two of ``names`` from now on."""
        self._model, self._second = names[0], names[1]
        self._changed()
