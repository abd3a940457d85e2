"""The table of recipes, a row each: what trains the models of which task. Paths are imported when they are needed."""

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

    ``architecture`` are the settings that a model which training starts from must share; where there are any, the graph
    of a bundle gives back the weights that it was drawn from. ``transfers`` are other recipes whose models may be
    started from, too: of these the words and the layers are taken that both have.
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
    architecture: tuple[str, ...] = ()
    transfers: tuple[str, ...] = ()


RECURRENT = ("cell", "layers", "units", "embedding_size", "tied", "output")
"""Of recurrent language models."""

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
            "Recurrent network (LSTM, GRU …)",
            "A recurrent network over word vectors, its states pooled or weighed by attention: LSTM, GRU and others. "
            "Slower than Text-CNN; sensitive to word order.",
            "Hochreiter & Schmidhuber 1997, Long short-term memory; Cho et al. 2014, Learning phrase representations "
            "using RNN encoder-decoder; Gers & Schmidhuber 2000, Recurrent nets that time and count; Greff et al. "
            "2017, LSTM: a search space odyssey",
            "engine.train.classify.settings:RecurrentClassifier",
            "models.recurrent_classifier:build",
            transfers=("word-lstm", "char-rnn"),
        ),
        Recipe(
            "hierarchical-attention",
            "classify",
            "Hierarchical attention",
            "Words make sentences and sentences make the text, each by a bidirectional GRU with attention, which is "
            "shown. For long documents.",
            "Yang et al. 2016, Hierarchical attention networks for document classification",
            "engine.train.classify.settings:HierarchicalAttention",
            "models.hierarchical_attention:build",
            pipeline="engine.train.classify.features:SentencePipeline",
        ),
        Recipe(
            "transformer-classifier",
            "classify",
            "Transformer",
            "Layers of self-attention over word vectors, trained from nothing. Needs more texts than the others; with "
            "few, start from a pretrained encoder instead.",
            "Vaswani et al. 2017, Attention is all you need",
            "engine.train.classify.settings:TransformerClassifier",
            "models.transformer_classifier:build",
        ),
        Recipe(
            "embedding-mlp",
            "classify",
            "Embedding + MLP",
            "The mean of the vectors of words and of pairs of words, then dense layers: fastText's classifier. Trains "
            "in seconds, answers soonest of all networks; knows little of word order.",
            "Joulin et al. 2016, Bag of tricks for efficient text classification",
            "engine.train.classify.settings:EmbeddingMLP",
            "models.embedding_mlp:build",
            pipeline="engine.train.classify.features:NgramPipeline",
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
            "skip-thought",
            "sentences",
            "Skip-thought vectors",
            "A recurrent encoder whose vector of a sentence predicts the sentences before and after it; for search. "
            "Learns from continuous texts, and takes long.",
            "Kiros et al. 2015, Skip-thought vectors",
            "engine.train.sentences.settings:SkipThoughtTraining",
            "models.skip_thought:build",
            pipeline="engine.train.sentences.recipe:SkipThoughtPipeline",
        ),
        Recipe(
            "word-lstm",
            "language",
            "Recurrent language model",
            "LSTM or GRU layers that read texts in order and predict the next word. They continue a text, and measure "
            "how surprising one is.",
            "Zaremba et al. 2014, Recurrent neural network regularization; Press & Wolf 2017, Using the output "
            "embedding to improve language models; Gal & Ghahramani 2016, A theoretically grounded application of "
            "dropout; Merity et al. 2018, Regularizing and optimizing LSTM language models",
            "engine.train.language.settings:RecurrentLM",
            "models.recurrent_lm:build",
            pipeline="engine.train.language.recipe:LanguagePipeline",
            architecture=RECURRENT,
        ),
        Recipe(
            "char-rnn",
            "language",
            "Character RNN",
            "A recurrent network that writes character by character: any alphabet, any layout, verses and plays.",
            "Sutskever et al. 2011, Generating text with recurrent neural networks; Karpathy 2015, The unreasonable "
            "effectiveness of recurrent neural networks",
            "engine.train.language.settings:CharacterLM",
            "models.recurrent_lm:build",
            pipeline="engine.train.language.recipe:LanguagePipeline",
            architecture=RECURRENT,
        ),
        Recipe(
            "nnlm",
            "language",
            "Neural probabilistic language model",
            "A few words before the next, side by side through one hidden layer: the first neural language model. "
            "Quick to train; it sees no further back.",
            "Bengio et al. 2003, A neural probabilistic language model",
            "engine.train.language.settings:BengioLM",
            "models.nnlm:build",
            pipeline="engine.train.language.recipe:BengioPipeline",
            architecture=("context", "embedding_size", "hidden", "direct"),
        ),
        Recipe(
            "transformer-lm",
            "language",
            "Transformer language model",
            "Layers of attention over what was read, for comparison with recurrent ones: better on many texts, slower "
            "on a CPU.",
            "Radford et al. 2018, Improving language understanding by generative pre-training; Dai et al. 2019, "
            "Transformer-XL; Press et al. 2022, Train short, test long",
            "engine.train.language.settings:TransformerLM",
            "models.transformer_lm:build",
            pipeline="engine.train.language.recipe:TransformerLMPipeline",
            architecture=("layers", "size", "heads", "hidden", "memory"),
        ),
        Recipe(
            "ngram",
            "language",
            "N-gram model",
            "Counts of n-grams with interpolated modified Kneser-Ney smoothing. Trains in seconds and is the baseline "
            "of the other language models; hard to beat where there are few texts.",
            "Chen & Goodman 1998, An empirical study of smoothing techniques for language modeling; Kneser & Ney 1995, "
            "Improved backing-off for m-gram language modeling",
            "engine.train.language.ngram_settings:NgramLM",
            pipeline="engine.train.language.ngram:NgramLanguagePipeline",
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
