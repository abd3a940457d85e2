"""An engine without an engine for author profiling: canned guesses by a few words, attention that can be foretold."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from dltext.engine.results import (
    BundleInfo,
    GroupAttribute,
    GroupProfile,
    Guess,
    Phrase,
    Profile,
    Record,
    Share,
    Span,
    UserError,
)

WORD = re.compile(r"[一-鿿]|\w+")
STRONG = {"mom": 6.0, "school": 4.0, "haha": 5.0, "husband": 5.0, "office": 3.0, "妈": 6.0}
HOPS = 3
PROFILER = BundleInfo(
    "profile-en",
    "profile",
    "shipped",
    "1",
    "self-attention",
    "en",
    (),
    {
        "accuracy": 0.7915,
        "gender_accuracy": 0.801,
        "age_accuracy": 0.782,
        "years_mae": 5.4,
        "joint_accuracy": 0.641,
        "floor_gender_accuracy": 0.778,
    },
    "blog-authors test",
    True,
    11_200_000,
    "/zoo/profile-en",
    {
        "intended": "Guesses what the style of an English text suggests of its author [/ref]. Never about a person.",
        "not_for": "A probability about style, never a fact about a person. Not for decisions about people.",
        "corpus": "Blog Authorship Corpus",
        "bias": "Bloggers of 2004, most of them young and in the United States; only two genders were asked for.",
        "data": {"card": "blog-authors", "licence": "Non-commercial research"},
        "year": 2004,
        "attributes": [
            {"name": "gender", "kind": "category", "labels": ["female", "male"], "doubt": 0.2},
            {"name": "age", "kind": "category", "labels": ["10s", "20s", "30s"], "doubt": 0.2},
            {"name": "years", "kind": "number"},
        ],
    },
)
SECOND = replace(
    PROFILER,
    name="my-profiler",
    origin="trained",
    default=False,
    metrics={"gender_accuracy": 0.7},
    measured_on="own.csv test",
    path="/home/my-profiler",
    card={},
)


class FakeProfiles:
    """The functions of ``dltext.engine.api`` about profiling; to be mixed in before ``FakeEngine``."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.bundles: list[BundleInfo] = [*getattr(self, "bundles", []), PROFILER]
        self.speed = 8.4
        """Milliseconds that a profile claims to have taken."""
        self.people = 120
        """Authors of each corpus."""
        self.read = 0

    _note: Callable[..., None]

    def profile(self, text: str, model: str | None = None, explain: bool = False) -> Profile:
        self._note("profile explained" if explain else "profile", text, model)
        if not text.strip():
            raise UserError("The text is empty.")
        words = list(WORD.finditer(text[:100_000]))
        young = sum(word.group().lower() in ("mom", "school", "haha") for word in words)
        old = sum(word.group().lower() in ("husband", "office") for word in words)
        age = (0.7, 0.2, 0.1) if young > old else (0.1, 0.25, 0.65) if old else (0.36, 0.34, 0.3)
        female = 0.72 if young or old else 0.55
        guesses = (
            Guess("gender", "category", {"female": female, "male": 1 - female}, "female", female > 0.6),
            Guess("age", "category", dict(zip(("10s", "20s", "30s"), age, strict=True)), *_likeliest(age)),
            Guess("years", "number", value=16.5 if young else 24.0, low=13.0, high=22.5 if young else 38.0),
        )
        long = len(text) > 60_000
        answer = Profile(
            model or "profile-en",
            "1",
            guesses[:1] if model == "my-profiler" else guesses,
            milliseconds=self.speed,
            tokens=len(words),
            known=0.97,
            read=0.1 if long else 1.0,
            notes=("Only part of this long text was read.",) if long else (),
        )
        return _explained(answer, text, words) if explain else answer

    def profile_many(
        self, records: Iterable[Record], model: str | None = None, explain: bool = False
    ) -> Iterator[tuple[Record, Profile]]:
        for record in records:
            yield record, self.profile(record.text, model, explain)

    def read_records(
        self,
        path: str | Path,
        text_column: str = "text",
        label_column: str = "label",
        id_column: str = "id",
        blanks: bool = False,
        with_columns: bool = False,
    ) -> Iterator[Record]:
        for number, line in enumerate(Path(path).read_text(encoding="utf-8").splitlines(), 1):
            yield Record(str(number), line)

    def read_data(
        self, data: str, split: str = "", text_column: str = "text", label_column: str = "label"
    ) -> tuple[int, Iterator[Record]]:
        self._note("read_data", data, split, text_column)
        return self.people, (Record(str(number), "mom and school") for number in range(self.people))

    def profile_group(
        self,
        records: Iterable[Record],
        model: str | None = None,
        progress: Callable[[int, int], None] | None = None,
        should_stop: Callable[[], bool] = lambda: False,
        seed: int = 1,
    ) -> GroupProfile:
        self.read = 0
        for self.read, _ in enumerate(records, 1):
            if progress is not None:
                progress(self.read, 0)
            if self.read == 40:
                self._note("profile_group", model, seed)
            if should_stop():
                break
        if not self.read:
            raise UserError("There is no author in the input.")
        stopped = should_stop()
        return GroupProfile(
            model or "profile-en",
            "1",
            self.read,
            (
                GroupAttribute(
                    "gender",
                    "category",
                    (Share("female", 0.56, 0.48, 0.64), Share("male [/x]", 0.44, 0.36, 0.52)),
                    unsure=12,
                ),
                GroupAttribute(
                    "age",
                    "category",
                    (
                        Share("10s", 0.41, 0.37, 0.45),
                        Share("20s", 0.44, 0.4, 0.48),
                        Share("30s", 0.15, 0.13, 0.17),
                    ),
                    unsure=30,
                ),
                GroupAttribute(
                    "years",
                    "number",
                    (Share("13–20", 0.5, 0.44, 0.56), Share("20–30", 0.35, 0.3, 0.4), Share("30–48", 0.15, 0.1, 0.2)),
                    22.8,
                    21.9,
                    23.7,
                ),
            ),
            (f"Stopped by you after {self.read} authors.",) if stopped else (),
            "95 % intervals: 2,000 resamples of authors, seed 1.",
        )


def _likeliest(shares: tuple[float, ...]) -> tuple[str, bool]:
    at = max(range(len(shares)), key=shares.__getitem__)
    return ("10s", "20s", "30s")[at], shares[at] >= 1 / 3 + 0.2 * (1 - 1 / 3)


def _explained(answer: Profile, text: str, words: list[re.Match[str]]) -> Profile:
    """Hop ``h`` looks at every third word the more; the sum at the words of STRONG."""
    if not words:
        return answer
    hops = []
    for hop in range(HOPS):
        weights = [
            STRONG.get(word.group().lower(), 0.2) * (8.0 if at % HOPS == hop else 1.0) for at, word in enumerate(words)
        ]
        whole = sum(weights)
        hops.append(tuple(weight / whole for weight in weights))
    total = [sum(hop[at] for hop in hops) / HOPS for at in range(len(words))]
    spans = tuple(Span(word.start(), word.end(), weight) for word, weight in zip(words, total, strict=True))
    ranked = sorted(range(len(words)), key=lambda at: -total[at])[:6]
    phrases = tuple(
        Phrase(spans[at].start, spans[min(at + 1, len(spans) - 1)].end, total[at], at % HOPS) for at in ranked
    )
    pulls = {"gender": tuple(spans[at] for at in ranked[:3]), "age": tuple(spans[at] for at in ranked[1:4])}
    return replace(answer, spans=spans, hops=tuple(hops), phrases=phrases, pulls=pulls)


def file_of_authors(folder: Path) -> Path:
    """A file with three authors."""
    path = folder / "authors.jsonl"
    path.write_text(
        '{"id": "ann", "text": "haha my mom and school"}\n{"id": "ben", "text": "my husband at the office"}\n'
        '{"id": "x\\ty", "text": "plain words"}\n',
        encoding="utf-8",
    )
    return path
