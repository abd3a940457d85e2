"""Measure word vectors: by human judgements of similarity, or by analogies."""

import shlex

from ...results import Report, UserError
from . import benchmarks
from . import model as vectors

FEWEST = 3
"""Pairs; of fewer, a rank correlation is 1, 0 or -1 whatever the vectors are."""
VOCABULARY = 30_000
"""Analogies are asked among so many of the most frequent words, as published numbers are."""


def evaluate(model: str, data: str, shown: str = "") -> Report:
    """Ask a published test by its name (:data:`.benchmarks.FILES`), or a file in the form of one.

    ``metrics`` hold ``spearman``, ``covered`` (share of pairs known) and ``pairs``, or ``accuracy`` and ``questions``
    (those whose words are all known) with the sections in ``per_class`` (``label``, ``accuracy``, ``support``). Raises
    UserError for a test that is not there or cannot be read, and where the vectors know nothing of it.
    """
    loaded = vectors.load(model)
    name = shown or loaded.name
    path = benchmarks.find(data)
    again = f"Again: {shlex.join(['dltext', 'evaluate', shown or model, '--data', data])}"
    if benchmarks.kind(path) == "pairs":
        scores = benchmarks.pairs(loaded, path)
        examples = round(scores["covered"] * scores["pairs"])
        if 0 < examples < FEWEST:
            raise UserError(
                f"{name} knows both words of only {examples} of the {scores['pairs']:.0f} pairs of {data}: {FEWEST} at "
                "least are needed to rank them; is it of another language?"
            )
        metrics = {
            "spearman": round(scores["spearman"], 4),
            "covered": round(scores["covered"], 4),
            "pairs": int(scores["pairs"]),
        }
        sections = ()
        how = "Spearman's rank correlation of cosines with human scores, over the pairs whose words are known."
    else:
        answer = benchmarks.analogies(loaded, path, VOCABULARY)
        examples = int(answer["questions"])
        metrics = {"accuracy": round(answer["accuracy"], 4), "questions": examples}
        sections = tuple(
            {"label": label, "accuracy": round(row["accuracy"], 4), "support": int(row["questions"])}
            for label, row in answer["sections"].items()
        )
        how = (
            "3CosAdd, right if the answer comes first, among the 30,000 most frequent words, over the questions whose "
            "words are among them."
        )
    if not examples:
        raise UserError(f"{name} knows too few words of {data} to be measured by it; is it of another language?")
    return Report(
        model=name,
        data=data,
        split="",
        examples=examples,
        metrics=metrics,
        floor=None,
        labels=(),
        confusion=(),
        per_class=sections,
        documents=(),
        protocol=f"{how} {again}",
    )
