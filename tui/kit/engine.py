"""The engine as the screens see it: what they ask of it, and with what."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from ...engine.results import (
    AttributeInfo,
    BundleInfo,
    ComparedSurprise,
    Comparison,
    ComparisonSpec,
    Course,
    DataCheck,
    DataKind,
    DatasetInfo,
    Direction,
    Draft,
    Duplicates,
    Event,
    Filled,
    Found,
    Generated,
    GroupProfile,
    HeadAttention,
    IndexInfo,
    Job,
    JobSpec,
    Matrix,
    Neighbours,
    NextUnit,
    OddOneOut,
    Preflight,
    Profile,
    Progress,
    Reading,
    RecipeInfo,
    RecipeSource,
    Record,
    Report,
    Result,
    SearchMethod,
    Sentence,
    Similarity,
    Surprise,
    Titles,
    Translation,
    WordMap,
)
from .corpus_engine import CorpusEngine


class Engine(CorpusEngine, Protocol):
    """The functions of :mod:`dltext.engine.api` that screens use, or of what stands in for it.

    What each does, takes and raises is said where it is done: the table there leads to it.
    """

    def analogy(self, expression: str, model: str | None = None, count: int = 10) -> Neighbours: ...

    def analyse(
        self,
        text: str,
        task: str = "sentiment",
        model: str | None = None,
        explain: bool = False,
        by: str = "occlusion",
        fast: bool = False,
    ) -> Result: ...

    def attention(self, text: str, task: str = "sentiment", model: str | None = None) -> HeadAttention: ...

    def attributes_of(self, data: str, text_column: str = "text") -> tuple[AttributeInfo, ...]: ...

    def browse_data(
        self,
        data: str,
        split: str = "train",
        offset: int = 0,
        count: int = 50,
        text_column: str = "text",
        label_column: str = "label",
    ) -> list[Record]: ...

    def build_index(
        self,
        data: str,
        method: str = "mixture",
        model: str | None = None,
        split: str = "",
        text_column: str = "text",
        label_column: str = "label",
        progress: Progress | None = None,
    ) -> IndexInfo: ...

    def cancel(self, job_id: str) -> Job: ...

    def check_comparison(self, spec: ComparisonSpec) -> ComparisonSpec: ...

    def check_data(self, data: str, text_column: str = "text", label_column: str = "label") -> DataCheck: ...

    def columns_of(self, path: str) -> tuple[str, ...]: ...

    def compare_surprise(self, text: str, first: str, second: str) -> ComparedSurprise: ...

    def comparison(self, spec: ComparisonSpec) -> Comparison: ...

    def compose(self, text: str, sentences: Iterable[Sentence], to: str, complete: bool = True) -> str: ...

    def continue_comparison(self, spec: ComparisonSpec, passed_over: Collection[str] = ()) -> tuple[Job, ...]: ...

    def course(self, text: str, task: str = "sentiment", model: str | None = None) -> Course: ...

    def dataset(self, name: str) -> DatasetInfo: ...

    def datasets(self) -> list[DatasetInfo]: ...

    def decide_reading(self, path: str, read: Mapping[str, str]) -> None: ...

    def delete_job(self, job_id: str) -> None: ...

    def detect(self, text: str) -> str: ...

    def device(self) -> str: ...

    def directions(self) -> list[Direction]: ...

    def drafts(self) -> list[Draft]: ...

    def events(self, job_id: str, offset: int = 0) -> tuple[list[Event], int]: ...

    def export_model(self, name: str, path: str | Path) -> Path: ...

    def export_translation(self, translation: Translation, source: str, kind: str) -> str: ...

    def export_vectors(self, name: str, path: str | Path, form: str = "") -> Path: ...

    def fetch_data(self, name: str, progress: Progress | None = None) -> Path: ...

    def fill(self, text: str, model: str | None = None, count: int = 5) -> Filled: ...

    def forget_draft(self, draft: str) -> None: ...

    def generate(
        self,
        prompt: str,
        model: str | None = None,
        *,
        length: int = 100,
        temperature: float = 1.0,
        top_k: int = 0,
        top_p: float = 1.0,
        seed: int | None = None,
        variants: int = 1,
        line_lengths: Sequence[int] = (),
        rhyme: bool = False,
        on_text: Callable[[int, str], bool | None] | None = None,
    ) -> Generated: ...

    def import_data(
        self, path: str, name: str = "", text_column: str = "text", label_column: str = "label"
    ) -> DatasetInfo: ...

    def import_model(self, path: str | Path) -> BundleInfo: ...

    def import_vectors(
        self,
        path: str | Path,
        name: str = "",
        language: str = "",
        limit: int = 0,
        words: Sequence[str] | None = None,
        progress: Progress | None = None,
    ) -> tuple[BundleInfo, tuple[str, ...]]: ...

    def job(self, job_id: str) -> Job: ...

    def job_log(self, job_id: str, last: int = 500) -> str: ...

    def jobs(self) -> list[Job]: ...

    def keep_baseline(self, job_id: str) -> Job: ...

    def keep_best(self, job_id: str) -> Job: ...

    def model(self, name: str) -> BundleInfo: ...

    def models(self, task: str | None = None) -> list[BundleInfo]: ...

    def near_duplicates(
        self,
        data: str,
        threshold: float = 0.8,
        split: str = "",
        text_column: str = "text",
        label_column: str = "label",
        count: int = 100,
        progress: Progress | None = None,
        method: str = "",
        model: str | None = None,
    ) -> list[Duplicates]: ...

    def neighbours(self, word: str, model: str | None = None, count: int = 10) -> Neighbours: ...

    def next_units(self, text: str, model: str | None = None, count: int = 10) -> tuple[NextUnit, ...]: ...

    def odd_one_out(self, words: Sequence[str], model: str | None = None) -> OddOneOut: ...

    def plan_tuning(self, spec: JobSpec, values: Mapping[str, str], trials: int = 0) -> JobSpec: ...

    def preferences(self) -> dict[str, Any]: ...

    def preflight(self, spec: JobSpec, progress: Progress | None = None) -> Preflight: ...

    def profile(self, text: str, model: str | None = None, explain: bool = False) -> Profile: ...

    def profile_group(
        self,
        records: Iterable[Record],
        model: str | None = None,
        progress: Progress | None = None,
        should_stop: Callable[[], bool] = lambda: False,
        seed: int = 1,
    ) -> GroupProfile: ...

    def read_data(
        self, data: str, split: str = "", text_column: str = "text", label_column: str = "label"
    ) -> tuple[int, Iterator[Record]]: ...

    def read_document(self, path: str | Path) -> str: ...

    def read_records(
        self,
        path: str | Path,
        text_column: str = "text",
        label_column: str = "label",
        id_column: str = "id",
        blanks: bool = False,
        with_columns: bool = False,
    ) -> Iterator[Record]: ...

    def reading_of(
        self,
        path: str,
        read: Mapping[str, str] | None = None,
        text_column: str = "",
        label_column: str = "",
        data_kind: DataKind = "texts",
    ) -> Reading: ...

    def recipe_sources(self) -> list[RecipeSource]: ...

    def recipes(self, task: str | None = None) -> list[RecipeInfo]: ...

    def remember(self, **values: Any) -> None: ...

    def remove_data(self, name: str) -> None: ...

    def remove_model(self, name: str) -> None: ...

    def report(self, job_id: str) -> Report: ...

    def resume(self, job_id: str, anew: bool = False) -> Job: ...

    def samples(self, task: str = "") -> list[tuple[str, str]]: ...

    def save_draft(self, place: str, text: str, name: str = "", cursor: int = 0, beside: str = "") -> None: ...

    def search(
        self,
        query: str,
        data: str,
        method: str = "mixture",
        model: str | None = None,
        count: int = 10,
        split: str = "",
        text_column: str = "text",
        label_column: str = "label",
        progress: Progress | None = None,
        patient: bool = True,
    ) -> Found: ...

    def search_methods(self, language: str = "en") -> list[SearchMethod]: ...

    def set_default(self, name: str) -> None: ...

    def set_threshold(self, name: str, threshold: float | None) -> None: ...

    def similarity_matrix(self, words: Sequence[str], model: str | None = None) -> Matrix: ...

    def submit(self, spec: JobSpec) -> Job: ...

    def suggest_words(self, beginning: str, model: str | None = None, count: int = 8) -> list[str]: ...

    def surprise(self, text: str, model: str | None = None, explain: bool = True) -> Surprise: ...

    def take_draft(self, draft: str) -> tuple[Draft, str]: ...

    def text_similarity(self, a: str, b: str, model: str | None = None) -> Similarity: ...

    def titles(
        self,
        text: str,
        model: str | None = None,
        count: int = 5,
        length: float = 0.0,
        *,
        explain: bool = True,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> Titles: ...

    def training_problem(self) -> str | None: ...

    def translate(
        self,
        text: str,
        to: str = "",
        source: str = "",
        model: str | None = None,
        *,
        beam: int = 0,
        alternatives: int = 0,
        explain: bool = True,
        on_sentence: Callable[[int, int, Sentence], None] | None = None,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> Translation: ...

    def tune(self, spec: JobSpec) -> Job: ...

    def warm_up(self, task: str = "sentiment", model: str | None = None) -> None: ...

    def warm_up_words(self, model: str | None = None) -> None: ...

    def word_map(
        self,
        query: str,
        model: str | None = None,
        count: int = 60,
        method: str = "pca",
        clusters: int = 5,
        seed: int = 1,
    ) -> WordMap: ...

    def write_document(self, path: str | Path, text: str) -> Path: ...
