"""A model is used where its task is at home: word vectors in Words, paragraph vectors in Search, others in Analyse."""

from ...engine.results import BundleInfo
from ..kit.workbench import Workbench
from ..places import place_of


def use_model(screen: Workbench, name: str) -> None:
    """Open the place that uses the model ``name``."""

    def known(info: BundleInfo) -> None:
        screen.workbench.open_screen(place_of(info.task), model=name)

    screen.ask("use", lambda: screen.engine.model(name), known)
