"""The declaration of settings: fields with label, help and bounds, and classes that give them other defaults."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar, dataclass_transform

T = TypeVar("T")


def setting(
    default: Any,
    label: str,
    help: str,
    *,
    group: str = "Model",
    minimum: float | None = None,
    maximum: float | None = None,
    choices: tuple[str, ...] = (),
    advanced: bool = False,
    kind: str | None = None,
) -> Any:
    """A field of settings: its default, and what the form says of it and holds it to."""
    return field(
        default=default,
        metadata={
            "label": label,
            "help": help,
            "group": group,
            "minimum": minimum,
            "maximum": maximum,
            "choices": choices,
            "advanced": advanced,
            "kind": kind,
        },
    )


@dataclass(frozen=True)
class Change:
    """Another default for an inherited field, and what else of :func:`setting` differs."""

    default: Any
    more: dict[str, Any]


def changed(default: Any, **more: Any) -> Any:
    """See :func:`settings`."""
    return Change(default, more)


@dataclass_transform(frozen_default=True, field_specifiers=(setting,))
def settings(**changes: Any) -> Callable[[type[T]], type[T]]:
    """Make a frozen dataclass whose inherited fields begin with other defaults.

    ``changes`` maps a field's name to its default, or to what :func:`changed` returns. TypeError for an unknown field.
    """

    def make(cls: type[T]) -> type[T]:
        inherited = {entry.name: entry for base in reversed(cls.__mro__[1:]) for entry in _fields(base)}
        types = inspect.get_annotations(cls)
        for name, change in changes.items():
            if name not in inherited:
                raise TypeError(f"{cls.__name__} inherits no field {name!r}")
            entry, new = inherited[name], change if isinstance(change, Change) else Change(change, {})
            setattr(cls, name, field(default=new.default, metadata={**entry.metadata, **new.more}))
            types[name] = entry.type
        cls.__annotations__ = types
        return dataclass(frozen=True)(cls)

    return make


def _fields(base: type) -> tuple[Any, ...]:
    return fields(base) if hasattr(base, "__dataclass_fields__") else ()


class Checked:
    """Settings that hold each other to something."""

    def check(self) -> None:
        """Raises ValueError for settings that exclude each other; here nothing beyond the fields' bounds."""
