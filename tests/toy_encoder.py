"""Small encoders of random weights, written as model hubs hand them out, and what they answer, computed with numpy.

``reference`` is a forward pass of its own: from their names and their numbering, place by place as the papers have it.
"""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np

LAYERS, SIZE, HEADS, HIDDEN, PLACES = 2, 16, 4, 24, 64
WORDS = (
    "the", "film", "plot", "cast", "is", "was", "warm", "clever", "dull", "tired", "long", "short", "and", "really",
    "not", "one", "two", "wonderful", "moving", "clumsy", "hollow", "again",
)  # fmt: skip
KINDS = ("bert", "e5", "roberta", "xlm-r")


def write(folder: Path, kind: str = "bert", seed: int = 0) -> Path:
    """An encoder of a family in ``folder``: BERT with a pooler and a prefix, E5 without both, RoBERTa, XLM-R."""
    from safetensors.numpy import save_file

    folder.mkdir(parents=True, exist_ok=True)
    rules = {"bert": wordpiece, "e5": wordpiece, "roberta": byte_pairs, "xlm-r": unigram}[kind]()
    (folder / "tokenizer.json").write_text(json.dumps(rules))
    bert = kind in ("bert", "e5")
    count = 1 + max(entry["id"] for entry in rules["added_tokens"])
    vocabulary = rules["model"]["vocab"]
    count = max(count, len(vocabulary))
    config = {
        "model_type": {"bert": "bert", "e5": "bert", "roberta": "roberta", "xlm-r": "xlm-roberta"}[kind],
        "num_hidden_layers": LAYERS,
        "hidden_size": SIZE,
        "num_attention_heads": HEADS,
        "intermediate_size": HIDDEN,
        "max_position_embeddings": PLACES + (0 if bert else 2),
        "type_vocab_size": 2 if bert else 1,
        "vocab_size": count,
        "hidden_act": "gelu",
        "layer_norm_eps": 1e-12 if bert else 1e-5,
    }
    (folder / "config.json").write_text(json.dumps(config))
    prefix = {"bert": "bert.", "e5": "", "roberta": "roberta.", "xlm-r": "roberta."}[kind]
    save_file(
        {prefix + name: value for name, value in _weights(config, kind, seed).items()}, folder / "model.safetensors"
    )
    return folder


def _weights(config: dict[str, Any], kind: str, seed: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)

    def some(*shape: int) -> np.ndarray:
        return rng.normal(0, 0.3, shape).astype(np.float32)

    weights = {
        "embeddings.word_embeddings.weight": some(config["vocab_size"], SIZE),
        "embeddings.position_embeddings.weight": some(config["max_position_embeddings"], SIZE),
        "embeddings.token_type_embeddings.weight": some(config["type_vocab_size"], SIZE),
    }

    def norm(name: str) -> None:
        weights[f"{name}.weight"], weights[f"{name}.bias"] = 1 + some(SIZE), some(SIZE)

    def dense(name: str, inputs: int, outputs: int) -> None:
        weights[f"{name}.weight"], weights[f"{name}.bias"] = some(outputs, inputs), some(outputs)

    norm("embeddings.LayerNorm")
    for number in range(LAYERS):
        layer = f"encoder.layer.{number}."
        for part in ("self.query", "self.key", "self.value", "output.dense"):
            dense(f"{layer}attention.{part}", SIZE, SIZE)
        norm(f"{layer}attention.output.LayerNorm")
        dense(f"{layer}intermediate.dense", SIZE, HIDDEN)
        dense(f"{layer}output.dense", HIDDEN, SIZE)
        norm(f"{layer}output.LayerNorm")
    if kind == "bert":
        dense("pooler.dense", SIZE, SIZE)
    return weights


def _added(signs: dict[str, int]) -> list[dict[str, Any]]:
    flags = {"special": True, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False}
    return [{"id": number, "content": name, **flags} for name, number in signs.items()]


def wordpiece() -> dict[str, Any]:
    """BERT's numbering: padding first, the other signs at 100, what is not used between."""
    signs = {"[PAD]": 0, "[UNK]": 100, "[CLS]": 101, "[SEP]": 102, "[MASK]": 103}
    letters = [*"abcdefghijklmnopqrstuvwxyz.,!?"]
    pieces = [*letters, *(f"##{letter}" for letter in letters[:26]), *WORDS, "##s", "##ed"]
    unused = {f"[unused{n}]": n for n in range(1, 100)}
    vocabulary = signs | unused | {piece: n for n, piece in enumerate(dict.fromkeys(pieces), start=104)}
    return {
        "version": "1.0",
        "truncation": {"max_length": 8, "strategy": "LongestFirst", "stride": 0, "direction": "Right"},
        "padding": None,
        "added_tokens": _added(signs),
        "normalizer": {
            "type": "BertNormalizer",
            "clean_text": True,
            "handle_chinese_chars": True,
            "strip_accents": None,
            "lowercase": True,
        },
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": {"type": "BertProcessing", "sep": ["[SEP]", 102], "cls": ["[CLS]", 101]},
        "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True},
        "model": {
            "type": "WordPiece",
            "unk_token": "[UNK]",
            "continuing_subword_prefix": "##",
            "max_input_chars_per_word": 100,
            "vocab": vocabulary,
        },
    }


def byte_pairs() -> dict[str, Any]:
    """RoBERTa's: bytes and what was merged of them, as tokenizers trains it, the mask at the end."""
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)  # type: ignore[assignment]
    trainer = trainers.BpeTrainer(
        vocab_size=330,
        special_tokens=["<s>", "<pad>", "</s>", "<unk>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator([" ".join(WORDS)] * 3, trainer)
    tokenizer.add_special_tokens(["<mask>"])
    return json.loads(tokenizer.to_str())


def unigram() -> dict[str, Any]:
    """XLM-R's: pieces with scores, the mask beyond them."""
    signs = {"<s>": 0, "<pad>": 1, "</s>": 2, "<unk>": 3}
    pieces = [f"▁{word}" for word in WORDS] + ["▁", *"abcdefghijklmnopqrstuvwxyz.,!?"]
    vocabulary = [[name, 0.0] for name in signs] + [[piece, -2.0 - 0.1 * n] for n, piece in enumerate(pieces)]
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": _added(signs | {"<mask>": len(vocabulary)}),
        "normalizer": {"type": "Sequence", "normalizers": [{"type": "NFKC"}]},
        "pre_tokenizer": {
            "type": "Sequence",
            "pretokenizers": [
                {"type": "WhitespaceSplit"},
                {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True},
            ],
        },
        "post_processor": None,
        "decoder": None,
        "model": {"type": "Unigram", "unk_id": 3, "vocab": vocabulary, "byte_fallback": False},
    }


def reference(folder: Path, ids: list[int], pooling: str = "mean") -> np.ndarray:
    """The vector ``[size]`` of a text from the files alone; ``ids`` as their tokenizer numbers them, with the signs."""
    from safetensors.numpy import load_file

    config = json.loads((folder / "config.json").read_text())
    stored = load_file(folder / "model.safetensors")
    prefix = next(name for name in stored if name.endswith("word_embeddings.weight"))
    prefix = prefix.removesuffix("embeddings.word_embeddings.weight")
    get = {name.removeprefix(prefix): value.astype(np.float64) for name, value in stored.items()}
    first = 0 if config["model_type"] == "bert" else 2

    def norm(x: np.ndarray, name: str) -> np.ndarray:
        centred = x - x.mean(-1, keepdims=True)
        spread = np.sqrt((centred**2).mean(-1, keepdims=True) + config["layer_norm_eps"])
        return centred / spread * get[f"{name}.weight"] + get[f"{name}.bias"]

    def dense(x: np.ndarray, name: str) -> np.ndarray:
        return x @ get[f"{name}.weight"].T + get[f"{name}.bias"]

    x = np.stack(
        [
            get["embeddings.word_embeddings.weight"][piece]
            + get["embeddings.position_embeddings.weight"][place + first]
            + get["embeddings.token_type_embeddings.weight"][0]
            for place, piece in enumerate(ids)
        ]
    )
    x = norm(x, "embeddings.LayerNorm")
    width = SIZE // HEADS
    for number in range(LAYERS):
        layer = f"encoder.layer.{number}."
        q, k, v = (dense(x, f"{layer}attention.self.{part}") for part in ("query", "key", "value"))
        heads = []
        for head in range(HEADS):
            columns = slice(head * width, (head + 1) * width)
            scores = q[:, columns] @ k[:, columns].T / math.sqrt(width)
            weights = np.exp(scores - scores.max(-1, keepdims=True))
            heads.append(weights / weights.sum(-1, keepdims=True) @ v[:, columns])
        x = norm(
            x + dense(np.concatenate(heads, -1), f"{layer}attention.output.dense"), f"{layer}attention.output.LayerNorm"
        )
        inner = dense(x, f"{layer}intermediate.dense")
        inner = inner * 0.5 * (1 + np.vectorize(math.erf)(inner / math.sqrt(2)))
        x = norm(x + dense(inner, f"{layer}output.dense"), f"{layer}output.LayerNorm")
    if pooling == "cls":
        return np.tanh(dense(x[0], "pooler.dense"))
    return x[0] if pooling == "first" else x.mean(0)
