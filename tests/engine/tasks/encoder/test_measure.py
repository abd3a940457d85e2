"""What an encoder is worth: cosines beside human scores, and its speed, told on its card."""

import numpy as np
import pytest

for package in ("onnx", "safetensors", "keras"):
    pytest.importorskip(package, reason="training needs the [train] extra")

from dltext.engine import api, model_store  # noqa: E402
from dltext.engine.results import UserError  # noqa: E402
from dltext.engine.tasks.encoder import measure  # noqa: E402
from dltext.engine.tasks.encoder.model import open_encoder  # noqa: E402

PAIRS = [("the film was warm", "a warm film"), ("a dull plot", "a tired plot"), ("warm", "dull"), ("one", "two")]


@pytest.fixture
def encoder(home, tmp_path, toy_encoders, monkeypatch):
    """A small E5, imported where STS-B lies; known by its name, it reads prefixes."""
    (tmp_path / "mirror" / "sts-b").mkdir(parents=True)
    rows = [f"main\tx\t2012\t{n}\t{n}.5\t{a}\t{b}" for n, (a, b) in enumerate(PAIRS)]
    (tmp_path / "mirror" / "sts-b" / "sts-dev.csv").write_text("\n".join(rows) + "\n")
    monkeypatch.setenv("DLTEXT_DATA", str(tmp_path / "mirror"))
    api.import_model(str(toy_encoders.write(tmp_path / "e5-toy", "e5")))
    return open_encoder("e5-toy")


def test_its_card_tells_quality_and_speed(encoder, run):
    card = model_store.info("e5-toy").card
    sts, speed = card["metrics"]
    assert (sts["on"], sts["examples"], speed["on"]) == ("STS-B dev", 4, "a text of 40 words")
    assert 0 < speed["milliseconds"] < 1000
    report = api.evaluate("e5-toy", "sts-b")
    assert (report.metrics["sts_b"], report.metrics["spearman"]) == (sts["sts_b"], sts["spearman"])
    first, second = (encoder.vectors([pair[side] for pair in PAIRS], query=True) for side in (0, 1))
    cosines = (first * second).sum(axis=1)
    assert report.metrics["sts_b"] == pytest.approx(np.corrcoef(cosines, range(4))[0, 1], abs=1e-3)
    assert "sts_b" in run("evaluate", "e5-toy", "--data", "sts-b", "--json").objects[0]


def test_queries_and_texts_are_read_behind_their_prefixes(encoder):
    assert (encoder.card["serving"]["query_prefix"], encoder.card["serving"]["text_prefix"]) == ("query: ", "passage: ")
    bare = encoder.tokenizer.encode("query: the film was warm", add_special_tokens=False).ids
    logits = encoder.session.logits(np.array([bare], np.int32))[0]
    (asked,), (text,) = encoder.vectors(["the film was warm"], query=True), encoder.vectors(["the film was warm"])
    assert asked @ logits / np.linalg.norm(logits) == pytest.approx(1, abs=1e-4)
    assert asked @ text < 0.9999
    cosine = api.encoder_similarity("warm", "dull", "e5-toy").cosine
    assert open_encoder("e5-toy") is encoder, "one session, whoever asks"
    a, b = encoder.vectors(["warm", "dull"], query=True)
    assert cosine == pytest.approx(float(a @ b), abs=1e-4)
    # A text that fills what it reads leaves room for the prefix.
    most = encoder.max_tokens + max(len(encoder.query_prefix), len(encoder.text_prefix))
    assert most <= 62
    assert np.isfinite(encoder.vectors(["dull " * 200])).all()


def test_an_import_takes_a_name_and_a_language(home, tmp_path, toy_encoders, run, monkeypatch):
    monkeypatch.delenv("DLTEXT_DATA", raising=False)
    folder = str(toy_encoders.write(tmp_path / "toy", "e5"))
    assert run("models", "import", folder, "--name", "mine", "--language", "de").out == "mine\n"
    assert model_store.info("mine").language == "de"
    assert [row["on"] for row in model_store.info("mine").card["metrics"]] == ["a text of 40 words"]
    refused = run("models", "import", folder, "--limit", "5")
    assert (refused.code, "--limit is for files of word vectors" in refused.err) == (2, True)
    assert run("models", "import", folder, "--name", "a/b").code == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a,b,1\nc,d,2\n", "holds 2 pairs of texts with a score: at least 3"),
        ("a,b,1\nc,d,x\ne,f,2\n", "line 2: two texts and a score are expected"),
        ("a,b,1\nc,d,nan\n", "line 2: two texts and a score"),
        ("id,text\na,warm\n", "line 2: two texts and a score"),
    ],
)
def test_a_file_that_is_no_test_is_told(tmp_path, text, said):
    (tmp_path / "own.csv").write_text(text)
    with pytest.raises(UserError, match=said):
        measure.read_pairs(tmp_path / "own.csv")


def test_own_pairs_are_read(tmp_path):
    (tmp_path / "own.csv").write_text('first,second,score\n"a, b",c,1\nd,e,2.5\nf,g,0\n\n')
    first, second, scores = measure.read_pairs(tmp_path / "own.csv")
    assert (first, second, scores.tolist()) == (["a, b", "d", "f"], ["c", "e", "g"], [1, 2.5, 0])
