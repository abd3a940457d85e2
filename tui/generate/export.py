"""What leaves Generate: continuations, or what was measured, onto the clipboard or into a file."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ...engine.results import ComparedSurprise, Surprise, percent
from ..kit.document import Document
from ..kit.export import copy_text, export_text
from ..kit.surprising import fewer_bits, strongest, words_of
from ..kit.text import visible
from ..kit.workbench import Workbench
from ..kit.written import EMBEDDED
from .asking import GenerateRequests
from .drawing import GenerateSettings
from .variant_list import about
from .writing import VariantWriter

LISTED = 20
"""Words with the most bits that a text file lists."""


def copy_shown(screen: Workbench, requests: GenerateRequests, at_hand: Mapping[int, int]) -> None:
    """Copy the text with the variant at hand (of two models, the first one's), or what was measured."""
    if requests.mode == "surprise":
        if requests.surprise.answer is not None:
            copy_text(screen, surprise_text(requests.surprise.answer), "What was measured is on the clipboard.")
        return
    writer = next((writer for writer in requests.asked if writer.variants), None)
    if writer is not None:
        variant = writer.variants[at_hand[writer.number]]
        copy_text(screen, writer.prompt + variant.text, "The text with its continuation is on the clipboard.")


def export_shown(screen: Workbench, document: Document, requests: GenerateRequests, drawing: GenerateSettings) -> None:
    """Write the continuations, or the bits of each word, to a file: by the file's name."""
    stem = Path(document.name).stem or "text"
    answer = requests.surprise.answer
    if requests.mode == "surprise" and answer is not None:
        name = document.name
        export_text(
            screen,
            "Export what was measured",
            f"{stem}-surprise.tsv",
            {".json": lambda: surprise_json(answer, name), ".tsv": lambda: surprise_tsv(answer)},
            lambda: surprise_text(answer),
            "A name that ends in .json is written as JSON with each unit, .tsv as a table of the words, any other as "
            "text.",
        )
    elif requests.mode != "surprise":
        writers = [writer for writer in requests.asked if writer.variants]
        export_text(
            screen,
            "Export the continuations",
            f"{stem}-continued.txt",
            {".json": lambda: variants_json(writers, drawing), ".tsv": lambda: variants_tsv(writers)},
            lambda: variants_text(writers),
            "A name that ends in .json is written as JSON with all settings, .tsv as a table, any other as text.",
        )


# Continuations.


def variants_text(writers: list[VariantWriter]) -> str:
    """For people: each continuation with its prompt, below how it was drawn."""
    blocks = []
    for writer in writers:
        for number, variant in enumerate(writer.variants, 1):
            drawn = f" · {about(variant.made)}" if variant.made is not None else ""
            head = f"--- {writer.model} {writer.version} · variant {number}{drawn} ---"
            blocks.append(f"{head}\n{visible(writer.prompt[-EMBEDDED:] + variant.text)}\n")
    return "\n".join(blocks)


def variants_tsv(writers: list[VariantWriter]) -> str:
    """A table: model, variant, seed, units, bits of all of them, continuation."""
    lines = ["model\tvariant\tseed\tunits\tlog_prob\tcontinuation"]
    for writer in writers:
        for number, variant in enumerate(writer.variants, 1):
            made = variant.made
            facts = (str(made.seed), str(made.units), f"{made.log_prob:.4f}") if made is not None else ("", "", "")
            lines.append("\t".join((str(writer.model), str(number), *facts, " ".join(variant.text.split()))))
    return "\n".join(lines) + "\n"


def variants_json(writers: list[VariantWriter], drawing: GenerateSettings) -> str:
    """For programs: the prompt, the settings as they stand in the fields, every continuation."""
    content = {
        "prompt": writers[0].prompt[-EMBEDDED:] if writers else "",
        "settings": drawing.options(),
        "models": [
            {"model": writer.model, "version": writer.version, "continuations": _continuations(writer),
             "notes": list(writer.notes)}
            for writer in writers
        ],
    }  # fmt: skip
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _continuations(writer: VariantWriter) -> list[dict[str, Any]]:
    rows = []
    for variant in writer.variants:
        row: dict[str, Any] = {"text": variant.text}
        if (made := variant.made) is not None:
            row |= {"units": made.units, "log_prob": made.log_prob, "finished": made.finished, "seed": made.seed}
        rows.append(row)
    return rows


# Surprise.


def surprise_text(answer: Surprise | ComparedSurprise) -> str:
    """For people: the numbers, the words with the most bits, the sentences."""
    if isinstance(answer, ComparedSurprise):
        lines = [fewer_bits(answer), *(_line(each) for each in (answer.first, answer.second)), ""]
        words = sorted(answer.words, key=lambda word: -abs(word.bits))[:LISTED]
        lines += [f"{word.bits:+7.1f} bits for {answer.first.model}  {visible(word.text)}" for word in words]
        return "\n".join(lines) + "\n"
    lines = [_line(answer), *(f"note: {visible(note)}" for note in answer.notes), ""]
    text = answer.text
    words = strongest(words_of(answer), text, most=LISTED)
    lines += [f"{word.weight:6.1f} bits  {visible(text[word.start : word.end])}" for word in words]
    lines += ["", *(f"{each.perplexity:10,.1f}  {_one_line(text[each.start : each.end])}" for each in answer.sentences)]
    return "\n".join(lines) + "\n"


def _line(answer: Surprise) -> str:
    return (
        f"{answer.model} {answer.version}: perplexity {answer.perplexity:,.2f}, {answer.bits_per_character:.3f} bits a "
        f"character, {answer.tokens:,} {answer.unit}, {percent(answer.known, 0)} known"
    )


def _one_line(text: str) -> str:
    return visible(" ".join(text.split()))


def surprise_tsv(answer: Surprise | ComparedSurprise) -> str:
    """A table of all words in reading order; of two models, by how many bits the first is less surprised."""
    if isinstance(answer, ComparedSurprise):
        rows = [(word.start, word.end, word.bits, word.text) for word in answer.words]
        bits = f"bits_for_{answer.first.model}"
    else:
        text, bits = answer.text, "bits"
        rows = [(word.start, word.end, word.weight, text[word.start : word.end]) for word in words_of(answer)]
    lines = [f"start\tend\t{bits}\tword"]
    return "\n".join([*lines, *(f"{start}\t{end}\t{value:.4f}\t{word}" for start, end, value, word in rows)]) + "\n"


def surprise_json(answer: Surprise | ComparedSurprise, name: str) -> str:
    """For programs: everything."""
    content: dict[str, Any] = {"document": name, "text": answer.text}
    if isinstance(answer, ComparedSurprise):
        content |= {
            "bits": answer.bits,
            "models": [each.as_dict(explain=True) for each in (answer.first, answer.second)],
            "words": [
                {"text": word.text, "start": word.start, "end": word.end, "bits": word.bits} for word in answer.words
            ],
        }
    else:
        content |= answer.as_dict(explain=True)
        content["sentences"] = [
            {"start": each.start, "end": each.end, "perplexity": each.perplexity} for each in answer.sentences
        ]
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"
