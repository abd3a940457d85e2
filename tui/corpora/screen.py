"""Corpora: the data sets that there are, their sources, and what a check of them finds."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from textual.app import ComposeResult
from textual.containers import Container
from textual.widgets import DataTable

from ...engine.results import DataCheck, DatasetInfo, Reading, plural
from ..actions import key
from ..kit.background import Stopped
from ..kit.cards import PLACES_OF_DATA, corpus_lines
from ..kit.catalogue import Catalogue
from ..kit.facts import FactPane
from ..kit.fetching import Fetch, FetchPanel
from ..kit.searchable import FILES
from ..kit.text import size_text


class CorporaScreen(Catalogue[DatasetInfo]):
    """All data cards, and what can be done with them."""

    PLACE = "corpora"
    CSS_PATH = "corpora.tcss"
    HELP = f"""The corpora that dltext knows, and those that you imported. ● is on this machine, ○ must be fetched
first. A check counts labels and lengths and looks for duplicates and for test documents that also appear in the
training part. {key("import_data")} makes a corpus of a file or a folder of your own: its columns are found and can be
changed; two columns of sentences in two languages become pairs, which translators learn from. {key("remove")} removes
a corpus that was imported. {key("open_corpus")} opens a corpus with all its documents, words and columns,
{key("open_own")} a file of yours as it is."""
    LISTED = "Corpora"
    COLUMNS = ("", "name", "title", "lang", "task", "texts", "size")
    NUMBERS = ("texts", "size")
    LEGEND = "● on this machine   ○ to fetch"
    NOTHING = (
        "No corpus is known.\n\n"
        f"{key('import_data')} imports a file of your own: a column of texts, a column of labels, or pairs."
    )
    CARD = ("Corpus", "The card of the chosen corpus is shown here.")

    def __init__(self) -> None:
        super().__init__()
        self._checks: dict[str, DataCheck] = {}
        self._checking: set[str] = set()
        """Corpora that are being looked through."""
        self._fetch: Fetch | None = None
        self._fetches = 0

    def beside(self) -> ComposeResult:
        with Container(id="right"):
            yield from super().beside()
            yield FetchPanel()

    def receive(self, data: str | None = None, file: Path | None = None, **context: Any) -> None:
        """``data``: put the cursor on it; ``file``: open this file or folder as a corpus."""
        if data is not None:
            self.point_at(data)
        if file is not None:
            self._open_corpus(str(file), file.name)

    def read(self) -> list[DatasetInfo]:
        return self.engine.datasets()

    def cells(self, info: DatasetInfo) -> tuple[str, ...]:
        return (
            PLACES_OF_DATA[info.available][0],
            info.name,
            info.title,
            "→".join(filter(None, (info.language, info.target_language))),
            info.task,
            f"{sum(info.splits.values()):,}" if info.splits else "–",
            size_text(info.size),
        )

    def lines(self, info: DatasetInfo) -> list[tuple[str, str, str]]:
        return corpus_lines(info, self._checks.get(info.name))

    def on_data_table_row_selected(self, event: DataTable.RowSelected) -> None:
        self.action_open_corpus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        info = self._chosen() if self.is_mounted else None
        if action == "open_corpus" and not isinstance(self.focused, DataTable):
            return False  # enter belongs to what has the focus
        if action in ("open_corpus", "browse", "check", "train"):
            return True if info is not None else None
        if action == "fetch":
            return True if info is not None and info.available == "download" and self._fetch is None else None
        if action == "stop":
            return self._fetch is not None
        if action == "remove":
            return True if info is not None and info.available == "imported" else None
        return True

    def _here(self, info: DatasetInfo | None) -> DatasetInfo | None:
        """The corpus, if its texts are on this machine; else a toast that says how they get there."""
        if info is not None and info.available == "download":
            self.app.notify(
                f"{info.name} is not on this machine yet: {key('fetch')} fetches it ({size_text(info.size)})."
            )
            return None
        return info

    # ------------------------------------------------------------------------------------------ actions

    def action_browse(self) -> None:
        info = self._here(self._chosen())
        if info is not None:
            from .browse import BrowseScreen

            self.app.push_screen(BrowseScreen(info))

    def action_open_corpus(self) -> None:
        info = self._here(self._chosen())
        if info is None:
            return
        if info.task == "pairs":
            self.action_browse()
        else:
            self._open_corpus(info.name)

    def _open_corpus(self, data: str, name: str = "", *columns: str) -> None:
        from ..corpus.screen import CorpusScreen

        self.app.push_screen(CorpusScreen(data, name, *columns))

    def action_open_own(self) -> None:
        from ..kit.file_dialogs import OpenFile

        def chosen(path: Path | None) -> None:
            if path is not None:
                self._open_corpus(str(path), path.name)

        self.app.push_screen(
            OpenFile("Open as a corpus", folders=True, hint=f"{FILES[0].upper()}{FILES[1:]} (type its path)."), chosen
        )

    def action_check(self) -> None:
        info = self._here(self._chosen())
        if info is None:
            return
        self._say_checking(info.name, True)
        # A group of its own: what was found of a large corpus is as good after another one was asked about, which need
        # not wait for it.
        self.ask(
            f"check {info.name}",
            partial(self.engine.check_data, info.name),
            partial(self._checked, info.name),
            lambda _: self._say_checking(info.name, False),
        )

    def _say_checking(self, name: str, begins: bool) -> None:
        (self._checking.add if begins else self._checking.discard)(name)
        self.query_one("#card", FactPane).border_subtitle = "checking …" if self._checking else ""

    def _checked(self, name: str, check: DataCheck) -> None:
        self._checks[name] = check
        self._say_checking(name, False)
        self._show_card()
        problems = len(check.errors) + len(check.warnings)
        self.app.notify(
            f"{name} is checked: "
            + (f"{plural(problems, 'thing')} to know, listed in its card." if problems else "no problems.")
        )

    def action_train(self) -> None:
        info = self._chosen()
        if info is not None:
            self.workbench.open_screen("train", corpus=info.name)

    def action_remove(self) -> None:
        from ..kit.dialogs import Confirm

        info = self._chosen()
        if info is None or info.available != "imported":
            return

        def answered(sure: bool | None) -> None:
            if sure:
                self.ask("remove", lambda: self.engine.remove_data(info.name), lambda _: removed())

        def removed() -> None:
            self.app.notify(f"{info.name} is removed.", markup=False)
            self._checks.pop(info.name, None)
            self.action_reload()

        question = f"Delete the corpus {info.name} ({size_text(info.size)})? The file that it was made from stays."
        self.app.push_screen(Confirm("Remove", question, "Delete"), answered)

    def action_fetch(self) -> None:
        info = self._chosen()
        if info is None or self._fetch is not None:
            return
        fetch = self._fetch = Fetch(info.name)
        self._fetches += 1

        def work() -> Path | None:
            try:
                return self.engine.fetch_data(fetch.name, fetch.progress)
            except Stopped:
                return None

        # A group of its own: a stalled download that was given up must not keep the next one waiting.
        self.ask(f"fetch {self._fetches}", work, partial(self._fetched, fetch), lambda _: self._fetch_over())
        self.query_one(FetchPanel).follow(fetch)
        self.refresh_bindings()

    def _fetch_over(self) -> None:
        self._fetch = None
        self.query_one(FetchPanel).end()
        self.refresh_bindings()

    def _fetched(self, fetch: Fetch, where: Path | None) -> None:
        self._fetch_over()
        if where is not None:
            self.app.notify(f"{fetch.name} is here now.")
        self.action_reload()

    def action_stop(self) -> None:
        fetch = self._fetch
        if fetch is None:
            return
        fetch.stopped = True
        self.forget(f"fetch {self._fetches}")
        self._fetch_over()
        self.app.notify(f"Stopped fetching {fetch.name}.")

    def action_import_data(self) -> None:
        from ..kit.file_dialogs import OpenFile

        self.app.push_screen(
            OpenFile("Import a corpus", folders=True, hint=f"{FILES[0].upper()}{FILES[1:]} (type its path)."),
            self._file_chosen,
        )

    def _file_chosen(self, path: Path | None) -> None:
        if path is None:
            return
        from ..kit.reading_form import look_into

        look_into(self, path, partial(self._ask_columns, path))

    def _ask_columns(self, path: Path, reading: Reading | None, problem: str) -> None:
        """Ask for the name of a corpus and how its file is read; what was found stands there."""
        from ..kit.reading_form import ReadAs, ReadingForm

        def attempt(answer: ReadAs, worked: Callable[[], None], failed: Callable[[Exception], None]) -> None:
            def work() -> DatasetInfo:
                self.engine.decide_reading(str(path), answer.read)
                return self.engine.import_data(str(path), answer.name, *answer.columns(reading))

            def imported(info: DatasetInfo) -> None:
                worked()
                self._corpus_imported(info)

            self.app.notify(f"Reading {path.name} …", markup=False)
            self.ask("import", work, imported, failed)

        form = ReadingForm(
            str(path),
            f"Import {path.name}",
            "Import",
            reading,
            problem,
            name=path.stem,
            hint="The file is copied and split into training, validation and test parts.",
        )
        form.attempt = attempt
        self.app.push_screen(form)

    def _corpus_imported(self, info: DatasetInfo) -> None:
        self.imported(info.name, f"{info.name} is imported; {key('train')} trains on it.")
