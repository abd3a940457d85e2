"""What a writer leaves that was killed over its work, and what the next one makes of it."""

import os
import subprocess
import sys
import time

import pytest

from dltext.data import leftovers, paths

pytestmark = pytest.mark.skipif(not leftovers.LOCKS, reason="without locks only age tells what is left behind")

KILLED = """
import os, signal, sys
from pathlib import Path
from dltext.data import leftovers, paths
home = Path(sys.argv[1])
what = sys.argv[2]
if what == "file":
    with paths.atomic_open(home / "table.json") as stream:
        stream.write("half")
        stream.flush()
        os.kill(os.getpid(), signal.SIGKILL)
elif what == "folder":
    with paths.aside(home / "model") as aside:
        (aside / "weights").write_bytes(bytes(100))
        os.kill(os.getpid(), signal.SIGKILL)
elif what == "replacing":
    from dltext.engine import bundle_format as bundle
    rename = Path.rename
    def killed(self, target):
        if target == home / "model":  # the old one has stepped aside
            os.kill(os.getpid(), signal.SIGKILL)
        return rename(self, target)
    Path.rename = killed
    (home / "model").mkdir()
    (home / "model" / "old").write_text("kept")
    (home / "new").mkdir()
    bundle._replace(home / "new", home / "model")
elif what == "living":
    with paths.aside(home / "model") as aside, paths.atomic_open(home / "table.json") as stream:
        print("ready", flush=True)
        sys.stdin.read()
"""


def child(home, what, **more):
    return subprocess.Popen([sys.executable, "-c", KILLED, str(home), what], **more)


@pytest.fixture
def home(home):
    home.mkdir()
    return home


@pytest.mark.parametrize("what", ["file", "folder"])
def test_the_next_writer_sweeps_what_a_killed_one_left(home, what):
    assert child(home, what).wait(60) < 0
    assert len([path for path in home.iterdir() if path.name.endswith(".part")]) == 1
    paths.write_json(home / "other.json", {})
    assert [path.name for path in home.iterdir()] == ["other.json"]


def test_what_was_being_replaced_comes_back(home):
    assert child(home, "replacing").wait(60) < 0
    assert not (home / "model").exists()
    leftovers.sweep(home)
    assert (home / "model" / "old").read_text() == "kept"
    assert not [path for path in home.iterdir() if path.name.endswith(".old")]


def test_what_a_living_process_writes_is_left_alone(home):
    living = child(home, "living", stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert living.stdout.readline() == b"ready\n"
        leftovers.sweep(home)
        assert len(list(home.iterdir())) == 2
    finally:
        living.stdin.close()
        living.wait(60)
    assert [path.name for path in home.iterdir()] == ["table.json"]


def test_what_bears_no_lock_of_ours_goes_by_its_age(home):
    for name, age in ((".new.x.part", 10), (".old.x.part", 2 * leftovers.AGE)):
        (home / name).mkdir()
        os.utime(home / name, (time.time() - age,) * 2)
    (home / "mine.part").write_text("no hidden file of ours")
    leftovers.sweep(home)
    assert sorted(path.name for path in home.iterdir()) == [".new.x.part", "mine.part"]


def test_a_folder_that_is_not_ours_is_swept_of_its_target_alone(tmp_path, home):
    place = tmp_path / "documents"
    place.mkdir()
    for name in ("letter.txt", "other.txt"):
        (place / f"{leftovers.beginning(name)}abcd{leftovers.PART}").write_text("half")
    with paths.atomic_open(place / "letter.txt") as stream:
        stream.write("whole")
    assert sorted(path.name for path in place.iterdir()) == [f".other.txt.abcd{leftovers.PART}", "letter.txt"]


def test_a_long_name_leaves_room_for_the_mark(home):
    for name in ("n" * 250, "名" * 83):
        paths.write_json(home / name, {"a": 1})
        assert paths.read_json(home / name) == {"a": 1}


def test_a_table_that_is_broken_or_of_another_kind_begins_anew(home):
    for content in ("{", "[1]", ""):
        (home / "table.json").write_text(content)
        assert paths.update_json(home / "table.json", lambda table: {**table, "a": 1}) == {"a": 1}
    with pytest.raises(ZeroDivisionError):
        paths.update_json(home / "table.json", lambda table: {"a": 1 // 0})
    assert paths.read_json(home / "table.json") == {"a": 1}
