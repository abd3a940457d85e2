"""What the files beside an encoder's weights say, and zips that would do harm."""

import json
import zipfile

import numpy as np
import pytest

for package in ("keras", "safetensors", "onnx"):
    pytest.importorskip(package, reason="training needs the [train] extra")

from dltext.engine.results import UserError  # noqa: E402
from dltext.engine.train.encoder import base, folder  # noqa: E402


@pytest.fixture
def small(tmp_path, toy_encoders):
    return toy_encoders.write(tmp_path / "small", "bert")


def say(place, name, content):
    (place / name).parent.mkdir(exist_ok=True)
    (place / name).write_text(content if isinstance(content, str) else json.dumps(content))


@pytest.mark.parametrize(
    ("name", "config", "prompts", "expected"),
    [
        ("multilingual-e5-small", {}, None, ("query: ", "passage: ")),
        ("mine", {"_name_or_path": "intfloat/e5-base-v2"}, None, ("query: ", "passage: ")),
        ("e5-large-instruct", {}, None, ("", "")),
        ("e5x", {}, {"query": "", "document": ""}, ("", "")),
        (
            "nomic",
            {},
            {"query": "search_query: ", "document": "search_document: "},
            ("search_query: ", "search_document: "),
        ),
        ("e5-small", {}, {"query": "ask: "}, ("ask: ", "")),
    ],
)
def test_prefixes(tmp_path, name, config, prompts, expected):
    if prompts is not None:
        say(tmp_path, "config_sentence_transformers.json", {"prompts": prompts})
    assert folder.habits(tmp_path, config, str(tmp_path / name)).prefixes == expected


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("modules.json", [{"type": "sentence_transformers.models.Dense"}], "modules.json puts 'Dense' behind"),
        ("1_Pooling/config.json", {"pooling_mode_max_tokens": True}, "asks for pooling_mode_max_tokens; read are"),
        (
            "1_Pooling/config.json",
            {"pooling_mode_cls_token": True, "pooling_mode_mean_tokens": True},
            "asks for pooling_mode_cls_token and pooling_mode_mean_tokens",
        ),
        ("config_sentence_transformers.json", {"prompts": {"query": 5}}, "a prompt that is no line of at most 300"),
        (
            "config_sentence_transformers.json",
            {"prompts": {"query": "a\nb"}},
            "a prompt that is no line of at most 300",
        ),
        ("sentence_bert_config.json", "[", "sentence_bert_config.json is no JSON"),
        ("config.json", "[" * 100_000, "config.json is no JSON"),
        ("config.json", "[]", "config.json holds no object"),
    ],
)
def test_a_folder_that_asks_for_what_nobody_computes(small, name, content, said):
    say(small, name, content)
    with pytest.raises(UserError, match=said) as caught:
        base.read(str(small))
    assert str(small) in str(caught.value)


def test_a_pooling_that_is_named_stands_for_what_the_folder_says(small):
    say(small, "1_Pooling/config.json", {"pooling_mode_max_tokens": True})
    assert base.read(str(small), "mean").shape.pooling == "mean"


def test_half_floats_are_read(small):
    from safetensors.numpy import load_file, save_file

    exact = base.read(str(small)).weights
    path = small / "model.safetensors"
    theirs = load_file(path)
    save_file({name: value.astype(np.float16) for name, value in theirs.items()}, path)
    np.testing.assert_allclose(base.read(str(small)).weights["pooler/kernel"], exact["pooler/kernel"], atol=1e-3)
    # bfloat16, which NumPy has not: the upper halves of float32.
    header, data = {}, b""
    for name, value in theirs.items():
        half = (value.view(np.uint32) >> 16).astype("<u2").tobytes()
        header[name] = {"dtype": "BF16", "shape": value.shape, "data_offsets": [len(data), len(data) + len(half)]}
        data += half
    head = json.dumps(header).encode()
    path.write_bytes(len(head).to_bytes(8, "little") + head + data)
    np.testing.assert_allclose(base.read(str(small)).weights["pooler/kernel"], exact["pooler/kernel"], atol=1e-2)


@pytest.mark.parametrize(
    "header",
    [
        {"a": {"dtype": "F32", "shape": [4], "data_offsets": [0, 1 << 40]}},
        {"a": {"dtype": "F32", "shape": [1 << 40], "data_offsets": [0, 16]}},
        {"a": {"dtype": "F32", "shape": [2], "data_offsets": [8, 16]}},
        {"a": {"dtype": "X9", "shape": [4], "data_offsets": [0, 16]}},
    ],
)
def test_a_hostile_header_is_refused(small, header):
    head = json.dumps(header).encode()
    for length in (len(head), 1 << 60):
        (small / "model.safetensors").write_bytes(length.to_bytes(8, "little") + head + b"\0" * 16)
        with pytest.raises(UserError, match=r"model\.safetensors cannot be read"):
            base.read(str(small))


def test_a_zip_that_grows_beyond_reason_is_refused(small, tmp_path):
    (small / "tokenizer.json").write_bytes(b" " * (40 << 20))
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for file in small.iterdir():
            archive.write(file, file.name)
    with pytest.raises(UserError, match=r"tokenizer\.json grows far beyond its usual size"):
        base.read(str(tmp_path / "bomb.zip"))


def test_a_zip_with_a_link_is_refused(small, tmp_path):
    with zipfile.ZipFile(tmp_path / "link.zip", "w") as archive:
        archive.write(small / "model.safetensors", "x/model.safetensors")
        entry = zipfile.ZipInfo("x/config.json")
        entry.external_attr = 0o120777 << 16
        archive.writestr(entry, "/etc/passwd")
    with pytest.raises(UserError, match=r"config\.json is a link"):
        base.read(str(tmp_path / "link.zip"))


@pytest.mark.parametrize(
    ("head", "language"),
    [
        ("language: en", "en"),
        ("language:\n- en", "en"),
        ("license: mit\nlanguage:\n  - en\n  - de\ntags:\n- x", "multi"),
        ("language: [zh]", "zh"),
        ("language: multilingual", "multi"),
        ("language: English, mostly \u0007", ""),
        ("language:", ""),
        ("tags: en", ""),
    ],
)
def test_the_language_that_a_readme_names(tmp_path, head, language):
    say(tmp_path, "README.md", f"---\n{head}\n---\nlanguage: fr\n")
    assert folder.habits(tmp_path, {}, "here").language == language
