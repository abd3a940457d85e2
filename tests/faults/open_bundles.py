"""Opens bundles as users do, each in a home of its own: a line of JSON in, a line of JSON out.

In: ``home``, ``source`` (to import; empty: it lies in the store already). Out: ``outcome`` (``answer``, ``refused`` or
what went wrong), ``said``, ``seconds``, ``peak`` (the most memory of this process and of that which tries bundles, MB).
"""

import contextlib
import io
import json
import os
import sys
import time
from pathlib import Path

os.environ["DLTEXT_HOME"] = "/nonexistent"

from dltext.engine import api, model_store, trial
from dltext.tui import cli
from dltext.tui.kit.cards import model_lines
from dltext.tui.words.vectors import vectors_line

TEXT = "we show that cats sleep often . the good film of my sister !"
COMMANDS = {
    "sentiment": ["sentiment", TEXT],
    "profile": ["profile", TEXT],
    "translate": ["translate", "abc de.", "--to", "zh"],
    "title": ["title", TEXT],
    "language": ["perplexity", TEXT, "--explain"],
    "words": ["similar", "king"],
    "paragraphs": ["search", "good film", "--method", "paragraph", "--data"],
}
TEXTS = '{"text": "the good film"}\n{"text": "a film the good"}\n'


def constant(name: str) -> None:
    raise ValueError(f"JSON holds {name}")


def run(*arguments: str) -> str:
    """What a command refused in one sentence; empty: it answered. AssertionError for anything else."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = cli.main(list(arguments))
    said = err.getvalue()
    sentences = [line for line in said.splitlines() if line.startswith("dltext: ")]
    assert "Traceback" not in said, said
    assert "error in the program" not in said, said
    assert "error in dltext" not in said, said
    assert code in (0, 1), (code, said)
    if code:
        assert len(sentences) == 1, said
        assert len(said) < 3000, len(said)
        return sentences[0]
    if "--json" in arguments:
        for line in out.getvalue().splitlines():
            json.loads(line, parse_constant=constant)
    return ""


def judge(home: str, source: str) -> tuple[str, str]:
    os.environ["DLTEXT_HOME"] = home
    if source and (said := run("models", "import", source)):
        return "refused", said
    infos = api.models()
    for info in infos:
        model_lines(info)
        vectors_line(info)
    run("models", "list", "--json")
    said = ""
    for info in infos:
        run("models", "show", info.name)
        run("models", "show", info.name, "--json")
        if info.problem:
            said = info.problem
            assert "\n" not in said.strip(), said
            continue
        command = COMMANDS.get(info.task, ["classify", TEXT])
        if info.task == "paragraphs":
            texts = Path(home) / "texts.jsonl"
            texts.write_text(TEXTS)
            command = [*command, str(texts)]
        said = run(*command, "--model", info.name, "--json") or said
        if info.task == "language":
            said = run("generate", "the film", "--length", "5", "--seed", "1", "--model", info.name, "--json") or said
    return ("refused" if said else "answer"), said


def peak(pid: str) -> float:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM")), 0.0)


def forget(pid: str) -> None:
    with contextlib.suppress(OSError):
        Path(f"/proc/{pid}/clear_refs").write_text("5")


def main() -> None:
    model_store.ZOO = Path("/nonexistent/zoo")
    answers = os.fdopen(os.dup(1), "w")
    for line in sys.stdin:
        case = json.loads(line)
        triers = [str(process._child.pid) for process in trial._idle]
        for pid in ("self", *triers):
            forget(pid)
        begun = time.monotonic()
        try:
            outcome, said = judge(case["home"], case["source"])
        except BaseException as error:
            outcome, said = f"broke: {type(error).__name__}", str(error)[-600:]
        most = max(map(peak, ("self", *triers, *(str(process._child.pid) for process in trial._idle))))
        answers.write(
            json.dumps({"outcome": outcome, "said": said, "seconds": time.monotonic() - begun, "peak": most}) + "\n"
        )
        answers.flush()


if __name__ == "__main__":
    main()
