"""The trials of a search over settings as a table: in Runs, on the command line, in a file."""

from collections.abc import Mapping, Sequence
from typing import Any

from ...engine.results import Report
from ...engine.results.measures import label
from .figures import duration
from .headline import told_value
from .markdown import markdown_table, safe

Trial = Mapping[str, Any]
"""A row of :attr:`Report.trials`."""


def settings_said(trial: Trial) -> str:
    """``dropout=0.5 filters=100``."""
    return " ".join(f"{name}={value}" for name, value in (trial.get("settings") or {}).items())


def judged(trial: Trial) -> str:
    """``accuracy 81.2 %``, on the validation part."""
    measure = str(trial.get("measure") or "")
    return f"{label(measure)} {told_value(measure, trial.get('value'))}"


def rows(trials: Sequence[Trial]) -> list[dict[str, str]]:
    """A row a trial, as cells by column: its number, what was tried, how it was judged, the time, the run."""
    names = dict.fromkeys(name for trial in trials for name in trial.get("settings") or {})
    return [
        {
            "trial": str(trial.get("trial", "")),
            **{name: str((trial.get("settings") or {}).get(name, "")) for name in names},
            f"validation {label(str(trial.get('measure') or ''))}": told_value(
                str(trial.get("measure") or ""), trial.get("value")
            ),
            "epoch": f"{trial.get('epoch', '')} of {trial.get('epochs', '')}",
            "time": duration(trial.get("seconds") or 0),
            "run": str(trial.get("run", "")),
        }
        for trial in trials
    ]


def right(cells: Sequence[Mapping[str, str]]) -> list[str]:
    """Columns that hold numbers."""
    return [name for name in (cells[0] if cells else ()) if name != "run"]


def as_markdown(report: Report) -> list[str]:
    """The table in Markdown, line by line; nothing where the report is of no search."""
    cells = rows(report.trials)
    if not cells:
        return []
    head = tuple(map(safe, cells[0]))
    return ["## Trials", "", *markdown_table(head, [tuple(map(safe, row.values())) for row in cells])]
