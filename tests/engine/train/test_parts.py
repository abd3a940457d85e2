"""The parts of training that need no network: schedule, temperature, floor, lessons, checkpoint files."""

import itertools

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="training needs the [train] extra")

from dltext.data.errors import UserError
from dltext.engine import registry
from dltext.engine.train import calibrate, checkpoint, prepare
from dltext.engine.train.classify import baseline, distil
from dltext.engine.train.loop import learning_rate
from dltext.engine.train.objectives import LearnOneLabel


@pytest.mark.parametrize("kind", ["constant", "linear", "cosine", "exponential"])
def test_schedules_rise_then_never_rise_again(kind):
    rates = [learning_rate(step, 100, 0.5, kind, 0.1) for step in range(100)]
    assert rates[:10] == pytest.approx([0.05 * (i + 1) for i in range(10)])
    assert max(rates) == pytest.approx(0.5)
    assert all(a >= b for a, b in itertools.pairwise(rates[9:]))
    assert rates[-1] > 0
    assert (rates[-1] == pytest.approx(0.5)) == (kind == "constant")


def test_temperature_finds_the_heat_that_was_put_in():
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 2, (4000, 3))
    p = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    gold = np.array([rng.choice(3, p=row) for row in p])
    assert calibrate.temperature(logits * 3, gold) == pytest.approx(3, rel=0.1)
    assert calibrate.negative_log_likelihood(logits * 3, gold, 3.0) < calibrate.negative_log_likelihood(
        logits * 3, gold
    )


@pytest.mark.parametrize("several", [False, True])
def test_few_texts_that_are_all_right_ask_for_no_certainty(several):
    rng = np.random.default_rng(0)
    sure = []
    for n in (20, 2000):
        gold = np.arange(n) % 2
        logits = rng.uniform(0.5, 2, n)[:, None] * np.where(np.eye(2)[gold] == 1, 1, -1)
        heat = calibrate.temperature(logits, np.eye(2, dtype=bool)[gold] if several else gold)
        margin = logits[np.arange(n), gold] * (1 if several else 2) / heat
        sure.append(float((1 / (1 + np.exp(-margin))).mean()))
    assert 0.9 < sure[0] < 1 - 1 / 22  # the target of 20 (Platt 1999)
    assert sure[1] > 0.995


def test_the_floor_learns_and_its_probabilities_are_some():
    texts = [f"{'great' if i % 2 else 'awful'} film number {i}" for i in range(80)]
    gold = np.arange(80) % 2
    floor = baseline.fit(texts[:60], gold[:60], (texts[60:70], gold[60:70]), LearnOneLabel(("a", "b")))
    p = floor.probabilities(texts[70:])
    assert p.shape == (10, 2)
    np.testing.assert_allclose(p.sum(1), 1)
    assert (p.argmax(1) == gold[70:]).all()


def test_the_floor_of_three_classes_and_of_chinese():
    texts = [["好 房间", "坏 服务", "中 位置"][i % 3] * 2 for i in range(30)]
    gold = np.arange(30) % 3
    floor = baseline.fit(texts, gold, (texts, gold), LearnOneLabel(("a", "b", "c")), "zh")
    assert (floor.probabilities(texts).argmax(1) == gold).all()


def test_the_validation_part_holds_no_text_of_the_training_part():
    train = prepare.Labelled([f"text {i // 2}" for i in range(100)], np.arange(100) % 2)
    remaining, held = prepare.hold_out_part(train, LearnOneLabel(("a", "b")), 0.3, 1)
    assert held.texts
    assert not set(remaining.texts) & set(held.texts)


def test_class_weights_make_classes_weigh_alike():
    gold = np.array([0] * 90 + [1] * 10)
    weights = LearnOneLabel(("a", "b")).weights(gold)
    assert weights[:90].sum() == pytest.approx(weights[90:].sum())
    assert weights.mean() == pytest.approx(1)


def test_pieces_are_runs_of_words_of_their_text():
    texts = [" ".join(f"w{i}x{j}" + ("." if j % 7 == 6 else "") for j in range(50)) for i in range(40)]
    pieces = list(distil.pieces(texts, 0.5, 1))
    assert 8 < len(pieces) < 32
    assert pieces == list(distil.pieces(texts, 0.5, 1))
    for piece in pieces:
        assert any(piece in text for text in texts)
        assert 2 <= len(piece.split()) < distil.PIECE_WORDS[1]
    assert list(distil.pieces(texts, 0.0, 1)) == []


def test_lessons_are_asked_once_and_need_a_teacher(tmp_path, reviews):
    class Floor:
        asked = 0

        def probabilities(self, texts):
            self.asked += 1
            return np.tile([0.25, 0.75], (len(texts), 1))

    train = prepare.Labelled(["a b", "c d"], np.array([0, 1]))
    floor = Floor()
    settings = registry.settings_of("text-cnn", {"teacher": "floor", "unlabelled": str(reviews)})
    for _ in range(2):
        taught = distil.lessons(tmp_path, settings, ("n", "p"), train, 1, floor, lambda *a, **k: None, lambda: False)
        assert taught is not None
        assert len(list(taught.texts)) == 240
        np.testing.assert_allclose(taught.targets, np.tile([0.25, 0.75], (240, 1)))
        np.testing.assert_allclose(taught.labelled, np.tile([0.25, 0.75], (2, 1)))
    assert floor.asked == 1
    with pytest.raises(UserError, match="need a teacher"):
        distil.lessons(
            tmp_path,
            registry.settings_of("text-cnn", {"pieces": 0.5}),
            ("n", "p"),
            train,
            1,
            None,
            print,
            lambda: False,
        )


def test_a_checkpoint_that_fails_to_be_written_leaves_the_old_one(tmp_path, monkeypatch):
    path = tmp_path / "state.npz"
    checkpoint.save(path, {"model": [np.ones(3)]}, {"epoch": 1})
    monkeypatch.setattr(np, "savez", lambda *a, **k: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(OSError, match="space"):
        checkpoint.save(path, {"model": [np.zeros(3)]}, {"epoch": 2})
    groups, meta = checkpoint.load(path)
    assert meta == {"epoch": 1}
    assert groups["model"][0].tolist() == [1, 1, 1]
    assert [p.name for p in tmp_path.iterdir()] == ["state.npz"]


def test_auto_takes_what_is_there_and_says_when_nothing_is(tmp_path, monkeypatch):
    monkeypatch.setenv("DLTEXT_HOME", str(tmp_path))
    monkeypatch.delenv("DLTEXT_DATA", raising=False)
    said = []

    def emit(kind, **values):
        said.append(values["text"])

    usual = registry.settings_of("text-cnn", {})
    other = prepare.settle_vectors(usual, "eo", emit)
    assert (other.variant, other.vectors) == ("random", "")
    assert "random ones" in said[0]
    (tmp_path / "vectors").mkdir()
    np.savez(tmp_path / "vectors" / "glove.6B.100d.100k.f16.npz", words="a\nb", vectors=np.ones((2, 3)))
    assert (
        prepare.settle_vectors(usual, "en", emit).vectors == "words-en"
    )  # it ships, so a first training works offline
    monkeypatch.setattr(prepare, "AUTO_VECTORS", {"en": ("gone", "glove-en")})
    assert prepare.settle_vectors(usual, "en", emit).vectors == "glove-en"
    assert len(said) == 1  # neither has seen labels
    for wrong, message in (("", "needs pretrained"), ("nowhere", "no vectors 'nowhere'"), ("glove-en+x", "'x'")):
        with pytest.raises(UserError, match=message):
            prepare.settle_vectors(registry.settings_of("text-cnn", {"vectors": wrong}), "en", emit)
    assert prepare.settle_vectors(registry.settings_of("lstm", {"variant": "random"}), "en").vectors == ""


def test_vectors_out_of_a_model_are_told_to_have_seen_its_labels(tmp_path, monkeypatch):
    monkeypatch.setenv("DLTEXT_HOME", str(tmp_path))
    monkeypatch.delenv("DLTEXT_DATA", raising=False)
    said = []
    settings = registry.settings_of("text-cnn", {"vectors": "sentiment-en-cnn"})
    prepare.settle_vectors(settings, "en", lambda kind, **values: said.append(values["text"]))
    assert "learnt from sentiment-en" in said[0]


def test_a_trained_models_vectors_are_read_from_its_graph(tmp_path):
    onnx = pytest.importorskip("onnx")
    from onnx import TensorProto, helper, numpy_helper

    from dltext.engine import bundle_format
    from dltext.engine.tasks.words import pretrained
    from dltext.engine.text import tokenizer
    from dltext.engine.train.onnx_classifier import shrink

    table = np.random.default_rng(0).normal(size=(5, 4)).astype(np.float32)
    graph = helper.make_graph(
        [helper.make_node("Gather", ["table", "ids"], ["rows"]), helper.make_node("ReduceMax", ["rows"], ["logits"])],
        "g", [helper.make_tensor_value_info("ids", TensorProto.INT32, [1, None])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, 4])],
        [numpy_helper.from_array(table, "table")],
    )  # fmt: skip
    model = helper.make_model(graph)
    shrink(model, "int8")
    made = tokenizer.build({"good": 3, "bad": 2, "film": 1}, 10)
    card = {"name": "m", "version": "1", "task": "sentiment", "recipe": "text-cnn", "language": "en", "created": "now",
            "labels": ["n", "p"], "settings": {}, "data": {}, "versions": {}, "metrics": [], "intended": "",
            "serving": {"model": "model.onnx", "tokenizer": "tokenizer.json"}}  # fmt: skip
    files = {"model.onnx": model.SerializeToString(), "tokenizer.json": made.to_str().encode()}
    bundle_format.write(tmp_path / "m", card, files)
    read = dict(pretrained.read(tmp_path / "m"))
    assert list(read) == ["good", "bad", "film"]
    np.testing.assert_allclose(np.stack(list(read.values())), table[2:], atol=0.03)
    assert onnx.checker.check_model(model) is None
