"""What a model attends to: shares of a whole document, by words and by sentences."""

import numpy as np
import pytest

from dltext.engine import api
from dltext.engine.results import UserError


def test_words_have_their_shares_of_the_attention(make_bundle) -> None:
    make_bundle(serving={"attention": True})
    text = "The GOOD film, bad?"
    result = api.analyse(text, model="toy", explain=True, by="attention")
    assert [text[span.start : span.end] for span in result.spans] == ["The", "GOOD", "film", ",", "bad", "?"]
    expected = np.exp([0.0, 4.0, 0.5, 0.0, 0.0, 0.0])
    assert [span.weight for span in result.spans] == pytest.approx(expected / expected.sum(), abs=1e-5)
    assert (result.by, result.sentences) == ("attention", ())
    assert result.label == api.analyse(text, model="toy").label
    assert "sentences" not in result.as_dict()


def test_windows_of_a_long_document_share_it(make_bundle) -> None:
    make_bundle(serving={"attention": True, "max_tokens": 4})
    result = api.analyse("the good film the bad film", model="toy", explain=True, by="attention")
    assert len(result.spans) == 6
    assert sum(span.weight for span in result.spans) == pytest.approx(1)


def test_of_a_model_that_reads_sentences_they_are_told_too(make_bundle) -> None:
    scores = {"good": 4.0, "bad": -4.0, "film": 0.5, ".": 0.0}
    make_bundle(scores=scores, serving={"attention": True, "sentence_words": 3})
    text = "good film. bad"
    result = api.analyse(text, model="toy", explain=True, by="attention")
    assert [text[span.start : span.end] for span in result.spans] == ["good", "film", ".", "bad"]
    assert [text[span.start : span.end] for span in result.sentences] == ["good film.", "bad"]
    words = [span.weight for span in result.spans]
    assert [span.weight for span in result.sentences] == pytest.approx([sum(words[:3]), words[3]])
    assert sum(words) == pytest.approx(1)


def test_a_model_without_attention_says_so(make_bundle) -> None:
    make_bundle()
    with pytest.raises(UserError, match="weigh its words by occlusion"):
        api.analyse("good film", model="toy", explain=True, by="attention")


def test_texts_of_all_lengths_together_answer_as_each_alone(make_bundle) -> None:
    from dltext.engine.results import Record

    make_bundle(pool="max", serving={"sentence_words": 2})
    texts = ["good", "bad film bad", "the film . good film bad good", "good bad"]
    many = list(api.analyse_many([Record(str(n), text) for n, text in enumerate(texts)], model="toy"))
    for (_, result), text in zip(many, texts, strict=True):
        assert result.probabilities == pytest.approx(api.analyse(text, model="toy").probabilities, abs=1e-6)
