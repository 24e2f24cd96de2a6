"""What an audit has found, as plain data: rows of figures, charts as series with bands, sentences. Nothing is drawn here."""

from typing import NamedTuple

import pandas as pd

from cxsim.charts.content import Chart
from cxsim.statistics.figures import Figure
from cxsim.store.rows import cells, header
from cxsim.studies.service.charts import frame


class Audit(NamedTuple):
    """Everything that a service audit found, of a firm in an arm of a scenario."""

    rows: list[Figure]
    charts: list[Chart]
    runs: pd.DataFrame  # one row per part, share and seed
    runs_made: int

    def frames(self) -> dict[str, pd.DataFrame]:
        """Return the figures, the runs, and the data of every chart as tables."""
        figures = pd.DataFrame([cells(row) for row in self.rows], columns=header(Figure))
        return {"figures": figures, "runs": self.runs} | {chart.name: frame(chart) for chart in self.charts}
