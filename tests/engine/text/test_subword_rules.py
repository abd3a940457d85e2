"""The ``tokenizer.json`` of an encoder from elsewhere: pieces, our signs first, and no rules beyond known ones."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dltext.engine.results import UserError
from dltext.engine.text import subword_rules, tokenizer
from dltext.engine.train.encoder import vocabulary

KINDS = ("wordpiece", "byte_pairs", "unigram")


def saved(path: Path, rules: dict[str, Any], edit: Callable[[dict[str, Any]], Any] = lambda rules: None) -> Path:
    ours, _ = vocabulary.renumber(rules, 1_000, "t")
    ours = json.loads(json.dumps(ours))
    edit(ours)
    path.write_text(json.dumps(ours))
    return path


@pytest.mark.parametrize("kind", KINDS)
def test_what_we_make_of_each_kind_is_read(kind: str, tmp_path: Path, toy_encoders: Any) -> None:
    read = tokenizer.load(saved(tmp_path / "t.json", getattr(toy_encoders, kind)()))
    encoding = read.encode("the filmed plots", add_special_tokens=False)
    starts = subword_rules.word_starts(read, encoding.ids)
    assert len(starts) == 3 < len(encoding.ids)
    assert [encoding.offsets[place][0] for place in starts] in ([0, 4, 11], [0, 3, 10])  # a blank may belong to a word


@pytest.mark.parametrize(
    ("kind", "edit", "said"),
    [
        ("wordpiece", lambda r: r["model"].update(max_input_chars_per_word=10**6), "words of more than 200"),
        ("wordpiece", lambda r: r["model"].update(unk_token="film"), "unknown piece is not"),
        ("wordpiece", lambda r: r["model"]["vocab"].update(film=0), "do not run from 0 on"),
        ("wordpiece", lambda r: r["model"]["vocab"].update({"x" * 2000: len(r["model"]["vocab"])}), "more than 1,000"),
        ("wordpiece", lambda r: r.update(added_tokens=[{"id": 9}]), "adds tokens"),
        ("wordpiece", lambda r: r.update(post_processor={"type": "ByteLevel"}), "adds tokens"),
        ("wordpiece", lambda r: r.update(normalizer={"type": "Replace", "pattern": {"Regex": "(a*)*b"}}), "no encoder"),
        ("wordpiece", lambda r: r["pre_tokenizer"].update(pattern="x"), "pre_tokenizer holds a rule"),
        ("byte_pairs", lambda r: r["model"].update(dropout=0.1), "cuts by chance"),
        ("unigram", lambda r: r["model"].update(unk_id=0), "unknown piece is not the second"),
        ("unigram", lambda r: r["model"]["vocab"].append(["x", float("nan")]), "a piece of it is none"),
        ("unigram", lambda r: r["model"]["vocab"][2].__setitem__(0, "[CLS]"), "first pieces are not"),
        ("unigram", lambda r: r.update(normalizer={"type": "Precompiled", "precompiled_charsmap": "AA"}), "no encoder"),
    ],
)
def test_other_rules_are_refused(
    kind: str, edit: Callable[[dict[str, Any]], Any], said: str, tmp_path: Path, toy_encoders: Any
) -> None:
    with pytest.raises(UserError, match=said) as caught:
        tokenizer.load(saved(tmp_path / "t.json", getattr(toy_encoders, kind)(), edit))
    assert "t.json cannot be read" in str(caught.value)
