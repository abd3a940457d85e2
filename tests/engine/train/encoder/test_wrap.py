"""A graph of others for serving alone: it answers as its own signs and numbers do, and holds nothing else."""

import json

import numpy as np
import pytest

for package in ("onnx", "safetensors", "keras"):
    pytest.importorskip(package, reason="training needs the [train] extra")

from dltext.engine import api  # noqa: E402
from dltext.engine.results import UserError  # noqa: E402
from dltext.engine.tasks.encoder.model import open_encoder  # noqa: E402
from dltext.engine.train.encoder import base, convert  # noqa: E402


def write_graph(folder, opset=17, operator="Erf", types=True, ids="input_ids"):
    """An encoder as exporters of others write it: pieces, places cut at the text's length, a mask; in the folder of a
    toy whose weights go. Returns what it answers to numbers of its own."""
    from onnx import TensorProto, helper, numpy_helper, save

    rng = np.random.default_rng(0)
    config = json.loads((folder / "config.json").read_text())
    (folder / "model.safetensors").unlink()
    table = rng.normal(size=(config["vocab_size"], 8)).astype(np.float32)
    places = rng.normal(size=(1, 64, 8)).astype(np.float32)
    held = {
        "table": table, "places": places, "at": np.array(1), "zero": np.array([0]), "axis": np.array([1]),
        "last": np.array([-1]),
    }  # fmt: skip
    node = helper.make_node
    nodes = [
        node("Gather", ["table", ids], ["x"]),
        node("Shape", [ids], ["shape"]),
        node("Gather", ["shape", "at"], ["length"]),
        node("Unsqueeze", ["length", "zero"], ["end"]),
        node("Slice", ["places", "zero", "end", "axis"], ["cut"]),
        node("Add", ["x", "cut"], ["y"]),
        node(operator, ["y"], ["e"]),
        node("Cast", ["attention_mask"], ["real"], to=1),
        node("Unsqueeze", ["real", "last"], ["column"]),
        node("Mul", ["e", "column"], ["last_hidden_state"]),
    ]
    if types:
        nodes[5:6] = [
            node("Cast", ["token_type_ids"], ["kind"], to=1),
            node("Unsqueeze", ["kind", "last"], ["kinds"]),
            node("Add", ["x", "kinds"], ["z"]),
            node("Add", ["z", "cut"], ["y"]),
        ]
    taken = [ids, "attention_mask", *(["token_type_ids"] if types else [])]
    graph = helper.make_graph(
        nodes,
        "theirs",
        [helper.make_tensor_value_info(name, TensorProto.INT64, ["b", "n"]) for name in taken],
        [helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, ["b", "n", 8])],
        [numpy_helper.from_array(value, name) for name, value in held.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])
    model.ir_version = 8
    (folder / "onnx").mkdir()
    save(model, folder / "onnx" / "model.onnx")

    def answer(numbers):
        from math import erf

        return np.vectorize(erf)(table[numbers] + places[0, : len(numbers)])

    return answer


@pytest.mark.parametrize(("kind", "opset", "types"), [("bert", 17, True), ("roberta", 18, False)])
def test_it_answers_as_its_own_numbers_do(home, tmp_path, toy_encoders, kind, opset, types):
    from tokenizers import Tokenizer

    folder = toy_encoders.write(tmp_path / "theirs", kind)
    answer = write_graph(folder, opset, types=types)
    info = api.import_model(str(folder))
    assert (info.task, info.card["serving"]["vector_size"], info.card["serving"]["max_tokens"]) == ("encoder", 8, 62)
    theirs = Tokenizer.from_file(str(folder / "tokenizer.json"))
    theirs.no_truncation()
    first, last = ("[CLS]", "[SEP]") if kind == "bert" else ("<s>", "</s>")
    ids = theirs.encode("the film was warm", add_special_tokens=False).ids
    states = answer([theirs.token_to_id(first), *ids, theirs.token_to_id(last)])
    expected = states.mean(axis=0)
    (vector,) = open_encoder("theirs").vectors(["the film was warm"])
    np.testing.assert_allclose(vector, expected / np.linalg.norm(expected), atol=1e-5)
    with pytest.raises(UserError, match="theirs answers by a graph alone"):
        base.read("theirs")
    with pytest.raises(UserError, match=r"but not the model\.safetensors that training starts from"):
        base.read(str(folder))


def test_the_first_state_where_the_folder_says_so(tmp_path, toy_encoders):
    folder = toy_encoders.write(tmp_path / "theirs", "bert")
    write_graph(folder)
    (folder / "1_Pooling").mkdir()
    (folder / "1_Pooling" / "config.json").write_text('{"pooling_mode_cls_token": true}')
    convert.make(folder, tmp_path / "made", "made", "en", "int8", "theirs")
    vector = open_encoder(str(tmp_path / "made")).session.logits(np.array([[9, 9]], np.int32))
    other = open_encoder(str(tmp_path / "made")).session.logits(np.array([[11, 10]], np.int32))
    np.testing.assert_allclose(vector, other)  # [CLS] of this toy sees nothing else


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"operator": "Asin"}, r"model\.onnx cannot be loaded: it holds the operator 'Asin', which no recipe exports"),
        ({"ids": "words"}, r"takes attention_mask, token_type_ids, words; encoders take input_ids"),
    ],
)
def test_a_graph_that_no_bundle_may_hold_is_refused(tmp_path, toy_encoders, changes, said):
    folder = toy_encoders.write(tmp_path / "theirs", "bert")
    write_graph(folder, **changes)
    with pytest.raises(UserError, match=said):
        convert.make(folder, tmp_path / "made", "made", "en", "int8", "theirs")


def test_what_lacks_beside_a_graph_is_told(tmp_path, toy_encoders):
    folder = toy_encoders.write(tmp_path / "theirs", "bert")
    write_graph(folder)
    (folder / "onnx" / "model.onnx").write_bytes(b"no graph")
    with pytest.raises(UserError, match=r"model\.onnx is no ONNX graph"):
        convert.make(folder, tmp_path / "made", "made", "en", "int8", "theirs")
    (folder / "config.json").write_text("{}")
    with pytest.raises(UserError, match="must say vocab_size and max_position_embeddings"):
        convert.make(folder, tmp_path / "made", "made", "en", "int8", "theirs")
    (folder / "tokenizer.json").unlink()
    with pytest.raises(UserError, match=r"beside model\.onnx it lacks tokenizer\.json"):
        convert.make(folder, tmp_path / "made", "made", "en", "int8", "theirs")
