"""`dltext jobs`: the runs, active and ended."""

import argparse
from dataclasses import asdict
from typing import Any

from ...engine import api
from ...engine.results import CannotGoOn, Job, UserError
from ..kit.figures import duration
from ..kit.jobwatch import grouped
from ..kit.runlog import whole_log
from ..kit.text import size_text
from . import following, measures, output, reports


def add_to(commands: Any) -> None:
    """Add the group."""
    group = output.add_group(commands, "jobs", "list, follow, stop and continue training runs", _list)
    output.add_command(group, "list", _list, "list all runs, newest first")
    show = output.add_command(group, "show", _show, "show one run, and its report once it is done")
    _add_job(show)
    follow = output.add_command(group, "follow", _follow, "watch a run until it ends")
    _add_job(follow)
    for name, run, help in (
        ("cancel", _cancel, "ask runs to checkpoint and stop"),
        ("resume", _resume, "continue a run from its checkpoint, as if it had not been interrupted"),
        ("delete", _delete, "delete runs that have ended, with their files; their models stay"),
    ):
        command = output.add_command(group, name, run, help)
        command.add_argument("ids", nargs="+", metavar="ID", help="a run, as `dltext jobs list` names it")
        if name == "resume":
            command.add_argument(
                "--anew", action="store_true", help="start from the beginning instead, with the data as they are now"
            )
            command.add_argument("--follow", action="store_true", help="show the (last) run until it ends")
        if name == "cancel":
            command.add_argument(
                "--keep-best",
                action="store_true",
                help="make the model of the best epoch so far instead; works for a run that was stopped, too",
            )
        if name == "delete":
            command.add_argument("--yes", action="store_true", help="do not ask")
    keep = output.add_command(
        group, "keep-baseline", _keep_baseline, "make a model of a classifier's baseline: same data, split and seed"
    )
    _add_job(keep)
    keep.add_argument("--follow", action="store_true", help="stay and show the run until it ends")
    logs = output.add_command(
        group, "logs", _logs, "say what a run did, in words; then what its process printed", json=None
    )
    _add_job(logs)
    logs.add_argument(
        "--last", type=int, default=500, metavar="N", help="lines of what was printed (default: %(default)s)"
    )


def _add_job(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "id", nargs="?", metavar="ID", help="a run, as `dltext jobs list` names it; default: the newest"
    )


def _id(options: argparse.Namespace) -> str:
    if options.id:
        return options.id
    jobs = api.jobs()
    if not jobs:
        raise UserError("There are no runs yet: start one with `dltext train`.")
    whole = [job for job in jobs if not job.spec.parent] or jobs
    return next((job for job in whole if job.active), whole[0]).id


def _list(options: argparse.Namespace) -> int:
    jobs = grouped(api.jobs())
    if options.json:
        for job in jobs:
            output.print_json(asdict(job))
        return 0
    if not jobs:
        output.log("There are no runs yet: start one with `dltext train --help`.")
    output.table([_row(job) for job in jobs], right=("accuracy", "baseline"))
    return 0


def _row(job: Job) -> dict[str, Any]:
    metrics = job.metrics
    accuracy = metrics.get("test_accuracy", metrics.get("accuracy", metrics.get("validation_accuracy")))
    part = f" ({job.spec.kind} {job.spec.fold} of {job.spec.parent})"
    kind = part if job.spec.parent else "" if job.spec.kind == "train" else f" ({job.spec.kind})"
    return {
        "run": job.id,
        "recipe": job.spec.recipe + kind,
        "data": job.spec.data,
        "state": f"{job.state} {output.percent(job.progress, 0)}" if job.active else job.state,
        "epoch": f"{job.epoch}/{job.epochs}" if job.epochs else "",
        "accuracy": output.percent(accuracy),
        "baseline": output.percent(metrics.get("floor_accuracy")),
        "measures": measures.beside_accuracy(metrics),
        "model": job.bundle or "",
        "started": output.when(job.started or job.created),
    }


def _show(options: argparse.Namespace) -> int:
    job = api.job(_id(options))
    report = None
    if job.state == "done":
        try:
            report = api.report(job.id)
        except UserError as error:
            output.log(f"dltext: {error}")
    if options.json:
        output.print_json({**asdict(job), "report": report.measures() if report else None})
        return 0
    output.facts(
        {
            "run": job.id,
            "kind": job.spec.kind,
            "part of": f"{job.spec.parent}, {job.spec.kind} {job.spec.fold}" if job.spec.parent else "",
            "runs at a time": job.spec.parallel if job.spec.parallel > 1 else "",
            "threads": job.spec.threads or "",
            "recipe": job.spec.recipe,
            "data": job.spec.data,
            "state": job.state,
            "stage": job.stage if job.active else "",
            "device": job.device,
            "epoch": f"{job.epoch} of {job.epochs}" if job.epochs else "",
            "created": output.when(job.created),
            "started": output.when(job.started),
            "ended": output.when(job.ended),
            "time": duration(job.seconds) if job.seconds else "",
            "peak memory": size_text(int(job.load["memory_peak"])) if "memory_peak" in job.load else "",
            "message": job.message,
            "what helps": following.remedy(job),
            "model": job.bundle,
            "seed": job.spec.seed,
            "settings": ", ".join(f"{key}={value}" for key, value in job.spec.settings.items()),
            **{measures.title(name): measures.number(name, value) for name, value in job.metrics.items()},
        }
    )
    if report:
        print()
        reports.show(report)
    return 0


def _follow(options: argparse.Namespace) -> int:
    return following.follow(_id(options), options.json)


def _cancel(options: argparse.Namespace) -> int:
    for job_id in options.ids:
        job = api.keep_best(job_id) if options.keep_best else api.cancel(job_id)
        if options.keep_best and not options.json:
            output.log(f"dltext: {job.id} makes its model of the best epoch so far; watch it with `dltext jobs follow`")
        _say(options, job)
    return 0


def _resume(options: argparse.Namespace) -> int:
    job = None
    for job_id in options.ids:
        try:
            job = api.resume(job_id, anew=True) if options.anew else api.resume(job_id)
        except CannotGoOn as error:
            raise UserError(f"{error} `dltext jobs resume {job_id} --anew` does that.") from None
        if not options.follow:
            _say(options, job)
    return following.follow(job.id, options.json) if options.follow and job else 0


def _keep_baseline(options: argparse.Namespace) -> int:
    job = api.keep_baseline(_id(options))
    if options.follow:
        return following.follow(job.id, options.json)
    _say(options, job)
    return 0


def _delete(options: argparse.Namespace) -> int:
    names = [api.job(job_id).id for job_id in options.ids]
    output.confirm(
        f"Delete {', '.join(names)} with checkpoints, curves and reports? This cannot be undone.", options.yes
    )
    for job_id in names:
        api.delete_job(job_id)
        if options.json:
            output.print_json({"id": job_id, "deleted": True})
        else:
            print(f"deleted {output.visible(job_id)}")
    return 0


def _logs(options: argparse.Namespace) -> int:
    job_id = _id(options)
    text = whole_log(api.events(job_id)[0], api.job_log(job_id, options.last))
    for line in text.removesuffix("\n").split("\n"):
        print(output.visible(line.removesuffix("\r")))
    return 0


def _say(options: argparse.Namespace, job: Job) -> None:
    if options.json:
        output.print_json(asdict(job))
    else:
        print(output.visible(f"{job.id}: {job.state}" + (f" ({job.message})" if job.message else "")))
