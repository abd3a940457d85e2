"""What a view of a corpus shows, in a file: documents with all columns by the engine, other lists as tables."""

import csv
import io
import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ...engine.results import Selection, plural
from ..kit.export import export_text, save_as
from .parts import ViewPart, ViewState
from .views import WholeView
from .word_lists import WordsView

if TYPE_CHECKING:
    from ..kit.workbench import Workbench


def export_documents(screen: "Workbench", selection: Selection) -> None:
    """Ask for a file and write the selected documents there."""

    def write(path: Path) -> str:
        count = screen.engine.export_documents(selection, str(path))
        return f"{path}: {plural(count, 'document')}"

    hint = "Its ending decides: .csv, .tsv, .jsonl, .xlsx or .parquet."
    save_as(screen, "Export documents", "documents.csv", hint, write)


def export_rows(screen: "Workbench", name: str, view: WholeView, selection: Selection, state: ViewState) -> None:
    """Ask for a file and write all rows of a view there."""
    whole = partial(view.whole, screen.engine, selection, state)
    hint = "Its ending decides: .csv, .json, or else tabs between the columns."
    if isinstance(view, WordsView) and state.mode == "network":
        export_network(screen, view, selection, state)
        return
    forms = {".csv": lambda: separated(whole(), ","), ".json": lambda: as_objects(whole())}
    export_text(screen, f"Export {name}", f"{name}.csv", forms, lambda: separated(whole(), "\t"), hint)


def export_network(screen: "Workbench", view: WordsView, selection: Selection, state: ViewState) -> None:
    """Ask for a file and write the network there: as a graph, or its pairs as a table."""

    def write(path: Path) -> object:
        if path.suffix.lower() == ".graphml":
            return screen.engine.write_network(view.network(screen.engine, selection, state), str(path))
        part = view.whole(screen.engine, selection, state)
        return screen.engine.write_document(str(path), separated(part, "," if path.suffix.lower() == ".csv" else "\t"))

    hint = "Its ending decides: .graphml for Gephi, Cytoscape or networkx, .csv for the pairs."
    save_as(screen, "Export the network", "network.graphml", hint, write)


def _table(part: ViewPart) -> tuple[list[str], Sequence[Sequence[str]]]:
    """Titles and cells, without what only draws a bar."""
    places = [place for place, column in enumerate(part.columns) if column.title]
    titles = [part.columns[place].title for place in places]
    return titles, [[row[place].plain for place in places] for row in part.rows]


def separated(part: ViewPart, separator: str) -> str:
    """A header and a line a row."""
    titles, rows = _table(part)
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=separator, lineterminator="\n")
    writer.writerows([titles, *rows])
    return buffer.getvalue()


def as_objects(part: ViewPart) -> str:
    """A list of objects by the columns' titles."""
    titles, rows = _table(part)
    return json.dumps([dict(zip(titles, row, strict=True)) for row in rows], ensure_ascii=False, indent=1) + "\n"
