"""The recipe ``encoder``: a pretrained encoder fine-tuned to tell labels."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from ....data.errors import UserError
from ....data.rows import PAIR
from ....models import encoder
from ....models.encoder_shape import SIGNS, EncoderShape
from ... import bundle_format, model_store
from ...results import DataCheck
from ...serve import shared_half
from ...serve.shared_half import Lower
from ...text import tokenizer as tok
from ...text.batching import Ragged
from ...text.two_texts import PairTokenizer
from ...text.windows import MOST_WINDOWS, spread
from .. import checkpoint, onnx_graphs
from ..classify.loop import predict_part
from ..classify.recipe import ClassifierPipeline
from ..computing import computing_in, decided, in_float32
from ..network_pipeline import NetworkPipeline
from ..onnx_classifier import PARITY, difference
from ..part import LabelledPart
from ..pipeline import Packed
from ..prepare import PreparedTexts, encode
from ..shared import device
from . import base, graph, sharing, vocabulary
from .trainer import EncoderTrainer, freeze


class EncoderPipeline(ClassifierPipeline):
    """Texts and a label each, read by an encoder that others, or an earlier run, have pretrained."""

    piece = "pieces of words"
    exporter = ""

    settings: Any
    """An :class:`~.settings.EncoderTraining`."""
    start: base.PretrainedEncoder
    pairs = False
    """Whether each text is two, which are read together."""
    shape: EncoderShape

    def settle(self) -> None:
        """Nothing waits for the data's language: the encoder is named."""

    def facts(self) -> tuple[str, ...]:
        return ()

    def find_baseline(self) -> dict[str, Any] | None:
        return NetworkPipeline.find_baseline(self)

    def prepare(self) -> None:
        settings, objective = self.settings, self.objective
        self.stage("preparing", f"reading the encoder {settings.base}")
        self.start = base.read(settings.base, settings.pooling)
        if settings.prune:
            self.start = pruned(self.start, self.train.texts)
        self.shape = self.start.shape
        if settings.frozen_layers >= self.shape.layers + 1:
            raise UserError(f"{settings.base} has {self.shape.layers} layers: set frozen_layers to at most that.")
        most = self.shape.places - SIGNS
        if settings.max_tokens > most:
            raise UserError(f"{settings.base} reads at most {most} pieces of a text: set max_tokens to that or less.")
        self.pairs = all(PAIR in text for text in self.train.texts)
        gold = self.train.gold
        weights = objective.weights(gold) if settings.class_weights else None
        tokenizer: Any = PairTokenizer(self.start.tokenizer) if self.pairs else self.start.tokenizer
        start, held = self.start, objective.targets(self.validation.gold)
        said = {"encoder": start.name, "encoder_sha256": start.sha256, "encoder_licence": start.licence}
        self.prepared = PreparedTexts(
            objective,
            tokenizer,
            None,
            examples(self.part(tokenizer, self.train.texts, objective.targets(gold), settings.windows, weights)),
            self.part(tokenizer, self.validation.texts, held, MOST_WINDOWS if settings.windows > 1 else 1),
            {key: value for key, value in said.items() if value},
        )

    def part(self, tokenizer: Any, texts: Sequence[str], targets: Any, most: int, weights: Any = None) -> LabelledPart:
        """Texts with at most ``most`` windows each; 1: beyond ``max_tokens`` the first and the last half of that."""
        if most == 1:
            return LabelledPart(encode(tokenizer, texts, self.settings.max_tokens), targets, weights)
        rows, stretches = list[int](), list[np.ndarray]()
        for row, ids in enumerate(tok.encode_all(tokenizer, texts)):
            starts, length = spread(len(ids), self.settings.max_tokens, most)
            rows += [row] * len(starts)
            stretches += [ids[start : start + length] for start in starts]
        return LabelledPart(Ragged.pack(stretches), targets, weights, np.array(rows, np.int64))

    def network_logits(self, texts: Sequence[str]) -> np.ndarray:
        if self.settings.windows == 1:
            return super().network_logits(texts)
        part = self.part(self.prepared.tokenizer, texts, None, MOST_WINDOWS)
        return predict_part(self.trainer.model, part)

    def further(self) -> tuple[int, float]:
        each = len(self.prepared.train) / max(1, len(self.train))
        return round(self._whole * (each - 1)), 0.0

    def late_warnings(self, check: DataCheck) -> tuple[str, ...]:
        if self.settings.windows == 1:
            return super().late_warnings(check)
        each = len(self.prepared.train) / max(1, len(self.train))
        if each == 1:
            return ()
        return (
            f"Training reads texts beyond {self.settings.max_tokens:,} {self.piece} in up to {self.settings.windows} "
            f"windows, {each:.1f} a text over all: an epoch takes about {each:.1f} times as long as without.",
        )

    def network(self) -> EncoderTrainer:
        import keras

        settings, prepared, compute = self.settings, self.prepared, decided(self.settings.compute)
        self._device = f"{device()}, {compute}"
        keras.utils.set_random_seed(self.spec.seed)
        with computing_in(compute):
            model = self.build()
        self.objective.begin(model, self.train.gold)
        base.give(model, self.start, prepared.labels)
        freeze(model, settings.frozen_layers, settings.freeze_embeddings)
        parts = prepared.train, prepared.validation
        return EncoderTrainer(model, settings, *parts, objective=self.objective, **self.loop_arguments())

    def build(self) -> Any:
        size, outputs = self.prepared.vocabulary_size, self.objective.outputs
        return encoder.build(self.shape, size, outputs, self.settings.dropout, mask=True, pairs=self.pairs)

    def pack(self, work: Path) -> Packed:
        settings, prepared, model = self.settings, self.prepared, in_float32(self.trainer.model, self.build)
        weights, size, outputs = onnx_graphs.by_path(model), prepared.vocabulary_size, self.objective.outputs
        path, small = work / "model.onnx", settings.precision == "int8"
        differences: dict[str, Any] = write_graph(path, self.shape, weights, outputs, small, model, size, self.pairs)
        differences |= {"pairs": True} if self.pairs else {}
        if lower := self.shared(weights, small):
            differences |= leave_out(path, lower, self.shape, weights, outputs, small, model, size) | lower.serving()
            self.emit("message", level="info", text=f"This model answers with {lower}, and keeps only its own layers.")
        if settings.keep_weights:
            checkpoint.save(work / base.UNROUNDED, {"weights": list(weights.values())}, {"paths": list(weights)})
        packed = self.packed(work, self.shape.size, settings.max_tokens, differences)
        changed = f"Fine-tuned from it by dltext: {self.name}.\n".encode()
        notice = {base.NOTICE: self.start.notice + changed} if self.start.notice else {}
        return replace(packed, files={**packed.files, **notice}, more={base.TABLE: asdict(self.shape)})

    def shared(self, weights: graph.Weights, small: bool) -> Lower | None:
        """What the bundle leaves out because an encoder here has it; None: nothing."""
        settings = self.settings
        if not (settings.frozen_layers or settings.freeze_embeddings) or settings.prune or self.pairs:
            return None
        return sharing.shared_with(settings.base, self.shape, weights, small)

    def late_facts(self) -> tuple[str, ...]:
        settings, start = self.settings, self.start
        lower = self.shared(start.weights, settings.precision == "int8")
        if lower is None:
            return ()
        lower = replace(lower, layers=min(lower.layers, settings.frozen_layers))
        return (
            f"The finished model answers with {lower}, which stays as it is, and keeps only its own layers: its bundle "
            f"is smaller by {sharing.size_of(lower) / 1e6:.0f} MB.",
        )

    def memory(self, total: int) -> int:
        return 0  # the sample's network is the run's


def examples(part: LabelledPart) -> LabelledPart:
    """Texts read in windows as examples to train on: each window with the targets and the weight of its text."""
    if part.documents is None:
        return part
    weights = None if part.weights is None else part.weights[part.documents]
    return LabelledPart(part.ids, part.targets[part.documents], weights)


def pruned(start: base.PretrainedEncoder, texts: Sequence[str]) -> base.PretrainedEncoder:
    """An encoder with the pieces of ``texts`` alone, see :func:`.vocabulary.prune`."""
    tokenizer, rows = vocabulary.prune(start.tokenizer, texts)
    pieces = start.weights["pieces/embeddings"][rows]
    return replace(start, tokenizer=tokenizer, weights={**start.weights, "pieces/embeddings": pieces})


def leave_out(
    path: Path,
    lower: Lower,
    shape: EncoderShape,
    weights: graph.Weights,
    outputs: int,
    small: bool,
    model: Any,
    size: int,
) -> dict[str, float]:
    """Write the upper half alone into ``path``; ``shrunk`` of both halves together, as :func:`write_graph` has it."""
    upper = graph.draw_upper(shape, weights, outputs, small, lower.layers)
    base_folder = model_store.folder_of(lower.base)
    path.write_bytes(shared_half.joined(base_folder, bundle_format.read(base_folder), lower, memoryview(upper)))
    difference_of_both = difference(path, model, size)
    path.write_bytes(upper)
    return {"shrunk": difference_of_both}


def write_graph(
    path: Path,
    shape: EncoderShape,
    weights: graph.Weights,
    outputs: int,
    small: bool,
    model: Any,
    size: int,
    pairs: bool = False,
) -> dict[str, float]:
    """The graph that answers, compared with the Keras ``model``: ``parity`` before it is rounded and ``shrunk`` after,
    largest differences of an output. UserError where the first is too large."""
    path.write_bytes(graph.draw(shape, weights, outputs, small=False, pairs=pairs))
    parity = difference(path, model, size)
    if not parity <= PARITY:
        raise UserError(f"ONNX and Keras differ by {parity:.1e}, more than {PARITY:g}: not exported.")
    if not small:
        return {"parity": parity, "shrunk": parity}
    path.write_bytes(graph.draw(shape, weights, outputs, small=True, pairs=pairs))
    return {"parity": parity, "shrunk": difference(path, model, size)}
