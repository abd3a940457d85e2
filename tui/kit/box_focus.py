"""How a box looks while what has the focus is in it, worked out for the box alone.

Textual works out the styles of all that is in such a box anew, each time the focus moves: of a form of fifty settings
300 widgets, for a tenth of a second. Rules here say with ``:focus-within`` how the box itself looks, and nothing of
what is in it.
Checked with Textual 8.2.8.
"""

from textual.screen import Screen
from textual.widget import Widget


def restyle_boxes(screen: Screen[None], focused: Widget | None, blurred: Widget | None) -> None:
    """Work out the styles of what holds, or has held, the focus; rules of the screen have ``:focus-within`` at their
    ends only."""
    ends = [end for end in (focused, blurred) if end is not None]
    boxes = {box for end in ends for box in end.ancestors_with_self if box._has_focus_within}
    if boxes:
        screen.app.stylesheet.update_nodes(boxes, animate=True)
