"""`check_data` says beforehand what a training would stumble over."""

import unicodedata

import pytest

from dltext.data.paths import existing
from dltext.engine import api, documents
from dltext.engine.label_spellings import alike, spellings
from dltext.engine.results import UserError


@pytest.fixture(autouse=True)
def own_home(tmp_path, monkeypatch):
    monkeypatch.setenv("DLTEXT_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("DLTEXT_DATA", raising=False)


@pytest.fixture
def table(tmp_path):
    def table(labels, header="text,label", name="x.csv", more=""):
        rows = "".join(f"the film number {n} is what it is{more},{label}\n" for n, label in enumerate(labels))
        (tmp_path / name).write_text(f"{header}\n{rows}", "utf-8")
        return str(tmp_path / name)

    return table


def said(check, part: str) -> bool:
    return any(part in sentence for sentence in (*check.warnings, *check.errors))


def test_parts_that_cannot_be_learnt_from_are_told(table):
    stated = "text,label,split"
    missing = api.check_data(table(["a,train", "b,train"] * 5 + ["a,test", "c,test"], stated))
    assert said(missing, "1 label appears in the test part and not in train: 'c'")
    single = api.check_data(table(["a,train", "b,train"] * 5 + ["b,test"] * 4, stated))
    assert said(single, "The test part has only the label 'b'")


@pytest.mark.parametrize(
    ("labels", "part"),
    [
        (("pos", "Pos", "neg"), "(case): 'pos', 'Pos'"),
        (("1", "1.0", "2"), "(numbers): '1', '1.0'"),
        (("café", unicodedata.normalize("NFD", "café")), "(how accents are made): 'café', 'cafe\\u0301'"),
        (("very good", "very\u00a0good"), "(white space or width)"),
        (("pos", "ｐｏｓ", "neg"), "(white space or width)"),
        (("pos", "pos\u200b", "neg"), "(white space or width)"),
        (("non-fiction", "non fiction"), "(hyphens or stops)"),
        (("neg", "neg.", "pos"), "(hyphens or stops): 'neg', 'neg.'"),
        (("f", "m", "NA"), "'NA' may mean that nobody knows"),
        (("f", "m", "?"), "'?' may mean"),
        (("f", '{"choices": ["f", "m"]}'), "look like lists"),
        (("41", "23 years"), "numbers and words with numbers ('23 years')"),
    ],
)
def test_labels_that_may_be_one_are_pointed_out(labels, part):
    assert any(part in sentence for sentence in spellings(labels))


@pytest.mark.parametrize(
    "labels",
    [
        ("pos", "neg"),
        ("1", "2", "3"),
        ("café", "cafe"),
        ("好", "坏"),
        ("a", "b1", "c"),
        ("C", "C#", "C++"),
    ],
)
def test_labels_that_differ_are_left_alone(labels):
    assert spellings(labels) == []


def test_signs_alone_and_digits_with_signs_are_labels_of_their_own():
    assert alike(["+", "-", "1_0", "10", "...", "."]) == []


def test_a_check_points_them_out_for_labels_and_for_what_is_said_of_authors(table):
    assert said(api.check_data(table(["pos", "Pos", "neg", "neg"] * 10)), "'Pos', 'pos'")
    assert said(api.check_data(table(["f", "F", "NA"] * 10, "text,gender")), "Labels of gender differ")
    stars = table(["1", "1.0", "2", "2.0"] * 10, "text,stars")
    for column in ("label", "stars"):
        assert said(api.check_data(stars, label_column=column), "'1', '1.0'")


def test_columns_that_may_hold_the_labels_are_named(tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_text('{"text": "a text", "labels": ["x"]}\n' * 20)
    assert api.check_data(str(path)).labels == {"x": 20}  # by its name
    path.write_text("".join(f'{{"text": "a text", "of": "{"xy"[n % 2]}"}}\n' for n in range(20)))
    assert said(api.check_data(str(path)), "A classifier would learn the labels in the column 'of'")


def test_what_a_folder_leaves_out_is_told_by_check_and_import(tmp_path):
    for label in ("pos", "neg"):
        for number in range(12):
            (tmp_path / "f" / label).mkdir(parents=True, exist_ok=True)
            (tmp_path / "f" / label / f"{number}.txt").write_text(f"a text number {number}, {label}")
    (tmp_path / "f" / "pos" / "scan.pdf").write_bytes(b"%PDF-1.4")
    (tmp_path / "f" / "pos" / "scan.png").write_bytes(b"")
    check = api.check_data(str(tmp_path / "f"))
    assert said(check, "1 file of other kinds (1 .png)")
    assert said(check, "Left out while reading: .pdf that cannot be read (1)")
    assert said(check, "scan.pdf is a PDF, but damaged")
    assert "1 file of other kinds (1 .png)" in api.import_data(str(tmp_path / "f")).description


def test_what_train_refuses_check_refuses(tmp_path):
    """A lone surrogate is replaced for both, a text that is none refused by both."""
    path = tmp_path / "x.jsonl"
    path.write_text("".join(f'{{"text": "text {n} \\ud83d", "label": "{"ab"[n % 2]}"}}\n' for n in range(40)))
    check = api.check_data(str(path))
    assert (check.errors, check.labels) == ((), {"a": 20, "b": 20})
    texts = [record.text for record in api.browse_data(str(path), "train", count=100)]
    assert all(text.endswith("\ufffd") for text in texts)
    assert api.import_data(str(path)).splits == {"train": 32, "validation": 4, "test": 4}


def test_one_document_is_decoded_alike_wherever_it_comes_from(tmp_path):
    import io

    for content, text in (
        ("Le film était nul".encode("cp1252"), "Le film était nul"),
        ("A film".encode("utf-16"), "A film"),
        ("A film".encode("utf-16-le"), "A film"),
        (b"<!doctype html><p>A <b>film</b><script>x</script>", "A film"),
        (b"a \xed\xa0\xbd b", "a \ufffd b"),
        ("你好，这家酒店很好，服务也不错".encode("gb18030"), "你好，这家酒店很好，服务也不错"),
    ):
        (tmp_path / "x.txt").write_bytes(content)
        assert api.read_piped(io.BytesIO(content)) == api.read_document(str(tmp_path / "x.txt")) == text
    for content, message in (
        (b"\x7fELF\x02\x01", "is a program"),
        (b"%PDF-1.4", "is a PDF"),
        (b"a\0b" * 10 + b"\0", "NUL bytes"),
    ):
        (tmp_path / "x.txt").write_bytes(content)
        for read in (
            lambda: api.read_document(str(tmp_path / "x.txt")),
            lambda raw=content: api.read_piped(io.BytesIO(raw)),
        ):
            with pytest.raises(UserError, match=message):
                read()


def test_a_stream_without_end_is_bounded(monkeypatch):
    class Endless:
        taken = 0

        def read(self, size: int) -> bytes:
            self.taken += size
            return b"a" * size

    monkeypatch.setattr(documents, "LIMIT", 2**18)
    stream = Endless()
    with pytest.raises(UserError, match="too long for one document"):
        api.read_piped(stream)  # pyright: ignore[reportArgumentType]
    assert stream.taken <= 2**18 + 1


def test_names_that_cannot_be_are_one_sentence(tmp_path):
    for name in ("a" * 5000, "x\0y", "~nosuchuser/x.csv"):
        for call in (api.check_data, api.read_data, api.attributes_of):
            with pytest.raises(UserError) as caught:
                call(name)
            assert "\n" not in str(caught.value)
        assert api.columns_of(name) == ()
    assert existing("x\0y") is None


def test_texts_in_a_language_that_nobody_knows_get_no_model_of_an_unknown_language(monkeypatch):
    from types import SimpleNamespace

    from dltext.engine.tasks.search import answer

    bundles = [
        SimpleNamespace(name=name, language=code, default=code == "en", problem="", origin="imported")
        for name, code in (("mine", "und"), ("other", ""), ("words-en", "en"))
    ]
    monkeypatch.setattr(answer.model_store, "listing", lambda task: bundles)
    assert answer.model_for("mean", "en") == ("words-en", "")
    assert answer.model_for("mean", "und")[0] == ""
    # One that was trained here may have learnt from these very texts.
    bundles[0].origin = "trained"
    assert answer.model_for("mean", "und") == ("mine", "")
