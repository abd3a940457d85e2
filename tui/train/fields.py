"""Fields that are typed of a model and its data: the rows of :class:`~.choose.ChooseBox`, and what of a JobSpec they
are."""

from ...engine.results import Field

FIELDS = {
    field.name: field
    for field in (
        Field("path", "File or folder", "CSV, TSV, JSONL or text, or a folder of texts", "file", ""),
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
OF_PAIRS = {"source_column": "text_column", "target_column": "label_column"}
"""Rows of pairs, and what of a JobSpec they are."""
OF_TITLES = {"body_column": "text_column", "title_column": "label_column"}
"""The same of texts and titles."""
ROLES = {"text": "text_column", "label": "label_column"}
"""Roles of a reading, and the rows that name their columns."""
COLUMNS = ("text_column", "label_column", *OF_PAIRS, *OF_TITLES)
"""Rows that name a column of own data."""
OF_OWN = ("path", *COLUMNS)
"""Rows that are of own data only."""
