"""Train, Runs and Report at the three sizes, for every task and with long names: what is needed is on the screen."""

import json
from dataclasses import replace
from typing import Any

import pytest
from textual.widgets import Button, DataTable, Static

from dltext.engine.results import Field, JobSpec, RecipeInfo
from dltext.tui.runs.compare import CompareScreen
from dltext.tui.runs.curve import Curve
from dltext.tui.runs.jobtable import JobTable
from dltext.tui.runs.report import ReportScreen
from dltext.tui.train.form import SettingsForm
from dltext.tui.train.preflight import PreflightPane

SIZES = ((80, 24), (120, 40), (200, 60))
TASKS = ("classify", "words", "paragraphs", "profile", "translate", "title")
LONG = "reviews-of-the-last-ten-years-in-two-languages"


def recipes() -> tuple[RecipeInfo, ...]:
    """One a task, the first with more settings than the tallest screen has room for, the others than the next."""
    fields = tuple(
        Field(f"setting_{n}", f"A setting {n}", "What it means, in a sentence that is wrapped.", "int", n, 0, 99)
        for n in range(20)
    )
    counts = dict.fromkeys(TASKS, 8) | {TASKS[0]: len(fields)}
    return tuple(
        RecipeInfo(f"{task}-recipe", task, f"{task} recipe", "Help. " * 20, "", fields[: counts[task]])
        for task in TASKS
    )


def inside(screen: Any, widget: Any) -> bool:
    return widget.region.height > 0 and screen.region.contains_region(widget.region)


async def sized(pilot: Any, size: tuple[int, int]) -> None:
    if size != pilot.app.size:
        await pilot.resize_terminal(*size)
    await pilot.pause()
    await pilot.pause()


async def test_train_shows_both_buttons_and_what_was_found(jobs_app: Any, jobs: Any, until: Any, tmp_path: Any) -> None:
    file = tmp_path / f"{LONG}.csv"
    file.write_text("text,label\n")
    jobs.more_recipes = recipes()
    async with jobs_app.run_test(size=SIZES[-1]) as pilot:
        for number, task in enumerate(TASKS):
            jobs_app.open_screen("train", recipe=f"{task}-recipe", data="/own")
            await until(pilot, lambda task=task: form_of(jobs_app.screen) == f"{task}-recipe")
            screen = jobs_app.screen
            screen.choice.take_path(str(file))
            for size in SIZES if number % 2 else SIZES[::-1]:  # from the size that the last one ended with
                await sized(pilot, size)
                check_train(screen, size)
        await sized(pilot, SIZES[0])
        await pilot.press("f2")
        await until(pilot, lambda: screen.query_one(PreflightPane).said.startswith("!"))
        check, board = screen.query_one("#train-check"), screen.query_one("#train-board")
        assert check.region.height >= 8
        assert check.region.y < board.region.bottom - 4, "the check is scrolled to"


def form_of(screen: Any) -> str | None:
    forms = screen.query(SettingsForm)
    return forms.last().name if screen.PLACE == "train" and forms else None


def check_train(screen: Any, size: tuple[int, int]) -> None:
    buttons = list(screen.query("#train-buttons Button").results(Button))
    assert len(buttons) == 2
    assert all(inside(screen, button) for button in buttons), [button.region for button in buttons]
    if size[0] < 100:
        return
    board = screen.query_one("#train-board")
    choose, settings, check = (screen.query_one(f"#train-{name}") for name in ("choose", "settings", "check"))
    assert check.region.height >= 10, (size, check.region)
    assert all(board.region.contains_region(frame.region) for frame in (choose, settings, check))
    assert choose.region.y == settings.region.y, "frames begin in one line"
    assert settings.region.bottom == check.region.bottom, "and end in one"


def long_jobs(jobs: Any) -> list[str]:
    """Runs whose names differ in the middle, at the end, or not at all."""
    names = [f"{LONG}-{end}" for end in ("cnn-1", "cnn-2", "lstm")] + [f"a-{LONG}-x", f"b-{LONG}-x", LONG, LONG]
    ids = []
    for number, name in enumerate(names):
        jobs.add(f"run-{number}", JobSpec("text-cnn", f"data/{LONG}-{number}.csv", name=name), None)
        ids.append(f"run-{number}")
    jobs._jobs["run-0"] = replace(jobs._jobs["run-0"], load={"cpu": 180.0, "memory": 8e8, "memory_peak": 9e8})
    return ids


async def test_no_two_runs_look_the_same(jobs_app: Any, jobs: Any, until: Any) -> None:
    ids = long_jobs(jobs)
    async with jobs_app.run_test(size=SIZES[-1]) as pilot:
        await jobs_app.open_screen("runs", job=ids[0])
        screen = jobs_app.screen
        await until(pilot, lambda: screen.selected and screen.selected.id == ids[0])
        table = screen.query_one(JobTable)
        for size in SIZES:
            await sized(pilot, size)
            shown = [table.get_row(job)[0].plain.strip() for job in ids]
            assert len(set(shown)) == len(shown), shown
            assert screen.query_one("#runs-curves").region.height >= 6, size
            assert inside(screen, screen.query_one("#runs-facts"))


@pytest.mark.parametrize("count", [2, 4])
async def test_compared_runs_are_told_apart(jobs_app: Any, jobs: Any, until: Any, count: int) -> None:
    compared = [jobs.job(job) for job in long_jobs(jobs)[-count:]]
    async with jobs_app.run_test(size=SIZES[-1]) as pilot:
        await pilot.app.push_screen(CompareScreen(compared))
        screen = jobs_app.screen
        await until(pilot, lambda: all(curve.series for curve in screen.query(Curve) if curve.display))
        for size in SIZES:
            await sized(pilot, size)
            table = screen.query_one(DataTable)
            heads = [column.label.plain.strip() for column in table.columns.values()][1:]
            assert len(heads) == count == len(set(heads))
            for curve in (curve for curve in screen.query(Curve) if curve.display):
                names = [line.name for line in curve.series]
                assert len(set(names)) == len(names) == count
                head = curve.query_one(".curve--head", Static).render().plain
                assert all(f"━ {name}" in head for name in names), (size, head)
            assert screen.query_one("#compare-curves").region.height >= 8
            assert inside(screen, table)


@pytest.mark.parametrize("kind", ["classes", "many", "words", "translations"])
async def test_a_report_has_room_for_all_it_says(
    jobs_app: Any, fake_jobs: Any, fake_translators: Any, until: Any, kind: str
) -> None:
    rounds = [json.loads(line) for line in (fake_jobs.RECORDED / "text-cnn-mr.jsonl").read_bytes().splitlines()]
    history = tuple(values for values in rounds if values["type"] == "epoch")
    report = {
        "classes": lambda: fake_jobs.binary_report(history),
        "many": fake_jobs.wide_report,
        "words": lambda: fake_jobs.words_report(history),
        "translations": fake_translators.report,
    }[kind]()
    report = replace(report, model=LONG + "-" + LONG, data=LONG)
    async with jobs_app.run_test(size=SIZES[-1]) as pilot:
        screen = ReportScreen(report=report)
        await pilot.app.push_screen(screen)
        await until(pilot, lambda: screen.part is not None)
        table = screen.query_one("#classes-table")
        for size in SIZES:
            await sized(pilot, size)
            await pilot.press("1")
            await pilot.pause()
            assert inside(screen, screen.query_one("#report-head", Static))
            await until(pilot, lambda: not table.display or inside(screen, table), f"the table at {size}")
            assert not report.history or screen.query_one("#report-curves").region.height >= 6
            await pilot.press("2")
            await pilot.pause()
            if report.labels or report.of_texts:
                assert screen.query_one("#documents").region.height >= 2
                assert inside(screen, screen.query_one("#document-scroll"))
