"""Translation: what a text says in another language, and which word came from which."""

from collections.abc import Callable, Iterable, Iterator

from ..results import Direction, Record, Sentence, Translation


def directions() -> list[Direction]:
    """Every direction that the installed models give: the direct ones first, then those through a third language."""
    from ..tasks.translate import directions as task

    return task.directions()


def detect(text: str) -> str:
    """The language of a text as a code (``en``, ``zh``, ``fr`` …), among those that the models read; "" if unclear."""
    from ..tasks.translate import directions as task

    return task.detect(text)


def translate(
    text: str,
    to: str = "",
    source: str = "",
    model: str | None = None,
    *,
    beam: int = 0,
    alternatives: int = 0,
    explain: bool = True,
    on_sentence: Callable[[int, int, Sentence], None] | None = None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Translation:
    """The text in the language ``to`` (empty: the model's, or the default direction from the language found).

    ``beam``: hypotheses held at once (0: the card's); ``alternatives``: how many beside the best; ``explain`` fills
    tokens and attention. ``on_sentence(done, of, sentence)`` is called in reading order as each is ready, from the
    calling thread. UserError for an empty text, no such direction, or a model that does not translate.
    """
    from ..tasks.translate import answer as task

    return task.translate(text, to, source, model, beam=beam, alternatives=alternatives, explain=explain,
                          on_sentence=on_sentence, should_stop=should_stop)  # fmt: skip


def translate_many(
    records: Iterable[Record],
    to: str = "",
    source: str = "",
    model: str | None = None,
    *,
    beam: int = 0,
    alternatives: int = 0,
) -> Iterator[tuple[Record, Translation]]:
    """The translations of a stream of texts, in order, in constant memory; sentences of like length run together."""
    from ..tasks.translate import answer as task

    return task.translate_many(records, to, source, model, beam=beam, alternatives=alternatives)


def compose(text: str, sentences: Iterable[Sentence], to: str, complete: bool = True) -> str:
    """The text in the language ``to`` that ``sentences`` of ``text`` come to, each as its first hypothesis says it.

    White space and line breaks between them are those of ``text``; unless ``complete``, it ends with the last one.
    """
    from ..tasks.translate import answer as task

    return task.compose(text, sentences, to, complete)


def export_translation(translation: Translation, source: str, kind: str) -> str:
    """The sentences and their translations as ``tmx`` (TMX 1.4b), ``tsv`` or ``text``; ``source``: the whole text."""
    from ..tasks.translate import files as task

    return task.export(translation, source, kind)
