"""Encoders of others: what is wrong with a folder is told in a sentence; a vocabulary can be pruned."""

import json
import zipfile

import numpy as np
import pytest

pytest.importorskip("safetensors", reason="training needs the [train] extra")
pytest.importorskip("onnx", reason="training needs the [train] extra")

from dltext.engine.results import UserError
from dltext.engine.train.encoder import base, vocabulary


@pytest.fixture
def folder(tmp_path, toy_encoders):
    return toy_encoders.write(tmp_path / "mine", "bert")


def edited(folder, **changes):
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, **changes}))


def test_a_folder_and_its_zip_are_one(folder, tmp_path):
    (folder / "1_Pooling").mkdir()
    (folder / "1_Pooling" / "config.json").write_text('{"pooling_mode_cls_token": true}')
    (folder / "sentence_bert_config.json").write_text('{"max_seq_length": 32}')
    (folder / "README.md").write_text("---\nlicense: mit\n---\n")
    with zipfile.ZipFile(tmp_path / "mine.zip", "w") as archive:
        for file in folder.rglob("*"):
            archive.write(file, f"deep/inside/{file.relative_to(folder)}")
    for place in (folder, tmp_path / "mine.zip"):
        start = base.read(str(place))
        assert (start.shape.pooling, start.longest, start.licence) == ("first", 30, "mit")
        assert start.weights["pieces/embeddings"].shape == (start.tokenizer.get_vocab_size(), start.shape.size)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"model_type": "t5"}, "of the type 't5'; encoders are read of: bert"),
        ({"position_embedding_type": "relative_key"}, "relative places"),
        ({"hidden_act": "silu"}, "the activation 'silu'"),
        ({"num_attention_heads": 3}, "no multiple of its 3 attention heads"),
        ({"hidden_size": "16"}, "hidden_size must be a whole number above 0, not '16'"),
        ({"num_hidden_layers": 3}, "lacks bert.encoder.layer.2."),
        ({"intermediate_size": 25}, r"shape \(16, 24\), the config says \(16, 25\)"),
    ],
)
def test_a_config_that_does_not_fit_is_told(folder, changes, said):
    edited(folder, **changes)
    with pytest.raises(UserError, match=said) as caught:
        base.read(str(folder))
    assert str(folder) in str(caught.value)


def test_what_is_no_encoder_is_told(folder, tmp_path, make_bundle):
    (folder / "model.safetensors").write_bytes(b"\x10\0\0\0\0\0\0\0{}")
    with pytest.raises(UserError, match=r"model\.safetensors cannot be read"):
        base.read(str(folder))
    (folder / "tokenizer.json").unlink()
    with pytest.raises(UserError, match=r"it lacks tokenizer\.json\. Needed are"):
        base.read(str(folder))
    (tmp_path / "a.zip").write_bytes(b"PK")
    with pytest.raises(UserError, match="not a readable zip"):
        base.read(str(tmp_path / "a.zip"))
    make_bundle("toy")
    with pytest.raises(UserError, match="toy is no encoder, but a model of the recipe text-cnn"):
        base.read("toy")
    with pytest.raises(UserError, match="get it with `dltext models fetch encoder-en-float`"):
        base.read("encoder-en-float")
    with pytest.raises(UserError, match="There is no model 'nowhere'"):
        base.read("nowhere")


def test_a_vocabulary_without_signs_is_told(folder):
    rules = json.loads((folder / "tokenizer.json").read_text())
    rules["added_tokens"] = []
    del rules["model"]["vocab"]["[CLS]"]
    (folder / "tokenizer.json").write_text(json.dumps(rules))
    with pytest.raises(UserError, match=r"tokenizer\.json lacks the signs of an encoder"):
        base.read(str(folder))


def test_pruned_to_the_pieces_of_texts(folder):
    start = base.read(str(folder))
    tokenizer, rows = vocabulary.prune(start.tokenizer, ["The film.", "the plots"])
    assert tokenizer.get_vocab_size() == len(rows) < start.tokenizer.get_vocab_size()
    for text in ("the plots, the film", "a word that never was"):  # letters stay: any word can be spelt
        old, new = (each.encode(text, add_special_tokens=False) for each in (start.tokenizer, tokenizer))
        assert 1 not in new.ids
        if text.startswith("the"):
            assert new.tokens == old.tokens
            assert np.array_equal(rows[new.ids], old.ids)
