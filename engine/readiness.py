"""Whether a training can start: all that it names exists and is large enough. Checked before a run is made.

Only what is cheap is looked at: a user's own data are read through once, a shipped card's not at all.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from ..data import cards, fetch, paths
from ..data.source import Source, names_in, open_source
from ..data.splits import check_enough
from ..data.targets import strata
from . import model_store, registry, starting
from .results import DataKind, JobSpec, UserError

SMALL = 5000
"""Examples up to which each label is counted in each part."""
WORDS_READ = 20_000
"""Words of the texts after which there are surely enough to learn vectors from."""


def check(spec: JobSpec) -> None:
    """Raise UserError, one sentence, where ``spec`` cannot be done: data, columns or models that are not there, or too
    few examples for the parts that it needs."""
    if spec.kind == "evaluate":
        model_store.folder_of(spec.recipe)
        _there(spec.data)
        return
    settings = registry.settings_of(spec.recipe, spec.settings)
    starting.check(registry.get(spec.recipe), settings)
    _check_named(settings)
    task = registry.task_of(spec.recipe)
    card = cards.find_card(spec.data)
    if card is None or card.folder is not None:
        _CHECKS[task.data](spec, settings)
        return
    _check_teachers(settings, tuple(card.labels.values()))
    # What ships, or is downloaded with its sum, is whole; only whether it is of the right kind is a question.
    _check_vectors(settings, card.language)
    if task.data == "pairs" and card.task != "pairs":
        _check_pairs(spec, settings)
    elif fetch.availability(card) != "download" and (
        task.data == "authors" or (task.data == "titled" and not card.titled and card.task != "pairs")
    ):
        _CHECKS[task.data](spec, settings)


def _there(data: str) -> None:
    if cards.find_card(data) is None and paths.existing(data) is None:
        open_source(data, min_labels=0)  # says what there is


def _check_named(settings: Any) -> None:
    """Models and data that the settings name, beside those that are looked at with the data."""
    for name in str(getattr(settings, "teacher", "")).split("+"):
        if name.strip() and name.strip() != "floor":
            model_store.folder_of(name.strip())
    for name in names_in(str(getattr(settings, "unlabelled", ""))):
        _there(name if paths.existing(name) else name.partition(":")[0])
    if blend := str(getattr(settings, "blend", "")).strip():
        from .tasks.words import pretrained

        pretrained.resolve(blend)


def _check_teachers(settings: Any, labels: tuple[str, ...]) -> None:
    if str(getattr(settings, "teacher", "")).strip():
        from .train.classify import distil

        for name in distil.teachers(settings):
            if name != distil.BASELINE:
                distil.order_of(name, labels)


def _check_vectors(settings: Any, language: str) -> None:
    if hasattr(settings, "vectors") and hasattr(settings, "variant"):
        from .train.prepare import settle_vectors

        settle_vectors(settings, language)


def _check_labels(spec: JobSpec, settings: Any) -> None:
    source = open_source(spec.data, spec.text_column, spec.label_column)
    _check_teachers(settings, source.labels)
    _check_vectors(settings, source.language)
    folds = spec.folds if spec.kind == "cross-validate" and spec.folds > 1 else 0
    check_parts(source, settings.validation_fraction, folds)


def check_parts(source: Source, fraction: float = 0.1, folds: int = 0) -> None:
    """:func:`~dltext.data.splits.check_enough` of labelled data as they are divided."""
    splits = [split for split in ("train", "validation", "test") if split in source.splits]
    if not splits and "all" in source.splits:
        return
    if source.published and splits and "train" not in splits:
        raise UserError(
            f"{source.name} has only a {' and a '.join(splits)} part: a model can be measured on it, and not trained; "
            "mark the texts to train on as train, or remove the column that names the parts."
        )
    counts = source.counts
    small = sum(counts[split] for split in splits) <= SMALL
    parts = {}
    for split in splits:
        # Of many texts no more are read than tell that there are two labels.
        sets = (row.names for row in source.rows(split) if row.names)
        if small:
            parts[split] = dict(Counter(strata(list(sets), source.target)))
        else:
            one_each = ("" if source.target == "number" else names[0] for names in sets)
            parts[split] = _first_two(one_each, counts[split])
    check_enough(source.name, parts, fraction, folds=folds)


def _first_two(labels: Iterable[str], count: int) -> dict[str, int]:
    """``count`` examples as if they had two labels, where they have: looked at only as long as that takes."""
    seen: dict[str, None] = {}
    for label in labels:
        seen[label] = None
        if len(seen) == 2:
            break
    return {label: count // len(seen) for label in seen}


def _check_pairs(spec: JobSpec, settings: Any) -> None:
    from ..data.pairs import Pairs, open_pairs, open_titles
    from .train.pairs.parts import columns, divide

    task = registry.task_of(spec.recipe)

    def opened(name: str, *named: str) -> Pairs:
        return (
            open_titles(name, *named) if task.data == "titled" else open_pairs(name, *named, reverse=settings.reverse)
        )

    pairs = opened(spec.data, *columns(spec))
    divide(pairs, settings, spec.seed, opened, task.learner)


def _check_authors(spec: JobSpec, settings: Any) -> None:
    from ..data.profiles import open_profiles
    from .train.profile import authors

    profiles = open_profiles(spec.data, settings.attributes, spec.text_column)
    if settings.auxiliary.strip():
        open_profiles(spec.data, settings.auxiliary, spec.text_column)
    if cards.find_card(spec.data) is not None:
        return
    _check_vectors(settings, profiles.source.language)
    train, _ = authors.divide(profiles, settings.validation_fraction, spec.seed)
    for attribute, column in zip(profiles.attributes, train.targets(profiles.attributes), strict=True):
        if attribute.kind == "category":
            labels = Counter(attribute.labels[int(number)] for number in column if number >= 0)
            if len(labels) < 2:
                label = f"the label {next(iter(labels))!r}" if labels else "no label"
                raise UserError(
                    f"{spec.data}: all authors of the training part have {label} in {attribute.column!r}, and a model "
                    "needs at least two to distinguish; add authors, or leave that attribute out."
                )


def _check_words(spec: JobSpec, settings: Any) -> None:
    from .text.units import stretches
    from .train.words.texts import open_texts

    texts = open_texts(spec)
    counts: Counter[str] = Counter()
    documents = 0
    for text in texts:
        before = counts.total()
        for part in stretches(text):
            counts.update(texts.words(part, punctuation=False)[:WORDS_READ])
            if counts.total() >= WORDS_READ:
                return
        documents += counts.total() > before
    task = registry.task_of(spec.recipe)
    if task.two_texts and documents < 2:
        raise UserError(
            f"{texts.source.name} holds {documents} texts with words: {task.label.lower()} need at least two."
        )
    frequent = sum(count >= settings.min_count for count in counts.values())
    if frequent < 2:
        raise UserError(
            f"Only {frequent} different words of {texts.source.name} occur at least {settings.min_count} times in "
            f"{counts.total():,} words: give more texts, or a lower min_count."
        )


_CHECKS: dict[DataKind, Callable[[JobSpec, Any], None]] = {
    "labels": _check_labels,
    "pairs": _check_pairs,
    "titled": _check_pairs,
    "authors": _check_authors,
    "texts": _check_words,
}
