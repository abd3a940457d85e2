"""Time and memory of reading large files: a table of a million rows, a workbook of 50 MB, a PDF of 300 pages.

    python tests/benchmarks/reading.py [--json FILE] [--quick]

The files are generated; table and workbook are looked through by `dltext data check`, the PDF is read to its end; each
in a process of its own, whose largest resident set counts. ``--quick``: a hundredth of each.
"""

import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

from common import Row, environment, finish, machine, options

CHECK = """
import json, sys, time
from dltext.tui.cli import main
start = time.perf_counter()
main(["data", "check", sys.argv[1], "--json"])
peak = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM")) * 1024 / 1e6
print(json.dumps({"seconds": time.perf_counter() - start, "megabytes": peak}))
"""
READ = """
import json, sys, time
from dltext.data.formats.opening import look
start = time.perf_counter()
count = sum(1 for _ in look(sys.argv[1]).rows())
peak = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM")) * 1024 / 1e6
print(json.dumps({"seconds": time.perf_counter() - start, "megabytes": peak, "records": count}))
"""


def vocabulary(chance: random.Random) -> list[str]:
    letters = "abcdefghijklmnopqrstuvwxyz"
    return ["".join(chance.choices(letters, k=chance.randint(2, 10))) for _ in range(20_000)]


def table(path: Path, rows: int, chance: random.Random, words: list[str]) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write("text,label\n")
        for number in range(rows):
            file.write(f"{' '.join(chance.choices(words, k=12))},{('neg', 'pos')[number % 2]}\n")


def workbook(path: Path, rows: int, chance: random.Random, words: list[str]) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(str(path), {"strings_to_urls": False}) as book:  # shared strings, as Excel writes them
        sheet = book.add_worksheet("Reviews")
        sheet.write_row(0, 0, ["id", "review", "stars"])
        for number in range(1, rows + 1):
            sheet.write_row(number, 0, [number, " ".join(chance.choices(words, k=20)), number % 5 + 1])


def document(path: Path, pages: int, chance: random.Random, words: list[str]) -> None:
    """A page of 45 lines each, written by hand."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", ""]
    for _ in range(pages):
        lines = "".join(f"({' '.join(chance.choices(words, k=11))}) Tj T* " for _ in range(45))
        content = f"BT /F1 11 Tf 14 TL 50 760 Td {lines}ET"
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /Contents {len(objects) + 2} 0 R /MediaBox [0 0 600 800] "
            "/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>"
        )
        objects.append(f"<< /Length {len(content)} >>\nstream\n{content}\nendstream")
    kids = " ".join(f"{number} 0 R" for number in range(3, len(objects) + 1, 2))
    objects[1] = f"<< /Type /Pages /Count {pages} /Kids [{kids}] >>"
    data, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, start=1):
        places.append(len(data))
        data += f"{number} 0 obj\n{body}\nendobj\n".encode()
    start = len(data)
    entries = "".join(f"{place:010d} 00000 n \n" for place in places)
    data += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{entries}".encode()
    data += f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode()
    path.write_bytes(data)


def measured(code: str, path: Path) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True, env=environment()
    )
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    chosen = options(__doc__, repeats=1)
    before = machine()
    share = 100 if chosen.quick else 1
    chance = random.Random(1)
    words = vocabulary(chance)
    rows, raw = [], {}
    with tempfile.TemporaryDirectory(prefix="dltext-bench-") as folder:
        for name, write, count, code, most, what in (
            ("x.csv", table, 1_000_000, CHECK, 150, "`data check` of a table of a million rows"),
            ("x.xlsx", workbook, 500_000, CHECK, 300, "`data check` of a workbook of 50 MB"),
            ("x.pdf", document, 300, READ, 300, "a PDF of 300 pages"),
        ):
            path = Path(folder) / name
            write(path, count // share, chance, words)
            size = path.stat().st_size / 1e6
            measures = raw[name] = {**measured(code, path), "file": size}
            peak = measures["megabytes"]
            note = f"{size:.0f} MB"
            rows.append(Row(f"{what}: memory", "MB", peak, reach=f"≤ {most} MB", reached=peak <= most, note=note))
            rows.append(Row(f"{what}: time", "s", measures["seconds"], note=note))
            path.unlink()
    finish("reading", rows, raw, chosen, before)


if __name__ == "__main__":
    main()
