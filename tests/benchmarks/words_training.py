"""Raw words a second of `word2vec-gensim` against gensim itself on the same corpus, in turns.

    DLTEXT_DATA=… python tests/benchmarks/words_training.py [--json FILE] [--repeats TURNS] [--quick]

Ours: the Trainer of `dltext train word2vec-gensim` on its shards, ticks included, measuring on tests left out. Theirs:
`gensim.models.Word2Vec.train(corpus_file=…)` on one file with the same lines. Same vocabulary, settings and threads;
one epoch a turn. What is raw is counted before subsampling.
"""

import itertools
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

from common import Row, finish, machine, options, spread

from dltext.engine import registry
from dltext.engine.jobs.processes import cores
from dltext.engine.results import JobSpec
from dltext.engine.train.words import corpus as corpora
from dltext.engine.train.words.gensim_recipe import GensimTrainer, build
from dltext.engine.train.words.measures import WordMeasures
from dltext.engine.train.words.texts import open_texts
from dltext.tests import quick

DATA = "imdb:unsup"
WORDS = 5_000_000
SETTINGS = {"vector_size": 200, "epochs": 1}


def make_corpus(folder: Path, data: str, words: int, settings: Any) -> corpora.Corpus:
    """The first ``words`` words of the data as a run has them."""
    texts = open_texts(JobSpec("word2vec-gensim", data))
    writer = corpora.CorpusWriter(folder, corpora.SHARD_WORDS)
    read = 0
    for text in texts:
        writer.add(texts.words(text, settings.punctuation))
        read += 1
        if writer.words >= words:
            break
    return writer.close(read)


def ours(corpus: corpora.Corpus, settings: Any) -> float:
    """Words a second of one epoch by our Trainer."""
    words, counts = corpus.vocabulary(settings.vocabulary_size, settings.min_count)
    model = build(settings, words, counts, 1)
    ticks = itertools.count()
    trainer = GensimTrainer(
        model, settings, corpus, WordMeasures(""), 1, lambda kind, **values: next(ticks), lambda: False, None
    )
    begun = time.perf_counter()
    trainer.run()
    return corpus.words / (time.perf_counter() - begun)


def theirs(corpus: corpora.Corpus, file: Path, settings: Any) -> float:
    """Words a second of one epoch by gensim alone."""
    words, counts = corpus.vocabulary(settings.vocabulary_size, settings.min_count)
    model = build(settings, words, counts, 1)
    model.workers = cores()
    begun = time.perf_counter()
    _, raw = model.train(corpus_file=str(file), total_words=corpus.words, epochs=1)
    return raw / (time.perf_counter() - begun)


def main() -> None:
    chosen = options(__doc__, repeats=3)
    before = machine()
    settings = registry.settings_of("word2vec-gensim", SETTINGS)
    with tempfile.TemporaryDirectory() as folder:
        corpus = make_corpus(Path(folder) / "corpus", quick.texts() if chosen.quick else DATA, WORDS, settings)
        file = Path(folder) / "whole.txt"
        with file.open("wb") as target:
            for name, _ in corpus.shards:
                with (corpus.folder / name).open("rb") as source:
                    shutil.copyfileobj(source, target)
        turns = [(ours(corpus, settings), theirs(corpus, file, settings)) for _ in range(chosen.repeats)]
    mine, other = (spread([turn[side] for turn in turns]) for side in (0, 1))
    # Neighbours in time see the same load of the machine.
    ratio = spread([a / b for a, b in turns])["median"]
    row = Row(
        f"word2vec-gensim, skip-gram, {settings.vector_size} components, {cores()} threads",
        "raw words/s",
        mine["median"],
        other["median"],
        ratio,
        "≥ 0.95 ×",
        ratio >= 0.95,
        f"{corpus.words:,} words of {DATA}, gensim by itself beside it",
    )
    finish("words_training", [row], {"ours": mine, "gensim": other, "turns": turns}, chosen, before)


if __name__ == "__main__":
    main()
