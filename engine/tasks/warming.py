"""Models loaded ahead of the first question, each as its task says."""

from .. import model_store
from .table import find_task, load


def warm_up(task: str = "sentiment", model: str | None = None) -> None:
    """Load ``model`` (default: the task's default bundle) and let it answer once; UserError where it cannot."""
    load(find_task(task).warm)(model or model_store.default(task))
