"""A model that tells several things of an author, as lists, runs and reports show it."""

from typing import Any

from dltext.engine.results import AttributeInfo, BundleInfo, DatasetInfo, Field, RecipeInfo, Report

SELF_ATTENTION = RecipeInfo(
    "self-attention",
    "profile",
    "Self-attention",
    "Reads an author whole; several attributes are learnt together.",
    "Lin et al. 2017",
    (
        Field("hops", "Hops", "Rows of the annotation matrix.", "int", 8, 1, 64),
        Field("attributes", "Attributes", "Columns to learn, comma-separated.", "str", "", group="Data"),
        Field("loss_weights", "Loss weights", "A weight an attribute, comma-separated.", "str", "", group="Data"),
        Field("epochs", "Epochs", "Rounds, at most.", "int", 8, 1, 500, group="Training"),
    ),
)
ATTRIBUTES = (
    AttributeInfo("gender", "gender", "category", ("female", "male"), 0),
    AttributeInfo("age", "age_group", "category", ("10s", "20s", "30s"), 12),
    AttributeInfo("years", "age", "number", (), 12, default=False),
)
BLOGS = DatasetInfo(
    "blog-authors",
    "Blog Authorship Corpus, an author a document",
    "en",
    "text",
    (),
    {"train": 14256, "validation": 1782, "test": 1782},
    9_000_000,
    "Non-commercial research",
    "Schler et al. 2006",
    "https://example.org/blogs",
    "mirror",
    "Up to 600 words of the blog of each author.",
    ATTRIBUTES,
)


def document(number: int, gold: Any, predicted: Any, confidence: float = 0.0) -> dict[str, Any]:
    text = f"[/ref] Entry {number}: my dad says [b]hi[/b].\nAnother line."
    return {"id": f"a{number}", "text": text, "gold": gold, "predicted": predicted, "confidence": confidence}


def part(name: str, labels: tuple[str, ...], confusion: tuple[tuple[int, ...], ...], documents: Any) -> Report:
    total = sum(map(sum, confusion))
    right = sum(row[place] for place, row in enumerate(confusion))
    classes = tuple(
        {"label": label, "precision": 0.7, "recall": row[place] / sum(row), "f1": 0.75, "support": sum(row)}
        for place, (label, row) in enumerate(zip(labels, confusion, strict=True))
    )
    metrics = {"accuracy": right / total, "macro_f1": 0.745, "ece": 0.02}
    return Report(
        "profile-en", "blog-authors", "test", total, metrics, None, labels, confusion, classes, documents, name=name
    )


def profile_report() -> Report:
    """Two categories and a number; the floor is only in the whole."""
    gender = part(
        "gender",
        ("female", "male"),
        ((710, 181), (190, 701)),
        (document(1, "female", "male", 0.99), document(2, "male", "female", 0.93), document(3, "male", "male", 0.55)),
    )
    age = part(
        "age",
        ("10s", "20s", "30s"),
        ((620, 112, 12), (90, 580, 88), (10, 110, 160)),
        (document(4, "30s", "20s", 0.97), document(5, "20s", "30s", 0.88)),
    )
    years = Report(
        "profile-en",
        "blog-authors",
        "test",
        1700,
        {"mae": 4.213, "rmse": 5.81, "r": 0.62},
        None,
        (),
        (),
        (),
        # As text, as a file holds them, and not the largest first.
        (document(6, "23", "22.5"), document(7, "48", "21.25"), document(8, "13", "19.0")),
        name="years",
    )
    return Report(
        "profile-en",
        "blog-authors",
        "test",
        1782,
        {
            "accuracy": 0.777,
            "gender_accuracy": 0.792,
            "age_accuracy": 0.763,
            "joint_accuracy": 0.614,
            "years_mae": 4.213,
        },
        {
            "name": "TF-IDF + linear",
            "accuracy": 0.765,
            "gender_accuracy": 0.775,
            "age_accuracy": 0.771,
            "joint_accuracy": 0.590,
            "years_mae": 4.6,
        },
        (),
        (),
        (),
        (),
        tuple(
            {
                "epoch": epoch,
                "epochs": 2,
                "train": {"loss": 1.2 - epoch / 10},
                "validation": {
                    "loss": 1.1 - epoch / 10,
                    "accuracy": 0.7 + epoch / 50,
                    "gender_accuracy": 0.72 + epoch / 50,
                    "age_accuracy": 0.68 + epoch / 50,
                    "joint_accuracy": 0.5 + epoch / 50,
                    "years_mae": 6.0 - epoch / 2,
                },
            }
            for epoch in (1, 2)
        ),
        "Measured once on the test part.\ndltext evaluate profile-en --data blog-authors",
        parts=(gender, age, years),
    )


PROFILE = BundleInfo(
    "profile-en",
    "profile",
    "shipped",
    "1.0",
    "self-attention",
    "en",
    (),
    {
        "accuracy": 0.777,
        "gender_accuracy": 0.792,
        "age_accuracy": 0.763,
        "joint_accuracy": 0.614,
        "floor_accuracy": 0.765,
    },
    "blog-authors test",
    True,
    9_900_000,
    "/zoo/profile-en",
    {
        "task": "profile",
        "not_for": "A probability about style, never a fact about a person [/]. Not for decisions.",
        "corpus": "Blog Authorship Corpus, blogger.com",
        "year": 2004,
        "attributes": [
            {"name": "gender", "kind": "category", "labels": ["female", "male"], "doubt": 0.2, "mix": {"network": 1.0}},
            {"name": "age", "kind": "category", "labels": ["10s", "20s", "30s"], "doubt": 0.2},
            {"name": "years", "kind": "number", "labels": [], "mean": 24.1, "std": 7.9, "low": -7.5, "high": 9.0},
        ],
        "metrics": [
            {
                "on": "blog-authors test",
                "examples": 1782,
                "accuracy": 0.777,
                "gender_accuracy": 0.792,
                "age_accuracy": 0.763,
                "joint_accuracy": 0.614,
                "years_mae": 4.213,
                "floor_accuracy": 0.765,
                "floor_gender_accuracy": 0.775,
                "confusion": [
                    {"attribute": "gender", "labels": ["female", "male"], "matrix": [[710, 181], [190, 701]]},
                    {
                        "attribute": "age",
                        "labels": ["10s", "20s", "30s"],
                        "matrix": [[620, 112, 12], [90, 580, 88], [10, 110, 160]],
                    },
                ],
                "protocol": "Once, on authors never seen.",
            }
        ],
    },
)
