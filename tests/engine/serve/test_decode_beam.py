"""Beam search against a list of all texts; what it may write; what it costs."""

import itertools
from typing import Any

import numpy as np
import pytest

from dltext.engine.serve.decode import BeamSettings, Rules, Step, beam, greedy

END = 3


def score(toy: Any, source: int, text: tuple[int, ...], settings: BeamSettings) -> float:
    """Wu et al. 2016, equation 14, word for word, with the bounded word reward of Huang et al. 2017."""
    penalty = (5 + len(text) + 1) ** settings.length_penalty / (5 + 1) ** settings.length_penalty
    total = (toy.log_prob(source, (*text, END)) + settings.reward * min(len(text) + 1, settings.expected)) / penalty
    if settings.coverage_penalty:
        looked = sum(toy.attention(source, text[:place]) for place in range(len(text) + 1))
        total += settings.coverage_penalty * float(np.log(np.minimum(looked, 1)).sum())
    return total


@pytest.mark.parametrize("alpha", [0.0, 1.0, 2.0])
@pytest.mark.parametrize("beta", [0.0, 0.2])
@pytest.mark.parametrize("reward", [0.0, 0.7, 4.0])
def test_a_wide_beam_finds_the_best_of_all_texts(toy: Any, alpha: float, beta: float, reward: float) -> None:
    model, settings = toy(5, look=3), BeamSettings(400, 20, alpha, beta, reward=reward, expected=3.5)
    for source, hypotheses in enumerate(beam(model, range(2), Rules(5), settings)):
        wanted = sorted(((score(model, source, text, settings), text) for text in model.texts(5)), reverse=True)[:20]
        assert [tuple(one.ids.tolist()) for one in hypotheses] == [text for _, text in wanted]
        np.testing.assert_allclose([one.score for one in hypotheses], [value for value, _ in wanted], rtol=1e-9)
        for one in hypotheses:
            assert one.finished
            assert one.log_prob == pytest.approx(model.log_prob(source, (*one.ids.tolist(), END)))


def test_the_attention_is_a_row_a_word(toy: Any) -> None:
    model = toy(6, look=4)
    for source, hypotheses in enumerate(beam(model, range(3), Rules(8), BeamSettings(3, 3))):
        for one in hypotheses:
            ids = one.ids.tolist()
            assert one.attention is not None
            assert one.attention.shape == (len(ids), 4)
            for place, row in enumerate(one.attention):
                np.testing.assert_allclose(row, model.attention(source, ids[:place]))
    assert all(
        one.attention is None for hypotheses in beam(toy(), [0], Rules(8), BeamSettings(3, 3)) for one in hypotheses
    )


def test_what_is_given_is_the_best_of_what_was_found_and_a_beam_of_one_is_greedy(toy: Any) -> None:
    model = toy(8)
    for source in range(20):
        (hypotheses,) = beam(model, [source], Rules(9), BeamSettings(1, 1, 0.0))
        (plain,) = greedy(model, [source], Rules(9))
        assert hypotheses[0].ids.tolist() == plain.ids.tolist()
        assert (hypotheses[0].finished, hypotheses[0].log_prob) == (plain.finished, pytest.approx(plain.log_prob))
        (several,) = beam(model, [source], Rules(9), BeamSettings(4, 4))
        scores = [one.score for one in several if one.finished]
        assert scores == sorted(scores, reverse=True)
        assert len({one.ids.tobytes() for one in several}) == 4
        (one,) = beam(model, [source], Rules(9), BeamSettings(4, 1))
        assert one[0].score <= several[0].score + 1e-12


@pytest.mark.parametrize(
    "settings", [BeamSettings(4, 4), BeamSettings(4, 2, 1.0, 0.3), BeamSettings(6, 6, groups=3), BeamSettings(1, 1)]
)
@pytest.mark.parametrize("block", [0, 2])
def test_a_batch_answers_as_one_by_one(toy: Any, settings: BeamSettings, block: int) -> None:
    model, rules = toy(7, look=3), Rules(9, 1, block_ngrams=block, forbidden=(0, 2))
    together = beam(model, range(12), rules, settings)
    for source, hypotheses in enumerate(together):
        (alone,) = beam(model, [source], rules, settings)
        assert [one.ids.tolist() for one in alone] == [one.ids.tolist() for one in hypotheses]
        assert [one.score for one in alone] == pytest.approx([one.score for one in hypotheses])
        for one, other in zip(alone, hypotheses, strict=True):
            np.testing.assert_allclose(one.attention, other.attention)


def test_rows_of_what_is_done_are_dropped(toy: Any) -> None:
    class Length(toy):
        """The text on source s is s words long, whatever else; nearly."""

        def log_probs(self, source: int, before: Any) -> np.ndarray:
            values = np.full(self.size, -20.0) - np.arange(self.size)
            values[END if len(before) >= source else 4] = -1e-3
            return values

    model = Length(6)
    hypotheses = beam(model, [2, 5, 1], Rules(30), BeamSettings(3, 1))
    assert [one[0].ids.tolist() for one in hypotheses] == [[4] * 2, [4] * 5, [4]]
    # One row a source before texts differ, then three; a source's go when its best cannot be beaten.
    assert model.rows == [3, 9, 6, 3, 3, 3]
    model.rows.clear()
    beam(model, [2, 5, 1], Rules(30), BeamSettings(3, 3))
    assert max(model.rows) == 9
    assert model.rows[-1] == 3


def test_a_sure_text_is_not_cut_short_by_bad_ones_that_have_ended(toy: Any) -> None:
    class Sure(toy):
        """The end is always among the few words that are possible at all, and always improbable but after eight."""

        def log_probs(self, source: int, before: Any) -> np.ndarray:
            values = np.full(self.size, -9.0)
            values[END if len(before) == 8 else 4] = -1e-3
            return values

    for settings in (BeamSettings(3, 1), BeamSettings(3, 3), BeamSettings(4, 2, groups=2)):
        (hypotheses,) = beam(Sure(5), [0], Rules(30), settings)
        assert hypotheses[0].ids.tolist() == [4] * 8


def test_lengths_forbidden_words_and_repeats(toy: Any) -> None:
    model = toy(6)
    for settings in (BeamSettings(4, 4), BeamSettings(4, 4, groups=2)):
        for hypotheses in beam(model, range(10), Rules(9, 4, forbidden=(1, 5)), settings):
            for one in hypotheses:
                assert len(one.ids) >= 4
                assert not {1, 5} & set(one.ids.tolist())
        for hypotheses in beam(model, range(10), Rules(12, 8, block_ngrams=2), settings):
            for one in hypotheses:
                pairs = [*itertools.pairwise(one.ids.tolist())]
                assert len(pairs) == len(set(pairs))
    loose = [one for hypotheses in beam(model, range(10), Rules(12, 8), BeamSettings(4, 4)) for one in hypotheses]
    assert any(len({*itertools.pairwise(one.ids.tolist())}) < len(one.ids) - 1 for one in loose)


def test_a_reward_for_each_word_up_to_a_length_makes_texts_about_so_long(toy: Any) -> None:
    lengths = []
    for expected in (2, 5, 8):
        hypotheses = beam(toy(6), range(12), Rules(12), BeamSettings(4, 1, 0.0, reward=6.0, expected=expected))
        lengths.append(np.mean([len(one.ids) + 1 for (one,) in hypotheses]))
    assert lengths == pytest.approx([2, 5, 8], abs=1.5)  # an end must be likely, too
    assert lengths == sorted(lengths)


def test_only_some_words_may_stand_twice(toy: Any) -> None:
    rules = Rules(9, 4, repeatable=frozenset({4}))
    once = [word for word in range(7) if word != 4]
    for settings in (BeamSettings(5, 5), BeamSettings(6, 6, groups=3)):
        free = beam(toy(7), range(12), Rules(9, 4), settings)
        assert any(one.ids.tolist().count(word) > 1 for hypotheses in free for one in hypotheses for word in once)
        held = beam(toy(7), range(12), rules, settings)
        assert not any(one.ids.tolist().count(word) > 1 for hypotheses in held for one in hypotheses for word in once)
        assert any(one.ids.tolist().count(4) > 1 for hypotheses in held for one in hypotheses)
    assert all(one.ids.tolist().count(word) < 2 for one in greedy(toy(7), range(12), rules) for word in once)


def test_a_forced_beginning_is_stronger_than_the_rules(toy: Any) -> None:
    model, prefixes = toy(6), [[4, 4, 4], [], [5]]
    hypotheses = beam(model, range(3), Rules(9, forbidden=(4,), block_ngrams=1), BeamSettings(3, 3), prefixes=prefixes)
    for source, (prefix, texts) in enumerate(zip(prefixes, hypotheses, strict=True)):
        for one in texts:
            assert one.ids[: len(prefix)].tolist() == prefix
            assert 4 not in one.ids[len(prefix) :]
            ending = [END] if one.finished else []
            assert one.log_prob == pytest.approx(model.log_prob(source, one.ids.tolist() + ending))
        (alone,) = beam(
            model, [source], Rules(9, forbidden=(4,), block_ngrams=1), BeamSettings(3, 3), prefixes=[prefix]
        )
        assert [one.ids.tolist() for one in alone] == [one.ids.tolist() for one in texts]


def test_while_one_word_alone_may_follow_there_is_one_row(toy: Any) -> None:
    model = toy(6)
    beam(model, range(2), Rules(9), BeamSettings(3, 1), prefixes=[[4, 5, 1], [1, 1]])
    assert model.rows[:4] == [2, 2, 2, 6]


def test_cut_off_texts_come_last_and_say_so(toy: Any) -> None:
    class Endless(toy):
        def log_probs(self, source: int, before: Any) -> np.ndarray:
            values = super().log_probs(source, before)
            if before[:1] != (1,):
                values[END] = -np.inf
            return values

    (hypotheses,) = beam(Endless(6), [0], Rules(5), BeamSettings(20, 20))
    finished = [one.finished for one in hypotheses]
    assert len(hypotheses) == 20
    assert finished == sorted(finished, reverse=True)
    assert finished[0]
    assert not finished[-1]
    assert all((one.ids[0] == 1) == one.finished for one in hypotheses if one.finished)
    assert all(len(one.ids) == 5 for one in hypotheses if not one.finished)


def test_where_the_rules_leave_no_way_on_what_is_written_is_given(toy: Any) -> None:
    hypotheses = beam(toy(5), range(3), Rules(9, 8, block_ngrams=1), BeamSettings(2, 2))
    for texts in hypotheses:
        assert texts
        for one in texts:
            assert sorted(one.ids.tolist()) == [0, 1, 2, 4]
            assert not one.finished


def test_a_word_costs_those_who_come_after(toy: Any) -> None:
    class Plain(toy):
        def log_probs(self, source: int, before: Any) -> np.ndarray:
            scores = np.array([3.0, 2.0, 1.0, 0.0, -1.0, -2.0])
            return scores - np.log(np.exp(scores).sum())

    def written(diversity: float) -> list[list[int]]:
        settings = BeamSettings(3, 3, groups=3, diversity=diversity)
        return [one.ids.tolist() for one in beam(Plain(6), [0], Rules(4, end=None), settings)[0]]

    # The third group pays 2.5 for the first word, and 2.5 for the second: 0.5, -0.5, 1.
    assert written(2.5) == [[0] * 4, [1] * 4, [2] * 4]
    # At 1.5 it has 1.5, 0.5, 1 and writes what the first wrote, which counts once.
    assert written(1.5) == [[0] * 4, [1] * 4]


def test_diverse_groups_as_written_down_plainly(toy: Any) -> None:
    model, steps, groups, each, price = toy(9, sharp=1.0), 4, 3, 2, 1.2
    for source in range(8):
        held: list[list[tuple[float, tuple[int, ...]]]] = [[(0.0, ())] for _ in range(groups)]
        for _ in range(steps):
            taken: list[int] = []
            for group in range(groups):
                tried = [
                    (total + step - price * taken.count(word), total + step, (*before, word))
                    for total, before in held[group]
                    for word, step in enumerate(model.log_probs(source, before))
                ]
                held[group] = [(total, text) for _, total, text in sorted(tried, reverse=True)[:each]]
                taken += [text[-1] for _, text in held[group]]
        wanted = dict(sorted(((text, total) for group in held for total, text in group), key=lambda item: -item[1]))
        settings = BeamSettings(groups * each, groups * each, 0.0, groups=groups, diversity=price)
        (hypotheses,) = beam(model, [source], Rules(steps, end=None), settings)
        assert [tuple(one.ids.tolist()) for one in hypotheses] == list(wanted)
        assert [one.log_prob for one in hypotheses] == pytest.approx(list(wanted.values()))


def test_no_price_and_many_groups_are_one_group_each(toy: Any) -> None:
    (hypotheses,) = beam(toy(6), [3], Rules(9), BeamSettings(4, 4, groups=4, diversity=0.0))
    (plain,) = greedy(toy(6), [3], Rules(9))
    assert [one.ids.tolist() for one in hypotheses] == [plain.ids.tolist()]


def test_each_step_is_told_and_can_be_the_last(toy: Any) -> None:
    steps: list[Step] = []

    def tell(step: Step) -> bool:
        steps.append(step)
        return step.place == 2

    model = toy(6)
    hypotheses = beam(model, range(4), Rules(20, 6), BeamSettings(3, 2), on_step=tell)
    assert [step.place for step in steps] == [0, 1, 2]
    assert len(model.rows) == 3
    for source, texts in enumerate(hypotheses):
        assert len(texts[0].ids) == 3
        assert not texts[0].finished
        assert steps[2].words[source] == texts[0].ids[2]
        assert texts[0].log_prob == pytest.approx(model.log_prob(source, texts[0].ids.tolist()))


def test_words_that_are_copied_stand_behind_the_vocabulary(toy: Any) -> None:
    class Copying(toy):
        def log_probs(self, source: int, before: Any) -> np.ndarray:
            values = np.full(self.size + 5, -30.0)
            values[END if len(before) == 2 else self.size + source] = -1e-6
            return values

    hypotheses = beam(Copying(6), range(3), Rules(9), BeamSettings(2, 1))
    assert [one[0].ids.tolist() for one in hypotheses] == [[6 + source] * 2 for source in range(3)]


def test_nothing_to_decode_and_what_makes_no_sense(toy: Any) -> None:
    assert beam(toy(), [], Rules(5), BeamSettings()) == []
    for wrong in ({"size": 0}, {"best": 5}, {"groups": 3}, {"length_penalty": -1.0}):
        with pytest.raises(ValueError, match="no beam"):
            BeamSettings(**wrong)
    with pytest.raises(ValueError, match="no length"):
        Rules(3, 3)
    with pytest.raises(ValueError, match="2 prefixes for 1 sources"):
        beam(toy(), [0], Rules(5), BeamSettings(), prefixes=[[1], [1]])
