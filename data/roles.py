"""Roles of columns: by their names, in several languages and any spelling, else by their contents."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from .errors import UserError
from .rows import SPLITS
from .to_rows import labels_in, marks_passages

TEXTS = (
    "text", "texts", "reviewtext", "fulltext", "rawtext", "cleantext", "cleanedtext", "review", "reviewbody",
    "reviews", "body", "content", "contents", "comment", "comments", "commenttext", "commentbody", "sentence",
    "sentences", "tweet", "tweettext", "document", "documents", "doc", "message", "messages", "post", "posttext",
    "verbatim", "freetext", "openresponse", "statement", "utterance", "utterances", "phrase", "email", "sms",
    "abstract", "article", "description", "feedback", "answer", "response", "antwort", "question", "story",
    "summary", "transcript", "passage", "paragraph", "kommentar", "kommentare", "inhalt", "beitrag", "satz",
    "nachricht", "bewertungstext", "rezension", "freitext", "text_de", "texte", "commentaire", "commentaires",
    "avis", "contenu", "texto", "comentario", "comentarios", "opinion", "opinión", "reseña", "resena", "frase",
    "mensaje", "contenido", "testo", "commento", "recensione", "messaggio", "contenuto", "tekst", "zin", "bericht",
    "reactie", "comentário", "resenha", "mensagem", "conteúdo", "текст", "отзыв", "комментарий", "сообщение",
    "содержание", "文本", "正文", "内容", "评论", "句子", "文章", "评价", "本文", "テキスト", "レビュー", "コメント",
    "文", "텍스트", "리뷰", "내용", "문장", "댓글", "narrative", "lyrics", "quote", "caption", "news", "remark",
    "remarks", "notes", "beschreibung", "anmerkung", "bemerkung", "meinung", "aussage", "réponse", "respuesta",
    "descripción", "risposta", "descrizione", "descrição", "opinião", "recenzja", "komentarz", "treść", "yorum",
    "metin", "recensie", "opmerking", "omdöme", "komentář", "評論", "评论内容", "评价内容", "描述", "回答",
    "感想", "النص",
)  # fmt: skip
"""Names of columns that hold texts, without blanks and signs; the first that is there counts."""
LABELS = (
    "label", "labels", "class", "classes", "category", "categories", "sentiment", "sentiments", "stars", "star",
    "rating", "ratings", "polarity", "target", "targetlabel", "topic", "topics", "tag", "tags", "emotion",
    "emotions", "intent", "intents", "score", "goldlabel", "gold", "annotation", "annotations", "choice", "choices",
    "accept", "cats", "ytrue", "y", "classlabel", "labelname", "labeltext", "classname", "overall", "kategorie",
    "kategorien", "klasse", "bewertung", "sterne", "stimmung", "thema", "etikett", "note", "étoiles", "etoiles",
    "étiquette", "etiquette", "classe", "catégorie", "categorie", "etiqueta", "clase", "categoría", "categoria",
    "sentimiento", "estrellas", "calificación", "tema", "etichetta", "valutazione", "stelle", "sentimento", "rótulo",
    "rotulo", "avaliação", "метка", "класс", "категория", "оценка", "тональность", "标签", "类别", "情感", "分类",
    "星级", "评分", "标注", "评级", "主题", "话题", "ラベル", "評点", "평점", "별점", "분류", "genre", "theme", "code",
    "codes", "stance", "verdict", "tonalität", "einstufung", "sternzahl", "sternanzahl", "kategoria", "ocena",
    "puan", "betyg", "kategori", "etiket", "beoordeling", "sterren", "hodnocení", "puntuación", "valoración",
    "التصنيف", "カテゴリ", "分類", "評価", "레이블", "라벨", "카테고리", "감정",
)  # fmt: skip
"""Names of columns that hold labels."""
SPLIT_NAMES = ("split", "set", "subset", "partition", "dataset", "datasplit")
TITLE_NAMES = ("title", "headline", "标题", "题目")
OTHERS = frozenset(
    ["id", "ids", "index", "idx", "date", "time", "timestamp", "name", "author", "user", "username", "age", "gender",
     "sex", "source", "url", "link", "lang", "language", "split", "translation", "src", "tgt", "docid", "documentid",
     "reviewid"]
)  # fmt: skip
"""Further names that only a header has."""
AUTHORS = frozenset(
    [
        "author",
        "authors",
        "authorid",
        "user",
        "userid",
        "username",
        "gender",
        "sex",
        "age",
        "agegroup",
        "agerange",
        "ages",
        "country",
        "nationality",
        "region",
        "education",
        "occupation",
        "job",
        "language",
        "lang",
        "native",
        "nativelanguage",
        "birthyear",
        "year",
        "date",
        "month",
        "day",
        "time",
        "source",
        "url",
        "website",
        "platform",
        "device",
        "city",
        "state",
        "zip",
        "name",
        "email",
        "phone",
        "personality",
    ]
)
"""Names of columns that say something else than what a text is about: never taken for labels by what they hold."""
_ASIDE = re.compile(r"\s*[(\[].*$", re.DOTALL)
_SIGNS = re.compile(r"[\W_]+")
_WORDS = re.compile(r"[A-Z]?[^\W_A-Z]+|[A-Z]+(?![^\W_A-Z])")
"""Words of a name: between blanks and signs, or with a capital each."""
_ADDRESS = re.compile(r"(https?://|www\.)\S+|[^\s@]+@[^\s@]+\.\w+", re.IGNORECASE)
LABEL_LENGTH = 60
"""Characters of the longest label that is looked for by content."""


def folded(name: str) -> str:
    """A name without case, accents, blanks and signs, so that ``Review_Text`` and ``reviewText`` are one."""
    plain = name.casefold()
    if not plain.isascii():
        plain = "".join(char for char in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(char))
        plain = unicodedata.normalize("NFC", plain)
    return _SIGNS.sub("", plain)


_TEXTS = {folded(name): place for place, name in reversed(list(enumerate(TEXTS)))}
# Where nothing else is a text, its title is one.
_TEXTS |= {folded(name): 5000 + place for place, name in enumerate(TITLE_NAMES)}
_LABELS = {folded(name): place for place, name in reversed(list(enumerate(LABELS)))}
_HEADERS = frozenset(_TEXTS) | frozenset(_LABELS) | OTHERS


def name_columns(names: Sequence[str]) -> bool:
    """Whether one of ``names`` at least is what columns are called, and none of them reads like a record."""
    usual = [name for name in names if folded(name) in _HEADERS]
    return bool(usual) and len({name for name in names if name}) >= len([name for name in names if name]) - 2


def choose(
    columns: Sequence[str],
    sample: Sequence[Mapping[str, Any]],
    asked: Mapping[str, str],
    fixed: Mapping[str, str],
    where: str,
    need_label: bool = False,
) -> tuple[dict[str, str], dict[str, str], dict[str, tuple[str, ...]]]:
    """Role to column, role to the reason, and role to further columns that could serve.

    ``asked``: what the user named, by role; ``fixed``: what the format says. UserError where a column that is asked for
    is not there, or where no column can be the text.
    """
    chosen: dict[str, str] = {}
    why: dict[str, str] = {}
    held = {column: Held([record.get(column) for record in sample]) for column in columns}
    for role, column in asked.items():
        if column:
            chosen[role] = named(columns, column, role, where)
            why[role] = "stated"
    for role, column in fixed.items():
        if role not in chosen and column in columns:
            chosen[role], why[role] = column, "format"
    texts = _texts(columns, held, set(chosen.values()))
    if "text" not in chosen:
        if not texts:
            raise _no_text(where, columns)
        chosen["text"], why["text"] = texts[0]
    for role, names in (("id", ("id",)), ("split", SPLIT_NAMES), ("title", TITLE_NAMES)):
        if role not in chosen:
            column = _by_names(columns, names, chosen.values())
            if column and (role != "split" or column == "split" or held[column].is_split()):
                chosen[role], why[role] = column, "name"
    labels = _labels(columns, held, set(chosen.values()))
    if "label" not in chosen and labels:
        by_name = [entry for entry in labels if entry[1] == "name"]
        # Where nobody needs labels, a column that could hold them may as well say something else.
        if by_name or (len(labels) == 1 and (need_label or all(column.isdecimal() for column in columns))):
            chosen["label"], why["label"] = (by_name or labels)[0]
    candidates = {
        "text": tuple(column for column, _ in texts if column not in chosen.values()),
        "label": tuple(column for column, _ in labels if column not in chosen.values()),
    }
    return chosen, why, {role: names for role, names in candidates.items() if names}


def named(columns: Sequence[str], asked: str, role: str, where: str) -> str:
    """The column that a user means: by its name, its name in another spelling, or its number from 1."""
    if asked in columns:
        return asked
    alike = [column for column in columns if folded(column) == folded(asked) and folded(asked)]
    alike = alike or [column for column in columns if column.rpartition(".")[2] == asked]
    if len(alike) == 1:
        return alike[0]
    if asked.isdecimal():
        if 1 <= int(asked) <= len(columns):
            return columns[int(asked) - 1]
        raise UserError(f"{where}: there is no column {asked}; there are {len(columns)}, counted from 1.")
    there = ", ".join(repr(name[:40]) for name in columns[:12]) or "nothing"
    raise UserError(f"{where}: there is no column {asked!r}; there is {there}. Name the right {role} column.")


def _by_names(columns: Sequence[str], names: Sequence[str], taken: Any) -> str:
    free = [column for column in columns if column not in taken]
    for name in names:
        if name in free:
            return name
        if alike := [column for column in free if folded(column) == name]:
            return alike[0]
    return ""


def _rank(column: str, names: Mapping[str, int]) -> float | None:
    """How usual a column's name is, the less the better; of a nested one its last part counts."""
    if (place := names.get(folded(column))) is not None:
        return float(place)
    if (place := names.get(folded(_ASIDE.sub("", column)))) is not None:  # as in Rating (1-5)
        return place + 0.25
    last = column.rpartition(".")[2]
    if last != column and (place := names.get(folded(last))) is not None:
        return place + 0.5
    return _part_rank(last, names)


def _part_rank(column: str, names: Mapping[str, int]) -> float | None:
    """The same where a part of the name is usual: its last word (``airline_sentiment``), the end of a compound
    (``Sternebewertung``), its first word (``Class Index``)."""
    words = [folded(word) for word in _WORDS.findall(_ASIDE.sub("", column)) if folded(word)]
    if not words:
        return None
    if len(words) > 1 and (place := names.get(words[-1])) is not None:
        return place + 1000.0
    ends = [place for name, place in names.items() if len(name) >= 4 and words[-1].endswith(name) and name.isalpha()]
    if ends and (len(words[-1]) > 8 or not words[-1].isascii()):
        return min(ends) + 2000.0
    # What a text has beside it is called after it, too: article_link, review_id.
    beside = names is _TEXTS and (words[-1] in OTHERS or words[-1] in AUTHORS)
    if 1 < len(words) <= 4 and not beside and (place := names.get(words[0])) is not None:
        return place + 3000.0
    return None


class Held:
    """What the first records hold in one column."""

    def __init__(self, values: Sequence[Any]) -> None:
        filled = [value for value in values if value not in (None, "")]
        self.lists = sum(isinstance(value, list | dict) and bool(labels_in(value)) for value in filled)
        self.passages = any(marks_passages(value) for value in filled[:20])
        words = [str(value).strip() for value in filled if not isinstance(value, list | dict)]
        self.filled = [word for word in words if word]
        self.different = set(self.filled)
        self.length = sum(map(len, self.filled)) / len(self.filled) if self.filled else 0.0
        self.numbers = sum(_is_number(word) for word in self.filled)

    def is_text(self) -> bool:
        """Whether texts can stand there."""
        return bool(self.filled) and self.numbers * 2 < len(self.filled) and not self.lists and not self.is_address()

    def is_address(self) -> bool:
        """Whether addresses of pages or of mails stand there."""
        return 2 * sum(_ADDRESS.fullmatch(word) is not None for word in self.filled) > len(self.filled)

    def is_label(self) -> bool:
        """Whether labels can: short values, each of them several times."""
        if self.lists and not self.filled:
            return True
        if not self.filled or max(map(len, self.different)) > LABEL_LENGTH:
            return False
        few = len(self.filled) < 12 and len(self.different) < len(self.filled) and self.length <= 30
        # The points of a scale repeat, however few records there are.
        scale = self.length <= 2 and self.numbers == len(self.filled) and len(self.different) * 2 <= len(self.filled)
        return few or 1 < len(self.different) <= max(2, len(self.filled) // 3) or scale

    def could_be_named_label(self) -> bool:
        """Whether a column that is called like one can hold labels: no texts, no measurements."""
        if self.lists or self.passages:
            return True
        if not self.filled or self.length > LABEL_LENGTH:
            return False
        # As many different numbers as records are measured, or counted.
        if len(self.filled) >= 12 and self.numbers == len(self.filled) and len(self.different) * 2 > len(self.filled):
            return False
        return self.is_label() or len(self.filled) < 12 or len(self.different) <= 50

    def is_split(self) -> bool:
        return bool(self.filled) and all(value.lower() in SPLITS for value in self.different)


def _texts(columns: Sequence[str], held: Mapping[str, Held], taken: set[str]) -> list[tuple[str, str]]:
    """Columns that could be the text, the likeliest first, each with the reason."""
    free = [column for column in columns if column not in taken]
    if "text" in free:
        first = [("text", "name")]
    else:
        ranked = sorted((rank, column) for column in free if (rank := _rank(column, _TEXTS)) is not None)
        plausible = [column for _, column in ranked if held[column].is_text() or not held[column].filled]
        # A name may mislead where what stands there is no text beside another that is.
        longest = max((held[column].length for column in free), default=0.0)
        first = [(column, "name") for column in plausible if held[column].length * 8 >= longest]
    rest = sorted(
        (column for column in free if held[column].is_text() and column not in dict(first)),
        key=lambda column: -held[column].length,
    )
    if not first and not rest and len(free) == 1:
        return [(free[0], "only")]
    reason = "only" if len(columns) == 1 else "content"
    return first + [(column, reason) for column in rest]


def _labels(columns: Sequence[str], held: Mapping[str, Held], taken: set[str]) -> list[tuple[str, str]]:
    free = [column for column in columns if column not in taken]
    if "label" in free:
        first = [("label", "name")]
    else:
        ranked = sorted((rank, column) for column in free if (rank := _rank(column, _LABELS)) is not None)
        first = [(column, "name") for _, column in ranked if held[column].could_be_named_label()]
    rest = [
        (column, "content")
        for column in free
        if column not in dict(first) and folded(column) not in AUTHORS and held[column].is_label()
    ]
    return first + rest


def _no_text(where: str, columns: Sequence[str]) -> UserError:
    there = ", ".join(repr(name[:40]) for name in columns[:12]) or "nothing"
    return UserError(
        f"{where}: no column holds texts; there is {there}. Name the right text column, or number it, from 1."
    )


def _is_number(word: str) -> bool:
    try:
        float(word.replace(",", "."))
    except ValueError:
        return False
    return True
