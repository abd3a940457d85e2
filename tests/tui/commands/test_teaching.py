"""`dltext train --teacher --unlabelled`: what they name must be there."""

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
