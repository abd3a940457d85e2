"""A run that was stopped and finds its data changed or its checkpoint damaged, through the door of the worker."""

import pytest

pytest.importorskip("gensim")

from dltext.engine import model_store
from dltext.engine.results import CannotGoOn, JobSpec
from dltext.engine.train import checkpoint, run

SETTINGS = {"vector_size": 4, "epochs": 4, "min_count": 1, "workers": 1, "held": 0}


@pytest.fixture
def begin(tmp_path, home):
    """Train on ``texts.txt``, to the end or until an epoch is done; returns what came of it and what was said."""
    data = tmp_path / "texts.txt"
    data.write_text("".join(f"one two three word{number % 7}\n" for number in range(30)))

    def go(folder, epochs=9):
        done, said = [], []

        def emit(kind, /, **values):
            done.extend([values["epoch"]] if kind == "epoch" else [])
            said.extend([values["text"]] if kind == "message" else [])

        spec = JobSpec("paragraph-vectors", str(data), SETTINGS, name="mine")
        return run.execute(spec, folder, emit, lambda: len(done) >= epochs), done, said

    go.data = data
    return go


def test_with_other_data_it_does_not_go_on(begin, tmp_path):
    assert begin(tmp_path / "run", 2)[0]["state"] == "cancelled"
    begin.data.write_text(begin.data.read_text() + "one more\n")
    with pytest.raises(CannotGoOn, match=r"texts\.txt has changed .*from 30 to 31 rows"):
        begin(tmp_path / "run")
    assert not model_store.listing("paragraphs")


def test_with_a_damaged_checkpoint_it_repeats_one_epoch_and_ends_the_same(begin, tmp_path):
    whole = model_store.folder_of(begin(tmp_path / "whole")[0]["bundle"])
    begin(tmp_path / "run", 3)
    newest = tmp_path / "run" / "checkpoint" / "vectors.npz"
    newest.write_bytes(newest.read_bytes()[:-40])
    result, done, said = begin(tmp_path / "run")
    assert (result["state"], done) == ("done", [3, 4])
    assert any("damaged" in sentence for sentence in said)
    other = model_store.folder_of(result["bundle"])
    for file in sorted(whole.glob("*.npy")):
        assert file.read_bytes() == (other / file.name).read_bytes()


def test_with_no_whole_checkpoint_it_says_what_helps(begin, tmp_path):
    begin(tmp_path / "run", 3)
    newest = tmp_path / "run" / "checkpoint" / "vectors.npz"
    for file in (newest, checkpoint.previous(newest)):
        file.write_bytes(b"")
    with pytest.raises(CannotGoOn, match="start it again"):
        begin(tmp_path / "run")
