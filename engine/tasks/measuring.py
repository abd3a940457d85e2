"""Any bundle measured on a data set, by what its task is measured by."""

from .. import bundle_format, model_store
from ..results import Progress, Report
from .table import find_task, load


def evaluate(
    model: str,
    data: str,
    split: str = "test",
    text_column: str = "text",
    label_column: str = "label",
    progress: Progress | None = None,
    shown: str = "",
) -> Report:
    """Read each example of ``split`` with ``model`` and compare; ``progress`` hears about every few hundred.

    Of pairs, ``text_column`` and ``label_column`` name the two sides; vectors of words are measured by a published test
    that ``data`` names. ``shown`` is the model's name in the report where ``model`` is a folder that is not in the
    store yet. Raises UserError where the data do not fit the model.
    """
    task = find_task(bundle_format.read(model_store.folder_of(model), verify=False)["task"])
    measure = load(task.measure)
    if task.data == "texts":
        return measure(model, data, shown=shown)
    columns = (text_column,) if task.data == "authors" else (text_column, label_column)
    if task.data in ("pairs", "titled"):
        # Of the two sides of pairs the usual names of a text and its label say nothing.
        columns = tuple("" if name == usual else name for name, usual in zip(columns, ("text", "label"), strict=True))
    return measure(model, data, split, *columns, progress=progress, shown=shown)
