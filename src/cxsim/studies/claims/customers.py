"""Claims C08 to C14: what customers are worth, what service is worth, and what a Largeco makes of it."""

from cxsim.studies.claims import readings
from cxsim.studies.claims.claim import LARGE_SUM, Claim, Detail, falls, gap, jointly, level_of, ratio, rises, without
from cxsim.studies.claims.effects import (
    Runs,
    added,
    best_arm,
    best_arms,
    best_log_level,
    best_of,
    difference,
    jackknifed,
    less,
    log_ratio,
)
from cxsim.studies.claims.readings import VALUE, row
from cxsim.studies.claims.units import DOLLARS, LOG, LOG_PERCENT, MONTHLY, PLAIN, POINTS, SHARE

SIZES = ("12_people_", "60_people_", "250_people_")
PRICES = (500, 700, 900, 1100, 1400)
SPENDS = (4, 7, 10, 14, 20, 28)
PRICE_ARMS = {service: [f"{service}_{price}" for price in PRICES] for service in ("high", "poor")}
SPEND_ARMS = {size: [f"{size}_s{spend:02d}" for spend in SPENDS] for size in ("small", "large")}
BEST_PRICE = {service: jackknifed(best_log_level(arms, PRICES, "value")) for service, arms in PRICE_ARMS.items()}
BEST_SPEND = {size: jackknifed(best_log_level(arms, SPENDS, "value")) for size, arms in SPEND_ARMS.items()}
ANSWERS = ("excellent", "tiers", "cheap")
TOGETHER = [("together", f"value_{firm}") for firm in ANSWERS]


def _told(size: str) -> str:
    return size.replace("_", " ").strip()


def _winning_answer(runs: Runs) -> str:
    together = max(ANSWERS, key=lambda firm: float(runs.get("together", f"value_{firm}").mean()))
    return f"{together} in one market and {best_arm(runs, ANSWERS, 'value')} alone"


CLAIMS = (
    Claim(
        id="C08",
        text="Selling more to existing customers costs less than winning new ones.",
        source="how cost-effective it can be to sell different products to existing customers",
        compared="A Smallco that offers further products at every yearly review against the same firm that sells to new "
        "customers only; money for selling over monthly revenue added, in 36 months. No cost ratio is put in.",
        files=(("", "c08_existing_customers"),),
        readings={"cost": readings.cost_per_revenue, "ratio": readings.expansion_over_acquisition, "value": VALUE},
        hypothesis=falls(
            "selling cost for each dollar of new monthly revenue",
            log_ratio(("expand", "cost"), ("only_new", "cost")),
            LOG,
            0.05,
        ),
        ablations=(without("expansion"),),
        details=(
            level_of("contacts for each unit of revenue, further products over new customers", "expand", "ratio", PLAIN),
            gap("value", "expand", "only_new", "value", DOLLARS),
        ),
    ),
    Claim(
        id="C09",
        text="Keeping customers is worth more than the same spend on winning new ones.",
        source="they understand the value of keeping customers and the cost of losing them",
        compared="4 % of revenue more for service against 4 % more for marketing, in firms of about 12, 60 and 250 people; "
        "value at 60 months, summed over the three sizes.",
        files=tuple((size, f"c09_keep_{size.partition('_')[0]}") for size in SIZES),
        readings={
            "value": VALUE,
            "retention": readings.retention_elasticity,
            "acquisition": readings.acquisition_elasticity,
        },
        hypothesis=rises(
            "value at 60 months, keep less win",
            added(*(difference(f"{size}keep", f"{size}win", "value") for size in SIZES)),
            DOLLARS,
            LARGE_SUM,
        ),
        ablations=(without("loyalty"),),
        details=(
            *(gap(f"value, {_told(size)}", f"{size}keep", f"{size}win", "value", DOLLARS) for size in SIZES),
            *(level_of(f"elasticity to retention a year, {_told(size)}", f"{size}keep", "retention", PLAIN) for size in SIZES),
            *(level_of(f"elasticity to cost of winning, {_told(size)}", f"{size}keep", "acquisition", PLAIN) for size in SIZES),
        ),
    ),
    Claim(
        id="C10",
        text="Customers pay more for exceptional service: the best price rises with service.",
        source="Customers Willing to Pay for Exceptional Service",
        compared="A Smallco of about 25 people at prices of $500 to $1,400 with 25 % and with 5 % of revenue for service; log "
        "of the best price (vertex of a parabola through the best mean value and its neighbours) with much less that with "
        "little.",
        files=(("", "c10_price_of_service"),),
        readings={"value": VALUE},
        hypothesis=rises("best price, much service over little", less(BEST_PRICE["high"], BEST_PRICE["poor"]), LOG, 0.02),
        ablations=(without("reputation"),),
        details=(gap("value at $500, much less little service", "high_500", "poor_500", "value", DOLLARS),),
        winner=best_arms(*PRICE_ARMS.values(), between=" and "),
    ),
    Claim(
        id="C11",
        text="Deliberate experience drives the growth of a Smallco.",
        source="a deliberate customer experience drives growth",
        compared="A Smallco that staffs service to answer 90 % in time against the same firm that gives it 4 % of revenue; "
        "customers after 36 months over those at the start.",
        files=(("", "c11_deliberate"),),
        readings={"growth": readings.growth, "value": VALUE, "loss": readings.loss_rate, "quality": readings.service_quality},
        hypothesis=rises("growth over 36 months", difference("deliberate", "afterthought", "growth"), POINTS, 0.05),
        ablations=jointly("loyalty", "word_of_mouth"),
        details=(
            level_of("growth, deliberate", "deliberate", "growth", SHARE),
            gap("value", "deliberate", "afterthought", "value", DOLLARS),
            gap("customers lost a month", "deliberate", "afterthought", "loss", MONTHLY),
            gap("quality of service", "deliberate", "afterthought", "quality", SHARE),
        ),
    ),
    Claim(
        id="C12",
        text="Treating service as an expense makes a Largeco under-invest.",
        source="Largeco - Customer experience is seen as an expense",
        compared="A Largeco that staffs service for expected profit over 6 months against 60, and one whose goal drifts "
        "against one whose goal stays; value at 60 months, the two differences added.",
        files=(("", "c12_expense"),),
        readings={"value": VALUE, "spend": readings.service_spend},
        hypothesis=falls(
            "value at 60 months, short less long and floating less fixed",
            added(difference("short", "long", "value"), difference("floating", "goal", "value")),
            DOLLARS,
            LARGE_SUM,
        ),
        ablations=jointly("goal_erosion", "short_horizon"),
        details=(
            gap("value, short less long horizon", "short", "long", "value", DOLLARS),
            gap("value, floating less fixed goal", "floating", "goal", "value", DOLLARS),
            ratio("service spend, short over long horizon", ("short", "spend"), ("long", "spend")),
            ratio("service spend, floating over fixed goal", ("floating", "spend"), ("goal", "spend")),
            level_of("service spend for each customer and month, long horizon", "long", "spend", DOLLARS),
        ),
    ),
    Claim(
        id="C13",
        text="Part of low Largeco service is no mistake: pooled queues and returning leavers lower the best spend.",
        source="Big corporations see customer service as a cost because they are receiving a huge amount of requests",
        compared="A firm of about 25 and one of about 250 people, each beside the same rival of 120, with 4 % to 28 % of "
        "revenue for service; log of the best share at 48 months (vertex of a parabola) of the small less that of the large "
        "one. The share is fixed, so M15 and M16, which move a firm's own rule, have no part in it.",
        files=(("small_", "c13_spend_small"), ("large_", "c13_spend_large")),
        readings={"value": VALUE},
        hypothesis=rises("best service spend, small over large", less(BEST_SPEND["small"], BEST_SPEND["large"]), LOG, 0.05),
        ablations=jointly("queue", "choosing_again"),
        details=(
            Detail("best share of revenue for service, small", BEST_SPEND["small"], LOG_PERCENT, "level"),
            Detail("best share of revenue for service, large", BEST_SPEND["large"], LOG_PERCENT, "level"),
        ),
        winner=best_arms(*SPEND_ARMS.values(), between=" and "),
    ),
    Claim(
        id="C14",
        text="A Largeco has three answers to very many requests, excellent for all, tiers, or cheap, and the choice matters.",
        source="either they give excellent service to all ... or they divide their customers into groups ... or they choose to "
        "deliver cheap service to everyone and focus on marketing and acquisition",
        compared="Three equal Largecos in one market, each with one answer; value at 48 months of the best less that of the "
        "worst (both picked on the other half of the seeds). The claim names no winner; the details do.",
        files=(("", "c14_alone"), ("", "c14_together")),
        readings={"value": VALUE}
        | {f"value_{firm}": row("value", firm) for firm in ANSWERS}
        | {f"share_{firm}": readings.market_share(firm) for firm in ANSWERS},
        hypothesis=rises(
            "value at 48 months, best less worst answer",
            less(best_of(TOGETHER), best_of(TOGETHER, worst=True)),
            DOLLARS,
            LARGE_SUM,
        ),
        details=(
            *(level_of(f"value in one market, {firm}", "together", f"value_{firm}", DOLLARS) for firm in ANSWERS),
            *(level_of(f"value alone, {firm}", firm, "value", DOLLARS) for firm in ANSWERS),
            *(level_of(f"market share in one market, {firm}", "together", f"share_{firm}", SHARE) for firm in ANSWERS),
        ),
        winner=_winning_answer,
    ),
)
