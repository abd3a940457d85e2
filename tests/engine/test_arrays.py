import io
import zipfile

import numpy as np
import pytest

from dltext.engine import arrays


def npy(descr="'<f4'", fortran="False", shape="(2, 3)", data=bytes(24), version=1, length=None):
    header = f"{{'descr': {descr}, 'fortran_order': {fortran}, 'shape': {shape}, }}".encode()
    width = 2 if version == 1 else 4
    size = (len(header) if length is None else length).to_bytes(width, "little")
    return b"\x93NUMPY" + bytes([version, 0]) + size + header + data


@pytest.mark.parametrize("dtype", ["<f4", ">f8", "f2", "i1", "u8", "?"])
@pytest.mark.parametrize("shape", [(), (0,), (5,), (3, 4), (0, 7), (2, 3, 4)])
@pytest.mark.parametrize("order", ["C", "F"])
def test_what_numpy_writes_is_read(tmp_path, dtype, shape, order):
    array = np.asarray(np.random.default_rng(1).integers(0, 2, shape).astype(dtype), order=order)
    np.save(tmp_path / "a.npy", array)
    np.savez_compressed(tmp_path / "a.npz", a=array)
    for loaded in (arrays.load(tmp_path / "a.npy", 1000), arrays.load(tmp_path / "a.npy", mapped=True)):
        assert loaded.dtype == array.dtype
        np.testing.assert_array_equal(loaded, array)
    with arrays.Archive(tmp_path / "a.npz") as archive:
        assert archive.names == ["a"]
        np.testing.assert_array_equal(archive.read("a", 1000), array)


@pytest.mark.parametrize("dtype", ["<f4", "f2", "i1", "u8"])
def test_what_is_stored_is_mapped_from_within_the_zip(tmp_path, dtype):
    array = np.random.default_rng(1).integers(0, 2, (5, 3)).astype(dtype)
    np.savez(tmp_path / "a.npz", other=np.arange(3), a=array, none=np.zeros(0, "f4"))
    with arrays.Archive(tmp_path / "a.npz") as archive:
        mapped = archive.map("a")
        with pytest.raises(arrays.BadArray, match="empty"):
            archive.map("none")
    assert isinstance(mapped.base, np.memmap)
    assert not mapped.flags.writeable
    np.testing.assert_array_equal(mapped, array)
    np.savez_compressed(tmp_path / "b.npz", a=array)
    with arrays.Archive(tmp_path / "b.npz") as archive, pytest.raises(arrays.BadArray, match="compressed"):
        archive.map("a")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (npy(shape="(1000000000000,)"), "holds 24"),
        (npy(shape="(1000000000000, 1000000000000)"), "holds 24"),
        (npy(shape="(99999999999999999999,)"), "impossible"),
        (npy(shape="(-2, -3)"), "header"),
        (npy(shape="(2,)" * 3), "header"),
        (npy(shape="(" + "1, " * 40 + ")"), "impossible"),
        (npy(descr="'|O'"), "header"),
        (npy(descr="'|O8'"), "type"),
        (npy(descr="'|V8'"), "type"),
        (npy(descr="'<c8'"), "type"),
        (npy(descr="[('a', '<f4')]"), "header"),
        (npy(descr="__import__('os').system('echo')"), "header"),
        (npy(descr="'<f4'", shape="(" * 5000 + ")" * 5000, length=None), "header"),
        (npy(length=60_000), "60,000"),
        (npy(version=2, length=4_000_000_000), "4,000,000,000"),
        (npy(version=9), "begin"),
        (npy()[:40], "ends within"),
        (npy()[:-1], "holds 23"),
        (b"\x80\x04.", "begin"),
        (b"", "begin"),
    ],
)
@pytest.mark.parametrize("mapped", [True, False])
def test_no_header_is_believed(tmp_path, content, reason, mapped):
    path = tmp_path / "a.npy"
    path.write_bytes(content)
    with pytest.raises(arrays.BadArray, match=reason):
        arrays.load(path, 1 << 20, mapped=mapped)


def test_an_array_is_as_large_as_its_reader_says(tmp_path):
    np.save(tmp_path / "a.npy", np.zeros(100))
    with pytest.raises(arrays.BadArray, match="800"):
        arrays.load(tmp_path / "a.npy", 799)


def test_what_is_small_in_a_zip_is_not_inflated(tmp_path):
    path = tmp_path / "a.npz"
    np.savez_compressed(path, a=np.zeros(1 << 22))
    with arrays.Archive(path) as archive:
        with pytest.raises(arrays.BadArray, match="more than"):
            archive.read("a", 1 << 20)
        assert archive.header("a").size == 8 << 22


def test_a_table_comes_in_blocks(tmp_path):
    table = np.random.default_rng(1).standard_normal((5000, 100)).astype(np.float32)
    np.savez_compressed(tmp_path / "a.npz", a=table, wide=np.zeros(3))
    with arrays.Archive(tmp_path / "a.npz") as archive:
        blocks = list(archive.rows("a"))
        assert len(blocks) > 1
        np.testing.assert_array_equal(np.concatenate(blocks), table)
        with pytest.raises(arrays.BadArray, match="table"):
            next(archive.rows("wide"))
        with pytest.raises(KeyError):
            archive.read("b", 1)


def test_entries_that_lie_are_refused(tmp_path):
    path = tmp_path / "a.npz"
    for content, compression in ((npy(shape="(9, 9)"), zipfile.ZIP_DEFLATED), (npy(), zipfile.ZIP_LZMA)):
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("a.npy", content, compression)
        with arrays.Archive(path) as opened, pytest.raises(arrays.BadArray):
            opened.read("a", 1 << 20)
    path.write_bytes(b"PK\x03\x04")
    with pytest.raises(arrays.BadArray, match="zip"):
        arrays.Archive(path)


def test_text_only_where_it_is_wanted(tmp_path):
    stream = io.BytesIO()
    np.save(stream, np.array(["one", "deux"]))
    (tmp_path / "a.npy").write_bytes(stream.getvalue())
    with pytest.raises(arrays.BadArray, match="type"):
        arrays.load(tmp_path / "a.npy", 100)
    assert arrays.load(tmp_path / "a.npy", 100, kinds="U").tolist() == ["one", "deux"]
