"""From texts with titles to a bundle that writes them, through the doors of all recipes."""

import json
from pathlib import Path

import numpy as np
import pytest

for package in ("keras", "tf2onnx", "rouge_score"):
    pytest.importorskip(package, reason="training needs the [train] extra")

from dltext.data.pairs import open_titles  # noqa: E402
from dltext.engine import api, bundle_format  # noqa: E402
from dltext.engine.results import JobSpec  # noqa: E402
from dltext.engine.tasks.title import measure  # noqa: E402
from dltext.engine.tasks.title.vocabulary import END, START, UNK, TitleVocabulary, clean, words  # noqa: E402
from dltext.engine.train import onnx_graphs, run  # noqa: E402

SETTINGS = {
    "units": 24, "embedding_size": 16, "epochs": 10, "batch_size": 16, "learning_rate": 0.01, "vocabulary": 40,
    "patience": 0, "averaging": 0.8, "dropout": 0.0, "state_dropout": 0.0, "output_dropout": 0.0,
}  # fmt: skip


def by_hand(model, sources, progress=None):
    """The most probable words one after the other, through the bundle's own files."""
    folder = Path(model)
    vocabulary = TitleVocabulary.load(folder / "vocabulary.json")
    encoder, step = onnx_graphs.opened(folder)
    titles = []
    for source in sources:
        read = words(clean(source))
        ids, extended, _ = vocabulary.encode([one.word for one in read])
        memory, *states = encoder.run(None, {"source": ids[None]})
        walk, word, title = onnx_graphs.walker(step, memory, states), START, []
        while word != END and len(title) < 12:
            outputs = walk(np.array([[word if word < vocabulary.size else UNK]], np.int32), len(title))
            share = np.zeros(max(vocabulary.size, extended.max() + 1))
            share[: vocabulary.size] = np.exp(outputs["scores"][0])
            np.add.at(share, extended, outputs["copies"][0])
            share[:END] = 0
            word = int(share.argmax())
            title.append(word)
        titles.append(vocabulary.written(title[:-1] if title[-1] == END else title, read)[0])
    return titles


@pytest.fixture(scope="module")
def trained(titled, tmp_path_factory):
    """A run with all there is: its home, its folder, what it said and how it ended."""
    home, folder = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("run")
    events = []
    spec = api.validate(JobSpec("title-copy", str(titled), settings=SETTINGS, seed=2, name="own-titles"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DLTEXT_HOME", str(home))
        outcome = run.execute(spec, folder, lambda kind, /, **values: events.append((kind, values)), lambda: False)
    return home, folder, events, outcome


def test_it_writes_titles_of_what_it_has_not_seen(trained):
    home, _, _, outcome = trained
    assert outcome["state"] == "done"
    assert outcome["bundle"] == "own-titles"
    assert outcome["metrics"]["test_rougeL"] > 80
    text = "We show that stars shine often. It is called ZWQUX, and it is new."
    assert by_hand(home / "models" / "own-titles", [text]) == ["ZWQUX: Stars that Shine"]


def test_whoever_uses_it_gets_what_its_graphs_say(trained, monkeypatch):
    home, _, _, _ = trained
    monkeypatch.setenv("DLTEXT_HOME", str(home))
    text = "We show that stars shine often. It is called ZWQUX, and it is new."
    answer = api.titles(text, model="own-titles")
    assert answer.candidates[0].text == "ZWQUX: Stars that Shine"
    assert answer.candidates[0].copied[0] == 0
    place = answer.tokens[answer.candidates[0].origins[0]]
    assert text[place.start : place.end] == "ZWQUX"
    assert any("ZWQUX" in phrase.text for phrase in answer.keyphrases)
    assert len({one.text for one in answer.candidates}) == 5


async def test_it_answers_in_its_screen_and_on_the_command_line(trained, monkeypatch, answers_everywhere):
    monkeypatch.setenv("DLTEXT_HOME", str(trained[0]))
    await answers_everywhere("own-titles", "We show that stars shine often. It is called ZWQUX, and it is new.")


def test_its_card_says_what_it_is(trained):
    home, folder, events, _ = trained
    card = bundle_format.read(home / "models" / "own-titles")
    assert (card["task"], card["recipe"], card["language"]) == ("title", "title-copy", "en")
    serving = card["serving"]
    assert (serving["kind"], serving["vocabulary"], serving["states"]) == ("title", "vocabulary.json", 2)
    assert serving["copying"] is True
    assert serving["parity"] < 1e-4
    row = card["metrics"][0]
    assert row["rougeL"] > row["floor_rougeL"] > 0
    assert row["unknown_copied"] > 0.8
    assert row["unknown_copied_words"] == row["examples"]
    assert "/" not in row["on"]
    started = next(values for kind, values in events if kind == "start")
    assert started["floor"]["rougeL"] == pytest.approx(row["floor_rougeL"])
    assert next(iter(started["measures"])) == "rougeL"
    report = json.loads((folder / "report.json").read_text())
    assert report["metrics"]["rougeL"] == row["rougeL"]
    assert report["documents"][0]["rougeL"] <= report["documents"][-1]["rougeL"]


def test_it_learns_to_copy_and_shows_how(trained):
    epochs = [values for kind, values in trained[2] if kind == "epoch"]
    assert epochs[-1]["validation"]["loss"] < epochs[0]["validation"]["loss"] / 3
    assert epochs[-1]["validation"]["rougeL"] > 85  # a fourth of the words are names that it has never seen
    assert len(epochs[-1]["examples"]) == 3
    example = epochs[-1]["examples"][0]
    assert example["hypothesis"].split(":")[0] in example["source"]


def test_what_is_known_before(titled, uncompiled):
    settings = SETTINGS | {"batch_size": 200}  # two steps are timed
    preflight = run.preflight(api.validate(JobSpec("title-copy", str(titled), settings=settings)))
    assert preflight.floor is not None
    assert preflight.floor["rougeL"] > 0
    assert preflight.seconds > 0
    columns, parts, *_ = preflight.facts
    assert columns == "The column 'Abstract' is read, 'Title' is to be written."
    assert f"{open_titles(str(titled)).counts['train']} pairs train" in parts
    assert not any("quick floor" in said for said in preflight.check.warnings)


def test_measures_are_told_apart_by_what_the_vocabulary_has(titled):
    rows = list(open_titles(str(titled)).rows("test"))[:4]
    vocabulary = TitleVocabulary.build({"cats": 3, "that": 2}, 6)
    metrics, floor, worst = measure.measure(rows, [rows[0].target, "", "", ""], "en", vocabulary)
    assert metrics["rougeL"] == pytest.approx(25)
    assert 0 < metrics["unknown_copied"] < 0.5
    assert floor["rouge1"] > 0
    assert [row["rougeL"] for row in worst] == [0, 0, 0, pytest.approx(100)]
