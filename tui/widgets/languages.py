"""Languages by their codes, and how their words stand."""

LANGUAGES = {
    "en": "English",
    "zh": "Chinese",
    "de": "German",
    "fr": "French",
    "es": "Spanish",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "pt": "Portuguese",
    "ru": "Russian",
}
UNSPACED = frozenset({"zh", "ja"})
"""Languages that put no blanks between sentences."""


def language_name(code: str) -> str:
    """``Chinese`` for ``zh`` and ``zh-Hans``; of a code that is not known the code."""
    return LANGUAGES.get(code.partition("-")[0].lower(), code)
