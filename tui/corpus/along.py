"""What a classifier says along the document under the cursor, sentence by sentence: a curve above its text."""

from functools import partial
from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from ...engine.results import BundleInfo, Course, UserError, plural
from ..actions import key
from ..kit.along import LEAST
from ..kit.choosing import pick
from ..kit.course_lines import course_lines
from ..kit.label_colors import label_colors
from ..kit.model_choice import about, is_shipped, none_here
from ..kit.text import visible
from .parts import or_error

if TYPE_CHECKING:
    from ..kit.workbench import Workbench

USUAL = "sentiment"
"""The task whose default model is offered first."""


class DocumentCourse:
    """Drawn into the widget ``#along`` while it is on; the newest document counts."""

    def __init__(self, screen: "Workbench") -> None:
        self._screen = screen
        self._model: BundleInfo | None = None
        self._text = ""

    def turn(self) -> None:
        """Ask for a classifier and draw; where it is drawn, stop that."""
        if self._model is not None:
            self._model = None
            self._screen.forget("course")
            self._show(Content(""))
        else:
            self._screen.ask("models", self._screen.engine.column_models, self._choose)

    def follow(self, text: str) -> None:
        """Another document is shown; none where ``text`` is empty."""
        self._text = text
        if self._model is None:
            return
        if not text.strip():
            self._screen.forget("course")
            self._show(Content(""))
            return
        work = partial(self._screen.engine.course, text, self._model.task, self._model.name)
        self._screen.ask("course", or_error(work), self._draw)

    def _choose(self, models: list[BundleInfo]) -> None:
        classifiers = [info for info in models if info.labels]
        if not classifiers:
            self._screen.app.notify(none_here("gives labels"))
            return
        classifiers.sort(key=lambda info: (info.task != USUAL, not info.default, is_shipped(info)))
        options = [(info, info.name, about(info)) for info in classifiers]
        pick(self._screen, "Course along the document by", options, None, self._use)

    def _use(self, model: BundleInfo) -> None:
        self._model = model
        self.follow(self._text)

    def _draw(self, course: Course | UserError) -> None:
        if self._model is None:
            return
        if isinstance(course, UserError):
            self._show(Content.styled(visible(str(course)), "$quiet"))
        elif len(course.parts) < LEAST:
            why = f"{plural(len(course.parts), 'sentence')}: too short for a course ({key('course', 'corpus')} ends it)"
            self._show(Content.styled(why, "$quiet"))
        else:
            width = max(10, self._screen.query_one("#whole").content_size.width - 2)
            self._show(Content("\n").join(course_lines(course, width, label_colors(list(course.labels)))))

    def _show(self, lines: Content) -> None:
        for widget in self._screen.query("#along").results(Static):  # none where the screen has gone
            widget.update(lines)
            widget.display = bool(lines.plain)
