import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import settings

# A busy machine is no failure.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store and a cache of the test's own, and no mirror."""
    monkeypatch.setenv("DLTEXT_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("DLTEXT_DATA", raising=False)
    return tmp_path / "home"


@pytest.fixture
def write(tmp_path: Path):
    """Write a file of the test's folder; text is UTF-8, with its line ends as given."""

    def write(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


@pytest.fixture
def mirror(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A small mirror and its cards: ``film`` (train, test), ``lines`` (unsplit, one file a label), ``both``."""
    from dltext.data import cards

    folder, card_folder = tmp_path / "mirror", tmp_path / "cards"
    files = {
        "film/train.jsonl": "".join(
            json.dumps({"text": f"film number {n}", "label": "pos" if n % 2 else "neg"}) + "\n" for n in range(40)
        ),
        "film/test.jsonl": "".join(
            json.dumps({"text": f"test film {n}", "label": "pos" if n % 2 else "neg"}) + "\n" for n in range(10)
        ),
        "lines/good": "".join(f"a good line {n}\n" for n in range(30)),
        "lines/bad": "".join(f"a bad line {n}\n" for n in range(50)),
    }
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    sums = {name: sha256(text.encode()) for name, text in files.items()}
    labels = '[labels]\nneg = "negative"\npos = "positive"\n'
    head = 'task = "sentiment"\nlanguage = "en"\n'
    card_folder.mkdir()
    (card_folder / "film.toml").write_text(
        f'name = "film"\ntitle = "Films"\n{head}{labels}[splits]\ntrain = 40\ntest = 10\n'
        + "".join(
            f'[[mirror]]\nsplit = "{s}"\nreader = "jsonl"\nfile = "film/{s}.jsonl"\n'
            f'sha256 = "{sums[f"film/{s}.jsonl"]}"\n'
            for s in ("train", "test")
        )
    )
    (card_folder / "lines.toml").write_text(
        f'name = "lines"\ntitle = "Lines"\nderived = true\n{head}{labels}[splits]\nall = 80\n'
        + "".join(
            f'[[mirror]]\nsplit = "all"\nreader = "plain"\nfile = "lines/{file}"\nlabel = "{label}"\n'
            f'sha256 = "{sums[f"lines/{file}"]}"\n'
            for file, label in (("bad", "neg"), ("good", "pos"))
        )
    )
    (card_folder / "both.toml").write_text(
        f'name = "both"\ntitle = "Both"\n{head}{labels}[splits]\ntrain = 120\ntest = 10\n'
        '[[pieces]]\nsplit = "train"\ncard = "film"\nof = "train"\n'
        '[[pieces]]\nsplit = "train"\ncard = "lines"\nof = "all"\n'
        '[[pieces]]\nsplit = "test"\ncard = "film"\nof = "test"\n'
    )
    monkeypatch.setattr(cards, "FOLDER", card_folder)
    cards._shipped.cache_clear()
    monkeypatch.setenv("DLTEXT_DATA", str(folder))
    yield folder
    cards._shipped.cache_clear()


@pytest.fixture
def write_card(mirror):
    """Add a card of texts in English to the small mirror's."""
    from dltext.data import cards

    def write_card(name: str, content: str) -> None:
        (cards.FOLDER / f"{name}.toml").write_text(f'name = "{name}"\ntitle = "{name}"\nlanguage = "en"\n{content}')

    return write_card
