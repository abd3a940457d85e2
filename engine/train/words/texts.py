"""The texts that a recipe of word vectors learns from, and their division into words."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from ....data.paths import existing
from ....data.source import Source, open_source
from ...results import JobSpec, UserError
from ...text.segment import segmentation_for, words_of
from ...text.tokenizer import SPECIAL, new_tokenizer, split
from ...text.units import stretches


@dataclass(frozen=True)
class Texts:
    """What a spec's ``data`` names: a source and those of its splits that are read."""

    source: Source
    splits: tuple[str, ...]

    @property
    def segmentation(self) -> str:
        return segmentation_for(self.source.language)

    @property
    def count(self) -> int:
        """Texts, as the source counts them."""
        return sum(self.source.counts.get(part, 0) for part in self.splits)

    def __iter__(self) -> Iterator[str]:
        for part in self.splits:
            for row in self.source.rows(part):
                yield row.text

    def words(self, text: str, punctuation: bool = True) -> list[str]:
        """The words of one text."""
        if self.segmentation == "words":
            # The tokens of `words_of` without the offsets, which take most of its time.
            tokens = [token for token, _ in split(_tokenizer(), text)]
        else:
            tokens = [token for token, _ in words_of(text, self.segmentation)]
        return tokens if punctuation else spoken(tokens)

    def runs(self, text: str, punctuation: bool = True) -> Iterator[list[str]]:
        """:meth:`words` of a text, of a very long one in several lists, so that not all of them are there at once."""
        for part in stretches(text):
            yield self.words(part, punctuation)


def spoken(words: list[str]) -> list[str]:
    """The words without punctuation: those with a letter or a digit."""
    return [word for word in words if any(map(str.isalnum, word))]


@cache
def _tokenizer() -> Any:
    return new_tokenizer({token: number for number, token in enumerate(SPECIAL)})


def open_texts(spec: JobSpec) -> Texts:
    """The texts to learn from: ``card``, ``card:split`` or a file; labels are not needed and not read.

    Without a split: ``train`` and ``unsup`` of data that comes divided (its published test and validation parts stay
    unseen), all texts of data that does not. UserError for data or a split that is not there.
    """
    name, part = spec.data, ""
    if ":" in name and existing(name) is None:
        name, _, part = name.rpartition(":")
    source = open_source(name, spec.text_column, spec.label_column, min_labels=0)
    if part:
        if part not in source.splits:
            raise UserError(f"{name} has no split {part!r}; it has {', '.join(source.splits)}.")
        return Texts(source, (part,))
    if not source.published and "all" in source.splits:
        return Texts(source, ("all",))
    chosen = tuple(split for split in ("train", "unsup") if split in source.splits)
    if not chosen and "all" not in source.splits:
        raise UserError(f"{name} has no training part; name one of its splits, like {name}:{source.splits[0]}.")
    return Texts(source, chosen or ("all",))
