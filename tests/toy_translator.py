"""A translator whose answers can be written down: letter by letter, by a table.

The encoder's memory is, for each letter of the source, what it scores for each of the target. The step looks at one
place of the source after the other and adds what the last two letters written say of the next.
"""

import string
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

HAN = "天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏闰余"
MARKS = dict(zip(" .,!?'", " 。，！？”", strict=True))
EN_ZH = dict(zip(string.ascii_lowercase, HAN, strict=True)) | MARKS
ZH_EN = {there: here for here, there in EN_ZH.items()}
FR_EN = dict(zip(string.ascii_lowercase, string.ascii_lowercase[1:] + "a", strict=True)) | {
    mark: mark for mark in " .,!?'"
}
"""French is English with each letter moved on by one."""
SURE = 8.0
"""What a letter scores for the one that the table names; all others score 0."""

Table = Mapping[str, str | Sequence[tuple[str, float]]]


@cache
def letters(alphabet: str) -> bytes:
    """A SentencePiece model of single letters."""
    from dltext.engine.text import subwords

    with TemporaryDirectory() as folder:
        path = Path(folder) / "letters.model"
        subwords.train(["".join(alphabet)] * 3, path, len(alphabet) + 10, "char", 1.0)
        return path.read_bytes()


def graph(
    nodes: Sequence[Any], inputs: Mapping[str, tuple], outputs: Mapping[str, tuple], constants: Mapping[str, Any]
) -> bytes:
    """A model of ``nodes`` (operator, inputs, outputs, attributes) with the constants ``kept``."""
    import onnx

    helper = onnx.helper
    infos = [
        [helper.make_tensor_value_info(name, kind, shape) for name, (kind, shape) in entries.items()]
        for entries in (inputs, outputs)
    ]
    made = helper.make_graph(
        [helper.make_node(kind, taken, given, **more) for kind, taken, given, more in nodes],
        "toy",
        infos[0],
        infos[1],
        [onnx.numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()],
    )
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    return model.SerializeToString()


def graphs(table: np.ndarray, follows: np.ndarray, skips: np.ndarray, attention: bool = True) -> tuple[bytes, bytes]:
    """Encoder and step: ``table`` ``[source, target]``, ``follows`` ``[target, target]`` from a word to the next and
    ``skips`` to the one behind that.

    ``state_0`` ``[r, 1]`` counts the words written; ``state_1`` ``[r, t, 1]`` holds them and grows.
    """
    import onnx

    real, whole = onnx.TensorProto.FLOAT, onnx.TensorProto.INT32
    size = table.shape[1]
    states = {"state_0": (real, ["r", 1]), "state_1": (real, ["r", "t", 1])}
    encoder = graph(
        [
            ("Gather", ["table", "source"], ["memory"], {}),
            ("Cast", ["source"], ["numbers"], {"to": real}),
            ("ReduceMax", ["numbers"], ["most"], {"axes": [1], "keepdims": 1}),
            ("Mul", ["most", "zero"], ["state_0"], {}),
            ("Unsqueeze", ["state_0", "one"], ["state_1"], {}),
        ],
        {"source": (whole, ["b", "n"])},
        {"memory": (real, ["b", "n", size]), **states},
        {"table": table.astype(np.float32), "zero": np.float32(0), "one": np.array([1])},
    )
    step = graph(
        [
            ("ReduceMax", ["memory"], ["tops"], {"axes": [2], "keepdims": 0}),
            ("Mul", ["tops", "zero"], ["zeros"], {}),
            ("Add", ["zeros", "unit"], ["ones"], {}),
            ("CumSum", ["ones", "one"], ["counted"], {}),
            ("Sub", ["counted", "unit"], ["places"], {}),
            ("Sub", ["places", "state_0"], ["apart"], {}),
            ("Mul", ["apart", "apart"], ["squared"], {}),
            ("Mul", ["squared", "narrow"], ["logits"], {}),
            ("Softmax", ["logits"], ["attention"], {"axis": 1}),
            ("Unsqueeze", ["attention", "ones_axis"], ["row"], {}),
            ("MatMul", ["row", "memory"], ["told"], {}),
            ("Gather", ["follows", "word"], ["prior"], {}),
            ("Gather", ["state_1", "last"], ["earlier"], {"axis": 1}),
            ("Cast", ["earlier"], ["number"], {"to": whole}),
            ("Squeeze", ["number", "ones_axis"], ["word_before"], {}),
            ("Gather", ["skips", "word_before"], ["more"], {}),
            ("Add", ["told", "prior"], ["both"], {}),
            ("Add", ["both", "more"], ["all"], {}),
            ("Squeeze", ["all", "ones_axis"], ["scores"], {}),
            ("Add", ["state_0", "unit"], ["next_state_0"], {}),
            ("Cast", ["word"], ["written"], {"to": real}),
            ("Unsqueeze", ["written", "ones_axis"], ["newest"], {}),
            ("Concat", ["state_1", "newest"], ["next_state_1"], {"axis": 1}),
        ],
        {"word": (whole, ["r", 1]), "place": (real, ["r", 1]), "memory": (real, ["r", "n", size]), **states},
        {
            "scores": (real, ["r", size]),
            **({"attention": (real, ["r", "n"])} if attention else {}),
            "next_state_0": (real, ["r", 1]),
            "next_state_1": (real, ["r", "u", 1]),
        },
        {
            "zero": np.float32(0),
            "unit": np.float32(1),
            "one": np.array(1),
            "ones_axis": np.array([1]),
            "narrow": np.float32(-4),
            "follows": follows.astype(np.float32),
            "skips": skips.astype(np.float32),
            "last": np.array([-1]),
        },
    )
    return encoder, step


def make(
    folder: Path,
    source: str,
    target: str,
    table: Table,
    *,
    follows: Mapping[str, float] | None = None,
    skips: Mapping[str, float] | None = None,
    attention: bool = True,
    serving: Mapping[str, Any] | None = None,
    **card: Any,
) -> Path:
    """Write a bundle into ``folder``. ``table``: a letter to the one it becomes, or to several with their scores;
    ``follows``: what a pair of target letters scores beside that; ``skips``: a pair with one between. A letter that
    is not in the table is unknown."""
    from dltext.engine import bundle_format
    from dltext.engine.text.subwords import Subwords

    several = {here: [(there, SURE)] if isinstance(there, str) else there for here, there in table.items()}
    known = sorted({letter for row in several.values() for letter, _ in row} - {" "})
    models = letters("".join(sorted(set(several) - {" "})) + " x"), letters("".join(known) + " x")
    here, there = (Subwords(content) for content in models)

    def number(words: Subwords, letter: str) -> int:
        return next(one for one in range(words.size) if words._model.id_to_piece(one) == letter.replace(" ", "▁"))

    scores = np.zeros((here.size, there.size))
    scores[1, 1] = scores[3, 3] = SURE
    for letter, row in several.items():
        for other, score in row:
            scores[number(here, letter), number(there, other)] = score
    pairs = np.zeros((2, there.size, there.size))
    for at, given in enumerate((follows or {}, skips or {})):
        for (one, other), score in given.items():
            pairs[at, number(there, one), number(there, other)] = score
    encoder, step = graphs(scores, pairs[0], pairs[1], attention)
    bundle_format.write(
        folder,
        {
            "name": folder.name,
            "version": "1",
            "task": "translate",
            "recipe": "seq2seq-attention",
            "language": source,
            "created": "2026-01-01T00:00:00+00:00",
            "labels": [],
            "settings": {},
            "data": {"card": "none"},
            "serving": {
                "kind": "translate",
                "encoder": "encoder.onnx",
                "step": "step.onnx",
                "source_tokenizer": "source.model",
                "target_tokenizer": "target.model",
                "source": source,
                "target": target,
                "lowercase": True,
                "simplify": False,
                "states": 2,
                "attention": attention,
                "longest": 60,
                "beam": 4,
                "length_penalty": 1.0,
                "coverage_penalty": 0.0,
                **(serving or {}),
            },
            "metrics": [],
            **card,
        },
        {"encoder.onnx": encoder, "step.onnx": step, "source.model": models[0], "target.model": models[1]},
    )
    return folder
