"""For each of 1,000 arXiv titles, its abstract among 20,000: MRR@10 of all search methods beside BM25.

    python tests/quality/retrieval.py [--words NAME …] [--paragraphs NAME …] [--encoders NAME …]
        [--part test|validation] [--json FILE]

The abstracts are searched by `api.search` as anybody's file would be; titles and abstracts of the two parts are drawn
by a fixed seed and share no paper. Whatever was chosen (which words are too common, the weight in the mixture, the
constants of the mean) was chosen on `--part validation`. Word vectors and paragraph vectors may have seen abstracts,
never titles.
Beside each mean stands its 95 % interval (percentile bootstrap over the titles, 10,000 draws), and the same of its
difference to BM25, title by title.
"""

import argparse
import json
from pathlib import Path

import numpy as np

from dltext.data.paths import cache
from dltext.data.source import open_source
from dltext.engine import api
from dltext.tests import quick

TITLES, ABSTRACTS, SEED = 1_000, 20_000, 20_240
PARTS = ("test", "validation")


def papers() -> list[tuple[str, str, str]]:
    """Id, title and abstract of all papers, line breaks made blanks, each abstract once."""
    seen: dict[str, tuple[str, str, str]] = {}
    for row in open_source("arxiv", min_labels=0).rows("all"):
        text = " ".join(row.text.split())
        seen.setdefault(text, (row.id, " ".join((row.title or "").split()), text))
    return list(seen.values())


def part(name: str) -> tuple[Path, list[tuple[str, str]]]:
    """A file of the part's abstracts, and its titles with the ids of their papers."""
    folder = cache() / "retrieval"
    file, asked = folder / f"{name}-{SEED}.jsonl", folder / f"{name}-{SEED}-titles.json"
    if not asked.exists():
        folder.mkdir(parents=True, exist_ok=True)
        everything = papers()
        order = np.random.default_rng(SEED).permutation(len(everything))
        at = PARTS.index(name) * ABSTRACTS
        chosen = [everything[row] for row in order[at : at + ABSTRACTS]]
        with file.open("w", encoding="utf-8") as stream:
            for identity, _, text in chosen:
                stream.write(json.dumps({"id": identity, "text": text}) + "\n")
        asked.write_text(json.dumps([(identity, title) for identity, title, _ in chosen[:TITLES]]), "utf-8")
    return file, [(identity, title) for identity, title in json.loads(asked.read_text("utf-8"))]


def reciprocal_ranks(file: Path, titles: list[tuple[str, str]], method: str, model: str | None) -> np.ndarray:
    """``[titles]``: one over the place of a title's own abstract, 0 where it is not among the first ten."""
    api.build_index(str(file), method, model)
    ranks = np.zeros(len(titles))
    for row, (identity, title) in enumerate(titles):
        ids = [hit.id for hit in api.search(title, str(file), method, model, count=10).hits]
        if identity in ids:
            ranks[row] = 1 / (ids.index(identity) + 1)
    return ranks


def interval(values: np.ndarray) -> tuple[float, float]:
    """The 95 % percentile bootstrap interval of a mean."""
    draws = np.random.default_rng(SEED).integers(len(values), size=(10_000, len(values)))
    low, high = np.percentile(values[draws].mean(axis=1), [2.5, 97.5])
    return round(float(low), 4), round(float(high), 4)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--words", nargs="*", default=["words-en"], help="bundles of word vectors")
    parser.add_argument("--paragraphs", nargs="*", default=[], help="bundles of paragraph vectors")
    parser.add_argument("--encoders", nargs="*", default=[], help="encoders, as BM25's best are reordered by them")
    parser.add_argument("--part", choices=PARTS, default="test")
    parser.add_argument("--json", type=Path)
    quick.add_option(parser)
    options = parser.parse_args()
    file, titles = quick.passages() if options.quick else part(options.part)
    runs: list[tuple[str, str | None]] = [("bm25", None)]
    runs += [(method, name) for name in options.words for method in ("mean", "mixture")]
    runs += [(method, name) for name in options.paragraphs for method in ("paragraph", "mixture")]
    runs += [("mixture", name) for name in options.encoders]
    floor, rows = None, []
    for method, model in runs:
        values = reciprocal_ranks(file, titles, method, model)
        floor = values if floor is None else floor
        row = {
            "part": options.part,
            "method": method,
            "model": model or "",
            "mrr@10": round(float(values.mean()), 4),
            "interval": interval(values),
            "recall@1": round(float((values == 1).mean()), 4),
            "recall@10": round(float((values > 0).mean()), 4),
            "over bm25": round(float((values - floor).mean()), 4),
            "over bm25, interval": interval(values - floor),
        }
        rows.append(row)
        print(
            f"{method:10} {row['model']:20} MRR@10 {row['mrr@10']:.4f} [{row['interval'][0]:.4f}, "
            f"{row['interval'][1]:.4f}]  first {row['recall@1']:.3f}  among ten {row['recall@10']:.3f}  over BM25 "
            f"{row['over bm25']:+.4f} [{row['over bm25, interval'][0]:+.4f}, {row['over bm25, interval'][1]:+.4f}]",
            flush=True,
        )
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
