"""How a box looks while what has the focus is in it, worked out for the box alone.

Textual works out the styles of all that is in such a box anew, each time the focus moves: of a form of fifty settings
300 widgets, for a tenth of a second. Rules here say with ``:focus-within`` how the box itself looks, and nothing of
what is in it.
Checked with Textual 8.2.8.
"""

from textual.screen import Screen
from textual.widget import Widget


class BoxFocus(Screen[None]):
    """A screen whose rules have ``:focus-within`` at their ends only."""

    def _update_focus_styles(self, focused: Widget | None = None, blurred: Widget | None = None) -> None:
        ends = [end for end in (focused, blurred) if end is not None]
        boxes = {box for end in ends for box in end.ancestors_with_self if box._has_focus_within}
        if boxes:
            self.app.stylesheet.update_nodes(boxes, animate=True)
