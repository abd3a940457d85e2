"""Which models of a task there are, and which is asked: listed, chosen and warmed in one place for all screens."""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from ...engine.results import BundleInfo
from ..places import way
from .headline import headline
from .loaded_once import LoadedOnce
from .text import measured

if TYPE_CHECKING:
    from .workbench import Workbench

UNREAD = f"The models could not be read; {way('models')} shows why."
REMEDY = f"Train a model with {way('train')}, or import one with {way('models')}."


def usable(listed: Sequence[BundleInfo]) -> dict[str, BundleInfo]:
    """The models that can be asked, by name."""
    return {info.name: info for info in listed if info.problem is None}


def default(infos: dict[str, BundleInfo]) -> str | None:
    """The one that answers until the reader chooses another."""
    return next((info.name for info in infos.values() if info.default), next(iter(infos), None))


def none_here(does: str, recipe: str = "") -> str:
    """Why nothing is answered: no model that ``does`` this is here; ``recipe``: what to train it with."""
    how = f" (recipe {recipe})" if recipe else ""
    return f"No model that {does} is here: train one with {way('train')}{how}, or import one with {way('models')}."


def none_here_apart(does: str) -> str:
    """The same in two paragraphs, for the middle of an empty box."""
    return f"No model that {does} is here.\n\n{REMEDY}"


def about(info: BundleInfo) -> str:
    """How good a model is, and where it is from: its line in the dialog."""
    return f"{measured(info.metrics, info.measured_on)} · {info.origin}"


def is_shipped(info: BundleInfo) -> bool:
    """Sorted by this, the reader's own models are listed first."""
    return info.origin == "shipped"


def quality(info: BundleInfo | None) -> str:
    """How good a model is, as far as that was measured."""
    first = headline(info.metrics) if info is not None else None
    return first.said if first is not None else "not measured"


def with_quality(name: str, infos: Mapping[str, BundleInfo]) -> str:
    """``title-en, ROUGE-L 38.1``."""
    info = infos.get(name)
    return f"{name}, {quality(info)}" if info is not None and headline(info.metrics) is not None else name


def about_writer(info: BundleInfo) -> str:
    """The line in the dialog of a model that writes."""
    return f"{info.language} · {quality(info)} · {info.origin}"


class ModelChoice:
    """The models of ``task`` on a screen; of None all that there are.

    ``cannot``: what a model of another task lacks, as in "it does not read sentiment."
    ``listed(wanted)``: called in the screen when the models are known; ``wanted`` is the one that another screen asked
    for, None where it asked for none or for one that cannot be used (a toast has said so).
    ``failed``: called with the exception where the models cannot be read.
    ``load``: what warms a model up, in a thread; each is warmed once.
    ``alone``: what is said where there is no other model to choose.
    ``beside``: what else is asked of the engine in the same thread; ``self.beside`` holds it once ``listed`` is called.
    """

    def __init__(
        self,
        screen: "Workbench",
        task: str | None,
        cannot: str,
        listed: Callable[[str | None], None],
        failed: Callable[[Exception], None],
        load: Callable[[str], object] | None = None,
        alone: str = f"There is no other model. {REMEDY}",
        beside: Callable[[], Any] = lambda: None,
    ) -> None:
        self._screen = screen
        self._task = task
        self._cannot = cannot
        self._listed = listed
        self._failed = failed
        self._warm_up = LoadedOnce(load or (lambda name: screen.engine.warm_up(task or self.infos[name].task, name)))
        self._alone = alone
        self._read_beside = beside
        self.beside: Any = None
        self._wanted: str | None = None
        self.infos: dict[str, BundleInfo] = {}
        """Those that can be asked, by name."""
        self.loaded = False
        """Whether the models were read at all."""

    # ------------------------------------------------------------------------------------------ which there are

    def read(self, model: str | None = None) -> None:
        """Look which models there are; ``model`` is to be used."""
        self._wanted = model or self._wanted
        self._screen.ask("models", self._ask, self._take, self._failed)

    def _ask(self) -> tuple[list[BundleInfo], Any]:
        return self._screen.engine.models(self._task), self._read_beside()

    def _take(self, read: tuple[list[BundleInfo], Any]) -> None:
        listed, self.beside = read
        self.loaded, self.infos = True, usable(listed)
        wanted, self._wanted = self._wanted, None
        if wanted is not None and wanted not in self.infos:
            self.refuse(wanted, next((info.problem for info in listed if info.name == wanted), None))
            wanted = None
        self._listed(wanted)

    def refuse(self, name: str, problem: str | None = None) -> None:
        """Say why a model that was asked for is not used."""
        self._screen.app.notify(f"{name} cannot be used here: {problem or self._cannot}", severity="warning")

    @property
    def default(self) -> str | None:
        """The one that answers until the reader chooses another."""
        return default(self.infos)

    # ------------------------------------------------------------------------------------------ choosing

    def choose(
        self,
        now: str | None,
        use: Callable[[str], None],
        title: str = "Model",
        describe: Callable[[BundleInfo], str] = about,
        among: Collection[str] | None = None,
    ) -> None:
        """Hand another model's name to ``use``: of two the other one, of more the one that is picked.

        ``among``: those that can be chosen; None: all.
        """
        names = [name for name in self.infos if among is None or name in among]
        if len(names) < 2:
            self._screen.app.notify(self._alone)
        elif len(names) == 2:
            use(names[1 - names.index(now)] if now in names else names[1])
        else:
            from .choosing import pick

            pick(self._screen, title, [(name, name, describe(self.infos[name])) for name in names], now, use)

    def choose_or_leave(
        self,
        now: str | None,
        use: Callable[[str | None], None],
        by_itself: tuple[str, str],
        describe: Callable[[BundleInfo], str] = about,
    ) -> None:
        """The same where the text may decide (None), which ``by_itself`` names and explains: always asked."""
        from .choosing import pick

        options: list[tuple[str | None, str, str]] = [(None, *by_itself)]
        pick(
            self._screen,
            "Model",
            options + [(name, name, describe(info)) for name, info in self.infos.items()],
            now,
            use,
        )

    # ------------------------------------------------------------------------------------------ warming

    def warm(self, name: str) -> None:
        """Load it, once, so that its first answer is as quick as all others."""
        self._screen.ask(f"warm {name}", partial(self._warm_up, name), lambda _: None)
