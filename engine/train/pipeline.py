"""The one training pipeline: what every recipe does in its order, with resume, cancel, events and outcome in one place.

A recipe is a subclass of :class:`Pipeline` that overrides what differs. Those that fit a Keras network on examples held
in memory build on :class:`~dltext.engine.train.network_pipeline.NetworkPipeline`, which also brings the pre-flight.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from ...data.paths import read_json, write_json
from .. import bundle_format, registry
from ..jobs.folders import KEEP_BEST
from ..jobs.stopping import StopRequested
from ..results import JobSpec, Preflight, Report
from . import card
from .computing import decided
from .shared import Emit, Stop

SettingsT = TypeVar("SettingsT")
BASELINE_FILE = "floor.json"


class Trainer(Protocol):
    """What fits a model, an epoch after the other, from the run's checkpoint on."""

    @property
    def history(self) -> list[dict[str, Any]]:
        """The values of the ``epoch`` events."""
        ...

    def run(self) -> bool:
        """Train to the end (True) or until asked to stop (False)."""
        ...

    def keep_best(self) -> bool:
        """After a stop: let the model have the weights that are the best so far; False where no epoch has ended."""
        ...


@dataclass(frozen=True)
class Plan:
    """What the ``start`` event tells of a training that is about to begin."""

    steps: int
    """An epoch."""
    parameters: int
    examples: Mapping[str, int]
    """How many there are of each part."""
    device: str
    labels: Sequence[str] = ()
    measures: Mapping[str, str] | None = None
    """What validation measures, with its names for people; None: loss and accuracy of a classifier."""


@dataclass(frozen=True)
class Packed:
    """What goes into a bundle: its files, and what its card says beside what all cards say."""

    task: str
    intended: str
    files: Mapping[str, Path | bytes]
    serving: Mapping[str, Any]
    data: Mapping[str, Any]
    labels: Sequence[str] = ()
    more: Mapping[str, Any] = field(default_factory=dict)
    """Further keys of the card."""


def cancelled(message: str, metrics: Mapping[str, float] | None = None) -> dict[str, Any]:
    """The outcome of a run that was asked to stop."""
    return {"state": "cancelled", "bundle": None, "metrics": dict(metrics or {}), "message": message}


def done(message: str, metrics: Mapping[str, float], bundle: str | None = None) -> dict[str, Any]:
    """The outcome of a run that came to its end."""
    return {"state": "done", "bundle": bundle, "metrics": dict(metrics), "message": message}


class Pipeline(ABC, Generic[SettingsT]):
    """One training from its specification to its bundle in the store.

    Everything between is kept in ``folder``, so that a second call continues where the first was stopped or killed.
    The hooks run in the order in which they stand here; each leaves what the later ones need in the pipeline.
    """

    unit: ClassVar[str] = "texts"
    """What the rate counts."""
    baseline_message: ClassVar[str] = "measuring the baseline"
    exporter: ClassVar[str] = "tf2onnx"
    """The library that writes the graphs; empty: ours are drawn operator by operator."""

    def __init__(self, spec: JobSpec, folder: Path, emit: Emit, should_stop: Stop) -> None:
        self.spec, self.folder, self.emit = spec, folder, emit
        self._stopped, self._trains = should_stop, False
        self.settings: SettingsT = registry.settings_of(spec.recipe, spec.settings)
        self.baseline: dict[str, Any] | None = None
        self.trainer: Any = None
        """A :class:`Trainer`, once the network is made."""
        self._devices = int(getattr(self.settings, "devices", 1))
        if self._devices > 1:
            from . import devices

            devices.check(self._devices)

    def should_stop(self) -> bool:
        """Whether to stop now: the run is asked to; or, while it trains, to be content with the best epoch so far."""
        return self._stopped() or (self._trains and (self.folder / KEEP_BEST).exists())

    # ---------------------------------------------------------------------------------------------- hooks

    @property
    @abstractmethod
    def source(self) -> card.CardData:
        """The data set, once it has been read."""

    @abstractmethod
    def read(self) -> None:
        """Read the data and divide them."""

    def measure_baseline(self) -> dict[str, Any] | None:
        """The baseline on the part that the model is measured on: its ``name`` and numbers; None without one."""
        return None

    def prepare(self) -> None:
        """Turn the data into what the network takes."""

    @abstractmethod
    def network(self) -> Trainer:
        """The model, and the :class:`Trainer` that fits it."""

    @abstractmethod
    def plan(self) -> Plan:
        """The training that is about to begin."""

    @abstractmethod
    def size_message(self) -> str:
        """How much there is to train on, for people."""

    @abstractmethod
    def export(self, target: Path) -> None:
        """Write the bundle, without measurements, into the folder ``target``."""

    @abstractmethod
    def measured_on(self) -> str:
        """What the finished model is measured on, for people; the split where there is one."""

    @abstractmethod
    def measure(self, target: Path) -> Report:
        """The report on the bundle ``target``, measured through the very bundle that will answer."""

    def chosen(self) -> str:
        """What chose the epoch that is kept, as the protocol says it; empty where nothing was chosen."""
        return ""

    @abstractmethod
    def summary(self, report: Report) -> str:
        """What was reached, in a few words for people."""

    def shown_metrics(self, report: Report) -> dict[str, float]:
        """The numbers of the outcome and of the card."""
        return report.metrics

    def card_row(self, report: Report) -> dict[str, Any] | None:
        """What the card keeps of the measurement; None for nothing. A file is named without its folder there."""
        baseline = {
            key if key == "floor" else f"floor_{key}": value
            for key, value in _named(report.floor or {}).items()
            if key != "seconds"
        }
        return {
            "on": f"{card.title_of(self.source)} {report.split}",
            "protocol": report.protocol.replace(self.source.name, Path(self.source.name).name),
            "examples": report.examples,
            **self.shown_metrics(report),
            **baseline,
        }

    def versions(self) -> dict[str, str]:
        """Of the libraries that trained, and what they computed in where that is a setting."""
        from importlib.metadata import version

        import keras

        exporter = {self.exporter: version(self.exporter)} if self.exporter else {}
        kind = getattr(self.settings, "compute", "")
        compute = {"compute": decided(kind)} if kind else {}
        return {"keras": keras.__version__, "backend": keras.backend.backend(), **compute, **exporter}

    def clean(self) -> None:
        """Remove what the finished run no longer needs."""

    @classmethod
    @abstractmethod
    def preflight(cls, spec: JobSpec) -> Preflight:
        """What can be known in seconds before hours are spent: the data's state, the baseline, time and memory."""

    # ---------------------------------------------------------------------------------------------- the order

    @property
    def name(self) -> str:
        """The bundle's name, as far as it is free."""
        return card.bundle_name(self.spec, self.source)

    def run(self) -> dict[str, Any]:
        """Do the job; returns ``state`` (done, cancelled), ``bundle``, ``metrics`` and ``message``."""
        try:
            return self._run()
        except StopRequested:
            if self.trainer is None:
                return cancelled("stopped before the first step")
            return cancelled("stopped; it can be resumed")

    def learn(self) -> str:
        """All steps up to the trained model; then the sentence on an early end. StopRequested where it is asked to."""
        self.stage("preparing", f"reading {self.spec.data}")
        self.read()
        for note in getattr(self.source, "notes", ()):
            self.emit("message", level="warning", text=note)
        self.baseline = self.find_baseline()
        self.pause()
        self.prepare()
        self.pause()
        self.make_trainer()
        self.announce()
        return self._train()

    def _run(self) -> dict[str, Any]:
        ending = self.learn()
        self.stage("exporting", "making the model that answers")
        target = self.folder / "bundle"
        self.export(target)
        self.stage("evaluating", f"measuring on {self.measured_on()}")
        report = self.measure(target)
        report = replace(
            report,
            floor=report.floor or self.baseline,
            history=tuple(self.trainer.history),
            protocol=f"{ending} {self.chosen()} {report.protocol}".strip(),
        )
        write_json(self.folder / "report.json", asdict(report))
        row = self.card_row(report)
        if row is not None:
            card.add_metrics(target, row)
        installed = card.install(self.folder, target, self.name)
        self.clean()
        metrics = {f"test_{key}": value for key, value in self.shown_metrics(report).items()}
        metrics |= {
            f"floor_{key}": value for key, value in (report.floor or {}).items() if key != "seconds" and _number(value)
        }
        return done(" ".join(filter(None, (f"{installed}: {self.summary(report)}.", ending))), metrics, installed)

    def make_trainer(self) -> None:
        """Make the network and its :attr:`trainer`, on as many devices as the settings say."""
        if self._devices < 2:
            self.trainer = self.network()
            return
        from . import devices

        with devices.sharing(self._devices):
            self.trainer = self.network()

    def announce(self) -> None:
        """Tell what is about to be trained, once the network is made."""
        plan = self.plan()
        self.emit(
            "start",
            device=plan.device,
            epochs=getattr(self.settings, "epochs", 1),
            steps=plan.steps,
            labels=list(plan.labels),
            floor=self.baseline,
            parameters=plan.parameters,
            examples=dict(plan.examples),
            **({} if plan.measures is None else {"unit": self.unit, "measures": dict(plan.measures)}),
        )
        self.stage("training", self.size_message())

    def _train(self) -> str:
        """Train to the end, or until the best so far is enough; then the sentence that says so."""
        self._trains = True
        ended = self.trainer.run()
        self._trains = False
        if ended:
            return ""
        if self._stopped() or not self.trainer.keep_best():
            raise StopRequested
        history, epochs = self.trainer.history, getattr(self.settings, "epochs", 1)
        best = max((row["epoch"] for row in history if row.get("best")), default=0)
        which = f"the best so far, epoch {best}, is kept" if best else "the vectors as they were then are kept"
        return f"Ended early by the user after {len(history)} of {epochs} epochs: {which}."

    def find_baseline(self) -> dict[str, Any] | None:
        """The baseline, measured once a run."""
        if not getattr(self.settings, "floor", True):
            return None
        file = self.folder / BASELINE_FILE
        if not read_json(file):  # a broken one is measured again
            self.stage("floor", self.baseline_message)
            write_json(file, self.measure_baseline())
        return read_json(file) or None

    # ---------------------------------------------------------------------------------------------- services

    def stage(self, stage: str, message: str) -> None:
        """Say where the run is."""
        self.emit("state", stage=stage, message=message)

    def pause(self) -> None:
        """StopRequested where the run is asked to stop."""
        if self.should_stop():
            raise StopRequested

    def write_bundle(self, target: Path, packed: Packed) -> None:
        """Write ``packed`` with its card into ``target``."""
        written = self.card(packed.task, packed.intended, packed.data, packed.serving, packed.labels)
        bundle_format.write(target, {**written, **packed.more}, dict(packed.files))

    def card(
        self,
        task: str,
        intended: str,
        data: Mapping[str, Any],
        serving: Mapping[str, Any],
        labels: Sequence[str] = (),
    ) -> dict[str, Any]:
        """The card without measurements."""
        return card.card(
            self.spec,
            self.settings,
            self.source,
            task=task,
            labels=labels,
            intended=f"{card.title_of(self.source)}: {intended}",
            data=data,
            serving=serving,
            versions=self.versions(),
        )


def _named(baseline: Mapping[str, Any]) -> dict[str, Any]:
    return {"floor" if key == "name" else key: value for key, value in baseline.items()}


def _number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
