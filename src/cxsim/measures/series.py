"""Series over months and values of runs, as figures and reports show them: tables in, arrays out."""

import math
from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cxsim.measures.registry import WORK
from cxsim.measures.tables import Columns

BAND = (10, 90)  # percentiles
FEW = 5  # firms; what fewer of them say together is drawn pale

Grid: TypeAlias = NDArray[np.float64]  # replicates x months


class RunTables(NamedTuple):
    """All that figures are made from: the two tables, the arms in order, the firm plans, and the length of a run."""

    months_table: Columns
    runs: Columns
    arms: Sequence[str]
    focal: str
    plans: Sequence[str]
    months: int


def over_time(picture: RunTables, arm: str, plan: str, measure: str, missing: float) -> Grid:
    """Mean of a measure over the firms of a plan, by replicate and month; firms not in business count as ``missing``."""
    runs, rows = picture.runs, picture.months_table
    mine = (runs["arm"] == arm) & (runs["plan"] == plan) & ~runs["entrant"]
    replicates, size = np.unique(runs["replicate"][mine], return_counts=True)
    named = set(runs["firm"][mine].tolist())
    chosen = np.flatnonzero((rows["arm"] == arm) & (rows["plan"] == plan))
    chosen = chosen[[name in named for name in rows["firm"][chosen]]] if len(chosen) else chosen
    values = rows[measure][chosen].astype(float)
    chosen, values = chosen[~np.isnan(values)], values[~np.isnan(values)]
    where = np.searchsorted(replicates, rows["replicate"][chosen]), rows["month"][chosen]
    total, counted = np.zeros((len(replicates), picture.months)), np.zeros((len(replicates), picture.months))
    np.add.at(total, where, values)
    np.add.at(counted, where, 1)
    if math.isnan(missing):
        np.divide(total, counted, out=total, where=counted > 0)
        return np.where(counted > 0, total, np.nan)
    grid: Grid = (total + missing * (size[:, None] - counted)) / size[:, None]
    return grid


def bands(grid: Grid) -> NDArray[np.float64]:
    """Lower bound, mean and upper bound of each month over the replicates; NaN where nobody is in business."""
    out = np.full((3, grid.shape[1]), np.nan)
    some = ~np.isnan(grid).all(axis=0) if len(grid) else np.zeros(grid.shape[1], bool)
    if some.any():
        out[::2, some] = np.nanpercentile(grid[:, some], BAND, axis=0)
        out[1, some] = np.nanmean(grid[:, some], axis=0)
    return out


def few_from(picture: RunTables, arm: str) -> int:
    """First month in which fewer than ``FEW`` focal firms (or than there ever were) are in business; the horizon if none."""
    firms = firms_of(picture, arm)
    share = over_time(picture, arm, picture.focal, "status", 0.0).mean(axis=0) if firms else np.zeros(picture.months)
    few = np.flatnonzero(np.rint(share * firms) < min(FEW, firms))
    return int(few[0]) if len(few) else picture.months


def firms_of(picture: RunTables, arm: str) -> int:
    """Count the focal firms of all runs of an arm."""
    runs = picture.runs
    return int(((runs["arm"] == arm) & (runs["plan"] == picture.focal) & ~runs["entrant"]).sum())


def label_of_runs(picture: RunTables) -> str:
    """Say how many runs stand behind each arm."""
    sizes = {len(np.unique(picture.runs["replicate"][picture.runs["arm"] == arm])) for arm in picture.arms}
    low, high = min(sizes), max(sizes)
    each = " per arm" if len(picture.arms) > 1 else ""
    number = f"{low}" if low == high else f"{low} to {high}"
    return f"n = {number} run{'s' if high > 1 else ''}{each}"


def pale(picture: RunTables) -> str:
    """Say which part is drawn pale, if any is."""
    if all(few_from(picture, arm) >= picture.months for arm in picture.arms):
        return ""
    few = min(FEW, max(firms_of(picture, arm) for arm in picture.arms))
    return f"; drawn pale where {'no firm is' if few == 1 else f'fewer than {few} firms are'} left"


def meaning(picture: RunTables) -> str:
    """Say what lines and bands are."""
    return f"line: mean; band: {BAND[0]}th to {BAND[1]}th percentile; {label_of_runs(picture)}"


def run_values(picture: RunTables, arm: str) -> NDArray[np.float64]:
    """Value per replicate, meaned over the firms of the focal plan."""
    runs = picture.runs
    mine = (runs["arm"] == arm) & (runs["plan"] == picture.focal) & ~runs["entrant"]
    _, where, size = np.unique(runs["replicate"][mine], return_inverse=True, return_counts=True)
    means: NDArray[np.float64] = np.bincount(where, weights=runs["value"][mine]) / size
    return means


def work_shares(picture: RunTables, arm: str) -> dict[str, NDArray[np.float64]]:
    """Shares of the work that all replicates had in a month; NaN-free, with nothing where nobody is in business."""
    total = over_time(picture, arm, picture.focal, "work_capacity", 0.0).sum(axis=0)
    shares = {}
    for kind in WORK:
        work = over_time(picture, arm, picture.focal, f"work_{kind}", 0.0).sum(axis=0)
        shares[kind] = np.divide(work, total, out=np.zeros(picture.months), where=total > 0)
    used: NDArray[np.float64] = np.sum(list(shares.values()), axis=0)
    return shares | {"idle": np.where(total > 0, np.maximum(1 - used, 0), 0.0)}
