"""What a worker does in tests in the place of :func:`dltext.engine.workers.process.answer`: its process ends at the
text ``the end``, and at ``the half`` while it sends the answers; it has no memory for ``the flood``, and takes long for
``the wait``."""

import multiprocessing.connection
import os
import time

from dltext.engine.workers import process


def _half(connection, message, write=None):
    os.write(connection.fileno(), bytes(message)[: len(message) // 2])
    os._exit(9)


def answer(call, records):
    for record in records:
        if record.text == "the end":
            os._exit(9)
        if record.text == "the flood":
            raise MemoryError("no room")
        if record.text == "the wait":
            time.sleep(0.3)
        if record.text == "the half":
            multiprocessing.connection.Connection._send = _half
    return process.answer(call, records)
