"""What a report says, as plain data. A command fills a :class:`Report`; ``render.page`` makes the page of it.

All text is plain text: the page escapes it. Figures in a chart are in the unit that the chart names; money is in cents and is
drawn, and handed out for download, in dollars. NaN stands for what is not known and leaves a gap.
"""

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

from cxsim.charts.content import Chart, Unit


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


Part: TypeAlias = Chart | Table | Futures


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
    scenario: str = ""
    provenance: Sequence[tuple[str, str]] = ()
    command: str = ""
    notes: Sequence[str] = ()
    guess: bool = False
