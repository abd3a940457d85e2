"""Pretrained word vectors by name: files, words bundles, the vectors inside classifiers; only the rows needed."""

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np

from ....data.errors import UserError
from ....data.paths import cache_path, expand, home_path
from ... import bundle_format, model_store
from ...results import Progress
from . import formats

NAMED = {"glove-en": "glove.6B.100d.100k.f16.npz", "wiki-zh": "zh-wiki.word2vec.100d.50k.f16.npz"}
"""Names for the vectors that the mirror has, below its folder ``vectors``."""


def resolve(name: str) -> Path:
    """A vectors file by name (mirror, then the user's ``vectors`` folder, then the cache) or by path, or the folder
    of a trained model, whose word vectors then serve."""
    file = NAMED.get(name, f"{name}.npz")
    mirror = os.environ.get("DLTEXT_DATA")
    places = [Path(mirror) / "vectors"] if mirror else []
    places += [home_path() / "vectors", cache_path() / "vectors"]
    for place in places:
        if (place / file).is_file():
            return place / file
    if (written := expand(name)).is_file():
        return written
    try:
        return model_store.folder_of(name)
    except UserError:
        raise UserError(
            f"There are no vectors {name!r}: give a file (word2vec, GloVe, fastText .vec, .npz), the name of a trained "
            f"model, or put {file} into {home_path() / 'vectors'}."
        ) from None


def _bundle(folder: Path) -> Iterator[tuple[str, np.ndarray]]:
    """The word vectors of a trained model: a words bundle's rows, or inside a classifier its tables of one row a word,
    widened and set side by side."""
    card = bundle_format.read(folder)
    if card["serving"].get("kind") == "words":
        yield from _words_bundle(folder)
        return
    import onnx
    from onnx import numpy_helper

    from ...serve import graph_check
    from ...text.tokenizer import SPECIAL, load, words

    if not {"model", "tokenizer"} <= card["serving"].keys():
        raise UserError(f"The model {folder.name} holds no word vectors; name another.")
    graph = folder / card["serving"]["model"]
    graph_check.check(graph)
    vocabulary_words = words(load(folder / card["serving"]["tokenizer"]))
    held = {t.name: t for t in onnx.load(graph).graph.initializer}
    tables = []
    for name in sorted(held):
        if (
            list(held[name].dims[:1]) == [len(vocabulary_words)]
            and len(held[name].dims) == 2
            and not name.endswith("_scale")
        ):
            scale = numpy_helper.to_array(held[f"{name}_scale"]) if f"{name}_scale" in held else 1
            tables.append(numpy_helper.to_array(held[name]).astype(np.float32) * scale)
    if not tables:
        raise UserError(f"The model {folder.name} holds no word vectors; name another.")
    yield from list(zip(vocabulary_words, np.concatenate(tables, axis=1), strict=True))[len(SPECIAL) :]


def _words_bundle(folder: Path, block: int = 4096) -> Iterator[tuple[str, np.ndarray]]:
    from .model import load

    loaded = load(str(folder.resolve()))
    for start in range(0, len(loaded.words), block):
        spelt = loaded.words[start : start + block]
        yield from zip(spelt, loaded.rows(range(start, start + len(spelt))), strict=True)


def read(
    path: Path, progress: Progress | None = None, warn: Callable[[str], None] = lambda sentence: None
) -> Iterator[tuple[str, np.ndarray]]:
    """Stream ``(word, vector [size])`` from a file in any format of :mod:`.formats`, or from a trained model's
    folder; ``warn`` gets a sentence for each broken line."""
    if path.is_dir():
        yield from _bundle(path)
    else:
        yield from formats.read(path, progress, warn)


def matrix(
    words: Iterable[str],
    names: str,
    seed: int = 1,
    progress: Progress | None = None,
    warn: Callable[[str], None] = lambda sentence: None,
) -> tuple[np.ndarray, float]:
    """Vectors for ``words`` and the share of them found.

    ``names``: one name or path, or several joined by ``+``, whose vectors are set side by side (Yin & Schütze 2016).
    Each source is scaled to the same spread. Words that a source lacks get uniform noise of that spread (Kim 2014,
    section 3.1, "a so that the random vectors have the same variance"). Row 0 (padding) is zero. float32
    ``[len(words), sum of sizes]``.
    """
    rows = {word: i for i, word in enumerate(words)}
    blocks, found_any = [], np.zeros(len(rows), bool)
    for name in (part.strip() for part in names.split("+") if part.strip()):
        block, filled = None, np.zeros(len(rows), bool)
        for word, vector in read(resolve(name), progress, warn):
            row = rows.get(word)
            if row is None or filled[row]:
                continue
            if block is None:
                block = np.zeros((len(rows), len(vector)), np.float32)
            block[row], filled[row] = vector, True
        if block is None:
            raise UserError(f"None of the training texts' words appears in the vectors {name!r}: another language?")
        deviation = float(block[filled].std())
        block *= SPREAD / max(deviation, 1e-6)
        noise = np.random.default_rng(seed).uniform(-1, 1, block.shape).astype(np.float32) * SPREAD * 3**0.5
        block[~filled] = noise[~filled]
        blocks.append(block)
        found_any |= filled
    table = np.concatenate(blocks, axis=1)
    table[0] = 0
    return table, float(found_any.mean())


SPREAD = 0.25
"""Standard deviation that pretrained components are scaled to; word2vec's own Google vectors are near 0.17."""


def frequent(names: str, count: int) -> list[str]:
    """The first ``count`` words of the first source: such files are sorted by frequency."""
    if count <= 0:
        return []
    listed: list[str] = []
    for word, _ in read(resolve(names.split("+")[0].strip())):
        listed.append(word)
        if len(listed) == count:
            break
    return listed
