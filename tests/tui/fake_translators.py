"""What training a translator tells: its recipe, a data set of pairs, the lines of a run, its report."""

import json
from typing import Any

from dltext.engine.results import DatasetInfo, Field, JobSpec, RecipeInfo, Report

SEQ2SEQ = RecipeInfo(
    "seq2seq-attention",
    "translate",
    "Attention translator",
    "One recurrent network reads, another writes and looks back at each word.",
    "Bahdanau et al. 2015",
    (
        Field("reverse", "From second to first", "From the second side of the pairs", "bool", False, group="Data"),
        Field("units", "Units", "Size of a state.", "int", 256, 4, 4096),
        Field("epochs", "Epochs", "Passes over the pairs at most.", "int", 20, 1, 1000, group="Training"),
    ),
)
PAIRS = DatasetInfo(
    "tatoeba-en-zh",
    "Tatoeba",
    "en",
    "pairs",
    (),
    {"all": 28105},
    1_000_000,
    "CC BY 2.0 FR",
    "Tatoeba",
    "https://tatoeba.org",
    "mirror",
    "Short everyday sentences and their translations.",
    target_language="zh",
)
EXAMPLES = [
    ("I like [/ref] your tea.", "我喜欢你的茶。", ["我 我 我。", "我喜欢茶。", "我喜欢你的茶。", "我喜欢你的茶。"]),
    ("He has gone to London.", "他去伦敦了。", ["他 他 了。", "他在伦敦。", "他去了伦敦。", "他去伦敦了。"]),
    ("What time is it?", "现在几点了？", ["什么？", "什么时间？", "什么时候？", "现在几点？"]),
]


def lines(epochs: int = 4) -> list[bytes]:
    """The events of a run's first ``epochs`` epochs of four."""
    events: list[dict[str, Any]] = [
        {"time": 0.0, "type": "state", "stage": "preparing", "message": "reading tatoeba-en-zh"},
        {
            "time": 5.0,
            "type": "start",
            "device": "CPU, 2 cores",
            "epochs": 4,
            "steps": 100,
            "labels": [],
            "floor": {"name": "nearest translation", "bleu": 29.0, "chrf": 25.5},
            "parameters": 5_400_000,
            "examples": {"train": 26000},
            "unit": "pairs",
            "measures": {"bleu": "BLEU", "chrf": "chrF", "accuracy": "next-word accuracy"},
        },
    ]
    for epoch in range(1, epochs + 1):
        events.append(
            {
                "time": 60.0 * epoch,
                "type": "epoch",
                "epoch": epoch,
                "epochs": 4,
                "train": {"loss": 5.0 - epoch, "accuracy": 0.3 + 0.08 * epoch},
                "validation": {
                    "loss": 5.2 - 0.9 * epoch,
                    "accuracy": 0.3 + 0.07 * epoch,
                    "bleu": 9.1 * epoch,
                    "chrf": 8.0 * epoch,
                },
                "rate": 410.0,
                "seconds": 55.0,
                "best": True,
                "examples": [
                    {"source": source, "reference": reference, "hypothesis": said[epoch - 1]}
                    for source, reference, said in EXAMPLES
                ],
            }
        )
    return [json.dumps(line, ensure_ascii=False).encode() + b"\n" for line in events]


def run_in(jobs: Any, events: int) -> str:
    """The id of a run whose first ``events`` lines are written."""
    jobs.add("en-zh-1", JobSpec(SEQ2SEQ.name, PAIRS.name, {"units": 64}), 0)
    jobs._lines["en-zh-1"] = lines()
    jobs.advance("en-zh-1", events)
    return "en-zh-1"


def report() -> Report:
    """A report on translations, as the engine makes them."""
    history = tuple(json.loads(line) for line in lines() if b'"epoch"' in line[:40])
    worst = (
        {"id": "9", "text": "What [/b] time is it?", "gold": "现在几点了？ / 几点了？", "predicted": "", "bleu": 0.0},
        {"id": "3", "text": "He has gone.", "gold": "他走了。", "predicted": "他去过。", "bleu": 21.4},
    )
    return Report(
        "translate-en-zh",
        "tatoeba-en-zh",
        "test",
        1264,
        {
            "bleu": 38.42,
            "chrf": 33.1,
            "bleu_multi": 41.7,
            "bleu_half": 27.3,
            "bleu_over_floor": 9.4,
            "bleu_over_floor_low": 8.1,
            "bleu_over_floor_high": 10.6,
            "bleu_half_over_floor": 13.1,
            "bleu_half_over_floor_low": 11.4,
            "bleu_half_over_floor_high": 14.9,
        },
        {"name": "nearest translation", "bleu": 29.0, "chrf": 25.5, "bleu_multi": 31.2, "bleu_half": 14.2},
        (),
        (),
        (),
        worst,
        history,
        "The test split of tatoeba-en-zh, beam 4. BLEU nrefs:1|case:mixed|tok:zh.\n"
        "Again: dltext evaluate translate-en-zh --data tatoeba-en-zh",
        "translate",
    )
