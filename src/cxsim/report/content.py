"""What a report says, as plain data. A command fills a :class:`Report`; ``render.page`` makes the page of it.

All text is plain text: the page escapes it. Figures in a chart are in the unit that the chart names; money is in cents and is
drawn, and handed out for download, in dollars. NaN stands for what is not known and leaves a gap.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple, TypeAlias

from cxsim.charts.content import Chart

Unit: TypeAlias = Literal["cents", "share", "count", "number"]


class Line(NamedTuple):
    """A line with its band, if it has one. From ``pale_from`` on it is drawn pale, since few runs stand behind it."""

    name: str
    x: Sequence[float]
    y: Sequence[float]
    low: Sequence[float] = ()
    high: Sequence[float] = ()
    pale_from: float = math.inf


class Lines(NamedTuple):
    """Lines over a common axis. More than four lines with bands get a small panel each, the others in grey behind."""

    title: str
    note: str
    x_label: str
    y_label: str
    unit: Unit
    lines: Sequence[Line]
    steps: bool = False  # values hold until the next one
    x_unit: Unit = "count"
    from_zero: bool = True  # whether the upright axis must show zero


class Areas(NamedTuple):
    """Shares of a whole, stacked: one panel for each name, and in it one area for each kind."""

    title: str
    note: str
    x_label: str
    y_label: str
    x: Sequence[float]
    panels: Mapping[str, Mapping[str, Sequence[float]]]
    colours: Mapping[str, str]  # of each kind, in order from below


class Mark(NamedTuple):
    """A figure with its interval, if it has one; ``weight`` is 0 for what matters most, then 1 and 2."""

    name: str
    value: float
    low: float = math.nan
    high: float = math.nan
    weight: int = 0


class Marks(NamedTuple):
    """Figures with intervals below each other, and in grey what is so close to zero that it counts as none."""

    title: str
    note: str
    label: str
    unit: Unit
    marks: Sequence[Mark]
    nothing: tuple[float, float] = (0.0, 0.0)


class Spread(NamedTuple):
    """The values of single runs, a row of dots for each name, with their middle half, median, and mean with interval."""

    title: str
    note: str
    label: str
    unit: Unit
    rows: Mapping[str, Sequence[float]]
    means: Sequence[Mark]


class Heat(NamedTuple):
    """A map of numbers. ``texts`` stand in the cells; colours run from ``low`` over white at ``middle`` to ``high``."""

    title: str
    note: str
    x_label: str
    y_label: str
    columns: Sequence[str]
    rows: Sequence[str]
    values: Sequence[Sequence[float]]
    texts: Sequence[Sequence[str]]
    scale: tuple[float, float, float]  # low, middle, high


class Table(NamedTuple):
    """Rows of text. The first cell of each row names it; ``texts`` columns, from the first, hold words and not figures."""

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""
    texts: int = 1


class Moment(NamedTuple):
    """A moment at which to choose: its name, its month, and what came of choosing it, in words that stay hidden at first."""

    name: str
    month: float
    outcome: str


class Path(NamedTuple):
    """What a measure does month by month when nothing is chosen, and for each moment when it is chosen then."""

    measure: str
    unit: Unit
    without: Sequence[float]
    chosen: Sequence[Sequence[float]]  # moments x months


class Luck(NamedTuple):
    """One draw of luck, shared by all futures in it, or the mean of many."""

    name: str
    paths: Sequence[Path]


class Futures(NamedTuple):
    """A slider over moments that shows two futures side by side, on the same luck: choose then, or never.

    What comes after the moment, and what came of it, is covered until the reader uncovers it, so that one can guess first.
    """

    title: str
    note: str
    question: str  # asked while the answer is covered
    slider: str  # what the slider sets, such as "month of the pivot"
    chosen: str  # name of the future in which it is done
    without: str  # name of the future in which it is not
    moments: Sequence[Moment]
    lucks: Sequence[Luck]


Part: TypeAlias = Chart | Lines | Areas | Marks | Spread | Heat | Table | Futures


class Section(NamedTuple):
    """A heading with what stands below it. A ``covered`` one gives the answer away: it opens with the answer."""

    title: str
    parts: Sequence[Part]
    text: str = ""
    covered: bool = False


class Report(NamedTuple):
    """All that a page says. With ``guess`` set, the answer and covered sections stay hidden until the reader asks for them."""

    title: str
    question: str
    answer: Sequence[str]
    sections: Sequence[Section]
    methods: Sequence[str]
    scenario: str
    provenance: Sequence[tuple[str, str]]
    command: str
    notes: Sequence[str] = ()
    guess: bool = False
