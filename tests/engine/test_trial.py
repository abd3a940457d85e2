"""A bundle from elsewhere answers once in a process of its own: what never ends, or takes too much, is refused."""

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from dltext.engine import api, bundle_format, model_store, trial
from dltext.engine.results import UserError

onnx = pytest.importorskip("onnx")


@pytest.fixture
def tried() -> bool:
    return False


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No shipped models, and nothing known of bundles that other tests have tried."""
    from dltext.engine.serve import session

    monkeypatch.setattr(model_store, "ZOO", tmp_path / "zoo")
    monkeypatch.setattr(trial, "_passed", set())
    monkeypatch.setattr(trial, "_refused", {})
    yield
    session.close_all()


def slow(folder: Path, turns: int = 400) -> None:
    """Large matrices multiplied again and again behind the logits: operators that all recipes use, for minutes."""
    model = onnx.load(folder / "model.onnx")
    for node in model.graph.node:
        node.output[:] = ["within" if name == "logits" else name for name in node.output]
    make = onnx.helper.make_node
    nodes, last = [make("ConstantOfShape", ["size"], ["zeros"]), make("Cast", ["ids"], ["real"], to=1)], "table"
    nodes += [make("ReduceMax", ["real"], ["most"], keepdims=0), make("Add", ["zeros", "most"], ["table"])]
    for turn in range(turns):
        nodes.append(make("MatMul", [last, "table"], [f"product{turn}"]))
        nodes.append(make("Tanh", [f"product{turn}"], [f"bounded{turn}"]))
        last = f"bounded{turn}"
    nodes += [make("ReduceMax", [last], ["top"], keepdims=0), make("Add", ["within", "top"], ["logits"])]
    model.graph.node.extend(nodes)
    model.graph.initializer.append(onnx.numpy_helper.from_array(np.array([3000, 3000]), "size"))
    files = {"model.onnx": model.SerializeToString(), "tokenizer.json": (folder / "tokenizer.json").read_bytes()}
    card = bundle_format.read(folder)
    bundle_format.write(folder, card, files)


def test_what_never_answers_is_refused_and_holds_up_no_other(make_bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    slow(make_bundle("slow"))
    make_bundle("quick")
    monkeypatch.setattr(trial, "SECONDS", 2.0)
    refused: list[str] = []

    def ask() -> None:
        with pytest.raises(UserError) as caught:
            api.analyse("good film", model="slow")
        refused.append(str(caught.value))

    asking = threading.Thread(target=ask)
    asking.start()
    time.sleep(0.2)
    assert api.analyse("good film", model="quick").label == "positive"
    assert not refused, "the quick one waited for the slow one"
    asking.join(30)
    assert "slow cannot be used: it did not answer a text within 2 seconds" in refused[0]
    begun = time.monotonic()
    ask()
    assert time.monotonic() - begun < 0.5, "it was tried again"
    assert refused[1] == refused[0]


def test_it_is_refused_when_it_is_imported(make_bundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = make_bundle("slow", folder=tmp_path / "elsewhere")
    slow(source)
    monkeypatch.setattr(trial, "SECONDS", 1.0)
    with pytest.raises(UserError, match="slow cannot be used: it did not answer"):
        api.import_model(str(source))
    assert list(model_store.store().iterdir()) == []


def test_one_trial_is_enough_whatever_the_name_and_the_measurements(
    make_bundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[Path] = []
    really = trial._try
    monkeypatch.setattr(trial, "_try", lambda folder: (tried.append(folder), really(folder))[1])
    source = make_bundle("toy", folder=tmp_path / "elsewhere")
    assert api.import_model(str(source)).name == "toy"
    assert len(tried) == 1
    assert api.analyse("good", model="toy").label == "positive"
    trial._passed.clear()  # as in another process
    folder = Path(api.model("toy").path)
    bundle_format.write_card(folder, {**bundle_format.read(folder), "metrics": [{"on": "other", "accuracy": 0.5}]})
    assert api.analyse("good", model="toy").label == "positive"
    assert len(tried) == 1
    bundle_format.write_card(folder, {**bundle_format.read(folder), "labels": ["no", "yes"]})
    assert api.analyse("good", model="toy").label == "yes"
    assert len(tried) == 2


def test_what_is_shipped_is_not_tried(make_bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "_try", lambda folder: pytest.fail("it was tried"))
    make_bundle("shipped", folder=model_store.ZOO)
    assert api.analyse("good", model="shipped").label == "positive"


def test_what_cannot_be_noted_is_tried_again(make_bundle, home: Path) -> None:
    make_bundle("toy")
    (home / "cache").write_text("no folder")
    assert api.analyse("good", model="toy").label == "positive"


def test_a_process_that_ends_is_told(make_bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    """As one does that a damaged graph makes write where it may not."""
    make_bundle("toy")
    ask = trial._Process.ask

    def ended(self: trial._Process, folder: Path) -> object:
        self._child.kill()
        self._child.wait()
        return ask(self, folder)

    monkeypatch.setattr(trial._Process, "ask", ended)
    with pytest.raises(UserError, match="toy cannot be used: it ended the process that tried it"):
        api.analyse("good", model="toy")
    monkeypatch.undo()


def test_a_process_that_nobody_asked_is_begun_again(make_bundle) -> None:
    make_bundle("toy")
    make_bundle("other", labels=("a", "b"))
    assert api.analyse("good", model="toy").label == "positive"
    (process,) = trial._idle
    assert process._child.stdin is not None
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), process._child.stdin.fileno())  # the end of its input: it ends as it does by itself
    process._child.wait(10)
    assert api.analyse("good", model="other").label == "b"


def test_one_process_tries_for_another_home_too(make_bundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_bundle("here")
    assert api.analyse("good film", model="here").label == "positive"
    (process,) = trial._idle
    monkeypatch.setenv("DLTEXT_HOME", str(tmp_path / "elsewhere"))
    make_bundle("there", {"fine": 4.0, "poor": -4.0}, folder=tmp_path / "elsewhere" / "models")
    assert api.analyse("a poor fine poor poor", model="there").label == "negative"
    assert trial._idle == [process]
