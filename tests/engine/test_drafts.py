"""Drafts on disk: what instances that are gone have left, and nothing of those that live."""

import errno
import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dltext.data import paths
from dltext.engine import drafts, preferences
from dltext.engine.results import UserError


def in_another(code: str, *arguments: str) -> None:
    """Run code as an instance of its own, which is gone afterwards."""
    code = f"import sys\nfrom dltext.engine import drafts\n{code}"
    subprocess.run([sys.executable, "-c", code, *arguments], check=True, timeout=60)


def leave(text: str, place: str = "analyse", more: str = "") -> None:
    in_another(f"drafts.save({place!r}, {text!r}{more})")


def test_what_an_instance_left_is_there_with_its_place_and_its_cursor(home: Path) -> None:
    text = "一只 cat \x1b[31m \ud800 \0\r\n" * 40
    leave(text, "titles", ", 'notes.txt', 7, 'My title'")
    (draft,) = drafts.listing()
    assert (draft.place, draft.name, draft.characters, draft.cursor) == ("titles", "notes.txt", len(text), 7)
    assert draft.beside == "My title"
    assert draft.beginning == text[: drafts.BEGINNING]
    assert abs(draft.saved - time.time()) < 60
    folder = home / "drafts"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}
    assert drafts.take(draft.id) == (draft, text)


def test_those_of_living_instances_are_nobody_elses(home: Path) -> None:
    code = "drafts.save('analyse', 'alive'); print(flush=True); sys.stdin.read()"
    child = subprocess.Popen(
        [sys.executable, "-c", f"import sys\nfrom dltext.engine import drafts\n{code}"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert child.stdout is not None
    child.stdout.readline()
    assert drafts.listing() == []
    child.kill()
    child.communicate()
    assert [draft.beginning for draft in drafts.listing()] == ["alive"]


def test_one_that_is_taken_is_this_instances_own(home: Path) -> None:
    leave("left over")
    (draft,) = drafts.listing()
    drafts.save("analyse", "what was here")
    assert drafts.take(draft.id)[1] == "left over"
    assert drafts.listing() == []
    assert [text_of(file) for file in files(home)] == ["left over"]
    drafts.save("analyse", "left over, and more")
    assert [text_of(file) for file in files(home)] == ["left over, and more"]
    drafts.save("analyse", " \n")
    assert files(home) == []
    with pytest.raises(UserError, match="no longer exists"):
        drafts.take(draft.id)


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "lock", "1-0123456789ab.x/../y.draft"])
def test_no_other_file_is_taken_or_removed_as_a_draft(home: Path, name: str) -> None:
    leave("here")
    with pytest.raises(UserError):
        drafts.take(name)
    drafts.forget(name)
    assert len(drafts.listing()) == 1


def test_the_oldest_go(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    in_another("for n in range(5): drafts._instance._lock = None; drafts.save('analyse', f'text {n}')")
    assert [draft.beginning for draft in drafts.listing()] == [f"text {n}" for n in reversed(range(5))]
    monkeypatch.setattr(drafts, "MOST", 3)
    assert [draft.beginning for draft in drafts.listing()] == ["text 4", "text 3", "text 2"]
    monkeypatch.setattr(drafts, "ROOM", 10)
    assert [draft.beginning for draft in drafts.listing()] == ["text 4"]
    (only,) = drafts.listing()
    monkeypatch.setattr(drafts, "DAYS", 0)
    assert drafts.listing() == []
    assert not (home / "drafts" / only.id).exists()
    assert {file.name for file in (home / "drafts").iterdir()} == {"lock"}, "no lock without its draft"


def test_what_a_kill_left_half_written_goes(home: Path) -> None:
    leave("whole")
    (draft,) = drafts.listing()
    part = home / "drafts" / f".{draft.id}.x.part"
    part.write_text("half")
    assert len(drafts.listing()) == 1
    assert not part.exists()


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]\n", b"null\ntext", b"\xff\n", b"{" * 100_000, b"[" * 60_000, b'{"saved": "x", "cursor": -3}\nt'],
    ids=range(8),
)
def test_a_damaged_file_harms_nothing(home: Path, content: bytes) -> None:
    leave("whole")
    (home / "drafts" / "1-0123456789ab.analyse.draft").write_bytes(content)
    os.mkfifo(home / "drafts" / "1-0123456789ac.analyse.draft")
    (home / "drafts" / "1-0123456789ad.analyse.draft").symlink_to("/dev/zero")
    assert "whole" in [draft.beginning for draft in drafts.listing()]


def test_the_preference_turns_it_off(home: Path) -> None:
    drafts.save("analyse", "kept")
    preferences.update(drafts=False)
    drafts.save("analyse", "not kept")
    assert files(home) == []
    preferences.update(drafts=None)
    drafts.save("analyse", "kept again")
    assert len(files(home)) == 1


def test_a_full_disk_is_a_sentence_and_what_was_kept_stays(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drafts.save("analyse", "first")

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(paths.os, "fsync", full)
    with pytest.raises(UserError, match="No space left"):
        drafts.save("analyse", "second")
    assert [text_of(file) for file in files(home)] == ["first"]
    assert not list((home / "drafts").glob("*.part"))


@pytest.mark.parametrize("where", ["home", "drafts"])
def test_a_home_that_cannot_be_written_is_a_sentence(home: Path, where: str) -> None:
    place = home if where == "home" else home / "drafts"
    place.parent.mkdir(exist_ok=True)
    place.write_text("a file where the folder should be")
    assert drafts.listing() == []
    with pytest.raises(UserError, match="No draft"):
        drafts.save("analyse", "text")


def test_ten_megabytes_are_written_and_read(home: Path) -> None:
    text = "Ein langer Text über Füchse. 狐狸。 " * 300_000
    leave_file = home.parent / "text"
    leave_file.write_text(text)
    in_another("drafts.save('analyse', open(sys.argv[1], encoding='utf-8').read(), cursor=9)", str(leave_file))
    (draft,) = drafts.listing()
    assert drafts.take(draft.id)[1] == text


def files(home: Path) -> list[Path]:
    return sorted((home / "drafts").glob("*.draft"))


def text_of(file: Path) -> str:
    return file.read_bytes().partition(b"\n")[2].decode()
