"""Many texts answered by workers as by one process: order, chunks in hand, failures, and when it is worth it."""

import contextlib
import threading
import time
from typing import Any

import psutil
import pytest

from dltext.engine.results import Record, SetAside, StreamCall, UserError
from dltext.engine.workers import chunks, count, pool, spreading
from dltext.engine.workers.crew import ChunkOutcome, WorkerEndedError
from dltext.engine.workers.spreading import answer_many


@pytest.fixture
def toy(make_bundle: Any, tried_everywhere: Any) -> StreamCall:
    tried_everywhere(make_bundle())
    return StreamCall("analyse_many", {"task": "sentiment", "model": "toy"})


def plain(answers: Any) -> list[tuple[str, str, dict[str, float]]]:
    return [(record.id, result.label, result.probabilities) for record, result in answers]


def children() -> list[psutil.Process]:
    """Those that live: what other tests have left to be reaped has no command line any more."""
    living = []
    for child in psutil.Process().children():
        with contextlib.suppress(psutil.NoSuchProcess):
            living += [child] if "spawn_main" in " ".join(child.cmdline()) else []
    return living


@pytest.mark.parametrize("workers", [2, 3])
def test_as_many_answer_as_alone(toy: StreamCall, records: Any, workers: int) -> None:
    texts = records(3000)
    assert plain(answer_many(texts, toy, workers)) == plain(answer_many(texts, toy, 1))
    assert not children()


def test_a_worker_that_ends_is_replaced_and_its_chunk_set_aside_after_three(
    toy: StreamCall, records: Any, failing: None
) -> None:
    texts, aside = records(4000, t1500="the end"), list[SetAside]()
    answers = plain(answer_many(texts, toy, 2, on_set_aside=aside.append))
    (left,) = aside
    assert (left.first, len(left.records), left.attempts) == (1025, 1024, 3)
    assert "Texts 1,025 to 2,048 (ids 1025 to 2048) were set aside after 3 attempts: its worker" in str(left)
    assert [name for name, _, _ in answers] == [str(n) for n in range(1, 4001) if not 1025 <= n <= 2048]


@pytest.mark.timeout(120)
def test_a_worker_that_ends_while_it_sends_is_replaced_too(toy: StreamCall, records: Any, failing: None) -> None:
    texts, aside = records(3000, t1500="the half"), list[SetAside]()
    answers = plain(answer_many(texts, toy, 2, on_set_aside=aside.append))
    assert [(left.first, left.attempts) for left in aside] == [(1025, 3)]
    assert len(answers) == 3000 - 1024
    assert not children()


def test_what_a_worker_has_no_memory_for_is_set_aside(toy: StreamCall, records: Any, failing: None) -> None:
    answers = answer_many(records(2500, t2400="the flood"), toy, 2)
    assert [int(next(answers)[0].id) for _ in range(2048)] == list(range(1, 2049))
    with pytest.raises(UserError, match=r"Texts 2,049 to 2,500 .* no room\. All others are answered"):
        next(answers)


def test_what_is_wrong_with_a_text_comes_behind_the_answers_before(
    toy: StreamCall, records: Any, failing: None
) -> None:
    call = StreamCall("fill_many", {"model": "toy"})
    with pytest.raises(UserError, match=r"^1: The text has no blank"):
        list(answer_many(records(10), call, 2))
    assert not children()


def test_a_model_that_is_missing_is_said_as_in_one_process(records: Any, toy: StreamCall) -> None:
    missing = StreamCall("profile_many", {"model": "nobody"})
    with pytest.raises(UserError) as alone:
        list(answer_many(records(10), missing, 1))
    with pytest.raises(UserError) as together:
        list(answer_many(records(10), missing, 2))
    assert str(together.value) == str(alone.value)


def test_who_stops_leaves_no_process(toy: StreamCall, records: Any, failing: None) -> None:
    answers = answer_many(records(9000, t5000="the wait"), toy, 2)
    next(answers)
    assert len(children()) == 2
    answers.close()
    assert not children()


def test_few_texts_stay_in_one_process(toy: StreamCall, records: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    started = list[int]()
    monkeypatch.setattr(count, "usual", lambda: 2)
    monkeypatch.setattr(spreading, "_processes", lambda size, background: started.append(size) or pool.ProcessCrew(1))
    for at_hand in (True, False):
        assert len(plain(answer_many(records(2000), toy, at_hand=at_hand))) == 2000
        assert not started
    expected = plain(answer_many(records(6000), toy, 1))
    assert plain(answer_many(records(6000), toy)) == expected
    assert started == [2]
    assert plain(answer_many(records(6000), toy, at_hand=False)) == expected
    assert started == [2, 2]


class Counted:
    """A crew of no processes, which answers when it is asked for outcomes, the last given first."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.given: list[chunks.Chunk] = []
        self.in_hand = self.highest = 0

    def start(self, call: StreamCall) -> None:
        pass

    begin = start

    def give(self, chunk: chunks.Chunk) -> None:
        self.given.append(chunk)
        self.in_hand += 1
        self.highest = max(self.highest, self.in_hand)

    def outcomes(self) -> list[ChunkOutcome]:
        self.in_hand -= 1
        chunk = self.given.pop()
        return [ChunkOutcome(chunk, chunk.records, seconds=10.0)]

    def close(self) -> None:
        pass


def test_no_more_chunks_are_in_hand_than_workers_need(monkeypatch: pytest.MonkeyPatch) -> None:
    crew, taken = Counted(5), 0
    monkeypatch.setattr(spreading, "_processes", lambda size: crew)

    def endless() -> Any:
        nonlocal taken
        for taken in range(1, 100_001):
            yield Record(str(taken), "good")

    call = StreamCall("surprise_many", {})
    for number, (record, _) in enumerate(answer_many(endless(), call, 2), 1):
        assert record.id == str(number)
        assert taken - number <= 5 * 1024
    assert number == 100_000
    assert crew.highest == 5


def test_workers_start_before_the_first_text_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    events = list[str]()

    class Noting(Counted):
        def start(self, call: StreamCall) -> None:
            events.append("start")

        def begin(self, call: StreamCall) -> None:
            events.append("begin")

    def texts() -> Any:
        events.append("read")
        yield Record("1", "good")

    monkeypatch.setattr(spreading, "_processes", lambda size: Noting(3))
    assert len(list(answer_many(texts(), StreamCall("fill_many", {}), 2))) == 1
    assert events == ["start", "read", "begin"]


def test_a_failure_that_passes_is_not_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    class Twice(Counted):
        failures = 0

        def outcomes(self) -> list[ChunkOutcome]:
            (outcome,) = super().outcomes()
            self.failures += 1
            return [outcome if self.failures % 3 == 0 else ChunkOutcome(outcome.chunk, error=WorkerEndedError("gone"))]

    monkeypatch.setattr(spreading, "_processes", lambda size: Twice(1))
    texts = [Record(str(n), "good") for n in range(3000)]
    assert [record for record, _ in answer_many(texts, StreamCall("fill_many", {}), 2)] == texts


def test_what_comes_slowly_is_answered_before_more_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    class Quick(Counted):
        def outcomes(self) -> list[ChunkOutcome]:
            chunk = self.given.pop(0)
            return [ChunkOutcome(chunk, chunk.records, seconds=0.01)]

    monkeypatch.setattr(spreading, "_processes", lambda size: Quick(6))
    read = 0

    def slow() -> Any:
        nonlocal read
        for read in range(1, 12 * 512 + 1):
            if read % 512 == 1:
                time.sleep(0.02)
            yield Record(str(read), "good" * 200)

    ahead = [read - number for number, _ in enumerate(answer_many(slow(), StreamCall("fill_many", {}), 2), 1)]
    # The first chunks are read before anything is known of how long answers take.
    assert max(ahead[8 * 512 :]) < 512


@pytest.mark.parametrize("text", ["a slow film", "这部电影很好，演员也很好", "", "une très belle histoire"])
def test_the_first_texts_decide_which_model_reads_all(
    text: str, make_bundle: Any, home: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dltext.engine.model_store.ZOO", home / "zoo")
    make_bundle("toy")
    make_bundle("chinese", {"好": 4.0}, language="zh")
    (home / "models" / "defaults.json").write_text('{"sentiment": "toy"}')
    call = StreamCall("analyse_many", {"task": "sentiment", "model": None, "fast": True})
    texts = [Record(str(n), text) for n in range(30)] + [Record("30", "good 好")] * 9
    (first,) = chunks.chunks(call, iter(texts))
    settled = chunks.settled(call, first)
    assert settled.arguments["model"] == ("chinese" if "好" in text else "toy")
    assert plain(chunks.answers(settled, iter(texts))) == plain(chunks.answers(call, iter(texts)))


def test_chunks_end_where_batches_end(records: Any) -> None:
    from dltext.engine.tasks.profile import answer as profiling
    from dltext.engine.text.batching import take

    for explain, most in ((False, profiling.LOOKAHEAD), (True, profiling.EXPLAINED)):
        texts = [Record(str(n), "word " * (n * 37 % 4000)) for n in range(1500)]
        stream, ends, done = iter(texts), {0}, 0
        while batch := take(stream, most, profiling.LOOKAHEAD_CHARACTERS):
            done += len(batch)
            ends.add(done)
        cut = list(chunks.chunks(StreamCall("profile_many", {"explain": explain}), iter(texts)))
        assert {chunk.first - 1 for chunk in cut} <= ends
        assert [record for chunk in cut for record in chunk.records] == texts


def test_workers_start_from_a_thread_of_a_screen(
    toy: StreamCall, records: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Textual puts something in the place of stderr that is no file: multiprocessing passes its number on.
    class Captured:
        def fileno(self) -> int:
            return -1

        def write(self, text: str) -> int:
            return len(text)

        def flush(self) -> None:
            pass

    monkeypatch.setattr("multiprocessing.resource_tracker._resource_tracker._fd", None)
    monkeypatch.setattr("sys.stderr", Captured())
    got = list[Any]()
    thread = threading.Thread(target=lambda: got.extend(plain(answer_many(records(1500), toy, 2))))
    thread.start()
    thread.join(60)
    assert len(got) == 1500
