"""Models without labels on the screens for training: what they are measured by, data without labels, vectors files."""

import time
from dataclasses import replace
from typing import Any

import pytest
from textual.widgets import DataTable, Static, TabbedContent

from dltext.engine.results import BundleInfo, JobSpec
from dltext.tui.kit.choose_box import ChooseBox
from dltext.tui.kit.dialogs import Choose
from dltext.tui.kit.facts import FactPane
from dltext.tui.kit.jobwatch import JobWatch
from dltext.tui.kit.table import PlainTable
from dltext.tui.runs.curves import Curves
from dltext.tui.runs.export import as_markdown
from dltext.tui.runs.jobtable import JobTable
from dltext.tui.runs.report import ReportScreen
from dltext.tui.train.form import SettingsForm
from dltext.tui.train.preflight import PreflightPane

WORDS = BundleInfo(
    "ptb-words",
    "words",
    "trained",
    "1",
    "word2vec-gensim",
    "en",
    (),
    {"wordsim353": 0.1863, "simlex999": 0.1204, "analogies": 0.0201},
    "",
    False,
    1_900_000,
    "/home/ptb-words",
    {"serving": {"kind": "words", "count": 9526, "size": 50, "precision": "float16"}},
)


@pytest.fixture
def jobs(fake: Any, fake_jobs: Any, fake_words: Any) -> Any:
    return type("Engine", (fake_jobs.FakeJobs, fake_words.FakeWords, fake.FakeEngine), {})()


@pytest.fixture
def opened(jobs: Any, until: Any) -> Any:
    """``screen = await opened(pilot, 30)``: Runs with a words run of which so many lines are written."""

    async def go(pilot: Any, lines: int | None = None) -> Any:
        jobs.bundles = [*jobs.bundles, WORDS]
        jobs.add("words-1", JobSpec("word2vec-gensim", "ptb", {"epochs": 6}, name="ptb-words"), lines)
        await pilot.app.open_screen("runs", job="words-1")
        screen = pilot.app.screen
        await until(pilot, lambda: screen.selected and screen.selected.id == "words-1" and "words-1" in screen._offsets)
        return screen

    return go


async def test_a_run_shows_its_own_measures(jobs_app: Any, jobs: Any, opened: Any, until: Any) -> None:
    async with jobs_app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, 32)
        curves = screen.query_one(Curves)
        await until(pilot, lambda: curves.query("#curve-simlex999"))
        shown = [curve.id for curve in curves.query("Curve") if curve.display]
        assert shown == ["curve-wordsim353", "curve-simlex999", "curve-analogies"], "gensim tells no loss"
        facts = str(screen.query_one("#runs-facts", Static).render())
        assert "words/s" in facts
        row = "|".join(cell.plain for cell in screen.query_one(JobTable).get_row("words-1"))
        assert "WordSim 0." in row
        assert "acc     0." in "|".join(cell.plain for cell in screen.query_one(JobTable).get_row("mr-7"))
        table = screen.query_one(JobTable)
        assert table.virtual_size.width <= table.size.width
        table.move_cursor(row=table.get_row_index("mr-7"))
        await until(pilot, lambda: screen.query_one("#curve-loss").display)
        assert not screen.query_one("#curve-simlex999").display


async def test_the_table_fits_at_80_with_measures(jobs_app: Any, opened: Any) -> None:
    async with jobs_app.run_test(size=(80, 24)) as pilot:
        table = (await opened(pilot)).query_one(JobTable)
        assert table.virtual_size.width <= table.size.width


def test_the_end_of_a_run_names_its_measure(jobs: Any) -> None:
    job = jobs.add("words-1", JobSpec("word2vec-gensim", "ptb"), None)
    watch = JobWatch()
    watch.look([replace(job, state="running")])
    (notice,) = watch.look([replace(job, message="")])
    assert notice.message.startswith("WordSim-353 ρ 0.186.")
    watch.look([replace(job, state="running")])
    assert watch.look([job])[0].message.count("WordSim-353") == 1, "the recipe has said it itself"


async def test_a_report_without_classes(jobs_app: Any, opened: Any, until: Any) -> None:
    async with jobs_app.run_test(size=(120, 40)) as pilot:
        await opened(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, ReportScreen) and pilot.app.screen.report)
        screen = pilot.app.screen
        head = str(screen.query_one("#report-head", Static).render())
        assert "WordSim-353 ρ 0.186 on 237 of 353 pairs" in head
        assert "baseline" not in head
        table = screen.query_one("#classes-table", DataTable)
        assert table.get_row_at(0)[0].plain.startswith("family [/]")
        assert "7.8 %" in table.get_row_at(0)[1].plain
        await pilot.press("2", "p", "m", "enter")
        await until(pilot, lambda: screen.query_one(TabbedContent).active == "confusions")
        assert screen.query_one("#no-confusions").display
        assert not screen.query_one("#matrix").display
        await pilot.press("u")
        await until(pilot, lambda: pilot.app.screen.PLACE == "words")


def test_a_report_without_classes_in_writing(fake_jobs: Any) -> None:
    text = as_markdown(fake_jobs.words_report())
    assert "| WordSim-353 ρ | 0.186 |" in text
    assert r"| family \[/\] | 7.8 % | 90 |" in text
    assert "Confusions" not in text


async def test_texts_without_labels_train_words(jobs_app: Any, jobs: Any, fake_jobs: Any, until: Any) -> None:
    jobs.more_recipes, jobs.more_cards = (fake_jobs.WORD2VEC,), (fake_jobs.TEXTS,)
    async with jobs_app.run_test(size=(120, 40)) as pilot:
        await pilot.app.open_screen("train")
        screen = pilot.app.screen
        await until(pilot, lambda: screen.query(SettingsForm) and screen.query_one(SettingsForm).is_mounted)
        box = screen.query_one(ChooseBox)
        assert not box._picks["part"].display
        box._picks["task"].choose("words")
        await until(pilot, lambda: screen._form and screen._form.name == "word2vec-gensim" and screen._form.is_mounted)
        assert box.picked("data") == "ptb", "what was gathered for words stands first"
        box._picks["data"].choose("mr")
        await until(pilot, lambda: screen.spec().data == "mr")
        box._picks["data"].choose("ptb")
        await until(pilot, lambda: box._picks["part"].display and screen.spec().data == "ptb")
        box._picks["part"].choose("train")
        await until(pilot, lambda: screen.spec().data == "ptb:train")
        await pilot.press("f2")
        pane = screen.query_one(PreflightPane)
        await until(pilot, lambda: "covers 237 of 353" in pane.said)
        assert [line[:12] for line in pane.said.splitlines() if line.startswith("!")] == ["! SimLex-999"]
        assert "baseline" not in pane.said
        assert "leaks" not in pane.said
        await pilot.press("f3")
        await until(pilot, lambda: pilot.app.screen.PLACE == "runs")
        await pilot.app.open_screen("train", spec=JobSpec("word2vec-gensim", "ptb:test", {"epochs": 2}))
        await until(pilot, lambda: screen.spec().data == "ptb:test")


@pytest.fixture
def catalogue(fake: Any) -> Any:
    class Engine(fake.FakeEngine):
        endless = False

        def import_vectors(self, path: str, progress: Any = None) -> Any:
            self._note("import_vectors", path)
            progress(1, 3)
            while self.endless:
                time.sleep(0.01)
                progress(2, 3)
            self.bundles = [*self.bundles, replace(WORDS, name="theirs", origin="imported")]
            return self.bundles[-1], ("theirs.txt, line 3: [/] 99 numbers where 100 are the rule.",)

        def export_vectors(self, name: str, path: str, form: str = "") -> Any:
            self._note("export_vectors", name, path, form)
            return path

    engine = Engine()
    engine.bundles = [fake.CNN, WORDS]
    return engine


async def test_vectors_come_and_go(catalogue: Any, until: Any, give_path: Any, tmp_path: Any) -> None:
    from dltext.tui.app import DltextApp

    file = tmp_path / "theirs.txt"
    file.write_text("the 0.1 0.2\n")
    app = DltextApp(engine=catalogue, poll=False)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("f8")
        await until(pilot, lambda: app.screen.PLACE == "models" and app.screen._listed)
        table = app.screen.query_one(PlainTable)
        assert str(table.get_row_at(1)[2]) == "WordSim 0.186"
        table.move_cursor(row=1)
        await until(pilot, lambda: "9,526" in app.screen.query_one(FactPane).plain)
        assert "SimLex-999 ρ 0.120" in app.screen.query_one(FactPane).plain
        await pilot.press("i")
        await give_path(pilot, file)
        await until(pilot, lambda: catalogue.asked("import_vectors") == [(str(file),)])
        await until(pilot, lambda: any("line 3: [/]" in note.message for note in app._notifications))
        await until(pilot, lambda: table.chosen == "theirs")
        await pilot.press("f12")
        await until(pilot, lambda: isinstance(app.screen, Choose))
        await pilot.press("5")
        await until(pilot, lambda: app.screen.query("#path"))
        await give_path(pilot, tmp_path / "out.vec")
        await until(
            pilot, lambda: catalogue.asked("export_vectors") == [("theirs", str(tmp_path / "out.vec"), "fasttext")]
        )


async def test_reading_vectors_shows_how_far_it_is_and_stops(
    catalogue: Any, until: Any, give_path: Any, tmp_path: Any
) -> None:
    from dltext.tui.app import DltextApp
    from dltext.tui.kit.fetching import FetchPanel

    catalogue.endless = True
    (tmp_path / "large.vec").write_text("the 0.1 0.2\n")
    app = DltextApp(engine=catalogue, poll=False)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f8")
        await until(pilot, lambda: app.screen.PLACE == "models" and app.screen._listed)
        panel = app.screen.query_one(FetchPanel)
        assert not panel.display
        await pilot.press("i")
        await give_path(pilot, tmp_path / "large.vec")
        await until(pilot, lambda: panel.display and "2 B of 3 B" in str(panel.query_one("#fetched").render()))
        await pilot.press("escape")
        await until(pilot, lambda: any("nothing was imported" in note.message for note in app._notifications))
        assert not panel.display
        assert len(catalogue.bundles) == 2


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
def test_a_words_run_looks_as_it_did(jobs_app: Any, snap_compare: Any, opened: Any, size: tuple[int, int]) -> None:
    async def look(pilot: Any) -> None:
        await opened(pilot, 42)
        await pilot.pause(0.3)

    assert snap_compare(jobs_app, terminal_size=size, run_before=look)


async def test_a_floor_is_of_the_measure_beside_it(jobs_app: Any, jobs: Any, until: Any) -> None:
    halves = {"retrieval": 0.75, "floor_retrieval": 0.5, "floor_accuracy": 0.99}
    jobs.bundles = [*jobs.bundles, replace(WORDS, name="paragraphs", task="paragraphs", metrics=halves)]
    jobs.add("paragraphs-1", JobSpec("paragraph-vectors", "ptb", name="paragraphs"), 0, "done")
    job = next(job for job in jobs.jobs() if job.id == "paragraphs-1")
    metrics = {"validation_retrieval": 0.7, "test_retrieval": 0.75, "floor_retrieval": 0.5}
    jobs.jobs = lambda: [replace(job, metrics=metrics)]
    async with jobs_app.run_test(size=(160, 40)) as pilot:
        await pilot.app.open_screen("runs")
        table = pilot.app.screen.query_one(JobTable)
        await until(pilot, lambda: table.row_count)
        row = [cell.plain.strip() for cell in table.get_row("paragraphs-1")]
        assert row[-2:] == ["0.500", "0.750 ▲"]
        await pilot.app.open_screen("models")
        models = pilot.app.screen.query_one(DataTable)
        await until(pilot, lambda: models.row_count)
        shown = [[str(cell).strip() for cell in models.get_row_at(at)] for at in range(models.row_count)]
        assert next(cells for cells in shown if "paragraphs" in cells)[2:4] == ["halves 75.0 %", "50.0 %"]
