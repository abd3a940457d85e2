"""The recipe ``masked-lm``: an encoder pretrained on texts without labels, for fine-tuning and for filling blanks."""

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Tokenizer

from ....data.errors import UserError
from ....data.source import Source
from ....models import masked_lm
from ....models.encoder_shape import SIGNS, EncoderShape
from ... import corpora
from ...results import DataCheck, Report
from ...serve.session import open_graph
from ...tasks.fill import measure, model
from ...text.batching import Ragged
from ...text.subword_rules import SIGNS as NAMES
from .. import checkpoint, onnx_graphs
from ..computing import computing_in, decided, in_float32
from ..encoder import base
from ..network_pipeline import NetworkPipeline
from ..onnx_classifier import PARITY
from ..pipeline import Packed, Plan
from ..shared import device
from ..words.texts import Texts, open_texts
from . import graph, vocabulary
from .settings import MaskedTraining
from .trainer import MaskedTrainer

QUICK = 1_000_000
"""Characters of texts that are cut in a second or two."""
CHARACTERS = 4.5
"""Of a piece, in English."""
FEW_PIECES = 1_000_000
FEW = (
    "About {pieces:,} pieces of words are few: an encoder learns from millions. With fewer, start from one that others "
    "have pretrained (recipe encoder)."
)
LEAST = 20
"""Stretches of texts to learn from."""
TABLES = 16
"""Bytes for a weight: itself, its gradient, two moments."""


class MaskedPipeline(NetworkPipeline[MaskedTraining]):
    """Texts alone; some are held out. The baseline always names the most frequent piece."""

    unit = "stretches"
    exporter = ""
    baseline_message = "counting the pieces"

    texts: Texts
    train: list[str]
    validation: list[str]
    test: list[str]
    tokenizer: Tokenizer
    _parts: dict[str, Ragged] | None = None

    @property
    def source(self) -> Source:
        return self.texts.source

    @property
    def split(self) -> str:
        """The part that the finished model is measured on."""
        return "test" if self.test else "validation"

    def read(self) -> None:
        self.texts = open_texts(self.spec)
        source, used = self.texts.source, self.texts.splits
        train = list(dict.fromkeys(text for text in self.texts if text.strip()))
        seen = set(train)
        held = {
            part: [row.text for row in source.rows(part) if row.text not in seen]
            for part in ("validation", "test")
            if source.published and part in source.splits and part not in used
        }
        self.validation, self.test = held.get("validation", []), held.get("test", [])
        if not self.validation:
            train, self.validation = _held_out(train, self.settings.validation_fraction, self.spec.seed)
        self.train = train

    # ---------------------------------------------------------------------------------------------- preparing

    @property
    def parts(self) -> dict[str, Ragged]:
        """Stretches of ids of each part; cut once, with a vocabulary that the training part alone has given."""
        if self._parts is None:
            settings, folder = self.settings, self.folder
            self.stage("preparing", "learning the vocabulary")
            path = folder / f"tokenizer-{len(self.train)}.json"  # a sample's is another
            self.tokenizer = vocabulary.learn(
                self.train, settings.vocabulary_size, settings.min_count, settings.lowercase, path
            )
            texts = {"train": self.train, "validation": self.validation, "test": self.test}
            self._parts = {part: Ragged.pack(self._cut(rows)) for part, rows in texts.items()}
        return self._parts

    def _cut(self, texts: list[str]) -> list[np.ndarray]:
        rows: list[np.ndarray] = []
        most = self.settings.max_tokens - 1 if self.settings.next_sentence else self.settings.max_tokens
        for start in range(0, len(texts), 1000):
            self.pause()
            encoded = self.tokenizer.encode_batch_fast(texts[start : start + 1000], add_special_tokens=False)
            rows += measure.cut((np.array(entry.ids, np.int32) for entry in encoded), most)
        return rows

    def _questions(self) -> list[measure.Question]:
        part = self.parts[self.split]
        rows = [part[number] for number in range(len(part))]
        return measure.ask(rows, self.tokenizer.get_vocab_size(), self.spec.seed)

    def measure_baseline(self) -> dict[str, Any] | None:
        questions = self._questions()
        return {"name": measure.NAME, "accuracy": measure.most_frequent(questions)} if questions else None

    def prepare(self) -> None:
        parts = self.parts
        if len(parts["train"]) < LEAST or not len(parts["validation"]):
            raise UserError(
                f"{self.source.name} holds {len(parts['train'])} stretches of text to learn from: at least {LEAST} are "
                "needed, and useful encoders need hundreds of thousands."
            )
        settings = self.settings
        self.shape = EncoderShape(
            settings.layers, settings.size, settings.heads, settings.hidden, settings.max_tokens + SIGNS
        )

    def network(self) -> MaskedTrainer:
        import keras

        compute = decided(self.settings.compute)
        self._device = f"{device()}, {compute}"
        keras.utils.set_random_seed(self.spec.seed)
        size = self.tokenizer.get_vocab_size()
        with computing_in(compute):
            network = self.build()
        # Otherwise the first hundreds of steps go into learning how frequent each piece is.
        counts = np.bincount(self.parts["train"].flat, minlength=size) + 0.1
        network.get_layer("scores").bias.assign(np.log(counts / counts.sum()).astype(np.float32))
        parts = self.parts["train"], self.parts["validation"]
        return MaskedTrainer(network, self.settings, *parts, size, **self.loop_arguments())

    def build(self) -> Any:
        settings, size = self.settings, self.tokenizer.get_vocab_size()
        return masked_lm.build(self.shape, size, settings.dropout, settings.next_sentence)

    def plan(self) -> Plan:
        measures = {"accuracy": "masked accuracy", "loss": "loss"}
        if self.settings.next_sentence:
            measures["next"] = "next part"
        examples = {part: len(rows) for part, rows in self.parts.items()}
        parameters = int(self.trainer.model.count_params())
        return Plan(self.trainer.steps, parameters, examples, self._device, measures=measures)

    def size_message(self) -> str:
        train = self.parts["train"]
        return f"{len(train.flat):,} pieces in {len(train):,} stretches, {self.trainer.steps:,} steps an epoch"

    # ---------------------------------------------------------------------------------------------- afterwards

    def pack(self, work: Path) -> Packed:
        settings, network = self.settings, in_float32(self.trainer.model, self.build)
        weights, size = onnx_graphs.by_path(network), self.tokenizer.get_vocab_size()
        files: dict[str, Path | bytes] = {"tokenizer.json": self.tokenizer.to_str().encode()}
        exact = graph.draw(self.shape, weights, size, small=False)
        parity = difference(exact, network, size, self.shape.places - SIGNS)
        if not parity <= PARITY:
            raise UserError(f"ONNX and Keras differ by {parity:.1e}, more than {PARITY:g}: not exported.")
        files["model.onnx"] = exact
        if settings.precision == "int8":
            files["model.onnx"] = graph.draw(self.shape, weights, size, small=True)
        if settings.keep_weights:
            checkpoint.save(work / base.UNROUNDED, {"weights": list(weights.values())}, {"paths": list(weights)})
            files[base.UNROUNDED] = work / base.UNROUNDED
        return Packed(
            task=model.TASK,
            intended="filling blanks in texts like these, and the start of models that are fine-tuned from it.",
            files=files,
            serving={
                "kind": model.TASK,
                "model": "model.onnx",
                "tokenizer": "tokenizer.json",
                "max_tokens": settings.max_tokens,
                "min_tokens": 1,
                "vocabulary": size,
                "vector_size": self.shape.size,
                "precision": settings.precision,
                "lowercase": settings.lowercase,
                "parity": parity,
            },
            data={
                "splits": list(self.texts.splits),
                "examples": {part: len(rows) for part, rows in self.parts.items()},
                "tokens": len(self.parts["train"].flat),
            },
            more={base.TABLE: asdict(self.shape)},
        )

    def measured_on(self) -> str:
        return self.split

    def measure(self, target: Path) -> Report:
        opened = model.open_filler(str(target.absolute()))
        part = self.parts[self.split]
        rows = [part[number] for number in range(len(part))]
        report = measure.report(opened, rows, self.name, self.spec.data, self.split, self.spec.seed)
        return replace(report, floor=None)  # the one that was measured before the start is the run's

    def chosen(self) -> str:
        if self.split == "test":
            return f"The best epoch was chosen on {len(self.parts['validation']):,} stretches; test chose nothing."
        return "There is no test part: the best epoch was chosen on texts of the same part."

    def summary(self, report: Report) -> str:
        return f"masked accuracy {report.metrics['accuracy']:.3f} on {report.split}"

    # ---------------------------------------------------------------------------------------------- pre-flight

    def check_data(self) -> DataCheck:
        checked = corpora.check(self.spec.data, self.spec.text_column, self.spec.label_column)
        pieces = round(self.text_memory() / CHARACTERS)
        # What else it says is of labels.
        return replace(checked, warnings=(FEW.format(pieces=pieces),) if pieces < FEW_PIECES else ())

    def counts(self) -> dict[str, int]:
        """Stretches, from the texts' characters: cutting all of them takes as long as a look may."""
        each = self.settings.max_tokens * CHARACTERS
        parts = {"train": self.train, "validation": self.validation, "test": self.test}
        return {part: sum(max(1, round(len(text) / each)) for text in texts) for part, texts in parts.items()}

    def baseline_is_quick(self) -> bool:
        return self.text_memory() <= QUICK

    def keep_sample(self, most: int) -> None:
        self._parts = None
        self.train, self.validation, self.test = (
            sampled(texts, QUICK, self.spec.seed) for texts in (self.train, self.validation, self.test)
        )

    def text_memory(self) -> int:
        return sum(map(len, self.train))

    def memory(self, total: int) -> int:
        """Ids of all texts, and the rows of pieces that the sample lacks."""
        missing = max(0, self.settings.vocabulary_size - self.tokenizer.get_vocab_size())
        return 4 * total * self.settings.max_tokens + TABLES * missing * self.settings.size

    def facts(self) -> tuple[str, ...]:
        counts = self.counts()
        held = f"{len(self.validation):,} texts validate" + (f", {len(self.test):,} test" if self.test else "")
        return (f"About {counts['train']:,} stretches of {self.settings.max_tokens} pieces to learn from; {held}.",)


def _held_out(texts: list[str], fraction: float, seed: int) -> tuple[list[str], list[str]]:
    """Texts to learn from and others that are held out; where there are very few, of each the end."""
    if len(texts) < 10:
        cuts = [int(len(text) * (1 - fraction)) for text in texts]
        pairs = list(zip(texts, cuts, strict=True))
        return [text[:cut] for text, cut in pairs], [text[cut:] for text, cut in pairs if text[cut:].strip()]
    held = set(np.random.default_rng(seed).permutation(len(texts))[: max(1, round(fraction * len(texts)))].tolist())
    return [t for n, t in enumerate(texts) if n not in held], [t for n, t in enumerate(texts) if n in held]


def sampled(texts: list[str], characters: int, seed: int) -> list[str]:
    """Some of ``texts``, in their order, of about so many characters in all."""
    if sum(map(len, texts)) <= characters:
        return texts
    rows, size = [], 0
    for row in np.random.default_rng(seed).permutation(len(texts)).tolist():
        rows.append(row)
        size += len(texts[row])
        if size > characters:
            break
    return [texts[row][:characters] for row in sorted(rows)]


def difference(exact: bytes, network: Any, vocabulary: int, longest: int) -> float:
    """Largest difference of a logit: exact lengths in ONNX against one padded batch in Keras."""
    rng = np.random.default_rng(0)
    lengths = np.array([min(length, longest) for length in (1, 2, 5, 9, 17, 40)])
    padded = np.zeros((len(lengths), int(lengths.max())), np.int32)
    for row, length in enumerate(lengths.tolist()):
        padded[row, :length] = rng.integers(len(NAMES), vocabulary, length)  # no [SEP], which begins a part
    places = (lengths - 1).astype(np.int32)
    expected = np.asarray(network.predict_on_batch({"ids": padded, "blanks": places[:, None]})["masked"])[:, 0]
    session = open_graph(exact)
    answers = [
        np.asarray(session.run(None, {"ids": padded[row : row + 1, :length], "places": places[row : row + 1]})[0])
        for row, length in enumerate(lengths.tolist())
    ]
    return float(np.abs(np.concatenate(answers) - expected).max())
