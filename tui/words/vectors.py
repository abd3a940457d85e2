"""Word vectors as people tell them apart: how many words, how many dimensions, how good."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from ...engine.results import BundleInfo
from ...engine.results.measures import is_share
from ..kit.headline import headline
from ..kit.text import visible

if TYPE_CHECKING:
    from textual.app import App


def vectors_line(info: BundleInfo) -> str:
    """``words-en · 50,000 words · 200 dimensions · WordSim-353 0.71``."""
    serving = info.card.get("serving") or {}
    facts = [visible(info.name)]
    if serving.get("count"):
        facts.append(f"{serving['count']:,} words")
    if serving.get("size"):
        facts.append(f"{serving['size']} dimensions")
    measured = headline(info.metrics)
    if measured is not None:
        facts.append(
            measured.said if is_share(measured.key) else f"{measured.name.removesuffix(' ρ')} {measured.value:.2f}"
        )
    return " · ".join(facts)


def choose_vectors(app: "App[Any]", models: Sequence[BundleInfo], now: str | None, use: Callable[[str], None]) -> None:
    """Hand another model's name to ``use``: of two the other one, of more the one that is picked."""
    from ..kit.dialogs import Choose

    names = [info.name for info in models]
    if len(names) < 2:
        app.notify("There are no other word vectors. Train some with f6, or import a file with f8.")
        return
    at = names.index(now) if now in names else 0
    if len(names) == 2:
        use(names[1 - at])
        return
    options = [(info.name, f"{vectors_line(info).partition(' · ')[2]} · {info.origin}") for info in models]
    app.push_screen(Choose("Word vectors", options, at), lambda index: None if index is None else use(names[index]))
