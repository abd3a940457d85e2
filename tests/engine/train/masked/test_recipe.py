"""From plain texts to a model that fills blanks, and to one that a classifier is fine-tuned from."""

import json

import numpy as np
import pytest

for package in ("keras", "onnx"):
    pytest.importorskip(package, reason="training needs the [train] extra")

import keras  # noqa: E402

from dltext.engine import api, bundle_format, model_store  # noqa: E402
from dltext.engine.results import JobSpec, UserError  # noqa: E402
from dltext.engine.tasks.fill import measure  # noqa: E402
from dltext.engine.tasks.fill.model import open_filler  # noqa: E402
from dltext.engine.train import run as running  # noqa: E402
from dltext.engine.train.computing import decided  # noqa: E402
from dltext.engine.train.encoder import base  # noqa: E402
from dltext.engine.train.masked import recipe, vocabulary  # noqa: E402
from dltext.models import encoder  # noqa: E402

SETTINGS = {
    "layers": 1, "size": 16, "heads": 2, "hidden": 16, "max_tokens": 12, "vocabulary_size": 120, "min_count": 1,
    "epochs": 2, "batch_size": 64, "learning_rate": 0.03, "next_sentence": True,
}  # fmt: skip


def spec_of(data, **settings):
    return api.validate(JobSpec("masked-lm", str(data), SETTINGS | settings, seed=2, name="mine"))


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A model of texts in which each piece tells the others: its home, its texts, what the run said, how it ended."""
    home = tmp_path_factory.mktemp("home")
    rng = np.random.default_rng(0)
    groups = ["cat meows purrs claws", "car drives brakes wheels", "sea waves tides boats"]
    texts = home / "texts.txt"
    texts.write_text("".join(" ".join(rng.permutation(groups[n % 3].split() * 3)) + "\n" for n in range(150)))
    events = []
    with pytest.MonkeyPatch.context() as patch:
        compiled = keras.Model.compile
        patch.setattr(keras.Model, "compile", lambda m, *a, **how: compiled(m, *a, **{**how, "run_eagerly": True}))
        patch.setenv("DLTEXT_HOME", str(home))
        patch.delenv("DLTEXT_DATA", raising=False)
        folder = home / "run"
        folder.mkdir()
        outcome = running.execute(
            spec_of(texts), folder, lambda kind, /, **values: events.append((kind, values)), lambda: False
        )
    return home, texts, events, outcome


@pytest.fixture
def at_home(trained, monkeypatch):
    monkeypatch.setenv("DLTEXT_HOME", str(trained[0]))
    return trained


def test_its_run_shows_the_masked_accuracy_beside_the_baseline(at_home):
    _, _, events, outcome = at_home
    start = next(values for kind, values in events if kind == "start")
    assert start["floor"]["name"] == "most frequent piece"
    assert 0 < start["floor"]["accuracy"] < 0.5
    assert set(start["measures"]) == {"accuracy", "loss", "next"}
    rows = [values["validation"] for kind, values in events if kind == "epoch"]
    assert all({"accuracy", "loss", "next"} <= set(row) for row in rows)
    assert outcome["metrics"].keys() >= {"test_accuracy", "floor_accuracy"}
    card = model_store.info("mine").card
    assert card["serving"]["parity"] <= 1e-4
    assert card["task"] == "fill"


@pytest.mark.usefixtures("at_home")
async def test_it_answers_in_its_screen_and_on_the_command_line(answers_everywhere):
    await answers_everywhere("mine", "cat meows [MASK] claws")


def test_it_fills_blanks(at_home, run):
    filled = api.fill("cat meows [MASK] claws, and the __ was", "mine", 3)
    assert [filled.text[blank.start : blank.end] for blank in filled.blanks] == ["[MASK]", "__"]
    for blank in filled.blanks:
        assert len(blank.words) == 3
        probabilities = [each.probability for each in blank.words]
        assert probabilities == sorted(probabilities, reverse=True)
        assert all(each.word.isalnum() for each in blank.words), "no sign, and no half of a word"
    words = [blank.words[0].word for blank in filled.blanks]
    assert filled.best == f"cat meows {words[0]} claws, and the {words[1]} was"
    asked = run("fill", "cat meows [MASK] claws", "--model", "mine", "--json", "--count", "2").objects[0]
    assert [len(blank["words"]) for blank in asked["blanks"]] == [2]
    assert run("fill", "cat __", "--model", "mine").out.startswith("cat ")
    # A piece that goes on with a word fills a blank behind a letter.
    (inside,) = api.fill("ca[MASK] purrs", "mine").blanks
    opened = open_filler("mine")
    assert all(f"##{each.word}" in opened.pieces for each in inside.words)
    # However long the text, what stands around the blank decides.
    long = "boats " * 5000
    assert api.fill(f"{long}cat meows [MASK] claws purrs cat cat {long}", "mine").blanks[0].words


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("no blank … here_", "has no blank to fill: write"),
        ("[MASK] __", "nothing but blanks"),
        ("  ", "The text is empty"),
    ],
)
def test_a_text_that_cannot_be_filled_is_told(at_home, text, said):
    with pytest.raises(UserError, match=said):
        api.fill(text, "mine")


def test_it_is_measured_again(at_home, run):
    _, texts, _, _ = at_home
    report = api.evaluate("mine", str(texts))
    assert report.examples > 100
    assert 0 <= report.metrics["accuracy"] <= 1
    assert report.floor["name"] == measure.NAME
    assert json.loads(run("evaluate", "mine", "--data", str(texts), "--json").out)["metrics"] == report.metrics


def test_its_card_says_what_it_was_computed_in(at_home):
    card = bundle_format.read(model_store.folder_of("mine"), verify=False)
    assert card["settings"]["compute"] == "auto"
    assert card["versions"]["compute"] == decided("auto")


def test_a_classifier_starts_from_it(at_home):
    start = base.read("mine")
    assert start.shape == encoder.EncoderShape(1, 16, 2, 16, 14)
    for pooling in ("mean", "cls"):  # learnt with the task of the next part
        shape = base.read("mine", pooling).shape
        model = encoder.build(shape, start.tokenizer.get_vocab_size(), 2)
        base.give(model, start, ("a", "b"))
        for variable in model.weights:
            if not variable.path.startswith("logits/"):
                np.testing.assert_array_equal(keras.ops.convert_to_numpy(variable), start.weights[variable.path])
    assert start.tokenizer.encode("[MASK] cat", add_special_tokens=False).ids.count(4) == 0


def test_few_texts_hold_out_their_ends():
    train, held = recipe._held_out(["a" * 80 + "b" * 20], 0.2, 1)
    assert (train, held) == (["a" * 80], ["b" * 20])
    train, held = recipe._held_out([str(n) for n in range(50)], 0.1, 1)
    assert (len(train), len(held)) == (45, 5)
    assert not set(train) & set(held)


def test_a_vocabulary_is_kept_and_never_finds_signs(tmp_path):
    texts = ["Übermut tut selten gut", "the [CLS] film"] * 3
    learnt = vocabulary.learn(texts, 60, 1, True, tmp_path / "tokenizer.json")
    again = vocabulary.learn(["other"], 60, 1, True, tmp_path / "tokenizer.json")
    assert learnt.get_vocab() == again.get_vocab()
    assert [learnt.id_to_token(n) for n in range(5)] == ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    assert min(learnt.encode("the [CLS] film", add_special_tokens=False).ids) >= 5
    with pytest.raises(UserError, match="no words in the texts"):
        vocabulary.learn([" "], 60, 1, True, tmp_path / "none.json")
