"""Hostile texts in the screens: no crash, no stall, nothing that the terminal obeys."""

import asyncio
import importlib.util
import random
import re
import sys
import time
import unicodedata
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from dltext.tui.app import DltextApp

PATIENCE = 30.0
STALL = 1.5
"""Seconds without a turn of the loop that are allowed; the machine may have other work."""
OBEYED = re.compile("[\x00-\x1a\x1c-\x1f\x7f-\x9f\ud800-\udfff\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
STYLES = re.compile(r"\x1b\[[0-9;]*m|\x1b\]8;[^\x1b]*\x1b\\")


def obeyed(app: Any) -> list[str]:
    """What a terminal would obey in the lines of the screen, besides their styles."""
    strips = app.screen._compositor.render_strips()
    lines = [STYLES.sub("", strip.render(app.console)) for strip in strips]
    return [mark for line in lines for mark in OBEYED.findall(line) + line.count("\x1b") * ["ESC"]]


def unassigned(chance: random.Random) -> str:
    codes = [code for code in range(0x2FE0, 0x1FFFF) if unicodedata.category(chr(code)) == "Cn"]
    return "".join(chr(code) for code in chance.choices(codes, k=300))


def texts() -> dict[str, str]:
    chance = random.Random(13)
    by_name = {
        "lone surrogates": "good \ud800 film \udfff\udc00",
        "NULs": "a\0b\0" * 50,
        "every control": "".join(map(chr, range(0xA0))) * 3,
        "colours": "\x1b[31mred\x1b[0m \x1b[2J\x1b[H\x1b[?1049l",
        "title and link": "\x1b]0;owned\x07\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\",
        "clipboard": "\x1b]52;c;aGFoYQ==\x07",
        "C1": "\x9b31mred\x9d0;owned\x9c\x90q\x9c",
        "bidi": "abc \u202egnp.exe\u202c \u2066x\u2069 \u200fא\u200e",
        "zalgo": "".join("Z" + "\u0300\u0301\u0316\u0489" * 12 + "a" for _ in range(200)),
        "combining alone": "\u0301" * 3_000,
        "families": "👨‍👩‍👧‍👦" * 300 + "\u200d" * 200,
        "flags": "🇩🇪🇨🇳🇩" * 200,
        "keycaps and selectors": "1️⃣\ufe0e\ufe0f" * 300,
        "tags": "🏴" + "".join(chr(0xE0000 + ord(c)) for c in "gbeng") * 100,
        "unassigned": unassigned(chance),
        "private": "\ue000\uf8ff\U000f0000\U0010ffff" * 100,
        "noncharacters": "\ufffe\uffff\U0001ffff\ufdd0" * 100,
        "white space": " \u00a0\u2003\u3000\u2028\u2029\u0085\v\f" * 200,
        "tabs": "\t" * 500,
        "zero width": "a\u200bb\u200cc\u200d\ufeff" * 300,
        "Hangul": "ᄒ" + "ᅡ" * 500 + "한글" * 200,
        "Thai": "กำ้" * 500,
        "Arabic": "﷽" * 200 + "السلام" * 50,
        "wide": "Ｗｉｄｅ全角" * 500,
        "rich markup": "[/] [b]x[/i] [@click=app.quit]y[/] \\[",
        "markdown": "```\n# x\n| a |" * 100,
        "format": "%s%n{0}{__class__}$(id)`id`",
        "newlines": "\n" * 3_000,
        "returns": "a\rb\r\n" * 500,
        "soft hyphens": "co\u00adop" * 400,
        "one word": "x" * 50_000,
        "one Chinese sentence": "好" * 50_000,
        "words in one line": "word " * 11_000,
        "backslashes": "\\" * 5_000,
        "quotes": "'\"" * 3_000,
        "brackets": "([{<" * 3_000,
        "digits": "1" * 4_000 + "." + "0" * 4_000,
        "musical": "𝄞𝕳𝖊𝖑𝖑𝖔" * 300,
        "cuneiform": "𒐫" * 400,
        "variation": "葛\U000e0100" * 400,
        "BOMs": "\ufeff" * 100 + "text",
        "replacement": "\ufffd" * 500,
        "one character": "\x1b",
        "a blank": " ",
        "a paste's end": "before \x1b[201~ after \x1b[200~",
        "half an escape": "text \x1b[",
        "DCS": "\x1bP$q\x1b\\\x1b_G\x1b\\\x1b^x\x1b\\",
        "big token": "q" * 3_000_013,
        "big line": "some words " * 95_000,
        "big zalgo": "Z\u0301\u0316" * 100_000,
        "big controls": "\x1b[31m\0\x9b" * 100_000,
        "big surrogates": "好\ud83d" * 100_000,
        "big newlines": "\n" * 1_000_000,
    }
    for number in range(8):
        by_name[f"random {number}"] = "".join(
            chr(chance.randrange(0x110000 if number % 2 else 0x3000)) for _ in range(2_000)
        )
    assert len(by_name) >= 60
    return by_name


PLACES = {"analyse": "", "translate": "translations", "titles": "titles", "generate": "language", "authors": "profiles"}


def fake(name: str) -> Any:
    """A module of the tests of the screens."""
    full = f"dltext_tests_tui_{name}"
    if full not in sys.modules:
        spec = importlib.util.spec_from_file_location(full, Path(__file__).parents[1] / "tui" / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        sys.modules[full] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[full])
    return sys.modules[full]


def application(place: str) -> Any:
    """The application with an engine that answers at once, so that what takes long is the screen."""
    name = PLACES[place]
    base = fake("fake").FakeEngine
    module = fake(f"fake_{name}") if name else None
    engine = type("Engine", (getattr(module, f"Fake{name.capitalize()}"), base), {})() if module else base()
    for function in ("translate", "titles", "profile", "generate", "next_units"):
        if (answer := getattr(engine, function, None)) is not None:
            # The engines of these tests are no quick readers: what takes long must be the screen alone.
            quick = partial(lambda answer, text, *more, **named: answer(text[:200], *more, **named), answer)
            setattr(engine, function, quick)
    return DltextApp(engine=engine, poll=False)


async def settled(pilot: Any, holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline
        await pilot.pause()
        await asyncio.sleep(0.005)
    await pilot.pause()


@pytest.mark.parametrize("place", PLACES)
async def test_hostile_texts_crash_and_stall_no_screen(
    place: str,
    rounds: Callable[[int, int], int],
    chance: random.Random,
    figure: Callable[[str, int, int], None],
) -> None:
    app = application(place)
    longest, beating, slowest = 0.0, True, (0.0, "")
    failures: list[str] = []
    chosen = list(texts().items())
    chosen = chance.sample(chosen, rounds(8, len(chosen)))

    async def beat() -> None:
        nonlocal longest
        while beating:
            before = time.perf_counter()
            await asyncio.sleep(0.01)
            longest = max(longest, time.perf_counter() - before)

    async with app.run_test(size=(80, 24)) as pilot:
        if place != "analyse":
            await app.open_screen(place)
        await settled(pilot, lambda: place == app.screen.PLACE)
        heart = asyncio.create_task(beat())
        for name, text in chosen:
            box, longest = app.screen.box, 0.0
            app.screen.take_paste(text)
            await settled(pilot, lambda: not app.screen.busy("document"))
            await pilot.press("end", "left", "right" if box.large else "x")
            if marks := obeyed(app):
                failures.append(f"{name}: {marks[:3]}")
            if longest > STALL:
                failures.append(f"{name}: {longest:.2f} s")
            slowest = max(slowest, (longest, name))
            box.show(type(box.document)())
            box._before.clear()
            await settled(pilot, lambda box=box: box.blank)
        beating = False
        await heart
    print(f"{place}: {slowest[0]:.2f} s, {slowest[1]}")
    figure("hostile texts that crash or stall a screen", len(failures), len(chosen))
    assert not failures
