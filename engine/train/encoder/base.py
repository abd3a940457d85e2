"""An encoder to train from: its shape, weights and tokenizer, from a bundle or from a folder or zip of others.

Of others are read ``config.json``, ``model.safetensors`` and ``tokenizer.json`` (and, where it is there,
``1_Pooling/config.json``); nothing in them runs. A bundle of ours gives the weights of its graph back, which int8 has
rounded, or those that it kept.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Tokenizer

from ....data.errors import UserError
from ....models.encoder_shape import EncoderShape
from ... import bundle_format, model_store
from ...offered import OFFERED
from ...serve import shared_half
from .. import checkpoint
from . import names, vocabulary
from .folder import FILES, LARGEST, WEIGHTS, graph_in, habits, opened, read_json

TABLE = "encoder"
"""Of a card: the fields of :class:`~dltext.models.encoder_shape.EncoderShape`."""
FLOATS = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<u2"}
"""The types of weights that are read; whole numbers beside them are no weights."""
UNROUNDED = "weights.npz"
NOTICE = "NOTICE"
"""The file of a bundle that says of what it is derived; a model that is fine-tuned from it carries it on."""


@dataclass(frozen=True)
class PretrainedEncoder:
    """Where a training begins: ``weights`` by the paths of :func:`~dltext.models.encoder.build`."""

    name: str
    shape: EncoderShape
    weights: Mapping[str, np.ndarray] = field(repr=False)
    tokenizer: Tokenizer = field(repr=False)
    labels: tuple[str, ...] = ()
    """Those that its output tells, where it was trained to tell some."""
    licence: str = ""
    sha256: str = ""
    """Of the file of weights."""
    longest: int = 0
    """Pieces of a text that it was trained on, where it says so; else 0."""
    notice: bytes = b""
    language: str = ""
    prefixes: tuple[str, str] = ("", "")
    """What it was trained to read before a query, and before a text that is searched."""


def read(place: str, pooling: str = "auto") -> PretrainedEncoder:
    """The encoder in a folder, in a zip, or in the bundle of that name; UserError where there is none."""
    path = Path(place).expanduser()
    if path.is_file() or (path.is_dir() and not (path / bundle_format.CARD).is_file()):
        with opened(path) as folder:
            return read_folder(folder, place, pooling)
    if not path.is_dir() and place in OFFERED and all(info.name != place for info in model_store.listing()):
        raise UserError(f"The encoder {place} is not here yet: get it with `dltext models fetch {place}`.")
    return _ours(path.absolute() if path.is_dir() else model_store.folder_of(place), pooling)


def _ours(folder: Path, pooling: str) -> PretrainedEncoder:
    card = bundle_format.read(folder)
    table = card.get(TABLE)
    if not isinstance(table, dict) and card["recipe"] == "encoder":
        raise UserError(f"{folder.name} answers by a graph alone: it brings no weights that training could start from.")
    if not isinstance(table, dict):
        raise UserError(
            f"{folder.name} is no encoder, but a model of the recipe {card['recipe']}: name an encoder, or a folder "
            f"that holds {', '.join(FILES)}."
        )
    try:
        shape = EncoderShape(**table)
    except TypeError as error:
        raise UserError(f"{folder / bundle_format.CARD}: [{TABLE}] is not as an encoder has it ({error}).") from None
    if (folder / UNROUNDED).is_file():
        groups, meta = checkpoint.load(folder / UNROUNDED)
        weights = dict(zip(meta["paths"], groups["weights"], strict=True))
    else:
        weights = shared_half.weights_of(folder, card)
    tokenizer = Tokenizer.from_file(str(folder / card["serving"]["tokenizer"]))
    shape = _with_pooling(shape, shape.pooling if pooling == "auto" else pooling, weights, folder.name)
    data = card.get("data", {})
    licence = str(data.get("encoder_licence") or data.get("licence", ""))
    notice = bundle_format.read_file(folder / NOTICE, 1 << 20) if NOTICE in card["files"] else b""
    labels = tuple(map(str, card.get("labels", [])))
    model = card["files"].get(card["serving"]["model"], "")
    return PretrainedEncoder(folder.name, shape, weights, tokenizer, labels, licence, model, notice=notice)


def _with_pooling(shape: EncoderShape, pooling: str, weights: Mapping[str, np.ndarray], name: str) -> EncoderShape:
    if pooling == "cls" and "pooler/kernel" not in weights:
        raise UserError(f"{name} has no pooler: choose the pooling mean or first.")
    return EncoderShape(**{**asdict(shape), "pooling": pooling})


def read_folder(folder: Path, place: str, pooling: str = "auto") -> PretrainedEncoder:
    """The encoder whose files lie in ``folder``, whatever it was called in ``place``; UserError where there is none."""
    missing = [name for name in FILES if not (folder / name).is_file()]
    if missing == [WEIGHTS] and graph_in(folder):
        raise UserError(f"{place} holds a graph that answers, but not the {WEIGHTS} that training starts from.")
    if missing:
        raise UserError(f"{place} is no encoder: it lacks {', '.join(missing)}. Needed are {', '.join(FILES)}.")
    config = read_json(folder / "config.json", place)
    said = habits(folder, config, place, pooling)
    shape = names.shape_of(config, said.pooling, f"{place}: config.json")
    where = f"{place}: model.safetensors"
    weights = names.rename(_tensors(folder / WEIGHTS, where), config["model_type"], shape, where)
    _check_shapes(shape, weights, where)
    tokenizer, rows = read_tokenizer(folder, place, len(weights["pieces/embeddings"]))
    weights["pieces/embeddings"] = weights["pieces/embeddings"][rows]
    total = bundle_format.sha256(folder / WEIGHTS)
    return PretrainedEncoder(
        Path(place).name,
        shape,
        weights,
        tokenizer,
        licence=said.licence,
        sha256=total,
        longest=said.longest,
        language=said.language,
        prefixes=said.prefixes,
    )


def read_tokenizer(folder: Path, place: str, rows: int) -> tuple[Tokenizer, np.ndarray]:
    """The tokenizer in our numbers, and theirs for each, of which the weights have ``rows``."""
    rules, order = vocabulary.renumber(read_json(folder / "tokenizer.json", place), rows, f"{place}: tokenizer.json")
    try:
        return Tokenizer.from_str(json.dumps(rules)), order
    except Exception as error:  # tokenizers raises bare Exceptions
        raise UserError(f"{place}: tokenizer.json cannot be read: {' '.join(str(error).split())[:200]}.") from None


def _tensors(path: Path, where: str) -> Mapping[str, np.ndarray]:
    if path.stat().st_size > LARGEST:
        raise UserError(f"{where} has more than {LARGEST >> 30} GB, which no encoder needs.")
    try:
        from safetensors import SafetensorError, deserialize
    except ImportError:
        raise UserError("An encoder of others is read with safetensors: pip install 'dltext[train]'.") from None
    try:
        entries = deserialize(path.read_bytes())
        return {name: _floats(entry) for name, entry in entries if entry["dtype"] in FLOATS}
    except (SafetensorError, KeyError, ValueError, TypeError, OSError) as error:
        raise UserError(f"{where} cannot be read: {' '.join(str(error).split())[:200]}.") from None


def _floats(entry: Mapping[str, Any]) -> np.ndarray:
    """The values of an entry, float32 of its shape. NumPy has no bfloat16: that is the upper half of a float32."""
    values = np.frombuffer(entry["data"], FLOATS[entry["dtype"]])
    if entry["dtype"] == "BF16":
        values = (values.astype(np.uint32) << 16).view(np.float32)
    return values.astype(np.float32).reshape(entry["shape"])


def _check_shapes(shape: EncoderShape, weights: Mapping[str, np.ndarray], where: str) -> None:
    """UserError where a weight is not as large as the config says."""
    size, hidden = shape.size, shape.hidden
    kernels = {
        "self_queries": (size, size),
        "self_keys_values": (size, 2 * size),
        "self_join": (size, size),
        "forward_inner": (size, hidden),
        "forward_outer": (hidden, size),
    }
    expected: dict[str, tuple[int, ...]] = {"places/embeddings": (shape.places, size)}
    for number in range(shape.layers):
        expected |= {f"layer_{number}_{name}/kernel": sizes for name, sizes in kernels.items()}
    for path, sizes in expected.items():
        if weights[path].shape != sizes:
            raise UserError(f"{where}: {path} has the shape {weights[path].shape}, the config says {sizes}.")


def give(model: Any, base: PretrainedEncoder, labels: tuple[str, ...]) -> None:
    """The network the weights of ``base``; its output those too where it tells the same labels."""
    same = base.labels == labels
    for variable in model.weights:
        value = base.weights.get(variable.path)
        if value is None or (variable.path.startswith("logits/") and not same):
            continue
        variable.assign(value)
