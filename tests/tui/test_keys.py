"""The rules for keys (DESIGN, section 7), read from the tables and from each class of ours that binds keys."""

import ast
import importlib
import itertools
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.binding import Binding
from textual.dom import DOMNode
from textual.widgets import Input, TextArea

import dltext.tui
from dltext.tui import actions
from dltext.tui.action import COPY, EXAMPLE, EXPORT, LOOK_UP, NEW, OPEN
from dltext.tui.actions import APP, READLINE, SCREEN_ACTIONS, Action
from dltext.tui.kit.go import COMMANDS, GoTo
from dltext.tui.places import PLACES, key_name

KEPT_BY_TERMINALS = frozenset({"ctrl+a", "ctrl+b", "ctrl+s", "ctrl+z", "ctrl+c", "f10", "f11"})
"""tmux and screen take the first two as prefixes; ctrl+s stops the output, ctrl+z and ctrl+c are signals; many windows
open their menu by F10 and fill the screen by F11."""
PLACE_KEYS = {place.key for place in PLACES.values() if place.key}
READLINE_KEYS = frozenset(
    f"ctrl+{key}"
    for key in (*"abdefhkuw", "left", "right", "up", "down", "home", "end", "delete", "backspace", "underscore")
) | {"left", "right", "up", "down", "home", "end", "delete", "backspace"}
"""What readline edits and moves by; of the rest it has no need in a field (history, search, quoted insertion)."""
KINDS = {
    "f1": {"help", "pop_screen"},
    OPEN: {"open_file", "open_group", "import_model", "import_data"},
    NEW: {"new_document", "reset"},
    COPY: {"copy_result", "copy"},
    EXAMPLE: {"sample"},
    LOOK_UP: {"similar"},
    EXPORT: {"export", "export_model"},
    "delete": {"remove", "delete", "forget"},
}
"""Which actions a key of a kind may stand for, on any screen and in any dialog; what they are must have that key."""
TURNS = [{"open_file", "open_group"}, {"group", "one"}, {"next_hop", "choose_data"}, {"stop", "back"}]
"""Actions of one screen of which only one can be done at a time, so that they share a key."""
SHIFTED = {"shift+f2", "f14", "shift+f4", "f16"}
"""Not every terminal sends it: whatever has it is reached in another way as well."""
SOURCES = sorted(Path(dltext.tui.__file__).parent.rglob("*.py"))


def spelt(bindings: Any) -> Iterator[tuple[Binding, str]]:
    """Each binding with each of its keys."""
    for given in bindings:
        binding = given if isinstance(given, Binding) else Binding(*given)
        for key in binding.key.split(","):
            yield binding, key.strip()


def editing_keys() -> frozenset[str]:
    """What Textual's own text fields edit, move and select by, and readline; less two F-keys that select."""
    textual = {key for _, key in spelt([*TextArea.BINDINGS, *Input.BINDINGS])}
    return frozenset(textual - {"f6", "f7", "enter"}) | READLINE_KEYS


def name_of(action: str) -> str:
    return action.partition("(")[0].rpartition(".")[2]


def classes() -> list[type[DOMNode]]:
    """All classes of ours that may bind keys: the application, screens, dialogs, widgets."""
    for module in pkgutil.walk_packages(dltext.tui.__path__, "dltext.tui."):
        importlib.import_module(module.name)
    listed: list[type[DOMNode]] = []
    waiting: list[type[Any]] = [DOMNode]
    while waiting:
        for child in waiting.pop().__subclasses__():
            waiting.append(child)
            if child.__module__.startswith("dltext.tui"):
                listed.append(child)
    return sorted(set(listed), key=lambda kind: (kind.__module__, kind.__name__))


CLASSES = classes()
BOUND = [
    (kind, binding, key)
    for kind in CLASSES
    if "BINDINGS" in vars(kind)
    for binding, key in spelt(vars(kind)["BINDINGS"])
]
"""(class, binding, key): all that is bound anywhere in the screens."""


def broken_rules(kind: type[DOMNode], binding: Binding, key: str) -> list[str]:
    """What is wrong with a key of a class, in words."""
    of_text = issubclass(kind, Input | TextArea)
    action = name_of(binding.action)
    wrong = []
    if binding.priority and (key in editing_keys() or len(key) == 1 or key in ("space", "backspace")):
        wrong.append("takes a key that edits text before a text field gets it")
    if key in {bound for _, bound in READLINE} and action != "edit" and not of_text:
        wrong.append("is reached from a text field by a key of readline")
    if set(binding.key.split(",")) <= KEPT_BY_TERMINALS and action != "edit":
        wrong.append("depends on a key that terminals keep")
    if key in KINDS and action not in KINDS[key] and not of_text:
        wrong.append("does something else than this key does elsewhere")
    if key in PLACE_KEYS and action != "open_screen":
        wrong.append("takes a place's key")
    return wrong


def test_there_is_something_to_look_at() -> None:
    assert len(CLASSES) > 80
    assert len(BOUND) > 200


@pytest.mark.parametrize(
    ("kind", "binding", "key"), BOUND, ids=[f"{kind.__name__}-{binding.action}-{key}" for kind, binding, key in BOUND]
)
def test_no_key_breaks_a_rule(kind: type[DOMNode], binding: Binding, key: str) -> None:
    assert broken_rules(kind, binding, key) == []


@pytest.mark.parametrize(
    ("binding", "said"),
    [
        (Binding("ctrl+d", "app.open_screen('x')", priority=True), "edits text"),
        (Binding("ctrl+e", "export", priority=True), "edits text"),
        (Binding("e", "export", priority=True), "edits text"),
        (Binding("ctrl+b", "app.open_screen('x')"), "readline"),
        (Binding("ctrl+s", "similar"), "terminals keep"),
        (Binding("f11", "wide"), "terminals keep"),
        (Binding("ctrl+t", "turn"), "elsewhere"),
        (Binding("x,delete", "again"), "elsewhere"),
        (Binding("f7", "next"), "place's key"),
    ],
)
def test_the_rules_can_be_broken(binding: Binding, said: str) -> None:
    wrong = [problem for _, key in spelt([binding]) for problem in broken_rules(GoTo, binding, key)]
    assert any(said in problem for problem in wrong)


@pytest.mark.parametrize(
    "kind", [kind for kind in CLASSES if issubclass(kind, Input | TextArea)], ids=lambda kind: kind.__name__
)
def test_text_fields_of_ours_keep_what_textuals_edit_by(kind: type[DOMNode]) -> None:
    base = TextArea if issubclass(kind, TextArea) else Input
    bound = {
        key: binding.action
        for owner in reversed(kind.__mro__)
        for binding, key in spelt(vars(owner).get("BINDINGS", []))
    }
    if not kind._inherit_bindings:  # pyright: ignore[reportAttributeAccessIssue]
        bound = {key: binding.action for binding, key in spelt(vars(kind)["BINDINGS"])}
    for binding, key in spelt(base.BINDINGS):
        if key not in ("f6", "f7", "up", "down"):
            assert bound.get(key) == binding.action, key


# ---------------------------------------------------------------------------------------------- the tables


def rows() -> Iterator[tuple[str, Action, str]]:
    for place, listed in {**SCREEN_ACTIONS, "app": APP}.items():
        for action in listed:
            for key in action.keys.split(","):
                yield place, action, key


def test_an_action_has_the_same_key_on_every_screen() -> None:
    keys: dict[str, set[str]] = {}
    for listed in SCREEN_ACTIONS.values():
        for action in listed:
            keys.setdefault(action.action, set()).add(action.keys.partition(",")[0])
    of_place = {"f2", "f3", "f4"}
    assert {name: bound for name, bound in keys.items() if len(bound) > 1 and not bound <= of_place} == {}


def test_what_is_of_a_kind_has_the_key_of_its_kind() -> None:
    for key, names in KINDS.items():
        for place, action, _ in rows():
            if name_of(action.action) in names:
                assert key in action.keys.split(","), (place, action.action)


@pytest.mark.parametrize("place", SCREEN_ACTIONS)
def test_a_key_means_one_thing_on_a_screen(place: str) -> None:
    of_key: dict[str, set[str]] = {}
    for where, action, key in rows():
        if where in (place, "app"):
            of_key.setdefault(key, set()).add(name_of(action.action))
    assert {key: actions for key, actions in of_key.items() if len(actions) > 1 and actions not in TURNS} == {}


def test_f_keys_are_help_the_screens_own_places_and_export() -> None:
    for place, action, key in rows():
        if key in ("f2", "f3", "f4"):
            assert place != "app"
        elif key in SHIFTED:
            also = ("cards", "read_as", "merge_labels")
            assert action.action in also, "it stands on the screen and in the palette as well"
        elif re.fullmatch(r"f\d+", key):
            assert key in ("f1", "f12") or (key in PLACE_KEYS and "open_screen" in action.action)
    assert {"f5", "f6", "f7", "f8", "f9"} == PLACE_KEYS


def test_each_place_has_a_letter_of_its_title() -> None:
    letters = [place.letter for place in PLACES.values()] + [letter for *_, letter, _ in COMMANDS]
    assert len(set(letters)) == len(letters)
    assert all(place.letter in place.title.lower() for place in PLACES.values())


# ---------------------------------------------------------------------------------------------- texts

SPELT_OUT = re.compile(r"\b(?:ctrl\+[a-z]\b|\^[A-Z]\b|[fF](?:[2-9]|1[0-2])\b|f1 helps|escape (?=\w+s\b))")
SAID_AS_THEY_ARE = {"ctrl+z", "ctrl+j", "ctrl+c"}
"""Keys of the text fields themselves, and what leaves by itself in other programs."""


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """Strings of a module that people may read: with blanks in them, and no docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    # What stands behind an assignment documents it.
    docs |= {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.lineno, node.value


def test_no_text_spells_out_a_key_that_a_table_knows() -> None:
    wrong = []
    for path in SOURCES:
        if path.name in ("actions.py", "places.py") or "commands" in path.parts:
            continue
        for line, text in texts(path):
            keys = [key for key in SPELT_OUT.findall(text) if key not in SAID_AS_THEY_ARE]
            if keys and re.search(r"\s", text.strip()):
                wrong.append(f"{path.name}:{line}: {keys}")
    assert wrong == []


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("f5", "F5"),
        ("ctrl+e", "ctrl+e"),
        ("escape", "esc"),
        ("delete", "del"),
        ("ctrl+underscore", "ctrl+_"),
        ("f", "f"),
    ],
)
def test_one_notation(key: str, name: str) -> None:
    assert key_name(key) == name


def test_a_text_asks_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    assert actions.key("export") == "F12"
    assert actions.key("check", "train") == "F2"
    assert actions.key("help") == "F1"
    with pytest.raises(KeyError):
        actions.key("fly")


# ---------------------------------------------------------------------------------------------- in the running program


@pytest.mark.parametrize(
    "key", ["ctrl+a", "ctrl+b", "ctrl+d", "ctrl+e", "ctrl+f", "ctrl+h", "ctrl+k", "ctrl+u", "ctrl+w"]
)
async def test_keys_that_edit_text_leave_no_screen(app: Any, until: Any, key: str) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        area = app.screen.query_one("#area")
        area.text = "one two"
        area.move_cursor((0, 4))
        before = app.screen
        await pilot.press(key)
        await pilot.pause()
        assert app.screen is before
        expected = {
            "ctrl+a": ("one two", 0),
            "ctrl+b": ("one two", 3),
            "ctrl+d": ("one wo", 4),
            "ctrl+e": ("one two", 7),
            "ctrl+f": ("one two", 5),
            "ctrl+h": ("onetwo", 3),
            "ctrl+k": ("one ", 4),
            "ctrl+u": ("two", 0),
            "ctrl+w": ("two", 0),
        }
        assert (area.text, area.cursor_location[1]) == expected[key]


async def test_no_key_of_a_place_throws_away_what_is_typed_in_a_dialog(app: Any, until: Any) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+o")
        await until(pilot, lambda: app.screen.is_modal)
        dialog = app.screen
        field = dialog.query_one(Input)
        field.focus()
        field.value = "half a path"
        for key in (*PLACE_KEYS, "ctrl+g", "ctrl+u", "ctrl+d"):
            if key == "ctrl+u":
                field.value = ""
            await pilot.press(key)
        assert app.screen is dialog
        await pilot.press("escape")
        await until(pilot, lambda: not app.screen.is_modal)
        assert app.screen.PLACE == "analyse"


async def test_the_list_of_places_goes_by_letter_by_arrow_by_click_and_stays_by_escape(app: Any, until: Any) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+g", "w")  # as fast as one types
        await until(pilot, lambda: getattr(app.screen, "PLACE", "") == "words")
        await pilot.press("ctrl+g")
        await until(pilot, lambda: isinstance(app.screen, GoTo))
        await pilot.press("down", "enter")
        await until(pilot, lambda: getattr(app.screen, "PLACE", "") == "search")
        await pilot.press("ctrl+g")
        await until(pilot, lambda: isinstance(app.screen, GoTo))
        await pilot.click("OptionList", offset=(2, 0))
        await until(pilot, lambda: getattr(app.screen, "PLACE", "") == "analyse")
        for leaving in ("escape", "ctrl+g"):
            await pilot.press("ctrl+g")
            await until(pilot, lambda: isinstance(app.screen, GoTo))
            await pilot.press(leaving)
            await until(pilot, lambda: getattr(app.screen, "PLACE", "") == "analyse")
        theme = app.theme
        await pilot.press("ctrl+g", "d")
        await until(pilot, lambda: app.theme != theme)


@pytest.mark.parametrize(("width", "height"), [(80, 24), (120, 40), (200, 60)])
async def test_fourteen_places_are_seen_in_the_list(app: Any, until: Any, width: int, height: int) -> None:
    from dltext.tui.places import Place

    more = {
        name: Place(name, name.capitalize(), letter, "x:Y", "What it is for")
        for name, letter in zip(("novels", "verse"), "nv", strict=True)
    }
    async with app.run_test(size=(width, height)) as pilot:
        places = {**PLACES, **more}
        assert len(places) == 14
        answers: list[Any] = []
        app.push_screen(GoTo(places, "train"), answers.append)
        await until(pilot, lambda: isinstance(app.screen, GoTo) and app.screen.query("OptionList"))
        options = app.screen.query_one("OptionList")
        assert options.max_scroll_y == 0, "all are seen at once"
        lines = [options.render_line(row).text for row in range(options.size.height)]
        for place in places.values():
            assert sum(line.strip().startswith(place.title) for line in lines) == 1
        assert all(key_name(place.key) in "".join(lines) for place in PLACES.values())
        assert "…" not in "".join(lines), "no sentence is cut in its middle"
        await pilot.press("v")
        await until(pilot, lambda: answers == ["open_screen('verse')"])


def test_keys_of_all_pairs_of_kinds_differ() -> None:
    assert all(first != second for first, second in itertools.combinations(KINDS, 2))
