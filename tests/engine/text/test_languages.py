"""Languages told apart by scripts, words and letters."""

import pytest

from dltext.engine.text.languages import language_of


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Where is the station?", "en"),
        ("It wasn't me.", "en"),
        ("Où est la gare ?", "fr"),
        ("J’ai faim.", "fr"),
        ("Das ist nicht mein Hund.", "de"),
        ("¿Dónde está la estación?", "es"),
        ("Dove è la stazione?", "it"),
        ("Onde está você?", "pt"),
        ("Ik heb geen hond.", "nl"),
        ("车站在哪里？", "zh"),
        ("車站在哪裡？", "zh"),
        ("我喜欢Python编程。", "zh"),
        ("駅はどこですか。", "ja"),
        ("ありがとう", "ja"),
        ("역이 어디예요?", "ko"),
        ("Где вокзал?", "ru"),
        ("I went to 北京 with him.", "en"),
        ("", ""),
        ("12:30 — 5 €", ""),
        ("xyzzy", ""),
    ],
)
def test_languages(text: str, language: str) -> None:
    assert language_of(text) == language


def test_among_some() -> None:
    assert language_of("Je pense.", ("en", "fr")) == "fr"
    assert language_of("Where is the station?", ("fr", "zh")) == ""
    assert language_of("车站在哪里？", ("en",)) == ""
    assert language_of("Das ist nicht mein Hund, und ich habe auch keine Katze.", ("en", "fr")) == ""
    assert language_of("la", ("en", "fr")) == "fr"
    assert language_of("hmm", ("en", "fr")) == ""


def test_a_long_text_is_sampled_all_over() -> None:
    assert language_of("xxxx " * 200_000 + "the man is here and he was there " * 100_000) == "en"
    assert language_of("the " * 1000 + "我们去那里看看" * 100_000) == "zh"
