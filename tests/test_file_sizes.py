"""The length of files: what no longer fits on a few screens is two things."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LONGEST = 350
"""Lines."""


def test_no_file_is_long() -> None:
    files = [path for floor in ("data", "engine", "models", "tui") for path in (ROOT / floor).rglob("*.py")]
    lengths = {path.relative_to(ROOT).as_posix(): len(path.read_text("utf-8").splitlines()) for path in files}
    assert {name: count for name, count in lengths.items() if count > LONGEST} == {}
