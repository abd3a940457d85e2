"""Polarity of labels: the spellings that data sets and people use for positive and negative."""

from collections.abc import Sequence

_WRITTEN = {
    1: "positive pos good great excellent praise favourable favorable recommended liked like love happy thumbs-up up "
    "fresh 正面 积极 正向 好评 好 喜欢 推荐 满意 positiv gut positif bon positivo bueno",
    -1: "negative neg bad poor terrible awful blame unfavourable unfavorable not-recommended disliked dislike hate "
    "unhappy sad thumbs-down down rotten 负面 消极 负向 差评 差 坏 不喜欢 不推荐 不满意 negativ schlecht négatif "
    "mauvais negativo malo",
    0: "neutral neither mixed none other objective 中性 中立 中评 neutre neutro",
}
_SIDES = {word: side for side, words in _WRITTEN.items() for word in words.split()}


def polarities(labels: Sequence[str]) -> dict[str, int]:
    """Of each label 1 (praise), −1 (blame) or 0 (neither); nothing at all where the labels are no such scale: one of
    them is something else, or none praises, or none blames."""
    table: dict[str, int] = {}
    for label in labels:
        word = "-".join(label.casefold().replace("_", " ").split()).removeprefix("very-")
        if word not in _SIDES:
            return {}
        table[label] = _SIDES[word]
    return table if {1, -1} <= set(table.values()) else {}
