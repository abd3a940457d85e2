"""A writer of titles whose answers can be written down: word by word through the text, to its full stop.

The encoder's memory is, for each word of the text, what it scores for each of the vocabulary, and what share of the
title's next word is copied from there. The step looks at one place after the other.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

SURE = 8.0
"""What a word scores for the one that the table names; all others score 0."""
COPIED = 0.9
"""Of an unknown word; of known ones nothing."""
TABLE: dict[str, str | Sequence[tuple[str, float]]] = {
    "we": "a",
    "show": "study",
    "that": "of",
    "cats": [("cats", SURE), ("felines", SURE - 1), ("animals", SURE - 2)],
    "dogs": [("dogs", SURE), ("hounds", SURE - 1), ("animals", SURE - 2)],
    "sleep": [("sleep", SURE), ("rest", SURE - 1), ("dream", SURE - 1.5)],
    "bark": [("bark", SURE), ("speak", SURE - 1), ("sing", SURE - 1.5)],
    "often": [("often", SURE), ("daily", SURE - 1), ("again", SURE - 1.5)],
    "of": "of",
    "the": "the",
    "mice": "mice",
    "bert": "bert",
    ".": "</s>",
    "猫": "猫",
    "狗": "狗",
    "睡": "睡",
    "叫": "叫",
    "。": "</s>",
}
CASES = {"cats": "Cats", "bert": "BERT"}


def graphs(graph: Callable[..., bytes], table: np.ndarray, share: np.ndarray) -> tuple[bytes, bytes]:
    """Encoder and step by what writes a ``graph``: ``table`` ``[V, V]``, ``share`` ``[V]`` of what is copied.

    ``state_0`` ``[r, 1]`` counts the words written.
    """
    import onnx

    real, whole = onnx.TensorProto.FLOAT, onnx.TensorProto.INT32
    size = len(table)
    encoder = graph(
        [
            ("Gather", ["table", "source"], ["memory"], {}),
            ("Cast", ["source"], ["numbers"], {"to": real}),
            ("ReduceMax", ["numbers"], ["most"], {"axes": [1], "keepdims": 1}),
            ("Mul", ["most", "zero"], ["state_0"], {}),
        ],
        {"source": (whole, ["b", "n"])},
        {"memory": (real, ["b", "n", size + 1]), "state_0": (real, ["b", 1])},
        {"table": np.concatenate([table, share[:, None]], axis=1).astype(np.float32), "zero": np.float32(0)},
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
            ("Unsqueeze", ["attention", "axis"], ["row"], {}),
            ("MatMul", ["row", "memory"], ["both"], {}),
            ("Squeeze", ["both", "axis"], ["told"], {}),
            ("Split", ["told", "parts"], ["raw", "share"], {"axis": 1}),
            ("LogSoftmax", ["raw"], ["logs"], {"axis": 1}),
            ("Sub", ["unit", "share"], ["gate"], {}),
            ("Log", ["gate"], ["gate_log"], {}),
            ("Add", ["logs", "gate_log"], ["scores"], {}),
            ("Mul", ["attention", "share"], ["copies"], {}),
            ("Cast", ["word"], ["last"], {"to": real}),
            ("Mul", ["last", "zero"], ["nothing"], {}),
            ("Add", ["state_0", "unit"], ["counted_on"], {}),
            ("Add", ["counted_on", "nothing"], ["next_state_0"], {}),
        ],
        {
            "word": (whole, ["r", 1]),
            "place": (real, ["r", 1]),
            "memory": (real, ["r", "n", size + 1]),
            "state_0": (real, ["r", 1]),
        },
        {
            "scores": (real, ["r", size]),
            "copies": (real, ["r", "n"]),
            "attention": (real, ["r", "n"]),
            "next_state_0": (real, ["r", 1]),
        },
        {
            "zero": np.float32(0),
            "unit": np.float32(1),
            "one": np.array(1),
            "axis": np.array([1]),
            "narrow": np.float32(-4),
            "parts": np.array([size, 1]),
        },
    )
    return encoder, step


def make(
    folder: Path,
    graph: Callable[..., bytes],
    *,
    table: Mapping[str, str | Sequence[tuple[str, float]]] | None = None,
    share: Mapping[str, float] | None = None,
    language: str = "en",
    serving: Mapping[str, Any] | None = None,
    **card: Any,
) -> Path:
    """Write a bundle into ``folder``. ``table``: a word to the one it becomes, or to several with their scores;
    ``share``: how much is copied of a known word."""
    from dltext.engine import bundle_format
    from dltext.engine.tasks.title.vocabulary import SPECIAL, TitleVocabulary

    several = {here: [(there, SURE)] if isinstance(there, str) else there for here, there in (table or TABLE).items()}
    known = {*several, *(there for row in several.values() for there, _ in row)} - set(SPECIAL)
    vocabulary = TitleVocabulary([*SPECIAL, *sorted(known)], CASES)
    numbers = {word: number for number, word in enumerate(vocabulary.words)}
    scores, shares = np.zeros((vocabulary.size, vocabulary.size)), np.zeros(vocabulary.size)
    shares[1] = COPIED
    scores[1, 1] = SURE
    for word, row in several.items():
        for other, score in row:
            scores[numbers[word], numbers[other]] = score
    for word, portion in (share or {}).items():
        shares[numbers[word]] = portion
    folder.parent.mkdir(parents=True, exist_ok=True)
    vocabulary_file = folder.parent / f".{folder.name}.json"
    vocabulary.save(vocabulary_file)
    encoder, step = graphs(graph, scores, shares)
    bundle_format.write(
        folder,
        {
            "name": folder.name,
            "version": "1",
            "task": "title",
            "recipe": "title-copy",
            "language": language,
            "created": "2026-01-01T00:00:00+00:00",
            "labels": [],
            "settings": {},
            "data": {"card": "none"},
            "serving": {
                "kind": "title",
                "encoder": "encoder.onnx",
                "step": "step.onnx",
                "vocabulary": "vocabulary.json",
                "language": language,
                "states": 1,
                "longest": 40,
                "beam": 4,
                "length_penalty": 1.0,
                "copying": True,
                **(serving or {}),
            },
            "metrics": [],
            **card,
        },
        {"encoder.onnx": encoder, "step.onnx": step, "vocabulary.json": vocabulary_file},
    )
    vocabulary_file.unlink()
    return folder
