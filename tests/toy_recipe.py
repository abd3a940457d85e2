"""A recipe of a user's own that names no Keras, for tests; it writes down which processes have run it."""

import os
from pathlib import Path

from dltext.extend import Classifier, Recipe, setting, settings

with Path(__file__).with_suffix(".ran").open("a") as stream:
    stream.write(f"{os.getpid()}\n")


@settings(epochs=3)
class Mine(Classifier):
    units: int = setting(7, "Units", "Size of the state", minimum=1, maximum=99)

    def check(self):
        if self.units == 13:
            raise ValueError("thirteen units bring bad luck")


def build(settings, vocabulary_size, classes, vectors=None, mask=True):
    raise RuntimeError("not today")


RECIPES = (Recipe("mine", "classify", "Mine", "A recipe of mine", "nobody 2026", Mine, build),)
