"""The documentation: made from the program where it can be, with pages for all there is, in the words of the field."""

import dataclasses
import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from .wording import odd_in_strings, odd_in_text, strings

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
WORDED = sorted(path for floor in ("tui", "engine") for path in (ROOT / floor).rglob("*.py"))
"""Files whose strings users read."""


def load_tool(name: str) -> ModuleType:
    """A module of ``docs/tools``, which is no package."""
    spec = importlib.util.spec_from_file_location(f"docs_{name}", DOCS / "tools" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def reference() -> Any:
    return load_tool("reference")


@pytest.fixture(scope="module")
def figures() -> Any:
    return load_tool("figures")


@pytest.fixture(scope="module")
def pages(reference: Any) -> dict[Path, str]:
    """Each page with its generated parts."""
    return {page: reference.fill(page.read_text(encoding="utf-8")) for page in PAGES}


# ------------------------------------------------------------------------------------------------ made from the program


def test_every_marker_is_filled_in(pages: dict[Path, str]) -> None:
    for page, text in pages.items():
        assert not re.findall("^<!-- generated.*", text, re.MULTILINE), page.name


def test_each_place_has_a_page_with_its_keys() -> None:
    from dltext.tui.places import PLACES

    for name in PLACES:
        text = (DOCS / "places" / f"{name}.md").read_text(encoding="utf-8")
        assert f"<!-- generated: place {name} -->" in text
        assert f"<!-- generated: keys {name} -->" in text


def test_each_recipe_has_a_page_with_its_settings(pages: dict[Path, str]) -> None:
    from dltext.engine import api
    from dltext.engine.tasks.table import RECIPES

    for recipe in api.recipes():
        if recipe.name not in RECIPES:
            continue
        text = pages[DOCS / "recipes" / f"{recipe.name}.md"]
        for field in recipe.fields:
            (row,) = (line for line in text.splitlines() if line.startswith(f"| `{field.name}` |"))
            assert field.label in row
            assert field.help.replace("|", "\\|") in row
            assert not field.choices or all(f"`{choice}`" in row for choice in field.choices)


def test_each_command_and_option_is_described(pages: dict[Path, str]) -> None:
    from dltext.tui.cli import parser

    text = pages[DOCS / "command-line.md"]
    (commands,) = (action for action in parser()._actions if hasattr(action, "choices") and action.choices)
    for name, command in commands.choices.items():
        _, section = text.split(f"\n## `dltext {name}`\n", 1)
        rows = [line for line in section.partition("\n## ")[0].splitlines() if line.startswith("| ")]
        for action in command._actions:
            for option in set(action.option_strings) - {"-h", "--help", "--debug"}:
                assert any(re.match(rf"\| (`|<code>){option}\b", row) for row in rows), f"dltext {name} {option}"


# ------------------------------------------------------------------------------------------------ links and pictures


def test_links_lead_to_pages_and_headings(pages: dict[Path, str]) -> None:
    def anchors(text: str) -> set[str]:
        heads = re.findall(r"^#+ (.+)$", re.sub(r"```.*?```", "", text, flags=re.DOTALL), re.MULTILINE)
        return {re.sub(r"[^\w -]", "", head).strip().lower().replace(" ", "-") for head in heads}

    for page, text in pages.items():
        for target in re.findall(r"\]\((?!https?:)([^)\s]+)\)", text):
            path, _, anchor = target.partition("#")
            file = (page.parent / path).resolve() if path else page
            assert file.exists(), f"{page.name}: {target}"
            assert DOCS in file.parents, f"{page.name}: {target} lies outside the documentation"
            if anchor:
                assert anchor in anchors(pages[file]), f"{page.name}: {target}"


def test_every_page_is_in_the_navigation() -> None:
    listed = re.findall(r"^ +- (?:\w+: )?(\S+\.md)$", (ROOT / "mkdocs.yml").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(listed) == sorted(str(page.relative_to(DOCS)) for page in PAGES)


def test_every_picture_is_made_and_shown() -> None:
    pictures = load_tool("pictures")
    made = {show.__name__ for show in pictures.PICTURES}
    assert pictures.shown() == made
    assert {path.stem for path in (DOCS / "pictures").iterdir()} == made
    for path in (DOCS / "pictures").iterdir():
        assert "://" not in re.sub(r'xmlns(:\w+)?="[^"]*"|<!--.*?-->', "", path.read_text(encoding="utf-8")), path.name


# ------------------------------------------------------------------------------------------------ measured figures


def test_each_measured_table_says_when_and_of_what(figures: Any) -> None:
    """A table with a column of numbers that were measured has a marker above it, and the marker's paths are there."""
    for page in (DOCS / "measured").glob("*.md"):
        text = page.read_text(encoding="utf-8")
        tables = re.findall(r"((?:^[^|\n].*\n|^\n)?(?:^\n)?)^\|.*\n\|[-| :]+\n", text, re.MULTILINE)
        if page.name != "comparisons.md":
            assert len(tables) == len(figures.MARKER.findall(text)), page.name
    measured = list(figures.everything())
    assert len(measured) > 20
    for page, row, measurement in measured:
        assert row, f"{page.name}: no table below {measurement.commit}"
        for path in measurement.paths:
            assert (ROOT / path).exists(), f"{page.name}: {path}"


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_a_figure_older_than_its_code_is_printed_as_such(figures: Any, tmp_path: Path) -> None:
    def git(*arguments: str) -> str:
        command = ["git", "-c", "user.name=a", "-c", "user.email=a@b", *arguments]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout.strip()

    def commit(path: str) -> str:
        with (tmp_path / path).open("a") as file:
            file.write("x\n")
        git("add", "-A")
        git("commit", "-qm", "x")
        return git("rev-parse", "HEAD")

    git("init", "-q")
    commit("fast.py")
    measured = figures.Measurement(commit("slow.py"), "2026-01-02", ("fast.py", "slow.py"))
    assert figures.changed_later(measured, tmp_path) == ()
    assert figures.sentence(measured, tmp_path) == f"*Measured at `{measured.commit[:8]}` (2026-01-02).*"
    commit("fast.py")
    assert figures.changed_later(measured, tmp_path) == ("fast.py",)
    assert figures.sentence(measured, tmp_path).endswith("before later changes of `fast.py`.*")
    unknown = figures.Measurement("0" * 40, "2026-01-02", ("fast.py",))
    assert figures.changed_later(unknown, tmp_path) is None
    marker = f"<!-- measured: {measured.commit} 2026-01-02 | fast.py slow.py -->"
    assert figures.measurement(figures.MARKER.search(marker)) == measured


# ------------------------------------------------------------------------------------------------ the built pages


def test_what_a_page_would_load_from_elsewhere_is_seen() -> None:
    pytest.importorskip("mkdocs")
    sys.path.insert(0, str(DOCS / "tools"))
    try:
        loads = load_tool("hooks").loads
    finally:
        sys.path.remove(str(DOCS / "tools"))
    for text in (
        '<script src="https://cdn.example/x.js">',
        "<link rel=stylesheet href=//fonts.example/css>",
        '<img alt="a" src="http://example/a.png">',
        "body { background: url(https://example/a.png) }",
        '@import "https://example/a.css"',
    ):
        assert loads(text), text
    for text in ('<a href="https://example/">', '<script src="assets/x.js">', "url(data:image/svg+xml;x)"):
        assert not loads(text), text


@pytest.mark.skipif(importlib.util.find_spec("material") is None, reason="needs the extra [docs]")
def test_the_pages_build_strictly(tmp_path: Path) -> None:
    """Dead links and anchors, pages outside the navigation and anything loaded from elsewhere fail the build."""
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path / "site")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    assert "https://" not in "".join(
        re.findall(r"<(?:script|link)\b[^>]*>", (tmp_path / "site/index.html").read_text())
    )


# ------------------------------------------------------------------------------------------------ words


def test_strings_are_in_the_words_of_the_field() -> None:
    assert [odd for path in WORDED for odd in odd_in_strings(path)] == []


def test_pages_and_cards_are_in_the_words_of_the_field() -> None:
    """Pages as they are written: what is made from the program is read where it is written."""
    files = [ROOT / "README.md", *PAGES, *sorted((ROOT / "data" / "cards").glob("*.toml"))]
    assert [(path.name, *odd) for path in files for odd in odd_in_text(path.read_text(encoding="utf-8"))] == []


def test_odd_words_are_seen() -> None:
    source = 'def f():\n    """The floor."""\n    return f"{a} above the floor", "floor", x["the floor"], "a b"\n'
    assert sorted(text for _, text in strings(source)) == ["a b", "the floor", "… above the floor"]
    assert odd_in_text("It beats the Floor of `floor=no`.") == [("Floor", "baseline")]
    assert not odd_in_text("It stands alone; flooring; a ground-floor2 word.")


def test_the_arithmetic_of_scale_is_the_script_s() -> None:
    tool = load_tool("scale")
    page = (DOCS / "scale.md").read_text(encoding="utf-8")
    documents = 10_000_000
    assert tool.sums(documents, tool.Rates()) in page
    rates = tool.Rates()
    fast = dataclasses.replace(rates, network=tool.FAST * rates.network)
    sent, parts, with_fast = tool.through_the_client(rates), tool.in_parts(rates), tool.in_parts(fast)
    assert tool.sums_in_parts(documents, rates) in page
    for way in (sent, parts, with_fast):
        assert tool.table(documents, rates, way) in page
    # Few workers are kept busy; many wait for what does one thing at a time.
    few, many = (tool.simulate(1_000_000, workers, sent) for workers in (5, 100))
    assert few.busy["worker"] > 0.98
    assert few.seconds == pytest.approx(1_000_000 / rates.worker / 5, rel=0.02)
    assert many.busy["client"] > 0.98
    assert many.seconds == pytest.approx(1_000_000 * rates.client, rel=0.02)
    many = tool.simulate(documents, 100, parts)
    assert many.busy["network"] > 0.95
    assert many.seconds == pytest.approx(documents * (2 * rates.sent + 3 * rates.back) / rates.network, rel=0.05)
    assert tool.simulate(documents, 100, with_fast).busy["worker"] > 0.9
