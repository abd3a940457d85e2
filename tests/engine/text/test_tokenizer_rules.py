"""A ``tokenizer.json`` from elsewhere: our own rules are read, and no others, whatever they would do."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dltext.engine.results import UserError
from dltext.engine.text import tokenizer

WORDS = {"[PAD]": 0, "[UNK]": 1, "film": 2}


def saved(path: Path, edit: Callable[[dict[str, Any]], Any] = lambda rules: None) -> Path:
    rules = json.loads(tokenizer.new_tokenizer(WORDS).to_str())
    edit(rules)
    path.write_text(json.dumps(rules))
    return path


def replacing(pattern: dict[str, str], content: str) -> Callable[[dict[str, Any]], Any]:
    return lambda rules: rules.update(normalizer={"type": "Replace", "pattern": pattern, "content": content})


def test_ours_is_read(tmp_path: Path) -> None:
    assert tokenizer.load(saved(tmp_path / "t")).encode("Film").ids == [2]
    plain = saved(tmp_path / "p", lambda rules: rules.update(pre_tokenizer={"type": "WhitespaceSplit"}))
    assert tokenizer.load(plain).encode("a film").ids == [1, 2]


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (replacing({"Regex": r"(\w+\s?)+$"}, ""), "normalizer holds a rule"),
        (replacing({"String": "a"}, "a" * 1_000_000), "normalizer holds a rule"),
        (replacing({"Regex": r"<br\s*/?>"}, "  "), "normalizer holds a rule"),
        (lambda rules: rules["pre_tokenizer"]["pattern"].update(Regex="(a*)*b"), "pre_tokenizer holds a rule"),
        (lambda rules: rules.update(pre_tokenizer=None), "does not say how texts are cut"),
        (lambda rules: rules.update(normalizer={"type": "Sequence", "normalizers": [{}] * 50}), "no tokenizer"),
        (lambda rules: rules.update(added_tokens=[{"id": 9}]), "adds tokens"),
        (lambda rules: rules.update(post_processor={"type": "ByteLevel"}), "adds tokens"),
        (lambda rules: rules["model"].update(type="Letters"), "does not cut texts into words"),
        (lambda rules: rules["model"].update(type="BPE"), "first pieces are not"),
        (lambda rules: rules["model"]["vocab"].pop("[UNK]"), "lacks"),
        (lambda rules: rules["model"].update(unk_token="film"), "lacks"),
        (lambda rules: rules["model"]["vocab"].update(film=7), "do not run from 0 on"),
        (lambda rules: rules["model"]["vocab"].update(film=True), "do not run from 0 on"),
        (lambda rules: rules["model"].update(vocab=[]), "vocabulary must have"),
        (lambda rules: rules.update(model=5), "no tokenizer"),
    ],
)
def test_other_rules_are_refused(edit: Callable[[dict[str, Any]], Any], said: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=said) as caught:
        tokenizer.load(saved(tmp_path / "t.json", edit))
    assert "t.json cannot be read" in str(caught.value)


def test_a_panic_of_rust_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Panic(BaseException):
        """As pyo3's: no Exception."""

    class Panics:
        @staticmethod
        def from_buffer(content: bytes) -> None:
            raise Panic("called `Option::unwrap()` on a `None` value")

    path = saved(tmp_path / "t")
    monkeypatch.setattr(tokenizer, "Tokenizer", Panics)
    monkeypatch.setattr(tokenizer, "_check", lambda rules: None)
    with pytest.raises(UserError, match="unwrap"):
        tokenizer.load(path)
