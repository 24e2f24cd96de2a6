"""Claims C08 to C14: what customers are worth, what service is worth, and what a Largeco makes of it."""

from cxsim.studies.claims import readings
from cxsim.studies.claims.claim import LARGE_SUM, Claim, falls, jointly, rises, without
from cxsim.studies.claims.effects import Runs, best_arms, best_log_level, best_of, difference, level, log_ratio
from cxsim.studies.claims.readings import VALUE, row
from cxsim.studies.claims.units import LOG_PERCENT

SIZES = {"12_people_": "12 people", "60_people_": "60 people", "250_people_": "250 people"}
PRICES = (500, 700, 900, 1100, 1400)
SPENDS = (4, 7, 10, 14, 20, 28)
PRICE_ARMS = {service: [f"{service}_{price}" for price in PRICES] for service in ("high", "poor")}
SPEND_ARMS = {size: [f"{size}_s{spend:02d}" for spend in SPENDS] for size in ("small", "large")}
BEST_PRICE = {service: best_log_level(arms, PRICES, VALUE) for service, arms in PRICE_ARMS.items()}
BEST_SPEND = {size: best_log_level(arms, SPENDS, VALUE, LOG_PERCENT) for size, arms in SPEND_ARMS.items()}
KEEP_LESS_WIN = {size: difference(f"{size}keep", f"{size}win", VALUE) for size in SIZES}
ANSWERS = ("excellent", "tiers", "cheap")
TOGETHER = {firm: level("together", row("value", firm)) for firm in ANSWERS}


def _winning_answer(runs: Runs) -> str:
    together = max(ANSWERS, key=lambda firm: float(TOGETHER[firm].of(runs).mean()))
    return f"{together} in one market and {best_arms(ANSWERS)(runs)} alone"


CLAIMS = (
    Claim(
        id="C08",
        text="Selling more to existing customers costs less than winning new ones.",
        source="how cost-effective it can be to sell different products to existing customers",
        compared="A Smallco that offers further products at every yearly review against the same firm that sells to new "
        "customers only; money for selling over monthly revenue added, in 36 months. No cost ratio is put in.",
        files={"c08_existing_customers": ""},
        hypothesis=falls(
            "selling cost for each dollar of new monthly revenue",
            log_ratio("expand", "only_new", readings.cost_per_revenue),
            0.05,
        ),
        ablations=(without("expansion"),),
        details={
            "contacts for each unit of revenue, further products over new customers": level(
                "expand", readings.expansion_over_acquisition
            ),
            "value": difference("expand", "only_new", VALUE),
        },
    ),
    Claim(
        id="C09",
        text="Keeping customers is worth more than the same spend on winning new ones.",
        source="they understand the value of keeping customers and the cost of losing them",
        compared="4 % of revenue more for service against 4 % more for marketing, in firms of about 12, 60 and 250 people; "
        "value at 60 months, summed over the three sizes.",
        files={f"c09_keep_{size.partition('_')[0]}": size for size in SIZES},
        hypothesis=rises(
            "value at 60 months, keep less win",
            KEEP_LESS_WIN["12_people_"] + KEEP_LESS_WIN["60_people_"] + KEEP_LESS_WIN["250_people_"],
            LARGE_SUM,
        ),
        ablations=(without("loyalty"),),
        details={
            **{f"value, {told}": KEEP_LESS_WIN[size] for size, told in SIZES.items()},
            **{
                f"elasticity to retention a year, {told}": level(f"{size}keep", readings.retention_elasticity)
                for size, told in SIZES.items()
            },
            **{
                f"elasticity to cost of winning, {told}": level(f"{size}keep", readings.acquisition_elasticity)
                for size, told in SIZES.items()
            },
        },
    ),
    Claim(
        id="C10",
        text="Customers pay more for exceptional service: the best price rises with service.",
        source="Customers Willing to Pay for Exceptional Service",
        compared="A Smallco of about 25 people at prices of $500 to $1,400 with 25 % and with 5 % of revenue for service; log "
        "of the best price (vertex of a parabola through the best mean value and its neighbours) with much less that with "
        "little.",
        files={"c10_price_of_service": ""},
        hypothesis=rises("best price, much service over little", BEST_PRICE["high"] - BEST_PRICE["poor"], 0.02),
        ablations=(without("reputation"),),
        details={"value at $500, much less little service": difference("high_500", "poor_500", VALUE)},
        winner=best_arms(*PRICE_ARMS.values(), between=" and "),
    ),
    Claim(
        id="C11",
        text="Deliberate experience drives the growth of a Smallco.",
        source="a deliberate customer experience drives growth",
        compared="A Smallco that staffs service to answer 90 % in time against the same firm that gives it 4 % of revenue; "
        "customers after 36 months over those at the start.",
        files={"c11_deliberate": ""},
        hypothesis=rises("growth over 36 months", difference("deliberate", "afterthought", readings.growth), 0.05),
        ablations=jointly("loyalty", "word_of_mouth"),
        details={
            "growth, deliberate": level("deliberate", readings.growth),
            "value": difference("deliberate", "afterthought", VALUE),
            "customers lost a month": difference("deliberate", "afterthought", readings.loss_rate),
            "quality of service": difference("deliberate", "afterthought", row("service_quality")),
        },
    ),
    Claim(
        id="C12",
        text="Treating service as an expense makes a Largeco under-invest.",
        source="Largeco - Customer experience is seen as an expense",
        compared="A Largeco that staffs service for expected profit over 6 months against 60, and one whose goal drifts "
        "against one whose goal stays; value at 60 months, the two differences added.",
        files={"c12_expense": ""},
        hypothesis=falls(
            "value at 60 months, short less long and floating less fixed",
            difference("short", "long", VALUE) + difference("floating", "goal", VALUE),
            LARGE_SUM,
        ),
        ablations=jointly("goal_erosion", "short_horizon"),
        details={
            "value, short less long horizon": difference("short", "long", VALUE),
            "value, floating less fixed goal": difference("floating", "goal", VALUE),
            "service spend, short over long horizon": log_ratio("short", "long", readings.service_spend),
            "service spend, floating over fixed goal": log_ratio("floating", "goal", readings.service_spend),
            "service spend for each customer and month, long horizon": level("long", readings.service_spend),
        },
    ),
    Claim(
        id="C13",
        text="Part of low Largeco service is no mistake: pooled queues and returning leavers lower the best spend.",
        source="Big corporations see customer service as a cost because they are receiving a huge amount of requests",
        compared="A firm of about 25 and one of about 250 people, each beside the same rival of 120, with 4 % to 28 % of "
        "revenue for service; log of the best share at 48 months (vertex of a parabola) of the small less that of the large "
        "one. The share is fixed, so M15 and M16, which move a firm's own rule, have no part in it.",
        files={"c13_spend_small": "small_", "c13_spend_large": "large_"},
        hypothesis=rises("best service spend, small over large", BEST_SPEND["small"] - BEST_SPEND["large"], 0.05),
        ablations=jointly("queue", "choosing_again"),
        details={f"best share of revenue for service, {size}": best for size, best in BEST_SPEND.items()},
        winner=best_arms(*SPEND_ARMS.values(), between=" and "),
    ),
    Claim(
        id="C14",
        text="A Largeco has three answers to very many requests, excellent for all, tiers, or cheap, and the choice matters.",
        source="either they give excellent service to all ... or they divide their customers into groups ... or they choose to "
        "deliver cheap service to everyone and focus on marketing and acquisition",
        compared="Three equal Largecos in one market, each with one answer; value at 48 months of the best less that of the "
        "worst (both picked on the other half of the seeds). The claim names no winner; the details do.",
        files={"c14_alone": "", "c14_together": ""},
        hypothesis=rises(
            "value at 48 months, best less worst answer",
            best_of(*TOGETHER.values()) - best_of(*TOGETHER.values(), worst=True),
            LARGE_SUM,
        ),
        details={
            **{f"value in one market, {firm}": value for firm, value in TOGETHER.items()},
            **{f"value alone, {firm}": level(firm, VALUE) for firm in ANSWERS},
            **{f"market share in one market, {firm}": level("together", readings.market_share(firm)) for firm in ANSWERS},
        },
        winner=_winning_answer,
    ),
)
