"""The table of places: the screens that there are, their keys, and where their classes stand.

Importing this costs nothing: a place names its screen by a lazy path, so that a start loads only what it shows.
"""

from dataclasses import dataclass
from importlib import import_module
from typing import Any


@dataclass(frozen=True)
class Place:
    """A screen: its name in :func:`open_screen`, its title in the bar, its key, and where its class is."""

    name: str
    title: str
    key: str
    path: str
    help: str
    ahead: str = ""
    """The task whose models take a moment to load, so that it is done before the first question."""
    apart: bool = False
    """A rule stands before it in the bar: what begins another kind of place."""


# F-keys survive SSH, tmux and typing; F1 is help, F10 and F11 belong to many terminals. ctrl+f means find everywhere,
# and no text box of Textual takes it, nor ctrl+b: by whom a text is. ctrl+d, a dictionary's, they take for what delete
# does too; ctrl+u, what stands above, for clearing a line, where ctrl+n empties the box. ctrl+g is the way for those
# whose keyboard hides the F-keys. alt and a digit is none: Textual reads it as the sign that a Mac types with it.
PLACES: dict[str, Place] = {
    place.name: place
    for place in (
        Place(
            "analyse",
            "Analyse",
            "f5",
            "dltext.tui.analyse.screen:AnalyseScreen",
            "What a text says: its sentiment, and which words decided it",
        ),
        Place(
            "words",
            "Words",
            "f12",
            "dltext.tui.words.screen:WordsScreen",
            "Word vectors: neighbours, analogies, odd one out, similarity, a map",
        ),
        Place(
            "search",
            "Search",
            "ctrl+f",
            "dltext.tui.search.screen:SearchScreen",
            "Find documents by meaning; near-duplicates",
        ),
        Place(
            "authors",
            "Authors",
            "ctrl+b",
            "dltext.tui.authors.screen:AuthorsScreen",
            "What the style of texts suggests of who wrote them; who writes in a corpus",
        ),
        Place(
            "translate",
            "Translate",
            "ctrl+d",
            "dltext.tui.translate.screen:TranslateScreen",
            "What a text says in another language, and which word came from which",
            ahead="translate",
        ),
        Place(
            "titles",
            "Titles",
            "ctrl+u",
            "dltext.tui.titles.screen:TitlesScreen",
            "Titles for an abstract or an article, where each word came from; what a text is about",
            ahead="title",
        ),
        Place(
            "train",
            "Train",
            "f6",
            "dltext.tui.train.screen:TrainScreen",
            "Train a model on a corpus or on your own texts",
            apart=True,
        ),
        Place("runs", "Runs", "f7", "dltext.tui.runs.screen:RunsScreen", "All trainings: curves, progress, reports"),
        Place(
            "models",
            "Models",
            "f8",
            "dltext.tui.models.screen:ModelsScreen",
            "The models that there are: cards, default, import, export",
        ),
        Place(
            "corpora",
            "Corpora",
            "f9",
            "dltext.tui.corpora.screen:CorporaScreen",
            "The texts that there are: fetch, check, browse, import",
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
