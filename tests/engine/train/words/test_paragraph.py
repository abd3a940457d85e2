import json
import random
from pathlib import Path

import pytest

from dltext.engine import api, bundle_format
from dltext.engine.results import JobSpec

pytestmark = pytest.mark.train
pytest.importorskip("gensim")
pytest.importorskip("keras")

SETTINGS = {"vector_size": 16, "epochs": 4, "min_count": 1, "subsampling": 0, "workers": 1, "held": 20, "window": 3}


@pytest.fixture(autouse=True)
def no_zoo(monkeypatch, tmp_path):
    monkeypatch.setattr("dltext.engine.model_store.ZOO", tmp_path / "zoo")


@pytest.fixture
def texts(tmp_path: Path) -> str:
    draw = random.Random(1)
    topics = [[f"{name}{number}" for number in range(40)] for name in ("sea", "law", "bee", "tea")]
    path = tmp_path / "texts.jsonl"
    rows = ({"id": str(row), "text": " ".join(draw.choices(topics[row % 4], k=40))} for row in range(240))
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return str(path)


def run(spec: JobSpec, folder: Path, stop=lambda events: False):
    from dltext.engine.train.run import execute

    events: list[tuple[str, dict]] = []
    folder.mkdir(exist_ok=True)
    answer = execute(spec, folder, lambda kind, **values: events.append((kind, values)), lambda: stop(events))
    return answer, events


def spec(texts: str, name: str, **changes) -> JobSpec:
    return JobSpec("paragraph-vectors", texts, SETTINGS | changes, name=name)


def test_from_texts_to_a_search_by_meaning(texts, tmp_path):
    answer, events = run(spec(texts, "both", architecture="both"), tmp_path / "run")
    assert answer["state"] == "done"
    start = next(values for kind, values in events if kind == "start")
    assert start["unit"] == "words"
    assert set(start["measures"]) == {"retrieval"}
    epochs = [values for kind, values in events if kind == "epoch"]
    assert [row["epoch"] for row in epochs] == [1, 2, 3, 4]
    assert all(0 <= row["validation"]["retrieval"] <= 1 for row in epochs)
    card = bundle_format.read(tmp_path / "home" / "models" / "both")
    assert card["task"] == "paragraphs"
    assert card["serving"]["parts"] == ["dbow", "dm"]
    assert card["data"]["examples"]["held"] == 20
    assert "floor_retrieval" in card["metrics"][0]
    by_meaning = api.search("bee1 bee2 bee3 bee4 bee5", texts, "paragraph", count=10)
    assert by_meaning.model == "both"
    assert all(hit.text.startswith("bee") for hit in by_meaning.hits)


def test_a_resumed_run_ends_as_one_never_interrupted(texts, tmp_path):
    run(spec(texts, "whole"), tmp_path / "whole")
    after_two = run(spec(texts, "parts"), tmp_path / "parts", lambda events: [k for k, _ in events].count("epoch") >= 2)
    assert after_two[0]["state"] == "cancelled"
    answer, events = run(spec(texts, "parts"), tmp_path / "parts")
    assert answer["state"] == "done"
    assert [values["epoch"] for kind, values in events if kind == "epoch"] == [3, 4]
    models = tmp_path / "home" / "models"
    whole, parts = ((models / name / "dbow-output.npy").read_bytes() for name in ("whole", "parts"))
    assert whole == parts


def test_preflight_counts_the_words_and_guesses_the_time(texts):
    from dltext.engine.train.run import preflight

    estimate = preflight(spec(texts, "x"))
    assert estimate.floor is None
    assert estimate.seconds > 0
    assert estimate.memory > 0
    assert estimate.check.lengths["mean"] == 40
    said = " ".join((*estimate.facts, *estimate.check.warnings))
    assert "The vocabulary: " in said
    assert "WordSim" not in said, "paragraph vectors are not measured on words"


def test_a_very_long_text_is_cut_only_as_far_as_it_is_read(tmp_path, monkeypatch):
    from dltext.engine import registry
    from dltext.engine.text import units
    from dltext.engine.train.words import documents, preflight, texts

    monkeypatch.setattr(units, "STRETCH", 1000)
    monkeypatch.setattr(documents, "MAX_WORDS", 300)
    monkeypatch.setattr(preflight, "SAMPLE_CHARACTERS", 2000)
    file = tmp_path / "long.csv"
    file.write_text("text\n" + "a few words . " * 900 + "\nand some more words\n")
    cut: list[int] = []
    words = texts.Texts.words

    def heard(self, text, punctuation=True):
        cut.append(len(text))
        return words(self, text, punctuation)

    monkeypatch.setattr(texts.Texts, "words", heard)
    opened = texts.open_texts(JobSpec("paragraph-vectors", str(file), {}))
    made = documents.prepare(opened, 0, 1, tmp_path / "run", lambda *_, **__: None, lambda: False)
    assert (made.count, made.words) == (2, 304)
    assert sum(cut) < 3000
    cut.clear()
    file.write_text("text\n" + "a few words . " * 900 + "\n")
    opened = texts.open_texts(JobSpec("word2vec-gensim", str(file), {}))
    look = preflight.look_at(opened, registry.settings_of("paragraph-vectors", {}))
    assert sum(cut) < 6000
    assert look.words == pytest.approx(2700, rel=0.05), "estimated from the part that was cut"
