"""The user's models and the shipped ones: one list, unique names, one default a task."""

import json
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from dltext.engine import api, bundle_format, model_exchange, model_store
from dltext.engine.results import UserError
from dltext.engine.tasks import table


@pytest.fixture(autouse=True)
def zoo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty zoo, so that what ships does not decide what is tested."""
    monkeypatch.setattr(model_store, "ZOO", tmp_path / "zoo")
    return tmp_path / "zoo"


def test_nothing_yet(home: Path) -> None:
    assert api.models() == []
    with pytest.raises(UserError, match="There is no model 'x'"):
        api.model("x")
    with pytest.raises(UserError, match="no model for sentiment yet"):
        model_store.default("sentiment")


def test_shipped_first_then_own_with_what_the_card_says(make_bundle, zoo: Path) -> None:
    make_bundle("b-own")
    make_bundle("a-own", language="zh", task="classify", labels=("x", "y", "z"))
    make_bundle("z-shipped", folder=zoo)
    infos = api.models()
    assert [(info.name, info.origin) for info in infos] == [
        ("z-shipped", "shipped"),
        ("a-own", "trained"),
        ("b-own", "trained"),
    ]
    installed = api.model("a-own")
    assert (installed.task, installed.language, installed.labels) == ("classify", "zh", ("x", "y", "z"))
    assert installed.metrics["accuracy"] == 0.9
    assert installed.metrics["floor_accuracy"] == 0.8
    assert installed.measured_on == "toy test"
    assert installed.size == sum(file.stat().st_size for file in Path(installed.path).iterdir())
    assert [info.name for info in api.models("classify")] == ["a-own"]


def test_broken_ones_are_listed_with_their_problem(make_bundle) -> None:
    make_bundle("fine")
    broken = make_bundle("broken")
    assert api.model("broken").problem is None
    (broken / "card.toml").write_text("name = ")
    problem = api.model("broken").problem
    assert problem
    assert "card.toml" in problem
    (broken / "card.toml").unlink()
    assert "has no card.toml" in (api.model("broken").problem or "")
    assert model_store.default("sentiment") == "fine"
    with pytest.raises(UserError, match="cannot be the default"):
        api.set_default("broken")
    api.remove_model("broken")
    assert [info.name for info in api.models()] == ["fine"]


def test_a_missing_file_shows_in_the_list(make_bundle) -> None:
    folder = make_bundle()
    assert api.model("toy").problem is None
    (folder / "model.onnx").unlink()
    assert "model.onnx" in (api.model("toy").problem or "")


def test_a_list_reads_cards_alone(make_bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    make_bundle()
    monkeypatch.setattr(bundle_format, "sha256", lambda path: pytest.fail("a checksum was computed"))
    assert len(api.models()) == 1


def test_defaults(make_bundle, zoo: Path) -> None:
    make_bundle("older", created="2025-01-01")
    make_bundle("newer", created="2026-05-05")
    assert model_store.default("sentiment") == "newer"
    make_bundle("a-shipped", folder=zoo)
    make_bundle("sentiment-en", folder=zoo)
    model_store._defaults.clear()  # the zoo changes only with an installation
    assert model_store.default("sentiment") == "sentiment-en"
    api.set_default("older")
    assert model_store.default("sentiment") == "older"
    assert [info.name for info in api.models() if info.default] == ["older"]
    api.remove_model("older")
    assert model_store.default("sentiment") == "sentiment-en"


def test_the_fast_model_stands_beside_the_shipped_default(make_bundle, zoo: Path, monkeypatch) -> None:
    monkeypatch.setitem(table.TASKS, "sentiment", replace(table.TASKS["sentiment"], default="big", fast="small"))
    make_bundle("big", folder=zoo)
    assert model_store.fast("sentiment") == "big"
    make_bundle("small", folder=zoo)
    assert model_store.fast("sentiment") == "small"
    make_bundle("mine")
    api.set_default("mine")
    assert model_store.fast("sentiment") == "mine"


def test_one_default_a_task(make_bundle) -> None:
    make_bundle("a")
    make_bundle("b")
    make_bundle("topics", task="classify")
    api.set_default("a")
    api.set_default("topics")
    assert {info.name for info in api.models() if info.default} == {"a", "topics"}


def test_a_broken_file_of_defaults_is_none(make_bundle) -> None:
    make_bundle()
    (model_store.store() / "defaults.json").write_text("{")
    assert model_store.default("sentiment") == "toy"
    api.set_default("toy")
    assert json.loads((model_store.store() / "defaults.json").read_text()) == {"sentiment": "toy"}


def test_installing_moves_and_numbers(make_bundle, tmp_path: Path, zoo: Path) -> None:
    make_bundle("shipped", folder=zoo)
    names = []
    for _ in range(3):
        source = make_bundle("fresh", folder=tmp_path / "run")
        names.append(model_store.install(source, "my reviews"))
        assert not source.exists()
    assert names == ["my-reviews", "my-reviews-2", "my-reviews-3"]
    assert bundle_format.read(model_store.store() / "my-reviews-2")["name"] == "my-reviews-2"
    assert model_store.install(make_bundle("fresh", folder=tmp_path / "run"), "shipped") == "shipped-2"
    assert model_store.folder_of("shipped") == zoo / "shipped"


def test_installing_from_another_disk_copies_and_numbers(
    make_bundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_bundle("mine")
    source = make_bundle("mine", folder=tmp_path / "run")
    other = tmp_path / "other-disk"
    stat = Path.stat

    def elsewhere(self: Path, **options):
        status = stat(self, **options)
        if self == source:
            return type("Stat", (), {"st_dev": status.st_dev + 1, "st_mode": status.st_mode})()
        return status

    monkeypatch.setattr(Path, "stat", elsewhere)
    assert model_store.install(source, "mine") == "mine-2"
    monkeypatch.undo()
    monkeypatch.setenv("DLTEXT_HOME", str(tmp_path / "home"))
    assert not source.exists()
    assert not other.exists()
    assert sorted(path.name for path in (tmp_path / "home" / "models").iterdir()) == ["mine", "mine-2"]


def test_two_who_install_the_same_name_at_once_both_get_one(make_bundle, tmp_path: Path) -> None:
    sources = [make_bundle("same", folder=tmp_path / str(number)) for number in range(6)]
    ready, names = threading.Barrier(len(sources)), []

    def install(source: Path) -> None:
        ready.wait()
        names.append(model_store.install(source, "same"))

    threads = [threading.Thread(target=install, args=(source,)) for source in sources]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(names) == ["same", *(f"same-{number}" for number in range(2, 7))]
    assert all(bundle_format.read(model_store.store() / name)["name"] == name for name in names)


def test_a_damaged_bundle_is_not_installed(make_bundle, tmp_path: Path) -> None:
    source = make_bundle("fresh", folder=tmp_path / "run")
    (source / "model.onnx").write_bytes(b"")
    with pytest.raises(UserError, match="damaged"):
        model_store.install(source, "fresh")
    assert source.exists()
    assert api.models() == []


def test_out_and_in_again(make_bundle, tmp_path: Path) -> None:
    make_bundle("mine")
    (tmp_path / "out").mkdir()
    written = api.export_model("mine", str(tmp_path / "out"))
    assert written == tmp_path / "out" / "mine.zip"
    with pytest.raises(UserError, match="already exists"):
        api.export_model("mine", str(tmp_path / "out"))
    imported = api.import_model(str(written))
    assert (imported.name, imported.origin) == ("mine-2", "imported")
    assert api.model("mine").origin == "trained"
    assert api.analyse("good", model="mine-2").label == "positive"
    assert written.exists()


def test_in_from_a_folder(make_bundle, tmp_path: Path) -> None:
    source = make_bundle("other", folder=tmp_path / "elsewhere")
    assert api.import_model(str(source)).origin == "imported"
    assert "origin" not in bundle_format.read(source)


def test_what_cannot_come_in(make_bundle, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="does not exist"):
        api.import_model(str(tmp_path / "missing.zip"))
    evil = make_bundle("evil", folder=tmp_path / "elsewhere")
    text = (evil / "card.toml").read_text().replace('name = "evil"', 'name = "../evil"')
    (evil / "card.toml").write_text(text)
    with pytest.raises(UserError, match="cannot be a model's name"):
        api.import_model(str(evil))
    assert [path.name for path in model_store.store().iterdir()] == []


def test_shipped_ones_stay(make_bundle, zoo: Path) -> None:
    make_bundle("shipped", folder=zoo)
    with pytest.raises(UserError, match="cannot be removed"):
        api.remove_model("shipped")
    assert (zoo / "shipped").exists()


@pytest.mark.parametrize("name", ["../models/toy", "/nowhere", "", ".", "..", ".hidden"])
def test_a_name_is_no_path(name: str, make_bundle) -> None:
    make_bundle()
    with pytest.raises(UserError, match="There is no model"):
        model_store.folder_of(name)


def test_a_run_installs_its_bundle_once(make_bundle, tmp_path):
    made = [make_bundle("mine", folder=tmp_path / number) for number in "123"]
    assert model_store.install_once(made[0], "mine", "token") == "mine"
    assert model_store.install_once(made[1], "mine", "token") == "mine"
    assert model_store.install_once(made[2], "mine", "of another run") == "mine-2"
    assert [info.name for info in model_store.listing() if info.origin != "shipped"] == ["mine", "mine-2"]


def test_an_imported_bundle_is_no_runs(make_bundle, tmp_path):
    model_store.install_once(make_bundle("mine", folder=tmp_path / "1"), "mine", "token")
    model_exchange.export_bundle("mine", tmp_path / "mine.zip")
    model_store.remove("mine")
    assert model_exchange.import_bundle(tmp_path / "mine.zip").name == "mine"
    assert model_store.install_once(make_bundle("mine", folder=tmp_path / "2"), "mine", "token") == "mine-2"


def test_the_newest_own_classifier_answers_before_a_shipped_one(make_bundle, zoo: Path) -> None:
    make_bundle("topics-news-en", task="classify", labels=("x", "y"), folder=zoo)
    make_bundle("another", task="classify", labels=("u", "v"), folder=zoo)
    assert model_store.default("classify") == "topics-news-en"
    make_bundle("mine", task="classify", labels=("p", "q"))
    assert model_store.default("classify") == "mine"
    make_bundle("sentiment-en", folder=zoo)
    make_bundle("my-sentiment")
    assert model_store.default("sentiment") == "sentiment-en"


def test_a_shipped_translator_answers_until_another_one_is_chosen(make_bundle, zoo: Path) -> None:
    direction = {"source": "en", "target": "zh"}
    make_bundle("translate-en-zh", task="translate", serving=direction, folder=zoo)
    make_bundle("mine", task="translate", serving=direction)
    assert model_store.default("translate:en-zh") == "translate-en-zh"
    assert {info.name for info in api.models("translate") if info.default} == {"translate-en-zh"}
    api.set_default("mine")
    assert model_store.default("translate:en-zh") == "mine"
