"""Nothing is sent, nothing is written elsewhere, and nobody else can read what is kept."""

import csv
import importlib.util
import json
import os
import random
import stat
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from dltext.data import paths
from dltext.engine import api, bundle_format, environment


def _load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"dltext_faults_{name}", Path(__file__).parent / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


watching = _load("watching")
LONG = os.environ.get("DLTEXT_FAULTS") == "long"

COMMANDS = """
import io, json, sys, time
from dltext.tui import cli

for arguments, text in json.load(sys.stdin):
    sys.stdin = io.TextIOWrapper(io.BytesIO(text.encode()))
    print(json.dumps([cli.main(arguments), arguments]), file=sys.__stderr__, flush=True)
time.sleep(1)
"""
"""Several commands in one process, which then stays for a moment: a library may wait before it speaks."""

READING: list[tuple[str, str]] = [
    ("sentiment --in - --json", "A slow film that finds its voice.\nA dull one.\n"),
    ("classify --in - --json --model sentiment-en-cnn", "A warm film.\n"),
    ("sentiment --explain --model sentiment-zh-lstm 房间很干净", ""),
    ("profile", "I was so tired after school today, lol. My mum says hi.\n"),
    ("translate --to zh hello", ""),
    ("translate --to en 今天天气很好", ""),
    ("title", "We propose a model of attention. It reads long texts and we show that it is fast.\n"),
    ("similar coffee", ""),
    ("analogy king-man+woman", ""),
    ("odd-one-out tea coffee house", ""),
    ("similarity tea coffee", ""),
    ("search film --data {data}", ""),
    ("search film --data {data} --method bm25", ""),
    ("sentiment --in {data} --out {named}/read.jsonl --json", ""),
    ("evaluate sentiment-en-cnn --data {data} --split all", ""),
    ("recipes", ""),
    ("data list", ""),
    ("data check {data}", ""),
    ("data import {data} --name mine", ""),
    ("data show mine", ""),
    ("models list", ""),
    ("models show title-en", ""),
    ("models export sentiment-en-cnn {named}/model.zip", ""),
    ("models import {named}/model.zip", ""),
    ("models default sentiment-en-cnn-2", ""),
    ("models import {vectors} --name own-vectors", ""),
    ("models export own-vectors {named}/words.npz", ""),
    ("models remove own-vectors --yes", ""),
    ("jobs list", ""),
]
READING_LONG: list[tuple[str, str]] = [
    ("doctor", ""),
    ("evaluate translate-fr-en --data {pairs} --split all", ""),
    ("evaluate title-en --data {titled} --split all", ""),
    ("evaluate words-en --data wordsim353", ""),
    ("models export words-en {named}/words.kv", ""),
    ("models export words-en {named}/words.vec", ""),
    ("data fetch mr", ""),
    ("train text-cnn --data {data} --check", ""),
    ("train word2vec-gensim --data {data} --check", ""),
]
TRAINING = ["train word2vec-gensim --data {data} --set epochs=1 --set vector_size=8 --follow"]
SMALL = "--set epochs=1 --follow"
TRAINING_LONG = [
    f"train text-cnn --data {{data}} {SMALL}",
    f"train lstm --data {{data}} {SMALL}",
    f"train word2vec-skipgram --data {{data}} {SMALL}",
    f"train word2vec-cbow --data {{data}} {SMALL}",
    f"train paragraph-vectors --data {{data}} {SMALL}",
    f"train self-attention --data {{authors}} {SMALL}",
    f"train seq2seq-attention --data {{pairs}} {SMALL}",
    f"train seq2seq-char --data {{pairs}} {SMALL}",
    f"train transformer --data {{pairs}} {SMALL}",
    f"train title-copy --data {{titled}} {SMALL}",
    "cross-validate text-cnn --data {data} --folds 2 --set epochs=1",
]


def write_data(folder: Path) -> dict[str, str]:
    """Small sets of each kind, by what the commands call them."""
    chance = random.Random(1)
    folder.mkdir()

    def some(words: str, count: int = 9) -> str:
        return " ".join(chance.choices(words.split(), k=count))

    good, bad, rest = "good warm fine fresh ", "bad cold poor stale ", "film plot the a of cast and music"
    labels, french, english = ("positive", "negative"), "le chat noir un deux", "the black cat one two"
    tables = {
        "data": (["text", "label"], [[some((good, bad)[i % 2] + rest), labels[i % 2]] for i in range(120)]),
        "pairs": (["source", "target"], [[some(french), some(english)] for _ in range(120)]),
        "titled": (["text", "title"], [[some(rest, 20), some(good, 3)] for _ in range(120)]),
        "authors": (
            ["text", "author", "gender"],
            [[some((good, bad)[i % 2] + rest, 30), f"author{i // 3}", "fm"[i // 3 % 2]] for i in range(180)],
        ),
    }  # fmt: skip
    made = {}
    for name, (header, rows) in tables.items():
        made[name] = str(folder / f"{name}.csv")
        with Path(made[name]).open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows([header, *rows])
    made["vectors"] = str(folder / "own.vec")
    Path(made["vectors"]).write_text("3 2\ncat 1 0\ndog 0 1\nsun 1 1\n")
    return made


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A store after all commands have run, each seen by the hook and by strace, under a umask that hides nothing."""
    folder = tmp_path_factory.mktemp("privacy")
    watched = watching.Watched(folder)
    places = {**write_data(folder / "data"), "named": str(watched.named)}
    if (mirror := os.environ.get("DLTEXT_DATA")) and LONG:
        watched.environment["DLTEXT_DATA"] = mirror
    commands = READING + (READING_LONG if LONG else [])
    asked = [([part.format(**places) for part in command.split()], text) for command, text in commands]
    done = watched.run("-c", COMMANDS, stdin=json.dumps(asked), timeout=600)
    codes = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("[")]
    watched.failed = [entry for entry in codes if entry[0] != 0]
    assert len(codes) == len(asked), done.stderr[-3000:]
    trainings = TRAINING + (TRAINING_LONG if LONG else []) if importlib.util.find_spec("keras") else []
    for command in trainings:
        arguments = [part.format(**places) for part in command.split()]
        done = watched.run("-m", "dltext.tui.cli", *arguments, timeout=400)
        if done.returncode:
            watched.failed.append([done.returncode, arguments, done.stderr[-500:]])
    lines = [f"A slow film that finds its voice, for the {number}th time." for number in range(20)]
    stream = ("-m", "dltext.tui.cli", "sentiment", "--in", "-", "--json")
    assert len(watched.slowly(*stream, lines=lines, seconds=30 if LONG else 2).splitlines()) == 20
    places = [f"\x1b[{number}~" for number in (12, 13, 14, 15, 17, 18, 19, 20)] if LONG else []
    keys = ["A warm film with a fine cast. ", *places, "Fin"]
    drawn = watched.screen("-m", "dltext.tui.app", keys=keys, seconds=600 if LONG else 2)
    assert "film" in drawn
    watched.programs = len(asked) + len(trainings) + 2  # and the stream, and the screen
    return watched


def test_all_commands_ran(watched: Any) -> None:
    assert watched.failed == []


def test_nothing_is_sent(watched: Any, figure: Any) -> None:
    sent = watched.sent()
    figure("sockets and look-ups, all commands and the screen", len(sent), watched.programs)
    assert sent == []


def test_nothing_is_written_elsewhere(watched: Any, figure: Any) -> None:
    written = watched.written()
    figure("files written outside DLTEXT_HOME and the named output", len(written), watched.programs)
    assert written == []


def test_what_is_kept_is_its_owners_alone(watched: Any) -> None:
    stored = {str(path.relative_to(watched.store)) for path in watched.store.rglob("*")}
    assert {"jobs.db", "models/sentiment-en-cnn-2", "models/defaults.json", "data/mine/card.toml"} <= stored
    assert any(name.startswith("cache/search/texts-") and name.endswith("documents.db") for name in stored)
    if importlib.util.find_spec("keras"):
        assert any(name.endswith("events.jsonl") for name in stored)
        assert any(name.endswith("log.txt") for name in stored)
    assert watching.modes(watched.store) == {}


def test_what_is_named_is_as_open_as_the_umask_says(watched: Any) -> None:
    for name in ("read.jsonl", "model.zip", "words.npz"):
        assert stat.S_IMODE((watched.named / name).stat().st_mode) == 0o666, name


def test_the_watchers_see(tmp_path: Path) -> None:
    """A look-up, a socket, and a file that is gone at once: by Python, and by what is not Python."""
    watched = watching.Watched(tmp_path / "watched")
    code = """
import socket, tempfile, pathlib
tempfile.TemporaryFile().close()
(pathlib.Path.home() / "left").write_text("x")
try: socket.getaddrinfo("localhost", 80)
except OSError: pass
"""
    assert watched.run("-c", code).returncode == 0
    assert any("getaddrinfo" in line for line in watched.sent())
    assert {Path(line.split(" (")[0]).parent.name for line in watched.written()} >= {"home", "tmp"}


def test_switches_are_set_whatever_the_user_has_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORT_DISABLE_TELEMETRY", "0")
    code = (
        "import os; from dltext.engine.serve.runtime import onnxruntime; onnxruntime();"
        "print(os.environ['ORT_DISABLE_TELEMETRY'])"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "1"
    environment.prepare()
    assert os.environ["ORT_DISABLE_TELEMETRY"] == "1"


# ------------------------------------------------------------------------------------------------- modes


@pytest.fixture
def _open_umask() -> Any:
    before = os.umask(0o022)
    yield
    os.umask(before)


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.usefixtures("_open_umask")
def test_the_engine_alone_keeps_its_files_private(home: Path, make_bundle: Any, tmp_path: Path) -> None:
    make_bundle("toy", {"good": 2.0, "bad": -2.0})
    data = write_data(tmp_path / "sets")["data"]
    name = api.import_data(data).name
    api.remember(theme="dark")
    api.search("film", name, method="bm25")
    api.set_default("toy")
    api.jobs()
    exported = api.export_model("toy", str(tmp_path / "toy.zip"))
    api.import_model(str(exported))
    assert watching.modes(home) == {}
    assert _mode(Path(exported)) == 0o644
    text = api.write_document(str(tmp_path / "new" / "text.txt"), "a text")
    assert _mode(text) == 0o644
    text.chmod(0o640)
    api.write_document(str(text), "another")
    assert _mode(text) == 0o640  # as it was


@pytest.mark.usefixtures("_open_umask")
def test_bundles_are_private_in_the_store_alone(home: Path, make_bundle: Any, tmp_path: Path) -> None:
    bundle = make_bundle("toy", {"good": 2.0})
    card = bundle_format.read(bundle)
    bundle_format.write(tmp_path / "shipped" / "toy", card, {name: bundle / name for name in card["files"]})
    assert {_mode(path) for path in (tmp_path / "shipped" / "toy").iterdir()} == {0o644}
    assert _mode(tmp_path / "shipped" / "toy") == 0o755
    bundle_format.write_card(bundle, {**card, "origin": "imported"})
    assert watching.modes(home) == {}


@pytest.fixture
def wide(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home that an older version left."""
    home = tmp_path / "wide"
    run = home / "runs" / "toy-1"
    run.mkdir(parents=True)
    for path in (home / "jobs.db", home / "preferences.json", run / "events.jsonl"):
        path.write_text("{}")
        path.chmod(0o644)
    for path in (home, run.parent, run):
        path.chmod(0o755)
    monkeypatch.setenv("DLTEXT_HOME", str(home))
    return home


def test_an_older_home_is_closed(wide: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_text("not ours")
    outside.chmod(0o644)
    (wide / "runs" / "link").symlink_to(outside)
    paths.home()
    assert watching.modes(wide) == {}
    assert _mode(outside) == 0o644
    (wide / "jobs.db").chmod(0o644)
    paths.home()  # once a process
    assert _mode(wide / "jobs.db") == 0o644


def test_a_home_among_other_things_is_closed_where_it_is_ours(wide: Path) -> None:
    (wide / "thesis").mkdir(mode=0o755)
    (wide / "thesis").chmod(0o755)
    (wide / "notes.txt").write_text("for the group")
    (wide / "notes.txt").chmod(0o644)
    paths.home()
    assert _mode(wide) == _mode(wide / "thesis") == 0o755
    assert _mode(wide / "notes.txt") == 0o644
    assert _mode(wide / "jobs.db") == 0o600
    assert _mode(wide / "runs" / "toy-1" / "events.jsonl") == 0o600


def test_a_home_of_somebody_else_is_left_as_it_is(wide: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    link = tmp_path / "link"
    link.symlink_to(wide)
    monkeypatch.setenv("DLTEXT_HOME", str(link))
    monkeypatch.setattr(os, "geteuid", lambda: wide.stat().st_uid + 1)
    paths.home()
    assert _mode(wide) == 0o755
    assert _mode(wide / "jobs.db") == 0o644


def test_what_lay_in_scratch_for_a_day_is_swept(home: Path) -> None:
    old, new = home / "cache" / "tmp" / "old", home / "cache" / "tmp" / "new"
    for path in (old, new):
        path.mkdir(parents=True)
        (path / "texts").write_text("x")
    os.utime(old, (0, 0))
    assert paths.scratch() == home / "cache" / "tmp"
    assert not old.exists()
    assert new.exists()
