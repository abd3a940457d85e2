"""A run goes on only with the data that it began with; else it says what has changed, and can be started anew."""

import os
import time

import pytest

from dltext.engine import registry
from dltext.engine.jobs import folders, kept_data, runner, store
from dltext.engine.results import CannotGoOn, JobSpec, UserError
from dltext.engine.tasks.table import RECIPES

pytestmark = pytest.mark.usefixtures("home")


def rows_of(task, count):
    if task in ("translate", "title"):
        first = "source\ttarget" if task == "translate" else "text\ttitle"
        return first, [f"this is text number {number}\tthat is {number}" for number in range(count)]
    return "text\tlabel", [f"this is text number {number}\t{'ab'[number % 2]}" for number in range(count)]


def write(path, header, rows):
    path.write_text("\n".join([header, *rows]) + "\n")
    return path


@pytest.fixture(params=list(RECIPES))
def begun(request, tmp_path):
    """A spec of each recipe with a file that it can learn from, and the folder of a run that has a checkpoint."""
    header, rows = rows_of(registry.get(request.param).task, 40)
    data = write(tmp_path / "mine.tsv", header, rows)
    folder = tmp_path / "run"
    (folder / "checkpoint").mkdir(parents=True)
    spec = JobSpec(recipe=request.param, data=str(data))
    kept_data.confirm(spec, folder)
    (folder / "state.npz").write_bytes(b"learnt")
    return spec, data, folder, header, rows


def test_the_same_data_go_on_whatever_their_time(begun):
    spec, data, folder, header, rows = begun
    os.utime(data, (time.time() - 5000,) * 2)
    write(data, header, rows)
    kept_data.confirm(spec, folder)
    kept_data.compare(spec, folder)


def test_rows_more_are_counted(begun):
    spec, data, folder, header, rows = begun
    write(data, header, [*rows, "one more\tb", "and another\ta"])
    with pytest.raises(CannotGoOn, match=r"mine\.tsv has changed .*\(from 40 to 42 rows\).* start it again"):
        kept_data.confirm(spec, folder)


@pytest.mark.parametrize("recipe", ["text-cnn", "seq2seq-attention"])
def test_rows_are_counted_as_the_run_reads_them_wherever_it_is_resumed(tmp_path, monkeypatch, recipe):
    rows = "".join(f"first text {number}|ab{number % 2}|last text {number}\n" for number in range(20))
    data = write(tmp_path / "mine.txt", "a text|ab0|another", rows.splitlines())
    folder = tmp_path / "run"
    (folder / "checkpoint").mkdir(parents=True)
    read = {"delimiter": "|", "header": "no"}
    sides = ("3", "2") if recipe == "text-cnn" else ("1", "3")
    spec = JobSpec(recipe=recipe, data=data.name, read=read, text_column=sides[0], label_column=sides[1])
    monkeypatch.chdir(tmp_path)
    kept_data.confirm(spec, folder)
    (folder / "state.npz").write_bytes(b"learnt")
    data.write_text(data.read_text() + "one more|ab1|text\n")
    monkeypatch.chdir("/")
    with pytest.raises(CannotGoOn, match="from 21 to 22 rows"):
        kept_data.compare(spec, folder, str(tmp_path))


def test_labels_swapped_are_noticed(begun):
    spec, data, folder, header, rows = begun
    write(data, header, [rows[0].split("\t")[0] + "\t" + rows[1].split("\t")[1], *rows[1:]])
    with pytest.raises(CannotGoOn, match="40 rows then and now"):
        kept_data.compare(spec, folder)


def test_rows_in_another_order_are_noticed(begun):
    spec, data, folder, header, rows = begun
    write(data, header, rows[::-1])
    with pytest.raises(CannotGoOn):
        kept_data.compare(spec, folder)


def test_data_that_are_gone_are_named(begun):
    spec, data, folder, _, _ = begun
    data.unlink()
    with pytest.raises(CannotGoOn, match=r"mine\.tsv.* is missing: put it back"):
        kept_data.compare(spec, folder)


def test_a_run_that_has_made_nothing_takes_what_is_there_now(begun):
    spec, data, folder, header, rows = begun
    (folder / "state.npz").unlink()
    write(data, header, rows[:30])
    kept_data.confirm(spec, folder)
    (folder / "state.npz").write_bytes(b"learnt")
    kept_data.confirm(spec, folder)


def test_further_data_and_folders_are_watched_too(tmp_path):
    texts = tmp_path / "texts"
    for label in "ab":
        (texts / label).mkdir(parents=True)
        (texts / label / "1.txt").write_text("a text")
    more = tmp_path / "more.txt"
    more.write_text("a text that nobody has labelled\n")
    settings = {"unlabelled": str(more), "teacher": "floor"}
    spec = JobSpec(recipe="text-cnn", data=str(texts), settings=settings)
    folder = tmp_path / "run"
    folder.mkdir()
    kept_data.confirm(spec, folder)
    (folder / "floor.json").write_text("{}")
    kept_data.confirm(spec, folder)
    (texts / "a" / "2.txt").write_text("another")
    with pytest.raises(CannotGoOn, match=r"texts has changed .*from 2 to 3 rows"):
        kept_data.confirm(spec, folder)
    (texts / "a" / "2.txt").unlink()
    more.write_text("others\n")
    with pytest.raises(CannotGoOn, match=r"more\.txt has changed"):
        kept_data.confirm(spec, folder)


def test_resume_refuses_at_once_and_starting_anew_helps(spec, finish, tmp_path, monkeypatch):
    """Of a run that was ordered elsewhere, by a relative name."""
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    write(here / "held", "text\tlabel", ["a\ta", "b\tb"])
    job = store.create(spec("held"))
    kept_data.confirm(job.spec, store.folder(job.id))
    (store.folder(job.id) / "checkpoint" / "state.json").write_text('{"epoch": 3, "weights": "of other data"}')
    assert store.settle(job.id, "lost")
    monkeypatch.chdir(tmp_path)
    write(here / "held", "text\tlabel", ["a\ta"])
    with pytest.raises(CannotGoOn, match="held has changed"):
        runner.resume(job.id)
    assert store.get(job.id).state == "lost"
    with pytest.raises(UserError, match="start it again"):
        runner.resume(job.id)
    runner.resume(job.id, anew=True)
    (store.folder(job.id) / "go").touch()
    job = finish(job.id)
    assert job.state == "done"
    events = store.events(job.id)[0]
    assert events[0].values["message"] == "Starting again."
    assert [event.values["epoch"] for event in events if event.type == "epoch"] == [1, 2, 3, 4]


def test_clearing_leaves_what_says_what_the_run_is(spec):
    job = store.create(spec())
    path = store.folder(job.id)
    for name in ("log.txt", "state.npz", "events.jsonl", "checkpoint/vectors.npz"):
        (path / name).write_text("x")
    (path / "corpus").mkdir()
    assert folders.has_begun(path)
    folders.clear(path)
    assert sorted(entry.name for entry in path.iterdir()) == ["checkpoint", "log.txt", "spec.json"]
    assert not folders.has_begun(path)
