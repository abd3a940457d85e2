"""What two machines must have alike so that their answers are the same: versions, and the content of models."""

import contextlib
import json
import os
from collections.abc import Mapping
from importlib import metadata
from typing import Any

from ... import __version__
from .. import model_store, trial
from ..results import BundleInfo, JobSpec, StreamCall, UserError
from .chunks import FUNCTIONS

LIBRARIES = ("onnxruntime", "numpy", "tokenizers")
TRAINING = ("keras", "tensorflow", "numpy", "scikit-learn", "tokenizers", "onnxruntime")
Asked = StreamCall | JobSpec
"""What workers are asked for: answers, or a training."""
Terms = Mapping[str, str]
"""What is compared: its name as people read it, and what it is here."""


def terms(call: Asked) -> dict[str, str]:
    """Of this process, for what ``call`` needs. UserError where a model that it names is not here, or where models
    cannot be trained that are to be."""
    if isinstance(call, JobSpec):
        return _training()
    arguments = call.arguments
    named = [str(arguments[key]) for key in ("model", "first", "second") if arguments.get(key)]
    bundles = [model_store.info(name) for name in named] or model_store.listing(FUNCTIONS[call.function].task)
    versions = {"dltext": __version__, **{name: metadata.version(name) for name in LIBRARIES}}
    return versions | {f"the model {bundle.name}": _content(bundle, bool(named)) for bundle in bundles}


def _training() -> dict[str, str]:
    """Of a machine that trains. Models, vectors and data are sent along."""
    from .. import registry

    if problem := registry.training_problem():
        raise UserError(problem)
    backend = os.environ.get("KERAS_BACKEND", "tensorflow")
    versions = {name: _version(name) for name in TRAINING}
    return {"dltext": __version__, "the Keras backend": backend, **versions}


def _version(name: str) -> str:
    """Of a library; TensorFlow has several distributions."""
    for distribution in (name, f"{name}-cpu") if name == "tensorflow" else (name,):
        with contextlib.suppress(metadata.PackageNotFoundError):
            return metadata.version(distribution)
    return ""


def _content(bundle: BundleInfo, named: bool) -> str:
    """A digest of all that it answers with; with the threshold, and whether it answers where none is named."""
    if bundle.problem:
        raise UserError(bundle.problem)
    chosen = [bundle.threshold, None if named else bundle.default]
    return f"{trial.mark(bundle.card)[:12]} {json.dumps(chosen)}"


def difference(here: Terms, there: Terms | UserError, where: str) -> str:
    """How a machine differs from this one, a sentence with a remedy; empty where it does not."""
    if isinstance(there, UserError):
        return f"The worker {where} cannot answer: {there}"
    for name in {**here, **there}:
        mine, other = here.get(name, ""), there.get(name, "")
        if mine == other:
            continue
        if name.startswith("the model "):
            has = "another model that is called" if mine and other else "no model" if mine else "a further model,"
            return (
                f"The worker {where} has {has} {name.removeprefix('the model ')} (or another threshold or default): "
                "copy it there with `dltext models export` and `dltext models import`, or name one with --model that "
                "is the same on both."
            )
        return (
            f"The worker {where} has {name} {other or 'not at all'}, this machine {mine}: install the same version on "
            "both."
        )
    return ""


def described(call: Asked) -> dict[str, Any]:
    """:func:`terms` of a worker, in a form that each version of dltext understands."""
    try:
        return {"terms": terms(call)}
    except UserError as error:
        return {"problem": str(error)}
