"""`dltext profile`: an author, many authors, a whole group."""

import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from dltext.engine import api
from dltext.engine.results import UserError

YOUNG = "haha my mom came to school"


@pytest.fixture
def profiler(fake: ModuleType, fake_profiles: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Any:
    engine = type("Engine", (fake_profiles.FakeProfiles, fake.FakeEngine), {})()
    for name in ("profile", "profile_many", "profile_group", "read_data", "model"):
        monkeypatch.setattr(api, name, getattr(engine, name))
    return engine


@pytest.fixture
def authors(fake_profiles: ModuleType, tmp_path: Path) -> str:
    return str(fake_profiles.file_of_authors(tmp_path))


def test_for_people_it_says_how_sure_how_good_and_what_it_is_not_for(run: Any, profiler: Any) -> None:
    ran = run("profile", YOUNG)
    assert (ran.code, ran.err) == (0, "")
    gender, age = ran.out.index("gender"), ran.out.index("age\n")
    assert gender < age
    assert "female" in ran.out
    assert "72.0 %" in ran.out
    assert "█" in ran.out
    assert "cannot tell" not in ran.out
    assert "years  16.5  between 13.0 and 22.5 for 8 authors of 10" in ran.out
    assert "profile-en · gender 80.1 % · age 78.2 % · years ± 5.4 on blog-authors test · 6 tokens · 8.4 ms" in ran.out
    assert "never a fact about a person" in ran.out


def test_it_says_that_it_cannot_tell(run: Any, profiler: Any) -> None:
    out = run("profile", "plain words").out
    assert "gender  cannot tell" in out
    assert "age  cannot tell" in out


def test_json_is_attributes_behind_the_id_and_explains_only_when_asked(run: Any, profiler: Any) -> None:
    (answer,) = run("profile", YOUNG, "--json").objects
    assert list(answer)[:4] == ["id", "gender", "age", "years"]
    assert answer["gender"] == {"female": 0.72, "male": pytest.approx(0.28)}
    assert answer["years"] == {"value": 16.5, "low": 13.0, "high": 22.5}
    assert answer["cannot_tell"] == []
    assert not {"spans", "hops", "phrases", "pulls"} & set(answer)
    (answer,) = run("profile", YOUNG, "--json", "--explain").objects
    assert len(answer["spans"]) == len(answer["hops"][0]) == 6
    assert len(answer["hops"]) == 3
    first = answer["phrases"][0]
    assert YOUNG[first["start"] : first["end"]] == "haha my"
    assert set(answer["pulls"]) == {"gender", "age"}


def test_explained_for_people_lists_what_was_looked_at(run: Any, profiler: Any) -> None:
    out = run("profile", YOUNG + " \x1b[2J", "--explain").out
    assert "most attended" in out
    assert "hop" in out
    assert "  by  " in out
    assert "\x1b[2J" not in out


def test_a_file_is_an_author_a_record_in_a_pipe_a_line_each(run: Any, profiler: Any, authors: str) -> None:
    ran = run("profile", "--in", authors)
    rows = [line.split("\t") for line in ran.out.splitlines()]
    assert rows[0] == ["id", "gender", "gender p", "age", "age p", "years", "years range"]
    assert rows[1] == ["ann", "female", "0.720000", "10s", "0.700000", "16.5", "13..22.5"]
    assert rows[3][:4] == ["x y", "?", "0.550000", "?"]
    assert all(len(row) == 7 for row in rows)
    assert "never a fact about a person" in ran.err
    ran = run("profile", "--in", authors, "--json")
    assert [answer["id"] for answer in ran.objects] == ["ann", "ben", "x\ty"]
    assert ran.objects[2]["cannot_tell"] == ["gender", "age"]
    assert ran.err == ""


def test_a_folder_is_an_author_a_file(run: Any, profiler: Any, tmp_path: Path) -> None:
    folder = tmp_path / "blogs"
    folder.mkdir()
    for name in ("ann", "ben"):
        (folder / f"{name}.txt").write_text(f"{name} writes\nmany lines", encoding="utf-8")
    ran = run("profile", "--in", str(folder), "--json")
    assert len(ran.objects) == 2
    assert [len(arguments[0].splitlines()) for arguments in profiler.asked("profile")] == [2, 2]


def test_stdin_is_one_author(run: Any, profiler: Any) -> None:
    assert run("profile", stdin=b"haha\nmom").code == 0
    assert profiler.asked("profile") == [("haha\nmom", None)]
    run("profile", "-", "--model", "profile-en", stdin=b"x")
    assert profiler.asked("profile")[-1] == ("x", "profile-en")


def test_a_group_is_a_table_with_intervals(run: Any, profiler: Any, authors: str) -> None:
    ran = run("profile", "--group", "--in", authors)
    rows = [line.split("\t") for line in ran.out.splitlines()]
    assert rows[0] == ["attribute", "label", "share", "from", "to"]
    assert rows[1] == ["gender", "female", "0.560000", "0.480000", "0.640000"]
    assert ["years", "mean", "22.80", "21.90", "23.70"] in rows
    assert "3 authors" in ran.err
    assert "resamples" in ran.err
    assert "cannot tell gender" in ran.err
    assert "never a fact about a person" in ran.err


def test_a_group_of_a_data_set_knows_its_parts(run: Any, profiler: Any) -> None:
    ran = run("profile", "--group", "--data", "blog-authors", "--split", "test", "--seed", "7", "--json")
    assert profiler.asked("read_data") == [("blog-authors", "test", "text")]
    assert profiler.asked("profile_group") == [(None, 7)]
    assert json.loads(ran.out)["authors"] == 120
    assert json.loads(ran.out)["attributes"][0]["shares"][0]["low"] == 0.48


@pytest.mark.parametrize(
    "arguments",
    [
        ("profile", "text", "--in", "file"),
        ("profile", "--group"),
        ("profile", "text", "--group"),
        ("profile", "--group", "--in", "a", "--data", "b"),
        ("profile", "--group", "--in", "a", "--explain"),
        ("profile", "--data", "a"),
        ("profile", "--in", "a", "--split", "test"),
    ],
)
def test_misuse_is_2(run: Any, profiler: Any, arguments: tuple[str, ...]) -> None:
    ran = run(*arguments)
    assert ran.code == 2
    assert ran.err.startswith("dltext: ")


def test_what_goes_wrong_is_1_and_a_sentence(run: Any, profiler: Any, tmp_path: Path) -> None:
    empty = tmp_path / "empty.txt"
    empty.write_text("", encoding="utf-8")
    ran = run("profile", "--in", str(empty))
    assert ran.code == 1
    assert ran.err.count("\n") == 1
    profiler.errors["profile"] = UserError("No profiler is here; train one with `dltext train self-attention`.")
    ran = run("profile", "x")
    assert (ran.code, ran.out) == (1, "")
    assert "No profiler is here" in ran.err


def test_help_says_what_it_is_not_for(run: Any) -> None:
    text = " ".join(run("profile", "--help").out.split())
    assert "examples:" in text
    assert "from the style of their texts" in text
