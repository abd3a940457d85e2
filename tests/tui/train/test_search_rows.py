"""A search over settings, started from the form of Train."""

from typing import Any

import pytest
from textual.widgets import Collapsible, Input

from dltext.tui.kit.setting import SettingRow
from dltext.tui.train.form import SettingsForm
from dltext.tui.train.search_rows import SearchRows


@pytest.fixture(autouse=True)
def _starts_here(starting_in: Any) -> None:
    starting_in("train")


async def opened(pilot: Any, until: Any) -> SearchRows:
    await pilot.app.open_screen("train")
    screen = pilot.app.screen
    await until(pilot, lambda: screen.query(SettingsForm) and screen.query_one(SettingsForm).is_mounted)
    rows = screen.query_one(SearchRows)
    rows.query_one(Collapsible).collapsed = False
    return rows


def enter(rows: SearchRows, name: str, text: str) -> SettingRow:
    rows.rows[name].query_one(Input).value = text
    return rows.rows[name]


async def test_values_to_try_make_the_start_a_search(jobs_app: Any, jobs: Any, until: Any) -> None:
    async with jobs_app.run_test(size=(100, 40), notifications=True) as pilot:
        rows = await opened(pilot, until)
        enter(rows, "tried", "filters=50,100 dropout=0.3")
        enter(rows, "trials", "4")
        enter(rows, "parallel", "2")
        await pilot.pause()
        await pilot.press("f3")
        await until(pilot, lambda: [asked for asked in jobs.asked if asked[0] == "tune"])
        assert ("plan_tuning", {"filters": "50,100", "dropout": "0.3"}, 4) in jobs.asked
        ((_, spec),) = [asked for asked in jobs.asked if asked[0] == "tune"]
        assert (spec.kind, spec.parallel, len(spec.trials)) == ("tune", 2, 2)
        assert not [asked for asked in jobs.asked if asked[0] == "submit"]
        await until(pilot, lambda: type(pilot.app.screen).__name__ == "RunsScreen")


async def test_a_search_is_trained_by_a_cluster(jobs_app: Any, jobs: Any, until: Any) -> None:
    async with jobs_app.run_test(size=(100, 40), notifications=True) as pilot:
        rows = await opened(pilot, until)
        enter(rows, "tried", "filters=50,100")
        enter(rows, "cluster", "tcp://10.0.0.5:8786")
        await pilot.pause()
        await pilot.press("f3")
        await until(pilot, lambda: [asked for asked in jobs.asked if asked[0] == "tune"])
        ((_, spec),) = [asked for asked in jobs.asked if asked[0] == "tune"]
        assert (spec.parallel, spec.cluster) == (1, "tcp://10.0.0.5:8786")


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("tried", "filters 50,100", "write NAME=VALUES"),
        ("trials", "-1", "Trials must be"),
        ("tried", "no-such-setting=1,2", "no setting 'no-such-setting'"),
        ("cluster", "no-such-file.json", "There is no scheduler file no-such-file.json"),
    ],
)
async def test_what_is_wrong_is_said_and_nothing_starts(
    jobs_app: Any, jobs: Any, until: Any, name: str, text: str, said: str
) -> None:
    async with jobs_app.run_test(size=(100, 40), notifications=True) as pilot:
        rows = await opened(pilot, until)
        enter(rows, "tried", "filters=50,100")
        enter(rows, name, text)
        await pilot.pause()
        await pilot.press("f3")
        await until(pilot, lambda: any(said in note.message for note in pilot.app._notifications))
        assert not [asked for asked in jobs.asked if asked[0] in ("submit", "tune")]
