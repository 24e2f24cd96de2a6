"""Series and values of results laid over each other, as tables from which they can be drawn again."""

import math
from collections.abc import Sequence

import numpy as np

from cxsim.measures.series import Grid, RunTables, bands, few_from, over_time, run_values
from cxsim.measures.tables import Columns

SERIES = {"status": 0.0, "customers": 0.0, "cash": 0.0, "satisfaction": math.nan}  # what a closed firm counts as
SATISFACTION = "satisfaction"


def series_table(pair: str, picture: RunTables) -> Columns:
    """Mean and band of each measure, month by month; satisfaction only while enough firms are left to tell of it."""
    parts = []
    for measure, missing in SERIES.items():
        for result in picture.arms:
            band = bands(over_time(picture, result, picture.focal, measure, missing))
            if measure == SATISFACTION:
                band[:, few_from(picture, result) :] = np.nan
            parts.append(_part(pair, measure, result, band))
    return stacked(parts)


def _part(pair: str, measure: str, result: str, band: Grid) -> Columns:
    months = band.shape[1]
    names = {"pair": pair, "measure": measure, "result": result}
    columns: Columns = {name: np.full(months, text, dtype=object) for name, text in names.items()}
    return columns | {"month": np.arange(months, dtype=np.int32), "low": band[0], "mean": band[1], "high": band[2]}


def values_table(pair: str, picture: RunTables) -> Columns:
    """Value of every run."""
    parts = []
    for result in picture.arms:
        values = run_values(picture, result)
        names = {"pair": pair, "result": result}
        parts.append({name: np.full(len(values), text, dtype=object) for name, text in names.items()} | {"value": values})
    return stacked(parts)


def stacked(parts: Sequence[Columns]) -> Columns:
    """Put tables of the same columns under each other."""
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
