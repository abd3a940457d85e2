"""The pipeline of recipes that train one Keras network with a loop of ours."""

import shutil
import tempfile
from abc import abstractmethod
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

from ..results import DataCheck, JobSpec, Preflight
from .pipeline import Packed, Pipeline, SettingsT
from .shared import device, silent
from .step_cost import peak


class NetworkPipeline(Pipeline[SettingsT]):
    """A pipeline that fits a Keras network on examples in memory, and exports it to ONNX."""

    sample: ClassVar[int] = 4000
    """Training examples that the pre-flight's quick baseline and timing see."""
    spare_seconds: ClassVar[int] = 60
    """What a run takes beside its epochs: reading, export, measuring."""

    @abstractmethod
    def pack(self, work: Path) -> Packed:
        """Export the graphs into the folder ``work``; what the bundle holds."""

    def loop_arguments(self) -> dict[str, Any]:
        """What every :class:`~.loop.Loop` takes beside its model, settings and data."""
        run = {"seed": self.spec.seed, "emit": self.emit, "should_stop": self.should_stop}
        return {**run, "folder": self.folder}

    def export(self, target: Path) -> None:
        work = self.folder / "export"
        work.mkdir(exist_ok=True)
        self.write_bundle(target, self.pack(work))
        shutil.rmtree(work, ignore_errors=True)

    # ---------------------------------------------------------------------------------------------- pre-flight

    @abstractmethod
    def check_data(self) -> DataCheck:
        """The state of the data that were read."""

    @abstractmethod
    def counts(self) -> dict[str, int]:
        """Examples of each part: ``train``, ``validation``, ``test``."""

    @abstractmethod
    def keep_sample(self, most: int) -> None:
        """Keep at most so many examples of each part."""

    @abstractmethod
    def memory(self, total: int) -> int:
        """Bytes that the run will take where ``total`` examples train, beside what the sample took."""

    def facts(self) -> tuple[str, ...]:
        """What else is worth knowing before the start; told of all examples, so asked before the sample is drawn."""
        return ()

    def further(self) -> tuple[int, float]:
        """Examples that train beside those of :meth:`counts`, and the seconds that it takes to make them."""
        return 0, 0.0

    def late_facts(self) -> tuple[str, ...]:
        """What only the prepared sample tells."""
        return ()

    def baseline_is_quick(self) -> bool:
        """Whether the pre-flight measures the baseline on all there is, as the run does: the two are then one number.

        Else it measures it on what :meth:`keep_sample` leaves, and says that this is an estimate.
        """
        return max(self.counts().values()) <= self.sample

    @classmethod
    def preflight(cls, spec: JobSpec) -> Preflight:
        warnings: list[str] = []

        def heard(kind: str, /, **values: Any) -> None:
            if kind == "message" and values.get("level") == "warning":
                warnings.append(values["text"])

        with tempfile.TemporaryDirectory() as folder:
            quick = cls(spec, Path(folder), heard, lambda: False)
            return quick._look(warnings)

    def _look(self, warnings: list[str]) -> Preflight:
        self.read()
        check = self.check_data()
        facts, counts = self.facts(), self.counts()
        total = counts["train"]
        memory_before = self.text_memory()
        self.emit = silent
        whole = self.baseline_is_quick()
        baseline = self.measure_baseline() if whole else None
        self.keep_sample(self.sample)
        if not whole:
            baseline = self.measure_baseline()
        self.prepare()
        self.make_trainer()
        trainer: Any = self.trainer
        parameters = int(trainer.model.count_params())
        settings: Any = self.settings
        # Early stopping ends most runs sooner: this is the longest it takes.
        more, making = self.further()
        seconds = settings.epochs * trainer.seconds_each() * (total + more) * 1.1 + making + self.spare_seconds
        return Preflight(
            check=replace(check, warnings=(*check.warnings, *warnings, *self.late_warnings(check))),
            floor={key: value for key, value in (baseline or {}).items() if isinstance(value, float)} or None,
            seconds=seconds,
            memory=peak() + memory_before + self.memory(total),
            device=device(),
            parameters=parameters,
            facts=(*facts, *self.late_facts()),
            estimated=not whole,
        )

    @abstractmethod
    def text_memory(self) -> int:
        """Bytes that the texts themselves will take."""

    def late_warnings(self, check: DataCheck) -> tuple[str, ...]:
        """What the settings will do to these data that people may not want."""
        return ()
