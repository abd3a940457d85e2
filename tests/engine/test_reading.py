"""Reading needs no writing: without a data folder, or with one that cannot be made, all that reads works."""

import pytest

from dltext.engine import model_store
from dltext.engine.tasks.search import index


@pytest.fixture(params=["missing", "impossible"])
def no_home(request, tmp_path, monkeypatch, make_bundle, run):
    """A data folder that is not there, or cannot be; with one shipped model."""
    make_bundle(folder=tmp_path / "shipped")
    monkeypatch.setattr(model_store, "ZOO", tmp_path / "shipped")
    index._passing.cache_clear()
    (tmp_path / "file").write_text("no folder")
    path = tmp_path / ("nowhere" if request.param == "missing" else "file") / "home"
    monkeypatch.setenv("DLTEXT_HOME", str(path))
    return path


@pytest.fixture
def reviews(tmp_path):
    rows = [f"{word} film number {number},{word}" for number in range(10) for word in ("good", "bad")]
    (tmp_path / "reviews.csv").write_text("text,label\n" + "\n".join(rows) + "\n")
    return tmp_path / "reviews.csv"


@pytest.mark.parametrize(
    "command",
    [
        "sentiment good",
        "classify good --model toy",
        "models list",
        "models show toy",
        "jobs list",
        "data list",
        "data show demo",
        "data check REVIEWS",
        "recipes text-cnn",
    ],
)
def test_what_reads_works_and_makes_nothing(no_home, run, reviews, command):
    answer = run(*[part.replace("REVIEWS", str(reviews)) for part in command.split()])
    assert answer.code == 0, answer.err
    assert not no_home.exists()


def test_a_search_works_where_no_index_can_be_kept(no_home, run, reviews):
    for _ in range(2):
        answer = run("search", "good", "--data", str(reviews))
        assert (answer.code, "good film" in answer.out) == (0, True), answer.err


def test_the_doctor_leaves_nothing_behind(no_home, run):
    assert "Data folder" in run("doctor").out
    assert not no_home.exists()


@pytest.mark.parametrize("command", ["models default toy", "data import REVIEWS", "models import ZIP"])
def test_what_writes_says_in_a_sentence_why_it_cannot(no_home, run, reviews, tmp_path, command):
    if "nowhere" in str(no_home):
        pytest.skip("this one can be made")
    assert run("models", "export", "toy", str(tmp_path / "toy.zip")).code == 0
    words = command.replace("REVIEWS", str(reviews)).replace("ZIP", str(tmp_path / "toy.zip")).split()
    answer = run(*words)
    assert answer.code == 1
    assert "cannot be written: Not a directory; set DLTEXT_HOME" in answer.err
    assert len(answer.err.splitlines()) == 1
