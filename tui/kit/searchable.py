"""The target of a search: a corpus or a file, a part of it, a method; and the questions that choose them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from ...engine.results import DatasetInfo, Reading, SearchMethod, plural
from ..actions import key
from ..places import way
from .choosing import pick
from .dialogs import Choose
from .engine import Engine
from .file_dialogs import OpenFile
from .languages import language_name
from .paths import FILE, FOLDER, absolute, kind_of
from .reading_form import ReadAs, ReadingForm, look_into
from .text import one_line, size_text
from .workbench import Workbench

FILES = "a table, JSON, a workbook, texts, documents, an archive of these, or a folder"
"""What a file of the user's own may be."""
DEMO = "demo"
"""The corpus that ships, to try things on."""
LABELS = {
    "mixture": "Mixture",
    "mean": "Mean of vectors",
    "paragraph": "Paragraph vectors",
    "sentence": "Sentence vectors",
    "encoder": "Encoder",
    "bm25": "BM25",
}
"""Names of the methods until the engine has said its own."""


@dataclass(frozen=True)
class Target:
    """What is searched, and how; one index belongs to one target."""

    data: str
    method: str = "mixture"
    model: str = ""
    split: str = ""
    text_column: str = "text"
    label_column: str = "label"
    language: str = "en"
    read: tuple[tuple[str, str], ...] = ()
    """How a file of the user's own is read, key by key, where that was decided here."""

    @property
    def name(self) -> str:
        """For people: a card's name, or a file's without its folders."""
        return Path(self.data).name or self.data

    def source(self) -> dict[str, Any]:
        """The arguments that name the documents."""
        return {"split": self.split, "text_column": self.text_column, "label_column": self.label_column}

    def settle(self, engine: Engine) -> None:
        """Have all that reads the data read them as was decided here, and not as elsewhere."""
        if self.is_file:
            engine.decide_reading(self.data, dict(self.read))

    @property
    def is_file(self) -> bool:
        """Whether it is a file or a folder, and no corpus."""
        return Path(self.data).is_absolute()

    def how(self) -> dict[str, Any]:
        """Those, and the arguments that name the way."""
        return {"method": self.method, "model": self.model or None} | self.source()


def first_choice(cards: Sequence[DatasetInfo], stored: dict[str, Any]) -> Target | None:
    """What the last visit searched, else the demo, else the smallest corpus that is here; None where none is."""
    here = {card.name: card for card in cards if card.available != "download"}
    data = stored.get("data")
    if not (isinstance(data, str) and (data in here or kind_of(Path(data))[0] in (FILE, FOLDER))):
        smallest = min(here.values(), key=lambda card: sum(card.splits.values()), default=None)
        data = DEMO if DEMO in here else smallest.name if smallest else None
        stored = {name: value for name, value in stored.items() if name == "method"}
    if data is None:
        return None
    texts = {name: stored[name] for name in ("method", "split", "text_column", "label_column") if stored.get(name)}
    target = replace(Target(data), **{name: str(value) for name, value in texts.items()})
    card = here.get(data)
    if card is None:
        read = stored.get("read")
        decided = tuple((str(key), str(value)) for key, value in read.items()) if isinstance(read, dict) else ()
        return replace(target, language=str(stored.get("language") or "en"), read=decided)
    return replace(target, language=card.language, split=target.split if target.split in card.splits else "")


def parts_of_corpus(card: DatasetInfo) -> dict[str, str]:
    """The parts that a corpus states, each with its size; none where it is one whole."""
    return {name: plural(count, "text") for name, count in card.splits.items()} if len(card.splits) > 1 else {}


def choose_corpus(
    screen: Workbench,
    cards: Sequence[DatasetInfo],
    now: Target | None,
    use: Callable[[Target], None],
    title: str = "Search in",
    parts: Callable[[DatasetInfo], Mapping[str, str]] = parts_of_corpus,
) -> None:
    """Ask for a corpus, those on this machine first, below the chosen one its parts; or for the user's own file.

    ``parts(card)``: the parts of a corpus, each with what is known of it.
    """
    listed = sorted(cards, key=lambda card: (card.name != DEMO, card.available == "download"))
    rows: list[tuple[DatasetInfo | None, str]] = []
    options: list[tuple[str, str]] = []
    for card in listed:
        rows.append((card, ""))
        options.append((f"{card.name}   {one_line(card.title, 48)}", _about(card)))
        if now is not None and card.name == now.data:
            named_parts = parts(card)
            rows += [(card, part) for part in named_parts]
            options += [(f"    {card.name}, {part} only", f"    {about}") for part, about in named_parts.items()]
    rows.append((None, ""))
    options.append(("My own file or folder …", FILES))
    chosen_rows = [(card.name, part) if card is not None else ("", "") for card, part in rows]
    here = ((now.data, now.split) if now is not None else chosen_rows[0]) if rows else ("", "")
    position = chosen_rows.index(here) if here in chosen_rows else len(rows) - 1

    def chosen(index: int | None) -> None:
        if index is None:
            return
        card, part = rows[index]
        if card is None:
            choose_file(screen, now, use, title)
            return
        if card.available == "download":
            size = size_text(card.size)
            screen.app.notify(
                f"{card.name} is not on this machine yet: {way('corpora')}, then {key('fetch')} fetches it ({size})."
            )
            return
        use(Target(card.name, (now or Target("")).method, split=part, language=card.language))

    screen.app.push_screen(Choose(title, options, position), chosen)


def _about(card: DatasetInfo) -> str:
    texts = f"{plural(sum(card.splits.values()), 'text')} · " if card.splits else ""
    where = "to fetch first" if card.available == "download" else "here"
    return f"{texts}{language_name(card.language)} · {where}"


def choose_file(screen: Workbench, now: Target | None, use: Callable[[Target], None], title: str = "Search in") -> None:
    """Ask for a file or a folder of the user's own, and for its columns."""
    base = now or Target("")

    def opened(path: Path | None) -> None:
        if path is not None:
            _read_file(screen, Target(absolute(str(path)), base.method), use, title)

    screen.app.push_screen(OpenFile(f"{title} your own texts", folders=True, hint=FILES), opened)


def read_otherwise(screen: Workbench, now: Target | None, use: Callable[[Target], None], title: str) -> None:
    """Ask how the file that is chosen is to be read; of a corpus that is known."""
    if now is None or not now.is_file:
        screen.app.notify(f"How it is read can be chosen of a file of yours: {key('open_file')} opens one.")
    else:
        _read_file(screen, now, use, title, always=True)


def _read_file(
    screen: Workbench, target: Target, use: Callable[[Target], None], title: str, always: bool = False
) -> None:
    """See how a file is read, ask where there is a choice (or ``always``), and use it so."""

    def ask(reading: Reading | None, problem: str) -> None:
        # Of a folder, and of texts alone, there is nothing to choose from.
        settled = reading is not None and (len(reading.columns) < 2 or reading.why.get("text") == "format")
        if settled and not always:
            _tell_language(screen, target, use)
            return

        def answered(answer: ReadAs | None) -> None:
            if answer is not None:
                text, label = answer.columns(reading)
                read = tuple(sorted(answer.read.items()))
                _tell_language(screen, replace(target, text_column=text, label_column=label, read=read), use)

        heading, verb = f"{title} {one_line(target.name, 40)}", title.partition(" ")[0]
        form = ReadingForm(target.data, heading, verb, reading, problem, read=dict(target.read))
        screen.app.push_screen(form, answered)

    look_into(screen, target.data, ask, columns=(target.text_column, target.label_column))


def _tell_language(screen: Workbench, target: Target, use: Callable[[Target], None]) -> None:
    """A file does not say its language, but its script does: a look at the first texts, in a thread."""

    def look() -> str:
        target.settle(screen.engine)
        records = screen.engine.read_records(target.data, target.text_column, target.label_column)
        start = "".join(record.text[:500] for record in islice(records, 20))
        chinese = sum("一" <= character <= "鿿" for character in start)
        return "zh" if chinese > len(start) / 4 else "en"

    screen.ask("language", look, lambda language: use(replace(target, language=language)))


def choose_method(
    screen: Workbench, methods: Sequence[SearchMethod], now: Target, use: Callable[[SearchMethod], None]
) -> None:
    """Ask for a method; one that cannot be used stands there with its reason."""
    options = [
        (method, f"✗ {method.label}", method.problem)
        if method.problem
        else (method, method.label, method.help + (f" ({method.model})" if method.model else ""))
        for method in methods
    ]

    def chosen(method: SearchMethod) -> None:
        if method.problem:
            screen.app.notify(method.problem, severity="warning")
        else:
            use(method)

    position = next((method for method in methods if method.name == now.method), None)
    pick(screen, "Rank by", options, position, chosen)
