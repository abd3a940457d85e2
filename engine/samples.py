"""The short documents that ship, to try things on."""

import tomllib
from importlib.resources import files


def listing(task: str = "") -> list[tuple[str, str]]:
    """(title, text) of each file in ``data/samples``; the first line of a file is its title.

    By file name, those made for ``task`` first (``profile``: blog posts), without one those made for none.
    """
    folder = files("dltext.data").joinpath("samples")
    if not folder.is_dir():
        return []
    index = tomllib.loads(folder.joinpath("index.toml").read_text(encoding="utf-8"))
    names = (entry.name.removesuffix(".txt") for entry in folder.iterdir() if entry.name.endswith(".txt"))
    found = []
    for name in sorted(names, key=lambda name: (index.get(name, {}).get("task", "") != task, name)):
        title, _, text = folder.joinpath(f"{name}.txt").read_text(encoding="utf-8").partition("\n")
        found.append((title.strip(), text.strip()))
    return found
