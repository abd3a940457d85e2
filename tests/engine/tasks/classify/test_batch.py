"""A batch of texts to columns, as Spark's pandas_udf has them."""

import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from dltext.engine import api
from dltext.engine.results import UserError


class NAType:
    """As pandas' missing value: says neither yes nor no."""

    def __bool__(self) -> bool:
        raise TypeError("boolean value of NA is ambiguous")

    def __eq__(self, other: object) -> Any:
        return self

    __hash__ = None  # type: ignore[assignment]


class Series:
    """As pandas hands it to a function: iterated, with an index of its own."""

    def __init__(self, values: list[Any]) -> None:
        self._values = values

    def __iter__(self) -> Any:
        return iter(self._values)


TEXTS = ["good film", "bad", "", "the film", "good good bad"] * 300


@pytest.mark.parametrize("kind", [list, tuple, Series, lambda texts: np.array(texts, object), iter])
def test_columns_say_what_the_engine_says(kind: Any, make_bundle: Any) -> None:
    make_bundle()
    columns = api.classify_batch(kind(TEXTS), "toy")
    assert list(columns) == ["label", "confidence", "note"]
    for number in (0, 1, 3, 4, 1496):
        result = api.analyse(TEXTS[number], model="toy")
        assert columns["label"][number] == result.label
        assert columns["confidence"][number] == pytest.approx(result.probabilities[result.label])
        assert columns["note"][number] == " ".join(result.notes)
    assert "empty" in columns["note"][2]
    assert {len(column) for column in columns.values()} == {1500}
    assert api.classify_batch([], "toy") == {"label": [], "confidence": [], "note": []}


def test_missing_texts_have_missing_labels(make_bundle: Any) -> None:
    make_bundle()
    columns = api.classify_batch(["good", None, float("nan"), NAType(), "bad"], "toy")
    assert columns["label"] == ["positive", None, None, None, "negative"]
    assert columns["confidence"][1:4] == [None] * 3
    assert columns["confidence"][0] == pytest.approx(0.982014, abs=1e-6)


def test_what_is_no_text_is_said(make_bundle: Any) -> None:
    make_bundle()
    with pytest.raises(UserError, match=r"Value 2 of the batch is no text but of the type int"):
        api.classify_batch(["good", 7], "toy")
    with pytest.raises(UserError, match="There is no model 'none'"):
        api.classify_batch(["good"], "none")


def test_it_needs_neither_pandas_nor_spark(make_bundle: Any) -> None:
    make_bundle()
    program = (
        "import sys; from dltext.engine import api; print(api.classify_batch(['good'], 'toy')['label'], "
        "{'pandas', 'pyspark', 'distributed', 'dask'} & set(sys.modules))"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout == "['positive'] set()\n"
