"""Screens are composed of parts, not stacked on one another: no chain of our classes is longer than three."""

import inspect
import pkgutil
from importlib import import_module

import dltext.tui

MOST = 3
"""Classes of ours in a chain: Workbench, DocumentScreen and the screen itself."""
EXCEPTIONS: set[str] = set()
"""Names of classes whose chain is longer; the aim is that there are none."""


def classes() -> set[type]:
    """All that are made in the package, of screens, widgets, dialogs and parts alike."""
    kinds = set()
    for module in pkgutil.walk_packages(dltext.tui.__path__, "dltext.tui."):
        members = vars(import_module(module.name)).values()
        kinds |= {member for member in members if inspect.isclass(member) and member.__module__ == module.name}
    return kinds


def chain(cls: type) -> list[type]:
    """The longest way from a class up through bases of ours, itself first."""
    if not cls.__module__.startswith("dltext."):
        return []
    return [cls, *max(map(chain, cls.__bases__), key=len, default=[])]


def test_no_chain_of_classes_is_longer_than_three() -> None:
    chains = [chain(cls) for cls in classes()]
    assert len(chains) > 100, "the classes of the package were not found"
    long = {way[0].__qualname__: " > ".join(cls.__name__ for cls in way) for way in chains if len(way) > MOST}
    assert set(long) == EXCEPTIONS, "\n".join(long.values())
