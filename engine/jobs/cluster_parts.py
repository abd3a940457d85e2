"""Parts of a run on the workers of a cluster: sent there, shown here while they run, resumed elsewhere.

Each part has its run here, in the store, whose process is that of the whole; its events, its log and its checkpoint
come back as they are written. Workers need no file system in common and nothing but dltext: see :mod:`.parcels`.
"""

import contextlib
import json
import os
import threading
import time
import uuid
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from ...data import paths
from ..results import Job, JobSpec, UserError
from ..workers import cluster
from . import endings, folding, hosting, kept_data, parcels, processes, store
from .events import EventWriter

LOOK = 0.5
"""Seconds between two looks at a run."""
SIZE = 2.0
"""Seconds between two looks at how many threads the workers have."""
MARGIN = 5.0
"""Seconds less than the grace period that runs have to stop: as for those of this machine."""


class ClusterHost:
    """The workers of a cluster; a part takes a thread of one."""

    def __init__(self, spec: JobSpec) -> None:
        """UserError where the cluster is not there, or differs from this machine."""
        self.address = spec.cluster
        self.client, self.terms = cluster.connect(spec.cluster, spec)
        self.problem: UserError | None = None
        """Why no part can go on."""
        self._attempts: dict[str, _Attempt] = {}
        self._parcels: dict[str, parcels.Parcel] = {}
        self._packing = threading.Lock()
        self._seen, self._room = 0.0, 1
        self.manned = time.monotonic()
        """When there last were workers."""

    @property
    def room(self) -> int:
        if time.monotonic() - self._seen > SIZE:
            self._seen = time.monotonic()
            with contextlib.suppress(Exception):  # where the scheduler is gone, that is seen elsewhere
                threads: Any = self.client.nthreads()
                self._room = sum(threads.values())
            if self._room:
                self.manned = time.monotonic()
        return max(self._room, 1)

    def submit(self, spec: JobSpec) -> Job:
        self.look()
        job = store.create(spec)
        kept_data.confirm(spec, store.folder(job.id))
        return self._send(job)

    def resume(self, job_id: str) -> Job:
        self.look()
        store.requeue(job_id)
        writer = EventWriter(store.folder(job_id) / "events.jsonl")
        writer("state", stage="preparing", message=folding.RESUMING)
        writer.close()
        return self._send(store.get(job_id))

    def parcel(self, spec: JobSpec) -> parcels.Parcel:
        """What ``spec`` needs: packed once for all parts that need the same."""
        needs = parcels.named(spec)
        with self._packing:
            if needs not in self._parcels:
                self._parcels[needs] = parcels.pack(spec)
            parcel = self._parcels[needs]
        return replace(parcel, spec=parcel.renamed(spec))

    def _send(self, job: Job) -> Job:
        pid, identity = os.getpid(), processes.identity(os.getpid()) or ""
        store.claim(job.id, pid, identity)
        attempt = self._attempts[job.id] = _Attempt(self, job, identity)
        attempt.start()
        return store.get(job.id)

    def look(self) -> None:
        """UserError where no part can go on."""
        if self.client.status not in ("running", "connecting"):
            self.problem = UserError(f"The cluster's scheduler at {self.address} is gone: start it again, and resume.")
        elif self.room and time.monotonic() - self.manned > cluster.ALONE:
            self.problem = UserError(
                f"The cluster at {self.address} has had no worker for {cluster.ALONE:.0f} seconds: start some, and "
                "resume."
            )
        if self.problem:
            raise self.problem

    def stop(self, job_ids: Iterable[str]) -> None:
        asked = list(job_ids)
        attempts = [self._attempts[job_id] for job_id in asked if job_id in self._attempts]
        for attempt in attempts:
            attempt.stopping.set()
        end = time.monotonic() + max(endings.GRACE - MARGIN, 0.0)
        for attempt in attempts:
            attempt.join(max(end - time.monotonic(), 0.1))
        for job_id in asked:
            # Those of an earlier process, and those whose worker does not answer.
            with contextlib.suppress(UserError):
                _, identity = store.process(job_id)
                store.settle(job_id, "cancelled", "Stopped by you.", identity)

    def close(self) -> None:
        """Leave the cluster."""
        cluster.close(self.client)


class _Attempt(threading.Thread):
    """One attempt at a part: a thread for each, for a worker that does not answer must not hold up the others."""

    def __init__(self, host: ClusterHost, job: Job, identity: str) -> None:
        super().__init__(name=f"run {job.id}", daemon=True)
        self.stopping = threading.Event()
        self._host, self._job, self._identity = host, job, identity
        self._client: Any = host.client
        self._folder = store.folder(job.id)
        self._key = f"dltext-run-{uuid.uuid4().hex[:12]}"
        self._worker = ""

    def run(self) -> None:
        future = None
        try:
            future = self._client.submit(hosting.host, self._key, key=self._key, pure=False, retries=0)
            self._settle(*self._work())
        except UserError as error:
            self._settle("failed", str(error))
        except Exception as error:
            self._settle("lost", f"Its worker cannot be reached: {cluster.reason(error)}.")
        finally:
            with contextlib.suppress(Exception):
                if self._worker:
                    self._ask(hosting.release, self._key)
                if future is not None:
                    future.cancel()

    def _settle(self, state: Any, message: str = "") -> None:
        with contextlib.suppress(UserError):
            store.settle(self._job.id, state, message, self._identity)

    def _work(self) -> tuple[str, str]:
        """Have the run done; how it ended, and what is to be said of that."""
        parcel = self._host.parcel(self._job.spec)
        spec = replace(parcel.spec, parent="", cluster="")
        while not self._begun(spec, parcel.packed):
            if self.stopping.wait(LOOK):
                return "cancelled", "Stopped before it began."
            if self._host.problem:
                return "lost", str(self._host.problem)
        self._note(f"It runs on the worker {self._worker} of the cluster.")
        return self._relay(parcel.names)

    def _begun(self, spec: JobSpec, packed: bytes) -> bool:
        """Whether a worker has taken the run: one whose thread the scheduler has given us."""
        processing: dict[str, Any] = self._client.processing()
        for worker, keys in processing.items():
            if self._key in keys:
                self._worker = worker
                if self._ask(hosting.is_waiting, self._key) is not True:
                    return False
                if said := cluster.differs(self._client, worker, spec, self._host.terms):
                    raise UserError(said)
                threads = self._client.nthreads().get(worker, 1)
                earlier = hosting.sent_files(self._folder)
                answer = self._ask(hosting.begin, self._key, spec, packed, earlier, threads)
                if isinstance(answer, Exception):
                    raise UserError(f"The worker {worker} cannot take the run: {cluster.reason(answer)}.")
                return answer is True
        return False

    def _ask(self, function: Any, *arguments: Any) -> Any:
        """What a function says on the worker; an exception in its place where it cannot."""
        answers = self._client.run(function, *arguments, workers=[self._worker], on_error="return")
        return answers.get(self._worker)

    def _relay(self, names: dict[str, str]) -> tuple[str, str]:
        events = printed = 0
        marks: dict[str, str] = {}
        asked = False
        while True:
            if self.stopping.is_set() and not asked:
                self._ask(hosting.stop, self._key)
                asked = True
            new = self._ask(hosting.look, self._key, events, printed, marks)
            if not isinstance(new, dict):
                return "lost", f"The worker {self._worker} that it ran on is gone."
            for name, (mark, content) in new["files"].items():
                marks[name] = mark
                self._write(name, content, names)
            self._append("log.txt", new["printed"])
            self._append("events.jsonl", new["events"])
            events, printed = new["events_end"], new["printed_end"]
            if new["ended"]:
                for name in marks.keys() - set(new["names"]):  # a checkpoint that is not needed any more
                    (self._folder / name).unlink(missing_ok=True)
                end = folding.fold(self._folder / "events.jsonl").end
                return end or "lost", ""
            self.stopping.wait(LOOK) if not asked else time.sleep(LOOK)

    def _write(self, name: str, content: bytes, names: dict[str, str]) -> None:
        if name == "report.json":  # which tells what the data are called
            for there, here in names.items():
                content = content.replace(there.encode(), json.dumps(here)[1:-1].encode())
        with paths.atomic_open(self._folder / name, "wb") as stream:
            stream.write(content)

    def _append(self, name: str, content: bytes) -> None:
        if content:
            with open(self._folder / name, "ab", opener=paths.private) as stream:
                stream.write(content)

    def _note(self, text: str) -> None:
        writer = EventWriter(self._folder / "events.jsonl")
        writer("message", level="info", text=text)
        writer.close()
