"""Hyper-parameters: read from the dataclasses that declare them, and parsed from what users write."""

import dataclasses
from typing import Any, get_type_hints

from .results import Field, UserError

SAID: dict[str, bool] = {
    **dict.fromkeys(("true", "yes", "1", "on"), True),
    **dict.fromkeys(("false", "no", "0", "off"), False),
}
"""How people write a yes or a no."""


def fields_of(settings: type) -> tuple[Field, ...]:
    """The hyper-parameters that a dataclass of settings declares, in the order of the form."""
    hints = get_type_hints(settings)
    rows = []
    for entry in dataclasses.fields(settings):
        meta = dict(entry.metadata)
        kind = meta.pop("kind") or ("choice" if meta["choices"] else hints[entry.name].__name__)
        rows.append(Field(name=entry.name, kind=kind, default=entry.default, **meta))
    # What belongs to this recipe alone comes before what all share.
    base = settings.__mro__[1]
    shared = {entry.name for entry in dataclasses.fields(base)} if dataclasses.is_dataclass(base) else set()
    order = {"Model": 0, "Data": 1, "Training": 2}
    return tuple(sorted(rows, key=lambda row: (order.get(row.group, 9), row.name in shared)))


def convert(field: Field, value: Any) -> Any:
    """``value`` (from a form, a file or the command line) as the field's type, within its bounds; UserError where it
    is neither."""
    problem = None
    try:
        if field.kind == "bool":
            value = value if isinstance(value, bool) else SAID[str(value).strip().lower()]
        elif field.kind == "int":
            value = int(float(value)) if float(value) == int(float(value)) else 1 / 0
        elif field.kind == "float":
            value = float(value)
        else:
            value = str(value)
    except (KeyError, ValueError, ZeroDivisionError, OverflowError):
        kind = {"bool": "yes or no", "int": "a whole number", "float": "a number"}[field.kind]
        problem = f"must be {kind}, not {value!r}"
    if not problem and field.choices and value not in field.choices:
        problem = f"must be one of {', '.join(field.choices)}, not {value!r}"
    if not problem and field.kind in ("int", "float"):
        low, high = field.minimum, field.maximum
        if value != value or (low is not None and value < low) or (high is not None and value > high):
            problem = f"must lie between {low:g} and {high:g}, not {value:g}"
    if problem:
        raise UserError(f"{field.label} ({field.name}) {problem}.")
    return value
