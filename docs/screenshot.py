"""Make README's pictures, docs/analyse.svg and docs/words.svg, from the running application: docs/screenshot.py"""

import asyncio
import os
import re
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

TEXT = (
    "The first half is slow, almost stubbornly so, but when the daughter returns the film finds its voice and never "
    "lets it go. I expected little and left the cinema moved; the camera work alone is worth the ticket. Not a "
    "masterpiece, but warm, clever and honest."
)


async def analyse(app: Any, pilot: Any) -> None:
    app.screen.query_one("TextArea").insert(TEXT)
    await pilot.pause(2)
    await pilot.press("f2")  # both shipped models side by side
    await pilot.pause(3)


async def words(app: Any, pilot: Any) -> None:
    await pilot.press("f12")
    await pilot.pause(2)
    await pilot.press(*"violin")
    await pilot.pause(4)  # the map follows the neighbours


async def shoot(show: Callable[[Any, Any], Awaitable[None]], size: tuple[int, int]) -> str:
    from dltext.tui.app import DltextApp

    app = DltextApp()
    async with app.run_test(size=size) as pilot:
        await pilot.pause(1)
        await show(app, pilot)
        return app.export_screenshot(title="dltext-tui")


def main() -> None:
    for show, size in ((analyse, (120, 26)), (words, (160, 30))):
        with tempfile.TemporaryDirectory() as home:
            os.environ["DLTEXT_HOME"] = home
            svg = asyncio.run(shoot(show, size))
        svg = re.sub(r"@font-face \{.*?\}", "", svg, flags=re.S)  # a picture that fetches nothing
        svg = svg.replace("Fira Code", "Fira Code, DejaVu Sans Mono, Menlo, Consolas")
        (Path(__file__).parent / f"{show.__name__}.svg").write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main()
