"""Sentences: where they end, where they do not, and that nothing of the text is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dltext.engine.text.sentences import sentences


def cut(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("Mr. Smith met Dr. Jones. They ate.", ["Mr. Smith met Dr. Jones.", "They ate."]),
        ("It costs 3.14, not 3. That is much.", ["It costs 3.14, not 3.", "That is much."]),
        ("Read e.g. Python, i.e. a language. Fine.", ["Read e.g. Python, i.e. a language.", "Fine."]),
        ("J. R. R. Tolkien wrote it. I did not.", ["J. R. R. Tolkien wrote it.", "I did not."]),
        ("It was 5 p.m. He left at 6 p.m. today.", ["It was 5 p.m.", "He left at 6 p.m. today."]),
        (
            "He works at Foo Inc. She does at Bar Ltd. in Paris.",
            ["He works at Foo Inc.", "She does at Bar Ltd. in Paris."],
        ),
        ("No. 5 is alive. I said no. He left.", ["No. 5 is alive.", "I said no.", "He left."]),
        ("“Really?” she asked. “Yes!” He left.", ["“Really?” she asked.", "“Yes!”", "He left."]),
        ('He said "No." (Twice.) Then he left.', ['He said "No."', "(Twice.)", "Then he left."]),
        ("He left... and came back. Wait... What?", ["He left... and came back.", "Wait...", "What?"]),
        ("What?! No!! Oh", ["What?!", "No!!", "Oh"]),
        ("See example.com, v2.0.1 and a.b.c now. Done.", ["See example.com, v2.0.1 and a.b.c now.", "Done."]),
        ("i went home. then i slept.", ["i went home.", "then i slept."]),
        ("he told me. i said no. then he left.", ["he told me.", "i said no.", "then he left."]),
        ("We saw approx. ten. Unknown abbr. here.", ["We saw approx. ten.", "Unknown abbr. here."]),
        (
            "They fought in World War I. Germany lost. So did I. Jones came.",
            ["They fought in World War I.", "Germany lost.", "So did I.", "Jones came."],
        ),
        (
            "The U.S. Senate met. He lives in the U.S. She does not.",
            ["The U.S. Senate met.", "He lives in the U.S.", "She does not."],
        ),
        ("It began at 5 p.m. Smith was late.", ["It began at 5 p.m.", "Smith was late."]),
        ("He paid at Yahoo! and left. Oh no! it broke.", ["He paid at Yahoo! and left.", "Oh no!", "it broke."]),
        ("¿Qué tal? ¡Bien! Gracias.", ["¿Qué tal?", "¡Bien!", "Gracias."]),
        ("Il dit « Bonjour ! » à M. Dupont. C'est bien.", ["Il dit « Bonjour ! » à M. Dupont.", "C'est bien."]),
        ("Er kam z.B. am Montag. Gut.", ["Er kam z.B. am Montag.", "Gut."]),
        ("他说：“你好！”然后走了。你呢？！我很好。", ["他说：“你好！”", "然后走了。", "你呢？！", "我很好。"]),
        ("「真的吗？」她问。价格是3.5元。", ["「真的吗？」", "她问。", "价格是3.5元。"]),
        ("你好!我是汤姆.你是谁?", ["你好!", "我是汤姆.", "你是谁?"]),
        ("我用Python.很好。 Yes. 好。", ["我用Python.很好。", "Yes.", "好。"]),
        ("Hello", ["Hello"]),
        ("", []),
        (" \n\n\t ", []),
        ("...", ["..."]),
        ("A line\nand another\r\n\r\nand a third", ["A line", "and another", "and a third"]),
        ("1. First thing\n2) Second thing\n- third\n  * fourth.", ["First thing", "Second thing", "third", "fourth."]),
        ("# Title\n> Quoted.\n", ["Title", "Quoted."]),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert cut(text) == expected


def test_a_line_that_was_broken_to_fit_a_page_goes_on() -> None:
    first = "This line is so long that whoever wrote it broke it where the page"
    assert cut(f"{first}\nended, in mid-sentence. Next.") == [f"{first}\nended, in mid-sentence.", "Next."]
    assert cut(f"{first}\nEnded") == [first, "Ended"]
    assert cut(f"{first}:\nended") == [f"{first}:", "ended"]
    assert cut("a short line\nand another") == ["a short line", "and another"]
    assert cut(f"{first}\n\nended") == [first, "ended"]


@given(st.text(alphabet="ab AB.!?。！\"”'»)\n\r1-*好…\u3000(", max_size=60))
def test_nothing_is_lost(text: str) -> None:
    places = [*sentences(text)]
    at = 0
    for start, end in places:
        assert at <= start < end
        assert text[start:end] == text[start:end].strip()
        at = end
    # What lies between is white space and the marks of lists.
    outside = "".join(
        text[a:b]
        for a, b in zip([0, *(end for _, end in places)], [*(start for start, _ in places), len(text)], strict=True)
    )
    assert not set(outside) - set(" \n\r\u3000-*.)(>#1aAbB")
    assert "好" not in outside
