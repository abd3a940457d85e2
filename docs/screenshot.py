"""Make docs/analyse.svg, the picture in README, from the running application: python docs/screenshot.py"""

import asyncio
import os
import re
import tempfile
from pathlib import Path

TEXT = (
    "The first half is slow, almost stubbornly so, but when the daughter returns the film finds its voice and never "
    "lets it go. I expected little and left the cinema moved; the camera work alone is worth the ticket. Not a "
    "masterpiece, but warm, clever and honest."
)


async def shoot() -> str:
    from dltext.tui.app import DltextApp

    app = DltextApp()
    async with app.run_test(size=(120, 26)) as pilot:
        await pilot.pause(1)
        app.screen.query_one("TextArea").insert(TEXT)
        await pilot.pause(2)
        await pilot.press("f2")  # both shipped models side by side
        await pilot.pause(3)
        return app.export_screenshot(title="dltext-tui")


def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        os.environ["DLTEXT_HOME"] = home
        svg = asyncio.run(shoot())
    svg = re.sub(r"@font-face \{.*?\}", "", svg, flags=re.S)  # a picture that fetches nothing
    svg = svg.replace("Fira Code", "Fira Code, DejaVu Sans Mono, Menlo, Consolas")
    (Path(__file__).parent / "analyse.svg").write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main()
