"""The cards of Analyse: any classifier and any profiler has one; which are open is the reader's choice."""

import re
from dataclasses import replace
from typing import Any

import pytest
from rich.cells import cell_len
from textual import events

from dltext.engine.results import Result
from dltext.tui.analyse.open_cards import CardsLine
from dltext.tui.analyse.result_card import ResultCard
from dltext.tui.kit.document import DocumentBox
from dltext.tui.kit.document_area import DocumentArea
from dltext.tui.kit.written import as_text

STARS = ("one", "two", "three", "four", "five", "six", "seven")


class FakeClasses:
    """Classifiers of other labels, beside those of ``FakeEngine``; to be mixed in before it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        facts = {"origin": "trained", "default": False, "card": {}, "task": "classify"}
        self.bundles = [
            *self.bundles,
            replace(self.bundles[0], name="opinions", labels=("bad", "good"), **facts),
            replace(self.bundles[0], name="opinions-2", labels=("good", "bad"), **facts),
            replace(self.bundles[0], name="stars", labels=STARS, **facts),
        ]
        self.abstains = False

    def analyse(self, text: str, task: str = "sentiment", model: str | None = None, *how: Any) -> Result:
        answer = super().analyse(text, task, model, *how)
        labels = next(info.labels for info in self.bundles if info.name == answer.model)
        sure, rest = (0.87, 0.13 / (len(labels) - 1))
        label = labels[-1 if "good" in text else 0]
        shares = {other: sure if other == label else rest for other in labels}
        if label == "bad" or label == "negative":
            answer = replace(answer, spans=tuple(replace(span, weight=-span.weight) for span in answer.spans))
        notes = ("This model reads English; this text is in Chinese: its answer is unreliable.",) * self.abstains
        return replace(
            answer,
            label=label,
            probabilities=shares,
            abstains=self.abstains,
            notes=notes,
            threshold=next(info.threshold for info in self.bundles if info.name == answer.model),
        )


@pytest.fixture
def classes(fake: Any) -> Any:
    return type("Engine", (FakeClasses, fake.FakeEngine), {})()


@pytest.fixture
def classes_app(classes: Any, quick: None) -> Any:
    from dltext.tui.app import DltextApp

    return DltextApp(engine=classes, poll=False)


def shown(app: Any) -> list[str]:
    return [card.info.name for card in app.screen.query(ResultCard)]


def said(app: Any, place: int = 0) -> str:
    return app.screen.cards[place].render().plain


async def pasted(app: Any, pilot: Any, until: Any, text: str) -> None:
    app.post_message(events.Paste(text))
    await until(pilot, lambda: app.screen.cards[0].result and not app.screen.cards[0].has_class("-outdated"))


async def test_below_its_threshold_a_model_is_not_sure(classes_app: Any, classes: Any, until: Any) -> None:
    async with classes_app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: shown(classes_app))
        await pasted(classes_app, pilot, until, "a good film")
        assert "▸ positive" in said(classes_app)
        classes.set_threshold("sentiment-en-cnn", 0.95)
        await pilot.press("f8", "f5")  # the list of models is read again
        await until(pilot, lambda: "? not sure  below 95 %" in said(classes_app))
        assert "▸" not in said(classes_app)
        assert "87 %" in said(classes_app)
        assert as_text(classes_app.screen.document, classes_app.screen._results(), {}).startswith("positive")
        assert "not sure" in as_text(classes_app.screen.document, classes_app.screen._results(), {}).splitlines()[0]


async def test_the_course_is_drawn_along_the_text(classes_app: Any, classes: Any, until: Any) -> None:
    async with classes_app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: shown(classes_app))
        await pasted(classes_app, pilot, until, "A good start. A bad end. Two parts.")
        await until(pilot, lambda: "positive along the text, 3 parts" in said(classes_app))
        (line,) = (line for line in said(classes_app).splitlines() if line.startswith("█"))
        assert cell_len(line) == classes_app.screen.cards[0].content_size.width
        assert line.index("▁") in range(len(line) // 3, len(line) // 2)
        results = classes_app.screen._results()
        assert [part["label"] for part in results[0].as_dict()["course"]] == ["positive", "negative", "negative"]
        assert "\ncourse  █████" in as_text(classes_app.screen.document, results, {})
        await pilot.press("x")
        await until(pilot, lambda: not classes_app.screen.cards[0].has_class("-outdated"))
        classes_app.screen.receive(model="stars")
        await until(pilot, lambda: classes_app.screen.cards[0].info.name == "stars")
        await until(pilot, lambda: "A one  B seven" in said(classes_app))
        assert re.search(r"^B+A+$", said(classes_app), re.MULTILINE)


async def test_a_first_start_has_the_card_that_everybody_has(profiles_app: Any, profiles: Any, until: Any) -> None:
    async with profiles_app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: shown(profiles_app))
        await pasted(profiles_app, pilot, until, "a good film")
        await until(pilot, lambda: profiles_app.screen.cards[0].explained and not profiles_app.screen.busy())
        assert shown(profiles_app) == ["sentiment-en-cnn"]
        assert not profiles.asked("profile"), "nobody asked who wrote it"
        assert {name for task, name in profiles.asked("warm_up")} == {"sentiment-en-cnn"}


async def test_u_opens_the_card_of_any_classifier_which_stays(classes_app: Any, classes: Any, until: Any) -> None:
    async with classes_app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: shown(classes_app))
        await pilot.press("f8")
        await until(pilot, lambda: classes_app.screen.PLACE == "models" and classes_app.screen._listed)
        await pilot.press("down", "down", "u")
        await until(pilot, lambda: classes_app.screen.PLACE == "analyse" and len(shown(classes_app)) == 2)
        assert shown(classes_app) == ["opinions", "sentiment-en-cnn"]
        assert not classes_app._notifications
        await pasted(classes_app, pilot, until, "bad")
        await until(pilot, lambda: classes_app.screen.cards[0].explained)
        assert "▸ bad" in said(classes_app)
        assert "▸ negative" in said(classes_app, 1)
        assert str(classes_app.screen.cards[0].border_title) == "Classifier · opinions"
        assert classes.remembered["analyse_cards"] == [["labels", "opinions"], ["labels", ""]]
        # A model with the same labels takes the card that there is.
        classes_app.open_screen("analyse", model="opinions-2")
        await until(pilot, lambda: shown(classes_app) == ["opinions-2", "sentiment-en-cnn"])
        classes_app.open_screen("analyse", model="sentiment-en-lstm")
        await until(pilot, lambda: shown(classes_app) == ["sentiment-en-lstm", "opinions-2"])


async def test_the_last_starts_cards_are_open_but_for_models_that_are_gone(
    classes_app: Any, classes: Any, until: Any
) -> None:
    classes.remembered["analyse_cards"] = [["labels", "stars"], ["labels", "gone"], ["labels", ""], ["odd", 3], 7]
    async with classes_app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: shown(classes_app) == ["stars", "sentiment-en-cnn"])
        # It comes back with its model.
        classes.bundles.append(replace(classes.bundles[0], name="gone", default=False, labels=("x", "y")))
        await pilot.press("f8")
        await until(pilot, lambda: classes_app.screen.PLACE == "models")
        await pilot.press("f5")
        await until(pilot, lambda: shown(classes_app) == ["stars", "sentiment-en-cnn", "gone"])


@pytest.mark.parametrize("way", ["key", "line", "click"])
async def test_the_dialog_opens_and_closes_cards(classes_app: Any, classes: Any, until: Any, way: str) -> None:
    async with classes_app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: shown(classes_app))
        if way == "key":
            await pilot.press("shift+f4")
        elif way == "click":
            await pilot.click(CardsLine)
        else:
            classes_app.screen.query_one(CardsLine).focus()
            await pilot.press("enter")
        await until(pilot, lambda: classes_app.screen.is_modal)
        ticks = classes_app.screen.query_one("Ticks")
        lines = [ticks.get_option_at_index(row).prompt.plain for row in range(ticks.option_count)]
        assert len({line.rindex("  ") for line in lines}) == 1, "names and numbers stand below one another"
        lines = ["".join(segment.text for segment in ticks.render_line(y)) for y in range(ticks.size.height)]
        lines = [re.sub(" {2,}", "  ", line) for line in lines]
        assert lines[0].startswith("▐✓▌ Sentiment  by language  ≈ 35 MB · 92.1 % accuracy")
        opinions = next(number for number, line in enumerate(lines) if "opinions " in line)
        assert lines[opinions].startswith("▐ ▌ Classifier  opinions  ≈ ")
        await pilot.press("space", *["down"] * opinions, "space", "enter")
        await until(pilot, lambda: shown(classes_app) == ["opinions"])
        assert classes.remembered["analyse_cards"] == [["labels", "opinions"]]
        assert classes_app.screen.query_one(CardsLine).render().plain.startswith("1 card open")


async def test_f4_gives_the_card_with_the_focus_another_model(classes_app: Any, classes: Any, until: Any) -> None:
    classes.remembered["analyse_cards"] = [["labels", ""], ["labels", "opinions"]]
    async with classes_app.run_test(size=(120, 50)) as pilot:
        await until(pilot, lambda: len(shown(classes_app)) == 2)
        classes_app.screen.cards[1].focus()
        await pilot.press("f4")
        await until(pilot, lambda: classes_app.screen.is_modal)
        listed = [option.prompt.plain.split("\n")[0] for option in classes_app.screen.query_one("OptionList").options]
        assert listed == ["sentiment-en-lstm", "opinions", "opinions-2", "stars"], "but what another card shows"
        await pilot.press("4")
        await until(pilot, lambda: shown(classes_app) == ["sentiment-en-cnn", "stars"])
        assert classes.remembered["analyse_cards"] == [["labels", ""], ["labels", "stars"]]


async def test_f2_compares_models_of_the_same_labels(classes_app: Any, classes: Any, until: Any) -> None:
    classes.remembered["analyse_cards"] = [["labels", "opinions"], ["labels", "stars"]]
    async with classes_app.run_test(size=(160, 50)) as pilot:
        await until(pilot, lambda: len(shown(classes_app)) == 2)
        await pilot.press("f2")
        await until(pilot, lambda: shown(classes_app) == ["opinions", "opinions-2", "stars"])
        left, right, _ = classes_app.screen.cards
        assert left.region.y == right.region.y
        await pilot.press("f2")
        await until(pilot, lambda: shown(classes_app) == ["opinions", "stars"])
        classes_app.screen.cards[1].focus()
        await pilot.press("f2")
        await until(pilot, lambda: classes_app._notifications)
        assert (
            "No other model has the labels one, two, three, four and others."
            in next(iter(classes_app._notifications)).message
        )


async def test_of_many_labels_the_best_five_then_all_on_enter(classes_app: Any, classes: Any, until: Any) -> None:
    classes.remembered["analyse_cards"] = [["labels", "stars"]]
    async with classes_app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: shown(classes_app))
        await pasted(classes_app, pilot, until, "a good film")
        assert said(classes_app).startswith("▸ seven")
        assert "… and 2 more labels (enter: all)" in said(classes_app)
        assert sum("%" in line and "known" not in line for line in said(classes_app).split("\n")) == 5
        classes_app.screen.cards[0].focus()
        await pilot.press("enter")
        assert all(label in said(classes_app) for label in STARS)
        await pilot.press("enter")
        assert "2 more labels" in said(classes_app)


async def test_what_is_of_an_older_text_is_dimmed_in_every_card(
    profiles_app: Any, profiles: Any, open_cards: Any, until: Any
) -> None:
    open_cards(profiles, "profile:profile-en")
    async with profiles_app.run_test(size=(120, 50)) as pilot:
        every = lambda: [card for part in profiles_app.screen.besides for card in part.cards]  # noqa: E731
        await until(pilot, lambda: len(every()) == 2)
        await pasted(profiles_app, pilot, until, "mom and a good film")
        await until(pilot, lambda: every()[1].profile)
        assert not any(card.has_class("-outdated") for card in every())
        for function in ("analyse", "profile"):
            profiles.hold(function)
        await pilot.press("x")
        await until(pilot, lambda: all(card.has_class("-outdated") for card in every()))
        assert all(card.styles.text_opacity < 0.6 for card in every())
        assert every()[1].profile is not None, "it is dimmed, not gone"
        profiles.release("analyse")
        await until(pilot, lambda: not every()[0].has_class("-outdated"))
        assert every()[1].has_class("-outdated")
        profiles.release("profile")
        await until(pilot, lambda: not every()[1].has_class("-outdated"))


async def test_a_model_that_does_not_read_the_language_marks_no_winner(
    classes_app: Any, classes: Any, until: Any
) -> None:
    classes.abstains = True
    async with classes_app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: shown(classes_app))
        await pasted(classes_app, pilot, until, "good")
        await pilot.pause(0.1)
        assert said(classes_app).startswith("? unreliable")
        assert "▸" not in said(classes_app)
        assert "this text is in Chinese" in said(classes_app)
        colors = {str(span.style) for span in classes_app.screen.cards[0].render().spans}
        assert not any("$for" in color or "$against" in color for color in colors)
        assert not classes_app.screen.query_one(DocumentArea).heat.spans
        assert not classes.asked("explain")


async def test_words_have_the_colour_of_the_label_that_they_speak_for(
    classes_app: Any, classes: Any, until: Any
) -> None:
    classes.remembered["analyse_cards"] = [["labels", "opinions"]]
    async with classes_app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: shown(classes_app))
        await pasted(classes_app, pilot, until, "bad but finds")
        await until(pilot, lambda: classes_app.screen.cards[0].explained)
        card = classes_app.screen.cards[0].render()
        styles = {card.plain[span.start : span.end].strip(): str(span.style) for span in card.spans}
        assert styles["+ bad"].endswith("$against"), "what speaks for bad is not green"
        assert styles["− good"].endswith("$for")
        area = classes_app.screen.query_one(DocumentArea)
        line = area.get_line(0)
        drawn = {line.plain[span.start : span.end]: span.style for span in line.spans}
        red, green = (drawn[word].bgcolor.get_truecolor() for word in ("bad", "finds"))
        assert red.red > red.green
        assert green.green > green.red
        assert drawn["bad"].underline
        assert drawn["finds"].italic
        legend = str(classes_app.screen.query_one(DocumentBox).border_subtitle)
        assert "$against]+ bad" in legend
        assert "$for]− good" in legend


async def test_classes_without_praise_and_blame_have_colours_by_their_order(
    classes_app: Any, classes: Any, until: Any
) -> None:
    classes.remembered["analyse_cards"] = [["labels", "stars"]]
    async with classes_app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: shown(classes_app))
        for theme in ("dltext-dark", "dltext-light"):
            classes_app.theme = theme
            names = [f"class-{number}" for number in range(1, 9)]
            assert len({classes_app.theme_variables[name] for name in names}) == 8
        await pasted(classes_app, pilot, until, "good voice")
        await until(pilot, lambda: classes_app.screen.cards[0].explained)
        assert "+ seven" in said(classes_app)
        sides = classes_app.screen.query_one(DocumentArea).heat.sides
        assert (sides.toward_color, sides.against_color) == ("class-7", "quiet")
