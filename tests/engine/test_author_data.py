"""What data say of authors, through the door: listed, counted, read, imported."""

import json
from pathlib import Path

import pytest

from dltext.data.profiles import open_profiles
from dltext.engine import api


@pytest.fixture
def authors(tmp_path: Path) -> str:
    path = tmp_path / "authors.jsonl"
    rows = [
        {
            "id": f"a{n // 2}",
            "text": f"text number {n}",
            "gender": ("female", "male")[n // 2 % 2] if n >= 20 else None,
            "years": 20 + n // 2,
            "model": ("x", "y", "z")[n % 3],
        }
        for n in range(100)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return str(path)


def test_the_columns_of_a_file_are_told(authors):
    gender, years, model = api.attributes_of(authors)
    assert (gender.name, gender.kind, gender.labels, gender.missing) == ("gender", "category", ("female", "male"), 20)
    assert gender.told() == "female, male (20 not known)"
    assert (years.request(), years.told()) == ("years=years:number", "a number")
    # Answers have a field of that name.
    assert (model.request(), model.told()) == ("author_model=model:category", "x, y, z (column model)")
    asked = ",".join(attribute.request() for attribute in (gender, years, model))
    assert [attribute.name for attribute in open_profiles(authors, asked).attributes] == [
        "gender",
        "years",
        "author_model",
    ]


def test_a_check_counts_them(authors):
    check = api.check_data(authors)
    assert check.splits == {"train": 80, "validation": 10, "test": 10}
    gender, years, model = check.attributes
    assert (gender.counts, gender.missing) == ({"female": 40, "male": 40}, 20)
    assert years.counts == {"mean": 44.5, "min": 20, "max": 69}
    assert model.counts == {"x": 34, "y": 33, "z": 33}
    assert gender.told() == "female 40, male 40 (20 not known)"
    assert years.told() == "a number, mean 44.5, min 20, max 69"
    assert "There are no labels; what can be learnt of the authors: gender, years, author_model." in check.warnings


def test_a_check_splits_by_author_as_training_does(tmp_path):
    path = tmp_path / "uneven.jsonl"
    rows = [{"id": f"a{max(n - 60, 0)}", "text": f"text {n}", "years": n} for n in range(100)]  # one wrote 61 of them
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    counts = open_profiles(str(path)).source.counts
    assert sorted(counts.values()) != [10, 10, 80, 100]
    assert api.check_data(str(path)).splits | {"all": 100} == counts


def test_labels_are_counted_once(authors):
    check = api.check_data(authors, label_column="model")
    assert check.labels == {"x": 34, "y": 33, "z": 33}
    assert [attribute.name for attribute in check.attributes] == ["gender", "years"]


def test_texts_without_authors_say_nothing_of_them(tmp_path):
    path = tmp_path / "texts.txt"
    path.write_text("".join(f"text {n}\n" for n in range(20)))
    assert api.attributes_of(str(path)) == ()
    assert api.check_data(str(path)).attributes == ()


def test_the_card_of_blogs_names_what_is_known():
    info = {attribute.name: attribute for attribute in api.dataset("blog-authors").attributes}
    assert [(name, attribute.default) for name, attribute in info.items()] == [
        ("gender", True),
        ("age", True),
        ("years", False),
        ("industry", False),
    ]
    assert info["age"].told() == "10s, 20s, 30s (column age_group)"
    assert "… (39 labels)" in info["industry"].told()
    assert api.dataset("mr").attributes == ()


def test_an_import_keeps_what_is_known_of_authors(authors):
    made = api.import_data(authors, "people")
    assert [(attribute.name, attribute.kind, attribute.missing) for attribute in made.attributes] == [
        ("gender", "category", 20),
        ("years", "number", 0),
        ("author_model", "category", 0),
    ]
    original, imported = open_profiles(authors), open_profiles("people")
    for split in ("train", "validation", "test"):
        assert list(original.rows(split)) == list(imported.rows(split))
        assert {row.id for row in imported.rows(split)}.isdisjoint(
            row.id for other in ("train", "validation", "test") if other != split for row in imported.rows(other)
        )
    record = api.browse_data("people", "all", count=100)[-1]
    assert set(record.values) == {"gender", "years", "author_model"}
    assert api.check_data("people").attributes[0].counts == {"female": 40, "male": 40}
