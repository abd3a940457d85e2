"""A translation in the making: what an edit leaves as it is, and which wording stands in the text."""

from hypothesis import given
from hypothesis import strategies as st

from dltext.engine.results import Direction, Hypothesis, Sentence
from dltext.tui.kit.draft import Line, TranslationDraft

WAY = Direction("en", "zh", ("m",))


def sentences(text: str) -> list[Sentence]:
    """Cut behind each full stop."""
    cut, at = [], 0
    while at < len(text):
        stop = text.find(".", at)
        end = len(text) if stop < 0 else stop + 1
        start = at + len(text[at:end]) - len(text[at:end].lstrip())
        if start < end:
            source = text[start:end].rstrip()
            said = Hypothesis(source.upper(), -1.0), Hypothesis(source.lower(), -2.0)
            cut.append(Sentence(start, start + len(source), source, (), said))
        at = end
    return cut


def draft_of(text: str, complete: bool = True) -> TranslationDraft:
    return TranslationDraft(text, WAY, [Line(sentence) for sentence in sentences(text)], complete)


def test_an_edit_in_the_middle_leaves_what_is_not_beside_it() -> None:
    text = "One. Two. Three. Four. Five. Six."
    draft = draft_of(text)
    new = text.replace("Three", "Thirty three")
    unchanged = draft.kept(new)
    assert [line.sentence.source for line in unchanged.head] == ["One."]
    assert new[unchanged.start : unchanged.end].strip() == "Two. Thirty three. Four."
    assert [new[line.sentence.start : line.sentence.end] for line in unchanged.tail] == ["Five.", "Six."]


def test_typing_at_the_end_translates_the_end_alone() -> None:
    text = "One. Two. Three. Fo"
    unchanged = draft_of(text).kept(text + "ur")
    assert [line.sentence.source for line in unchanged.head] == ["One.", "Two."]
    assert not unchanged.tail
    assert (text + "ur")[unchanged.start : unchanged.end] == " Three. Four"


def test_of_a_draft_without_its_end_the_rest_is_new() -> None:
    text = "One. Two. Three. Four."
    draft = TranslationDraft(text, WAY, [Line(sentence) for sentence in sentences(text)[:2]])
    unchanged = draft.kept(text)
    assert len(unchanged.head) == 2
    assert text[unchanged.start : unchanged.end] == " Three. Four."
    edited = draft.kept("Oh. " + text)
    assert not edited.head
    assert not edited.tail
    assert (edited.start, edited.end) == (0, len(text) + 4)


def test_the_same_text_leaves_nothing_to_do() -> None:
    text = "One. Two."
    unchanged = draft_of(text).kept(text)
    assert len(unchanged.head) == 2
    assert not text[unchanged.start : unchanged.end]


@given(st.text("ab. \n", max_size=60), st.integers(0, 60), st.integers(0, 20), st.text("ab. ", max_size=12))
def test_what_is_kept_stands_in_the_new_text_and_nothing_is_lost(text: str, at: int, cut: int, put: str) -> None:
    at = min(at, len(text))
    new = text[:at] + put + text[at + cut :]
    unchanged = draft_of(text).kept(new)
    for line in (*unchanged.head, *unchanged.tail):
        assert new[line.sentence.start : line.sentence.end] == line.sentence.source
    places = [line.sentence.start for line in (*unchanged.head, *unchanged.tail)]
    assert places == sorted(places)
    assert all(line.sentence.end <= unchanged.start for line in unchanged.head)
    assert all(line.sentence.start >= unchanged.end for line in unchanged.tail)
    # What is cut anew gives, with what is kept, what the whole gives.
    anew = [one.source for one in sentences(new[unchanged.start : unchanged.end])]
    whole = [one.source for one in sentences(new)]
    assert [
        *(one.sentence.source for one in unchanged.head),
        *anew,
        *(one.sentence.source for one in unchanged.tail),
    ] == whole


def test_another_wording_stands_first_in_what_is_written() -> None:
    draft = draft_of("One. Two.")
    assert draft.choose(1, 1)
    assert not draft.choose(1, 1), "it stands there already"
    assert not draft.choose(1, 7), "there is no such wording"
    assert [line.text for line in draft.lines] == ["ONE.", "two."]
    translation = draft.translation("ONE.two.")
    assert [one.hypotheses[0].text for one in translation.sentences] == ["ONE.", "two."]
    assert [one.text for one in translation.sentences[1].hypotheses] == ["two.", "TWO."]
    assert translation.complete


def test_a_place_belongs_to_the_sentence_that_it_is_in_or_behind() -> None:
    draft = draft_of("One. Two.")
    assert [draft.at(place) for place in (0, 3, 4, 5, 8, 99)] == [0, 0, 0, 1, 1, 1]
    assert TranslationDraft("", WAY).at(0) is None
    assert draft_of("One.\n\nTwo.").paragraph(1)
    assert not draft.paragraph(1)
