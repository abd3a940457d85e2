"""The sentences of Search: over and under its list, and in the place of a list where there is none."""

from collections.abc import Sequence

from ...engine.results import Duplicates, Found, Hit, SearchMethod, percent, plural
from ..actions import key
from ..kit.text import one_line
from ..places import way

LONGEST = 20_000
"""Characters of a document that the engine hands over."""
NO_CORPUS = f"""No corpus is on this machine yet.

{way("corpora")} fetches one, or imports your own;
{key("open_file")} searches in a file or a folder of yours."""
NO_QUERY = f"""Type what you are looking for, or paste a text.

The nearest documents are listed here.
{key("corpus")} chooses the corpus, {key("method")} the ranking.
{key("turn")} lists near-duplicates."""


def about_found(name: str, answer: Found) -> tuple[str, str]:
    """The list's upper and lower edge."""
    parts = [f"{answer.milliseconds:.0f} ms" if answer.milliseconds >= 1 else "under 1 ms"]
    if answer.known < 0.995:
        parts.insert(0, f"{percent(answer.known, 0)} of the query's words known")
    return f"{name} · best {len(answer.hits)} of {answer.documents:,}", " · ".join(parts)


def notes(answer: Found, unmet: SearchMethod | None = None) -> str:
    """Under the list: what the engine has to say of the answer; ``unmet``: a method that is wanted and cannot be."""
    instead = [f"Ranked without {unmet.label}. {unmet.problem}"] if unmet is not None else []
    return " ".join([*instead, *answer.notes])


def about_groups(name: str, groups: Sequence[Duplicates]) -> tuple[str, str]:
    """The same of near-duplicates."""
    count = f"{plural(len(groups), 'group')} of near-duplicates"
    return f"{name} · {count}", "the first of each, then those like it"


def why_nothing(answer: Found | None, asked: bool, busy: bool) -> str:
    """In the place of found documents."""
    if answer is not None:
        notes = "\n".join(answer.notes)
        instead = f"Try other words, or another ranking with {key('method')}."
        return f"No results.\n\n{notes or instead}"
    if asked:
        return "Looking …" if busy else "enter looks for it."
    return NO_QUERY


def why_stopped(name: str, alike: bool) -> str:
    """Where the user did not want to wait."""
    what = "Its near-duplicates are not known" if alike else f"{name} is not searchable"
    return f"{what} yet: that was stopped.\n\nenter in the query continues,\n{key('corpus')} chooses another corpus."


def about_document(hit: Hit | None, matches: int, current: int) -> tuple[str, str]:
    """The document's upper and lower edge; ``current`` is the match gone to, from 0, -1 before the first."""
    if hit is None:
        return "Document", ""
    title = f"Document {one_line(hit.id, 40)}" + (f" · {one_line(hit.label, 30)}" if hit.label is not None else "")
    parts = []
    if matches:
        parts.append(f"match {current + 1} of {matches}" if current >= 0 else plural(matches, "match", "matches"))
    if len(hit.text) >= LONGEST:
        parts.append(f"its first {LONGEST:,} characters")
    return title, " · ".join(parts)
