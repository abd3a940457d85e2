"""Runs that are killed at any step, and five programs that change the same small things at once."""

import json
import os
import random
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from dltext.engine import model_store, preferences
from dltext.engine.jobs import database, processes, runner, store
from dltext.engine.jobs.events import EventWriter
from dltext.engine.results import JobSpec, UserError

KILLING = Path(__file__).parent / "killing.py"
PROGRAMS = 5


@pytest.fixture
def texts(tmp_path):
    rng = random.Random(3)
    words = [f"word{number}" for number in range(40)]
    (tmp_path / "texts.txt").write_text("\n".join(" ".join(rng.choices(words, k=15)) for _ in range(60)) + "\n")
    return tmp_path / "texts.txt"


@pytest.fixture
def trainings(texts, tmp_path):
    """Train once undisturbed and once for each step, killed there and resumed; what the script says of each."""

    def train(recipe, *steps):
        place = tmp_path / f"{recipe}-{time.monotonic_ns()}"
        command = [sys.executable, str(KILLING), recipe, str(texts), str(place), *map(str, steps)]
        answer = subprocess.run(command, capture_output=True, text=True, timeout=60 + 5 * len(steps), check=False)
        assert answer.returncode == 0, answer.stderr[-3000:]
        return [json.loads(line) for line in answer.stdout.splitlines() if line.startswith("{")]

    return train


@pytest.mark.skipif(not hasattr(os, "fork"), reason="each attempt is a fork")
@pytest.mark.parametrize("recipe", ["paragraph-vectors", "word2vec-gensim"])
def test_killed_at_any_step_a_run_ends_with_one_model_and_the_same_weights(trainings, recipe, rounds, chance, figure):
    pytest.importorskip("gensim")
    # The end of a run, where its model is made and moved, has the dangerous moments.
    chosen = [*(chance.uniform(0.01, 0.99) for _ in range(rounds(2, 80))), *range(-rounds(4, 40), 0)]
    whole, *attempts = trainings(recipe, *chosen)
    assert list(whole["models"]) == ["mine"], whole
    wrong = [
        attempt
        for attempt in attempts
        if not attempt["killed"] or attempt["models"] != whole["models"] or attempt["left"]
    ]
    figure(f"kills at exact steps of {recipe} that change what becomes of the run", len(wrong), len(chosen))
    assert not wrong


def test_killed_at_random_moments_a_real_run_ends_with_the_same_weights(texts, rounds, chance, figure, monkeypatch):
    pytest.importorskip("gensim")
    monkeypatch.delenv("DLTEXT_TRAIN_MODULE", raising=False)
    if not (count := rounds(0, 12)):
        pytest.skip("in the short form, only the stand-in's runs are killed at random (tests/engine/jobs)")
    settings = {"vector_size": 8, "epochs": 40, "min_count": 1, "workers": 1, "held": 0}

    def weights(name):
        return [path.read_bytes() for path in sorted(model_store.folder_of(name).glob("*.npy"))]

    def ended(job):
        job = runner.wait(job.id, 120)
        assert not job.active
        return job

    def start(name):
        return runner.submit(JobSpec("paragraph-vectors", str(texts), settings, name=name))

    whole = ended(start("whole"))
    assert whole.state == "done", store.log(whole.id)
    wrong = 0
    for number in range(count):
        job = start(f"killed{number}")
        time.sleep(chance.uniform(0.2, 2.5))
        processes.kill(job.pid, store.process(job.id)[1])
        job = ended(job)
        if job.state != "done":
            job = ended(runner.resume(job.id))
        wrong += job.state != "done" or weights(job.bundle) != weights(whole.bundle)
    names = [info.name for info in model_store.listing() if info.origin != "shipped"]
    figure("kills at random moments after which weights differ", wrong, count)
    assert not wrong
    assert len(names) == count + 1


WORK = {
    "defaults": "model_choices.set_default(f'm{me}-{number}')",
    "preferences": "preferences.update(**{f'{me}-{number}': number})",
    "jobs": "job = store.create(JobSpec('text-cnn', 'mr')); "
    "number % 2 and store.settle(job.id, 'cancelled') and store.remove(job.id)",
    "models": "bundles.remove(bundles.install(home / f'ready-{me}-{number}', 'same')) if number % 2 else "
    "bundles.install(home / f'ready-{me}-{number}', 'same')",
}
PROGRAM = """
import os, sys
from pathlib import Path
from dltext.engine import model_choices, model_store as bundles, preferences
from dltext.engine.jobs import store
from dltext.engine.results import JobSpec
home, me = Path(os.environ["DLTEXT_HOME"]), sys.argv[1]
sys.stdin.readline()
for number in range(int(sys.argv[2])):
    {work}
"""


def at_once(what, each):
    """Run ``each`` operations in every one of five programs, all begun at once."""
    code = PROGRAM.format(work=WORK[what])
    programs = [
        subprocess.Popen([sys.executable, "-c", code, str(me), str(each)], stdin=subprocess.PIPE)
        for me in range(PROGRAMS)
    ]
    for program in programs:
        assert program.stdin is not None
        program.stdin.write(b"\n")
        program.stdin.close()
    assert [program.wait(300) for program in programs] == [0] * PROGRAMS


def test_five_programs_lose_no_choice_of_each_other(make_bundle, home, rounds, figure):
    each = rounds(12, 60)
    first = make_bundle("template", folder=home / "aside")
    for me in range(PROGRAMS):
        for number in range(each):
            direction = {"source": f"s{me}x{number}", "target": "t"}
            copy_of(first, home / "models" / f"m{me}-{number}", task="translate", serving=direction)
    at_once("defaults", each)
    chosen = json.loads((home / "models" / "defaults.json").read_text())
    lost = PROGRAMS * each - len(chosen)
    figure("default models chosen by five programs at once that are lost", lost, PROGRAMS * each)
    assert not lost


def test_five_programs_lose_no_preference_of_each_other(home, rounds, figure):
    each = rounds(12, 200)
    at_once("preferences", each)
    lost = PROGRAMS * each - len(preferences.load())
    figure("preferences changed by five programs at once that are lost", lost, PROGRAMS * each)
    assert not lost


def test_five_programs_make_and_delete_runs(rounds, figure):
    each = rounds(6, 40)
    at_once("jobs", each)
    wrong = abs(len(store.listing()) - PROGRAMS * ((each + 1) // 2))
    figure("runs made and deleted by five programs at once that are lost or left", wrong, PROGRAMS * each)
    assert not wrong
    assert {path.name for path in (database.path().parent / "runs").iterdir()} == {job.id for job in store.listing()}


def test_five_programs_install_and_remove_models_of_one_name(make_bundle, home, rounds, figure):
    each = rounds(6, 40)
    first = make_bundle("same", folder=home / "aside")
    for me in range(PROGRAMS):
        for number in range(each):
            copy_of(first, home / f"ready-{me}-{number}")
    at_once("models", each)
    names = [path.name for path in (home / "models").iterdir()]
    wrong = abs(len(names) - PROGRAMS * ((each + 1) // 2))
    figure("models installed and removed by five programs at once that are lost or left", wrong, PROGRAMS * each)
    assert not wrong
    assert all(not info.problem for info in model_store.listing())


def copy_of(bundle_folder, target, **changes):
    from dltext.engine import bundle_format

    card = bundle_format.read(bundle_folder)
    serving = {**card["serving"], **changes.pop("serving", {})}
    files = {name: bundle_folder / name for name in card["files"]}
    bundle_format.write(target, {**card, "name": target.name, **changes, "serving": serving}, files)


@pytest.mark.parametrize("jump", [-86400.0, 86400.0, 5e8])
def test_a_clock_that_jumps_ends_no_run_and_sweeps_nothing_that_is_written(home, monkeypatch, jump):
    from dltext.data import leftovers, paths

    job = store.create(JobSpec("text-cnn", "mr"))
    store.claim(job.id, os.getpid(), processes.identity(os.getpid()) or "")
    writer = EventWriter(store.folder(job.id) / "events.jsonl")
    writer("start", epochs=3)
    now = time.time
    with paths.aside(home / "models" / "mine") as aside:
        monkeypatch.setattr(time, "time", lambda: now() + jump)
        writer("tick", epoch=1, step=1, steps=2)
        leftovers.sweep(home / "models")
        assert aside.is_dir()
        (listed,) = store.listing()
        assert (listed.state, listed.epoch) == ("running", 1)
    writer("end", state="done", message="Done.")
    writer.close()
    assert store.settle(job.id, "done", identity=processes.identity(os.getpid()))
    assert store.get(job.id).state == "done"


def test_reading_the_list_while_five_write_never_fails(rounds):
    """A screen polls the list the whole time."""
    stop, errors, looks = threading.Event(), [], 0

    def poll():
        nonlocal looks
        while not stop.is_set():
            try:
                store.listing()
                preferences.load()
                looks += 1
            except (UserError, OSError) as error:
                errors.append(error)

    thread = threading.Thread(target=poll)
    thread.start()
    try:
        at_once("jobs", rounds(4, 30))
    finally:
        stop.set()
        thread.join()
    assert not errors
    assert looks
