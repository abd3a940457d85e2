"""What leaves Authors: onto the clipboard, or into a file."""

from pathlib import Path

from ...engine.results import BundleInfo, GroupProfile, Profile
from ..authors.export import group_json, group_text, group_tsv, profile_json, profile_text, profile_tsv
from ..kit.document import Document
from ..kit.export import save_as
from ..kit.workbench import Workbench

TOLD = "A name that ends in .json is written as JSON, .tsv as a table, any other as text."
COPIED = "It is on the clipboard. Where a terminal does not allow that, ctrl+e writes it to a file."


def copy_profile(screen: Workbench, document: Document, profile: Profile, info: BundleInfo | None) -> None:
    """Put what a model says of an author on the clipboard, as text."""
    screen.app.copy_to_clipboard(profile_text(document, profile, info))
    screen.app.notify(COPIED)


def copy_group(screen: Workbench, name: str, group: GroupProfile) -> None:
    """Put who writes in a corpus on the clipboard, as text."""
    screen.app.copy_to_clipboard(group_text(name, group))
    screen.app.notify(COPIED)


def export_profile(screen: Workbench, document: Document, profile: Profile, info: BundleInfo | None) -> None:
    """Write what a model says of an author to a file: JSON, a table or text, by its name."""

    def write(path: Path) -> object:
        forms = {".json": lambda: profile_json(document, profile), ".tsv": lambda: profile_tsv(profile)}
        content = forms.get(path.suffix.lower(), lambda: profile_text(document, profile, info))()
        return screen.engine.write_document(str(path), content)

    save_as(screen, "Export the profile", f"{Path(document.name).stem or 'author'}-profile.json", TOLD, write)


def export_group(screen: Workbench, name: str, group: GroupProfile) -> None:
    """Write who writes in a corpus to a file: JSON, a table or text, by its name."""

    def write(path: Path) -> object:
        forms = {".json": lambda: group_json(name, group), ".tsv": lambda: group_tsv(group)}
        content = forms.get(path.suffix.lower(), lambda: group_text(name, group))()
        return screen.engine.write_document(str(path), content)

    save_as(screen, "Export who writes here", f"{Path(name).stem or 'group'}-authors.tsv", TOLD, write)
