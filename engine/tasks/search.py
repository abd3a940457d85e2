"""Search: a query or a pasted text to the documents nearest to it, by words, by meaning, or by both."""

import os
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ...data import cards, paths
from ...data.readers import Row
from ...data.source import Source, open_source
from .. import bundle, bundles
from ..results import Found, Hit, IndexInfo, SearchMethod, UserError
from ..serve import index, mean, paragraph, vectors
from ..serve.index import Corpus, Progress, Table
from ..serve.paragraph import ParagraphVectors
from ..text.segment import segmentation_for
from . import matching, reranking
from .matching import Query

PACKAGE = Path(cards.__file__).parent
METHODS = ("mixture", "bm25", "mean", "paragraph")
TEXT_LIMIT = 20_000
"""Characters of a document that an answer carries."""
OPENED = 4
"""Corpora kept open at once."""

_LABELS = {
    "mixture": ("Words and meaning", "BM25, its best ranked again by how near their words are to those of the query."),
    "bm25": ("Words (BM25)", "Counts the words of the query, the rare ones more (Robertson & Zaragoza 2009)."),
    "mean": ("Mean vectors", "The mean of the words' vectors, rare words weighing more (Arora et al. 2017)."),
    "paragraph": ("Paragraph vectors", "A vector for the whole text, learnt from such texts (Le & Mikolov 2014)."),
}


Encoder = mean.MeanVectors | ParagraphVectors


@dataclass(frozen=True)
class Opened:
    """A corpus that answers by one method."""

    corpus: Corpus
    method: str
    encoder: Encoder | None = None
    table: Table | None = None
    seconds: float = 0.0
    notes: tuple[str, ...] = ()

    @property
    def model(self) -> str:
        return self.encoder.name if self.encoder else ""


_opened: "OrderedDict[tuple, Corpus]" = OrderedDict()
_tables: "OrderedDict[str, Table]" = OrderedDict()
_lock = threading.Lock()


def methods(language: str = "en") -> list[SearchMethod]:
    """The ways to rank, best first; see :func:`dltext.engine.api.search_methods`."""
    found = []
    for name in METHODS:
        model, problem = ("", "") if name == "bm25" else _model_for(name, language)
        found.append(SearchMethod(name, *_LABELS[name], model, problem))
    return found


def _model_for(method: str, language: str) -> tuple[str, str]:
    """The bundle that a method uses for texts of a language: the task's default, else another of that language."""
    task = "paragraphs" if method == "paragraph" else "words"
    there = [info for info in bundles.listing(task) if not info.problem]
    fitting = [info for info in there if info.language == language] or (
        [] if language in ("en", "zh") else [info for info in there if info.language in ("", "multi")]
    )
    for info in sorted(fitting, key=lambda info: not info.default):
        return info.name, ""
    what, recipe = (
        ("paragraph vectors", "paragraph-vectors") if task == "paragraphs" else ("word vectors", "word2vec-gensim")
    )
    return "", f"There are no {what} for {_language(language)} yet: train some with `dltext train {recipe}`."


def _language(code: str) -> str:
    return {"en": "English", "zh": "Chinese"}.get(code, f"texts in {code!r}")


def build_index(
    data: str,
    method: str = "mixture",
    model: str | None = None,
    split: str = "",
    text_column: str = "text",
    label_column: str = "label",
    progress: Progress | None = None,
) -> IndexInfo:
    """Make ``data`` searchable by ``method``, or find that it is; see :func:`dltext.engine.api.build_index`."""
    opened = _open(data, method, model, split, text_column, label_column, progress)
    size = opened.corpus.size + (opened.table.size if opened.table else 0)
    return IndexInfo(
        data,
        opened.corpus.meta["split"],
        opened.method,
        opened.model,
        len(opened.corpus),
        size,
        round(opened.seconds, 3),
    )


def search(
    query: str,
    data: str,
    method: str = "mixture",
    model: str | None = None,
    count: int = 10,
    split: str = "",
    text_column: str = "text",
    label_column: str = "label",
    progress: Progress | None = None,
) -> Found:
    """The ``count`` documents nearest to ``query``; see :func:`dltext.engine.api.search`."""
    if not query.strip():
        raise UserError("The query is empty: type some words, or paste a text whose like you look for.")
    if count < 1:
        raise UserError(f"The number of documents to find must be 1 or more, not {count}.")
    opened = _open(data, method, model, split, text_column, label_column, progress)
    started = time.perf_counter()
    asked = matching.read_query(query, opened.corpus)
    scores, eligible, known, notes = _scores(opened, asked, count)
    hits = tuple(
        _hit(opened.corpus.record(row), row, float(scores[row]), opened, asked) for row in best(scores, eligible, count)
    )
    return Found(
        query=query,
        data=data,
        split=opened.corpus.meta["split"],
        method=opened.method,
        model=opened.model,
        documents=len(opened.corpus),
        hits=hits,
        known=known,
        milliseconds=1000 * (time.perf_counter() - started),
        notes=(*opened.notes, *asked.notes, *notes),
    )


def _scores(opened: Opened, asked: Query, count: int) -> tuple[np.ndarray, np.ndarray, float, list[str]]:
    """Scores and eligibility ``[documents]``, the share of the query's words that are known, and notes."""
    notes: list[str] = []
    words = len(asked.words)
    if not words:
        nothing = np.zeros(len(opened.corpus), np.float32)
        return nothing, nothing > 0, 0.0, ["There is no word in the query, only marks."]
    lexical = opened.corpus.postings.scores(asked.terms) if opened.method in ("bm25", "mixture") else None
    in_texts = sum(opened.corpus.postings.frequency(opened.corpus.fold(word)) > 0 for word in asked.words) / words
    if opened.table is None or opened.encoder is None:
        assert lexical is not None
        if not in_texts:
            notes.append("None of the query's words occurs in these texts.")
        return lexical, lexical > 0, in_texts, notes
    vector, found = opened.encoder.query_vector(asked.words)
    if not found:
        notes.append(f"{opened.model} knows none of the query's words.")
    cosines = opened.table.cosines(vector) if found else np.zeros(len(opened.corpus), np.float32)
    if lexical is None:
        return cosines, cosines > 0, found / words, notes
    scores, eligible = reranking.rerank(lexical, cosines, asked, opened.corpus, opened.encoder, opened.table, count)
    return scores, eligible, max(in_texts, found / words), notes


def best(scores: np.ndarray, eligible: np.ndarray, count: int) -> list[int]:
    """The rows of the ``count`` largest scores among the eligible, best first; equal ones in their order."""
    rows = np.flatnonzero(eligible)
    if len(rows) > count:
        least = np.partition(scores[rows], len(rows) - count)[len(rows) - count]
        above, equal = rows[scores[rows] > least], rows[scores[rows] == least]
        rows = np.sort(np.concatenate([above, equal[: count - len(above)]]))
    return rows[np.argsort(-scores[rows], kind="stable")].tolist()


def _hit(row: Row, number: int, score: float, opened: Opened, asked: Query) -> Hit:
    text = row.text[:TEXT_LIMIT]
    spans = matching.spans(text, opened.corpus, asked, opened.encoder if opened.method != "bm25" else None)
    return Hit(row.id, number, text, round(score, 6), row.label, spans)


# ---------------------------------------------------------------------------------------------- opening


def _open(
    data: str,
    method: str,
    model: str | None,
    split: str,
    text_column: str,
    label_column: str,
    progress: Progress | None,
) -> Opened:
    if method not in METHODS:
        raise UserError(f"There is no search method {method!r}; there are: {', '.join(METHODS)}.")
    started = time.perf_counter()
    steps = 1 if method == "bm25" else 2
    corpus, made = open_corpus(data, split, text_column, label_column, progress, steps)
    notes: tuple[str, ...] = ()
    if method != "bm25" and not model:
        model, problem = _model_for(method, corpus.language)
        if problem and method != "mixture":
            raise UserError(problem)
        if problem:
            method, notes = "bm25", (f"Ranked by BM25 alone. {problem}",)
    if method == "bm25":
        return Opened(corpus, method, seconds=time.perf_counter() - started if made else 0.0, notes=notes)
    encoder = _encoder(method, model or "")
    if encoder.language and encoder.language != corpus.language:
        notes += (f"{encoder.name} was made of {_language(encoder.language)}, these texts are in another language.",)
    table, new = _open_table(corpus, encoder, progress)
    return Opened(corpus, method, encoder, table, time.perf_counter() - started if made or new else 0.0, notes)


def _encoder(method: str, model: str) -> Encoder:
    """What makes vectors of texts; the mixture takes a model of either kind."""
    if method == "mixture":
        task = bundle.read(bundles.folder_of(model), verify=False)["task"]
        method = "paragraph" if task == paragraph.TASK else "mean"
    return paragraph.load(model) if method == "paragraph" else mean.MeanVectors(vectors.load(model))


def open_corpus(
    data: str, split: str, text_column: str, label_column: str, progress: Progress | None = None, steps: int = 1
) -> tuple[Corpus, bool]:
    """The corpus's index, and whether it had to be made. An unchanged file or card is not read again."""
    stamp = _stamp(data)
    key = (str(paths.cache()), data, split, text_column, label_column, stamp)
    with _lock:
        if key in _opened and _opened[key].folder.is_dir():
            _opened.move_to_end(key)
            return _opened[key], False
    asked = {"data": data, "asked": split, "columns": [text_column, label_column], "stamp": stamp}
    corpus, made = index.find_corpus(**asked), False
    if corpus is None:
        corpus, made = _make_corpus(data, split, text_column, label_column, stamp, asked, progress, steps)
    with _lock:
        _opened[key] = corpus
        while len(_opened) > OPENED:
            _opened.popitem(last=False)
    return corpus, made


def _make_corpus(
    data: str,
    split: str,
    text_column: str,
    label_column: str,
    stamp: str,
    asked: dict,
    progress: Progress | None,
    steps: int,
) -> tuple[Corpus, bool]:
    source = open_source(data, text_column, label_column, min_labels=0)
    chosen = _splits(source, split)
    segmentation = segmentation_for(source.language)
    mark = index.fingerprint(
        sha256=source.sha256, splits=chosen, columns=[text_column, label_column], segmentation=segmentation
    )
    if (index.corpus_folder(mark) / "meta.json").is_file():
        return Corpus(index.corpus_folder(mark)), False
    total = _total(data, source, chosen)

    def advance(done: int) -> None:
        if progress and (done % 64 == 0 or done == total):
            progress(min(done, total or done), total * steps)

    rows = (row for name in chosen for row in source.rows(name))
    shown = "all" if chosen == list(source.splits) else ", ".join(chosen)
    corpus = index.make_corpus(mark, rows, source.language, segmentation, {**asked, "split": shown}, advance)
    return corpus, True


def _splits(source: Source, split: str) -> list[str]:
    if split:
        return [split]
    return ["all"] if "all" in source.splits else list(source.splits)


def _total(data: str, source: Source, chosen: list[str]) -> int:
    """How many documents there will be; 0 where only reading would tell."""
    card = cards.find_card(data)
    stated = card.splits if card else source.counts
    if chosen == ["all"] and "all" not in stated:
        return sum(stated.values())
    return sum(stated.get(name, 0) for name in chosen)


def _open_table(corpus: Corpus, encoder: Encoder, progress: Progress | None) -> tuple[Table, bool]:
    mark = index.fingerprint(
        corpus=corpus.folder.name, model=encoder.name, version=encoder.version, card=_sums(encoder)
    )
    key = f"{index.place()}/{mark}"
    with _lock:
        if key in _tables and _tables[key].folder.is_dir():
            _tables.move_to_end(key)
            return _tables[key], False
    table, made = index.find_table(mark), False
    if table is None:
        total, made = len(corpus), True

        def advance(done: int) -> None:
            if progress:
                progress(total + done, 2 * total)

        found = (encoder.find(word) for word in corpus.words())
        slots = np.array([-1 if row is None else row for row in found], np.int32)
        table = index.make_table(
            mark, total, encoder.size, encoder.corpus_vectors(corpus, advance), encoder.remove, slots
        )
    with _lock:
        _tables[key] = table
        while len(_tables) > OPENED:
            _tables.popitem(last=False)
    return table, made


def _sums(encoder: Encoder) -> str:
    """What the model is made of: two bundles of one name and version may still differ."""
    return "".join(sorted(encoder.card["files"].values()))


def _stamp(data: str) -> str:
    """Changes when what ``data`` names does."""
    path = Path(data).expanduser()
    card = cards.find_card(data)
    mirror = os.environ.get("DLTEXT_DATA")
    if card is not None or not path.exists():
        shipped = [PACKAGE / part.file for part in card.packaged] if card else []
        return index.fingerprint(card=card, mirror=mirror, files=_times(shipped))
    files = [path, *sorted(path.rglob("*"))] if path.is_dir() else [path]
    return index.fingerprint(files=_times(files))


def _times(files: list[Path]) -> list[tuple[str, int, int]]:
    return [(str(file), file.stat().st_mtime_ns, file.stat().st_size) for file in files if file.exists()]
