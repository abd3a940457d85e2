"""A corpus of five reviews, whose counts can be checked by eye."""

from collections.abc import Callable
from pathlib import Path

import pytest

from dltext.engine.corpus import opening
from dltext.engine.results import Selection
from dltext.engine.tasks.search import opening as searching

REVIEWS = """id,text,label,stars,date
a,"The cold soup was awful.<br />Cold soup again!",neg,1,2019-03-01
b,"A warm soup and a friendly waiter; it's great.",pos,5,2020-05-02
c,"Don’t go: the waiter was cold and the soup too.",neg,2,2021-01-01
d,"Lovely place, lovely soup.",pos,4,2019-12-12
e,"Nothing to say",pos,3,
"""

Write = Callable[..., Selection]


@pytest.fixture(autouse=True)
def forget() -> None:
    searching._opened.clear()
    opening._opened.clear()


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a file and returns the selection of all its documents."""

    def written(content: str, name: str = "texts.csv", **more: str) -> Selection:
        path = tmp_path / name
        path.write_text(content, "utf-8")
        return Selection(str(path), **more)

    return written


@pytest.fixture
def reviews(write: Write) -> Selection:
    return write(REVIEWS)
