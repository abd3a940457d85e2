"""What crosses the door between the engine and the people who look at it: frozen dataclasses, nothing that runs."""

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from ..data.errors import UserError  # re-exported: screens catch it without reaching past the engine

__all__ = [
    "BundleInfo",
    "Check",
    "DataCheck",
    "DatasetInfo",
    "Event",
    "Field",
    "Job",
    "JobSpec",
    "JobState",
    "Preflight",
    "RecipeInfo",
    "Record",
    "Report",
    "Result",
    "Span",
    "UserError",
]

JobState = Literal["queued", "running", "cancelling", "cancelled", "done", "failed", "lost"]
"""``lost``: the child is gone without a word (kill -9, power cut); it can be resumed like a cancelled one."""

ACTIVE: frozenset[str] = frozenset({"queued", "running", "cancelling"})


@dataclass(frozen=True)
class Record:
    """One document of a file: ``id`` is its own or its 1-based line/row number as text."""

    id: str
    text: str
    label: str | None = None


@dataclass(frozen=True)
class Span:
    """A stretch ``text[start:end]`` of the document (Python string offsets) and its pull towards the verdict.

    ``weight`` is signed: the drop of the predicted label's log-odds when the span is hidden; positive speaks for
    the verdict, negative against it.
    """

    start: int
    end: int
    weight: float


@dataclass(frozen=True)
class Result:
    """What one model says of one text."""

    task: str
    model: str
    """Bundle name."""
    version: str
    label: str
    """The most probable label, by name."""
    probabilities: dict[str, float]
    """Calibrated; sums to one; in the bundle's label order."""
    spans: tuple[Span, ...] = ()
    """Filled only with ``explain=True``; in reading order, not overlapping."""
    milliseconds: float = 0.0
    """Text to Result, explanation included if asked for."""
    tokens: int = 0
    known: float = 1.0
    """Share of the tokens that stand in the model's vocabulary; low means: do not trust this."""
    read: float = 1.0
    """Share of the document that was read; below 1 a very long text was sampled evenly."""
    notes: tuple[str, ...] = ()
    """Sentences for the reader: sampled, empty, mostly unknown words, another script …"""

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready form, the one that ``--json`` prints and the screen exports."""
        return asdict(self)


@dataclass(frozen=True)
class BundleInfo:
    """A trained model as lists show it; ``card`` is its whole card (see :mod:`dltext.engine.bundle`)."""

    name: str
    task: str
    origin: Literal["shipped", "trained", "imported"]
    version: str
    recipe: str
    language: str
    labels: tuple[str, ...]
    metrics: dict[str, float]
    """``accuracy``, ``macro_f1``, ``ece``, ``floor_accuracy`` … as far as measured."""
    measured_on: str
    """For people: ``IMDB test``."""
    default: bool
    size: int
    """Bytes on disk."""
    path: str
    card: dict[str, Any] = field(default_factory=dict, hash=False)
    problem: str | None = None
    """Why it cannot be loaded, if it cannot (one sentence); such a bundle is listed but not offered."""


@dataclass(frozen=True)
class Field:
    """One hyper-parameter, for a form row or a ``--set key=value``."""

    name: str
    label: str
    help: str
    kind: Literal["int", "float", "bool", "str", "choice", "file"]
    default: Any
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    group: str = "Model"
    """Heading in the form: Model, Training, Data."""
    advanced: bool = False
    """Folded away unless asked for."""


@dataclass(frozen=True)
class RecipeInfo:
    """A way to train a model: a row of the registry, with its form."""

    name: str
    task: str
    label: str
    help: str
    source: str
    """The paper."""
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class DatasetInfo:
    """A data card as lists show it."""

    name: str
    title: str
    language: str
    task: str
    labels: tuple[str, ...]
    splits: dict[str, int]
    """Split name to number of examples, as the card states."""
    size: int
    """Bytes to download."""
    licence: str
    citation: str
    source: str
    available: Literal["mirror", "cached", "download", "imported"]
    description: str = ""


@dataclass(frozen=True)
class DataCheck:
    """What a look at a data set found: ``warnings`` and ``errors`` are sentences."""

    name: str
    splits: dict[str, int]
    labels: dict[str, int]
    lengths: dict[str, float]
    """Tokens: ``mean``, ``median``, ``p95``, ``max``."""
    duplicates: int
    overlap: int
    """Test examples that also stand in the training set."""
    warnings: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()


@dataclass(frozen=True)
class JobSpec:
    """Everything a run needs; written to ``runs/<id>/spec.json`` before anything starts.

    ``settings`` may name only the recipe's fields; ``data`` is a card's name or a path.
    """

    recipe: str
    data: str
    settings: dict[str, Any] = field(default_factory=dict, hash=False)
    seed: int = 1
    name: str = ""
    """Name of the bundle to be; empty: made from data and recipe."""
    text_column: str = "text"
    label_column: str = "label"
    kind: Literal["train", "preflight", "evaluate", "cross-validate"] = "train"
    folds: int = 10
    """For ``cross-validate``."""
    split: str = "test"
    """For ``evaluate``; there ``recipe`` is a bundle's name."""


@dataclass(frozen=True)
class Job:
    """A run as lists show it: the database row, with the newest events folded in."""

    id: str
    spec: JobSpec
    state: JobState
    created: float
    """Unix seconds, as all times here."""
    started: float | None = None
    ended: float | None = None
    pid: int | None = None
    device: str = ""
    stage: str = ""
    """preparing, floor, training, evaluating, exporting."""
    epoch: int = 0
    epochs: int = 0
    progress: float = 0.0
    """0 … 1 over the whole training."""
    seconds_left: float | None = None
    rate: float | None = None
    """Training examples a second."""
    metrics: dict[str, float] = field(default_factory=dict, hash=False)
    """Newest ``validation_accuracy``, ``validation_loss``; after the end ``test_accuracy`` …; ``floor_accuracy``."""
    message: str = ""
    """The last sentence it said; for a failed job the reason."""
    bundle: str | None = None
    """The model it made."""

    @property
    def active(self) -> bool:
        return self.state in ACTIVE


@dataclass(frozen=True)
class Event:
    """A line of ``events.jsonl``. ``type`` decides what ``values`` holds:

    ``state``       ``stage`` (preparing, floor, training, evaluating, exporting), ``message``
    ``start``       ``device``, ``epochs``, ``steps`` (a epoch), ``examples`` ({split: n}), ``parameters``,
                    ``floor`` ({"name", "accuracy", "macro_f1"} or null), ``labels``
    ``tick``        ``epoch`` (1-based), ``step``, ``steps``, ``loss``, ``accuracy`` (running means of the epoch),
                    ``rate`` (examples/s), ``seconds_left`` — at most four a second
    ``epoch``       ``epoch``, ``epochs``, ``train`` ({"loss","accuracy"}), ``validation`` (same), ``rate``,
                    ``seconds``, ``learning_rate``, ``best`` (bool), ``padding`` (share of tokens)
    ``checkpoint``  ``epoch``, ``step``
    ``message``     ``level`` (info, warning), ``text``
    ``fold``        cross-validation: ``fold``, ``folds``, ``accuracy``, ``macro_f1``, ``floor_accuracy``
    ``end``         ``state`` (done, cancelled, failed), ``message``, ``bundle`` (or null), ``metrics``
    """

    time: float
    type: str
    values: dict[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Preflight:
    """What is known before a run starts, in seconds."""

    check: DataCheck
    floor: dict[str, float] | None
    """``accuracy``, ``macro_f1``, ``seconds`` of TF-IDF + linear on the same split; None where it cannot be had."""
    seconds: float
    """Estimated training time."""
    memory: int
    """Estimated peak bytes."""
    device: str
    parameters: int = 0


@dataclass(frozen=True)
class Report:
    """After a run or an evaluation: everything the report screen shows (``report.json``)."""

    model: str
    data: str
    split: str
    examples: int
    metrics: dict[str, float]
    """``accuracy``, ``macro_f1``, ``loss``, ``ece``."""
    floor: dict[str, Any] | None
    labels: tuple[str, ...]
    confusion: tuple[tuple[int, ...], ...]
    """Rows: gold; columns: predicted."""
    per_class: tuple[dict[str, Any], ...]
    """``label``, ``precision``, ``recall``, ``f1``, ``support``."""
    documents: tuple[dict[str, Any], ...]
    """Wrong ones first, the surest mistakes on top, at most 20 a cell of the confusion matrix:
    ``id``, ``text`` (cut at 2,000 characters), ``gold``, ``predicted``, ``confidence``."""
    history: tuple[dict[str, Any], ...] = ()
    """The values of the ``epoch`` events."""
    protocol: str = ""
    """How it was measured, and the command that does it again."""


@dataclass(frozen=True)
class Check:
    """A line of ``dltext doctor``."""

    name: str
    ok: bool | None
    """None: not needed here, said for information."""
    detail: str
    remedy: str = ""
