"""Languages by their codes."""

from ...engine.results import DatasetInfo

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


def language_name(code: str) -> str:
    """``Chinese`` for ``zh`` and ``zh-Hans``; of a code that is not known the code."""
    return LANGUAGES.get(code.partition("-")[0].lower(), code)


def languages_of(card: DatasetInfo) -> str:
    """``English``, or of pairs ``English → Chinese``."""
    target = f" → {language_name(card.target_language)}" if card.target_language else ""
    return language_name(card.language) + target
