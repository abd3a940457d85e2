"""Names of measures: one table, a row for each measure."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Measure:
    """A number that says how good a model is: ``key`` in events, metrics and cards, ``label`` for people."""

    key: str
    label: str
    short: str = ""
    """At most seven cells, where a column is narrow; empty: the label."""
    share: bool = False
    """Between 0 and 1, and told in percent; correlations and losses are told as they are."""
    better: Literal["higher", "lower"] = "higher"
    digits: int = 3
    """Decimals, where it is not told in percent."""
    leads: bool = True
    """Whether a model may be known by it; the others only stand beside those that lead."""

    @property
    def name(self) -> str:
        """The label without its sign: ``WordSim-353``."""
        return self.label.removesuffix(" ρ")


def _table(rows: Iterable[Measure]) -> dict[str, Measure]:
    return {row.key: row for row in rows}


MEASURES: dict[str, Measure] = _table(
    [
        # Before accuracy: a translator's is that of words predicted after the right ones before them.
        Measure("bleu", "BLEU", digits=1),
        Measure("chrf", "chrF", digits=1),
        Measure("rougeL", "ROUGE-L", digits=1),
        Measure("rouge2", "ROUGE-2", digits=1),
        Measure("rouge1", "ROUGE-1", digits=1),
        Measure("micro_f1", "micro F1", "microF1", share=True),
        Measure("accuracy", "accuracy", "acc", share=True),
        Measure("wordsim353", "WordSim-353 ρ", "WordSim"),
        Measure("simlex999", "SimLex-999 ρ", "SimLex"),
        Measure("analogies", "analogies", "analog.", share=True),
        Measure("wordsim240", "WordSim-240 ρ", "WS-240"),
        Measure("wordsim297", "WordSim-297 ρ", "WS-297"),
        Measure("ca8", "CA8 semantic", "CA8", share=True),
        Measure("sts_b", "STS-B r", "STS-B"),
        Measure("retrieval", "halves found", "halves", share=True),
        Measure("joint_accuracy", "all right", "all", share=True),
        Measure("bleu_half", "BLEU, least similar half", digits=1, leads=False),
        Measure("bleu_multi", "BLEU, several references", digits=1, leads=False),
        Measure("rare_copied", "rare words copied", share=True, leads=False),
        Measure("unknown_copied", "unknown words copied", share=True, leads=False),
        Measure("macro_f1", "macro F1", share=True, leads=False),
        Measure("exact_match", "all labels right", "all", share=True, leads=False),
        Measure("f1", "F1", share=True, leads=False),
        Measure("precision", "precision", share=True, leads=False),
        Measure("recall", "recall", share=True, leads=False),
        Measure("covered", "covered", share=True, leads=False),
        Measure("ece", "calibration error", "ECE", share=True, better="lower", leads=False),
        Measure("loss", "loss", better="lower", leads=False),
        Measure("mae", "mean error", "error", better="lower", leads=False),
        Measure("rmse", "root mean square error", "RMSE", better="lower", leads=False),
        Measure("r", "correlation r", "r"),
        Measure("perplexity", "perplexity", "ppl", better="lower", digits=2),
        Measure("bits_per_character", "bits a character", "bits/ch", better="lower", leads=False),
    ]
)
"""By key. Of several that a model has, it is known by the one that stands first here."""
LEADING: dict[str, Measure] = {key: measure for key, measure in MEASURES.items() if measure.leads}
COUNTS = frozenset({"known", "pairs", "questions", "words", "examples", "support", "tokens"})
"""How much was measured on, alone or after a measure's key: ``wordsim353_known``; no measures themselves."""
NO_ATTRIBUTES = frozenset({"floor", "test", "validation", "train", "best"})
"""What may stand before a measure's key and is no attribute: ``floor_accuracy``."""


def leading(metrics: Iterable[str]) -> str:
    """The measure that a model with these is known by; accuracy where it has none."""
    there = set(metrics)
    return next((key for key in LEADING if key in there), "accuracy")


def find(name: str) -> Measure | None:
    """The measure that ``name`` is a value of, whatever stands around its key: ``test_accuracy``, ``accuracy_sd``."""
    matches = [measure for key, measure in MEASURES.items() if f"_{key}_" in f"_{name}_"]
    return max(matches, key=lambda measure: len(measure.key), default=None)


def label(key: str) -> str:
    """The name of the measure ``key`` for people; ``gender_accuracy`` is ``gender``, ``years_mae`` is ``years, mean
    error``; of one that the table lacks, its key with blanks."""
    if key in MEASURES:
        return MEASURES[key].label
    attribute = attribute_of(key)
    if not attribute:
        return key.replace("_", " ")
    name = attribute.replace("_", " ")
    return name if key.endswith("_accuracy") else f"{name}, {MEASURES['mae'].label}"


def attribute_of(key: str) -> str:
    """Whose measure ``key`` is, of a model with several outputs: ``gender`` of ``gender_accuracy``; else empty."""
    name, _, measure = key.rpartition("_")
    of_attribute = (
        measure in ("accuracy", "mae") and key not in MEASURES and name.partition("_")[0] not in NO_ATTRIBUTES
    )
    return name if of_attribute else ""


def of_attributes(metrics: Iterable[str]) -> dict[str, str]:
    """Those keys of ``metrics`` that tell of one attribute each (its accuracy, or its mean error), with its name."""
    return {key: name for key in metrics if (name := attribute_of(key))}


def is_count(name: str) -> bool:
    """Whether ``name`` says how much was measured on, not how well."""
    return name.rpartition("_")[2] in COUNTS


def is_share(name: str) -> bool:
    """Whether the value called ``name`` is told in percent."""
    measure = find(name)
    return measure is not None and measure.share


def improves(name: str, value: float, baseline: float) -> bool:
    """Whether ``value`` of the measure called ``name`` is better than ``baseline``."""
    return value != baseline and best(name, (value, baseline)) == value


def best(name: str, values: Iterable[float]) -> float:
    """The best of ``values`` of the measure called ``name``; ValueError where there are none."""
    measure = find(name)
    return (min if measure is not None and measure.better == "lower" else max)(values)
