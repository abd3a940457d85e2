import random
from pathlib import Path

import pytest

TOPICS = {
    "cat": ["meows", "purrs", "claws", "whiskers"],
    "dog": ["barks", "wags", "fetches", "growls"],
    "car": ["drives", "brakes", "wheels", "engine"],
    "bus": ["drives", "brakes", "wheels", "passengers"],
}


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("DLTEXT_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("DLTEXT_DATA", raising=False)


@pytest.fixture
def texts(tmp_path) -> Path:
    """A small plain corpus with something to learn: words of a topic stand together, and new york is one thing."""
    rng = random.Random(0)
    lines = []
    for _ in range(1200):
        topic = rng.choice(list(TOPICS))
        words = [topic, *rng.choices(TOPICS[topic], k=5), *rng.choices(["the", "and", "a"], k=3)]
        rng.shuffle(words)
        if rng.random() < 0.3:
            words[4:4] = ["new", "york"]
        lines.append(" ".join(words).capitalize() + ".")
    path = tmp_path / "animals.txt"
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.fixture
def tests_of_words(monkeypatch, tmp_path) -> Path:
    """A mirror whose published tests ask for the words of the small corpus."""
    folder = tmp_path / "mirror" / "word-tests"
    folder.mkdir(parents=True)
    rows = [(topic, word, 9) for topic, words in TOPICS.items() for word in words]
    rows += [("cat", word, 1) for word in TOPICS["car"]] + [("bus", word, 1) for word in TOPICS["dog"]]
    (folder / "wordsim353.tsv").write_text("".join(f"{a}\t{b}\t{score}\n" for a, b, score in rows))
    questions = [f"cat {a} dog {b}" for a in TOPICS["cat"] for b in TOPICS["dog"]]
    (folder / "questions-words.txt").write_text("\n".join([": sounds", *questions]) + "\n")
    monkeypatch.setenv("DLTEXT_DATA", str(tmp_path / "mirror"))
    return folder
