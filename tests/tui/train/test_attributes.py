"""Train on attributes of authors: what the data have of them, ticks and weights, and the settings that say them."""

from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Checkbox, Input, Static

from dltext.engine.results import AttributeInfo, DataCheck, JobSpec, Preflight, UserError
from dltext.tui.kit.attribute_ticks import AttributeTicks
from dltext.tui.kit.choose_box import OWN, ChooseBox
from dltext.tui.train.form import SettingsForm
from dltext.tui.train.preflight import PreflightPane

Until = Any


@pytest.fixture(autouse=True)
def _starts_here(starting_in: Any) -> None:
    starting_in("train")


@pytest.fixture
def jobs(jobs: Any, fake_attributes: Any) -> Any:
    """An engine that knows the recipe, a card with attributes, and what stands in a user's file."""

    def attributes_of(data: str, text_column: str = "text") -> tuple[AttributeInfo, ...]:
        jobs.asked.append(("attributes_of", data, text_column))
        if data == "blog-authors":
            return fake_attributes.ATTRIBUTES
        if text_column != "body":
            raise UserError(f"{Path(data).name} has no column text [/]; choose another with Text column.")
        return (AttributeInfo("income", "income", "category", ("low", "high"), 0),)

    jobs.attributes_of = attributes_of
    jobs.more_recipes, jobs.more_cards = (fake_attributes.SELF_ATTENTION,), (fake_attributes.BLOGS,)
    return jobs


@pytest.fixture
def opened(jobs_app: Any, until: Until) -> Any:
    """``screen = await opened(pilot)``: Train with author profiling chosen and the attributes listed."""

    async def go(pilot: Any) -> Any:
        await pilot.app.open_screen("train")
        screen = pilot.app.screen
        await until(pilot, lambda: screen.query(SettingsForm) and screen.query_one(SettingsForm).is_mounted)
        assert not screen.query_one(AttributeTicks).display
        screen.query_one(ChooseBox)._picks["task"].choose("profile")
        await until(pilot, lambda: screen._form and screen._form.name == "self-attention" and screen._form.is_mounted)
        await until(pilot, lambda: ticks(screen).rows and all(row.is_mounted for row in ticks(screen).rows.values()))
        return screen

    return go


def ticks(screen: Any) -> AttributeTicks:
    return screen.query_one(AttributeTicks)


def said(screen: Any) -> tuple[str, str]:
    return tuple(screen._form.rows[name].text for name in ("attributes", "loss_weights"))  # type: ignore[return-value]


async def tick(pilot: Any, screen: Any, name: str) -> None:
    ticks(screen).rows[name].query_one(Checkbox).toggle()
    await pilot.pause()


async def test_the_attributes_of_a_card_are_listed(jobs_app: Any, jobs: Any, opened: Any, until: Until) -> None:
    async with jobs_app.run_test(size=(120, 50)) as pilot:
        screen = await opened(pilot)
        box = screen.query_one(ChooseBox)
        assert box.picked("data") == "blog-authors"
        assert ("Author profiling", "profile") in [(str(o[0]), o[1]) for o in box._picks["task"]._select._options]
        assert not box.rows["label_column"].display
        assert ticks(screen).display
        assert [(name, row.ticked) for name, row in ticks(screen).rows.items()] == [
            ("gender", True),
            ("age", True),
            ("years", False),
        ]
        note = str(ticks(screen).rows["age"].query_one(".attribute--note", Static).render())
        assert "10s, 20s, 30s (column age_group; 12 not known)" in note
        assert said(screen) == ("", ""), "what is learnt anyway need not be said"
        assert screen.spec().settings["attributes"] == ""


async def test_ticks_and_weights_become_settings(jobs_app: Any, jobs: Any, opened: Any, until: Until) -> None:
    async with jobs_app.run_test(size=(120, 50)) as pilot:
        screen = await opened(pilot)
        await tick(pilot, screen, "age")
        await tick(pilot, screen, "years")
        await until(pilot, lambda: said(screen) == ("gender=gender:category, years=age:number", ""))
        ticks(screen).rows["years"].query_one(Input).value = "0.5"
        await until(pilot, lambda: said(screen)[1] == "1, 0.5")
        assert ticks(screen).rows["age"].query_one(Input).value == "1"
        assert ticks(screen).rows["age"].query_one(Input).disabled
        await pilot.press("f3")
        await until(pilot, lambda: pilot.app.screen.PLACE == "runs")
        ((_, spec),) = [call for call in jobs.asked if call[0] == "submit"]
        assert (spec.recipe, spec.data) == ("self-attention", "blog-authors")
        assert spec.settings["attributes"] == "gender=gender:category, years=age:number"
        assert spec.settings["loss_weights"] == "1, 0.5"
        await pilot.app.open_screen("train", spec=JobSpec("self-attention", "blog-authors", {"attributes": "age"}))
        await until(pilot, lambda: [row.ticked for row in ticks(screen).rows.values()] == [False, True, False])
        await pilot.press("ctrl+n")
        await until(pilot, lambda: [row.ticked for row in ticks(screen).rows.values()] == [True, True, False])


async def test_what_is_typed_is_ticked_and_left_as_it_is(jobs_app: Any, opened: Any, until: Until) -> None:
    async with jobs_app.run_test(size=(120, 50)) as pilot:
        screen = await opened(pilot)
        screen._form.rows["attributes"].query_one(Input).value = "gender, years=age:number"
        await until(pilot, lambda: ticks(screen).rows["years"].ticked and not ticks(screen).rows["age"].ticked)
        assert said(screen)[0] == "gender, years=age:number"
        screen._form.rows["attributes"].query_one(Input).value = "years, gender"
        note = screen.query_one(".attributes--said", Static)
        await until(pilot, lambda: "these boxes cannot show" in str(note.render()))
        assert said(screen)[0] == "years, gender", "an order that ticks cannot say stays"
        await tick(pilot, screen, "age")
        await until(pilot, lambda: said(screen)[0].startswith("gender=gender:category, age=age_group:category"))
        assert not note.display


async def test_a_wrong_weight_or_no_tick_is_refused(jobs_app: Any, jobs: Any, opened: Any, until: Until) -> None:
    async with jobs_app.run_test(size=(120, 50), notifications=True) as pilot:
        screen = await opened(pilot)
        weight = ticks(screen).rows["gender"].query_one(Input)
        weight.value = "much"
        await pilot.pause()
        await pilot.press("f3")
        await until(pilot, lambda: weight.has_focus)
        with pytest.raises(UserError, match="Weight of gender must be a number from 0 to 1,000"):
            screen.spec()
        weight.value = "1"
        await tick(pilot, screen, "gender")
        await tick(pilot, screen, "age")
        await pilot.pause(0.05)
        with pytest.raises(UserError, match="at least one"):
            screen.spec()
        screen._form.rows["hops"].query_one(Input).value = "4"
        await pilot.pause(0.05)
        assert not ticks(screen).any, "they do not come back by themselves"
        assert not [call for call in jobs.asked if call[0] == "submit"]


async def test_the_columns_of_a_file_of_ones_own(
    jobs_app: Any, jobs: Any, opened: Any, until: Until, tmp_path: Path
) -> None:
    file = tmp_path / "authors.csv"
    file.write_text("body,income\nx,low\n", encoding="utf-8")
    async with jobs_app.run_test(size=(120, 50)) as pilot:
        screen = await opened(pilot)
        box = screen.query_one(ChooseBox)
        box.take_path(str(file))
        note = screen.query_one(".attributes--said", Static)
        await until(pilot, lambda: "has no column text [/]" in str(note.render()))
        assert not ticks(screen).rows
        box.rows["text_column"].query_one(Input).value = "body"
        await until(pilot, lambda: list(ticks(screen).rows) == ["income"])
        assert jobs.asked[-1] == ("attributes_of", str(file), "body")
        assert not pilot.app._notifications, "said in its place, not in a toast"
        box._picks["task"].choose("classify")
        await until(pilot, lambda: not ticks(screen).display)
        box._picks["data"].choose(OWN)
        await until(pilot, lambda: box.rows["label_column"].display)


async def test_the_check_tells_facts_and_each_floor(
    jobs_app: Any, jobs: Any, opened: Any, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = DataCheck("blog-authors", {"train": 14256, "test": 1782}, {}, {"median": 590.0}, 0, 0)
    floor = {"accuracy": 0.77, "gender_accuracy": 0.775, "gender_macro_f1": 0.77, "years_mae": 4.6}
    fact = "gender: female 50 %, male 50 % of 14,256 training authors."
    monkeypatch.setattr(jobs, "preflight", lambda *_: Preflight(check, floor, 900.0, 1 << 30, "CPU", 10, (fact,)))
    async with jobs_app.run_test(size=(120, 50)) as pilot:
        screen = await opened(pilot)
        await pilot.press("f2")
        pane = screen.query_one(PreflightPane)
        await until(pilot, lambda: fact in pane.said)
        assert "gender 77.5 %, years, mean error 4.600" in pane.said
        assert "macro-F1" not in pane.said
