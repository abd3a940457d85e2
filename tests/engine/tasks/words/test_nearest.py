import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dltext.engine.tasks.words import nearest, scanner


def brute(rows, queries, count, exclude):
    """Everything in float64, sorted by cosine and then by row."""
    wide = rows.astype(np.float64)
    lengths = np.sqrt(np.square(wide).sum(axis=1))
    ids, cosines = [], []
    for query in queries.astype(np.float64):
        length = np.linalg.norm(query)
        query = query / length if length else query
        scores = (wide * query).sum(axis=1) / np.where(lengths > 0, lengths, 1)
        order = [row for row in np.lexsort((np.arange(len(rows)), -scores)) if row not in exclude][:count]
        ids.append(order)
        cosines.append(scores[order])
    return np.array(ids), np.array(cosines)


def exactly(rows, query):
    wide = rows.astype(np.float64)
    lengths = np.linalg.norm(wide, axis=1) * (np.linalg.norm(query) or 1)
    return (wide @ query) / np.where(lengths > 0, lengths, 1)


def table(rng, rows, size, kind):
    values = rng.standard_normal((rows, size)) * np.geomspace(3, 0.05, size) + rng.standard_normal(size) * rng.choice(
        [0, 2]
    )
    values[rng.integers(rows, size=rows // 20)] = 0
    values[rng.integers(rows, size=rows // 10)] = values[rng.integers(rows, size=rows // 10)]  # ties
    values[rng.integers(rows)] = np.eye(size)[0] * 30  # one component alone: the coarsest copy
    if kind == np.int8:
        return np.rint(values / np.abs(values).max() * 127).astype(np.int8)
    return values.astype(kind)


@pytest.mark.parametrize("kind", [np.float16, np.float32, np.int8])
@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6), size=st.sampled_from([1, 2, 7, 50, 100, 301]), count=st.integers(1, 40))
def test_it_finds_what_an_exhaustive_search_finds(kind, seed, size, count):
    rng = np.random.default_rng(seed)
    rows = table(rng, int(rng.integers(2100, 6000)), size, kind)
    queries = np.concatenate([rows[rng.integers(len(rows), size=5)].astype(np.float32), rng.standard_normal((6, size))])
    exclude = {int(row) for row in rng.integers(len(rows), size=7)}
    expected, cosines = brute(rows, queries, count, exclude)
    index = nearest.Nearest(rows)
    for _ in range(2):  # the first answer comes from the rows themselves, the second from their copy
        ids, similarities = index.search(queries, count, exclude)
        np.testing.assert_allclose(similarities, cosines, atol=1e-6)
        for query, row_ids, true, best in zip(queries, ids, expected, cosines, strict=True):
            assert len(set(row_ids)) == len(row_ids) == len(true)
            assert not exclude & set(row_ids)
            # Parallel rows of unequal length tie but for the last bit: which of them comes first is nobody's business.
            np.testing.assert_allclose(exactly(rows[row_ids], query), best, atol=1e-12)
    assert index._copy is not None


def test_small_tables_and_large_counts():
    rows = np.eye(3, dtype=np.float16)
    ids, cosines = nearest.Nearest(rows).search(np.array([[1.0, 0.5, 0.0]]), 10, [0])
    assert ids.tolist() == [[1, 2]]
    np.testing.assert_allclose(cosines, [[0.5 / 1.25**0.5, 0]], atol=1e-7)
    assert nearest.Nearest(rows).search(np.ones((2, 3)), 4, [0, 1, 2])[0].shape == (2, 0)


def test_a_query_of_zeros_is_near_to_nothing_and_a_row_that_is_no_number_to_none():
    rows = np.eye(4, dtype=np.float16)
    rows[1] = np.inf
    rows[2] = np.nan
    index = nearest.Nearest(rows)
    ids, cosines = index.search(np.zeros((1, 4)), 2, [0])
    assert ids.tolist() == [[1, 2]]
    assert not cosines.any()
    ids, cosines = index.search(np.array([[0.0, 1, 1, 1]]), 4, [])
    assert ids.tolist() == [[3, 0, 1, 2]]
    assert np.isfinite(cosines).all()


def test_the_margin_is_needed_and_holds():
    rng = np.random.default_rng(3)
    rows = rng.standard_normal((3000, 30)).astype(np.float32)
    queries = rng.standard_normal((4, 30))
    queries /= np.linalg.norm(queries, axis=1, keepdims=True)
    exact = queries @ (rows / np.linalg.norm(rows, axis=1, keepdims=True)).T.astype(np.float64)
    for row, (lower, upper) in zip(exact, nearest._Copy(rows).bounds(queries), strict=True):
        assert (lower <= row).all()
        assert (row <= upper).all()
        assert np.abs((lower + upper) / 2 - row).max() > 1e-4  # digits do lose something
        assert (upper - lower).max() < 0.1


def test_halves_are_widened_as_numpy_does():
    every = np.arange(65536, dtype=np.uint16).view(np.float16)
    finite = every[np.isfinite(every)].reshape(-1, 16)
    np.testing.assert_array_equal(nearest._widened_halves(finite), finite.astype(np.float32))


def test_the_graph_is_the_one_that_onnx_makes():
    onnx = pytest.importorskip("onnx", reason="onnx comes with the [train] extra")
    kinds, helper = onnx.TensorProto, onnx.helper
    graph = helper.make_graph(
        [helper.make_node("MatMulInteger", ["table", "queries"], ["scores"])],
        "scan",
        [
            helper.make_tensor_value_info("table", kinds.UINT8, ["rows", "size"]),
            helper.make_tensor_value_info("queries", kinds.INT8, ["size", "count"]),
        ],
        [helper.make_tensor_value_info("scores", kinds.INT32, ["rows", "count"])],
    )
    model = helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", 17)])
    assert scanner.GRAPH.read_bytes() == model.SerializeToString()


def test_bytes_are_multiplied_exactly():
    rng = np.random.default_rng(1)
    rows = rng.integers(0, 256, (5000, 77)).astype(np.uint8)
    rows[0], queries = 255, rng.integers(-64, 65, (77, 3)).astype(np.int8)
    queries[:, 0] = 64
    products = scanner.Scanner().multiply(rows, queries)
    np.testing.assert_array_equal(products, rows.astype(np.int64) @ queries.astype(np.int64))
