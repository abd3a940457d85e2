"""A training killed at a chosen step: ``python killing.py RECIPE DATA PLACE STEP…``, a JSON line an attempt.

The libraries are loaded once; each attempt is a fork with a home of its own, killed (kill -9) just before its STEP-th
change of the file system, then resumed in a second fork, undisturbed. First comes one that is never killed and says
how many there are; a negative STEP counts from its end, and one below 1 is a share of them.
"""

import hashlib
import json
import os
import signal
import sys
import traceback
from pathlib import Path

CHANGES = {"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate", "os.link"}
SETTINGS = {
    "word2vec-gensim": {"vector_size": 8, "epochs": 3, "min_count": 1, "workers": 1},
    "paragraph-vectors": {"vector_size": 8, "epochs": 3, "min_count": 1, "workers": 1, "held": 4},
}


def attempt(recipe, data, home, step):
    """Train in this process, which kills itself at ``step``; returns how many steps there were."""
    os.environ["DLTEXT_HOME"] = str(home)
    seen = 0

    def count(event, arguments):
        nonlocal seen
        if event not in CHANGES or not isinstance(arguments[0], str | os.PathLike):
            return
        if not os.fspath(arguments[0]).startswith(str(home)):
            return
        if event == "open" and not (arguments[2] or 0) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            return
        seen += 1
        if seen == step:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)
    from dltext.engine.results import JobSpec
    from dltext.engine.train import run

    spec = JobSpec(recipe=recipe, data=data, settings=SETTINGS[recipe], seed=5, name="mine")
    result = run.execute(spec, home / "runs" / "mine-1", lambda *_, **__: None, lambda: False)
    assert result["state"] == "done", result
    return seen


def forked(recipe, data, home, step):
    """The child's exit: what it returned, a sentence if it failed, None if it was killed."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            answer = attempt(recipe, data, home, step)
        except BaseException:
            answer = traceback.format_exc()[-1500:]
        os.write(writer, json.dumps(answer).encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as stream:
        said = stream.read()
    os.waitpid(pid, 0)
    return json.loads(said) if said else None


def look(home):
    """What is left in a home: its models with the sum of what they learnt, and what should not be there."""
    models = {}
    for folder in sorted((home / "models").iterdir()):
        if not folder.name.startswith(".") and folder.is_dir():
            sums = [(path.name, path.read_bytes()) for path in sorted(folder.iterdir()) if path.name != "card.toml"]
            models[folder.name] = hashlib.sha256(repr(sums).encode()).hexdigest()
    left = [str(path.relative_to(home)) for path in home.rglob(".*") if path.name.endswith((".part", ".old"))]
    return {"models": models, "left": left}


def main():
    recipe, data, place, *steps = sys.argv[1:]
    import gensim.models.doc2vec  # noqa: F401  # loaded before the forks

    import dltext.engine.model_store
    import dltext.engine.train.run  # noqa: F401

    most = 0
    for number, wanted in enumerate(map(float, ["0", *steps])):
        step = round(wanted * most) + 1 if 0 < wanted < 1 else int(wanted) if wanted >= 0 else most + 1 + int(wanted)
        home = Path(place) / f"{step}-{number}"
        home.mkdir(parents=True)
        first = forked(recipe, data, home, step)
        second = forked(recipe, data, home, 0) if step else first
        if not number:
            assert isinstance(first, int), first
            most = first
        print(json.dumps({"step": step, "killed": first is None, "steps": second, **look(home)}), flush=True)


if __name__ == "__main__":
    main()
