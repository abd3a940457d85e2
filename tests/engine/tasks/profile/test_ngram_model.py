import numpy as np
import pytest

from dltext.data.errors import UserError
from dltext.engine.tasks.profile.ngram_model import NgramModel, pack, unpack

WORDS, CHARACTERS = ["!", "bad day", "day", "good"], [" go", "ay ", "oo"]
NAMES = [f"w:{word}" for word in WORDS] + [f"c:{part}" for part in CHARACTERS]
FREQUENCY = np.array([5, 2, 4, 3, 3, 4, 6])
WEIGHTS = np.array([[0.1, -0.1], [0.9, -0.9], [0, 0], [-0.5, 0.5], [-0.2, 0.2], [0.3, 0], [0, 0.7]], np.float32)
SERVING = {"ngrams": "ngrams.txt", "weights": "ngrams.npz"}


def model(**changes) -> NgramModel:
    values = {"words": WORDS, "characters": CHARACTERS, "frequency": FREQUENCY, "documents": 10, "weights": WEIGHTS}
    return NgramModel(**(values | {"bias": np.array([0.5, 0.0])} | changes))


def write(folder, **changes):
    codes, scale = pack(WEIGHTS)
    tables = {"codes": codes, "scale": scale, "bias": np.zeros(2), "frequency": FREQUENCY, "documents": np.int64(10)}
    np.savez_compressed(folder / "ngrams.npz", **(tables | {"characters": np.str_("inside")} | changes))
    (folder / "ngrams.txt").write_text("\n".join(NAMES) + "\n")


def test_scores_are_tf_idf_of_each_family_times_the_weights():
    # "!" and "day" stand twice; "ay " three times, " goo" begins two words, and "Good" keeps its capital.
    idf = np.log(11 / (1 + FREQUENCY)) + 1
    words = idf[:4] * [1 + np.log(2), 0, 1 + np.log(2), 1]
    characters = idf[4:] * [1, 1 + np.log(3), 1 + np.log(2)]
    values = np.concatenate([words / np.linalg.norm(words), characters / np.linalg.norm(characters)])
    np.testing.assert_allclose(model().scores("Good ! day ! day say goose"), values @ WEIGHTS + [0.5, 0], atol=1e-6)


def test_a_text_without_a_known_ngram_has_the_bias():
    assert model().scores("").tolist() == [0.5, 0]
    assert model().scores("\ud800 xyz 字").tolist() == [0.5, 0]


def test_a_text_in_slices_counts_as_one():
    text = "good bad day ! " * 20_000
    assert len(text) > 4 * (1 << 16)
    rows, values = model()._features(text)
    assert rows.tolist() == [0, 1, 2, 3, 4, 5, 6]
    # A cut may part a pair of words, which is then lost: a few of 20,000.
    idf = np.log(11 / (1 + FREQUENCY)) + 1
    np.testing.assert_allclose((values / idf)[:4] / (values / idf)[0], 1, atol=1e-4)


def test_pulls_are_spans_of_what_moves_the_score_and_none_covers_another():
    text = "A good day . Bad day! Another bad  day, how good"
    first = model().pulls(text, 0, 5)
    assert text[slice(*first[0][:2])] == "Bad day"
    assert [text[start:end] for start, end, _ in first] == ["Bad day", "ay", "!"]
    assert first[1][:2] == (8, 10)
    weights = [weight for _, _, weight in first]
    assert weights == sorted(weights, reverse=True)
    assert min(weights) > 0
    other = model().pulls(text, 1, 5)
    assert {text[start:end] for start, end, _ in other} <= {"good", "oo", "go"}
    for spans in (first, other, model().pulls(text, 1, 9, both=True)):
        marked = [place for start, end, _ in spans for place in range(start, end)]
        assert len(marked) == len(set(marked))
    assert any(weight < 0 for _, _, weight in model().pulls(text, 1, 9, both=True))
    assert model().pulls(text, 0, 1) == first[:1]
    assert model().pulls("", 0, 5) == []


def test_pulls_are_found_beyond_the_first_slice():
    text = "xyz " * 30_000 + "a bad day"
    (start, end, _), *_ = model().pulls(text, 0, 3)
    assert text[start:end] == "bad day"


def test_pulls_of_chinese_keep_their_places():
    names = ["好", "天 气", "天"]
    weights = np.array([[1.0], [3.0], [0.1]], np.float32)
    plain = NgramModel([], names, np.array([1, 1, 1]), 3, weights, np.zeros(1), "plain")
    text = "今天 \n气很好"
    assert [text[start:end] for start, end, _ in plain.pulls(text, 0, 3)] == ["天 \n气", "好"]


def test_codes_give_the_nearest_weights():
    weights = np.random.default_rng(0).normal(0, 1, (4000, 3)).astype(np.float32) ** 3
    weights[:, 2] = 0
    codes, scale = pack(weights)
    assert codes.dtype == np.int8
    grid = np.unique(unpack(np.arange(-127, 128, dtype=np.int8)[:, None], np.ones(1, np.float32)))
    for column in range(2):
        best = np.abs(weights[:, column, None] / scale[column] - grid).min(axis=1)
        np.testing.assert_allclose(
            np.abs(unpack(codes, scale)[:, column] - weights[:, column]) / scale[column], best, atol=1e-5
        )
    assert not unpack(codes, scale)[:, 2].any()


def test_a_written_model_is_loaded(tmp_path):
    write(tmp_path)
    loaded = NgramModel.load(tmp_path, SERVING)
    assert loaded.columns == 2
    np.testing.assert_allclose(loaded.scores("a good day !"), model(bias=np.zeros(2)).scores("a good day !"), atol=0.01)


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: (folder / "ngrams.txt").unlink(),
        lambda folder: (folder / "ngrams.txt").write_bytes(b"w:\xff\n"),
        lambda folder: (folder / "ngrams.txt").write_text("w:a\nw:b\n"),
        lambda folder: (folder / "ngrams.txt").write_text("\n".join(reversed(NAMES)) + "\n"),
        lambda folder: (folder / "ngrams.txt").write_text("\n".join(NAMES[:-1]) + "\noo\n"),
        lambda folder: (folder / "ngrams.txt").write_text("\n".join(NAMES).replace("bad day", "good")),
        lambda folder: (folder / "ngrams.npz").write_bytes((folder / "ngrams.npz").read_bytes()[:200]),
        lambda folder: write(folder, characters=np.str_("other")),
        lambda folder: write(folder, codes=np.array([{}], object)),
        lambda folder: write(folder, bias=np.zeros(3)),
        lambda folder: write(folder, frequency=FREQUENCY[:-1]),
    ],
)
def test_damage_is_told_in_a_sentence(tmp_path, damage):
    write(tmp_path)
    damage(tmp_path)
    with pytest.raises(UserError, match="import or train the model again"):
        NgramModel.load(tmp_path, SERVING)


def test_one_family_may_be_empty(tmp_path):
    for names in (WORDS, []):
        rows = len(names)
        write(tmp_path, codes=np.ones((rows, 2), np.int8), frequency=FREQUENCY[:rows])
        (tmp_path / "ngrams.txt").write_text("".join(f"w:{name}\n" for name in names))
        assert bool(NgramModel.load(tmp_path, SERVING).scores("good day !").any()) == bool(names)
