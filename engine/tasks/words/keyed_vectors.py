"""Word vectors that gensim saved: KeyedVectors, and models that hold them, of its versions 3 and 4.

Such a file is a pickle, with large tables in ``.npy`` files beside it; it is read by :mod:`.pickles`, which builds no
object. What a layout means is decided here, by the names of attributes alone.
"""

from pathlib import Path
from typing import Any

import numpy as np

from ....data.errors import UserError
from ... import arrays
from .pickles import BadPickle, Call, text_of
from .pickles import read as read_pickle

WORDS = ("index_to_key", "index2word")
TABLES = ("vectors", "syn0")
REMEDY = (
    "with gensim, `KeyedVectors.load(file).save_word2vec_format('vectors.bin', binary=True)` (of a Word2Vec model, "
    "`Word2Vec.load(file).wv.save_word2vec_format(…)`) writes a file that can be imported; gensim runs what is in a "
    "pickle, so do that only with a file of someone whom you trust"
)
"""The line that converts whatever gensim can read."""


def read(path: Path) -> tuple[list[str], np.ndarray]:
    """The words, and their vectors ``[words, size]`` of any type of numbers.

    UserError for a pickle of anything else, and where the file with the table is missing or damaged.
    """
    try:
        value = read_pickle(path)
        if not isinstance(value, Call) or value.of.module.partition(".")[0] != "gensim":
            raise BadPickle("it holds something else")
        attributes, beside = value.attributes(), path.name
        if isinstance(inner := attributes.get("wv"), Call):  # a model of which these are a part
            attributes, beside = inner.attributes(), f"{beside}.wv"
        listed = next((attributes[name] for name in WORDS if isinstance(attributes.get(name), list)), None)
        if listed is None:
            raise BadPickle("it has no list of words")
        words = [text for text in map(text_of, listed) if text is not None]
        if len(words) != len(listed):
            raise BadPickle("its keys are not words")
        held = next((attributes[name] for name in TABLES if attributes.get(name) is not None), None)
        if held is not None:
            return words, array_of(held)
        if "vectors" in _names(attributes.get("__ignoreds")):
            raise BadPickle("its words' vectors were left out, as FastText's are, which gensim recomputes")
        return words, _beside(path, beside)
    except (ValueError, OSError) as error:
        raise UserError(
            f"{path} is a Python pickle, but not gensim's word vectors as they can be read here ({error}): {REMEDY}."
        ) from None


def _names(listed: Any) -> list[str | None]:
    return list(map(text_of, listed)) if isinstance(listed, list) else []


def _beside(path: Path, beside: str) -> np.ndarray:
    files = [path.with_name(f"{beside}.{name}.npy") for name in TABLES]
    file = next((file for file in files if file.is_file()), None)
    if file is None:
        raise UserError(f"{path} needs {files[0].name} beside it: copy that file, too.")
    try:
        return arrays.load(file, mapped=True)
    except (ValueError, OSError) as error:
        raise UserError(f"{file} cannot be read ({error}): copy it again.") from None


def array_of(value: Any) -> np.ndarray:
    """The array that a pickle describes; ValueError where it is none of plain numbers, or of another size."""
    if not isinstance(value, Call) or value.of.module.partition(".")[0] != "numpy":
        raise BadPickle("its vectors are no array")
    match value.of.name, value.arguments, value.state:
        case "_reconstruct", _, (int(), shape, dtype, fortran, raw):
            pass
        case "_frombuffer", (raw, dtype, shape, order), _:
            fortran = text_of(order) == "F"
        case _:
            raise BadPickle("its vectors are written in a way that is not known here")
    shape, kind = arrays.checked_shape(shape), _dtype_of(dtype)
    data = _bytes_of(raw)
    size = arrays.Header(kind, shape, bool(fortran), 0).size
    if size != len(data):
        raise BadPickle(f"its vectors have {len(data):,} bytes, where their shape needs {size:,}")
    return np.frombuffer(data, kind).reshape(shape, order="F" if fortran else "C")


def _dtype_of(value: Any) -> np.dtype:
    """From the name (``f4``) and the byte order; of all else that a type's state can say, nothing is looked at."""
    if not isinstance(value, Call) or value.of != ("numpy", "dtype") or not isinstance(value.arguments, tuple):
        raise BadPickle("its vectors have no type")
    name = text_of(value.arguments[0]) if value.arguments else None
    order = text_of(value.state[1]) if isinstance(value.state, tuple) and len(value.state) > 1 else "="
    return arrays.plain_dtype((order if order in ("<", ">") else "") + (name or "").lstrip("<>=|"))


def _bytes_of(raw: Any) -> memoryview | bytes:
    match raw:
        case memoryview() | bytes():
            return raw
        case Call(of=("_codecs", "encode"), arguments=(str(text), str("latin1" | "latin-1"))):  # protocol 2
            return text.encode("latin-1")
        case _:
            raise BadPickle("its vectors are written in a way that is not known here")
