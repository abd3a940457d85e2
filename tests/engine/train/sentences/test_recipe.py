"""From texts to a model that turns sentences into vectors."""

import csv

import numpy as np
import pytest

for package in ("keras", "onnx"):
    pytest.importorskip(package, reason="training needs the [train] extra")

import keras  # noqa: E402

from dltext.engine import api, model_store  # noqa: E402
from dltext.engine.results import JobSpec, UserError  # noqa: E402
from dltext.engine.tasks.encoder.model import MOST_SENTENCES, open_encoder  # noqa: E402
from dltext.engine.train import checkpoint  # noqa: E402
from dltext.engine.train import run as running  # noqa: E402
from dltext.engine.train.sentences import recipe  # noqa: E402

SETTINGS = {
    "units": 8, "embedding_size": 8, "epochs": 2, "batch_size": 32, "min_count": 1, "sampled": 4, "expansion": "",
    "compute": "float32", "learning_rate": 0.02, "max_words": 8,
}  # fmt: skip
ANIMALS, PLACES = ("cat", "dog", "cow", "hen"), ("barn", "house", "field", "road")


def write(folder):
    """Stories in which a sentence's animal and place are those of its neighbours."""
    rows = [
        [f"The {a} sees the {p}.<br />It is the {a}. There is a {p}! Now the {a} leaves the {p}. {number}"]
        for number, (a, p) in enumerate((a, p) for a in ANIMALS for p in PLACES for _ in range(3))
    ]
    path = folder / "stories.csv"
    with path.open("w", newline="") as stream:
        csv.writer(stream).writerows([["text"], *rows])
    return path


def spec_of(data, **settings):
    return api.validate(JobSpec("skip-thought", str(data), SETTINGS | settings, seed=2, name="mine"))


def pipeline(spec, folder, should_stop=lambda: False):
    folder.mkdir(parents=True, exist_ok=True)
    return recipe.SkipThoughtPipeline(spec, folder, lambda kind, /, **values: None, should_stop)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """Its home, its texts, what the run said, how it ended."""
    home = tmp_path_factory.mktemp("home")
    texts, events = write(home), []
    (home / "vectors").mkdir()
    rng = np.random.default_rng(0)
    words = ["cat", "dog", "cow", "hen", "barn", "house", "field", "road", "the", "is", "goat", "zebra", "x1"]
    np.savez(home / "vectors" / "few.npz", words=np.array("\n".join(words)), vectors=rng.normal(size=(len(words), 3)))
    with pytest.MonkeyPatch.context() as patch:
        compiled = keras.Model.compile
        patch.setattr(keras.Model, "compile", lambda m, *a, **how: compiled(m, *a, **{**how, "run_eagerly": True}))
        patch.setenv("DLTEXT_HOME", str(home))
        patch.delenv("DLTEXT_DATA", raising=False)
        outcome = running.execute(
            spec_of(texts, expansion="few", compute="bfloat16"),
            home / "run",
            lambda kind, /, **values: events.append((kind, values)),
            lambda: False,
        )
    return home, texts, events, outcome


@pytest.fixture
def at_home(trained, monkeypatch):
    monkeypatch.setenv("DLTEXT_HOME", str(trained[0]))
    return trained


def test_its_run_says_how_well_it_predicts(at_home):
    _, _, events, outcome = at_home
    start = next(values for kind, values in events if kind == "start")
    assert start["floor"]["name"] == "frequencies of words"
    assert start["examples"]["train"] == 38 * 3  # of 48 stories of five sentences
    rows = [values["validation"] for kind, values in events if kind == "epoch"]
    assert rows[1]["loss"] < rows[0]["loss"]
    assert outcome["metrics"]["test_perplexity"] < 1.5 * start["floor"]["perplexity"]
    card = model_store.info("mine").card
    assert card["serving"]["parity"] <= 1e-5
    assert card["task"] == "sentences"
    assert not list((at_home[0] / "run").glob("sentences-*"))


def test_it_knows_words_of_the_vectors_too(at_home):
    card = model_store.info("mine").card
    assert card["data"]["further_words"] == 2  # x1 is no word
    opened = open_encoder("mine")
    assert opened.known("a goat and a zebra") == pytest.approx(4 / 5)  # "and" is nowhere
    goat, zebra, other = opened.vectors(["the goat", "the zebra", "the quagga"])
    assert not np.allclose(goat, zebra)
    assert not np.allclose(goat, other)


def test_a_text_is_the_mean_of_its_sentences(at_home):
    opened = open_encoder("mine")
    parts = ["The cat sees the barn.", "It is the cat."]
    together, *alone = opened.vectors([" ".join(parts), *parts])
    assert together @ (alone[0] + alone[1]) / np.linalg.norm(alone[0] + alone[1]) > 0.9
    # Sentence by sentence: what stands in one says nothing to another.
    np.testing.assert_allclose(opened.vectors([" ".join(reversed(parts))])[0], together, atol=1e-5)
    assert np.isfinite(opened.vectors(["The cat sees. " * 10 * MOST_SENTENCES])).all()
    assert not opened.vectors([""]).any()


def test_the_graph_answers_as_the_network(tmp_path, home):
    made = pipeline(spec_of(write(tmp_path)), tmp_path / "run")
    made.read()
    made.trainer = made.network()
    network = made.trainer.model
    for weight in network.trainable_variables:  # biases, too
        weight.assign(np.random.default_rng(len(weight.path)).normal(0, 0.5, weight.shape))
    weights = recipe.graph.encoder_weights(recipe.onnx_graphs.by_path(network), network.name)
    mean = made._mean(network)
    assert made.difference(recipe.graph.draw(weights, mean, small=False), network, mean) < 1e-5
    assert made.difference(recipe.graph.draw(weights, mean, small=True), network, mean) < 0.2


@pytest.mark.usefixtures("uncompiled")
def test_stopped_and_resumed_equals_never_stopped(tmp_path, home):
    spec = spec_of(write(tmp_path), dropout=0.2, batch_size=64, max_words=4)

    weights, attempts = [], []
    for folder, stop_after in ((tmp_path / "a", 10**9), (tmp_path / "b", 3)):
        made = pipeline(spec, folder)
        made.read()
        ended = []
        while not any(ended):  # each time with a new network, as in a new process
            trainer, steps = made.network(), iter(range(10**9))
            trainer.should_stop = lambda steps=steps, most=stop_after: next(steps) >= most
            ended.append(trainer.run())
        weights.append(checkpoint.arrays(trainer.model.variables))
        attempts.append(len(ended))
    assert attempts == [1, 2], "4 steps, 3 at a time"
    for one, other in zip(*weights, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)


def test_commands(at_home, run, tmp_path):
    (tmp_path / "texts.csv").write_text('id,text\na,The cat sees.\n"b,c",Now the dog leaves.\n')
    asked = ("embed", "--in", str(tmp_path / "texts.csv"), "--model", "mine")
    for suffix in ("npz", "csv"):
        assert run(*asked, "--out", str(tmp_path / f"v.{suffix}")).code == 0
    with (tmp_path / "v.csv").open(newline="") as stream:
        head, *rows = csv.reader(stream)
    assert (head[:2], len(head)) == (["id", "v1"], 9)
    assert [row[0] for row in rows] == ["a", "b,c"]
    with np.load(tmp_path / "v.npz") as written:
        np.testing.assert_allclose([[float(cell) for cell in row[1:]] for row in rows], written["vectors"], atol=1e-5)
    near = run("similarity", "The cat sees.", "The cat sees.", "--model", "mine").out.split()
    assert near == ["cosine", "1.0000"]
    (method,) = [each for each in api.search_methods("en") if each.name == "sentence"]
    assert (method.model, method.problem) == ("mine", "")
    answer = run("search", "the cow", "--method", "sentence", "--data", str(at_home[1]), "--json").objects[0]
    assert answer["model"] == "mine"
    assert answer["hits"]
    # Nobody has asked for it: the mixture goes on with what it went on with.
    assert next(each.model for each in api.search_methods("en") if each.name == "mixture") != "mine"
    unknown = api.search("qqq zzz", str(at_home[1]), "sentence")
    assert any("knows none of the query's words" in note for note in unknown.notes)


@pytest.mark.usefixtures("uncompiled")
def test_chinese_is_read_by_characters(tmp_path, home):
    rows = [f"我看见{a}。{a}在家里！它喜欢{b}。{b}很好。" for a in ("小猫", "小狗", "牛") for b in ("鱼", "水")] * 10
    (tmp_path / "texts.csv").write_text("\n".join(["text", *rows]) + "\n")
    assert (
        running.execute(
            spec_of(tmp_path / "texts.csv", epochs=1), tmp_path / "run", lambda kind, /, **values: None, lambda: False
        )["bundle"]
        == "mine"
    )
    opened = open_encoder("mine")
    assert opened.language == "zh"
    assert opened.known("小猫") == 1
    assert opened.known("小象") == 0.5


def test_texts_of_one_sentence_are_refused(tmp_path, home):
    rows = [f"The cat number {n} sleeps." for n in range(200)]
    (tmp_path / "lines.csv").write_text("\n".join(["text", *rows]) + "\n")
    made = pipeline(spec_of(tmp_path / "lines.csv"), tmp_path / "run")
    made.read()
    with pytest.raises(UserError, match="has 0 sentences between two others of the same text"):
        made.measure_baseline()
    with pytest.raises(UserError, match="no vectors 'nowhere'"):
        pipeline(spec_of(tmp_path / "lines.csv", expansion="nowhere"), tmp_path / "run").read()
