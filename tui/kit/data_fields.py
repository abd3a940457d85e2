"""Fields that are typed of a model and its data: the rows of :class:`~.choose_box.ChooseBox`, and what of a JobSpec
they are."""

from ...engine.results import DataKind, Field

FIELDS = {
    field.name: field
    for field in (
        Field("path", "File or folder", "A table, JSON, a workbook, texts, documents, a folder …", "file", ""),
        Field("text_column", "Text column", "Column that holds the texts", "str", "text"),
        Field("label_column", "Label column", "Column that holds the labels", "str", "label"),
        Field("source_column", "Source column", "Texts to translate; empty: source, else the first", "str", ""),
        Field("target_column", "Target column", "Their translations; empty: target, else the second", "str", ""),
        Field("body_column", "Text column", "Texts; empty: text or abstract, in any spelling", "str", ""),
        Field("title_column", "Title column", "Their titles; empty: title, in any spelling", "str", ""),
        Field("name", "Model's name", "Empty: made from data and recipe", "str", ""),
        Field(
            "seed",
            "Seed",
            "With the same settings it gives the same model; with several threads, or on a GPU, nearly",
            "int",
            1,
            0,
            2**31 - 1,
        ),
    )
}
ROLES: dict[DataKind, dict[str, str]] = {
    "labels": {"text": "text_column", "label": "label_column"},
    "texts": {"text": "text_column"},
    "authors": {"text": "text_column"},
    "pairs": {"text": "source_column", "title": "target_column"},
    "titled": {"text": "body_column", "title": "title_column"},
}
"""By what a task learns from: roles of a reading, and the rows that name their columns. The first of them is the text
column of a JobSpec, the second its label column."""
COLUMNS = tuple(dict.fromkeys(name for roles in ROLES.values() for name in roles.values()))
"""Rows that name a column of own data."""
OF_OWN = ("path", *COLUMNS)
"""Rows that are of own data only."""
