"""How many parts of a run train at a time, and where: settings of a comparison and of a search."""

from collections.abc import Mapping

from ...engine.results import Field, UserError
from .engine import Engine
from .setting import SettingRow

PARALLEL, CLUSTER = "parallel", "cluster"
CLUSTER_FIELD = Field(
    CLUSTER,
    "Cluster",
    "A Dask scheduler, tcp://HOST:8786, or its file: its workers train, and get the texts; empty: this machine",
    "str",
    "",
)


def parallel_field(parts: str) -> Field:
    """How many ``parts`` train at a time."""
    return Field(PARALLEL, "Parallel", f"{parts} at a time; they share cores and memory", "int", 1, 1, 100)


def read_parts_rows(engine: Engine, rows: Mapping[str, SettingRow]) -> dict[str, int | str]:
    """What the rows of :func:`parallel_field` and :data:`CLUSTER_FIELD` say, as specifications have it. UserError where
    both say something, or there is no such address."""
    parallel, cluster = rows[PARALLEL].value, rows[CLUSTER].text.strip()
    if cluster and parallel > 1:
        rows[PARALLEL].focus_control()
        raise UserError("Set either Parallel or Cluster, not both: a cluster trains as many as it has threads.")
    return {PARALLEL: parallel, CLUSTER: engine.cluster_address(cluster) if cluster else ""}
