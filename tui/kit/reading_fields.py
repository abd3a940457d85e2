"""What a user may decide about how a file is read, as the screens call it, also in messages of the engine."""

import re

from ..actions import key

LABELS = {
    "text": "Text column",
    "label": "Label column",
    "title": "Title column",
    "pair": "Second text",
    "id": "Id column",
    "split": "Split column",
    "sheet": "Sheet",
    "member": "File in the archive",
    "format": "Format",
    "encoding": "Encoding",
    "delimiter": "Delimiter",
    "header": "Header",
    "unit": "A text is a",
    "records": "Records under",
    "labels": "Labels",
    "separator": "Between labels",
    "missing": "Missing values",
}
"""What a user may decide, and what its field is called; in the order of the form."""
PAIRED = {"text": "Source column", "title": "Target column"}
"""The same of the two sides of pairs."""
_OPTION = re.compile(r"--read (\w+)=([\w,]+)|--(text|label)-column (\S+)")
"""How messages, which may come from another process, name a decision: as the command line takes it."""
_PARALLEL = re.compile(r"--parallel (\d+)")


def in_fields(message: str) -> str:
    """``message`` with fields and keys in place of options of the command line."""

    def said(option: re.Match[str]) -> str:
        name, value, role, column = option.groups()
        if role:
            return f"{LABELS[role]}: {column}"
        field = LABELS.get(name, name)
        return f"{field if value.isupper() else f'{field}: {value}'} in {key('read_as')}"

    return _PARALLEL.sub(r"Parallel: \1", _OPTION.sub(said, message))
