"""Corpora: the texts that there are, where they come from, and whether they are sound."""

from functools import partial
from pathlib import Path
from typing import Any

from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.timer import Timer
from textual.widgets import DataTable, ProgressBar, Static

from ...engine.results import DataCheck, DatasetInfo
from ..widgets.bars import bar
from ..widgets.facts import FactPane
from ..widgets.table import PlainTable
from ..widgets.text import size_text, visible
from .base import Workbench

PLACES_OF_DATA = {
    "mirror": ("●", "here", "in the folder that DLTEXT_DATA names"),
    "cached": ("●", "here", "fetched before"),
    "imported": ("●", "yours", "imported from a file of yours"),
    "download": ("○", "to fetch", "not here yet; f fetches it"),
}


class Stopped(Exception):
    """Raised inside a download that nobody waits for any more."""


class Fetch:
    """A download under way: written by its thread, read by the screen's clock."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.done = 0
        self.total = 0
        self.stopped = False

    def progress(self, done: int, total: int) -> None:
        if self.stopped:
            raise Stopped
        self.done, self.total = done, total


class CorporaScreen(Workbench):
    """A table of data cards; what is known of the one under the cursor beside it."""

    PLACE = "corpora"
    CSS_PATH = "../styles/corpora.tcss"
    HELP = """The corpora that dltext knows, and those that you imported. ● is on this machine, ○ must be fetched first.
A check counts labels and lengths and looks for duplicates and for test documents that also stand in the training part.
i makes a corpus of a CSV, TSV or JSONL file, or of a folder of text files, of your own."""

    def __init__(self) -> None:
        super().__init__()
        self._corpora: dict[str, DatasetInfo] = {}
        self._checks: dict[str, DataCheck] = {}
        self._fetch: Fetch | None = None
        self._fetches = 0
        self._clock: Timer | None = None
        self._wanted: str | None = None

    def body(self) -> ComposeResult:
        with Container(id="halves"):
            with Container(id="list", classes="box"):
                yield PlainTable(id="table")
                yield Static("", id="empty", classes="empty", markup=False)
            with Container(id="right"):
                yield FactPane("Corpus", id="card")
                with Container(id="fetching", classes="box"):
                    yield ProgressBar(id="progress", show_eta=True)
                    yield Static("", id="fetched", classes="quiet", markup=False)

    def on_mount(self) -> None:
        self.query_one("#list").border_title = "Corpora"
        table = self.query_one(PlainTable)
        table.set_columns(("", "name", "title", "lang", "task", "texts", "size"), right=("texts", "size"))
        table.focus()
        self.query_one("#empty").display = False
        self.query_one("#fetching").display = False

    def on_screen_resume(self) -> None:
        self.action_reload()

    def receive(self, data: str | None = None, **context: Any) -> None:
        """``data``: put the cursor on it."""
        self._wanted = data or self._wanted

    def action_reload(self) -> None:
        self.ask("datasets", lambda: self.engine.datasets(), self._show, self._failed)

    def _failed(self, error: Exception) -> None:
        self._show([])
        self.query_one("#empty", Static).update("The corpora could not be read. r tries again.")

    def _show(self, found: list[DatasetInfo]) -> None:
        self._corpora = {info.name: info for info in found}
        table, empty = self.query_one(PlainTable), self.query_one("#empty", Static)
        table.fill(
            [
                (
                    info.name,
                    (
                        PLACES_OF_DATA[info.available][0],
                        info.name,
                        info.title,
                        info.language,
                        info.task,
                        f"{sum(info.splits.values()):,}" if info.splits else "–",
                        size_text(info.size),
                    ),
                )
                for info in found
            ],
            self._wanted,
        )
        self._wanted = None
        table.display, empty.display = bool(found), not found
        empty.update("No corpus is known.\n\ni imports a file of your own: a column of texts, a column of labels.")
        self.query_one("#list").border_subtitle = "● on this machine   ○ to fetch" if found else ""
        self._show_card()

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        self._show_card()

    def on_data_table_row_selected(self, event: DataTable.RowSelected) -> None:
        self.action_browse()

    def _chosen(self) -> DatasetInfo | None:
        return self._corpora.get(self.query_one(PlainTable).chosen or "")

    def _show_card(self) -> None:
        pane = self.query_one("#card", FactPane)
        info = self._chosen()
        if info is None:
            pane.show("Corpus", [("text", "", "What is known of the chosen corpus stands here.")])
        else:
            pane.show(info.name, corpus_lines(info, self._checks.get(info.name)))
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        info = self._chosen() if self.is_mounted else None
        if action in ("browse", "check", "train"):
            return True if info is not None else None
        if action == "fetch":
            return True if info is not None and info.available == "download" and self._fetch is None else None
        if action == "stop":
            return self._fetch is not None
        return True

    def _here(self, info: DatasetInfo | None) -> DatasetInfo | None:
        """The corpus, if its texts are on this machine; else a toast that says how they get there."""
        if info is not None and info.available == "download":
            self.app.notify(f"{info.name} is not on this machine yet: f fetches it ({size_text(info.size)}).")
            return None
        return info

    # ------------------------------------------------------------------------------------------ actions

    def action_browse(self) -> None:
        info = self._here(self._chosen())
        if info is not None:
            from .browse import BrowseScreen

            self.app.push_screen(BrowseScreen(info))

    def action_check(self) -> None:
        info = self._here(self._chosen())
        if info is None:
            return
        self.query_one("#card", FactPane).border_subtitle = "checking …"
        self.ask(
            "check",
            partial(self.engine.check_data, info.name),
            partial(self._checked, info.name),
            lambda _: self._unsay(),
        )

    def _unsay(self) -> None:
        self.query_one("#card", FactPane).border_subtitle = ""

    def _checked(self, name: str, check: DataCheck) -> None:
        self._checks[name] = check
        self._unsay()
        self._show_card()
        problems = len(check.errors) + len(check.warnings)
        self.app.notify(
            f"{name} is checked: "
            + (
                f"{problems} thing{'s' if problems != 1 else ''} to know, listed in its card."
                if problems
                else "nothing to complain of."
            )
        )

    def action_train(self) -> None:
        info = self._chosen()
        if info is not None:
            self.workbench.open_screen("train", data=info.name)

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
        panel = self.query_one("#fetching")
        panel.border_title = Content(f"Fetching {visible(fetch.name)}")
        panel.border_subtitle = "esc stops"
        panel.display = True
        self._clock = self.set_interval(0.1, self._tick)
        self.refresh_bindings()

    def _tick(self) -> None:
        fetch = self._fetch
        if fetch is None:
            return
        self.query_one("#progress", ProgressBar).update(total=fetch.total or None, progress=fetch.done)
        self.query_one("#fetched", Static).update(
            f"{size_text(fetch.done)} of {size_text(fetch.total)}" if fetch.total else size_text(fetch.done)
        )

    def _fetch_over(self) -> None:
        self._fetch = None
        if self._clock is not None:
            self._clock.stop()
        self.query_one("#fetching").display = False
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
        from ..widgets.dialogs import OpenFile

        self.app.push_screen(
            OpenFile(
                "Import a corpus", folders=True, told="CSV, TSV, JSONL, or a folder of text files (type its path)."
            ),
            self._file_chosen,
        )

    def _file_chosen(self, path: Path | None) -> None:
        if path is None:
            return
        from ..widgets.dialogs import Ask

        def filled(values: dict[str, str] | None) -> None:
            if values is not None:
                self.app.notify(f"Reading {path.name} …")
                self.ask(
                    "import",
                    lambda: self.engine.import_data(
                        str(path), values["name"], values["text"] or "text", values["label"] or "label"
                    ),
                    self._imported,
                )

        self.app.push_screen(
            Ask(
                f"Import {path.name}",
                (
                    ("name", "name", path.stem, "the corpus' name here"),
                    ("text", "text column", "text", "column that holds the texts"),
                    ("label", "label column", "label", "column that holds the labels"),
                ),
                "Import",
                "The file is copied and split into training, validation and test parts.",
            ),
            filled,
        )

    def _imported(self, info: DatasetInfo) -> None:
        self._wanted = info.name
        self.app.notify(f"{info.name} is imported; t trains on it.")
        self.action_reload()


def corpus_lines(info: DatasetInfo, check: DataCheck | None) -> list[tuple[str, str, str]]:
    """A data card as facts, and what a check found."""
    sign, _, where = PLACES_OF_DATA[info.available]
    lines: list[tuple[str, str, str]] = [("title", "", info.title)]
    if info.description:
        lines.append(("text", "", info.description))
    lines += [
        ("gap", "", ""),
        ("fact", "where", f"{sign} {where}"),
        ("fact", "task", info.task),
        ("fact", "language", info.language),
        ("fact", "labels", ", ".join(info.labels) or "–"),
        ("fact", "texts", ", ".join(f"{name} {count:,}" for name, count in info.splits.items()) or "–"),
        ("fact", "size", size_text(info.size)),
        ("fact", "licence", info.licence or "not stated"),
        ("fact", "cite", info.citation or "–"),
        ("fact", "source", info.source or "–"),
    ]
    if check is None:
        return lines
    lines += [("gap", "", ""), ("title", "", "Checked")]
    lines += [("warning", "", sentence) for sentence in (*check.errors, *check.warnings)]
    total = max(sum(check.labels.values()), 1)
    most = max(check.labels.values(), default=1)
    lines += [
        ("fact", label, f"{bar(count / max(most, 1), 12):<12} {count:,} ({count / total * 100:.0f} %)")
        for label, count in check.labels.items()
    ]
    lines.append(("fact", "texts", ", ".join(f"{name} {count:,}" for name, count in check.splits.items())))
    lines.append(("fact", "tokens", ", ".join(f"{name} {value:,.0f}" for name, value in check.lengths.items())))
    lines.append(("fact", "duplicates", f"{check.duplicates:,}"))
    lines.append(("fact", "leaks", f"{check.overlap:,} test texts also in train"))
    return lines
