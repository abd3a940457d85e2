"""What the results in a file were made of: options, models, and a digest of each text.

It is kept in ``DLTEXT_HOME`` under the file's path, also once the results are complete (they may be continued when the
input has grown). Digests are written before the results, so that a kill at any moment leaves one for each result.
"""

import contextlib
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from ...engine import api
from ...engine.results import Record, UserError
from .output import ANY

SIZE = 8
"""Bytes of a digest."""
MOST = 64 * 2**20
"""Bytes that all fingerprints may take; the oldest go first."""
FLAGS = {"origin": "from"}
"""Options that are called otherwise on the command line than in the program."""


class Fingerprint:
    """Of the results in ``path``. Where the home cannot be written nothing is kept, and nothing compared."""

    def __init__(self, path: Path) -> None:
        self._path = str(path)
        self._key = hashlib.sha256(os.fsencode(path)).hexdigest()[:32]
        self._folder: Path | None = None
        self._noted: dict[str, Any] | None = None
        self._options: dict[str, Any] = {}
        self._models: dict[str, dict[str, Any]] = {}
        self.left = ""
        """The file of the texts that were set aside; empty where there are none."""
        self._sums: IO[bytes] | None = None
        with contextlib.suppress(OSError, UserError):
            self._folder = api.home() / "resume"

    def load(self) -> None:
        """Read what an earlier run has noted, if it has."""
        with contextlib.suppress(OSError, ValueError):
            noted = json.loads(self._file(".json").read_text("utf-8"))
            if noted["path"] == self._path and self._file(".sums").exists():
                self._noted, self._models, self.left = noted, noted["models"], noted.get("left", "")

    def difference(self, options: Mapping[str, Any]) -> str:
        """How ``options`` differ from those of the earlier run, for people; empty where they do not, or none is known.

        Also where a model has another content now.
        """
        if self._noted is None:
            return ""
        names = self._names()
        if options.get("model") and names and options["model"] not in names:
            return f"with the model {' and '.join(names)}, not {options['model']}"
        for name, before in self._noted["options"].items():
            if name != "model" and name in options and options[name] != before:
                return f"{_said(name, before)}, not {_said(name, options[name])}"
        for use in self._models.values():
            for name, content in zip(use["names"], use["contents"], strict=True):
                if (now := _content(name)) != content:
                    # A version and a digest; behind them the threshold.
                    same_model = now.split(" ")[:2] == content.split(" ")[:2]
                    return f"with another {'threshold of' if same_model else 'model that was called'} {name}"
        return ""

    def digests(self) -> Iterator[bytes] | None:
        """The digests of the earlier run's texts, in order; None where none are known."""
        return None if self._noted is None else self._digests()

    def _digests(self) -> Iterator[bytes]:
        with self._file(".sums").open("rb") as stream:
            while len(digest := stream.read(SIZE)) == SIZE:
                yield digest

    @staticmethod
    def digest(record: Record) -> bytes:
        """Of a record's id, text and label."""
        parts = json.dumps([record.id, record.text, record.label])
        return hashlib.blake2b(parts.encode("ascii"), digest_size=SIZE).digest()

    def begin(self, options: Mapping[str, Any], done: int) -> None:
        """Note ``options``; the digests of the ``done`` results that are kept stay, where there are any."""
        self._options = dict(options)
        if done and self._noted is None:
            self.remove()  # older results, of which nothing is known: a later run compares ids again
            self._folder = None
            return
        if not done:
            self._models = {}
        self._try(self._begin, done)

    def leave(self, left: str) -> None:
        """Note the file of the texts that are set aside."""
        if left != self.left:
            self.left = left
            if self._sums is not None:
                self._try(self._save)

    def _begin(self, done: int) -> None:
        assert self._folder is not None
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._prune()
        if not done:
            # Whatever an earlier run noted must not be taken for this one's, should we be killed here.
            self._file(".json").unlink(missing_ok=True)
        self._sums = os.fdopen(os.open(self._file(".sums"), os.O_RDWR | os.O_CREAT, 0o600), "r+b", buffering=0)
        self._sums.truncate(done * SIZE)
        self._sums.seek(done * SIZE)
        self._save()

    def other_model(self, use: str, names: tuple[str, ...]) -> str:
        """The model that was used for ``use`` before, where it is another than ``names``; else empty."""
        before = self._models.get(use)
        return " + ".join(before["names"]) if before is not None and tuple(before["names"]) != names else ""

    def use(self, use: str, names: tuple[str, ...]) -> None:
        """Note that ``names`` are used for ``use``, before the first result."""
        if use not in self._models:
            self._models[use] = {"names": names, "contents": [_content(name) for name in names]}
            if self._sums is not None:
                self._try(self._save)

    @property
    def model(self) -> str | None:
        """The model that the earlier run was given, or the only one that it used; None where there is none."""
        names = self._names()
        given = self._noted["options"].get("model") if self._noted else None
        return given or (names[0] if len(names) == 1 and ANY in self._models else None)

    def _names(self) -> list[str]:
        return list(dict.fromkeys(name for use in self._models.values() for name in use["names"]))

    def add(self, digest: bytes) -> None:
        """Note the digest of a text whose result comes next."""
        if self._sums is not None:
            self._try(self._sums.write, digest)

    def close(self) -> None:
        if self._sums is not None:
            with contextlib.suppress(OSError):
                self._sums.close()
            self._sums = None

    def remove(self) -> None:
        """Forget it."""
        self.close()
        for suffix in (".json", ".sums"):
            with contextlib.suppress(OSError):
                self._file(suffix).unlink()

    def _try(self, action: Any, *arguments: Any) -> None:
        """Half a fingerprint would be a wrong one: where it cannot be written there is none."""
        try:
            if self._folder is not None:
                action(*arguments)
        except OSError:
            self.remove()

    def _save(self) -> None:
        aside = self._file(".part")
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as stream:
            noted = {"path": self._path, "options": self._options, "models": self._models, "left": self.left}
            json.dump(noted, stream)
        aside.replace(self._file(".json"))

    def _prune(self) -> None:
        assert self._folder is not None
        held = sorted(self._folder.glob("*.sums"), key=lambda file: file.stat().st_mtime, reverse=True)
        total = 0
        for file in held:
            total += file.stat().st_size + 1024
            if total > MOST and file.stem != self._key:
                file.unlink()
                file.with_suffix(".json").unlink(missing_ok=True)

    def _file(self, suffix: str) -> Path:
        if self._folder is None:
            raise FileNotFoundError(self._path)
        return self._folder / f"{self._key}{suffix}"


def _content(model: str) -> str:
    """What tells a model from another one of its name."""
    try:
        about = api.model(model)
    except UserError:
        return ""
    card = json.dumps(about.card, sort_keys=True, default=str)
    threshold = "" if about.threshold is None else f" {about.threshold:g}"
    return f"{about.version} {hashlib.sha256(card.encode()).hexdigest()[:32]}{threshold}"


def _said(name: str, value: Any) -> str:
    flag = "--" + FLAGS.get(name, name).replace("_", "-")
    if isinstance(value, bool):
        return f"{'with' if value else 'without'} {flag}"
    return f"without {flag}" if value in (None, "") else f"with {flag} {value}"
