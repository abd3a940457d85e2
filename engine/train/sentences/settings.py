"""The hyper-parameters of the recipe ``skip-thought``."""

from ..encoder.settings import OF_ENCODERS, Compute
from ..language.settings import HeldOut
from ..settings import (
    Dropout,
    ExtraWords,
    StateUnits,
    Training,
    Vocabulary,
    WordVectors,
    changed,
    setting,
    settings,
)


@settings(
    epochs=changed(5, help="Passes over the sentences"),
    batch_size=changed(64, help="Sentences a step, each with the one before it and the one after it"),
    optimizer="lazy-adam",
    schedule=changed("linear", advanced=False),
    clip_norm=changed(5.0, help="Largest norm of all gradients together; 0: off"),
    patience=2,
    keep_weights=False,
    precision=OF_ENCODERS["precision"],
    floor=changed(True, help="Also measure how well the frequencies of words alone predict a sentence"),
    vocabulary_size=changed(20_000, help="Most words that are read and written while training, the most frequent"),
    min_count=changed(3, help="Words that occur less often are read as the unknown one"),
    extra_words=changed(20_000, help="Most words that the vectors of `expansion` add to the finished model"),
    embedding_size=changed(200, help="Components of a word's vector; 620 in the paper"),
    units=changed(600, help="Components of a sentence's vector: the state of the GRUs; 2,400 in the paper"),
    dropout=changed(0.0, help="Share of the decoders' features dropped before the words are scored"),
)
class SkipThoughtTraining(Training, Compute, HeldOut, ExtraWords, Vocabulary, WordVectors, StateUnits, Dropout):
    """Kiros et al. 2015, Skip-thought vectors."""

    tied: bool = setting(
        True,
        "Tied output",
        "Score words by the vectors that they are read by (Press & Wolf 2017); false: by a matrix of their own, as in "
        "the paper",
        advanced=True,
    )
    sampled: int = setting(
        2000,
        "Words scored",
        "Words that a step scores beside the right ones, drawn by their frequency (Jean et al. 2015); 0: all, which "
        "takes several times as long",
        group="Training",
        minimum=0,
        maximum=100_000,
        advanced=True,
    )
    max_words: int = setting(
        30, "Longest sentence", "Words of a sentence that are read", group="Data", minimum=4, maximum=200
    )
    most_sentences: int = setting(
        0,
        "Most sentences",
        "About how many sentences to learn from, in texts drawn evenly from all; 0: all. A pass over 100,000 takes "
        "minutes",
        group="Data",
        minimum=0,
        maximum=10**9,
    )
    expansion: str = setting(
        "auto",
        "Further words from",
        "Word vectors whose words are added to the vocabulary once the model is trained, by a linear map (section 2.2 "
        "of the paper): auto, a name, a file; empty: none",
        group="Data",
        kind="str",
    )
