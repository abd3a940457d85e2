"""The curves of a run beside one another: its loss where it has one, and each measure that it is followed by."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from textual.containers import Container

from ...engine.results.measures import label, leading
from .curve import Curve, Series
from .history import History

NARROWEST = 26
"""Cells under which a curve says nothing any more."""
LOWEST = 6


@dataclass(frozen=True)
class Panel:
    """One plot: ``key`` of its values, and what :meth:`Curve.show` wants."""

    key: str
    title: str
    series: tuple[Series, ...]
    floor: float | None = None


def measured(history: History) -> dict[str, str]:
    """What is drawn of a run: keys of its values with their names; loss first, where there is one."""
    names = history.measures or {"accuracy": label("accuracy")}
    # Until something is known, a run looks like that of a classifier.
    loss = {"loss": label("loss")} if history.has_loss or not history.measures else {}
    return loss | names


def with_parts(panels: list[Panel], history: History, metrics: Mapping[str, float], floor: float | None) -> list[Panel]:
    """``panels`` with what folds have measured in the place of the last, or with what trials came to alone."""
    measure = leading(next(iter(history.folds.values()), ()))
    if folds := history.fold_scores(measure):
        line = Series("fold by fold", tuple(folds), "primary", "●")
        # Folds that are runs have the curves; their whole has none.
        drawn = [panel for panel in panels[:-1] if any(series.points for series in panel.series)]
        panels = [*drawn, Panel(measure, label(measure), (line,), metrics.get(f"floor_{measure}", floor))]
    if judged := history.trial_scores():
        measure = str(next(iter(history.trials.values()))["measure"])
        panels = [Panel(measure, label(measure), (Series("trial by trial", tuple(judged), "primary", "●"),))]
    return panels


def panels_of(history: History, floor: float | None = None) -> list[Panel]:
    """Training part as a line, validation part as a line with dots; ``floor`` is the baseline's accuracy, that in other
    measures stands in the history."""
    floors = {**(history.floor or {}), "accuracy": floor}
    panels = []
    for key, name in measured(history).items():
        series = [Series("validation", tuple(history.validation(key)), "primary", "●")]
        train = tuple(history.train(key))
        if train or key in ("loss", "accuracy"):
            series.insert(0, Series("train", train, "accent"))
        level = floors.get(key) if key != "loss" else None
        panels.append(Panel(key, name, tuple(series), level if isinstance(level, int | float) else None))
    return panels


class Curves(Container):
    """As many :class:`Curve` as there are panels and room; their ids are ``prefix-key``."""

    DEFAULT_CSS = "Curves { layout: horizontal; }"

    def __init__(self, prefix: str, empty: str, **options: Any) -> None:
        super().__init__(**options)
        self._prefix, self._empty = prefix, empty
        self._panels: tuple[Panel, ...] = ()
        self._curves: dict[str, Curve] = {}
        for key, title in ((key, label(key)) for key in ("loss", "accuracy")):
            self._curves[key] = Curve(title, empty, id=f"{prefix}-{key}")

    def compose(self) -> Iterable[Curve]:
        yield from self._curves.values()

    def show(self, panels: Sequence[Panel], empty: str = "") -> None:
        """Draw ``panels`` in this order; ``empty`` where one has no point yet."""
        self._panels = tuple(panels)
        for panel in panels:
            curve = self._curves.get(panel.key)
            if curve is None:
                name = re.sub(r"[^A-Za-z0-9_-]", "-", panel.key)
                curve = self._curves[panel.key] = Curve(panel.title, self._empty, id=f"{self._prefix}-{name}")
                self.mount(curve)
            curve.show(panel.series, panel.floor, empty)
        self._fit()

    def on_resize(self) -> None:
        self._fit()

    def _fit(self) -> None:
        """Hide what is not drawn, and from the end what there is no room for."""
        vertical = str(self.styles.layout) == "<vertical>" or getattr(self.styles.layout, "name", "") == "vertical"
        room = self.size.height // LOWEST if vertical else self.size.width // NARROWEST
        wanted = [panel.key for panel in self._panels][: max(room, 1)] if self._panels else list(self._curves)
        for key, curve in self._curves.items():
            curve.display = key in wanted
