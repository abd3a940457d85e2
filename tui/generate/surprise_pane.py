"""How surprising a text is: its perplexity, the most surprising words, the sentences; of two models, what decides."""

from collections.abc import Sequence
from typing import Any

from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.content import Content
from textual.widgets import Static

from ...engine.results import ComparedSurprise, Phrase, Surprise
from ..actions import key
from ..kit.phrases import PhraseTable
from ..kit.surprising import MOST, fewer_bits, mean_bits, read_said, strongest, words_of
from ..kit.text import visible
from .measuring import SurpriseRequests

EMPTY = "How surprising each word of the text is appears here."


class WordBits(PhraseTable):
    """A line a word: its bits, the word."""

    HELP = (
        "The words that the model finds most surprising, with their bits: one bit more is half as probable. Enter, or "
        "a click, goes to the word in the text. Where two models are compared: the words that speak for one of them, "
        "by so many bits."
    )

    def measured(self, weight: float) -> str:
        return f"{weight:5.1f} bits"


class SentencePerplexities(PhraseTable):
    """A line a sentence: its perplexity, how it begins."""

    HELP = (
        "The sentences, the most surprising first, with their perplexity: as if the model chose among so many equally "
        "probable words at each place. Enter, or a click, goes to the sentence in the text."
    )

    def measured(self, weight: float) -> str:
        return f"{weight:10,.1f}"


class SurprisePane(Vertical):
    """Facts, and two lists; their rows lead into the text."""

    DEFAULT_CSS = """
    SurprisePane { width: 1fr; height: 1fr; }
    SurprisePane #surprise-facts { height: auto; max-height: 50%; width: 1fr; padding: 0 1; overflow-y: auto;
        scrollbar-size-vertical: 1; }
    SurprisePane .surprise--list { height: 1fr; min-height: 3; width: 1fr; padding: 0 1; }
    SurprisePane PhraseTable { height: 1fr; scrollbar-size-horizontal: 0; }
    SurprisePane.-outdated PhraseTable { text-style: italic; opacity: 60%; }
    """

    def compose(self) -> ComposeResult:
        with Container(classes="box", id="surprise-facts"):
            yield Static(id="surprise-said", markup=False)
        with Container(classes="box surprise--list", id="surprise-first"):
            yield WordBits(id="surprise-words")
        with Container(classes="box surprise--list", id="surprise-second"):
            yield WordBits(id="surprise-others")
            yield SentencePerplexities(id="surprise-sentences")

    def show(self, requests: SurpriseRequests, empty: str, document: str) -> None:
        """``empty``: said where there is no answer; ``document``: the text that rows lead into."""
        answer = requests.answer
        self.set_class(answer is not None and not requests.fresh, "-outdated")
        for name in ("#surprise-first", "#surprise-second"):
            self.query_one(name).display = answer is not None
        facts = self.query_one("#surprise-facts")
        facts.border_title = Content(" and ".join(map(visible, requests.models)) or "Surprise")
        said = self.query_one("#surprise-said", Static)
        if answer is None:
            said.update(Content(empty))
            return
        lines = [*(compared_facts(answer) if isinstance(answer, ComparedSurprise) else facts_of(answer))]
        if requests.stretch.page:
            lines.append(
                Content.styled(f"{requests.stretch.page}; other pages are measured when they are shown", "$quiet")
            )
        if not requests.fresh:
            lines.append(Content.styled(state_of(requests), "bold $warning"))
        said.update(Content("\n").join(lines))
        start = requests.stretch.start
        if isinstance(answer, ComparedSurprise):
            self._show_deciding(answer, start, document)
        else:
            self._show_one(answer, start, document)

    def _show_one(self, answer: Surprise, start: int, document: str) -> None:
        every = words_of(answer)
        words = moved(strongest(every, answer.text, mean_bits(every)), start)
        self._list("#surprise-first", "#surprise-words", "Most surprising words", words, document)
        sentences = [Phrase(each.start, each.end, each.perplexity, -1) for each in answer.sentences]
        sentences.sort(key=lambda sentence: -sentence.weight)
        self._list(
            "#surprise-second", "#surprise-sentences", "Sentences by perplexity", moved(sentences, start), document
        )

    def _show_deciding(self, answer: ComparedSurprise, start: int, document: str) -> None:
        words = [Phrase(word.start, word.end, word.bits, -1) for word in answer.words]
        for_first = strongest(words, answer.text)
        against = [Phrase(word.start, word.end, -word.weight, -1) for word in words if word.weight < 0]
        first, second = visible(answer.first.model), visible(answer.second.model)
        self._list("#surprise-first", "#surprise-words", f"For {first}", moved(for_first, start), document)
        others = moved(strongest(against, answer.text), start)
        self._list("#surprise-second", "#surprise-others", f"For {second}", others, document)

    def _list(self, box: str, table: str, title: str, phrases: Sequence[Phrase], text: str) -> None:
        self.query_one(box).border_title = Content(title)
        for each in self.query_one(box).query(PhraseTable):
            each.display = f"#{each.id}" == table
        self.query_one(table, PhraseTable).show(phrases[: 4 * MOST], text)

    @property
    def plain(self) -> str:
        """The facts, for whoever cannot see them."""
        content: Any = self.query_one("#surprise-said", Static).render()
        return content.plain


def moved(phrases: Sequence[Phrase], start: int) -> list[Phrase]:
    """The same in a document in which their text begins at ``start``."""
    return [Phrase(each.start + start, each.end + start, each.weight, each.hop) for each in phrases]


def facts_of(answer: Surprise) -> list[Content]:
    """Its numbers, and what is to be known of them."""
    lines = [
        Content.assemble(
            ("perplexity ", "$quiet"), (f"{answer.perplexity:,.1f}", "bold"),
            (" · ", "$quiet"), (f"{answer.bits_per_character:.2f}", "bold"), (" bits a character", "$quiet"),
        ),
        Content.styled(f"{read_said(answer)} · {answer.milliseconds:,.0f} ms", "$quiet"),
    ]  # fmt: skip
    return [*lines, *notes_of(answer.notes)]


def compared_facts(answer: ComparedSurprise) -> list[Content]:
    """Which model explains the text better, and the numbers of both."""
    lines = [Content.styled(visible(fewer_bits(answer)), "bold")]
    for each in (answer.first, answer.second):
        lines.append(
            Content.assemble(
                visible(each.model),
                (f"  {each.bits_per_character:.2f} bits a character · perplexity {each.perplexity:,.1f}", "$quiet"),
                (f" ({each.unit})", "$quiet"),
            )
        )
    return [*lines, *notes_of(tuple(dict.fromkeys(answer.first.notes + answer.second.notes)))]


def notes_of(notes: Sequence[str]) -> list[Content]:
    """Each with its sign."""
    return [Content.assemble(("! ", "bold $warning"), visible(note)) for note in notes]


def state_of(requests: SurpriseRequests) -> str:
    """Why the answer is not there, or not of the text as it is."""
    if requests.problem:
        return requests.problem
    if requests.waits:
        return f"Not measured while you type: it takes too long. {key('go_on')} measures it."
    if requests.busy:
        return "Measuring …"
    return EMPTY
