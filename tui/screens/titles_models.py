"""Which model writes titles: the one of the text's language, or one that was chosen; how long it is to make them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ...engine.results import BundleInfo
from ..widgets.headline import headline
from .base import Workbench

TASK = "title"
BY_ITSELF = "By the language of the text"
STEP, LONGER = 0.5, 2.0
"""By how much a key changes the length penalty, and how much it may be raised at most."""
PENALTY = 1.0
"""A length penalty where the card of a model says none."""


def usable(found: Sequence[BundleInfo]) -> dict[str, BundleInfo]:
    """The models that can be asked, by name."""
    return {info.name: info for info in found if info.problem is None}


def told(info: BundleInfo | None) -> str:
    """How good a model is, as far as that was measured."""
    first = headline(info.metrics) if info is not None else None
    return first.said if first is not None else "not measured"


def by_model(name: str, infos: Mapping[str, BundleInfo]) -> str:
    """``title-en, ROUGE-L 38.1``."""
    info = infos.get(name)
    return f"{name}, {told(info)}" if info is not None and headline(info.metrics) is not None else name


def choose_writer(
    screen: Workbench, infos: Mapping[str, BundleInfo], now: str | None, use: Callable[[str | None], None]
) -> None:
    """Ask for a model; None: let the language of the text decide."""
    from ..widgets.dialogs import Choose

    names = list(infos)
    options = [(BY_ITSELF, "the default model of that language")]
    options += [(name, f"{infos[name].language} · {told(infos[name])} · {infos[name].origin}") for name in names]

    def chosen(index: int | None) -> None:
        if index is not None:
            use(names[index - 1] if index else None)

    screen.app.push_screen(Choose("Model", options, names.index(now) + 1 if now in names else 0), chosen)


def shortest(info: BundleInfo | None) -> float:
    """The least that can be added to a model's length penalty: none is left then, and less does nothing more."""
    serving: Mapping[str, Any] = (info.card.get("serving") if info is not None else None) or {}
    penalty = float(serving.get("length_penalty", PENALTY))
    return -STEP * -(-penalty // STEP)


def length_told(length: float) -> str:
    """``as learnt``, ``longer +0.5``."""
    if not length:
        return "as learnt"
    return f"longer +{length:g}" if length > 0 else f"shorter −{-length:g}"
