"""Sessions: opened once, shared by threads, closed when idle; what is no classifier is refused in a sentence."""

import threading
from pathlib import Path

import numpy as np
import pytest

from dltext.engine.results import UserError
from dltext.engine.serve import session
from dltext.engine.serve.session import Cache, Session
from dltext.engine.tasks.classify import model as classifier


@pytest.fixture(autouse=True)
def _forget() -> None:
    session.close_all()


def test_threads_that_ask_at_once_load_once() -> None:
    cache, loads, ready = Cache(), [], threading.Barrier(8)
    inside = threading.Event()

    def load() -> object:
        loads.append(1)
        inside.wait(0.05)
        return object()

    values = []

    def ask() -> None:
        ready.wait()
        values.append(cache.get("key", load))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(loads) == 1
    assert len({id(value) for value in values}) == 1
    cache.clear()


def test_a_failed_load_is_tried_again() -> None:
    cache = Cache()

    def fail() -> object:
        raise UserError("broken")

    with pytest.raises(UserError):
        cache.get("key", fail)
    assert cache.get("key", lambda: 5) == 5
    cache.clear()


def test_the_idle_are_closed_and_the_asked_stay() -> None:
    now = [0.0]
    cache = Cache(idle=10, clock=lambda: now[0])
    cache.get("old", lambda: 1)
    cache.get("new", lambda: 2)
    now[0] = 8
    cache.get("new", lambda: pytest.fail("loaded again"))
    now[0] = 12
    cache.close_idle()
    assert len(cache) == 1
    assert cache.get("new", lambda: 3) == 2
    assert cache.get("old", lambda: 4) == 4
    cache.clear()


def test_the_one_unused_longest_makes_room() -> None:
    now = [0.0]
    cache = Cache(most=2, clock=lambda: now[0])
    for key in ("a", "b"):
        now[0] += 1
        cache.get(key, lambda: 1)
    now[0] += 1
    cache.get("a", lambda: 2)
    cache.get("c", lambda: 1)
    assert cache.get("a", lambda: 2) == 1
    assert cache.get("b", lambda: 2) == 2
    cache.clear()


def test_parts_of_a_large_batch_give_what_the_whole_gives(make_bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = Session(make_bundle() / "model.onnx")
    ids = np.random.default_rng(1).integers(0, 6, (37, 9)).astype(np.int32)
    whole = opened.logits(ids)
    monkeypatch.setattr(session, "CHUNK", 40)
    np.testing.assert_array_equal(opened.logits(ids), whole)
    assert opened.logits(ids).shape == (37, 2)
    monkeypatch.setattr(session, "CHUNK", 4)
    np.testing.assert_array_equal(opened.logits(ids), whole)


def test_damage_is_found_when_a_model_is_loaded(make_bundle) -> None:
    folder = make_bundle()
    content = bytearray((folder / "model.onnx").read_bytes())
    content[len(content) // 2] ^= 1
    (folder / "model.onnx").write_bytes(content)
    with pytest.raises(UserError, match=r"model\.onnx is damaged"):
        classifier.open_classifier("sentiment", "toy")


def test_what_is_no_model_is_refused(tmp_path: Path, make_bundle) -> None:
    (tmp_path / "model.onnx").write_bytes(b"not a model")
    with pytest.raises(UserError, match="cannot be loaded"):
        Session(tmp_path / "model.onnx")


def test_a_model_that_takes_something_else_is_refused(tmp_path: Path) -> None:
    onnx = pytest.importorskip("onnx")
    helper, types = onnx.helper, onnx.TensorProto
    graph = helper.make_graph(
        [helper.make_node("Identity", ["x"], ["y"])],
        "identity",
        [helper.make_tensor_value_info("x", types.FLOAT, ["a", "b"])],
        [helper.make_tensor_value_info("y", types.FLOAT, ["a", "b"])],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    onnx.save(model, tmp_path / "model.onnx")
    with pytest.raises(UserError, match="must take int32 ids"):
        Session(tmp_path / "model.onnx")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"labels": ("a", "b", "c"), "scores": {"x": [1.0, 2.0, 3.0]}, "force": ["a", "b"]}, "names 2 labels, but"),
        ({"force": ["a"]}, "two classes or more"),
        ({"force": ["a", "a"]}, "each once"),
        ({"serving": {"temperature": 0}}, "serving.temperature must be a number above 0"),
        ({"serving": {"temperature": "warm"}}, "serving.temperature must be a number"),
        ({"serving": {"max_tokens": 3, "min_tokens": 5}}, "must not be below"),
        ({"serving": {"model": None}}, "lacks 'serving.model'"),
    ],
)
def test_cards_that_contradict_their_model(change: dict, message: str, make_bundle) -> None:
    from dltext.engine import bundle_format

    forced = change.pop("force", None)
    folder = make_bundle(**change)
    if forced:
        bundle_format.write_card(folder, {**bundle_format.read(folder), "labels": forced})
    with pytest.raises(UserError, match=message):
        classifier.open_classifier("sentiment", "toy")


def test_a_model_that_is_replaced_is_loaded_anew(make_bundle) -> None:
    make_bundle()
    assert classifier.open_classifier("sentiment", "toy").version == "1"
    assert classifier.open_classifier("sentiment", "toy") is classifier.open_classifier("sentiment", "toy")
    make_bundle(version="2")
    assert classifier.open_classifier("sentiment", "toy").version == "2"


def test_many_threads_one_session(make_bundle) -> None:
    make_bundle()
    model = classifier.open_classifier("sentiment", "toy")
    ids = np.random.default_rng(1).integers(0, 6, (20, 30)).astype(np.int32)
    expected = model.scores(ids)
    wrong = []

    def ask() -> None:
        for row in range(len(ids)):
            if not np.allclose(model.scores(ids[row : row + 1])[0], expected[row]):
                wrong.append(row)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
