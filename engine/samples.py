"""The short documents that ship, to try things on."""

from importlib.resources import files


def listing() -> list[tuple[str, str]]:
    """(title, text) of each file in ``data/samples``, by file name; the first line of a file is its title."""
    folder = files("dltext.data").joinpath("samples")
    if not folder.is_dir():
        return []
    found = []
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.name.endswith(".txt"):
            title, _, text = entry.read_text(encoding="utf-8").partition("\n")
            found.append((title.strip(), text.strip()))
    return found
