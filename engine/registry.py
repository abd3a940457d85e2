"""The table: recipe -> task, settings, network. Names are lazy import paths, so reading the table imports nothing.

A new recipe is a row here, a model file, a task file and a row of the contract test.
"""

import dataclasses
import importlib
import importlib.util
from dataclasses import dataclass
from typing import Any, get_type_hints

from .results import Field, JobSpec, RecipeInfo, UserError


@dataclass(frozen=True)
class Recipe:
    """A row of the table; ``settings``, ``build``, ``train`` and ``preflight`` are ``module:name`` below the package.

    ``train(spec, folder, emit, should_stop)`` does what :func:`~dltext.engine.train.run.execute` promises and
    ``preflight(spec)`` returns a Preflight; ``build`` makes the network of those that train by the classifiers' way.
    """

    name: str
    task: str
    label: str
    help: str
    source: str
    settings: str
    build: str = ""
    train: str = "engine.train.run:train"
    preflight: str = "engine.train.preflight:preflight"


RECIPES: dict[str, Recipe] = {
    row.name: row
    for row in (
        Recipe(
            "text-cnn",
            "classify",
            "Text-CNN",
            "Convolutions of several heights over word vectors, the largest of each kept. Fast, strong on short texts.",
            "Kim 2014, Convolutional neural networks for sentence classification",
            "engine.train.settings:TextCNN",
            "models.text_cnn:build",
        ),
        Recipe(
            "lstm",
            "classify",
            "LSTM",
            "A recurrent network reads word by word; the mean of its states decides. Slower, knows word order.",
            "Hochreiter & Schmidhuber 1997, Long short-term memory",
            "engine.train.settings:LSTMClassifier",
            "models.lstm_classifier:build",
        ),
        Recipe(
            "word2vec-gensim",
            "words",
            "word2vec",
            "Words become vectors that predict the words around them; skip-gram or CBOW. The fastest on processors.",
            "Mikolov et al. 2013, Distributed representations of words and phrases and their compositionality",
            "engine.train.settings_words:Word2VecGensim",
            train="engine.train.words.gensim_recipe:train",
            preflight="engine.train.words.preflight:preflight",
        ),
        Recipe(
            "word2vec-skipgram",
            "words",
            "Skip-gram (Keras)",
            "A word foretells each word around it, told from random ones; one table of vectors or two. Uses a GPU.",
            "Mikolov et al. 2013, Distributed representations of words and phrases and their compositionality",
            "engine.train.settings_words_keras:SkipGramKeras",
            "models.word2vec:build_skipgram",
            train="engine.train.words.keras_recipe:train",
            preflight="engine.train.words.keras_recipe:preflight",
        ),
        Recipe(
            "word2vec-cbow",
            "words",
            "CBOW (Keras)",
            "The words around a word foretell it, among all words (small vocabularies) or told from random ones.",
            "Mikolov et al. 2013, Efficient estimation of word representations in vector space",
            "engine.train.settings_words_keras:CBOWKeras",
            "models.word2vec:build_cbow",
            train="engine.train.words.keras_recipe:train",
            preflight="engine.train.words.keras_recipe:preflight",
        ),
        Recipe(
            "paragraph-vectors",
            "paragraphs",
            "Paragraph vectors",
            "Texts become vectors that predict their words; for finding texts by meaning. PV-DBOW, PV-DM, or both.",
            "Le & Mikolov 2014, Distributed representations of sentences and documents",
            "engine.train.settings_paragraph:ParagraphTraining",
            train="engine.train.words.paragraph:train",
            preflight="engine.train.words.paragraph_preflight:preflight",
        ),
        Recipe(
            "self-attention",
            "profile",
            "Self-attention",
            "An LSTM reads windows of sentences, several hops of attention say what counts; several outputs at once.",
            "Lin et al. 2017, A structured self-attentive sentence embedding",
            "engine.train.settings_profile:SelfAttention",
            "models.self_attention:build",
            train="engine.train.profile.recipe:train",
            preflight="engine.train.profile.preflight:preflight",
        ),
        Recipe(
            "seq2seq-attention",
            "translate",
            "Attention translator",
            "One recurrent network reads, another writes and looks back at each word; six ways to look, or none.",
            "Bahdanau et al. 2015, Neural machine translation by jointly learning to align and translate; Luong et al. "
            "2015, Effective approaches to attention-based neural machine translation",
            "engine.train.settings_translate:Seq2Seq",
            "models.seq2seq:build",
            train="engine.train.translate.recipe:train",
            preflight="engine.train.translate.recipe:preflight",
        ),
        Recipe(
            "seq2seq-char",
            "translate",
            "Letter translator",
            "One LSTM reads letter by letter and hands its state to another that writes: the simplest there is.",
            "Sutskever et al. 2014, Sequence to sequence learning with neural networks",
            "engine.train.settings_translate:Seq2SeqChar",
            "models.seq2seq:build",
            train="engine.train.translate.recipe:train",
            preflight="engine.train.translate.recipe:preflight",
        ),
        Recipe(
            "seq2seq-word",
            "translate",
            "Word translator",
            "The same over whole words, without attention; all that is known of the source is one state.",
            "Cho et al. 2014, Learning phrase representations using RNN encoder-decoder",
            "engine.train.settings_translate:Seq2SeqWord",
            "models.seq2seq:build",
            train="engine.train.translate.recipe:train",
            preflight="engine.train.translate.recipe:preflight",
        ),
        Recipe(
            "transformer",
            "translate",
            "Transformer",
            "Attention alone reads and writes; wants more pairs and more time than a recurrent network.",
            "Vaswani et al. 2017, Attention is all you need",
            "engine.train.settings_translate:Transformer",
            "models.transformer:build",
            train="engine.train.translate.recipe:train",
            preflight="engine.train.translate.recipe:preflight",
        ),
        Recipe(
            "title-copy",
            "title",
            "Titles",
            "One recurrent network reads a text, another writes its title and may copy words that it does not know.",
            "See et al. 2017, Get to the point: summarization with pointer-generator networks; Meng et al. 2017, Deep "
            "keyphrase generation",
            "engine.train.settings_title:TitleCopy",
            "models.title_generator:build",
            train="engine.train.title.recipe:train",
            preflight="engine.train.title.recipe:preflight",
        ),
    )
}

UNLABELLED = frozenset({"words", "paragraphs"})
"""Tasks that learn from texts alone."""

DEFAULT_BUNDLE = {"sentiment": "sentiment-en-cnn", "words": "words-en", "profile": "profile-en"}
"""Task to the shipped bundle that answers until the user chooses another."""


def get(name: str) -> Recipe:
    """A row by name; UserError naming those there are."""
    if name not in RECIPES:
        raise UserError(f"There is no recipe {name!r}; there are: {', '.join(RECIPES)}.")
    return RECIPES[name]


def load(path: str) -> Any:
    """Import what ``module:name`` (below this package) names."""
    module, _, name = path.partition(":")
    package = __package__.rpartition(".")[0] if __package__ else "dltext"
    return getattr(importlib.import_module(f"{package}.{module}"), name)


def fields(recipe: str) -> tuple[Field, ...]:
    """The recipe's hyper-parameters, in the order of the form."""
    settings = load(get(recipe).settings)
    hints = get_type_hints(settings)
    rows = []
    for entry in dataclasses.fields(settings):
        meta = dict(entry.metadata)
        kind = meta.pop("kind") or ("choice" if meta["choices"] else hints[entry.name].__name__)
        rows.append(Field(name=entry.name, kind=kind, default=entry.default, **meta))
    # What belongs to this recipe alone comes before what all share.
    shared = (
        {entry.name for entry in dataclasses.fields(settings.__mro__[1])}
        if settings.__mro__[1] is not object
        else set()
    )
    order = {"Model": 0, "Data": 1, "Training": 2}
    return tuple(sorted(rows, key=lambda row: (order.get(row.group, 9), row.name in shared)))


def recipes(task: str | None = None) -> list[RecipeInfo]:
    return [
        RecipeInfo(row.name, row.task, row.label, row.help, row.source, fields(row.name))
        for row in RECIPES.values()
        if task in (None, row.task) or (task == "sentiment" and row.task == "classify")
    ]


def _convert(field: Field, value: Any) -> Any:
    """``value`` (from a form, a file or the command line) as the field's type, within its bounds."""
    problem = None
    try:
        if field.kind == "bool":
            value = (
                value
                if isinstance(value, bool)
                else {
                    "true": True,
                    "yes": True,
                    "1": True,
                    "on": True,
                    "false": False,
                    "no": False,
                    "0": False,
                    "off": False,
                }[str(value).strip().lower()]
            )
        elif field.kind == "int":
            value = int(float(value)) if float(value) == int(float(value)) else 1 / 0
        elif field.kind == "float":
            value = float(value)
        else:
            value = str(value)
    except (KeyError, ValueError, ZeroDivisionError, OverflowError):
        kind = {"bool": "yes or no", "int": "a whole number", "float": "a number"}[field.kind]
        problem = f"must be {kind}, not {value!r}"
    if not problem and field.choices and value not in field.choices:
        problem = f"must be one of {', '.join(field.choices)}, not {value!r}"
    if not problem and field.kind in ("int", "float"):
        low, high = field.minimum, field.maximum
        if value != value or (low is not None and value < low) or (high is not None and value > high):
            problem = f"must lie between {low:g} and {high:g}, not {value:g}"
    if problem:
        raise UserError(f"{field.label} ({field.name}) {problem}.")
    return value


def settings_of(recipe: str, values: dict[str, Any]) -> Any:
    """The recipe's settings dataclass from ``values``; UserError for an unknown key or a value out of bounds."""
    known = {field.name: field for field in fields(recipe)}
    for key in values:
        if key not in known:
            raise UserError(f"The recipe {recipe} has no setting {key!r}; it has: {', '.join(sorted(known))}.")
    settings = load(get(recipe).settings)(**{key: _convert(known[key], value) for key, value in values.items()})
    try:
        settings.check()
    except ValueError as error:
        raise UserError(f"{str(error)[0].upper()}{str(error)[1:]}.") from error
    return settings


def validate(spec: JobSpec) -> JobSpec:
    """The spec with every setting filled in and converted. Specs that train nothing pass through."""
    if spec.kind == "evaluate":
        return spec
    settings = settings_of(spec.recipe, spec.settings)
    if spec.kind == "cross-validate" and get(spec.recipe).task != "classify":
        why = "learns without labels" if get(spec.recipe).task in UNLABELLED else "learns several attributes at once"
        raise UserError(f"The recipe {spec.recipe} {why} and cannot be cross-validated: train it instead.")
    if not spec.data.strip():
        raise UserError("No data: name a card (see `dltext data list`) or a file.")
    if get(spec.recipe).task == "classify":
        _refuse_unlabelled(spec)
    if spec.kind == "cross-validate" and not 2 <= spec.folds <= 100:
        raise UserError(f"Folds must lie between 2 and 100, not {spec.folds}.")
    return dataclasses.replace(spec, settings=dataclasses.asdict(settings))


def _refuse_unlabelled(spec: JobSpec) -> None:
    """UserError where a card says that its texts have no labels; a file is only known once it is read."""
    from ..data.cards import find_card

    card = find_card(spec.data)
    if card is not None and not card.labels:
        others = [row.name for row in RECIPES.values() if row.task in UNLABELLED]
        raise UserError(
            f"{spec.data} has no labels, and {spec.recipe} needs them: choose data with labels, or learn vectors from "
            f"these texts with {', '.join(others[:-1])} or {others[-1]}."
        )


def training_problem() -> str | None:
    """None where models can be trained, else how to get there; looks for packages without importing them."""
    missing = [name for name in ("keras", "sklearn", "onnx", "tf2onnx") if importlib.util.find_spec(name) is None]
    if not any(importlib.util.find_spec(name) for name in ("tensorflow", "jax", "torch")):
        missing.append("tensorflow")
    if not missing:
        return None
    return (
        f"Training needs packages that are not installed ({', '.join(missing)}): "
        "pip install 'dltext[train]' (with an NVIDIA GPU: 'dltext[gpu]')."
    )
