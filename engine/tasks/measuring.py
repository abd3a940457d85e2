"""Evaluation of any bundle on a data set, by the measures of its task."""

from collections.abc import Mapping

from ...data.pair_columns import as_named
from .. import bundle_format, model_store
from ..results import Progress, Report, UserError
from .table import find_task, load


def evaluate(
    model: str,
    data: str,
    split: str = "test",
    text_column: str = "text",
    label_column: str = "label",
    progress: Progress | None = None,
    shown: str = "",
    label_map: Mapping[str, str] | None = None,
) -> Report:
    """Read each example of ``split`` with ``model`` and compare; ``progress`` hears about every few hundred.

    Of pairs, ``text_column`` and ``label_column`` name the two sides; vectors of words are measured by a published test
    that ``data`` names. ``shown`` is the model's name in the report where ``model`` is a folder that is not in the
    store yet; ``label_map`` says which labels of the data are which of the model's. Raises UserError
    where the data do not fit the model.
    """
    task = find_task(bundle_format.read(model_store.folder_of(model), verify=False)["task"])
    measure = load(task.measure)
    if label_map and task.data != "labels":
        raise UserError(f"{model} gives no labels, so there are none to be mapped; leave the map out.")
    more = {"label_map": label_map} if label_map else {}
    if task.data == "texts":
        return measure(model, data, shown=shown)
    columns = (text_column,) if task.data == "authors" else (text_column, label_column)
    if task.data in ("pairs", "titled"):
        columns = as_named(text_column, label_column)
    return measure(model, data, split, *columns, progress=progress, shown=shown, **more)
