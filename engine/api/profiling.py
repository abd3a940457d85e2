"""Author profiling: what the style of a text suggests of who wrote it, and who writes in a whole corpus."""

from collections.abc import Callable, Iterable, Iterator

from ..results import GroupProfile, Profile, Progress, Record


def profile(text: str, model: str | None = None, explain: bool = False) -> Profile:
    """What ``model`` (default: the default bundle of the task ``profile``) says of the author of ``text``.

    Read whole, in windows of sentences; over the card's limit, windows spread evenly over the text are read and
    ``read`` and ``notes`` say so. ``explain`` fills spans, hops, phrases and pulls. An empty text is a UserError.
    """
    from ..tasks.profile import answer as task

    return task.profile(text, model, explain)


def profile_many(
    records: Iterable[Record], model: str | None = None, explain: bool = False
) -> Iterator[tuple[Record, Profile]]:
    """The profiles of a stream of authors, one a record, in order, in constant memory."""
    from ..tasks.profile import answer as task

    return task.profile_many(records, model, explain)


def profile_group(
    records: Iterable[Record],
    model: str | None = None,
    progress: Progress | None = None,
    should_stop: Callable[[], bool] = lambda: False,
    seed: int = 1,
) -> GroupProfile:
    """Who writes here: each attribute over all authors, with 95 % bootstrap intervals over authors.

    Stopped early, it answers with the authors read so far and says so in ``notes``. UserError without an author.
    """
    from ..tasks.profile import group as task

    return task.profile_group(records, model, progress, should_stop, seed)
