import errno
import json
import os
import subprocess

import pytest

from dltext.engine.jobs import outcomes, runner, store
from dltext.engine.results import UserError


@pytest.fixture
def small_disk(home, tmp_path):
    """The data folder on a disk of 3 MB."""
    home.mkdir()
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        pytest.skip("a small disk is mounted, which needs root")
    command = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(home)]
    try:
        made = subprocess.run(command, capture_output=True, text=True)
    except FileNotFoundError:
        pytest.skip("there is no mount program")
    if made.returncode:
        pytest.skip(f"no small disk can be mounted here: {made.stderr.strip()}")
    yield home
    # Lazily: a child may still hold its log.
    subprocess.run(["umount", "-l", str(home)], check=True)


def test_a_checkpoint_that_does_not_fit_ends_in_a_sentence_and_keeps_the_one_before(small_disk, spec, finish):
    job = finish(runner.submit(spec("big")).id)
    assert job.state == "failed"
    assert job.message.startswith("The disk is full")
    assert "resume" in job.message
    checkpoint = store.folder(job.id) / "checkpoint"
    kept = json.loads((checkpoint / "state.json").read_text())
    assert kept["epoch"] >= 1
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
    assert [found.state for found in store.listing()] == ["running"]
    assert len(store.events(job.id)[0]) <= written + 2  # what still went into the last page
    (small_disk / "ballast").unlink()
    job = finish(job.id)
    assert job.state == "done"
    events = store.events(job.id)[0]
    assert [event.values["epoch"] for event in events if event.type == "epoch"] == [1, 2, 3, 4]
    steps = [event.values["text"].split()[1] for event in events if event.type == "message"]
    assert steps == [str(step) for step in range(1, 21)]


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
