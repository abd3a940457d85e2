"""What a worker of a cluster makes of the process that Dask has started."""

import json
import os
import subprocess
import sys

import pytest

THREADS = """
import json, os
import numpy as np
import threadpoolctl
from dltext.engine.workers import remote
np.ones((400, 400)) @ np.ones((400, 400))
threadpoolctl.threadpool_limits(2)  # as with no variable set, on any machine of several cores
before = [library["num_threads"] for library in threadpoolctl.threadpool_info()]
remote.prepare()
print(json.dumps([before, [library["num_threads"] for library in threadpoolctl.threadpool_info()]]))
"""


def test_linear_algebra_takes_one_core_although_dask_has_imported_numpy() -> None:
    pytest.importorskip("threadpoolctl")
    environment = {name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")}
    done = subprocess.run(
        [sys.executable, "-c", THREADS], env=environment, capture_output=True, text=True, check=True, timeout=60
    )
    before, after = json.loads(done.stdout)
    assert 2 in before
    assert set(after) == {1}
