"""`dltext train --teacher --unlabelled`, and `--data` given more than once."""

import pytest

pytest.importorskip("keras", reason="training needs the [train] extra")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--teacher", "nobody"), "nobody"),
        (("--teacher", "floor", "--unlabelled", "here.txt,nowhere.txt"), "nowhere.txt"),
        (("--teacher", "floor", "--unlabelled", "here.txt", "--unlabelled", "nothing.txt"), "nothing.txt"),
        (("--set", "teacher=nobody"), "nobody"),
    ],
)
def test_a_teacher_and_texts_that_are_not_there(run, tmp_path, monkeypatch, given, said):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "here.txt").write_text("a text\n")
    (tmp_path / "mine.csv").write_text("text,label\n" + "".join(f"text {n},{'ab'[n % 2]}\n" for n in range(40)))
    ran = run("train", "text-cnn", "--data", "mine.csv", "--set", "variant=random", *given)
    assert ran.code == 1
    assert said in ran.err


def test_several_data_are_read_as_one(run, make_bundle, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("dltext.engine.trial.inside", True)
    make_bundle("toy")
    (tmp_path / "one.csv").write_text("text,label,split\ngood,positive,test\nbad,negative,test\n")
    (tmp_path / "two.csv").write_text("text,label,split\nbad film,neg,test\ngood film,pos,test\n")
    ran = run("evaluate", "toy", "--data", "one.csv", "--data", "two.csv", "--json")
    assert ran.code == 0, ran.err
    assert ran.objects[0]["examples"] == 4
    assert ran.objects[0]["metrics"]["accuracy"] == 1
