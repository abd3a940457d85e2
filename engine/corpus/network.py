"""The network of words that occur near each other, and its file for Gephi."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np

from ...data.paths import atomic_open, expand, writing
from ..results import NetworkEdge, NetworkNode, Progress, Selection, UserError, WordNetwork
from . import statistics
from .collocations import MEASURES, WIDEST, WINDOW
from .counting import blocks, counted, documents_of
from .opening import OpenCorpus
from .selecting import over
from .units import WORDS as BY_WORD
from .units import CountedUnits, units_of

WORDS, MOST_WORDS = 200, 2_000
EDGES = 1_000
MINIMUM = 5
ENDING = ".graphml"


def word_network(
    selection: Selection,
    *,
    words: int = WORDS,
    unit: str = BY_WORD,
    window: int = WINDOW,
    measure: str = "log_dice",
    minimum: int = MINIMUM,
    edges: int = EDGES,
    stop: bool = True,
    without: Iterable[str] = (),
    progress: Progress | None = None,
) -> WordNetwork:
    """Which of the ``words`` most frequent words (or lemmas: ``unit``) of the selected documents stand within
    ``window`` words of each other in a document: the ``edges`` strongest pairs by ``measure`` (as of collocations) that
    occur ``minimum`` times together, and whose measure is above 0; the words of no pair are left out.

    The two places of a pair count once, whatever stands between. UserError for a number or a measure that cannot be.
    """
    if not 2 <= words <= MOST_WORDS:
        raise UserError(f"A network is of 2 to {MOST_WORDS:,} words; it cannot be of {words:,}.")
    if not 1 <= window <= WIDEST:
        raise UserError(f"The window is of 1 to {WIDEST} words; it cannot be {window}.")
    if measure not in MEASURES:
        raise UserError(f"The pairs of a network are weighed by {', '.join(MEASURES)}, not by {measure!r}.")
    if edges < 1 or minimum < 1:
        raise UserError("The number of pairs, and how often each occurs, must be 1 or more.")

    def answer(corpus: OpenCorpus, mask: np.ndarray | None) -> WordNetwork:
        units = units_of(corpus, unit, progress)
        counts = units.summed(counted(corpus, mask))
        allowed = units.allowed(stop, without)
        able = np.flatnonzero(counts > 0 if allowed is None else (counts > 0) & allowed)
        numbers = able[np.lexsort((units.alphabet[able], -counts[able]))[:words]]
        together = _together(corpus, mask, units, numbers, window)
        first, second = np.nonzero(np.triu(together, 1) >= minimum)
        observed, before, behind = together[first, second], counts[numbers[first]], counts[numbers[second]]
        # A word between two others is near both: no pair is taken to occur more often than its rarer word.
        size, bounded = corpus.size(mask), np.minimum(observed, np.minimum(before, behind))
        measures = {
            "log_dice": statistics.log_dice(bounded, before, behind),
            "mi": statistics.mutual_information(bounded, before, behind, size),
            "t": statistics.t_score(bounded, before, behind, size),
            "count": observed.astype(np.float64),
        }
        weights = measures[measure]
        # A weight of 0 or less is none to Gephi: what occurs together less than by chance is no tie.
        order = np.argsort(-weights, kind="stable")
        order = order[weights[order] > 0][:edges]
        names = units.names
        pairs = tuple(
            NetworkEdge(
                names[int(numbers[first[place]])],
                names[int(numbers[second[place]])],
                round(float(weights[place]), 4),
                int(observed[place]),
                *(round(float(measures[name][place]), 4) for name in ("log_dice", "mi", "t")),
            )
            for place in order.tolist()
        )
        places = np.unique(np.concatenate([first[order], second[order]]))
        holding = documents_of(corpus, mask, numbers[places], units)
        nodes = tuple(
            NetworkNode(names[int(numbers[place])], int(counts[numbers[place]]), int(documents))
            for place, documents in zip(places.tolist(), holding.tolist(), strict=True)
        )
        return WordNetwork(nodes, pairs, measure, window)

    return over(selection, progress, answer)


def _together(
    corpus: OpenCorpus, mask: np.ndarray | None, units: CountedUnits, numbers: np.ndarray, window: int
) -> np.ndarray:
    """int64 ``[numbers, numbers]``: how often two of these units stand within the window, whichever is first."""
    count = len(numbers)
    short = np.full(len(units.names), -1, np.int64)
    short[numbers] = np.arange(count)
    table = np.zeros(count * count, np.int64)
    codes, rows = np.zeros(0, np.int64), np.zeros(0, np.int64)
    for part, owners in blocks(corpus, mask):
        # The end of the part before goes along: a window may reach over the edge.
        held = len(codes)
        codes, rows = np.concatenate([codes, short[units.numbers(part)]]), np.concatenate([rows, owners])
        for distance in range(1, window + 1):
            start = max(held, distance)
            if start >= len(codes):
                break
            left, right = codes[start - distance : len(codes) - distance], codes[start:]
            near = (left >= 0) & (right >= 0) & (rows[start - distance : len(rows) - distance] == rows[start:])
            table += np.bincount(left[near] * count + right[near], minlength=count * count)
        codes, rows = codes[-window:], rows[-window:]
    square = table.reshape(count, count)
    return square + square.T


_KEYS = (
    (("label", "node", "string"), ("count", "node", "long"), ("documents", "node", "long")),
    (
        ("weight", "edge", "double"),
        ("count", "edge", "long"),
        ("log_dice", "edge", "double"),
        ("mi", "edge", "double"),
        ("t", "edge", "double"),
    ),
)


def write_network(network: WordNetwork, path: str) -> Path:
    """Write the network as GraphML (Brandes et al. 2002), as Gephi, Cytoscape, igraph and networkx read it; returns the
    path. Words are the nodes' ``label``: an id may hold no apostrophe there (its schema takes NMTOKENs).

    UserError where it cannot be written, or the name ends otherwise than ``.graphml``.
    """
    target = expand(path)
    if target.suffix.lower() != ENDING:
        raise UserError(f"{path}: a network is written as GraphML; name a file that ends in {ENDING}.")
    with writing(target), atomic_open(target) as stream:
        stream.writelines(line + "\n" for line in _graphml(network))
    return target


def _graphml(network: WordNetwork) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">'
    for keys in _KEYS:
        for name, owner, kind in keys:
            yield f'  <key id="{owner}_{name}" for="{owner}" attr.name="{name}" attr.type="{kind}"/>'
    yield '  <graph edgedefault="undirected">'
    names = {node.word: f"n{number}" for number, node in enumerate(network.nodes)}
    for node in network.nodes:
        data = _data("node", label=node.word, count=node.count, documents=node.documents)
        yield f'    <node id="{names[node.word]}">{data}</node>'
    for edge in network.edges:
        data = _data("edge", **{name: getattr(edge, name) for name, _, _ in _KEYS[1]})
        yield f'    <edge source="{names[edge.source]}" target="{names[edge.target]}">{data}</edge>'
    yield "  </graph>"
    yield "</graphml>"


def _data(owner: str, **values: object) -> str:
    return "".join(f'<data key="{owner}_{name}">{escape(str(value))}</data>' for name, value in values.items())
