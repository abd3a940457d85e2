"""Which characters rhyme, learnt from poems: those that end sentences of the same poem stand in one group.

The characters make a graph, each tied to those that follow it as the end of the next sentence; groups are found by
Chinese whispers (Biemann 2006): each takes the group that most of its ties lead to, until none changes. On the Song
poems that gives the rhyme groups of the ci within half a second, without a dictionary of sounds.
"""

import itertools
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable

from ...text.han import HAN
from ...text.units import Units

FILE = "rhymes.json"
CLEAR = 0.3
"""How much more often ends of neighbouring sentences share a group than by chance, where texts rhyme; in prose they
hardly do."""
LEAST_TIES, LEAST_PAIRS, ROUNDS = 2, 500, 30
SMALLEST = 4
"""Characters of a group that is kept."""
MOST_CHARACTERS = 20_000_000
_ENDS = re.compile(rf"({HAN.pattern[:-1]})(?:[。！？!?]|\n|$)")


def packed(texts: Iterable[str], units: Units) -> tuple[dict[str, bytes], dict[str, str]]:
    """The file of a bundle that holds the rhymes of ``texts``, and what its card's ``serving`` says of it; nothing
    where they do not rhyme, or the model does not write by characters."""
    if units.unit != "characters":
        return {}, {}
    groups = learn(texts)
    return ({FILE: json.dumps(groups, ensure_ascii=False).encode()}, {"rhymes": FILE}) if groups else ({}, {})


def learn(texts: Iterable[str]) -> list[str]:
    """The characters of each group, the largest first; none where the texts do not rhyme."""
    pairs: Counter[tuple[str, str]] = Counter()
    often: Counter[str] = Counter()
    size = 0
    for text in texts:
        ends = _ENDS.findall(text)
        often.update(ends)
        pairs.update((min(a, b), max(a, b)) for a, b in itertools.pairwise(ends) if a != b)
        size += len(text)
        if size > MOST_CHARACTERS:
            break
    if pairs.total() < LEAST_PAIRS:
        return []
    group_of = _whisper(pairs, often)
    if _clearness(group_of, pairs, often) < CLEAR:
        return []
    groups: defaultdict[int, list[str]] = defaultdict(list)
    for character, group in group_of.items():
        groups[group].append(character)
    large = sorted((members for members in groups.values() if len(members) >= SMALLEST), key=len, reverse=True)
    return ["".join(members) for members in large]


def _whisper(pairs: Counter[tuple[str, str]], often: Counter[str]) -> dict[str, int]:
    ties: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for (a, b), count in pairs.items():
        if count >= LEAST_TIES:
            ties[a][b] = ties[b][a] = count / (often[a] * often[b]) ** 0.5
    characters = [character for character, _ in often.most_common() if character in ties]
    group_of = {character: number for number, character in enumerate(characters)}
    for _ in range(ROUNDS):
        changed = False
        for character in characters:
            sums: defaultdict[int, float] = defaultdict(float)
            for other, weight in ties[character].items():
                sums[group_of[other]] += weight
            best = max(sums, key=lambda group: (sums[group], -group))
            changed, group_of[character] = changed or best != group_of[character], best
        if not changed:
            break
    return group_of


def _clearness(group_of: dict[str, int], pairs: Counter[tuple[str, str]], often: Counter[str]) -> float:
    """The share of neighbouring ends in one group, less what chance would give."""
    within = sum(count for (a, b), count in pairs.items() if a in group_of and group_of[a] == group_of.get(b))
    sizes: Counter[int] = Counter()
    for character, group in group_of.items():
        sizes[group] += often[character]
    total = often.total()
    return within / pairs.total() - sum((size / total) ** 2 for size in sizes.values())
