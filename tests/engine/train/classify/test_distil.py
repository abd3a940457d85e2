"""What teachers say of texts, and how a student learns it."""

from dataclasses import replace

import numpy as np
import pytest

for package in ("keras", "sklearn", "onnx"):
    pytest.importorskip(package, reason="training needs the [train] extra")

from dltext.engine import readiness, registry, trial  # noqa: E402
from dltext.engine.jobs.stopping import StopRequested  # noqa: E402
from dltext.engine.results import JobSpec, UserError  # noqa: E402
from dltext.engine.train.classify import distil  # noqa: E402
from dltext.engine.train.classify.loop import Distillation, agreement  # noqa: E402
from dltext.engine.train.lessons import Lessons, soften  # noqa: E402
from dltext.engine.train.prepare import Labelled  # noqa: E402

TRAIN = Labelled(["good film", "bad film"], np.array([1, 0]))


@pytest.fixture(autouse=True)
def _trusted(monkeypatch):
    """Bundles that the tests made themselves need no trial."""
    monkeypatch.setattr(trial, "inside", True)


def quiet(*_, **__):
    pass


def asked(folder, settings, labels=("negative", "positive"), stop=lambda: False):
    return distil.lessons(folder, registry.settings_of("text-cnn", settings), labels, TRAIN, 1, None, quiet, stop)


def log_softmax(z):
    return z - np.log(np.exp(z).sum(axis=1, keepdims=True))


def test_hard_and_soft_losses_are_mixed_as_hinton_has_it():
    import keras

    rng = np.random.default_rng(0)
    hard, said = np.eye(3, dtype=np.float32)[[0, 2]], rng.dirichlet(np.ones(3), 5).astype(np.float32)
    lessons = Lessons([], said[2:], said[:2], ("t",), ())
    weight, heat = 0.3, 2.0
    targets = lessons.beside(hard, weight, heat)
    logits = rng.normal(size=(5, 3))
    softened = said**0.5 / (said**0.5).sum(axis=1, keepdims=True)
    taught = -(heat**2) * (softened * log_softmax(logits / heat)).sum(axis=1)
    expected = taught.copy()
    expected[:2] = (1 - weight) * -(hard * log_softmax(logits)[:2]).sum(axis=1) + weight * taught[:2]
    of_labels = keras.losses.CategoricalCrossentropy(from_logits=True)
    loss = np.asarray(Distillation(of_labels, heat).call(targets, logits.astype(np.float32)))
    np.testing.assert_allclose(loss, expected, rtol=1e-5)
    hits = np.asarray(agreement(targets, logits.astype(np.float32)))
    assert hits.tolist() == ((targets[:, :3] + targets[:, 3:]).argmax(1) == logits.argmax(1)).tolist()
    np.testing.assert_array_equal(soften(np.zeros((1, 3), np.float32), heat), np.zeros((1, 3)))


def test_a_teacher_writes_labels_its_own_way(make_bundle, tmp_path):
    make_bundle("t", labels=("neg", "pos"))
    taught = asked(tmp_path, {"teacher": "t"}, ("Positive", "Negative"))
    assert taught.labelled is not None
    assert taught.labelled[0, 0] > 0.7
    assert taught.labelled[1, 1] > 0.7
    assert taught.sentence() == "Taught by t on the 2 labelled texts."


def test_one_that_knows_other_labels_is_refused_before_the_run(make_bundle, tmp_path):
    make_bundle("t", labels=("a", "b"))
    data = tmp_path / "mine.csv"
    data.write_text("text,label\n" + "".join(f"text {n},{'xy'[n % 2]}\n" for n in range(40)))
    spec = JobSpec("text-cnn", str(data), {"teacher": "t", "variant": "random", "vectors": ""})
    with pytest.raises(UserError, match="The teacher t knows a, b, and the data have x, y"):
        readiness.check(spec)


def test_texts_of_several_data_stream_and_a_stop_loses_nothing(make_bundle, tmp_path, monkeypatch):
    make_bundle("t")
    first, second = tmp_path / "first.txt", tmp_path / "second.csv"
    first.write_text("".join(f"good film {n}\n" for n in range(6)))
    second.write_text("text\n" + "".join(f"bad film {n}\n" for n in range(5)))
    settings = {"teacher": "t", "unlabelled": f"{first}+{second}", "teacher_weight": 0}
    monkeypatch.setattr(distil, "CHUNK", 4)
    chunks = []
    ask = distil._ask

    def counted(names, orders, baseline, texts, classes):
        chunks.append(len(texts))
        return ask(names, orders, baseline, texts, classes)

    monkeypatch.setattr(distil, "_ask", counted)
    folder = tmp_path / "run"
    folder.mkdir()
    with pytest.raises(StopRequested):
        asked(folder, settings, stop=lambda: len(chunks) == 2)
    (part,) = folder.glob("*.part")
    part.write_bytes(part.read_bytes() + b"\x01\x02\x03")  # a row that a kill has cut
    taught = asked(folder, settings)
    assert chunks == [4, 4, 3]
    again = asked(folder, settings)
    assert chunks == [4, 4, 3]
    whole = tmp_path / "whole"
    whole.mkdir()
    for lessons in (again, asked(whole, settings)):
        np.testing.assert_array_equal(lessons.targets, taught.targets)
    assert list(taught.texts)[5:7] == ["good film 5", "bad film 0"]
    assert (taught.targets[:6, 1] > 0.7).all()
    assert (taught.targets[6:, 0] > 0.7).all()
    assert taught.sentence() == "Taught by t on 11 unlabelled texts of first.txt and second.csv."
    assert distil.count(registry.settings_of("text-cnn", settings | {"pieces": 0.5}), 9) == (21, 21)


def test_texts_that_no_teacher_reads_are_left_out(make_bundle, tmp_path):
    make_bundle("t")
    texts = tmp_path / "texts.txt"
    texts.write_text("good film\n一部关于爱与失去的电影，非常感人，值得一看。\nbad film\n", encoding="utf-8")
    taught = asked(tmp_path, {"teacher": "t", "unlabelled": str(texts), "teacher_weight": 0})
    assert list(taught.texts) == ["good film", "bad film"]
    assert taught.sentence().endswith("1 text that no teacher reads was left out.")
    targets = replace(taught, labelled=np.array([[0.9, 0.1], [0, 0]], np.float32)).beside(np.eye(2), 0.5, 1.0)
    np.testing.assert_allclose(targets[:2], [[0.5, 0, 0.45, 0.05], [0, 1, 0, 0]], atol=1e-6)
