"""Claims C01 to C07: how a young firm survives, when it should stop customizing, and what it should build and sell."""

from cxsim.studies.claims.claim import SMALL_SUM, SUM, Ablation, Claim, falls, rises, without
from cxsim.studies.claims.effects import best_arms, difference, interior, level, log_ratio
from cxsim.studies.claims.readings import CUSTOMERS, SURVIVED, VALUE, per, prospect_fit, row
from cxsim.studies.claims.units import SHARE

DEALS_PER_REP, PLAYBOOK = row("deals_per_sales_month"), per("playbook", "status", SHARE)
PIVOTS = ("at_0000", "at_0020", "at_0060", "at_0150", "at_0400", "at_1000", "never")
POLISH = ("p00", "p20", "p40", "p60", "p80", "p97")

CLAIMS = (
    Claim(
        id="C01",
        text="A Verysmallco that customizes survives more often than one that sells standard only.",
        source="pull out all the stops at all costs; Verysmallcos must become viable so that they can continue to sell",
        compared="Three founders who promise and build everything until they are viable (six months in a row with money coming "
        "in) against the same founders who sell standard only from the first day; share in business after 36 months.",
        files={"c01_survive": ""},
        hypothesis=rises("survival at 36 months", difference("customizes", "standard", SURVIVED), 0.03),
        ablations=(
            Ablation(
                "M6 off, product fits at birth",
                {"mechanisms.validation": False, "firms.founders.start.features": 32, "firms.founders.start.insight": 1},
            ),
            without("validation", decisive=False),
        ),
        details={
            "survival, customizes": level("customizes", SURVIVED),
            "survival, standard only": level("standard", SURVIVED),
            "value": difference("customizes", "standard", VALUE),
        },
    ),
    Claim(
        id="C02",
        text="A Smallco that goes on customizing for everyone ends up worth less than one that pivots.",
        source="Smallcos that continue to act like a Verysmallco ... dilute their ability to sell what they've already "
        "validated",
        compared="A Smallco of about 60 people that goes on promising and building everything against the same firm that sells "
        "its standard product from the first day; value at 120 months.",
        files={"c02_be_all_things": ""},
        hypothesis=falls("value at 120 months, never less pivot", difference("never", "pivot", VALUE), SUM),
        ablations=(without("sharing"), without("variety", decisive=False), without("sales_learning", decisive=False)),
        details={
            "value, pivot": level("pivot", VALUE),
            "customers": difference("never", "pivot", CUSTOMERS),
            "survival": difference("never", "pivot", SURVIVED),
        },
    ),
    Claim(
        id="C03",
        text="The pivot has a best moment: too early dies, too late dilutes.",
        source="The pivot point is that Smallcos must transition from surviving ... to thriving",
        compared="Pivots on the first day, at 20, 60, 150, 400 and 1,000 customers, and never; value at 120 months of the best "
        "one within (picked on the other half of the seeds) less that of the better of the two ends.",
        files={"c03_best_moment": ""},
        hypothesis=rises("value at 120 months, best within less better end", interior(PIVOTS, VALUE), SMALL_SUM),
        ablations=(without("validation"), without("sharing")),
        details={
            "survival, pivot on the first day": level("at_0000", SURVIVED),
            "survival, pivot at 150 customers": level("at_0150", SURVIVED),
            "survival, never": level("never", SURVIVED),
            "value, at 150 customers less first day": difference("at_0150", "at_0000", VALUE),
            "value, at 150 customers less never": difference("at_0150", "never", VALUE),
        },
        winner=best_arms(PIVOTS),
    ),
    Claim(
        id="C04",
        text="Constant product change keeps sales from scaling.",
        source="constantly changing the product makes it difficult (impossible?) to scale the sales and marketing organization",
        compared="A Smallco of about 12 people with all product capacity open to single requests against the same firm with "
        "none; customers won for each effective person-month of selling in 36 months, so that the number of sellers does not "
        "matter.",
        files={"c04_scale_sales": ""},
        hypothesis=falls("deals for each month of selling", log_ratio("changing", "stable", DEALS_PER_REP), 0.05),
        ablations=(without("sales_learning"),),
        details={
            "deals for each month of selling, stable": level("stable", DEALS_PER_REP),
            "playbook": difference("changing", "stable", PLAYBOOK),
        },
    ),
    Claim(
        id="C05",
        text="Broadly supported requests beat the loudest request.",
        source="understand which ideas have the most support from the broadest base of customers",
        compared="A Smallco of about 12 people with 12 standard features that builds the most requested feature next against "
        "the same firm that builds the one of the loudest request; value at 36 months.",
        files={"c05_crowd": ""},
        hypothesis=rises("value at 36 months", difference("crowd", "loudest", VALUE), SUM),
        ablations=(Ablation("s = 0, all needs equally common", {"market.zipf": 0.0}),),
        details={
            "fit of prospects": difference("crowd", "loudest", prospect_fit),
            "value, loudest": level("loudest", VALUE),
        },
    ),
    Claim(
        id="C06",
        text="Good enough beats perfect.",
        source="developing a perfect product is expensive. Your products need not be perfect, but they must be valuable",
        compared="A Smallco that polishes its features to 0, 0.2, 0.4, 0.6, 0.8 and 0.97; value at 60 months of the best "
        "polish within (picked on the other half of the seeds) less that of the better of the two ends.",
        files={"c06_good_enough": ""},
        hypothesis=rises("value at 60 months, best within less better end", interior(POLISH, VALUE), SUM),
        ablations=(
            Ablation("M18 cost a straight line", {"product.polish_curvature": 0.0}),
            without("polish", decisive=False),
        ),
        details={
            "value, 0.6 less not polished": difference("p60", "p00", VALUE),
            "value, 0.6 less 0.97": difference("p60", "p97", VALUE),
        },
        winner=best_arms(POLISH),
    ),
    Claim(
        id="C07",
        text="Selling to the right customers beats bending the product to the prospect at hand.",
        source="are you seeking the right customers ... or are you trying to modify your product",
        compared="A Smallco that pursues only prospects with half their needs met by its standard product against the same "
        "firm that promises every prospect what is missing, and builds it; value at 60 months.",
        files={"c07_right_customers": ""},
        hypothesis=rises("value at 60 months", difference("qualify", "bend", VALUE), SUM),
        ablations=(without("needs"),),
        details={
            "retention a month": difference("qualify", "bend", row("retention")),
            "customers": difference("qualify", "bend", CUSTOMERS),
            "value, bend": level("bend", VALUE),
        },
    ),
)
