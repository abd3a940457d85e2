"""How Translate shows a draft: which sentence and which word are at hand, and what is linked to it on either side."""

from textual.content import Content
from textual.widgets import Static

from ...engine.results import Hypothesis, Span, Token, plural
from ..actions import key, pressed
from ..kit.attention_grid import END, AttentionGrid, Side, links
from ..kit.bars import bar
from ..kit.choicebar import ChoiceBar
from ..kit.document_screen import DocumentScreen
from ..kit.heat import Heat
from ..kit.languages import language_name
from ..kit.model_choice import none_here
from ..kit.source_box import SourceArea, SourceBox
from ..kit.text import visible
from ..kit.walked import linked, token_at
from .directions import by_models, pair
from .requests import TranslationRequests
from .sentence_list import SentenceList
from .wordings import Wordings

EMPTY = "The translation appears here."
BAR = 12


class TranslationShowing:
    """Brings draft, walking and grid onto the widgets that the screen lays out."""

    def __init__(self, screen: DocumentScreen, requests: TranslationRequests) -> None:
        self.screen, self.requests = screen, requests
        requests.view = self
        self.current = 0
        """The sentence at hand."""
        self.gridded = False
        """Whether the grid has the place of the texts."""
        self._side: Side | None = None
        self._token: int | None = None

    # ------------------------------------------------------------------------------------------ the draft

    def document_changed(self) -> None:
        """Where words stand is not known while one types."""
        if isinstance(self.screen.box.area, SourceArea):
            self.screen.box.area.point(None, Heat())

    def draft_changed(self) -> None:
        """The draft is another one, or there is none."""
        draft = self.requests.draft
        there = draft is not None and bool(draft.lines)
        self.screen.query_one(SentenceList).show(draft)
        self.heads_changed()
        self.current = min(self.current, len(draft.lines) - 1) if draft is not None and there else 0
        self._side = self._token = None
        if there and isinstance(self.screen.focused, SourceArea):
            self.follow_cursor()
        elif there:
            self.point(self.current)
        else:
            self._show_sentence()
        self.draft_grew()

    def heads_changed(self) -> None:
        """What stands around the texts: languages, direction, and in the place of a translation why there is none."""
        direction, there = self.requests.direction, self.requests.draft is not None and bool(self.requests.draft.lines)
        listed, empty = self.screen.query_one(SentenceList), self.screen.query_one("#target-empty", Static)
        listed.display, empty.display = there, not there
        empty.update(Content(visible(self._why_nothing())))
        self.screen.query_one("#target-box").border_title = Content(
            language_name(direction.target) if direction else "Translation"
        )
        source = self.screen.query_one(SourceBox)
        source.language = self.requests.language
        source.set_title(self.screen.document)
        self._show_choices()

    def draft_grew(self) -> None:
        """Sentences were added to it, or time passed while it is made."""
        self.screen.query_one(SentenceList).grow()
        self.screen.query_one("#progress", Static).update(self._progress())
        run = self.requests.run_now
        self.screen.query_one("#progress").display = self._unfinished if run is None else run.long and run.total > 0
        self._say_size()
        self.screen.refresh_bindings()

    def line_changed(self, number: int) -> None:
        """More is known of a line."""
        self.screen.query_one(SentenceList).renew(number)
        if number == self.current:
            self.follow_cursor() if isinstance(self.screen.focused, SourceArea) else self.point(number)

    @property
    def _unfinished(self) -> bool:
        return self.requests.draft is not None and not self.requests.draft.complete

    def _why_nothing(self) -> str:
        if not self.requests.ways.loaded:
            return "Looking for models …"
        if self.requests.problem:
            return self.requests.problem
        if not self.requests.ways.all:
            return none_here("translates")
        return (
            "Translating …\n\nesc stops" if self.requests.run_now is not None or self.screen.busy("language") else EMPTY
        )

    def _progress(self) -> Content:
        run, draft = self.requests.run_now, self.requests.draft
        if run is not None:
            done, total = run.told
            parts = "Stopping …" if run.stopped else f"{done:,} of {plural(total, 'sentence')}"
            drawn = bar(done / max(total, 1), BAR)
            return Content.assemble((drawn.ljust(BAR), "$primary"), f"  {parts}  ", ("esc stops", "$quiet"))
        if draft is None or draft.complete:
            return Content("")
        left = len(draft.source) - (draft.lines[-1].sentence.end if draft.lines else 0)
        return Content.assemble(
            ("! ", "bold $warning"),
            f"{plural(left, 'character')} {'is' if left == 1 else 'are'} not translated  ",
            (f"{key('go_on')} continues", "$quiet"),
        )

    def _say_size(self) -> None:
        draft, listed = self.requests.draft, self.screen.query_one(SentenceList)
        parts: list[str] = []
        if draft is not None and draft.lines:
            count = len(draft.lines)
            parts.append(f"sentence {self.current + 1:,} of {count:,}" if count > 1 else "1 sentence")
            if listed.pages > 1:
                parts.append(f"page {listed.page + 1:,} of {listed.pages:,}")
            if draft.milliseconds:
                ms = draft.milliseconds
                parts.append(f"{ms:,.0f} ms" if ms < 10_000 else f"{ms / 1000:,.0f} s")
        self.screen.query_one("#target-box").border_subtitle = " · ".join(parts)

    def _show_choices(self) -> None:
        direction = self.requests.direction
        said = pair(direction) if direction is not None else "the text decides" if self.requests.ways.infos else "none"
        detected = direction is not None and self.requests.ways.picked is None
        parts = [(pressed("direction"), "Direction", f"{said} (found)" if detected else said)]
        if direction is not None:
            parts.append((pressed("next_model"), "Model", by_models(direction, self.requests.ways.infos)))
        self.screen.query_one(ChoiceBar).show(parts)

    # ------------------------------------------------------------------------------------------ at hand

    def follow_cursor(self) -> None:
        """The sentence and the word at the cursor of the text are at hand."""
        area, draft = self.screen.box.area, self.requests.draft
        if draft is None or not draft.lines or not isinstance(area, SourceArea) or not self._fits:
            return
        place = area.place
        number = draft.at(place)
        if number is None:
            return
        sentence = draft.lines[number].sentence
        within = place - sentence.start
        token = None if sentence.through else token_at(sentence.tokens, within)
        self.point(number, "source" if token is not None else None, token)

    @property
    def _fits(self) -> bool:
        """Whether places in the box are places in the draft's text: an edit or folding a line moves them."""
        draft, box = self.requests.draft, self.screen.box
        if draft is None or draft.source != self.screen.document.text:
            return False
        return box.large or len(box.area.text) == len(self.screen.document.text)

    def point(self, number: int, side: Side | None = None, token: int | None = None) -> None:
        """A sentence is at hand, and a word on one of its sides, if any."""
        draft = self.requests.draft
        if draft is None or not 0 <= number < len(draft.lines):
            return
        self.current, self._side, self._token = number, side, token
        self._show_sentence()
        self._say_size()
        self.requests.detail_soon(number)
        self.screen.refresh_bindings()

    def _show_sentence(self) -> None:
        """Both texts, the grid and the wordings say what is at hand."""
        line = (
            self.requests.draft.lines[self.current]
            if self.requests.draft is not None and self.requests.draft.lines
            else None
        )
        said = line.hypothesis if line is not None else None
        self.screen.query_one(Wordings).show(line.sentence.hypotheses if line else (), line.chosen if line else 0)
        self._say_told()
        grid, listed = self.screen.query_one(AttentionGrid), self.screen.query_one(SentenceList)
        if line is None or said is None:
            grid.show((), (), ())
            self._lay()
            return
        sentence = line.sentence
        source = sentence.through or sentence.source
        are_linked = linked(said, len(sentence.tokens))
        between = language_name(self.requests.direction.pivot) if self.requests.direction and sentence.through else ""
        grid.show(
            [_shown(said.text, token) for token in said.tokens] if are_linked else (),
            [_shown(source, token) for token in sentence.tokens] if are_linked else (),
            said.attention if are_linked else (),
            "Which word came from which" + (f", out of the {between} between" if between else ""),
        )
        self._lay()
        lit: dict[int, float] = {}
        if are_linked and self._side is not None and self._token is not None:
            if not grid.has_focus:  # else it is there that the reader walks
                grid.point(self._side, self._token)
            lit = _weights(said, self._side, self._token)
        levels = _levels(lit) if self._side == "source" else {}
        listed.point(self.current, self._token if self._side == "target" else None, levels)
        heat = Heat()
        if self._side == "target" and not sentence.through:
            start = sentence.start
            tokens = [(sentence.tokens[number], weight) for number, weight in sorted(lit.items())]
            heat = Heat.of(
                Span(start + word.start, start + word.end, weight) for word, weight in tokens if word.end > word.start
            )
        self._point_source(heat)

    def _point_source(self, heat: Heat) -> None:
        box, draft = self.screen.query_one(SourceBox), self.requests.draft
        if draft is None or not self._fits:
            return
        sentence = draft.lines[self.current].sentence
        box.point((sentence.start, sentence.end), heat)
        area = box.area
        if not box.large and isinstance(area, SourceArea) and not area.has_focus:
            first = heat.spans[0].start if heat.spans else sentence.start
            area.go_to(first)

    def _say_told(self) -> None:
        """The sentence between, where there is one, and what is to be known of the translation."""
        draft = self.requests.draft
        lines: list[Content] = []
        if draft is not None and draft.lines and draft.direction.pivot:
            through = draft.lines[self.current].sentence.through
            if through:
                name = language_name(draft.direction.pivot)
                lines.append(Content.assemble((f"through {name}  ", "bold $accent"), visible(through)))
        if draft is not None:
            lines += [Content.assemble(("! ", "bold $warning"), visible(note)) for note in draft.notes]
        parts = self.screen.query_one("#told", Static)
        parts.update(Content("\n").join(lines))
        parts.display = bool(lines)

    def take_wording(self, number: int) -> None:
        """Another wording of the sentence at hand stands in the text from now on."""
        draft = self.requests.draft
        if draft is not None and draft.lines and draft.choose(self.current, number):
            self.screen.query_one(SentenceList).renew(self.current)
            self.point(self.current)

    # ------------------------------------------------------------------------------------------ the grid

    def show_grid(self, gridded: bool) -> None:
        """Give the grid the place of the texts, or these theirs."""
        self.gridded = gridded
        self._lay()
        if gridded:
            self.screen.query_one(AttentionGrid).focus()
        else:
            (self.screen.box.preview if self.screen.box.large else self.screen.box.area).focus()
        self.screen.refresh_bindings()

    def _lay(self) -> None:
        linked = bool(self.screen.query_one(AttentionGrid).names)
        self.gridded = self.gridded and linked
        self.screen.set_class(linked, "-linked")
        self.screen.set_class(self.gridded, "-grid")
        self.screen.set_class(bool(self.screen.query_one(Wordings).wordings), "-wordings")


def _shown(text: str, token: Token) -> str:
    return text[token.start : token.end].strip() or END


def _weights(said: Hypothesis, side: Side, token: int) -> dict[int, float]:
    """The words of the other side with their weights."""
    if side == "target":
        weights = said.attention[token] if token < len(said.attention) else ()
    else:
        weights = [row[token] for row in said.attention if token < len(row)]
    return links(weights, len(said.attention[0]) if said.attention else 0)


def _levels(weights: dict[int, float]) -> dict[int, int]:
    """1 … 3 by their share of the strongest, as :class:`Heat` shades."""
    heat = Heat((), max(weights.values(), default=0.0))
    return {number: heat.level(Span(0, 0, weight)) for number, weight in weights.items()}
