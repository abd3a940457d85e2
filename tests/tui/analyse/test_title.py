"""A title beside a verdict: after all else, never in its way, and only where there is a model and a text for it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from textual import events

from dltext.engine.results import BundleInfo, Keyphrase, Title, Titles, Token, UserError

WRITER = BundleInfo(
    "title-en", "title", "shipped", "1", "title-copy", "en", (),
    {"rougeL": 38.1, "rouge2": 21.0, "floor_rougeL": 17.9}, "arxiv test", True, 11_000_000, "/zoo/title-en",
    {"serving": {"language": "en"}},
)  # fmt: skip
TEXT = (
    "The first half is slow, almost stubbornly so, but when the daughter returns the film finds its voice. "
    "ZORP networks [/ref] never let it go.\n"
)
CHINESE = "第一半很慢，但是女儿回来以后电影找到了自己的声音，再也没有失去。" * 3
SAID = "A slow film [/b] of ZORP networks"


class FakeTitles:
    """The functions about titles; to be mixed in before ``FakeEngine``."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.bundles: list[BundleInfo] = [*getattr(self, "bundles", []), WRITER]
        self.stopped: list[bool] = []
        self.notes: tuple[str, ...] = ()
        self.fits = True

    _note: Callable[..., None]

    def titles(
        self,
        text: str,
        model: str | None = None,
        count: int = 5,
        length: float = 0.0,
        *,
        explain: bool = True,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> Titles:
        self._note("titles", text)
        self.stopped.append(should_stop())
        said = f"电影《{text[:4]}》" if text[0] > "\u2fff" else SAID
        at = said.find("ZORP")
        tokens = (Token(0, 1), Token(at, at + 4)) if at > 0 else (Token(0, 2), Token(3, 7))
        best = Title(said, -0.5, tokens, copied=(1,))
        phrases = tuple(Keyphrase(f"phrase {number} [/x] 电影", 0, 1, 0.1) for number in range(40))
        return Titles(
            "title-en",
            "1",
            (best, Title("Another", -0.9)),
            (),
            phrases,
            "The first half",
            1.0,
            96.4,
            self.notes,
            self.fits,
        )


@pytest.fixture
def titled(fake: Any) -> Any:
    return type("Engine", (FakeTitles, fake.FakeEngine), {})()


@pytest.fixture
def titled_app(titled: Any, quick: None, monkeypatch: pytest.MonkeyPatch) -> Any:
    from dltext.tui.analyse import title, translation
    from dltext.tui.app import DltextApp

    monkeypatch.setattr(translation, "IDLE", 0.05)
    monkeypatch.setattr(title, "AGAIN", 0.02)
    titled.remembered["analyse_cards"] = [["labels", ""], ["title", ""]]
    return DltextApp(engine=titled, poll=False)


def title(screen: Any) -> Any:
    part = next((part for part in screen.besides if part.KIND == "title"), None)
    return part.card if part is not None else None


def drawn(card: Any) -> str:
    return card.render().plain


async def test_the_best_title_with_what_was_copied_and_what_it_is_about(
    titled_app: Any, titled: Any, until: Any
) -> None:
    async with titled_app.run_test(size=(120, 36)) as pilot:
        screen = titled_app.screen
        await until(pilot, lambda: screen.cards)
        titled_app.post_message(events.Paste(TEXT))
        await until(pilot, lambda: title(screen) and title(screen).titles)
        card = title(screen)
        said, about = drawn(card).split("\n")
        assert said == SAID
        assert about.startswith("about  phrase 0 [/x] 电影 · phrase 1")
        assert "phrase 39" not in about, "two lines of phrases"
        rendered = card.render()
        underlined = [said[span.start : span.end] for span in rendered.spans if "underline" in str(span.style)]
        assert underlined == ["ZORP"]
        assert str(card.border_title) == "Title · title-en"
        assert str(card.border_subtitle) == "ROUGE-L 38.1 · 96 ms · enter for more"
        assert [arguments for arguments in titled.asked("warm_up") if arguments[0] == "title"] == [
            ("title", "title-en")
        ]
        await pilot.press("ctrl+n")
        await until(pilot, lambda: title(screen).titles is None)


async def test_it_waits_for_everything_else(titled_app: Any, titled: Any, until: Any) -> None:
    async with titled_app.run_test(size=(120, 36)) as pilot:
        screen = titled_app.screen
        await until(pilot, lambda: screen.cards)
        titled.hold("explain")
        titled_app.post_message(events.Paste(TEXT))
        await until(pilot, lambda: titled.asked("explain"))
        await pilot.pause(0.4)
        assert not titled.asked("titles"), "the words that decided are weighed first"
        titled.release("explain")
        await until(pilot, lambda: title(screen).titles)
        order = [name for name, _ in titled.calls if name in ("analyse", "explain", "titles")]
        assert order == ["analyse", "explain", "titles"]


async def test_whoever_types_on_stops_it(titled_app: Any, titled: Any, until: Any) -> None:
    async with titled_app.run_test(size=(120, 36)) as pilot:
        screen = titled_app.screen
        await until(pilot, lambda: screen.cards)
        titled.hold("titles")
        titled_app.post_message(events.Paste(TEXT))
        await until(pilot, lambda: titled.asked("titles"))
        await pilot.press("x")
        await until(pilot, lambda: len(titled.asked("analyse")) > 1 and screen.cards[0].result is not None)
        assert title(screen).titles is None
        titled.release("titles")
        await until(pilot, lambda: title(screen).titles)
        assert titled.stopped == [True, False]
        assert "x" in titled.asked("titles")[-1][0]


async def test_a_line_needs_no_title(titled_app: Any, titled: Any, until: Any) -> None:
    async with titled_app.run_test(size=(80, 24)) as pilot:
        screen = titled_app.screen
        await until(pilot, lambda: screen.cards)
        titled_app.post_message(events.Paste("  A slow film that finds its voice.\n"))
        await until(pilot, lambda: "Waiting" not in drawn(title(screen)))
        assert drawn(title(screen)) == "A text this short needs no title."
        assert str(title(screen).border_title) == "Title"
        assert not titled.asked("titles")
        await pilot.press("ctrl+n")
        titled_app.post_message(events.Paste(CHINESE))
        await until(pilot, lambda: title(screen).titles)
        assert drawn(title(screen)).startswith("电影《第一半很》")


@pytest.mark.parametrize(
    ("bundles", "error"),
    [([], None), ([replace(WRITER, problem="torn")], None), ([WRITER], UserError("broken")), ([WRITER], KeyError("a"))],
    ids=["none", "damaged", "a sentence", "a fault"],
)
async def test_without_an_answer_the_card_says_why_and_there_is_no_toast(
    titled_app: Any, titled: Any, until: Any, bundles: list[BundleInfo], error: Exception | None
) -> None:
    titled.bundles = [*titled.bundles[:2], *bundles]
    if error is not None:
        titled.errors["titles"] = error
    async with titled_app.run_test(size=(120, 36)) as pilot:
        screen = titled_app.screen
        await until(pilot, lambda: screen.cards)
        titled_app.post_message(events.Paste(TEXT))
        await until(pilot, lambda: screen.cards[0].explained and not screen.busy())
        if error is None:
            assert title(screen) is None
        else:
            await until(pilot, lambda: "could write a title" in drawn(title(screen)))
        assert bool(titled.asked("titles")) == (error is not None)
        assert not titled_app._notifications


async def test_a_model_that_came_meanwhile_answers_when_one_comes_back(
    titled_app: Any, titled: Any, until: Any
) -> None:
    titled.bundles = titled.bundles[:2]
    async with titled_app.run_test(size=(120, 36)) as pilot:
        screen = titled_app.screen
        await until(pilot, lambda: screen.cards)
        titled_app.post_message(events.Paste(TEXT))
        await until(pilot, lambda: screen.cards[0].explained and not screen.busy())
        assert title(screen) is None
        titled.bundles.append(WRITER)
        await pilot.press("f8")
        await until(pilot, lambda: titled_app.screen.PLACE == "models")
        await pilot.press("f5")
        await until(pilot, lambda: title(screen))


async def test_enter_and_a_click_open_titles_with_the_text(
    titled_app: Any, titled: Any, until: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[tuple[str, dict[str, Any]]] = []
    async with titled_app.run_test(size=(120, 50)) as pilot:
        monkeypatch.setattr(titled_app, "open_screen", lambda place, /, **context: opened.append((place, context)))
        screen = titled_app.screen
        await until(pilot, lambda: screen.cards)
        titled_app.post_message(events.Paste(TEXT))
        await until(pilot, lambda: title(screen))
        title(screen).focus()
        await pilot.press("enter")
        await pilot.click(title(screen))
        await until(pilot, lambda: len(opened) == 2)
        assert opened[0] == opened[1] == ("titles", {"text": screen.box.document.text, "name": ""})


async def test_what_is_to_be_known_of_it_stands_below(titled_app: Any, titled: Any, until: Any) -> None:
    titled.notes = ("The text looks like Chinese [/ref], but was read as English.",)
    async with titled_app.run_test(size=(120, 36)) as pilot:
        screen = titled_app.screen
        await until(pilot, lambda: screen.cards)
        titled_app.post_message(events.Paste(TEXT))
        await until(pilot, lambda: title(screen).titles)
        assert drawn(title(screen)).endswith("! The text looks like Chinese [/ref], but was read as English.")


async def test_no_title_in_a_language_that_no_model_writes(titled_app: Any, titled: Any, until: Any) -> None:
    titled.fits = False
    async with titled_app.run_test(size=(120, 36)) as pilot:
        screen = titled_app.screen
        await until(pilot, lambda: screen.cards)
        titled_app.post_message(events.Paste(TEXT))
        await until(pilot, lambda: title(screen).titles)
        first, *rest = drawn(title(screen)).split("\n")
        assert first == "No model here writes titles in the language of this text."
        assert rest[0].startswith("about  ")
