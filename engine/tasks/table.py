"""The table: recipe -> task, settings, network. Names are lazy import paths, so reading the table imports nothing.

A new recipe is a row here, a model file, a task file and a row of the contract test. Recipes that the user brings are
rows of the same kind, see :mod:`..plugins`.
"""

from dataclasses import dataclass
from typing import Any

CLASSIFIER = "engine.train.classify.recipe:ClassifierPipeline"


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
            "engine.train.words.settings:Word2VecGensim",
            pipeline="engine.train.words.gensim_recipe:GensimPipeline",
        ),
        Recipe(
            "word2vec-skipgram",
            "words",
            "Skip-gram (Keras)",
            "A word foretells each word around it, told from random ones; one table of vectors or two. Uses a GPU.",
            "Mikolov et al. 2013, Distributed representations of words and phrases and their compositionality",
            "engine.train.words.settings_keras:SkipGramKeras",
            "models.word2vec:build_skipgram",
            pipeline="engine.train.words.keras_recipe:KerasPipeline",
        ),
        Recipe(
            "word2vec-cbow",
            "words",
            "CBOW (Keras)",
            "The words around a word foretell it, among all words (small vocabularies) or told from random ones.",
            "Mikolov et al. 2013, Efficient estimation of word representations in vector space",
            "engine.train.words.settings_keras:CBOWKeras",
            "models.word2vec:build_cbow",
            pipeline="engine.train.words.keras_recipe:KerasPipeline",
        ),
        Recipe(
            "paragraph-vectors",
            "paragraphs",
            "Paragraph vectors",
            "Texts become vectors that predict their words; for finding texts by meaning. PV-DBOW, PV-DM, or both.",
            "Le & Mikolov 2014, Distributed representations of sentences and documents",
            "engine.train.words.settings_paragraph:ParagraphTraining",
            pipeline="engine.train.words.paragraph:ParagraphPipeline",
        ),
        Recipe(
            "self-attention",
            "profile",
            "Self-attention",
            "An LSTM reads windows of sentences, several hops of attention say what counts; several outputs at once.",
            "Lin et al. 2017, A structured self-attentive sentence embedding",
            "engine.train.profile.settings:SelfAttention",
            "models.self_attention:build",
            pipeline="engine.train.profile.recipe:ProfilePipeline",
        ),
        Recipe(
            "seq2seq-attention",
            "translate",
            "Attention translator",
            "One recurrent network reads, another writes and looks back at each word; six ways to look, or none.",
            "Bahdanau et al. 2015, Neural machine translation by jointly learning to align and translate; Luong et al. "
            "2015, Effective approaches to attention-based neural machine translation",
            "engine.train.pairs.settings:Seq2Seq",
            "models.seq2seq:build",
            pipeline="engine.train.translate.recipe:TranslatorPipeline",
        ),
        Recipe(
            "seq2seq-char",
            "translate",
            "Letter translator",
            "One LSTM reads letter by letter and hands its state to another that writes: the simplest there is.",
            "Sutskever et al. 2014, Sequence to sequence learning with neural networks",
            "engine.train.pairs.settings:Seq2SeqChar",
            "models.seq2seq:build",
            pipeline="engine.train.translate.recipe:TranslatorPipeline",
        ),
        Recipe(
            "seq2seq-word",
            "translate",
            "Word translator",
            "The same over whole words, without attention; all that is known of the source is one state.",
            "Cho et al. 2014, Learning phrase representations using RNN encoder-decoder",
            "engine.train.pairs.settings:Seq2SeqWord",
            "models.seq2seq:build",
            pipeline="engine.train.translate.recipe:TranslatorPipeline",
        ),
        Recipe(
            "transformer",
            "translate",
            "Transformer",
            "Attention alone reads and writes; wants more pairs and more time than a recurrent network.",
            "Vaswani et al. 2017, Attention is all you need",
            "engine.train.pairs.settings:Transformer",
            "models.transformer:build",
            pipeline="engine.train.translate.recipe:TranslatorPipeline",
        ),
        Recipe(
            "title-copy",
            "title",
            "Titles",
            "One recurrent network reads a text, another writes its title and may copy words that it does not know.",
            "See et al. 2017, Get to the point: summarization with pointer-generator networks; Meng et al. 2017, Deep "
            "keyphrase generation",
            "engine.train.title.settings:TitleCopy",
            "models.title_generator:build",
            pipeline="engine.train.title.recipe:TitlePipeline",
        ),
    )
}

UNLABELLED = frozenset({"words", "paragraphs"})
"""Tasks that learn from texts alone."""

DEFAULT_BUNDLE = {
    "sentiment": "sentiment-en-cnn",
    "words": "words-en",
    "profile": "profile-en",
    "title": "title-en",
}
"""Task to the shipped bundle that answers until the user chooses another."""
