"""What every column of the result tables means, and its unit: behind the documents, and beside every table that is exported."""

from collections.abc import Sequence
from typing import TypeAlias

from cxsim.measures.registry import MONTH_MEASURES, RUN_MEASURES
from cxsim.scenario.schema import canonical, parameters
from cxsim.statistics.intervals import BOUNDS

Dictionary: TypeAlias = dict[str, tuple[str, str]]  # unit and meaning of each column

WHO = {
    "arm": ("-", "arm of the scenario"),
    "replicate": ("-", "number of the replicate, from 0"),
    "seed": ("-", "seed of the replicate, the same in every arm"),
    "firm": ("-", "name of the firm; numbered when its block makes several"),
    "plan": ("-", "firm block of the scenario that it was made from"),
}

SWEEP = {
    "run": ("-", "what the run is known by: a digest of the model, its parameters, months, seed and replicate"),
    "point": ("-", "number of the point, from 0"),
    "arm": WHO["arm"],
    "replicate": WHO["replicate"],
    "seed": ("-", "seed of the replicate, the same at every point and in every arm"),
}
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
    measures = {name: (measure.unit, measure.meaning) for name, measure in MONTH_MEASURES.items()}
    return WHO | {"month": ("month", "month of the run, from 0")} | measures


def run_dictionary() -> Dictionary:
    """Unit and meaning of every column of ``runs.parquet``, in order."""
    return WHO | {name: (measure.unit, measure.meaning) for name, measure in RUN_MEASURES.items()}


def factor_dictionary(keys: Sequence[str]) -> Dictionary:
    """Unit and meaning of the factors of a sweep, which are those of the parameters behind them."""
    known = {key: parameters().get(canonical(tuple(key.split(".")))) for key in keys}
    return {key: (found[1].unit, f"factor: {found[1].meaning}") if found else ("-", "factor") for key, found in known.items()}


def sweep_run_dictionary(keys: Sequence[str]) -> Dictionary:
    """Unit and meaning of every column of the runs of a sweep over these factors, in order when all measures are kept."""
    measures = {name: about for name, about in run_dictionary().items() if name not in (*WHO, "entrant")}
    return SWEEP | {name: WHO[name] for name in ("firm", "plan")} | factor_dictionary(keys) | measures


def sweep_month_dictionary() -> Dictionary:
    """Unit and meaning of every column of the months of a sweep, in order."""
    return SWEEP | {name: about for name, about in month_dictionary().items() if name not in SWEEP and name != "plan"}


def sweep_summary_dictionary(keys: Sequence[str]) -> Dictionary:
    """Unit and meaning of every column that the summary of a sweep over these factors may have."""
    means = {
        f"{name}_{bound}": (measure.unit_of_mean, f"{word}: {measure.meaning}")
        for name, measure in RUN_MEASURES.items()
        for bound, word in OF_BOUNDS.items()
    }
    return {name: SWEEP[name] for name in ("point", "arm")} | factor_dictionary(keys) | {"firms": FIRMS} | means
