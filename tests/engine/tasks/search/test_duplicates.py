import json
import random

import pytest

from dltext.engine import api
from dltext.engine.results import UserError
from dltext.engine.tasks.search import duplicates

WORDS = [f"word{number}" for number in range(500)]


def text(seed: int, length: int = 100) -> list[str]:
    return random.Random(seed).choices(WORDS, k=length)


def write(path, texts) -> str:
    path.write_text("".join(json.dumps({"text": " ".join(words)}) + "\n" for words in texts))
    return str(path)


def test_planted_copies_are_found_and_nothing_else(tmp_path):
    texts = [text(seed) for seed in range(60)]
    near = [*text(7)]
    near[50] = "changed"  # 4 of 97 shingles differ: Jaccard 93 / 101
    far = [*text(9)[:50], *text(1000, 50)]
    texts += [near, [word.upper() + "," for word in text(7)], far]
    groups = api.near_duplicates(write(tmp_path / "a.jsonl", texts), 0.8)
    assert [[hit.row for hit in group.hits] for group in groups] == [[7, 60, 61]]
    assert [hit.score for hit in groups[0].hits] == [1.0, pytest.approx(93 / 101, abs=1e-4), 1.0]


def test_the_threshold_is_the_least_similarity(tmp_path):
    near = text(7)
    near[50] = "changed"  # 4 of 97 shingles differ: Jaccard 93 / 101
    data = write(tmp_path / "a.jsonl", [text(7), near, *(text(seed) for seed in range(20, 30))])
    assert [[hit.row for hit in group.hits] for group in api.near_duplicates(data, 93 / 101)] == [[0, 1]]
    assert api.near_duplicates(data, 93 / 101 + 0.004) == []


def test_a_lower_threshold_finds_more(tmp_path):
    half = [*text(1)[:70], *text(2, 30)]
    data = write(tmp_path / "a.jsonl", [text(1), half, text(3)])
    assert api.near_duplicates(data, 0.8) == []
    assert [hit.row for hit in api.near_duplicates(data, 0.4)[0].hits] == [0, 1]


def test_many_copies_of_one_text_are_one_group(tmp_path):
    copies = [text(1)] * 200
    groups = api.near_duplicates(write(tmp_path / "a.jsonl", [*copies, text(2), []]), 0.9)
    assert [len(group.hits) for group in groups] == [200]


def test_short_texts_are_compared_whole(tmp_path):
    groups = api.near_duplicates(write(tmp_path / "a.jsonl", [["yes"], ["no"], ["Yes!"], ["..."], ["!!!"]]), 0.8)
    assert [[hit.row for hit in group.hits] for group in groups] == [[0, 2]]


def test_signatures_estimate_the_similarity():
    assert duplicates.bands(0.8) < duplicates.bands(0.5)
    for threshold in (0.3, 0.5, 0.8, 0.95, 1.0):
        number = duplicates.bands(threshold)
        assert number == duplicates.HASHES or 1 - (1 - threshold ** (duplicates.HASHES // number)) ** number >= 0.995


def test_a_stop_and_a_threshold_out_of_bounds(tmp_path):
    class Enough(Exception):
        pass

    data = write(tmp_path / "a.jsonl", [text(seed) for seed in range(100)])
    api.build_index(data, "bm25")

    def stop(done, total):
        raise Enough

    with pytest.raises(Enough):
        api.near_duplicates(data, progress=stop)
    with pytest.raises(UserError, match=r"between 0\.3 and 1"):
        api.near_duplicates(data, 0.1)
