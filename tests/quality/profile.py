"""A profiler on authors it was never chosen on: each half of it, the floor, calibration, length of text, the textbook.

    DLTEXT_DATA=… python tests/quality/profile.py [MODEL] [--data CARD|FILE] [--textbook] [--json FILE] [--quick]

Of the data's test part (blog-authors: 1,782 authors), each attribute's accuracy and how often all are right, with 95 %
bootstrap intervals over authors: the model as it answers, its network alone, its n-grams alone, and the floor: TF-IDF
of words and character n-grams + linear with all its n-grams, fitted anew on the same train part (its C chosen on the
validation part). Differences are paired: the same authors are drawn for both. Then the calibration error, the accuracy
where the model can tell, the authors whose text does not stand in train or validation as well, and texts cut after
their first words. --textbook trains the textbook's network on the same split (textbook_profile.py).

The floor's scores and the textbook's answers are kept in the cache, so that a second measurement takes a minute.
"""

import argparse
import hashlib
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from profile_tables import write_tables

from dltext.data.attributes import Attribute
from dltext.data.paths import atomic_open, cache, write_json
from dltext.data.profiles import Profiles, open_profiles
from dltext.engine.results import UserError
from dltext.engine.tasks.metrics import expected_calibration_error
from dltext.engine.tasks.profile.answer import encode, guesses
from dltext.engine.tasks.profile.model import ProfilerModel, open_profiler
from dltext.engine.tasks.profile.reading import read_authors
from dltext.engine.train.profile.authors import AuthorTexts, columns, divide, read, slices
from dltext.tests import quick

DRAWS, SEED = 10_000, 1
LENGTHS = (50, 100, 200, 400)
"""First words of a text."""
TOGETHER = 256
JOINT = "all right"
MODEL, NETWORK, NGRAMS, FLOOR, TEXTBOOK = "model", "network half", "n-gram half", "floor", "textbook"


@dataclass(frozen=True)
class Answers:
    """Of one attribute: probabilities ``[n, labels]``, the classes that each half would name, where it can tell."""

    probabilities: np.ndarray
    network: np.ndarray
    ngrams: np.ndarray
    sure: np.ndarray

    @property
    def classes(self) -> np.ndarray:
        return self.probabilities.argmax(axis=1)


def first_words(text: str, count: int, language: str) -> str:
    """``text`` up to the end of its word number ``count`` (of Chinese: character), the blanks between as they are."""
    ends = (match.end() for match in re.finditer(r"\S" if language.startswith("zh") else r"\S+", text))
    return text[: next((end for number, end in enumerate(ends, 1) if number == count), len(text))]


def ask(loaded: ProfilerModel, attributes: Sequence[Attribute], texts: Sequence[str]) -> dict[str, Answers]:
    """What the model says of each author, just as it answers its users, and what its halves alone would say."""
    outputs = {output.name: output for output in loaded.outputs if output.name in {each.name for each in attributes}}
    answers: dict[str, list[tuple[Any, ...]]] = {name: [] for name in outputs}
    for start in range(0, len(texts), TOGETHER):
        readings = read_authors(loaded, texts[start : start + TOGETHER], False)
        for reading, (vectors, _) in zip(readings, encode(loaded, readings), strict=True):
            network = ngrams = np.zeros(loaded.outputs[-1].columns.stop)
            if reading.windows:
                network, _ = loaded.decide(vectors)
                ngrams = loaded.ngrams.scores(reading.text) if loaded.ngrams is not None else ngrams
            for guess in guesses(loaded, reading, vectors)[0]:
                if (output := outputs.get(guess.name)) is not None:
                    halves = (int(scores[output.columns].argmax()) for scores in (network, ngrams))
                    answers[guess.name].append((list(guess.probabilities.values()), *halves, guess.sure))
    return {name: Answers(*map(np.array, zip(*rows, strict=True))) for name, rows in answers.items()}


def floor_scores(
    profiles: Profiles, train: AuthorTexts, validation: AuthorTexts, split: str, cuts: dict[str, list[str]]
) -> dict[str, np.ndarray]:
    """The floor's scores ``[n, K]`` on each cut of the texts; fitted once, then kept."""
    attributes = profiles.attributes
    asked = repr((profiles.source.sha256, split, [(each.name, each.labels) for each in attributes], list(cuts), SEED))
    path = cache() / "profile" / f"floor-{hashlib.sha256(asked.encode()).hexdigest()[:16]}.npz"
    if not path.exists():
        from dltext.engine.train.profile import ngrams

        print("fitting the floor …", file=sys.stderr)
        fitted = ngrams.fit(
            train.texts,
            train.targets(attributes),
            [each.kind for each in attributes],
            [count for _, count in columns(attributes)],
            (validation.texts, validation.targets(attributes)),
            profiles.source.language,
            SEED,
            emit=lambda kind, **values: print(f"  {values['message']}", file=sys.stderr),
        )
        scores = {name: fitted.baseline_scores(texts) for name, texts in cuts.items()}
        with atomic_open(path, "wb") as stream:
            np.savez(stream, strengths=np.array(fitted.strengths), **scores)
    with np.load(path) as tables:
        return {name: tables[name] for name in tables.files}


def repeated(authors: AuthorTexts, *others: AuthorTexts) -> np.ndarray:
    """Whose text stands word for word among the others as well, bool ``[n]``."""
    known = {" ".join(text.split()).casefold() for part in others for text in part.texts}
    return np.array([" ".join(text.split()).casefold() in known for text in authors.texts])


class Bootstrap:
    """Accuracies over authors, and 95 % percentile intervals; all that it measures is drawn alike, so differences are
    paired. ``gold`` ``[n, attributes]``: the class, nan where unknown (such an author does not count there)."""

    def __init__(self, gold: np.ndarray) -> None:
        self.gold = gold
        self.known = np.column_stack([~np.isnan(gold), ~np.isnan(gold).any(axis=1)])
        count = len(gold)
        self._draws = (
            np.random.default_rng(SEED).multinomial(count, np.full(count, 1 / count), DRAWS).astype(np.float32)
        )

    def right(self, classes: np.ndarray) -> np.ndarray:
        """Classes ``[n, attributes]`` (-1: says nothing) to hits bool ``[n, attributes + 1]``, the last of them all."""
        right = classes == self.gold
        return np.column_stack([right, right.all(axis=1)])

    def row(self, right: np.ndarray, less: np.ndarray | None = None, chosen: np.ndarray | None = None) -> list[dict]:
        """``value``, ``low``, ``high`` of each column; with ``less`` of the difference to those hits; of the authors
        ``chosen`` alone."""
        hits = right.astype(np.float64) - (0 if less is None else less.astype(np.float64))
        known = self.known if chosen is None else self.known & chosen[:, None]
        hits = np.where(known, hits, 0)
        value = hits.sum(axis=0) / known.sum(axis=0)
        drawn = (self._draws @ hits.astype(np.float32)) / np.maximum(self._draws @ known.astype(np.float32), 1)
        low, high = np.percentile(drawn, [2.5, 97.5], axis=0)
        return [
            {"value": round(float(v), 4), "low": round(float(a), 4), "high": round(float(b), 4)}
            for v, a, b in zip(value, low, high, strict=True)
        ]


def calibration(attributes: Sequence[Attribute], answers: dict[str, Answers], gold: np.ndarray) -> dict[str, dict]:
    """Of each attribute: ``ece``, ``cannot_tell`` (a share), ``accuracy_sure`` and ``accuracy_unsure``."""
    table = {}
    for each, values in zip(attributes, gold.T, strict=True):
        known = ~np.isnan(values)
        said = answers[each.name]
        right, sure = (said.classes == values)[known], said.sure[known]
        table[each.name] = {
            "ece": expected_calibration_error(values[known].astype(int), said.probabilities[known]),
            "cannot_tell": 1 - float(sure.mean()),
            "accuracy_sure": float(right[sure].mean()) if sure.any() else None,
            "accuracy_unsure": float(right[~sure].mean()) if not sure.all() else None,
        }
    return table


def measure(model: str | None, data: str, textbook: bool, small: bool = False) -> dict[str, Any]:
    """All numbers, JSON-ready; ``small``: the textbook's network in few units."""
    loaded = open_profiler(model)
    wanted = [
        Attribute(row["name"], row.get("column", row["name"]), "category", tuple(row["labels"]))
        for row in loaded.card["attributes"]
        if row["kind"] == "category"
    ]
    profiles = open_profiles(data, wanted=wanted)
    attributes, source = profiles.attributes, profiles.source
    split = "test" if source.counts.get("test") else "validation"
    authors, (train, validation) = read(profiles, split), divide(profiles, 0.1, SEED)
    names = [each.name for each in attributes]
    cuts = {f"{count}": [first_words(text, count, source.language) for text in authors.texts] for count in LENGTHS}
    cuts["all"] = authors.texts
    answers = {name: ask(loaded, attributes, texts) for name, texts in cuts.items()}
    floor = floor_scores(profiles, train, validation, split, cuts)

    def of_floor(scores: np.ndarray) -> np.ndarray:
        return np.column_stack([scores[:, place].argmax(axis=1) for place in slices(attributes)])

    whole, boot = answers["all"], Bootstrap(authors.values)
    right = {MODEL: boot.right(np.column_stack([whole[name].classes for name in names]))}
    if loaded.ngrams is not None:
        right[NETWORK] = boot.right(np.column_stack([whole[name].network for name in names]))
        right[NGRAMS] = boot.right(np.column_stack([whole[name].ngrams for name in names]))
    right[FLOOR] = boot.right(of_floor(floor["all"]))
    known = loaded.card["data"]
    report: dict[str, Any] = {
        "model": loaded.name,
        "version": loaded.version,
        "learned_from": {key: known.get(key) for key in ("card", "sha256", "seed")},
        "same_data": known.get("sha256") == source.sha256,
        "data": source.name,
        "split": split,
        "authors": len(authors),
        "columns": [*names, JOINT],
        "floor_strengths": floor["strengths"].tolist(),
        "bootstrap": {"draws": DRAWS, "seed": SEED, "interval": 0.95},
    }
    if textbook:
        from textbook_profile import FULL, QUICK, measured, size_settings

        sizes = QUICK if small else FULL

        best = measured(profiles, train, validation, authors, "age" if "age" in names else names[0], sizes)
        classes = np.full(authors.values.shape, -1)
        classes[:, names.index(best["attribute"])] = best.pop("classes")
        right[TEXTBOOK] = boot.right(classes)
        report["textbook"] = {**best, "settings": size_settings(sizes)}
    report["accuracy"] = {who: boot.row(hits) for who, hits in right.items()}
    report["over"] = {who: boot.row(right[MODEL], hits) for who, hits in right.items() if who != MODEL}
    report["calibration"] = calibration(attributes, whole, authors.values)
    fresh = ~repeated(authors, train, validation)
    report["without_repeats"] = {
        "authors": int(fresh.sum()),
        "accuracy": {who: boot.row(hits, chosen=fresh) for who, hits in right.items()},
        "over": {who: boot.row(right[MODEL], hits, fresh) for who, hits in right.items() if who != MODEL},
    }
    report["lengths"] = {}
    for name in cuts:
        mine = boot.right(np.column_stack([answers[name][each].classes for each in names]))
        other = boot.right(of_floor(floor[name]))
        report["lengths"][name] = {
            "accuracy": boot.row(mine),
            "floor": boot.row(other),
            "over": boot.row(mine, other),
            "calibration": calibration(attributes, answers[name], authors.values),
        }
    return report


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", nargs="?", help="default: the default profiler")
    parser.add_argument("--data", default="blog-authors", help="default: %(default)s")
    parser.add_argument(
        "--textbook", action="store_true", help="also the textbook's network, trained on the same split"
    )
    parser.add_argument("--json", type=Path, metavar="FILE")
    quick.add_option(parser)
    options = parser.parse_args()
    if options.quick:
        options.data = quick.authors()
    try:
        report = measure(options.model, options.data, options.textbook, options.quick)
    except UserError as error:
        sys.exit(f"skipped: {error}")
    write_tables(report)
    if options.json:
        write_json(options.json, report)


if __name__ == "__main__":
    main()
