"""A profile in writing: JSON and TSV for programs, text for people; of one author, and of a group."""

import json
from collections.abc import Sequence
from pathlib import Path

from ...engine.results import BundleInfo, GroupProfile, Guess, Profile, percent, plural
from ..kit.document import Document
from ..kit.export import copy_text, export_text
from ..kit.profile_rows import CANNOT, NOT_FOR, number, quality
from ..kit.text import one_line, visible
from ..kit.workbench import Workbench

EMBEDDED = 200_000
"""Characters up to which the texts themselves go into a JSON export."""


def profile_json(document: Document, profile: Profile) -> str:
    """The profile as ``dltext profile --json --explain`` prints it, indented, with the document (up to a size)."""
    about: dict[str, object] = {"name": document.name, "characters": len(document.text), "words": document.words}
    if len(document.text) <= EMBEDDED:
        about["text"] = document.text
    content = {"document": about, **profile.as_dict(), **profile.explanation(), "not_for": NOT_FOR}
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def profile_tsv(profile: Profile) -> str:
    """A line a label; of a number its estimate and range."""
    rows: list[Sequence[str]] = []
    for guess in profile.guesses:
        if guess.kind == "number":
            ends = ["" if value is None else f"{value:g}" for value in (guess.value, guess.low, guess.high)]
            rows.append((guess.name, "", *ends, "yes" if guess.sure else "no"))
        rows += [
            (guess.name, label, f"{share:.6f}", "", "", "yes" if guess.sure else "no")
            for label, share in guess.probabilities.items()
        ]
    return _tsv(("attribute", "label", "value", "low", "high", "sure"), rows)


def profile_text(document: Document, profile: Profile, info: BundleInfo | None) -> str:
    """For people: an attribute a line, what was looked at, and what it is not for."""
    metrics = info.metrics if info else {}
    lines = []
    for guess in profile.guesses:
        right = quality(guess.name, metrics)
        lines.append(f"{visible(guess.name)}: {_said(guess)}" + (f"  (the model: {right})" if right else ""))
    if profile.phrases:
        lines += ["", "most attended:"]
        for phrase in profile.phrases:
            words = one_line(document.text[phrase.start : phrase.end])
            lines.append(f"  {100 * phrase.weight:4.1f} %  hop {phrase.hop + 1}  {words}")
    on = f", measured on {info.measured_on}" if info and info.measured_on else ""
    lines += [
        "",
        f"model {profile.model} {profile.version}{on}",
        f"read  {percent(profile.read, 0)} of the text, {plural(profile.tokens, 'token')}, "
        f"in {profile.milliseconds:.1f} ms",
        *(f"note  {visible(note)}" for note in profile.notes),
        NOT_FOR,
    ]
    return "\n".join(lines) + "\n"


def _said(guess: Guess) -> str:
    if guess.kind == "number":
        if guess.value is None:
            return CANNOT
        if guess.low is None or guess.high is None:
            return number(guess.value)
        return f"{number(guess.value)}, of 8 authors of 10 between {number(guess.low)} and {number(guess.high)}"
    ranked = sorted(guess.probabilities.items(), key=lambda item: -item[1])
    shares = ", ".join(f"{visible(label)} {percent(share)}" for label, share in ranked)
    return shares if guess.sure else f"{CANNOT} ({shares})"


def group_json(name: str, group: GroupProfile) -> str:
    """The group as ``dltext profile --group --json`` prints it, indented, with the name of the corpus."""
    content = {"data": name, **group.as_dict(), "not_for": NOT_FOR}
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def group_tsv(group: GroupProfile) -> str:
    """A line a label with its interval; the mean of a number is a line of its own."""
    rows: list[Sequence[str]] = []
    for attribute in group.attributes:
        if attribute.mean is not None:
            ends = [
                "" if value is None else f"{value:.6f}" for value in (attribute.mean, attribute.low, attribute.high)
            ]
            rows.append((attribute.name, "mean", *ends))
        rows += [
            (attribute.name, share.label, f"{share.share:.6f}", f"{share.low:.6f}", f"{share.high:.6f}")
            for share in attribute.shares
        ]
    return _tsv(("attribute", "label", "share", "low", "high"), rows)


def group_text(name: str, group: GroupProfile) -> str:
    """For people and the clipboard."""
    lines = [f"{plural(group.authors, 'author')} of {visible(name)}, read by {group.model} {group.version}", ""]
    for attribute in group.attributes:
        mean = ""
        if attribute.mean is not None:
            mean = f"  {attribute.mean:.2f} on average"
            if attribute.low is not None and attribute.high is not None:
                mean += f" ({attribute.low:.2f} – {attribute.high:.2f})"
        unsure = f"  ({CANNOT} of {attribute.unsure:,})" if attribute.unsure else ""
        lines.append(f"{visible(attribute.name)}{mean}{unsure}")
        lines += [
            f"  {visible(share.label):<16} {100 * share.share:5.1f} %  ({100 * share.low:.1f} – {100 * share.high:.1f})"
            for share in attribute.shares
        ]
    lines += ["", *(visible(note) for note in group.notes), *([visible(group.protocol)] if group.protocol else [])]
    return "\n".join([*lines, NOT_FOR]) + "\n"


def _tsv(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Tabs and line ends within a cell become blanks, as TSV has no way to quote them."""
    return "".join("\t".join(" ".join(cell.split()) for cell in row) + "\n" for row in (head, *rows))


# What leaves Authors: onto the clipboard, or into a file.

TOLD = "A name that ends in .json is written as JSON, .tsv as a table, any other as text."


def copy_profile(screen: Workbench, document: Document, profile: Profile, info: BundleInfo | None) -> None:
    """Put what a model says of an author on the clipboard, as text."""
    copy_text(screen, profile_text(document, profile, info))


def copy_group(screen: Workbench, name: str, group: GroupProfile) -> None:
    """Put who writes in a corpus on the clipboard, as text."""
    copy_text(screen, group_text(name, group))


def export_profile(screen: Workbench, document: Document, profile: Profile, info: BundleInfo | None) -> None:
    """Write what a model says of an author to a file: JSON, a table or text, by its name."""
    name = f"{Path(document.name).stem or 'author'}-profile.json"
    forms = {".json": lambda: profile_json(document, profile), ".tsv": lambda: profile_tsv(profile)}
    export_text(screen, "Export the profile", name, forms, lambda: profile_text(document, profile, info), TOLD)


def export_group(screen: Workbench, name: str, group: GroupProfile) -> None:
    """Write who writes in a corpus to a file: JSON, a table or text, by its name."""
    file = f"{Path(name).stem or 'group'}-authors.tsv"
    forms = {".json": lambda: group_json(name, group), ".tsv": lambda: group_tsv(group)}
    export_text(screen, "Export who writes here", file, forms, lambda: group_text(name, group), TOLD)
