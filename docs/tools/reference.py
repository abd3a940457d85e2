"""The parts of the documentation that are made from the program: settings of recipes, keys of places, the command line.

A page marks where a part goes by a line of its own, ``<!-- generated: PART [NAME] -->``:

    place NAME      how to reach a place, and what it is for
    places          the table of all places
    keys NAME       the keys of a screen, from the table of actions
    recipe NAME     what a recipe is, and the paper
    recipes         the table of all recipes
    settings NAME   the settings of a recipe: names, defaults, bounds
    commands        every command of `dltext`, from its parsers
"""

import argparse
import html
import re
from collections.abc import Callable, Iterator
from typing import Any

MARKER = re.compile(r"^<!-- generated: ([a-z]+)(?: ([\w-]+))? -->$", re.MULTILINE)
APP = "app"


def fill(markdown: str) -> str:
    """``markdown`` with each marker replaced by its part. KeyError for an unknown part, place or recipe."""
    return MARKER.sub(lambda marker: PARTS[marker[1]](*([marker[2]] if marker[2] else [])), markdown)


# ---------------------------------------------------------------------------------------------------- tables


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def _code(text: str) -> str:
    """Code in a table's cell, where no backslash takes the meaning from a bar."""
    return f"<code>{html.escape(text).replace('|', '&#124;')}</code>" if "|" in text else f"`{text}`"


SHIFTED = {"f14", "f16"}
"""What some terminals call shift+F2 and shift+F4: no keyboard has them."""


def _keys(keys: str) -> str:
    from dltext.tui.places import key_name

    named = [key for key in keys.split(",") if key not in SHIFTED]
    return " or ".join(f"`{key_name(key)}`" for key in named)


# ---------------------------------------------------------------------------------------------------- places


def place(name: str) -> str:
    """One line on a place: the ways to it, then its help."""
    from dltext.tui.places import LEADER, PLACES

    row = PLACES[name]
    ways = [_keys(row.key)] if row.key else []
    return f"**{' or '.join([*ways, f'`{LEADER}` `{row.letter}`'])}** · {row.help}."


def places() -> str:
    """All places, with links to their pages (for pages beside the folder ``places``)."""
    from dltext.tui.places import LEADER, PLACES

    return _table(
        ("place", "keys", "what for"),
        [
            (
                f"[{row.title}](places/{row.name}.md)",
                " or ".join([*([_keys(row.key)] if row.key else []), f"`{LEADER}` `{row.letter}`"]),
                row.help,
            )
            for row in PLACES.values()
        ],
    )


def keys(name: str) -> str:
    """The keys of a screen (``app``: those that work everywhere)."""
    from dltext.tui.actions import APP as EVERYWHERE
    from dltext.tui.actions import SCREEN_ACTIONS

    actions = EVERYWHERE if name == APP else SCREEN_ACTIONS[name]
    rows = [
        (_keys(action.keys), action.help)
        for action in actions
        if action.help and not action.action.startswith("app.open_screen")
    ]
    return _table(("key", "what it does"), rows)


# ---------------------------------------------------------------------------------------------------- recipes


def _recipe(name: str) -> Any:
    from dltext.engine import api

    return {row.name: row for row in api.recipes()}[name]


def recipe(name: str) -> str:
    """What a recipe is, for which task, and the paper."""
    from dltext.engine import api

    row = _recipe(name)
    return f"{row.help}\n\n*Task:* {api.task(row.task).label}. *Paper:* {row.source}."


def recipes() -> str:
    """All recipes of dltext's own, with links to their pages (for pages in the folder ``recipes``)."""
    from dltext.engine import api
    from dltext.engine.tasks.table import RECIPES

    return _table(
        ("recipe", "task", "what it is"),
        [(f"[{row.label}]({row.name}.md)", api.task(row.task).label, row.help) for row in RECIPES.values()],
    )


def _default(value: object) -> str:
    text = {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
    return f"`{text}`" if text else "empty"


def _values(field: Any) -> str:
    if field.choices:
        return ", ".join(f"`{choice}`" for choice in field.choices)
    if field.kind == "bool":
        return "`yes`, `no`"
    if field.minimum is not None:
        return " to ".join(
            f"{bound:,}" if bound == int(bound) else f"{bound:g}" for bound in (field.minimum, field.maximum)
        )
    return "text"


def settings(name: str) -> str:
    """The settings of a recipe, by their headings in the form."""
    groups: dict[str, list[tuple[str, ...]]] = {}
    for field in _recipe(name).fields:
        label = field.label + (" ▾" if field.advanced else "")
        groups.setdefault(field.group, []).append(
            (f"`{field.name}`", label, field.help, _default(field.default), _values(field))
        )
    head = ("`--set`", "in the form", "meaning", "default", "values")
    return "\n\n".join(f"### {group}\n\n{_table(head, rows)}" for group, rows in groups.items())


# ---------------------------------------------------------------------------------------------------- command line


def _subparsers(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            yield from dict.fromkeys(action.choices.values())


def _command(parser: argparse.ArgumentParser, level: int) -> Iterator[str]:
    formatter = argparse.HelpFormatter(prog=parser.prog)
    yield f"{'#' * level} `{parser.prog}`"
    yield (parser.description or "").strip()
    nested = list(_subparsers(parser))
    usage = re.sub(r"\s+", " ", parser.format_usage().removeprefix("usage: "))
    yield f"```text\n{usage.strip()}\n```"
    rows = []
    for action in parser._actions:
        if action.help == argparse.SUPPRESS or isinstance(action, argparse._SubParsersAction | argparse._HelpAction):
            continue
        text = formatter._expand_help(action) if action.help else ""
        rows.append((_code(formatter._format_action_invocation(action)), text))
    if rows:
        yield _table(("argument or option", "meaning"), rows)
    if parser.epilog:
        yield f"```text\n{parser.epilog.strip()}\n```"
    for child in nested:
        yield from _command(child, level + 1)


def commands() -> str:
    """All commands with usage, options and examples."""
    from dltext.tui.cli import parser

    return "\n\n".join(part for child in _subparsers(parser()) for part in _command(child, 2) if part)


PARTS: dict[str, Callable[..., str]] = {
    "place": place,
    "places": places,
    "keys": keys,
    "recipe": recipe,
    "recipes": recipes,
    "settings": settings,
    "commands": commands,
}
