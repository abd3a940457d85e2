"""The ONNX graph of a masked language model: the encoder's, and a score for each piece at one place of each text."""

import numpy as np

from ....models.encoder_shape import EncoderShape
from ..encoder.graph import Drawing, Weights, finish, states


def draw(shape: EncoderShape, weights: Weights, vocabulary: int, small: bool) -> bytes:
    """int32 ``ids [batch, n]`` without signs or padding, and ``places [batch]`` in them, to ``logits [batch,
    vocabulary]``. ``weights`` are those of :func:`~dltext.models.masked_lm.build`."""
    drawing = Drawing(weights, small)
    do, constant = drawing.do, drawing.constant
    x = states(drawing, shape)
    # [CLS] stands before the text. `one` is the index 1 that the encoder cuts with.
    columns = do("Add", do("Cast", "places", to=7), constant("one", [1], np.int64))
    rows = do("Range", constant("start", 0, np.int64), do("Gather", do("Shape", "places"), "start", axis=0),
              constant("step", 1, np.int64))  # fmt: skip
    last = constant("last", [-1], np.int64)
    where = do("Concat", do("Unsqueeze", rows, last), do("Unsqueeze", columns, last), axis=1)  # [batch, 2]
    asked = drawing.gelu(drawing.dense(do("GatherND", x, where), "ask"))
    asked = drawing.norm(asked, "ask_norm", shape.epsilon)
    logits = drawing.scores(asked, "pieces/embeddings", "scores/bias")
    return finish(drawing, {"ids": ["batch", "length"], "places": ["batch"]}, logits, "logits", vocabulary)
