"""What every column of the result tables means, and its unit: behind the documents, and beside every table that is exported."""

from collections.abc import Sequence
from typing import TypeAlias

from cxsim.measures.tables import STAGE_HEADS, STAGES, WINDOW
from cxsim.model.state import FIRM_MEASURES, measure_columns
from cxsim.scenario.schema import canonical, parameters
from cxsim.statistics.intervals import BOUNDS
from cxsim.studies.run.summary import MEANS

Dictionary: TypeAlias = dict[str, tuple[str, str]]  # unit and meaning of each column

WHO = {
    "arm": ("-", "arm of the scenario"),
    "replicate": ("-", "number of the replicate, from 0"),
    "seed": ("-", "seed of the replicate, the same in every arm"),
    "firm": ("-", "name of the firm; numbered when its block makes several"),
    "plan": ("-", "firm block of the scenario that it was made from"),
}
DERIVED = {
    "heads": ("people", "founders and employees"),
    "stage": (
        "label",
        f"{STAGES[0]} below {STAGE_HEADS[0]} heads, {STAGES[1]} below {STAGE_HEADS[1]}, else {STAGES[2]}; no rule reads it",
    ),
    "satisfaction": ("share", "mean satisfaction of its customers; empty without customers"),
    "fit": ("share", "mean fit of its customers; empty without customers"),
}
RUNS = {
    "entrant": ("yes/no", "whether it entered during the run"),
    "founded": ("month", "month in which it was founded"),
    "closed": ("month", "month in which it closed; empty when it did not"),
    "pivoted": ("month", "month of its pivot; empty when there was none"),
    "survived": ("yes/no", "whether it was in business at the end"),
    "months_lived": ("months", "months at whose end it was in business"),
    "value": ("cents", "value_cash and value_equity; see [MODEL.md](MODEL.md#value-of-a-firm)"),
    "value_cash": ("cents", "cash flow of the run, discounted to its start"),
    "value_equity": ("cents", "worth of the customers at the end, discounted to the start of the run"),
    "retention": ("share/month", f"share of customers kept a month over its last {WINDOW} months; empty when closed"),
    "margin": ("cents/customer/month", f"what a customer brings over its last {WINDOW} months; empty when closed"),
    "customers": ("customers", "customers at the end, 0 when closed"),
    "heads": ("people", "founders and employees at the end, 0 when closed"),
    "founders": ("people", "founders at the end, 0 when closed"),
    "staff_product": ("people", "product employees at the end"),
    "staff_sales": ("people", "sales employees at the end"),
    "staff_service": ("people", "service employees at the end"),
    "standard_features": ("features", "features in the standard product at the end, 0 when closed"),
    "custom_features": ("features", "custom features in force at the end, 0 when closed"),
    "cash": ("cents", "money in the bank at the end, or when it closed"),
    "satisfaction": ("share", "mean satisfaction of its customers at the end; empty when closed"),
    "fit": ("share", "mean fit of its customers at the end; empty when closed"),
    "reputation": ("share", "reputation for service at the end; empty when closed"),
    "service_goal": ("share", "service goal at the end; empty when closed"),
    "peak_customers": ("customers", "most customers in any month"),
    "best_month": ("month", "month with the highest cash flow"),
    "revenue": ("cents", "revenue of the whole run"),
    "deals": ("customers", "customers won in the whole run"),
    "churned": ("customers", "customers who left of their own accord in the whole run"),
    "walk_ins": ("customers", "customers who had left a firm and chose this one, in the whole run"),
    "returned": ("customers", "the part of walk_ins who had left this firm"),
    "expansions": ("products", "further products sold to own customers in the whole run"),
    "custom_built": ("features", "custom features delivered in the whole run"),
    "standard_built": ("features", "standard features delivered in the whole run"),
    "deals_per_sales_month": ("customers/person-month", "deals over effective selling time"),
    "service_quality": ("share", "quality of service, mean over customers and months; empty without customers"),
    "upkeep_share": ("share of product capacity", "product work spent on keeping what exists"),
    "custom_share": ("share of product capacity", "product work spent on custom features"),
    "roadmap_share": ("share of product capacity", "product work spent on standard features"),
    "idle_share": ("share of product capacity", "product work with nothing left to build"),
    "customers_at_pivot": ("customers", "customers at the end of the month before the pivot; empty when there was none"),
}

SWEEP = {
    "run": ("-", "what the run is known by: a digest of the model, its parameters, months, seed and replicate"),
    "point": ("-", "number of the point, from 0"),
    "arm": WHO["arm"],
    "replicate": WHO["replicate"],
    "seed": ("-", "seed of the replicate, the same at every point and in every arm"),
}
FACTOR = ("unit of the parameter", "one column for each factor, named by its key: its value at the point")
FIRMS = ("firms", "firms behind the figures: those that are kept of every replicate that came to its end")
OF_BOUNDS = dict(zip(BOUNDS, ("mean", "lower end of the 95 % interval of the mean", "upper end of that interval"), strict=True))
SUMMARY = {
    "kind": (
        "-",
        "`mean`, `median`, `difference` (of means, on the same seeds), `share_better` (share of seeds for which `arm` has more "
        "than `versus`), `share_equal` (of those for which both have the same) or `carriers` (fewest runs that together hold "
        "more than half of the sum of all positive values)",
    ),
    "measure": ("-", "which measure; see the next table"),
    "unit": ("-", "unit of the figure"),
    "firm": ("-", "firm block; the mean over its firms when it makes several"),
    "arm": ("-", "arm"),
    "versus": ("-", "the arm that is compared with; for a difference, the one that is taken away"),
    "mean": ("unit", "the mean, median, mean difference, share or number"),
    "low": ("unit", "lower end of the 95 % interval, cut at what can be: shares at 0 and 1, counts at 0"),
    "high": ("unit", "upper end of the 95 % interval"),
    "n": ("runs", "replicates behind the figure"),
    "significant": ("yes/no", "for a difference: 1 when the interval leaves out zero, else 0"),
}


def month_dictionary() -> Dictionary:
    """Unit and meaning of every column of ``months.parquet``, in order."""
    measures = {}
    for column, (name, index) in measure_columns().items():
        field = FIRM_MEASURES[name]
        role = "" if index is None else f": {column.removeprefix(f'{name}_')}"
        measures[column] = (field.unit, field.meaning + role)
    return WHO | {"month": ("month", "month of the run, from 0")} | measures | DERIVED


def run_dictionary() -> Dictionary:
    """Unit and meaning of every column of ``runs.parquet``, in order."""
    return WHO | RUNS


def factor_dictionary(keys: Sequence[str]) -> Dictionary:
    """Unit and meaning of the factors of a sweep, which are those of the parameters behind them."""
    return {key: _factor(key) for key in keys}


def _factor(key: str) -> tuple[str, str]:
    known = parameters().get(canonical(tuple(key.split("."))))
    return ("-", "factor") if known is None else (known[1].unit, f"factor: {known[1].meaning}")


def sweep_run_dictionary(keys: Sequence[str]) -> Dictionary:
    """Unit and meaning of every column of the runs of a sweep over these factors, in order when all measures are kept."""
    measures = {name: about for name, about in RUNS.items() if name != "entrant"}
    return SWEEP | {name: WHO[name] for name in ("firm", "plan")} | factor_dictionary(keys) | measures


def sweep_month_dictionary() -> Dictionary:
    """Unit and meaning of every column of the months of a sweep, in order."""
    return SWEEP | {name: about for name, about in month_dictionary().items() if name not in SWEEP and name != "plan"}


def sweep_summary_dictionary(keys: Sequence[str]) -> Dictionary:
    """Unit and meaning of every column that the summary of a sweep over these factors may have."""
    means = {
        f"{name}_{bound}": (MEANS.get(name, unit), f"{word}: {meaning}")
        for name, (unit, meaning) in RUNS.items()
        for bound, word in OF_BOUNDS.items()
    }
    return {name: SWEEP[name] for name in ("point", "arm")} | factor_dictionary(keys) | {"firms": FIRMS} | means


def sweep_columns() -> dict[str, Dictionary]:
    """What the documents tell of the tables of sweeps, beside what is told of those of a single run."""
    return {
        "runs": {**SWEEP, "firm": WHO["firm"], "plan": WHO["plan"], "(factors)": FACTOR},
        "summary": {
            **{name: SWEEP[name] for name in ("point", "arm")},
            "(factors)": FACTOR,
            "firms": FIRMS,
            **{f"MEASURE_{bound}": ("unit of the measure", word) for bound, word in OF_BOUNDS.items()},
        },
    }
