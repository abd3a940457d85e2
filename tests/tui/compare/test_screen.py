"""Compare: the form, the rows as they are measured, what leaves the screen."""

import json
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from textual.widgets import Input, Static

from dltext.engine.results import UserError
from dltext.tui.compare import screen as compare_screen
from dltext.tui.kit.choose_box import OWN
from dltext.tui.kit.table import PlainTable
from dltext.tui.runs.report import ReportScreen

Until = Any


@pytest.fixture
def engine(fake: ModuleType, fake_jobs: ModuleType, fake_comparisons: ModuleType) -> Any:
    kinds = (fake_comparisons.FakeComparisons, fake_jobs.FakeJobs, fake.FakeEngine)
    return type("Engine", kinds, {})()


@pytest.fixture
def app(engine: Any, starting_in: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    from dltext.tui.app import DltextApp

    starting_in("compare")
    monkeypatch.setattr(compare_screen, "EVERY", 0.1)
    return DltextApp(engine=engine, poll=False)


async def ready(pilot: Any, until: Until) -> Any:
    await until(pilot, lambda: pilot.app.screen.has_class("-ready") and pilot.app.screen.form.ticks.names)
    return pilot.app.screen


def rows(screen: Any) -> list[list[str]]:
    table = screen.query_one(PlainTable)
    return [[cell.plain.strip() for cell in table.get_row_at(row)] for row in range(table.row_count)]


def said(screen: Any, part: str) -> str:
    return str(screen.query_one(f"#compare-{part}", Static).render())


async def test_rows_are_measured_one_after_the_other_and_the_table_fills(app: Any, engine: Any, until: Until) -> None:
    async with app.run_test(size=(160, 50), notifications=True) as pilot:
        screen = await ready(pilot, until)
        assert screen.form.ticks.ticked == ["tfidf-linear", "text-cnn"]
        screen.form.ticks.query_one("RecipeList").focus()
        await pilot.press("end", "space")
        assert screen.form.ticks.ticked == ["tfidf-linear", "text-cnn", "lstm"]
        await pilot.press("f3")
        await until(pilot, lambda: ("began", "tfidf-linear-cv") in engine.asked)
        await until(pilot, lambda: "running" in "".join(rows(screen)[0]))
        assert not screen.check_action("start", ())
        assert said(screen, "state").startswith("0 of 3 measured; tfidf-linear: ")
        engine.finish("tfidf-linear")
        await until(pilot, lambda: ("began", "text-cnn-cv") in engine.asked)
        engine.finish("text-cnn")
        await until(pilot, lambda: ("began", "lstm-cv") in engine.asked)
        engine.finish("lstm", "failed", "Out of memory: make the batch size smaller.")
        await until(pilot, lambda: said(screen, "state") == "2 of 3 measured; F3 continues")
        first, second, third = rows(screen)
        assert first[:4] == ["text-cnn", "80.6 % ± 1.1", "+2.6 *", ""]
        assert second[:4] == ["tfidf-linear (baseline)", "78.0 % ± 1.1", "—", "-2.6 *"]
        assert first[4:] == ["79.6 % ± 1.2", "1:15", "2.0 MB", "0.21 ms", "5,750"]
        assert third[:2] == ["lstm", "failed"]
        assert "McNemar's exact test" in said(screen, "legend")
        assert "lstm: Out of memory" in said(screen, "legend")
        assert [call for call in engine.asked if call[0] == "began"] == [
            ("began", f"{name}-cv") for name in ("tfidf-linear", "text-cnn", "lstm")
        ]
        assert screen.query_one(PlainTable).has_focus
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, ReportScreen))
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is screen)


async def test_it_stops_and_goes_on(app: Any, engine: Any, until: Until) -> None:
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        screen = await ready(pilot, until)
        await pilot.press("f3")
        await until(pilot, lambda: screen.check_action("stop", ()))
        await pilot.press("escape")
        await until(pilot, lambda: ("cancel", "tfidf-linear-cv") in engine.asked)
        engine.finish("tfidf-linear", "cancelled", "Stopped by you.")
        await until(pilot, lambda: said(screen, "state") == "0 of 2 measured; F3 continues")
        await pilot.press("f3")
        await until(pilot, lambda: ("resume", "tfidf-linear-cv") in engine.asked)


async def test_a_run_that_was_stopped_elsewhere_begins_no_other(app: Any, engine: Any, until: Until) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await ready(pilot, until)
        await pilot.press("f3")
        await until(pilot, lambda: screen.check_action("stop", ()))
        engine.finish("tfidf-linear", "cancelled")
        await until(pilot, lambda: screen.check_action("start", ()))
        assert ("resume", "tfidf-linear-cv") not in engine.asked


async def test_a_look_at_what_was_compared_before_changes_nothing(app: Any, engine: Any, until: Until) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await ready(pilot, until)
        await pilot.press("f3")
        await until(pilot, lambda: rows(screen))
        before = replace(screen.comparison.spec, seed=99)
        screen._looked(compare_screen.Look(engine.comparison(before)))
        assert screen.comparison.spec.seed == 1
        assert not screen.check_action("start", ()), "it still goes on"


async def test_a_later_start_shows_the_last_comparison(app: Any, engine: Any, until: Until) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await ready(pilot, until)
        screen.form._rows["folds"].query_one(Input).value = "3"
        await until(pilot, lambda: screen.form.spec(engine).folds == 3)
        await pilot.press("f3")
        await until(pilot, lambda: engine.stored.get("compare"))
    engine.finish("tfidf-linear")
    from dltext.tui.app import DltextApp

    async with DltextApp(engine=engine, poll=False).run_test(size=(120, 40)) as pilot:
        screen = await ready(pilot, until)
        await until(pilot, lambda: rows(screen))
        assert rows(screen)[0][:2] == ["tfidf-linear (baseline)", "78.0 % ± 1.1"]
        assert said(screen, "state") == "1 of 2 measured; F3 continues"
        assert screen.form.spec(engine).folds == 3
        assert not [call for call in engine.asked if call == ("began", "text-cnn-cv")]


async def test_what_is_wrong_is_said_and_begins_nothing(app: Any, engine: Any, until: Until, tmp_path: Path) -> None:
    async with app.run_test(size=(100, 40), notifications=True) as pilot:
        screen = await ready(pilot, until)
        screen.form._rows["folds"].query_one(Input).value = "0"
        await until(pilot, lambda: screen.form._rows["folds"].error)
        await pilot.press("f3")
        await until(pilot, lambda: "Folds must be a whole number from 1 to 100." in toasts(app))
        screen.form._rows["folds"].query_one(Input).value = "1"
        screen.form.choice._picks["data"].choose(OWN)
        await until(pilot, lambda: screen.form.choice.own and not screen.form._rows["folds"].error)
        await pilot.press("f3")
        await until(pilot, lambda: "File or folder: name a file or a folder first." in toasts(app))
        file = tmp_path / "missing.csv"
        file.write_text("text,label\n")
        screen.form.choice.take_path(str(file))
        await until(pilot, lambda: screen.form.choice.path)
        await pilot.press("f3")
        await until(pilot, lambda: any("there is no such file" in toast for toast in toasts(app)))
        assert not [call for call in engine.asked if call[0] == "began"]
        assert screen.check_action("start", ())


def toasts(app: Any) -> list[str]:
    return [notice.message for notice in app._notifications]


async def test_settings_may_be_those_of_train(app: Any, engine: Any, until: Until) -> None:
    engine.stored["train"] = {"settings": {"text-cnn": {"filters": 7}, "lstm": {"units": 3}}}
    async with app.run_test(size=(100, 40)) as pilot:
        screen = await ready(pilot, until)
        assert [choice.settings for choice in screen.form.spec(engine).choices] == [{}, {}]
        screen.form._rows["settings"].set("as in Train")
        await until(pilot, lambda: [c.settings for c in screen.form.spec(engine).choices] == [{}, {"filters": 7}])


async def test_the_table_is_written_and_copied(
    app: Any, engine: Any, until: Until, give_path: Any, tmp_path: Path
) -> None:
    engine.at_once = True
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await ready(pilot, until)
        await pilot.press("f3")
        await until(pilot, lambda: screen.comparison and screen.comparison.done)
        for name in ("table.md", "table.svg", "table.json"):
            await pilot.press("f12")
            await give_path(pilot, tmp_path / name)
            await until(pilot, lambda name=name: (tmp_path / name).exists() and not app.screen.is_modal)
        assert "| text-cnn | 80.6 % ± 1.1 | +2.6 \\* |" in (tmp_path / "table.md").read_text()
        assert "<svg" in (tmp_path / "table.svg").read_text()
        values = json.loads((tmp_path / "table.json").read_text())
        assert [row["name"] for row in values["rows"]] == ["text-cnn", "tfidf-linear"]
        await pilot.press("ctrl+r")
        await until(pilot, lambda: app.clipboard.startswith("# 2 recipes on mr (1,066 texts)"))


async def test_rows_that_are_measured_at_a_time_are_stopped_together(app: Any, engine: Any, until: Until) -> None:
    async with app.run_test(size=(120, 50), notifications=True) as pilot:
        screen = await ready(pilot, until)
        screen.form._rows["folds"].query_one(Input).value = "1"
        screen.form._rows["parallel"].query_one(Input).value = "2"
        await until(pilot, lambda: screen.form.spec(engine).parallel == 2)
        await pilot.press("f3")
        await until(pilot, lambda: len(screen._seen.active if screen._seen else ()) == 2)
        assert "tfidf-linear: " in said(screen, "state")
        assert "text-cnn: " in said(screen, "state")
        await pilot.press("escape")
        await until(
            pilot, lambda: {("cancel", f"{name}-cv") for name in ("tfidf-linear", "text-cnn")} <= {*engine.asked}
        )
        assert "tfidf-linear and text-cnn write checkpoints, stop; F3 resumes them." in toasts(app)


async def test_a_cluster_trains_where_one_is_named(app: Any, engine: Any, until: Until, monkeypatch: Any) -> None:
    asked: list[Any] = []

    def refuse(spec: Any) -> Any:
        asked.append(spec)
        raise UserError("No scheduler answers at tcp://10.0.0.5:8786.")

    monkeypatch.setattr(engine, "check_comparison", refuse)
    async with app.run_test(size=(120, 50), notifications=True) as pilot:
        screen = await ready(pilot, until)
        screen.form._rows["cluster"].query_one(Input).value = " tcp://10.0.0.5:8786"
        screen.form._rows["parallel"].query_one(Input).value = "2"
        await pilot.press("f3")
        await until(pilot, lambda: any("either Parallel or Cluster, not both" in toast for toast in toasts(app)))
        assert not asked
        screen.form._rows["parallel"].query_one(Input).value = "1"
        await pilot.press("f3")
        await until(pilot, lambda: any("No scheduler answers" in toast for toast in toasts(app)))
        assert (asked[0].parallel, asked[0].cluster) == (1, "tcp://10.0.0.5:8786")


async def test_a_refusal_names_the_field(app: Any, engine: Any, until: Until, monkeypatch: Any) -> None:
    def refuse(spec: Any) -> Any:
        raise UserError("8 trainings at a time are more than this machine has cores: choose --parallel 2 at most.")

    monkeypatch.setattr(engine, "check_comparison", refuse)
    async with app.run_test(size=(120, 50), notifications=True) as pilot:
        await ready(pilot, until)
        await pilot.press("f3")
        await until(pilot, lambda: any("choose Parallel: 2 at most." in toast for toast in toasts(app)))
