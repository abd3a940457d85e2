"""`dltext` and the files that people give it: what is wrong is said with the options that help."""

import os

import pytest


def test_columns_are_named_by_their_options(run, make_bundle, tmp_path):
    make_bundle()
    path = tmp_path / "x.csv"
    path.write_text("body,stars\na text,5\n")
    for arguments in (("data", "check", str(path)), ("sentiment", "--in", str(path)), ("data", "import", str(path))):
        ran = run(*arguments)
        assert ran.code == 1
        assert "Name the right text column (--text-column)" in ran.out + ran.err
    ran = run("data", "check", str(path), "--text-column", "body", "--label-column", "grade")
    assert "Name the right label column (--label-column)" in ran.out


def test_a_table_without_a_header_is_read_by_numbers(run, tmp_path):
    path = tmp_path / "news.csv"
    path.write_text("".join(f'{n % 2},"Title {n}","A text of number {n}, with a comma"\n' for n in range(40)))
    ran = run("data", "check", str(path))
    assert "line 1: there is no column 'text', for this line is no header but a record" in ran.out
    assert "(--text-column)" in ran.out
    assert "(--label-column)" in ran.out
    ran = run("data", "check", str(path), "--text-column", "3", "--label-column", "1")
    assert ran.code == 0
    assert "train 32" in ran.out


def test_stdin_is_decoded_or_refused_like_a_file(run, make_bundle, tmp_path):
    make_bundle()
    for content, message in (
        ("Le film était nul".encode("cp1252"), "is not UTF-8"),
        ("A film".encode("utf-16-le"), "UTF-16 without a byte order mark"),
        (b"\x7fELF\x02\x01\x01\x00", "is a program (ELF)"),
        (b"%PDF-1.4\n", "is a PDF"),
    ):
        (tmp_path / "x.txt").write_bytes(content)
        for ran in (run("sentiment", "--in", "-", stdin=content), run("sentiment", "--in", str(tmp_path / "x.txt"))):
            assert ran.code == 1
            assert message in ran.err
            assert "'standard input'" not in ran.err
    for content in (b"\x7fELF\x02\x01\x01\x00", b"\0\0\0\0", "A film".encode("utf-16-le")):
        ran = run("sentiment", stdin=content)
        assert ran.code == 1
        assert "standard input" in ran.err


def test_what_was_left_out_is_said_at_an_import(run, tmp_path):
    for name in ("a.txt", "b.txt", "c.pdf"):
        (tmp_path / "f").mkdir(exist_ok=True)
        (tmp_path / "f" / name).write_text("a text of some words")
    ran = run("data", "import", str(tmp_path / "f"))
    assert (ran.code, ran.out) == (0, "f\n")
    assert "1 file of other kinds (1 .pdf)" in ran.err


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_a_pipe_is_never_waited_for(run, make_bundle, tmp_path):
    make_bundle()
    os.mkfifo(tmp_path / "pipe")
    path = str(tmp_path / "pipe")
    for arguments in (
        ("data", "check", path),
        ("data", "import", path),
        ("sentiment", "--in", path),
        ("search", "a", "--data", path),
        ("data", "check", "/dev/random"),
        ("data", "check", "-"),
    ):
        ran = run(*arguments)
        assert ran.code == 1
        assert any(word in ran.out + ran.err for word in ("named pipe", "a device", "once only"))
