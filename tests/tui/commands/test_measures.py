"""Names of measures on the command line."""

from dltext.tui.commands import measures


def test_titles_are_words_of_the_field():
    assert measures.title("floor_accuracy") == "baseline accuracy"
    assert measures.title("floor_macro_f1") == "baseline macro F1"
    assert measures.title("test_wordsim353") == "test WordSim-353 ρ"
    assert measures.title("examples") == "examples"
