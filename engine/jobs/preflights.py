"""The pre-flight check in a child process: one line of JSON a message, and no child left behind.

The child ends when its stdin does, which the kernel closes with the asking process, however that dies.
"""

import json
import queue
import subprocess
import sys
import tempfile
import threading
from dataclasses import asdict
from typing import IO, Any

from ...data import paths
from ...data.reading import from_json
from ..results import AttributeInfo, DataCheck, JobSpec, Preflight, Progress, UserError

HEARTBEAT = 0.25


def ask(spec: JobSpec, environment: dict[str, str], progress: Progress | None = None) -> Preflight:
    """Have ``spec`` checked. Raises UserError, and whatever ``progress`` raises."""
    command = [sys.executable, "-m", "dltext.engine.jobs.worker", "--preflight"]
    with tempfile.TemporaryFile(dir=paths.scratch()) as errors:
        try:
            child = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, env=environment,
                start_new_session=True,
            )  # fmt: skip
        except OSError as error:
            raise UserError(f"The pre-flight check could not be started: {error.strerror or error}.") from error
        try:
            return _listen(child, spec, progress, errors)
        finally:
            child.kill()
            child.wait()
            for stream in (child.stdin, child.stdout):
                if stream is not None:
                    stream.close()


def _listen(child: "subprocess.Popen[bytes]", spec: JobSpec, progress: Progress | None, errors: IO[bytes]) -> Preflight:
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        child.stdin.write(json.dumps(asdict(spec)).encode() + b"\n")
        child.stdin.flush()
    except OSError:
        pass  # it is dead: its output ends below
    lines: queue.Queue[bytes | None] = queue.Queue()
    threading.Thread(target=_read, args=(child.stdout, lines), daemon=True).start()
    done, total = 0, 0
    while True:
        try:
            line = lines.get(timeout=HEARTBEAT)
        except queue.Empty:
            line = b""
        if line is None:
            raise UserError(_last_words(child, errors))
        try:
            message: dict[str, Any] = json.loads(line) if line else {}
        except ValueError:
            continue
        if "error" in message:
            raise UserError(message["error"])
        if "result" in message:
            return _preflight_from(message["result"])
        done, total = message.get("progress", (done, total))
        if progress is not None:
            progress(done, total)


def _read(stream: IO[bytes], lines: "queue.Queue[bytes | None]") -> None:
    try:
        for line in stream:
            lines.put(line)
    except (OSError, ValueError):
        pass  # closed under us
    lines.put(None)


def _last_words(child: "subprocess.Popen[bytes]", errors: IO[bytes]) -> str:
    code = child.wait()
    errors.seek(0)
    printed = errors.read().decode("utf-8", "replace").strip().splitlines()
    why = (
        "it was killed, perhaps because memory ran out"
        if code < 0
        else (printed[-1] if printed else f"exit code {code}")
    )
    return f"The pre-flight check ended without a result ({why})."


def _preflight_from(values: dict[str, Any]) -> Preflight:
    check = dict(values["check"])
    # JSON knows no dataclasses and no tuples.
    check["attributes"] = tuple(
        AttributeInfo(**{**row, "labels": tuple(row.get("labels", ()))}) for row in check.get("attributes") or ()
    )
    for name in ("warnings", "errors"):
        check[name] = tuple(check.get(name) or ())
    check["alike"] = tuple(map(tuple, check.get("alike") or ()))
    if check.get("reading"):
        check["reading"] = from_json(check["reading"])
    return Preflight(**{**values, "check": DataCheck(**check), "facts": tuple(values.get("facts") or ())})
