"""A small profiler whose attention and scores can be computed by hand."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

MakeProfiler = Callable[..., Path]

ATTRIBUTES = [
    {
        "name": "gender",
        "column": "gender",
        "kind": "category",
        "labels": ["female", "male"],
        "doubt": 0.2,
        "mix": {"network": 1.0, "ngrams": 0.0, "bias": [0.0, 0.0]},
    },
    {
        "name": "age",
        "column": "age",
        "kind": "category",
        "labels": ["10s", "20s", "30s"],
        "doubt": 0.2,
        "mix": {"network": 2.0, "ngrams": 0.5, "bias": [0.5, 0.0, 0.0]},
    },
    {
        "name": "years",
        "column": "years",
        "kind": "number",
        "mix": {"network": 1.0, "ngrams": 0.0, "bias": 0.1},
        "mean": 25.0,
        "std": 8.0,
        "low": -5.0,
        "high": 7.0,
    },
]
SCORES: dict[str, Sequence[float]] = {
    # female, male, 10s, 20s, 30s, years
    "lol": [1.0, 0.0, 3.0, 0.0, 0.0, -1.0],
    "sister": [4.0, 0.0, 0.0, 0.0, 0.0, 0.0],
    "football": [0.0, 4.0, 0.0, 1.0, 0.0, 0.0],
    "mortgage": [0.0, 1.0, 0.0, 0.0, 4.0, 2.0],
    "the": [0.0] * 6,
    "a": [0.0] * 6,
    ".": [0.0] * 6,
    "!": [0.0] * 6,
}
LOOKS: dict[str, Sequence[float]] = {"lol": [0.0, 2.0], "sister": [3.0, 0.0], "football": [3.0, 0.0]}
"""What a word scores for each hop before the softmax; 0 where nothing is said."""


def onnx_graph(nodes: list, name: str, given: Any, outputs: list, constants: Mapping[str, np.ndarray]) -> bytes:
    """A graph of ``nodes``, as bytes."""
    onnx = pytest.importorskip("onnx")
    helper, arrays = onnx.helper, onnx.numpy_helper
    initializers = [arrays.from_array(value, key) for key, value in constants.items()]
    graph = helper.make_graph(
        [helper.make_node(*args, **more) for *args, more in nodes], name, [given], outputs, initializers
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    return model.SerializeToString()


def onnx_profiler(table: np.ndarray, looks: np.ndarray, query: np.ndarray) -> tuple[bytes, bytes]:
    """The encoder: ``A = softmax over time`` of the words' ``looks`` ``[words, r]``, a window's vector is the mean over
    the hops of the words' scores (``table [words, K]``) so weighted. The heads: ``softmax(vectors · query)`` over the
    windows, and the sum of their vectors so weighted."""
    onnx = pytest.importorskip("onnx")
    info, types = onnx.helper.make_tensor_value_info, onnx.TensorProto
    size, hops = table.shape[1], looks.shape[1]
    encoder = onnx_graph(
        [
            ("Gather", ["table", "ids"], ["embedded"], {}),
            ("Gather", ["looks", "ids"], ["looked"], {}),
            ("Transpose", ["looked"], ["turned"], {"perm": [0, 2, 1]}),
            ("Softmax", ["turned"], ["attention"], {"axis": 2}),
            ("ReduceMean", ["attention"], ["mean"], {"axes": [1], "keepdims": 1}),
            ("MatMul", ["mean", "embedded"], ["rows"], {}),
            ("Squeeze", ["rows", "one"], ["vectors"], {}),
        ],
        "encoder",
        info("ids", types.INT32, ["n", "length"]),
        [
            info("vectors", types.FLOAT, ["n", size]),
            info("attention", types.FLOAT, ["n", hops, "length"]),
        ],
        {"table": table.astype(np.float32), "looks": looks.astype(np.float32), "one": np.array([1])},
    )
    heads = onnx_graph(
        [
            ("MatMul", ["vectors", "query"], ["asked"], {}),
            ("Softmax", ["asked"], ["weights"], {"axis": 1}),
            ("Squeeze", ["weights", "two"], ["attention"], {}),
            ("Mul", ["weights", "vectors"], ["weighted"], {}),
            ("ReduceSum", ["weighted", "one"], ["scores"], {"keepdims": 0}),
        ],
        "heads",
        info("vectors", types.FLOAT, [1, "n", size]),
        [info("scores", types.FLOAT, [1, size]), info("attention", types.FLOAT, [1, "n"])],
        {"query": query.astype(np.float32)[:, None], "one": np.array([1]), "two": np.array([2])},
    )
    return encoder, heads


@pytest.fixture
def make_profiler(home: Path, monkeypatch: pytest.MonkeyPatch) -> MakeProfiler:
    """Writes a profiler into the store (no shipped models beside it) and returns its folder.

    ``query`` is what draws the attention on windows, none by default: all the same. ``ngrams``: n-gram to its weights.
    """
    from dltext.engine import bundle_format
    from dltext.engine.text.tokenizer import new_tokenizer

    monkeypatch.setattr("dltext.engine.model_store.ZOO", home / "zoo")

    def make(
        name: str = "toy-profiler",
        scores: Mapping[str, Sequence[float]] = SCORES,
        *,
        attributes: Sequence[Mapping[str, Any]] = ATTRIBUTES,
        looks: Mapping[str, Sequence[float]] = LOOKS,
        query: Sequence[float] | None = None,
        ngrams: Mapping[str, Sequence[float]] | None = None,
        serving: Mapping[str, Any] | None = None,
        **card: Any,
    ) -> Path:
        size = sum(len(row.get("labels", "1")) for row in attributes)
        words = {word: number for number, word in enumerate(["[PAD]", "[UNK]", *scores])}
        table = np.zeros((len(words), size))
        for word, row in scores.items():
            table[words[word]] = row
        looked = np.zeros((len(words), 2))
        for word, row in looks.items():
            looked[words[word]] = row
        encoder, heads = onnx_profiler(table, looked, np.zeros(size) if query is None else np.array(query))
        files: dict[str, Path | bytes] = {
            "encoder.onnx": encoder,
            "heads.onnx": heads,
            "tokenizer.json": new_tokenizer(words).to_str().encode(),
        }
        if ngrams:
            files |= ngram_files(ngrams)
        folder = home / "models" / name
        bundle_format.write(
            folder,
            {
                "name": name,
                "version": "1",
                "task": "profile",
                "recipe": "self-attention",
                "language": "en",
                "created": "2026-01-01T00:00:00+00:00",
                "labels": [],
                "attributes": list(attributes),
                "settings": {},
                "data": {"card": "none"},
                "serving": {
                    "kind": "profile",
                    "encoder": "encoder.onnx",
                    "heads": "heads.onnx",
                    "tokenizer": "tokenizer.json",
                    "window": 10,
                    "max_windows": 6,
                    "hops": 2,
                    **({"ngrams": "ngrams.txt", "weights": "ngrams.npz"} if ngrams else {}),
                    **(serving or {}),
                },
                **card,
            },
            files,
        )
        return folder

    return make


def ngram_files(ngrams: Mapping[str, Sequence[float]]) -> dict[str, Path | bytes]:
    """The n-gram half: each n-gram (``w:…`` first, then ``c:…``) with a weight for each score."""
    import io

    from dltext.engine.tasks.profile.ngram_model import pack

    codes, scale = pack(np.array(list(ngrams.values()), np.float64))
    stream = io.BytesIO()
    np.savez(
        stream,
        codes=codes,
        scale=scale,
        bias=np.zeros(len(scale)),
        frequency=np.full(len(ngrams), 5),
        documents=np.array(10),
        characters=np.array("inside"),
    )
    return {"ngrams.txt": ("\n".join(ngrams) + "\n").encode(), "ngrams.npz": stream.getvalue()}
