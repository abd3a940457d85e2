"""Word vectors as users tell them apart: number of words, dimensions, quality."""

from ...engine.results import BundleInfo, plural
from ...engine.results.measures import is_share
from ..kit.headline import headline
from ..kit.text import visible


def vectors_line(info: BundleInfo) -> str:
    """``words-en · 50,000 words · 200 dimensions · WordSim-353 0.71``."""
    serving = info.card.get("serving") or {}
    facts = [visible(info.name)]
    if serving.get("count"):
        facts.append(plural(serving["count"], "word"))
    if serving.get("size"):
        facts.append(f"{serving['size']} dimensions")
    measured = headline(info.metrics)
    if measured is not None:
        facts.append(
            measured.said if is_share(measured.key) else f"{measured.name.removesuffix(' ρ')} {measured.value:.2f}"
        )
    return " · ".join(facts)


def about_vectors(info: BundleInfo) -> str:
    """Their line in the dialog, where their name stands above it."""
    return f"{vectors_line(info).partition(' · ')[2]} · {info.origin}"
