"""What Analyse asks its reader: which model, which models side by side, which sample."""

from collections.abc import Callable, Sequence

from ...engine.results import BundleInfo
from ..places import place_of
from .dialogs import Choose, ChooseSeveral
from .text import measured, one_line
from .workbench import Workbench


def choose_model(
    screen: Workbench, models: Sequence[BundleInfo], chosen: Sequence[str], use: Callable[[str], None]
) -> None:
    """Hand another model's name to ``use``: of two the other one, of more the one that is picked."""
    names = [info.name for info in models]
    if len(names) < 2:
        screen.app.notify("There is no other model. Train one with f6, or import one with f8.")
        return
    at = names.index(chosen[0]) if chosen else 0
    if len(names) == 2:
        use(names[1 - at])
        return
    screen.app.push_screen(
        Choose(
            "Model",
            [(info.name, f"{measured(info.metrics, info.measured_on)} · {info.origin}") for info in models],
            at,
        ),
        lambda index: None if index is None else use(names[index]),
    )


def choose_several(
    screen: Workbench, models: Sequence[BundleInfo], chosen: Sequence[str], compare: Callable[[list[str]], None]
) -> None:
    """Hand names to ``compare``: of two models both, the chosen one first; of more those that are ticked."""
    names = [info.name for info in models]
    if len(names) < 2:
        screen.app.notify("There is nothing to compare with. Train a model with f6, or import one with f8.")
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
        screen.app.notify("No samples came with this installation; ctrl+o opens a file of yours.")
        return

    def chosen(index: int | None) -> None:
        if index is not None:
            title, text = samples[index]
            take(text, title)

    screen.app.push_screen(
        Choose("Samples", [(one_line(title, 60), one_line(text, 58) + " …") for title, text in samples]), chosen
    )


# A model is used where its task is at home: word vectors in Words, paragraph vectors in Search, others in Analyse.


def use_model(screen: Workbench, name: str) -> None:
    """Open the place that uses the model ``name``."""

    def known(info: BundleInfo) -> None:
        screen.workbench.open_screen(place_of(info.task), model=name)

    screen.ask("use", lambda: screen.engine.model(name), known)
