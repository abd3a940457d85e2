import subprocess
import sys
import threading

import pytest

from dltext.engine import preferences


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("DLTEXT_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_what_is_remembered_is_there_at_the_next_start():
    assert preferences.load() == {}
    preferences.update(theme="light", words=["好", 1, None, {"a": 0.5}])
    preferences.update(model="x")
    assert preferences.load() == {"theme": "light", "words": ["好", 1, None, {"a": 0.5}], "model": "x"}
    preferences.update(theme=None)
    assert set(preferences.load()) == {"words", "model"}


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"\xff\xfe", b"null", b"[" * 100_000])
def test_a_broken_file_is_an_empty_one(home, content):
    home.mkdir()
    (home / "preferences.json").write_bytes(content)
    assert preferences.load() == {}
    preferences.update(theme="dark")
    assert preferences.load() == {"theme": "dark"}


def test_a_folder_that_cannot_be_written_stops_nobody(home, caplog):
    home.write_text("a file where the folder should be")
    assert preferences.load() == {}
    preferences.update(theme="dark")
    assert "could not be written" in caplog.text


def test_what_json_does_not_know_is_refused_and_harms_nothing():
    preferences.update(theme="dark")
    with pytest.raises(TypeError):
        preferences.update(theme=object())
    assert preferences.load() == {"theme": "dark"}


def test_two_instances_lose_nothing_of_each_other():
    code = "import sys\nfrom dltext.engine import preferences\n"
    code += "for n in range(20): preferences.update(**{f'{sys.argv[1]}{n}': n})"
    children = [subprocess.Popen([sys.executable, "-c", code, name]) for name in "ab"]
    threads = [
        threading.Thread(target=lambda name=name: [preferences.update(**{f"{name}{n}": n}) for n in range(20)])
        for name in "cd"
    ]
    for thread in threads:
        thread.start()
    for worker in threads:
        worker.join()
    assert [child.wait(60) for child in children] == [0, 0]
    assert preferences.load() == {f"{name}{n}": n for name in "abcd" for n in range(20)}
