"""What each card of Analyse costs: the memory that its model adds to a process in which the default has answered.

    python tests/benchmarks/cards.py [--json FILE] [--repeats N] [--quick]

One process a card: it lets the default classifier answer, then the card's model three times, explained where the card
explains. ``MEMORY`` of tui/analyse/open_cards.py quotes the ratio of that to the size of the model's files.
``--quick``: two cards.
"""

import json
import subprocess
import sys

from common import DOCUMENT, Row, environment, finish, machine, options, spread

CHINESE = "这部电影的前半部分很慢，但是女儿回来以后，电影找到了自己的声音。" * 3
CARDS = {
    "sentiment-en-cnn": ("labels", f"api.analyse({DOCUMENT!r}, model='sentiment-en-cnn', explain=True)"),
    "sentiment-zh-lstm": ("labels", f"api.analyse({CHINESE!r}, model='sentiment-zh-lstm', explain=True)"),
    "profile-en": ("profile", f"api.profile({DOCUMENT!r}, 'profile-en')"),
    "translate-en-zh": ("translation", f"api.translate({DOCUMENT!r}, 'zh', 'en', explain=False)"),
    "translate-zh-en": ("translation", f"api.translate({CHINESE[:33]!r}, 'en', 'zh', explain=False)"),
    "title-en": ("title", f"api.titles({DOCUMENT * 3!r}, 'title-en')"),
}
"""Model to the kind of its card, and what asks it."""
PROGRAM = """
import gc, json, psutil
from dltext.engine import api
def resident():
    gc.collect()
    return psutil.Process().memory_info().rss / 1e6
for _ in range(3):
    api.analyse({document!r}, explain=True)
before = resident()
for _ in range(3):
    {asked}
print(json.dumps({{"before": before, "added": resident() - before, "files": api.model({model!r}).size / 1e6}}))
"""


def cost(model: str) -> dict[str, float]:
    """``before``, ``added`` and ``files`` in MB (10⁶ bytes)."""
    code = PROGRAM.format(document=DOCUMENT, asked=CARDS[model][1], model=model)
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(), capture_output=True, text=True, check=True, timeout=120
    )
    return json.loads(done.stdout)


def main() -> None:
    chosen = options(__doc__, repeats=3)
    before = machine()
    rows, raw = [], {}
    for model, (kind, _) in list(CARDS.items())[: 2 if chosen.quick else None]:
        turns = raw[model] = [cost(model) for _ in range(chosen.repeats)]
        added, files = spread([turn["added"] for turn in turns])["median"], turns[0]["files"]
        note = f"{kind}: {added / files:.1f} times its files ({files:.1f} MB)"
        rows.append(Row(f"card of {model}, memory added", "MB", added, note=note))
    finish("cards", rows, raw, chosen, before)


if __name__ == "__main__":
    main()
