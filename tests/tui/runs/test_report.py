"""Report: measures against the floor, the matrix, and from a cell to its documents."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len
from textual.geometry import Region
from textual.widgets import DataTable, Static, TabbedContent

from dltext.tui.kit.figures import middle
from dltext.tui.palette import WorkbenchCommands
from dltext.tui.runs.confusion import ConfusionMatrix
from dltext.tui.runs.curve import Curve
from dltext.tui.runs.error_analysis import ThresholdPanel
from dltext.tui.runs.export import as_json, as_markdown
from dltext.tui.runs.judged import JudgedDocuments
from dltext.tui.runs.report import ReportScreen

Until = Any


@pytest.fixture(autouse=True)
def _starts_here(starting_in: Any) -> None:
    starting_in("runs")


@pytest.fixture
def opened(until: Until) -> Any:
    """``screen = await opened(pilot)``: the report of the run that is done, by keys alone."""

    async def go(pilot: Any) -> Any:
        await pilot.app.open_screen("runs", job="own-3")
        runs = pilot.app.screen
        await until(pilot, lambda: runs.selected and runs.selected.id == "own-3")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, ReportScreen) and pilot.app.screen.report)
        return pilot.app.screen

    return go


def region_of_cursor(matrix: ConfusionMatrix) -> Region:
    """Where the cursor's cell is drawn, within the widget."""
    return Region(
        matrix._name_width + 1 + matrix.cursor[1] * matrix._cell_width - matrix.scroll_offset.x,
        2 + matrix.cursor[0] - matrix.scroll_offset.y,
        matrix._cell_width,
        1,
    )


def said(screen: Any, where: str) -> str:
    return str(screen.query_one(where, Static).render())


async def test_it_stands_against_its_floor(jobs_app: Any, opened: Any) -> None:
    async with jobs_app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        for word in ("80.6 %", "▲ +2.4", "0.021", "baseline 78.2 %", "1,066"):
            assert word in said(screen, "#report-head")
        table = screen.query_one("#classes-table", DataTable)
        assert "0.822" in "".join(cell.plain for cell in table.get_row_at(1))
        curve = screen.query_one("#report-accuracy", Curve)
        assert [len(line.points) for line in curve.series] == [8, 8]


async def test_below_the_floor_is_said_too(jobs_app: Any, jobs: Any, fake_jobs: Any, opened: Any) -> None:
    jobs.reports["own-3"] = fake_jobs.wide_report(20)
    async with jobs_app.run_test(size=(120, 40)) as pilot:
        assert "▼ -1.0" in said(await opened(pilot), "#report-head")


async def test_a_long_table_of_classes_narrows_to_what_is_typed(
    jobs_app: Any, jobs: Any, fake_jobs: Any, opened: Any, until: Until
) -> None:
    jobs.reports["own-3"] = fake_jobs.wide_report(30)
    async with jobs_app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        table = screen.query_one("#classes-table", DataTable)
        assert "/ filters" in str(screen.query_one(TabbedContent).get_tab("classes").label)
        await until(pilot, lambda: table.has_focus)
        await pilot.press("slash", *"topic-2")
        await until(pilot, lambda: table.row_count == 10)
        await pilot.resize_terminal(120, 40)
        await until(pilot, lambda: table.row_count == 10 and "topic-20" in table.get_row_at(0)[0].plain)
        assert screen.query_one(TabbedContent).active == "classes", "digits are typed, too"
        await pilot.press(*"nothing")
        await until(pilot, lambda: table.row_count == 0)
        assert table.display
        await pilot.press("escape")
        await until(pilot, lambda: table.row_count == 30)
        assert pilot.app.screen is screen


async def test_a_short_table_of_classes_does_not_narrow(jobs_app: Any, opened: Any, until: Until) -> None:
    async with jobs_app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        assert "/ filters" not in str(screen.query_one(TabbedContent).get_tab("classes").label)
        await until(pilot, lambda: screen.query_one("#classes-table").has_focus)
        await pilot.press("slash", "p")
        assert screen.query_one("#classes-table", DataTable).row_count == 2


async def test_from_a_cell_to_its_documents_and_back(jobs_app: Any, opened: Any, until: Until) -> None:
    async with jobs_app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        await pilot.press("2")
        matrix = screen.query_one(ConfusionMatrix)
        await until(pilot, lambda: matrix.has_focus)
        assert matrix.cursor == (0, 1)
        assert "negative, predicted as positive" in said(screen, "#cell-head")
        await pilot.press("down", "left")
        await until(pilot, lambda: "positive, predicted as negative" in said(screen, "#cell-head"))
        documents = screen.query_one("#documents", DataTable)
        assert documents.row_count == 2
        assert "95 documents, the 2 most confident kept" in said(screen, "#cell-head")
        await pilot.press("enter")
        await until(pilot, lambda: documents.has_focus)
        assert "[/ref] not half as [bold]dull[/bold]" in said(screen, "#document")
        assert "A second line." in said(screen, "#document")
        await pilot.press("down")
        await until(pilot, lambda: "沉闷" in said(screen, "#document"))
        assert "81.0 %" in said(screen, "#document")
        await pilot.press("escape")
        await until(pilot, lambda: matrix.has_focus)
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen.PLACE == "runs")


async def test_the_palette_knows_what_the_report_does(jobs_app: Any, opened: Any) -> None:
    async with jobs_app.run_test(size=(120, 40)) as pilot:
        provider = WorkbenchCommands(await opened(pilot))
        await provider.startup()
        assert {"Export  (F12)", "Use model  (u)"} <= {hit.text async for hit in provider.discover()}


async def test_a_matrix_without_mistakes_shows_its_first_cell(
    jobs_app: Any, jobs: Any, fake_jobs: Any, opened: Any, until: Until
) -> None:
    jobs.reports["own-3"] = dataclasses.replace(fake_jobs.binary_report(), confusion=((20, 0), (0, 20)))
    async with jobs_app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        await until(pilot, lambda: "20 documents, none kept" in said(screen, "#cell-head"))
        await pilot.press("2", "m", "enter")


async def test_a_click_on_a_cell_chooses_it(jobs_app: Any, opened: Any, until: Until) -> None:
    async with jobs_app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        await pilot.press("2")
        matrix = screen.query_one(ConfusionMatrix)
        await until(pilot, lambda: matrix.region.height)
        matrix.cursor = (1, 1)
        target = region_of_cursor(matrix)
        matrix.cursor = (0, 0)
        await pilot.click(ConfusionMatrix, offset=(target.x + 2, target.y))
        assert matrix.cursor == (1, 1)
        assert "predicted correctly" in said(screen, "#cell-head")


@pytest.mark.parametrize("count", [20, 50])
async def test_many_labels_scroll_and_the_cursor_is_always_seen(
    jobs_app: Any, jobs: Any, fake_jobs: Any, opened: Any, until: Until, count: int
) -> None:
    jobs.reports["own-3"] = fake_jobs.wide_report(count)
    async with jobs_app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        await pilot.press("2")
        matrix = screen.query_one(ConfusionMatrix)
        await until(pilot, lambda: matrix.has_focus and matrix.region.height)
        for keys in (["end"], ["pagedown"] * 5, ["home"], ["pageup"] * 5, ["m", "m"]):
            await pilot.press(*keys)
            await pilot.pause()
            room, at = matrix.scrollable_content_region.size, region_of_cursor(matrix)
            assert at.y >= 2
            assert at.bottom <= room.height
            assert at.right <= room.width
            assert matrix.render_line(at.y).text.count("]") - matrix.labels[matrix.cursor[0]].count("]") == 1
        for y in range(matrix.scrollable_content_region.height):
            assert matrix.render_line(y).cell_length == matrix.scrollable_content_region.width


async def test_shares_and_counts(jobs_app: Any, opened: Any, until: Until) -> None:
    async with jobs_app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        matrix = screen.query_one(ConfusionMatrix)
        await pilot.press("2")
        await until(pilot, lambda: matrix.has_focus)
        assert "421" in matrix.render_line(2).text
        await pilot.press("p")
        assert "79.0" in matrix.render_line(2).text


@pytest.mark.parametrize("suffix", [".json", ".md"])
async def test_it_is_exported(jobs_app: Any, jobs: Any, opened: Any, until: Until, tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"out{suffix}"
    async with jobs_app.run_test(size=(100, 30)) as pilot:
        await opened(pilot)
        await pilot.press("f12")
        await until(pilot, lambda: pilot.app.screen.query("#path"))
        pilot.app.screen.query_one("#path").value = str(file)
        await pilot.press("enter")
        await until(pilot, file.exists)
    text = file.read_text(encoding="utf-8")
    if suffix == ".json":
        assert json.loads(text)["metrics"]["accuracy"] == 0.806
    else:
        assert "| accuracy | 80.6 % |" in text


def test_markdown_has_the_analysis(fake_jobs: Any) -> None:
    report = fake_jobs.analysed_report()
    text = as_markdown(report)
    for heading in ("against accuracy", "## Calibration", "| threshold | answered |"):
        assert heading in text
    assert f"| 100.0 % | {100 * report.analysis.coverages[0].accuracy:.1f} % |" in text
    assert json.loads(as_json(report))["analysis"]["chosen"] is None


def test_markdown_quotes_user_text_harmlessly(fake_jobs: Any) -> None:
    text = as_markdown(fake_jobs.wide_report(20))
    assert r"\[b\]acq\[/b\]" in text
    rows = [line for line in text.splitlines() if line.startswith("| topic-5 |")]
    assert len(rows) == 2
    assert json.loads(as_json(fake_jobs.binary_report()))["documents"][0]["text"].startswith("[/ref]")


async def test_the_protocol_names_the_command(jobs_app: Any, opened: Any, until: Until) -> None:
    async with jobs_app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        await pilot.press("3")
        await until(pilot, lambda: screen.query_one(TabbedContent).active == "protocol")
        assert "dltext evaluate mr-text-cnn" in said(screen, "#protocol-text")
        assert "units" in said(screen, "#protocol-text")


async def test_a_report_that_cannot_be_read_says_why(
    jobs_app: Any, jobs: Any, opened: Any, until: Until, monkeypatch: Any
) -> None:
    from dltext.engine.results import UserError

    def fail(job: str) -> Any:
        raise UserError("report.json of own-3 is damaged [/]; train again.")

    monkeypatch.setattr(jobs, "report", fail)
    async with jobs_app.run_test(size=(80, 24)) as pilot:
        await pilot.app.open_screen("runs", job="own-3")
        await until(pilot, lambda: pilot.app.screen.selected)
        await pilot.press("enter")
        await until(pilot, lambda: "damaged [/]" in said(pilot.app.screen, "#report-head"))
        await pilot.press("1", "2", "3", "f12", "u", "escape")


def test_columns_that_begin_alike_keep_their_ends() -> None:
    assert middle("topic-48", 7) != middle("topic-49", 7)
    assert cell_len(middle("财经新闻与市场", 7)) <= 7
    assert middle("short", 7) == "short"


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_it_looks_as_it_did(
    jobs_app: Any, jobs: Any, fake_jobs: Any, snap_compare: Any, opened: Any, size: tuple[int, int]
) -> None:
    jobs.reports["own-3"] = fake_jobs.wide_report(20)

    async def look(pilot: Any) -> None:
        await opened(pilot)
        await pilot.press("2")
        await pilot.pause(0.4)

    assert snap_compare(jobs_app, terminal_size=size, run_before=look)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_where_it_errs_and_a_threshold_that_is_kept(
    jobs_app: Any, jobs: Any, fake_jobs: Any, opened: Any, until: Until, size: tuple[int, int]
) -> None:
    jobs.reports["own-3"] = report = fake_jobs.analysed_report()
    async with jobs_app.run_test(size=size) as pilot:
        screen = await opened(pilot)
        await pilot.press("t")
        assert ("set_threshold", ("own-3-lstm", None)) not in jobs.calls, "the panel is not open"
        await pilot.press("4")
        panel = screen.query_one(ThresholdPanel)
        await until(pilot, lambda: panel.has_focus)
        assert "11 to 20" in said(screen, "#lengths")
        for widget in (panel, screen.query_one("#lengths"), screen.query_one("#report-calibration")):
            assert screen.find_widget(widget).visible_region == widget.region, "it is seen whole"
        ideal, model = screen.query_one("#report-calibration", Curve).series
        assert len(model.points) >= 7
        assert ideal.points[1] == (1.0, 1.0)
        assert "none" in str(panel.render())
        assert "100.0 % of the texts (1,066 of 1,066)" in str(panel.render())
        await pilot.press("left", *["right"] * 20)
        step = report.analysis.coverages[20]
        assert panel.threshold == step.threshold
        assert f"({step.examples:,} of 1,066)" in str(panel.render())
        assert all(cell_len(line) <= size[0] - 2 for line in str(panel.render()).split("\n"))
        await pilot.press("t")
        model_name = screen._model()
        await until(pilot, lambda: ("set_threshold", (model_name, step.threshold)) in jobs.calls)
        await until(pilot, lambda: f"has {step.threshold:g} now" in str(panel.render()))
        await pilot.press("home", "t")
        await until(pilot, lambda: ("set_threshold", (model_name, None)) in jobs.calls)


async def test_each_attribute_has_its_analysis_and_a_number_none(
    jobs_app: Any, jobs: Any, fake_jobs: Any, fake_attributes: Any, opened: Any, until: Until
) -> None:
    whole = fake_attributes.profile_report()
    analysis = fake_jobs.analysed_report().analysis
    parts = tuple(dataclasses.replace(part, analysis=analysis if part.labels else None) for part in whole.parts)
    jobs.reports["own-3"] = dataclasses.replace(whole, parts=parts)
    async with jobs_app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        await pilot.press("4")
        tabs = screen.query_one(TabbedContent)
        assert tabs.active == "analysis"
        assert "11 to 20" in said(screen, "#lengths")
        assert not screen.check_action("keep_threshold", ()), "a threshold is of one label a text"
        for part in (*parts[1:], parts[0]):
            await pilot.press("n")
            await until(pilot, lambda part=part: screen.part.name == part.name)
            assert bool(tabs.get_tab("analysis").display) == bool(part.labels)
            await pilot.press("4")
            assert (tabs.active == "analysis") == bool(part.labels)


async def test_a_report_without_an_analysis_has_no_tab_for_it(jobs_app: Any, opened: Any) -> None:
    async with jobs_app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        assert not screen.query_one(TabbedContent).get_tab("analysis").display
        await pilot.press("4", "t")
        assert screen.query_one(TabbedContent).active == "classes"


async def test_a_document_opens_in_analyse(jobs_app: Any, jobs: Any, opened: Any, until: Any) -> None:
    async with jobs_app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        assert not screen.check_action("analyse", ())
        await pilot.press("2")
        await until(pilot, lambda: screen.query_one(ConfusionMatrix).has_focus)
        await pilot.press("enter")
        await until(pilot, lambda: screen.query_one("#documents").has_focus)
        text = screen.query_one(JudgedDocuments).chosen["text"]
        await pilot.press("enter")
        await until(pilot, lambda: pilot.app.screen.PLACE == "analyse")
        await until(pilot, lambda: any(name == "analyse" and args[0] == text for name, args in jobs.calls))
        await pilot.press("f7")  # and back to the report, among whose documents one was
        await until(pilot, lambda: pilot.app.screen is screen)
        await pilot.press("f7")
        await until(pilot, lambda: pilot.app.screen.PLACE == "runs")


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_nothing_of_it_is_cut(
    jobs_app: Any, jobs: Any, fake_jobs: Any, opened: Any, size: tuple[int, int]
) -> None:
    report = fake_jobs.binary_report()
    jobs.report = lambda job: dataclasses.replace(
        report,
        metrics={"accuracy": 1.0, "macro_f1": 1.0, "ece": 0.0},
        floor={"accuracy": 1.0, "macro_f1": 1.0},
        per_class=tuple(dict(row) | {"f1_low": 0.5, "f1_high": 1.0} for row in report.per_class),
        intervals={"accuracy": (0.886, 1.0), "macro_f1": (1.0, 1.0)},
    )
    async with jobs_app.run_test(size=size) as pilot:
        screen = await opened(pilot)
        await pilot.pause(0.1)
        assert all(cell_len(line) <= size[0] - 2 for line in said(screen, "#report-head").split("\n"))
        assert "macro-F1 100.0 %" in said(screen, "#report-head")
        table = screen.query_one("#classes-table", DataTable)
        assert table.virtual_size.width <= table.container_size.width
        assert table.max_scroll_x == 0


async def test_the_baseline_is_kept_with_one_key(jobs_app: Any, jobs: Any, until: Any) -> None:
    async with jobs_app.run_test(size=(120, 40)) as pilot:
        await pilot.app.open_screen("runs", job="own-3")
        await until(pilot, lambda: pilot.app.screen.selected and pilot.app.screen.selected.id == "own-3")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, ReportScreen) and pilot.app.screen.part)
        await pilot.press("k")
        await until(pilot, lambda: ("keep_baseline", "own-3") in jobs.asked)
        await until(pilot, lambda: pilot.app.screen.PLACE == "runs")
        await until(pilot, lambda: pilot.app.screen.selected.id.endswith("baseline"))
