"""Every picture of README and the documentation, from the running program with its shipped models.

    python docs/tools/pictures.py [NAME …]        # all, or: analyse words search …; writes docs/pictures/NAME.svg

Each is drawn by a program of its own with an empty data folder; `train` and `runs` first train a small classifier there
(half a minute), `generate` and `surprise` two n-gram models (from DLTEXT_DATA). Only times and rates differ from one
call to the next. A picture that no page shows is removed, and one that a page shows but nothing makes is an error.
"""

import asyncio
import csv
import itertools
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "pictures"
PATIENCE = 60.0
"""Seconds until a screen has to be still."""
STILL = 1.5
"""Seconds without a question under way and without a change of the screen that count as still: longer than the longest
pause before a screen asks."""

REVIEW = (
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
SPEECH = (
    "My lords, the state of our union is strong. What noble prince, what gentle lady, shall say that the Congress of "
    "the United States hath not provided for the common defense? I have come to speak of taxes and of love."
)
THINGS = ("soup", "room", "service", "staff", "view", "breakfast", "bed", "bar", "garden", "coffee", "pool", "location")
GOOD = (
    "lovely",
    "friendly",
    "clean",
    "excellent",
    "a pleasure",
    "better than expected",
    "worth every penny",
    "perfect",
)
BAD = ("dirty", "rude", "cold", "overpriced", "a disappointment", "worse than expected", "far too loud", "dreadful")
PLAIN = ("small", "as described", "new", "simple", "where it was")
"""Words that some call good and some bad, so that not all can be right."""
OPENINGS = ("The {thing} was {word}.", "Honestly, the {thing} is {word}.", "We found the {thing} {word}, twice.")

Picture = Callable[[Any, Any], Awaitable[None]]


async def still(app: Any, pilot: Any) -> None:
    """Wait until nothing is asked and the screen has not changed for a while. TimeoutError if that never comes."""
    loop = asyncio.get_running_loop()
    deadline, shown, since = loop.time() + PATIENCE, "", loop.time()
    while loop.time() < deadline:
        await pilot.pause(0.2)
        now = re.sub(r"\d+", "", app.export_screenshot())
        if now != shown or getattr(app.screen, "busy", lambda: False)():
            shown, since = now, loop.time()
        elif loop.time() - since >= STILL:
            return
    raise TimeoutError("The screen does not come to rest.")


async def go(app: Any, pilot: Any, place: str) -> None:
    await app.open_screen(place)
    await still(app, pilot)


async def write(app: Any, pilot: Any, text: str) -> None:
    app.screen.query_one("TextArea").insert(text)
    await still(app, pilot)


async def analyse(app: Any, pilot: Any) -> None:
    await write(app, pilot, REVIEW)
    await pilot.press("f2")
    await still(app, pilot)
    await pilot.press("enter")  # the encoder and the CNN side by side
    await still(app, pilot)


async def words(app: Any, pilot: Any) -> None:
    await go(app, pilot, "words")
    await pilot.press(*"violin")
    await still(app, pilot)  # the map follows the neighbours


async def search(app: Any, pilot: Any) -> None:
    await go(app, pilot, "search")
    await write(app, pilot, "why muscles shrink in space")


async def authors(app: Any, pilot: Any) -> None:
    await go(app, pilot, "authors")
    await write(app, pilot, POST)


async def translate(app: Any, pilot: Any) -> None:
    await go(app, pilot, "translate")
    await write(app, pilot, EVERYDAY)
    await pilot.press(*["ctrl+left"] * 6)  # into the word coffee
    await still(app, pilot)


async def titles(app: Any, pilot: Any) -> None:
    from dltext.engine import api

    await go(app, pilot, "titles")
    _, text = api.samples("title")[0]
    await write(app, pilot, text.strip())
    await pilot.press("tab")
    title = app.screen.query_one("TitleList").titles[0]
    # To the first word that was copied, else to one in the middle.
    steps = (title.copied[0] if title.copied else len(title.tokens) // 2) + 1
    for _ in range(steps):
        await pilot.press("right")
        await pilot.pause(0.1)
    await still(app, pilot)


async def generate(app: Any, pilot: Any) -> None:
    await go(app, pilot, "generate")
    for name, value in (("length", "60"), ("temperature", "0.8"), ("seed", "3"), ("variants", "2")):
        app.screen.query_one(f"#drawing-{name}").value = value
    await write(app, pilot, "KING HENRY:\nWhat is the")
    await pilot.press("ctrl+j")
    await still(app, pilot)


async def surprise(app: Any, pilot: Any) -> None:
    await go(app, pilot, "generate")
    await pilot.press("f3", "f2")
    await still(app, pilot)
    await write(app, pilot, SPEECH)


async def runs(app: Any, pilot: Any) -> None:
    await go(app, pilot, "runs")


async def train(app: Any, pilot: Any) -> None:
    await go(app, pilot, "runs")
    await pilot.press("a")  # its settings again, in Train
    await still(app, pilot)
    app.screen.set_focus(None)
    await pilot.press("f2")
    await still(app, pilot)


async def models(app: Any, pilot: Any) -> None:
    await go(app, pilot, "models")


async def corpora(app: Any, pilot: Any) -> None:
    await go(app, pilot, "corpora")


async def corpus(app: Any, pilot: Any) -> None:
    from dltext.tui.corpus.screen import CorpusScreen

    await app.push_screen(CorpusScreen("demo"))
    await still(app, pilot)
    await pilot.press("3")
    await pilot.press(*"a|the * of")
    await pilot.press("enter")
    await still(app, pilot)


PICTURES: dict[Picture, tuple[int, int]] = {
    analyse: (120, 26),
    words: (160, 30),
    search: (140, 26),
    authors: (140, 32),
    translate: (150, 34),
    titles: (150, 26),
    generate: (140, 30),
    surprise: (140, 30),
    train: (140, 36),
    runs: (140, 34),
    models: (140, 30),
    corpora: (140, 30),
    corpus: (140, 26),
}
TRAINED = {"train", "runs"}
"""Pictures that need a run."""
CONTINUED = {"lm-presidents": "state-of-the-union", "lm-shakespeare": "shakespeare"}
"""Language models of the pictures that need some, and what they learn from; the last one is asked first."""
LANGUAGE = {"generate", "surprise"}
"""Those pictures."""


def reviews(path: Path) -> None:
    """A file of short reviews with the labels good and bad, the same each time."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("text", "label"))
        for opening, thing, at in itertools.product(OPENINGS, THINGS, range(len(GOOD))):
            rows.writerow((opening.format(thing=thing, word=GOOD[at]), "good"))
            rows.writerow((opening.format(thing=thing, word=BAD[at]), "bad"))
        for number, (word, opening, thing) in enumerate(itertools.product(PLAIN, OPENINGS, THINGS)):
            rows.writerow((opening.format(thing=thing, word=word), ("good", "bad")[number * 7 % 5 % 2]))


def dltext(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "dltext.tui.cli", *arguments], check=True, stdout=subprocess.DEVNULL)


def prepare_language() -> None:
    """Two n-gram models of words."""
    for name, data in CONTINUED.items():
        dltext("train", "ngram", "--data", data, "--name", name, "--set", "unit=words", "--follow")


def prepare() -> None:
    """A small classifier, trained as a user would: import a file, train on it."""
    path = Path(os.environ["DLTEXT_HOME"]) / "reviews.csv"
    reviews(path)
    dltext("data", "import", str(path), "--name", "hotel-reviews")
    settings = ("epochs=8", "variant=random", "vectors=", "patience=0", "filters=50")
    options = [word for setting in settings for word in ("--set", setting)]
    dltext("train", "text-cnn", "--data", "hotel-reviews", "--name", "my-reviews", *options, "--follow")


async def shoot(show: Picture, size: tuple[int, int]) -> str:
    from textual.widgets import Input, TextArea

    from dltext.tui.app import DltextApp

    for widget in (Input, TextArea):
        widget.cursor_blink._default = False  # drawn now in one phase, now in the other
    app = DltextApp()
    async with app.run_test(size=size) as pilot:
        await still(app, pilot)
        await show(app, pilot)
        return app.export_screenshot(title="dltext-tui")


def draw(name: str) -> None:
    """Write one picture; in a process of its own, whose environment this changes."""
    show, size = next((show, size) for show, size in PICTURES.items() if show.__name__ == name)
    with tempfile.TemporaryDirectory() as home:
        os.environ["DLTEXT_HOME"] = home
        if name in TRAINED:
            prepare()
        if name in LANGUAGE:
            prepare_language()
        svg = asyncio.run(shoot(show, size))
    svg = re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL)  # a picture that fetches nothing
    svg = svg.replace("Fira Code", "Fira Code, DejaVu Sans Mono, Menlo, Consolas")
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{name}.svg").write_text(svg, encoding="utf-8")


def shown() -> set[str]:
    """The names of the pictures that README and the pages show."""
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    return {name for page in pages for name in re.findall(r"pictures/(\w+)\.svg", page.read_text(encoding="utf-8"))}


def main() -> int:
    if sys.argv[1:2] == ["--draw"]:
        draw(sys.argv[2])
        return 0
    names = [show.__name__ for show in PICTURES]
    if unmade := shown() - set(names):
        sys.exit(f"Nothing makes {', '.join(sorted(unmade))}: add a function to {Path(__file__).name}.")
    failed = []
    for name in sys.argv[1:] or [name for name in names if name in shown()]:
        print(name, flush=True)
        if subprocess.run([sys.executable, __file__, "--draw", name], check=False).returncode:
            failed.append(name)
    for path in FOLDER.glob("*.svg"):
        if path.stem not in shown():
            print(f"{path.name}: no page shows it, removed")
            path.unlink()
    if failed:
        sys.exit(f"Failed: {', '.join(failed)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
