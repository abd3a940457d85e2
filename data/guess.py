"""Guesses at what a user's own file does not state: its language, its task, the order of its labels."""

from collections.abc import Iterable, Sequence

SENTIMENTS = {
    "negative",
    "neg",
    "neutral",
    "neu",
    "positive",
    "pos",
    "mixed",
    "very negative",
    "very positive",
    "消极",
    "负面",
    "积极",
    "正面",
    "中性",
}

ENGLISH = frozenset(
    {
        "the",
        "a",
        "an",
        "and",
        "or",
        "of",
        "to",
        "in",
        "is",
        "it",
        "that",
        "this",
        "for",
        "on",
        "with",
        "as",
        "was",
        "but",
        "not",
        "are",
        "be",
        "have",
        "has",
        "i",
        "you",
        "he",
        "she",
        "they",
        "we",
        "at",
        "by",
        "from",
        "so",
        "if",
    }
)


def language(texts: Iterable[str]) -> str:
    """``zh`` where most letters are Chinese characters (and no kana), ``en`` by its function words, else ``und``."""
    han = kana = letters = words = english = 0
    for text in texts:
        for char in text:
            if "\u4e00" <= char <= "\u9fff":
                han += 1
            elif "\u3040" <= char <= "\u30ff":
                kana += 1
            elif char.isalpha():
                letters += 1
        tokens = text.lower().split()
        words += len(tokens)
        english += sum(token.strip(".,;:!?\"'()") in ENGLISH for token in tokens)
    # A Chinese character says about as much as three Latin letters, so a third of them make a Chinese text.
    if han and han * 3 > letters:
        return "und" if kana * 10 > han else "zh"
    return "en" if english * 10 > words else "und"


_OTHERS = {
    "fr": "le la les un une des du de et est que qui ne pas je tu il elle nous vous ils ce c'est j'ai",
    "de": "der die das ein eine und ist nicht ich du er sie wir es den dem zu mit von auf hat habe",
    "es": "el la los las un una de y es que no en por con para se lo su yo está tengo",
    "it": "il lo la gli un una di e è che non in per con si ho ha sono mi questo della",
    "pt": "o a os as um uma de e é que não em por com para se eu ele ela você do da",
    "nl": "de het een en is niet ik je hij zij we dat van op te met in heeft heb er",
}
OFTEN = {"en": ENGLISH, **{code: frozenset(words.split()) for code, words in _OTHERS.items()}}
"""The most frequent words of some languages, above all those that the others have not."""


def language_of_sentences(texts: Iterable[str]) -> str:
    """As :func:`language`, but between several languages in Latin letters (:data:`OFTEN`), for sentences of which
    nobody says the language."""
    texts = list(texts)
    if (guessed := language(texts)) == "zh":
        return guessed
    tokens = [token.strip(".,;:!?\"'()¿¡«»").replace("’", "'") for text in texts for token in text.lower().split()]
    counts = {code: sum(token in often for token in tokens) for code, often in OFTEN.items()}
    best = max(counts, key=lambda code: counts[code])
    return best if counts[best] * 10 > len(tokens) else "und"


_ANYWHERE = ("die no me son con men war hat per sur pas non do on en e o u y com era ten den del des as se te la le de "
             "di")  # fmt: skip
FOREIGN = frozenset().union(*(OFTEN[code] for code in _OTHERS)) - ENGLISH - frozenset(_ANYWHERE.split())
"""Frequent words of other languages that stand in no English text but by chance."""


def language_of_documents(texts: Iterable[str]) -> str:
    """As :func:`language`, for documents of which nobody says the language: what has no English function words (names
    of goods, headlines) is English all the same where its letters are plain and nothing speaks for another language."""
    texts = list(texts)
    if (guessed := language(texts)) != "und":
        return guessed
    letters = [char for text in texts for char in text if char.isalpha()]
    tokens = [token.strip(".,;:!?\"'()") for text in texts for token in text.lower().split()]
    words = [token for token in tokens if len(token) > 1 and token.isalpha()]
    plain = sum(char.isascii() for char in letters)
    foreign = sum(word in FOREIGN for word in words)
    english = plain * 50 > len(letters) * 49 and len(words) * 2 >= len(tokens) and foreign * 50 < len(words)
    return "en" if english else "und"


def task(labels: Sequence[str]) -> str:
    """``text`` without labels, ``sentiment`` where every label is a name of one, else ``classify``."""
    if not labels:
        return "text"
    return "sentiment" if all(label.lower() in SENTIMENTS for label in labels) else "classify"


def label_order(label: str) -> tuple[int, float, str]:
    """Sort key: numbers by value, then names by code point."""
    try:
        return (0, float(label), label)
    except ValueError:
        return (1, 0.0, label)
