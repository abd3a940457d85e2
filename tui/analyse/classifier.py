"""The card of a classifier, whatever its labels: it answers while one types; several stand side by side."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from textual.timer import Timer

from ...engine.results import BundleInfo, Course, HeadAttention, Result
from ..kit.beside import Beside, CardHost
from ..kit.document import Document
from ..kit.document_screen import DocumentScreen
from ..kit.heat import Heat, Sides
from ..kit.model_reader import SHORT
from .result_card import HEADS, ResultCard

LONGER_PAUSE = 0.45
"""Seconds after an answer before the models are asked for the words too."""
TAKES_LONG = 0.4


class ClassifierBeside(Beside[ResultCard]):
    """Without a ``model`` the default of the screen's task answers, or for a text in another language one that reads
    that."""

    KIND = "labels"
    LIVE = True
    CARD = ResultCard

    def __init__(self, screen: DocumentScreen, host: CardHost, model: str = "") -> None:
        super().__init__(screen, host, model)
        self.names: list[str] = []
        """The models of the cards, from the left."""
        self.comparing = False
        self.heat: Heat | None = None
        """How the first card's words are shaded; None where they are not weighed."""
        self._longer: Timer | None = None

    # ------------------------------------------------------------------------------------------ models

    def listed(self, infos: Mapping[str, BundleInfo]) -> None:
        self.names = [name for name in self.names if name in infos]
        if not self.names:
            self.names = [name for name in (self.model or self.host.default_model,) if name in infos]
        self.comparing = self.comparing and len(self.names) > 1
        self._lay()

    def use(self, name: str) -> None:
        """Let ``name`` answer alone; the default leaves texts in other languages to models that read them."""
        self.comparing, self.names = False, [name]
        self.model = "" if name == self.host.default_model else name
        self._lay()

    def next_model(self) -> None:
        self.host.models.choose(
            next(iter(self.names), None), self.host.remembering(self.use), "Model of this card", among=self._others()
        )

    def _others(self) -> list[str]:
        """Every classifier but those that have a card of their own elsewhere."""
        elsewhere = {
            beside.names[0]
            for beside in self.host.besides
            if isinstance(beside, ClassifierBeside) and beside is not self and beside.names
        }
        return [info.name for info in self.host.models_of(self.KIND) if info.name not in elsewhere]

    def compare(self) -> None:
        """Set models of the same labels side by side, or leave only the first of them."""
        if self.comparing:
            self.use(self.names[0])
            return
        if not self.names:
            return
        from ..kit.choosing import choose_several

        info = self.host.models.infos[self.names[0]]
        alike = [other for other in self.host.models_of(self.KIND) if set(other.labels) == set(info.labels)]
        # What reads the same language first, if anything else does.
        same = [other for other in alike if other.language == info.language]
        choose_several(self.screen, same if len(same) > 1 else alike, self.names, self._side_by_side, info.labels)

    def _side_by_side(self, names: list[str]) -> None:
        self.comparing, self.names, self.model = True, names, names[0]
        self._lay()

    def _lay(self) -> None:
        """A card a model; then ask them all."""
        wanted = [self.host.models.infos[name] for name in self.names]
        self.screen.set_class(any(getattr(beside, "comparing", False) for beside in self.host.besides), "-comparing")
        if [card.info for card in self.cards] == wanted:
            return
        self._forget_all()

        async def lay() -> None:
            await self.holder.remove_children()
            await self.holder.mount_all(ResultCard(info) for info in wanted)
            for info in wanted:
                self.host.models.warm(info.name)
            self.ask()

        self.screen.run_worker(lay(), group=self.group("cards"), exclusive=True)

    # ------------------------------------------------------------------------------------------ asking

    def changed(self) -> None:
        super().changed()
        if self._longer is not None:
            self._longer.stop()

    def ask(self) -> None:
        document = self.screen.document
        self.heat = None
        if not document.text.strip():
            self.clear()
            return
        for card in self.cards:
            name = card.info.name
            # Where the task has no model at all, another classifier stands in for its default.
            by_language = not self.model and card.info.task == self.host.TASK
            self.screen.forget(self.group(f"explain {name}"))
            self.screen.forget(self.group(f"course {name}"))
            self.screen.ask(
                self.group(f"answer {name}"),
                partial(self.host.reader.read, document.text, None if by_language else name),
                partial(self._answered, card, document, self.screen.revision),
                partial(self._failed, card),
            )
            self.screen.set_timer(TAKES_LONG, partial(self._say_busy, card))

    def clear(self) -> None:
        self._forget_all()
        self.renew()
        for card in self.cards:
            card.clear()
        self._shade(None)

    def _forget_all(self) -> None:
        for card in self.cards:
            for kind in ("answer", "explain", "course"):
                self.screen.forget(self.group(f"{kind} {card.info.name}"))

    def close(self) -> None:
        self._forget_all()
        self._shade(None)
        super().close()

    def _say_busy(self, card: ResultCard) -> None:
        if card.result is None and self.screen.busy(self.group(f"answer {card.info.name}")):
            card.waiting = "Reading …"

    def _failed(self, card: ResultCard, error: Exception) -> None:
        self.renew()
        card.clear("This text could not be read.")
        self._shade(None)

    def _answered(self, card: ResultCard, document: Document, revision: int, result: Result) -> None:
        if revision != self.screen.revision or not card.is_attached:
            return
        if not self.model and result.model != card.info.name and result.model in self.host.models.infos:
            # The text is in another language than the last one: the card of the model that reads it.
            self.names = [result.model]
            self._lay()
            return
        card.answer(result, document.text)
        card.remove_class("-outdated")
        if self.host.lead is self and card is self.card:
            self.host.lead_answered()
        if len(document.text) <= SHORT and not result.abstains:
            if self._longer is not None:
                self._longer.stop()
            self._longer = self.screen.set_timer(LONGER_PAUSE, self.explain)
        elif result.abstains:
            self._shade(None)

    def explain(self) -> None:
        """Weigh the words of the document."""
        document, revision = self.screen.document, self.screen.revision
        if not document.text.strip():
            return
        for card in self.cards:
            group, name = self.group(f"explain {card.info.name}"), card.info.name
            if card.way == HEADS and card.is_encoder:
                look = partial(self.host.reader.look, document.text, name)
                self.screen.ask(group, look, partial(self._looked, card, document, revision))
            else:
                weigh = partial(self.host.reader.read, document.text, name, True, card.way)
                self.screen.ask(group, weigh, partial(self._explained, card, document, revision))
            if card.result is not None and not card.result.abstains and not reads_two(card.info):
                follow = partial(self.host.reader.follow, document.text, name)
                self.screen.ask(self.group(f"course {name}"), follow, partial(self._followed, card, revision))

    def _followed(self, card: ResultCard, revision: int, course: Course) -> None:
        if revision == self.screen.revision and card.is_attached:
            card.follow(course)

    def _looked(self, card: ResultCard, document: Document, revision: int, looked: HeadAttention) -> None:
        if revision == self.screen.revision and card.is_attached:
            card.look(looked, document.text)

    def _explained(self, card: ResultCard, document: Document, revision: int, result: Result) -> None:
        if revision != self.screen.revision or not card.is_attached or result.abstains:
            return
        card.explain(result, document.text)
        if card is self.card:
            # Folding a line without spaces moved offsets; then the words in the card must do.
            box = self.screen.box
            fits = box.large or len(box.area.text) == len(document.text)
            self._shade(Heat.of(result.spans, Sides.of(result)) if fits else None)

    def _shade(self, heat: Heat | None) -> None:
        self.heat = heat
        self.host.shade_words()

    def results(self) -> list[Result]:
        """The newest answers, with the words where they were weighed."""
        answers = [(card.explained or card.result, card.course) for card in self.cards]
        return [replace(result, course=course.parts if course else ()) for result, course in answers if result]


def reads_two(info: BundleInfo) -> bool:
    """Whether a model reads two texts together, so that it says nothing along one."""
    return bool(info.card.get("serving", {}).get("pairs"))
