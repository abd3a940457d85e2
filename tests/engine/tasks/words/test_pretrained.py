import numpy as np
import pytest

from dltext.data.errors import UserError
from dltext.engine.tasks.words import pretrained as vec

WORDS = ["good", "bad", "film", "很好"]
TABLE = np.arange(12, dtype=np.float32).reshape(4, 3) / 4


def written(folder, kind):
    path = folder / f"v.{kind}"
    lines = [f"{word} {' '.join(map(str, row))}\n" for word, row in zip(WORDS, TABLE, strict=True)]
    if kind == "vec":
        path.write_text("4 3\n" + "".join(lines), encoding="utf-8")
    elif kind == "txt":
        path.write_text("".join(lines), encoding="utf-8")
    elif kind == "gz":
        import gzip

        with gzip.open(path, "wt", encoding="utf-8") as stream:
            stream.writelines(lines)
    elif kind == "bin":
        rows = [
            word.encode() + b" " + row.astype("<f4").tobytes() + b"\n" for word, row in zip(WORDS, TABLE, strict=True)
        ]
        path.write_bytes(b"4 3\n" + b"".join(rows))
    else:
        np.savez(path, words="\n".join(WORDS), vectors=TABLE.astype(np.float16))
    return path


@pytest.mark.parametrize("kind", ["vec", "txt", "gz", "bin", "npz"])
def test_reads_every_format(tmp_path, kind):
    read = dict(vec.read(written(tmp_path, kind)))
    assert list(read) == WORDS
    for word, row in zip(WORDS, TABLE, strict=True):
        np.testing.assert_allclose(read[word], row, atol=1e-3)


def test_gensim_writes_what_we_read(tmp_path):
    gensim = pytest.importorskip("gensim", reason="gensim comes with the [train] extra")
    keyed = gensim.models.KeyedVectors(3)
    keyed.add_vectors(WORDS, TABLE)
    for binary in (False, True):
        keyed.save_word2vec_format(str(tmp_path / "w2v"), binary=binary)
        read = dict(vec.read(tmp_path / "w2v"))
        np.testing.assert_allclose(np.stack([read[word] for word in WORDS]), TABLE, atol=1e-5)


def test_matrix_keeps_only_the_rows_asked_for(tmp_path):
    table, coverage = vec.matrix(["[PAD]", "[UNK]", "film", "unheard", "good"], str(written(tmp_path, "txt")))
    assert table.shape == (5, 3)
    assert coverage == pytest.approx(2 / 5)
    assert not table[0].any()
    # One scale for all: directions stay.
    ratio = table[2] / TABLE[2]
    np.testing.assert_allclose(ratio, ratio[0], rtol=1e-5)
    assert table[[2, 4]].std() == pytest.approx(vec.SPREAD, rel=1e-4)
    assert table[3].any()


def test_sources_are_set_side_by_side(tmp_path):
    one, other = written(tmp_path, "txt"), written(tmp_path, "npz")
    table, _ = vec.matrix(["[PAD]", "good", "bad"], f"{one}+{other}")
    assert table.shape == (3, 6)
    np.testing.assert_allclose(table[1:, :3], table[1:, 3:], atol=1e-3)


def test_a_broken_line_is_told_and_the_rest_is_read(tmp_path):
    path = tmp_path / "v.txt"
    path.write_text("good 1 2 3\nbad 1 two 3\nshort 1 2\nfilm 4 5 6\n")
    warnings = []
    assert list(dict(vec.read(path, warn=warnings.append))) == ["good", "film"]
    assert [("line 2" in warnings[0]), ("line 3" in warnings[1])] == [True, True]


def test_a_cut_binary_says_so(tmp_path):
    path = written(tmp_path, "bin")
    path.write_bytes(path.read_bytes()[:-6])
    with pytest.raises(UserError, match="vector 4 of 4"):
        list(vec.read(path))


def test_unknown_names_and_foreign_vectors(tmp_path, monkeypatch):
    monkeypatch.setenv("DLTEXT_HOME", str(tmp_path))
    monkeypatch.delenv("DLTEXT_DATA", raising=False)
    with pytest.raises(UserError, match="no vectors 'nowhere'"):
        vec.resolve("nowhere")
    with pytest.raises(UserError, match="another language"):
        vec.matrix(["[PAD]", "zzz"], str(written(tmp_path, "txt")))
