"""The address of a cluster whose workers read the documents of a corpus: a preference, and the dialog that sets it."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Button, Input, Label

from .dialogs import Dialog
from .text import one_line, visible

if TYPE_CHECKING:
    from .shell import Shell

PREFERENCE = "cluster"
HINT = (
    "The workers of this Dask cluster read the documents of a corpus when a model is asked to. Texts are sent to its "
    "machines. Write the scheduler's address or its file; empty: this machine reads."
)


def cluster_in(preferences: Mapping[str, Any]) -> str:
    """The address; empty where there is none."""
    address = preferences.get(PREFERENCE)
    return address if isinstance(address, str) else ""


class ClusterAddress(Dialog):
    """An address, the path of a scheduler's file, or nothing."""

    TITLE_OF_BOX = "Cluster"
    AUTO_FOCUS: ClassVar = "Input"

    def __init__(self, address: str) -> None:
        super().__init__()
        self._address = address

    def content(self) -> ComposeResult:
        yield Input(visible(self._address), placeholder="tcp://HOST:8786", compact=True, select_on_focus=False)
        yield Label(HINT, markup=False, classes="quiet message")
        with Horizontal(classes="buttons"):
            yield Button("Cancel", id="cancel")
            yield Button("Save", variant="primary", id="yes")

    @on(Button.Pressed, "#yes")
    @on(Input.Submitted)
    def _done(self) -> None:
        self.finish(self.query_one(Input).value.strip())


def ask_cluster(shell: "Shell") -> None:
    """Ask for the address, and remember it."""
    engine = shell.engine

    def remember(typed: str) -> str:
        address = engine.cluster_address(typed) if typed else ""
        engine.remember(**{PREFERENCE: address or None})
        return address

    def attempt(typed: str, worked: Callable[[], None], failed: Callable[[Exception], None]) -> None:
        def done(address: str) -> None:
            worked()
            readers = f"the workers of {one_line(address, 60)} read" if address else "this machine reads"
            shell.notify(f"From now on {readers} the documents of a corpus.")

        shell.ask(PREFERENCE, lambda: remember(typed), done, wrong=failed)

    def show(address: str) -> None:
        dialog = ClusterAddress(address)
        dialog.attempt = attempt
        shell.push_screen(dialog)

    shell.ask(PREFERENCE, lambda: cluster_in(engine.preferences()), show)
