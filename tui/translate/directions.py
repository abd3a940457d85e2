"""From which language into which, by which model: found by itself, or chosen."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from ...engine.results import BundleInfo, Direction, Translation
from ..actions import key
from ..kit.engine import Engine
from ..kit.headline import headline
from ..kit.languages import language_name
from ..kit.model_choice import usable
from ..kit.workbench import Workbench
from ..places import way

TASK = "translate"
BY_ITSELF = "Detected automatically"
DETECTED = 2_000
"""Characters by which the language is found."""


def pair(direction: Direction) -> str:
    """``French → Chinese, through English``."""
    through = f", through {language_name(direction.pivot)}" if direction.pivot else ""
    return f"{language_name(direction.source)} → {language_name(direction.target)}{through}"


def by_models(direction: Direction, infos: Mapping[str, BundleInfo]) -> str:
    """The models, and how good a single one is as far as that was measured."""
    info = infos.get(direction.models[0]) if len(direction.models) == 1 else None
    first = headline(info.metrics) if info is not None else None
    names = " and ".join(direction.models)
    return f"{names}, {first.said}" if first is not None else names


def find(directions: Sequence[Direction], language: str, target: str = "") -> Direction | None:
    """The first way out of ``language``, into ``target`` where there is one; of an unknown language any."""
    able = [direction for direction in directions if direction.source == language or not language]
    return next((direction for direction in able if direction.target == target), next(iter(able), None))


def others(directions: Sequence[Direction], now: Direction) -> list[Direction]:
    """All ways between the same two languages, the one at hand too."""
    return [direction for direction in directions if (direction.source, direction.target) == (now.source, now.target)]


def choose_direction(
    screen: Workbench,
    directions: Sequence[Direction],
    infos: Mapping[str, BundleInfo],
    now: Direction | None,
    use: Callable[[Direction | None], None],
) -> None:
    """Ask for a direction; None: let the language of the text decide. ``now``: the one chosen before."""
    # Analyse comes by here at every start, and asks for no direction.
    from ..kit.choosing import pick

    options: list[tuple[Direction | None, str, str]] = [(None, BY_ITSELF, "the language of the text decides")]
    options += [(direction, pair(direction), by_models(direction, infos)) for direction in directions]
    pick(screen, "Translate", options, now, use)


def why_none(directions: Sequence[Direction], language: str) -> str:
    """One sentence for a language out of which nothing translates."""
    there = ", ".join(dict.fromkeys(language_name(direction.source) for direction in directions))
    return (
        f"No model here translates from {language_name(language)}, only from {there}: "
        f"train one with {way('train')}, import one with {way('models')}, "
        f"or choose another direction with {key('direction')}."
    )


def targets_of(preferences: Mapping[str, Any]) -> dict[str, str]:
    """Into which language the reader translates each, as remembered."""
    preferred = preferences.get(TASK)
    preferred = preferred.get("targets") if isinstance(preferred, dict) else None
    return {str(source): str(target) for source, target in preferred.items()} if isinstance(preferred, dict) else {}


def _with_others(directions: Sequence[Direction], infos: Mapping[str, BundleInfo]) -> list[Direction]:
    """The direct ways, those of models that are not the default of theirs too; then those through a third language."""
    listed = {name for direction in directions for name in direction.models}
    ways = [direction for direction in directions if not direction.pivot]
    for name, info in infos.items():
        serving = info.card.get("serving") or {}
        source, target = str(serving.get("source") or ""), str(serving.get("target") or "")
        if name not in listed and source and target:
            ways.append(Direction(source, target, (name,)))
    return [*ways, *(direction for direction in directions if direction.pivot)]


class Ways:
    """The directions that there are, and which of them a text is translated in."""

    def __init__(self) -> None:
        self.all: list[Direction] = []
        self.infos: dict[str, BundleInfo] = {}
        self.targets: dict[str, str] = {}
        self.picked: Direction | None = None
        """Chosen by the reader; None: by the language of the text."""
        self.loaded = False

    def take(
        self, directions: Sequence[Direction], infos: Sequence[BundleInfo], preferences: Mapping[str, Any]
    ) -> bool:
        """What the engine says, and which models there are; whether anything is other than before."""
        before = (self.all, self.infos, self.loaded)
        self.infos = usable(infos)
        self.all, self.loaded = _with_others(directions, self.infos), True
        self.targets = targets_of(preferences) | self.targets
        if self.picked not in self.all:
            self.picked = None
        return before != (self.all, self.infos, True)

    def of(self, language: str) -> Direction | None:
        """The direction for a text in ``language``."""
        return self.picked or find(self.all, language, self.targets.get(language, ""))

    def by(self, model: str) -> Direction | None:
        """The direct way by a model."""
        return next((direction for direction in self.all if direction.models == (model,)), None)

    def asked_by(self, engine: Engine, direction: Direction) -> Callable[..., Translation]:
        """``translate`` with everything that says which way to go; it takes the text and the rest."""
        model = direction.models[0] if len(direction.models) == 1 else None
        return partial(engine.translate, to=direction.target, source=direction.source, model=model)
