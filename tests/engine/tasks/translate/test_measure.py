"""Measuring a translator on pairs: what is compared with what, and what the report says."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from dltext.engine import api, bundle_format
from dltext.engine.results import Direction, Record, Translation, UserError
from dltext.engine.tasks.translate import measure

pytest.importorskip("sacrebleu")

SUBJECTS = {"I": "我", "you": "你", "we": "我们", "they": "他们"}
THINGS = {"the cat": "猫", "the dog": "狗", "the house": "房子", "the car": "汽车", "the tree": "树", "the book": "书"}
VERBS = {"see": "看见了", "like": "喜欢", "know": "知道", "want": "想要"}
EVERY = {
    f"{subject} {verb} {thing}": f"{a}{b}{c}。"
    for subject, a in SUBJECTS.items()
    for verb, b in VERBS.items()
    for thing, c in THINGS.items()
}


@pytest.fixture
def translator(home: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """A bundle from English to Chinese that says what the function given makes of a text."""
    monkeypatch.setattr("dltext.engine.model_store.ZOO", home / "zoo")

    def make(says: Callable[[str], str], source: str = "en", target: str = "zh", **more) -> Path:
        serving = {"kind": "translate", "source": source, "target": target, "beam": 3, **more.pop("serving", {})}
        card = {"name": "toy", "version": "1", "task": "translate", "recipe": "seq2seq-attention", "language": source,
                "created": "2026-01-01", "labels": [], "serving": serving, **more}  # fmt: skip
        folder = home / "models" / "toy"
        bundle_format.write(folder, card, {"source.model": b"x"})

        def translate_many(
            records: Iterable[Record], to: str, source: str, model: str, *, beam: int = 0
        ) -> Iterator[tuple[Record, Translation]]:
            assert (source, to) == (serving["source"], serving["target"])
            for record in records:
                asked.append(record.text)
                yield record, Translation(Direction(source, to, (model,)), (), says(record.text))

        monkeypatch.setattr(measure, "translate_many", translate_many)
        return folder

    asked: list[str] = []
    make.asked = asked  # type: ignore[attr-defined]
    return make


@pytest.fixture
def write(tmp_path: Path):
    def write(rows: Iterable[tuple[str, ...]], header: str = "source,target,split", name: str = "own.csv") -> str:
        lines = [header, *(",".join(row) for row in rows)]
        (tmp_path / name).write_text("\n".join(lines) + "\n")
        return str(tmp_path / name)

    return write


@pytest.fixture
def data(write) -> str:
    """96 sentences, a third of them test."""
    return write((en, zh, "test" if n % 3 == 0 else "train") for n, (en, zh) in enumerate(EVERY.items()))


def test_a_perfect_translator(translator, data):
    translator(EVERY.__getitem__)
    seen = []
    report = api.evaluate("toy", data, progress=lambda *far: seen.append(far))
    assert (report.model, report.split, report.examples, report.name) == ("toy", "test", 32, "translate")
    assert [report.metrics[key] for key in ("bleu", "chrf", "bleu_half")] == pytest.approx([100, 100, 100])
    assert "bleu_multi" not in report.metrics  # each sentence has one translation
    assert (report.labels, report.confusion, report.per_class) == ((), (), ())
    assert seen[-1] == (32, 32)
    floor = report.floor
    assert floor
    assert floor["name"] == "translation of the nearest training sentence"
    assert 0 < floor["bleu_half"] < floor["bleu"] < 100
    assert floor["bleu"] + report.metrics["bleu_over_floor"] == pytest.approx(100)
    assert 0 < report.metrics["bleu_over_floor_low"] < report.metrics["bleu_over_floor"]
    assert report.metrics["bleu_over_floor"] < report.metrics["bleu_over_floor_high"] < 100


def test_the_protocol_says_how_and_how_again(translator, data):
    translator(EVERY.__getitem__, serving={"simplify": True})
    protocol = api.evaluate("toy", data).protocol
    for part in ("en to zh", "beam 3", "as published", "tok:zh", "chrF2", "of 64 training pairs", "the 16 pairs least"):
        assert part in protocol
    assert protocol.endswith(f"Again: dltext evaluate toy --data {data}")


def test_the_floor_is_no_better_than_itself(translator, data):
    """A translator that copies what the baseline copies is above it by nothing."""
    from dltext.data.pairs import open_pairs
    from dltext.engine.tasks.translate.baseline import NearestTranslation

    pytest.importorskip("sklearn")
    nearest = NearestTranslation(list(open_pairs(data).rows("train")))
    translator(lambda text: nearest.translate([text])[0][0])
    report = api.evaluate("toy", data)
    assert report.floor
    for key in ("bleu", "chrf", "bleu_half"):
        assert report.metrics[key] == pytest.approx(report.floor[key])
    assert report.metrics["bleu_over_floor_low"] == report.metrics["bleu_over_floor_high"] == 0


def test_the_worst_sentences_come_first(translator, data, monkeypatch):
    wrong = sorted(EVERY)[0]
    translator(lambda text: "完全不对" if text == wrong else EVERY[text])
    rows = [{"text": text, "gold": EVERY[text]} for text in EVERY]
    report = api.evaluate("toy", data, "all")
    assert len(report.documents) == 96
    first = report.documents[0]
    assert (first["text"], first["gold"], first["predicted"]) == (wrong, EVERY[wrong], "完全不对")
    assert first["bleu"] == 0
    assert report.documents[1]["bleu"] == pytest.approx(100)
    assert all({key: row[key] for key in ("text", "gold")} in rows for row in report.documents)
    monkeypatch.setattr(measure, "WORST", 5)
    assert len(api.evaluate("toy", data).documents) == 5


def test_the_whole_has_no_baseline(translator, data):
    translator(EVERY.__getitem__)
    for split in ("all", "train"):
        report = api.evaluate("toy", data, split)
        assert report.floor is None
        assert set(report.metrics) == {"bleu", "chrf"}
        assert "no baseline" in report.protocol


def test_several_translations_of_a_sentence(translator, write):
    rows = [("It is late now!", "现在已经很晚了。", "test"), ("it is late; now", "已经太迟了呀。", "test"),
            ("Good morning", "早上好呀你好。", "test")]  # fmt: skip
    make = translator
    make(lambda text: "已经太迟了呀。" if "late" in text else "早上好呀你好。")
    report = api.evaluate("toy", write(rows))
    assert report.examples == 3
    assert report.metrics["bleu"] < 90  # each pair has its own translation alone
    assert report.metrics["bleu_multi"] == pytest.approx(100)
    assert report.documents[0]["bleu"] == pytest.approx(100)
    assert " / " in report.documents[0]["gold"]
    api.evaluate("toy", write([*rows, ("Good morning", "你早。", "test")]))
    assert make.asked.count("Good morning") == 2  # once an evaluation


def test_the_data_are_read_in_the_direction_of_the_model(translator, data):
    back = {zh: en for en, zh in EVERY.items()}
    translator(back.__getitem__, "zh", "en")
    report = api.evaluate("toy", data)
    assert report.metrics["bleu"] == pytest.approx(100)
    assert "zh to en" in report.protocol
    assert "tok:13a" in report.protocol
    assert report.documents[0]["text"] in back


def test_languages_that_nobody_knows_are_read_as_they_were_learnt(translator, write):
    rows = [(f"{number}", f"{number * 2}", "test") for number in range(10, 40)]
    data = write(rows)
    there = {text: other for text, other, _ in rows}
    for reverse, says in ((False, there), (True, {other: text for text, other in there.items()})):
        translator(says.__getitem__, "und", "und", settings={"reverse": reverse})
        assert api.evaluate("toy", data).metrics["chrf"] == pytest.approx(100)


def test_columns_are_named_like_those_of_texts_and_labels(translator, write):
    rows = [(zh, en, "test") for en, zh in EVERY.items()]
    data = write(rows, "b,a,split")
    translator(EVERY.__getitem__)
    with pytest.raises(UserError, match="there are no columns 'source' and 'target'"):
        api.evaluate("toy", data)
    report = api.evaluate("toy", data, text_column="a", label_column="b")
    assert report.metrics["bleu"] == pytest.approx(100)
    assert report.protocol.endswith("--text-column a --label-column b")


def test_traditional_characters_count_as_simplified_ones(translator, write):
    said = {"this computer's screen is broken": "这台电脑的显示器坏了", "I know": "我知道这件事"}
    data = write(
        [("this computer's screen is broken", "這臺電腦的顯示器壞了", "test"), ("I know", "我知道這件事", "test")]
    )
    translator(said.__getitem__, serving={"simplify": False})
    assert api.evaluate("toy", data).metrics["bleu"] < 50
    translator(said.__getitem__, serving={"simplify": True})
    report = api.evaluate("toy", data)
    assert report.metrics["bleu"] == pytest.approx(100)
    assert "Traditional characters" in report.protocol


def test_other_languages_are_refused(translator, data):
    translator(str, "en", "fr")
    with pytest.raises(UserError, match=r"toy translates en to fr, but .*csv holds en and zh: name other data"):
        api.evaluate("toy", data)


def test_what_is_not_there(translator, data, write):
    translator(EVERY.__getitem__)
    with pytest.raises(UserError, match="has no split 'validation'; it has train, test"):
        api.evaluate("toy", data, "validation")
    with pytest.raises(UserError, match="no such file, and no data set"):
        api.evaluate("toy", "nothing-of-that-name")


def test_without_scikit_learn_there_is_no_floor(translator, data, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "sklearn.feature_extraction.text", None)
    translator(EVERY.__getitem__)
    report = api.evaluate("toy", data)
    assert report.floor is None
    assert report.metrics["bleu"] == pytest.approx(100)


def test_a_text_that_cannot_be_translated_is_no_zero(translator, data, monkeypatch):
    translator(EVERY.__getitem__)

    def refused(records, *_, **more):
        for record in records:
            yield record, Translation(Direction("", "", ()), (), record.text, notes=("It went wrong.",))

    monkeypatch.setattr(measure, "translate_many", refused)
    with pytest.raises(UserError, match="cannot be translated: It went wrong"):
        api.evaluate("toy", data)


def test_a_model_that_answers_by_itself(make_translator, write):
    """The whole way, from a bundle on the disk to its report."""
    make_translator("en-zh", name="letters")
    from dltext_tests_toy_translator import EN_ZH  # type: ignore[import-not-found]

    english = [f"{a} cat {b} the dog" for a in ("my", "your", "his", "no") for b in ("sees", "likes", "wants", "is")]
    rows = [(text, "".join(EN_ZH[letter] for letter in text).strip(), "test") for text in english]
    report = api.evaluate("letters", write(rows, "en,zh,split"))
    assert report.model == "letters"
    assert report.metrics["bleu"] == pytest.approx(100)
    assert report.metrics["chrf"] == pytest.approx(100)
    wrong = [(text, there[::-1], "test") for text, there, _ in rows]
    assert api.evaluate("letters", write(wrong, "en,zh,split")).metrics["bleu"] < 20
