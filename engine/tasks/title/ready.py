"""Warm-up of title generators: loaded before the first question, tried where they are new."""

from ...serve.decode import Rules, greedy
from ...serve.exertion import any_ids, patience
from .model import Copying, open_writer
from .vocabulary import words


def warm_up(model: str) -> None:
    """Load it and let it answer once; UserError where it cannot."""
    open_writer(model).write([[word.word for word in words("One sentence.")]])


def exert(model: str) -> None:
    """Let it read the longest text, and write as long as it is let."""
    warm_up(model)
    opened = open_writer(model)
    known_words = opened.vocabulary.words
    source = [known_words[number] for number in any_ids(1, opened.longest, len(known_words))[0].tolist()]
    stepper = Copying(opened.graphs, [opened.vocabulary.encode(source)], opened.vocabulary.size)
    greedy(stepper, [0], Rules(opened.longest_title + 1, end=None), on_step=patience())
    opened.write([source], should_stop=patience())
