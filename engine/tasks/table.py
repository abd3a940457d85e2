"""Two tables: TASKS, a row a task, and RECIPES, a row a recipe. Paths in them are imported when they are needed.

A new task is a folder on each floor and a row here; a new recipe is a row here, a model file and a row of the contract
test. No other module compares the names of tasks: what differs between them stands in their rows. Recipes that the user
brings are rows of the same kind, see :mod:`..plugins`.
"""

import importlib
from dataclasses import dataclass, replace
from typing import Any

from ..results import TaskInfo

CLASSIFIER = "engine.train.classify.recipe:ClassifierPipeline"


@dataclass(frozen=True, kw_only=True)
class Task(TaskInfo):
    """A row of the table; paths are ``module:name`` below the package."""

    warm: str
    """``warm_up(model)``: load a bundle and let it answer once."""
    trial: str
    """``exert(model)``: let a bundle do the most that it can be asked for; see :mod:`~dltext.engine.trial_process`."""
    measure: str
    """``evaluate(model, data, …)``: measure a bundle on a data set; see :mod:`~dltext.engine.tasks.measuring`."""
    serving: str = ""
    """``module:name`` of what ``[serving]`` of a card holds otherwise than :data:`~dltext.engine.card_schema.SERVING`
    says; empty: nothing."""
    default: str = ""
    """The shipped bundle that answers until the user chooses another."""
    languages: tuple[str, ...] = ()
    """Keys of ``[serving]`` that divide the bundles of a task: each pair, or language, has a default of its own."""
    trained_as: str = ""
    """The task whose recipes make such bundles, where it has none of its own."""
    undivided: str = ""
    """Why its recipes cannot be cross-validated; empty: they can."""
    learner: str = ""
    """What learns it, for people: ``a translator``, without the article."""
    baseline: str = ""
    """The recipe whose model is the baseline of the others; empty where that is no model."""
    two_texts: bool = False
    """Whether a training needs two texts at least, however long they are."""


PAIRS = "learns from pairs"
TEXTS = "learns without labels"

TASKS: dict[str, Task] = {
    row.name: row
    for row in (
        Task(
            name="classify",
            label="Classify texts",
            data="labels",
            place="analyse",
            card="labels",
            card_title="Classifier",
            command='classify --model {model} "…"',
            warm="engine.tasks.classify.ready:warm_up",
            trial="engine.tasks.classify.ready:exert",
            measure="engine.tasks.classify.measure:evaluate",
            baseline="tfidf-linear",
        ),
        Task(
            name="sentiment",
            label="Sentiment",
            data="labels",
            place="analyse",
            card="labels",
            command='classify --model {model} "…"',
            warm="engine.tasks.classify.ready:warm_up",
            trial="engine.tasks.classify.ready:exert",
            measure="engine.tasks.classify.measure:evaluate",
            default="sentiment-en-cnn",
            baseline="tfidf-linear",
            trained_as="classify",
        ),
        Task(
            name="words",
            label="Word vectors",
            data="texts",
            place="words",
            command="similar WORD --model {model}",
            search="mean",
            vectors=True,
            measures_by_title=True,
            warm="engine.tasks.words.answer:warm_up",
            trial="engine.tasks.words.ready:exert",
            measure="engine.tasks.words.measure:evaluate",
            default="words-en",
            undivided=TEXTS,
        ),
        Task(
            name="paragraphs",
            label="Paragraph vectors",
            data="texts",
            place="search",
            command='search --method paragraph --model {model} --data {data} "…"',
            search="paragraph",
            warm="engine.tasks.search.paragraph_model:load",
            trial="engine.tasks.search.ready:exert",
            measure="engine.tasks.classify.measure:evaluate",
            undivided=TEXTS,
            two_texts=True,
        ),
        Task(
            name="encoder",
            label="Encoders",
            data="texts",
            place="search",
            command='embed --model {model} "…"',
            search="encoder",
            embeds=True,
            warm="engine.tasks.encoder.ready:warm_up",
            trial="engine.tasks.encoder.ready:exert",
            measure="engine.tasks.encoder.measure:evaluate",
            undivided=TEXTS,
        ),
        Task(
            name="fill",
            label="Missing words",
            data="texts",
            place="analyse",
            card="fill",
            card_title="Missing words",
            command='fill --model {model} "…"',
            warm="engine.tasks.fill.ready:warm_up",
            trial="engine.tasks.fill.ready:exert",
            measure="engine.tasks.fill.measure:evaluate",
            undivided=TEXTS,
        ),
        Task(
            name="profile",
            label="Author profiling",
            data="authors",
            place="authors",
            card="profile",
            card_title="Author",
            command='profile --model {model} "…"',
            measures_by_title=True,
            warm="engine.tasks.profile.ready:warm_up",
            trial="engine.tasks.profile.ready:exert",
            measure="engine.tasks.profile.measure:evaluate",
            default="profile-en",
            undivided="learns several attributes at once",
        ),
        Task(
            name="translate",
            label="Translation",
            data="pairs",
            place="translate",
            card="translation",
            command='translate --model {model} "…"',
            warm="engine.tasks.translate.ready:warm_up",
            trial="engine.tasks.translate.ready:exert",
            measure="engine.tasks.translate.measure:evaluate",
            serving="engine.tasks.translate.serving:FIELDS",
            languages=("source", "target"),
            undivided=PAIRS,
            learner="translator",
        ),
        Task(
            name="title",
            label="Titles",
            data="titled",
            place="titles",
            card="title",
            command='title --model {model} "…"',
            warm="engine.tasks.title.ready:warm_up",
            trial="engine.tasks.title.ready:exert",
            measure="engine.tasks.title.measure:evaluate",
            serving="engine.tasks.title.serving:FIELDS",
            default="title-en",
            languages=("language",),
            undivided=PAIRS,
            learner="title generator",
        ),
    )
}


def find_task(name: str) -> Task:
    """The row of a task. Whoever trains on labels may call what they tell as he likes: any other name is one of
    :data:`TASKS`' ``classify``."""
    row = TASKS.get(name)
    return row if row is not None else replace(TASKS["classify"], name=name, label=name.capitalize(), card_title="")


def load(path: Any) -> Any:
    """Import what ``module:name`` (below this package) names; what is no path is the very thing."""
    if not isinstance(path, str):
        return path
    module, _, name = path.partition(":")
    return getattr(importlib.import_module(f"{__name__.partition('.engine.')[0]}.{module}"), name)


@dataclass(frozen=True)
class Recipe:
    """A row of the table. ``settings``, ``build``, ``pipeline`` and ``loss`` are ``module:name`` (in this package's own
    rows below the package, in those of the user in full), or the very thing.

    ``settings`` is a dataclass of hyper-parameters. ``build(settings, vocabulary_size, classes, vectors=None,
    mask=True)`` makes the network of a classifier: ids ``[batch, length]`` to logits ``[batch, classes]``, whose layer
    is called ``logits``. ``pipeline`` is a subclass of :class:`~dltext.engine.train.pipeline.Pipeline`.
    ``loss(settings)`` gives the Keras loss of targets and logits that a classifier learns by; none is cross-entropy.
    """

    name: str
    task: str
    label: str
    help: str
    source: str
    settings: Any
    build: Any = ""
    pipeline: Any = CLASSIFIER
    loss: Any = ""


RECIPES: dict[str, Recipe] = {
    row.name: row
    for row in (
        Recipe(
            "text-cnn",
            "classify",
            "Text-CNN",
            "Convolutions of several widths over word vectors with max-over-time pooling. Fast; strong on short texts.",
            "Kim 2014, Convolutional neural networks for sentence classification",
            "engine.train.classify.settings:TextCNN",
            "models.text_cnn:build",
        ),
        Recipe(
            "lstm",
            "classify",
            "LSTM",
            "A recurrent network over word vectors, its states pooled. Slower than Text-CNN; sensitive to word order.",
            "Hochreiter & Schmidhuber 1997, Long short-term memory",
            "engine.train.classify.settings:LSTMClassifier",
            "models.lstm_classifier:build",
        ),
        Recipe(
            "tfidf-linear",
            "classify",
            "TF-IDF + linear",
            "Words and pairs of words, weighted by how rare they are, and a linear SVM. Trains in seconds, is hard to "
            "beat on little data, and is the baseline of the others.",
            "Wang & Manning 2012, Baselines and bigrams: simple, good sentiment and topic classification",
            "engine.train.settings:TfidfLinear",
            pipeline="engine.train.classify.linear_recipe:LinearPipeline",
        ),
        Recipe(
            "encoder",
            "classify",
            "Encoder",
            "A pretrained encoder, fine-tuned on your texts in minutes. The most accurate, above all with few texts.",
            "Devlin et al. 2019, BERT: pre-training of deep bidirectional transformers for language understanding",
            "engine.train.encoder.settings:EncoderTraining",
            pipeline="engine.train.encoder.recipe:EncoderPipeline",
        ),
        Recipe(
            "word2vec-gensim",
            "words",
            "word2vec",
            "Word vectors by skip-gram or CBOW, trained by gensim. The fastest on CPUs.",
            "Mikolov et al. 2013, Distributed representations of words and phrases and their compositionality",
            "engine.train.words.settings:Word2VecGensim",
            pipeline="engine.train.words.gensim_recipe:GensimPipeline",
        ),
        Recipe(
            "word2vec-skipgram",
            "words",
            "Skip-gram (Keras)",
            "Skip-gram with negative sampling: a word predicts each word of its context. Uses a GPU.",
            "Mikolov et al. 2013, Distributed representations of words and phrases and their compositionality",
            "engine.train.words.settings_keras:SkipGramKeras",
            "models.word2vec:build_skipgram",
            pipeline="engine.train.words.keras_recipe:KerasPipeline",
        ),
        Recipe(
            "word2vec-cbow",
            "words",
            "CBOW (Keras)",
            "The context predicts a word, by full softmax (small vocabularies) or negative sampling. Uses a GPU.",
            "Mikolov et al. 2013, Efficient estimation of word representations in vector space",
            "engine.train.words.settings_keras:CBOWKeras",
            "models.word2vec:build_cbow",
            pipeline="engine.train.words.keras_recipe:KerasPipeline",
        ),
        Recipe(
            "paragraph-vectors",
            "paragraphs",
            "Paragraph vectors",
            "A vector for each text, trained to predict its words (PV-DBOW, PV-DM or both); for semantic search.",
            "Le & Mikolov 2014, Distributed representations of sentences and documents",
            "engine.train.words.settings_paragraph:ParagraphTraining",
            pipeline="engine.train.words.paragraph:ParagraphPipeline",
        ),
        Recipe(
            "masked-lm",
            "fill",
            "Masked language model",
            "An encoder pretrained on your texts by hiding some of their words. It fills blanks; the recipe encoder "
            "fine-tunes from it.",
            "Devlin et al. 2019, BERT: pre-training of deep bidirectional transformers for language understanding",
            "engine.train.masked.settings:MaskedTraining",
            pipeline="engine.train.masked.recipe:MaskedPipeline",
        ),
        Recipe(
            "self-attention",
            "profile",
            "Self-attention",
            "A bidirectional LSTM with multi-hop self-attention; predicts several attributes of an author jointly.",
            "Lin et al. 2017, A structured self-attentive sentence embedding",
            "engine.train.profile.settings:SelfAttention",
            "models.self_attention:build",
            pipeline="engine.train.profile.recipe:ProfilePipeline",
        ),
        Recipe(
            "seq2seq-attention",
            "translate",
            "Attention translator",
            "A recurrent encoder and decoder with attention over the source; six alignment functions, or none.",
            "Bahdanau et al. 2015, Neural machine translation by jointly learning to align and translate; Luong et al. "
            "2015, Effective approaches to attention-based neural machine translation",
            "engine.train.pairs.settings:Seq2Seq",
            "models.seq2seq:build",
            pipeline="engine.train.translate.recipe:TranslatorPipeline",
        ),
        Recipe(
            "seq2seq-char",
            "translate",
            "Character translator",
            "An LSTM encoder and decoder over characters, without attention: the simplest of the translators.",
            "Sutskever et al. 2014, Sequence to sequence learning with neural networks",
            "engine.train.pairs.settings:Seq2SeqChar",
            "models.seq2seq:build",
            pipeline="engine.train.translate.recipe:TranslatorPipeline",
        ),
        Recipe(
            "seq2seq-word",
            "translate",
            "Word translator",
            "A recurrent encoder and decoder over words, without attention: one state carries the whole source.",
            "Cho et al. 2014, Learning phrase representations using RNN encoder-decoder",
            "engine.train.pairs.settings:Seq2SeqWord",
            "models.seq2seq:build",
            pipeline="engine.train.translate.recipe:TranslatorPipeline",
        ),
        Recipe(
            "transformer",
            "translate",
            "Transformer",
            "Encoder and decoder of self-attention alone; needs more pairs and more time than a recurrent network.",
            "Vaswani et al. 2017, Attention is all you need",
            "engine.train.pairs.settings:Transformer",
            "models.transformer:build",
            pipeline="engine.train.translate.recipe:TranslatorPipeline",
        ),
        Recipe(
            "title-copy",
            "title",
            "Titles",
            "A pointer-generator network: encoder and decoder with attention that can copy words from the text.",
            "See et al. 2017, Get to the point: summarization with pointer-generator networks; Meng et al. 2017, Deep "
            "keyphrase generation",
            "engine.train.title.settings:TitleCopy",
            "models.title_generator:build",
            pipeline="engine.train.title.recipe:TitlePipeline",
        ),
    )
}
