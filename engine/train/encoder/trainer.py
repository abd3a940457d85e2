"""Fine-tuning: the classifiers' loop, with a learning rate for each layer (Howard & Ruder 2018, section 3.2)."""

import re
from typing import Any

import keras

from ..classify.loop import NetworkTrainer, compile_classifier

_LAYER = re.compile(r"layer_(\d+)_")


def depth(path: str, layers: int) -> int:
    """How many layers lie between a weight and the output: 0 for the output, the pooler and the last layer."""
    if path.startswith(("logits/", "pooler/")):
        return 0
    layer = _LAYER.match(path)
    return layers - 1 - int(layer[1]) if layer else layers


def freeze(model: keras.Model, frozen_layers: int, freeze_embeddings: bool) -> None:
    """Leave the lowest layers of an encoder as they are, and with them the vectors."""
    for layer in model.layers:
        block = _LAYER.match(layer.name)
        vectors = layer.name in ("pieces", "places", "embedding_norm") and (freeze_embeddings or frozen_layers)
        if vectors or (block and int(block[1]) < frozen_layers):
            layer.trainable = False


def with_rates(optimizer: Any, factors: list[float]) -> Any:
    """An optimiser like ``optimizer``, whose learning rate is multiplied for each trainable weight, in their order."""
    kind = type(optimizer)

    class WithRates(kind):
        def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
            factor = factors[self._get_variable_index(variable)]
            super().update_step(gradient, variable, learning_rate * factor)

    WithRates.__name__ = kind.__name__
    return WithRates.from_config(optimizer.get_config())


class EncoderTrainer(NetworkTrainer):
    """A :class:`~..classify.loop.NetworkTrainer`; by ``layer_decay`` each layer has a learning rate of its own."""

    def compile(self, model: keras.Model, settings: Any, loss: Any) -> None:
        compile_classifier(model, settings, self.objective, loss)
        layers = 1 + max((int(m[1]) for layer in model.layers if (m := _LAYER.match(layer.name))), default=-1)
        factors = [settings.layer_decay ** depth(variable.path, layers) for variable in model.trainable_variables]
        if settings.layer_decay < 1:
            optimizer: Any = with_rates(model.optimizer, factors)
            optimizer.exclude_from_weight_decay(var_names=["bias", "embedding", "gamma", "beta"])
            optimizer.build(model.trainable_variables)
            model.optimizer = optimizer
