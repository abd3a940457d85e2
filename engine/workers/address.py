"""Where a cluster's scheduler is: an address or a file, as people write it."""

from pathlib import Path
from urllib.parse import urlsplit

from ...data.paths import expand
from ..results import ClusterError

SCHEMES = ("tcp", "tls", "ws", "wss", "ucx")


def cluster_address(text: str) -> str:
    """``text`` without blanks around it, the path of a scheduler's file in full; ClusterError for what is neither an
    address nor a file. Nothing is connected."""
    text = text.strip()
    if "://" in text:
        if not _is_url(text):
            raise ClusterError(
                f"{text[:100]} is no address of a scheduler: write it with host and port, as tcp://10.0.0.5:8786."
            )
        return text
    path = expand(text)
    if not path.is_file():
        raise ClusterError(
            f"There is no scheduler file {text[:100]}: name the file that `dask scheduler --scheduler-file` writes, or "
            "an address, tcp://HOST:8786."
        )
    return str(Path(path).absolute())


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in SCHEMES and bool(parts.hostname and parts.port) and not any(map(str.isspace, text))
    except ValueError:
        return False
