"""An engine without an engine for titles: a title is every so manieth word of a text; capitals are copied."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from dltext.engine.results import BundleInfo, Keyphrase, Title, Titles, Token, UserError

WORD = re.compile(r"[\u3400-\u9fff]|[A-Z][\w-]*|\w+")
READ = 60
"""Words of a text that are read."""
OWN = {"we": "On", "show": "Showing", "的": "之"}
"""Words that are written otherwise."""

TITLE_EN = BundleInfo(
    "title-en",
    "title",
    "shipped",
    "1",
    "title-copy",
    "en",
    (),
    {"rougeL": 38.1, "rouge2": 21.0, "floor_rougeL": 17.9},
    "arxiv test",
    True,
    11_000_000,
    "/zoo/title-en",
    {"serving": {"language": "en", "expected_length": 10.0}},
)
TITLE_ZH = replace(TITLE_EN, name="title-zh", language="zh", metrics={}, path="/home/title-zh", origin="trained")


class FakeTitles:
    """The functions of ``dltext.engine.api`` about titles; to be mixed in before ``FakeEngine``."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.bundles: list[BundleInfo] = [*getattr(self, "bundles", []), TITLE_EN]
        self.attentive = True
        """Whether titles are explained."""
        self.noted: tuple[str, ...] = ()
        self.stopped = 0
        """Askers that wanted no answer any more when theirs was ready."""

    _note: Callable[..., None]

    def titles(
        self,
        text: str,
        model: str | None = None,
        count: int = 5,
        length: float = 0.0,
        *,
        explain: bool = True,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> Titles:
        self._note("titles", text, model, count, length)
        if not text.strip():
            raise UserError("The text is empty: type, paste or open a text first.")
        chinese = len(re.findall(r"[\u3400-\u9fff]", text[:1000])) > 10
        name = model or ("title-zh" if chinese and TITLE_ZH in self.bundles else "title-en")
        if should_stop():
            self.stopped += 1
            return Titles(name, "1", (), notes=("Stopped before any title.",))
        every = list(WORD.finditer(text[:100_000]))
        read = every[:READ]
        tokens = tuple(Token(one.start(), one.end()) for one in read)
        share = min(1.0, len(read) / (len(every) * max(1.0, len(text) / 100_000)))
        cut = f"{name} reads {READ} words: the beginning, {share * 100:.0f} % of the text."
        notes = self.noted + (cut,) * (share < 1)
        longest = max(2, 5 + round(length / 2))
        made = [_title(text, read, number, longest, chinese) for number in range(count)]
        titles = {title.text: title for title in made}
        if not self.attentive:
            titles = {said: Title(said, title.score) for said, title in titles.items()}
        phrases = tuple(
            Keyphrase(one.group(), one.start(), one.end(), 0.4 / (number + 1))
            for number, one in enumerate([one for one in read if len(one.group()) > 4 or one.group() > "一"][:8])
        )
        lead = re.split(r"(?<=[.。])", text.strip(), maxsplit=1)[0]
        lead = lead[:24] if chinese else " ".join(lead.split()[:12])
        return Titles(name, "1", tuple(titles.values()), tokens, phrases, lead, share, 96.4, notes)


def _title(text: str, read: list[re.Match[str]], number: int, longest: int, chinese: bool) -> Title:
    """Words from the ``number``-th on, one of ``number + 1``."""
    said, tokens, rows, copied, origins = "", [], [], [], []
    for place in list(range(number, len(read), number + 1))[:longest]:
        word = read[place].group()
        shown = OWN.get(word.lower(), word)
        said += " " if said and not chinese else ""
        if word[:1].isupper() and word.lower() not in OWN:
            copied.append(len(tokens))
        tokens.append(Token(len(said), len(said) + len(shown)))
        rows.append(_row(place, len(read)))
        origins.append(place)
        said += shown
    return Title(said, 0.62 * 0.8**number, tuple(tokens), tuple(rows), tuple(copied), tuple(origins))


def _row(at: int, columns: int) -> tuple[float, ...]:
    """Most of the attention at one place, a little beside it, a trace everywhere."""
    weights = [12.0 if place == at else 2.5 if abs(place - at) == 1 else 0.02 for place in range(columns)]
    return tuple(weight / sum(weights) for weight in weights)
