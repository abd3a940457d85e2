"""What people paste from papers becomes plain text, and each character knows where it came from."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dltext.engine.tasks.title.latex import clean, cleaned

pytest.importorskip("pylatexenc")


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("a  b\n\tc ", "a b c"),
        ("we es-\ntimate it", "we estimate it"),
        ("state-of-\nthe-art", "state-of- the-art"),  # such a word has hyphens of its own
        ("in $O(n \\log n)$ time", "in O(n log n) time"),
        ("$n$-grams of $\\mathcal{N}(0,\\sigma^2)$", "n-grams of N(0,σ^2)"),
        ("\\emph{so} {\\it it} is \\textbf{a \\emph{b}}", "so it is a b"),
        ("Am\\'elioration \\`a la sp{\\'e}ci Sp\\\"arck \\c{c}a", "Amélioration à la spéci Spärck ça"),
        ("10\\% \\& more", "10% & more"),
        ("10% of it", "10% of it"),  # no comment, as LaTeX would have it
        ("$5 and $6, US$5-US$10", "$5 and $6, US$5-US$10"),
        ("C:\\Users\\me", "C:\\Users\\me"),
        ("\\sysname is new", "sysname is new"),
        ("as known \\cite{a}", "as known"),
        ("\\frac{1}{2} \\frac", "1/2 \\frac"),
        ("\\", "\\"),
        ("", ""),
    ],
)
def test_plain(text, plain):
    plain_text, places = cleaned(text)
    assert clean(text) == plain_text
    if "\\frac" not in text:
        assert plain_text == plain
    assert len(places) == len(plain_text) + 1


def test_each_character_knows_its_place():
    text = " A \\emph{b}  c-\nd\n\ne$\\alpha$f "
    plain_text, places = cleaned(text)
    assert plain_text == "A b cd eαf"
    assert [text[place] for place in places[:-1]] == list("A \\ cd\ne$f")
    assert places == sorted(places)


@given(st.text(alphabet="ab \n\t\\${}^_%-~'\"ceé0", max_size=60))
def test_nothing_that_is_pasted_breaks_it(text):
    plain_text, places = cleaned(text)
    assert plain_text == clean(text)
    assert plain_text == " ".join(plain_text.split())
    assert len(places) == len(plain_text) + 1
    assert places == sorted(places)
    assert all(0 <= place <= len(text) for place in places)
