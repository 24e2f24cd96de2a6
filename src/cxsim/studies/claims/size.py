"""Claims C15 to C21: answers that bind, small against large, and what size changes."""

import numpy as np

from cxsim.statistics.intervals import Floats
from cxsim.studies.claims import readings
from cxsim.studies.claims.claim import LARGE_SUM, Claim, falls, jointly, rises, without
from cxsim.studies.claims.effects import Effect, Runs, best_arms, best_of, difference, level, log_ratio, one_for_all
from cxsim.studies.claims.readings import SURVIVED, VALUE, row, value_over_cash
from cxsim.studies.claims.units import CASH

AFTER_24, AFTER_48 = readings.worth_of_months(24, 36), readings.worth_of_months(48, 36)
MARKET_SHARE, TAKEN = readings.market_share(), readings.total("poached", "largeco")
SIZES = {"size1_": "1 person", "size10_": "10 people", "size100_": "100 people", "size1000_": "1,000 people"}
TREATMENTS = ("custom_low", "custom_high", "standard_low", "standard_high")
STAGES = ("verysmall_", "small_", "large_")
MIXES = ("balanced", "product", "selling", "service")


def _gain(size: str, word: str, against: str) -> Effect:
    """Mean gain of one half of the treatments over the other at one size, such as all that customize over all that do not."""
    halves = {"custom": "customize", "standard": "standard only", "high": "much service", "low": "little service"}

    def measure(runs: Runs) -> Floats:
        sides = [[runs[size + name, value_over_cash.name] for name in TREATMENTS if side in name] for side in (word, against)]
        gain: Floats = np.mean(sides[0], axis=0) - np.mean(sides[1], axis=0)
        return gain

    return Effect(CASH, (value_over_cash,), measure, f"difference, {halves[word]} less {halves[against]}")


CLAIMS = (
    Claim(
        id="C15",
        text="The answer chosen at the start binds: switching later costs more.",
        source="it's a question of which strategy they decide to adopt from the beginning",
        compared="A Largeco that switches from cheap service with much marketing to excellent service in month 24 or 48. For "
        "the 36 months after each switch: worth of those months (cash flow and customers at their end) against the same months "
        "of a firm that was excellent from the first day; the shortfall after month 48 less the shortfall after month 24.",
        files={"c15_binding": ""},
        hypothesis=rises(
            "shortfall of the 36 months after a switch, at month 48 less at 24",
            difference("at_00", "at_48", AFTER_48) - difference("at_00", "at_24", AFTER_24),
            LARGE_SUM,
        ),
        ablations=jointly("memory", "word_of_mouth"),
        details={
            "shortfall after a switch in month 24": difference("at_00", "at_24", AFTER_24),
            "shortfall after a switch in month 48": difference("at_00", "at_48", AFTER_48),
            "value of the run, month 24 less from the start": difference("at_24", "at_00", VALUE),
            "value of the run, month 48 less from the start": difference("at_48", "at_00", VALUE),
        },
    ),
    Claim(
        id="C16",
        text="A small firm with outstanding service takes customers from the large.",
        source="small companies should deliver outstanding service. It's the best way they can actually steal customers from "
        "big corporations",
        compared="A firm of about 16 people beside a Largeco: service staffed to answer 95 % in time against the 8 % of "
        "revenue that the Largeco gives it; its share of the market at 60 months.",
        files={"c16_outstanding": ""},
        hypothesis=rises("market share at 60 months", difference("outstanding", "ordinary", MARKET_SHARE), 0.005),
        ablations=jointly("loyalty", "word_of_mouth"),
        details={
            "market share, ordinary service": level("ordinary", MARKET_SHARE),
            "customers lost by the Largeco to an offer": difference("outstanding", "ordinary", TAKEN),
            "customers of the small firm who had left one": difference("outstanding", "ordinary", row("walk_ins")),
            "value of the small firm": difference("outstanding", "ordinary", VALUE),
        },
    ),
    Claim(
        id="C17",
        text="Size matters: the best treatment of customers differs with size.",
        source="Customer service is the same in organizations whether they have '1 or 1,000 employees' ... Contrary to what "
        "the author wrote - size matters",
        compared="Four treatments (customize or standard only, 6 % or 25 % of revenue for service) of firms that start with 1, "
        "10, 100 and 1,000 people; loss of value at 30 months by using at every size the one that is best over all sizes "
        "instead of the best for each (all picked on the other half of the seeds), as a share of the mean size of values, mean "
        "over sizes.",
        files={f"c17_size_{int(size[4:-1]):04d}": size for size in SIZES},
        hypothesis=rises(
            "value at 30 months lost by one treatment for all sizes",
            one_for_all(list(SIZES), TREATMENTS, value_over_cash),
            0.05,
        ),
        ablations=(without("variety", "sales_learning", "queue"),),
        details={
            **{f"gain by customizing, {people}": _gain(size, "custom", "standard") for size, people in SIZES.items()},
            **{f"gain by much service, {people}": _gain(size, "high", "low") for size, people in SIZES.items()},
        },
        winner=best_arms(*([size + name for name in TREATMENTS] for size in SIZES), reading=value_over_cash),
    ),
    Claim(
        id="C18",
        text="A Verysmallco spends more time on each customer and less on service in total.",
        source="spend a lot more time with one client while still actually spend a lot less time taking care of customer "
        "service",
        compared="Three founders against a Largeco of about 250 people with the same strategy in their first year; hours of "
        "service and custom work for each customer and month (effect), and over all customers (detail). Output only.",
        files={"c18_time_verysmall": "verysmall_", "c18_time_large": "large_"},
        hypothesis=rises(
            "hours for each customer, Verysmallco over Largeco",
            log_ratio("verysmall_base", "large_base", readings.care_hours_per_customer),
            0.1,
        ),
        details={
            "hours in total, Verysmallco over Largeco": log_ratio("verysmall_base", "large_base", readings.care_hours),
            "hours for each customer and month, Verysmallco": level("verysmall_base", readings.care_hours_per_customer),
            "hours for each customer and month, Largeco": level("large_base", readings.care_hours_per_customer),
        },
    ),
    Claim(
        id="C19",
        text="Each size needs other competences.",
        source="the people solving those issues will need to have and exercise different competencies",
        compared="Four mixes of product, selling and service staff (all of 70 % of revenue) in firms of 3, 60 and 250 people; "
        "loss of value at 48 months by using at every size the mix that is best over all instead of the best for each (all "
        "picked on the other half of the seeds), as a share of the mean size of values there, mean over sizes.",
        files={f"c19_mix_{size[:-1]}": size for size in STAGES},
        hypothesis=rises("value at 48 months lost by one mix for all sizes", one_for_all(STAGES, MIXES, value_over_cash), 0.05),
        details={
            f"value, {size[:-1]}, {mix} less balanced": difference(f"{size}{mix}", f"{size}balanced", value_over_cash)
            for size in STAGES
            for mix in MIXES[1:]
        },
        winner=best_arms(*([size + name for name in MIXES] for size in STAGES), reading=value_over_cash),
    ),
    Claim(
        id="C20",
        text="Thriving comes through economies of scale: after the pivot one more customer costs less the larger the firm.",
        source="transition from surviving (by satisfying each customer) to thriving (through economies of scale)",
        compared="A Smallco that pivots on the first day against one that never does, service staffed to a goal; change of the "
        "yearly cost of serving a customer (service, hosting, upkeep and custom work) in percent, for one percent more "
        "customers, over the ten years of each run.",
        files={"c20_scale": ""},
        hypothesis=falls(
            "elasticity of unit cost to customers, pivot less never",
            difference("pivot", "never", readings.unit_cost_elasticity),
            0.05,
        ),
        ablations=jointly("sharing", "sales_learning", "queue"),
        details={
            "elasticity, pivot": level("pivot", readings.unit_cost_elasticity),
            "elasticity, never": level("never", readings.unit_cost_elasticity),
            "cost of winning a customer, pivot over never": log_ratio("pivot", "never", readings.cost_of_winning),
        },
    ),
    Claim(
        id="C21",
        text="For a Verysmallco an afterthought is enough: before it is viable, service buys less than product or selling.",
        source="Verysmallco - Customer experience is an after-thought",
        compared="Three founders who customize, with 0.1 more of one share of effort: product, selling or service; survival at "
        "36 months under the better of product and selling (picked on the other half of the seeds) less survival under "
        "service.",
        files={"c21_afterthought": ""},
        hypothesis=rises(
            "survival at 36 months, better of product and selling less service",
            best_of(level("product", SURVIVED), level("selling", SURVIVED)) - level("service", SURVIVED),
            0.03,
        ),
        ablations=(without("loyalty"),),
        details={
            "survival, more service": level("service", SURVIVED),
            "survival, product less service": difference("product", "service", SURVIVED),
            "survival, selling less service": difference("selling", "service", SURVIVED),
            "value, product less service": difference("product", "service", VALUE),
            "value, selling less service": difference("selling", "service", VALUE),
        },
    ),
)
