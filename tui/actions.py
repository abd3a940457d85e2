"""The table of actions: with that of places, keys, footer, command palette, help and texts are all made from it.

The rules that ``tests/tui/test_keys.py`` holds. A focused text field keeps each key that edits text in Textual or in
readline. Nothing depends on a key that tmux, screen or common terminals keep. F1 helps; F2, F3
and F4 are a screen's own; F5 to F9 are places. An action has the same key wherever there is one of its kind: ctrl+o
opens a file of one's own, ctrl+n begins anew, ctrl+r copies, ctrl+t tries an example, ctrl+l looks a word up in Words,
F12 writes to a file, del (or x) removes.
"""

from textual.binding import BindingType

from .action import (
    EXPORT,
    NEW,
    OPEN,
    READLINE,
    REMOVE,
    SIMILAR,
    VIEWS,
    Action,
    copies,
    exports,
    opens,
    reads_as,
    renews,
    samples,
)
from .places import PLACES, key_name

APP: tuple[Action, ...] = (
    Action("app.help", "f1", "help", "What works here, and its keys", priority=True),
    Action("app.command_palette", "ctrl+p", "commands", "Find a command, a screen or a model by name", priority=True),
    Action("app.go", "ctrl+g", "go to", "All places, each with a letter", show=False, priority=True),
    Action("app.quit", "ctrl+q", "quit", "Leave; trainings go on without the screen", show=False, priority=True),
    *(
        Action(f"app.open_screen('{place.name}')", place.key, place.title, place.help, show=False, priority=True)
        for place in PLACES.values()
        if place.key
    ),
    *(Action(f"app.edit('{move}')", key, "", "", show=False) for move, key in READLINE),
)
"""The theme has no key: it stands in the palette and in the list of places."""

SCREEN_ACTIONS: dict[str, tuple[Action, ...]] = {
    "analyse": (
        opens("Open a file as the document"),
        reads_as(),
        Action("compare", "f2", "compare", "Compare the answers of several models", priority=True),
        Action("explain", "f3", "why", "Show which words moved the prediction", priority=True),
        Action("next_model", "f4", "model", "Give the card with the focus another model", priority=True),
        Action(
            "cards",
            "shift+f4,f16",
            "cards",
            "Choose which cards are open: any classifier, any profiler, a title",
            priority=True,
        ),
        exports("Write the result to a text or JSON file"),
        copies("Copy the result as text"),
        samples(),
        SIMILAR,
        renews("Empty the box for another document; again: restore the text"),
    ),
    "words": (
        Action("compare", "f2", "compare", "Compare two models", priority=True),
        Action("next_mode", "f3", "view", "Next view: neighbours, analogy, odd one out …", priority=True),
        Action("next_model", "f4", "vectors", "Use other word vectors", priority=True),
        Action("back", "escape", "back", "Back to the word before"),
        exports("Write what is shown to a JSON, TSV or text file"),
        copies("Copy what is shown as text"),
        samples("Try an example of this view", "example"),
        renews("Empty the line for other words"),
        Action("map_method", "t", "PCA/t-SNE", "Draw the map by the other method"),
        *(
            Action(f"show_mode('{mode}')", str(number), label, about, show=False)
            for number, (mode, label, about) in enumerate(
                (
                    ("neighbours", "neighbours", "The words nearest to a word"),
                    ("analogy", "analogy", "Calculate with words: king - man + woman"),
                    ("odd", "odd one out", "Which of several words does not belong"),
                    ("similarity", "similarity", "How near two words or short texts are"),
                    ("matrix", "matrix", "All similarities of several words"),
                    ("map", "map", "A word's neighbourhood, drawn"),
                ),
                1,
            )
        ),
    ),
    "search": (
        Action("corpus", "f2", "corpus", "Choose what to search: a corpus, or a part of it", priority=True),
        Action("open_file", OPEN, "own file", "Search in a file or a folder of yours", show=False, priority=True),
        reads_as(),
        Action("method", "f3", "method", "Choose how to rank: by words, by meaning, by both", priority=True),
        Action("turn", "f4", "duplicates", "Change to the near-duplicates of the corpus, and back", priority=True),
        Action("analyse", "a", "analyse", "Open the document in Analyse"),
        Action("more", "m", "more like it", "Look for documents like this one"),
        Action("next_match", "n", "next match", "Go to the next matching word of the document"),
        Action("previous_match", "p", "previous", "Go to the matching word before", show=False),
        exports("Write the list to a TSV or JSON file"),
        copies("Copy the list as text"),
        renews("Empty the box for another query; again: restore it"),
        Action(
            "back", "escape", "back", "Stop the running search; otherwise back to the list, or to the query", show=False
        ),
    ),
    "authors": (
        opens("Open a file with texts by one author"),
        Action("open_group", OPEN, "own file", "Open a file of yours with one author per record", priority=True),
        reads_as(),
        Action("group", "f2", "many", "Who writes in a corpus or a file: all authors together, as bars", priority=True),
        Action("one", "f2", "one author", "Back to the texts of one author", priority=True),
        Action(
            "next_hop", "f3", "hops", "The model's attention: all hops together, then each by itself", priority=True
        ),
        Action("choose_data", "f3", "corpus", "Choose whose authors: a corpus, or a part of it", priority=True),
        Action("next_model", "f4", "model", "Use another model", priority=True),
        Action("stop", "escape", "stop", "Stop reading, and keep what was read"),
        exports("Write what is shown to a JSON, TSV or text file"),
        copies("Copy what is shown as text"),
        samples(),
        SIMILAR,
        renews("Empty the box for another author; again: restore the texts"),
        Action("show_hop('0')", "0", "all hops", "The attention of all hops together", show=False),
        *(
            Action(f"show_hop('{hop}')", str(hop), f"hop {hop}", f"The attention of hop {hop}", show=False)
            for hop in range(1, 10)
        ),
    ),
    "translate": (
        opens("Open a file as the text to translate"),
        reads_as(),
        Action("direction", "f2", "direction", "Choose the languages to translate from and to", priority=True),
        Action(
            "grid", "f3", "grid", "All links of the sentence's words as a grid, and back to the texts", priority=True
        ),
        Action("next_model", "f4", "model", "Translate by another model", priority=True),
        Action("stop", "escape", "stop", "Stop translating, and keep what is translated"),
        Action("back", "escape", "back", "Back to the texts, or to the text to translate", show=False),
        Action("go_on", "ctrl+j", "continue", "Translate the rest of a text that was stopped", priority=True),
        exports("Write the translation to a TMX, TSV or text file"),
        copies("Copy the translation"),
        samples(),
        SIMILAR,
        renews("Empty the box for another text; again: restore the text"),
        *(
            Action(
                f"choose('{number}')",
                str(number),
                f"wording {number}",
                f"Put wording {number} into the text",
                show=False,
            )
            for number in range(1, 10)
        ),
    ),
    "titles": (
        opens("Open a file as the text that needs a title"),
        reads_as(),
        Action("shorter", "f2", "shorter", "Shorter titles", priority=True),
        Action("longer", "f3", "longer", "Longer titles", priority=True),
        Action("next_model", "f4", "model", "Choose the model that writes titles", priority=True),
        Action("back", "escape", "back", "Back to the text", show=False),
        exports("Write all titles to a JSON, TSV or text file"),
        copies("Copy your title, or the selected one"),
        samples(),
        SIMILAR,
        renews("Empty the box for another text; again: restore the text"),
        *(
            Action(f"choose('{number}')", str(number), f"title {number}", f"Take title {number} as yours", show=False)
            for number in range(1, 7)
        ),
    ),
    "generate": (
        Action("go_on", "ctrl+j", "continue", "Continue the text, or the selected variant; measure it", priority=True),
        opens("Open a file as the text to continue"),
        reads_as(),
        Action("compare", "f2", "compare", "Set a second model beside the first one, or take it away", priority=True),
        Action("next_mode", "f3", "view", "Next view: Generate or Surprise", priority=True),
        Action("next_model", "f4", "model", "Choose the model", priority=True),
        Action("stop", "escape", "stop", "Stop writing, and keep what is written"),
        Action("another", "v", "variant", "Write another variant"),
        Action("back", "escape", "back", "Back to the text; from there to what may come next", show=False),
        exports("Write the continuations, or the bits of each word, to a JSON, TSV or text file"),
        copies("Copy the text with the selected continuation, or what was measured"),
        samples(),
        SIMILAR,
        renews("Empty the box for another text; again: restore the text"),
        Action("show_mode('generate')", "1", "Generate", "Continue the text", show=False),
        Action("show_mode('surprise')", "2", "Surprise", "How surprising each word of the text is", show=False),
    ),
    "models": (
        Action("use", "u", "use", "Use this model in Analyse, or in the screen of its task"),
        Action("make_default", "d", "default", "Make this model the default of its task"),
        Action(
            "threshold", "t", "threshold", "Below which confidence this classifier says that it is not sure", show=False
        ),
        Action("import_model", f"{OPEN},i", "import", "Add a model from a zip file or a folder"),
        Action("export_model", EXPORT, "export", "Write this model to a zip file"),
        Action("stop", "escape", "stop", "Stop reading the vectors file"),
        Action("remove", REMOVE, "remove", "Remove this model from the disk, after a question"),
        Action("reload", "r", "reload", "Read the list again", show=False),
    ),
    "corpora": (
        Action("open_corpus", "enter", "open", "Read, count and compare all documents", priority=True),
        Action("browse", "b", "browse", "Read the documents, page by page"),
        Action("check", "f2,c", "check", "Count labels and lengths; find duplicates and leaks"),
        Action("fetch", "f", "fetch", "Fetch the corpus from the mirror, the cache or the network"),
        Action("stop", "escape", "stop", "Stop fetching"),
        Action("train", "t", "train on it", "Go to Train with this corpus, and the task that its labels fit"),
        Action("import_data", f"{OPEN},i", "import", "Add your own file as a corpus"),
        Action("open_own", "o", "own file", "Open a file or a folder of yours as a corpus, without importing it"),
        Action("remove", REMOVE, "remove", "Remove an imported corpus from the disk, after a question"),
        Action("reload", "r", "reload", "Read the list again", show=False),
    ),
    "corpus": (
        Action("back", "escape", "back", "Back to the table, or to the corpora"),
        Action("filter", "f2,slash", "filter", "Filter all views by columns and words"),
        Action("next_mode", "f3", "view", "Next view: documents, words, concordance, overview", priority=True),
        Action("question", "f4", "ask", "Go to the line that asks the view for words or columns", priority=True),
        Action(
            "choose_list", "m", "list", "Choose a list: key words, collocations, dispersion, network, readability …"
        ),
        Action("next_sort", "s", "sort", "Sort otherwise: documents by a column, lines by words to the left or right"),
        Action("stop_words", "o", "stop words", "Leave words of grammar out, or count them", show=False),
        Action("unit", "w", "lemmas", "Take all forms of a word as one, its lemma, or each by itself", show=False),
        Action("analyse", "a", "analyse", "Open the document in Analyse"),
        Action(
            "course",
            "c",
            "course",
            "Draw what a classifier says along the document, sentence by sentence; or stop that",
            show=False,
        ),
        Action(
            "read_by",
            "l",
            "model",
            "Have a model read the filtered documents: its answers become columns; or stop that",
        ),
        Action("cluster", "k", "cluster", "A cluster's address: its workers read documents for a model", show=False),
        reads_as(),
        exports("Write the documents with all columns, or the list that is shown, to a file"),
        Action("remove", REMOVE, "remove index", "Delete the index of this corpus, after a question", show=False),
        *(Action(f"show_view('{view}')", str(n), view, f"The {view}", show=False) for n, view in enumerate(VIEWS, 1)),
    ),
    "browse": (
        Action("back", "escape", "back", "Back to the corpora"),
        Action("next_page", "n", "next page", "The next fifty documents"),
        Action("previous_page", "p", "previous", "The fifty documents before"),
        Action("next_split", "s", "part", "Another part of the corpus: train, test …"),
        Action("analyse", "a", "analyse", "Open the document in Analyse"),
    ),
    "train": (
        Action("check", "f2", "check", "Check the data, estimate time and memory, measure the baseline"),
        Action("start", "f3", "start", "Start training with these settings, in the background"),
        Action("open_file", OPEN, "own data", "Choose a file or a folder of yours to train on"),
        reads_as(),
        Action(
            "merge_labels",
            "shift+f4,f16",
            "merge labels",
            "Merge labels that differ only in how they are written",
            show=False,
        ),
        Action("reset", NEW, "defaults", "Reset all settings to their defaults"),
        Action("recommended", "f4", "recommended", "Apply the settings that the check recommends"),
    ),
    "compare": (
        Action("start", "f3", "start", "Measure all recipes that have not been measured, one after the other"),
        Action("stop", "escape", "stop", "Stop the recipe that is measured; start resumes it"),
        Action("open_file", OPEN, "own data", "Choose a file or a folder of yours to compare on"),
        reads_as(),
        Action("report", "enter", "report", "What the selected recipe's run measured: classes, confusions, documents"),
        exports("Write the table to a file: Markdown, a picture (SVG) or JSON, by its name"),
        copies("Copy the table as Markdown"),
    ),
    "runs": (
        Action(
            "report", "enter", "report", "What the finished run measured: classes, confusions, documents", priority=True
        ),
        Action("use", "u", "use model", "Analyse with the model that the run made"),
        Action(
            "cancel",
            "c",
            "cancel",
            "Stop the run, to resume it later, or keep the best epoch so far as its model",
        ),
        Action("resume", "r", "resume", "Resume from the checkpoint, as if never interrupted"),
        Action("delete", REMOVE, "delete", "Delete the run and its files; its model stays"),
        Action("log", "l", "log", "What the run has printed"),
        Action("compare", "f2,d", "compare", "Compare runs: curves, results, and the settings that differ"),
        Action("examples", "e", "examples", "Example outputs of the last epochs, or a sample, in place of the curves"),
        Action("again", "a", "again", "Open Train with this run's settings"),
        Action("parts", "space", "folds", "Show or hide the folds of a cross-validation that are runs of their own"),
    ),
    "curves": (Action("back", "escape", "back", "Back to the runs"),),
    "report": (
        Action("back", "escape", "back", "Back to where you came from"),
        Action("use", "u", "use model", "Analyse with this model"),
        Action("show_tab('classes')", "1", "classes", "Each class: precision, recall, F1; the curves", show=False),
        Action(
            "show_tab('confusions')",
            "2",
            "confusions",
            "Which classes were confused, and the documents",
            show=False,
        ),
        Action(
            "show_tab('protocol')",
            "3",
            "protocol",
            "How it was measured, and the command that repeats it",
            show=False,
        ),
        Action(
            "show_tab('analysis')",
            "4",
            "analysis",
            "Where it errs: by length, by confidence, and what a threshold costs",
            show=False,
        ),
        Action("keep_threshold", "t", "keep threshold", "Keep this threshold with the model: below it, it is not sure"),
        Action("toggle_shares", "p", "counts/%", "Numbers in the matrix: documents, or shares of their class"),
        Action("next_part", "n", "attribute", "The next attribute of a model that predicts several"),
        Action("export", EXPORT, "export", "Write the report to a file, JSON or Markdown"),
        Action("analyse", "a", "analyse", "Open this document in Analyse"),
        Action("keep_baseline", "k", "keep baseline", "Train the baseline as a model of its own, on the same data"),
    ),
}
"""The actions of each place, by its name; a screen's ``BINDINGS`` are made from its row."""


def bindings(place: str) -> list[BindingType]:
    """The key bindings of a place (``app``: those that work everywhere)."""
    return [action.binding() for action in (APP if place == "app" else SCREEN_ACTIONS.get(place, ()))]


def pressed(action: str, place: str = "") -> str:
    """The first key of an action by Textual's name: on ``place``, else on any. Raises KeyError without one."""
    rows = (*SCREEN_ACTIONS.get(place, ()), *APP, *(row for rows in SCREEN_ACTIONS.values() for row in rows))
    for row in rows:
        if row.action in (action, f"app.{action}"):
            return row.keys.partition(",")[0]
    raise KeyError(action)


def key(action: str, place: str = "") -> str:
    """The same as texts name it: ``F12``, ``ctrl+o``."""
    return key_name(pressed(action, place))
