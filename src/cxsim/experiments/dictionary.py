"""What every column of the result tables means, and its unit: behind the documents, and beside every table that is exported."""

from cxsim.experiments.measures import STAGE_HEADS, STAGES, WINDOW
from cxsim.model.state import FIRM_MEASURES, measure_columns

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


def month_dictionary() -> dict[str, tuple[str, str]]:
    """Unit and meaning of every column of ``months.parquet``, in order."""
    measures = {}
    for column, (name, index) in measure_columns().items():
        field = FIRM_MEASURES[name]
        role = "" if index is None else f": {column.removeprefix(f'{name}_')}"
        measures[column] = (field.unit, field.meaning + role)
    return WHO | {"month": ("month", "month of the run, from 0")} | measures | DERIVED


def run_dictionary() -> dict[str, tuple[str, str]]:
    """Unit and meaning of every column of ``runs.parquet``, in order."""
    return WHO | RUNS
