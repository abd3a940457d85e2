"""Names and paths that nobody means well with: no screen crashes, or lets the terminal obey them."""

import os
import re
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import DirectoryTree, Input

from dltext.tui.drawn import harmless
from dltext.tui.kit.path_line import PathSuggester
from dltext.tui.kit.paths import FILE, FOLDER, MISSING, kind_of, typed_path

OBEYED = re.compile("[\x00-\x1a\x1c-\x1f\x7f-\x9f\ud800-\udfff\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
STYLES = re.compile(r"\x1b\[[0-9;]*m|\x1b\]8;[^\x1b]*\x1b\\")


def drawn(app: Any) -> str:
    """All lines of the screen as they go to the terminal, without their styles."""
    return STYLES.sub("", "\n".join(strip.render(app.console) for strip in app.screen._compositor.render_strips()))


def check(app: Any, of: str) -> None:
    assert app.is_running, of
    assert app._exception is None, of
    obeyed = [mark for line in drawn(app).split("\n") for mark in OBEYED.findall(line) + line.count("\x1b") * ["ESC"]]
    assert not obeyed, f"{of}: {obeyed[:3]}"


@pytest.fixture
def names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Files whose names are as hostile as a file system takes them; they are all that is in the current folder."""
    folder = tmp_path / "names"
    folder.mkdir()
    monkeypatch.chdir(folder)
    raw = [
        b"a\xff\xfe.txt", b"esc\x1b[31mred.txt", b"[b]bold[.txt", b"[@click=app.quit]x.txt", b"bell\x07", b"tab\there",
        "bidi\u202etxt.exe".encode(), b"new\nline.txt", b"c1\xc2\x9b31m", "零宽\u200b.txt".encode(), b"~nobody-here",
        b"x" * 250, b" blank ",
    ]  # fmt: skip
    for name in raw:
        (folder / os.fsdecode(name)).write_text("good film")
    return sorted(folder.iterdir())


async def test_hostile_names_in_dialogs_titles_and_toasts(app: Any, until: Any, names: list[Path]) -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: app.screen.models.infos)
        await pilot.press("ctrl+o")
        await until(pilot, lambda: app.screen.is_modal)
        tree = app.screen.query_one(DirectoryTree)
        await until(pilot, lambda: len(tree.root.children) == len(names))
        for _ in names:
            await pilot.press("down")
            check(app, app.screen.query_one(Input).value)
        await pilot.press("escape")
        for path in names:
            app.screen._open(path)
            await until(pilot, lambda path=path: app.screen._document.name == path.name)
            app.notify(f"Written to {path}")
            await pilot.press("f12")
            await until(pilot, lambda: app.screen.is_modal)
            check(app, path.name)
            await pilot.press("escape")
            app.clear_notifications()
            app.screen.box.show(type(app.screen.box.document)())
            await until(pilot, lambda: not app.screen._document.name)


@pytest.mark.parametrize(
    "typed", ["/dev/random", "fifo", "~nobody-of-this-name/x", "x" * 300, "a\0b", "file/below", "loop", "gone"]
)
async def test_no_dialog_opens_or_writes_what_is_no_file(
    app: Any, engine: Any, until: Any, typed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "file").touch()
    (tmp_path / "loop").symlink_to("loop")
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: app.screen.models.infos)
        await pilot.press(*"good")
        await until(pilot, lambda: app.screen._results())
        for key in ("ctrl+o", "f12"):
            if key == "f12" and typed in ("gone", "file/below", "~nobody-of-this-name/x"):
                continue  # to be made, or for the engine to say
            await pilot.press(key)
            await until(pilot, lambda: app.screen.is_modal)
            field = app.screen.query_one("#path", Input)
            field.focus()
            field.value = typed
            await pilot.press("enter")
            await until(pilot, lambda: app._notifications)
            assert app.screen.is_modal
            check(app, typed)
            await pilot.press("escape")
            app.clear_notifications()
    assert not engine.asked("read_document")
    assert not engine.asked("write_document")


async def test_a_folder_that_is_gone_stops_no_dialog(
    app: Any, until: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("ctrl+o")
        await until(pilot, lambda: app.screen.is_modal)
        check(app, "a folder that is gone")


def test_kinds_of_paths(tmp_path: Path) -> None:
    assert kind_of(tmp_path)[0] == FOLDER
    (tmp_path / "file").touch()
    assert kind_of(tmp_path / "file") == (FILE, "")
    assert kind_of(tmp_path / "file" / "below")[0] == MISSING
    assert "device" in kind_of(Path("/dev/null"))[1]
    assert typed_path("~") == Path.home()


async def test_a_path_is_completed_beside_the_screen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "b.csv").touch()
    (tmp_path / "texts" / "bc.csv").touch()
    complete = PathSuggester().get_suggestion
    assert await complete("te") == "texts/"
    assert await complete("texts/b") == "texts/b.csv"
    assert await complete(f"{tmp_path}/texts/bc") == f"{tmp_path}/texts/bc.csv"
    for nothing in ("", "texts/", "no/such", "/dev/null/x", "~nobody-of-this-name/x", "a\0b"):
        assert await complete(nothing) is None


def test_what_is_drawn_keeps_its_width() -> None:
    from rich.cells import cell_len

    for text in ("plain", "a\x1b[31mb", "\u202eab\x9b", "好\ud800"):
        assert cell_len(harmless(text)) == cell_len(text)
        assert not OBEYED.search(harmless(text))
