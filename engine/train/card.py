"""The parts that all cards of trained bundles share: provenance, data and measures."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

import numpy as np

from ...data.paths import atomic_open, existing
from .. import bundle_format, model_store
from ..results import JobSpec


class CardData(Protocol):
    """What a card says of the data: labelled texts, pairs and profiles alike have these."""

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def language(self) -> str: ...
    @property
    def licence(self) -> str: ...
    @property
    def sha256(self) -> str: ...


def bundle_name(spec: JobSpec, source: CardData) -> str:
    """The name asked for, or ``data-recipe``."""
    data = Path(source.name).stem if Path(source.name).exists() else source.name
    raw = spec.name or f"{data}-{spec.recipe}"
    return "".join(c if c.isalnum() or c in "-_." else "-" for c in raw).strip("-.") or spec.recipe


def title_of(source: CardData) -> str:
    """What the data is called in a card: of a file its name without the folder, for cards travel."""
    return Path(source.title).name


def without_folders(value: Any) -> Any:
    """A setting as a card tells it: files, also several joined by +, go by their names, for cards travel."""
    if not isinstance(value, str) or not any(sign in value for sign in "/\\"):
        return value
    return "+".join(Path(part).name if existing(part.strip()) else part for part in value.split("+"))


def card(
    spec: JobSpec,
    settings: Any,
    source: CardData,
    *,
    task: str,
    intended: str,
    data: Mapping[str, Any],
    serving: Mapping[str, Any],
    versions: Mapping[str, str],
    labels: Sequence[str] = (),
) -> dict[str, Any]:
    """A bundle's card without measurements. ``settings`` is the recipe's dataclass; ``data`` (how many examples, which
    splits) and ``versions`` (of the libraries that trained) are put behind what all cards say there."""
    from ... import __version__

    return {
        "name": bundle_name(spec, source),
        "version": "1",
        "task": task,
        "recipe": spec.recipe,
        "language": source.language,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "labels": list(labels),
        "intended": intended,
        "settings": {key: without_folders(value) for key, value in asdict(settings).items()},
        "data": {
            "card": Path(source.name).name,
            "sha256": source.sha256,
            "licence": source.licence,
            "seed": spec.seed,
            **{key: without_folders(value) for key, value in data.items()},
        },
        "serving": dict(serving),
        "versions": {"dltext": __version__, "numpy": np.__version__, **versions},
    }


def install(run: Path, made: Path, name: str) -> str:
    """Move the finished bundle ``made`` of the run in the folder ``run`` into the store; returns the name it has there.

    Done once a run, however often that is killed and resumed: a token that nothing else bears is kept in the run and
    in the card, and a bundle that bears it is the one.
    """
    place = run / "token"
    try:
        token = place.read_text("utf-8")
    except FileNotFoundError:
        token = uuid4().hex
        with atomic_open(place) as stream:
            stream.write(token)
    return model_store.install_once(made, name, token)


def add_metrics(made: Path, row: Mapping[str, Any]) -> None:
    """Put a measurement (``on``, ``protocol``, the numbers) into the card of the bundle ``made``."""
    written = bundle_format.read(made, verify=False)
    written["metrics"] = [dict(row)]
    bundle_format.write_card(made, written)
