"""Translations as files that other programs, and our own training, read."""

import csv
import io
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from dltext.data.pairs import open_pairs
from dltext.engine import api
from dltext.engine.results import Direction, Hypothesis, Sentence, Translation, UserError

SOURCE = 'He said "no" & <left>.\n\tThen\x0b he\tran\x00.'
SENTENCES = (
    Sentence(0, 22, SOURCE[:22], (), (Hypothesis("他说“不” & <走>了。", -1.0), Hypothesis("别的", -2.0))),
    Sentence(24, len(SOURCE), SOURCE[24:], (), (Hypothesis('然后"他"\t跑了\ud800。', -1.0),)),
)
TRANSLATION = Translation(Direction("en", "zh", ("toy-<1>",)), SENTENCES, "whatever\n")


def test_tmx_is_xml_with_a_unit_a_sentence() -> None:
    text = api.export_translation(TRANSLATION, SOURCE, "tmx")
    assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE tmx SYSTEM "tmx14.dtd">\n')
    root = ElementTree.fromstring(text.encode("utf-8"))
    assert (root.tag, root.attrib) == ("tmx", {"version": "1.4"})
    header = root.find("header")
    assert header is not None
    # TMX 1.4b: all of these are required.
    assert set(header.attrib) == {
        "creationtool", "creationtoolversion", "segtype", "o-tmf", "adminlang", "srclang", "datatype"
    }  # fmt: skip
    assert (header.get("srclang"), header.get("segtype")) == ("en", "sentence")
    assert [prop.text for prop in header.findall("prop")] == ["toy-<1>"]
    units = root.findall("body/tu")
    lang = "{http://www.w3.org/XML/1998/namespace}lang"
    assert [[side.get(lang) for side in unit] for unit in units] == [["en", "zh"]] * 2
    segments = [[side.findtext("seg") for side in unit] for unit in units]
    assert segments[0] == [SOURCE[:22], "他说“不” & <走>了。"]
    assert segments[1] == ["Then  he\tran .", '然后"他"\t跑了。']


def test_tsv_is_a_file_to_train_on(tmp_path: Path) -> None:
    text = api.export_translation(TRANSLATION, SOURCE, "tsv")
    rows = list(csv.reader(io.StringIO(text), delimiter="\t"))
    assert rows == [
        ["en", "zh"],
        [SOURCE[:22], "他说“不” & <走>了。"],
        ["Then he ran .", '然后"他" 跑了\ud800。'],
    ]
    place = tmp_path / "pairs.tsv"
    place.write_text(text.replace("\x00", "").replace("\ud800", ""), encoding="utf-8")
    pairs = open_pairs(str(place))
    assert (pairs.source_language, pairs.target_language) == ("en", "zh")
    (split,) = pairs.splits
    assert [row.target for row in pairs.rows(split)] == ["他说“不” & <走>了。", '然后"他" 跑了。']


def test_text_is_the_translation_and_other_kinds_there_are_none(make_translator: Callable[..., Path]) -> None:
    assert api.export_translation(TRANSLATION, SOURCE, "text") == "whatever\n"
    with pytest.raises(UserError, match="cannot be written as 'docx'; there are: tmx, tsv, text"):
        api.export_translation(TRANSLATION, SOURCE, "docx")
    make_translator("en-zh")
    text = "He ran. No\n"
    translation = api.translate(text)
    assert api.export_translation(translation, text, "tsv") == "en\tzh\nHe ran.\t荒宇 来天宿。\nNo\t宿列\n"
