"""An engine without an engine: the functions of ``dltext.engine.api`` that the screens use, with canned answers.

An object of :class:`FakeEngine` stands where the module stands. It is slow only on purpose: ``engine.hold("analyse")``
keeps that function's callers waiting until ``engine.release("analyse")``.
"""

import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from dltext.engine import api
from dltext.engine.results import (
    BundleInfo,
    Course,
    CoursePart,
    DataCheck,
    DataKind,
    DatasetInfo,
    Draft,
    HeadAttention,
    Reading,
    Record,
    Result,
    Span,
    UserError,
)

WORD = re.compile(r"[一-鿿]|\w+")
PULLS = {"good": 2.0, "finds": 1.2, "voice": 0.8, "好": 1.5, "bad": -2.0, "slow": -1.1, "差": -1.5}

CNN = BundleInfo(
    "sentiment-en-cnn",
    "sentiment",
    "shipped",
    "1.0",
    "text-cnn",
    "en",
    ("negative", "positive"),
    {"accuracy": 0.921, "macro_f1": 0.921, "ece": 0.012, "floor_accuracy": 0.903},
    "IMDB test",
    True,
    11_800_000,
    "/zoo/sentiment-en-cnn",
    {
        "task": "sentiment",
        "licence": "research only",
        "settings": {"filters": 100, "widths": "3,4,5"},
        "data": {"name": "imdb", "seed": 1},
        "description": "Reads film reviews [/ref] in English.",
    },
)
LSTM = replace(
    CNN,
    name="sentiment-en-lstm",
    recipe="lstm",
    default=False,
    size=9_400_000,
    metrics={"accuracy": 0.904, "floor_accuracy": 0.903},
    path="/zoo/sentiment-en-lstm",
    card={},
)
MINE = replace(
    CNN,
    name="own-cnn",
    origin="trained",
    default=False,
    size=2_000_000,
    measured_on="own.csv test",
    metrics={"accuracy": 0.861, "floor_accuracy": 0.842},
    path="/home/own-cnn",
)
BROKEN = replace(
    CNN,
    name="broken",
    origin="imported",
    default=False,
    metrics={},
    path="/home/broken",
    problem="The file model.onnx of broken does not match its sum; import it again.",
)

CORPORA = (
    DatasetInfo(
        "mr",
        "Movie Review sentences",
        "en",
        "sentiment",
        ("negative", "positive"),
        {"train": 9596, "test": 1066},
        488_000,
        "research only",
        "Pang and Lee 2005",
        "https://www.cs.cornell.edu/people/pabo/movie-review-data",
        "mirror",
        "One sentence a review.",
    ),
    DatasetInfo(
        "imdb",
        "IMDB reviews",
        "en",
        "sentiment",
        ("negative", "positive"),
        {"train": 25000, "test": 25000},
        84_125_825,
        "research only",
        "Maas et al. 2011",
        "https://ai.stanford.edu/~amaas/data/sentiment",
        "download",
        "Whole reviews [/b] with a verdict.",
    ),
    DatasetInfo(
        "hotel",
        "酒店评论 [hotel]",
        "zh",
        "sentiment",
        ("差评", "好评"),
        {"train": 5000, "test": 766},
        1_200_000,
        "research only",
        "Tan 2010",
        "https://example.org",
        "cached",
        "酒店评论语料",
    ),
)


class FakeEngine:
    """Answers at once unless held; ``calls`` lists what was asked, in order."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.bundles = [CNN, LSTM]
        self.corpora = list(CORPORA)
        self.remembered: dict[str, Any] = {}
        self.calls: list[tuple[str, tuple[Any, ...]]] = []
        self.errors: dict[str, Exception] = {}
        self.sampled = [
            ("A slow film", "The first half is slow, but the film finds its voice."),
            ("[/b] odd", "[/ref]"),
        ]
        self.readings: dict[str, Reading | Exception] = {}
        """Path to how it is read; else a table without columns."""
        self._gates: dict[str, threading.Event] = {}
        self.left: dict[str, tuple[Draft, str]] = {}
        """Drafts of earlier starts."""

    # ---- what a test does with it

    def hold(self, function: str) -> None:
        self._gates[function] = threading.Event()

    def release(self, function: str) -> None:
        self._gates.pop(function).set()

    def asked(self, function: str) -> list[tuple[Any, ...]]:
        return [arguments for name, arguments in self.calls if name == function]

    def _note(self, function: str, *arguments: Any) -> None:
        self.calls.append((function, arguments))
        if gate := self._gates.get(function):
            gate.wait(20)
        if error := self.errors.get(function):
            raise error

    # ---- reading texts

    def course(self, text: str, task: str = "sentiment", model: str | None = None) -> Course:
        self._note("course", text, model)
        labels = next((bundle.labels for bundle in self.bundles if bundle.name == model), ())
        parts = [
            CoursePart(match.start(), match.end(), labels[-1 if "good" in match[0] else 0], 0.9)
            for match in re.finditer(r"[^.。]+[.。]?", text)
        ]
        return Course(model or "", labels, len(text), tuple(parts))

    def analyse(
        self,
        text: str,
        task: str = "sentiment",
        model: str | None = None,
        explain: bool = False,
        by: str = "occlusion",
        fast: bool = False,
    ) -> Result:
        name = model or "sentiment-en-cnn"
        self._note("explain" if explain else "analyse", text, name)
        words = list(WORD.finditer(text[:100_000]))
        spans = tuple(Span(word.start(), word.end(), PULLS.get(word.group().lower(), 0.0)) for word in words)
        total = sum(span.weight for span in spans)
        positive = {"sentiment-en-lstm": 0.1}.get(name, 0.5 if not total else 0.87 if total > 0 else 0.13)
        label = "positive" if positive >= 0.5 else "negative"
        notes = ("Only part of this long text was read.",) if len(text) > 50_000 else ()
        return Result(
            "sentiment",
            name,
            "1.0",
            label,
            {"negative": 1 - positive, "positive": positive},
            spans if explain else (),
            by=by if explain else "",
            gap=0.02 if explain and by == "gradients" else None,
            milliseconds=0.4,
            tokens=len(words),
            known=0.98,
            read=0.1 if notes else 1.0,
            notes=notes,
        )

    def attention(self, text: str, task: str = "sentiment", model: str | None = None) -> HeadAttention:
        """Each word looks at the first one, in two layers of two heads."""
        self._note("attention", text, model)
        places = ((0, 0), *((word.start(), word.end()) for word in WORD.finditer(text)), (0, 0))
        row = tuple(0.6 if number == 1 else 0.4 / max(len(places) - 1, 1) for number in range(len(places)))
        head = tuple(row for _ in places)
        return HeadAttention(model or "sentiment-en-cnn", places, ((head, head), (head, head)))

    def warm_up(self, task: str = "sentiment", model: str | None = None) -> None:
        self._note("warm_up", task, model)

    def samples(self, task: str = "") -> list[tuple[str, str]]:
        self._note("samples", task)
        return self.sampled

    def read_document(self, path: str) -> str:
        self._note("read_document", path)
        return Path(path).read_text(encoding="utf-8")

    def write_document(self, path: str, text: str) -> Path:
        self._note("write_document", path, text)
        Path(path).write_text(text, encoding="utf-8")
        return Path(path)

    # ---- drafts

    def leave_draft(self, text: str, place: str = "analyse", **more: Any) -> None:
        number = len(self.left)
        draft = Draft(f"draft-{number}", place, "", len(text), 1_000_000.0 + number, text[:200])
        self.left[draft.id] = replace(draft, **more), text

    def save_draft(self, place: str, text: str, name: str = "", cursor: int = 0, beside: str = "") -> None:
        self._note("save_draft", place, text, name, cursor, beside)

    def drafts(self) -> list[Draft]:
        self._note("drafts")
        return sorted((draft for draft, _ in self.left.values()), key=lambda draft: -draft.saved)

    def take_draft(self, draft: str) -> tuple[Draft, str]:
        self._note("take_draft", draft)
        return self.left.pop(draft)

    def forget_draft(self, draft: str) -> None:
        self._note("forget_draft", draft)
        self.left.pop(draft, None)

    # ---- models

    def models(self, task: str | None = None) -> list[BundleInfo]:
        self._note("models", task)
        return [bundle for bundle in self.bundles if task in (None, bundle.task)]

    def model(self, name: str) -> BundleInfo:
        for bundle in self.bundles:
            if bundle.name == name:
                return bundle
        raise UserError(f"There is no model {name!r}.")

    def set_threshold(self, name: str, threshold: float | None) -> None:
        self._note("set_threshold", name, threshold)
        self.bundles = [
            replace(bundle, threshold=threshold) if bundle.name == name else bundle for bundle in self.bundles
        ]

    def set_default(self, name: str) -> None:
        self._note("set_default", name)
        self.bundles = [replace(bundle, default=bundle.name == name) for bundle in self.bundles]

    def import_model(self, path: str) -> BundleInfo:
        self._note("import_model", path)
        info = replace(MINE, name=Path(path).stem, origin="imported")
        self.bundles = [*self.bundles, info]
        return info

    def export_model(self, name: str, path: str) -> Path:
        self._note("export_model", name, path)
        return Path(path)

    def remove_model(self, name: str) -> None:
        self._note("remove_model", name)
        if self.model(name).origin == "shipped":
            raise UserError(f"{name} ships with dltext and cannot be removed.")
        self.bundles = [bundle for bundle in self.bundles if bundle.name != name]

    # ---- data

    def datasets(self) -> list[DatasetInfo]:
        self._note("datasets")
        return list(self.corpora)

    def dataset(self, name: str) -> DatasetInfo:
        return next(info for info in self.corpora if info.name == name)

    def fetch_data(self, name: str, progress: Callable[[int, int], None] | None = None) -> Path:
        for done in (0, 40, 80):
            if progress is not None:
                progress(done, 100)
        self._note("fetch_data", name)
        if progress is not None:
            progress(100, 100)
        self.corpora = [replace(info, available="cached") if info.name == name else info for info in self.corpora]
        return Path("/data") / name

    def columns_of(self, path: str) -> tuple[str, ...]:
        self._note("columns_of", path)
        return ()

    def reading_of(
        self,
        path: str,
        read: Mapping[str, str] | None = None,
        text_column: str = "",
        label_column: str = "",
        data_kind: DataKind = "texts",
    ) -> Reading:
        self._note("reading_of", path, text_column, label_column)
        reading = self.readings.get(path) or Reading(path, "csv")
        if isinstance(reading, Exception):
            raise reading
        return reading

    def decide_reading(self, path: str, read: Mapping[str, str]) -> None:
        self._note("decide_reading", path, dict(read))

    def check_data(self, data: str, text_column: str = "text", label_column: str = "label") -> DataCheck:
        self._note("check_data", data)
        return DataCheck(
            data,
            {"train": 9596, "test": 1066},
            {"negative": 5331, "positive": 5331},
            {"mean": 21.2, "median": 20.0, "p95": 41.0, "max": 62.0},
            17,
            3,
            ("3 test documents also stand in the training set [/x].",),
        )

    def remove_data(self, name: str) -> None:
        self._note("remove_data", name)
        self.corpora = [info for info in self.corpora if info.name != name]

    def browse_data(
        self,
        data: str,
        split: str = "train",
        offset: int = 0,
        count: int = 50,
        text_column: str = "text",
        label_column: str = "label",
    ) -> list[Record]:
        self._note("browse_data", data, split, offset, count)
        last = min(offset + count, 120)
        return [
            Record(str(number + 1), f"document {number + 1} [/ref] \x1b[31m很好", "positive")
            for number in range(offset, last)
        ]

    def import_data(
        self, path: str, name: str = "", text_column: str = "text", label_column: str = "label"
    ) -> DatasetInfo:
        self._note("import_data", path, name, text_column, label_column)
        info = replace(CORPORA[0], name=name or Path(path).stem, title=Path(path).name, available="imported")
        self.corpora = [*self.corpora, info]
        return info

    # ---- the rest

    def device(self) -> str:
        return "CPU, 2 cores"

    def jobs(self) -> list[Any]:
        return []

    def home(self) -> Path:
        return Path("/tmp")

    def cluster_address(self, text: str) -> str:
        return api.cluster_address(text)

    def preferences(self) -> dict[str, Any]:
        return dict(self.remembered)

    def remember(self, **values: Any) -> None:
        self.remembered.update(values)
