"""Authors: one author's texts while one types, what was looked at, many authors as bars; the card beside a verdict."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.widgets import Static

from dltext.engine.results import UserError
from dltext.tui.analyse import author
from dltext.tui.authors.group_card import GroupCard
from dltext.tui.authors.screen import AuthorsScreen
from dltext.tui.kit.attended import AttendedArea, HopBar
from dltext.tui.kit.choicebar import ChoiceBar
from dltext.tui.kit.dialogs import Choose
from dltext.tui.kit.file_dialogs import OpenFile
from dltext.tui.kit.phrases import PhraseTable
from dltext.tui.kit.preview import Preview

YOUNG = "haha so my mom came to school [/ref] and it was so embarrassing"
PLAIN = "some words that anybody writes on any day of any year"


@pytest.fixture(autouse=True)
def _starts_here(request: pytest.FixtureRequest, starting_in: Any) -> None:
    if "opened" in request.fixturenames and "with_author" not in request.fixturenames:
        starting_in("authors")


@pytest.fixture
def opened(until: Any) -> Any:
    """``screen = await opened(pilot, text)``: Authors with that text answered and explained."""

    async def go(pilot: Any, text: str = "") -> AuthorsScreen:
        if pilot.app.screen.PLACE != "authors":
            await pilot.app.open_screen("authors")
        await until(pilot, lambda: pilot.app.screen.PLACE == "authors" and pilot.app.screen.single.models.loaded)
        screen = pilot.app.screen
        if text:
            pilot.app.post_message(events.Paste(text))
            await until(pilot, lambda: screen.single.explained and screen._document.text == text and not screen.busy())
        return screen

    return go


def said(widget: Any) -> str:
    return widget.render().plain


def shaded(screen: Any, line: int = 0) -> dict[str, Any]:
    drawn = screen.query_one(AttendedArea).get_line(line)
    return {drawn.plain[span.start : span.end]: span.style for span in drawn.spans}


async def grouped(pilot: Any, screen: Any, until: Any, name: str = "mr") -> None:
    """Turn to many authors and read the corpus of that name."""
    await pilot.press("f2")
    await until(pilot, lambda: isinstance(pilot.app.screen, Choose))
    names = [option[0].split()[0] for option in pilot.app.screen._options]
    await pilot.press(str(names.index(name) + 1))
    await until(pilot, lambda: pilot.app.screen is screen)


# ------------------------------------------------------------------------------------------------ one author


async def test_a_paste_fills_the_card(profiles_app: Any, opened: Any) -> None:
    async with profiles_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, YOUNG)
        text = said(screen.single.card)
        assert "▸ female" in text
        assert "72 %" in text
        assert "80.1 % right" in text
        assert "▸ 10s" in text
        assert "off by 5.4 on average" in text
        assert "├" in text
        assert "by haha" in text.replace("  ", " ")
        assert "8.4 ms" in text
        assert "cannot tell" not in text
        assert "never a fact about a person" in " ".join(text.split())
        assert str(screen.single.card.border_title) == "Author · profile-en"
        assert "measured on blog-authors test" in str(screen.single.card.border_subtitle)


async def test_it_says_that_it_cannot_tell_and_marks_nothing(profiles_app: Any, opened: Any) -> None:
    async with profiles_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, PLAIN)
        text = said(screen.single.card)
        assert text.count("? cannot tell") == 2
        assert "▸" not in text
        assert "  by " not in text


async def test_what_it_is_not_for_comes_from_the_models_card(profiles_app: Any, opened: Any, until: Any) -> None:
    async with profiles_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot)
        limits = " ".join(said(screen.query_one("#limits", Static)).split())
        assert "Not for decisions about people" in limits
        assert "learnt from Blog Authorship Corpus (2004)" in limits
        assert "bias Bloggers of 2004" in limits
        assert "[/ref]" in limits


async def test_strong_words_are_marked_without_colour(profiles_app: Any, opened: Any) -> None:
    async with profiles_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, YOUNG)
        styles = shaded(screen)
        assert styles["mom"].bold
        assert styles["mom"].underline
        assert "embarrassing" not in styles
        drawn = screen.query_one(AttendedArea).render_line(0)
        assert len({segment.style.bgcolor for segment in drawn if segment.text in ("mom", "embarrassing")}) == 1
        assert any(segment.style.bgcolor != drawn._segments[-1].style.bgcolor for segment in drawn)


async def test_f3_shows_each_hop_and_comes_back_to_all(profiles_app: Any, opened: Any) -> None:
    async with profiles_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, "haha mom school and some more words")
        bar = screen.query_one(HopBar)
        assert said(bar).startswith("F3 all hops  1  2  3")
        assert "¼ of its attention" in said(bar)
        every = shaded(screen)
        seen = []
        for hop in (1, 2, 3):
            await pilot.press("f3")
            assert f"hop {hop}" in said(bar)
            seen.append(frozenset(shaded(screen)))
        assert len(set(seen)) == 3
        await pilot.press("f3")
        assert said(bar).startswith("F3 all hops")
        assert shaded(screen) == every


async def test_a_click_or_a_number_shows_a_hop(profiles_app: Any, opened: Any) -> None:
    async with profiles_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, YOUNG)
        bar = screen.query_one(HopBar)
        start = next(start for start, _, hop in bar._stops if hop == 1)
        await pilot.click(HopBar, offset=(start + 2, 0))
        assert screen.single.hop == 1
        screen.query_one(PhraseTable).focus()
        await pilot.press("3")
        assert screen.single.hop == 2
        await pilot.press("9")
        assert screen.single.hop == 2, "there is no hop 9"
        await pilot.press("0")
        assert screen.single.hop is None


async def test_a_phrase_leads_to_its_place_and_hop(profiles_app: Any, opened: Any, until: Any) -> None:
    async with profiles_app.run_test(size=(80, 24)) as pilot:
        text = "plain words\n" * 40 + YOUNG
        screen = await opened(pilot, text)
        table = screen.query_one(PhraseTable)
        phrase = table.phrases[1]
        assert text[phrase.start : phrase.end] in str(table.get_row_at(1)[0])
        table.focus()
        await pilot.press("down", "enter")
        await until(pilot, lambda: screen.single.hop == phrase.hop)
        area = screen.query_one(AttendedArea)
        assert area.selected_text == text[phrase.start : phrase.end]


async def test_ten_megabytes_become_pages_and_are_read_once(
    profiles_app: Any, profiles: Any, opened: Any, until: Any
) -> None:
    async with profiles_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot)
        profiles_app.post_message(events.Paste("my mom and plain words " * 450_000))
        await until(pilot, lambda: screen.single.explained is not None and not screen.busy())
        assert screen.box.large
        assert screen.query_one(Preview).display
        assert len([text for text, _ in profiles.asked("profile explained") if len(text) > 9_000_000]) == 1
        assert "Only part of this long text was read." in said(screen.single.card)
        screen.query_one(PhraseTable).focus()
        await pilot.press("enter")
        await pilot.pause()
        assert screen.single.hop is not None


async def test_an_answer_to_an_older_text_is_nobodys(profiles_app: Any, profiles: Any, opened: Any, until: Any) -> None:
    async with profiles_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, YOUNG)
        profiles.hold("profile explained")
        await pilot.press("end", "x")
        await until(pilot, lambda: len(profiles.asked("profile explained")) == 2)
        await pilot.press("f3")
        assert screen.single.hop is None, "where the words stand is not known while one types"
        await pilot.press("ctrl+n")
        profiles.release("profile explained")
        await until(pilot, lambda: not screen.busy())
        await pilot.pause(0.1)
        assert screen.single.card.profile is None
        assert said(screen.query_one(HopBar)) == ""
        assert not screen.query_one("#phrase-box").display


async def test_another_model_answers_and_has_its_own_card(
    profiles_app: Any, profiles: Any, fake_profiles: Any, opened: Any, until: Any
) -> None:
    profiles.bundles = [fake_profiles.PROFILER, fake_profiles.SECOND]
    async with profiles_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, YOUNG)
        await pilot.press("f4")
        await until(pilot, lambda: screen.single.card.profile and screen.single.card.profile.model == "my-profiler")
        await until(pilot, lambda: not screen.busy())
        assert "70.0 % right" in said(screen.single.card)
        assert "age" not in said(screen.single.card)
        assert "bias" not in said(screen.query_one("#limits", Static))


async def test_without_a_model_it_says_where_one_comes_from(profiles_app: Any, profiles: Any, opened: Any) -> None:
    profiles.bundles = profiles.bundles[:2]
    async with profiles_app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        assert "Train a model with F6" in said(screen.query_one("#no-model", Static))
        assert not screen.single.card.display
        await pilot.press("f2")
        await pilot.pause()
        assert "Train a model with F6" in said(screen.query_one("#group-empty", Static))


async def test_an_error_is_a_sentence_and_the_screen_goes_on(
    profiles_app: Any, profiles: Any, opened: Any, until: Any
) -> None:
    profiles.errors["profile explained"] = UserError("encoder.onnx of [/x] is damaged; import the model again.")
    async with profiles_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot)
        profiles_app.post_message(events.Paste(YOUNG))
        await until(pilot, lambda: profiles_app._notifications)
        assert next(iter(profiles_app._notifications)).message.startswith("encoder.onnx of [/x]")
        assert said(screen.single.card) == "This text could not be read."


@pytest.mark.parametrize("ending", ["json", "tsv", "txt"])
async def test_a_profile_is_exported(
    profiles_app: Any, opened: Any, until: Any, give_path: Any, tmp_path: Path, ending: str
) -> None:
    target = tmp_path / f"profile.{ending}"
    async with profiles_app.run_test(size=(120, 36)) as pilot:
        await opened(pilot, YOUNG)
        await pilot.press("f12")
        await give_path(pilot, target)
        await until(pilot, target.exists)
    written = target.read_text(encoding="utf-8")
    if ending == "json":
        value = json.loads(written)
        assert value["document"]["text"] == YOUNG
        assert value["gender"]["female"] == 0.72
        assert len(value["hops"]) == 3
        assert "never a fact" in value["not_for"]
    elif ending == "tsv":
        rows = [line.split("\t") for line in written.splitlines()]
        assert rows[1] == ["gender", "female", "0.720000", "", "", "yes"]
        assert ["years", "", "16.5", "13", "22.5", "yes"] in rows
    else:
        assert written.startswith("gender: female 72.0 %, male 28.0 %  (the model: 80.1 % right)\n")
        assert "never a fact about a person" in written


async def test_copy_and_a_sample(profiles_app: Any, profiles: Any, opened: Any, until: Any) -> None:
    async with profiles_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot)
        await pilot.press("ctrl+t")
        await until(pilot, lambda: profiles_app.screen.is_modal)
        await pilot.press("enter")
        await until(pilot, lambda: screen.single.card.profile is not None and profiles_app.screen is screen)
        await pilot.press("ctrl+r")
        assert profiles_app.clipboard.startswith("gender: cannot tell")
        assert ("samples", ("profile",)) in profiles.calls


# ------------------------------------------------------------------------------------------------ many authors


async def test_a_corpus_becomes_bars_with_whiskers(profiles_app: Any, profiles: Any, opened: Any, until: Any) -> None:
    async with profiles_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot)
        await grouped(pilot, screen, until)
        await until(pilot, lambda: screen.many.group is not None)
        text = said(screen.query_one(GroupCard))
        assert "female" in text
        assert "56.0 %" in text
        assert "48.0 – 64.0" in text
        assert text.count("├") >= 8
        assert text.count("├") == text.count("┤")
        assert "22.8 on average" in text
        assert "cannot tell of 12 (10 %)" in text
        assert "male [/x]" in text
        assert "120 authors" in str(screen.query_one("#group-box").border_subtitle)
        assert profiles.asked("read_data") == [("mr", "", "text")]
        assert "bias" in said(screen.query_one("#group-limits", Static))


async def test_escape_stops_and_keeps_what_was_read(profiles_app: Any, profiles: Any, opened: Any, until: Any) -> None:
    async with profiles_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot)
        profiles.hold("profile_group")
        await grouped(pilot, screen, until)
        await until(pilot, lambda: profiles.read == 40)
        await until(pilot, lambda: "40 of 120 authors" in said(screen.query_one("#work-told", Static)))
        assert screen.check_action("stop", ())
        await pilot.press("escape")
        profiles.release("profile_group")
        await until(pilot, lambda: screen.many.group is not None and screen.many.run is None)
        assert screen.many.group.authors == 40
        assert "Stopped by you after 40 authors." in said(screen.query_one(GroupCard))
        assert not screen.check_action("stop", ())


async def test_f2_turns_back_and_what_was_read_stays(profiles_app: Any, profiles: Any, opened: Any, until: Any) -> None:
    async with profiles_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, YOUNG)
        await grouped(pilot, screen, until)
        await until(pilot, lambda: screen.many.group is not None)
        await pilot.press("f2")
        assert not screen.many.grouped
        assert screen.query_one(AttendedArea).has_focus
        await pilot.press("f2")
        await pilot.pause()
        assert profiles_app.screen is screen, "nobody is asked again"
        assert screen.query_one("#group-scroll").display
        assert len(profiles.asked("profile_group")) == 1


async def test_keys_are_those_of_the_view(profiles_app: Any, opened: Any, until: Any) -> None:
    async with profiles_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, YOUNG)

        def footer() -> dict[str, str]:
            return {key: active.binding.description for key, active in screen.active_bindings.items()}

        assert (footer()["ctrl+o"], footer()["f2"], footer()["f3"]) == ("open", "many", "hops")
        await grouped(pilot, screen, until)
        await until(pilot, lambda: screen.many.group is not None)
        assert (footer()["ctrl+o"], footer()["f2"], footer()["f3"]) == ("own file", "one author", "corpus")
        await pilot.press("ctrl+o")
        await until(pilot, lambda: isinstance(profiles_app.screen, OpenFile))


async def test_a_part_of_the_corpus(profiles_app: Any, profiles: Any, opened: Any, until: Any) -> None:
    async with profiles_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot)
        await grouped(pilot, screen, until)
        await until(pilot, lambda: screen.many.group is not None)
        assert "only" not in screen.query_one(ChoiceBar).plain
        await pilot.press("f3")
        await until(pilot, lambda: isinstance(profiles_app.screen, Choose))
        await pilot.press("3")
        await until(pilot, lambda: screen.many.group is not None and screen.many.target.split == "test")
        assert profiles.asked("read_data")[-1] == ("mr", "test", "text")
        assert "mr, test only" in screen.query_one(ChoiceBar).plain


async def test_a_corpus_without_stated_parts_has_ours(
    profiles_app: Any, profiles: Any, fake: Any, opened: Any, until: Any
) -> None:
    profiles.corpora = [replace(fake.CORPORA[0], name="blogs", splits={"all": 120})]
    async with profiles_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot)
        await grouped(pilot, screen, until, "blogs")
        await until(pilot, lambda: screen.many.group is not None)
        await pilot.press("f3")
        await until(pilot, lambda: isinstance(profiles_app.screen, Choose))
        await pilot.press("4")
        await until(pilot, lambda: screen.many.group is not None and screen.many.target.split == "test")
        assert profiles.asked("read_data")[-1] == ("blogs", "test", "text")


async def test_a_file_of_ones_own(
    profiles_app: Any, profiles: Any, opened: Any, until: Any, give_path: Any, tmp_path: Path
) -> None:
    path = tmp_path / "authors.txt"
    path.write_text("one\ntwo\n", encoding="utf-8")
    async with profiles_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot)
        await grouped_file(pilot, until)
        await give_path(pilot, path)
        await until(pilot, lambda: screen.many.group is not None)
        assert profiles.asked("read_data") == [(str(path), "", "text")]


async def grouped_file(pilot: Any, until: Any) -> None:
    await pilot.press("f2")
    await until(pilot, lambda: isinstance(pilot.app.screen, Choose))
    before = pilot.app.screen
    await pilot.press(str(len(before._options)))
    await until(pilot, lambda: pilot.app.screen.is_modal and pilot.app.screen is not before)


async def test_what_goes_wrong_stands_in_its_place(profiles_app: Any, profiles: Any, opened: Any, until: Any) -> None:
    profiles.errors["profile_group"] = UserError("authors.csv, line 3: the text is empty [/]; delete the line.")
    async with profiles_app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        await grouped(pilot, screen, until)
        await until(pilot, lambda: "line 3" in said(screen.query_one("#group-empty", Static)))
        assert screen.many.run is None


@pytest.mark.parametrize("ending", ["json", "tsv", "txt"])
async def test_a_group_is_exported(
    profiles_app: Any, opened: Any, until: Any, give_path: Any, tmp_path: Path, ending: str
) -> None:
    target = tmp_path / f"group.{ending}"
    async with profiles_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot)
        await grouped(pilot, screen, until)
        await until(pilot, lambda: screen.many.group is not None)
        await pilot.press("f12")
        await give_path(pilot, target)
        await until(pilot, target.exists)
    written = target.read_text(encoding="utf-8")
    if ending == "json":
        value = json.loads(written)
        assert (value["data"], value["authors"]) == ("mr", 120)
        assert value["attributes"][0]["shares"][0]["low"] == 0.48
    elif ending == "tsv":
        rows = [line.split("\t") for line in written.splitlines()]
        assert rows[1] == ["gender", "female", "0.560000", "0.480000", "0.640000"]
        assert rows[6] == ["years", "mean", "22.800000", "21.900000", "23.700000"]
    else:
        assert written.startswith("120 authors of mr, read by profile-en 1\n")
        assert "never a fact about a person" in written


async def test_a_paste_while_many_are_shown_is_one_authors(profiles_app: Any, opened: Any, until: Any) -> None:
    async with profiles_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot)
        await grouped(pilot, screen, until)
        await until(pilot, lambda: screen.many.group is not None)
        profiles_app.post_message(events.Paste(YOUNG))
        await until(pilot, lambda: not screen.many.grouped and screen.single.card.profile is not None)


# ------------------------------------------------------------------------------------------------ the card on Analyse


def beside(app: Any) -> Any:
    part = next((part for part in app.screen.besides if part.KIND == "profile"), None)
    return part.card if part is not None else None


@pytest.fixture
def with_author(profiles: Any, open_cards: Any) -> None:
    open_cards(profiles, "profile:profile-en")


async def test_analyse_has_a_card_of_the_author_that_leads_to_authors(
    with_author: None, profiles_app: Any, profiles: Any, until: Any
) -> None:
    async with profiles_app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: beside(profiles_app))
        profiles_app.post_message(events.Paste(YOUNG))
        await until(pilot, lambda: beside(profiles_app).profile is not None)
        text = said(beside(profiles_app))
        assert "gender ▸ female" in text
        assert len(text.splitlines()) == 3
        assert "gender 80 %" in str(beside(profiles_app).border_subtitle)
        assert not profiles.asked("profile explained")
        calls = [name for name, _ in profiles.calls]
        assert calls.index("analyse") < calls.index("profile"), "the classifier comes first"
        beside(profiles_app).focus()
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(profiles_app.screen, AuthorsScreen))
        await until(pilot, lambda: profiles_app.screen.single.card.profile is not None)
        assert profiles_app.screen._document.text == YOUNG


async def test_a_click_on_the_card_leads_to_authors_too(with_author: None, profiles_app: Any, until: Any) -> None:
    async with profiles_app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: beside(profiles_app))
        profiles_app.post_message(events.Paste(YOUNG))
        await until(pilot, lambda: beside(profiles_app).profile is not None)
        await pilot.click("AuthorCard")
        await until(pilot, lambda: isinstance(profiles_app.screen, AuthorsScreen))


async def test_a_prediction_waits_for_no_author(
    with_author: None, profiles_app: Any, profiles: Any, until: Any
) -> None:
    profiles.hold("profile")
    async with profiles_app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: beside(profiles_app))
        profiles_app.post_message(events.Paste("a good film"))
        await until(pilot, lambda: profiles_app.screen.cards[0].explained)
        assert beside(profiles_app).profile is None
        profiles.release("profile")
        await until(pilot, lambda: beside(profiles_app).profile is not None)
        await pilot.press("ctrl+n")
        await until(pilot, lambda: beside(profiles_app).profile is None)


async def test_a_slow_profiler_is_asked_only_when_one_rests(
    with_author: None, profiles_app: Any, profiles: Any, until: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(author, "REST", 60.0)
    profiles.speed = 80.0
    async with profiles_app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: beside(profiles_app))
        profiles_app.post_message(events.Paste(YOUNG))
        await until(pilot, lambda: beside(profiles_app).profile is not None)
        asked = len(profiles.asked("profile"))
        await pilot.press("x")
        await until(pilot, lambda: "Enter reads it in Authors" in said(beside(profiles_app)))
        assert len(profiles.asked("profile")) == asked
        monkeypatch.setattr(author, "REST", 0.01)
        profiles.speed = 8.0
        await pilot.press("y")
        await until(pilot, lambda: beside(profiles_app).profile is not None)
        assert profiles_app.screen.besides[1]._profiler.quick(YOUNG), "it was busy for a moment, not slow for ever"


@pytest.mark.parametrize("what", ["none", "broken", "fails"])
async def test_without_a_profiler_there_is_no_card_and_no_toast(
    with_author: None,
    profiles_app: Any,
    profiles: Any,
    fake_profiles: Any,
    until: Any,
    what: str,
) -> None:
    if what == "none":
        profiles.bundles = profiles.bundles[:2]
    elif what == "broken":
        profiles.bundles = [*profiles.bundles[:2], replace(fake_profiles.PROFILER, problem="It is damaged.")]
    elif what == "fails":
        profiles.errors["profile"] = RuntimeError("no such node")
    async with profiles_app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: profiles_app.screen.cards)
        profiles_app.post_message(events.Paste(YOUNG))
        await until(pilot, lambda: profiles_app.screen.cards[0].explained and not profiles_app.screen.busy())
        await pilot.pause(0.1)
        assert not profiles_app._notifications
        if what == "fails":
            assert beside(profiles_app).profile is None
        else:
            assert beside(profiles_app) is None


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 60)])
async def test_what_matters_is_on_the_screen(
    with_author: None, profiles_app: Any, opened: Any, until: Any, size: tuple[int, int]
) -> None:
    async with profiles_app.run_test(size=size) as pilot:
        await until(pilot, lambda: beside(profiles_app))
        profiles_app.post_message(events.Paste(YOUNG))
        await until(pilot, lambda: beside(profiles_app).profile is not None and profiles_app.screen.cards[0].explained)
        whole = profiles_app.screen.region
        assert whole.contains_region(beside(profiles_app).region)
        assert profiles_app.screen.box.region.height >= 6
        screen = await opened(pilot, YOUNG)
        for widget in (screen.box, screen.query_one(HopBar), screen.single.card, screen.query_one("#phrase-box")):
            assert whole.contains_region(widget.region), widget
        assert screen.box.region.height >= 6
        assert len(said(screen.single.card).splitlines()) <= screen.single.card.content_size.height
        for y in range(screen.query_one(HopBar).region.height):
            assert screen.query_one(HopBar).render_line(y).cell_length <= size[0]
        if size[0] < 100:  # below the text, also where a scroll bar stands beside the cards
            assert screen.single.card.region.right == screen.box.region.right


async def test_the_palette_leads_a_profiler_to_authors(with_author: None, profiles_app: Any, until: Any) -> None:
    from dltext.tui.palette import WorkbenchCommands

    async with profiles_app.run_test() as pilot:
        await until(pilot, lambda: profiles_app.screen.models.infos)
        provider = WorkbenchCommands(profiles_app.screen)
        await provider.startup()
        hits = {hit.text: hit async for hit in provider.discover()}
        assert "Authors: hops  (F3)" in hits
        await hits["Use profile-en"].command()
        await until(pilot, lambda: profiles_app.current_mode == "authors")


async def test_as_many_hops_are_offered_as_there_are(profiles_app: Any, opened: Any) -> None:
    from dltext.tui.palette import WorkbenchCommands

    async with profiles_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, "haha mom school and some more words")
        offered = [number for number in range(10) if screen.check_action("show_hop", (str(number),))]
        assert offered == list(range(len(screen.single.explained.hops) + 1))
        provider = WorkbenchCommands(screen)
        await provider.startup()
        hops = [hit.text for hit in [hit async for hit in provider.discover()] if hit.text.startswith("Hop ")]
        assert len(hops) == len(screen.single.explained.hops)
