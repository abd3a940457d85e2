"""Analyse: answers while one types, of the newest text only, whatever the text is."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.content import Content

from dltext.engine.results import Span, UserError
from dltext.tui.analyse.result_card import ResultCard
from dltext.tui.analyse.screen import AnalyseScreen
from dltext.tui.kit.document import EDITABLE, DocumentBox
from dltext.tui.kit.document_area import DocumentArea
from dltext.tui.kit.preview import Preview

GOOD = "a good film that finds its voice"


def cards(app: Any) -> list[ResultCard]:
    return list(app.screen.query(ResultCard))


def said(card: ResultCard) -> str:
    return card.render().plain


async def ready(app: Any, pilot: Any, until: Any) -> None:
    await until(pilot, lambda: len(cards(app)) == 1)


async def paste(app: Any, text: str) -> None:
    app.post_message(events.Paste(text))


async def test_typing_fills_the_card(app: Any, until: Any) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(app, pilot, until)
        await pilot.press(*"good")
        await until(pilot, lambda: cards(app)[0].explained)
        text = said(cards(app)[0])
        assert "▸ positive" in text
        assert "87 %" in text
        assert "0.4 ms" in text
        assert "+ positive  good 2.0" in text
        assert str(cards(app)[0].border_title) == "Sentiment · sentiment-en-cnn"
        assert str(cards(app)[0].border_subtitle) == "92.1 % on IMDB test"


async def test_an_encoder_weighs_words_in_three_ways(app: Any, engine: Any, until: Any) -> None:
    engine.bundles = [replace(engine.bundles[0], card={"encoder": {"layers": 2}})]
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(app, pilot, until)
        await paste(app, GOOD)
        await until(pilot, lambda: cards(app)[0].explained)
        cards(app)[0].focus()
        await pilot.press("w")
        await until(pilot, lambda: "by gradients" in said(cards(app)[0]))
        assert "by gradients, completeness gap +0.02" in said(cards(app)[0])
        assert "w: heads" in said(cards(app)[0])
        await pilot.press("w")
        await until(pilot, lambda: cards(app)[0].looked)
        assert "layer 1, head 1: voice → a  60 %" in said(cards(app)[0])
        assert "layer 2, head" in said(cards(app)[0])
        await pilot.press("w")
        await until(pilot, lambda: "+ positive" in said(cards(app)[0]))


async def test_an_encoder_with_a_linear_part_is_offered_no_gradients(app: Any, engine: Any, until: Any) -> None:
    card = {"encoder": {"layers": 2}, "serving": {"linear": {"weights": [1.0, 1.0]}}}
    engine.bundles = [replace(engine.bundles[0], card=card)]
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(app, pilot, until)
        await paste(app, GOOD)
        await until(pilot, lambda: cards(app)[0].explained)
        cards(app)[0].focus()
        await pilot.press("w")
        await until(pilot, lambda: cards(app)[0].looked)
        assert "w: occlusion" in said(cards(app)[0])


async def test_a_model_with_attention_shows_its_shares(app: Any, engine: Any, until: Any) -> None:
    engine.bundles = [replace(engine.bundles[0], card={"serving": {"attention": True}})]
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(app, pilot, until)
        await paste(app, GOOD)
        await until(pilot, lambda: cards(app)[0].explained)
        card = cards(app)[0]
        card.focus()
        await pilot.press("w")
        await until(pilot, lambda: card.explained.by == "attention")
        sentences = (Span(0, 5, 0.25), Span(6, len(GOOD), 0.75))
        card.explain(replace(card.explained, spans=(Span(2, 6, 0.6), Span(7, 11, 0.4)), sentences=sentences), GOOD)
        assert f"attention  {GOOD[2:6].strip()} 60 %" in said(card)
        assert said(card).index("75 %") < said(card).index("25 %")
        assert "w: occlusion" in said(card)


async def test_only_encoders_are_weighed_otherwise(app: Any, until: Any) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(app, pilot, until)
        await paste(app, GOOD)
        await until(pilot, lambda: cards(app)[0].explained)
        cards(app)[0].focus()
        await pilot.press("w")
        await pilot.pause()
        assert cards(app)[0].way == "occlusion"
        assert "w:" not in said(cards(app)[0])


async def test_several_labels_and_numbers_have_cards(app: Any, until: Any) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(app, pilot, until)
        await paste(app, GOOD)
        await until(pilot, lambda: cards(app)[0].explained)
        card = cards(app)[0]
        shares = {"oil": 0.9, "grain": 0.1, "money": 0.7}
        several = replace(card.result, label="oil", labels=("oil", "money"), probabilities=shares)
        card.answer(several, GOOD)
        assert [line[:4] for line in said(card).splitlines()[:3]] == ["▸ oi", "  gr", "▸ mo"]
        card.explain(replace(several, spans=card.result.spans or (Span(2, 6, 2.0), Span(7, 11, -1.0))), GOOD)
        assert "+ oil" in said(card)
        assert "− not oil" in said(card)
        number = replace(several, label="3.5", labels=(), probabilities={}, value=3.5, low=2.25, high=4.5)
        card.answer(number, GOOD)
        assert said(card).startswith("▸ 3.5  (8 of 10 between 2.25 and 4.5)")
        card.explain(replace(number, spans=(Span(2, 6, 2.0), Span(7, 11, -1.0))), GOOD)
        assert "+ higher" in said(card)
        assert "− lower" in said(card)


async def test_answers_to_an_older_text_are_dropped(app: Any, engine: Any, until: Any) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(app, pilot, until)
        engine.hold("analyse")
        await paste(app, "good")
        await until(pilot, lambda: len(engine.asked("analyse")) == 1)
        await paste(app, " bad bad")
        await until(pilot, lambda: app.screen._document.text == "good bad bad")
        await pilot.pause(0.1)
        assert len(engine.asked("analyse")) == 1, "the second must wait for the first, not pile up beside it"
        engine.release("analyse")
        await until(pilot, lambda: cards(app)[0].result)
        assert cards(app)[0].result.label == "negative"
        assert [arguments[0] for arguments in engine.asked("analyse")] == ["good", "good bad bad"]


async def test_an_answer_that_comes_after_the_box_was_emptied_is_not_shown(app: Any, engine: Any, until: Any) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(app, pilot, until)
        engine.hold("analyse")
        await paste(app, GOOD)
        await until(pilot, lambda: engine.asked("analyse"))
        await pilot.press("ctrl+n")
        engine.release("analyse")
        await pilot.pause(0.2)
        assert cards(app)[0].result is None


async def test_words_are_shaded_by_their_pull_and_readable_without_colour(app: Any, until: Any) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(app, pilot, until)
        await paste(app, "slow but good")
        await until(pilot, lambda: cards(app)[0].explained)
        line = app.screen.query_one(DocumentArea).get_line(0)
        styles = {line.plain[span.start : span.end]: span.style for span in line.spans}
        assert styles["good"].underline
        assert styles["good"].bold
        assert styles["slow"].italic
        assert not styles["slow"].underline
        assert "but" not in styles
        # And on the screen too, in the line where the cursor stands.
        drawn = {segment.text: segment.style for segment in app.screen.query_one(DocumentArea).render_line(0)}
        assert len({drawn[word].bgcolor for word in ("good", "slow", " but ")}) == 3
        legend = str(app.screen.query_one(DocumentBox).border_subtitle)
        assert "+ positive" in legend
        assert "− negative" in legend


async def test_shading_moves_with_the_text_when_one_types_before_it(app: Any, engine: Any, until: Any) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(app, pilot, until)
        await paste(app, "it is good")
        await until(pilot, lambda: cards(app)[0].explained)
        engine.hold("analyse")
        await pilot.press("ctrl+home", "home", "s", "o", " ")
        area = app.screen.query_one(DocumentArea)
        assert area.text == "so it is good"
        line = area.get_line(0)
        assert [line.plain[span.start : span.end] for span in line.spans] == ["good"]
        engine.release("analyse")


async def test_a_long_text_is_explained_only_when_asked(app: Any, engine: Any, until: Any) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(app, pilot, until)
        await paste(app, "good word\n" * 1000)
        await until(pilot, lambda: cards(app)[0].result)
        await pilot.pause(0.2)
        assert not engine.asked("explain")
        assert "F3 shows which words decided" in said(cards(app)[0])
        await pilot.press("f3")
        await until(pilot, lambda: cards(app)[0].explained)


@pytest.mark.parametrize("text", ["good film " * 100_000, "good film\r" * 100_000], ids=["one line", "many lines"])
async def test_a_large_paste_becomes_a_document_with_pages(app: Any, until: Any, text: str) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(app, pilot, until)
        await paste(app, text)
        await until(pilot, lambda: cards(app)[0].result)
        box, preview = app.screen.query_one(DocumentBox), app.screen.query_one(Preview)
        assert box.large
        assert preview.display
        assert not app.screen.query_one(DocumentArea).display
        assert app.screen.query_one(DocumentArea).text == ""
        assert "200,000 words" in str(box.border_title)
        assert "page 1 of 63" in str(box.border_subtitle)
        assert "Only part of this long text was read." in said(cards(app)[0])
        assert preview.has_focus
        await pilot.press("right")
        assert "page 2 of 63" in str(box.border_subtitle)
        await pilot.press("f3")
        await until(pilot, lambda: cards(app)[0].explained)
        assert "+ positive" in str(box.border_subtitle), "what the marks mean, and which page"
        assert "page 2 of 63" in str(box.border_subtitle)
        await pilot.press("right")
        await pilot.pause()
        assert "+ positive" in str(box.border_subtitle)
        assert "page 3 of 63" in str(box.border_subtitle)
        await pilot.press("ctrl+n")
        await pilot.pause()
        assert not box.large
        assert app.screen.query_one(DocumentArea).has_focus


async def test_one_long_line_is_folded_before_the_editor_gets_it(app: Any, until: Any) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(app, pilot, until)
        text = "good film " * 3000
        await paste(app, text)
        await until(pilot, lambda: cards(app)[0].result)
        area = app.screen.query_one(DocumentArea)
        assert max(map(len, area.document.lines)) <= 4000
        assert len(area.text) == len(text) <= EDITABLE
        assert area.text.split() == text.split()


async def test_markup_and_escapes_in_a_text_are_shown_and_not_obeyed(app: Any, engine: Any, until: Any) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(app, pilot, until)
        await paste(app, "[/ref] [bold]good[/bold] \x1b[31mred\x07 [@click=app.quit]x[/]")
        await until(pilot, lambda: cards(app)[0].explained)
        area = app.screen.query_one(DocumentArea)
        assert "[/ref] [bold]good[/bold] ␛[31mred␇" in area.text
        assert "\x1b[31m" in engine.asked("analyse")[-1][0], "the model reads the text as it came"
        assert "▸ positive" in said(cards(app)[0])


async def test_chinese_takes_two_cells_a_character(app: Any, until: Any) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(app, pilot, until)
        await paste(app, "这部电影很好。" * 20)
        await until(pilot, lambda: cards(app)[0].explained)
        area = app.screen.query_one(DocumentArea)
        for y in range(4):
            assert area.render_line(y).cell_length <= area.size.width
        assert "140 characters" in str(app.screen.query_one(DocumentBox).border_title)
        await paste(app, "很好 " * 30_000)
        await until(pilot, lambda: app.screen.query_one(DocumentBox).large)
        preview = app.screen.query_one(Preview)
        assert all(preview.render_line(y).cell_length == preview.size.width for y in range(8))


async def test_f4_changes_between_two_models(app: Any, until: Any) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(app, pilot, until)
        await paste(app, GOOD)
        await until(pilot, lambda: cards(app)[0].result)
        await pilot.press("f4")
        await until(
            pilot, lambda: cards(app) and cards(app)[0].info.name == "sentiment-en-lstm" and cards(app)[0].result
        )
        assert cards(app)[0].result.label == "negative"


async def test_f2_shows_two_models_side_by_side_and_back(app: Any, until: Any) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(app, pilot, until)
        await paste(app, GOOD)
        await pilot.press("f2")
        await until(pilot, lambda: len(cards(app)) == 2 and all(card.explained for card in cards(app)))
        left, right = cards(app)
        assert (left.result.label, right.result.label) == ("positive", "negative")
        assert left.region.y == right.region.y
        assert left.region.right <= right.region.x
        assert left.region.height == right.region.height
        await pilot.press("f2")
        await until(pilot, lambda: len(cards(app)) == 1)


async def test_with_three_models_one_chooses_which_to_compare(app: Any, engine: Any, fake: Any, until: Any) -> None:
    engine.bundles = [fake.CNN, fake.LSTM, fake.MINE, fake.BROKEN]
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(app, pilot, until)
        await pilot.press("f2")
        await until(pilot, lambda: app.screen.is_modal)
        await pilot.press("down", "down", "space", "enter")
        await until(pilot, lambda: isinstance(app.screen, AnalyseScreen) and len(cards(app)) == 3)
        assert [card.info.name for card in cards(app)] == ["sentiment-en-cnn", "sentiment-en-lstm", "own-cnn"]


async def test_without_a_model_the_screen_says_what_to_do(app: Any, engine: Any, fake: Any, until: Any) -> None:
    engine.bundles = [fake.BROKEN]
    async with app.run_test(size=(80, 24)) as pilot:
        hint = app.screen.query_one("#no-model")
        await until(pilot, lambda: "Train a model with F6" in hint.render().plain)
        await pilot.press(*"good")
        assert not cards(app)


async def test_an_error_of_the_engine_becomes_a_toast_with_its_sentence(app: Any, engine: Any, until: Any) -> None:
    engine.errors["analyse"] = UserError("model.onnx of [/x] is damaged; import the model again.")
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(app, pilot, until)
        await paste(app, GOOD)
        await until(pilot, lambda: app._notifications)
        toast = next(iter(app._notifications))
        assert toast.message == "model.onnx of [/x] is damaged; import the model again."
        assert toast.severity == "error"
        assert app.is_running


@pytest.mark.parametrize("ending", ["json", "txt"])
async def test_export_writes_the_result(app: Any, until: Any, give_path: Any, tmp_path: Path, ending: str) -> None:
    target = tmp_path / f"result.{ending}"
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(app, pilot, until)
        await paste(app, GOOD)
        await until(pilot, lambda: cards(app)[0].explained)
        await pilot.press("f12")
        await give_path(pilot, target)
        await until(pilot, target.exists)
    written = target.read_text(encoding="utf-8")
    if ending == "json":
        value = json.loads(written)
        assert value["document"]["text"] == GOOD
        assert value["results"][0]["label"] == "positive"
        assert value["results"][0]["spans"][1] == {"start": 2, "end": 6, "weight": 2.0}
    else:
        assert written.startswith(
            "positive 87.0 %  (negative 13.0 %)\nmodel   sentiment-en-cnn 1.0 · 92.1 % on IMDB test\n"
        )
        assert "good +2.00" in written
        assert written.endswith(GOOD + "\n")


async def test_export_asks_before_it_replaces_a_file(
    app: Any, engine: Any, until: Any, give_path: Any, tmp_path: Path
) -> None:
    target = tmp_path / "there.txt"
    target.write_text("precious", encoding="utf-8")
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(app, pilot, until)
        await paste(app, GOOD)
        await until(pilot, lambda: cards(app)[0].result)
        await pilot.press("f12")
        await give_path(pilot, target)
        await pilot.pause(0.1)
        assert app.screen.is_modal
        assert target.read_text(encoding="utf-8") == "precious"
        await pilot.press("enter")
        await until(pilot, lambda: target.read_text(encoding="utf-8") != "precious")


async def test_copy_puts_the_result_on_the_clipboard(app: Any, until: Any) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(app, pilot, until)
        await pilot.press("ctrl+r")
        assert app.clipboard == ""
        await paste(app, GOOD)
        await until(pilot, lambda: cards(app)[0].explained)
        await pilot.press("ctrl+r")
        assert app.clipboard.startswith("positive 87.0 %")


async def test_a_file_given_at_the_start_is_opened(engine: Any, quick: None, until: Any, tmp_path: Path) -> None:
    from dltext.tui.app import DltextApp

    path = tmp_path / "review [b].txt"
    path.write_text(GOOD, encoding="utf-8")
    app = DltextApp(engine=engine, document=path, poll=False)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: app.screen.query_one(DocumentArea).text == GOOD)
        title = Content.from_markup(str(app.screen.query_one(DocumentBox).border_title)).plain
        assert title == "Document · review [b].txt · 7 words · 32 characters"


@pytest.mark.parametrize("key", ["ctrl+o", "f12", "ctrl+t", "f2"])
async def test_dialogs_fit_a_small_terminal(app: Any, engine: Any, fake: Any, until: Any, key: str) -> None:
    engine.bundles = [fake.CNN, fake.LSTM, fake.MINE]
    engine.sampled = [(f"Sample {number}", "text " * 30) for number in range(20)]
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(app, pilot, until)
        await paste(app, GOOD)
        await until(pilot, lambda: cards(app)[0].result)
        await pilot.press(key)
        await until(pilot, lambda: app.screen.is_modal and app.screen.query_one("#dialog").region.height)
        await pilot.pause(0.1)
        assert app.screen.region.contains_region(app.screen.query_one("#dialog").region)
        for widget in app.screen.query("#dialog Button, #dialog Input, #dialog Label"):
            assert app.screen.query_one("#dialog").content_region.contains_region(widget.region), widget
        await pilot.press("escape")
        await until(pilot, lambda: not app.screen.is_modal)


async def test_a_sample_can_be_tried(app: Any, until: Any) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(app, pilot, until)
        await pilot.press("ctrl+t")
        await until(pilot, lambda: app.screen.is_modal)
        await pilot.press("enter")
        await until(pilot, lambda: cards(app) and cards(app)[0].result)
        assert app.screen.query_one(DocumentArea).text.startswith("The first half is slow")


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 60)])
@pytest.mark.parametrize("comparing", [False, True], ids=["one", "two"])
async def test_what_matters_is_on_the_screen(app: Any, until: Any, size: tuple[int, int], comparing: bool) -> None:
    async with app.run_test(size=size) as pilot:
        await ready(app, pilot, until)
        await paste(app, "A slow film, but good: it finds its voice.")
        if comparing:
            await pilot.press("f2")
        await until(pilot, lambda: len(cards(app)) == 1 + comparing and all(card.explained for card in cards(app)))
        screen = app.screen.region
        box = app.screen.query_one(DocumentBox)
        assert screen.contains_region(box.region)
        assert box.region.height >= 6
        for card in cards(app):
            assert screen.contains_region(card.region), card.info.name
            assert app.screen.query_one("#side").region.contains_region(card.region), card.info.name
            lines = said(card).split("\n")
            assert len(lines) <= card.content_size.height
            assert not card.region.overlaps(box.region)
        if size[0] < 100:  # below the text, also where a scroll bar stands beside the cards
            assert max(card.region.right for card in cards(app)) == box.region.right


async def test_a_text_in_another_language_changes_the_card(
    app: Any, engine: Any, until: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = engine.analyse

    def analyse(text: str, task: str = "sentiment", model: str | None = None, *more: Any) -> Any:
        return known(text, task, model or ("sentiment-en-lstm" if text > "\u4e00" else None), *more)

    monkeypatch.setattr(engine, "analyse", analyse)
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(app, pilot, until)
        await paste(app, "电影很好")
        await until(pilot, lambda: cards(app) and cards(app)[0].info.name == "sentiment-en-lstm")
        await until(pilot, lambda: cards(app)[0].explained)
        assert cards(app)[0].result.model == "sentiment-en-lstm"
        await pilot.press("ctrl+n")
        await paste(app, GOOD)
        await until(pilot, lambda: cards(app)[0].info.name == "sentiment-en-cnn" and cards(app)[0].result)

        # Who chooses a model keeps it, until the default is chosen again.
        app.screen.besides[0].use("sentiment-en-lstm")
        await until(pilot, lambda: cards(app)[0].info.name == "sentiment-en-lstm" and cards(app)[0].result)
        await paste(app, " good")
        await pilot.pause(0.2)
        assert cards(app)[0].info.name == "sentiment-en-lstm"
        app.screen.besides[0].use("sentiment-en-cnn")
        await pilot.press("ctrl+n")
        await paste(app, "电影很好")
        await until(pilot, lambda: cards(app)[0].info.name == "sentiment-en-lstm" and cards(app)[0].result)


async def test_f2_compares_what_reads_the_same_language(
    app: Any, engine: Any, until: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = engine.models

    def models(task: str | None = None) -> list[Any]:
        return [replace(info, language="zh" if info.name == "own-cnn" else "en") for info in known(task)]

    monkeypatch.setattr(engine, "models", models)
    async with app.run_test(size=(160, 40)) as pilot:
        await ready(app, pilot, until)
        await pilot.press("f2")
        await until(pilot, lambda: len(cards(app)) == 2)
        assert [card.info.name for card in cards(app)] == ["sentiment-en-cnn", "sentiment-en-lstm"]
