"""Made-up texts with titles that can be learned: names that stand nowhere else must be copied."""

import json

import numpy as np
import pytest

THINGS = {"cats": "sleep", "dogs": "bark", "birds": "sing", "trees": "grow", "rivers": "flow", "stars": "shine"}


def papers(count, seed, names=True):
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(count):
        thing = rng.choice(list(THINGS))
        name = "".join(rng.choice(list("bdfgklmnprtvz"), 3).tolist()) + f"{'aeiou'[number % 5]}x" if names else "it"
        rows.append({
            "Title": f"{name.upper()}: {thing.capitalize()} that {THINGS[thing].capitalize()}",
            "Abstract": f"We show that {thing} {THINGS[thing]} often. It is called {name.upper()}, and it is new.",
        })  # fmt: skip
    return rows


@pytest.fixture(scope="session")
def titled(tmp_path_factory):
    path = tmp_path_factory.mktemp("titles") / "papers.jsonl"
    # 320 of them train, in whole batches of 16: for another shape each network is traced anew.
    path.write_text("".join(json.dumps(row) + "\n" for row in papers(398, 0)))
    return path
