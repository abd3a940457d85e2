"""The measurement of encoders: what they are worth shows in what is trained from them, or searched with them."""

from typing import Any, NoReturn

from ...results import UserError


def evaluate(model: str, *_: Any, **__: Any) -> NoReturn:
    """UserError that says so."""
    raise UserError(
        f"{model} is an encoder and predicts no labels: train a model from it "
        f"(dltext train encoder --set base={model}) "
        "and measure that."
    )
