import re

import pytest

from dltext.data import cards
from dltext.data.readers import KINDS

SHIPPED = [path.stem for path in sorted(cards.FOLDER.glob("*.toml"))]


def test_the_sets_of_the_first_release_are_there():
    assert {"mr", "imdb", "sst2", "r8", "sentiment-en"} <= set(SHIPPED)


@pytest.mark.parametrize("name", SHIPPED)
def test_a_card_is_whole(name):
    card = cards.find_card(name)
    assert card
    assert card.name == name
    assert card.task in {"sentiment", "classify", "text", "pairs"}
    assert card.language in {"en", "zh"}
    assert len(card.labels) == len(set(card.labels.values()))
    assert (len(card.labels) > 1) == (card.task not in {"text", "pairs"})
    assert (card.target_language in {"en", "zh", "fr"} - {card.language}) == (card.task == "pairs")
    assert card.title
    assert card.licence
    assert card.citation
    assert card.source
    assert card.description
    assert card.pieces or card.download or card.packaged or card.manual  # whoever has no mirror is told what to do
    for part in card.packaged:
        assert (cards.FOLDER.parent / part.file).is_file()
        assert not part.sha256
    for part in (*card.mirror, *card.download):
        assert re.fullmatch("[0-9a-f]{64}", part.sha256)
        assert part.reader in KINDS or (part.reader == "document" and part.member)
        assert part.label is None or part.label in card.labels
        if card.task == "pairs":
            assert (part.text_column, part.title_column) == ("1", "2")
    assert {part.split for part in card.mirror} == (set() if card.pieces or card.packaged else set(card.splits))
    assert not card.download or {part.split for part in card.download} == set(card.splits)
    assert all(part.url.startswith("https://") and part.size for part in card.download)
    assert card.derived == (set(card.splits) == {"all"})


def test_composite_cards_name_splits_that_there_are():
    for card in map(cards.find_card, SHIPPED):
        for piece in card.pieces if card else ():
            other = cards.find_card(piece.card)
            assert other
            assert piece.of in other.splits or (other.derived and piece.of in {"train", "validation", "test"})
            assert card
            assert (card.task == "pairs") == (other.task == "pairs")
            assert (card.language, card.target_language) == (other.language, other.target_language)
            assert not card.labels or set(other.labels.values()) <= set(card.labels.values())


@pytest.mark.parametrize("name", ["text-en", "text-zh"])
def test_what_word_vectors_learn_from_holds_no_test_part(name):
    card = cards.find_card(name)
    assert card
    assert set(card.splits) == {"train"}
    assert {piece.of for piece in card.pieces} <= {"train", "unsup"}
    assert len({(piece.card, piece.of) for piece in card.pieces}) == len(card.pieces) > 8


def test_what_a_translator_ships_with_has_no_part_of_which_it_was_measured():
    card = cards.find_card("everyday-en-zh")
    assert card
    held = {(piece.card, piece.of) for piece in card.pieces if piece.split != "train"}
    assert held.isdisjoint((piece.card, piece.of) for piece in card.pieces if piece.split == "train")
    assert {piece.of for piece in card.pieces if piece.split == "train"} == {"train"}


def test_a_card_that_is_damaged_names_its_file(write):
    from dltext.data.errors import UserError

    for content in ("name = ", 'name = "x"\n', 'name = "x"\nwhat = 1\n'):
        with pytest.raises(UserError, match=r"card\.toml: this data card cannot be read"):
            cards.read_card(write("card.toml", content))


@pytest.mark.parametrize("name", ["", "..", "../cards/mr", "a/b", "a\\b", ".hidden"])
def test_a_name_is_not_a_path(name):
    assert cards.find_card(name) is None
