"""Files of vectors from a stranger: pickles that run code, headers that lie, and files damaged at random."""

import io
import os
import pickle
import random
import struct
import subprocess
import sys
import types
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from dltext.engine.tasks.words import formats, keyed_vectors, pickles

pytestmark = pytest.mark.timeout(1200)
SECONDS, MEMORY = 60, 1 << 30
"""What reading one file may take."""
CHILD = r"""
import resource, signal, sys
from pathlib import Path
from dltext.data.errors import UserError
from dltext.engine.tasks.words import keyed_vectors, formats as vector_formats

class Late(BaseException):
    pass

def late(*_):
    raise Late

signal.signal(signal.SIGALRM, late)
status = Path("/proc/self/status")
base = int(next(line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmSize"))) << 10
resource.setrlimit(resource.RLIMIT_AS, (base + int(sys.argv[1]),) * 2)
for name in sys.stdin.read().split("\n"):
    if not name:
        continue
    print(name, end="\t", flush=True)
    signal.alarm(int(sys.argv[2]))
    try:
        rows = 0
        for word, vector in vector_formats.read(Path(name)):
            word.encode("utf-8"), [float(number) for number in vector]
            rows += 1
        print("read", rows, flush=True)
    except UserError as error:
        print("refused", str(error).replace("\n", " ")[:200], flush=True)
    except BaseException as error:
        print("failed", type(error).__name__, str(error)[:200].replace("\n", " "), flush=True)
    signal.alarm(0)
"""


def read_apart(files: list[Path], seconds: int = SECONDS) -> dict[str, str]:
    """What comes of each file when a process with bounded memory and time reads it; ``died`` where the process did."""
    said: dict[str, str] = {}
    left = [str(file) for file in files]
    while left:
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD, str(MEMORY), str(seconds)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        try:
            out, errors = child.communicate("\n".join(left), timeout=seconds * min(len(left), 20) + 60)
        except subprocess.TimeoutExpired:  # in native code no alarm is heard
            child.kill()
            out, errors = child.communicate()
        lines = [line.partition("\t") for line in out.splitlines()]
        for name, _, answer in lines:
            said[name] = answer or "died"
        assert lines, errors[-2000:]
        left = left[len(lines) :]
    return said


# ------------------------------------------------------------------------------------------------ hostile pickles


def text(spelt: str) -> bytes:
    content = spelt.encode("utf-8", "surrogatepass")
    return b"X" + struct.pack("<I", len(content)) + content


def name(module: str, spelt: str) -> bytes:
    return f"c{module}\n{spelt}\n".encode()


def call(module: str, spelt: str, *arguments: bytes) -> bytes:
    return name(module, spelt) + b"(" + b"".join(arguments) + b"tR"


def keyed(vectors: bytes, words: bytes = b"(" + text("a") + text("b") + b"l") -> bytes:
    """A pickle of KeyedVectors with these pickled attributes."""
    body = name("gensim.models.keyedvectors", "KeyedVectors") + b")\x81}("
    return b"\x80\x04" + body + text("index_to_key") + words + text("vectors") + vectors + b"ub."


def array(dtype: bytes, shape: bytes = b"K\x02K\x03\x86", raw: bytes = b"C\x18" + bytes(24)) -> bytes:
    made = call("numpy.core.multiarray", "_reconstruct", name("numpy", "ndarray"), b"K\x00\x85", b"C\x01b")
    return made + b"(K\x01" + shape + dtype + b"\x89" + raw + b"tb"


def dtype(spelt: str = "f4", state: bytes = b"") -> bytes:
    return call("numpy", "dtype", text(spelt), b"\x89", b"\x88") + state


POINTERS = b"C\x10" + struct.pack("<QQ", 0x4141414141414141, 0x4242424242424242)
"""Bytes that would be two objects."""


def hostile(marker: Path) -> dict[str, bytes]:
    """Pickles that mean ill, by what they try; those that would run a command make the file ``marker``."""
    command = text(f"touch {marker}")
    code = text(f"open({str(marker)!r}, 'w').close()")
    head = b"\x80\x04"
    f4 = dtype()
    objects = b"(K\x03" + text("|") + b"NNN" + b"J\xff\xff\xff\xffJ\xff\xff\xff\xffK\x3ftb"
    unflagged = objects.replace(b"K\x3f", b"K\x00")
    inner = b"}" + text("a") + b"(" + dtype("O8") + b"K\x00ts"
    fields = b"(K\x03" + text("|") + b"N(" + text("a") + b"t" + inner + b"K\x08K\x08K\x3ftb"
    hidden = b"(K\x03" + text("|") + b"N(" + text("a") + b"t" + inner + b"K\x08K\x08K\x00tb"
    nested = b"(" * 100_000 + b"t" * 100_000
    bomb = b")" + b"2\x86" * 400
    return {
        "system": head + call("os", "system", command) + b".",
        "posix system": head + call("posix", "system", command) + b".",
        "subprocess": head + call("subprocess", "call", b"(" + text("touch") + text(str(marker)) + b"l") + b".",
        "eval": head + call("builtins", "eval", code) + b".",
        "exec": head + call("builtins", "exec", code) + b".",
        "python 2's names": head + call("__builtin__", "eval", code) + b".",
        "an attribute of numpy": head + call("numpy", "f2py.os.system", command) + b".",
        "testing of numpy": head + call("numpy.testing._private.utils", "runstring", code, b"}") + b".",
        "eval as words": keyed(array(f4), call("builtins", "eval", code)),
        "eval as vectors": keyed(call("builtins", "eval", code)),
        "eval as a shape": keyed(array(f4, call("builtins", "eval", code))),
        "eval as bytes": keyed(array(f4, raw=call("builtins", "eval", code))),
        "stack global": head + text("os") + text("system") + b"\x93" + command + b"\x85R.",
        "a name of names": head + text("os") + name("os", "system") + b"\x93" + command + b"\x85R.",
        "newobj of a function": head + name("os", "system") + command + b"\x85\x81.",
        "newobj with keywords": head + name("os", "system") + command + b"\x85}\x92.",
        "inst": head + b"(" + command + b"ios\nsystem\n.",
        "obj": head + b"(" + name("os", "system") + command + b"o.",
        "objects for bytes": keyed(array(dtype("O8"), b"K\x02\x85", POINTERS)),
        "a dtype's state": keyed(array(dtype("f8", objects), b"K\x02\x85", POINTERS)),
        "a dtype's fields": keyed(array(dtype("V8", fields), b"K\x02\x85", POINTERS)),
        "pointers for words": keyed(array(f4), array(dtype("O8", unflagged), b"K\x02\x85", POINTERS)),
        "a dtype's hidden fields": keyed(array(dtype("V8", hidden), b"K\x02\x85", POINTERS)),
        "a dtype of a dtype": keyed(array(call("numpy", "dtype", dtype("O")), b"K\x02\x85", POINTERS)),
        "a state for a function": head + name("os", "system") + b"}" + text("__code__") + b"Nsb.",
        "attributes of a class": head + name("gensim.models.keyedvectors", "KeyedVectors") + b"}(" + text("__del__")
        + name("os", "abort") + b"ub.",
        "a persistent number": head + command + b"Q.",
        "a persistent line": head + b"Pos.system\n.",
        "an extension": head + b"\x82\x01\x83\x01\x00\x84\x01\x00\x00\x00.",
        "a buffer from elsewhere": head + b"\x97.",
        "more text than there is": head + b"\x8d" + struct.pack("<Q", 1 << 60) + b"a.",
        "more bytes than there are": head + b"\x8e" + struct.pack("<Q", (1 << 64) - 1) + b"a.",
        "a frame without end": head + b"\x95" + struct.pack("<Q", 1 << 63) + b".",
        "a huge number": head + b"\x8b" + struct.pack("<I", 100_000_000) + b"\x7f" * 100_000 + b".",
        "a negative length": head + b"\x8b" + struct.pack("<i", -5) + b"\x7f.",
        "a huge shape": keyed(array(f4, b"\x8a\x08" + struct.pack("<Q", 1 << 62) + b"\x8a\x08"
                                    + struct.pack("<Q", 1 << 62) + b"\x86")),
        "a negative shape": keyed(array(f4, b"J\xff\xff\xff\xffJ\xfa\xff\xff\xff\x86")),
        "a shape of truth": keyed(array(f4, b"\x88K\x06\x86")),
        "deep tuples": head + nested + b".",
        "deep lists": head + b"]" * 100_000 + b"a" * 99_999 + b".",
        "deep keys": head + b"})" + b"\x85" * 100_000 + b"Ns.",
        "a key of many": head + b"}" + bomb + b"Ns.",
        "an exploding set": head + b"\x8f(" + bomb + b"\x90.",
        "an exploding state": keyed(bomb),
        "a list in itself": head + b"]q\x00h\x00a.",
        "a mapping in itself": head + b"}q\x00" + text("wv") + b"h\x00s.",
        "vectors in themselves": head + name("gensim.models.word2vec", "Word2Vec") + b")\x81q\x00}" + text("wv")
        + b"h\x00sb.",
        "a memo of a billion": head + b"Nr" + struct.pack("<I", 1_000_000_000) + b".",
        "many memos": head + b"N" + b"\x94" * 500_000 + b".",
        "lists without end": head + b"](" + b"]" * 6_500_000 + b"e.",
        "appends in turn": head + b"]" + b"(Ne" * 300_000 + b".",
        "numbers that collide": head + b"}(" + b"".join(
            b"\x8a\x0a" + (number * ((1 << 61) - 1)).to_bytes(10, "little") + b"N" for number in range(100_000)
        ) + b"u.",
        "marks alone": head + b"(" * 1_000_000 + b".",
        "nothing": head + b".",
        "an empty stack": head + b"00000.",
        "another protocol": b"\x80\xff.",
        "surrogates": keyed(array(f4), b"(" + text("\ud800") + text("\udfff") + b"l"),
        "a word of megabytes": keyed(array(f4), b"(" + text("a" * 5_000_000) + text("b") + b"l"),
        "line ends in words": keyed(array(f4), b"(" + text("a\nb\0") + text("\u2028") + b"l"),
        "no numbers": keyed(array(f4, raw=b"C\x18" + b"\xff" * 24)),
    }  # fmt: skip


def test_hostile_pickles_run_nothing_and_end(tmp_path, figure):
    marker = tmp_path / "ran"
    files = {}
    for number, (what, content) in enumerate(hostile(marker).items()):
        files[str(tmp_path / f"{number:03}.kv")] = what
        (tmp_path / f"{number:03}.kv").write_bytes(content)
    said = read_apart([Path(file) for file in files])
    wrong = {files[file]: answer for file, answer in said.items() if not answer.startswith(("refused", "read"))}
    figure("hostile pickles that crash, run code, exceed 1 GB or hang", len(wrong) + marker.exists(), len(files))
    assert not marker.exists()
    assert not wrong
    usable = {files[file] for file, answer in said.items() if answer.startswith("read")}
    assert usable == {"surrogates", "a word of megabytes", "line ends in words", "no numbers"}


def test_the_campaign_would_see_code_that_runs(tmp_path):
    """Python's own reader obeys the first of them."""
    marker = tmp_path / "ran"
    pickle.loads(hostile(marker)["system"])
    assert marker.exists()


def test_what_a_pickle_says_is_plain_data():
    value = pickles.loads(b"\x80\x04" + call("os", "system", text("true")) + b".")
    assert isinstance(value, pickles.Call)
    assert (value.of, value.arguments) == (("os", "system"), ("true",))
    plain = {"a": [1, -2, 2.5, None, True, b"x", ("b", "ü")], 3: {"c": ()}}
    for protocol in (2, 3, 4, 5):
        read = pickles.loads(pickle.dumps(plain, protocol))
        assert read[0] == "a"
        assert read[1][:5] == [1, -2, 2.5, None, True]
        assert read[1][6] == ("b", "ü")
        assert read[3] == ["c", ()]


# ------------------------------------------------------------------------------------------------ damaged files


class KeyedVectors:
    def __init__(self, **attributes: object) -> None:
        self.__dict__.update(attributes)


class Vocab(KeyedVectors):
    pass


@pytest.fixture
def saved(monkeypatch: pytest.MonkeyPatch) -> Callable[..., bytes]:
    """Pickles of vectors as gensim's versions 3 and 4 lay them out, made without gensim."""
    for part in ("gensim", "gensim.models", "gensim.models.keyedvectors"):
        monkeypatch.setitem(sys.modules, part, types.ModuleType(part))
    for made in (KeyedVectors, Vocab):
        monkeypatch.setattr(made, "__module__", "gensim.models.keyedvectors")
        setattr(sys.modules["gensim.models.keyedvectors"], made.__name__, made)

    def save(protocol: int, version: int = 4, table: np.ndarray | None = None, model: bool = False) -> bytes:
        words = ["the", "北京", "é"]
        held = np.arange(9, dtype=np.float32).reshape(3, 3) if table is None else table
        if version == 4:
            rows = {word: row for row, word in enumerate(words)}
            vectors = KeyedVectors(vector_size=3, index_to_key=words, key_to_index=rows, vectors=held)
        else:
            vocab = {word: Vocab(count=3 - row, index=row) for row, word in enumerate(words)}
            vectors = KeyedVectors(vector_size=3, index2word=words, vocab=vocab, vectors=held)
        return pickle.dumps(KeyedVectors(wv=vectors, epochs=5) if model else vectors, protocol)

    return save


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
@pytest.mark.parametrize("version", [3, 4])
@pytest.mark.parametrize("model", [False, True])
def test_what_gensim_lays_out_is_read(saved, tmp_path, protocol, version, model):
    for table in (
        np.arange(9, dtype="<f4").reshape(3, 3),
        np.arange(9, dtype=">f8").reshape(3, 3),
        np.asfortranarray(np.arange(9, dtype="<f2").reshape(3, 3)),
    ):
        path = tmp_path / "v.kv"
        path.write_bytes(saved(protocol, version, table, model))
        words, vectors = keyed_vectors.read(path)
        assert words == ["the", "北京", "é"]
        np.testing.assert_array_equal(vectors, table)


SPLICED = [b"cos\nsystem\n", b"\x8d" + b"\xff" * 8, b"(" * 50, b"2" * 50, b"R", b"b", b"\x94" * 9, b"u", b"e", b"\x93",
           b"r\xff\xff\xff\x7f", b"\x8b\xff\xff\xff\x7f", b"\n", b" ", b"9" * 12, b"nan", b"\r", b"\xff\xfe", b"\0" * 8,
           b"1e999", b"-1", b"\x95\xff\xff\xff\xff\xff\xff\xff\x7f"]  # fmt: skip


def mutate(content: bytes, chance: random.Random) -> bytes:
    """Some bytes changed, cut out, doubled, exchanged, or put in."""
    made = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 3, 8))):
        at = chance.randrange(len(made) + 1)
        length = chance.choice((1, 1, 2, 4, 8, 40))
        match chance.randrange(7):
            case 0:
                made[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                del made[at : at + length]
            case 2:
                made[at:at] = made[at : at + length]
            case 3:
                made[at:at] = chance.choice(SPLICED)
            case 4:
                made[at : at + length] = b"\xff" * length
            case 5:
                del made[at:]
            case _:
                other = chance.randrange(len(made) + 1)
                made[at : at + length], made[other : other + length] = (
                    made[other : other + length], made[at : at + length])  # fmt: skip
    return bytes(made)


def test_mutated_pickles(saved, tmp_path, rounds, chance, figure):
    seeds = [saved(protocol, version, None, model) for protocol in (2, 4, 5) for version in (3, 4) for model in (0, 1)]
    marker = tmp_path / "ran"
    seeds += [content for content in hostile(marker).values() if len(content) < 10_000]
    files = []
    for number in range(rounds(60, 1000)):
        files.append(tmp_path / f"{number:04}.kv")
        files[-1].write_bytes(mutate(chance.choice(seeds), chance))
    said = read_apart(files)
    wrong = {file: answer for file, answer in said.items() if not answer.startswith(("refused", "read"))}
    figure("mutated pickles that crash, run code, exceed 1 GB or hang", len(wrong) + marker.exists(), len(files))
    assert not marker.exists()
    assert not wrong


def others() -> dict[str, bytes]:
    """A small file of each other format."""
    table = np.random.default_rng(1).standard_normal((4, 3)).astype(np.float32)
    words = ["the", "北京", "New York", "é"]
    rows = list(zip(["the", "北京", "New_York", "é"], table, strict=True))
    made = {}
    for suffix, write in (
        (".bin", lambda stream: formats.write_binary(stream, rows, 4, 3)),
        (".txt", lambda stream: formats.write_text(stream, rows, 4, 3, header=True)),
        (".glove.txt", lambda stream: formats.write_text(stream, rows, 4, 3, header=False)),
        (".npz", lambda stream: formats.write_npz(stream, words, table)),
        (".listed.npz", lambda stream: np.savez(stream, words=np.array(words), vectors=table)),
        (".npy", lambda stream: np.save(stream, table)),
    ):
        stream = io.BytesIO()
        write(stream)
        made[suffix] = stream.getvalue()
    return made


def test_mutated_files_of_other_formats(tmp_path, rounds, chance, figure):
    (tmp_path / "words.txt").write_text("the\n北京\nNew York\né\n", "utf-8")
    files = []
    for number in range(rounds(60, 1200)):
        suffix, content = chance.choice(list(others().items()))
        files.append(tmp_path / f"{number:04}{suffix}")
        files[-1].write_bytes(mutate(content, chance))
    said = read_apart(files)
    wrong = {file: answer for file, answer in said.items() if not answer.startswith(("refused", "read"))}
    figure("mutated files of vectors that crash, exceed 1 GB or hang", len(wrong), len(files))
    assert not wrong


def bombs(folder: Path) -> list[Path]:
    """Small files that would become large, and headers that lie."""
    import gzip
    import zipfile

    zeros = bytes(1 << 24)
    made: dict[str, bytes] = {
        "count.bin": b"1000000000 3\nthe " + bytes(12) + b"\n",
        "size.bin": b"3 1000000000\nthe " + bytes(12),
        "digits.bin": b"9" * 90 + b" 3\nthe " + bytes(12),
        "blankless.bin": b"1000000 3\n" + b"a" * (1 << 23),
        "count.txt": b"1000000000 3\nthe 1 2 3\n",
        "size.txt": b"3 1000000000\nthe 1 2 3\n",
        "wide.txt": b"the" + b" 1" * 1_000_000 + b"\n",
        "endless.txt": b"the 1 2 3\n" + b"1 " * (4 << 20),
        "not.txt": b"\xff\xfe\x00" * 100_000,
        "latin.txt": "".join(f"caf\xe9{row} 1 2 3\n" for row in range(100)).encode("latin-1") + b"ok 1 2 3\n",
        "numbers.txt": b"a 1 2 3\nb nan 1 2\nc inf 1 2\nd 1e999 1 2\ne 0 0 0\na 4 5 6\n",
        "mac.txt": b"3 2\rthe 1 2\rof 3 4\rand 5 6\r",
        "broken.txt": b"the 1 2 3\n" + b"x\n" * 200_000,
    }
    for name, content in made.items():
        (folder / name).write_bytes(content)
    with gzip.open(folder / "feeds.txt.gz", "wb", 1) as stream:
        stream.write(b"the 1 2 3\n")
        for _ in range(2):
            stream.write(b"\n" * (1 << 24))
    with gzip.open(folder / "rows.txt.gz", "wb", 1) as stream:
        for _ in range(2):  # long rows, of which few make many bytes: each is read
            stream.write((b"the 1." + b"0" * 1013 + b" 2 3\n") * 10_000)
    with gzip.open(folder / "bomb.bin.gz", "wb", 1) as stream:
        stream.write(b"1000000000 100\n")
        for _ in range(2):
            stream.write(zeros)
    header = b"\x93NUMPY\x01\x00"

    def npy(shape: str, descr: str) -> bytes:
        content = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}\n".encode()
        return header + struct.pack("<H", len(content)) + content

    for name, shape, descr, size in (
        ("wide.npz", "(40, 100000000)", "|i1", 1 << 22), ("long.npz", "(4000000000, 1)", "|i1", 1 << 22),
        ("inflates.npz", "(40000, 256)", "<f4", 40000 * 256 * 4),
    ):  # fmt: skip
        with zipfile.ZipFile(folder / name, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            text = np.save(words := io.BytesIO(), np.array("a\nb")) or words.getvalue()
            archive.writestr("words.npy", text)
            with archive.open("vectors.npy", "w", force_zip64=True) as stream:
                stream.write(npy(shape, descr))
                for start in range(0, size, len(zeros)):
                    stream.write(zeros[: size - start])
    with zipfile.ZipFile(folder / "words.npz", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        with archive.open("words.npy", "w", force_zip64=True) as stream:
            stream.write(npy("()", "<U20000000"))
            for _ in range(0, 80_000_000, len(zeros)):
                stream.write(b"a\0\0\0\n\0\0\0" * (len(zeros) // 8))
        archive.writestr("vectors.npy", npy("(2, 1)", "|i1") + b"ab")
    (folder / "shape.npy").write_bytes(npy("(1000000000000, 1000)", "<f4"))
    (folder / "shape.words.txt").write_bytes(b"a\n")
    return sorted(file for file in folder.iterdir() if not file.name.endswith(".words.txt"))


def test_bombs_and_headers_that_lie(tmp_path, figure):
    files = bombs(tmp_path)
    said = {Path(file).name: answer for file, answer in read_apart(files).items()}
    wrong = {file: answer for file, answer in said.items() if not answer.startswith(("refused", "read"))}
    figure("bombs among files of vectors that crash, exceed 1 GB or hang", len(wrong), len(files))
    assert not wrong
    usable = {file for file, answer in said.items() if answer.startswith("read")}
    assert usable == {"count.txt", "latin.txt", "mac.txt", "numbers.txt"}
    assert said["mac.txt"] == "read 3"
    assert said["numbers.txt"] == "read 3"


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "v.npz")
    os.mkfifo(tmp_path / "v.npy")
    (tmp_path / "words.txt").write_text("a\n")
    for answer in read_apart([tmp_path / "v.npz", tmp_path / "v.npy"], seconds=5).values():
        assert answer.startswith("refused")
