"""Claims C01 to C07: how a young firm survives, when it should stop customizing, and what it should build and sell."""

from cxsim.studies.claims.claim import SMALL_SUM, SUM, Ablation, Claim, falls, gap, level_of, rises, without
from cxsim.studies.claims.effects import best_arms, difference, interior, log_ratio
from cxsim.studies.claims.readings import SURVIVED, VALUE, per, prospect_fit, row
from cxsim.studies.claims.units import CUSTOMERS, DEALS, DOLLARS, LOG, MONTHLY, POINTS, SHARE

PIVOTS = ("at_0000", "at_0020", "at_0060", "at_0150", "at_0400", "at_1000", "never")
POLISH = ("p00", "p20", "p40", "p60", "p80", "p97")

CLAIMS = (
    Claim(
        id="C01",
        text="A Verysmallco that customizes survives more often than one that sells standard only.",
        source="pull out all the stops at all costs; Verysmallcos must become viable so that they can continue to sell",
        compared="Three founders who promise and build everything until they are viable (six months in a row with money coming "
        "in) against the same founders who sell standard only from the first day; share in business after 36 months.",
        files=(("", "c01_survive"),),
        readings={"survived": SURVIVED, "value": VALUE},
        hypothesis=rises("survival at 36 months", difference("customizes", "standard", "survived"), POINTS, 0.03),
        ablations=(
            Ablation(
                "M6 off, product fits at birth",
                {"mechanisms.validation": False, "firms.founders.start.features": 32, "firms.founders.start.insight": 1},
            ),
            without("validation", decisive=False),
        ),
        details=(
            level_of("survival, customizes", "customizes", "survived", SHARE),
            level_of("survival, standard only", "standard", "survived", SHARE),
            gap("value", "customizes", "standard", "value", DOLLARS),
        ),
    ),
    Claim(
        id="C02",
        text="A Smallco that goes on customizing for everyone ends up worth less than one that pivots.",
        source="Smallcos that continue to act like a Verysmallco ... dilute their ability to sell what they've already "
        "validated",
        compared="A Smallco of about 60 people that goes on promising and building everything against the same firm that sells "
        "its standard product from the first day; value at 120 months.",
        files=(("", "c02_be_all_things"),),
        readings={"value": VALUE, "customers": row("customers"), "survived": SURVIVED},
        hypothesis=falls("value at 120 months, never less pivot", difference("never", "pivot", "value"), DOLLARS, SUM),
        ablations=(
            without("sharing"),
            without("variety", decisive=False),
            without("sales_learning", decisive=False),
        ),
        details=(
            level_of("value, pivot", "pivot", "value", DOLLARS),
            gap("customers", "never", "pivot", "customers", CUSTOMERS),
            gap("survival", "never", "pivot", "survived", SHARE),
        ),
    ),
    Claim(
        id="C03",
        text="The pivot has a best moment: too early dies, too late dilutes.",
        source="The pivot point is that Smallcos must transition from surviving ... to thriving",
        compared="Pivots on the first day, at 20, 60, 150, 400 and 1,000 customers, and never; value at 120 months of the best "
        "one within (picked on the other half of the seeds) less that of the better of the two ends.",
        files=(("", "c03_best_moment"),),
        readings={"value": VALUE, "survived": SURVIVED},
        hypothesis=rises("value at 120 months, best within less better end", interior(PIVOTS, "value"), DOLLARS, SMALL_SUM),
        ablations=(without("validation"), without("sharing")),
        details=(
            level_of("survival, pivot on the first day", "at_0000", "survived", SHARE),
            level_of("survival, pivot at 150 customers", "at_0150", "survived", SHARE),
            level_of("survival, never", "never", "survived", SHARE),
            gap("value, at 150 customers less first day", "at_0150", "at_0000", "value", DOLLARS),
            gap("value, at 150 customers less never", "at_0150", "never", "value", DOLLARS),
        ),
        winner=best_arms(PIVOTS),
    ),
    Claim(
        id="C04",
        text="Constant product change keeps sales from scaling.",
        source="constantly changing the product makes it difficult (impossible?) to scale the sales and marketing organization",
        compared="A Smallco of about 12 people with all product capacity open to single requests against the same firm with "
        "none; customers won for each effective person-month of selling in 36 months, so that the number of sellers does not "
        "matter.",
        files=(("", "c04_scale_sales"),),
        readings={"deals_per_rep": per("deals", "sales_capacity"), "playbook": per("playbook", "status")},
        hypothesis=falls(
            "deals for each month of selling", log_ratio(("changing", "deals_per_rep"), ("stable", "deals_per_rep")), LOG, 0.05
        ),
        ablations=(without("sales_learning"),),
        details=(
            level_of("deals for each month of selling, stable", "stable", "deals_per_rep", DEALS),
            gap("playbook", "changing", "stable", "playbook", SHARE),
        ),
    ),
    Claim(
        id="C05",
        text="Broadly supported requests beat the loudest request.",
        source="understand which ideas have the most support from the broadest base of customers",
        compared="A Smallco of about 12 people with 12 standard features that builds the most requested feature next against "
        "the same firm that builds the one of the loudest request; value at 36 months.",
        files=(("", "c05_crowd"),),
        readings={"value": VALUE, "prospect_fit": prospect_fit},
        hypothesis=rises("value at 36 months", difference("crowd", "loudest", "value"), DOLLARS, SUM),
        ablations=(Ablation("s = 0, all needs equally common", {"market.zipf": 0.0}),),
        details=(
            gap("fit of prospects", "crowd", "loudest", "prospect_fit", SHARE),
            level_of("value, loudest", "loudest", "value", DOLLARS),
        ),
    ),
    Claim(
        id="C06",
        text="Good enough beats perfect.",
        source="developing a perfect product is expensive. Your products need not be perfect, but they must be valuable",
        compared="A Smallco that polishes its features to 0, 0.2, 0.4, 0.6, 0.8 and 0.97; value at 60 months of the best "
        "polish within (picked on the other half of the seeds) less that of the better of the two ends.",
        files=(("", "c06_good_enough"),),
        readings={"value": VALUE},
        hypothesis=rises("value at 60 months, best within less better end", interior(POLISH, "value"), DOLLARS, SUM),
        ablations=(
            Ablation("M18 cost a straight line", {"product.polish_curvature": 0.0}),
            without("polish", decisive=False),
        ),
        details=(
            gap("value, 0.6 less not polished", "p60", "p00", "value", DOLLARS),
            gap("value, 0.6 less 0.97", "p60", "p97", "value", DOLLARS),
        ),
        winner=best_arms(POLISH),
    ),
    Claim(
        id="C07",
        text="Selling to the right customers beats bending the product to the prospect at hand.",
        source="are you seeking the right customers ... or are you trying to modify your product",
        compared="A Smallco that pursues only prospects with half their needs met by its standard product against the same "
        "firm that promises every prospect what is missing, and builds it; value at 60 months.",
        files=(("", "c07_right_customers"),),
        readings={"value": VALUE, "retention": row("retention"), "customers": row("customers")},
        hypothesis=rises("value at 60 months", difference("qualify", "bend", "value"), DOLLARS, SUM),
        ablations=(without("needs"),),
        details=(
            gap("retention a month", "qualify", "bend", "retention", MONTHLY),
            gap("customers", "qualify", "bend", "customers", CUSTOMERS),
            level_of("value, bend", "bend", "value", DOLLARS),
        ),
    ),
)
