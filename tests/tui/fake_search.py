"""An engine without an engine for Search: a handful of documents, ranked by the words that they share with a query."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from dltext.engine.results import (
    BundleInfo,
    DatasetInfo,
    Duplicates,
    Found,
    Hit,
    IndexInfo,
    Record,
    SearchMethod,
    Span,
    UserError,
)

WORD = re.compile(r"[一-鿿]|\w+")
NEAR = {"movie": {"film": 0.82, "cinema": 0.61}, "film": {"movie": 0.82}}
DOCUMENTS = (
    ("film", "The film is slow at first, but when the daughter returns it finds its voice."),
    ("film", "A movie about the sea [/ref] and those who wait for it.\nNobody speaks much."),
    ("travel", "The hotel stands by the sea. The rooms are small, the breakfast is good."),
    ("travel", "这家酒店在海边，房间很小，但是早餐很好，服务也很好。"),
    ("science", "Convolutions over words of a sentence find what matters wherever it stands."),
    ("science", "Recurrent networks read word by word \x1b[31mand remember."),
    ("film", "The film is slow at first, but when his daughter returns it finds its voice."),
    (
        "travel",
        "One train a day goes to the village. " * 40 + "It is called the sea train, though it never sees the sea.",
    ),
)
DEMO = DatasetInfo(
    "demo",
    "Short texts of our own",
    "en",
    "text",
    ("film", "science", "travel"),
    {"train": 6, "test": 2},
    4_000,
    "CC0",
    "",
    "",
    "shipped",
    "To try things on.",
)
METHODS = (
    SearchMethod("mixture", "Mixture", "By words and by meaning, the ranks of both joined.", "words-en"),
    SearchMethod("mean", "Mean of vectors", "By meaning: rare words count more.", "words-en"),
    SearchMethod(
        "paragraph",
        "Paragraph vectors",
        "By meaning: a vector a document.",
        "",
        "No paragraph vectors are here [/]; train them with F6.",
    ),
    SearchMethod("bm25", "BM25", "By the words that are shared, the rare ones most."),
)
PARAGRAPHS = BundleInfo(
    "my-paragraphs",
    "paragraphs",
    "trained",
    "1.0",
    "paragraph-vectors",
    "en",
    (),
    {},
    "",
    True,
    3_000_000,
    "/home/my-paragraphs",
)


class FakeSearch:
    """The functions of ``dltext.engine.api`` about search; to be mixed in before ``FakeEngine``."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.corpora: list[DatasetInfo] = [*getattr(self, "corpora", []), DEMO]
        self.documents: list[tuple[str | None, str]] = list(DOCUMENTS)
        self.methods = list(METHODS)
        self.notes: tuple[str, ...] = ()
        """What there is to say of each answer that has hits."""
        self.steps = 0
        """How many documents of an index have been reported as read."""

    _note: Callable[..., None]

    def model(self, name: str) -> BundleInfo:
        return PARAGRAPHS if name == PARAGRAPHS.name else super().model(name)  # type: ignore[misc]

    def read_records(
        self,
        path: str | Path,
        text_column: str = "text",
        label_column: str = "label",
        id_column: str = "id",
        blanks: bool = False,
        with_columns: bool = False,
    ) -> Iterator[Record]:
        self._note("read_records", path, text_column, label_column)
        for number, line in enumerate(Path(path).read_text(encoding="utf-8").splitlines(), 1):
            yield Record(str(number), line)

    def search_methods(self, language: str = "en") -> list[SearchMethod]:
        self._note("search_methods", language)
        return list(self.methods)

    def build_index(
        self,
        data: str,
        method: str = "mixture",
        model: str | None = None,
        split: str = "",
        text_column: str = "text",
        label_column: str = "label",
        progress: Callable[[int, int], None] | None = None,
    ) -> IndexInfo:
        total = len(self.documents)
        for self.steps in range(total // 2):
            if progress is not None:
                progress(self.steps, total)
        self._note("build_index", data, method, model, split)
        if progress is not None:
            progress(total, total)
        self.steps = total
        return IndexInfo(data, split, method, model or "", total, 1000, 0.1)

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
        progress: Callable[[int, int], None] | None = None,
        patient: bool = True,
    ) -> Found:
        self._note("search", query, data, method, model)
        asked = {word.lower() for word in WORD.findall(query)}
        hits = []
        for row, (label, text) in enumerate(self.documents):
            spans = []
            for match in WORD.finditer(text):
                word = match.group().lower()
                weight = (
                    1.0 if word in asked else max((NEAR.get(word, {}).get(other, 0.0) for other in asked), default=0)
                )
                if weight:
                    spans.append(Span(match.start(), match.end(), weight))
            if spans:
                score = sum(span.weight for span in spans) / len(WORD.findall(text)) ** 0.5
                hits.append(Hit(f"d{row + 1}", row, text, score, label, tuple(spans)))
        hits.sort(key=lambda hit: -hit.score)
        notes = self.notes if hits else ("None of these words stands in the corpus.",)
        return Found(query, data, split, method, model or "", len(self.documents), tuple(hits[:count]), 0.8, 3.2, notes)

    def near_duplicates(
        self,
        data: str,
        threshold: float = 0.8,
        split: str = "",
        text_column: str = "text",
        label_column: str = "label",
        count: int = 100,
        progress: Callable[[int, int], None] | None = None,
        method: str = "",
        model: str | None = None,
    ) -> list[Duplicates]:
        if progress is not None:
            progress(1, len(self.documents))
        self._note("near_duplicates", data, threshold)
        if data == "broken":
            raise UserError("broken.csv, line 3: the text is empty; delete the line.")
        hits = [Hit(f"d{row + 1}", row, DOCUMENTS[row][1], 1.0, DOCUMENTS[row][0]) for row in (0, 6)]
        return [Duplicates((hits[0], replace(hits[1], score=0.86)))] if len(self.documents) > 6 else []
