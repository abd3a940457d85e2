"""Shared by all tests: a home of their own, and small bundles whose answers can be computed by hand."""

import contextlib
import gc
import importlib
import importlib.util
import io
import json
import os
import shlex
import sqlite3  # noqa: F401  before TensorFlow, whose own SQLite would take its place and has no FTS5
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import settings

MakeBundle = Callable[..., Path]

if "PYTEST_XDIST_WORKER" in os.environ:  # tests run side by side: threads of one would only hold up those of another
    for name in ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
        os.environ.setdefault(name, "1")


# Where an environment forbids bytecode, as containers do, each of the hundreds of processes that tests start would
# compile the whole package: 1.3 s of computing for a command that takes 0.4.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# Half as many as Hypothesis draws by itself, for the time they take; `--hypothesis-profile default` draws them all.
settings.register_profile("suite", max_examples=50)
settings.load_profile("suite")

# Keras reads it when it is imported, which is before any test has a home.
os.environ.setdefault("KERAS_HOME", str(Path(tempfile.gettempdir()) / "dltext-tests-keras"))


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data directory; nothing that a test does reaches the user's own."""
    folder = tmp_path / "home"
    monkeypatch.setenv("DLTEXT_HOME", str(folder))
    # Where the engine leads temporary files for the rest of a process, a test's ends with it.
    monkeypatch.setattr(tempfile, "tempdir", tempfile.gettempdir())
    monkeypatch.setenv("TMPDIR", tempfile.gettempdir())
    return folder


def pytest_collection_finish() -> None:
    """What the imports of all test modules have made stays to the end: half a million objects, which each full
    collection of garbage, of which there are several a module, would go through for a quarter of a second."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True, scope="module")
def _graphs_dropped() -> Iterator[None]:
    """Keras keeps each graph that it has compiled; over all modules that grows to gigabytes a process."""
    yield
    if (keras := sys.modules.get("keras")) is not None:
        keras.backend.clear_session()  # and collects garbage


def onnx_classifier(vectors: np.ndarray, pool: str) -> bytes:
    """Gather, a convolution one word wide, a pool over the words, an affine layer: logits ``[batch, classes]``.

    ``vectors`` ``[words, classes]`` are each word's scores, which the layers pass on as they are. Beside them
    ``attention`` is the softmax over the words of each one's highest score; a card that has the flag shows it.
    """
    onnx = pytest.importorskip("onnx")
    helper, arrays = onnx.helper, onnx.numpy_helper
    classes = vectors.shape[1]
    one = np.eye(classes, dtype=np.float32)
    graph = helper.make_graph(
        [
            helper.make_node("Gather", ["vectors", "ids"], ["embedded"]),
            helper.make_node("Transpose", ["embedded"], ["columns"], perm=[0, 2, 1]),
            helper.make_node("Conv", ["columns", "filters"], ["features"]),
            helper.make_node(
                {"max": "ReduceMax", "mean": "ReduceMean"}[pool], ["features"], ["pooled"], axes=[2], keepdims=0
            ),
            helper.make_node("Gemm", ["pooled", "weights", "bias"], ["logits"]),
            helper.make_node("ReduceMax", ["embedded"], ["highest"], axes=[2], keepdims=0),
            helper.make_node("Softmax", ["highest"], ["attention"], axis=1),
        ],
        "classifier",
        [helper.make_tensor_value_info("ids", onnx.TensorProto.INT32, ["batch", "length"])],
        [
            helper.make_tensor_value_info("logits", onnx.TensorProto.FLOAT, ["batch", classes]),
            helper.make_tensor_value_info("attention", onnx.TensorProto.FLOAT, ["batch", "length"]),
        ],
        [
            arrays.from_array(vectors.astype(np.float32), "vectors"),
            arrays.from_array(one[:, :, None], "filters"),
            arrays.from_array(one, "weights"),
            arrays.from_array(np.zeros(classes, np.float32), "bias"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    return model.SerializeToString()


@pytest.fixture
def tried() -> bool:
    """Whether what :func:`make_bundle` writes counts as tried: the process that tries it takes a second to start, and
    what it does, tests/engine/test_trial.py and tests/faults/test_bundles.py show."""
    return True


@pytest.fixture
def make_bundle(home: Path, tried: bool) -> MakeBundle:
    """Writes a bundle into the store (or into ``folder``) and returns its folder.

    ``scores`` are the words it knows, each with its score for the last label, or with a score for each label; a text's
    logits are the mean (``pool``) of its words' scores, and an unknown word scores 0.
    """
    from dltext.data.errors import UserError
    from dltext.engine import bundle_format, trial
    from dltext.engine.text.tokenizer import new_tokenizer

    def make(
        name: str = "toy",
        scores: Mapping[str, float | Sequence[float]] | None = None,
        *,
        labels: Sequence[str] = ("negative", "positive"),
        pool: str = "mean",
        folder: Path | None = None,
        serving: Mapping[str, Any] | None = None,
        **card: Any,
    ) -> Path:
        scores = {"good": 4.0, "bad": -4.0, "the": 0.0, "film": 0.5} if scores is None else scores
        vectors = np.zeros((len(scores) + 2, len(labels)))
        for row, score in enumerate(scores.values(), start=2):
            vectors[row] = score if isinstance(score, Sequence) else [0.0] * (len(labels) - 1) + [score]
        words = {word: number for number, word in enumerate(["[PAD]", "[UNK]", *scores])}
        place = (folder or home / "models") / name
        bundle_format.write(
            place,
            {
                "name": name,
                "version": "1",
                "task": "sentiment",
                "recipe": "text-cnn",
                "language": "en",
                "created": "2026-01-01T00:00:00+00:00",
                "labels": list(labels),
                "intended": "tests",
                "settings": {},
                "data": {"card": "none"},
                "serving": {
                    "model": "model.onnx",
                    "tokenizer": "tokenizer.json",
                    "temperature": 1.0,
                    "max_tokens": 50,
                    "min_tokens": 1,
                    **(serving or {}),
                },
                "metrics": [
                    {
                        "on": "toy test",
                        "protocol": "by hand",
                        "examples": 2,
                        "accuracy": 0.9,
                        "macro_f1": 0.9,
                        "ece": 0.01,
                        "floor_accuracy": 0.8,
                    }
                ],
                **card,
            },
            {"model.onnx": onnx_classifier(vectors, pool), "tokenizer.json": new_tokenizer(words).to_str().encode()},
        )
        if tried:
            with contextlib.suppress(UserError):  # a card that is wrong by intent
                trial._passed.add(trial.mark(bundle_format.read(place)))
        return place

    return make


@pytest.fixture
def tried_everywhere() -> Callable[[Path], None]:
    """Lets a bundle count as tried in all processes, workers too."""
    from dltext.engine import bundle_format, trial

    return lambda folder: trial._note(trial.mark(bundle_format.read(folder)))


@pytest.fixture
def mount_small() -> Iterator[Callable[[Path, int], None]]:
    """``mount_small(folder, size)``: a disk of so many MB in that place, which is made; skips where that cannot be."""
    mounted: list[Path] = []

    def mount(folder: Path, size: int) -> None:
        if not hasattr(os, "geteuid") or os.geteuid() != 0:
            pytest.skip("a small disk is mounted, which needs root")
        folder.mkdir(parents=True, exist_ok=True)
        command = ["mount", "-t", "tmpfs", "-o", f"size={size}m", "tmpfs", str(folder)]
        try:
            made = subprocess.run(command, capture_output=True, text=True)
        except FileNotFoundError:
            pytest.skip("there is no mount program")
        if made.returncode:
            pytest.skip(f"no small disk can be mounted here: {made.stderr.strip()}")
        mounted.append(folder)

    yield mount
    for folder in mounted:  # lazily: a child may still hold its log
        subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers fail as their texts say, see ``failing_workers.py``."""
    monkeypatch.syspath_prepend(str(Path(__file__).parent))  # which they inherit
    module = importlib.import_module("failing_workers")
    monkeypatch.setattr("dltext.engine.workers.pool.process.answer", module.answer)


class Ran:
    """What a command left behind."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def objects(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


@pytest.fixture
def run(home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Runs `dltext` with arguments (and bytes for stdin) in this process, with no shipped models."""
    monkeypatch.setattr("dltext.engine.model_store.ZOO", tmp_path / "zoo")

    from dltext.tui import cli

    def run(*arguments: str, stdin: bytes | None = None) -> Ran:
        if stdin is not None:
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        code = cli.main(arguments)
        captured = capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    return run


def _beside(name: str) -> Any:
    """A module that stands in this folder and is no package's."""
    module = f"dltext_tests_{name}"
    if module not in sys.modules:
        spec = importlib.util.spec_from_file_location(module, Path(__file__).parent / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        sys.modules[module] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[module])
    return sys.modules[module]


@pytest.fixture
def language_models(home: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The module ``toy_language.py``, which writes language models into the store (no shipped ones beside them)."""
    monkeypatch.setattr("dltext.engine.model_store.ZOO", home / "zoo")
    return _beside("toy_language")


@pytest.fixture
def make_translator(home: Path, monkeypatch: pytest.MonkeyPatch) -> MakeBundle:
    """Writes a translator of letters into the store (no shipped models beside it): ``en-zh``, ``zh-en`` or ``fr-en``
    from the module ``toy_translator.py``, or any table; returns its folder."""
    pytest.importorskip("onnx")
    toy = _beside("toy_translator")
    monkeypatch.setattr("dltext.engine.model_store.ZOO", home / "zoo")
    tables = {"en-zh": toy.EN_ZH, "zh-en": toy.ZH_EN, "fr-en": toy.FR_EN}

    def make(direction: str = "en-zh", name: str = "", table: Any = None, **more: Any) -> Path:
        source, _, target = direction.partition("-")
        place = home / "models" / (name or f"toy-{direction}")
        return toy.make(place, source, target, tables[direction] if table is None else table, **more)

    return make


@pytest.fixture
def make_writer(home: Path, monkeypatch: pytest.MonkeyPatch) -> MakeBundle:
    """Writes a writer of titles into the store (no shipped models beside it), from the module ``toy_title.py``; returns
    its folder."""
    pytest.importorskip("onnx")
    toy, graph = _beside("toy_title"), _beside("toy_translator").graph
    monkeypatch.setattr("dltext.engine.model_store.ZOO", home / "zoo")

    def make(name: str = "toy-title", **more: Any) -> Path:
        return toy.make(home / "models" / name, graph, **more)

    return make


@pytest.fixture(scope="session")
def toy_encoders() -> Any:
    """The module ``toy_encoder.py``: writes small encoders as model hubs hand them out, and says what they answer."""
    pytest.importorskip("safetensors", reason="training needs the [train] extra")
    return _beside("toy_encoder")


@pytest.fixture
def uncompiled() -> Iterator[None]:
    """Networks are walked operation by operation: a few steps are done so before their graph is traced. JAX, whose
    child knows no fixtures, compiles as ever."""
    keras = pytest.importorskip("keras", reason="training needs the [train] extra")
    if keras.backend.backend() != "tensorflow":
        yield
        return
    import tensorflow  # type: ignore[import-not-found]

    tensorflow.config.run_functions_eagerly(True)
    yield
    tensorflow.config.run_functions_eagerly(False)


@pytest.fixture
def shown_on_screen() -> Callable[..., Any]:
    """``await shown_on_screen(place, model, text, expected)``: use a model in its place, with the real engine and a
    text; the screen comes to show the model's name and what was ``expected``, and complains of nothing."""

    async def show(place: str, model: str, text: str, expected: str, **context: Any) -> None:
        from textual import events

        from dltext.tui.app import DltextApp

        app = DltextApp(poll=False)

        def drawn() -> str:
            return "\n".join("".join(part.text for part in strip) for strip in app.screen._compositor.render_strips())

        async with app.run_test(size=(120, 40)) as pilot:
            await pilot.pause()
            await app.open_screen(place, model=model, **context)
            await pilot.pause(0.2)
            app.post_message(events.Paste(text))
            for _ in range(400):
                await pilot.pause(0.05)
                if place == app.screen.PLACE and expected in drawn() and model in drawn():
                    break
            assert place == app.screen.PLACE
            assert expected in drawn(), f"no {expected!r} in\n{drawn()}"
            assert model in drawn()
            assert not [toast.message for toast in app._notifications if toast.severity != "information"]

    return show


@pytest.fixture
def answers_everywhere(run: Callable[..., Ran], shown_on_screen: Callable[..., Any]) -> Callable[..., Any]:
    """``await answers_everywhere("mine", question)``: the very command that is recommended at the end of a training
    answers, and the screen of the model's task shows the same; ``data`` is a file to search in."""
    from dltext.engine import api

    def shown(place: str, answer: Mapping[str, Any]) -> str:
        """Of the command's first answer what the screen of that place must show too."""
        if "blanks" in answer:
            return answer["blanks"][0]["words"][0]["word"]
        if place == "analyse":
            return f"▸ {answer['label']}"
        if place == "authors":
            return max(answer["sex"], key=answer["sex"].get)
        if place == "words":
            return answer["words"][0]["word"]
        if place == "search":
            return answer["hits"][0]["text"][:20]
        return answer[{"translate": "translation", "titles": "title"}[place]]

    async def check(model: str, question: str, data: str = "") -> None:
        task = api.task(api.model(model).task)
        words = shlex.split(task.command.format(model=model, data=data))
        asked = run(*(question if word in ("…", "WORD") else word for word in words), "--json")
        assert asked.code == 0, asked.err
        where = {"data": data} if task.place == "search" else {}
        if task.place == "generate":  # what is drawn by chance is another text each time
            assert asked.objects[0]["text"].startswith(question)
            expected = api.next_units(question, model)[0].text.strip()
        else:
            expected = shown(task.place, asked.objects[0])
        await shown_on_screen(task.place, model, question, expected, **where)

    return check
