"""The loop over titles: what a step is given, what is learned and shown, and that a stopped run goes on as if never."""

import numpy as np
import pytest

for package in ("keras", "rouge_score"):
    pytest.importorskip(package, reason="training needs the [train] extra")

from dltext.data.pairs import Pair, open_titles  # noqa: E402
from dltext.engine import registry  # noqa: E402
from dltext.engine.results import UserError  # noqa: E402
from dltext.engine.tasks.title.vocabulary import END, PAD, START, UNK, read  # noqa: E402
from dltext.engine.train import checkpoint  # noqa: E402
from dltext.engine.train.pairs.recipe import network  # noqa: E402
from dltext.engine.train.title import prepare, recipe  # noqa: E402
from dltext.engine.train.title.trainer import TitleLoss, TitleTrainer, measure  # noqa: E402

SMALL = {
    "units": 24, "embedding_size": 16, "epochs": 2, "batch_size": 16, "learning_rate": 0.01, "vocabulary": 40,
    "patience": 0, "averaging": 0.8, "dropout": 0.0, "state_dropout": 0.0, "output_dropout": 0.0,
}  # fmt: skip


def small(**changes):
    return registry.settings_of("title-copy", SMALL | changes)


@pytest.fixture
def few(titled, tmp_path, uncompiled, monkeypatch):
    """So few and so short that they are walked sooner than a graph is traced."""
    monkeypatch.setattr("dltext.engine.train.title.trainer.MULTIPLE", 4)
    rows = []
    for number in range(20):
        name = f"{'bdfgk'[number % 5]}{'aeiou'[number // 5]}x"
        rows.append(Pair(str(number), f"cats {name} sleep" if number % 2 else f"{name} sleeps", f"{name} cats"))
    return prepare.prepare(
        open_titles(str(titled)), rows[:16], rows[16:20], small(), 1, tmp_path, lambda *args, **values: None
    )


@pytest.fixture(scope="module")
def prepared(titled, tmp_path_factory):
    pairs = open_titles(str(titled))
    # Whole batches of one shape: for others each network is traced anew, which takes longer than all of its steps.
    train, validation = list(pairs.rows("train"))[:320], list(pairs.rows("validation"))[:32]
    folder = tmp_path_factory.mktemp("prepared")
    return prepare.prepare(pairs, train, validation, small(), 1, folder, lambda *args, **values: None)


def make(prepared, settings, folder=None, should_stop=lambda: False):
    heard = []
    parts = prepared.train, prepared.validation
    model = network("title-copy", settings, (prepared.vocabulary.size,), parts[0].targets, 1)
    emit = lambda kind, **values: heard.append((kind, values))  # noqa: E731
    scores = recipe.scorer(prepared)
    return TitleTrainer(model, settings, prepared.vocabulary, *parts, scores, 5, emit, should_stop, folder), heard


def test_what_can_be_copied_has_a_number_of_its_own(prepared):
    vocabulary, part = prepared.vocabulary, prepared.train
    assert vocabulary.size == 40
    for row in (0, 17):
        pair, size = part.pairs[row], vocabulary.size
        source, title = read(pair.source), read(pair.target)
        assert part.sources[row].tolist() == [vocabulary.id(word) for word in source]
        name = source.index(title[0])
        assert (
            part.extended[row][name]
            == part.targets[row][1]
            == size + [w for w in source if not vocabulary.id(w) > 1].index(title[0])
        )
        assert part.given[row][[0, 1, -1]].tolist() == [START, UNK, END]
    assert prepared.info["copied"] > 0.05
    assert prepared.vocabulary.cases["sleep"] == "Sleep"


def test_long_texts_are_cut_and_long_titles_left_out(titled, tmp_path):
    pairs = open_titles(str(titled))
    train = list(pairs.rows("train"))
    said = []
    settings = small(longest=8, longest_title=4)
    with pytest.raises(UserError, match="longest_title"):
        prepare.prepare(pairs, train, train, settings, 1, tmp_path, lambda kind, **values: said.append(values))
    settings = small(longest=8, longest_title=5)
    made = prepare.prepare(pairs, train, train, settings, 1, tmp_path, lambda kind, **values: said.append(values))
    assert made.train.sources.lengths.max() == made.train.extended.lengths.max() == 8


def test_the_loss_is_the_right_word_s_and_looking_again():
    outputs = np.array([[[-1.0, 0.5], [-2.0, 0.25]]], np.float32)
    loss = TitleLoss(2.0).call(np.zeros((1, 2)), outputs)
    np.testing.assert_allclose(np.asarray(loss), [[2.0, 2.5]])


def test_padding_and_batches_change_nothing(few):
    loop, _ = make(few, small())
    part = few.validation
    whole = measure(loop.model, part, 32)
    alone = [measure(loop.model, part.take([row])) for row in range(len(part))]
    words = part.targets.lengths - 1
    assert whole["loss"] == pytest.approx(np.average([one["loss"] for one in alone], weights=words), rel=1e-4)
    assert whole["accuracy"] == pytest.approx(np.average([one["accuracy"] for one in alone], weights=words), rel=1e-4)


def test_words_are_hidden_from_the_network_and_not_from_copying(prepared, monkeypatch):
    loop, _ = make(prepared, small(word_dropout=0.9))
    seen = []
    monkeypatch.setattr(
        loop, "_train_on", lambda inputs, gold, weights: (seen.append((inputs, weights)), (1.0, 0.0))[1]
    )
    loop._step(np.arange(16))
    (source, extended, given, gold), weights = seen[0]
    part = prepared.train
    assert (source == UNK).mean() > 0.5
    np.testing.assert_array_equal(extended, part.extended.padded(np.arange(16), 8))
    assert (given[:, 0] == START).all()
    assert ((gold == PAD) == (weights == 0)).all()


def test_a_stopped_run_ends_like_one_never_stopped(few, tmp_path, monkeypatch):
    # What is written after an epoch moves no weight, and takes longer than the epoch.
    monkeypatch.setattr(TitleTrainer, "_written", lambda self: ["" for _ in self._references()])
    settings = small(word_dropout=0.1, state_dropout=0.1, longest_title=5, batch_size=8)
    whole, _ = make(few, settings)
    assert whole.run()
    asked = iter(range(1000))
    stopped, _ = make(few, settings, tmp_path, lambda: next(asked) >= 3)
    assert not stopped.run()
    assert (stopped.progress.epoch, stopped.progress.step) == (1, 1)
    resumed, _ = make(few, settings, tmp_path)
    assert resumed.run()
    for one, other in zip(
        checkpoint.arrays(whole.model.weights), checkpoint.arrays(resumed.model.weights), strict=True
    ):
        np.testing.assert_array_equal(one, other)


@pytest.mark.long
def test_without_copying_names_are_not_written(prepared):
    """With it they are: see test_recipe.py."""
    plain, heard = make(prepared, small(epochs=6, copying=False))
    assert plain.run()
    last = [values for kind, values in heard if kind == "epoch"][-1]
    assert 40 < last["validation"]["rougeL"] < 80  # a fourth of the words are names that it has never seen
    for example in last["examples"]:
        assert example["reference"].split(":")[0] not in example["hypothesis"]
