"""Train the word vectors that the sentiment models start from: skip-gram on film reviews and blogs, no labels read.

    python tests/quality/own_vectors.py            # writes $DLTEXT_HOME/vectors/reviews-en.npz

Texts: IMDB's train and unlabelled parts and the Blog Authorship Corpus; neither IMDB's test part nor any sentence of
MR. Skip-gram with negative sampling (Mikolov et al. 2013) as gensim trains it; with two workers the vectors differ
a little from run to run.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from dltext.data.paths import atomic_open, home
from dltext.data.source import open_source
from dltext.engine.text import tokenizer
from dltext.tests import quick


def texts(made: bool) -> Iterator[str]:
    if made:
        yield from quick.sentences(600)
        return
    imdb = open_source("imdb")
    for split in ("train", "unsup"):
        for row in imdb.rows(split):
            yield row.text
    blogs = Path(os.environ["DLTEXT_DATA"]) / "blog-authors" / "authors.jsonl.xz"
    for row in open_source(str(blogs), text_column="conversation", label_column="gender", min_labels=0).rows("all"):
        yield row.text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--name", default="reviews-en")
    parser.add_argument("--size", type=int, default=100)
    parser.add_argument("--window", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--workers", type=int, default=2)
    quick.add_option(parser)
    options = parser.parse_args()
    from gensim.models import Word2Vec

    splitter = tokenizer.new_tokenizer({"[PAD]": 0, "[UNK]": 1})
    began = time.time()
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as corpus:
        for text in texts(options.quick):
            words = [word for word, _ in tokenizer.split(splitter, text)]
            for start in range(0, len(words), 5000):  # gensim cuts lines at 10,000 words
                corpus.write(" ".join(words[start : start + 5000]) + "\n")
        corpus.flush()
        model = Word2Vec(
            corpus_file=corpus.name,
            vector_size=options.size,
            window=options.window,
            min_count=5,
            sg=1,
            negative=5,
            sample=1e-4,
            epochs=options.epochs,
            workers=options.workers,
            seed=1,
        )
    target = home() / "vectors" / f"{options.name}.npz"
    with atomic_open(target, "wb") as stream:
        np.savez_compressed(stream, words="\n".join(model.wv.index_to_key), vectors=model.wv.vectors.astype(np.float16))
    print(f"{target}: {len(model.wv):,} words, {model.corpus_total_words:,} tokens, {time.time() - began:.0f} s")


if __name__ == "__main__":
    main()
