"""Texts that mean ill, through every task of the engine: none may crash, hang or take without measure."""

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dltext.data.errors import UserError
from dltext.data.texts import REPLACED
from dltext.engine import api
from dltext.engine.results import Record
from dltext.engine.tasks.words import expressions

LONG = os.environ.get("DLTEXT_FAULTS") == "long"
pytestmark = pytest.mark.timeout(3600)
MEMORY = 3 << 30
SECONDS = 120
"""What a task may take for one text; the machine may be busy with others."""

CHILD = r"""
import json, resource, signal, sys, time
from dltext.data.errors import UserError
from dltext.engine import api
from dltext.engine.results import Record

class Late(BaseException):
    pass

def late(*_):
    raise Late

signal.signal(signal.SIGALRM, late)
models, corpus, limit, seconds, folder = json.loads(sys.argv[1])
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
first = lambda stream: next(iter(stream))[1]
tasks = {
    "analyse": lambda text: api.analyse(text, model=models["sentiment"], explain=len(text) < 3000),
    "analyse_many": lambda text: first(api.analyse_many([Record("1", text)], model=models["sentiment"])),
    "profile": lambda text: api.profile(text, models["profile"], explain=len(text) < 3000),
    "profile_many": lambda text: first(api.profile_many([Record("1", text)], models["profile"])),
    "profile_group": lambda text: api.profile_group([Record("1", text), Record("2", text)], models["profile"]),
    "detect": lambda text: api.detect(text),
    "translate": lambda text: api.translate(text[:models["most"]], model=models["translate"]),
    "translate_many": lambda text: first(
        api.translate_many([Record("1", text[:models["most"] // 4])], model=models["translate"])),
    "titles": lambda text: api.titles(text, models["title"], explain=True),
    "titles_many": lambda text: first(api.titles_many([Record("1", text)], models["title"])),
    "neighbours": lambda text: api.neighbours(text, models["words"]),
    "analogy": lambda text: api.analogy(text, models["words"]),
    "odd_one_out": lambda text: api.odd_one_out(text.split() or [text], models["words"]),
    "odd_one_out of lines": lambda text: api.odd_one_out(["king", text, text[::-1], text + "x"], models["words"]),
    "text_similarity": lambda text: api.text_similarity(text, "king " + text, models["words"]),
    "similarity_matrix": lambda text: api.similarity_matrix((text.split() or [text])[:100], models["words"]),
    "word_map": lambda text: api.word_map(text, models["words"]),
    "suggest_words": lambda text: api.suggest_words(text, models["words"]),
    "search": lambda text: api.search(text, corpus, model=models["words"]),
    "bm25": lambda text: api.search(text, corpus, "bm25"),
    "write_document": lambda text: api.read_document(str(api.write_document(folder + "/text.txt", text))),
}

def shown(answer):
    # What is answered can be written down: no lone surrogate, and numbers that are numbers.
    said = answer.as_dict() if hasattr(answer, "as_dict") else answer
    json.dumps(said, ensure_ascii=False, allow_nan=False, default=repr).encode("utf-8")
    repr(answer).encode("utf-8")

for line in sys.stdin:
    number, task, text = json.loads(line)
    print(number, end="\t", flush=True)
    started = time.perf_counter()
    signal.alarm(seconds)
    try:
        shown(tasks[task](text))
        said = "answered"
    except UserError as error:
        said = "refused " + repr(str(error))[:100]
        str(error).encode("utf-8")
        if len(str(error)) > 2000:
            said = f"failed with a message of {len(str(error))} characters"
    except BaseException as error:
        said = f"failed {type(error).__name__} {str(error)[:300]!r}"
    signal.alarm(0)
    print(f"{time.perf_counter() - started:.2f}", ascii(said), sep="\t", flush=True)
"""

TASKS = [line.split('"')[1] for line in CHILD.splitlines() if line.startswith('    "')]


def answers(asked: list[tuple[str, str]], models: dict, corpus: Path, folder: Path) -> list[tuple[float, str]]:
    """Seconds and what came of each (task, text), in processes with bounded memory and time."""
    said: list[tuple[float, str]] = []
    while len(said) < len(asked):
        lines = [json.dumps([at, *asked[at]]) for at in range(len(said), len(asked))]
        child = subprocess.run(
            [sys.executable, "-c", CHILD, json.dumps([models, str(corpus), MEMORY, SECONDS, str(folder)])],
            input="\n".join(lines) + "\n", capture_output=True, text=True, check=False,
            env={**os.environ, "OMP_NUM_THREADS": "1"}, timeout=3000,
        )  # fmt: skip
        rows = [line.split("\t") for line in child.stdout.splitlines()]
        assert rows, child.stderr[-2000:]
        said += [(float(row[1]), row[2].strip("'\"")) if len(row) == 3 else (0.0, "died") for row in rows]
    return said


# ---------------------------------------------------------------------------------------------------- texts


def _characters(chance: random.Random, count: int, *ranges: tuple[int, int]) -> str:
    return "".join(chr(chance.randint(*chance.choice(ranges))) for _ in range(count))


WORDS = ["the", "good", "bad", "film", "king", "queen", "of", "a", "plot", "was", "not", "very", "boring", "and", "I",
         "loved", "it", "北京", "的", "电影", "很", "好", "le", "une"]  # fmt: skip


def _prose(chance: random.Random, count: int = 40) -> str:
    return " ".join(chance.choice(WORDS) for _ in range(count))


Kind = Callable[[random.Random, int], str]
"""A text of about so many characters."""

KINDS: dict[str, Kind] = {
    "surrogates": lambda c, n: _characters(c, n, (0xD800, 0xDFFF), (97, 122), (32, 32)),
    "a surrogate in prose": lambda c, n: _prose(c) + " \ud83d film " + _prose(c) + "\udc80",
    "pairs of surrogates": lambda c, n: "\ud83d\ude00 " * (n // 3) + _prose(c),
    "nulls": lambda c, n: "\0" * n + "good\0film" + "\0",
    "controls": lambda c, n: _characters(c, n, (0, 31), (127, 159)),
    "escapes": lambda c, n: "\x1b[31mgood\x1b]8;;http://a\x07" * (n // 20) + "\x1b" * 50 + "\x1b]" + "a" * n,
    "bidirectional": lambda c, n: _characters(c, n, (0x202A, 0x202E), (0x2066, 0x2069), (0x5D0, 0x5EA)) + _prose(c),
    "combining": lambda c, n: "e" + _characters(c, n, (0x300, 0x36F)) + " film " + "\u0301" * n,
    "zero width": lambda c, n: _characters(c, n, (0x200B, 0x200F), (0x2060, 0x2064), (0xFEFF, 0xFEFF)),
    "unassigned": lambda c, n: _characters(c, n, (0x378, 0x379), (0xE0080, 0xE00FF), (0x2FE0, 0x2FEF)),
    "private": lambda c, n: _characters(c, n, (0xE000, 0xF8FF), (0xF0000, 0xFFFFD), (0x100000, 0x10FFFD)),
    "every plane": lambda c, n: _characters(c, n, (0, 0x10FFFF)),
    "noncharacters": lambda c, n: _characters(c, n, (0xFDD0, 0xFDEF), (0xFFFE, 0xFFFF), (0x1FFFE, 0x1FFFF)),
    "one token": lambda c, n: "a" * n,
    "one token of digits": lambda c, n: "7" * n,
    "one token of Chinese": lambda c, n: "好" * n,
    "a token between": lambda c, n: _prose(c) + " " + _characters(c, n, (97, 122)) + " " + _prose(c),
    "punctuation": lambda c, n: _characters(c, n, (33, 47), (58, 64), (91, 96), (123, 126)),
    "digits": lambda c, n: _characters(c, n, (48, 57), (32, 32), (0x660, 0x669)),
    "signs": lambda c, n: " ".join(c.choice("+-−–—") + c.choice(["king", "", "\"", "new york"]) for _ in range(n // 5)),
    "hyphens": lambda c, n: "-".join(["king"] * (n // 5)) + "+" * 40 + "-" * n,
    "quotes": lambda c, n: '"' * n,
    "emoji": lambda c, n: "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466\U0001f3fd\ufe0f" * (n // 9),
    "flags": lambda c, n: _characters(c, n, (0x1F1E6, 0x1F1FF), (0xE0020, 0xE007F)),
    "scripts": lambda c, n: " ".join(_characters(c, 6, c.choice([(0x400, 0x4FF), (0x600, 0x6FF), (0x900, 0x97F),
        (0xE00, 0xE7F), (0xAC00, 0xD7A3), (0x3040, 0x30FF), (0x4E00, 0x9FFF), (97, 122)])) for _ in range(n // 7)),
    "right to left": lambda c, n: _characters(c, n, (0x5D0, 0x5EA), (0x627, 0x64A), (32, 32)),
    "rare Chinese": lambda c, n: _characters(c, n, (0x20000, 0x2A6DF), (0x30000, 0x3134A), (0x2F800, 0x2FA1D)),
    "expanding": lambda c, n: "\ufdfa\ufdfb\u0130\u1e9e\ufb03\u3371\u33c7\u2126\u212b" * (n // 9),
    "final sigmas": lambda c, n: "\u03a3\u0130\u0049\u0307" * (n // 4),
    "Hangul parts": lambda c, n: _characters(c, n, (0x1100, 0x11FF)),
    "blanks": lambda c, n: _characters(c, n, (0x2000, 0x200A), (9, 13), (0x3000, 0x3000), (0x85, 0x85)) + ".",
    "line ends": lambda c, n: "\r\n\v\f\u2028\u2029\x85" * (n // 8) + "film",
    "short lines": lambda c, n: "\n".join(c.choice(["good", "bad", "a", ".", "- x"]) for _ in range(n // 3)),
    "full stops": lambda c, n: "a. " * (n // 3) + "." * n + "。" * n,
    "abbreviations": lambda c, n: "e.g. i.e. Mr. U.S.A. 3.14 " * (n // 26),
    "latex": lambda c, n: r"\frac{a}{\sqrt{b}} $x^{y_{z}}$ \begin{x}" * (n // 40),
    "latex nested": lambda c, n: r"\emph{" * (n // 6) + "x" + "}" * (n // 6),
    "latex open": lambda c, n: "${\\" * (n // 3),
    "latex groups": lambda c, n: r"{\em a{b}" * (n // 9),
    "latex arguments": lambda c, n: r"\a" + "{}" * (n // 4) + "{" * (n // 4) + r"\input{/etc/passwd}\def\x{\x\x}\x",
    "dollars": lambda c, n: "$" * n + " $a" * (n // 3),
    "backslashes": lambda c, n: "\\" * n,
    "html": lambda c, n: "<div><p><!--<script>&lt;&#x1F600;&#xD800;&amp;" * (n // 46) + "<" * n,
    "html nested": lambda c, n: "<b>" * (n // 3) + "</b>" * 10 + "<br />" * 30,
    "brackets": lambda c, n: "[" * n + "(" * n,
    "special tokens": lambda c, n: "[PAD] [UNK] <s> </s> <pad> <unk> ▁ [CLS] " * (n // 40),
    "addresses": lambda c, n: "http://" + "a." * (n // 2) + " " + "a@" * (n // 2) + "www." * (n // 4),
    "mail": lambda c, n: "a." * (n // 2) + "@" + "a-" * (n // 2),
    "commas": lambda c, n: ",;:" * (n // 3) + "king, queen; man" + "，、" * (n // 2),
    "broken words": lambda c, n: "a-\n" * (n // 3) + "b",
    "apostrophes": lambda c, n: "a'" * (n // 2) + " 's n't 'll" * (n // 10),
    "repeated": lambda c, n: "a b " * (n // 4) + "abab" * (n // 4),
    "catastrophes": lambda c, n: "a" * (n // 3) + "!" + " " * (n // 3) + "\t" * (n // 3) + "x" + "-" * (n // 3) + "\n",
    "percent": lambda c, n: "%s%n{0}{}{!r}\\x00" * (n // 16),
    "braces": lambda c, n: "{" * n + "}" * n,
    "markup": lambda c, n: "[bold]film[/bold][@click=app.quit]x[/]" * (n // 38),
    "prose": lambda c, n: _prose(c, n // 5) + ". ",
    "mixed": lambda c, n: "".join(c.choice(list(KINDS.values())[:-1])(c, max(9, n // 9)) for _ in range(9)),
}  # fmt: skip


def texts(chance: random.Random, count: int, sizes: tuple[int, ...]) -> Iterator[tuple[str, str]]:
    """So many texts, each with its kind; every kind occurs, of every size in turn."""
    for number in range(count):
        kind = list(KINDS)[number % len(KINDS)]
        yield kind, KINDS[kind](chance, chance.choice(sizes))


@pytest.fixture
def corpus(tmp_path: Path, chance: random.Random) -> Path:
    path = tmp_path / "corpus.jsonl"
    path.write_text("".join(json.dumps({"id": row, "text": _prose(chance)}) + "\n" for row in range(50)), "utf-8")
    return path


@pytest.fixture
def models(make_translator, make_writer) -> dict:
    """Those that are shipped; in the short form toys write, for writing is slow."""
    shipped = {"sentiment": "sentiment-en-cnn", "profile": "profile-en", "words": "words-en", "most": 200}
    if LONG:
        return {**shipped, "translate": "translate-en-zh", "title": "title-en"}
    return {**shipped, "translate": make_translator("en-zh").name, "title": make_writer().name}


def test_hostile_texts_crash_no_task(models, corpus, tmp_path, rounds, chance, figure):
    count = rounds(len(KINDS), 3200)
    asked, kinds = [], []
    for number, (kind, text) in enumerate(texts(chance, count, (20, 120) if not LONG else (20, 200, 1000))):
        # Each kind meets each task: in turn where there are many, all at once where there are few.
        for task in TASKS if not LONG else [TASKS[number % len(TASKS)]]:
            asked.append((task, text))
            kinds.append(kind)
    said = answers(asked, models, corpus, tmp_path)
    wrong = [
        (task, kind, len(text), answer)
        for (task, text), kind, (_, answer) in zip(asked, kinds, said, strict=True)
        if not answer.startswith(("answered", "refused"))
    ]
    figure("hostile texts that crash any task", len(wrong), len(asked))
    assert not wrong
    assert sum(answer == "answered" for _, answer in said) > len(said) / 2


LINEAR = ("analyse", "profile", "detect", "titles", "neighbours", "analogy", "odd_one_out", "text_similarity",
          "word_map", "search")  # fmt: skip


def test_time_grows_no_faster_than_texts(models, corpus, tmp_path, rounds, chance, figure):
    """Of twice the length twice the time, and what depends on the square of it would take minutes."""
    kinds = rounds(6, len(KINDS))
    chosen = ["prose", "catastrophes", "one token", "latex nested", "hyphens", "dollars"]
    chosen += [kind for kind in KINDS if kind not in chosen]
    asked = []
    for kind in chosen[:kinds]:
        text = KINDS[kind](chance, rounds(12_000, 200_000))
        asked += [(task, text) for task in LINEAR]
    said = answers(asked, models, corpus, tmp_path)
    slow = [
        (task, text[:20], seconds, answer)
        for (task, text), (seconds, answer) in zip(asked, said, strict=True)
        if not answer.startswith(("answered", "refused")) or seconds > rounds(10, 60)
    ]
    figure("long texts that take a task more than a minute", len(slow), len(asked))
    assert not slow


def test_what_was_replaced_is_said(models, corpus, make_bundle):
    make_bundle()
    text = "a good \ud83d film"
    for answer in (
        api.analyse(text, model="toy"),
        api.titles(text, "toy-title") if not LONG else None,
        api.translate(text, model="toy-en-zh") if not LONG else None,
        api.search(text, str(corpus), "bm25"),
    ):
        assert answer is None or REPLACED in answer.notes
    assert REPLACED not in api.analyse("a good \ufffd film", model="toy").notes
    [(record, _)] = api.analyse_many([Record("1", text)], model="toy")
    assert record.text == "a good \ufffd film"


def test_a_word_that_is_none_is_copied_in_part(make_writer):
    make_writer()
    answer = api.titles("the " + "x" * 100_000 + " of the", "toy-title")
    assert all(len(title.text) < 5_000 for title in answer.candidates)
    assert all(len(phrase.text) < 5_000 for phrase in answer.keyphrases)
    assert len(answer.lead) < 5_000


def test_an_expression_of_any_length(tmp_path):
    known = {"king", "man", "woman", "new_york", "a"}.__contains__
    long = " ".join(["king - man +"] * 300) + " woman"
    assert len(expressions.parse(long, known)) == 601
    with pytest.raises(UserError, match="1,000 words"):
        expressions.parse("king " * 2000, known)
    for text in ("-" * 1_000_000, '"' * 999_999, "king " * 200_000 + "-"):
        with pytest.raises(UserError) as raised:
            expressions.parse(text, known)
        assert len(str(raised.value)) < 300
    assert [term.word for term in expressions.parse("new york - a", known)] == ["new_york", "a"]
