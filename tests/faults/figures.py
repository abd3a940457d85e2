"""The table of the last fault campaign: ``python tests/faults/figures.py`` after ``make faults``."""

import json
from pathlib import Path

FIGURES = Path(__file__).parent / "results" / "figures.jsonl"


def main() -> None:
    rows = {}
    for line in FIGURES.read_text("utf-8").splitlines():
        row = json.loads(line)
        rows[row["fault"]] = row
    print("| fault | failures | attempts |\n|---|---|---|")
    for row in rows.values():
        print(f"| {row['fault']} | {row['failures']} | {row['attempts']:,} |")


if __name__ == "__main__":
    main()
