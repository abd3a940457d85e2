"""Training: recipes, specifications, checks, runs and reports."""

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from ...data.errors import UserError
from .analysis import ErrorAnalysis
from .bundles import DataCheck

JobState = Literal["queued", "running", "cancelling", "cancelled", "done", "failed", "lost"]
"""``lost``: the child is gone without a word (kill -9, power cut); it can be resumed like a cancelled one."""

WRITTEN = ("bleu", "rougeL")
"""What texts that a model wrote are measured by."""
ACTIVE: frozenset[str] = frozenset({"queued", "running", "cancelling"})


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
class RecipeSource:
    """What brings recipes of the user's own."""

    name: str
    """A file's path, a module's name, or what an installed package offers."""
    kind: str
    """file, module or package."""
    recipes: tuple[str, ...]
    problem: str = ""
    """Why it brings none, in one sentence."""


@dataclass(frozen=True)
class JobSpec:
    """Everything a run needs; written to ``runs/<id>/spec.json`` before anything starts.

    ``settings`` may name only the recipe's fields; ``data`` is a card's name or a path.
    """

    recipe: str
    data: str
    settings: dict[str, Any] = field(default_factory=dict[str, Any], hash=False)
    seed: int = 1
    name: str = ""
    """Name of the bundle to be; empty: made from data and recipe."""
    text_column: str = "text"
    label_column: str = "label"
    read: dict[str, str] = field(default_factory=dict[str, str], hash=False)
    """How the user decided that a file is read (see :data:`~dltext.data.reading.KEYS`)."""
    kind: Literal["train", "preflight", "evaluate", "cross-validate", "fold", "tune", "trial"] = "train"
    """``fold``: one fold of a cross-validation, trained as a run of its own. ``tune``: a search over settings;
    ``trial``: one training of a search, a run of its own, judged on the validation part alone."""
    folds: int = 10
    """For ``cross-validate``; 1: the data's own test part, or a part held out where there is none."""
    serving: bool = False
    """For ``cross-validate``: whether the model of the first fold is exported, to measure its size and its speed."""
    split: str = "test"
    """For ``evaluate``; there ``recipe`` is a bundle's name."""
    parallel: int = 1
    """For ``cross-validate``: how many folds are trained at a time, each as a run of its own; 1: one after the other,
    in the process of the run itself. For ``tune``: how many trials are."""
    threads: int = 0
    """Processor threads that it computes with; 0: as many as there are cores."""
    fold: int = 0
    """For ``fold`` and ``trial``: its number, from 1."""
    parent: str = ""
    """The id of the run that this one is a part of; empty: it stands for itself."""
    trials: tuple[dict[str, Any], ...] = field(default=(), hash=False)
    """For ``tune``: the settings of each trial that differ from ``settings``."""
    cluster: str = ""
    """For ``cross-validate`` and ``tune``: the address of a Dask scheduler, or its file, whose workers train the parts;
    empty: processes of this machine."""


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
    metrics: dict[str, float] = field(default_factory=dict[str, float], hash=False)
    """``validation_accuracy``, ``validation_loss`` of the epoch that is kept (the best so far; the newest where
    nothing chooses); after the end ``test_accuracy`` …; ``floor_accuracy`` of the baseline."""
    epochs_done: int = 0
    """The last epoch that has ended."""
    best_epoch: int = 0
    """The epoch that is kept so far; 0 before the first, and where validation chooses nothing."""
    seconds: float = 0.0
    """How long it has run by its last event, all attempts together and without the time between them."""
    load: dict[str, float] = field(default_factory=dict[str, float], hash=False)
    """What it took of the machine, newest and, under ``…_peak``, most: see the event ``load``."""
    message: str = ""
    """The last sentence it said; for a failed job the reason."""
    bundle: str | None = None
    """The model it made."""
    remedy: Literal["resume", "anew"] = "resume"
    """What helps a run that has ended too soon: to go on from its checkpoint, or to start anew once it is mended."""

    @property
    def active(self) -> bool:
        return self.state in ACTIVE


class CannotGoOn(UserError):
    """A run that has a checkpoint and cannot go on from it: only to start it anew helps."""


@dataclass(frozen=True)
class Event:
    """A line of ``events.jsonl``. ``type`` decides what ``values`` holds:

    ``state``       ``stage`` (preparing, floor, training, evaluating, exporting), ``message``
    ``start``       ``device``, ``epochs``, ``steps`` (a epoch), ``examples`` ({split: n}), ``parameters``,
                    ``floor`` ({"name", "accuracy", "macro_f1"} or null), ``labels``; ``unit`` (what ``rate`` counts:
                    texts, words, pairs, characters) and ``measures`` (the keys of ``validation`` that are drawn, with
                    their names for people: {"wordsim353": "WordSim-353 ρ"}) where it is not texts and accuracy
    ``tick``        ``epoch`` (1-based), ``step``, ``steps``, ``loss``, ``accuracy`` (running means of the epoch),
                    ``rate`` (examples/s), ``seconds_left`` — at most four a second; ``progress`` (0 … 1) of the whole
                    run where steps do not say it
    ``epoch``       ``epoch``, ``epochs``, ``train`` ({"loss","accuracy"}), ``validation`` (same), ``rate``,
                    ``seconds``, ``learning_rate``, ``best`` (bool), ``padding`` (share of tokens);
                    ``train`` and ``validation`` hold what the recipe measures, under the keys of ``measures``
    ``checkpoint``  ``epoch``, ``step``
    ``message``     ``level`` (info, warning), ``text``
    ``load``        of the run's processes: ``cpu`` (100 is one core), ``memory`` (bytes); where NVIDIA's tool tells,
                    ``gpu`` (percent) and ``gpu_memory`` (bytes) of the GPUs that it may use
    ``fold``        cross-validation: ``fold``, ``folds``, its measures (``accuracy``, ``macro_f1`` …), the baseline's
    ``trial``       search over settings: ``trial``, ``trials``, and what it came to, see :attr:`Report.trials`
    ``end``         ``state`` (done, cancelled, failed), ``message``, ``bundle`` (or null), ``metrics``
    """

    time: float
    type: str
    values: dict[str, Any] = field(default_factory=dict[str, Any], hash=False)


@dataclass(frozen=True)
class Preflight:
    """What is known before a run starts, in seconds."""

    check: DataCheck
    floor: dict[str, float] | None  # the baseline; runs and reports that were stored hold it by this name
    """``accuracy``, ``macro_f1``, ``seconds`` of TF-IDF + linear on the same split; None where it cannot be had."""
    seconds: float
    """Estimated training time."""
    memory: int
    """Estimated peak bytes."""
    device: str
    parameters: int = 0
    facts: tuple[str, ...] = ()
    """Sentences about the data that are no warnings: how many words there are, how much of a test they cover."""
    estimated: bool = False
    """Whether ``floor`` was measured on a sample; the run measures it on all, to another number."""
    recommended: dict[str, Any] = field(default_factory=dict[str, Any])
    """Settings that suit these data better than those that were checked, with their values."""


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
    """``label``, ``precision``, ``recall``, ``f1``, ``support``; ``f1_low`` and ``f1_high``, where 95 % of resamples
    lie."""
    documents: tuple[dict[str, Any], ...]
    """Wrong ones first, the surest mistakes on top, at most 20 a cell of the confusion matrix:
    ``id``, ``text`` (cut at 2,000 characters), ``gold``, ``predicted``, ``confidence``."""
    history: tuple[dict[str, Any], ...] = ()
    """The values of the ``epoch`` events."""
    protocol: str = ""
    """How it was measured, and the command that repeats it."""
    name: str = ""
    """The attribute that this part of a report is about."""
    parts: tuple["Report", ...] = ()
    """Of a model with several outputs: a report an output, in the model's order. The whole then has no labels and no
    confusion of its own; its ``metrics`` and ``floor`` hold ``<name>_accuracy`` for each, ``joint_accuracy`` (all
    right) and ``accuracy`` (their mean). A number has no labels; its ``metrics`` are ``mae``, ``rmse`` and ``r``,
    its documents the largest errors (``gold`` and ``predicted`` are numbers, there is no ``confidence``)."""

    intervals: dict[str, tuple[float, float]] = field(default_factory=dict[str, tuple[float, float]])
    """95 % confidence intervals by the measure's key: ``accuracy`` (Wilson), ``macro_f1`` (bootstrap)."""
    analysis: ErrorAnalysis | None = None
    """Of a classifier: where it errs."""
    calibration: tuple[tuple[float, ...], ...] = ()
    """Of one with one label a text, what corrects shares of labels: a row each of the priors of the classes, and a
    scale and biases for its logarithms of probabilities; the first by all examples, others by bootstrap samples."""
    trials: tuple[dict[str, Any], ...] = ()
    """Of a search over settings, which this is the best model of: what each trial came to, the best first. ``trial``
    (its number), ``settings`` (those that differ), ``measure`` (a key), ``value`` and ``loss`` (on the ``examples`` of
    the validation part), ``epoch`` (the best) of ``epochs``, ``seconds`` (of training), ``run`` (its id)."""

    def measures(self) -> dict[str, Any]:
        """As JSON for people and programs, without what only corrects shares."""
        return {key: value for key, value in asdict(self).items() if key != "calibration"}

    @property
    def of_several(self) -> bool:
        """Whether it is about texts with any number of labels: without a confusion matrix. Its ``metrics`` are
        ``micro_f1``, ``macro_f1``, ``exact_match``, ``loss`` and ``ece``, its documents those with the surest wrong
        decisions (``gold`` and ``predicted`` are labels with semicolons between them)."""
        return bool(self.labels) and not self.confusion

    @property
    def of_number(self) -> bool:
        """Whether it is about a number: measured by its errors, without classes."""
        return not self.labels and "mae" in self.metrics

    @property
    def of_texts(self) -> bool:
        """Whether it is about texts that a model wrote: one of :data:`WRITTEN`, without classes. Its ``documents`` are
        the worst: ``gold`` are the references, ``predicted`` what was written, and that measure stands for a
        confidence. A measure may have, under its key and ``_over_floor``, what is above the baseline, with ``_low`` and
        ``_high``."""
        return bool(self.written_by)

    @property
    def written_by(self) -> str:
        """The measure of :data:`WRITTEN` that its documents are in the order of; empty where it is about none."""
        return "" if self.labels else next((key for key in WRITTEN if key in self.metrics), "")
