"""A run of another machine's, in a home of its own: ``python -m dltext.engine.jobs.hosted FOLDER``.

``FOLDER`` is ``DLTEXT_HOME``; it holds what was sent (:mod:`.parcels`), the specification, and what an earlier attempt
has kept. The run itself is an ordinary one.
"""

import json
import shutil
import sys
from pathlib import Path

from . import folders, store, worker
from .parcels import KEPT, ORDER, RUN


def main(arguments: list[str] | None = None) -> int:
    """Returns the exit code of the run."""
    (folder,) = map(Path, sys.argv[1:] if arguments is None else arguments)
    job = store.create(folders.spec_from(json.loads((folder / ORDER).read_text("utf-8"))))
    if (folder / KEPT).is_dir():
        shutil.copytree(folder / KEPT, store.folder(job.id), dirs_exist_ok=True)
    (folder / f".{RUN}").write_text(job.id)
    (folder / f".{RUN}").rename(folder / RUN)
    return worker.main([job.id])


if __name__ == "__main__":
    sys.exit(main())
