"""The folder or zip of an encoder as model hubs hand it out, and what the small files beside its weights say.

Nothing in it runs: what would need code of its own, or a layer that ours lack, is refused in one sentence.
"""

import json
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Any

from ....data.errors import UserError
from ....models.encoder_shape import SIGNS
from ... import bundle_format, bundle_zip

WEIGHTS = "model.safetensors"
GRAPHS = ("model.onnx", "onnx/model.onnx")
"""Where a graph for serving alone stands."""
FILES = ("config.json", WEIGHTS, "tokenizer.json")
SMALL = (
    "1_Pooling/config.json",
    "sentence_bert_config.json",
    "config_sentence_transformers.json",
    "modules.json",
    "README.md",
)
LARGEST = 4 << 30
"""Bytes of a file of weights; XLM-R's large one has 2.2 GB."""
LARGEST_TEXT = 256 << 20
LONGEST_PREFIX = 300
MODULES = ("Transformer", "Pooling", "Normalize")
"""Of sentence-transformers: what ours compute too. A length of 1 is given to all vectors here."""
_POOLING = {
    "pooling_mode_cls_token": "first",
    "pooling_mode_mean_tokens": "mean",
    "pooling_mode_mean_sqrt_len_tokens": "mean",
}
_E5 = re.compile(r"(?:^|[-_/ ])e5(?:[-_/ ]|$)", re.IGNORECASE)
_CODE, _MANY = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]+)*"), ("multilingual", "multi")
E5_PREFIXES = ("query: ", "passage: ")
"""Wang et al. 2022, Text embeddings by weakly-supervised contrastive pre-training, section 3.3."""


@dataclass(frozen=True)
class Habits:
    """How an encoder wants to be used, where its folder says so."""

    pooling: str
    longest: int
    """Pieces of a text, without the signs, that it was trained on; 0: not said."""
    prefixes: tuple[str, str]
    """Before a query, and before a text that is searched; empty: nothing."""
    licence: str
    language: str = ""
    """A code, ``multi`` where several are named; empty: not said."""


@contextmanager
def opened(path: Path) -> Iterator[Path]:
    """The folder itself, or the files of the zip ``path`` unpacked for as long as they are read; UserError for no zip,
    and for one that grows beyond all sizes."""
    if path.is_dir():
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="dltext-") as target:
        large, small = [WEIGHTS, *GRAPHS], ["config.json", "tokenizer.json", *SMALL]
        sizes = dict.fromkeys(large, LARGEST) | dict.fromkeys(small, LARGEST_TEXT)
        bundle_zip.unpack_beside(path, Path(target), large, sizes)
        yield Path(target)


def graph_in(folder: Path) -> Path | None:
    """The graph of an encoder that brings no weights to train from."""
    if (folder / WEIGHTS).is_file():
        return None
    return next((folder / name for name in GRAPHS if (folder / name).is_file()), None)


def habits(folder: Path, config: Mapping[str, Any], place: str, pooling: str = "auto") -> Habits:
    """What the folder says, whatever it was called in ``place``; UserError where it asks for what nobody here computes.

    ``pooling`` other than ``auto`` stands for what it says.
    """
    _check_modules(folder, place)
    if pooling == "auto":
        pooling = _pooling(folder, place)
    head = _head(folder)
    licence = next((line.partition(":")[2] for line in head if line.startswith("license:")), "")
    prefixes = _prefixes(folder, config, place)
    return Habits(pooling, _longest(folder, place), prefixes, _plain(licence), _language(head))


def read_json(path: Path, place: str) -> dict[str, Any]:
    """The object in a file; UserError where it holds none."""
    value = _json(path, place)
    if not isinstance(value, dict):
        raise UserError(f"{place}: {path.name} holds no object.")
    return value


def _json(path: Path, place: str) -> Any:
    try:
        return json.loads(bundle_format.read_file(path, LARGEST_TEXT))
    except (ValueError, RecursionError) as error:
        raise UserError(f"{place}: {path.name} is no JSON ({str(error)[:100]}).") from None


def _optional(path: Path, place: str) -> dict[str, Any]:
    return read_json(path, place) if path.is_file() else {}


def _check_modules(folder: Path, place: str) -> None:
    path = folder / "modules.json"
    listed = _json(path, place) if path.is_file() else []
    kinds = [str(row.get("type", "")) for row in listed if isinstance(row, dict)] if isinstance(listed, list) else []
    for kind in kinds:
        name = kind.rpartition(".")[2]
        if name not in MODULES:
            raise UserError(
                f"{place}: modules.json puts {name[:40]!r} behind the encoder, which is not read; encoders "
                f"are read that end with {' and '.join(MODULES[1:])}."
            )


def _pooling(folder: Path, place: str) -> str:
    """What ``1_Pooling`` of sentence-transformers says; else the mean, as most encoders of sentences have it."""
    config = _optional(folder / "1_Pooling" / "config.json", place)
    modes = [key for key, value in config.items() if key.startswith("pooling_mode_") and value is True]
    if not modes:
        return "mean"
    if len(modes) > 1 or modes[0] not in _POOLING:
        raise UserError(
            f"{place}: 1_Pooling/config.json asks for {' and '.join(modes)[:100]}; read are the mean and the first "
            "state: choose a pooling yourself, or another encoder."
        )
    return _POOLING[modes[0]]


def _longest(folder: Path, place: str) -> int:
    most = _optional(folder / "sentence_bert_config.json", place).get("max_seq_length")
    return most - SIGNS if type(most) is int and most > SIGNS else 0


def _prefixes(folder: Path, config: Mapping[str, Any], place: str) -> tuple[str, str]:
    """The prompts that sentence-transformers keeps; E5, which came before those, is known by its name."""
    prompts = _optional(folder / "config_sentence_transformers.json", place).get("prompts")
    prompts = prompts if isinstance(prompts, dict) else {}
    query, text = prompts.get("query", ""), prompts.get("passage", "") or prompts.get("document", "")
    for prefix in (query, text):
        if not isinstance(prefix, str) or len(prefix) > LONGEST_PREFIX or not prefix.isprintable():
            raise UserError(
                f"{place}: config_sentence_transformers.json has a prompt that is no line of at most {LONGEST_PREFIX} "
                "characters."
            )
    if query.strip() or text.strip():
        return query, text
    names = f"{Path(place).stem} {config.get('_name_or_path', '')}"
    return E5_PREFIXES if _E5.search(names) and "instruct" not in names.lower() else ("", "")


def _head(folder: Path) -> list[str]:
    """The lines between the dashes at the beginning of a ``README.md``, as model hubs have it."""
    with suppress(UserError, UnicodeDecodeError):
        if (folder / "README.md").is_file():
            lines = bundle_format.read_file(folder / "README.md", 1 << 20).decode("utf-8").splitlines()
            if lines and lines[0].strip() == "---":
                return [line.rstrip() for line in takewhile(lambda line: line.strip() != "---", lines[1:2000])]
    return []


def _language(head: Sequence[str]) -> str:
    """What ``language`` names: a code, or a list of codes below it or in brackets."""
    named: list[str] = []
    for number, line in enumerate(head):
        if line.startswith("language:"):
            said = line.partition(":")[2].strip()
            below = takewhile(lambda entry: entry.lstrip().startswith("- "), head[number + 1 :])
            named = said.strip("[]").split(",") if said else [entry.lstrip()[2:] for entry in below]
            break
    codes = dict.fromkeys(filter(None, (_plain(entry).lower() for entry in named)))
    if len(codes) > 1 or any(code in _MANY for code in codes):
        return "multi"
    return next((code for code in codes if _CODE.fullmatch(code)), "")


def _plain(value: str) -> str:
    """A value of YAML without its quotes; empty where no card could hold it."""
    value = value.strip().strip("\"'")
    return value if value.isprintable() and len(value) <= LONGEST_PREFIX else ""
