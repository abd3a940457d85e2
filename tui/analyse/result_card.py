"""The card of one classifier's answer: label, probability, time, the model's accuracy, the words that moved it."""

from typing import Any, ClassVar

from rich.cells import cell_len
from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from ...engine import api
from ...engine.results import BundleInfo, Course, HeadAttention, Result, plural
from ..actions import key
from ..kit.along import LEAST
from ..kit.bars import percent, probability_rows
from ..kit.course_lines import course_lines
from ..kit.heads import Link, strongest_links
from ..kit.heat import Sides, strongest_words
from ..kit.label_colors import label_colors
from ..kit.model_reader import SHORT
from ..kit.text import measured, one_line, visible

BEST = 5
"""Labels that are shown of many; the others on a key."""
UNRELIABLE = "unreliable"
NOT_SURE = "not sure"
HIDING, GRADIENTS, HEADS, ATTENTION = "occlusion", "gradients", "heads", "attention"
WAYS = (HIDING, GRADIENTS, HEADS)
"""How an encoder's words are weighed, or what is shown in place of that."""


class ResultCard(Widget, can_focus=True):
    """A card a model. ``result`` is the newest answer, ``explained`` the same with words weighed, or None."""

    HELP = (
        "What one model predicts for the document, whatever its labels are called. The bars are calibrated "
        "probabilities, each in the colour of its label; the sign ▸ marks the prediction: several labels where the "
        "model was trained on texts with several, and of a model of numbers the number. Of many labels the five "
        "most likely are shown, enter shows all. Words after + speak for the prediction, words after − against it; "
        "the number is the change in log-odds when the word is hidden. In a language that the model does not read "
        "nothing is marked: the answer is unreliable; nor where a model is not sure, below the threshold that was kept "
        "with it in a report. On the card of an encoder w weighs the words otherwise: by integrated gradients, with "
        "the completeness gap, or shows which words its heads link; on that of a model with attention over words it "
        "shows the shares of that. Below them is shown what the model says along the text, sentence by sentence: of "
        "two labels as a curve, of more a letter each. In the lower edge: how "
        f"often the model is right on texts it never saw. {key('next_model', 'analyse')} gives this card another "
        f"model, {key('compare', 'analyse')} sets models with the same labels side by side."
    )
    BINDINGS: ClassVar = [
        Binding("enter", "all_labels", "all labels", tooltip="Show all labels, or only the five most likely"),
        Binding(
            "w",
            "next_way",
            "weigh by",
            tooltip="Weigh words by hiding them; of an encoder by integrated gradients, or show what heads look at; of "
            "a model with attention over words by its shares",
        ),
    ]

    result: reactive[Result | None] = reactive(None, layout=True)
    waiting: reactive[str] = reactive("", layout=True)
    """A sentence in the place of a result: what is missing, or what is under way."""
    all_labels: reactive[bool] = reactive(False, layout=True)
    way: reactive[str] = reactive(WAYS[0], layout=True)
    """How the words are weighed, one of :attr:`ways`."""

    class WayChosen(Message):
        """The reader wants the words weighed in another way."""

        def __init__(self, card: "ResultCard") -> None:
            super().__init__()
            self.card = card

    def __init__(self, info: BundleInfo, **options: Any) -> None:
        super().__init__(classes="box card", **options)
        self.info = info
        self.explained: Result | None = None
        self.looked: HeadAttention | None = None
        self.course: Course | None = None
        self._text = ""

    def on_mount(self) -> None:
        task = api.task(self.info.task)
        self.border_title = Content(f"{visible(task.card_title or task.label)} · {visible(self.info.name)}")
        self.border_subtitle = Content(measured(self.info.metrics, self.info.measured_on))

    def answer(self, result: Result, text: str) -> None:
        """Show an answer; words weighed before belong to another text and go."""
        self.explained, self.looked, self.course = None, None, None
        self._text, self.waiting, self.result = text, "", result

    def explain(self, result: Result, text: str) -> None:
        """Show which words moved the prediction."""
        self.explained, self._text = result, text
        self.refresh(layout=True)

    def look(self, looked: HeadAttention, text: str) -> None:
        """Show what the heads of an encoder look at."""
        self.looked, self._text = looked, text
        self.refresh(layout=True)

    def follow(self, course: Course) -> None:
        """Show what the model says along the document."""
        self.course = course
        self.refresh(layout=True)

    def clear(self, waiting: str = "") -> None:
        self.explained, self.looked, self.course = None, None, None
        self.result, self.waiting = None, waiting

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "all_labels":
            return self.result is not None and len(self.result.probabilities) > BEST + 1
        if action == "next_way":
            return len(self.ways) > 1 and self.result is not None and not self.result.abstains
        return super().check_action(action, parameters)

    @property
    def is_encoder(self) -> bool:
        """Whether the model has gradients and heads."""
        return bool(self.info.card.get("encoder"))

    @property
    def ways(self) -> tuple[str, ...]:
        """How the words can be weighed, or what is shown in place of that."""
        serving = self.info.card.get("serving", {})
        if self.is_encoder:  # a linear part beside it has no gradients
            return tuple(way for way in WAYS if way != GRADIENTS) if serving.get("linear") else WAYS
        return (HIDING, ATTENTION) if serving.get("attention") else (HIDING,)

    @property
    def next_way(self) -> str:
        return self.ways[(self.ways.index(self.way) + 1) % len(self.ways)]

    def action_next_way(self) -> None:
        self.way = self.next_way
        self.post_message(self.WayChosen(self))

    def action_all_labels(self) -> None:
        self.all_labels = not self.all_labels

    def on_click(self, event: events.Click) -> None:
        if self.check_action("all_labels", ()):
            self.action_all_labels()

    def render(self) -> Content:
        width = max(20, self.content_size.width or 40)
        result = self.result
        if result is None:
            return Content.styled(self.waiting or "Waiting for a text.", "$quiet")
        lines = []
        if result.abstains:
            lines.append(Content.styled(f"? {UNRELIABLE}", "bold $warning"))
        elif not result.sure:
            lines.append(
                Content.assemble((f"? {NOT_SURE}", "bold $warning"), (f"  below {_threshold(result)}", "$quiet"))
            )
        colors = label_colors(list(result.probabilities))
        count = len(colors)
        many = count > BEST + 1
        most = BEST if many and not self.all_labels else count
        if result.value is not None:
            lines.append(_number(result))
        predictions = () if result.abstains or not result.sure else result.labels or (result.label,)
        lines += probability_rows(result.probabilities, predictions, width, most, colors)
        if many:
            hint = (
                "enter: the five most likely" if self.all_labels else f"… and {count - BEST} more labels (enter: all)"
            )
            lines.append(Content.styled(hint, "$quiet"))
        if not self.screen.has_class("-short"):
            lines.append(Content(""))
        lines.append(_facts(result, width))
        if not result.abstains:
            if self.way == HEADS and self.looked is not None:
                lines.extend(_heads(self.looked, self._text))
            elif self.explained is not None:
                if self.explained.gap is not None:
                    lines.append(Content.styled(f"by gradients, completeness gap {self.explained.gap:+.2f}", "$quiet"))
                lines.extend(_words(strongest_words(self._text, self.explained.spans), Sides.of(self.explained), width))
                lines.extend(_sentences(self.explained, self._text, width))
            elif self._text:
                course = ", and the course along the text" if len(self._text) > SHORT else ""
                lines.append(Content.styled(f"{key('explain')} shows which words decided{course}", "$quiet"))
            if self.course is not None and len(self.course.parts) >= LEAST:
                lines.extend(course_lines(self.course, width, colors))
            if len(self.ways) > 1 and self.has_focus:
                lines.append(Content.styled(f"w: {self.next_way}", "$quiet"))
        lines.extend(Content.assemble(("! ", "bold $warning"), visible(note)) for note in result.notes)
        return Content("\n").join(lines)


def _threshold(result: Result) -> str:
    return f"{100 * (result.threshold or 0):.4g} %"


def _number(result: Result) -> Content:
    """What a model of numbers says, and where eight of ten lie."""
    value = (f"▸ {result.label}", "bold $accent" if not result.abstains else "$quiet")
    if result.low is None or result.high is None:
        return Content.assemble(value)
    return Content.assemble(value, (f"  (8 of 10 between {result.low:.4g} and {result.high:.4g})", "$quiet"))


def _facts(result: Result, width: int) -> Content:
    facts = [f"{result.milliseconds:.1f} ms" if result.milliseconds < 100 else f"{result.milliseconds:,.0f} ms"]
    if result.tokens:
        facts.append(plural(result.tokens, "token"))
        facts.append(f"{percent(result.known).strip()} known")
    if result.read < 1:
        facts.append(f"{percent(result.read).strip()} read")
    fitting = facts[:1]
    for fact in facts[1:]:
        if cell_len(" · ".join([*fitting, fact])) <= width:
            fitting.append(fact)
    return Content.styled(" · ".join(fitting), "$quiet")


def _heads(looked: HeadAttention, text: str) -> list[Content]:
    """Of each layer the head with the strongest link between two words."""
    best: dict[int, Link] = {}
    for link in strongest_links(looked):
        if link.layer not in best or link.weight > best[link.layer].weight:
            best[link.layer] = link
    lines = []
    for link in best.values():
        asking, asked = (one_line(text[slice(*place)], 20) for place in (link.asking, link.asked))
        said = f"layer {link.layer}, head {link.head}: "
        lines.append(Content.assemble((said, "$quiet"), f"{asking} → {asked}", (f" {percent(link.weight)}", "$quiet")))
    return lines or [Content.styled("There are no two words that a head could link.", "$quiet")]


def _sentences(explained: Result, text: str, width: int) -> list[Content]:
    """The three sentences with the most attention, where the model reads sentence by sentence."""
    strongest = sorted(explained.sentences, key=lambda span: -span.weight)[:3]
    return [
        Content.assemble((f"{percent(span.weight)}  ", "$quiet"), one_line(text[span.start : span.end], width - 8))
        for span in strongest
    ]


def _words(words: list[tuple[str, float]], sides: Sides, width: int) -> list[Content]:
    """Two lines at most, which are the legend too: what spoke for the prediction, what against it."""
    lines = []
    toward, against = sides.heads
    room = max(cell_len(toward), cell_len(against))
    if sides.shares:
        words = [(word, 100 * share) for word, share in words]
    for head, color, chosen in (
        (toward, f"${sides.toward_color}", [pair for pair in words if pair[1] > 0]),
        (against, f"${sides.against_color}", [pair for pair in words if pair[1] < 0]),
    ):
        if not chosen:
            continue
        parts: list[Content] = [Content.styled(head + " " * (room - cell_len(head)) + "  ", f"bold {color}")]
        used = room + 2
        for number, (word, weight) in enumerate(chosen):
            size = f"{abs(weight):.1f}" if abs(weight) >= 0.05 else f"{abs(weight):.2f}"
            size = f"{weight:.0f} %" if sides.shares else size
            cells = cell_len(word) + 1 + len(size) + 2
            if used + cells > width and number:
                break
            parts += [Content.styled(word, color), Content.styled(f" {size}", "$quiet"), Content("  ")]
            used += cells
        lines.append(Content.assemble(*parts).rstrip())
    if not lines:
        lines.append(Content.styled("No single word moved the prediction.", "$quiet"))
    return lines
