"""The order of the documents of a corpus, asked for: by any column, from the first or the last value on."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..kit.choosing import pick
from ..kit.text import one_line
from .overview import CONFIDENCE, PREFIX
from .parts import ViewState

if TYPE_CHECKING:
    from ..kit.workbench import Workbench
    from .views import DocumentsView


def choose_order(screen: "Workbench", view: "DocumentsView", state: ViewState, use: Callable[[str], None]) -> None:
    """Ask for one of the view's orders; ``use(order)`` once it is chosen."""
    # How sure models are is asked for most often.
    orders = sorted(view.orders(), key=lambda order: not _of_confidence(order))
    pick(screen, "Sort the documents", [(order, *_described(order)) for order in orders], state.order, use)


def _of_confidence(order: str) -> bool:
    return order.removeprefix("-").startswith(PREFIX) and order.endswith(CONFIDENCE)


def _described(order: str) -> tuple[str, str]:
    """The name of an order, and what comes first in it."""
    column = one_line(order.removeprefix("-"), 40)
    if not column:
        return "as in the file", "the order of the documents in their source"
    if _of_confidence(order):
        return column, "the most confident first" if order[:1] == "-" else "the least confident first"
    if column == "words":
        return column, "the longest first" if order[:1] == "-" else "the shortest first"
    return column, "from the last or largest value on" if order[:1] == "-" else "from the first or smallest value on"
