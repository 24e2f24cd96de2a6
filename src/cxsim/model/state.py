"""What a run remembers from one month to the next, as named arrays, with units and meanings.

Customers are one array per trait (the hot loops read few of them). Firms are one record per firm in which every field is
eight bytes wide: first the *measures*, which are recorded each month, then the *workings*, which are not.
"""

from collections.abc import MutableSequence
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, Protocol, TypeAlias, TypeVar, get_type_hints

import numpy as np
from numpy.typing import NDArray

from cxsim.model.params import MAX_DELAY, MAX_FEATURES, ROLES

DORMANT, ALIVE, CLOSED = 0, 1, 2  # values of a firm's status
NOBODY = -1  # supplier of a customer without one
NOTHING = -1  # no feature, no month
FIRST_TRIES = 400  # draws, for each customer wanted at the start, before a firm is content with fewer

THOUSAND = 1_000  # account sizes are stored in thousandths of a standard account
MILLION = 1_000_000  # shares and person-months are summed in millionths
BILLION = 1_000_000_000  # propensities to leave are stored in billionths

# arrays by the code of their element type
U8: TypeAlias = NDArray[np.uint64]
F8: TypeAlias = NDArray[np.float64]
I4: TypeAlias = NDArray[np.int32]
I2: TypeAlias = NDArray[np.int16]
I1: TypeAlias = NDArray[np.int8]
U1: TypeAlias = NDArray[np.uint8]

Item = TypeVar("Item", covariant=True)

if TYPE_CHECKING:

    class Record(np.recarray[Any, Any]):
        """Array of records. What an index gives, a record or a column, numpy cannot tell."""

        def __getitem__(self, index: Any) -> Any: ...

else:
    Record = np.recarray


class Table(Protocol[Item]):
    """Whatever is looked up by number: an array of the fast engine, a list of the reference engine."""

    def __getitem__(self, number: int, /) -> Item: ...

    def __len__(self) -> int: ...


class Field(NamedTuple):
    """A column: its element type, unit, meaning, and shape within one entity. A *flow* starts each month at zero.

    What is *lived* is read of every buyer in a month's experience.
    """

    dtype: str
    unit: str
    meaning: str
    shape: tuple[int, ...] = ()
    flow: bool = False
    lived: bool = False


def fields_of(entity: type) -> dict[str, Field]:
    """Declared fields of an entity, by name, in order; those of what it builds on come first."""
    hints = get_type_hints(entity, include_extras=True)
    return {name: hint.__metadata__[0] for name, hint in hints.items() if hasattr(hint, "__metadata__")}


class Customers(NamedTuple):
    """All customers: one array of length N for each trait."""

    needs: Annotated[U8, Field("u8", "features", "set of features that the customer needs", lived=True)]
    custom: Annotated[U8, Field("u8", "features", "set of features that its supplier built only for it", lived=True)]
    promised: Annotated[U8, Field("u8", "features", "set of features promised and not yet delivered", lived=True)]
    satisfaction: Annotated[F8, Field("f8", "share", "memory of experience, 0 to 1", lived=True)]
    size: Annotated[I4, Field("i4", "1e-3 accounts", "spend as a multiple of a standard account")]
    wtp: Annotated[I4, Field("i4", "cents/month", "willingness to pay of a standard account for a full fit")]
    sensitivity: Annotated[I4, Field("i4", "1e-6 share", "weight of service in the customer's experience", lived=True)]
    leave_base: Annotated[I4, Field("i4", "1e-9/month", "own propensity to leave with no satisfaction at all", lived=True)]
    supplier: Annotated[I4, Field("i4", "firm", "index of the firm it buys from, or -1", lived=True)]
    since: Annotated[I2, Field("i2", "month", "month in which it joined its supplier, or -1")]
    due: Annotated[I2, Field("i2", "month", "month by which its promised features are due", lived=True)]
    asked: Annotated[I1, Field("i1", "feature", "feature it asked for and has not got, or -1", lived=True)]
    segment: Annotated[U1, Field("u1", "segment", "group whose feature ranking it shares")]
    products: Annotated[U1, Field("u1", "products", "products that it holds of its supplier")]
    tier: Annotated[U1, Field("u1", "code", "0 served in turn, 1 a VIP who pays more and is served first", lived=True)]


class FirmMeasures:
    """What is recorded of a firm every month."""

    status: Annotated[int, Field("i8", "code", "0 not yet founded, 1 in business, 2 closed")]
    course: Annotated[int, Field("i8", "code", "0 before its pivot, 1 after")]
    customers: Annotated[int, Field("i8", "customers", "customers at the end of the month")]
    cash: Annotated[int, Field("i8", "cents", "money in the bank")]
    founders: Annotated[int, Field("i8", "people", "founders")]
    staff: Annotated[MutableSequence[int], Field("i8", "people", "employees", (len(ROLES),))]
    account_size: Annotated[int, Field("i8", "1e-3 accounts", "sum of the sizes of its customers, further products included")]
    vips: Annotated[int, Field("i8", "customers", "customers who pay for VIP service")]
    vip_size: Annotated[int, Field("i8", "1e-3 accounts", "the part of account_size that VIPs hold")]
    products: Annotated[int, Field("i8", "products", "products that its customers hold")]
    standard_features: Annotated[int, Field("i8", "features", "features in the standard product")]
    validated_features: Annotated[int, Field("i8", "features", "standard features with enough paying users")]
    custom_features: Annotated[int, Field("i8", "features", "custom features in force over all customers")]
    promised_features: Annotated[int, Field("i8", "features", "promises open over all customers")]
    fit_sum: Annotated[int, Field("i8", "1e-6 share", "fit of own customers, summed")]
    open_requests: Annotated[int, Field("i8", "requests", "features asked for by own customers and not yet delivered")]
    viable_months: Annotated[int, Field("i8", "months", "months in a row with positive cash flow")]
    revenue: Annotated[int, Field("i8", "cents", "subscriptions and custom fees", flow=True)]
    fees: Annotated[int, Field("i8", "cents", "the part of revenue that is custom fees", flow=True)]
    wages: Annotated[int, Field("i8", "cents", "pay of staff and founders", flow=True)]
    marketing: Annotated[int, Field("i8", "cents", "money spent on marketing", flow=True)]
    running_costs: Annotated[int, Field("i8", "cents", "overhead and hosting", flow=True)]
    hires: Annotated[int, Field("i8", "people", "employees whose first day was this month", flow=True)]
    dismissals: Annotated[int, Field("i8", "people", "employees who left the firm", flow=True)]
    contacts: Annotated[int, Field("i8", "contacts", "prospects met", flow=True)]
    pursued: Annotated[int, Field("i8", "contacts", "prospects judged worth an offer", flow=True)]
    reach: Annotated[int, Field("i8", "1e-3 contacts", "selling effort of the month", flow=True)]
    reviews: Annotated[int, Field("i8", "customers", "own customers who were offered a further product", flow=True)]
    expansions: Annotated[int, Field("i8", "products", "further products sold to own customers", flow=True)]
    deals: Annotated[int, Field("i8", "customers", "customers won", flow=True)]
    poached: Annotated[int, Field("i8", "customers", "customers lost to another firm's offer", flow=True)]
    churned: Annotated[int, Field("i8", "customers", "customers who left of their own accord", flow=True)]
    walk_ins: Annotated[
        int, Field("i8", "customers", "customers who had left a firm, this one included, and chose this one", flow=True)
    ]
    returned: Annotated[int, Field("i8", "customers", "the part of walk_ins who had left this firm", flow=True)]
    released: Annotated[int, Field("i8", "customers", "customers without supplier because the firm closed", flow=True)]
    requests: Annotated[int, Field("i8", "requests", "features that own customers asked for", flow=True)]
    custom_built: Annotated[int, Field("i8", "features", "custom features delivered", flow=True)]
    standard_built: Annotated[int, Field("i8", "features", "standard features delivered", flow=True)]
    work_capacity: Annotated[int, Field("i8", "1e-6 person-months", "product capacity", flow=True)]
    work_upkeep: Annotated[int, Field("i8", "1e-6 person-months", "product work spent on keeping what exists", flow=True)]
    work_custom: Annotated[int, Field("i8", "1e-6 person-months", "product work spent on custom features", flow=True)]
    work_roadmap: Annotated[int, Field("i8", "1e-6 person-months", "product work spent on standard features", flow=True)]
    prospect_fit_sum: Annotated[int, Field("i8", "1e-6 share", "fit seen by prospects, summed over contacts", flow=True)]
    satisfaction_sum: Annotated[int, Field("i8", "1e-6 share", "satisfaction of own customers, summed", flow=True)]
    praise_sum: Annotated[int, Field("i8", "1e-6 share", "satisfaction of own customers beyond one half, summed", flow=True)]
    tickets: Annotated[int, Field("i8", "1e-6 tickets", "requests for help, in expectation", flow=True)]
    backlog: Annotated[int, Field("i8", "1e-6 person-months", "service work left undone")]
    sales_capacity: Annotated[float, Field("f8", "person-months", "effective selling time", flow=True)]
    service_capacity: Annotated[float, Field("f8", "person-months", "effective service time", flow=True)]
    playbook: Annotated[float, Field("f8", "share", "how much of selling this product is learned")]
    sales_yield: Annotated[float, Field("f8", "share", "share of full reach that the playbook allows", flow=True)]
    variety: Annotated[float, Field("f8", "-", "cost of work over that with no custom features", flow=True)]
    upkept: Annotated[float, Field("f8", "share", "share of upkeep that was done", flow=True)]
    service_quality: Annotated[float, Field("f8", "share", "share of requests answered well, 0 to 1", flow=True)]
    vip_quality: Annotated[float, Field("f8", "share", "the same for VIPs", flow=True)]
    service_goal: Annotated[float, Field("f8", "share", "share of requests that it means to answer in time")]
    reputation: Annotated[float, Field("f8", "share", "reputation for service")]
    polish: Annotated[float, Field("f8", "share", "mean polish of the standard product")]
    demand_shock: Annotated[float, Field("f8", "-", "good (above 1) or bad times of its product", flow=True)]


class Firm(FirmMeasures):
    """Whatever has a firm's fields: a record of the fast engine, an agent of the reference engine, a plain object."""

    group: Annotated[int, Field("i8", "index", "which firm block of the scenario it was made from")]
    founded: Annotated[int, Field("i8", "month", "month in which it entered, or -1")]
    closed: Annotated[int, Field("i8", "month", "month in which it closed, or -1")]
    pivoted: Annotated[int, Field("i8", "month", "month of its pivot, or -1")]
    standard: Annotated[int, Field("u8", "features", "set of features in the standard product")]
    validated: Annotated[int, Field("u8", "features", "set of standard features that count in full in a sales talk")]
    trend: Annotated[int, Field("i8", "cents/month", "smoothed revenue on which budgets rest")]
    marketing_plan: Annotated[int, Field("i8", "cents", "marketing budget of this month", flow=True)]
    fresh: Annotated[int, Field("u8", "features", "standard features finished this month", flow=True)]
    effort: Annotated[int, Field("i8", "1e-3 contacts", "selling effort not yet spent this month", flow=True)]
    condition: Annotated[float, Field("f8", "share", "worth of a feature in the state that the product is in", flow=True)]
    shock_deviate: Annotated[float, Field("f8", "-", "the normal deviate that its demand shock stands at")]
    talk: Annotated[
        int, Field("i8", "1e-6 customers", "what customers say of it: satisfied ones who tell others, less dissatisfied ones")
    ]
    service_target: Annotated[int, Field("i8", "people", "service staff that its service rule asks for, or -1", flow=True)]
    product_limit: Annotated[int, Field("i8", "people", "most product staff that there is work for, or -1", flow=True)]
    feature_job: Annotated[int, Field("i8", "1e-6 person-months", "work for one standard feature this month", flow=True)]
    work_left: Annotated[int, Field("i8", "1e-6 person-months", "product work not yet spent this month", flow=True)]
    custom_work_open: Annotated[
        int, Field("i8", "1e-6 person-months", "product work still open to custom features this month", flow=True)
    ]
    job: Annotated[int, Field("i8", "1e-6 person-months", "work for one custom feature this month", flow=True)]
    custom_bank: Annotated[int, Field("i8", "1e-6 person-months", "work put into the unfinished custom feature")]
    roadmap_bank: Annotated[int, Field("i8", "1e-6 person-months", "work put into the unfinished standard feature")]
    target: Annotated[int, Field("i8", "feature", "standard feature being built, or -1")]
    insight: Annotated[float, Field("f8", "share", "how well its founders guess what customers need")]
    loudest: Annotated[int, Field("i8", "feature", "feature of the loudest request in the last month that had any, or -1")]
    loudness: Annotated[float, Field("f8", "-", "draw that made it the loudest")]
    skill: Annotated[MutableSequence[float], Field("f8", "share", "mean skill of employees by role", (len(ROLES),))]
    pipeline: Annotated[
        MutableSequence[MutableSequence[int]],
        Field("i8", "people", "employees to come, by role and month modulo 12", (len(ROLES), MAX_DELAY)),
    ]
    tally: Annotated[MutableSequence[int], Field("i8", "requests", "requests heard, by feature", (MAX_FEATURES,))]
    users: Annotated[
        MutableSequence[int], Field("i8", "customers", "own customers who need a feature, by feature", (MAX_FEATURES,))
    ]


CUSTOMER_FIELDS = fields_of(Customers)
FIRM_MEASURES, FIRM_FIELDS = fields_of(FirmMeasures), fields_of(Firm)
FIRM_WORKINGS = {name: field for name, field in FIRM_FIELDS.items() if name not in FIRM_MEASURES}
FLOWS = tuple(name for name, field in FIRM_FIELDS.items() if field.flow)


def _record_dtype(fields: dict[str, Field]) -> "np.dtype[np.void]":
    return np.dtype([(name, field.dtype, field.shape) for name, field in fields.items()])


FIRM_DTYPE = _record_dtype(FIRM_FIELDS)
MEASURE_DTYPE = _record_dtype(FIRM_MEASURES)
MEASURE_WORDS = MEASURE_DTYPE.itemsize // 8


def measure_columns() -> dict[str, tuple[str, int | None]]:
    """Flat column name of each measure, with the field it comes from and its index there (``staff_sales``: staff, 1)."""
    columns: dict[str, tuple[str, int | None]] = {}
    for name, field in FIRM_MEASURES.items():
        if field.shape:
            columns |= {f"{name}_{role}": (name, index) for index, role in enumerate(ROLES)}
        else:
            columns[name] = (name, None)
    return columns


CUSTOMER_BYTES = sum(np.dtype(field.dtype).itemsize for field in CUSTOMER_FIELDS.values())


def empty_customers(number: int) -> Customers:
    """Customers with every trait zero and no supplier."""
    arrays = Customers(*(np.zeros(number, field.dtype) for field in CUSTOMER_FIELDS.values()))
    arrays.supplier[:] = NOBODY
    arrays.asked[:] = NOTHING
    arrays.since[:] = NOTHING
    return arrays


def empty_firms(number: int) -> Record:
    """Records of ``number`` firms that have not been founded."""
    firms = np.zeros(number, FIRM_DTYPE).view(Record)
    for name in ("founded", "closed", "pivoted", "target", "loudest"):
        firms[name][:] = NOTHING
    return firms


def clear_flows(firm: Firm) -> None:
    """Start a month: what is counted within one starts at zero. Has a compiled twin in ``engine/fast/compile.py``."""
    for name in FLOWS:
        setattr(firm, name, 0.0 if FIRM_FIELDS[name].dtype == "f8" else 0)
