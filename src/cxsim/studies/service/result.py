"""What an audit has found, as plain data: rows of figures, charts as series with bands, sentences. Nothing is drawn here."""

from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

from cxsim.statistics.figures import Figure
from cxsim.statistics.intervals import Estimate, Floats
from cxsim.store.rows import cells, header


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

    rows: list[Figure]
    charts: list[Chart]
    runs: pd.DataFrame  # one row per part, share and seed
    runs_made: int

    def frames(self) -> dict[str, pd.DataFrame]:
        """Return the figures, the runs, and the data of every chart as tables."""
        figures = pd.DataFrame([cells(row) for row in self.rows], columns=header(Figure))
        return {"figures": figures, "runs": self.runs} | {chart.name: chart.frame() for chart in self.charts}
