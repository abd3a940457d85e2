"""The engine's functions on corpora, as the screens see them."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Protocol

from ...engine.results import (
    BundleInfo,
    Collocate,
    ColumnSummary,
    CorpusCourse,
    CorpusInfo,
    CrossTable,
    DocumentPage,
    GroupStyle,
    KeyWord,
    KwicPage,
    LabelShares,
    Progress,
    Record,
    Selection,
    WordCount,
    WordDispersion,
    WordNetwork,
)


class CorpusEngine(Protocol):
    """A part of :class:`.engine.Engine`."""

    def cluster_address(self, text: str) -> str: ...

    def column_models(self) -> list[BundleInfo]: ...

    def collocations(
        self,
        selection: Selection,
        question: str,
        *,
        unit: str = "words",
        window: int = 5,
        left: int | None = None,
        right: int | None = None,
        minimum: int = 1,
        stop: bool = False,
        without: Iterable[str] = (),
        sort: str = "log_dice",
        count: int = 0,
        progress: Progress | None = None,
    ) -> list[Collocate]: ...

    def concordance(
        self,
        selection: Selection,
        question: str,
        *,
        regex: bool = False,
        unit: str = "words",
        sort: str = "",
        sample: int = 0,
        offset: int = 0,
        count: int = 0,
        width: int = 60,
        progress: Progress | None = None,
    ) -> KwicPage: ...

    def corpus_columns(self, selection: Selection, progress: Progress | None = None) -> list[ColumnSummary]: ...

    def corpus_course(
        self,
        selection: Selection,
        over_column: str = "",
        *,
        by: str = "",
        words: Sequence[str] = (),
        unit: str = "",
        progress: Progress | None = None,
    ) -> CorpusCourse: ...

    def corpus_document(self, selection: Selection, row: int) -> Record: ...

    def corpus_documents(
        self,
        selection: Selection,
        offset: int = 0,
        count: int = 100,
        sort: str = "",
        descending: bool = False,
        progress: Progress | None = None,
    ) -> DocumentPage: ...

    def corpus_info(self, selection: Selection, progress: Progress | None = None) -> CorpusInfo: ...

    def crosstab(
        self, selection: Selection, rows: str, columns: str, progress: Progress | None = None
    ) -> CrossTable: ...

    def export_documents(self, selection: Selection, path: str, progress: Progress | None = None) -> int: ...

    def fill_columns(
        self,
        selection: Selection,
        model: str,
        progress: Progress | None = None,
        cluster: str = "",
        on_workers: Callable[[int], None] | None = None,
    ) -> tuple[str, ...]: ...

    def keyness(
        self,
        selection: Selection,
        *,
        by: str = "",
        group: str = "",
        reference: Selection | None = None,
        unit: str = "words",
        minimum: int = 1,
        stop: bool = False,
        without: Iterable[str] = (),
        level: float = 1.0,
        least_ratio: float = 0.0,
        correction: str = "none",
        count: int = 0,
        progress: Progress | None = None,
    ) -> list[KeyWord]: ...

    def label_shares(
        self,
        selection: Selection,
        model: str,
        *,
        by: str = "",
        errors: str = "",
        errors_split: str = "test",
        only_read: bool = False,
        progress: Progress | None = None,
    ) -> LabelShares: ...

    def dispersion(
        self,
        selection: Selection,
        words: Sequence[str],
        *,
        unit: str = "words",
        by: str = "",
        parts: int = 0,
        progress: Progress | None = None,
    ) -> list[WordDispersion]: ...

    def text_styles(self, selection: Selection, by: str = "", progress: Progress | None = None) -> list[GroupStyle]: ...

    def word_network(
        self,
        selection: Selection,
        *,
        words: int = 200,
        unit: str = "words",
        window: int = 5,
        measure: str = "log_dice",
        minimum: int = 5,
        edges: int = 1_000,
        stop: bool = True,
        without: Iterable[str] = (),
        progress: Progress | None = None,
    ) -> WordNetwork: ...

    def write_network(self, network: WordNetwork, path: str) -> Path: ...

    def remove_index(self, data: str) -> int: ...

    def word_frequencies(
        self,
        selection: Selection,
        *,
        n: int = 1,
        unit: str = "words",
        minimum: int = 1,
        stop: bool = False,
        without: Iterable[str] = (),
        regex: str = "",
        count: int = 0,
        progress: Progress | None = None,
    ) -> list[WordCount]: ...
