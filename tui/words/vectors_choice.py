"""Which word vectors the Words screen asks: one bundle, or two side by side."""

from collections.abc import Sequence
from typing import Any

from ..kit.model_choice import ModelChoice
from ..kit.workbench import Workbench
from ..places import way
from .vectors import about_vectors


class VectorsScreen(Workbench):
    """A subclass says what happens once the vectors are others (:meth:`vectors_changed`)."""

    def __init__(self) -> None:
        super().__init__()
        self.models = ModelChoice(
            self,
            "words",
            "it holds no word vectors.",
            self._vectors_listed,
            self.models_failed,
            lambda name: self.engine.warm_up_words(name),
            f"There are no other word vectors. Train some with {way('train')}, or import a file with {way('models')}.",
        )
        self._model: str | None = None
        self._second: str | None = None
        self._picked = False
        """Whether the user chose the vectors; else the language of what is typed may."""

    def vectors_changed(self) -> None:
        """Other vectors are chosen, or there are none."""

    def models_failed(self, error: Exception) -> None:
        """The models cannot be read."""

    def on_screen_resume(self) -> None:
        if self.models.loaded:
            self.models.read()

    def _vectors_listed(self, wanted: str | None) -> None:
        before, infos = (self._model, self._second), self.models.infos
        if wanted is not None:
            self._model, self._picked = wanted, True
        if self._model not in infos:
            self._model, self._picked = self.models.default, False
        if self._second not in infos or self._second == self._model:
            self._second = None
        if (self._model, self._second) != before or self._model is None:
            self._changed()

    def _changed(self) -> None:
        if self._model is not None:
            self.models.warm(self._model)
        self.vectors_changed()
        self.refresh_bindings()

    def follow_language(self, text: str) -> None:
        """Where the user has chosen none: Chinese vectors for Chinese words, if there are any; else the default."""
        if self._picked or self._second is not None or not text.strip():
            return
        chinese = [info.name for info in self.models.infos.values() if info.language.startswith("zh")]
        wanted = chinese[0] if chinese and any("\u3400" <= sign <= "\u9fff" for sign in text) else self.models.default
        if wanted != self._model:
            self._model = wanted
            self._changed()

    def suggest(self, beginning: str) -> list[str]:
        """Words of the vocabulary that begin so; called in a thread."""
        return self.engine.suggest_words(beginning, self._model, 8) if self._model else []

    # ------------------------------------------------------------------------------------------ actions

    def action_next_model(self) -> None:
        self.models.choose(self._model, self._use, "Word vectors", about_vectors)

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
        choose_several(self, list(self.models.infos.values()), chosen, self.compare)

    def compare(self, names: Sequence[str]) -> None:
        """Ask the first two of ``names`` from now on."""
        self._model, self._second = names[0], names[1]
        self._changed()
