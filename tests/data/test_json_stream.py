"""JSON that is one value too large for a record: said in a sentence, and never held whole."""

import json
from pathlib import Path

import pytest

from dltext.data import lines
from dltext.data.formats import json_stream
from dltext.engine import api
from dltext.engine.results import UserError

LIMIT = 4096


@pytest.mark.parametrize("name", ["one.jsonl", "one.json"])
@pytest.mark.parametrize("indent", [None, 1])
def test_one_object_that_is_too_large_is_no_record(
    name: str, indent: int | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_stream, "LINE_LIMIT", LIMIT)
    monkeypatch.setattr(lines, "LINE_LIMIT", LIMIT)  # where an object is a line
    file = tmp_path / name
    file.write_text(json.dumps({"text": "word " * 1500, "more": ["word " * 100] * 9}, indent=indent))
    with pytest.raises(UserError, match=rf"{name}, line 1.* over 0 MB"):
        list(api.read_records(str(file)))
    file.write_text(json.dumps({"text": "word " * 700, "more": ["word"] * 9}, indent=indent))
    assert [len(record.text) for record in api.read_records(str(file))] == [3500]


@pytest.mark.parametrize("size", [LIMIT // 2, LIMIT + 1, 2 * LIMIT, 20 * LIMIT])
def test_no_more_is_held_than_a_record_may_have(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_stream, "LINE_LIMIT", LIMIT)
    content = json.dumps({"text": "w" * size})
    taken = 0

    def chunks():
        nonlocal taken
        for start in range(0, len(content), 64):
            taken += 64
            yield content[start : start + 64]

    feed = json_stream.Feed(chunks(), "x")
    if size < LIMIT:
        assert feed.value()[1] == {"text": "w" * size}
        return
    with pytest.raises(UserError, match="too large for a record"):
        feed.value()
    assert taken <= LIMIT + 128
