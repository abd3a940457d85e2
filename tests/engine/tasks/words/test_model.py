import numpy as np
import pytest

from dltext.data.errors import UserError
from dltext.engine import bundle_format, model_exchange
from dltext.engine.tasks.words import model
from dltext.engine.tasks.words.wordlist import WordList, edits

CARD = {"name": "v", "version": "1", "recipe": "import", "language": "en"}


@pytest.fixture
def table():
    return np.random.default_rng(1).standard_normal((6, 5)).astype(np.float32)


WORDS = ["the", "Paris", "new_york", "北京", "film", "films"]


@pytest.mark.parametrize("precision", ["float16", "int8"])
def test_what_is_written_is_read(home, table, precision):
    table[4] = 0
    model.write(home / "models" / "v", CARD, WORDS, table, np.array([9, 5, 4, 3, 2, 1]), precision)
    loaded = model.load("v")
    assert list(loaded.words) == WORDS
    assert loaded.card["serving"]["precision"] == precision
    np.testing.assert_allclose(loaded.rows(range(6)), table, atol=0.02)
    np.testing.assert_allclose(np.linalg.norm(loaded.unit(range(6)), axis=1), [1, 1, 1, 1, 0, 1], atol=1e-6)
    ids, cosines = loaded.nearest(loaded.unit([0]), 1)
    assert ids.tolist() == [[0]]
    assert cosines[0, 0] == pytest.approx(1, abs=1e-6)
    p = np.array([9, 5, 4, 3, 2, 1]) / 24
    np.testing.assert_allclose(loaded.weights(range(6)), 1e-3 / (1e-3 + p), rtol=1e-5)
    assert model.load("v") is loaded


def test_words_are_found_as_people_write_them(home, table):
    model.write(home / "models" / "v", {**CARD, "serving": {"lowercase": False}}, WORDS, table)
    loaded = model.load("v")
    rows = [
        loaded.find(word) for word in ("the", "The", "paris", "New York", "new  york", "北京", "x", "", "the\nParis")
    ]
    assert rows == [0, 0, 1, 2, 2, 3, None, None, None]
    falling = loaded.weights(range(6))
    assert (np.diff(falling) > 0).all()  # Zipf: the rarer, the heavier


def test_a_zip_goes_out_and_in(home, table, tmp_path):
    model.write(home / "models" / "v", CARD, WORDS, table)
    info = model_exchange.import_bundle(model_exchange.export_bundle("v", tmp_path / "v.zip"))
    assert info.task == "words"
    assert list(model.load(info.name).words) == WORDS


def test_files_that_do_not_fit_are_refused(home, table):
    folder = home / "models" / "v"
    model.write(folder, CARD, WORDS, table)
    card = bundle_format.read(folder)
    for file, content in (
        ("words.txt", b"a\nb\n"),
        ("words.txt", b"\xff\n"),
        ("vectors.npy", model._npy(table)),
        ("vectors.npy", b"no array"),
    ):
        files = {name: (folder / name).read_bytes() for name in card["files"]} | {file: content}
        bundle_format.write(home / "models" / "broken", {**card, "name": "broken"}, files)
        with pytest.raises(UserError, match="again"):
            model.load("broken")


@pytest.mark.parametrize(
    ("words", "rows"),
    [
        (["a"], np.ones((2, 2))),
        (["a b"], np.ones((1, 2))),
        (["a", "a"], np.ones((2, 2))),
        (["a"], np.full((1, 2), np.inf)),
    ],
)
def test_nonsense_is_not_written(home, words, rows):
    with pytest.raises(ValueError):
        model.write(home / "models" / "v", CARD, words, rows)
    assert not (home / "models" / "v").exists()


def test_a_word_list_answers_alike_before_and_after_it_has_a_dictionary():
    words = [f"w{row}" for row in range(500)]
    listed = WordList("\n".join(words).encode())
    assert [listed.find(word) for word in words] == list(range(500))
    assert [listed[row] for row in (0, -1)] == ["w0", "w499"]
    assert listed.starting("w49", 3) == ["w49", "w490", "w491"]
    assert listed.find("w") is None


def test_edits():
    for a, b, expected in (("teh", "the", 1), ("kitten", "sitting", 3), ("", "ab", 2), ("same", "same", 0)):
        assert edits(a, b, 5) == expected
    assert edits("abcdef", "uvwxyz", 2) == 3
