"""What cannot become a training is refused in a sentence, before there is a run."""

import sys

import pytest

from dltext.data.source import open_source
from dltext.data.splits import check_enough
from dltext.engine import readiness, registry
from dltext.engine.jobs import launching, runner, store
from dltext.engine.results import JobSpec, UserError
from dltext.engine.tasks.table import RECIPES


@pytest.fixture(autouse=True)
def _trainable(monkeypatch):
    monkeypatch.setattr(registry, "training_problem", lambda: None)
    monkeypatch.setattr(launching, "launch", lambda job: job)
    monkeypatch.delenv("DLTEXT_DATA", raising=False)


@pytest.fixture
def refused():
    """What is said of a spec, by whoever would start it; nothing is left of it."""

    def say(recipe, data, settings=None, **more):
        with pytest.raises(UserError) as error:
            runner.submit(JobSpec(recipe=recipe, data=str(data), settings=settings or {}, **more))
        assert store.listing() == []
        assert "\n" not in str(error.value)
        return str(error.value)

    return say


def table(path, header, rows):
    path.write_text("\n".join([",".join(header), *(",".join(row) for row in rows)]) + "\n")
    return path


def reviews(path, labels, header=("text", "label")):
    return table(path, header, [(f"a text of number {number}", label) for number, label in enumerate(labels)])


@pytest.mark.parametrize("recipe", list(RECIPES))
def test_data_that_are_not_there(refused, recipe, tmp_path):
    assert "there is no such file" in refused(recipe, tmp_path / "nofile.csv", {})


@pytest.mark.parametrize("recipe", list(RECIPES))
def test_columns_that_are_not_there(refused, recipe, tmp_path):
    data = reviews(tmp_path / "mine.csv", "ab" * 20)
    assert "nope" in refused(recipe, data, text_column="nope", label_column="neither")


RANDOM = {"variant": "random"}


@pytest.mark.parametrize("labels", ["ab", "abab", "ababa", "abcd", "abcdefghijkl"])
def test_too_few_texts_for_the_parts(refused, tmp_path, labels):
    said = refused("text-cnn", reviews(tmp_path / "mine.csv", labels), RANDOM)
    assert "too few texts for a validation and a test part" in said
    assert str(len(labels)) in said


def test_as_few_as_do(tmp_path):
    readiness.check(JobSpec("text-cnn", str(reviews(tmp_path / "mine.csv", "ababab")), RANDOM))


def test_a_training_part_of_one_label(refused, tmp_path):
    rows = [(f"text {n}", "a", "train") for n in range(20)] + [(f"text {n}", "b", "test") for n in range(20, 30)]
    data = table(tmp_path / "mine.csv", ("text", "label", "split"), rows)
    assert "training part have the label 'a'" in refused("text-cnn", data, RANDOM)


def test_too_few_for_the_folds(refused, tmp_path):
    data = reviews(tmp_path / "mine.csv", "ab" * 4)
    assert "too few texts for 10 folds" in refused("text-cnn", data, RANDOM, kind="cross-validate", folds=10)
    data = reviews(tmp_path / "rare.csv", "a" * 30 + "b")
    assert "only 1 text of the label 'b'" in refused("text-cnn", data, RANDOM, kind="cross-validate", folds=5)


def test_too_few_pairs_and_titles(refused, tmp_path):
    pairs = table(tmp_path / "pairs.csv", ("source", "target"), [(f"one {n}", f"two {n}") for n in range(12)])
    assert "needs at least 20" in refused("seq2seq-char", pairs)
    titles = table(tmp_path / "titles.csv", ("text", "title"), [(f"one {n}", f"two {n}") for n in range(12)])
    assert "needs at least 20" in refused("title-copy", titles)


def test_too_few_words(refused, tmp_path):
    data = tmp_path / "mine.txt"
    data.write_text("one two three\n")
    assert "occur at least" in refused("word2vec-gensim", data)
    assert "at least two" in refused("paragraph-vectors", data, {"min_count": 1})
    data.write_text("")
    assert "mine.txt" in refused("word2vec-gensim", data)


def test_authors_of_one_kind_in_the_training_part(refused, tmp_path):
    rows = [(f"a{n}", f"text {n}", "x", "train") for n in range(30)] + [("b1", "text", "y", "test")] * 2
    data = table(tmp_path / "mine.csv", ("id", "text", "gender", "split"), rows)
    assert "the label 'x'" in refused("self-attention", data, {"attributes": "gender", **RANDOM})


@pytest.mark.parametrize(
    "settings",
    [{"vectors": "nowhere"}, RANDOM | {"initial": "nobody"}, RANDOM | {"teacher": "floor+nobody", "pieces": 0.5}],
)
def test_models_and_vectors_that_are_not_there(refused, tmp_path, settings):
    said = refused("text-cnn", reviews(tmp_path / "mine.csv", "ab" * 20), settings)
    assert "nobody" in said or "nowhere" in said


def test_further_data_that_are_not_there(refused, tmp_path):
    data = reviews(tmp_path / "mine.csv", "ab" * 20)
    settings = RANDOM | {"teacher": "floor", "unlabelled": "nofile.txt"}
    assert "nofile.txt" in refused("text-cnn", data, settings)
    pairs = table(tmp_path / "pairs.csv", ("source", "target"), [(f"one {n}", f"two {n}") for n in range(40)])
    assert "nofile.tsv" in refused("seq2seq-char", pairs, {"more": "nofile.tsv"})
    words = tmp_path / "words.txt"
    words.write_text("one two three\n" * 20)
    assert "nowhere" in refused("word2vec-gensim", words, {"blend": "nowhere"})


@pytest.mark.parametrize("recipe", ["seq2seq-char", "text-cnn"])
def test_a_shipped_card_of_another_kind(refused, recipe):
    assert "demo" in refused(recipe, "demo", RANDOM if recipe == "text-cnn" else {})


def test_a_model_and_data_to_evaluate(refused, make_bundle, tmp_path):
    assert "nobody" in refused("nobody", tmp_path, kind="evaluate")
    make_bundle("mine")
    assert "nofile.csv" in refused("mine", "nofile.csv", kind="evaluate")


@pytest.mark.parametrize("large", [False, True])
def test_large_data_are_not_counted_through(tmp_path, monkeypatch, large):
    if large:
        monkeypatch.setattr(readiness, "SMALL", 10)
    readiness.check(JobSpec("text-cnn", str(reviews(tmp_path / "mine.csv", "ab" * 30)), RANDOM))
    rows = [(f"text {n}", "ab"[n > 20], "test" if n > 20 else "train") for n in range(40)]
    data = table(tmp_path / "one.csv", ("text", "label", "split"), rows)
    with pytest.raises(UserError, match="label"):
        readiness.check(JobSpec("text-cnn", str(data), RANDOM))


def test_a_look_brings_in_nothing_heavy(tmp_path):
    import subprocess

    reviews(tmp_path / "mine.csv", "ab" * 20)
    code = (
        "import sys\nfrom dltext.engine import readiness\nfrom dltext.engine.results import JobSpec\n"
        "for recipe in ('text-cnn', 'word2vec-gensim'):\n"
        "    readiness.check(JobSpec(recipe, 'mine.csv', {'variant': 'random'} if recipe == 'text-cnn' else {}))\n"
        "assert not {'keras', 'tensorflow', 'gensim', 'sklearn'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=tmp_path, timeout=60)


def test_the_rule_itself():
    check_enough("x", {"train": {"a": 4, "b": 4}, "validation": {"a": 1}, "test": {"b": 1}})
    check_enough("x", {"train": {"a": 10, "b": 10}}, 0.1)
    check_enough("x", {"train": {"": 10}}, 0.1)
    check_enough("x", {"train": {"a": 10, "b": 10}, "unsup": {"": 3}}, 0.1, folds=5)
    for parts in ({"train": {"a": 1, "b": 1}}, {"train": {}, "test": {"a": 1}}, {"train": {"": 2}}):
        with pytest.raises(UserError, match="too few"):
            check_enough("x", parts, 0.1)


@pytest.mark.parametrize("labels", ["ab", "abcd"])
def test_a_look_at_the_data_says_it_too(tmp_path, labels):
    from dltext.engine import corpora

    (said,) = corpora.check(str(reviews(tmp_path / "mine.csv", labels))).errors
    assert "too few texts for a validation and a test part" in said
    assert corpora.check(str(reviews(tmp_path / "enough.csv", "ab" * 10))).errors == ()


def test_of_many_texts_no_more_are_read_than_tell_two_labels(tmp_path, monkeypatch):
    path = tmp_path / "x.csv"
    path.write_text("text,label\n" + "".join(f"text {n},{'ab'[n % 2]}\n" for n in range(200)))
    source = open_source(str(path))
    read = []
    rows = source.rows
    monkeypatch.setattr(readiness, "SMALL", 10)
    monkeypatch.setattr(source, "rows", lambda split: (read.append(row) or row for row in rows(split)))
    readiness.check_parts(source)
    assert 0 < len(read) < 30
