"""What screens ask their reader: one of several, which models side by side, which sample."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from ...engine.results import BundleInfo
from ..actions import key
from ..places import place_of, way
from .dialogs import Choose, ChooseSeveral
from .text import one_line
from .workbench import Workbench

Value = TypeVar("Value")


def pick(
    screen: Workbench,
    title: str,
    options: Sequence[tuple[Value, str, str]],
    now: Value | None,
    use: Callable[[Value], None],
) -> None:
    """Ask for one of ``options``: (value, name, what is known of it); ``now``: where the cursor stands first."""
    values = [value for value, _, _ in options]

    def chosen(index: int | None) -> None:
        if index is not None:
            use(values[index])

    position = values.index(now) if now in values else 0
    screen.app.push_screen(Choose(title, [(name, about) for _, name, about in options], position), chosen)


def choose_several(
    screen: Workbench,
    models: Sequence[BundleInfo],
    chosen: Sequence[str],
    compare: Callable[[list[str]], None],
    labels: Sequence[str] = (),
) -> None:
    """Hand names to ``compare``: of two models both, the chosen one first; of more those that are ticked.

    ``labels``: what all of them tell apart, where they are classifiers.
    """
    names = [info.name for info in models]
    if len(names) < 2:
        listed = one_line(", ".join(labels[:4]), 60) + (" and others" if len(labels) > 4 else "")
        other = f"No other model has the labels {listed}." if labels else "There is nothing to compare with."
        screen.app.notify(
            f"{other} Train a model with {way('train')}, or import one with {way('models')}.", markup=False
        )
        return
    if len(names) == 2:
        compare(sorted(names, key=lambda name: name not in chosen))
        return

    def ticked(indices: list[int] | None) -> None:
        if indices:
            compare([names[index] for index in indices])

    first = names.index(chosen[0]) if chosen else 0
    second = next(index for index in range(len(names)) if index != first)
    screen.app.push_screen(ChooseSeveral("Compare", names, [first, second]), ticked)


def choose_sample(screen: Workbench, samples: Sequence[tuple[str, str]], take: Callable[[str, str], None]) -> None:
    """Hand text and title of the picked sample to ``take``; ``samples`` are (title, text)."""
    if not samples:
        screen.app.notify(f"No samples came with this installation; {key('open_file')} opens a file of yours.")
        return

    options = [((text, title), one_line(title, 60), one_line(text, 58) + " …") for title, text in samples]
    pick(screen, "Samples", options, None, lambda sample: take(*sample))


# A model is used where its task is at home: word vectors in Words, paragraph vectors in Search, others in Analyse.


def use_model(screen: Workbench, name: str) -> None:
    """Open the place that uses the model ``name``."""

    def known(info: BundleInfo) -> None:
        screen.workbench.open_screen(place_of(info.task), model=name)

    screen.ask("use", lambda: screen.engine.model(name), known)
