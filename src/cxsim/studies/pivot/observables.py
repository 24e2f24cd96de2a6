"""What a firm can see of itself and its market at the start of a month."""

import numpy as np
from numpy.typing import NDArray

from cxsim.measures.firms import cash_flow, ratio
from cxsim.model.params import Product
from cxsim.model.state import ALIVE, MILLION
from cxsim.statistics.intervals import Floats

QUARTER = 3  # months over which flows are taken


def visible(measures: NDArray[np.void], tallies: NDArray[np.int64], product: Product) -> dict[str, Floats]:
    """What a firm sees at the start of each month: levels of the eve, flows of the last quarter; NaN when not in business.

    ``measures`` (months,) is what was recorded of it, ``tallies`` (months, features) the requests that it had heard at the
    start of each month. Money is in cents.
    """
    custom = measures["custom_features"]
    built = custom + product.standard_factor * measures["standard_features"]
    eaten = measures["work_upkeep"] * ratio(custom, np.maximum(built, 1))
    flows = {
        "custom_upkeep": ratio(_quarter(eaten), _quarter(measures["work_capacity"])),
        "deals_per_rep": ratio(_quarter(measures["deals"]), _quarter(measures["sales_capacity"])),
        "cash_flow": _quarter(cash_flow(measures)) / np.minimum(np.arange(1, len(measures) + 1), QUARTER),
        "prospect_fit": ratio(_quarter(measures["prospect_fit_sum"] / MILLION), _quarter(measures["contacts"])),
        "customers": measures["customers"].astype(float),
        "viable_months": measures["viable_months"].astype(float),
    }
    shares = ratio(tallies, tallies.sum(axis=1)[:, None])
    heard = {"request_focus": shares.max(axis=1), "request_breadth": ratio(np.ones(len(shares)), (shares**2).sum(axis=1))}
    alive = np.concatenate([[False], measures["status"][:-1] == ALIVE])
    known = heard | {name: np.concatenate([[np.nan], series[:-1]]) for name, series in flows.items()}
    return {name: np.where(alive, series, np.nan) for name, series in known.items()}


def _quarter(series: NDArray[np.generic]) -> Floats:
    """Sum over a month and the two before it."""
    total = np.concatenate([np.zeros(QUARTER), np.cumsum(series, dtype=float)])
    recent: Floats = total[QUARTER:] - total[:-QUARTER]
    return recent
