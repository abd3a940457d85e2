"""`dltext models threshold`, and what a model says below its own."""

import json
import re


def test_a_threshold_is_kept_shown_and_taken_away(run, make_bundle):
    make_bundle()
    assert run("models", "threshold", "toy").out == "toy has no threshold: it always answers\n"
    assert run("models", "threshold", "toy", "90%").out == "toy is not sure below a confidence of 0.9\n"
    assert run("models", "threshold", "toy", "--json").objects == [{"name": "toy", "threshold": 0.9}]
    assert "not sure" in run("models", "show", "toy").out
    assert run("models", "list", "--json").objects[0]["threshold"] == 0.9

    ran = run("classify", "--model", "toy", "film")
    assert ran.out.startswith("? not sure: below 90 %")
    assert "positive" in ran.out
    assert "not sure" not in run("classify", "--model", "toy", "good").out
    assert run("classify", "--model", "toy", "film", "--json").objects[0]["sure"] is False

    assert run("models", "threshold", "toy", "none", "--json").objects == [{"name": "toy", "threshold": None}]
    assert "sure" not in run("classify", "--model", "toy", "film", "--json").objects[0]
    for value, code in (("much", 2), ("1.5", 1), ("0", 1)):
        assert run("models", "threshold", "toy", value).code == code
    assert run("models", "threshold", "nobody", "0.5").code == 1


def test_files_get_a_column(run, make_bundle, tmp_path):
    make_bundle()
    texts, results = tmp_path / "x.txt", tmp_path / "y.csv"
    texts.write_text("good\nfilm\n")
    arguments = ("sentiment", "--in", str(texts), "--out", str(results))
    assert run(*arguments).code == 0
    assert results.read_text().splitlines()[0] == "id,label,probability"
    run("models", "threshold", "toy", "0.9")
    refused = run(*arguments, "--resume")
    assert refused.code == 1
    assert "another threshold of toy" in refused.err
    assert run(*arguments, "--overwrite").code == 0
    rows = [line.split(",") for line in results.read_text().splitlines()]
    assert rows[0] == ["id", "label", "probability", "sure"]
    assert [row[-1] for row in rows[1:]] == ["yes", "no"]
    assert [line.split("\t")[-1] for line in run(*arguments[:3]).out.splitlines()] == ["yes", "no"]
    assert [row["sure"] for row in run(*arguments[:3], "--json").objects] == [True, False]


def test_evaluate_tells_where_a_model_errs_and_what_a_threshold_costs(run, make_bundle, tmp_path):
    make_bundle()
    rows = [("good film", "positive")] * 3 + [("film", "negative")] * 2 + [("bad " * 12, "negative")]
    path = tmp_path / "own.jsonl"
    path.write_text("".join(json.dumps({"text": t, "label": label, "split": "test"}) + "\n" for t, label in rows))
    said = run("evaluate", "toy", "--data", str(path)).out
    lengths, calibration, thresholds = said.partition("length in words")[2].split("\n\n")[:3]
    assert [line.split("\t")[0] for line in lengths.splitlines()[2:]] == ["1 to 5", "11 to 20"]
    assert calibration.startswith("calibration")
    assert "100.0 %\t66.7 %" in thresholds
    assert "\n*" not in thresholds
    chosen = run("models", "threshold", "toy", "--right", "100%", "--data", str(path))
    assert chosen.out == "toy is not sure below a confidence of 0.63\n"
    assert "66.7 % of 6 texts answered, 100.0 % of these right" in chosen.err
    assert run("models", "threshold", "toy", "--right", "0.6", "--data", str(path)).out.startswith(
        "toy has no threshold"
    )
    assert run("models", "threshold", "toy", "--right", "0.9").code == 2
    assert run("models", "threshold", "toy", "0.5", "--right", "0.9", "--data", str(path)).code == 2
    run("models", "threshold", "toy", "0.8")
    said = run("evaluate", "toy", "--data", str(path)).out
    assert re.search(r"^answered +66.7 % of the texts", said, re.MULTILINE)
    assert re.search(r"^accuracy of the answered +100.0 %", said, re.MULTILINE)
    assert "\n*\t0.8\t66.7 %\t100.0 %" in said
