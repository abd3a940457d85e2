"""Spans, hops and phrases from annotations written down by hand."""

import numpy as np
import pytest

from dltext.engine.tasks.profile.attention import explain


def places(count: int, first: int = 0) -> list[tuple[int, int]]:
    """Words of one letter with blanks between."""
    return [(first + 2 * number, first + 2 * number + 1) for number in range(count)]


def test_attention_on_windows_weighs_their_annotations() -> None:
    one, other = np.array([[0.9, 0.1], [0.5, 0.5]]), np.array([[0.25, 0.75], [1.0, 0.0]])
    spans, hops, _ = explain([(places(2), one), (places(2, 4), other)], np.array([0.8, 0.2]))
    assert [(span.start, span.end) for span in spans] == [*places(4)]
    np.testing.assert_allclose(hops, [[0.72, 0.08, 0.05, 0.15], [0.4, 0.4, 0.2, 0.0]])
    assert [span.weight for span in spans] == pytest.approx([0.56, 0.24, 0.125, 0.075])


def test_tokens_without_a_place_are_left_out_and_none_overlap() -> None:
    annotation = np.array([[0.2, 0.3, 0.1, 0.4]])
    spans, hops, _ = explain([([(0, 3), (3, 3), (2, 5), (6, 7)], annotation)], np.ones(1))
    assert [(span.start, span.end) for span in spans] == [(0, 3), (3, 5), (6, 7)]
    np.testing.assert_allclose(hops, np.array([[0.2, 0.1, 0.4]]) / 0.7)
    assert explain([([(0, 0)], np.ones((1, 1)))], np.ones(1)) == ((), (), ())


def strong(*indices: int, count: int) -> np.ndarray:
    """One hop that looks at some of ``count`` words alone."""
    row = np.zeros((1, count))
    row[0, list(indices)] = 1 / len(indices)
    return row


def phrases_of(windows: list[np.ndarray]) -> list[tuple[int, int]]:
    """The phrases in reading order, as (first word, last word)."""
    starts = np.cumsum([0, *(2 * window.shape[1] for window in windows)])
    parts = [(places(window.shape[1], int(start)), window) for start, window in zip(starts, windows, strict=False)]
    _, _, phrases = explain(parts, np.full(len(windows), 1 / len(windows)))
    return sorted((phrase.start // 2, (phrase.end - 1) // 2) for phrase in phrases)


def test_gaps_of_one_word_are_bridged_and_no_wider_ones() -> None:
    assert phrases_of([strong(1, 3, 4, 7, count=12)]) == [(1, 4), (7, 7)]
    assert phrases_of([strong(0, 11, count=12)]) == [(0, 0), (11, 11)]


def test_no_phrase_and_no_bridge_reaches_into_another_window() -> None:
    assert phrases_of([strong(5, count=6), strong(0, count=6)]) == [(5, 5), (6, 6)]
    assert phrases_of([strong(5, count=6), strong(1, count=6)]) == [(5, 5), (7, 7)]
    assert phrases_of([strong(4, count=6), strong(0, count=6)]) == [(4, 4), (6, 6)]


def test_even_attention_makes_no_phrase() -> None:
    assert phrases_of([np.full((1, 7), 1 / 7)]) == []
    assert phrases_of([np.ones((1, 1))]) == []


def test_the_strongest_come_first_with_the_hop_that_looks_most() -> None:
    hops = np.zeros((2, 20))
    hops[0, [2, 3]], hops[1, 9] = (0.45, 0.45), 0.6
    hops[0, 9], hops[1, 15] = 0.1, 0.4
    _, _, phrases = explain([(places(20), hops)], np.ones(1))
    assert [(phrase.start // 2, phrase.hop) for phrase in phrases] == [(2, 0), (9, 1), (15, 1)]
    assert [phrase.weight for phrase in phrases] == pytest.approx([0.45, 0.35, 0.2])
