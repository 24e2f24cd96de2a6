"""Every number the model depends on, defined once: unit, bounds, default, meaning, source.

A parameter is a field of a ``NamedTuple`` whose type is ``Annotated[type, Spec(...)]``. The scenario schema,
``cxsim schema``, ``docs/assumptions.md`` and the compiled engine are all generated from these definitions.
A source is a publication, or the id of a named assumption (``A-...``) whose reason stands in ``docs/assumptions.md``.
"""

from typing import Annotated, NamedTuple, get_type_hints

ROLES = ("product", "sales", "service")
PRODUCT, SALES, SERVICE = 0, 1, 2

ROADMAPS = ("crowd", "loudest", "founder")
CROWD, LOUDEST, FOUNDER = 0, 1, 2

TRIGGERS = ("never", "month", "customers", "viable", "signal")
NEVER, AT_MONTH, AT_CUSTOMERS, WHEN_VIABLE, ON_SIGNAL = 0, 1, 2, 3, 4

SIGNALS = ("upkeep_share", "request_focus", "deals_per_rep", "cash_flow", "prospect_fit")
UPKEEP_SHARE, REQUEST_FOCUS, DEALS_PER_REP, CASH_FLOW, PROSPECT_FIT = 0, 1, 2, 3, 4

SERVICE_RULES = ("fixed", "goal", "floating", "profit")
FIXED, GOAL, FLOATING, PROFIT = 0, 1, 2, 3

TIERS = ("uniform", "vip")
UNIFORM, VIP = 0, 1

MAX_FEATURES = 64  # a set of features is one unsigned 64-bit word
MAX_DELAY = 12  # months: slots of the hiring pipeline


class Spec(NamedTuple):
    """What a reader must know of one parameter.

    ``low`` and ``high`` are hard bounds, inclusive; ``likely`` is the range within which the true value is uncertain;
    ``choices`` names the values of an integer that stands for a word.
    """

    unit: str
    low: float
    high: float
    meaning: str
    source: str
    likely: tuple[float, float] | None = None
    choices: tuple[str, ...] = ()


class Market(NamedTuple):
    """The customers that could buy, and how they differ."""

    customers: Annotated[int, Spec("customers", 100, 10_000_000, "potential customers (accounts)", "A-MARKET-SIZE", (2_000, 1_000_000))] = 20_000
    features: Annotated[int, Spec("features", 4, 64, "distinct features that customers may need", "A-FEATURES", (32, 64))] = 64
    segments: Annotated[int, Spec("segments", 1, 64, "groups of customers with a feature ranking of their own", "A-SEGMENTS", (2, 12))] = 6
    homogeneity: Annotated[float, Spec("share", 0, 1, "share of needs drawn from the ranking that all segments have in common", "A-HOMOGENEITY", (0.2, 0.9))] = 0.6
    needs_min: Annotated[int, Spec("features", 1, 16, "fewest features that a customer needs", "A-NEEDS", (3, 6))] = 4
    needs_max: Annotated[int, Spec("features", 1, 16, "most features that a customer needs", "A-NEEDS", (6, 14))] = 10
    zipf: Annotated[float, Spec("-", 0, 3, "Zipf exponent of feature popularity; 1.376 gives 12 % of features 80 % of the use", "Pendo 2019 Feature Adoption Report (12 % of features, 80 % of use); range A-ZIPF", (0.7, 1.4))] = 1.1
    drift: Annotated[float, Spec("1/month", 0, 0.5, "chance a month that a customer exchanges one need for another, settled at a yearly review and so at most once a year", "A-DRIFT", (0, 0.02))] = 0.005
    size_spread: Annotated[float, Spec("-", 0, 2.5, "standard deviation of the logarithm of account size (mean size is 1)", "A-SIZE", (0.3, 1.5))] = 0.8
    wtp_median: Annotated[int, Spec("cents/month", 100, 100_000_000, "median willingness to pay of a standard-size account for a product that fits in full", "A-WTP", (60_000, 150_000))] = 90_000
    wtp_spread: Annotated[float, Spec("-", 0, 2, "standard deviation of the logarithm of willingness to pay", "A-WTP", (0.2, 0.7))] = 0.4
    sensitivity_low: Annotated[float, Spec("share", 0, 1, "weight of service in the experience of the least sensitive customer", "A-SENSITIVITY", (0.1, 0.3))] = 0.2
    sensitivity_high: Annotated[float, Spec("share", 0, 1, "weight of service in the experience of the most sensitive customer", "A-SENSITIVITY", (0.4, 0.8))] = 0.6
    shock: Annotated[float, Spec("-", 0, 2, "standard deviation of the logarithm of the demand shock: good and bad times that all customers of one product share", "A-SHOCK", (0.05, 0.3))] = 0.15
    shock_memory: Annotated[float, Spec("months", 1, 120, "months over which a demand shock passes; 1: each month on its own", "A-SHOCK", (1, 24))] = 6.0


class Product(NamedTuple):
    """What building and keeping features costs."""

    custom_cost: Annotated[float, Spec("person-months", 0.001, 24, "work to build one feature for one customer", "A-CUSTOM-COST", (0.1, 0.5))] = 0.25
    standard_factor: Annotated[float, Spec("-", 0.1, 30, "work for a standard feature over that for a custom one", "Brooks 1975, The Mythical Man-Month, ch. 1 (a product costs 3 times the program, a systems product 9 times)", (3, 9))] = 3.0
    upkeep: Annotated[float, Spec("1/month", 0, 0.5, "work a month to keep a feature, as a share of the work to build it", "A-UPKEEP", (0.008, 0.025))] = 0.015
    rot: Annotated[float, Spec("share", 0, 1, "share of a feature's worth lost when none of its upkeep is done", "A-ROT", (0.2, 0.8))] = 0.5
    variety_cost: Annotated[float, Spec("share", 0, 1, "added cost of work for each doubling of variety", "Stalk 1988, Time: The Next Source of Competitive Advantage, HBR 66(4) (20 to 35 %)", (0.2, 0.35))] = 0.25
    evidence: Annotated[int, Spec("customers", 1, 10_000, "paying users after which a feature counts as validated", "sequential test of a 20 % against a 40 % purchase rate needs 15 to 18; A-EVIDENCE", (10, 25))] = 15
    unproven_weight: Annotated[float, Spec("share", 0, 1, "weight in a sales talk of a feature not yet validated", "A-UNPROVEN", (0.2, 0.8))] = 0.5
    roughness: Annotated[float, Spec("share", 0, 1, "share of a feature's worth lost when it is not polished at all", "A-POLISH", (0.1, 0.4))] = 0.2
    polish_tickets: Annotated[float, Spec("share", 0, 1, "share of requests for help that a perfectly polished product saves", "A-POLISH", (0.2, 0.7))] = 0.5
    polish_curvature: Annotated[float, Spec("-", 0, 10, "rise of the cost of polish q beyond 1 + q; 1: 1 / (1 - q), without bound; 0: a straight line", "A-POLISH-COST", (0.5, 1.5))] = 1.0
    line: Annotated[int, Spec("products", 1, 100, "products that one customer can hold", "A-LINE", (2, 5))] = 3
    add_on: Annotated[float, Spec("-", 0, 10, "price of a further product over that of the first", "A-LINE", (0.15, 0.5))] = 0.3


class Sales(NamedTuple):
    """How prospects are met and won."""

    contacts_per_rep: Annotated[float, Spec("contacts/person-month", 0, 1000, "prospects that an experienced seller with a learned playbook can work a month", "A-CONTACTS", (10, 40))] = 25.0
    yield_floor: Annotated[float, Spec("share", 0, 1, "share of that reach with nothing learned yet", "A-YIELD-FLOOR", (0.1, 0.5))] = 0.25
    learning_deals: Annotated[float, Spec("deals", 0.1, 10_000, "deals on the same product that close half of the gap to a learned playbook", "A-LEARNING after Leslie and Holloway 2006, The Sales Learning Curve, HBR 84(7)", (10, 60))] = 25.0
    forgetting: Annotated[float, Spec("-", 0, 100, "loss of playbook for each product change per customer and month", "A-FORGETTING", (0.5, 4))] = 2.0
    screening: Annotated[float, Spec("share", 0.01, 1, "effort to look at a prospect that fits too little and let it go, over that to pursue it", "A-SCREENING", (0.05, 0.3))] = 0.15
    close_rate: Annotated[float, Spec("share", 0, 1, "chance to win a pursued prospect whose gain is beyond doubt", "A-CLOSE", (0.2, 0.5))] = 0.35
    noise: Annotated[float, Spec("-", 0.01, 10, "spread of unseen tastes in a choice, as a share of willingness to pay (logit)", "A-NOISE", (0.05, 0.3))] = 0.15
    switching_cost: Annotated[float, Spec("-", 0, 10, "surplus that a rival must add to win a customer over, as a share of willingness to pay", "A-SWITCHING", (0.05, 0.4))] = 0.2
    lead_cost: Annotated[int, Spec("cents/contact", 1, 100_000_000, "marketing money that brings one contact", "A-LEAD", (10_000, 60_000))] = 25_000
    lost_tells: Annotated[float, Spec("share", 0, 1, "share of lost prospects that say which feature they missed", "A-LOST-TELLS", (0.1, 0.6))] = 0.3
    promise_max: Annotated[int, Spec("features", 0, 16, "most features promised to close one deal", "A-PROMISE", (1, 5))] = 3
    promise_weight: Annotated[float, Spec("share", 0, 1, "weight of a promised feature in the eyes of a prospect", "A-PROMISE", (0.4, 0.9))] = 0.7
    promise_months: Annotated[int, Spec("months", 1, 60, "time within which a promise is to be kept", "A-PROMISE", (2, 9))] = 4
    word: Annotated[float, Spec("contacts/customer/month", 0, 100, "contacts that one wholly satisfied customer brings by telling others", "A-WORD", (0.02, 0.3))] = 0.1
    bad_word: Annotated[float, Spec("-", 0, 10, "people told by a wholly dissatisfied customer over those told by a satisfied one", "American Express 2011 and 2012, Global Customer Service Barometer (16 people hear of bad service against 9 of good, 24 against 15); A-BAD-WORD", (1.6, 1.8))] = 1.7
    elsewhere: Annotated[float, Spec("contacts/customer/month", 0, 1000, "reach of all that is not simulated: other suppliers, doing it oneself, doing without", "A-ELSEWHERE", (0.1, 2))] = 0.5
    search: Annotated[int, Spec("offers", 0, 100, "offers that a customer who left looks at before it does without", "A-SEARCH", (1, 6))] = 3


class Service(NamedTuple):
    """How requests for help arise and queue."""

    tickets: Annotated[float, Spec("tickets/customer/month", 0, 100, "requests for help of a customer whose needs are all met", "A-TICKETS", (0.2, 1.5))] = 0.5
    misfit_tickets: Annotated[float, Spec("-", 0, 20, "growth of that rate when none of the needs are met", "A-MISFIT-TICKETS", (0.5, 4))] = 2.0
    handle_time: Annotated[float, Spec("hours/ticket", 0.01, 100, "work on one request", "A-HANDLE", (0.5, 3))] = 1.5
    work_hours: Annotated[float, Spec("hours/person-month", 1, 744, "hours worked a month", "A-HOURS", (120, 160))] = 140.0
    goal_wait: Annotated[float, Spec("hours", 0.001, 500, "waiting time within which service counts as good", "A-GOAL", (1, 16))] = 4.0
    team: Annotated[int, Spec("people", 0, 1_000_000, "people who take requests from one queue; 0: all of them", "A-TEAM")] = 0
    busiest: Annotated[float, Spec("share", 0.01, 0.999, "load over capacity beyond which waiting shows as backlog, not as queue", "A-BUSIEST", (0.9, 0.99))] = 0.97
    patience: Annotated[float, Spec("months", 0.01, 24, "backlog, in months of work, that halves the quality of service", "A-PATIENCE", (0.1, 0.6))] = 0.25
    lapse: Annotated[float, Spec("share/month", 0, 1, "share of the requests left over that are given up within a month", "A-LAPSE", (0.1, 0.5))] = 0.25
    premium: Annotated[float, Spec("share", 0, 10, "rise of the price that customers accept with a full reputation for service", "American Express 2010 to 2014, Global Customer Service Barometer (9, 13, 13, 14 % stated); A-PREMIUM", (0.09, 0.17))] = 0.13
    reputation_months: Annotated[float, Spec("months", 1, 240, "months over which service makes a reputation", "A-REPUTATION", (6, 24))] = 12.0
    adjust_months: Annotated[float, Spec("months", 1, 120, "months over which a firm closes the gap between the service it gives and its goal", "A-ADJUST", (1, 8))] = 3.0
    erosion_months: Annotated[float, Spec("months", 1, 240, "months over which a floating goal follows what was achieved", "A-EROSION after Oliva and Sterman 2001, Management Science 47(7)", (6, 36))] = 12.0


class Loyalty(NamedTuple):
    """How experience becomes satisfaction, and satisfaction staying or leaving."""

    memory: Annotated[float, Spec("months", 0, 60, "months over which experience becomes satisfaction; 0: at once", "A-MEMORY", (2, 9))] = 4.0
    bad_weight: Annotated[float, Spec("-", 1, 10, "speed of a fall in satisfaction over that of a rise", "Baumeister et al. 2001, Bad Is Stronger than Good, Rev. Gen. Psych. 5(4); range A-BAD", (1.2, 2.5))] = 1.7
    late_penalty: Annotated[float, Spec("-", 0, 1, "experience lost when every need was promised and is late", "A-LATE", (0.3, 1))] = 0.6
    leave_base: Annotated[float, Spec("1/month", 0, 1, "mean propensity to leave of a customer with no satisfaction at all", "A-LEAVE", (0.06, 0.2))] = 0.12
    leave_concentration: Annotated[float, Spec("-", 0.05, 1000, "a + b of the beta distribution of that propensity over customers; small: very unlike", "A-LEAVE-SPREAD after Fader and Hardie 2007, J. Interactive Marketing 21(1)", (2, 20))] = 6.0
    leave_slope: Annotated[float, Spec("-", 0, 20, "fall of the log hazard from no to full satisfaction", "A-LEAVE-SLOPE", (2, 4))] = 3.0
    ask_rate: Annotated[float, Spec("1/month", 0, 1, "chance a month that a customer with no needs met asks for a feature", "A-ASK", (0.1, 0.6))] = 0.3


class Finance(NamedTuple):
    """Prices of people and things, and the clock of money."""

    wage_product: Annotated[int, Spec("cents/person-month", 0, 100_000_000, "full cost of a product employee", "A-WAGES", (900_000, 1_600_000))] = 1_200_000
    wage_sales: Annotated[int, Spec("cents/person-month", 0, 100_000_000, "full cost of a sales employee", "A-WAGES", (800_000, 1_500_000))] = 1_000_000
    wage_service: Annotated[int, Spec("cents/person-month", 0, 100_000_000, "full cost of a service employee", "A-WAGES", (450_000, 900_000))] = 600_000
    founder_pay: Annotated[int, Spec("cents/person-month", 0, 100_000_000, "what a founder draws", "A-FOUNDER-PAY", (200_000, 800_000))] = 400_000
    overhead: Annotated[int, Spec("cents/person-month", 0, 100_000_000, "rent, tools and the like for each head", "A-OVERHEAD", (50_000, 200_000))] = 100_000
    hosting: Annotated[int, Spec("cents/customer/month", 0, 100_000_000, "cost of running the product for one customer", "A-HOSTING", (1_000, 10_000))] = 3_000
    retention_cap: Annotated[float, Spec("1/month", 0.5, 0.9999, "most retention that the value of a firm at the end of a run counts on", "A-RETENTION-CAP", (0.98, 0.998))] = 0.995
    discount: Annotated[float, Spec("1/year", 0, 10, "yearly rate at which value is discounted", "Gupta and Lehmann 2003, J. Interactive Marketing 17(1) (10 to 16 %)", (0.1, 0.16))] = 0.12


class Staffing(NamedTuple):
    """How people come, learn and go."""

    hiring_delay: Annotated[int, Spec("months", 0, 11, "months from the decision to hire to the first day", "A-HIRING", (1, 4))] = 2
    ramp: Annotated[float, Spec("months", 0.1, 60, "months in which a new employee closes two thirds of the gap to full skill", "A-RAMP", (2, 9))] = 4.0
    growth_limit: Annotated[float, Spec("share/month", 0.001, 10, "most hires a month in each role, as a share of the people in the firm, at least one", "A-GROWTH", (0.05, 0.3))] = 0.15
    cut_limit: Annotated[float, Spec("share/month", 0.001, 1, "most dismissals a month, as a share of the people in a role, at least one", "A-CUT", (0.1, 0.5))] = 0.25
    generalists: Annotated[int, Spec("people", 0, 1000, "head count up to which everyone does every kind of work", "A-GENERALISTS", (4, 15))] = 8
    trend_months: Annotated[int, Spec("months", 1, 60, "months over which revenue is smoothed before budgets rest on it", "A-TREND", (2, 6))] = 3
    reserve_months: Annotated[float, Spec("months", 0, 60, "cash, in months of fixed cost, below which budgets are cut in proportion", "A-RESERVE", (2, 9))] = 4.0


class Mechanisms(NamedTuple):
    """The off switches of the mechanisms (M2, fit, is a definition and has none)."""

    needs: Annotated[bool, Spec("on/off", 0, 1, "M1: customers differ in what they need; off: all need the same", "ablation")] = True
    custom_work: Annotated[bool, Spec("on/off", 0, 1, "M3: features can be built for one customer; off: not offered", "ablation")] = True
    sharing: Annotated[bool, Spec("on/off", 0, 1, "M4: a new standard feature serves everyone; off: only one who needs it", "ablation")] = True
    variety: Annotated[bool, Spec("on/off", 0, 1, "M5: variety makes work dearer; off: it does not", "ablation")] = True
    validation: Annotated[bool, Spec("on/off", 0, 1, "M6: evidence and demand must be learned; off: both known at birth", "ablation")] = True
    sales_learning: Annotated[bool, Spec("on/off", 0, 1, "M7: sales yield is learned and lost; off: always full", "ablation")] = True
    promises: Annotated[bool, Spec("on/off", 0, 1, "M8: missing features can be promised; off: not allowed", "ablation")] = True
    queue: Annotated[bool, Spec("on/off", 0, 1, "M9: waiting sets the quality of service; off: always perfect", "ablation")] = True
    memory: Annotated[bool, Spec("on/off", 0, 1, "M10: satisfaction has a memory; off: it equals the last experience", "ablation")] = True
    loyalty: Annotated[bool, Spec("on/off", 0, 1, "M11: satisfaction changes who leaves and who is won over; off: no effect", "ablation")] = True
    expansion: Annotated[bool, Spec("on/off", 0, 1, "M12: satisfied customers add products; off: one product each", "ablation")] = True
    word_of_mouth: Annotated[bool, Spec("on/off", 0, 1, "M13: customers tell others; off: nobody tells anybody", "ablation")] = True
    reputation: Annotated[bool, Spec("on/off", 0, 1, "M14: a reputation for service raises the price that is accepted; off: it does not", "ablation")] = True
    goal_erosion: Annotated[bool, Spec("on/off", 0, 1, "M15: a floating service goal follows what was achieved; off: it stays", "ablation")] = True
    short_horizon: Annotated[bool, Spec("on/off", 0, 1, "M16: the profit rule sees its horizon only; off: it sees as many months as the run has", "ablation")] = True
    choosing_again: Annotated[bool, Spec("on/off", 0, 1, "M17: those who leave choose again among all firms; off: they buy from nobody", "ablation")] = True
    polish: Annotated[bool, Spec("on/off", 0, 1, "M18: polish costs work and saves trouble; off: nothing is polished", "ablation")] = True
    shocks: Annotated[bool, Spec("on/off", 0, 1, "M19: demand shocks and heavy-tailed account sizes; off: no shocks, all accounts the same size", "ablation")] = True


class Entry(NamedTuple):
    """New firms that arrive during the run; which firm they copy is named in the scenario."""

    rate: Annotated[float, Spec("firms/month", 0, 1000, "expected number of new firms a month", "A-ENTRY", (0, 5))] = 0.0
    limit: Annotated[int, Spec("firms", 0, 100_000, "most firms that may ever enter", "A-ENTRY")] = 0


class Params(NamedTuple):
    """All parameters that a scenario may set, by subject."""

    market: Market = Market()
    product: Product = Product()
    sales: Sales = Sales()
    service: Service = Service()
    loyalty: Loyalty = Loyalty()
    finance: Finance = Finance()
    staffing: Staffing = Staffing()
    entry: Entry = Entry()
    mechanisms: Mechanisms = Mechanisms()


class Strategy(NamedTuple):
    """What a firm decides. Two of these make a firm with a pivot: one before, one after."""

    custom_share: Annotated[float, Spec("share", 0, 1, "product capacity open to requests of single customers; 1: the customer is always right", "lever")] = 0.0
    promise: Annotated[bool, Spec("yes/no", 0, 1, "sales may promise missing features to close a deal", "lever")] = False
    roadmap: Annotated[int, Spec("choice", 0, 2, "what decides the next standard feature", "lever", choices=ROADMAPS)] = CROWD
    qualification: Annotated[float, Spec("share", 0, 1, "least fit for which a prospect is pursued", "lever")] = 0.0
    price: Annotated[int, Spec("cents/month", 1, 100_000_000, "price for a standard-size account", "lever")] = 50_000
    custom_fee: Annotated[int, Spec("cents/feature", 0, 100_000_000, "charge for a custom feature on delivery", "lever")] = 0
    product_budget: Annotated[float, Spec("share of revenue", 0, 2, "money for product staff", "lever")] = 0.30
    sales_budget: Annotated[float, Spec("share of revenue", 0, 2, "money for sales staff", "lever")] = 0.25
    service_budget: Annotated[float, Spec("share of revenue", 0, 2, "money for service staff", "lever")] = 0.15
    marketing_budget: Annotated[float, Spec("share of revenue", 0, 2, "money for marketing", "lever")] = 0.08
    invest: Annotated[float, Spec("share/month", 0, 1, "cash above the reserve that is added to the sum that budgets divide", "lever")] = 0.03
    polish: Annotated[float, Spec("share", 0, 0.99, "quality to which standard features are finished; 1 would be perfect", "lever")] = 0.3
    service_rule: Annotated[int, Spec("choice", 0, 3, "what sets the number of service staff: a share of the budget, a goal, a goal that drifts, or expected profit", "lever", choices=SERVICE_RULES)] = FIXED
    service_goal: Annotated[float, Spec("share", 0, 0.999, "share of requests to be answered in time, for service_rule = goal and floating", "lever")] = 0.8
    horizon: Annotated[int, Spec("months", 1, 1200, "months that count for service_rule = profit", "lever")] = 12
    tiers: Annotated[int, Spec("choice", 0, 1, "the same service for all, or VIPs first", "lever", choices=TIERS)] = UNIFORM
    vip_share: Annotated[float, Spec("share", 0, 1, "share of customers who are offered VIP service", "lever")] = 0.2
    vip_premium: Annotated[float, Spec("share", 0, 10, "price of VIP service, as a share of the price", "lever")] = 0.15
    expansion: Annotated[float, Spec("share", 0, 1, "share of own customers who are offered a further product in their yearly review", "lever")] = 1.0


class Pivot(NamedTuple):
    """When a firm changes from its first strategy to its second."""

    when: Annotated[int, Spec("choice", 0, 4, "what triggers the pivot", "lever", choices=TRIGGERS)] = NEVER
    month: Annotated[int, Spec("months", 0, 1200, "month of the pivot, for when = month", "lever")] = 0
    customers: Annotated[int, Spec("customers", 0, 10_000_000, "customers at which to pivot, for when = customers", "lever")] = 0
    viable_months: Annotated[int, Spec("months", 1, 120, "months in a row with positive cash flow, for when = viable", "lever")] = 6
    signal: Annotated[int, Spec("choice", 0, 4, "what the firm watches, for when = signal", "lever", choices=SIGNALS)] = UPKEEP_SHARE
    threshold: Annotated[float, Spec("unit of the signal", -1e12, 1e12, "value that the signal must reach, for when = signal", "lever")] = 0.0
    above: Annotated[bool, Spec("yes/no", 0, 1, "pivot when the signal is at or above the threshold; false: at or below", "lever")] = True


class Start(NamedTuple):
    """A firm on its first day."""

    founders: Annotated[int, Spec("people", 1, 1000, "founders, generalists who stay", "A-FOUNDERS", (1, 4))] = 3
    cash: Annotated[int, Spec("cents", 0, 10_000_000_000_000, "money in the bank", "A-SEED-CASH", (10_000_000, 100_000_000))] = 30_000_000
    product_staff: Annotated[int, Spec("people", 0, 100_000, "product employees", "lever")] = 0
    sales_staff: Annotated[int, Spec("people", 0, 100_000, "sales employees", "lever")] = 0
    service_staff: Annotated[int, Spec("people", 0, 100_000, "service employees", "lever")] = 0
    customers: Annotated[int, Spec("customers", 0, 10_000_000, "customers already won", "lever")] = 0
    features: Annotated[int, Spec("features", 0, 64, "standard features already built", "A-BORN-FEATURES", (2, 10))] = 6
    insight: Annotated[float, Spec("share", 0, 1, "chance that a first feature is guessed from what customers need rather than at random", "A-INSIGHT", (0, 1))] = 0.5
    playbook: Annotated[float, Spec("share", 0, 1, "how much of selling this product is already learned", "lever")] = 0.0
    reputation: Annotated[float, Spec("share", 0, 1, "reputation for service", "lever")] = 0.0


def specs(group: type) -> dict[str, tuple[type, Spec]]:
    """Type and :class:`Spec` of each parameter of a group, in order of definition."""
    hints = get_type_hints(group, include_extras=True)
    return {name: (hint.__origin__, hint.__metadata__[0]) for name, hint in hints.items() if hasattr(hint, "__metadata__")}
