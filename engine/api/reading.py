"""Reading texts: what a model says of one, or of a million."""

from collections.abc import Iterable, Iterator

from ..results import Record, Result


def analyse(text: str, task: str = "sentiment", model: str | None = None, explain: bool = False) -> Result:
    """What ``model`` says of ``text``; without one the task's default bundle, or one with the same labels that reads
    the language of the text where the default does not.

    Any length is answered: over the model's limit, windows spread evenly over the text are read and
    ``Result.read`` and ``Result.notes`` say so. An empty text is a UserError.
    """
    from ..tasks.classify import answer

    return answer.analyse(text, task, model, explain)


def analyse_many(
    records: Iterable[Record],
    task: str = "sentiment",
    model: str | None = None,
    explain: bool = False,
    lookahead: int = 512,
) -> Iterator[tuple[Record, Result]]:
    """The same for a stream, in order, in constant memory (batches of equal length among ``lookahead`` records).

    One model reads all of it; without ``model`` the first records tell the language.
    """
    from ..tasks.classify import answer

    return answer.analyse_many(records, task, model, explain, lookahead)


def warm_up(task: str = "sentiment", model: str | None = None) -> None:
    """Load a model of any task ahead of the first question. UserError where it cannot be loaded."""
    from ..tasks import warming

    warming.warm_up(task, model)


def read_records(
    path: str, text_column: str = "text", label_column: str = "label", id_column: str = "id", blanks: bool = False
) -> Iterator[Record]:
    """Stream a JSONL, CSV, TSV or text file, a folder of text files, or ``-`` (stdin, format guessed).

    ``blanks``: of a text file each line is a record, blank ones (which are skipped otherwise) with an empty text.
    """
    from ...data import readers

    for row in readers.read_file(path, text_column, label_column, id_column, blanks=blanks):
        yield Record(row.id, row.text, row.label)
