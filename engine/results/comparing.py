"""Comparisons of recipes: what is asked for, and the rows of its table."""

from dataclasses import dataclass, field
from typing import Any

from .analysis import Coverage
from .training import Job

TOP_SHARE = 0.8
"""Share of the texts that all rows are compared on where each leaves out those that it is least sure of."""


@dataclass(frozen=True)
class RecipeChoice:
    """A recipe that takes part in a comparison."""

    recipe: str
    settings: dict[str, Any] = field(default_factory=dict[str, Any], hash=False)
    """Those that differ from the recipe's own."""
    name: str = ""
    """What its row is called; empty: as the recipe."""

    @property
    def title(self) -> str:
        """What its row is called."""
        return self.name or self.recipe


@dataclass(frozen=True)
class ComparisonSpec:
    """Recipes that are measured on the same texts: data, folds and seed decide which."""

    data: str
    choices: tuple[RecipeChoice, ...]
    folds: int = 10
    """1: the data's own test part, or a part held out where there is none."""
    seed: int = 1
    text_column: str = "text"
    label_column: str = "label"
    read: dict[str, str] = field(default_factory=dict[str, str], hash=False)
    """How the user decided that a file is read."""
    parallel: int = 1
    """Trainings at a time: folds of a row where there are several, else rows."""
    cluster: str = ""
    """The address of a Dask scheduler, or its file, whose workers train; empty: this machine."""


@dataclass(frozen=True)
class Difference:
    """How far one row is above another in a measure, on the same texts."""

    value: float
    low: float
    high: float
    """Between these it lies in 95 % of the bootstrap samples of the texts."""
    p: float
    """How probable so large a difference is where there is none, corrected for the number of rows (Holm)."""


@dataclass(frozen=True)
class ComparedRow:
    """A recipe of a comparison: its run, and what that has measured once it is done."""

    choice: RecipeChoice
    baseline: bool
    """Whether it is the baseline of the others."""
    job: Job | None
    """Its run; None before it is started."""
    metrics: dict[str, float] = field(default_factory=dict[str, float], hash=False)
    """Of the comparison's measures: the mean of the folds, or on the test part."""
    spread: dict[str, float] = field(default_factory=dict[str, float], hash=False)
    """The standard deviation over the folds; nothing of one test part."""
    most_confident: Coverage | None = None
    """Of one label a text: its answers to about :data:`TOP_SHARE` of the texts, those with the highest confidence."""
    train_seconds: float | None = None
    """To train once: the mean of the folds."""
    size: int | None = None
    """Bytes of the model that answers."""
    milliseconds: float | None = None
    """For one text, of a model that is warm: the median."""
    per_second: float | None = None
    """Texts that a long file is read by."""
    to_best: dict[str, Difference] = field(default_factory=dict[str, Difference], hash=False)
    """By measure, to the first row; nothing of that itself."""
    to_baseline: dict[str, Difference] = field(default_factory=dict[str, Difference], hash=False)
    """The same to the baseline."""

    @property
    def done(self) -> bool:
        """Whether it has been measured."""
        return bool(self.metrics)


@dataclass(frozen=True)
class Comparison:
    """The state of a comparison: rows that are done come first, the best on top."""

    spec: ComparisonSpec
    measures: tuple[str, ...]
    """Keys of what is compared, the one that rows are sorted by first; none before the first row is done."""
    rows: tuple[ComparedRow, ...]
    examples: int
    """Texts that all rows are measured on."""
    protocol: str
    """How it is measured, in a sentence."""
    test: str
    """By what it is decided whether a difference in the first measure is one."""
    notes: tuple[str, ...] = ()
    """What else is to be known of it."""

    @property
    def done(self) -> bool:
        """Whether all rows are."""
        return all(row.done for row in self.rows)
