"""A step of fine-tuning an encoder: in float32, in bfloat16, and in PyTorch where a Python that has it is named.

    python tests/benchmarks/encoder_training.py [--torch PYTHON] [--json FILE] [--repeats N] [--quick]

The network is that of `encoder-en` (6 layers of 384 units), with random weights; the batches are 32 sentences of
SST-2's train, of about one length each, the same for all. PyTorch's side is encoder_torch.py.
One thread each; CPU seconds.
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from common import HERE, Row, environment, finish, machine, number, options, spread

from dltext.tests import quick

SHAPE = {"layers": 6, "size": 384, "heads": 12, "hidden": 1536, "places": 512}
SMALL = {"layers": 1, "size": 8, "heads": 2, "hidden": 16, "places": 64}
BATCH, SENTENCES = 32, 6_920
WARM = 2
"""Steps before the clock starts: the first ones trace."""


def sentences(made: bool) -> list[str]:
    if made:
        return list(quick.sentences(200))
    from dltext.data.source import open_source

    return [row.text for row in open_source("sst2").rows("train")]


def batches(texts: list[str], count: int) -> list[np.ndarray]:
    """``count`` batches of ids, drawn among those of an epoch."""
    from tokenizers import Tokenizer

    from dltext.engine import model_store
    from dltext.engine.text import tokenizer as tok
    from dltext.engine.text.batching import Ragged, bucketed_batches
    from dltext.engine.train.classify.loop import MULTIPLE

    tokenizer = Tokenizer.from_file(str(model_store.folder_of("encoder-en") / "tokenizer.json"))
    ids = Ragged.pack([row[:126] for row in tok.encode_all(tokenizer, texts)])
    rows = bucketed_batches(ids.lengths, BATCH, np.random.default_rng(0))
    return [ids.padded(rows[number], MULTIPLE) for number in range(min(count, len(rows)))]


def keras_steps(file: str, kind: str, small: bool) -> list[float]:
    """CPU seconds of each step, by the recipe's own loop."""
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    from dltext.engine.text.batching import Ragged
    from dltext.engine.train.computing import computing_in
    from dltext.engine.train.encoder.settings import EncoderTraining
    from dltext.engine.train.encoder.trainer import EncoderTrainer
    from dltext.engine.train.part import LabelledPart
    from dltext.models import encoder
    from dltext.models.encoder_shape import EncoderShape

    with np.load(file) as arrays:
        taken = [arrays[name] for name in arrays.files]
    with computing_in(kind):
        model = encoder.build(EncoderShape(**(SMALL if small else SHAPE)), 30_522, 2, 0.1)
    one = LabelledPart(Ragged.pack([np.ones(3, np.int32)]), np.eye(2, dtype=np.float32)[:1])
    trainer: Any = EncoderTrainer(model, EncoderTraining(), one, one, seed=1)
    seconds = []
    for ids in taken:
        targets = np.eye(2, dtype=np.float32)[np.arange(len(ids)) % 2]
        begun = time.process_time()
        trainer._train_on(ids, targets)
        seconds.append(time.process_time() - begun)
    return seconds[WARM:]


def measured(python: str, *arguments: str) -> list[float]:
    done = subprocess.run([python, *arguments], env=environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(arguments)} failed:\n{done.stderr[-4000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    if sys.argv[1:2] == ["keras"]:
        print(json.dumps(keras_steps(sys.argv[2], sys.argv[3], sys.argv[4] == "small")))
        return

    def more(parser: Any) -> None:
        parser.add_argument("--torch", metavar="PYTHON", help="a Python that has PyTorch")

    chosen = options(__doc__, repeats=30, more=more)
    before = machine()
    size = "small" if chosen.quick else "whole"
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "batches.npz"
        taken = batches(sentences(chosen.quick), chosen.repeats + WARM)
        # Each length traces once: the other batches of its length show what a step costs.
        np.savez(file, *taken)
        script = str(HERE / "encoder_training.py")
        raw = {
            kind: measured(sys.executable, script, "keras", str(file), kind, size) for kind in ("float32", "bfloat16")
        }
        if chosen.torch:
            # -P: profile.py of this folder is not the standard library's, which PyTorch imports.
            raw["torch"] = measured(chosen.torch, "-P", str(HERE / "encoder_torch.py"), str(file), size)
    medians = {side: spread(values)["median"] for side, values in raw.items()}
    torch = medians.get("torch")
    rows = [
        Row(
            f"a step of {BATCH} sentences in {kind}",
            "s CPU",
            medians[kind],
            torch,
            torch / medians[kind] if torch else None,
            "≤ PyTorch's",
            medians[kind] <= torch if torch else None,
            f"an epoch of {SENTENCES:,}: {number(medians[kind] * SENTENCES / BATCH)} s",
        )
        for kind in ("float32", "bfloat16")
    ]
    finish("encoder_training", rows, raw, chosen, before)


if __name__ == "__main__":
    main()
