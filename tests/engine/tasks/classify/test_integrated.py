"""Words weighed by integrated gradients: they add up, and an encoder alone has them."""

import numpy as np
import pytest

for package in ("onnx", "safetensors"):
    pytest.importorskip(package, reason="encoders are written with the [train] extra")

from dltext.engine import api, bundle_format, trial  # noqa: E402
from dltext.engine.results import UserError  # noqa: E402
from dltext.engine.tasks.classify import integrated, occlusion  # noqa: E402
from dltext.engine.tasks.classify.model import ClassifierModel  # noqa: E402
from dltext.engine.train.encoder import base, graph  # noqa: E402


@pytest.fixture
def classifier(home, tmp_path, toy_encoders, monkeypatch):
    """A small encoder of random weights that tells two labels."""
    monkeypatch.setattr(trial, "inside", True)
    start = base.read(str(toy_encoders.write(tmp_path / "small", "e5")))
    rng = np.random.default_rng(0)
    output = {"logits/kernel": rng.normal(size=(16, 2)).astype(np.float32), "logits/bias": np.zeros(2, np.float32)}
    card = {
        "name": "mine",
        "version": "1",
        "task": "classify",
        "recipe": "encoder",
        "language": "en",
        "created": "2026-01-01T00:00:00+00:00",
        "labels": ["a", "b"],
        "intended": "tests",
        "settings": {},
        "data": {},
        "metrics": [],
        "serving": {"model": "model.onnx", "tokenizer": "tokenizer.json", "temperature": 2.0, "max_tokens": 12},
        "encoder": vars(start.shape),
    }
    files = {
        "model.onnx": graph.draw(start.shape, {**start.weights, **output}, 2, small=False),
        "tokenizer.json": start.tokenizer.to_str().encode(),
    }
    bundle_format.write(home / "models" / "mine", card, files)


@pytest.mark.parametrize(
    "text", ["The wonderfulness of the film", "the plot is warm and clever, the cast is dull. " * 2]
)
def test_shares_of_words_add_up(classifier, monkeypatch, text):
    """Of one window and of several; with many nodes the gap closes."""
    few = api.analyse(text, "classify", "mine", explain=True, by="gradients")
    plain = api.analyse(text, "classify", "mine")
    assert few.by == "gradients"
    assert few.gap is not None
    assert few.probabilities == pytest.approx(plain.probabilities, abs=1e-6)
    assert text[few.spans[0].start : few.spans[0].end].lower() == "the"
    assert "wonderfulness" not in text or text[few.spans[1].start : few.spans[1].end] == "wonderfulness"
    monkeypatch.setattr(integrated, "NODES", (60, 60))
    many = api.analyse(text, "classify", "mine", explain=True, by="gradients")
    assert many.gap is not None
    raised = few.gap + sum(span.weight for span in few.spans)
    assert raised == pytest.approx(many.gap + sum(span.weight for span in many.spans), abs=1e-4)
    assert abs(many.gap) < 0.01 * max(1.0, abs(raised))
    monkeypatch.setattr(integrated, "NODES", (12, 12))
    some = api.analyse(text, "classify", "mine", explain=True, by="gradients")
    assert some.gap is not None
    assert abs(some.gap) < 0.01 * max(1.0, abs(raised)), "nodes in the middle of their stretches"


def test_the_words_of_the_groups_that_moved_most_are_hidden_one_by_one(classifier, monkeypatch):
    """Of an encoder whose words are more than it may be asked about, half of the questions are about groups."""
    text = "the plot is warm and clever and the cast"  # nine words, in one window
    whole = api.analyse(text, "classify", "mine", explain=True)
    assert [text[span.start : span.end] for span in whole.spans] == text.split()
    asked = []
    original = ClassifierModel.scores

    def counted(self, ids):
        asked.append(len(ids))
        return original(self, ids)

    monkeypatch.setattr(ClassifierModel, "scores", counted)
    monkeypatch.setattr(occlusion, "PIECES_BUDGET", 9 * 9)
    monkeypatch.setattr(occlusion, "FEWEST_GROUPS", 4)
    some = api.analyse(text, "classify", "mine", explain=True)
    assert sum(asked) <= 9
    assert some.probabilities == pytest.approx(whole.probabilities, abs=1e-6)
    assert " ".join(text[span.start : span.end] for span in some.spans) == text
    alone = {(span.start, span.end): span.weight for span in whole.spans}
    words = [span for span in some.spans if (span.start, span.end) in alone]
    assert 2 <= len(words) < 9
    for span in words:
        assert span.weight == pytest.approx(alone[span.start, span.end], abs=1e-5)
    groups = [span for span in some.spans if span not in words]
    assert groups


def test_each_word_of_a_sentence_of_forty_is_hidden_by_itself(classifier, home):
    folder = home / "models" / "mine"
    card = bundle_format.read(folder)
    bundle_format.write_card(folder, card | {"serving": card["serving"] | {"max_tokens": 62}})
    words = ["the", "plot", "is", "warm", "and", "clever", "hollow", "cast"] * 5
    text = " ".join(words)
    spans = api.analyse(text, "classify", "mine", explain=True).spans
    assert [text[span.start : span.end] for span in spans] == words


def test_nodes_stand_where_the_prediction_rises():
    """Of what rises within a tenth of the way, five nodes so placed tell all of it; equal stretches miss a part."""

    def rise(places):
        return 1 / (1 + np.exp(-(places - 0.62) * 40))

    def slope(places):
        return 40 * rise(places) * (1 - rise(places))

    nodes, widths = integrated._stretches(rise(np.linspace(0, 1, integrated.LOOKS + 1)), 5)
    assert widths.sum() == pytest.approx(1)
    assert (slope(nodes) * widths).sum() == pytest.approx(1, abs=0.1)
    even = (np.arange(5) + 0.5) / 5
    assert abs(slope(even).mean() - 1) > 0.3
    nodes, widths = integrated._stretches(np.zeros(integrated.LOOKS + 1), 5)
    np.testing.assert_allclose(nodes, even)


def test_what_each_head_looks_at(classifier):
    text = "the film is warm"
    looked = api.attention(text, "classify", "mine")
    assert [text[start:end] for start, end in looked.places] == ["", "the", "film", "is", "warm", ""]
    assert len(looked.weights) == 2
    assert [len(head) for layer in looked.weights for head in layer] == [6] * 8
    assert sum(looked.weights[1][3][2]) == pytest.approx(1, abs=1e-5)


def test_the_command_tells_the_heads(classifier, run, monkeypatch):
    ran = run("classify", "--model", "mine", "--attention", "the film is warm")
    assert ran.code == 0, ran.err
    assert "layer 2, head 4" in ran.out
    (answer,) = run("classify", "--model", "mine", "--attention", "--json", "the film").objects
    assert len(answer["attention"]["weights"][0]) == 4
    assert answer["attention"]["places"][1] == [0, 3]


def test_only_an_encoder_has_gradients_and_heads(make_bundle, monkeypatch):
    monkeypatch.setattr(trial, "inside", True)
    make_bundle()
    with pytest.raises(UserError, match="toy is no encoder"):
        api.analyse("good film", model="toy", explain=True, by="gradients")
    with pytest.raises(UserError, match="toy is no encoder"):
        api.attention("good film", model="toy")
    with pytest.raises(UserError, match="not by 'guess'"):
        api.analyse("good film", model="toy", explain=True, by="guess")


def test_a_linear_part_beside_an_encoder_has_no_gradients(classifier, home):
    from dltext.engine.tasks.classify.linear import LinearModel
    from dltext.engine.tasks.classify.linear_part import FILE

    folder = home / "models" / "mine"
    card = bundle_format.read(folder)
    rows = 200
    tables = LinearModel(np.ones(rows, np.float32), np.ones((rows, 1), np.float32), np.zeros(1), []).tables()
    np.savez(home / FILE, **tables)
    files = {name: (folder / name).read_bytes() for name in card["files"]} | {FILE: (home / FILE).read_bytes()}
    bundle_format.write(folder, card | {"serving": card["serving"] | {"linear": {"weights": [1.0, 1.0]}}}, files)
    text = "The wonderfulness of the film"
    with pytest.raises(UserError, match=r"linear part .* occlusion"):
        api.analyse(text, "classify", "mine", explain=True, by="gradients")
    assert api.analyse(text, "classify", "mine", explain=True).spans
