"""An engine without an engine for translation: a small dictionary, sentences by their marks, attention word by word."""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from dltext.engine.results import BundleInfo, Direction, Hypothesis, Sentence, Token, Translation, UserError

SENTENCE = re.compile(r"[^.!?。！？\n]+[.!?。！？]*")
UNIT = re.compile(r"[\u3400-\u9fff]|[^\W\d_]+|\d+|[^\w\s]")
WORDS = {
    "en-zh": {
        "the": "", "a": "", "i": "我", "you": "你", "he": "他", "comes": "来", "cat": "猫", "am": "", "is": "是",
        "hungry": "饿了", "drink": "喝", "drinks": "喝", "tea": "茶", "good": "好", "film": "电影", "and": "和",
        "my": "我的", "friend": "朋友", ".": "。", ",": "，", "?": "？", "to": "", "from": "从", "london": "伦敦",
        "yesterday": "昨天", "slow": "慢", "first": "第一", "half": "半", "finds": "找到", "its": "它的",
        "voice": "声音", "but": "但是",
    },
    "zh-en": {"我": "i", "喝": "drink", "茶": "tea", "猫": "cat", "好": "good", "。": "."},
    "fr-en": {"je": "i", "bois": "drink", "du": "", "thé": "tea", "le": "the", "chat": "cat", ".": "."},
}  # fmt: skip

EN_ZH = BundleInfo(
    "translate-en-zh",
    "translate",
    "shipped",
    "1",
    "seq2seq-attention",
    "en",
    (),
    {"bleu": 38.4, "chrf": 33.1, "floor_bleu": 29.0},
    "tatoeba-en-zh test",
    True,
    11_400_000,
    "/zoo/translate-en-zh",
    {"serving": {"source": "en", "target": "zh"}},
)
ZH_EN = replace(EN_ZH, name="translate-zh-en", language="zh", default=False, path="/zoo/translate-zh-en")
FR_EN = replace(EN_ZH, name="translate-fr-en", language="fr", default=False, path="/zoo/translate-fr-en", metrics={})
OWN = replace(EN_ZH, name="my-en-zh", origin="trained", default=False, path="/home/my-en-zh", metrics={"bleu": 21.0})
DIRECTIONS = [
    Direction("en", "zh", ("translate-en-zh",)),
    Direction("zh", "en", ("translate-zh-en",)),
    Direction("fr", "en", ("translate-fr-en",)),
    Direction("fr", "zh", ("translate-fr-en", "translate-en-zh"), "en"),
]
SECOND = Direction("en", "zh", ("my-en-zh",))


class FakeTranslations:
    """The functions of ``dltext.engine.api`` about translation; to be mixed in before ``FakeEngine``."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.ways = list(DIRECTIONS)
        self.bundles: list[BundleInfo] = [*getattr(self, "bundles", []), EN_ZH, ZH_EN, FR_EN]
        self.attentive = True
        """Whether the models have attention."""
        self.until: int | None = None
        """Sentences after which ``translate`` waits for whoever holds ``rest``."""
        self.done = self.most = 0
        """Sentences of the last text, and of the longest, that were translated."""
        self.notes: tuple[str, ...] = ()

    _note: Callable[..., None]

    def directions(self) -> list[Direction]:
        self._note("directions")
        return list(self.ways)

    def detect(self, text: str) -> str:
        self._note("detect", text)
        if 2 * len(re.findall(r"[\u3400-\u9fff]", text)) > len(re.findall(r"[a-z]+", text.lower())):
            return "zh"
        if re.search(r"\b(je|le|du|bois)\b", text.lower()):
            return "fr"
        return "de" if re.search(r"\b(ich|und|nicht)\b", text.lower()) else "en" if re.search(r"\w", text) else ""

    def translate(
        self,
        text: str,
        to: str = "",
        source: str = "",
        model: str | None = None,
        *,
        beam: int = 0,
        alternatives: int = 0,
        explain: bool = True,
        on_sentence: Callable[[int, int, Sentence], None] | None = None,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> Translation:
        self._note("translate", text, source, to, model, alternatives, explain)
        if not text.strip():
            raise UserError("The text is empty.")
        pivot = f"{source}-{to}" not in WORDS
        direction = Direction(source, to, (model,) if model else ("one", "two"), "en" if pivot else "")
        stretches = [_trimmed(text, match.start(), match.end()) for match in SENTENCE.finditer(text)]
        stretches = [(start, end) for start, end in stretches if end > start]
        sentences: list[Sentence] = []
        for number, (start, end) in enumerate(stretches):
            if should_stop():
                break
            sentence = self._sentence(text[start:end], start, source, to, alternatives, explain)
            sentences.append(sentence)
            self.done = number + 1
            self.most = max(self.most, self.done)
            if on_sentence is not None:
                on_sentence(number + 1, len(stretches), sentence)
            if number + 1 == self.until:
                self._note("rest")
        return Translation(
            direction,
            tuple(sentences),
            "".join(sentence.hypotheses[0].text for sentence in sentences),
            len(sentences) == len(stretches),
            12.5,
            self.notes,
        )

    def _sentence(self, text: str, start: int, source: str, to: str, alternatives: int, explain: bool) -> Sentence:
        through, read = "", text
        if f"{source}-{to}" not in WORDS:
            through = read = _said(text, WORDS["fr-en"], " ")[0].capitalize()
            source = "en"
        space = "" if to == "zh" else " "
        tokens = tuple(Token(match.start(), match.end()) for match in UNIT.finditer(read))
        best, made = _said(read, WORDS[f"{source}-{to}"], space)
        wordings = [best, f"{best[:-1]}吧{best[-1:]}", f"那么{best}", best[:-1]][: alternatives + 1]
        hypotheses = []
        for number, wording in enumerate(wordings):
            at = wording.find(best[:1])
            pieces = [Token(at + a, at + b) for a, b, _ in made if at + b <= len(wording)]
            copied = tuple(place for place, (_, _, row) in enumerate(made[: len(pieces)]) if row < 0)
            columns = len(tokens) + 1
            attention = [_row(abs(row) - 1, columns) for _, _, row in made[: len(pieces)]]
            pieces.append(Token(len(wording), len(wording)))
            attention.append(_row(columns - 1, columns))
            seen = explain and self.attentive
            hypotheses.append(
                Hypothesis(
                    wording,
                    -0.21 - 0.3 * number,
                    tuple(pieces) if explain else (),
                    tuple(attention) if seen else (),
                    copied if explain else (),
                )
            )
        ending = (*tokens, Token(len(read), len(read))) if explain else ()
        return Sentence(start, start + len(text), text, ending, tuple(hypotheses), through)

    def compose(self, text: str, sentences: Iterable[Sentence], to: str, complete: bool = True) -> str:
        said, at = "", 0
        for sentence in sentences:
            said += text[at : sentence.start].strip(" ") if to == "zh" else text[at : sentence.start]
            said, at = said + sentence.hypotheses[0].text, sentence.end
        return said + (text[at:] if complete else "")

    def export_translation(self, translation: Translation, source: str, kind: str) -> str:
        self._note("export_translation", translation, source, kind)
        if kind == "text":
            return translation.text
        rows = [(one.source, one.hypotheses[0].text) for one in translation.sentences]
        return kind + "\n" + "".join(f"{a}\t{b}\n" for a, b in rows)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return start, end


def _said(text: str, words: dict[str, str], space: str) -> tuple[str, list[tuple[int, int, int]]]:
    """The translation, and for each of its words where it stands and the 1-based word it was made from (-: copied)."""
    said, made = "", []
    for number, match in enumerate(UNIT.finditer(text), 1):
        known = match.group().lower() in words
        word = words.get(match.group().lower(), match.group())
        if word:
            said += space if said and word.isalnum() else ""
            made.append((len(said), len(said) + len(word), number if known else -number))
            said += word
    return said, made


def _row(at: int, columns: int) -> tuple[float, ...]:
    """Most of the attention at one place, a little beside it, a trace everywhere."""
    weights = [12.0 if place == at else 2.5 if abs(place - at) == 1 else 0.2 for place in range(columns)]
    return tuple(weight / sum(weights) for weight in weights)
