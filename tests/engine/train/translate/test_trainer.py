"""The loop over pairs: what a step is given, what the loss is, and that a resumed run ends like one never stopped."""

import numpy as np
import pytest

for package in ("keras", "sentencepiece", "sacrebleu"):
    pytest.importorskip(package, reason="training needs the [train] extra")

import keras  # noqa: E402

from dltext.data.pairs import Pair  # noqa: E402
from dltext.engine import registry  # noqa: E402
from dltext.engine.text import subwords  # noqa: E402
from dltext.engine.text.symbols import END, PAD, START, UNK  # noqa: E402
from dltext.engine.train import checkpoint  # noqa: E402
from dltext.engine.train.pairs import loop as paired  # noqa: E402
from dltext.engine.train.translate import trainer  # noqa: E402
from dltext.engine.train.translate.prepare import encode  # noqa: E402

NUMBERS = {"one": "un", "two": "deux", "three": "trois", "four": "quatre", "five": "cinq", "six": "six"}


def pairs(count, seed):
    rng = np.random.default_rng(seed)
    drawn = [rng.choice(list(NUMBERS), rng.integers(1, 4)) for _ in range(count)]
    return [Pair(str(n), " ".join(words), " ".join(NUMBERS[w] for w in words)) for n, words in enumerate(drawn)]


@pytest.fixture(scope="module")
def vocabularies(tmp_path_factory):
    folder = tmp_path_factory.mktemp("vocabulary")
    known = pairs(200, 0)
    made = []
    for name, side in (("source", [p.source for p in known]), ("target", [p.target for p in known])):
        subwords.train(side, folder / name, 60)
        made.append(subwords.Subwords.load(folder / name))
    return made


def small(**changes):
    values = {
        "units": 16, "embedding_size": 12, "epochs": 2, "batch_size": 16, "learning_rate": 0.01, "sampling": 0.2,
        "word_dropout": 0.1, "patience": 0, "averaging": 0.9,
    }  # fmt: skip
    return registry.settings_of("seq2seq-attention", values | changes)


def make(settings, vocabularies, folder=None, should_stop=lambda: False, count=160):
    keras.utils.set_random_seed(1)
    source, target = vocabularies
    model = registry.load(registry.get("seq2seq-attention").build)(settings, source.size, target.size)
    parts = [encode(pairs(count, seed), source, target) for count, seed in ((count, 1), (8, 2))]

    def scores(written, references):
        return {"bleu": float(np.mean([a == b for a, b in zip(written, references, strict=True)])), "chrf": 0.0}

    heard = []
    loop = trainer.PairsTrainer(
        model, settings, source, target, *parts, scores, 5, lambda kind, **values: heard.append((kind, values)),
        should_stop, folder,
    )  # fmt: skip
    return loop, heard


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_the_loss_is_cross_entropy_with_a_share_for_every_word(smoothing):
    rng = np.random.default_rng(0)
    scores, gold = rng.normal(size=(2, 3, 5)).astype(np.float32), rng.integers(0, 5, (2, 3))
    log_p = scores - np.log(np.exp(scores).sum(axis=-1, keepdims=True))
    wanted = (1 - smoothing) * np.eye(5)[gold] + smoothing / 5
    loss = trainer.SmoothedCrossEntropy(smoothing).call(gold, scores)
    np.testing.assert_allclose(loss, -(wanted * log_p).sum(axis=-1), atol=1e-5)


def test_what_is_given_is_what_comes_before():
    targets = np.array([[START, 7, 8, END], [START, 9, END, PAD]], np.int32)
    given, gold, weights = paired.shifted(targets)
    assert given.tolist() == [[START, 7, 8, PAD], [START, 9, PAD, PAD]]
    assert gold.tolist() == [[7, 8, END, PAD], [9, END, PAD, PAD]]
    assert (weights > 0).tolist() == (gold > 0).tolist()
    assert weights.mean() == pytest.approx(1)


def test_a_stopped_run_ends_like_one_never_stopped(vocabularies, tmp_path, uncompiled, monkeypatch):
    monkeypatch.setattr(trainer, "greedy", lambda model, sources: [[] for _ in range(len(sources))])
    whole, _ = make(small(), vocabularies, count=32)
    assert whole.run()
    asked = iter(range(1000))
    stopped, _ = make(small(), vocabularies, tmp_path, lambda: next(asked) >= 3, count=32)
    assert not stopped.run()
    assert (stopped.progress.epoch, stopped.progress.step) == (1, 1)
    resumed, _ = make(small(), vocabularies, tmp_path, count=32)
    assert resumed.run()
    for one, other in zip(
        checkpoint.arrays(whole.model.weights), checkpoint.arrays(resumed.model.weights), strict=True
    ):
        np.testing.assert_array_equal(one, other)


def test_each_epoch_cuts_the_sources_anew_and_hides_words(vocabularies, monkeypatch):
    loop, _ = make(small(word_dropout=0.5), vocabularies)
    seen = []
    monkeypatch.setattr(loop, "_train_on", lambda x, *_: seen.append([ids.copy() for ids in x]) or (1.0, 0.0))
    cuts = [loop._batches(epoch) and [ids.tolist() for ids in map(loop._cut[1].__getitem__, range(160))]
            for epoch in (0, 1, 0)]  # fmt: skip
    assert cuts[0] != cuts[1]
    assert cuts[0] == cuts[2]
    loop._step(np.arange(16))
    sources, given = seen[0]
    assert (sources == UNK).any()
    assert (given == UNK).any()
    assert (given[:, 0] == START).all()  # only words are hidden
    assert ((sources == END).sum(axis=1) == 1).all()
