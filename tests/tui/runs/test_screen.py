"""Runs: the table, the curves that grow with the event lines, and what can be done with a run."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from textual.widgets import DataTable, RichLog, Static

from dltext.engine.results import CannotGoOn, Event, Job, JobSpec
from dltext.tui.kit.dialogs import Choose, ChooseSeveral, Confirm
from dltext.tui.kit.jobwatch import JobWatch
from dltext.tui.kit.runlog import PRINTED
from dltext.tui.runs.compare import CompareScreen, differences
from dltext.tui.runs.curve import Curve, epoch_ticks, nice_ticks
from dltext.tui.runs.history import History
from dltext.tui.runs.joblog import JobLog, _new_lines
from dltext.tui.runs.jobtable import JobTable

Until = Any


@pytest.fixture(autouse=True)
def _starts_here(starting_in: Any) -> None:
    starting_in("runs")


@pytest.fixture
def opened(until: Until) -> Any:
    """``screen = await opened(pilot, "own-3")``: Runs with that run chosen and its curves drawn."""

    async def go(pilot: Any, job: str = "mr-7") -> Any:
        await pilot.app.open_screen("runs", job=job)
        screen = pilot.app.screen
        await until(pilot, lambda: screen.selected and screen.selected.id == job and job in screen._offsets)
        return screen

    return go


def points(screen: Any, curve: str) -> dict[str, int]:
    return {line.name: len(line.points) for line in screen.query_one(f"#curve-{curve}", Curve).series}


def row_text(screen: Any, job: str) -> str:
    return "|".join(cell.plain for cell in screen.query_one(JobTable).get_row(job))


async def test_every_run_has_a_line_with_its_state_in_words(jobs_app: Any, opened: Any) -> None:
    async with jobs_app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        table = screen.query_one(JobTable)
        assert [key.value for key in table.rows] == ["mr-7", "own-3", "zh-1"]
        said = {"mr-7": ("53 %", "5/8"), "own-3": ("✓ done", "own.csv", "0.787"), "zh-1": ("stopped",)}
        for job, words in said.items():
            assert all(word in row_text(screen, job) for word in words)


async def test_curves_grow_as_lines_are_written(jobs_app: Any, jobs: Any, opened: Any, until: Until) -> None:
    async with jobs_app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        before = points(screen, "loss")
        assert before["validation"] == 4
        jobs.advance("mr-7", 6)
        await until(pilot, lambda: points(screen, "loss")["validation"] == 5)
        assert points(screen, "loss")["train"] >= before["train"]
        assert points(screen, "accuracy")["validation"] == 5
        assert "epoch 6 of 8" in str(screen.query_one("#runs-facts", Static).render())
        jobs.advance("mr-7", 100)
        await until(pilot, lambda: "✓ done" in row_text(screen, "mr-7"))
        await until(pilot, lambda: points(screen, "loss")["validation"] == 8)


async def test_after_the_last_epoch_the_stage_is_told(jobs_app: Any, jobs: Any, opened: Any, until: Until) -> None:
    async with jobs_app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        jobs.advance("mr-7", 24)
        await until(pilot, lambda: "evaluating" in row_text(screen, "mr-7") or "exporting" in row_text(screen, "mr-7"))


async def test_nothing_is_read_twice(jobs_app: Any, jobs: Any, opened: Any, until: Until) -> None:
    async with jobs_app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        for _ in range(5):
            screen.look()
        await until(pilot, lambda: not screen.busy())
        assert screen._histories["mr-7"].version == history_of(jobs, "mr-7").version


def history_of(jobs: Any, job: str) -> History:
    history = History()
    history.fold(jobs.events(job)[0])
    return history


async def test_cancel_resume_and_delete_ask_the_engine(jobs_app: Any, jobs: Any, opened: Any, until: Until) -> None:
    async with jobs_app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        await pilot.press("r", "x")
        assert not jobs.asked
        await pilot.press("c")
        await until(pilot, lambda: isinstance(pilot.app.screen, Choose))
        await pilot.press("2")
        await until(pilot, lambda: "stopping" in row_text(screen, "mr-7"))
        await opened(pilot, "zh-1")
        await pilot.press("r")
        await until(pilot, lambda: screen.selected.state == "running")
        await opened(pilot, "own-3")
        await pilot.press("x")
        await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
        await pilot.press("escape")
        await pilot.press("x")
        await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
        await pilot.click("#yes")
        await until(pilot, lambda: [job.id for job in screen.jobs] == ["mr-7", "zh-1"])
        assert jobs.asked == [("cancel", "mr-7"), ("resume", "zh-1"), ("delete", "own-3")]
        assert screen.query_one(JobTable).row_count == 2
        assert screen.selected.id == "zh-1"  # the last one where the deleted one stood, not the first


async def test_the_best_so_far_can_be_kept_of_what_runs_and_of_what_was_stopped(
    jobs_app: Any, jobs: Any, opened: Any, until: Until
) -> None:
    async with jobs_app.run_test(size=(120, 40)) as pilot:
        for job in ("mr-7", "zh-1"):
            await opened(pilot, job)
            await pilot.press("c")
            await until(pilot, lambda: isinstance(pilot.app.screen, Choose))
            await pilot.press("1")
            await until(pilot, lambda job=job: ("keep_best", job) in jobs.asked)
        assert not [call for call in jobs.asked if call[0] == "cancel"]


async def test_a_run_that_cannot_go_on_is_offered_a_new_start(
    jobs_app: Any, jobs: Any, opened: Any, until: Until, monkeypatch: Any
) -> None:
    resume = jobs.resume

    def refuse(job_id: str, anew: bool = False) -> Any:
        if not anew:
            raise CannotGoOn("mr.csv has changed since this run began: start it anew.")
        return resume(job_id, anew)

    monkeypatch.setattr(jobs, "resume", refuse)
    async with jobs_app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, "zh-1")
        await pilot.press("r")
        await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
        await pilot.click("#yes")
        await until(pilot, lambda: screen.selected.state == "running")
        assert jobs.asked == [("anew", "zh-1")]


async def test_only_what_works_for_the_chosen_run_is_offered(jobs_app: Any, opened: Any) -> None:
    async with jobs_app.run_test(size=(120, 40)) as pilot:
        offered = {}
        for job in ("mr-7", "own-3", "zh-1"):
            screen = await opened(pilot, job)
            offered[job] = {
                action for action in ("report", "cancel", "resume", "delete", "use") if screen.check_action(action, ())
            }
        assert offered == {
            "mr-7": {"cancel"},
            "own-3": {"report", "delete", "use"},
            "zh-1": {"cancel", "resume", "delete"},
        }


async def test_the_empty_list_says_what_to_do(jobs_app: Any, jobs: Any, until: Until) -> None:
    app = jobs_app
    for job in ("mr-7", "own-3", "zh-1"):
        jobs.forget_job(job)
    async with app.run_test(size=(80, 24)) as pilot:
        await app.open_screen("runs")
        await until(pilot, lambda: "F6 opens Train" in str(app.screen.query_one("#runs-empty", Static).render()))
        assert not app.screen.query_one("#runs-board").display
        await pilot.press("enter", "c", "x", "l", "d")


async def test_the_log_is_shown_as_it_is(jobs_app: Any, opened: Any, until: Until) -> None:
    async with jobs_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press("l")
        await until(pilot, lambda: isinstance(pilot.app.screen, JobLog) and pilot.app.screen.lines)
        lines = pilot.app.screen.lines
        event_lines = lines[: lines.index(PRINTED)]
        assert any("epoch 4/8  loss" in line and "validation loss" in line for line in event_lines), event_lines
        assert any("baseline" in line for line in event_lines)
        printed = lines[lines.index(PRINTED) :]
        assert "reading [/data]" in printed[2], "what the libraries printed comes behind"
        assert len(printed) == 44
        assert pilot.app.screen.query_one(RichLog).lines
        await pilot.press("escape")
        assert pilot.app.screen.PLACE == "runs"


async def test_two_runs_compare(jobs_app: Any, jobs: Any, opened: Any, until: Until) -> None:
    async with jobs_app.run_test(size=(120, 40)) as pilot:
        await opened(pilot)
        await pilot.press("d")
        await until(pilot, lambda: isinstance(pilot.app.screen, ChooseSeveral))
        pilot.app.screen.dismiss([0, 2])
        await until(pilot, lambda: isinstance(pilot.app.screen, CompareScreen))
        screen = pilot.app.screen
        curve = screen.query_one("#compare-loss", Curve)
        await until(pilot, lambda: [len(line.points) for line in curve.series] == [4, 1])
        jobs.advance("mr-7", 6)
        await until(pilot, lambda: [len(line.points) for line in curve.series] == [5, 1])
        table = screen.query_one("#compare-table", DataTable)
        rows = [[str(cell) for cell in table.get_row_at(row)] for row in range(table.row_count)]
        assert any("◂" in cell for row in rows for cell in row)
        assert not any("◂" in cell for row in rows if row[0].startswith("baseline") for cell in row)
        await pilot.press("escape")
        assert pilot.app.screen.PLACE == "runs"


def test_only_different_settings_are_named() -> None:
    first = Job("a", JobSpec("text-cnn", "mr", {"filters": 64, "epochs": 8}), "done", 0)
    second = Job("b", JobSpec("text-cnn", "mr", {"filters": 100, "epochs": 8, "new": True}, seed=2), "done", 0)
    assert differences([first, second]) == [("seed", "1", "2"), ("filters", "64", "100"), ("new", "—", "True")]


async def test_a_names_markup_and_chinese_do_no_harm(jobs_app: Any, jobs: Any, opened: Any, until: Until) -> None:
    jobs.add("odd-9", JobSpec("text-cnn", "/tmp/[/ref] 酒店.csv", name="[/b][red]模型"), 23, "failed", "[/x] 第3行")
    async with jobs_app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, "odd-9")
        assert "[/b][" in row_text(screen, "odd-9")
        assert "[/x] 第3行" in str(screen.query_one("#runs-facts", Static).render())
        await pilot.press("x")
        await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
        await pilot.press("escape", "l")
        await until(pilot, lambda: isinstance(pilot.app.screen, JobLog))


async def test_the_end_of_a_run_is_told(jobs_app: Any, jobs: Any, opened: Any, until: Until) -> None:
    async with jobs_app.run_test(size=(120, 40), notifications=True) as pilot:
        screen = await opened(pilot)
        jobs.advance("mr-7", 100)
        screen.look()
        await until(pilot, lambda: any("mr-7 is done" in note.title for note in pilot.app._notifications))
        assert sum("mr-7" in note.title for note in pilot.app._notifications) == 1


def test_the_watch_tells_once_and_only_of_what_it_saw_running() -> None:
    spec = JobSpec("text-cnn", "mr")
    running, failed = Job("a", spec, "running", 0), Job("a", spec, "failed", 0, message="[/] disk full")
    watch = JobWatch()
    assert watch.look([failed]) == []
    assert watch.look([running]) == []
    notices = watch.look([failed])
    assert [(note.severity, note.message) for note in notices] == [("error", "[/] disk full")]
    assert watch.look([failed]) == []


def test_the_end_of_a_part_is_told_by_the_whole() -> None:
    spec = JobSpec("text-cnn", "mr", kind="fold", fold=1, parent="whole-1")
    watch = JobWatch()
    watch.look([Job("a", spec, "running", 0)])
    assert watch.look([Job("a", spec, "done", 0)]) == []


def names(screen: Any) -> list[str]:
    table = screen.query_one(JobTable)
    return [table.get_row_at(row)[0].plain.strip() for row in range(table.row_count)]


async def test_folds_stand_below_their_run(jobs_app: Any, jobs: Any, opened: Any, until: Until) -> None:
    whole = JobSpec("text-cnn", "mr", kind="cross-validate", folds=2, parallel=2)
    jobs.add("cv-9", whole, 3)
    for fold in (2, 1):
        jobs.add(f"fold-{fold}-{12 - fold}", JobSpec("text-cnn", "mr", kind="fold", fold=fold, parent="cv-9"), 3)
    async with jobs_app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, "cv-9")
        parts = ["cv-9", "└ fold 1", "└ fold 2"]
        await until(pilot, lambda: names(screen)[:3] == parts)
        assert screen.check_action("parts", ())
        await pilot.press("space")
        await until(pilot, lambda: names(screen)[:2] == ["cv-9", "mr-7"])
        await pilot.press("space")
        await until(pilot, lambda: names(screen)[:3] == parts)
        await pilot.press("down")
        await until(pilot, lambda: screen.selected.id == "fold-1-11")
        assert not screen.check_action("parts", ())
        await pilot.press("up")
        jobs._jobs["cv-9"] = replace(jobs._jobs["cv-9"], state="done")
        screen.look()
        await until(pilot, lambda: names(screen)[:2] == ["cv-9", "mr-7"])
        screen.receive(job="fold-2-10")  # of one that is named, what is folded away is shown
        await until(pilot, lambda: screen.selected.id == "fold-2-10")
        screen.look()
        await until(pilot, lambda: not screen.busy("look"))
        assert names(screen)[:3] == parts


def event(type: str, time: float = 0, **values: Any) -> Event:
    return Event(time, type, values)


def epoch(number: int, loss: float) -> Event:
    return event(
        "epoch",
        epoch=number,
        epochs=3,
        train={"loss": loss, "accuracy": 0.5},
        validation={"loss": loss + 1, "accuracy": 0.4},
        best=True,
    )


def test_an_epoch_that_was_resumed_counts_once() -> None:
    history = History()
    history.fold(
        [
            event("start", epochs=3, steps=10),
            epoch(1, 0.9),
            epoch(2, 0.8),
            event("end", state="cancelled"),
            event("start", epochs=3, steps=10),
            epoch(2, 0.7),
        ]
    )
    assert history.train("loss") == [(1, 0.9), (2, 0.7)]
    assert history.validation("loss") == [(1, 1.9), (2, 1.7)]
    assert history.end is None


def test_a_run_begun_anew_does_not_draw_a_zigzag() -> None:
    def tick(step: int) -> Event:
        return event("tick", epoch=1, step=step, steps=10, loss=step / 10, accuracy=0.5)

    history = History()
    history.fold([tick(3), tick(8), tick(1), tick(2)])
    places = [x for x, _ in history.train("loss")]
    assert places == sorted(places) == [0.1, 0.2]


def test_lines_of_the_wrong_kind_are_passed_over() -> None:
    history = History()
    history.fold([event("tick", epoch="x"), event("epoch", epoch=None), event("unknown"), event("fold"), epoch(1, 0.5)])
    assert history.train("loss") == [(1, 0.5)]


def test_cross_validation_draws_a_point_a_fold() -> None:
    history = History()
    history.fold(
        [epoch(1, 0.5), event("fold", fold=1, folds=10, accuracy=0.8), event("fold", fold=2, folds=10, accuracy=0.7)]
    )
    assert history.fold_scores() == [(1, 0.8), (2, 0.7)]
    assert history.train("loss") == []


def test_ticks_are_round_and_inside() -> None:
    assert nice_ticks(0.08, 0.71, 4) == [0.2, 0.4, 0.6]
    assert epoch_ticks(0, 100, 5) == [1, 21, 41, 61, 81]
    assert all(0.4999 <= tick <= 0.5001 for tick in nice_ticks(0.4999, 0.5001, 3))


def test_a_log_that_has_moved_on_adds_only_what_is_new() -> None:
    assert _new_lines(["a", "b", "c"], ["b", "c", "d"]) == ["d"]
    assert _new_lines(["a"], ["x", "y"]) is None


async def test_it_stays_awake_while_it_reads_slowly(jobs_app: Any, jobs: Any, opened: Any, monkeypatch: Any) -> None:
    import threading

    async with jobs_app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        gate, real = threading.Event(), jobs.jobs
        monkeypatch.setattr(jobs, "jobs", lambda: (gate.wait(10), real())[1])
        screen.look()
        await pilot.press("down")
        await asyncio.sleep(0)
        assert screen.query_one(JobTable).chosen == "own-3"
        gate.set()


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
def test_it_looks_as_it_did(jobs_app: Any, snap_compare: Any, opened: Any, size: tuple[int, int]) -> None:
    async def look(pilot: Any) -> None:
        await opened(pilot)
        await pilot.pause(0.3)

    assert snap_compare(jobs_app, terminal_size=size, run_before=look)
