"""`--cluster` where its workers read the input and write the results as parts, which the command joins."""

import argparse
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from ...engine import api
from ...engine.results import Outlet, PartsCall, Record, Rendering, SetAside, UnsharedError, UserError
from . import output, result_names, resuming
from .fingerprint import Fingerprint
from .lost_texts import Lost
from .output import Misuse

LOCAL = frozenset(("workers", "cluster", "read"))
"""Options that change nothing in a line of results, or are decided before."""


def to_file(
    stream: Any,
    options: argparse.Namespace,
    place: Outlet,
    form: resuming.Form,
    noted: Mapping[str, Any],
    maker: Any,
) -> int | None:
    """Answer the file of ``options`` by workers that read it, and join what they write; the exit code, or None where
    the texts go through this command as always. ``maker`` makes ``stream`` of options, here and on workers."""
    folder = _folder(place)
    begun = _begun(options, folder)
    if not options.cluster or maker is None:
        return None
    files = place.path, place.path.with_name(result_names.aside_name(place.path.name))
    if options.resume and not begun and any(file.exists() for file in files):
        return _said("the results were begun without parts")
    texts = form == "text"
    asked = PartsCall(
        options.file,
        options.file if api.is_url(options.file) else os.path.realpath(options.file),
        folder,
        options.cluster,
        Rendering(__name__, "render", _for_workers(options, noted, form, maker)),
        {role: getattr(options, f"{role}_column", role) for role in ("text", "label", "id")},
        blanks=texts,
        with_columns=not texts,
    )
    results = resuming.Results(place, form, False, options.overwrite or begun, None, noted)
    try:
        code = _joined(stream, options, asked, results)
    except UnsharedError as error:
        return _said(str(error))
    if not api.is_url(folder):
        api.remove_parts(folder)
    return code


def to_url(options: argparse.Namespace, place: Outlet, write: Callable[[Outlet], int]) -> int:
    """Have results written to a file of this machine, and put that to the URL of ``place`` once it is whole; the exit
    code."""
    begun = api.has_parts(_folder(place))
    if options.resume and not begun:
        raise Misuse(f"--resume needs a file to continue, and {options.out} is none.")
    if not options.overwrite and not begun and api.url_exists(place.name):
        raise Misuse(f"{options.out} exists: replace it with --overwrite, or name another place.")
    with tempfile.TemporaryDirectory(prefix="dltext-") as folder:
        local = Outlet(place.name, "file", Path(folder) / place.path.name)
        try:
            code = write(local)
            with local.path.open("rb") as content:
                api.upload(place.name, content)
        finally:
            Fingerprint(local.path).remove()
    api.remove_parts(_folder(place))
    return code


def _folder(place: Outlet) -> str:
    """Where workers put the parts of results."""
    if api.is_url(place.name):
        return f"{place.name}.parts"
    return str(place.path.with_name(result_names.parts_name(place.path.name)))


def _said(why: str) -> None:
    output.log(f"dltext: the texts go through this command, and are not read by the workers: {why}")


def _begun(options: argparse.Namespace, folder: str) -> bool:
    """Whether workers have begun to write parts, which are gone on with; Misuse where nobody says what to do."""
    if not api.has_parts(folder):
        return False
    if options.overwrite:
        api.remove_parts(folder)
        return False
    if not options.resume:
        raise Misuse(
            f"{options.out} was begun by a run that was interrupted: continue it with --resume, or start again with "
            "--overwrite."
        )
    if not options.cluster:
        raise UserError(
            f"{options.out} was begun by the workers of a cluster: continue it with --cluster, or start again with "
            "--overwrite."
        )
    return True


def _for_workers(options: argparse.Namespace, noted: Mapping[str, Any], form: str, maker: Any) -> dict[str, Any]:
    """What :func:`render` needs, of the options those that change a line."""
    plain = (str, int, float, bool, type(None), list, tuple)
    chosen = {name: value for name, value in noted.items() if isinstance(value, plain) and name not in LOCAL}
    named = maker.__module__, maker.__qualname__
    return {"options": {**chosen, "json": options.json}, "maker": named, "form": form}


def _joined(stream: Any, options: argparse.Namespace, asked: PartsCall, opened: resuming.Results) -> int:
    counting, doubtful, notes = stream.counting, 0, None
    try:
        with opened as results:
            results.skip(iter(()))
            lost = Lost(results.set_aside)
            with output.progress(counting.doing, counting.units) as progress:
                for part in api.answer_in_parts(asked, stream.call(options), lambda count: progress(count, 0)):
                    if isinstance(part, SetAside):
                        results.pass_over(part.records)
                        lost(part)
                        continue
                    with part.lines:
                        results.join(part)
                    doubtful += part.about["doubtful"]
                    notes = part.about["notes"] if notes is None else notes
    except UnsharedError:
        raise
    except BaseException:
        if api.has_parts(asked.folder):
            output.log(f"dltext: results are kept in {asked.folder}; the same command with --resume continues")
        else:
            api.remove_parts(asked.folder)
        raise
    counting.say(doubtful, results.done, SimpleNamespace(notes=notes))
    output.log(f"dltext: {stream.written.format(done=results.done, out=options.out)}")
    return lost.code


def render(told_apart: Mapping[str, Any], answers: Iterator[tuple[Record, Any]]) -> tuple[int, dict[str, Any], bytes]:
    """On a worker: lines of results as this command would write them; see :class:`dltext.engine.results.Rendering`."""
    module, name = told_apart["maker"]
    made = getattr(import_module(module), name)(argparse.Namespace(**told_apart["options"]))
    return made.rendered(told_apart["form"], answers)
