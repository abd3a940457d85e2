"""The hyper-parameters of the recipe ``ngram``."""

from ..declaring import Checked
from ..settings import changed, setting, settings
from .settings import TextUnits


@settings(
    vocabulary_size=changed(100_000, help="Most units that are kept, the most frequent"),
)
class NgramLM(TextUnits, Checked):
    """Chen & Goodman 1998, An empirical study of smoothing techniques for language modeling."""

    order: int = setting(
        0,
        "Longest n-gram",
        "Units of the longest n-grams; 0: 5 words, 7 characters, 4 Chinese ones",
        minimum=0,
        maximum=12,
    )
    prune: str = setting(
        "1",
        "Least counts",
        "How often n-grams of 2, 3, 4 … units must occur to be kept, as in 1,1,2; the last number holds for longer "
        "ones. Larger numbers make smaller and worse models",
        kind="str",
    )

    def check(self) -> None:
        super().check()
        if self.order == 1:
            raise ValueError("order 1 knows no context: set 2 or more, or 0")
        if not self.least:
            raise ValueError(f"prune {self.prune!r} must be whole numbers from 1 on with commas between them: 1,1,2")

    @property
    def least(self) -> tuple[int, ...]:
        """How often n-grams of 2, 3 … units must occur; empty where ``prune`` does not say."""
        parts = [part.strip() for part in self.prune.split(",")]
        right = all(part.isascii() and part.isdigit() and 0 < int(part) < 1 << 31 for part in parts)
        return tuple(map(int, parts)) if right and len(parts) <= 12 else ()
