"""Word vectors from other programs' files to a bundle, and back."""

import importlib.util
import itertools
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from ....data import guess, paths
from ....data.errors import UserError
from ....data.texts import whole
from ... import environment, model_store
from ...results import BundleInfo, Progress
from ...text.segment import segmentation_for
from . import formats
from . import model as serve

FORMS = {
    "word2vec": ".txt",
    "word2vec-binary": ".bin",
    "glove": ".glove.txt",
    "fasttext": ".vec",
    "gensim": ".kv",
    "npz": ".npz",
}
"""What can be written, and the suffix that it usually has."""

SENTENCES = 20
"""Broken lines that are told one by one."""
CUT = 60_000
"""float16 ends at 65,504."""
LOOKED_AT = 20_000
"""Words by which upper and lower case is judged."""


def import_vectors(
    path: str | Path,
    name: str = "",
    language: str = "",
    limit: int = 0,
    words: Sequence[str] | None = None,
    progress: Progress | None = None,
) -> tuple[BundleInfo, tuple[str, ...]]:
    """Make a bundle of a vectors file: word2vec text or binary, GloVe text, fastText ``.vec``, gensim KeyedVectors,
    ``.npz``. One pass, of the file only the words in memory; keeps the first ``limit`` rows (0: all) or ``words`` only.

    Returns the bundle and a sentence for each broken line (at most 20, then how many more): what is no row, a second
    row of the same word, a row of another size are left out. Raises a UserError where nothing could be read.
    """
    path = paths.expand(path)
    if not path.is_file():
        raise UserError(f"{path}: there is no such file.")
    if limit < 0:
        raise UserError(f"The limit must not be negative: {limit}; 0 keeps all rows.")
    complaints = _Told(path.name)
    with paths.writing(model_store.store()), paths.aside(model_store.store() / "vectors") as aside:
        rows = aside / "rows.f32"
        words_kept, size = _keep(path, rows, limit, words, progress, complaints)
        language = language or _language(words_kept)
        card = {
            "name": name or _name(path),
            "version": "1",
            "recipe": "import",
            "language": language,
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
            "origin": "imported",
            "intended": f"Word vectors from {path.name}; what they learnt from is not known here.",
            "settings": {"limit": limit, "chosen_words": len(words) if words is not None else 0},
            "data": {"file": path.name},
            "serving": {"segmentation": segmentation_for(language), "lowercase": _lowercase(words_kept)},
        }
        table = np.memmap(rows, np.float32, "r", shape=(len(words_kept), size))
        try:
            serve.write(aside / "bundle", card, words_kept, table)
        except OSError as error:
            raise UserError(f"{aside} cannot be written: {error.strerror or error}.") from None
        del table
        return model_store.info(model_store.install(aside / "bundle", card["name"])), complaints.sentences()


class _Told:
    """Sentences about what was left out: the first ones, and how many more."""

    def __init__(self, name: str) -> None:
        self._name, self._first, self._count = name, [], 0

    def __call__(self, sentence: str) -> None:
        self._count += 1
        if len(self._first) < SENTENCES:
            self._first.append(sentence)

    def sentences(self) -> tuple[str, ...]:
        more = self._count - len(self._first)
        return (*self._first, *([f"{self._name}: and {more:,} more such lines were left out."] if more else []))


def _keep(
    path: Path, target: Path, limit: int, words: Sequence[str] | None, progress: Progress | None, complaints: _Told
) -> tuple[list[str], int]:
    """Write the rows to keep, float32, one after the other; returns their words and the size."""
    wanted = {_as_word(word) for word in words} if words is not None else None
    words_kept: dict[str, None] = {}
    size = repeated = 0
    with target.open("wb") as stream:
        for spelt, vector in formats.read(path, progress, complaints):
            word = _as_word(spelt)
            if word in words_kept or (wanted is not None and word not in wanted):
                repeated += word in words_kept
                continue
            size = size or len(vector)
            values = np.asarray(vector, np.float32)
            if not word or len(values) != size or not (np.abs(values) <= CUT).all():
                complaints(f"{path.name}: the row of {spelt[:40]!r} is not {size} usable numbers; it is left out.")
                continue
            stream.write(values.tobytes())
            words_kept[word] = None
            if len(words_kept) == limit or (wanted is not None and len(words_kept) == len(wanted)):
                break
    if not words_kept:
        what = "none of the words asked for" if wanted is not None else "no vectors"
        raise UserError(f"{path} holds {what}{': ' + complaints.sentences()[0] if complaints.sentences() else '.'}")
    if repeated:
        complaints(f"{path.name}: {repeated:,} rows repeat a word; the first of each was kept.")
    return list(words_kept), size


def export_vectors(name: str, path: str | Path, form: str = "") -> Path:
    """Write a bundle's vectors: ``word2vec``, ``word2vec-binary``, ``glove``, ``fasttext``, ``gensim``, ``npz``.

    ``form`` empty: by the file's suffix (``.txt`` word2vec, ``.bin``, ``.vec``, ``.kv``, ``.npz``). A folder as
    ``path`` gets ``NAME`` with the form's suffix. Raises a UserError for an unknown form, an existing file, and where
    gensim's form is asked for and gensim is not installed.
    """
    path = paths.expand(path)
    form = form or _form_of(path)
    if form not in FORMS:
        raise UserError(f"There is no format {form!r} of vectors; there are: {', '.join(FORMS)}.")
    if form == "gensim" and importlib.util.find_spec("gensim") is None:
        raise UserError("Writing gensim's format needs gensim (pip install 'dltext[train]'); word2vec's it reads, too.")
    vectors = serve.load(name)
    target = path / f"{vectors.name}{FORMS[form]}" if path.is_dir() else path
    if target.exists():
        raise UserError(f"{target} already exists: choose another name, or remove it first.")
    count, size = len(vectors), vectors.size
    try:
        if form == "gensim":
            _gensim(vectors, target)
            return target
        with paths.atomic_open(target, "wb") as stream:
            if form == "word2vec-binary":
                formats.write_binary(stream, _rows(vectors), count, size)
            elif form == "npz":
                formats.write_npz(stream, vectors.words, vectors.rows(range(count)).astype(np.float16))
            else:
                formats.write_text(stream, _rows(vectors), count, size, header=form != "glove")
    except OSError as error:
        raise UserError(f"{target} cannot be written: {error.strerror or error}.") from None
    return target


def _rows(vectors: serve.WordModel, block: int = 4096) -> Iterator[tuple[str, np.ndarray]]:
    spelt = iter(vectors.words)
    for start in range(0, len(vectors), block):
        words = list(itertools.islice(spelt, block))
        yield from zip(words, vectors.rows(range(start, start + len(words))), strict=True)


def _gensim(vectors: serve.WordModel, target: Path) -> None:
    """Large tables go into files of their own beside the first, which appears last."""
    environment.prepare_training()
    from gensim.models import KeyedVectors  # type: ignore[import-not-found]

    keyed = KeyedVectors(vectors.size)
    keyed.add_vectors(list(vectors.words), vectors.rows(range(len(vectors))))
    with paths.aside(target) as aside:
        keyed.save(str(aside / target.name))
        for file in sorted(aside.iterdir(), key=lambda file: file.name == target.name):
            file.replace(target.parent / file.name)


def _form_of(path: Path) -> str:
    if path.is_dir():
        return "word2vec"
    name = path.name.lower()
    matching = [form for form, suffix in FORMS.items() if name.endswith(suffix)]
    if not matching:
        raise UserError(f"{path.name} does not show the format: end it in {', '.join(FORMS.values())}, or name one.")
    return matching[-1]


def _as_word(spelt: str) -> str:
    """A word as bundles keep it: phrases joined by ``_``."""
    return "_".join(whole(spelt).split())


def _name(path: Path) -> str:
    return path.name.partition(".")[0] or "vectors"


def _language(words: Sequence[str]) -> str:
    """By the script of many words, or by the most frequent ones, which come first in such files."""
    code = guess.language([" ".join(words[:2000])])
    return code if code != "und" else guess.language([" ".join(words[:100])])


def _lowercase(words: Sequence[str]) -> bool:
    """Whether the vocabulary knows lower case alone, but for a stray word."""
    looked_at = words[:LOOKED_AT]
    return sum(word != word.lower() for word in looked_at) * 1000 <= len(looked_at)
