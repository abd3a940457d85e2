"""Texts to lines of words on disk: what is read, how it is cut, what is joined."""

import pytest

from dltext.engine import registry
from dltext.engine.jobs.stopping import StopRequested
from dltext.engine.results import JobSpec, UserError
from dltext.engine.text.segment import words_of
from dltext.engine.train.words import corpus as corpora
from dltext.engine.train.words.texts import open_texts


def settings(**changes):
    return registry.settings_of("word2vec-gensim", {"min_count": 1, **changes})


def made(path, folder, stop=lambda: False, emit=lambda kind, **values: None, **changes):
    texts = open_texts(JobSpec("word2vec-gensim", str(path)))
    return corpora.prepare(texts, settings(**changes), folder, emit, stop)


def test_a_corpus_holds_each_text_once_and_counts_it(texts, tmp_path):
    corpus = made(texts, tmp_path / "run")
    lines = list(corpus.lines())
    expected = [[token for token, _ in words_of(line)] for line in texts.read_text().splitlines()]
    assert lines == expected
    assert corpus.texts == 1200
    assert corpus.words == sum(map(len, expected))
    counts = corpus.counts()
    assert counts["cat"] == sum(line.count("cat") for line in expected)
    assert list(counts.values()) == sorted(counts.values(), reverse=True)
    words, numbers = corpus.vocabulary(5, 1)
    assert (words, numbers.tolist()) == (list(counts)[:5], list(counts.values())[:5])
    assert len(corpus.shards) > 10
    assert all((corpus.folder / name).read_text().endswith("\n") for name, _ in corpus.shards)


def test_words_without_offsets_are_those_with_offsets(tmp_path):
    path = tmp_path / "odd.txt"
    odd = ["İstanbul isn't <br /> ''far'' :-)", "7/10, don’t… “quite” ½ naïve", "汉字 and words"]
    path.write_text("\n".join(odd * 4) + "\n")
    texts = open_texts(JobSpec("word2vec-gensim", str(path)))
    for text in odd:
        assert texts.words(text) == [token for token, _ in words_of(text, texts.segmentation)]
    assert texts.words("don't, stop!", punctuation=False) == ["do", "n't", "stop"]


def test_long_texts_are_cut_and_sentences_kept_apart(tmp_path):
    path = tmp_path / "long.txt"
    path.write_text("one two. three four? five\n" + "word " * 25_000 + "\n")
    assert [len(line) for line in made(path, tmp_path / "a").lines()] == [7, 10_000, 10_000, 5_000]
    lines = list(made(path, tmp_path / "b", sentences=True).lines())
    assert lines[:3] == [["one", "two", "."], ["three", "four", "?"], ["five"]]
    unmarked = list(made(path, tmp_path / "c", sentences=True, punctuation=False).lines())
    assert unmarked[:3] == [["one", "two"], ["three", "four"], ["five"]]


@pytest.mark.parametrize("passes", [1, 2])
def test_words_that_occur_together_become_one(texts, tmp_path, passes):
    corpus = made(texts, tmp_path / "run", phrases=passes, phrase_min_count=20, phrase_threshold=0.3)
    counts = corpus.counts()
    assert counts["new_york"] > 200
    assert "new" not in counts
    assert corpus.phrases >= 1
    assert not any("." in word and word != "." for word in counts), "a phrase reaches over punctuation"
    assert [path.name for path in (tmp_path / "run").iterdir()] == ["corpus"]


def test_a_second_pass_joins_phrases_to_phrases(tmp_path):
    import random

    rng = random.Random(1)
    filler = ["red", "blue", "green", "tall", "small", "late", "early", "kind"]
    rows = [
        " ".join([*rng.choices(filler, k=4), "new", "york", "times", *rng.choices(filler, k=4)]) for _ in range(300)
    ]
    path = tmp_path / "paper.txt"
    path.write_text("\n".join(rows) + "\n")
    assert "new_york_times" in made(path, tmp_path / "run", phrases=2, phrase_threshold=0.2).counts()


def test_halves_of_a_word_are_no_phrase(tmp_path):
    path = tmp_path / "contractions.txt"
    path.write_text("she can't swim\nthey can't fly\nwe can't run\n" * 50)
    assert not any(
        "_" in word
        for word in made(path, tmp_path / "run", phrases=1, phrase_threshold=0.001).counts()
        if "n't" in word
    )


def test_a_stopped_one_is_made_anew_and_a_finished_one_kept(texts, tmp_path):
    with pytest.raises(StopRequested):
        made(texts, tmp_path / "run", lambda: True)
    assert corpora.load(tmp_path / "run" / "corpus") is None
    asked = []
    half = lambda: asked.append(1) or len(asked) > 10  # noqa: E731
    with pytest.raises(StopRequested):
        made(texts, tmp_path / "run", half, phrases=1)
    corpus = made(texts, tmp_path / "run", phrases=1)
    assert corpora.load(tmp_path / "run" / "corpus") == corpus
    assert made(texts, tmp_path / "run", lambda: True, phrases=1) == corpus


def test_which_part_of_the_data_is_read(tmp_path):
    path = tmp_path / "divided.csv"
    rows = ["text,split", *(f"train text {i},train" for i in range(8)), "kept apart,test", "later,validation"]
    path.write_text("\n".join(rows) + "\n")
    assert open_texts(JobSpec("word2vec-gensim", str(path))).splits == ("train",)
    texts = open_texts(JobSpec("word2vec-gensim", f"{path}:test"))
    assert (texts.splits, list(texts), texts.count) == (("test",), ["kept apart"], 1)
    with pytest.raises(UserError, match="no split 'dev'; it has train, validation, test"):
        open_texts(JobSpec("word2vec-gensim", f"{path}:dev"))
    with pytest.raises(UserError, match="no such file"):
        open_texts(JobSpec("word2vec-gensim", "nowhere:train"))
    plain = tmp_path / "plain.txt"
    plain.write_text("one text\n" * 20)
    assert open_texts(JobSpec("word2vec-gensim", str(plain))).splits == ("all",)
