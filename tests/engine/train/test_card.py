"""The head of a trained bundle's card: what it is called, and that it tells nothing of folders."""

import dataclasses
from typing import Any

from dltext.data.source import open_source
from dltext.engine.results import JobSpec
from dltext.engine.train import card
from dltext.engine.train.words.settings_paragraph import ParagraphTraining


def test_a_card_says_what_made_it_and_no_folder(tmp_path: Any) -> None:
    path = tmp_path / "my reviews.csv"
    path.write_text("text,label\n" + "".join(f"text {n},{'pos' if n % 2 else 'neg'}\n" for n in range(20)))
    source, settings = open_source(str(path)), ParagraphTraining(vector_size=7)
    spec = JobSpec("paragraph-vectors", str(path), seed=3)
    made = card.card(
        spec,
        settings,
        source,
        task="paragraphs",
        intended=f"Texts like {card.title_of(source)}.",
        data={"tokens": 40},
        serving={"size": 7},
        versions={"gensim": "4"},
    )
    assert made["name"] == "my-reviews-paragraph-vectors"
    assert made["settings"] == dataclasses.asdict(settings)
    assert made["data"]["seed"] == 3
    assert made["data"]["tokens"] == 40
    assert made["data"]["sha256"] == source.sha256
    assert {"dltext", "numpy", "gensim"} <= set(made["versions"])
    assert str(tmp_path) not in str(made)
    assert card.bundle_name(dataclasses.replace(spec, name="mine"), source) == "mine"


def test_files_among_the_settings_go_by_their_names(tmp_path: Any) -> None:
    path = tmp_path / "more.tsv"
    path.write_text("a\tb\n")
    assert card.without_folders(f"{path}+tatoeba-en-zh") == "more.tsv+tatoeba-en-zh"
    assert card.without_folders("card/of/nothing") == "card/of/nothing"
    assert card.without_folders(0.5) == 0.5
