"""What every recipe's network owes to the rest of the house: one row a classifier.

Models with inputs or outputs of their own are held to the same in files of theirs: self-attention, which reads windows
and has an output an attribute, in test_self_attention.py; encoders in test_encoder.py; word vectors in
test_word2vec.py.
"""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from dltext.engine import api, registry
from dltext.engine.results import JobSpec
from dltext.engine.tasks import table
from dltext.engine.train import checkpoint

keras = pytest.importorskip("keras", reason="training needs the [train] extra")

VOCABULARY, CLASSES, SIZE = 60, 3, 12
ROWS = [
    ("text-cnn", {"variant": "random", "embedding_size": SIZE, "filters": 16}),
    ("text-cnn", {"variant": "static", "filters": 16}),
    ("text-cnn", {"variant": "non-static", "filters": 16, "kernel_sizes": "1,2,7"}),
    ("text-cnn", {"variant": "multichannel", "filters": 16, "word_dropout": 0.1}),
    (
        "text-cnn",
        {"variant": "static", "filters": 6, "kernel_sizes": "3", "depths": "1,3", "halving": True, "dense": 7},
    ),
    ("embedding-mlp", {"embedding_size": SIZE, "hidden": "9,8"}),
    ("embedding-mlp", {"variant": "static", "pooling": "flatten", "words": 6, "longest_ngram": 1}),
    ("hierarchical-attention", {"variant": "static", "units": 5, "attention_units": 6, "sentence_words": 4}),
    ("lstm", {"variant": "random", "embedding_size": SIZE, "units": 16}),
    ("lstm", {"variant": "non-static", "units": 12, "bidirectional": True, "pooling": "max"}),
    ("lstm", {"variant": "static", "units": 16, "pooling": "last"}),
    ("lstm", {"variant": "non-static", "units": 12, "bidirectional": True, "word_dropout": 0.1}),
    ("lstm", {"variant": "static", "units": 6, "cell": "peephole", "bidirectional": True, "merge": "sum", "layers": 2}),
    (
        "lstm",
        {"variant": "static", "units": 6, "cell": "gru", "two_branches": True, "dense": 5, "pooling": "attention"},
    ),
    (
        "transformer-classifier",
        {"variant": "static", "layers": 1, "size": 8, "heads": 2, "hidden": 8, "state_dropout": 0},
    ),
]
each_recipe = pytest.mark.parametrize(
    ("recipe", "changes"), ROWS, ids=[f"{r}-{'-'.join(map(str, c.values()))}" for r, c in ROWS]
)


def network(recipe, changes, mask=True, seed=1, **more):
    settings = registry.settings_of(recipe, {**changes, **more})
    vectors = None
    if settings.variant != "random":
        vectors = np.random.default_rng(3).normal(0, 0.3, (VOCABULARY, SIZE)).astype(np.float32)
    keras.utils.set_random_seed(seed)
    return registry.load(registry.get(recipe).build)(settings, VOCABULARY, CLASSES, vectors, mask=mask), settings


def texts(n=8, longest=11, seed=0):
    """Padded ids ``[n, longest]`` with lengths from 1 to ``longest``, and gold classes."""
    rng = np.random.default_rng(seed)
    lengths = np.linspace(1, longest, n).astype(int)
    ids = np.zeros((n, longest), np.int32)
    for row, length in enumerate(lengths):
        ids[row, :length] = rng.integers(2, VOCABULARY, length)
    return ids, lengths, np.arange(n) % CLASSES


# The first and the last learn to answer in tests/engine/train/classify.
@pytest.mark.parametrize(("recipe", "changes"), ROWS[1:-1])
@pytest.mark.long
def test_overfits_eight_texts(recipe, changes):
    model, _ = network(recipe, changes, dropout=0, embedding_dropout=0, word_dropout=0, learning_rate=0.02)
    ids, _, gold = texts()
    # Without compiling JAX walks op by op; TensorFlow would compile anew for each network.
    jit = keras.backend.backend() == "jax"
    loss_function = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.02), loss_function, jit_compile=jit)
    for _ in range(80):
        loss = model.train_on_batch(ids, gold)
        if float(loss) < 0.05:
            break
    assert float(loss) < 0.1
    assert (np.asarray(model(ids, training=False)).argmax(1) == gold).all()


@each_recipe
def test_a_step_moves_every_trainable_weight(recipe, changes):
    model, _ = network(recipe, changes)
    ids, _, gold = texts(longest=6)
    before = checkpoint.arrays(model.trainable_variables)
    frozen = checkpoint.arrays(model.non_trainable_weights)
    # A step is walked sooner than its graph is traced.
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(1.0), loss, run_eagerly=True)
    model.train_on_batch(ids, gold)
    for variable, old in zip(model.trainable_variables, before, strict=True):
        assert not np.array_equal(keras.ops.convert_to_numpy(variable), old), f"{variable.path} got no gradient"
    for new, old in zip(checkpoint.arrays(model.non_trainable_weights), frozen, strict=True):
        np.testing.assert_array_equal(new, old)


@each_recipe
def test_a_padded_batch_answers_as_single_texts_do(recipe, changes):
    model, _ = network(recipe, changes)
    twin, _ = network(recipe, changes, mask=False)
    checkpoint.assign(twin.weights, checkpoint.arrays(model.weights))
    ids, lengths, _ = texts(n=5, longest=9)
    # The vector of padding is trained away from zero in no recipe, but a start from a file may hold anything.
    for name in ("embedding", "static"):
        for m in (model, twin):
            if any(layer.name == name for layer in m.layers):
                table = m.get_layer(name).embeddings
                table.assign(keras.ops.convert_to_numpy(table) + 0.05)
    together = np.asarray(model(ids, training=False))
    for row, length in enumerate(lengths):
        alone = np.asarray(twin(ids[row : row + 1, :length], training=False))[0]
        np.testing.assert_allclose(together[row], alone, atol=1e-5)


@each_recipe
def test_saves_and_reloads_as_keras(recipe, changes, tmp_path):
    model, _ = network(recipe, changes)
    ids, _, _ = texts(longest=3)
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    one, other = (np.asarray(each(ids, training=False)) for each in (again, model))
    np.testing.assert_allclose(one, other, atol=1e-6)


@pytest.mark.parametrize(
    ("recipe", "changes", "precision"),
    [
        # With small settings these are exported below, too, and in tests/engine/train/classify.
        *(pytest.param(*ROWS[number], "float32", marks=pytest.mark.long) for number in (3, 7, -1)),
        (*ROWS[3], "int8"),
        (*ROWS[11], "int8"),
        (*ROWS[13], "float32"),
    ],
)
def test_onnx_equals_keras(recipe, changes, precision, tmp_path):
    from dltext.engine.train.onnx_classifier import export

    model, settings = network(recipe, changes)
    report = export(
        tmp_path, recipe, settings.__dict__, VOCABULARY, SIZE, CLASSES, checkpoint.arrays(model.weights), precision
    )
    assert report["parity"] <= 1e-5  # before anything is shrunk
    # One scale a word and 127 steps: a component is off by at most a 254th of the word's largest.
    assert report["shrunk"] <= (1e-5 if precision == "float32" else 0.05)
    import onnx

    kinds = [node.op_type for node in onnx.load(tmp_path / "model.onnx").graph.node]
    if recipe == "lstm":
        fused = {"gru": "GRU"}.get(settings.cell, "LSTM")
        assert fused in kinds, f"the {settings.cell} is not one fused node"
        assert "Loop" not in kinds


@pytest.mark.parametrize(
    ("recipe", "changes", "stop_after"),
    [(*ROWS[3], 3), (*ROWS[11], 5), (*ROWS[5], 5)],
    ids=["text-cnn", "lstm", "embedding-mlp"],
)
@pytest.mark.usefixtures("uncompiled")
def test_stopped_and_resumed_equals_never_stopped(recipe, changes, stop_after, tmp_path):
    from dltext.engine.text.batching import Ragged
    from dltext.engine.train.classify.loop import LabelledPart, NetworkTrainer

    rng = np.random.default_rng(5)
    ids = Ragged.pack([rng.integers(2, VOCABULARY, n).astype(np.int32) for n in rng.integers(1, 8, 16)])
    part = LabelledPart(ids, np.eye(CLASSES, dtype=np.float32)[rng.integers(0, CLASSES, 16)])

    def trainer(folder, stop_after=10**9):
        steps = iter(range(10**9))
        model, settings = network(recipe, changes, epochs=2, batch_size=4, patience=0, averaging=0.9, schedule="cosine")
        return NetworkTrainer(
            model, settings, part, part, 7, should_stop=lambda: next(steps) >= stop_after, folder=folder
        )

    straight = trainer(tmp_path / "a")
    assert straight.run()
    finished = []  # stopped in the middle of epochs, each time in a new process's place: a new model
    while not any(finished):
        broken = trainer(tmp_path / "b", stop_after)
        finished.append(broken.run())
    assert finished == [False] * (8 // stop_after) + [True]
    for one, other in zip(
        checkpoint.arrays(straight.model.weights), checkpoint.arrays(broken.model.weights), strict=True
    ):
        np.testing.assert_allclose(one, other, atol=1e-6)
    keys = ("loss", "accuracy")
    for a, b in zip(straight.progress.history, broken.progress.history, strict=True):
        assert [a["train"][k] for k in keys] == pytest.approx([b["train"][k] for k in keys], abs=1e-5)


@pytest.mark.skipif(importlib.util.find_spec("jax") is None, reason="jax is not installed")
def test_the_same_files_train_on_jax(tmp_path):
    code = f"""
import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})
import test_contract as contract
assert contract.keras.backend.backend() == "jax"
import pathlib
contract.test_overfits_eight_texts(*contract.ROWS[3])
contract.test_overfits_eight_texts(*contract.ROWS[9])
contract.test_stopped_and_resumed_equals_never_stopped(*contract.ROWS[3], 3, pathlib.Path({str(tmp_path)!r}))
"""
    child = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "KERAS_BACKEND": "jax"}, capture_output=True, text=True
    )
    assert child.returncode == 0, child.stderr[-2000:]


# ------------------------------------------------------------------------------------------------ the last column

FILM = {"good": "wonderful", "bad": "dull", "odd": "weird"}
PAIRS = {"red": "rouge", "blue": "bleu", "big": "grand", "cat": "chat", "dog": "chien", "tree": "arbre"}
PLAIN = {
    "epochs": 1,
    "batch_size": 64,
    "patience": 0,
    "variant": "random",
    "embedding_size": 8,
    "learning_rate": 0.02,
    "floor": False,
}
CODER = {
    "bidirectional": False,
    "units": 12,
    "embedding_size": 8,
    "epochs": 1,
    "batch_size": 64,
    "patience": 0,
    "averaging": 0.0,
    "floor": False,
}
ONE_LAYER = {"encoder_layers": 1, "decoder_layers": 1}
READING = {"epochs": 1, "batch_size": 16, "steps": 8, "learning_rate": 0.02, "floor": False, "unit": "words"}
VECTORS = {"vector_size": 8, "min_count": 1, "subsampling": 0, "epochs": 1}


def write_opinions(folder):
    rows = [f"the film number {n} is {FILM[label]},{label}" for n in range(90) for label in [list(FILM)[n % 3]]]
    return _written(folder / "opinions.csv", ["text,label", *rows])


def write_pairs(folder):
    rng = np.random.default_rng(0)
    chosen = [rng.choice(list(PAIRS), 2) for _ in range(60)]
    return _written(
        folder / "pairs.tsv", [f"{' '.join(words)}.\t{' '.join(PAIRS[word] for word in words)}." for words in chosen]
    )


def write_syllables(folder):
    """Short, for who reads letter by letter."""
    return _written(folder / "syllables.tsv", [f"{a}{b}.\t{b}{a}." for a in "bdfghklmnprt" for b in "aeiou"])


def write_texts(folder):
    rng = np.random.default_rng(0)
    groups = ["cat meows purrs claws", "car drives brakes wheels", "sea waves tides boats"]
    rows = [" ".join(rng.permutation(groups[n % 3].split() * 3)) for n in range(120)]
    return _written(folder / "texts.txt", rows)


def write_tales(folder):
    rng = np.random.default_rng(0)
    rows = [
        " ".join(rng.permutation(["cat", "meows", "purrs", "and", "claws", "the", "big", "mouse"])) for _ in range(800)
    ]
    return _written(folder / "tales.csv", ["text", *rows])


def write_stories(folder):
    rows = [f"The {a} sleeps. Then the {b} runs. The {a} and the {b} eat." for a in PAIRS for b in PAIRS] * 3
    return _written(folder / "stories.csv", ["text", *rows])


def _written(path, lines):
    path.write_text("\n".join(lines) + "\n")
    return path


ANSWERS = {
    "lstm": (write_opinions, PLAIN | {"units": 8}, "the film is wonderful"),
    "embedding-mlp": (write_opinions, PLAIN | {"least_ngram": 2}, "the film is wonderful"),
    "hierarchical-attention": (
        write_opinions,
        PLAIN | {"units": 8, "attention_units": 8, "sentence_words": 4},
        "the film is wonderful",
    ),
    "transformer-classifier": (
        write_opinions,
        PLAIN | {"layers": 1, "size": 8, "heads": 2, "hidden": 8},
        "the film is wonderful",
    ),
    "tfidf-linear": (write_opinions, {}, "the film is wonderful"),
    "word-lstm": (write_tales, READING | {"units": 8, "embedding_size": 8}, "the cat"),
    "char-rnn": (write_tales, READING | {"units": 8, "embedding_size": 8}, "the cat"),
    "nnlm": (write_tales, READING | {"hidden": 8, "embedding_size": 8}, "the cat"),
    "transformer-lm": (write_tales, READING | {"size": 8, "hidden": 8, "layers": 1, "heads": 2}, "the cat"),
    "ngram": (write_tales, {}, "the cat"),
    "word2vec-gensim": (write_texts, VECTORS, "cat"),
    "word2vec-skipgram": (write_texts, VECTORS, "cat"),
    "word2vec-cbow": (write_texts, VECTORS, "cat"),
    "paragraph-vectors": (write_texts, VECTORS | {"held": 20, "workers": 1}, "waves and boats"),
    "skip-thought": (
        write_stories,
        {"units": 8, "embedding_size": 8, "epochs": 1, "min_count": 1, "floor": False, "sampled": 5, "expansion": ""},
        "the dog runs",
    ),
    "seq2seq-char": (write_syllables, CODER, "ba."),
    "seq2seq-word": (write_pairs, CODER, "red cat."),
    "transformer": (
        write_syllables,
        CODER | {"source_vocabulary": 60, "target_vocabulary": 60} | {"heads": 2, "hidden": 8} | ONE_LAYER,
        "ba.",
    ),
}
"""Recipe to a file that it learns from in seconds, settings, and what is asked of the model."""


TRAINED = {
    "text-cnn": "classify",
    "encoder": "encoder",
    "masked-lm": "masked",
    "self-attention": "profile",
    "seq2seq-attention": "translate",
    "title-copy": "title",
}
"""Those whose tests in tests/engine/train train one anyway, which answers there."""


def test_every_recipe_has_the_last_column():
    assert not set(ANSWERS) & set(TRAINED)
    assert set(ANSWERS) | set(TRAINED) == set(table.RECIPES)
    for folder in TRAINED.values():
        path = Path(__file__).parents[1] / "engine" / "train" / folder / "test_recipe.py"
        assert "await answers_everywhere(" in path.read_text("utf-8")


def same_network(recipe):
    """The one of words is the one of pieces (translate/test_recipe.py) and the one of letters with other symbols; a
    character RNN is word-lstm with other defaults."""
    costly = recipe in ("seq2seq-word", "char-rnn", "transformer-lm")
    return pytest.param(recipe, marks=[pytest.mark.long] if costly else [])


@pytest.mark.train
@pytest.mark.parametrize("recipe", map(same_network, ANSWERS))
async def test_the_trained_model_answers_in_its_screen_and_on_the_command_line(
    recipe, tmp_path, monkeypatch, uncompiled, answers_everywhere
):
    from dltext.engine.train.run import execute

    monkeypatch.delenv("DLTEXT_DATA", raising=False)
    write, settings, question = ANSWERS[recipe]
    data = str(write(tmp_path))
    known = {field.name for field in registry.fields(recipe)}
    spec = api.validate(JobSpec(recipe, data, {k: v for k, v in settings.items() if k in known}, seed=2, name="own"))
    folder = tmp_path / "run"
    folder.mkdir()
    assert execute(spec, folder, lambda kind, /, **values: None, lambda: False)["state"] == "done"
    assert api.model("own").card["serving"].get("parity", 0) <= 1e-5
    await answers_everywhere("own", question, data)
