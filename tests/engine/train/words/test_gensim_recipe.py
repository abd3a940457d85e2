"""From texts to words that answer: in process, interrupted, killed, and refused."""

import json
import os
import signal
import time

import numpy as np
import pytest

for package in ("gensim", "keras"):
    pytest.importorskip(package, reason="training needs the [train] extra")

from dltext.engine import api, model_store  # noqa: E402
from dltext.engine.results import JobSpec, UserError  # noqa: E402
from dltext.engine.tasks.words import model  # noqa: E402
from dltext.engine.train import run  # noqa: E402

SETTINGS = {
    "vector_size": 16,
    "window": 4,
    "min_count": 3,
    "subsampling": 0.01,
    "epochs": 4,
    "learning_rate": 0.1,
    "workers": 1,
}


def spec_of(texts, name="animals", seed=3, **changes):
    return api.validate(JobSpec("word2vec-gensim", str(texts), {**SETTINGS, **changes}, seed=seed, name=name))


def heard():
    events = []
    return events, lambda kind, /, **values: events.append((kind, values))


def executed(spec, folder, stop=lambda: False):
    events, emit = heard()
    folder.mkdir(exist_ok=True)
    return run.execute(spec, folder, emit, stop), events


def similarity(name, one, other):
    loaded = model.load(name)
    a, b = loaded.unit([loaded.find(one), loaded.find(other)])
    return float(a @ b)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"architecture": "cbow", "epochs": 20, "learning_rate": 0.025},
        {"objective": "hierarchical softmax"},
        {"architecture": "cbow", "objective": "hierarchical softmax", "epochs": 20, "learning_rate": 0.025},
        {"workers": 2, "precision": "int8", "dynamic_window": False},
    ],
)
def test_texts_become_words_whose_neighbours_stand_near(texts, tmp_path, tests_of_words, changes):
    spec = spec_of(texts, **changes)
    outcome, events = executed(spec, tmp_path / "run")
    assert outcome["state"] == "done"
    assert outcome["bundle"] == "animals"
    assert similarity("animals", "meows", "purrs") > similarity("animals", "meows", "wheels") + 0.2
    start = dict(events)["start"]
    assert start["unit"] == "words"
    assert start["measures"] == {"wordsim353": "WordSim-353 ρ", "analogies": "analogies"}
    epochs = [values for kind, values in events if kind == "epoch"]
    assert [row["epoch"] for row in epochs] == list(range(1, spec.settings["epochs"] + 1))
    assert set(epochs[-1]["validation"]) == {"wordsim353", "analogies"}
    assert epochs[-1]["validation"]["wordsim353"] == pytest.approx(outcome["metrics"]["test_wordsim353"], abs=0.02)
    assert all("loss" not in row["train"] and "accuracy" not in row["train"] for row in epochs)
    ticks = [values for kind, values in events if kind == "tick"]
    assert len(ticks) == start["steps"] * spec.settings["epochs"]
    assert ticks[-1]["learning_rate"] == pytest.approx(spec.settings["end_learning_rate"], rel=0.01)
    assert ticks[-1]["seconds_left"] < ticks[0]["seconds_left"]


def test_the_card_says_where_the_numbers_come_from(texts, tmp_path, tests_of_words):
    outcome, _ = executed(spec_of(texts), tmp_path / "run")
    info = api.model("animals")
    assert (info.task, info.labels, info.recipe) == ("words", (), "word2vec-gensim")
    assert info.metrics["wordsim353"] == outcome["metrics"]["test_wordsim353"]
    assert info.metrics["wordsim353_known"] == info.metrics["wordsim353_pairs"] == 24
    assert info.metrics["analogies_questions"] == 16
    row = info.card["metrics"][0]
    assert "nothing was chosen by these tests" in row["protocol"]
    assert "dltext evaluate animals --data wordsim353" in row["protocol"]
    assert info.card["data"]["tokens"] > 10_000
    assert info.card["data"]["splits"] == ["all"]
    assert str(tmp_path) not in (model_store.folder_of("animals") / "card.toml").read_text()
    report = json.loads((tmp_path / "run" / "report.json").read_text())
    assert report["per_class"] == [{"label": "sounds", "accuracy": info.metrics["analogies"], "support": 16}]
    assert len(report["history"]) == 4
    loaded = model.load("animals")
    counts = np.load(model_store.folder_of("animals") / "counts.npy")
    assert list(counts) == sorted(counts, reverse=True)
    text = texts.read_text().lower().split()
    assert counts[loaded.find("cat")] == sum(word.strip(".") == "cat" for word in text)


def tables(name):
    return np.load(model_store.folder_of(name) / "vectors.npy")


@pytest.mark.parametrize("changes", [{}, {"architecture": "cbow", "objective": "hierarchical softmax"}])
def test_stopped_and_resumed_ends_as_one_undisturbed(texts, tmp_path, changes):
    straight, _ = executed(spec_of(texts, "straight", **changes), tmp_path / "straight")
    spec = spec_of(texts, "stopped", **changes)
    attempts = 0
    while True:
        events, emit = heard()
        attempts += 1
        # Each attempt ends in the middle of an epoch, after some shards more than the last.
        enough = lambda events=events: sum(kind == "tick" for kind, _ in events) >= 29  # noqa: E731
        (tmp_path / "stopped").mkdir(exist_ok=True)
        outcome = run.execute(spec, tmp_path / "stopped", emit, enough)
        if outcome["state"] == "done":
            break
        assert outcome["state"] == "cancelled"
        assert outcome["bundle"] is None
        assert attempts < 30
    assert attempts > 3
    assert straight["state"] == "done"
    np.testing.assert_array_equal(tables("straight"), tables("stopped"))
    report = json.loads((tmp_path / "stopped" / "report.json").read_text())
    assert [row["epoch"] for row in report["history"]] == [1, 2, 3, 4]


def test_each_word_is_read_once_an_epoch(texts, tmp_path, monkeypatch):
    read = []
    from gensim.models import Word2Vec

    real = Word2Vec._do_train_epoch

    def counted(self, path, *arguments, **named):
        answer = real(self, path, *arguments, **named)
        read.append((path.rpartition("/")[2], answer[2]))
        return answer

    monkeypatch.setattr(Word2Vec, "_do_train_epoch", counted)
    executed(spec_of(texts, workers=3, epochs=2), tmp_path / "run")
    shards = json.loads((tmp_path / "run" / "corpus" / "corpus.json").read_text())["shards"]
    assert len(shards) > 10
    assert sorted(read) == sorted((name, words) for name, words in shards for _ in range(2))


def test_stopping_while_texts_are_read_leaves_nothing_half(texts, tmp_path):
    outcome, _ = executed(spec_of(texts), tmp_path / "run", lambda: True)
    assert outcome["state"] == "cancelled"
    outcome, _ = executed(spec_of(texts), tmp_path / "run")
    assert outcome["state"] == "done"


def test_an_error_in_a_thread_is_told(texts, tmp_path, monkeypatch):
    from gensim.models import Word2Vec

    def broken(*arguments, **named):
        raise MemoryError

    monkeypatch.setattr(Word2Vec, "_do_train_epoch", broken)
    with pytest.raises(MemoryError):
        executed(spec_of(texts, workers=2), tmp_path / "run")


def _until(condition, seconds=60):
    end = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.02)
    return value


def test_killed_and_resumed_through_the_worker_ends_as_one_undisturbed(texts, monkeypatch):
    long = {"epochs": 25, "vector_size": 100}
    straight = api.submit(spec_of(texts, "straight", **long))
    _until(lambda: not api.job(straight.id).active)
    assert api.job(straight.id).state == "done", api.job_log(straight.id)
    killed = api.submit(spec_of(texts, "killed", **long))
    _until(lambda: any(event.type == "checkpoint" for event in api.events(killed.id)[0]))
    os.kill(api.job(killed.id).pid, signal.SIGKILL)
    _until(lambda: api.job(killed.id).state == "lost")
    api.resume(killed.id)
    _until(lambda: not api.job(killed.id).active)
    job = api.job(killed.id)
    assert (job.state, job.bundle, job.epoch) == ("done", "killed", 25), api.job_log(killed.id)
    assert job.rate > 0
    np.testing.assert_array_equal(tables("straight"), tables("killed"))
    assert api.report(killed.id).labels == ()


def test_cancelled_through_the_worker(texts):
    job = api.submit(spec_of(texts, epochs=1000, vector_size=200))
    _until(lambda: api.job(job.id).epoch >= 1)
    api.cancel(job.id)
    _until(lambda: not api.job(job.id).active)
    assert api.job(job.id).state == "cancelled"
    assert 0 < api.job(job.id).progress < 1


@pytest.mark.parametrize(
    ("content", "changes", "said"),
    [
        ("\n\n \n", {}, "no"),
        ("word word word word word word\n", {}, "Only 1 different words occur at least 3 times"),
        ("one two three four\n", {}, "lower min_count"),
        ("a b\n" * 9, {"end_learning_rate": 0.5}, "last learning rate"),
        ("a b\n" * 9, {"blend_size": 10}, "set blend"),
        ("a b\n" * 9, {"phrases": 3}, "between 0 and 2"),
    ],
)
def test_refuses(tmp_path, content, changes, said):
    path = tmp_path / "bad.txt"
    path.write_text(content)
    with pytest.raises(UserError, match=said):
        executed(spec_of(path, **changes), tmp_path / "run")


def test_refuses_an_unknown_split_and_cross_validation(texts, tmp_path):
    with pytest.raises(UserError, match="no split 'holdout'; it has"):
        executed(spec_of(f"{texts}:holdout"), tmp_path / "run")
    with pytest.raises(UserError, match="cannot be cross-validated"):
        api.validate(JobSpec("word2vec-gensim", str(texts), kind="cross-validate"))


def test_preflight_tells_words_time_and_what_the_tests_cover(texts, tests_of_words):
    preflight = run.preflight(spec_of(texts))
    assert preflight.floor is None
    assert preflight.check.splits == {"all": 1200}
    assert preflight.check.lengths["median"] >= 10
    assert 1 < preflight.seconds < 600
    assert 100e6 < preflight.memory < 2e9
    assert preflight.parameters > 2 * 16 * 15
    warned, facts = " ".join(preflight.check.warnings), " ".join(preflight.facts)
    assert "are few" in warned
    assert "SimLex-999 is not on this machine" in warned
    assert "words in 1,200 texts (all)." in facts
    assert "The vocabulary: " in facts
    assert "covers 24 of 24 pairs" in facts
    assert "covers" not in warned, "facts are no warnings"


def test_a_small_corpus_is_passed_over_more_often(texts, tmp_path, monkeypatch):
    """Of 240,000 words, five passes left all vectors in one place: each neighbour had the cosine 1.00."""
    from dltext.engine.train.words import settings

    assert [settings.epochs_for(words) for words in (10, 240_000, 1_000_000, 10_000_000)] == [100, 50, 12, 5]
    spec = spec_of(texts, epochs=5)
    recommended = api.preflight(spec).recommended
    assert recommended["epochs"] == 100
    assert set(recommended) <= set(spec.settings)
    better = api.preflight(spec_of(texts, **recommended))
    assert better.recommended == {}
    assert any("100 passes" in fact for fact in better.facts)
    monkeypatch.setattr("dltext.engine.train.words.recipe.epochs_for", lambda words: 7)
    outcome, events = executed(spec_of(texts, epochs=0, name="itself"), tmp_path / "run")
    assert outcome["state"] == "done"
    assert next(values for kind, values in events if kind == "start")["epochs"] == 7
    assert api.model("itself").card["settings"]["epochs"] == 7
