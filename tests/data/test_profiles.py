import hashlib
import json
from collections import Counter, defaultdict

import pytest

from dltext.data.attributes import Attribute
from dltext.data.errors import UserError
from dltext.data.profiles import attributes_of, open_profiles
from dltext.data.source import open_source


def author(n: int, **more) -> dict:
    """Author ``n``: a gender that 10 of 100 do not tell, 30 different ages, a free remark."""
    return {
        "id": f"a{n}",
        "text": f"text of author {n}",
        "gender": ("female", "male")[n % 2] if n % 10 else "",
        "age": 20 + n % 30,
        "remark": f"remark {n}",
    } | more


def lines(rows) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


@pytest.fixture
def authors(write):
    return str(write("authors.jsonl", lines(author(n) for n in range(100))))


def kinds(profiles) -> dict[str, str]:
    return {attribute.name: attribute.kind for attribute in profiles.attributes}


def test_a_file_offers_the_columns_that_can_be_learnt(authors):
    profiles = open_profiles(authors)
    assert kinds(profiles) == {"gender": "category", "age": "number"}
    gender, age = profiles.attributes
    assert (gender.labels, gender.missing, age.labels, age.missing) == (("female", "male"), 10, (), 0)
    rows = {row.id: row for split in ("train", "validation", "test") for row in profiles.rows(split)}
    assert len(rows) == 100
    assert rows["a7"].values == {"gender": "male", "age": 27.0}
    assert rows["a10"].values == {"gender": None, "age": 30.0}
    assert rows["a7"].text == "text of author 7"
    assert attributes_of(authors) == profiles.attributes


def test_csv_tsv_and_jsonl_say_the_same(authors, write):
    header = ["id", "text", "gender", "age", "remark"]
    rows = [[str(author(n)[column]) for column in header] for n in range(100)]
    opened = [open_profiles(authors)]
    for suffix, separator in ((".csv", ","), (".tsv", "\t")):
        path = write(f"authors{suffix}", "".join(separator.join(row) + "\n" for row in [header, *rows]))
        opened.append(open_profiles(str(path)))
    assert opened[0].attributes == opened[1].attributes == opened[2].attributes
    first, *others = ([list(profiles.rows(split)) for split in ("train", "test")] for profiles in opened)
    assert first == others[0] == others[1]


def test_the_splits_are_those_of_the_data_set_itself(authors):
    profiles, plain = open_profiles(authors), open_source(authors, min_labels=0)
    assert profiles.source.counts == plain.counts == {"train": 80, "validation": 10, "test": 10, "all": 100}
    for split in plain.splits:
        assert [row.id for row in profiles.rows(split)] == [row.id for row in plain.rows(split)]
    assert profiles.source.sha256 == plain.sha256


def test_columns_that_name_records_or_hold_one_value_are_left_out(write):
    rows = [
        author(n, author_id=n, userId=str(n), same="x", nested=[n], label=str(n % 3), split="train") for n in range(60)
    ]
    rows += [author(n, split="test", label="1") for n in range(60, 80)]
    profiles = open_profiles(str(write("x.jsonl", lines(rows))))
    assert kinds(profiles) == {"gender": "category", "age": "number", "label": "category"}
    assert profiles.source.published
    assert profiles.source.counts["test"] == 20


def test_what_is_asked_for_is_what_one_gets(authors):
    profiles = open_profiles(authors, "sex=gender, years=age:number, decade=age:category")
    assert [
        (attribute.name, attribute.column, attribute.kind, len(attribute.labels)) for attribute in profiles.attributes
    ] == [
        ("sex", "gender", "category", 2),
        ("years", "age", "number", 0),
        ("decade", "age", "category", 30),
    ]
    assert profiles.attributes[2].labels[:2] == ("20", "21")
    assert next(profiles.rows("all")).values == {"sex": None, "years": 20.0, "decade": "20"}


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("income", "there is no column 'income'; there is gender, age, remark"),
        ("remark:number", r"record a0: the column 'remark' holds 'remark 0', which is not a number"),
        ("remark=empty", "nothing stands in the column 'empty'"),
        ("same", "the column 'same' holds only 'x'; there is nothing to tell apart"),
        ("many:category", "more than 100 different values.* learn it as many=many:number"),
    ],
)
def test_what_cannot_be_learnt_is_refused(write, asked, said):
    path = write("x.jsonl", lines(author(n, same="x", empty="", many=n) for n in range(120)))
    with pytest.raises(UserError, match=said):
        open_profiles(str(path), asked)


def test_data_without_attributes_say_how_to_get_there(write, tmp_path):
    folder = write("texts/one.txt", "a text").parent
    with pytest.raises(UserError, match=r"is a folder of texts.* write a CSV or JSONL file.* a column 'text'"):
        open_profiles(str(folder))
    assert attributes_of(str(folder)) == ()
    with pytest.raises(UserError, match="no columns beside the text; write a CSV or JSONL file"):
        open_profiles(str(write("plain.txt", "a text\nanother\n")))
    with pytest.raises(UserError, match="none of the columns remark can be learnt unasked"):
        open_profiles(str(write("x.jsonl", lines({"text": "t", "remark": f"r {n}"} for n in range(50)))))
    with pytest.raises(UserError, match="there is no such file"):
        open_profiles(str(tmp_path / "none.csv"))


def test_an_author_s_records_stay_together(write):
    path = write("x.jsonl", lines(author(n // 4) | {"text": f"text {n}"} for n in range(400)))
    profiles = open_profiles(str(path))
    parts = defaultdict(set)
    for split in ("train", "validation", "test"):
        for row in profiles.rows(split):
            parts[row.id].add(split)
    assert len(parts) == 100
    assert Counter(len(splits) for splits in parts.values()) == {1: 100}
    assert profiles.source.counts == {"train": 320, "validation": 40, "test": 40, "all": 400}


def test_a_stated_training_part_is_held_out_of_by_author(write):
    path = write("x.jsonl", lines(author(n // 4, split="train") | {"text": f"text {n}"} for n in range(400)))
    profiles = open_profiles(str(path))
    train, test = ({row.id for row in profiles.rows(split)} for split in ("train", "test"))
    assert (len(train), len(test), train & test) == (90, 10, set())


def test_splits_that_tear_an_author_apart_are_refused(write):
    rows = [author(n, split="train" if n < 50 else "test") for n in range(60)]
    rows[55]["id"] = "a3"
    with pytest.raises(UserError, match=r"the id 'a3' stands both in train and in test.* must stay in one part"):
        open_profiles(str(write("x.jsonl", lines(rows))))


def test_more_numbers_than_labels_may_be_called_label(write):
    path = write("x.jsonl", lines({"text": f"text {n}", "label": n / 7} for n in range(600)))
    profiles = open_profiles(str(path))
    assert kinds(profiles) == {"label": "number"}
    assert profiles.source.counts == {"train": 480, "validation": 60, "test": 60, "all": 600}


def test_a_value_of_no_label_names_its_record(authors):
    model = [Attribute("gender", "gender", "category", ("female", "other"))]
    profiles = open_profiles(authors, wanted=model)
    with pytest.raises(UserError, match=r"record a1: the column 'gender' is 'male', which is none of female, other"):
        list(profiles.rows("all"))


def test_of_a_model_s_attributes_those_that_the_data_have_are_measured(write):
    rows = [{"text": f"text {n}", "age": 15 + n, "age_group": f"{n % 2 + 1}0s"} for n in range(10)]
    path = str(write("few.jsonl", lines(rows)))
    gender = Attribute("gender", "gender", "category", ("female", "male"))
    age = Attribute("age", "age_group", "category", ("10s", "20s", "30s"))
    years = Attribute("years", "age", "number")
    profiles = open_profiles(path, wanted=[gender, age, years])
    # Ten numbers, and all of them a number; a label that does not occur keeps its place.
    assert profiles.attributes == (age, years)
    assert next(profiles.rows("all")).values == {"age": "10s", "years": 15.0}
    # What the column of the name holds does not fit, and that of the model's own column does.
    assert open_profiles(path, wanted=[Attribute("age_group", "age", "number")]).attributes == (
        Attribute("age_group", "age", "number"),
    )
    with pytest.raises(UserError, match="the model knows gender, and the data have age, age_group"):
        open_profiles(path, wanted=[gender])


CARD = """task = "text"
derived = true
[splits]
all = 100
[[attribute]]
name = "gender"
column = "gender"
kind = "category"
labels = ["female", "male"]
[[attribute]]
name = "age"
column = "remark"
kind = "category"
labels = ["young", "old"]
unknown = ["unsaid"]
missing = 10
[[attribute]]
name = "years"
column = "age"
kind = "number"
default = false
[[mirror]]
split = "all"
reader = "jsonl"
file = "authors.jsonl"
sha256 = "{sha256}"
"""


@pytest.fixture
def card(mirror, write_card):
    rows = (author(n, remark=("young", "old")[n % 2] if n % 10 else "unsaid", height=n) for n in range(100))
    path = mirror / "authors.jsonl"
    path.write_text(lines(rows))
    write_card("people", CARD.format(sha256=hashlib.sha256(path.read_bytes()).hexdigest()))
    return "people"


def test_a_card_says_what_is_learnt_by_default(card):
    assert kinds(open_profiles(card)) == {"gender": "category", "age": "category"}
    assert kinds(open_profiles(card, "*")) == {"gender": "category", "age": "category", "years": "number"}
    assert [attribute.name for attribute in attributes_of(card)] == ["gender", "age", "years"]
    first, second = list(open_profiles(card, "*").rows("all"))[:2]
    assert first.values == {"gender": None, "age": None, "years": 20.0}
    assert second.values == {"gender": "male", "age": "old", "years": 21.0}
    plain = open_source(card, min_labels=0)
    for split in plain.splits:
        assert [row.id for row in open_profiles(card).rows(split)] == [row.id for row in plain.rows(split)]


def test_of_a_card_names_come_before_columns(card):
    def one(asked):
        (attribute,) = open_profiles(card, asked).attributes
        return attribute.name, attribute.column, attribute.kind, attribute.labels

    assert one("age") == ("age", "remark", "category", ("young", "old"))
    assert one("age:number") == ("age", "age", "number", ())
    assert one("age=age") == ("age", "age", "number", ())
    assert one("years") == ("years", "age", "number", ())
    assert one("generation=remark") == ("generation", "remark", "category", ("young", "old"))
    assert one("height") == ("height", "height", "number", ())  # the card is silent of it, the file is not
    with pytest.raises(UserError, match="people has no attribute 'income'; it has gender, age, years"):
        open_profiles(card, "income")


def test_a_card_without_authors_says_so(mirror, card):
    with pytest.raises(UserError, match=r"film says nothing of authors; .*choose people"):
        open_profiles("film")
    assert attributes_of("film") == ()
    assert kinds(open_profiles("film", "verdict=label")) == {"verdict": "category"}


def test_a_model_is_measured_on_a_card_by_name(card):
    age = Attribute("age", "somewhere", "category", ("old", "young"))
    profiles = open_profiles(card, wanted=[age, Attribute("gender", "gender", "number")])
    assert [(attribute.name, attribute.column, attribute.labels) for attribute in profiles.attributes] == [
        ("age", "remark", ("old", "young"))
    ]
    assert next(profiles.rows("all")).values == {"age": None}
