"""A language model trained on from another: what is taken, how the texts are parted, and what is refused."""

import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

pytest.importorskip("keras", reason="training needs the [train] extra")

from dltext.engine import api, model_store, registry
from dltext.engine.results import JobSpec, UserError
from dltext.engine.tasks import table
from dltext.engine.train import recurrent_weights
from dltext.engine.train import run as running
from dltext.engine.train.language import start
from dltext.engine.train.language.corpus import LanguageCorpus
from dltext.engine.train.onnx_graphs import by_path
from dltext.tests.engine.train.language.test_ngram import lines

SMALL = {"units": 9, "embedding_size": 8, "layers": 2, "steps": 4, "batch_size": 16, "sample_length": 0, "floor": False}
ONCE = {"epochs": 1, "learning_rate": 0.02, "dropout": 0.0, "embedding_dropout": 0.0, "state_dropout": 0.0}
VARIANTS: list[tuple[str, dict[str, Any]]] = [
    ("word-lstm", {"units": 7, "embedding_size": 6}),
    ("word-lstm", {"units": 7, "embedding_size": 6, "cell": "gru", "tied": False, "layers": 1}),
    ("char-rnn", {"units": 7, "embedding_size": 6, "cell": "simple", "tied": False, "output": "adaptive"}),
    ("nnlm", {"embedding_size": 6, "hidden": 5, "context": 3}),
    ("transformer-lm", {"size": 8, "heads": 2, "hidden": 9, "layers": 2, "memory": 4}),
]


@pytest.mark.parametrize("small", [False, True], ids=["float32", "int8"])
@pytest.mark.parametrize(("recipe", "changes"), VARIANTS, ids=[f"{n}-{row[0]}" for n, row in enumerate(VARIANTS)])
def test_a_graph_gives_the_weights_back_that_it_was_drawn_from(
    recipe: str, changes: dict[str, Any], small: bool, tmp_path: Path
) -> None:
    settings = registry.settings_of(recipe, changes)
    row = table.RECIPES[recipe]
    network = registry.load(row.build)(settings, 21, 2, 6)
    rng = np.random.default_rng(2)
    for variable in network.trainable_variables:
        variable.assign(rng.normal(0, 0.3, variable.shape))
    draw = registry.load(row.pipeline).draw
    weights = by_path(network)
    (tmp_path / "model.onnx").write_bytes(drawn := draw(settings, weights, small))
    card = {"settings": changes, "serving": {"model": "model.onnx"}}
    back = recurrent_weights.weights_of(tmp_path, card)
    for variable in network.trainable_variables:
        largest = np.abs(weights[variable.path]).max()
        np.testing.assert_allclose(
            back[variable.path], weights[variable.path], atol=largest / 127 if small else 0, err_msg=variable.path
        )
    again = draw(settings, {**weights, **back}, small)
    assert len(again) == len(drawn)
    (tmp_path / "model.onnx").write_bytes(again)
    for path, values in recurrent_weights.weights_of(tmp_path, card).items():
        np.testing.assert_allclose(values, back[path], rtol=1e-5, atol=1e-7)


def train(folder: Path, data: Path, seed: int = 2, recipe: str = "word-lstm", **settings: Any) -> dict[str, Any]:
    spec = api.validate(JobSpec(recipe, str(data), {**SMALL, **ONCE, **settings}, seed=seed, name=folder.name))
    folder.mkdir()
    return running.execute(spec, folder, lambda kind, /, **values: None, lambda: False)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with texts, and the bundle of a model that has learnt from them."""
    folder = tmp_path_factory.mktemp("trained")
    file = folder / "texts.csv"
    file.write_text("text\n" + "".join(f"{line}\n" for line in lines(1500)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DLTEXT_HOME", str(folder / "home"))
        train(folder / "first", file)
    return folder


@pytest.fixture
def texts(trained: Path, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The texts; the model stands in the store of the test."""
    monkeypatch.setattr("dltext.engine.model_store.ZOO", tmp_path / "zoo")
    shutil.copytree(trained / "home" / "models" / "first", home / "models" / "first")
    return trained / "texts.csv"


def test_a_model_is_trained_on_from_its_int8_weights(texts: Path, tmp_path: Path) -> None:
    first = model_store.info("first").card
    assert "weights.npz" not in first["files"]
    # A step of next to nothing: what the second answers is what the first answered.
    train(tmp_path / "second", texts, seed=5, initial="first", learning_rate=1e-7, keep_weights=True)
    second = model_store.info("second").card
    assert second["metrics"][0]["perplexity"] == pytest.approx(first["metrics"][0]["perplexity"], rel=0.02)
    assert second["metrics"][0]["tokens"] == first["metrics"][0]["tokens"]
    assert second["data"]["division_seed"] == 2, "what was held out then is held out now"
    assert "continued from first, which had learnt from texts.csv" in second["metrics"][0]["protocol"]
    folders = [model_store.folder_of(name) for name in ("first", "second")]
    assert len({(folder / "tokenizer.json").read_bytes() for folder in folders}) == 1
    exact = recurrent_weights.weights_of(folders[1], second)
    (folders[1] / "weights.npz").rename(tmp_path / "weights.npz")
    rounded = recurrent_weights.weights_of(folders[1], second)
    assert exact.keys() == rounded.keys()
    assert 0 < np.abs(exact["units/embeddings"] - rounded["units/embeddings"]).max() < 0.1


@pytest.mark.long  # what it begins with, the test above shows
def test_one_that_was_trained_on_is_trained_on_again_and_learns(texts: Path, tmp_path: Path) -> None:
    train(tmp_path / "second", texts, seed=5, initial="first", learning_rate=1e-7)
    train(tmp_path / "third", texts, seed=9, initial="second", epochs=2)
    second, third = (model_store.info(name).card for name in ("second", "third"))
    assert third["data"]["division_seed"] == 2
    assert third["metrics"][0]["perplexity"] < 0.97 * second["metrics"][0]["perplexity"]


def test_what_does_not_fit_is_refused_before_the_run(texts: Path, tmp_path: Path) -> None:

    def refused(message: str, recipe: str = "word-lstm", **settings: Any) -> None:
        with pytest.raises(UserError, match=message):
            api.validate(JobSpec(recipe, str(texts), {**SMALL, "initial": "first", **settings}, name="no"))

    refused(r"set units \(Hidden units\) to 9 and tied \(Tied output\) to true\.$", units=12, tied=False)
    refused(r"set unit \(Units\) to words\.$", unit="characters")
    refused(r"set unit \(Units\) to words\.$", recipe="char-rnn", tied=True)
    with pytest.raises(UserError, match=r"of the recipe word-lstm: train on from it with that, not nnlm"):
        api.validate(JobSpec("nnlm", str(texts), {"initial": "first"}, name="no"))
    other = tmp_path / "other.csv"
    other.write_text("text\n" + "".join(f"{line[::-1]}\n" for line in lines(1500)))
    with pytest.raises(UserError, match=r"first knows .* % of the words of .*other.csv, too few"):
        train(tmp_path / "no", other, initial="first")


def test_a_classifier_starts_from_a_language_model(texts: Path, tmp_path: Path) -> None:
    from dltext.engine.train.classify.from_language import load_language_start

    subjects = [(f"{'The' if n % 2 else 'the'} {animal}", animal, n) for n in range(30) for animal in ("cat", "dog")]
    rows = [f"{subject} hears zebras {n},{animal}" for subject, animal, n in subjects]
    data = tmp_path / "animals.csv"
    data.write_text("text,label\n" + "\n".join(rows) + "\n")
    settings = {"units": 9, "layers": 2, "epochs": 2, "learning_rate": 0.05, "floor": False, "initial": "first"}
    spec = api.validate(JobSpec("lstm", str(data), settings, name="animals"))
    (tmp_path / "run").mkdir()
    events: list[tuple[str, dict[str, Any]]] = []
    outcome = running.execute(
        spec, tmp_path / "run", lambda kind, /, **values: events.append((kind, values)), lambda: False
    )
    assert outcome["state"] == "done"
    said = [values["text"] for kind, values in events if kind == "message"]
    assert any("From first come the vectors of 4 of" in text and "1 of 2 recurrent layers" in text for text in said)

    begun, prepared, settled = taken("first", settings)
    given = load_language_start("first")
    table, names = np.asarray(begun.get_layer("embedding").embeddings), list(prepared)
    for word in ("the", "cat", "hears", "dog"):
        np.testing.assert_array_equal(table[names.index(word)], given.vectors([word])[0][0])
    np.testing.assert_array_equal(begun.get_layer("lstm").cell.recurrent_kernel, given.weights["layer_0/recurrent"])
    assert settled.embedding_size == 8

    # The finished bundle needs nothing of the language model.
    model_store.remove("first")
    assert api.analyse("the dog hears", "classify", "animals").label in ("cat", "dog")


def taken(name: str, changes: dict[str, Any]) -> tuple[Any, list[str], Any]:
    """A network that begins with what the language model ``name`` gives, its vocabulary and its settings."""
    from types import SimpleNamespace

    from dltext.engine.text import tokenizer as tok
    from dltext.engine.train.classify.from_language import load_language_start
    from dltext.engine.train.classify.start import network

    given = load_language_start(name)
    settings = given.settled(registry.settings_of("lstm", changes))
    tokenizer = tok.build(tok.count_tokens(["the cat hears the dog", "zebras"]), 100)
    prepared: Any = SimpleNamespace(
        vectors=None,
        vocabulary_size=tokenizer.get_vocab_size(),
        objective=SimpleNamespace(outputs=2),
        labels=("a", "b"),
        tokenizer=tokenizer,
    )
    return network("lstm", settings, prepared, 1, given), tok.words(tokenizer), settings


def test_a_classifier_of_other_sizes_is_refused(texts: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"layers of 9 LSTM units: .* set units \(Hidden units\) to 9"):
        taken("first", {"units": 12})
    network, names, _ = taken("first", {"units": 9, "bidirectional": True})
    assert network.get_layer("bidirectional").forward_layer.cell.units == 9
    assert names[0] == "[PAD]"


@pytest.mark.parametrize("whole", [True, False])
def test_of_one_long_text_what_chose_may_be_learnt_from_at_last(whole: bool) -> None:
    """Its test part stays where it was; of texts that are drawn all parts do."""
    source: Any = SimpleNamespace(sha256="same")
    corpus = LanguageCorpus(source, ("all",), {}, whole, 0.02, 0.3, seed=4)
    settings = registry.settings_of("word-lstm", {"validation_fraction": 0.02, "test_fraction": 0.3})
    card = {"data": {"sha256": "same", "seed": 1}, "settings": {"validation_fraction": 0.1, "test_fraction": 0.2}}
    initial = start.InitialLanguageModel("first", cast(Any, None), {}, card)
    divided, changed = initial.divide(corpus, settings)
    assert (divided.seed, divided.test_fraction, changed.test_fraction) == (1, 0.2, 0.2)
    assert divided.validation_fraction == changed.validation_fraction == (0.02 if whole else 0.1)
