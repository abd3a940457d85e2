"""Words: answers while one types, whatever is typed; walking, comparing, taking along."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual import events

from dltext.tui.words.heatgrid import HeatGrid
from dltext.tui.words.neighbours import NeighbourList
from dltext.tui.words.screen import WordsScreen
from dltext.tui.words.wordmap import WordMapView


def shown(app: Any) -> str:
    """The screen as text."""
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip) for strip in strips)


def first(app: Any) -> NeighbourList:
    return app.screen.query_one("#first", NeighbourList)


def words_of(part: NeighbourList) -> list[str]:
    return [row.word for row in part.rows if not row.told]


@pytest.fixture(autouse=True)
def _starts_here(starting_in: Any) -> None:
    starting_in("words")


async def opened(app: Any, pilot: Any, until: Any) -> WordsScreen:
    await until(pilot, lambda: isinstance(app.screen, WordsScreen) and app.screen._model)
    return app.screen


async def ask(app: Any, pilot: Any, until: Any, text: str) -> None:
    app.screen.line.value = text
    await until(pilot, lambda: app.screen._question.parts and app.screen._replies and not app.screen.busy("answer"))


async def test_typing_shows_neighbours_with_bars_ranks_and_the_vectors(words_app: Any, words: Any, until: Any) -> None:
    async with words_app.run_test(size=(80, 24)) as pilot:
        screen = await opened(words_app, pilot, until)
        assert "ctrl+t tries: music" in shown(words_app)
        await pilot.press(*"king")
        await until(pilot, lambda: first(words_app).rows and first(words_app).display)
        best = words.neighbours("king", "words-en").words[0]
        row = next(line for line in shown(words_app).splitlines() if best.word in line)
        assert "█" in row
        assert f"{best.similarity:.2f}" in row
        assert f"#{best.rank + 1}" in row
        assert "words-en · 50,000 words · 200 dimensions · WordSim-353 0.71" in shown(words_app)
        assert screen._question.mode == "neighbours"


async def test_only_the_newest_text_is_answered(words_app: Any, words: Any, until: Any) -> None:
    async with words_app.run_test(size=(80, 24)) as pilot:
        screen = await opened(words_app, pilot, until)
        words.hold("neighbours")
        screen.line.value = "sea"
        await until(pilot, lambda: words.asked("neighbours"))
        screen.line.value = "king"
        await until(pilot, lambda: screen._question.parts == ("king",))
        words.release("neighbours")
        await until(pilot, lambda: screen._replies)
        assert screen._replies[0].result.query == "king"


async def test_a_word_that_is_not_known_offers_spellings_and_enter_takes_one(words_app: Any, until: Any) -> None:
    async with words_app.run_test(size=(80, 24)) as pilot:
        screen = await opened(words_app, pilot, until)
        await ask(words_app, pilot, until, "qeen")
        await until(pilot, lambda: "qeen is not in the vocabulary; enter takes one of these:" in shown(words_app))
        await pilot.press("down")
        assert words_app.focused is first(words_app)
        await pilot.press("enter")
        await until(pilot, lambda: screen.line.value == "queen" and "king" in words_of(first(words_app)))
        assert not words_app._notifications


async def test_spellings_for_one_of_several_words_stand_over_what_is_said_of_the_others(
    words_app: Any, until: Any
) -> None:
    async with words_app.run_test(size=(80, 24)) as pilot:
        screen = await opened(words_app, pilot, until)
        await ask(words_app, pilot, until, "breakfast, lunch, dinner, rivr, river")
        await until(pilot, lambda: "river does not belong" in shown(words_app))
        choices = screen.query_one("#choices", NeighbourList)
        assert "river" in words_of(choices)
        choices.post_message(NeighbourList.Taken(next(row for row in choices.rows if row.word == "river")))
        await until(pilot, lambda: screen.line.value == "breakfast, lunch, dinner, river, river")
        await until(pilot, lambda: not choices.display)
        await ask(words_app, pilot, until, "king rivr queen | palace lak crown")
        await until(pilot, lambda: "read: palace crown" in shown(words_app))
        assert choices.display


async def test_plus_and_minus_calculate(words_app: Any, words: Any, until: Any) -> None:
    async with words_app.run_test(size=(80, 24)) as pilot:
        screen = await opened(words_app, pilot, until)
        await ask(words_app, pilot, until, "king - man +")
        assert screen._question.parts == ("king - man",), "what is not yet written must not be asked"
        await ask(words_app, pilot, until, "king - man + woman")
        await until(pilot, lambda: screen._question.mode == "analogy" and screen._replies[0].result.words)
        best = words.analogy("king - man + woman").words[0].word
        await until(pilot, lambda: f"king - man + woman ≈ {best}" in shown(words_app))
        assert not {"king", "man", "woman"} & set(words_of(first(words_app)))


async def test_what_the_engine_refuses_is_said_in_the_pane_and_not_in_toasts(words_app: Any, until: Any) -> None:
    async with words_app.run_test(size=(80, 24)) as pilot:
        await opened(words_app, pilot, until)
        await ask(words_app, pilot, until, "king - + man")
        await until(pilot, lambda: "a word is missing between" in shown(words_app))
        assert not words_app._notifications


async def test_several_words_show_the_odd_one_and_all_similarities(words_app: Any, until: Any) -> None:
    async with words_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(words_app, pilot, until)
        await ask(words_app, pilot, until, "breakfast, lunch, dinner, river")
        await until(pilot, lambda: "river does not belong" in shown(words_app))
        assert first(words_app).rows[0].mark == "✗"
        grid = screen.query_one(HeatGrid)
        assert grid.display
        assert grid.names == grid.columns == ("breakfast", "lunch", "dinner", "river")
        line = next(line for line in shown(words_app).splitlines() if "│ dinner" in line and "1.00" in line)
        assert "░" in line or "▒" in line, "the shade must not rest on colour alone"
        await pilot.press("down", "tab", "down", "right")
        assert grid.cursor == (1, 1)
        at = (grid._name_width + 3 + 2 * grid._cell_width, 3)  # within the border, under the headings
        await pilot.click(HeatGrid, offset=at)
        assert grid.cursor == (1, 2)
        await pilot.press("left", "enter")
        await until(pilot, lambda: screen.line.value == "lunch | lunch")
        assert screen._question.mode == "similarity"


async def test_two_texts_show_both_measures(words_app: Any, words: Any, until: Any) -> None:
    async with words_app.run_test(size=(80, 24)) as pilot:
        await opened(words_app, pilot, until)
        await ask(words_app, pilot, until, "king queen | prince xyzzy")
        similarity = words.text_similarity("king queen", "prince xyzzy")
        await until(pilot, lambda: "mean vectors" in shown(words_app))
        said = shown(words_app)
        assert f"{similarity.cosine:.2f}" in next(line for line in said.splitlines() if "mean vectors  " in line)
        assert f"{similarity.pairwise:.2f}" in next(line for line in said.splitlines() if "word by word" in line)
        assert "read: prince" in said
        assert "xyzzy is not in the vocabulary" in said


async def test_f3_and_numbers_and_clicks_change_the_view_and_keep_the_words(words_app: Any, until: Any) -> None:
    async with words_app.run_test(size=(80, 24)) as pilot:
        screen = await opened(words_app, pilot, until)
        await ask(words_app, pilot, until, "king - man + woman")
        await pilot.press("f3")
        assert (screen._question.mode, screen.line.value) == ("odd", "king, man, woman")
        await pilot.press("f3")
        assert (screen._question.mode, screen.line.value) == ("similarity", "king | man woman")
        await until(pilot, lambda: screen.query_one(HeatGrid).display)
        await pilot.press("down", "5")
        assert (screen._question.mode, screen.line.value) == ("matrix", "king, man, woman")
        await pilot.click("ModeBar", offset=(3, 0))
        assert (screen._question.mode, screen.line.value) == ("neighbours", "king man woman")
        await pilot.press("6")
        assert screen.line.value == "king man woman", "a number in the line is text, elsewhere a view"
        await until(pilot, lambda: screen._question.mode == "map" and screen.board.map.display)


async def test_enter_walks_and_escape_comes_back(words_app: Any, until: Any) -> None:
    async with words_app.run_test(size=(80, 24)) as pilot:
        screen = await opened(words_app, pilot, until)
        await ask(words_app, pilot, until, "king")
        await until(pilot, lambda: first(words_app).rows)
        way = ["king"]
        for _ in range(3):
            await pilot.press("down", "down", "enter")
            await until(pilot, lambda: screen.line.value != way[-1] and not screen.busy("answer"))
            way.append(screen.line.value)
        assert len(set(way)) > 2
        for word in way[-2::-1]:
            await pilot.press("escape")
            assert screen.line.value == word
        await pilot.press("escape")
        assert screen.line.value == "king"
        await pilot.press("home", "up")
        assert words_app.focused is screen.line


async def test_the_rest_of_a_word_is_offered_and_the_right_arrow_takes_it(words_app: Any, until: Any) -> None:
    async with words_app.run_test(size=(80, 24)) as pilot:
        screen = await opened(words_app, pilot, until)
        await pilot.press(*"king - orch")
        await until(pilot, lambda: "orchestra" in shown(words_app))
        await pilot.press("right")
        assert screen.line.value == "king - orchestra"


async def test_two_models_side_by_side_mark_what_both_say(words_app: Any, words: Any, until: Any) -> None:
    async with words_app.run_test(size=(120, 36)) as pilot:
        screen = await opened(words_app, pilot, until)
        await ask(words_app, pilot, until, "king")
        await pilot.press("f2")
        second = screen.query_one("#second", NeighbourList)
        await until(pilot, lambda: second.display and second.rows)
        both = {word.word for word in words.neighbours("king", "words-en", 40).words} & {
            word.word for word in words.neighbours("king", "own-words", 40).words
        }
        for part in (first(words_app), second):
            assert {row.word for row in part.rows if row.mark == "="} == both
        assert f"= in both: {len(both)} of 40" in shown(words_app)
        assert [str(part.border_title) for part in (first(words_app), second)] == ["words-en", "own-words"]
        await pilot.press("f2")
        await until(pilot, lambda: not second.display)


async def test_f4_takes_other_vectors(words_app: Any, words: Any, fake_words: Any, until: Any) -> None:
    async with words_app.run_test(size=(80, 24)) as pilot:
        screen = await opened(words_app, pilot, until)
        await ask(words_app, pilot, until, "king")
        await pilot.press("f4")
        await until(pilot, lambda: ("king", "own-words") in words.asked("neighbours"))
        words.bundles.append(fake_words.THIRD)
        await pilot.press("f8")
        await pilot.press("ctrl+g", "w")
        await until(pilot, lambda: len(screen.models.infos) == 3)
        await pilot.press("f4")
        await until(pilot, lambda: words_app.screen.is_modal)
        await pilot.press("3")
        await until(pilot, lambda: ("king", "third [/x]") in words.asked("neighbours"))


async def test_chinese_words_ask_chinese_vectors_unless_others_are_chosen(
    words_app: Any, words: Any, until: Any
) -> None:
    measured = {"ca8": 0.599, "wordsim297": 0.626, "wordsim240": 0.536}
    words.bundles[-1] = replace(words.bundles[-1], language="zh", metrics=measured)
    async with words_app.run_test(size=(80, 24)) as pilot:
        screen = await opened(words_app, pilot, until)
        await ask(words_app, pilot, until, "国王")
        await until(pilot, lambda: ("国王", "own-words") in words.asked("neighbours"))
        await until(pilot, lambda: "own-words · 50,000 words · 200 dimensions · WordSim-240 0.54" in shown(words_app))
        await ask(words_app, pilot, until, "king")
        await until(pilot, lambda: screen._model == "words-en" and ("king", "words-en") in words.asked("neighbours"))
        words_app.open_screen("words", word="国王", model="words-en")
        await until(pilot, lambda: screen._picked)
        await ask(words_app, pilot, until, "女王")
        await until(pilot, lambda: ("女王", "words-en") in words.asked("neighbours"))


async def test_without_vectors_it_says_how_to_get_them_and_sees_when_there_are_some(
    words_app: Any, words: Any, fake: Any, fake_words: Any, until: Any
) -> None:
    words.bundles = [fake.CNN]
    async with words_app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+g", "w")
        await until(pilot, lambda: "No word vectors are here yet" in shown(words_app))
        assert "word2vec-gensim" in shown(words_app)
        await pilot.press(*"king", "f2", "f3", "f4", "ctrl+t", "ctrl+r", "f12", "down", "enter")
        assert not words.asked("neighbours")
        words.bundles.append(fake_words.EN)
        await pilot.press("f8")
        await pilot.press("ctrl+g", "w")
        await until(pilot, lambda: words_app.screen._model == "words-en")


async def test_receive_takes_a_word_and_a_model(words_app: Any, words: Any, until: Any) -> None:
    async with words_app.run_test(size=(80, 24)) as pilot:
        words_app.open_screen("words", word="sea", model="own-words")
        await until(pilot, lambda: ("sea", "own-words") in words.asked("neighbours"))
        await until(pilot, lambda: first(words_app).rows)


async def test_the_palette_and_models_open_words_with_its_vectors(words_app: Any, until: Any) -> None:
    from dltext.tui.palette import WorkbenchCommands

    async with words_app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: words_app.screen.models.infos)
        provider = WorkbenchCommands(words_app.screen)
        await provider.startup()
        commands = {name: run for name, _, run in provider._entries()}
        commands["Use own-words"]()
        await until(pilot, lambda: words_app.screen.PLACE == "words" and words_app.screen._model == "own-words")
        words_app.open_screen("models", model="words-en")
        await until(pilot, lambda: words_app.screen.PLACE == "models" and words_app.screen._chosen() is not None)
        await pilot.press("u")
        await until(pilot, lambda: words_app.screen.PLACE == "words" and words_app.screen._model == "words-en")


ODD = (
    *(
        "[/x]",
        "[b]",
        ":-)",
        "👩‍👩‍👧 🎉",
        "\x1b[31mred",
        "- + - +",
        "|",
        " | ",
        ",,,",
        "国王",
        "+",
        "𝕜",
        "king |queen|, man",
    ),
    *("a" * 4000, "king, " * 60, "\u202e[/]x"),
)


@pytest.mark.parametrize("size", [(80, 24), (200, 60)], ids=["small", "large"])
async def test_nothing_that_is_typed_breaks_it(words_app: Any, until: Any, size: tuple[int, int]) -> None:
    async with words_app.run_test(size=size) as pilot:
        screen = await opened(words_app, pilot, until)
        for number, text in enumerate(ODD):
            screen.action_new_document()
            words_app.post_message(events.Paste(text))
            for _ in range(1 + number % 6):
                await pilot.press("f3")
            await pilot.pause(0.02)
            await until(pilot, lambda: not screen.busy("answer"))
            await pilot.press("down", "n", "ctrl+r")
            assert words_app.failure is None
            assert not any(note.severity == "error" for note in words_app._notifications), text


async def test_a_large_paste_is_cut_and_a_pasted_list_gets_commas(words_app: Any, until: Any) -> None:
    async with words_app.run_test(size=(80, 24)) as pilot:
        screen = await opened(words_app, pilot, until)
        words_app.post_message(events.Paste("breakfast\nlunch\r\ndinner\n\nriver\n"))
        await until(pilot, lambda: screen.line.value == "breakfast, lunch, dinner, river")
        await until(pilot, lambda: "river does not belong" in shown(words_app))
        await pilot.press("ctrl+n")
        words_app.post_message(events.Paste("word " * 2000))
        await until(pilot, lambda: len(screen.line.value) == 4000)
        assert "Only the beginning was taken" in next(iter(words_app._notifications)).message


@pytest.mark.parametrize("suffix", [".json", ".tsv", ".txt"])
async def test_export_writes_what_is_shown(
    words_app: Any, words: Any, until: Any, give_path: Any, tmp_path: Path, suffix: str
) -> None:
    path = tmp_path / f"out{suffix}"
    async with words_app.run_test(size=(80, 24)) as pilot:
        await opened(words_app, pilot, until)
        await ask(words_app, pilot, until, "国王")
        await pilot.press("f12")
        await give_path(pilot, path)
        await until(pilot, path.exists)
    best = words.neighbours("国王").words[0]
    said = path.read_text(encoding="utf-8")
    if suffix == ".json":
        assert json.loads(said)["query"] == "国王"
        assert json.loads(said)["results"][0]["words"][0]["word"] == best.word
    elif suffix == ".tsv":
        assert said.splitlines()[:2] == [
            "word\tsimilarity\trank",
            f"{best.word}\t{best.similarity:.4f}\t{best.rank + 1}",
        ]
    else:
        assert said.splitlines()[0] == "国王   (words-en)"
        assert said.splitlines()[2].split() == [best.word, f"{best.similarity:.4f}", str(best.rank + 1)]


async def test_copy_takes_all_that_is_shown(words_app: Any, until: Any) -> None:
    async with words_app.run_test(size=(80, 24)) as pilot:
        await opened(words_app, pilot, until)
        await ask(words_app, pilot, until, "breakfast, lunch, dinner, river")
        await pilot.press("ctrl+r")
        assert "odd one out: river" in words_app.clipboard
        assert "1.0000" in words_app.clipboard
        await ask(words_app, pilot, until, "king | queen")
        await pilot.press("ctrl+r")
        assert "mean of pairs" in words_app.clipboard
        await pilot.press("6")


async def test_a_wide_window_shows_the_map_beside_the_neighbours(words_app: Any, words: Any, until: Any) -> None:
    async with words_app.run_test(size=(200, 60)) as pilot:
        screen = await opened(words_app, pilot, until)
        await ask(words_app, pilot, until, "king")
        await until(pilot, lambda: screen.query_one(WordMapView).display)
        assert first(words_app).display
        await pilot.resize_terminal(100, 40)
        await until(pilot, lambda: not screen.query_one(WordMapView).display)
