"""Claims C08 to C14: what customers are worth, what service is worth, and what a Largeco makes of it."""

from cxsim.studies.claims.claim import LARGE_SUM, Claim, Detail, gap, level_of, ratio, without
from cxsim.studies.claims.effects import (
    Runs,
    Statistic,
    added,
    best_arm,
    best_log_level,
    best_of,
    difference,
    jackknifed,
    less,
    log_ratio,
)
from cxsim.studies.claims.readings import (
    VALUE,
    acquisition_elasticity,
    cost_per_revenue,
    expansion_over_acquisition,
    growth,
    loss_rate,
    market_share,
    retention_elasticity,
    row,
    service_quality,
    service_spend,
)
from cxsim.studies.claims.units import DOLLARS, LOG, LOG_PERCENT, MONTHLY, PLAIN, POINTS, SHARE

SIZES = ("12_people_", "60_people_", "250_people_")
PRICES = (500, 700, 900, 1100, 1400)
SPENDS = (4, 7, 10, 14, 20, 28)
SPEND_ARMS = tuple(f"s{spend:02d}" for spend in SPENDS)
ANSWERS = ("excellent", "tiers", "cheap")
TOGETHER = [("together", f"value_{firm}") for firm in ANSWERS]


def _told(size: str) -> str:
    return size.replace("_", " ").strip()


def _best_price(service: str) -> Statistic:
    return best_log_level([f"{service}_{price}" for price in PRICES], PRICES, "value")


def _best_spend(size: str) -> Statistic:
    return best_log_level([size + arm for arm in SPEND_ARMS], SPENDS, "value")


def _best_prices(runs: Runs) -> str:
    best = [best_arm(runs, [f"{service}_{price}" for price in PRICES], "value") for service in ("high", "poor")]
    return " and ".join(best)


def _best_spends(runs: Runs) -> str:
    return " and ".join(best_arm(runs, [size + arm for arm in SPEND_ARMS], "value") for size in ("small_", "large_"))


def _winning_answer(runs: Runs) -> str:
    together = max(ANSWERS, key=lambda firm: float(runs.get("together", f"value_{firm}").mean()))
    return f"{together} in one market and {best_arm(runs, ANSWERS, 'value')} alone"


C08 = Claim(
    id="C08",
    text="Selling more to existing customers costs less than winning new ones.",
    source="how cost-effective it can be to sell different products to existing customers",
    compared="A Smallco that offers further products at every yearly review against the same firm that sells to new customers "
    "only; money for selling over monthly revenue added, in 36 months. No cost ratio is put in.",
    files=(("", "c08_existing_customers"),),
    readings={"cost": cost_per_revenue, "ratio": expansion_over_acquisition, "value": VALUE},
    effect=log_ratio(("expand", "cost"), ("only_new", "cost")),
    measure="selling cost for each dollar of new monthly revenue",
    unit=LOG,
    sign=-1,
    band=0.05,
    ablations=(without("M12", "expansion"),),
    details=(
        level_of("contacts for each unit of revenue, further products over new customers", "expand", "ratio", PLAIN),
        gap("value", "expand", "only_new", "value", DOLLARS),
    ),
)

C09 = Claim(
    id="C09",
    text="Keeping customers is worth more than the same spend on winning new ones.",
    source="they understand the value of keeping customers and the cost of losing them",
    compared="4 % of revenue more for service against 4 % more for marketing, in firms of about 12, 60 and 250 people; value "
    "at 60 months, summed over the three sizes.",
    files=tuple((size, f"c09_keep_{size.partition('_')[0]}") for size in SIZES),
    readings={
        "value": VALUE,
        "retention": retention_elasticity,
        "acquisition": acquisition_elasticity,
    },
    effect=added(*(difference(f"{size}keep", f"{size}win", "value") for size in SIZES)),
    measure="value at 60 months, keep less win",
    unit=DOLLARS,
    sign=1,
    band=LARGE_SUM,
    ablations=(without("M11", "loyalty"),),
    details=(
        *(gap(f"value, {_told(size)}", f"{size}keep", f"{size}win", "value", DOLLARS) for size in SIZES),
        *(level_of(f"elasticity to retention a year, {_told(size)}", f"{size}keep", "retention", PLAIN) for size in SIZES),
        *(level_of(f"elasticity to cost of winning, {_told(size)}", f"{size}keep", "acquisition", PLAIN) for size in SIZES),
    ),
)

C10 = Claim(
    id="C10",
    text="Customers pay more for exceptional service: the best price rises with service.",
    source="Customers Willing to Pay for Exceptional Service",
    compared="A Smallco of about 25 people at prices of $500 to $1,400 with 25 % and with 5 % of revenue for service; log of "
    "the best price (vertex of a parabola through the best mean value and its neighbours) with much less that with little.",
    files=(("", "c10_price_of_service"),),
    readings={"value": VALUE},
    effect=less(jackknifed(_best_price("high")), jackknifed(_best_price("poor"))),
    measure="best price, much service over little",
    unit=LOG,
    sign=1,
    band=0.02,
    ablations=(without("M14", "reputation"),),
    details=(gap("value at $500, much less little service", "high_500", "poor_500", "value", DOLLARS),),
    winner=_best_prices,
)

C11 = Claim(
    id="C11",
    text="Deliberate experience drives the growth of a Smallco.",
    source="a deliberate customer experience drives growth",
    compared="A Smallco that staffs service to answer 90 % in time against the same firm that gives it 4 % of revenue; "
    "customers after 36 months over those at the start.",
    files=(("", "c11_deliberate"),),
    readings={"growth": growth, "value": VALUE, "loss": loss_rate, "quality": service_quality},
    effect=difference("deliberate", "afterthought", "growth"),
    measure="growth over 36 months",
    unit=POINTS,
    sign=1,
    band=0.05,
    ablations=(
        without("M11 and M13", "loyalty", "word_of_mouth"),
        without("M11", "loyalty", decisive=False),
        without("M13", "word_of_mouth", decisive=False),
    ),
    details=(
        level_of("growth, deliberate", "deliberate", "growth", SHARE),
        gap("value", "deliberate", "afterthought", "value", DOLLARS),
        gap("customers lost a month", "deliberate", "afterthought", "loss", MONTHLY),
        gap("quality of service", "deliberate", "afterthought", "quality", SHARE),
    ),
)

C12 = Claim(
    id="C12",
    text="Treating service as an expense makes a Largeco under-invest.",
    source="Largeco - Customer experience is seen as an expense",
    compared="A Largeco that staffs service for expected profit over 6 months against 60, and one whose goal drifts against "
    "one whose goal stays; value at 60 months, the two differences added.",
    files=(("", "c12_expense"),),
    readings={"value": VALUE, "spend": service_spend},
    effect=added(difference("short", "long", "value"), difference("floating", "goal", "value")),
    measure="value at 60 months, short less long and floating less fixed",
    unit=DOLLARS,
    sign=-1,
    band=LARGE_SUM,
    ablations=(
        without("M15 and M16", "goal_erosion", "short_horizon"),
        without("M15", "goal_erosion", decisive=False),
        without("M16", "short_horizon", decisive=False),
    ),
    details=(
        gap("value, short less long horizon", "short", "long", "value", DOLLARS),
        gap("value, floating less fixed goal", "floating", "goal", "value", DOLLARS),
        ratio("service spend, short over long horizon", ("short", "spend"), ("long", "spend")),
        ratio("service spend, floating over fixed goal", ("floating", "spend"), ("goal", "spend")),
        level_of("service spend for each customer and month, long horizon", "long", "spend", DOLLARS),
    ),
)

C13 = Claim(
    id="C13",
    text="Part of low Largeco service is no mistake: pooled queues and returning leavers lower the best spend.",
    source="Big corporations see customer service as a cost because they are receiving a huge amount of requests",
    compared="A firm of about 25 and one of about 250 people, each beside the same rival of 120, with 4 % to 28 % of revenue "
    "for service; log of the best share at 48 months (vertex of a parabola) of the small less that of the large one. The share "
    "is fixed, so M15 and M16, which move a firm's own rule, have no part in it.",
    files=(("small_", "c13_spend_small"), ("large_", "c13_spend_large")),
    readings={"value": VALUE},
    effect=less(jackknifed(_best_spend("small_")), jackknifed(_best_spend("large_"))),
    measure="best service spend, small over large",
    unit=LOG,
    sign=1,
    band=0.05,
    ablations=(
        without("M9 and M17", "queue", "choosing_again"),
        without("M9", "queue", decisive=False),
        without("M17", "choosing_again", decisive=False),
    ),
    details=(
        Detail("best share of revenue for service, small", jackknifed(_best_spend("small_")), LOG_PERCENT, "level"),
        Detail("best share of revenue for service, large", jackknifed(_best_spend("large_")), LOG_PERCENT, "level"),
    ),
    winner=_best_spends,
)

C14 = Claim(
    id="C14",
    text="A Largeco has three answers to very many requests, excellent for all, tiers, or cheap, and the choice matters.",
    source="either they give excellent service to all ... or they divide their customers into groups ... or they choose to "
    "deliver cheap service to everyone and focus on marketing and acquisition",
    compared="Three equal Largecos in one market, each with one answer; value at 48 months of the best less that of the worst "
    "(both picked on the other half of the seeds). The claim names no winner; the details do.",
    files=(("", "c14_alone"), ("", "c14_together")),
    readings={"value": VALUE}
    | {f"value_{firm}": row("value", firm) for firm in ANSWERS}
    | {f"share_{firm}": market_share(firm) for firm in ANSWERS},
    effect=less(best_of(TOGETHER), best_of(TOGETHER, worst=True)),
    measure="value at 48 months, best less worst answer",
    unit=DOLLARS,
    sign=1,
    band=LARGE_SUM,
    ablations=(),
    details=(
        *(level_of(f"value in one market, {firm}", "together", f"value_{firm}", DOLLARS) for firm in ANSWERS),
        *(level_of(f"value alone, {firm}", firm, "value", DOLLARS) for firm in ANSWERS),
        *(level_of(f"market share in one market, {firm}", "together", f"share_{firm}", SHARE) for firm in ANSWERS),
    ),
    winner=_winning_answer,
)

CLAIMS = (C08, C09, C10, C11, C12, C13, C14)
