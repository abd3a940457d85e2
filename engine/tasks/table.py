"""The table of tasks, a row each; that of recipes stands beside it. Paths in them are imported when they are needed.

A new task is a folder on each floor and a row here; a new recipe is a row in :mod:`.recipes`, a model file and a row of
the contract test. No other module compares the names of tasks: what differs between them stands in their rows. Recipes
that the user brings are rows of the same kind, see :mod:`..plugins`.
"""

import importlib
from dataclasses import dataclass, replace
from typing import Any

from ..results import TaskInfo
from .recipes import RECIPES as RECIPES
from .recipes import Recipe as Recipe


@dataclass(frozen=True, kw_only=True)
class Task(TaskInfo):
    """A row of the table; paths are ``module:name`` below the package."""

    warm: str
    """``warm_up(model)``: load a bundle and let it answer once."""
    trial: str
    """``exert(model)``: let a bundle do the most that it can be asked for; see :mod:`~dltext.engine.trial_process`."""
    measure: str
    """``evaluate(model, data, …)``: measure a bundle on a data set; see :mod:`~dltext.engine.tasks.measuring`."""
    serving: str = ""
    """``module:name`` of what ``[serving]`` of a card holds otherwise than :data:`~dltext.engine.card_schema.SERVING`
    says; empty: nothing."""
    default: str = ""
    """The shipped bundle that answers until the user chooses another."""
    newest_first: bool = False
    """Whether the newest of the user's bundles answers before a shipped one: each answers another question."""
    fast: str = ""
    """The shipped bundle that answers sooner than the default, and has its labels; it reads where many texts wait."""
    languages: tuple[str, ...] = ()
    """Keys of ``[serving]`` that divide the bundles of a task: each pair, or language, has a default of its own."""
    trained_as: str = ""
    """The task whose recipes make such bundles, where it has none of its own."""
    undivided: str = ""
    """Why its recipes cannot be cross-validated; empty: they can."""
    untuned: str = ""
    """Why its settings cannot be searched; empty: they can."""
    learner: str = ""
    """What learns it, for people: ``a translator``, without the article."""
    two_texts: bool = False
    """Whether a training needs two texts at least, however long they are."""


PAIRS = "learns from pairs"
TEXTS = "learns without labels"
TESTED = "is judged by the tests that it is measured on, not on a validation part"

TASKS: dict[str, Task] = {
    row.name: row
    for row in (
        Task(
            name="classify",
            label="Classify texts",
            data="labels",
            place="analyse",
            card="labels",
            card_title="Classifier",
            command='classify --model {model} "…"',
            warm="engine.tasks.classify.ready:warm_up",
            trial="engine.tasks.classify.ready:exert",
            measure="engine.tasks.classify.measure:evaluate",
            default="topics-news-en",
            newest_first=True,
            baseline="tfidf-linear",
        ),
        Task(
            name="sentiment",
            label="Sentiment",
            data="labels",
            place="analyse",
            card="labels",
            command='classify --model {model} "…"',
            warm="engine.tasks.classify.ready:warm_up",
            trial="engine.tasks.classify.ready:exert",
            measure="engine.tasks.classify.measure:evaluate",
            default="sentiment-en",
            fast="sentiment-en-cnn",
            baseline="tfidf-linear",
            trained_as="classify",
        ),
        Task(
            name="words",
            label="Word vectors",
            data="texts",
            place="words",
            command="similar WORD --model {model}",
            search="mean",
            vectors=True,
            measures_by_title=True,
            warm="engine.tasks.words.answer:warm_up",
            trial="engine.tasks.words.ready:exert",
            measure="engine.tasks.words.measure:evaluate",
            default="words-en",
            undivided=TEXTS,
            untuned=TESTED,
        ),
        Task(
            name="paragraphs",
            label="Paragraph vectors",
            data="texts",
            place="search",
            command='search --method paragraph --model {model} --data {data} "…"',
            search="paragraph",
            warm="engine.tasks.search.paragraph_model:load",
            trial="engine.tasks.search.ready:exert",
            measure="engine.tasks.classify.measure:evaluate",
            undivided=TEXTS,
            untuned=TESTED,
            two_texts=True,
        ),
        Task(
            name="sentences",
            label="Sentence vectors",
            data="texts",
            place="search",
            command='search --method sentence --model {model} --data {data} "…"',
            search="sentence",
            embeds=True,
            warm="engine.tasks.encoder.ready:warm_up",
            trial="engine.tasks.encoder.ready:exert",
            measure="engine.tasks.encoder.measure:evaluate",
            undivided=TEXTS,
        ),
        Task(
            name="encoder",
            label="Encoders",
            data="texts",
            place="search",
            command='embed --model {model} "…"',
            search="encoder",
            embeds=True,
            warm="engine.tasks.encoder.ready:warm_up",
            trial="engine.tasks.encoder.ready:exert",
            measure="engine.tasks.encoder.measure:evaluate",
            undivided=TEXTS,
        ),
        Task(
            name="fill",
            label="Missing words",
            data="texts",
            place="analyse",
            card="fill",
            card_title="Missing words",
            command='fill --model {model} "…"',
            warm="engine.tasks.fill.ready:warm_up",
            trial="engine.tasks.fill.ready:exert",
            measure="engine.tasks.fill.measure:evaluate",
            undivided=TEXTS,
        ),
        Task(
            name="language",
            label="Language models",
            data="texts",
            place="generate",
            card="surprise",
            card_title="Surprise",
            command='generate --model {model} "…"',
            warm="engine.tasks.language.ready:warm_up",
            trial="engine.tasks.language.ready:exert",
            measure="engine.tasks.language.measure:evaluate",
            serving="engine.tasks.language.serving:FIELDS",
            undivided=TEXTS,
            default="lm-en",
        ),
        Task(
            name="profile",
            label="Author profiling",
            data="authors",
            place="authors",
            card="profile",
            card_title="Author",
            command='profile --model {model} "…"',
            measures_by_title=True,
            warm="engine.tasks.profile.ready:warm_up",
            trial="engine.tasks.profile.ready:exert",
            measure="engine.tasks.profile.measure:evaluate",
            default="profile-en",
            undivided="learns several attributes at once",
        ),
        Task(
            name="translate",
            label="Translation",
            data="pairs",
            place="translate",
            card="translation",
            command='translate --model {model} "…"',
            warm="engine.tasks.translate.ready:warm_up",
            trial="engine.tasks.translate.ready:exert",
            measure="engine.tasks.translate.measure:evaluate",
            serving="engine.tasks.translate.serving:FIELDS",
            languages=("source", "target"),
            undivided=PAIRS,
            learner="translator",
        ),
        Task(
            name="title",
            label="Titles",
            data="titled",
            place="titles",
            card="title",
            command='title --model {model} "…"',
            warm="engine.tasks.title.ready:warm_up",
            trial="engine.tasks.title.ready:exert",
            measure="engine.tasks.title.measure:evaluate",
            serving="engine.tasks.title.serving:FIELDS",
            default="title-en",
            languages=("language",),
            undivided=PAIRS,
            learner="title generator",
        ),
    )
}


def find_task(name: str) -> Task:
    """The row of a task. Whoever trains on labels may call what they tell as he likes: any other name is one of
    :data:`TASKS`' ``classify``."""
    row = TASKS.get(name)
    if row is not None:
        return row
    return replace(TASKS["classify"], name=name, label=name.capitalize(), card_title="", default="", newest_first=False)


def load(path: Any) -> Any:
    """Import what ``module:name`` (below this package) names; what is no path is the very thing."""
    if not isinstance(path, str):
        return path
    module, _, name = path.partition(":")
    return getattr(importlib.import_module(f"{__name__.partition('.engine.')[0]}.{module}"), name)
