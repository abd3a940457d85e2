"""Make README's pictures, docs/analyse.svg, words.svg, authors.svg, translate.svg and titles.svg, from the running
application.

python docs/screenshot.py [analyse|words|authors|translate|titles]…
"""

import asyncio
import os
import re
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

TEXT = (
    "The first half is slow, almost stubbornly so, but when the daughter returns the film finds its voice and never "
    "lets it go. I expected little and left the cinema moved; the camera work alone is worth the ticket. Not a "
    "masterpiece, but warm, clever and honest."
)
POST = (
    "ok so today was SO long. we had a maths test first period and i totally forgot to study lol, then my best "
    "friend wasn't even at lunch because she had to go to the dentist. after school we just sat around and listened "
    "to music and talked about the dance on friday. my mom says i can only go if i finish my science homework "
    "first, which is so unfair!! anyway my brother is home from college this weekend so at least there will be "
    "someone to talk to. he said he would drive us to the mall on saturday, and i really want to get that cd. i'm "
    "so tired now, i should go to bed. oh and i changed the colours of my page again, tell me what you think, ok? "
    "bye for now, more tomorrow :)"
)

EVERYDAY = (
    "My sister is afraid of dogs, but she has two cats. They sleep all day. Do you know when the next train leaves? "
    "I would like to drink a cup of coffee before we go home."
)


async def analyse(app: Any, pilot: Any) -> None:
    app.screen.query_one("TextArea").insert(TEXT)
    await pilot.pause(2)
    await pilot.press("f2")  # both shipped models side by side
    await pilot.pause(3)


async def words(app: Any, pilot: Any) -> None:
    await pilot.press("ctrl+g", "w")
    await pilot.pause(2)
    await pilot.press(*"violin")
    await pilot.pause(4)  # the map follows the neighbours


async def authors(app: Any, pilot: Any) -> None:
    await pilot.press("ctrl+g", "u")
    await pilot.pause(2)
    app.screen.query_one("TextArea").insert(POST)
    await pilot.pause(4)  # the profile, then what was looked at


async def translate(app: Any, pilot: Any) -> None:
    await pilot.press("ctrl+g", "l")
    await pilot.pause(2)
    app.screen.query_one("TextArea").insert(EVERYDAY)
    await pilot.pause(4)  # the sentences one by one
    await pilot.press(*["ctrl+left"] * 6)  # into the word coffee
    await pilot.pause(1)


async def titles(app: Any, pilot: Any) -> None:
    from dltext.engine import api

    await pilot.press("ctrl+g", "i")
    await pilot.pause(2)
    _, text = api.samples("title")[0]
    app.screen.query_one("TextArea").insert(text.strip())
    await pilot.pause(4)
    await pilot.press("tab")
    title = app.screen.query_one("TitleList").titles[0]
    # To the first word that was copied, else to one in the middle.
    steps = (title.copied[0] if title.copied else len(title.tokens) // 2) + 1
    for _ in range(steps):
        await pilot.press("right")
        await pilot.pause(0.1)
    await pilot.pause(1)


async def shoot(show: Callable[[Any, Any], Awaitable[None]], size: tuple[int, int]) -> str:
    from dltext.tui.app import DltextApp

    app = DltextApp()
    async with app.run_test(size=size) as pilot:
        await pilot.pause(1)
        await show(app, pilot)
        return app.export_screenshot(title="dltext-tui")


def main() -> None:
    pictures = (
        (analyse, (120, 26)),
        (words, (160, 30)),
        (authors, (140, 32)),
        (translate, (150, 34)),
        (titles, (150, 26)),
    )
    wanted = sys.argv[1:] or [show.__name__ for show, _ in pictures]
    for show, size in (picture for picture in pictures if picture[0].__name__ in wanted):
        with tempfile.TemporaryDirectory() as home:
            os.environ["DLTEXT_HOME"] = home
            svg = asyncio.run(shoot(show, size))
        svg = re.sub(r"@font-face \{.*?\}", "", svg, flags=re.S)  # a picture that fetches nothing
        svg = svg.replace("Fira Code", "Fira Code, DejaVu Sans Mono, Menlo, Consolas")
        (Path(__file__).parent / f"{show.__name__}.svg").write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main()
