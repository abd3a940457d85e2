"""Checkpoints that a disk gives back otherwise than it got them, and that find no room."""

import errno
import os
import random

import numpy as np
import pytest

from dltext.engine.results import CannotGoOn
from dltext.engine.train import checkpoint


@pytest.fixture
def two(tmp_path):
    """A file with the checkpoints of epoch 1 and, newer, of epoch 2."""
    path = tmp_path / "state.npz"
    for epoch in (1, 2):
        values = np.random.default_rng(epoch).normal(size=500).astype(np.float32)
        checkpoint.keep(path, {"model": [values, np.zeros((0, 3))]}, {"epoch": epoch})
    return path


def resume(path):
    """The epoch gone on from, and what was said."""
    taken, said = [], []

    def give(groups, meta):
        assert np.array_equal(groups["model"][0], np.random.default_rng(meta["epoch"]).normal(size=500).astype("f4"))
        taken.append(meta["epoch"])

    there = checkpoint.resume(path, lambda kind, **values: said.append(values["text"]), give)
    return (taken[0] if there else None), said


def spoil(path, how):
    content = bytearray(path.read_bytes())
    if how == "half":
        content = content[: len(content) // 2]
    elif how == "empty":
        content.clear()
    elif how == "text":
        content = bytearray(b"no archive")
    else:
        content[int(how)] ^= 0x40
    path.write_bytes(bytes(content))


def test_the_newest_is_gone_on_from(two):
    assert resume(two) == (2, [])
    assert sorted(path.name for path in two.parent.iterdir()) == ["state.before.npz", "state.npz"]


@pytest.mark.parametrize("how", ["half", "empty", "text", "900"])
def test_of_a_damaged_one_the_one_before_serves_and_the_log_says_so(two, how, capsys):
    spoil(two, how)
    epoch, (said,) = resume(two)
    assert epoch == 1
    assert "state.npz is damaged" in said
    assert "the one before" in said
    assert said in capsys.readouterr().out


def test_whatever_byte_has_changed_nothing_wrong_is_taken(two):
    chance = random.Random(1)
    whole = two.read_bytes()
    for _ in range(60):
        two.write_bytes(whole)
        spoil(two, str(chance.randrange(len(whole))))
        assert resume(two)[0] in (1, 2)  # `give` compares the values


def test_killed_between_two_renames_it_goes_on_from_the_one_before(two):
    two.unlink()
    assert resume(two) == (1, [])
    checkpoint.keep(two, {"model": [np.ones(3)]}, {"epoch": 7})
    assert resume_epoch(two) == 7


def resume_epoch(path):
    taken = []
    checkpoint.resume(path, lambda *_, **__: None, lambda groups, meta: taken.append(meta["epoch"]))
    return taken[0]


def test_when_all_are_damaged_it_says_what_helps(two):
    spoil(two, "half")
    spoil(checkpoint.previous(two), "text")
    with pytest.raises(CannotGoOn, match=r"Both checkpoints .* start it again"):
        resume(two)
    checkpoint.previous(two).unlink()
    with pytest.raises(CannotGoOn, match="none before it: it cannot be resumed; start it again"):
        resume(two)
    two.unlink()
    assert resume(two) == (None, [])


def test_what_does_not_fit_any_more_is_no_error_in_the_program(two):
    def give(groups, meta):
        checkpoint.fill([np.zeros(7)], groups["model"])

    with pytest.raises(CannotGoOn, match=r"does not fit .* start the run again"):
        checkpoint.resume(two, lambda *_, **__: None, give)


def test_one_of_an_older_version_has_no_checksum(tmp_path):
    np.savez(tmp_path / "old.npz", **{"model/00000": np.ones(2), "meta": np.frombuffer(b'{"epoch": 3}', np.uint8)})
    groups, meta = checkpoint.load(tmp_path / "old.npz")
    assert (groups["model"][0].tolist(), meta) == ([1, 1], {"epoch": 3})


def test_where_a_third_finds_no_room_the_oldest_goes(two, monkeypatch):
    write, tries = np.savez, []

    def full(stream, **content):
        tries.append(sorted(path.name for path in two.parent.iterdir() if not path.name.startswith(".")))
        if len(tries) == 1:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        write(stream, **content)

    monkeypatch.setattr(np, "savez", full)
    checkpoint.keep(two, {"model": [np.ones(3)]}, {"epoch": 3})
    assert tries == [["state.before.npz", "state.npz"], ["state.npz"]]
    assert resume_epoch(two) == 3
