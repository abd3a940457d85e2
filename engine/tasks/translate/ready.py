"""Warm-up of translators: loaded before the first question, tried where they are new."""

import numpy as np

from ...serve.decode import Rules, greedy
from ...serve.exertion import any_ids, patience
from ...serve.seq2seq import SourceBatch
from ...text.symbols import END, UNK
from .model import ROOM, open_translator


def warm_up(model: str) -> None:
    """Load it and let it answer once; UserError where it cannot."""
    open_translator(model).translate([np.array([UNK, END], np.int32)])


def exert(model: str) -> None:
    """Let it read the longest sentence, and write as long as it is let."""
    warm_up(model)
    opened = open_translator(model)
    ids = any_ids(1, opened.longest, opened.source_subwords.size)
    longest = int(opened.growth * opened.longest) + ROOM
    greedy(SourceBatch(opened.graphs, ids), [0], Rules(longest, end=None), on_step=patience())
    opened.translate([ids[0]], should_stop=patience())
