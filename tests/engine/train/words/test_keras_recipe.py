"""word2vec in Keras from a file of texts to a bundle: events, stopping, resuming, bad input."""

import json

import numpy as np
import pytest

from dltext.data.errors import UserError
from dltext.engine import bundle_format, registry
from dltext.engine.results import JobSpec
from dltext.engine.tasks.words import model as vectors
from dltext.engine.train import checkpoint, run
from dltext.engine.train.words import corpus as corpora
from dltext.engine.train.words import keras_recipe
from dltext.engine.train.words.keras_trainer import SamplingTrainer
from dltext.engine.train.words.texts import open_texts

pytest.importorskip("keras", reason="training needs the [train] extra")

SMALL = {
    "vector_size": 16,
    "min_count": 3,
    "subsampling": 0,
    "epochs": 3,
    "batch_size": 256,
    "learning_rate": 0.05,
    "sentences": True,
}


def spec_of(recipe, texts, **changes):
    return JobSpec(recipe, str(texts), {**SMALL, **changes}, name="own-words")


def do(spec, folder, stop=lambda: False):
    """Answer and events of a run."""
    folder.mkdir(exist_ok=True)
    events = []
    answer = run.execute(spec, folder, lambda kind, **values: events.append((kind, values)), stop)
    return answer, events


def of(events, kind):
    return [values for name, values in events if name == kind]


def stopping(after):
    """True once it has been asked ``after`` times."""
    asked = iter(range(10**9))
    return lambda: next(asked) >= after


@pytest.mark.parametrize("recipe", ["word2vec-skipgram", "word2vec-cbow"])
def test_a_run_tells_what_it_does_and_makes_a_bundle(recipe, texts, tests_of_words, tmp_path):
    answer, events = do(spec_of(recipe, texts), tmp_path / "run")
    assert answer["state"] == "done"
    (start,) = of(events, "start")
    assert start["unit"] == "pairs"
    assert set(start["measures"]) == {"wordsim353", "analogies"}
    assert start["examples"]["vocabulary"] > 20
    epochs = of(events, "epoch")
    assert [row["epoch"] for row in epochs] == [1, 2, 3]
    losses = [row["train"]["loss"] for row in epochs]
    assert losses[-1] < losses[0] < 6 * np.log(2) + 0.01
    assert "accuracy" not in epochs[0]["train"]
    assert -1 <= epochs[-1]["validation"]["wordsim353"] <= 1
    assert [row["best"] for row in epochs] == [False, False, True]
    assert epochs[0]["learning_rate"] > epochs[-1]["learning_rate"] == pytest.approx(1e-4)
    assert all(row["rate"] > 0 for row in epochs)

    loaded = vectors.load(answer["bundle"])
    assert loaded.card["recipe"] == recipe
    assert loaded.card["versions"]["backend"]
    assert loaded.size == 16
    assert "." in loaded.words[:3]
    assert bundle_format.read(tmp_path / "run" / "bundle" if (tmp_path / "run" / "bundle").exists() else loaded.folder)
    report = json.loads((tmp_path / "run" / "report.json").read_text())
    assert len(report["history"]) == 3


def test_words_of_a_topic_end_near_each_other(texts, tmp_path):
    answer, _ = do(spec_of("word2vec-skipgram", texts, epochs=8), tmp_path / "run")
    loaded = vectors.load(answer["bundle"])
    rows = [loaded.find(word) for word in ("purrs", "meows", "whiskers", "barks", "wags", "fetches")]
    unit = loaded.unit(rows)
    cosines = unit @ unit.T
    assert min(cosines[0, 1], cosines[0, 2], cosines[3, 4]) > cosines[:3, 3:].max()


@pytest.mark.parametrize(
    ("recipe", "changes"),
    [("word2vec-skipgram", {}), ("word2vec-cbow", {"objective": "full softmax", "tables": "shared"})],
    ids=["skipgram", "cbow"],
)
def test_stopped_and_resumed_equals_never_stopped(recipe, changes, texts, tmp_path):
    spec = spec_of(recipe, texts, **changes)
    settings = registry.settings_of(recipe, spec.settings)
    corpus = corpora.prepare(open_texts(spec), settings, tmp_path, lambda *a, **k: None, lambda: False)
    words, counts = corpus.vocabulary(settings.vocabulary_size, settings.min_count)
    ids, starts = keras_recipe.encode(corpus, words, tmp_path / "encoded", lambda *a, **k: None, lambda: False)

    def trainer(folder, stop=lambda: False):
        folder.mkdir(exist_ok=True)
        model = keras_recipe.build(recipe, settings, len(words), 7)
        sampler = keras_recipe.sampler_of(settings, ids, starts, counts, 7, tokens=3000)
        assert len(sampler) > 2
        return SamplingTrainer(model, settings, sampler, words, should_stop=stop, folder=folder)

    straight = trainer(tmp_path / "a")
    assert straight.run()
    runs = 0
    while True:  # each time a new model in the place of a new process, with other first vectors
        broken = trainer(tmp_path / "b", stopping(40))
        runs += 1
        if broken.run():
            break
    assert runs > 2
    for one, other in zip(
        checkpoint.arrays(straight.model.weights), checkpoint.arrays(broken.model.weights), strict=True
    ):
        np.testing.assert_array_equal(one, other)
    for a, b in zip(straight.progress.history, broken.progress.history, strict=True):
        assert a["train"]["loss"] == pytest.approx(b["train"]["loss"], rel=1e-9)


def test_a_stopped_run_says_so_and_goes_on_where_it_was(texts, tmp_path):
    spec = spec_of("word2vec-skipgram", texts, epochs=2)
    answer, events = do(spec, tmp_path / "run", stopping(60))
    assert answer == {"state": "cancelled", "bundle": None, "metrics": {}, "message": "stopped; it can be resumed"}
    assert of(events, "checkpoint")
    answer, events = do(spec, tmp_path / "run")
    assert answer["state"] == "done"
    assert not any("numbers" in row.get("message", "") for row in of(events, "state")), "encoded a second time"


def test_stopped_while_words_become_numbers_nothing_half_is_left(texts, tmp_path):
    spec = spec_of("word2vec-skipgram", texts)
    settings = registry.settings_of(spec.recipe, spec.settings)
    quiet = lambda *a, **k: None  # noqa: E731
    corpus = corpora.prepare(open_texts(spec), settings, tmp_path, quiet, lambda: False)
    words, counts = corpus.vocabulary(20, 1)
    with pytest.raises(corpora.StopRequested):
        keras_recipe.encode(corpus, words, tmp_path / "encoded", quiet, stopping(1))
    ids, starts = keras_recipe.encode(corpus, words, tmp_path / "encoded", quiet, lambda: False)
    assert len(ids) == corpus.words == starts[-1]
    np.testing.assert_array_equal(np.bincount(ids[ids >= 0]), counts)
    assert [words[row] if row >= 0 else None for row in ids[: starts[1]]] == [
        word if word in words else None for word in next(corpus.lines())
    ]


def test_a_loss_that_is_no_number_ends_the_run_with_advice(texts, tmp_path, monkeypatch):
    monkeypatch.setattr("dltext.engine.train.words.keras_trainer.make_step", lambda *a: lambda *b: float("nan"))
    with pytest.raises(FloatingPointError, match="lower learning rate"):
        do(spec_of("word2vec-skipgram", texts), tmp_path / "run")


def test_a_full_softmax_over_many_words_is_warned_of():
    settings = registry.settings_of("word2vec-cbow", {"objective": "full softmax"})
    assert not keras_recipe.warnings(settings, 20_000)
    (sentence,) = keras_recipe.warnings(settings, 30_000)
    assert "30,000 words will be slow: each window needs a score" in sentence
    assert not keras_recipe.warnings(registry.settings_of("word2vec-cbow", {}), 30_000)


@pytest.mark.parametrize("recipe", ["word2vec-skipgram", "word2vec-cbow"])
def test_preflight_estimates_time_and_memory(recipe, texts, tests_of_words, monkeypatch):
    monkeypatch.setattr(keras_recipe, "TIMED_SECONDS", 0.2)
    preflight = run.preflight(spec_of(recipe, texts, tables="shared"))
    assert preflight.floor is None
    assert 0 < preflight.seconds < 3600
    assert preflight.memory > 400e6
    assert preflight.parameters % 16 == 0
    assert 20 * 16 < preflight.parameters < 60 * 16
    assert any("WordSim-353" in sentence for sentence in preflight.facts)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"end_learning_rate": 0.5}, "The last learning rate must not be higher than the first"),
        ({"tables": "three"}, "must be one of two, shared"),
        ({"min_count": 100_000}, "occur at least 100000 times"),
    ],
)
def test_bad_settings_are_refused_in_a_sentence(changes, sentence, texts, tmp_path):
    with pytest.raises(UserError, match=sentence):
        do(spec_of("word2vec-skipgram", texts, **changes), tmp_path / "run")
