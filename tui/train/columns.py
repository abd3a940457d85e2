"""Names that columns of texts and of labels usually have, for files whose columns are called neither text nor label."""

from collections.abc import Sequence

TEXTS = ("text", "message", "review", "content", "body", "comment", "sentence", "document", "tweet", "post", "abstract")
LABELS = ("label", "class", "category", "topic", "sentiment", "rating", "stars", "target", "tag", "genre", "type")
TEXTS_ZH = ("文本", "内容", "正文", "评论", "句子")
LABELS_ZH = ("标签", "类别", "分类", "情感", "主题")


def usual(names: Sequence[str]) -> dict[str, str]:
    """Which of ``names`` is likely the column of texts and which that of labels: by their names, and of two columns
    the one is what the other is not (without any sign the first holds the texts). Nothing where it cannot be told."""
    text = _first(names, (*TEXTS, *TEXTS_ZH))
    label = _first([name for name in names if name != text], (*LABELS, *LABELS_ZH))
    if len(names) == 2 and not all(name.isdecimal() for name in names):
        text = text or next((name for name in names if name != label), "")
        label = label or next(name for name in names if name != text)
    return {row: name for row, name in (("text_column", text), ("label_column", label)) if name}


def _first(names: Sequence[str], wanted: Sequence[str]) -> str:
    """The name that comes first among ``wanted``, its plural too."""
    plain = {name.strip().casefold().removesuffix("s"): name for name in reversed(names)}
    return next((plain[word.removesuffix("s")] for word in wanted if word.removesuffix("s") in plain), "")
