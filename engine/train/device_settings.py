"""The setting of what a training computes on, for the recipes whose step can be divided (:mod:`.devices`)."""

from .declaring import setting, settings


@settings()
class Devices:
    devices: int = setting(
        1,
        "Devices",
        "GPUs of this machine that share each batch, every one with all weights; the batch size stays that of the "
        "whole step",
        group="Training",
        minimum=1,
        maximum=64,
        advanced=True,
    )
