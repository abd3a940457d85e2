"""Hyper-parameters that word vectors and paragraph vectors share: functions, for a field belongs to one class alone."""

from typing import Any, Protocol

from .settings import _field


class _Rates(Protocol):
    @property
    def learning_rate(self) -> float: ...
    @property
    def end_learning_rate(self) -> float: ...


def negative(told: str) -> Any:
    """Negative samples; ``told``: what they are held against."""
    return _field(5, "Negative samples", f"Random words {told} is told from", minimum=1, maximum=100)


def ns_exponent() -> Any:
    return _field(
        0.75,
        "Sampling exponent",
        "Negative samples are drawn by their count to this power",
        minimum=-2,
        maximum=2,
        advanced=True,
    )


def dynamic_window() -> Any:
    return _field(
        True,
        "Dynamic window",
        "Each window is drawn between 1 and its size, so that near words count for more",
        advanced=True,
    )


def vocabulary_size() -> Any:
    return _field(
        50_000, "Vocabulary", "The most frequent words that are kept", group="Data", minimum=2, maximum=5_000_000
    )


def min_count() -> Any:
    return _field(5, "Least count", "Words seen less often are left out", group="Data", minimum=1, maximum=100_000)


def subsampling() -> Any:
    return _field(
        1e-4,
        "Subsampling",
        "Words more frequent than this share are seen less often (Mikolov et al. 2013b, section 2.3); 0: off",
        group="Data",
        minimum=0,
        maximum=1,
    )


def epochs(default: int) -> Any:
    return _field(default, "Epochs", "Passes over the texts", group="Training", minimum=1, maximum=1000)


def learning_rate(told: str = "At the start; falls linearly") -> Any:
    return _field(0.025, "Learning rate", told, group="Training", minimum=1e-6, maximum=1)


def end_learning_rate() -> Any:
    return _field(0.0001, "Last learning rate", "At the end", group="Training", minimum=1e-9, maximum=1, advanced=True)


def workers() -> Any:
    return _field(
        0,
        "Threads",
        "0: one a core. With 1 the same seed gives the same vectors",
        group="Training",
        minimum=0,
        maximum=256,
        advanced=True,
    )


def check_rates(settings: _Rates) -> None:
    """ValueError where the learning rate would rise."""
    if settings.end_learning_rate > settings.learning_rate:
        raise ValueError("the last learning rate must not be higher than the first")
