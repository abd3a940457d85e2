"""Search: a query or a pasted text to the documents nearest to it, by words, by meaning, or by both."""

import time
from dataclasses import dataclass

import numpy as np

from ....data.texts import REPLACED, whole
from ... import bundle_format, model_store
from ...results import Found, Hit, IndexInfo, Progress, SearchMethod, UserError
from ..table import RECIPES, TASKS, find_task
from ..words import model as vectors
from . import matching, mean, paragraph_model, reranking, text_vectors
from .as_asked import AskedVectors
from .index import SearchableCorpus, VectorTable
from .matching import Query
from .opening import Encoder, has_table, mend, open_corpus, open_table, vectors_as_asked
from .ranking import best

METHODS = ("mixture", "bm25", "mean", "paragraph", "sentence", "encoder")
TEXT_LIMIT = 20_000
"""Characters of a document that an answer carries."""

_LABELS = {
    "mixture": ("Words and meaning", "BM25, its best ranked again by an encoder, or by how near their words are."),
    "bm25": ("Words (BM25)", "Counts the words of the query, the rare ones more (Robertson & Zaragoza 2009)."),
    "mean": ("Mean vectors", "The mean of the words' vectors, rare words weighing more (Arora et al. 2017)."),
    "paragraph": ("Paragraph vectors", "A vector for the whole text, learnt from such texts (Le & Mikolov 2014)."),
    "sentence": ("Sentence vectors", "The mean of the vectors of its sentences, by a GRU (Kiros et al. 2015)."),
    "encoder": ("Encoder", "A vector of the whole text by a pretrained encoder (Reimers & Gurevych 2019)."),
}


@dataclass(frozen=True)
class OpenedCorpus:
    """A corpus that answers by one method."""

    corpus: SearchableCorpus
    method: str
    encoder: Encoder | None = None
    table: VectorTable | None = None
    asked: AskedVectors | None = None
    """In the place of ``table``: vectors of what BM25 has chosen alone."""
    seconds: float = 0.0
    notes: tuple[str, ...] = ()

    @property
    def model(self) -> str:
        return self.encoder.name if self.encoder else ""


def methods(language: str = "en") -> list[SearchMethod]:
    """The ways to rank, best first; one that cannot be used here says why."""
    methods_here = []
    for name in METHODS:
        model, problem = ("", "") if name == "bm25" else model_for(name, language)
        methods_here.append(SearchMethod(name, *_LABELS[name], model, problem))
    return methods_here


def model_for(method: str, language: str) -> tuple[str, str]:
    """The bundle that a method uses for texts of a language: the task's default, else another of that language.

    The mixture goes to an encoder where there is one, else to word vectors.
    """
    if method == "mixture" and (encoder := model_for("encoder", language)[0]):
        return encoder, ""
    task = next(task for task in TASKS.values() if task.search == ("mean" if method == "mixture" else method))
    there = [info for info in model_store.listing(task.name) if not info.problem]
    if language == "und":
        # One from elsewhere is of these texts no more than any other; one that was trained here may be.
        fitting = [info for info in there if info.language == "und" and info.origin == "trained"]
        fitting = fitting or [info for info in there if info.language == "multi"]
    else:
        fitting = [info for info in there if info.language == language] or (
            [] if language in ("en", "zh") else [info for info in there if info.language in ("", "multi")]
        )
    for info in sorted(fitting, key=lambda info: not info.default):
        return info.name, ""
    what, recipe = task.label.lower(), next((row.name for row in RECIPES.values() if row.task == task.name), "")
    if language == "und":
        return "", f"The language of these texts could not be detected, so no {what} were chosen: name a model."
    remedy = f"train some with `dltext train {recipe}`" if recipe else "add one with `dltext models import FOLDER`"
    return "", f"There are no {what} for {_language(language)} yet: {remedy}."


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
    """Make a corpus searchable, or find that it is; streams, kept in the cache by fingerprint of texts and model.

    ``data`` is a card's name or a file; ``split`` empty: all there is.
    """
    opened = mend(lambda: _open(data, method, model, split, text_column, label_column, progress))
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
    patient: bool = True,
) -> Found:
    """The ``count`` documents nearest to a query or a pasted text; the index is made where there is none.

    ``data`` is a card's name or a file; ``split`` empty: all there is. Where an encoder orders BM25's best and not all
    of them are read yet, one who is not ``patient`` gets an answer at once, with a note how many are still to be read;
    they are read in the background.
    """
    entered, query = query, whole(query)
    replaced = () if query is entered else (REPLACED,)
    if not query.strip():
        raise UserError("The query is empty: type some words, or paste a text to find similar ones.")
    if count < 1:
        raise UserError(f"The number of documents to find must be 1 or more, not {count}.")

    def answer() -> Found:
        opened = _open(data, method, model, split, text_column, label_column, progress)
        started = time.perf_counter()
        asked = matching.read_query(query, opened.corpus)
        ranked, share, notes, unread = _ranked(opened, asked, count, patient)
        hits = _hits(ranked[:count], opened, asked)
        return Found(
            query=query,
            data=data,
            split=opened.corpus.meta["split"],
            method=opened.method,
            model=opened.model,
            documents=len(opened.corpus),
            hits=hits,
            known=share,
            milliseconds=1000 * (time.perf_counter() - started),
            notes=(*opened.notes, *asked.notes, *notes, *replaced),
            unread=unread,
        )

    return mend(answer)


def _ranked(
    opened: OpenedCorpus, asked: Query, count: int, patient: bool = True
) -> tuple[list[tuple[int, float]], float, list[str], int]:
    """Rows with their scores, best first; the share of the query's words that are known; notes; and how many documents
    are still to be read."""
    notes: list[str] = []
    unread = 0
    words = len(asked.words)
    if not words:
        return [], 0.0, ["There is no word in the query, only punctuation."], 0
    lexical: list[tuple[int, float]] = []
    if opened.method in ("bm25", "mixture"):
        most = count if opened.method == "bm25" else max(reranking.RANKED, 2 * count)
        lexical = opened.corpus.texts.best({word.word: (word.count, word.documents) for word in asked.asked}, most)
    in_texts = asked.there / words
    if opened.encoder is None or (opened.table is None and opened.asked is None):
        if not in_texts:
            notes.append("None of the query's words occurs in these texts.")
        return lexical, in_texts, notes, 0
    reader = opened.encoder
    if isinstance(reader, text_vectors.TextVectors):
        vector, in_vectors = reader.query_vector(asked.text)
    else:
        vector, in_vectors = reader.query_vector(asked.words)
    if not in_vectors:
        notes.append(f"{opened.model} knows none of the query's words.")
    cosines = np.zeros(len(opened.corpus), np.float32)
    if in_vectors and opened.table is not None:
        cosines = opened.table.cosines(vector)
    elif in_vectors and opened.asked is not None:
        first = lexical[: max(reranking.LEXICAL, 2 * count)]
        cosines, unread = opened.asked.cosines([row for row, _ in first], vector, patient)
        if unread:
            notes.append(
                f"{opened.model} has read {len(first) - unread} of the {len(first)} best documents so far; of the "
                "others their words alone count."
            )
    if opened.method != "mixture":
        return [(row, float(cosines[row])) for row in best(cosines, cosines > 0, count)], in_vectors / words, notes, 0
    if isinstance(reader, text_vectors.TextVectors) or opened.table is None:
        ranked = reranking.reorder(lexical, cosines, count)
    else:
        ranked = reranking.rerank(lexical, cosines, asked, reader, opened.table, count)
    return ranked, max(in_texts, in_vectors / words), notes, unread


def _hits(ranked: list[tuple[int, float]], opened: OpenedCorpus, asked: Query) -> tuple[Hit, ...]:
    records = [opened.corpus.record(row) for row, _ in ranked]
    texts = [record.text[:TEXT_LIMIT] for record in records]
    marked = matching.spans(texts, opened.corpus, asked, opened.encoder if opened.method != "bm25" else None)
    return tuple(
        Hit(record.id, row, text, round(score, 6), record.label, spans)
        for record, (row, score), text, spans in zip(records, ranked, texts, marked, strict=True)
    )


# ---------------------------------------------------------------------------------------------- opening


def _open(
    data: str,
    method: str,
    model: str | None,
    split: str,
    text_column: str,
    label_column: str,
    progress: Progress | None,
) -> OpenedCorpus:
    if method not in METHODS:
        raise UserError(f"There is no search method {method!r}; there are: {', '.join(METHODS)}.")
    started = time.perf_counter()
    steps = 1 if method == "bm25" else 2
    corpus, made = open_corpus(data, split, text_column, label_column, progress, steps)
    notes: tuple[str, ...] = (corpus.remade,) if made and corpus.remade else ()
    chosen = not model
    if method != "bm25" and not model:
        model, problem = model_for(method, corpus.language)
        if problem and method != "mixture":
            raise UserError(problem)
        if problem:
            method, notes = "bm25", (*notes, f"Ranked by BM25 alone. {problem}")
    if method == "bm25":
        return OpenedCorpus(corpus, method, seconds=time.perf_counter() - started if made else 0.0, notes=notes)
    encoder = _encoder(method, model or "")
    if encoder.language not in ("", "multi", corpus.language):
        notes += (f"{encoder.name} was made of {_language(encoder.language)}, these texts are in another language.",)
    mixed = chosen and method == "mixture"
    # Nobody has asked for an encoder to read all of it, which may take hours.
    if mixed and isinstance(encoder, text_vectors.TextVectors) and not has_table(corpus, encoder):
        asked, seconds = vectors_as_asked(corpus, encoder), time.perf_counter() - started if made else 0.0
        return OpenedCorpus(corpus, method, encoder, asked=asked, seconds=seconds, notes=notes)
    table, new = open_table(corpus, encoder, progress)
    seconds = time.perf_counter() - started if made or new else 0.0
    return OpenedCorpus(corpus, method, encoder, table, seconds=seconds, notes=notes)


def _encoder(method: str, model: str) -> Encoder:
    """What makes vectors of texts; the mixture takes a model of either kind."""
    if method == "mixture":
        task = bundle_format.read(model_store.folder_of(model), verify=False)["task"]
        method = find_task(task).search or "mean"
    if method in ("encoder", "sentence"):
        return text_vectors.load(model)
    return paragraph_model.load(model) if method == "paragraph" else mean.MeanVectors(vectors.load(model))
