"""The recipe ngram: from texts to a model that answers, its baseline, and what is too little or no setting."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dltext.data import decisions
from dltext.engine import api, model_store, readiness
from dltext.engine.jobs.stopping import StopRequested
from dltext.engine.results import JobSpec, UserError
from dltext.engine.tasks.language.model import open_language
from dltext.engine.text import units
from dltext.engine.train import run as running
from dltext.engine.train.language import ngram, rhymes
from dltext.engine.train.words import texts as texts_of_words

SUBJECTS, VERBS, OBJECTS = ["the cat", "a dog", "my old friend"], ["sees", "hears", "likes"], ["a bird .", "the rain ."]

Trained = tuple[dict[str, Any], list[Any]]
"""How a run ended, and what it said."""


def lines(count: int, seed: int = 0) -> list[str]:
    rng = np.random.default_rng(seed)
    return [" ".join(str(rng.choice(part)) for part in (SUBJECTS, VERBS, OBJECTS)) for _ in range(count)]


def train(
    folder: Path, data: Path, should_stop: Any = lambda: False, **settings: Any
) -> tuple[dict[str, Any], list[Any]]:
    events: list[Any] = []
    spec = api.validate(JobSpec("ngram", str(data), settings, seed=2, name="mine"))
    folder.mkdir(exist_ok=True)
    outcome = running.execute(spec, folder, lambda kind, /, **values: events.append((kind, values)), should_stop)
    return outcome, events


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    file = tmp_path / "texts.csv"
    file.write_text("text\n" + "".join(f"{line}\n" for line in lines(2000)))
    return file


@pytest.fixture
def trained(
    home: Path, texts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[dict[str, Any], list[Any]]:
    monkeypatch.setattr("dltext.engine.model_store.ZOO", tmp_path / "zoo")
    return train(tmp_path / "run", texts)


def test_it_trains_and_answers(trained: Any, texts: Path, run: Any) -> None:
    outcome, events = trained
    assert outcome["state"] == "done"
    # Nine of ten words follow from the two before: three choices of three, three and two.
    assert outcome["metrics"]["test_perplexity"] < 2.2
    assert outcome["metrics"]["floor_perplexity"] > 5
    row = next(values for kind, values in events if kind == "epoch")
    assert row["validation"].keys() == {"perplexity", "loss"}
    assert row["sample"]
    card = model_store.info("mine").card
    assert card["serving"] | {"family": "ngram", "unit": "words", "texts": "documents"} == card["serving"]
    assert "rhymes" not in card["serving"]
    again = run("evaluate", "mine", "--data", str(texts), "--json").objects[0]
    assert again["metrics"]["perplexity"] == pytest.approx(card["metrics"][0]["perplexity"], abs=1e-3)
    command = api.task("language").command
    assert command == 'generate --model {model} "…"'
    assert run("generate", "--model", "mine", "the cat", "--json").objects[0]["text"].startswith("the cat ")


def test_the_look_before_it(home: Path, texts: Path) -> None:
    look = api.preflight(JobSpec("ngram", str(texts), {}, seed=2))
    assert look.floor is not None
    assert look.floor["perplexity"] > 5
    assert look.seconds < 60
    assert "words to learn from" in look.facts[0]


def test_one_long_text_has_no_ends_and_is_measured_again_alike(home: Path, tmp_path: Path, run: Any) -> None:
    file = tmp_path / "book.txt"
    file.write_text("\n".join(lines(3000)))
    outcome, _ = train(tmp_path / "run", file)
    assert outcome["state"] == "done"
    opened = open_language("mine")
    assert not opened.documents
    card = model_store.info("mine").card
    decisions._decided.clear()  # another process knows nothing of what this one decided while it trained
    again = run("evaluate", "mine", "--data", str(file), "--json").objects[0]
    assert again["metrics"]["perplexity"] == pytest.approx(card["metrics"][0]["perplexity"], abs=0.02)
    (made,) = api.generate("my old", "mine", seed=1, length=30).continuations
    assert made.units == 30


def test_a_file_of_one_line_over_the_limit_is_learnt_from_and_read(
    home: Path, tmp_path: Path, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = " ".join(lines(2000))
    monkeypatch.setattr("dltext.data.lines.LINE_LIMIT", len(text) // 3)
    monkeypatch.setattr(units, "STRETCH", 5000)
    cut: list[int] = []
    split = texts_of_words.split
    monkeypatch.setattr(texts_of_words, "split", lambda rules, part: cut.append(len(part)) or split(rules, part))
    data = tmp_path / "text8"
    data.write_text(text)
    readiness.check(JobSpec("ngram", str(data), {}, name="mine"))
    assert cut
    assert max(cut) <= 5000  # of a long text words are cut off as far as they are needed
    assert train(tmp_path / "run", data, most_units=8000)[0]["state"] == "done"
    many = json.loads(run("perplexity", "--in", str(data), "--model", "mine", "--json").out)
    alone = api.surprise(text, "mine", explain=False)
    assert (many["tokens"], many["perplexity"]) == (alone.tokens, pytest.approx(alone.perplexity))


def test_a_run_that_is_stopped_says_so_and_begins_again(home: Path, texts: Path, tmp_path: Path) -> None:
    asked: list[int] = []

    def stop() -> bool:
        asked.append(1)
        return len(asked) > 7

    outcome, events = train(tmp_path / "run", texts, stop)
    assert outcome["state"] == "cancelled"
    assert not any(kind == "epoch" for kind, _ in events)
    outcome, _ = train(tmp_path / "run", texts)
    assert outcome["state"] == "done"


def test_pruning_makes_a_smaller_and_a_worse_model(home: Path, texts: Path, tmp_path: Path) -> None:
    sizes, losses = [], []
    for number, prune in enumerate(("1", "1,300", "2000")):
        outcome, _ = train(tmp_path / f"run{number}", texts, prune=prune, unit="characters")
        sizes.append(model_store.info(outcome["bundle"]).size)
        losses.append(outcome["metrics"]["test_loss"])
    assert sizes == sorted(sizes, reverse=True)
    assert losses == sorted(losses)
    assert sizes[0] > 1.5 * sizes[2]


def test_too_little_says_what_would_be_enough(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "few.txt"
    file.write_text("\n".join(lines(60)))
    with pytest.raises(UserError, match="at least 5,000 are needed"):
        train(tmp_path / "run", file)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"order": 1}, "knows no context"),
        ({"order": 13}, "order"),
        ({"prune": "1,x"}, "whole numbers"),
        ({"prune": "0"}, "whole numbers"),
        ({"prune": ""}, "whole numbers"),
    ],
)
def test_settings_that_are_none(texts: Path, settings: dict[str, Any], said: str) -> None:
    with pytest.raises(UserError, match=said):
        api.validate(JobSpec("ngram", str(texts), settings))


def test_the_baseline_of_other_recipes_is_the_same_model(trained: Any, texts: Path) -> None:
    cut = units.learn(lines(2000), "words", 1000)
    stream = np.concatenate([row for ids in cut.encode_many(lines(2000)) for row in (ids, np.zeros(1, np.int32))])
    numbers = ngram.baseline({"train": stream[:9000], "test": stream[9000:]}, cut, whole=False)
    assert numbers["name"] == "n-grams of 5 words"
    assert numbers["perplexity"] < 2.2
    assert 0 < numbers["bits_per_character"] < 1


def test_the_longest_ngrams_suit_the_units() -> None:
    assert ngram.usual_order(units.learn(["a b"], "words", 9)) == 5
    assert ngram.usual_order(units.learn(["a b"], "characters", 9)) == 7
    many = "".join(chr(0x4E00 + number) for number in range(1200))
    assert ngram.usual_order(units.learn([many], "characters", 5000)) == 4


# ------------------------------------------------------------------------------------------------ rhymes

GROUPS = ["天年烟前船弦川", "花家霞沙华斜", "东风中红空同"]


def poems(rhyming: bool) -> list[str]:
    rng = np.random.default_rng(3)
    rows = []
    for _ in range(600):
        letters = GROUPS[int(rng.integers(3))] if rhyming else "".join(GROUPS)
        ends = rng.choice([*letters], 4, replace=False)
        rows.append("\n".join(f"春山白日{other}，江水入云{end}。" for other, end in zip("来去上下", ends, strict=True)))
    return rows


def test_rhymes_are_learnt_from_poems() -> None:
    groups = rhymes.learn(poems(rhyming=True))
    assert {frozenset(group) for group in groups} == {frozenset(group) for group in GROUPS}


def test_prose_has_none() -> None:
    assert rhymes.learn(poems(rhyming=False)) == []
    assert rhymes.learn(["好。坏。"] * 9) == []
    words = units.learn(["a b"], "words", 9)
    assert rhymes.packed(poems(rhyming=True), words) == ({}, {})


def test_a_model_of_poems_knows_their_rhymes(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "poems.jsonl"
    file.write_text("".join(f'{{"text": "{poem}"}}\n'.replace("\n", "\\n", poem.count("\n")) for poem in poems(True)))
    outcome, _ = train(tmp_path / "run", file, unit="characters")
    assert outcome["state"] == "done"
    made = api.generate("春", "mine", line_lengths=(5,) * 8, rhyme=True, seed=3).continuations[0].text
    ends = {line[-2] for line in made.strip().split("\n") if line.endswith("。")}
    assert any(ends <= set(group) for group in GROUPS)


def test_a_stop_between_two_lengths_leaves_nothing(texts: Path, home: Path, tmp_path: Path) -> None:
    spec = api.validate(JobSpec("ngram", str(texts), {}, seed=2))
    pipeline = ngram.NgramLanguagePipeline(spec, tmp_path, lambda kind, **values: None, lambda: False)
    pipeline.read()
    trainer = pipeline.network()
    pipeline.pause = lambda: (_ for _ in ()).throw(StopRequested)  # type: ignore[method-assign]
    assert trainer.run() is False
    assert trainer.keep_best() is False


def test_a_run_counts_the_characters_that_there_are(home: Path, texts: Path, tmp_path: Path, run: Any) -> None:
    """Also of words that the vocabulary lacks, of which nothing but their number is known from the units."""
    outcome, _ = train(tmp_path / "run", texts, vocabulary_size=10)
    card = model_store.info("mine").card
    again = run("evaluate", "mine", "--data", str(texts), "--json").objects[0]
    assert "are not in the vocabulary" in card["metrics"][0]["protocol"]
    assert again["metrics"]["perplexity"] == pytest.approx(card["metrics"][0]["perplexity"], abs=1e-3)
    assert again["metrics"]["bits_per_character"] == pytest.approx(card["metrics"][0]["bits_per_character"], abs=1e-4)
    assert outcome["state"] == "done"
