import pytest

from dltext.data import attributes
from dltext.data.attributes import Attribute, Request, parse
from dltext.data.errors import UserError


def test_attributes_are_asked_for_by_name_column_and_kind():
    assert parse("gender, age=age_group, years = age : number,年龄:category") == (
        Request("gender"),
        Request("age", "age_group"),
        Request("years", "age", "number"),
        Request("年龄", "", "category"),
    )
    assert parse("") == parse("  ") == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("gender,", "does not name attributes"),
        (",", "does not name attributes"),
        ("age=", "does not name attributes"),
        ("=age", "does not name attributes"),
        ("a=b=c", "does not name attributes"),
        ("age:numbers", "'age' is 'numbers'; it must be a category or a number"),
        ("age:", "'age' is 'nothing'; it must be"),
        ("age:number:category", "it must be a category or a number"),
        ("age, age=years", "'age' is named twice"),
        ("model", "author_model=model"),
        ("Notes=remarks", "author_Notes=remarks"),
    ],
)
def test_nonsense_is_refused_with_what_to_write(text, said):
    with pytest.raises(UserError) as refused:
        parse(text)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("raw", "value"), [("37", 37.0), (" -1.5e2 ", -150.0), ("nan", None), ("1_000", None), ("inf", None), ("x", None)]
)
def test_numbers_are_finite_and_as_people_write_them(raw, value):
    assert attributes.number(raw) == value


def test_a_value_is_a_label_a_number_or_nothing():
    age = Attribute("age", "age_group", "category", ("10s", "20s"), unknown=("?",))
    assert [age.value(raw) for raw in ("10s", " 20s ", "", "?")] == ["10s", "20s", None, None]
    with pytest.raises(ValueError, match="is '90s', which is none of 10s, 20s"):
        age.value("90s")
    years = Attribute("years", "age", "number")
    assert [years.value(raw) for raw in ("17", "")] == [17.0, None]
    with pytest.raises(ValueError, match="is 'old' and not a number"):
        years.value("old")


def test_a_card_s_attribute_is_whole():
    made = attributes.make_attribute({"name": "x", "column": "y", "kind": "category", "labels": ["a", "b"]})
    assert made == Attribute("x", "y", "category", ("a", "b"))
    for wrong in (
        {"name": "x", "column": "y", "kind": "category"},
        {"name": "x", "column": "y", "kind": "number", "labels": ["a"]},
        {"name": "x", "column": "y", "kind": "colour", "labels": ["a"]},
        {"name": "x", "column": "y", "kind": "number", "what": 1},
        {"column": "y", "kind": "number"},
    ):
        with pytest.raises((TypeError, KeyError)):
            attributes.make_attribute(wrong)
