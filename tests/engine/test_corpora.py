import json
from pathlib import Path

import pytest

from dltext.data import cards
from dltext.engine import api
from dltext.engine.results import UserError


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DLTEXT_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("DLTEXT_DATA", raising=False)
    return tmp_path / "home"


def write(path: Path, rows) -> str:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return str(path)


@pytest.fixture
def reviews(tmp_path: Path) -> str:
    return write(
        tmp_path / "My Reviews.jsonl",
        [{"text": f"the film number {n} is what it is", "label": ("bad", "good")[n % 2]} for n in range(100)],
    )


def test_the_list_says_where_each_set_would_come_from(monkeypatch, tmp_path):
    assert {entry.name: entry.available for entry in api.datasets()}["mr"] == "download"
    for name in ("rt-polarity.neg", "rt-polarity.pos"):
        (tmp_path / "mirror" / "mr").mkdir(parents=True, exist_ok=True)
        (tmp_path / "mirror" / "mr" / name).write_text("a line\n")
    monkeypatch.setenv("DLTEXT_DATA", str(tmp_path / "mirror"))
    places = {entry.name: entry.available for entry in api.datasets()}
    assert places["mr"] == "mirror"
    assert places["imdb"] == places["sentiment-en"] == "download"  # a composite is as far as its farthest part
    assert api.dataset("sentiment-en").size == api.dataset("imdb").size + api.dataset("mr").size


def test_an_imported_file_is_a_data_set(reviews):
    made = api.import_data(reviews)
    assert (made.name, made.available, made.labels) == ("my-reviews", "imported", ("bad", "good"))
    assert made.splits == {"train": 80, "validation": 10, "test": 10}
    assert "my-reviews" in [entry.name for entry in api.datasets()]
    Path(reviews).unlink()  # it is a copy
    texts = [record.text for split in made.splits for record in api.browse_data("my-reviews", split, count=200)]
    assert sorted(texts) == sorted(f"the film number {n} is what it is" for n in range(100))
    assert len(api.browse_data("my-reviews", "all", count=200)) == 100
    assert str(api.fetch_data("my-reviews")).endswith("my-reviews")
    assert api.check_data("my-reviews").labels == {"bad": 50, "good": 50}


def test_imports_never_clash(reviews):
    assert api.import_data(reviews).name == "my-reviews"
    assert api.import_data(reviews).name == "my-reviews-2"
    for taken in ("my-reviews", "imdb"):
        with pytest.raises(UserError, match=f"of the name {taken} already"):
            api.import_data(reviews, taken)
    for odd in ("../up", "My Set", ".hidden", "a/b", "x" * 100):
        with pytest.raises(UserError, match="cannot be a name"):
            api.import_data(reviews, odd)


def test_a_bad_file_imports_nothing(tmp_path, reviews):
    bad = write(tmp_path / "bad.jsonl", [{"text": "a", "label": "x"}] * 10)
    with pytest.raises(UserError, match="only one label"):
        api.import_data(bad)
    with pytest.raises(UserError, match="no such file"):
        api.import_data(str(tmp_path / "none.csv"))
    assert not cards.imports().exists() or list(cards.imports().iterdir()) == []


def test_an_import_that_breaks_off_leaves_nothing(reviews, monkeypatch):
    import dltext.data.download as download

    def full(stream, row):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(download, "write_row", full)
    with pytest.raises(UserError, match="disk is full"):
        api.import_data(reviews)
    assert list(cards.imports().iterdir()) == []


def test_an_imported_set_is_watched_over(reviews):
    folder = api.fetch_data(api.import_data(reviews).name)
    (folder / "test.jsonl").write_text("")
    with pytest.raises(UserError, match=r"test\.jsonl is not the file"):
        api.browse_data("my-reviews", "test")
    (folder / "test.jsonl").unlink()
    with pytest.raises(UserError, match="is gone; import the data again"):
        api.browse_data("my-reviews", "train")
    (folder / "card.toml").write_text("broken")
    assert "my-reviews" not in [entry.name for entry in api.datasets()]


def test_only_imported_sets_can_be_removed(reviews):
    name = api.import_data(reviews).name
    api.remove_data(name)
    with pytest.raises(UserError, match="no data set of the name my-reviews"):
        api.dataset(name)
    with pytest.raises(UserError, match="only those can be removed"):
        api.remove_data("imdb")


def test_browsing_pages_and_sees_changes(reviews):
    page = api.browse_data(reviews, "all", offset=98, count=5)
    assert [record.id for record in page] == ["99", "100"]
    assert api.browse_data(reviews, "all", offset=500) == []
    write(Path(reviews), [{"text": f"other {n}", "label": "xy"[n % 2]} for n in range(20)])
    assert api.browse_data(reviews, "all", count=1)[0].text == "other 0"


def test_texts_without_labels_can_be_looked_at(tmp_path):
    path = tmp_path / "plain.txt"
    path.write_text("one\ntwo\n")
    assert [record.text for record in api.browse_data(str(path), "all")] == ["one", "two"]
    check = api.check_data(str(path))
    assert check.errors == ()
    assert check.warnings[0].startswith("There are no labels: word vectors can be trained on this")


def test_texts_without_labels_are_imported_as_a_corpus(tmp_path):
    made = api.import_data(
        write(tmp_path / "plain.jsonl", [{"text": f"line {n}", "title": f"T{n}"} for n in range(20)])
    )
    assert (made.task, made.labels, made.splits) == ("text", (), {"train": 16, "validation": 2, "test": 2})
    assert len(api.browse_data("plain", "all", count=50)) == 20
    half = write(tmp_path / "half.jsonl", [{"text": "a", "label": "x"}, {"text": "b", "label": "y"}, {"text": "c"}])
    assert "Left out: 1 document without a label" in api.import_data(half).description


def test_texts_with_titles_are_found_by_what_their_columns_are_called(tmp_path):
    from dltext.data.pairs import open_titles

    path = tmp_path / "Papers.csv"
    rows = [f'{number},Of stars {number},"Stars shine, all {number} of them."' for number in range(40)]
    path.write_text("\n".join(["id,Title,Abstract", *rows]) + "\n")
    check = api.check_data(str(path))
    assert check.errors == ()
    assert "to write titles (40 texts have one)" in check.warnings[0]
    info = api.import_data(str(path))
    assert (info.name, info.task, info.titled) == ("papers", "text", True)
    assert all(record.text.startswith("Stars shine") for record in api.browse_data("papers", "all"))
    pairs = open_titles("papers")
    assert {pair.target for split in pairs.splits for pair in pairs.rows(split)} == {f"Of stars {n}" for n in range(40)}
    # Whoever names a column means it.
    assert api.browse_data(str(path), "all", text_column="Title")[3].text == "Of stars 3"


def test_cards_of_texts_are_listed_and_fetched_without_labels(monkeypatch):
    assert api.dataset("demo").available == "shipped"
    assert api.fetch_data("demo").is_dir()
    assert api.check_data("demo").errors == ()
    assert api.dataset("text-en").labels == ()


def test_check_counts_repeats_leaks_and_contradictions(tmp_path):
    rows = [{"text": f"text {n} one two three four", "label": "ab"[n % 2], "split": "train"} for n in range(300)]
    rows += [{"text": "text  0 one two\nthree four", "label": "a", "split": "train"}]  # white space does not count
    rows += [{"text": "text 1 one two three four", "label": "a", "split": "test"}]  # in train as b
    rows += [{"text": "text 2 one two three four", "label": "a", "split": "test"}]  # in train
    rows += [{"text": "is new", "label": "b", "split": "test"}, {"text": " ", "label": "b", "split": "test"}]
    check = api.check_data(write(tmp_path / "x.jsonl", rows))
    assert check.splits == {"train": 301, "test": 4}
    assert check.labels == {"a": 153, "b": 152}
    assert (check.duplicates, check.overlap) == (1, 2)
    said = " ".join(check.warnings)
    assert "2 test documents appear in the training data too (50.0 % of the test)" in said
    assert "1 document repeats" in said
    assert "1 text occurs under more than one label" in said
    assert "1 document is empty" in said
    assert check.errors == ()


def test_check_warns_of_lopsided_rare_and_short(tmp_path):
    rows = [{"text": "so few", "label": "often"} for _ in range(200)] + [{"text": "rare", "label": "seldom"}] * 3
    said = " ".join(api.check_data(write(tmp_path / "x.jsonl", rows)).warnings)
    for part in (
        "imbalanced: often has 200",
        "1 label has fewer than 10 documents: seldom",
        "very short",
        "only 163 training documents",
    ):
        assert part in said


def test_lengths_count_words_and_chinese_characters(tmp_path):
    rows = [{"text": "很好 very good", "label": "a"}, {"text": "one two three", "label": "b"}] * 10
    lengths = api.check_data(write(tmp_path / "x.jsonl", rows)).lengths
    assert lengths == {"mean": 3.5, "median": 3.5, "p95": 4.0, "max": 4.0}


def test_a_broken_file_is_an_error_of_the_check_but_an_unknown_name_is_raised(tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_text('{"text": "a", "label": "x"}\nbroken\n')
    assert "line 2: broken JSON" in api.check_data(str(path)).errors[0]
    with pytest.raises(UserError, match="no such file, and no data set"):
        api.check_data("nothing-of-the-kind")


def test_samples_have_a_title_a_text_and_an_entry_in_the_index():
    import tomllib

    folder = cards.FOLDER.parent / "samples"
    index = tomllib.loads((folder / "index.toml").read_text("utf-8"))
    assert set(index) == {path.stem for path in folder.glob("*.txt")}
    for name, entry in index.items():
        title, _, text = (folder / f"{name}.txt").read_text("utf-8").partition("\n")
        assert title == entry["title"]
        assert text.strip()
        assert entry["purpose"]
        assert entry["language"] in {"en", "zh"}
        assert entry.get("task", "") in {"", "profile", "translate", "title", "language"}
    for task in ("profile", "translate", "title", "language"):
        titles = {entry["title"] for entry in index.values() if entry.get("task") == task}
        assert titles
        assert {title for title, _ in api.samples(task)[: len(titles)]} == titles
    plain = {entry["title"] for entry in index.values() if not entry.get("task")}
    assert {title for title, _ in api.samples()[: len(plain)]} == plain
    assert sorted(api.samples("profile")) == sorted(api.samples())
