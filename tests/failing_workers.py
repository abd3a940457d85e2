"""What a worker does in tests in the place of :func:`dltext.engine.workers.process.answer`: its process ends at the
text ``the end``, it has no memory for ``the flood``, and takes long for ``the wait``."""

import os
import time

from dltext.engine.workers import process


def answer(call, records):
    for record in records:
        if record.text == "the end":
            os._exit(9)
        if record.text == "the flood":
            raise MemoryError("no room")
        if record.text == "the wait":
            time.sleep(0.3)
    return process.answer(call, records)
