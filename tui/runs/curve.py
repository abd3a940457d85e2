"""Learning curves: lines in braille dots with a legend of our own, redrawn only when their points changed."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rich.text import Text
from textual.app import ComposeResult, RenderResult
from textual.color import Color
from textual.containers import Vertical
from textual.widgets import Static
from textual_plotext import PlotextPlot

from .history import Point


@dataclass(frozen=True)
class Series:
    """A line: ``mark`` stands on each point (so that lines differ without colour); ``color`` is a theme variable."""

    name: str
    points: tuple[Point, ...]
    color: str = "primary"
    mark: str = ""


class Curve(Vertical):
    """A title, a legend and a plot over epochs; nothing is drawn before there is a point.

    ``floor`` is a level drawn across: the baseline. ``shares``: both axes are shares in percent, not epochs.
    """

    DEFAULT_CSS = """
    Curve { height: 1fr; width: 1fr; min-height: 6; padding: 0 1; }
    Curve > .curve--head { height: 1; width: 1fr; }
    """

    def __init__(self, title: str, empty: str = "No point yet.", shares: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self._title = title
        self._plot = _Plot(empty, shares)

    def compose(self) -> ComposeResult:
        yield Static(Text(self._title, "bold"), classes="curve--head")
        yield self._plot

    def on_resize(self) -> None:
        self._draw_head()

    @property
    def series(self) -> tuple[Series, ...]:
        return self._plot.series

    def show(self, series: Sequence[Series], floor: float | None = None, empty: str = "") -> None:
        """Draw ``series`` over the epochs that were done; ``empty`` where there are none."""
        self._plot.empty = empty or self._plot.empty
        state = (tuple(series), floor)
        if state != self._plot.state:
            self._plot.state = state
            self._plot.redraw()
        if self.is_mounted:
            self._draw_head()

    def _draw_head(self) -> None:
        """Title and legend, in the fullest form that fits."""
        width = self.size.width - 2
        # The last name of all is that of the lines: without it nobody knows which is which.
        forms = ((3, 99, 2, 99), (2, 99, 2, 99), (2, 5, 2, 99), (2, 5, 1, 99), (1, 5, 1, 9), (1, 5, 1, 1), (1, 5, 0, 1))
        head = Text()
        for gap, letters, numbers, words in forms:
            head = self._head(" " * gap, letters, numbers, words)
            if head.cell_len <= width:
                break
        head.no_wrap, head.overflow = True, "ellipsis"
        self.query_one(".curve--head", Static).update(head)

    def _head(self, gap: str, letters: int, numbers: int, words: int) -> Text:
        """``letters`` of each line's name, ``words`` of the title's end; ``numbers``: 1 those of lines, 2 the baseline
        too."""
        series, floor = self._plot.state
        head = Text()
        head.append(" ".join(self._title.split()[-words:]), "bold")
        for line in series:
            if line.points and line.name:
                head.append(gap + f"{line.mark or '━'}━", "rgb({},{},{})".format(*self._plot.rgb(line.color)))
                head.append(f" {line.name[:letters]}")
                head.append(f" {_level(line.points[-1][1])}" if numbers and not self._plot.shares else "", "bold")
        if floor is not None and numbers > 1:
            head.append(f"{gap}┄┄ baseline {_level(floor)}", "dim")
        return head


class _Plot(PlotextPlot):
    """The plot alone; keeps what it has drawn until the points, the size or the theme change."""

    def __init__(self, empty: str, shares: bool) -> None:
        super().__init__()
        self.empty, self.shares = empty, shares
        self.state: tuple[tuple[Series, ...], float | None] = ((), None)
        self._drawn: tuple[object, Text] | None = None

    @property
    def series(self) -> tuple[Series, ...]:
        return self.state[0]

    def redraw(self) -> None:
        self._drawn = None
        self.refresh()

    def rgb(self, variable: str) -> tuple[int, int, int]:
        return Color.parse(self.app.theme_variables.get(variable, "#888888")).rgb

    def render(self) -> RenderResult:
        if not any(line.points for line in self.series) or self.size.width < 12 or self.size.height < 3:
            return Text(self.empty, "dim", justify="center")
        key = (self.size, self.app.theme)
        if self._drawn is None or self._drawn[0] != key:
            self._set_up()
            self._drawn = (key, Text.from_ansi(self.plt.build()))
        return self._drawn[1]

    def _set_up(self) -> None:
        series, floor = self.state
        plt = self.plt
        plt.clear_figure()
        plt.plotsize(*self.size)
        # plotsize alone forgets a resize: github.com/Textualize/textual-plotext/issues/5
        plt._set_size(*self.size)
        ground = self.background_colors[1].rgb
        plt.canvas_color(ground)
        plt.axes_color(ground)
        points = [point for line in series for point in line.points]
        left = min(0.0 if any(x < 1 for x, _ in points) else 1.0, min(x for x, _ in points))
        right = max([x for x, _ in points] + [left + 1])
        if self.shares:
            left, right = min(x for x, _ in points), 1.0
        values = [y for _, y in points if math.isfinite(y)] + ([] if floor is None else [floor])
        low, high = limits(values)
        if floor is not None:
            plt.plot([left, right], [floor, floor], marker="┄", color=self.rgb("quiet"))
        for line in series:
            drawn = [(x, y) for x, y in line.points if math.isfinite(y)]
            if drawn:
                xs, ys = [x for x, _ in drawn], [y for _, y in drawn]
                plt.plot(xs, ys, marker="braille", color=self.rgb(line.color))
                if line.mark:
                    plt.scatter(xs, ys, marker=line.mark, color=self.rgb(line.color))
        plt.xlim(left, right)
        plt.ylim(low, high)
        ticks = nice_ticks(low, high, max(self.size.height // 3, 2))
        below = max(self.size.width // 8, 2)
        if self.shares:
            plt.yticks(ticks, [f"{100 * tick:.{max(_decimals(ticks) - 2, 0)}f} %" for tick in ticks])
            shares = nice_ticks(left, right, below)
            plt.xticks(shares, [f"{100 * share:.0f} %" for share in shares])
        else:
            plt.yticks(ticks, [f"{tick:.{_decimals(ticks)}f}" for tick in ticks])
            whole = epoch_ticks(left, right, below)
            plt.xticks([float(tick) for tick in whole], [str(tick) for tick in whole])
        plt.xaxes(True, False)
        plt.yaxes(True, False)
        plt.ticks_color(self.rgb("quiet"))


def _level(value: float) -> str:
    """A point in the legend: ``0.806``, ``38.4``."""
    return f"{value:.3f}" if abs(value) < 10 else f"{value:.1f}"


def limits(values: Sequence[float]) -> tuple[float, float]:
    """The range to draw: all values and a little air; never empty."""
    low, high = min(values, default=0.0), max(values, default=1.0)
    air = (high - low) * 0.06 or max(abs(high) * 0.05, 0.01)
    return low - air, high + air


def nice_ticks(low: float, high: float, count: int) -> list[float]:
    """At most about ``count`` round numbers within ``low`` … ``high``."""
    rough = (high - low) / max(count, 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)
    first = math.ceil(low / step)
    return [round(number * step, 10) for number in range(first, math.floor(high / step + 1e-9) + 1)] or [low]


def epoch_ticks(left: float, right: float, count: int) -> list[int]:
    """Whole epochs to write under the axis, at most ``count``."""
    step = max(math.ceil((right - left) / max(count, 1)), 1)
    return list(range(max(math.ceil(left), 1), math.floor(right) + 1, step))


def _decimals(ticks: Sequence[float]) -> int:
    gap = ticks[1] - ticks[0] if len(ticks) > 1 else 0.01
    return min(max(-math.floor(math.log10(gap) + 1e-9), 1), 6)
