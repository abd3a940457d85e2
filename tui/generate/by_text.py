"""Which model continues a text for which none was chosen: one of the text's script, by the reader's last choice."""

import re
from collections.abc import Mapping
from typing import Any

from ...engine.results import BundleInfo
from ..kit.model_choice import default

PREFERENCE = "generate"
LOOKED_AT = 2_000
"""Characters at the end of a text that tell its script."""
_HAN, _LETTER = re.compile(r"[\u3400-\u9fff]"), re.compile(r"[^\W\d_]")
CHINESE, OTHER = "zh", "other"


def script_of(text: str) -> str:
    """``zh`` where a third of the letters at the end of ``text`` are Chinese characters; empty where there are none."""
    end = text[-LOOKED_AT:]
    letters = len(_LETTER.findall(end))
    if not letters:
        return ""
    return CHINESE if 3 * len(_HAN.findall(end)) >= letters else OTHER


def script_of_model(info: BundleInfo) -> str:
    """That of the texts that a model has learnt from."""
    return CHINESE if info.language.startswith("zh") else OTHER


def model_for(infos: Mapping[str, BundleInfo], text: str, chosen: Mapping[str, str]) -> str | None:
    """The model that continues ``text``: of its script the one ``chosen`` (by script), else the default, else the
    first; where none is of its script, the default of all. A text without letters is taken for one of no Chinese."""
    script = script_of(text) or OTHER
    fitting = {name: info for name, info in infos.items() if script_of_model(info) == script}
    if not fitting:
        return default(dict(infos))
    if chosen.get(script) in fitting:
        return chosen[script]
    return default(fitting)


def choices_in(preferences: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, Any]]:
    """What was remembered: the model for each script, and the fields; none where nothing was, or it was damaged."""
    stored = preferences.get(PREFERENCE)
    models, fields = (stored.get(key) for key in ("models", "fields")) if isinstance(stored, dict) else (None, None)
    return (
        {str(script): str(name) for script, name in models.items()} if isinstance(models, dict) else {},
        dict(fields) if isinstance(fields, dict) else {},
    )
