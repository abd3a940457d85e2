"""The table of places: the screens that there are, their keys, and where their classes stand.

Importing this costs nothing: a place names its screen by a lazy path, so that a start loads only what it shows.
"""

from dataclasses import dataclass
from importlib import import_module
from typing import Any


@dataclass(frozen=True)
class Place:
    """A screen: its name in :func:`open_screen`, its title in the bar, how to get there, and where its class is."""

    name: str
    title: str
    letter: str
    """What chooses it after ctrl+g; a character of the title, where it is underlined."""
    path: str
    help: str
    key: str = ""
    """The key that goes there at once, of the most used."""
    ahead: str = ""
    """The task whose models take a moment to load, so that it is done before the first question."""
    apart: bool = False
    """A rule stands before it in the bar: what begins another kind of place."""

    @property
    def way(self) -> str:
        """How one gets there, as texts name it: ``F6``, ``ctrl+g w``."""
        return key_name(self.key) if self.key else f"{LEADER} {self.letter}"


LEADER = "ctrl+g"
_NAMES = {"escape": "esc", "delete": "del", "underscore": "_", "plus": "+", "minus": "-"}


def key_name(key: str) -> str:
    """A key of Textual's as all texts write it: ``F5``, ``ctrl+e``, ``esc``, ``del``."""
    *modifiers, last = key.split("+")
    if last[:1] == "f" and last[1:].isdigit():
        last = last.upper()
    return "+".join([*modifiers, _NAMES.get(last, last)])


# F-keys survive SSH, tmux and typing; F1 is help, F10 and F11 belong to many terminals. Control keys edit text: none of
# them opens a place but ctrl+g, the way to all of them, also for those whose keyboard hides the F-keys.
PLACES: dict[str, Place] = {
    place.name: place
    for place in (
        Place(
            "analyse",
            "Analyse",
            "a",
            "dltext.tui.analyse.screen:AnalyseScreen",
            "What a text says: any classifier's answer, and which words decided it",
            key="f5",
        ),
        Place(
            "words",
            "Words",
            "w",
            "dltext.tui.words.screen:WordsScreen",
            "Word vectors: neighbours, analogies, odd one out, similarity, a map",
        ),
        Place(
            "search",
            "Search",
            "s",
            "dltext.tui.search.screen:SearchScreen",
            "Find documents by meaning; near-duplicates",
        ),
        Place(
            "authors",
            "Authors",
            "u",
            "dltext.tui.authors.screen:AuthorsScreen",
            "What a style suggests of the author; who writes in a corpus",
        ),
        Place(
            "translate",
            "Translate",
            "l",
            "dltext.tui.translate.screen:TranslateScreen",
            "What a text says in another language, and which word came from which",
            ahead="translate",
        ),
        Place(
            "titles",
            "Titles",
            "i",
            "dltext.tui.titles.screen:TitlesScreen",
            "Titles for an abstract or an article, the origin of each word; what a text is about",
            ahead="title",
        ),
        Place(
            "generate",
            "Generate",
            "g",
            "dltext.tui.generate.screen:GenerateScreen",
            "Continue a text word by word; how surprising a text is",
            ahead="language",
        ),
        Place(
            "train",
            "Train",
            "t",
            "dltext.tui.train.screen:TrainScreen",
            "Train a model on a corpus or on your own texts",
            key="f6",
            apart=True,
        ),
        Place(
            "compare",
            "Compare",
            "p",
            "dltext.tui.compare.screen:ComparisonScreen",
            "Recipes and the baseline on the same texts: how good, how sure, how fast",
        ),
        Place(
            "runs",
            "Runs",
            "r",
            "dltext.tui.runs.screen:RunsScreen",
            "All trainings: curves, progress, reports",
            key="f7",
        ),
        Place(
            "models",
            "Models",
            "m",
            "dltext.tui.models.screen:ModelsScreen",
            "All models: cards, default, import, export",
            key="f8",
        ),
        Place(
            "corpora",
            "Corpora",
            "c",
            "dltext.tui.corpora.screen:CorporaScreen",
            "All corpora: fetch, check, browse, import",
            key="f9",
        ),
    )
}


def place_of(task: str) -> str:
    """Where a model of a task is used."""
    from ..engine import api

    return api.task(task).place


def load(place: str) -> type[Any]:
    """Import a place's screen class. Raises ImportError or AttributeError where it is not installed."""
    module, _, name = PLACES[place].path.partition(":")
    return getattr(import_module(module), name)


def way(place: str) -> str:
    """How one gets to a place, as texts name it: ``F6``, ``ctrl+g w``."""
    return PLACES[place].way
