"""Documents, values and words by year, month and day."""

from collections import Counter
from collections.abc import Callable

import pytest

from dltext.engine.corpus.columns import corpus_columns
from dltext.engine.corpus.dates import are_dates, iso_dates, periods, unit_of
from dltext.engine.corpus.filters import selected
from dltext.engine.corpus.opening import opened
from dltext.engine.corpus.timeline import corpus_course
from dltext.engine.results import Selection, UserError

Write = Callable[..., Selection]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["2019", "2019-05", "2019-5-7", "2019/05/07", "2019-05-07T10:11:12Z"],
         ["2019", "2019-05", "2019-05-07", "2019-05-07", "2019-05-07"]),
        (["17.05.2019", "3.5.2019"], ["2019-05-17", "2019-05-03"]),
        (["3/5/2019", "3/17/2019"], ["2019-03-05", "2019-03-17"]),
        (["3/5/2019", "17/3/2019 10:00"], ["2019-05-03", "2019-03-17"]),
        (["May 7, 2019", "7 May 2019", "Sept. 2019", "Tue, 07 May 2019 10:00:00 +0000"],
         ["2019-05-07", "2019-05-07", "2019-09", "2019-05-07"]),
        (["2019年5月7日", "2019年5月", "20190507"], ["2019-05-07", "2019-05", "2019-05-07"]),
        (["5", "4999", "2019-13", "2019-02-30", "neg", "", "Love 2019", "12345678", "the year 2019 " * 9], [""] * 9),
    ],
)  # fmt: skip
def test_dates_are_read_however_they_are_written(values: list[str], expected: list[str]) -> None:
    assert iso_dates(values) == expected


def test_a_column_is_one_of_dates_where_most_values_are() -> None:
    assert are_dates(["2019"] * 9 + [""])
    assert not are_dates(["2019"] * 8 + ["", ""])
    assert not are_dates([])


@pytest.mark.parametrize(
    ("dates", "unit", "count"),
    [
        (["2019-01-30", "2019-03-02"], "day", 32),
        (["2018-11-01", "2019-03-02"], "month", 5),
        (["2009-11-01", "2019-03-02"], "year", 11),
        (["2019-01-30", "2019"], "year", 1),
    ],
)
def test_the_unit_fits_the_span_and_no_period_is_left_out(dates: list[str], unit: str, count: int) -> None:
    assert unit_of(dates) == unit
    size = {"year": 4, "month": 7, "day": 10}[unit]
    listed = periods(min(dates)[:size], max(dates)[:size])
    assert (len(listed), listed) == (count, sorted(set(listed)))


def test_documents_by_year(reviews: Selection) -> None:
    course = corpus_course(reviews)
    assert (course.column, course.unit, course.periods, course.groups) == ("date", "month", course.periods, ("",))
    assert len(course.periods) == 23
    course = corpus_course(reviews, "date", unit="year")
    assert [(point.period, point.count, point.documents) for point in course.points] == [
        ("2019", 2, 4), ("2020", 1, 4), ("2021", 1, 4)
    ]  # fmt: skip
    assert course.notes == ("1 documents have no date as exact as that and are left out.",)


def test_shares_of_a_column_are_those_of_a_plain_count(write: Write) -> None:
    rows = [(2000 + n % 7, "ab"[n % 3 == 0], n) for n in range(200) if n % 7 != 4]
    selection = write("text,kind,when\n" + "".join(f"text {n},{kind},{year}-01-01\n" for year, kind, n in rows))
    course = corpus_course(selection, by="kind")
    assert course.groups == ("a", "b")
    both, each = Counter((str(year), kind) for year, kind, _ in rows), Counter(str(year) for year, _, _ in rows)
    assert {(point.period, point.group): (point.count, point.documents) for point in course.points} == {
        (str(year), kind): (both[str(year), kind], each[str(year)]) for year in range(2000, 2007) for kind in "ab"
    }
    (empty,) = [point for point in course.of("a") if point.period == "2004"]
    assert (empty.documents, empty.share) == (0, 0.0)
    (point,) = [point for point in course.of("a") if point.period == "2001"]
    assert point.low < point.share < point.high


def test_words_are_counted_in_the_filtered_documents(reviews: Selection) -> None:
    course = corpus_course(reviews, words=["soup", "cold soup"], unit="year")
    assert [(point.group, point.matches, point.count, point.documents) for point in course.points[:2]] == [
        ("soup", 3, 2, 2), ("cold soup", 2, 1, 2)
    ]  # fmt: skip
    assert course.points[0].per_million == pytest.approx(1e6 * 3 / 12, abs=0.01)
    only = Selection(reviews.data, "label:neg")
    assert [point.matches for point in corpus_course(only, words=["soup"], unit="year").points] == [2, 0, 1]


def test_what_has_no_course_is_said(reviews: Selection, write: Write) -> None:
    with pytest.raises(UserError, match="holds no dates"):
        corpus_course(reviews, "label")
    with pytest.raises(UserError, match="has no column of dates; there are: label"):
        corpus_course(write("text,label\na text,x\n", "undated.csv"))
    with pytest.raises(UserError, match="not by 'week'"):
        corpus_course(reviews, unit="week")
    with pytest.raises(UserError, match="do not say the month"):
        corpus_course(write("text,when\na text,2019\n", "years.csv"), unit="month")
    with pytest.raises(UserError, match="too many; take months"):
        corpus_course(write("text,when\na text,1900-01-01\nb text,2019-01-01\n", "days.csv"), unit="day")


def test_columns_say_what_they_hold(reviews: Selection) -> None:
    columns = {column.name: column for column in corpus_columns(reviews)}
    assert {name: column.kind for name, column in columns.items()} == {
        "label": "values", "stars": "numbers", "date": "dates"
    }  # fmt: skip
    assert columns["label"].frequent == (("pos", 3), ("neg", 2))
    assert (columns["date"].documents, columns["date"].different) == (4, 4)
    assert corpus_columns(Selection(reviews.data, "label:neg"))[0].frequent == (("neg", 2),)


def test_filters_compare_dates_however_they_are_written(write: Write) -> None:
    selection = write('text,when\na text,"May 7, 2019"\nb text,7 June 2020\nc text,unknown\n')
    corpus, _ = opened(selection)
    assert selected(corpus, "when>2019").tolist() == [False, True, False]
    assert selected(corpus, "when<=2019-05").tolist() == [True, False, False]
