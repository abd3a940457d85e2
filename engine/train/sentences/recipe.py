"""The pipeline of skip-thought vectors: from texts to a model that turns sentences into vectors."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Tokenizer

from ....data.errors import UserError
from ....models import skip_thought
from ... import corpora
from ...results import DataCheck, Report
from ...serve.session import open_graph, run_graph
from ...tasks.encoder import measure as correlation
from ...tasks.encoder.model import SENTENCES, open_encoder
from ...text import tokenizer as tok
from .. import onnx_graphs
from ..computing import computing_in, decided, in_float32
from ..language.corpus import LanguageCorpus, open_corpus
from ..network_pipeline import NetworkPipeline
from ..onnx_classifier import PARITY
from ..pipeline import Packed, Plan
from ..shared import device
from . import expansion, graph
from .corpus import SentenceTriples, frequencies, read_sentences, remove_sentences, unigram_perplexity
from .settings import SkipThoughtTraining
from .trainer import SkipThoughtTrainer

FEW = 100_000
FILE, TOKENIZER = "model.onnx", "tokenizer.json"
MEASURED = 2000
"""Sentences of the test part that are predicted, and of the training part whose mean is taken from all vectors."""


class SkipThoughtPipeline(NetworkPipeline[SkipThoughtTraining]):
    """Texts alone, of three sentences or more. Baselines: how frequent words are predicts the neighbours; on STS-B the
    mean of the same run's word vectors."""

    unit = "sentences"
    exporter = ""
    baseline_message = "counting words"

    corpus: LanguageCorpus
    tokenizer: Tokenizer
    _parts: dict[str, SentenceTriples] | None = None
    _most = 0
    """Sentences of each part that are kept; 0: all."""

    @property
    def source(self) -> Any:
        return self.corpus.source

    def read(self) -> None:
        self.corpus = open_corpus(self.spec, self.settings)
        expansion.named(self.settings.expansion, self.source.language)  # said now, not after hours

    # ---------------------------------------------------------------------------------------------- preparing

    @property
    def parts(self) -> dict[str, SentenceTriples]:
        """The sentences of each part; cut once, with a vocabulary that the training part alone has given."""
        if self._parts is None:
            self.tokenizer, self._parts = read_sentences(
                self.corpus, self.settings, self.folder, self.stage, self.pause
            )
        if self._most:
            return {part: sentences.first(self._most) for part, sentences in self._parts.items()}
        return self._parts

    @property
    def vocabulary(self) -> int:
        """Words that the network reads and writes."""
        return self.tokenizer.get_vocab_size()

    def measure_baseline(self) -> dict[str, Any]:
        parts = self.parts
        return {"name": "frequencies of words", "perplexity": round(unigram_perplexity(parts, self.vocabulary), 3)}

    def network(self) -> SkipThoughtTrainer:
        import keras

        parts, compute = self.parts, decided(self.settings.compute)
        self._device = f"{device()}, {compute}"
        keras.utils.set_random_seed(self.spec.seed)
        with computing_in(compute):
            network = self.made()
        # Otherwise the first hundreds of steps go into learning how frequent each word is.
        counts = frequencies(parts["train"], self.vocabulary) + 0.1
        network.scores.bias.assign(np.log(counts / counts.sum()).astype(np.float32)[:, None])
        return SkipThoughtTrainer(network, self.settings, parts["train"], parts["validation"], **self.loop_arguments())

    def made(self) -> skip_thought.SkipThought:
        """The network."""
        counts = frequencies(self.parts["train"], self.vocabulary)
        return skip_thought.build(self.settings, self.vocabulary, counts)

    def plan(self) -> Plan:
        examples = {part: len(sentences) for part, sentences in self.parts.items()}
        parameters = int(self.trainer.model.count_params())
        measures = {"perplexity": "perplexity", "loss": "loss"}
        return Plan(self.trainer.steps, parameters, examples, self._device, measures=measures)

    def size_message(self) -> str:
        train = self.parts["train"]
        words = train.predicted(np.arange(len(train)))
        return f"{len(train):,} sentences, {words:,} words to predict, {self.trainer.steps:,} steps an epoch"

    # ---------------------------------------------------------------------------------------------- afterwards

    def pack(self, work: Path) -> Packed:
        settings, network = self.settings, in_float32(self.trainer.model, self.made)
        weights = graph.encoder_weights(onnx_graphs.by_path(network), network.name)
        mean = self._mean(network)
        exact = graph.draw(weights, mean, small=False)
        parity = self.difference(exact, network, mean)
        if not parity <= PARITY:
            raise UserError(f"ONNX and Keras differ by {parity:.1e}, more than {PARITY:g}: not exported.")
        words, added = tok.words(self.tokenizer), dict[str, Any]()
        if further := self._further(words, weights[graph.ROWS]):
            words += further.words
            weights = {**weights, graph.ROWS: np.concatenate([weights[graph.ROWS], further.rows])}
            added = {"expansion": further.source, "further_words": len(further.words), "expansion_fit": further.fit}
        if added or settings.precision == "int8":
            exact = graph.draw(weights, mean, settings.precision == "int8")
        written = tok.new_tokenizer({word: number for number, word in enumerate(words)})
        train = self.parts["train"]
        return Packed(
            task=SENTENCES,
            intended="vectors of sentences of such texts, to search and to compare by what is written around them.",
            files={FILE: exact, TOKENIZER: written.to_str().encode()},
            serving={
                "kind": SENTENCES,
                "model": FILE,
                "tokenizer": TOKENIZER,
                "max_tokens": settings.max_words,
                "min_tokens": 1,
                "vocabulary": len(words),
                "vector_size": settings.units,
                "precision": settings.precision,
                "lowercase": True,
                "parity": parity,
            },
            data={
                "splits": list(self.corpus.splits),
                "examples": {part: len(sentences) for part, sentences in self.parts.items()},
                "tokens": len(train.ids.flat),
                **added,
            },
        )

    def _further(self, words: list[str], table: np.ndarray) -> expansion.Expansion | None:
        source = expansion.named(self.settings.expansion, self.source.language)
        if not source or not self.settings.extra_words:
            return None
        self.stage("exporting", f"adding words from {source}")
        return expansion.expand(words, table, source, self.settings.extra_words)

    def _mean(self, network: skip_thought.SkipThought) -> np.ndarray:
        """The mean vector ``[units]`` of sentences drawn evenly from the training part."""
        part = self.parts["train"]
        rows = np.unique(np.linspace(0, len(part) - 1, min(MEASURED, len(part))).astype(np.int64))
        total = np.zeros(self.settings.units)
        for start in range(0, len(rows), 100):
            total += _vectors(network, part.padded(rows[start : start + 100])["sentence"]).sum(axis=0, dtype=np.float64)
        return (total / len(rows)).astype(np.float32)

    def difference(self, exact: bytes, network: skip_thought.SkipThought, mean: np.ndarray) -> float:
        """Largest difference of a component: exact lengths in ONNX against padded sentences in Keras."""
        part = self.parts["validation"]
        padded = part.padded(np.arange(min(8, len(part))))["sentence"]
        expected, session = _vectors(network, padded) - mean, open_graph(exact)
        answers = [run_graph(session, ["vectors"], {"ids": row[None, : np.count_nonzero(row)]})[0] for row in padded]
        return float(np.abs(np.concatenate(answers) - expected).max())

    def measured_on(self) -> str:
        return "test"

    def measure(self, target: Path) -> Report:
        test, baseline = self.parts["test"], dict(self.baseline or {})
        metrics = {key: round(value, 4) for key, value in self.trainer.measured(test, MEASURED).items()}
        protocol = (
            f"Perplexity of the words of the neighbours of {min(MEASURED, len(test)):,} sentences, an end of each "
            "counted, by the whole network; the bundle keeps its encoder alone."
        )
        path = correlation.find(correlation.STS_B)
        if path is not None and self.source.language == "en":
            pairs = correlation.read_pairs(path)
            scores = correlation.correlate(open_encoder(str(target.absolute())), pairs)
            metrics |= {"sts_b": round(scores[0], 4), "spearman": round(scores[1], 4)}
            if baseline:
                baseline["name"] += "; on STS-B the mean of its own word vectors"
                baseline["sts_b"] = round(self._by_means(pairs), 4)
            protocol += f" STS-B dev, {len(pairs[2]):,} pairs: {correlation.PROTOCOL}"
        return Report(
            model=self.name,
            data=self.spec.data,
            split="test",
            examples=len(test),
            metrics=metrics,
            floor=baseline or None,
            labels=(),
            confusion=(),
            per_class=(),
            documents=(),
            protocol=protocol,
        )

    def _by_means(self, pairs: correlation.Pairs) -> float:
        """Pearson's r of the cosines of mean vectors: what the words alone say, without their order."""
        table = onnx_graphs.by_path(self.trainer.model)[f"{self.trainer.model.name}/{graph.ROWS}"]

        def means(texts: list[str]) -> np.ndarray:
            ids = tok.encode_all(self.tokenizer, texts)
            rows = np.stack([table[each].mean(axis=0) for each in ids])
            return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)

        return correlation.pearson((means(pairs[0]) * means(pairs[1])).sum(axis=1).astype(np.float64), pairs[2])

    def chosen(self) -> str:
        return f"The best epoch was chosen on {len(self.parts['validation']):,} sentences; test chose nothing."

    def summary(self, report: Report) -> str:
        correlated = f", STS-B r {report.metrics['sts_b']:.3f}" if "sts_b" in report.metrics else ""
        return f"perplexity {report.metrics['perplexity']:.1f} on {report.split}{correlated}"

    def clean(self) -> None:
        remove_sentences(self.folder)

    # ---------------------------------------------------------------------------------------------- pre-flight

    def check_data(self) -> DataCheck:
        checked = corpora.check(self.spec.data, self.spec.text_column, self.spec.label_column)
        few = self.counts()["train"]
        note = (
            f"{few:,} sentences are few: skip-thought vectors learn from hundreds of thousands, of continuous texts. "
            "With so few, the mean of word vectors is as good."
        )
        return replace(checked, warnings=(note,) if few < FEW else ())  # what else it says is of labels

    def counts(self) -> dict[str, int]:
        return {part: len(sentences) for part, sentences in self.parts.items()}

    def baseline_is_quick(self) -> bool:
        return True

    def keep_sample(self, most: int) -> None:
        self._most = most

    def text_memory(self) -> int:
        return sum(4 * len(sentences.ids.flat) for sentences in self.parts.values())

    def memory(self, total: int) -> int:
        return 8 * total

    def facts(self) -> tuple[str, ...]:
        counts = self.counts()
        return (
            f"{counts['train']:,} sentences between two others, {self.vocabulary:,} different words; "
            f"{counts['validation']:,} validate, {counts['test']:,} test.",
        )


def _vectors(network: skip_thought.SkipThought, ids: np.ndarray) -> np.ndarray:
    import keras

    return keras.ops.convert_to_numpy(network.vectors(keras.ops.convert_to_tensor(ids)))
