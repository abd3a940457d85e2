"""The age of measured figures: which were measured before the code that they measure was last changed.

    python docs/tools/figures.py        # the state of every measured table

Above a table of a page stands what it was measured at, and the code that it measures:

    <!-- measured: COMMIT DATE | PATH PATH … -->

The documentation prints it as "Measured at COMMIT (DATE)", with "before later changes of PATH …" where a newer commit
touches one of the paths. Where there is no git (an unpacked archive), only the first half can be said.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
MARKER = re.compile(r"^<!-- measured: ([0-9a-f]{7,40}) (\d{4}-\d\d-\d\d) \| ([^>]+?) -->$", re.MULTILINE)


@dataclass(frozen=True)
class Measurement:
    """What a marker says."""

    commit: str
    date: str
    paths: tuple[str, ...]


def measurement(marker: re.Match[str]) -> Measurement:
    return Measurement(marker[1], marker[2], tuple(marker[3].split()))


def changed_later(measured: Measurement, root: Path = ROOT) -> tuple[str, ...] | None:
    """Those of its paths that a commit after it touches; None where git does not know the commit."""

    def log(path: str) -> subprocess.CompletedProcess[str]:
        command = ["git", "log", "-1", "--format=%h", f"{measured.commit}..HEAD", "--", path]
        return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)

    try:
        answers = {path: log(path) for path in measured.paths}
    except OSError:
        return None
    if any(answer.returncode for answer in answers.values()):
        return None
    return tuple(path for path, answer in answers.items() if answer.stdout.strip())


def sentence(measured: Measurement, root: Path = ROOT) -> str:
    """What a page says above the table."""
    said = f"Measured at `{measured.commit[:8]}` ({measured.date})"
    later = changed_later(measured, root)
    if later:
        return f"*{said}, before later changes of {', '.join(f'`{path}`' for path in later)}.*"
    return f"*{said}.*"


def fill(markdown: str) -> str:
    """``markdown`` with each marker replaced by its sentence."""
    return MARKER.sub(lambda marker: sentence(measurement(marker)), markdown)


def everything() -> Iterator[tuple[Path, str, Measurement]]:
    """``(page, first line of the table, measurement)`` of all pages."""
    for page in sorted(DOCS.rglob("*.md")):
        text = page.read_text(encoding="utf-8")
        for marker in MARKER.finditer(text):
            rows = [line for line in text[marker.end() :].splitlines() if line.startswith("|")]
            yield page, rows[2] if len(rows) > 2 else "", measurement(marker)


def main() -> int:
    """Print the state of each table; 1 where a marker names a path that is not there."""
    missing = 0
    for page, row, measured in everything():
        later = changed_later(measured)
        state = "?" if later is None else "older" if later else "current"
        print(f"{state:<8} {page.relative_to(ROOT)}: {row.strip('| ').partition('|')[0].strip()[:60]}")
        print(
            f"         measured at {measured.commit[:8]} ({measured.date})"
            + (f"; since then changed: {', '.join(later)}" if later else "")
        )
        for path in measured.paths:
            if not (ROOT / path).exists():
                missing = 1
                print(f"         no such path: {path}", file=sys.stderr)
    return missing


if __name__ == "__main__":
    sys.exit(main())
