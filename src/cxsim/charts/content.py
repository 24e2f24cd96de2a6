"""What a chart shows, as plain data: panels of series, dots, runs or cells, on axes with units and scales.

A study gives its charts once; ``charts.matplotlib`` draws them as files and ``charts.vega`` in pages. Figures are in the unit
that their axis names; money is in cents, and drawn in dollars. NaN stands for what is not known and leaves a gap.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple, TypeAlias

from cxsim.statistics.intervals import Estimate

Unit: TypeAlias = Literal["cents", "share", "points", "ratio", "count", "month", "number"]
Scale: TypeAlias = Literal["linear", "log", "symlog"]
Kind: TypeAlias = Literal["line", "steps", "area", "points"]


class Axis(NamedTuple):
    """A scale with its unit.

    A share is told in per cent, a difference of two in points (each 0.01), and a ratio as the change that it stands for. The
    scale runs over ``within``, if given, or over all that is drawn; ``ticks`` name places on it. A ``symlog`` scale is even
    up to ``even`` on both sides of zero and logarithmic beyond.
    """

    label: str
    unit: Unit = "number"
    scale: Scale = "linear"
    from_zero: bool = False
    within: tuple[float, float] | None = None
    ticks: Sequence[tuple[float, str]] = ()
    even: float = 0.0


class Series(NamedTuple):
    """A line with its band, points with intervals, or one of several areas on top of each other.

    From ``pale_from`` on it is drawn pale, since little stands behind it. ``texts`` stand above its points. ``number``, which
    is its place in the panel unless given, chooses colour, dash and marker; ``colour`` overrides the first.
    """

    name: str
    x: Sequence[float]
    y: Sequence[float]
    low: Sequence[float] = ()
    high: Sequence[float] = ()
    kind: Kind = "line"
    pale_from: float = math.inf
    x_low: Sequence[float] = ()
    x_high: Sequence[float] = ()
    texts: Sequence[str] = ()
    colour: str = ""
    number: int | None = None

    @classmethod
    def of(cls, name: str, x: Sequence[float], found: Sequence[Estimate]) -> "Series":
        """Draw a line of figures with their intervals."""
        mean, low, high, _ = (list(values) for values in zip(*found, strict=True)) if found else ([], [], [], [])
        return cls(name, x, mean, low, high)


class Mark(NamedTuple):
    """A named place on an axis: a straight line across the panel, and a shaded span for its interval."""

    name: str
    value: float
    low: float = math.nan
    high: float = math.nan
    axis: Literal["x", "y"] = "x"

    @classmethod
    def of(cls, name: str, found: Estimate, axis: Literal["x", "y"] = "x") -> "Mark":
        """Name a place on an axis."""
        return cls(name, found.mean, found.low, found.high, axis)


class Panel(NamedTuple):
    """Series over a common pair of axes."""

    title: str
    x: Axis
    y: Axis
    series: Sequence[Series]
    marks: Sequence[Mark] = ()

    def unit_of(self, mark: Mark) -> Unit:
        """Unit of the axis on which a mark stands."""
        return self.x.unit if mark.axis == "x" else self.y.unit


class Dot(NamedTuple):
    """A figure with its interval. ``weight`` is 0 for what matters most, then 1 and 2; ``text`` stands above it.

    Dots of one name stand on one line, each in its ``group``. ``noise`` is what luck alone would give.
    """

    name: str
    value: float
    low: float = math.nan
    high: float = math.nan
    weight: int = 0
    group: str = ""
    text: str = ""
    noise: float = math.nan

    @classmethod
    def of(cls, name: str, found: Estimate, weight: int = 0) -> "Dot":
        """Name a figure with its interval."""
        return cls(name, found.mean, found.low, found.high, weight)


class DotPlot(NamedTuple):
    """Figures with intervals below each other, and in grey what is so close to zero that it counts as ``nothing``."""

    title: str
    axis: Axis
    dots: Sequence[Dot]
    nothing: tuple[float, float] = (0.0, 0.0)

    @property
    def names(self) -> list[str]:
        """Names of its lines."""
        return list(dict.fromkeys(dot.name for dot in self.dots))

    @property
    def groups(self) -> list[str]:
        """Groups of its dots; one that has no name when they have none."""
        return list(dict.fromkeys(dot.group for dot in self.dots))

    @property
    def still(self) -> float:
        """Where nothing changes."""
        return 1.0 if self.axis.unit == "ratio" else 0.0


class Strip(NamedTuple):
    """The values of single runs, a row of dots for each name, with their middle half, median, and mean with interval."""

    title: str
    axis: Axis
    rows: Mapping[str, Sequence[float]]
    means: Sequence[Dot]


class HeatMap(NamedTuple):
    """Cells with texts. Colours, told by ``label``, run from the low end of ``scale`` over white in its middle to the high end.

    A cell of a ``kind`` (one of ``kinds``, each with its colour) has the colour of that instead.
    """

    title: str
    x_label: str
    y_label: str
    columns: Sequence[str]
    rows: Sequence[str]
    values: Sequence[Sequence[float]]
    texts: Sequence[Sequence[str]]
    scale: tuple[float, float, float]
    label: str
    unit: Unit = "number"
    kind: Sequence[Sequence[str]] = ()
    kinds: Mapping[str, str] = {}


AnyPanel: TypeAlias = Panel | DotPlot | Strip | HeatMap


class Chart(NamedTuple):
    """A figure of one or more panels of one type, ``across`` of them to a row; ``name`` is that of its file.

    Panels that are ``alike`` share their scales. With ``ghosts`` each also shows the series of all others, thin and grey.
    """

    name: str
    title: str
    note: str
    panels: Sequence[AnyPanel]
    across: int = 3
    alike: bool = False
    ghosts: bool = False
