import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dltext.data.errors import UserError
from dltext.engine import model_store
from dltext.engine.tasks.words import files
from dltext.engine.tasks.words import model as serve

WORD = st.text(st.characters(exclude_categories=("Z", "C")), min_size=1, max_size=8)
FORMS = [form for form in files.FORMS if form != "gensim"]


def stored(name):
    loaded = serve.load(name)
    return dict(zip(loaded.words, loaded.rows(range(len(loaded))), strict=True))


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=8, deadline=None)
@given(
    words=st.lists(
        st.text(st.characters(exclude_categories=("Z", "C")), min_size=1, max_size=8), min_size=1, unique=True
    ),
    seed=st.integers(0, 99),
)
def test_out_and_in_again_is_the_same(form, words, seed, tmp_path_factory):
    folder = tmp_path_factory.mktemp("round")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DLTEXT_HOME", str(folder / "home"))
        table = np.random.default_rng(seed).standard_normal((len(words), 3)) * 10.0 ** (seed % 5 - 3)
        card = {"name": "v", "version": "1", "recipe": "import", "language": "en"}
        serve.write(folder / "home" / "models" / "v", card, words, table)
        path = files.export_vectors("v", folder, form)
        info, warnings = files.import_vectors(path, "again")
        assert warnings == ()
        assert list(stored(info.name)) == words
        np.testing.assert_array_equal(np.stack(list(stored("v").values())), np.stack(list(stored("again").values())))


def test_gensims_own_form(words_bundle, tmp_path):
    pytest.importorskip("gensim", reason="gensim comes with the [train] extra")
    words_bundle()
    path = files.export_vectors("toy-words", tmp_path / "v.kv")
    info, _ = files.import_vectors(path, "again")
    assert stored(info.name).keys() == stored("toy-words").keys()
    np.testing.assert_array_equal(stored(info.name)["king"], stored("toy-words")["king"])


class Evil:
    def __reduce__(self):
        return print, ("this must not run",)


def test_a_pickle_runs_nothing(tmp_path, capsys):
    path = tmp_path / "evil.kv"
    path.write_bytes(pickle.dumps(Evil()))
    with pytest.raises(UserError, match="save_word2vec_format"):
        files.import_vectors(path)
    assert "must not" not in capsys.readouterr().out


def test_broken_lines_are_named_and_the_rest_is_kept(tmp_path):
    path = tmp_path / "glove.txt"
    lines = ["The 1 2", "of 1", "and x 2", "the 3 4", "New York 5 6", "to nan 1", "of 7 8", "the 9 9", "big 90000 1"]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    seen = []
    info, warnings = files.import_vectors(path, progress=lambda done, total: seen.append((done, total)))
    assert list(stored(info.name)) == ["The", "the", "New_York", "of"]
    np.testing.assert_array_equal(stored(info.name)["the"], [3, 4])
    assert [number for number in (2, 3, 6) if any(f"line {number}:" in line for line in warnings)] == [2, 3, 6]
    assert any("'big'" in line for line in warnings)
    assert any("1 rows repeat" in line for line in warnings)
    assert seen[-1] == (path.stat().st_size, path.stat().st_size)
    assert info.origin == "imported"
    assert info.card["serving"]["lowercase"] is False


def test_many_broken_lines_are_counted(tmp_path):
    path = tmp_path / "v.txt"
    path.write_text("a 1 2\n" + "b\n" * 50, encoding="utf-8")
    _, warnings = files.import_vectors(path)
    assert len(warnings) == 21
    assert "30 more" in warnings[-1]


def test_only_what_is_asked_for(tmp_path):
    path = tmp_path / "v.txt"
    path.write_text("".join(f"w{row} {row} 1\n" for row in range(30)), encoding="utf-8")
    assert list(stored(files.import_vectors(path, limit=3)[0].name)) == ["w0", "w1", "w2"]
    info, _ = files.import_vectors(path, words=["w7", "w29", "unheard"])
    assert list(stored(info.name)) == ["w7", "w29"]
    with pytest.raises(UserError, match="none of the words"):
        files.import_vectors(path, words=["unheard"])
    assert not [entry for entry in model_store.store().iterdir() if entry.name.startswith(".")]


def test_npy_with_its_words_and_the_language(tmp_path):
    np.save(tmp_path / "v.npy", np.eye(3))
    with pytest.raises(UserError, match=r"v\.words\.txt"):
        files.import_vectors(tmp_path / "v.npy")
    (tmp_path / "v.words.txt").write_text("北京\n苹果\n的\n", encoding="utf-8")
    info, _ = files.import_vectors(tmp_path / "v.npy")
    assert info.language == "zh"
    assert info.card["serving"]["segmentation"] == "rjieba"


def test_export_overwrites_nothing_and_knows_its_forms(words_bundle, tmp_path):
    words_bundle()
    (tmp_path / "v.txt").write_text("mine", encoding="utf-8")
    for target, form, reason in (("v.txt", "", "exists"), ("v.xyz", "", "form"), ("w.txt", "odd", "no form")):
        with pytest.raises(UserError, match=reason):
            files.export_vectors("toy-words", tmp_path / target, form)
    assert (tmp_path / "v.txt").read_text("utf-8") == "mine"
