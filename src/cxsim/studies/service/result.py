"""What an audit has found, as plain data: rows of figures, charts as series with bands, sentences. Nothing is drawn here."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from cxsim.measures.tables import Floats
from cxsim.statistics.intervals import Estimate


class Row(NamedTuple):
    """One figure: which part of the audit it belongs to, what it is, with its interval and the seeds behind it."""

    part: str
    name: str
    unit: str
    mean: float
    low: float
    high: float
    n: int
    text: str = ""

    @property
    def estimate(self) -> Estimate:
        """The figure with its interval."""
        return Estimate(self.mean, self.low, self.high, self.n)


def row(part: str, name: str, unit: str, found: Estimate, text: str = "") -> Row:
    """Make a row of a figure."""
    return Row(part, name, unit, float(found.mean), float(found.low), float(found.high), found.n, text)


def from_cells(cells: Mapping[str, str]) -> Row:
    """Read a row back from the text of its cells."""
    mean, low, high = (float(cells[name] or "nan") for name in ("mean", "low", "high"))
    return Row(cells["part"], cells["name"], cells["unit"], mean, low, high, int(cells["n"]), cells["text"])


class Series(NamedTuple):
    """A line with a band, or points with intervals. ``x`` may be numbers or names."""

    name: str
    x: Sequence[float] | Sequence[str]
    mean: Floats
    low: Floats
    high: Floats

    def frame(self, panel: str) -> pd.DataFrame:
        """Return a row for each point."""
        columns = {
            "panel": panel,
            "series": self.name,
            "x": list(self.x),
            "mean": self.mean,
            "low": self.low,
            "high": self.high,
        }
        return pd.DataFrame(columns)


class Mark(NamedTuple):
    """A place on the horizontal axis, with its interval."""

    name: str
    at: Estimate


class Panel(NamedTuple):
    """One pair of axes. Units: ``share``, ``cents``, ``month`` and ``people`` say how numbers are written."""

    title: str
    x_label: str
    y_label: str
    x_unit: str
    y_unit: str
    series: Sequence[Series]
    marks: Sequence[Mark] = ()


class Chart(NamedTuple):
    """A figure of one or more panels. ``kind``: ``lines`` (logarithmic over people) or ``bars``."""

    name: str
    title: str
    note: str
    kind: str
    panels: Sequence[Panel]

    def frame(self) -> pd.DataFrame:
        """Return the data behind the chart, a row for each point."""
        return pd.concat([one.frame(panel.title) for panel in self.panels for one in panel.series], ignore_index=True)


class Audit(NamedTuple):
    """Everything that a service audit found, of a firm in an arm of a scenario."""

    rows: list[Row]
    charts: list[Chart]
    runs: pd.DataFrame  # one row per part, share and seed
    runs_made: int

    def frames(self) -> dict[str, pd.DataFrame]:
        """Return the figures, the runs, and the data of every chart as tables."""
        figures = pd.DataFrame(self.rows, columns=list(Row._fields))
        return {"figures": figures, "runs": self.runs} | {chart.name: chart.frame() for chart in self.charts}
