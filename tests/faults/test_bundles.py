"""Nothing in a model's folder or zip hangs, breaks, takes over 1 GB, or answers with what is no number.

Small bundles of each task are damaged and made hostile, by hand (each kind) and by chance, and opened as users open
them, in a process of their own: each must end in an answer or in one sentence.
"""

import contextlib
import copy
import hashlib
import importlib.util
import io
import json
import os
import queue
import random
import shutil
import socket
import subprocess
import sys
import threading
import tomllib
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dltext.engine import bundle_format

onnx = pytest.importorskip("onnx")
tomli_w = pytest.importorskip("tomli_w")

HERE = Path(__file__).parent
ZOO = HERE.parents[1] / "models" / "zoo"
MOST = 1024.0
"""MB."""
LONGEST = 60.0
"""Seconds after which a case hangs; a trial alone is given up after 20."""

Case = Callable[[Path, random.Random], None]
"""Changes the bundle in a folder."""


@pytest.fixture
def tried() -> bool:
    return False


@pytest.fixture(scope="module")
def toys(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A small bundle of each task."""
    spec = importlib.util.spec_from_file_location("dltext_tests_engine_conftest", HERE.parent / "engine/conftest.py")
    assert spec is not None
    assert spec.loader is not None
    profiles = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(profiles)
    folder = tmp_path_factory.mktemp("toys")
    return {"folder": folder, "profiles": profiles}  # pyright: ignore[reportReturnType]


@pytest.fixture
def bases(
    make_bundle: Any, make_translator: Any, make_writer: Any, language_models: Any, toys: Any, home: Path
) -> dict[str, Path]:
    """A bundle of each task by its task's name; of language models one of each family."""
    from dltext.engine.tasks.words import model
    from dltext.engine.text.tokenizer import new_tokenizer

    profiles = toys["profiles"]
    made = {"sentiment": make_bundle(), "translate": make_translator(), "title": make_writer()}
    words = {word: number for number, word in enumerate(["[PAD]", "[UNK]", *profiles.SCORES])}
    table, looked = np.zeros((len(words), 6)), np.zeros((len(words), 2))
    for word, row in profiles.SCORES.items():
        table[words[word]] = row
    encoder, heads = profiles.onnx_profiler(table, looked, np.zeros(6))
    files = {"encoder.onnx": encoder, "heads.onnx": heads, "tokenizer.json": new_tokenizer(words).to_str().encode()}
    files |= profiles.ngram_files({"w:sister": [1.0] * 6, "c:sis": [0.5] * 6})
    common = {"version": "1", "recipe": "r", "language": "en", "created": "2026-01-01", "labels": [], "settings": {}}
    serving: dict[str, Any] = {"kind": "profile", "encoder": "encoder.onnx", "heads": "heads.onnx", "window": 10}
    serving |= {"tokenizer": "tokenizer.json", "max_windows": 6, "ngrams": "ngrams.txt", "weights": "ngrams.npz"}
    made["profile"] = home / "models" / "toy-profile"
    attributes = list(profiles.ATTRIBUTES)
    card = {**common, "name": "toy-profile", "task": "profile", "serving": serving, "attributes": attributes}
    bundle_format.write(made["profile"], card, files)
    rows = np.array([[1, 1, 0], [1, -1, 0], [0, 1, 0.5]], np.float32)
    made["words"] = home / "models" / "toy-words"
    counts = np.array([30, 20, 10])
    model.write(made["words"], {**common, "name": "toy-words"}, ["king", "queen", "man"], rows, counts)

    def npy(array: np.ndarray) -> bytes:
        stream = io.BytesIO()
        np.save(stream, array)
        return stream.getvalue()

    serving = {"kind": "paragraph", "segmentation": "words", "parts": ["dbow"], "size": 3, "count": 3, "window": 5}
    serving |= {"negative": 5, "exponent": 0.75, "subsampling": 1e-3, "epochs": 3, "learning_rate": 0.05}
    made["paragraphs"] = home / "models" / "toy-paragraphs"
    files = {"words.txt": b"the\ngood\nfilm\n", "counts.npy": npy(counts), "dbow-output.npy": npy(rows)}
    bundle_format.write(
        made["paragraphs"], {**common, "name": "toy-paragraphs", "task": "paragraphs", "serving": serving}, files
    )
    made["ngram"] = home / "models" / language_models.write_ngram(home)
    made["network"] = home / "models" / language_models.write_network(home)
    return made


class Opener:
    """A process that opens bundles, begun again where a case ends it."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None

    def open(self, home: Path, source: Path | None) -> dict[str, Any]:
        if self._child is None:
            self._child = subprocess.Popen(
                [sys.executable, str(HERE / "open_bundles.py")], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL, env={**os.environ, "PYTHONSAFEPATH": "1"},
            )  # fmt: skip
        child = self._child
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(json.dumps({"home": str(home), "source": str(source or "")}).encode() + b"\n")
        child.stdin.flush()
        lines: queue.Queue[bytes] = queue.Queue()
        stdout = child.stdout
        threading.Thread(target=lambda: lines.put(stdout.readline()), daemon=True).start()
        try:
            line = lines.get(timeout=LONGEST)
        except queue.Empty:
            line = None
        if not line:
            self.close()
            return {"outcome": "hangs" if line is None else "crashes", "said": "", "seconds": LONGEST, "peak": 0.0}
        return json.loads(line)

    def close(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child.wait()
            self._child = None


@pytest.fixture
def opener() -> Iterator[Opener]:
    opened = Opener()
    yield opened
    opened.close()


def wrong(answer: dict[str, Any]) -> str:
    """What is wrong with an outcome; empty: nothing."""
    if answer["outcome"] not in ("answer", "refused"):
        return f"{answer['outcome']}: {answer['said']}"
    return f"takes {answer['peak']:.0f} MB" if answer["peak"] > MOST else ""


# ---------------------------------------------------------------------------------------------- changes to a bundle


def card_of(folder: Path) -> dict[str, Any]:
    return tomllib.loads((folder / "card.toml").read_text("utf-8"))


def sign(folder: Path, card: dict[str, Any] | None = None) -> None:
    """Write the card with the sums of the files as they are now."""
    card = card_of(folder) if card is None else card
    if isinstance(card.get("files"), dict):
        for name in card["files"]:
            if (folder / name).is_file() and not (folder / name).is_symlink():
                card["files"][name] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    (folder / "card.toml").write_text(tomli_w.dumps(card), "utf-8")


def says(path: str, value: Any) -> Case:
    """Of the card, ``serving.beam``."""

    def change(folder: Path, _: random.Random) -> None:
        card = card_of(folder)
        *tables, key = path.split(".")
        table = card
        for name in tables:
            table = table[int(name)] if isinstance(table, list) else table[name]
        table[key] = value
        sign(folder, card)

    return change


def text(content: str | Callable[[str], str]) -> Case:
    """The card's text itself."""

    def change(folder: Path, _: random.Random) -> None:
        path = folder / "card.toml"
        path.write_text(content(path.read_text("utf-8")) if callable(content) else content, "utf-8")

    return change


def holds(name: str, content: bytes | Callable[[bytes], bytes]) -> Case:
    """A file, signed anew."""

    def change(folder: Path, _: random.Random) -> None:
        path = folder / name
        path.write_bytes(content(path.read_bytes()) if callable(content) else content)
        sign(folder)

    return change


def graph(name: str, edit: Callable[[Any], None]) -> Case:
    """An ONNX model, signed anew."""

    def change(folder: Path, _: random.Random) -> None:
        model = onnx.load(folder / name, load_external_data=False)
        edit(model)
        (folder / name).write_bytes(model.SerializeToString())
        sign(folder)

    return change


def rules(edit: Callable[[dict[str, Any]], Any]) -> Case:
    """The tokenizer, signed anew."""

    def change(content: bytes) -> bytes:
        made = json.loads(content)
        return json.dumps(edit(made) or made).encode()

    return holds("tokenizer.json", change)


def instead(name: str, put: Callable[[Path], Any]) -> Case:
    """Something else than a file, the sums left as they are."""

    def change(folder: Path, _: random.Random) -> None:
        (folder / name).unlink()
        put(folder / name)

    return change


def signed(change: Case) -> Case:
    def changed(folder: Path, chance: random.Random) -> None:
        change(folder, chance)
        sign(folder)

    return changed


def both(*changes: Case) -> Case:
    def changed(folder: Path, chance: random.Random) -> None:
        for change in changes:
            change(folder, chance)

    return changed


def a_socket(path: Path) -> None:
    here = Path.cwd()
    os.chdir(path.parent)
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(path.name)
    finally:
        os.chdir(here)


def sparse(size: int) -> Callable[[Path], None]:
    def put(path: Path) -> None:
        with path.open("wb") as stream:
            stream.truncate(size)

    return put


def node(operator: str, inputs: list[str], outputs: list[str], **attributes: Any) -> Any:
    return onnx.helper.make_node(operator, inputs, outputs, **attributes)


def constant(name: str, value: Any) -> Any:
    return onnx.numpy_helper.from_array(np.asarray(value), name)


def endless(model: Any) -> None:
    """The logits pass through a loop that nothing ends."""
    info, kinds = onnx.helper.make_tensor_value_info, onnx.TensorProto
    body = onnx.helper.make_graph(
        [node("Identity", ["go"], ["on"]), node("Identity", ["x"], ["y"])], "body",
        [info("i", kinds.INT64, []), info("go", kinds.BOOL, []), info("x", kinds.FLOAT, None)],
        [info("on", kinds.BOOL, []), info("y", kinds.FLOAT, None)],
    )  # fmt: skip
    _behind(model, [node("Loop", ["turns", "true", "within"], ["logits"], body=body)],
            [constant("turns", np.int64(2**62)), constant("true", np.array(True))])  # fmt: skip


def _behind(model: Any, nodes: list[Any], constants: list[Any]) -> None:
    """``nodes`` from what the logits were, ``within``, to ``logits``."""
    for other in model.graph.node:
        other.output[:] = ["within" if name == "logits" else name for name in other.output]
    model.graph.node.extend(nodes)
    model.graph.initializer.extend(constants)


def behind(*nodes: Any, constants: dict[str, Any]) -> Callable[[Any], None]:
    return lambda model: _behind(model, list(nodes), [constant(name, value) for name, value in constants.items()])


LARGE = behind(
    node("ConstantOfShape", ["size"], ["large"]), node("ReduceSum", ["large"], ["sum"], keepdims=0),
    node("Add", ["within", "sum"], ["logits"]), constants={"size": np.array([10**9])},
)  # fmt: skip
SLOW_LOOP = behind(
    node("Cast", ["ids"], ["wide"], to=7), node("ReduceMax", ["wide"], ["most"], keepdims=0),
    node("Range", ["zero", "most", "zero_and_one"], ["range"]), node("Cast", ["range"], ["real"], to=1),
    node("ReduceSum", ["real"], ["sum"], keepdims=0), node("Add", ["within", "sum"], ["logits"]),
    constants={"zero": np.int64(0), "zero_and_one": np.int64(1)},
)  # fmt: skip


def broadcast(model: Any) -> None:
    """Each dimension of the text against each other: n⁶ values from n words, by plain additions."""
    nodes, last = [node("Cast", ["ids"], ["words"], to=1)], "words"
    for turn in range(5):
        nodes += [node("Unsqueeze", [last, "minus_one"], [f"high{turn}"]), node("Add", [f"high{turn}", "words"],
                                                                               [f"sum{turn}"])]  # fmt: skip
        last = f"sum{turn}"
    nodes += [node("ReduceMean", [last], ["mean"], keepdims=0), node("Add", ["within", "mean"], ["logits"])]
    _behind(model, nodes, [constant("minus_one", np.array([-1]))])


def doubling(model: Any) -> None:
    """A tensor set behind itself thirty times."""
    nodes, last = [], "within"
    for turn in range(30):
        nodes.append(node("Concat", [last, last], [f"twice{turn}"], axis=0))
        last = f"twice{turn}"
    nodes += [node("ReduceMean", [last], ["mean"], axes=[0], keepdims=1), node("Add", ["within", "mean"], ["logits"])]
    _behind(model, nodes, [])


def weights(value: float) -> Callable[[Any], None]:
    def change(model: Any) -> None:
        tensor = next(one for one in model.graph.initializer if one.name in ("weights", "table", "vectors"))
        array = onnx.numpy_helper.to_array(tensor).copy()
        array[...] = value
        tensor.CopyFrom(constant(tensor.name, array))

    return change


def all_weights(value: float) -> Callable[[Any], None]:
    def change(model: Any) -> None:
        for tensor in model.graph.initializer:
            array = onnx.numpy_helper.to_array(tensor)
            if array.dtype == np.float32 and array.ndim:
                tensor.CopyFrom(constant(tensor.name, np.full_like(array, value)))

    return change


def doubled_state(model: Any) -> None:
    """What is handed on is twice as wide as what is taken."""
    for other in model.graph.node:
        other.output[:] = ["narrow" if name == "next_0" else name for name in other.output]
    model.graph.node.append(node("Concat", ["narrow", "narrow"], ["next_0"], axis=1))


def renamed(model: Any) -> None:
    model.graph.input[0].name = "words"


def arrays_of(**changes: Callable[[np.ndarray], Any]) -> Case:
    """Of the n-grams' counts some changed."""

    def change(content: bytes) -> bytes:
        with np.load(io.BytesIO(content)) as tables:
            made = dict(tables)
        with np.errstate(all="ignore"):
            made |= {name: np.asarray(edit(made[name])) for name, edit in changes.items()}
        stream = io.BytesIO()
        np.savez(stream, **made)
        return stream.getvalue()

    return holds("counts.npz", change)


def filled(value: float) -> Callable[[np.ndarray], np.ndarray]:
    return lambda array: np.full_like(array, value)


def outside(model: Any) -> None:
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = onnx.TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="../../../../etc/passwd")


def shaped(dims: list[int]) -> Callable[[Any], None]:
    def change(model: Any) -> None:
        model.graph.initializer[0].dims[:] = dims

    return change


def foreign(model: Any) -> None:
    model.graph.node[0].domain = "com.microsoft"


def versioned(model: Any) -> None:
    model.opset_import[0].version = 2**40
    model.ir_version = 2**40


def sized(model: Any) -> None:
    for _ in range(30_000):
        model.graph.node.append(node("Identity", ["ids"], [f"n{len(model.graph.node)}"]))


def sparse_weights(model: Any) -> None:
    made = model.graph.sparse_initializer.add()
    made.dims[:] = [10**9]
    made.values.CopyFrom(constant("some", np.array([1.0], np.float32)))
    made.indices.CopyFrom(constant("", np.array([10**9 - 1])))


def functions(model: Any) -> None:
    model.functions.add(name="f", domain="own").output.append("y")


def pattern(regex: str, content: str = " ") -> Callable[[dict[str, Any]], None]:
    def change(made: dict[str, Any]) -> None:
        made["normalizer"] = {"type": "Replace", "pattern": {"Regex": regex}, "content": content}

    return change


def doubles(made: dict[str, Any]) -> None:
    one = {"type": "Replace", "pattern": {"String": "o"}, "content": "oo"}
    made["normalizer"] = {"type": "Sequence", "normalizers": [one] * 40}


def cut_by(regex: str) -> Callable[[dict[str, Any]], None]:
    def change(made: dict[str, Any]) -> None:
        made["pre_tokenizer"]["pattern"] = {"Regex": regex}

    return change


def vocabulary(change: Callable[[dict[str, Any]], Any]) -> Callable[[dict[str, Any]], None]:
    def edit(made: dict[str, Any]) -> None:
        made["model"]["vocab"] = change(made["model"]["vocab"]) or made["model"]["vocab"]

    return edit


def template(made: dict[str, Any]) -> None:
    made["post_processor"] = {
        "type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "[X]", "type_id": 0}}] * 10_000, "pair": [],
        "special_tokens": {"[X]": {"id": "[X]", "ids": [10**6] * 1000, "tokens": ["[X]"] * 1000}},
    }  # fmt: skip


def merges(made: dict[str, Any]) -> None:
    made["model"] = {"type": "BPE", "vocab": {"a" * (1 << n): n for n in range(20)}, "unk_token": None,
                     "merges": [["a" * (1 << n)] * 2 for n in range(19)]}  # fmt: skip


def pieces(change: Callable[[Any], None]) -> Case:
    def edit(content: bytes) -> bytes:
        from sentencepiece import sentencepiece_model_pb2 as protocol

        model = protocol.ModelProto()
        model.ParseFromString(content)
        change(model)
        return model.SerializeToString()

    return holds("source.model", edit)


def precompiled(model: Any) -> None:
    model.normalizer_spec.name = "own"
    model.normalizer_spec.precompiled_charsmap = b"\xff\xff\xff\x7f" + bytes(range(256)) * 40


def unsigned(model: Any) -> None:
    del model.pieces[:4]


def user_defined(model: Any) -> None:
    for piece in model.pieces[4:]:
        piece.type = 4


def scored(value: float) -> Callable[[Any], None]:
    def change(model: Any) -> None:
        for piece in model.pieces:
            piece.score = value

    return change


DEEP = "a." * 20_000 + "a = 1\n"
HOSTILE: dict[str, tuple[str, Case]] = {
    # What lies in place of a file.
    **{
        f"{file} is {name}": ("sentiment", instead(file, put))
        for file in ("card.toml", "model.onnx", "tokenizer.json")
        for name, put in {
            "a pipe": os.mkfifo,
            "a socket": a_socket,
            "a folder": Path.mkdir,
            "a link to a device": lambda path: path.symlink_to("/dev/zero"),
            "a link to itself": lambda path: path.symlink_to(path),
            "a link to a file": lambda path: path.symlink_to("/etc/hostname"),
            "a link to nothing": lambda path: path.symlink_to("/nonexistent"),
            "of a terabyte": sparse(1 << 40),
        }.items()
    },
    "a card of 1.5 GB": ("sentiment", instead("card.toml", sparse(1_500_000_000))),
    "a vocabulary of 200 MB": ("words", signed(instead("words.txt", sparse(200_000_000)))),
    "a vocabulary of line feeds": ("words", holds("words.txt", b"\n" * 5_100_000)),
    # What the card says.
    "a deep key": ("sentiment", text(DEEP)),
    "a deep table": ("sentiment", text(f"[{'a.' * 20_000}a]\n")),
    "a deep inline key": ("sentiment", text("x = {" + DEEP.strip() + "}")),
    "deep lists": ("sentiment", text("a = " + "[" * 100_000)),
    "deep tables": ("sentiment", text("a = " + "{a = " * 100_000)),
    "many keys": ("sentiment", text(lambda card: "".join(f"k{n} = 1\n" for n in range(10_000)) + card)),
    "a number of 4,000 digits": ("sentiment", says("metrics.0.accuracy", 10**4000)),
    "a measurement that is none": ("sentiment", says("metrics.0.accuracy", float("nan"))),
    "a measurement in words": ("sentiment", says("metrics.0.examples", "many")),
    "a measurement that is a table": ("sentiment", says("metrics.0.accuracy", {"a": 1})),
    "confusions of nothing": ("profile", says("metrics", [{"confusion": [{"attribute": "a"}]}])),
    "confusions that are ragged": (
        "profile", says("metrics", [{"confusion": [{"attribute": "a", "labels": ["x", "y"], "matrix": [[1], []]}]}]),
    ),
    "a date": ("sentiment", text(lambda card: "on = 2026-01-01T00:00:00Z\n" + card)),
    **{
        f"{key} is {value!r:.20} ({task})": (task, says(key, value))
        for task, key, values in (
            ("sentiment", "name", ({}, "", "../x", "a\x1b[2J", "x" * 100_000)),
            ("sentiment", "task", ("", "nothing", "translate", "a\nb")),
            ("sentiment", "version", ({}, [1], "a\x07")),
            ("sentiment", "language", ("x" * 1000, "a\nb")),
            ("sentiment", "labels", (["a"], ["a", "a"], [{}, {}], ["a", ""], ["a", "b" * 100_000], "ab")),
            ("sentiment", "labels", (["a", "\x1b"],)),
            ("sentiment", "serving", ({}, {"model": {}, "tokenizer": []}, {"model": "tokenizer.json"})),
            ("sentiment", "files", ({"a": {}}, {"model.onnx": 5}, {f"f{n}": "0" for n in range(300)})),
            ("sentiment", "serving.temperature", (0, -1, 1e-300, 1e300, float("nan"), float("inf"), True, "x", {})),
            ("sentiment", "serving.max_tokens", (0, -5, 10**9, 2**62, 1.5, float("nan"))),
            ("sentiment", "serving.min_tokens", (0, 10**9)),
            ("translate", "serving.beam", (0, 1000, 10**9, 2.5)),
            ("translate", "serving.longest", (0, 10**9)),
            ("translate", "serving.growth", (0, 1e9, float("inf"))),
            ("translate", "serving.states", (0, 3, 10**9)),
            ("translate", "serving.length_penalty", (-1, 1e9, float("nan"))),
            ("translate", "serving.coverage_penalty", (1e9,)),
            ("translate", "serving.attention", ("yes", False, 1)),
            ("translate", "serving.source", ({}, "", "x" * 1000)),
            ("translate", "serving.target_tokenizer", ({}, ["source.model"], "step.onnx")),
            ("title", "serving.beam", (1000,)),
            ("title", "serving.longest_title", (0, 10**6)),
            ("title", "serving.expected_length", (-1, 1e9, float("nan"))),
            ("title", "serving.length_reward", (1e9, float("inf"))),
            ("title", "serving.vocabulary", (5, "step.onnx")),
            ("profile", "serving.window", (0, -1, 10**9, 0.5)),
            ("profile", "serving.max_windows", (0, 10**9)),
            ("profile", "attributes", (5, [5], [], [{"name": {}}])),
            ("profile", "attributes.0.labels", ([{}, {}], ["a", "a"], 5)),
            ("profile", "attributes.0.short", (-5, float("nan"))),
            ("profile", "attributes.0.mix", ({"network": float("inf")}, {"network": 1e300}, 5)),
            ("words", "serving.count", ("many", -1, {}, 10**9)),
            ("words", "serving.size", ({}, 0)),
            ("words", "serving.segmentation", ({}, "x" * 1000, "none")),
            ("words", "serving.words", ("vectors.npy", {})),
            ("paragraphs", "serving.epochs", (0, 10**9)),
            ("paragraphs", "serving.window", (0, 10**9)),
            ("paragraphs", "serving.negative", (10**9, -1)),
            ("paragraphs", "serving.exponent", (1e9, float("nan"))),
            ("paragraphs", "serving.learning_rate", (1e300, 0)),
            ("paragraphs", "serving.parts", (5, [], ["dm"])),
            ("network", "serving.states", (5, [], [[]], [[6]], [[5], [5]], [[5, 5]], [[-1]], [["x"]], [[10**9]])),
            ("network", "serving.max_tokens", (0, 3, 8, 10**9, float("nan"))),
            ("network", "serving.family", ("ngram", "", 5)),
            ("network", "serving.vocabulary", (5, 10**9, "many")),
            ("network", "serving.model", ("tokenizer.json", "card.toml", {})),
            ("ngram", "serving.family", ("network", {})),
            ("ngram", "serving.unit", ("characters", "subwords", "whitespace", "letters")),
            ("ngram", "serving.lowercase", (True, "no")),
            ("ngram", "serving.texts", ("stream", "book")),
            ("ngram", "serving.vocabulary", (0, 5, 10**9)),
            ("ngram", "serving.rhymes", ("counts.npz", "none.txt", [])),
        )
        for value in values
    },
    # What a tokenizer does.
    "a pattern that makes Rust panic": ("sentiment", rules(pattern(r"(?<=a+)b|\g<9>"))),
    "a replacement of nothing": ("sentiment", rules(pattern(r"(?=.)|x*"))),
    "a pattern that backtracks": ("sentiment", rules(pattern(r"(\w+\s?)+$[^\s\S]"))),
    "a pattern of repeats": ("sentiment", rules(pattern("(" * 20 + "a" + "{9,999})" * 20))),
    "rules that double": ("sentiment", rules(doubles)),
    "a replacement of 1 MB": ("sentiment", rules(pattern(".", "x" * (1 << 20)))),
    "words cut by a pattern": ("sentiment", rules(cut_by(r"((a|b|c|\w)+)+!\b"))),
    "a template": ("sentiment", rules(template)),
    "merges": ("sentiment", rules(merges)),
    "characters by a table": (
        "sentiment",
        rules(lambda made: {**made, "normalizer": {"type": "Precompiled", "precompiled_charsmap": "/" * 4096}}),
    ),
    "padding": ("sentiment", rules(lambda made: {**made, "padding": {
        "strategy": {"Fixed": 10**9}, "direction": "Right", "pad_to_multiple_of": None, "pad_id": 0, "pad_type_id": 0,
        "pad_token": "[PAD]"}})),
    "added tokens": ("sentiment", rules(lambda made: {**made, "added_tokens": [{
        "id": 10**6, "content": "good", "single_word": False, "lstrip": False, "rstrip": False, "normalized": False,
        "special": True}]})),
    "no sign for the unknown": ("sentiment", rules(vocabulary(lambda words: words.pop("[UNK]") and None))),
    "no words": ("sentiment", rules(vocabulary(lambda words: {"[PAD]": 0, "[UNK]": 1}))),
    "a word's number too large": ("sentiment", rules(vocabulary(lambda words: words | {"film": 10**6}))),
    "a word's number below 0": ("sentiment", rules(vocabulary(lambda words: words | {"film": -1}))),
    "more words than the graph has": (
        "sentiment", rules(vocabulary(lambda words: words | {"cats": len(words), "sleep": len(words) + 1})),
    ),
    "a tokenizer of lists": ("sentiment", holds("tokenizer.json", b"[" * 200_000)),
    "a tokenizer cut off": ("profile", holds("tokenizer.json", lambda content: content[: len(content) // 2])),
    "characters of SentencePiece by a table": ("translate", pieces(precompiled)),
    "SentencePiece without its signs": ("translate", pieces(unsigned)),
    "pieces of a user's": ("translate", pieces(user_defined)),
    "pieces that score nan": ("translate", pieces(scored(float("nan")))),
    "a SentencePiece model cut off": ("translate", holds("source.model", lambda content: content[:-7])),
    "title words that are lists": ("title", holds("vocabulary.json", b'{"format": 1, "words": [[]], "cases": {}}')),
    "a title word of 3 MB": (
        "title", holds("vocabulary.json", lambda content: content.replace(b'"cats"', b'"' + b"c" * 3_000_000 + b'"')),
    ),
    "a deep vocabulary": ("title", holds("vocabulary.json", b'{"a":' * 100_000)),
    # What a graph does.
    "a loop without end": ("sentiment", graph("model.onnx", endless)),
    "a tensor of 10⁹": ("sentiment", graph("model.onnx", LARGE)),
    "a size from a word": ("sentiment", graph("model.onnx", SLOW_LOOP)),
    "n⁶ sums": ("sentiment", graph("model.onnx", broadcast)),
    "doubled thirty times": ("sentiment", graph("model.onnx", doubling)),
    "weights of nan": ("sentiment", graph("model.onnx", weights(float("nan")))),
    "weights of infinity": ("sentiment", graph("model.onnx", weights(float("inf")))),
    "weights that overflow": ("sentiment", graph("model.onnx", weights(3e38))),
    "a profiler of nan": ("profile", graph("encoder.onnx", weights(float("nan")))),
    "a translator of nan": ("translate", graph("encoder.onnx", weights(float("nan")))),
    "a writer of infinity": ("title", graph("encoder.onnx", weights(float("inf")))),
    "weights elsewhere": ("sentiment", graph("model.onnx", outside)),
    "weights larger than the file": ("sentiment", graph("model.onnx", shaped([10**6, 10**6]))),
    "weights of no size": ("sentiment", graph("model.onnx", shaped([-1, 2]))),
    "an operator of another": ("sentiment", graph("model.onnx", foreign)),
    "a version of the future": ("sentiment", graph("model.onnx", versioned)),
    "30,000 operators": ("sentiment", graph("model.onnx", sized)),
    "sparse weights": ("sentiment", graph("model.onnx", sparse_weights)),
    "functions": ("sentiment", graph("model.onnx", functions)),
    "no graph": ("sentiment", holds("model.onnx", b"")),
    "a graph of zeros": ("sentiment", holds("model.onnx", bytes(4096))),
    "a graph in another's place": ("profile", holds("heads.onnx", b"\x08\x08")),
    "a language network of nan": ("network", graph("model.onnx", all_weights(float("nan")))),
    "a language network of infinity": ("network", graph("model.onnx", all_weights(float("inf")))),
    "a language network that overflows": ("network", graph("model.onnx", all_weights(3e38))),
    "a language network cut off": ("network", holds("model.onnx", lambda content: content[: len(content) // 2])),
    "a language network of other shapes": ("network", graph("model.onnx", shaped([2, 2]))),
    "a language network whose state grows": ("network", graph("model.onnx", doubled_state)),
    "a language network of other inputs": ("network", graph("model.onnx", renamed)),
    "a language network without its states": (
        "network", graph("model.onnx", lambda model: [model.graph.input.pop(), model.graph.output.pop()]),
    ),
    "a language network that knows fewer words": (
        "network", rules(vocabulary(lambda words: {word: n for word, n in words.items() if n < len(words) - 1})),
    ),
    "a language network that knows more words": (
        "network", rules(vocabulary(lambda words: words | {" cats": len(words)})),
    ),
    "a language network with the vocabulary and the card of a smaller one": (
        "network",
        both(
            rules(vocabulary(lambda words: {word: n for word, n in words.items() if n < len(words) - 1})),
            says("serving.vocabulary", 12),
        ),
    ),
    "a language network with the vocabulary and the card of a larger one": (
        "network",
        both(
            rules(vocabulary(lambda words: {**words, " cats": len(words), " sleep": len(words) + 1})),
            says("serving.vocabulary", 15),
        ),
    ),
    # What arrays hold.
    "n-grams cut off": ("ngram", holds("counts.npz", lambda content: content[: len(content) // 2])),
    "n-grams without an end": ("ngram", holds("counts.npz", lambda content: content[:-30])),
    "n-grams of zeros": ("ngram", holds("counts.npz", bytes(4096))),
    "no n-grams": ("ngram", holds("counts.npz", b"")),
    "n-grams of nan": ("ngram", arrays_of(roots_2=filled(float("nan")))),
    "n-grams of infinity": ("ngram", arrays_of(roots_3=filled(float("inf")))),
    "weights of n-grams that are nan": ("ngram", arrays_of(weights_2=filled(float("nan")))),
    "weights of n-grams below 0": ("ngram", arrays_of(weights_3=filled(-1))),
    "probabilities of nan": ("ngram", arrays_of(first=filled(float("nan")))),
    "probabilities of 0": ("ngram", arrays_of(first=filled(0))),
    "n-grams that know fewer words": ("ngram", arrays_of(first=lambda array: array[:-1])),
    "n-grams of words that are none": ("ngram", arrays_of(words_2=filled(250))),
    "n-grams of fewer words than shares": ("ngram", arrays_of(words_2=lambda array: array[:-1])),
    "n-grams in no order": ("ngram", arrays_of(starts_2=lambda array: array[::-1])),
    "n-grams that begin behind their end": ("ngram", arrays_of(starts_3=lambda array: array + 7)),
    "n-grams of objects": ("ngram", arrays_of(words_2=lambda array: array.astype(object))),
    "n-grams in a table": ("ngram", arrays_of(words_2=lambda array: array[None])),
    "n-grams that are numbers of others": ("ngram", arrays_of(words_2=lambda array: array.astype(np.float64))),
    "n-grams with the vocabulary and the card of a larger model": (
        "ngram",
        both(
            rules(vocabulary(lambda words: words | {" cats": len(words)})), says("serving.vocabulary", 14),
        ),
    ),
    "n-grams that know more words": ("ngram", rules(vocabulary(lambda words: words | {" cats": len(words)}))),
    "counts of nan": ("words", says("serving.lowercase", "no")),
}  # fmt: skip


# ---------------------------------------------------------------------------------------------- changes by chance

VALUES: list[Any] = [
    "", "x", "x" * 100_000, "\x1b[2J", "../..", "a\nb", "\u202e", 0, -1, 1, 2, 7, 10**6, 10**9, 2**62, -(2**62), 0.0,
    -0.5, 1e-320, 1e308, float("nan"), float("inf"), float("-inf"), True, False, [], {}, [[]], [{}], {"a": {"a": 1}},
    ["a", 1], [0] * 1000, "model.onnx", "card.toml", "en",
]  # fmt: skip


def paths_of(value: Any, before: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path for key, item in items for path in [(*before, key), *paths_of(item, (*before, key))]]


def replaced(value: Any, chance: random.Random) -> Any:
    """``value`` with something in it exchanged, left out or doubled."""
    value = copy.deepcopy(value)
    path = chance.choice(paths_of(value))
    table = value
    for key in path[:-1]:
        table = table[key]
    kind = chance.random()
    if kind < 0.15:
        del table[path[-1]]
    elif kind < 0.25 and isinstance(table, list):
        table.insert(0, copy.deepcopy(table[path[-1]]))
    else:
        table[path[-1]] = copy.deepcopy(chance.choice(VALUES))
    return value


def a_card(folder: Path, chance: random.Random) -> None:
    card = card_of(folder)
    for _ in range(chance.randint(1, 2)):
        card = replaced(card, chance)
    sign(folder, card)


def a_tokenizer(folder: Path, chance: random.Random) -> None:
    path = folder / ("tokenizer.json" if (folder / "tokenizer.json").exists() else "vocabulary.json")
    if not path.exists():
        return some_bytes(folder, chance)
    path.write_text(json.dumps(replaced(json.loads(path.read_bytes()), chance)))
    return sign(folder)


def mangled(content: bytes, chance: random.Random) -> bytes:
    raw = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 5, 20))):
        kind, at = chance.random(), chance.randrange(max(1, len(raw)))
        if not raw:
            break
        if kind < 0.5:
            raw[at] ^= 1 << chance.randrange(8)
        elif kind < 0.7:
            raw[at] = chance.choice((0, 1, 0x7F, 0x80, 0xFF))
        elif kind < 0.8:
            del raw[at : at + chance.choice((1, 4, 100))]
        elif kind < 0.9:
            raw[at:at] = raw[: chance.choice((1, 8, 200))]
        else:
            raw[at : at + 8] = b"\xff" * 8
    return bytes(raw if chance.random() < 0.85 else raw[: chance.randrange(len(raw) + 1)])


def some_bytes(folder: Path, chance: random.Random) -> None:
    name = chance.choice(sorted(path.name for path in folder.iterdir()))
    (folder / name).write_bytes(mangled((folder / name).read_bytes(), chance))
    if name != "card.toml":
        sign(folder)


OTHERS = """Loop If Scan Expand ConstantOfShape Tile Range Resize Pad MatMul Reshape Concat Gather Slice LSTM Conv
    NonZero Identity Exp Pow Div"""


def a_graph(folder: Path, chance: random.Random) -> None:
    names = sorted(path.name for path in folder.glob("*.onnx"))
    if not names:
        return some_bytes(folder, chance)
    path = folder / chance.choice(names)
    model = onnx.load(path)
    parts = model.graph
    for _ in range(chance.randint(1, 3)):
        other, tensor = chance.choice(parts.node), chance.choice(parts.initializer)
        values = [name for one in parts.node for name in (*one.input, *one.output)] + [
            t.name for t in parts.initializer
        ]
        kind = chance.random()
        if kind < 0.2 and other.input:
            other.input[chance.randrange(len(other.input))] = chance.choice(values)
        elif kind < 0.4:
            other.op_type = chance.choice([*OTHERS.split(), *(one.op_type for one in parts.node)])
        elif kind < 0.5 and other.attribute:
            attribute = chance.choice(other.attribute)
            attribute.i = chance.choice((0, -1, 1, 7, 2**31, 2**62, -(2**63)))
            attribute.ints[:] = [chance.choice((0, -1, 1, 2, 10**9)) for _ in attribute.ints]
        elif kind < 0.65:
            tensor.dims[:] = [chance.choice((0, 1, 2, size, size * 2, -1, 10**6, 2**40)) for size in tensor.dims]
        elif kind < 0.9:
            try:
                array = onnx.numpy_helper.to_array(tensor).copy()
            except (TypeError, ValueError):  # changed before
                continue
            extremes = (0, 1, -1, 10**9, 2**62) if array.dtype.kind == "i" else (0, -1, 1e38, 3e38, np.nan, np.inf)
            if array.size:
                at = chance.randrange(array.size)
                with np.errstate(all="ignore"):
                    array.reshape(-1)[at] = np.array(chance.choice(extremes)).astype(array.dtype)
            tensor.CopyFrom(onnx.numpy_helper.from_array(array, tensor.name))
        else:
            tensor.data_type = chance.choice((1, 2, 3, 6, 7, 8, 9, 10, 11, 16))
    path.write_bytes(model.SerializeToString())
    return sign(folder)


def zipped(folder: Path, target: Path) -> None:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.iterdir()):
            archive.write(path, f"{folder.name}/{path.name}")


CHANCES = [a_card, a_card, a_tokenizer, some_bytes, some_bytes, a_graph, a_graph]


# ---------------------------------------------------------------------------------------------- tests


def test_the_bundles_answer_unharmed(bases: dict[str, Path], opener: Opener, tmp_path: Path) -> None:
    """Else the others would be refused for nothing."""
    for task, folder in bases.items():
        answer = opener.open(tmp_path / "homes" / task, folder)
        assert (answer["outcome"], answer["said"]) == ("answer", ""), (task, answer)


@pytest.mark.timeout(900)
def test_each_kind_of_hostile_bundle_is_answered_or_refused(
    bases: dict[str, Path], opener: Opener, tmp_path: Path, chance: random.Random, rounds: Any, figure: Any
) -> None:
    failures = []
    # Of many values of one key, and of things in a file's place, the short form takes some; of all others each.
    many = [name for name in HOSTILE if " is " in name]
    few = {*chance.sample(many, rounds(12, len(many))), *(name for name in HOSTILE if name not in many)}
    for number, (name, (task, change)) in enumerate(HOSTILE.items()):
        if name not in few:
            continue
        home = tmp_path / "homes" / str(number)
        place = home / "models" / bases[task].name
        shutil.copytree(bases[task], place)
        try:
            change(place, chance)
        except OverflowError:
            continue
        plain = all(path.is_file() and not path.is_symlink() for path in place.iterdir())
        answer = opener.open(home, None)
        if problem := wrong(answer):
            failures.append(f"{name}: {problem}")
        if not plain or number % 4 == 0:
            answer = opener.open(tmp_path / "imports" / str(number), place)
            if problem := wrong(answer):
                failures.append(f"{name}, imported: {problem}")
        if answer["seconds"] > 30:
            failures.append(f"{name}: {answer['seconds']:.0f} s")
        shutil.rmtree(home, ignore_errors=True)
    figure("hostile bundles, each kind, that hang, crash, exceed 1 GB or answer with NaN", len(failures), len(few))
    assert not failures, "\n".join(failures)


@pytest.mark.timeout(3000)
def test_bundles_changed_by_chance_are_answered_or_refused(
    bases: dict[str, Path], opener: Opener, tmp_path: Path, chance: random.Random, rounds: Any, figure: Any
) -> None:
    attempts, failures, outcomes = rounds(28, 2000), [], {"answer": 0, "refused": 0}
    shipped = sorted(ZOO.iterdir()) if rounds(0, 1) else []
    for number in range(attempts):
        large = bool(shipped) and chance.random() < 0.15
        base = chance.choice(shipped) if large else bases[chance.choice(sorted(bases))]
        place = tmp_path / "cases" / str(number) / base.name
        shutil.copytree(base, place)
        zips = chance.random() < 0.3
        if not zips or chance.random() < 0.3:
            with contextlib.suppress(OSError, ValueError, TypeError):  # files that cannot be signed, values not written
                chance.choice(CHANCES)(place, chance)
        source = place
        if zips:
            source = place.parent / "model.zip"
            zipped(place, source)
            source.write_bytes(mangled(source.read_bytes(), chance))
        answer = opener.open(place.parent / "home", source)
        if problem := wrong(answer):
            failures.append(f"{number} ({base.name}): {problem}")
        else:
            outcomes[answer["outcome"]] += 1
            shutil.rmtree(place.parent, ignore_errors=True)
    figure("mutated bundles that hang, crash, exceed 1 GB or answer with NaN", len(failures), attempts)
    assert not failures, f"{outcomes}\n" + "\n".join(failures)
    assert min(outcomes.values()) > 0, outcomes
