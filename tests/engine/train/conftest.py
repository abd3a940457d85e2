import random
from pathlib import Path

import pytest


def write_reviews(path: Path) -> Path:
    """A small set that can be learned: 240 made-up sentences with a column of their own, as CSV.

    All are padded to one width: for others each network is traced anew, which takes longer than all of its steps.
    """
    rng = random.Random(0)
    good, bad = ["wonderful", "warm", "clever", "moving"], ["dull", "clumsy", "tired", "hollow"]
    rows = ["id,review,verdict"]
    for i in range(240):
        label = i % 2
        words = ["the", rng.choice(["film", "plot", "cast"]), "is", rng.choice(good if label else bad)]
        words += rng.choices(["and", "long", "short", "again", "really", str(i)], k=rng.randint(1, 4))
        rows.append(f"{i},{' '.join(words)},{'positive' if label else 'negative'}")
    path.write_text("\n".join(rows) + "\n")
    return path


@pytest.fixture
def reviews(tmp_path):
    """A copy that a test may change."""
    return write_reviews(tmp_path / "reviews.csv")


@pytest.fixture(scope="session")
def lasting_reviews(tmp_path_factory):
    """One that all trainings read."""
    return write_reviews(tmp_path_factory.mktemp("reviews") / "reviews.csv")
