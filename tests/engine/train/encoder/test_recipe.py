"""From an encoder and a file of texts to a model that answers, and to one that is trained on from it."""

import dataclasses
import json

import numpy as np
import pytest

for package in ("keras", "sklearn", "onnx", "safetensors"):
    pytest.importorskip(package, reason="training needs the [train] extra")

from dltext.engine import api, bundle_format, model_store  # noqa: E402
from dltext.engine.results import JobSpec, UserError  # noqa: E402
from dltext.engine.serve.probabilities import log_softmax  # noqa: E402
from dltext.engine.tasks.classify.model import open_classifier  # noqa: E402
from dltext.engine.train import run as running  # noqa: E402
from dltext.engine.train.classify.loop import predict_part  # noqa: E402
from dltext.engine.train.encoder import base  # noqa: E402
from dltext.engine.train.encoder.recipe import EncoderPipeline  # noqa: E402

SETTINGS = {"epochs": 3, "learning_rate": 0.01, "batch_size": 16, "max_tokens": 40, "layer_decay": 1.0, "dropout": 0.0}


def spec_of(reviews, **settings):
    return api.validate(
        JobSpec(
            recipe="encoder",
            data=str(reviews),
            settings=SETTINGS | settings,
            seed=3,
            name="mine",
            text_column="review",
            label_column="verdict",
        )
    )


@pytest.fixture(scope="module")
def trained(lasting_reviews, tmp_path_factory, toy_encoders):
    """A run from a small encoder: its home, what it said and how it ended."""
    home, folder = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("run")
    start = toy_encoders.write(tmp_path_factory.mktemp("base") / "small", "e5")
    events = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DLTEXT_HOME", str(home))
        patch.delenv("DLTEXT_DATA", raising=False)
        spec = spec_of(lasting_reviews, base=str(start), compute="bfloat16")
        outcome = running.execute(spec, folder, lambda kind, /, **values: events.append((kind, values)), lambda: False)
    return home, start, events, outcome


def test_a_file_becomes_a_model_that_answers(trained, monkeypatch, run):
    home, start, _, outcome = trained
    monkeypatch.setenv("DLTEXT_HOME", str(home))
    assert (outcome["state"], outcome["bundle"]) == ("done", "mine")
    assert outcome["metrics"]["test_accuracy"] > 0.9
    assert "floor_accuracy" in outcome["metrics"]
    card = model_store.info("mine").card
    assert card["serving"]["parity"] <= 1e-4, "compared in float32, whatever it was trained in"
    assert card["data"]["encoder"] == "small"
    assert str(start.parent) not in json.dumps(card)  # no folder of this machine
    text = "the plot is clumsy. " * 30  # over 40 pieces: windows
    answered = run("classify", "--model", "mine", "--explain", "--json", text)
    (answer,) = answered.objects
    assert answer["label"] == "negative"
    assert answer["spans"]
    answer = run("classify", "--model", "mine", "--explain", "--json", "the wonderfulness of it").objects[0]
    words = ["the", "wonderfulness", "of", "it"]  # by words, not by their pieces
    assert ["the wonderfulness of it"[span["start"] : span["end"]] for span in answer["spans"]] == words
    assert run("classify", "--model", "mine", "--json", "the cast is wonderful").objects[0]["label"] == "positive"


async def test_it_answers_in_its_screen_and_on_the_command_line(trained, monkeypatch, answers_everywhere):
    monkeypatch.setenv("DLTEXT_HOME", str(trained[0]))
    await answers_everywhere("mine", "the film is wonderful")


def test_what_was_trained_can_be_trained_on(trained, lasting_reviews, tmp_path, monkeypatch, uncompiled):
    home, *_ = trained
    monkeypatch.setenv("DLTEXT_HOME", str(home))
    start = base.read("mine")
    continued = base.read(str(model_store.folder_of("mine")))
    assert start.labels == continued.labels == ("negative", "positive")
    outcome = running.execute(
        spec_of(lasting_reviews, base="mine", epochs=1, batch_size=64, frozen_layers=1, prune=True, keep_weights=True),
        tmp_path,
        lambda kind, /, **values: None,
        lambda: False,
    )
    assert outcome["metrics"]["test_accuracy"] > 0.9  # it goes on from what it knew, output and all
    exact = base.read(outcome["bundle"])
    assert exact.tokenizer.get_vocab_size() < start.tokenizer.get_vocab_size()
    row = exact.tokenizer.token_to_id("film"), start.tokenizer.token_to_id("film")
    frozen = "pieces/embeddings", "layer_0_forward_inner/kernel"
    np.testing.assert_array_equal(exact.weights[frozen[0]][row[0]], start.weights[frozen[0]][row[1]])
    np.testing.assert_array_equal(exact.weights[frozen[1]], start.weights[frozen[1]])
    assert not np.array_equal(exact.weights["logits/kernel"], start.weights["logits/kernel"])
    assert bundle_format.read(model_store.folder_of(outcome["bundle"]))["files"]["weights.npz"]


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"max_tokens": 63}, "reads at most 62 pieces of a text: set max_tokens"),
        ({"frozen_layers": 3}, "has 2 layers: set frozen_layers"),
        ({"pooling": "cls"}, "has no pooler"),
        ({"base": "encoder-nowhere"}, "There is no model 'encoder-nowhere'"),
    ],
)
def test_settings_that_do_not_fit_the_encoder_are_told(trained, lasting_reviews, tmp_path, settings, said):
    spec = spec_of(lasting_reviews, **{"base": str(trained[1]), "floor": False, **settings})
    with pytest.raises(UserError, match=said):
        running.execute(spec, tmp_path, lambda kind, /, **values: None, lambda: False)


def test_layers_that_stay_frozen_are_left_out(trained, lasting_reviews, tmp_path, monkeypatch, uncompiled):
    """They are those of the model that was trained from, which is here; Check says so, too."""
    monkeypatch.setenv("DLTEXT_HOME", str(trained[0]))
    spec, said = spec_of(lasting_reviews, base="mine", frozen_layers=1), []
    pipeline = EncoderPipeline(spec, tmp_path, lambda kind, /, **values: said.append(values), lambda: False)
    pipeline.read()
    pipeline.prepare()
    (fact,) = pipeline.late_facts()
    assert fact.startswith("The finished model answers with the vectors and the first layer of mine, which stays as it")
    pipeline.trainer = pipeline.network()
    changed = pipeline.trainer.model.get_layer("layer_1_forward_inner").bias
    changed.assign(changed + 0.01)
    pipeline.export(tmp_path / "bundle")
    serving = bundle_format.read(tmp_path / "bundle")["serving"]
    assert (serving["base"], serving["base_layers"]) == ("mine", 1)
    assert serving["shrunk"] < 0.1  # both halves together, beside the network
    assert "This model answers with the vectors and the first layer of mine" in said[-1]["text"]
    assert pipeline.measure(tmp_path / "bundle").metrics["accuracy"] > 0.9
    pipeline.settings = dataclasses.replace(pipeline.settings, prune=True)
    assert pipeline.late_facts() == ()


def test_long_texts_can_be_trained_on_in_windows(trained, lasting_reviews, tmp_path, monkeypatch, uncompiled):
    """Each window with the label of its text; what is validated are texts, by all windows that serving reads."""
    monkeypatch.setenv("DLTEXT_HOME", str(trained[0]))
    spec = spec_of(lasting_reviews, base="mine", windows=3, max_tokens=5, class_weights=True)
    pipeline = EncoderPipeline(spec, tmp_path, lambda kind, /, **values: None, lambda: False)
    pipeline.read()
    pipeline.keep_sample(40)
    long = "the plot is dull and the cast is tired and the film is long and not warm and not clever"  # 19 pieces
    pipeline.train = dataclasses.replace(pipeline.train, texts=[long, *pipeline.train.texts[1:]])
    pipeline.validation = dataclasses.replace(pipeline.validation, texts=[*pipeline.validation.texts[:-1], long])
    pipeline.prepare()
    train, held = pipeline.prepared.train, pipeline.prepared.validation
    assert len(pipeline.train) + 2 <= len(train)
    assert train.ids.lengths.max() == 5
    assert len(train.targets) == len(train.weights) == len(train)
    assert (train.targets[:3] == train.targets[0]).all()
    assert len(held.targets) == len(pipeline.validation) < len(held)
    assert (held.documents == len(pipeline.validation) - 1).sum() == 4  # 19 pieces in windows of five
    assert pipeline.further()[0] == round(pipeline._whole * (len(train) / len(pipeline.train) - 1)) > 0
    assert "in up to 3 windows" in pipeline.late_warnings(pipeline.check_data())[0]
    pipeline.trainer = pipeline.network()
    pipeline.export(tmp_path / "bundle")
    served = open_classifier("", str(tmp_path / "bundle"))
    probabilities = api.analyse(long, model=str(tmp_path / "bundle")).probabilities
    validated = predict_part(pipeline.trainer.model, held)[-1]
    expected = log_softmax((validated / served.target.temperature)[None])[0]
    np.testing.assert_allclose(np.log(list(probabilities.values())), expected, atol=0.1)
    np.testing.assert_allclose(pipeline.logits([long])[0], validated, atol=1e-4)
