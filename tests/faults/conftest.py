"""The fault campaign: a short form in the default suite, the long form by ``make faults``."""

import json
import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest

LONG = os.environ.get("DLTEXT_FAULTS") == "long"
FIGURES = Path(__file__).parent / "results" / "figures.jsonl"
SEED = int(os.environ.get("DLTEXT_FAULTS_SEED", "13"))


@pytest.fixture(scope="session")
def rounds() -> Callable[[int, int], int]:
    """``rounds(short, long)``: how many attempts a fault gets, in the default suite and in the campaign."""
    return lambda short, long: long if LONG else short


@pytest.fixture
def chance(request: pytest.FixtureRequest) -> random.Random:
    """Random numbers that are the same in each run of a test; ``DLTEXT_FAULTS_SEED`` gives others."""
    return random.Random(f"{SEED} {request.node.name}")


@pytest.fixture
def figure() -> Callable[[str, int, int], None]:
    """``figure(fault, failures, attempts)``: a row of the campaign's table, kept in its long form alone."""

    def keep(fault: str, failures: int, attempts: int) -> None:
        if LONG:
            FIGURES.parent.mkdir(exist_ok=True)
            with FIGURES.open("a", encoding="utf-8") as stream:
                stream.write(json.dumps({"fault": fault, "failures": failures, "attempts": attempts}) + "\n")

    return keep
