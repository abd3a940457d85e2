import errno
import json
import sqlite3
import subprocess

import pytest

from dltext.engine.jobs import database, outcomes, runner, store
from dltext.engine.results import UserError


@pytest.fixture
def small_disk(home, mount_small):
    """The data folder on a disk of 3 MB."""
    mount_small(home, 3)
    return home


def test_a_checkpoint_that_does_not_fit_ends_in_a_sentence_and_keeps_the_one_before(small_disk, spec, finish):
    job = finish(runner.submit(spec("big")).id)
    assert job.state == "failed"
    assert job.message.startswith("The disk is full")
    assert "resume" in job.message
    checkpoint = store.folder(job.id) / "checkpoint"
    meta = json.loads((checkpoint / "state.json").read_text())
    assert meta["epoch"] >= 1
    assert len(list(checkpoint.iterdir())) == 1
    assert [event.type for event in store.events(job.id)[0]][-1] == "end"


def test_with_room_again_the_run_resumes(small_disk, spec, finish):
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(1_200_000))
    job = finish(runner.submit(spec("big")).id)
    assert job.state == "failed"
    ballast.unlink()
    subprocess.run(["mount", "-o", "remount,size=16m", str(small_disk)], check=True)
    assert finish(runner.resume(job.id).id).state == "done"


def test_no_room_at_all_is_a_user_error_and_leaves_no_run(small_disk, spec):
    store.listing()
    fill(small_disk / "ballast")
    with pytest.raises(UserError, match=r"full|space"):
        runner.submit(spec())
    (small_disk / "ballast").unlink()
    assert store.listing() == []


def test_training_goes_on_while_the_disk_is_full(small_disk, spec, finish, until, tmp_path):
    """Events and log lines find no room for a while; the run does not mind, and the events come later."""
    job = runner.submit(spec("slow"))
    until(lambda: any(event.type == "start" for event in store.events(job.id)[0]))
    # Checkpoints go elsewhere: they must fit, and they show that the training goes on.
    roomy = tmp_path / "roomy"
    roomy.mkdir()
    (store.folder(job.id) / "checkpoint").rename(small_disk / "aside")
    (store.folder(job.id) / "checkpoint").symlink_to(roomy)
    fill(small_disk / "ballast")
    written = len(store.events(job.id)[0])
    until(lambda: (roomy / "state.json").exists())
    assert [entry.state for entry in store.listing()] == ["running"]
    assert len(store.events(job.id)[0]) <= written + 2  # what still went into the last page
    (small_disk / "ballast").unlink()
    job = finish(job.id)
    assert job.state == "done"
    events = store.events(job.id)[0]
    assert [event.values["epoch"] for event in events if event.type == "epoch"] == [1, 2, 3, 4]
    steps = [event.values["text"].split()[1] for event in events if event.type == "message"]
    assert steps == [str(step) for step in range(1, 21)]


def test_on_a_full_disk_everything_can_be_deleted(small_disk, spec, end, make_bundle, tmp_path):
    from dltext.engine import corpora, model_choices, model_store

    reviews = tmp_path / "reviews.csv"
    reviews.write_text("text,label\n" + "".join(f"text {number},{'ab'[number % 2]}\n" for number in range(30)))
    make_bundle("mine", folder=small_disk / "models")
    corpora.import_data(str(reviews), "reviews")
    first, second = store.create(spec()), store.create(spec())
    for job in (first, second):
        end(job)
        (store.folder(job.id) / "state.npz").write_bytes(bytes(5000))
    fill(small_disk / "ballast")
    with pytest.raises(UserError, match=r"full|space"):
        model_choices.set_default("mine")
    with pytest.raises(UserError, match=r"full|space"):
        model_choices.set_threshold("mine", 0.5)
    assert [job.id for job in store.listing()] == [second.id, first.id]
    store.remove(second.id)
    assert [job.id for job in store.listing()] == [first.id]
    fill(small_disk / "ballast-2")
    model_store.remove("mine")
    fill(small_disk / "ballast-3")
    corpora.remove("reviews")
    fill(small_disk / "ballast-4")
    store.remove(first.id)
    assert store.listing() == []
    for ballast in small_disk.glob("ballast*"):
        ballast.unlink()
    assert store.create(spec()).id.endswith("-3")
    assert [path.name for path in (small_disk / "runs").iterdir()] == [store.listing()[0].id]
    assert not [path for path in small_disk.rglob(".*") if path.is_dir()]


def test_a_run_is_deleted_where_not_even_its_name_can_be_changed(home, spec, end, monkeypatch):
    """Neither the database nor a folder's list of names has room."""
    job, other = store.create(spec()), store.create(spec())
    end(job)

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    def no_room(connection, *_):
        raise sqlite3_full()

    monkeypatch.setattr(type(home), "rename", full)
    monkeypatch.setattr(database, "_attempt", lambda *_: no_room(None))
    with monkeypatch.context() as patch:
        patch.setattr(database, "_peek", lambda file, work, adopt: database._from_folders(work, adopt))
        store.remove(job.id)
    monkeypatch.undo()
    monkeypatch.setenv("DLTEXT_HOME", str(home))
    assert not store.folder(job.id).exists()
    assert [entry.id for entry in store.listing()] == [other.id]


def sqlite3_full():
    error = sqlite3.OperationalError("database or disk is full")
    error.sqlite_errorcode = sqlite3.SQLITE_FULL
    return error


def fill(path):
    with path.open("wb", buffering=0) as stream:
        for size in (65536, 512, 1):
            try:
                while stream.write(bytes(size)) == size:
                    pass
            except OSError:
                continue


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device", "/x/weights.h5"),
        OSError("Unable to synchronously create file (No space left on device)"),
        RuntimeError("RESOURCE: No space left on device; writing weights"),
    ],
)
def test_a_full_disk_is_recognised_in_many_clothes(error, tmp_path):
    try:
        try:
            raise error
        except Exception as inner:
            raise ValueError("while saving") from inner
    except ValueError as outer:
        outcome = outcomes.of_error(outer, tmp_path, False)
    assert outcome.state == "failed"
    assert outcome.message.startswith("The disk is full")
    assert "resume the run" in outcome.message
    assert outcome.remedy == "resume"
