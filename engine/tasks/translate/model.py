"""A bundle that translates, opened: subwords, encoder and step. Sentences of equal length are translated together."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from ...card_schema import number
from ...serve import batches
from ...serve.decode import BeamSettings, Decoded, Rules, beam
from ...serve.seq2seq import Graphs, SourceBatch, graphs_of
from ...serve.serving_card import serving_of
from ...serve.session import load_bundle
from ...text.subwords import Subwords
from ...text.symbols import PAD, START, UNK

TASK = "translate"
GROWTH, ROOM = 3.0, 20
"""A translation has at most ``GROWTH`` times the source's tokens and ``ROOM`` more, where the card says nothing."""


@dataclass(frozen=True)
class Translator:
    """A loaded model from the language ``source`` to ``target``, for sources of at most ``longest`` tokens."""

    name: str
    version: str
    source: str
    target: str
    longest: int
    beam: int
    length_penalty: float
    coverage_penalty: float
    growth: float
    source_subwords: Subwords = field(repr=False)
    target_subwords: Subwords = field(repr=False)
    graphs: Graphs = field(repr=False)
    card: dict[str, Any] = field(repr=False)

    def translate(
        self,
        sources: Sequence[np.ndarray],
        size: int = 0,
        best: int = 1,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> list[list[Decoded] | None]:
        """The ``best`` translations of each of ``sources`` (ids with the end), found with a beam of ``size`` (0: the
        card's); None for those that were not done when ``should_stop`` said so (asked in the calling thread alone).
        """
        settings = BeamSettings(max(size or self.beam, best), best, self.length_penalty, self.coverage_penalty)
        lengths = [len(ids) for ids in sources]

        def work(rows: list[int], stopped: Callable[[], bool]) -> list[list[Decoded]] | None:
            return self._batch(sources, rows, settings, stopped)

        return batches.decode(lengths, settings.size, work, should_stop, TASK)

    def _batch(
        self, sources: Sequence[np.ndarray], rows: list[int], settings: BeamSettings, stopped: Callable[[], bool]
    ) -> list[list[Decoded]] | None:
        """Sentences of one length; None where it was stopped."""
        if stopped():
            return None
        until = batches.Until(stopped)
        ids = np.stack([sources[row] for row in rows])
        # What is unknown is copied from where the model looks.
        forbidden = (PAD, START) if self.graphs.attention else (PAD, START, UNK)
        rules = Rules(int(self.growth * ids.shape[1]) + ROOM, forbidden=forbidden)
        decoded = beam(SourceBatch(self.graphs, ids), range(len(rows)), rules, settings, on_step=until)
        return None if until.ended else decoded


def open_translator(model: str) -> Translator:
    """The bundle ``model``; loaded and verified once, then kept while it is used. UserError where it cannot be."""
    return load_bundle(TASK, model, _load)


def _load(folder: Path, card: dict[str, Any]) -> Translator:
    files = "encoder", "step", "source_tokenizer", "target_tokenizer"
    serving, where = serving_of(folder, card, TASK, " and does not translate", files, ("source", "target"))
    changes = bool(serving.get("lowercase")), bool(serving.get("simplify"))
    source = Subwords.load(folder / serving["source_tokenizer"], *changes)
    same = serving["target_tokenizer"] == serving["source_tokenizer"]
    target = source if same else Subwords.load(folder / serving["target_tokenizer"])
    graphs = graphs_of(folder, serving, where, target.size, bool(serving.get("attention")))
    return Translator(
        folder.name,
        str(card["version"]),
        serving["source"],
        serving["target"],
        number(serving, "longest", where, task=TASK),
        number(serving, "beam", where, 4),
        number(serving, "length_penalty", where, 1.0),
        number(serving, "coverage_penalty", where, 0.0),
        number(serving, "growth", where, GROWTH),
        source,
        target,
        graphs,
        card,
    )
