"""An engine without an engine for the screens about training: jobs replay the lines that true runs have written
(of their ticks four an epoch are kept).

``FakeJobs`` has the job, recipe, data-set and report functions of ``dltext.engine.api`` as methods, so an object of
it stands where the module stands. Nothing moves by itself: a test calls :meth:`FakeJobs.advance`.
"""

import json
import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from dltext.engine import api
from dltext.engine.results import (
    DataCheck,
    DataKind,
    DatasetInfo,
    Event,
    Field,
    Job,
    JobSpec,
    Preflight,
    Reading,
    RecipeInfo,
    RecipeSource,
    Report,
    UserError,
)
from dltext.engine.tasks.error_analysis import of_labels

RECORDED = Path(__file__).with_name("recorded")
EPOCH = 1_760_000_000.0
"""The fake's clock at the start of each job, in Unix seconds."""

TEXT_CNN = RecipeInfo(
    "text-cnn",
    "classify",
    "Text-CNN",
    "Convolutions over words, the strongest feature of each kept.",
    "Kim 2014, arXiv:1408.5882",
    (
        Field(
            "variant",
            "Vectors",
            "Which word vectors the network reads, and whether they learn.",
            "choice",
            "non-static",
            choices=("random", "static", "non-static", "multichannel"),
        ),
        Field("filters", "Filters a width", "How many features each window size looks for.", "int", 100, 1, 2000),
        Field("widths", "Window sizes", "Words each filter sees at once.", "str", "3,4,5"),
        Field("dropout", "Dropout", "Share of features hidden while training.", "float", 0.5, 0.0, 0.95),
        Field("vectors", "Vector file", "word2vec, GloVe or .npz; empty learns its own.", "file", "", advanced=True),
        Field("epochs", "Epochs", "Rounds through the training part, at most.", "int", 8, 1, 500, group="Training"),
        Field("batch", "Batch size", "Examples a step.", "int", 50, 1, 4096, group="Training"),
        Field(
            "learning_rate", "Learning rate", "Step size of the optimiser.", "float", 0.001, 1e-6, 1.0, group="Training"
        ),
        Field("class_weights", "Weigh classes", "Rare classes count more.", "bool", False, group="Training"),
        Field(
            "optimizer",
            "Optimiser",
            "Any optimiser that Keras has.",
            "choice",
            "adam",
            choices=("adam", "adadelta", "sgd"),
            group="Training",
            advanced=True,
        ),
        Field(
            "patience",
            "Patience",
            "Epochs without progress before it stops.",
            "int",
            3,
            1,
            100,
            group="Training",
            advanced=True,
        ),
        Field("vocabulary", "Vocabulary", "Most frequent words kept.", "int", 20000, 100, 1_000_000, group="Data"),
    ),
)
LSTM = RecipeInfo(
    "lstm",
    "classify",
    "LSTM",
    "Reads word by word; the mean of what it remembers decides.",
    "Hochreiter & Schmidhuber 1997",
    (
        Field("units", "Units", "Width of its memory.", "int", 128, 1, 2048),
        Field("epochs", "Epochs", "Rounds through the training part, at most.", "int", 6, 1, 500, group="Training"),
    ),
)

CARDS = (
    DatasetInfo(
        "mr",
        "Movie Review sentences",
        "en",
        "sentiment",
        ("negative", "positive"),
        {"train": 8530, "validation": 1066, "test": 1066},
        488_000,
        "research",
        "Pang & Lee 2005",
        "https://www.cs.cornell.edu/people/pabo/movie-review-data",
        "cached",
        "One sentence of a review each, half praise, half blame.",
    ),
    DatasetInfo(
        "imdb",
        "IMDB reviews",
        "en",
        "sentiment",
        ("negative", "positive"),
        {"train": 25000, "test": 25000},
        84_125_825,
        "research",
        "Maas et al. 2011",
        "https://ai.stanford.edu/~amaas/data/sentiment",
        "download",
        "Whole reviews with a clear verdict.",
    ),
    DatasetInfo(
        "hotel",
        "酒店评论 [hotel]",
        "zh",
        "sentiment",
        ("差评", "好评"),
        {"train": 12000, "test": 3766},
        1_200_000,
        "research",
        "Tan 2006",
        "https://example.org/hotel",
        "imported",
        "",
    ),
)


WORD2VEC = RecipeInfo(
    "word2vec-gensim",
    "words",
    "word2vec",
    "Words become vectors that predict the words around them.",
    "Mikolov et al. 2013",
    (
        Field("vector_size", "Vector size", "Components of a word vector.", "int", 100, 2, 2000),
        Field("epochs", "Epochs", "Passes over the texts.", "int", 5, 1, 1000, group="Training"),
    ),
)
TEXTS = DatasetInfo(
    "ptb",
    "Penn Treebank",
    "en",
    "text",
    (),
    {"train": 42068, "validation": 3370, "test": 3761},
    5_983_080,
    "research",
    "Marcus et al. 1993",
    "https://example.org/ptb",
    "cached",
    "News, a sentence a line.",
)


def words_report(history: tuple[dict[str, Any], ...] = ()) -> Report:
    """A report without labels: measures, and analogies section by section."""
    return Report(
        "ptb-words",
        "ptb",
        "train",
        42068,
        {
            "wordsim353": 0.1863,
            "simlex999": 0.1204,
            "analogies": 0.0201,
            "wordsim353_known": 237,
            "wordsim353_pairs": 353,
            "analogies_questions": 4575,
            "words": 1010012,
        },
        None,
        (),
        (),
        (
            {"label": "family [/]", "accuracy": 0.0778, "support": 90},
            {"label": "gram3-comparative", "accuracy": 0.0093, "support": 756},
        ),
        (),
        history,
        "The last epoch is kept; nothing was chosen by these tests.\ndltext evaluate ptb-words --data wordsim353",
    )


def words_preflight(data: str) -> Preflight:
    """A check without labels, leaks and floor."""
    check = DataCheck(
        data,
        {"train": 42068},
        {},
        {"mean": 24.0, "median": 23.0, "p95": 44.0, "max": 86.0},
        1020,
        0,
        ("SimLex-999 is not on this machine: it will not be measured.",),
    )
    facts = ("1,010,012 words in 42,068 texts (train).", "WordSim-353: the vocabulary covers 237 of 353 pairs.")
    return Preflight(check, None, 71.0, 460_000_000, "CPU, 2 threads", 1_905_200, facts)


def binary_report(history: tuple[dict[str, Any], ...] = ()) -> Report:
    """A report of two classes with documents of both kinds of mistake, one of them with markup in it."""
    documents = (
        {
            "id": "17",
            "text": "[/ref] not half as [bold]dull[/bold] as its title.\nA second line.",
            "gold": "positive",
            "predicted": "negative",
            "confidence": 0.97,
        },
        {
            "id": "203",
            "text": "沉闷, stubborn and, in the end, unforgettable.",
            "gold": "positive",
            "predicted": "negative",
            "confidence": 0.81,
        },
        {
            "id": "88",
            "text": "a feast for the eyes and a famine for the mind.",
            "gold": "negative",
            "predicted": "positive",
            "confidence": 0.93,
        },
        {
            "id": "5",
            "text": "simply a wonderful film.",
            "gold": "positive",
            "predicted": "positive",
            "confidence": 0.99,
        },
    )
    return Report(
        "mr-text-cnn",
        "mr",
        "test",
        1066,
        {"accuracy": 0.806, "macro_f1": 0.8057, "loss": 0.431, "ece": 0.021},
        {"name": "TF-IDF + linear", "accuracy": 0.782, "macro_f1": 0.7816},
        ("negative", "positive"),
        ((421, 112), (95, 438)),
        (
            {"label": "negative", "precision": 0.816, "recall": 0.790, "f1": 0.803, "support": 533},
            {"label": "positive", "precision": 0.796, "recall": 0.822, "f1": 0.809, "support": 533},
        ),
        documents,
        history,
        "Accuracy on the 1,066 test sentences of MR, measured once, after training.\n"
        "dltext evaluate mr-text-cnn --data mr --split test",
    )


def analysed_report() -> Report:
    """The report of two classes with an analysis of its errors."""
    random = np.random.default_rng(7)
    confidence = random.uniform(0.5, 1, 1066)
    right = random.uniform(0, 1, 1066) < confidence
    probabilities = np.stack([confidence, 1 - confidence], axis=1)
    analysis = of_labels(np.where(right, 0, 1), probabilities, random.integers(1, 60, 1066))
    return replace(binary_report(), analysis=analysis)


def wide_report(count: int = 20) -> Report:
    """A report of many classes with long, Chinese and markup-like names."""
    names = ("[b]acq[/b]", "财经新闻与市场", "a-rather-long-label-name", *(f"topic-{n}" for n in range(3, count)))
    confusion = tuple(
        tuple(90 + row if row == column else (row * 7 + column * 3) % 5 for column in range(count))
        for row in range(count)
    )
    per_class = tuple(
        {"label": name, "precision": 0.9, "recall": 0.88, "f1": 0.89, "support": sum(confusion[row])}
        for row, name in enumerate(names)
    )
    documents = (
        {"id": "1", "text": "Quarterly [results] rose.", "gold": names[1], "predicted": names[0], "confidence": 0.7},
    )
    total = sum(map(sum, confusion))
    return Report(
        "topics",
        "r20",
        "test",
        total,
        {"accuracy": 0.9, "macro_f1": 0.89, "ece": 0.05},
        {"name": "TF-IDF + linear", "accuracy": 0.91, "macro_f1": 0.9},
        names,
        confusion,
        per_class,
        documents,
        (),
        "Once, on the test part.",
    )


class FakeJobs:
    """The functions about jobs, recipes, data and reports; ``asked`` is what the screens asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[Any, ...]] = []
        self.problem: str | None = None
        self.stored: dict[str, Any] = {}
        self.reports: dict[str, Report] = {}
        self.check_errors: tuple[str, ...] = ()
        self.more_recipes: tuple[RecipeInfo, ...] = ()
        self.sources: tuple[RecipeSource, ...] = ()
        self.more_cards: tuple[DatasetInfo, ...] = ()
        self.columns: dict[str, tuple[str, ...]] = {}
        """Path to what its columns are called."""
        self.readings: dict[str, Reading | Exception] = {}
        """Path to how it is read; else a table without columns."""
        self.preflight_gate: threading.Event | None = None
        """Where set, ``preflight`` reports half of its progress and then waits for it."""
        self._lines: dict[str, list[bytes]] = {}
        self._seen: dict[str, int] = {}
        self._jobs: dict[str, Job] = {}
        self._seed()

    def _seed(self) -> None:
        self.add("zh-1", JobSpec("text-cnn", "hotel", {"filters": 64}), 15, "cancelled", "Stopped by you.")
        self.add("own-3", JobSpec("lstm", "reviews/own.csv", {"units": 64, "epochs": 6}), None)
        self.add("mr-7", JobSpec("text-cnn", "mr", {"filters": 100}), 32)

    def add(self, job_id: str, spec: JobSpec, visible: int | None = 0, state: str = "", message: str = "") -> Job:
        """A job whose first ``visible`` lines (None: all) have been written."""
        recorded = "word2vec-ptb" if spec.recipe.startswith("word2vec") else "text-cnn-mr"
        self._lines[job_id] = (RECORDED / f"{recorded}.jsonl").read_bytes().splitlines(keepends=True)
        self._seen[job_id] = 0
        created = EPOCH + 1000 * len(self._jobs)
        self._jobs[job_id] = Job(job_id, spec, "queued", created, message=message)
        self.advance(job_id, len(self._lines[job_id]) if visible is None else visible)
        if state:
            self._jobs[job_id] = replace(
                self._jobs[job_id],
                state=state,
                message=message,  # type: ignore[arg-type]
                ended=created + 60,
                seconds_left=None,
            )
        return self._jobs[job_id]

    def forget_job(self, job_id: str) -> None:
        """As if it had never been."""
        del self._jobs[job_id]

    def advance(self, job_id: str, lines: int = 1) -> None:
        """Write the next recorded lines, and fold them into the job's row as the store does."""
        start = self._seen[job_id]
        for line in self._lines[job_id][start : start + lines]:
            self._jobs[job_id] = _folded(self._jobs[job_id], _event(line))
            self._seen[job_id] += 1

    # ---- the functions of the api

    def training_problem(self) -> str | None:
        return self.problem

    def recipes(self, task: str | None = None) -> list[RecipeInfo]:
        return [recipe for recipe in (TEXT_CNN, LSTM, *self.more_recipes) if task in (None, recipe.task)]

    def recipe_sources(self) -> list[RecipeSource]:
        return list(self.sources)

    def columns_of(self, path: str) -> tuple[str, ...]:
        self.asked.append(("columns_of", path))
        return self.columns.get(path, ())

    def reading_of(
        self,
        path: str,
        read: Mapping[str, str] | None = None,
        text_column: str = "",
        label_column: str = "",
        data_kind: DataKind = "texts",
    ) -> Reading:
        self.asked.append(("reading_of", path, text_column, label_column))
        reading = self.readings.get(path) or Reading(path, "csv")
        if isinstance(reading, Exception):
            raise reading
        return reading

    def decide_reading(self, path: str, read: Mapping[str, str]) -> None:
        self.asked.append(("decide_reading", path, dict(read)))

    def device(self) -> str:
        return "CPU, 2 cores"

    def datasets(self) -> list[DatasetInfo]:
        return [*CARDS, *self.more_cards]

    def dataset(self, name: str) -> DatasetInfo:
        return next(card for card in CARDS if card.name == name)

    def validate(self, spec: JobSpec) -> JobSpec:
        recipe = next(recipe for recipe in (*self.recipes(), WORD2VEC) if recipe.name == spec.recipe)
        unknown = set(spec.settings) - {field.name for field in recipe.fields}
        if unknown:
            raise UserError(f"{spec.recipe} has no setting named {sorted(unknown)[0]}.")
        return replace(spec, settings={field.name: field.default for field in recipe.fields} | spec.settings)

    def preflight(self, spec: JobSpec, progress: Any = None) -> Preflight:
        self.asked.append(("preflight", spec))
        if progress:
            progress(1, 2)
        gate = self.preflight_gate
        while gate and not gate.wait(0.1):  # the engine, too, says often how far it is
            if progress:
                progress(1, 2)
        if "missing" in spec.data:
            raise UserError(f"{spec.data}: there is no such file; check the path.")
        if progress:
            progress(2, 2)
        if spec.recipe == WORD2VEC.name:
            return words_preflight(spec.data)
        check = DataCheck(
            spec.data,
            {"train": 8530, "validation": 1066, "test": 1066},
            {"negative": 5331, "[/b]positive": 5331},
            {"mean": 21.0, "median": 20.0, "p95": 42.0, "max": 62.0},
            12,
            3,
            ("3 test examples also stand in the training part.",),
            self.check_errors,
        )
        return Preflight(
            check, {"accuracy": 0.782, "macro_f1": 0.7816, "seconds": 1.4}, 96.0, 812_000_000, "CPU, 2 cores", 2_361_402
        )

    def submit(self, spec: JobSpec) -> Job:
        self.asked.append(("submit", spec))
        return self.add(f"{Path(spec.data).stem}-{len(self._jobs) + 5}", self.validate(spec))

    def plan_tuning(self, spec: JobSpec, values: Mapping[str, str], trials: int = 0) -> JobSpec:
        self.asked.append(("plan_tuning", dict(values), trials))
        if "no-such-setting" in values:
            raise UserError(f"The recipe {spec.recipe} has no setting 'no-such-setting' to try.")
        (name, text), *_ = values.items()
        return replace(self.validate(spec), kind="tune", trials=tuple({name: part} for part in text.split(",")))

    def tune(self, spec: JobSpec) -> Job:
        self.asked.append(("tune", spec))
        return self.add(f"{Path(spec.data).stem}-tune-{len(self._jobs) + 5}", spec)

    def jobs(self) -> list[Job]:
        return sorted(self._jobs.values(), key=lambda job: -job.created)

    def job(self, job_id: str) -> Job:
        try:
            return self._jobs[job_id]
        except KeyError:
            raise UserError(f"There is no run named {job_id}.") from None

    def events(self, job_id: str, offset: int = 0) -> tuple[list[Event], int]:
        written = b"".join(self._lines[job_id][: self._seen[job_id]])
        return [_event(line) for line in written[offset:].splitlines()], len(written)

    def cancel(self, job_id: str) -> Job:
        self.asked.append(("cancel", job_id))
        self._jobs[job_id] = replace(self.job(job_id), state="cancelling")
        return self._jobs[job_id]

    def keep_best(self, job_id: str) -> Job:
        self.asked.append(("keep_best", job_id))
        return self.job(job_id)

    def keep_baseline(self, job_id: str) -> Job:
        self.asked.append(("keep_baseline", job_id))
        return self.add(f"{job_id}-baseline", replace(self.job(job_id).spec, recipe="text-cnn", settings={}))

    def resume(self, job_id: str, anew: bool = False) -> Job:
        self.asked.append(("anew" if anew else "resume", job_id))
        self._jobs[job_id] = replace(self.job(job_id), state="running", ended=None, message="")
        return self._jobs[job_id]

    def delete_job(self, job_id: str) -> None:
        self.asked.append(("delete", job_id))
        if self.job(job_id).active:
            raise UserError(f"{job_id} is running; cancel it first.")
        del self._jobs[job_id]

    def job_log(self, job_id: str, last: int = 500) -> str:
        return f"{job_id}: reading [/data]\n2 cores, no GPU\n" + "\n".join(f"step {n}" for n in range(40))

    def report(self, job_id: str) -> Report:
        if job_id in self.reports:
            return self.reports[job_id]
        if self.job(job_id).state != "done":
            raise UserError(f"{job_id} has no report yet.")
        events, _ = self.events(job_id)
        make = words_report if self.job(job_id).spec.recipe == WORD2VEC.name else binary_report
        return make(tuple(event.values for event in events if event.type == "epoch"))

    def write_document(self, path: str, text: str) -> Path:
        Path(path).write_text(text, encoding="utf-8")
        return Path(path)

    def cluster_address(self, text: str) -> str:
        return api.cluster_address(text)

    def preferences(self) -> dict[str, Any]:
        return json.loads(json.dumps(self.stored))

    def remember(self, **values: Any) -> None:
        self.stored |= json.loads(json.dumps(values))


def _event(line: bytes) -> Event:
    values = json.loads(line)
    return Event(values.pop("time"), values.pop("type"), values)


def _floor(floor: dict[str, Any]) -> dict[str, float]:
    return {f"floor_{key}": value for key, value in floor.items() if isinstance(value, float)}


def _folded(job: Job, event: Event) -> Job:
    values = event.values
    time = job.created + event.time
    job = replace(job, seconds=event.time)
    if event.type == "state":
        return replace(
            job, state="running", started=job.started or time, stage=values["stage"], message=values["message"]
        )
    if event.type == "start":
        return replace(
            job,
            device=values["device"],
            epochs=values["epochs"],
            metrics=job.metrics | _floor(values["floor"] or {}),
        )
    if event.type == "tick":
        done = values["epoch"] - 1 + values["step"] / values["steps"]
        return replace(
            job,
            epoch=values["epoch"],
            progress=done / max(job.epochs, 1),
            rate=values["rate"],
            seconds_left=values["seconds_left"],
        )
    if event.type == "epoch":
        newest = {f"validation_{name}": value for name, value in values["validation"].items()}
        number, best = values["epoch"], bool(values.get("best"))
        keeps = best or not job.best_epoch
        return replace(
            job,
            epoch=number,
            epochs_done=number,
            best_epoch=number if best else job.best_epoch,
            progress=number / max(job.epochs, 1),
            metrics=job.metrics | (newest if keeps else {}),
        )
    if event.type == "end":
        return replace(
            job,
            state=values["state"],
            ended=time,
            message=values["message"],
            bundle=values["bundle"],
            metrics=job.metrics | values["metrics"],
            seconds_left=None,
            progress=1.0,
        )
    return job
