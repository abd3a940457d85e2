"""What the beginnings of texts cost, remembered, so that of a text that is written on only its end is read again.

What stands here of a text are digests of its units, no units; and numbers that say nothing without them.
"""

from collections import OrderedDict
from hashlib import blake2b
from threading import Lock
from typing import Any, NamedTuple

import numpy as np

MOST_BYTES = 1 << 22
"""Of a model. A block of 4,096 units and the states of ``lm-en`` after it take 24 kB."""
ENTRY_BYTES = 512
"""What an entry takes beside its arrays, roughly."""


class ReadBlock(NamedTuple):
    """What the units of a block cost, float32 ``[n]`` in nats, not to be written into; and the states after it."""

    losses: np.ndarray
    states: Any


def digest(before: bytes, ids: np.ndarray) -> bytes:
    """The key of a block of ``ids``, int32 ``[n]``, behind the block whose key is ``before`` (empty: behind nothing).
    Texts that are parted into blocks elsewhere have other keys."""
    return blake2b(before + np.ascontiguousarray(ids).tobytes(), digest_size=20).digest()


class ReadBeginnings:
    """Blocks that a model has read, by :func:`digest`: the ones used last, in ``most`` bytes. Thread safe."""

    def __init__(self, most: int = MOST_BYTES) -> None:
        self._most, self._size = most, 0
        self._blocks: OrderedDict[bytes, tuple[ReadBlock, int]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: bytes) -> ReadBlock | None:
        """None where it has not been read, or that is forgotten."""
        with self._lock:
            entry = self._blocks.get(key)
            if entry is None:
                return None
            self._blocks.move_to_end(key)
            return entry[0]

    def put(self, key: bytes, block: ReadBlock) -> None:
        """Remember a block."""
        block.losses.setflags(write=False)
        size = ENTRY_BYTES + block.losses.nbytes + block.states.nbytes
        with self._lock:
            if key in self._blocks or size > self._most:
                return
            self._blocks[key] = block, size
            self._size += size
            while self._size > self._most:
                _, (_, forgotten) = self._blocks.popitem(last=False)
                self._size -= forgotten

    @property
    def size(self) -> int:
        """Bytes that it takes."""
        return self._size

    def __len__(self) -> int:
        return len(self._blocks)
