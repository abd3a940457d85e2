"""A profile of an author: in full on Authors, a line for each attribute on Analyse."""

from typing import Any, ClassVar

from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from ...engine.results import BundleInfo, DatasetInfo, Profile
from .beside import CardOpened
from .profile_rows import NOT_FOR, compact_line, facts, guess_lines, pulled, qualities, quality
from .text import visible


class ProfileCard(Widget, can_focus=True):
    """``profile`` is the newest answer, explained or not; ``compact``: a line an attribute."""

    HELP = (
        "What the style of the text suggests of its author. The bars are calibrated probabilities; the sign ▸ marks "
        "what is most likely, and where nothing is likely enough the card says that it cannot tell. Beside each "
        "attribute: how often the model is right about authors whom it never read. After by: words and parts of words "
        "that spoke for the label."
    )
    profile: reactive[Profile | None] = reactive(None, layout=True)
    waiting: reactive[str] = reactive("", layout=True)
    compact: reactive[bool] = reactive(False, layout=True)

    def __init__(self, info: BundleInfo | None = None, **options: Any) -> None:
        super().__init__(classes="box card", **options)
        self.info = info
        self._text = ""

    def on_mount(self) -> None:
        self.name_model(self.info)

    def name_model(self, info: BundleInfo | None) -> None:
        """Whose answers these are."""
        self.info = info
        self.border_title = Content("Author" + (f" · {visible(info.name)}" if info else ""))
        self._say_quality()

    def _say_quality(self) -> None:
        info = self.info
        if info is None:
            self.border_subtitle = ""
        elif self.compact:
            names = [guess.name for guess in self.profile.guesses] if self.profile else attributes(info)
            self.border_subtitle = Content(qualities(names, info))
        else:
            content = f"measured on {info.measured_on}" if info.measured_on and info.metrics else "not measured"
            self.border_subtitle = Content(content)

    def watch_compact(self) -> None:
        self._say_quality()

    def watch_profile(self) -> None:
        self._say_quality()

    def answer(self, profile: Profile, text: str) -> None:
        self._text, self.waiting, self.profile = text, "", profile

    def clear(self, waiting: str = "") -> None:
        self.profile, self.waiting = None, waiting

    def render(self) -> Content:
        width = max(20, self.content_size.width or 40)
        profile = self.profile
        if profile is None:
            return Content.styled(self.waiting or "Waiting for a text.", "$quiet")
        lines: list[Content] = []
        if self.compact:
            names = max((len(visible(guess.name)) for guess in profile.guesses), default=0)
            lines += [compact_line(guess, width, min(names, 12), not profile.abstains) for guess in profile.guesses]
        else:
            metrics = self.info.metrics if self.info else {}
            for guess in profile.guesses:
                # Of a number a pull says more or less, not for or against; and what is not told had no reasons.
                content = guess.kind == "category" and guess.sure and not profile.abstains
                spoke = profile.pulls.get(guess.name, ()) if content else ()
                words = pulled(self._text, [span for span in spoke if span.weight > 0])
                right = quality(guess.name, metrics)
                lines += [*guess_lines(guess, width, right, words, not profile.abstains), Content("")]
        lines += self.closing(profile, width)
        return Content("\n").join(lines)

    def closing(self, profile: Profile, width: int) -> list[Content]:
        """Below the attributes: how it was read, what to know of it, what it is not."""
        return [facts(profile, width), *notes_of(profile), Content.styled(NOT_FOR, "italic")]


class AuthorCard(ProfileCard):
    """The short form: enter or a click goes on to Authors."""

    HELP = (
        "What the style of the text suggests of its author, a line an attribute; ▸ marks what is most likely. Enter, "
        "or a click, opens Authors with this text: there are the attention of the model, and what its answer is not "
        "for."
    )
    BINDINGS: ClassVar = [Binding("enter", "open", "authors", tooltip="Open Authors with this text")]

    def on_mount(self) -> None:
        self.compact = True
        super().on_mount()

    def closing(self, profile: Profile, width: int) -> list[Content]:
        return notes_of(profile)

    def action_open(self) -> None:
        self.post_message(CardOpened(self))

    def on_click(self, event: events.Click) -> None:
        self.action_open()


def notes_of(profile: Profile) -> list[Content]:
    """What to know of an answer: a short text, another language."""
    return [Content.assemble(("! ", "bold $warning"), visible(note)) for note in profile.notes]


def attributes(info: BundleInfo) -> list[str]:
    """The names of a model's attributes, as its card lists them."""
    listed = info.card.get("attributes")
    return [str(row["name"]) for row in listed if "name" in row] if isinstance(listed, list) else []


def limits(info: BundleInfo, corpus: DatasetInfo | None = None) -> Content:
    """What a model is not for, on what and when it learnt, and how that leans; as far as its card says."""
    card = info.card
    data = card["data"] if isinstance(card.get("data"), dict) else {}
    title = str(card.get("corpus") or (corpus.title if corpus else "") or data.get("card") or "")
    year = str(card.get("year") or data.get("year") or "")
    learnt = title + (f" ({year})" if title and year and year not in title else "")
    about = corpus.description.split("\n\n")[0] if corpus else ""
    bias = card.get("bias") or data.get("bias") or ""
    rows = [
        ("", card.get("not_for") or "Not for decisions about anybody, and not to find out who somebody is."),
        ("made for", card.get("intended") or card.get("description") or ""),
        ("learnt from", f"{learnt}. {about}" if learnt and about else learnt),
        ("bias", " ".join(map(str, bias)) if isinstance(bias, list | tuple) else bias),
    ]
    content = [
        Content.assemble((f"{name}  " if name else "", "bold $accent"), visible(" ".join(str(value).split())))
        for name, value in rows
        if value
    ]
    return Content("\n").join(content)
