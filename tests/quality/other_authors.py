"""Texts whose authors are known, made of two corpora that were not made for it: what a user would write for their own.

    python tests/quality/other_authors.py FOLDER [--csv] [--poets 10] [--poems 3] [--words 600] [--quick]

``songci``: poems of the poets with most poems of the Song dynasty, a few of one poet a record, with the ``poet`` and,
where one can say, the ``period``: 北宋 (before the court fled south in 1127) or 南宋. In Chinese; both are categories.
A poet stands in all parts of the split, as who wrote it is the question.

``addresses``: passages of the State of the Union addresses, with the ``year`` (a number) and the ``party`` where that
was one of today's. The id is that of the address, which repeats: so its passages stand in one part of the split.

The corpora come by their cards (DLTEXT_DATA). Prints what was written, and the commands to look at it and to learn
from it. Nothing is drawn at random: the same corpora give the same files.
"""

import argparse
import csv
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from dltext.data.paths import atomic_open
from dltext.data.source import open_source
from dltext.tests import quick

NAMELESS = "无名氏"
NORTHERN: tuple[str, ...] = (
    "苏轼",
    "贺铸",
    "晏几道",
    "欧阳修",
    "柳永",
    "毛滂",
    "黄庭坚",
    "周邦彦",
    "晁补之",
    "张先",
    "晏殊",
)
SOUTHERN: tuple[str, ...] = (
    "辛弃疾",
    "刘辰翁",
    "吴文英",
    "赵长卿",
    "张炎",
    "刘克庄",
    "吴潜",
    "张孝祥",
    "陈允平",
    "魏了翁",
    "周密",
    "陆游",
)
PERIODS: dict[str, str] = {**dict.fromkeys(NORTHERN, "北宋"), **dict.fromkeys(SOUTHERN, "南宋")}
"""Of whom the histories of literature say so; who lived in both (朱敦儒, 张元干 …) has none."""
PARTIES = {"d": "Democratic", "r": "Republican"}
"""How the ids end, for the parties of today; whigs, federalists and the unaffiliated have none."""

Record = dict[str, str | int]


def poems(data: str, poets: int, together: int) -> Iterator[Record]:
    """``together`` poems of one poet a record, in the order of the corpus; repeated poems once, the odd rest not."""
    by_poet: dict[str, dict[str, None]] = defaultdict(dict)
    for row in open_source(data, min_labels=0, values=("author",)).rows("all"):
        by_poet[row.values["author"]][row.text] = None
    ranked = Counter({poet: len(theirs) for poet, theirs in by_poet.items() if poet != NAMELESS})
    for poet, _ in ranked.most_common(poets):
        texts = list(by_poet[poet])
        for start in range(0, len(texts) - together + 1, together):
            yield {
                "id": f"{poet}-{start // together + 1}",
                "text": "\n\n".join(texts[start : start + together]),
                "poet": poet,
                "period": PERIODS.get(poet, ""),
            }


def passages(data: str, words: int) -> Iterator[Record]:
    """Passages of whole sentences with about ``words`` words; an address's short rest joins the passage before."""
    for row in open_source(data, min_labels=0).rows("all"):
        year, party = row.id[:4], row.id.rpartition("_")[2]
        parts: list[list[str]] = [[]]
        for sentence in re.split(r"(?<=[.!?])\s+", row.text.strip()):
            if len(parts[-1]) >= words:
                parts.append([])
            parts[-1] += sentence.split()
        if len(parts) > 1 and len(parts[-1]) < words / 2:
            rest = parts.pop()
            parts[-1] += rest
        for passage in parts:
            yield {"id": row.id, "text": " ".join(passage), "year": int(year), "party": PARTIES.get(party, "")}


def write(path: Path, records: list[Record]) -> None:
    with atomic_open(path) as stream:
        if path.suffix == ".csv":
            table = csv.DictWriter(stream, list(records[0]), lineterminator="\n")
            table.writeheader()
            table.writerows(records)
        else:
            stream.writelines(json.dumps(record, ensure_ascii=False) + "\n" for record in records)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--csv", action="store_true", help="a CSV in place of an object a line")
    parser.add_argument("--poets", type=int, default=10, help="of songci: how many poets (default: %(default)s)")
    parser.add_argument("--poems", type=int, default=3, help="of songci: poems a record (default: %(default)s)")
    parser.add_argument("--words", type=int, default=600, help="of addresses: words a record (default: %(default)s)")
    quick.add_option(parser)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    for name, records, asked in (
        (
            "songci",
            list(poems(quick.poems() if options.quick else "songci", options.poets, options.poems)),
            "poet,period",
        ),
        (
            "addresses",
            list(passages(quick.addresses() if options.quick else "state-of-the-union", options.words)),
            "party,year:number",
        ),
    ):
        path = options.folder / f"{name}.{'csv' if options.csv else 'jsonl'}"
        write(path, records)
        print(f"{path}: {len(records):,} records")
        print(f"  dltext data check {path}")
        print(f"  dltext train self-attention --data {path} --set attributes={asked}")


if __name__ == "__main__":
    main()
