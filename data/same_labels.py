"""Labels that mean the same, however two data sets or a model and its data write them."""

from collections.abc import Sequence

POSITIVE = frozenset(
    ("positive", "pos", "p", "+", "good", "1", "true", "yes", "积极", "正面", "好评", "positiv", "positif")
)
NEGATIVE = frozenset(
    ("negative", "neg", "n", "-", "bad", "0", "-1", "false", "no", "消极", "负面", "差评", "negativ", "négatif")
)
NEUTRAL = frozenset(("neutral", "neu", "mixed", "2", "中性", "neutre", "ok", "okay", "average", "中评", "一般"))


def side(label: str) -> str:
    """``positive``, ``negative``, ``neutral`` or empty."""
    word = label.casefold().strip()
    word = word.removesuffix(".0")
    for meaning, words in (("positive", POSITIVE), ("negative", NEGATIVE), ("neutral", NEUTRAL)):
        if word in words:
            return meaning
    return ""


def order_of(theirs: Sequence[str], labels: Sequence[str]) -> list[str] | None:
    """A model's labels in the order of ``labels``, where they are the same ones, in whatever case or spelling of
    positive and negative; else None."""
    if len(theirs) != len(labels):
        return None
    for same in (str.casefold, side):
        meanings = {same(label): label for label in theirs}
        wanted = [same(label) for label in labels]
        if "" not in wanted and len(set(wanted)) == len(wanted) and meanings.keys() == set(wanted):
            return [meanings[meaning] for meaning in wanted]
    return None
