"""Train: the form, what it refuses, the check, the start."""

import threading
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.keys import _character_to_key as character_to_key
from textual.widgets import Input, Select, Static

from dltext.engine.results import Field, JobSpec, RecipeSource
from dltext.tui.kit.choose_box import OWN, ChooseBox
from dltext.tui.kit.file_dialogs import Files, OpenFile
from dltext.tui.kit.pick import Pick
from dltext.tui.kit.setting import SettingRow, convert
from dltext.tui.train.form import SettingsForm
from dltext.tui.train.preflight import PreflightPane

Until = Any


@pytest.fixture(autouse=True)
def _starts_here(starting_in: Any) -> None:
    starting_in("train")


@pytest.fixture
def opened(jobs_app: Any, until: Until) -> Any:
    """``screen = await opened(pilot)``: the Train screen with its lists filled."""

    async def go(pilot: Any) -> Any:
        await pilot.app.open_screen("train")
        screen = pilot.app.screen
        await until(
            pilot,
            lambda: (
                screen.has_class("-ready") and screen.query(SettingsForm) and screen.query_one(SettingsForm).is_mounted
            ),
        )
        return screen

    return go


def row(screen: Any, name: str) -> SettingRow:
    form = screen.query_one(SettingsForm)
    return form.rows[name] if name in form.rows else screen.query_one(ChooseBox).rows[name]


async def test_a_bad_value_is_named_refused_and_gone_to(jobs_app: Any, jobs: Any, opened: Any, until: Until) -> None:
    async with jobs_app.run_test(size=(100, 40), notifications=True) as pilot:
        screen = await opened(pilot)
        filters = row(screen, "filters")
        filters.query_one(Input).value = "0"
        await until(pilot, lambda: filters.error is not None)
        assert "from 1 to 2,000" in str(filters.query_one(".setting--note", Static).render())
        await pilot.press("f3")
        await until(pilot, lambda: filters.query_one(Input).has_focus)
        assert not [call for call in jobs.asked if call[0] == "submit"]

        # An advanced one unfolds its group.
        filters.query_one(Input).value = "64"
        await until(pilot, lambda: filters.error is None)
        patience = row(screen, "patience")
        assert not patience.region.height
        patience.query_one(Input).value = "x"
        await until(pilot, lambda: patience.error is not None)
        await pilot.press("f3")
        await until(pilot, lambda: patience.query_one(Input).has_focus and patience.region.height)


async def test_start_submits_what_the_form_says_and_opens_runs(
    jobs_app: Any, jobs: Any, opened: Any, until: Until
) -> None:
    async with jobs_app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        row(screen, "filters").query_one(Input).value = "64"
        row(screen, "name").query_one(Input).value = "mine"
        row(screen, "seed").query_one(Input).value = "7"
        await pilot.press("f3")
        await until(pilot, lambda: pilot.app.screen.PLACE == "runs")
        ((_, spec),) = [call for call in jobs.asked if call[0] == "submit"]
        assert (spec.recipe, spec.data, spec.name, spec.seed, spec.kind) == ("text-cnn", "mr", "mine", 7, "train")
        assert spec.settings["filters"] == 64
        assert spec.settings["learning_rate"] == 0.001
        assert spec.settings["class_weights"] is False
        new = next(job.id for job in jobs.jobs() if job.spec == spec or job.spec.name == "mine")
        await until(pilot, lambda: pilot.app.screen.selected and pilot.app.screen.selected.id == new)


async def test_own_data_needs_a_path_and_carries_its_columns(
    jobs_app: Any, jobs: Any, opened: Any, until: Until, tmp_path: Path
) -> None:
    file = tmp_path / "酒店 [b].csv"
    file.write_text("review,stars\ngood,1\n")
    async with jobs_app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        box = screen.query_one(ChooseBox)
        assert not box.rows["path"].display
        box._picks["data"].choose(OWN)
        await until(pilot, lambda: box.rows["path"].display)
        await pilot.press("f2")
        await until(pilot, lambda: box.rows["path"].query_one(Input).has_focus)
        assert not jobs.asked
        box.take_path(str(file))
        await until(pilot, lambda: jobs.asked)
        box.rows["text_column"].query_one(Input).value = "review"
        box.rows["label_column"].query_one(Input).value = "stars"
        await until(pilot, lambda: screen.spec().label_column == "stars")
        await pilot.press("f3")
        await until(pilot, lambda: any(call[0] == "submit" for call in jobs.asked))
        spec = next(call[1] for call in jobs.asked if call[0] == "submit")
        assert (spec.data, spec.text_column, spec.label_column) == (str(file), "review", "stars")


async def test_the_check_shows_progress_then_findings_then_that_they_are_old(
    jobs_app: Any, jobs: Any, opened: Any, until: Until
) -> None:
    jobs.preflight_gate = threading.Event()
    async with jobs_app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        pane = screen.query_one(PreflightPane)
        await pilot.press("f2")
        await until(pilot, lambda: pane.has_class("-busy") and pane.query_one("ProgressBar").percentage == 0.5)
        jobs.preflight_gate.set()
        await until(pilot, lambda: not pane.has_class("-busy"))
        for word in ("8,530 train", "[/b]positive", "78.2 %", "1:36", "812", "3 test examples also"):
            assert word in pane.said
        spec = next(call[1] for call in jobs.asked if call[0] == "preflight")
        assert spec.kind == "preflight"
        assert not pane.said.startswith("Changed")
        row(screen, "epochs").query_one(Input).value = "9"
        await until(pilot, lambda: pane.said.startswith("Changed"))

        # One that is overtaken keeps the next waiting no longer.
        gate = jobs.preflight_gate = threading.Event()
        await pilot.press("f2")
        await until(pilot, lambda: pane.has_class("-busy"))
        row(screen, "epochs").query_one(Input).value = "10"
        await until(pilot, lambda: not pane.has_class("-busy"))
        assert "8,530 train" not in pane.said
        jobs.preflight_gate = None
        await pilot.press("f2")
        await until(pilot, lambda: "8,530 train" in pane.said)
        assert not gate.is_set(), "the first check would have gone on"


async def test_errors_of_the_data_keep_it_from_starting(jobs_app: Any, jobs: Any, opened: Any, until: Until) -> None:
    jobs.check_errors = ("own.csv, line 3: the label is empty.",)
    async with jobs_app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        await pilot.press("f2")
        await until(pilot, lambda: "line 3" in screen.query_one(PreflightPane).said)
        await pilot.press("f3")
        await pilot.pause(0.1)
        assert not [call for call in jobs.asked if call[0] == "submit"]


async def test_without_the_extra_it_says_how_to_get_it(jobs_app: Any, jobs: Any, until: Until) -> None:
    jobs.problem = "Training needs packages that are not installed: pip install 'dltext[train]'."
    async with jobs_app.run_test(size=(80, 24)) as pilot:
        await pilot.app.open_screen("train")
        screen = pilot.app.screen
        await until(pilot, lambda: "dltext[train]" in str(screen.query_one("#train-empty", Static).render()))
        assert not screen.query_one("#train-board").display
        await pilot.press("f3")
        assert not jobs.asked


async def test_values_are_remembered_and_reset(jobs_app: Any, jobs: Any, opened: Any, until: Until) -> None:
    jobs.stored["train"] = {
        "recipe": "lstm",
        "data": "hotel",
        "seed": 3,
        "settings": {"lstm": {"units": 32, "gone": 1}},
    }
    async with jobs_app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        await until(pilot, lambda: screen.spec().settings["units"] == 32)
        assert (screen.spec().recipe, screen.spec().data, screen.spec().seed) == ("lstm", "hotel", 3)
        row(screen, "epochs").query_one(Input).value = "2"
        await until(pilot, lambda: jobs.stored["train"]["settings"]["lstm"] == {"units": 32, "epochs": 2})
        await pilot.press("ctrl+n")
        await until(pilot, lambda: screen.spec().settings == {"units": 128, "epochs": 6})

        # Another run is started from an old one's settings.
        await pilot.app.open_screen("train", spec=JobSpec("lstm", "imdb", {"units": 17}, seed=5))
        await until(pilot, lambda: screen.spec().recipe == "lstm" and screen.spec().settings["units"] == 17)
        assert (screen.spec().data, screen.spec().seed) == ("imdb", 5)


async def test_everything_can_be_reached_in_80_by_24(jobs_app: Any, opened: Any, until: Until) -> None:
    async with jobs_app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        seen: set[str | None] = set()
        first = None
        for _ in range(40):
            await pilot.press("tab")
            focused = screen.focused
            assert focused is not None
            if focused is first:
                break
            first = first or focused
            # What has the focus is on the screen, whole in width.
            assert focused.region.height
            assert focused.region.right <= 80
            seen.add(focused.id)
        assert {"check-first", "start"} <= seen


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("int", "1.5"),
        ("int", "nan"),
        ("float", ""),
        ("int", "2001"),
        ("float", "inf"),
        ("choice", "c"),
        ("file", "/no/such/file"),
    ],
)
def test_what_is_not_a_value_is_refused(kind: Any, text: str) -> None:
    field = Field("f", "F", "", kind, None, 1, 2000, choices=("a", "b"))
    with pytest.raises(ValueError):
        convert(field, text)


def test_numbers_are_read_as_people_write_them() -> None:
    field = Field("f", "F", "", "int", 1, 1, 100_000)
    assert convert(field, " 20,000 ") == 20_000
    assert convert(field, "1e3") == 1000
    assert isinstance(convert(field, "1e3"), int)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_it_looks_as_it_did(jobs_app: Any, snap_compare: Any, until: Until, size: tuple[int, int]) -> None:
    async def look(pilot: Any) -> None:
        await pilot.app.open_screen("train")
        screen = pilot.app.screen
        await until(pilot, lambda: screen.query(SettingsForm) and screen.query_one(SettingsForm).is_mounted)
        await pilot.press("f2")
        await until(pilot, lambda: "78.2" in screen.query_one(PreflightPane).said)
        pilot.app.screen.set_focus(None)
        await pilot.pause(0.2)

    assert snap_compare(jobs_app, terminal_size=size, run_before=look)


async def test_no_list_offers_nothing(jobs_app: Any, opened: Any) -> None:
    async with jobs_app.run_test(size=(100, 40)) as pilot:
        screen = await opened(pilot)
        before = {pick.id: pick.value for pick in screen.query(Pick)}
        for pick in screen.query(Pick):
            select = pick.query_one(Select)
            if not pick.display:
                continue
            select.focus()
            await pilot.press("enter", "home", "enter")
            await pilot.pause()
            assert pick.value, f"{pick.id} was {before[pick.id]}"
            assert all(str(prompt) != "—" for prompt, _ in select._options)


async def test_a_path_can_be_typed_or_pasted_at_once(jobs_app: Any, until: Until, tmp_path: Path) -> None:
    typed = {"/tmp/a.txt": "/tmp/a.txt", "~": "~", "ab": f"{tmp_path}/ab"}
    events_of: dict[str, list[events.Event]] = {
        path: [events.Key(character_to_key(letter), letter) for letter in text] for text, path in typed.items()
    }
    events_of["/data/a file.txt"] = [events.Paste("/data/a file.txt\n")]
    async with jobs_app.run_test(size=(100, 40)) as pilot:
        for path, sent in events_of.items():
            await pilot.app.push_screen(OpenFile("Texts", tmp_path))
            await until(pilot, lambda: pilot.app.screen.query_one(Files).has_focus)
            for event in sent:  # none waits for the one before it
                if isinstance(event, events.Key):
                    pilot.app.post_message(event)
                else:
                    pilot.app.screen.query_one(Files).post_message(event)
            await until(pilot, lambda path=path: pilot.app.screen.query_one("#path", Input).value == path)
            await pilot.app.pop_screen()


async def test_recipes_that_cannot_be_read_are_told(jobs_app: Any, jobs: Any, opened: Any, until: Until) -> None:
    jobs.sources = (RecipeSource("/mine/[x].py", "file", (), "/mine/[x].py, line 3: NameError: x. Mend it."),)
    async with jobs_app.run_test(size=(120, 40)) as pilot:
        await opened(pilot)
        await until(pilot, lambda: jobs_app._notifications)
        assert [notice.message for notice in jobs_app._notifications] == [jobs.sources[0].problem]


async def test_a_key_that_comes_before_the_lists_is_not_lost(
    jobs_app: Any, jobs: Any, until: Until, tmp_path: Path
) -> None:
    path, read, recipes = tmp_path / "mine.csv", threading.Event(), jobs.recipes
    path.write_text("text,label\na,b\n")
    jobs.recipes = lambda *task: (read.wait(30), recipes())[1]
    async with jobs_app.run_test(size=(100, 40)) as pilot:
        await pilot.app.open_screen("train")
        screen = pilot.app.screen
        await pilot.press("ctrl+o")
        await until(
            pilot, lambda: isinstance(pilot.app.screen, OpenFile) and pilot.app.screen.query_one(Files).has_focus
        )
        await pilot.press(*str(path), "enter")
        await until(pilot, lambda: pilot.app.screen is screen)
        await pilot.press("f3")
        read.set()
        await until(pilot, lambda: any(call[0] == "submit" for call in jobs.asked))
        assert screen.query_one(ChooseBox).own
        assert row(screen, "path").text == str(path)
