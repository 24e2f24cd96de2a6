"""Customers of the reference engine: they compare, live their months, ask, leave, and choose again."""

from typing import TYPE_CHECKING

import mesa

from cxsim.model import chance, churn, demand, firm_month, loyalty, sales, service
from cxsim.model.chance import draw, split, stream_key
from cxsim.model.features import bit, pick, without
from cxsim.model.firm_month import accounts
from cxsim.model.params import UNIFORM
from cxsim.model.state import NOBODY, NOTHING

if TYPE_CHECKING:
    from cxsim.engine.reference.firm import Firm
    from cxsim.engine.reference.model import ReferenceModel


class Customer(mesa.Agent):
    """An account that may buy from one firm at a time. Its fields are those of ``state.CUSTOMER_FIELDS``."""

    model: "ReferenceModel"

    def __init__(self, model: "ReferenceModel", number: int) -> None:
        super().__init__(model)
        self.number = number
        self.supplier: Firm | None = None
        self.custom = self.promised = 0
        self.products = self.tier = 0
        self.asked = NOTHING
        self.since, self.due = NOTHING, 0
        self.satisfaction = 0.0
        market, seed, start = model.params.market, model.seed_of_run, chance.BEFORE_START

        def luck(stream: int) -> float:
            return chance.uniform(seed, stream, start, number)

        self.segment = int(luck(chance.SEGMENT_DRAWS) * market.segments)
        key, on = split(stream_key(seed, chance.NEED_DRAWS, start), number), model.params.mechanisms.needs
        self.needs = demand.own_needs(model.popularity, self.segment, key, market, on)
        deviate = chance.normal_deviate(luck(chance.SIZE_DRAWS))
        self.size = demand.account_size(deviate, market, model.params.mechanisms.shocks)
        self.wtp = demand.willingness_to_pay(chance.normal_deviate(luck(chance.WTP_DRAWS)), market)
        self.sensitivity = demand.service_sensitivity(luck(chance.SENSITIVITY_DRAWS), market)
        habit = split(stream_key(seed, chance.LEAVE_BASE_DRAWS, start), number)
        self.leave_base = demand.leave_propensity(habit, model.params.loyalty)

    @property
    def has(self) -> int:
        """Features that it gets: the standard product and what was built for it."""
        return (self.supplier.standard | self.custom) if self.supplier else 0

    def join(self, firm: "Firm", promised: int, due: int, satisfaction: float, month: int) -> None:
        """Start to buy from a firm."""
        self.supplier, self.promised, self.due, self.satisfaction, self.since = firm, promised, due, satisfaction, month
        self.products, self.tier = 1, UNIFORM
        accounts.gain(firm, self.needs, self.size, promised, self.model.params.product)

    def hold(self, firm: "Firm", products: int, tier: int) -> None:
        """Come to hold so many products of a firm, as a VIP or not."""
        rules = self.model.params.product
        accounts.count_account(firm, self.size, self.products, self.tier, -1, rules)
        accounts.count_account(firm, self.size, products, tier, 1, rules)
        self.products, self.tier = products, tier

    def leave(self) -> None:
        """Stop buying; what was built for it goes with it."""
        assert self.supplier is not None
        held, owed = (self.products, self.tier), (self.custom, self.promised, self.asked)
        accounts.lose(self.supplier, self.needs, self.size, *held, *owed, self.model.params.product)
        self.supplier, self.since, self.asked = None, NOTHING, NOTHING
        self.products, self.tier, self.custom, self.promised = 0, UNIFORM, 0, 0

    def drop(self, features: int) -> None:
        """Take features out of what was built for it, promised to it and asked by it."""
        assert self.supplier is not None
        self.asked = accounts.drop(self.supplier, self.custom, self.promised, self.asked, features)
        self.custom = without(self.custom, features)
        self.promised = without(self.promised, features)

    def receive(self, feature: int) -> None:
        """Get a feature that its supplier built for it; a promise of it, and a request for it, are thereby met."""
        assert self.supplier is not None
        self.drop(bit(feature))
        self.custom |= bit(feature)
        firm_month.build.deliver_custom(self.supplier, self.supplier.strategy)

    def present_surplus(self) -> tuple[float, float]:
        """What it gets from its supplier now, and what binds it there: (surplus, switching cost); (0, 0) without one."""
        if self.supplier is None:
            return 0.0, 0.0
        params = self.model.params
        kept = loyalty.felt_loyalty(self.satisfaction, params.mechanisms.loyalty)
        price = sales.offered_price(self.tier, self.supplier.strategy)
        accepted = firm_month.figures.accepted_price(self.supplier, self.wtp, params)
        return sales.surplus(kept, price, accepted), params.sales.switching_cost

    def review_account(self) -> None:
        """Sit down with the supplier once a year: be served as a VIP or not, and hear of a further product."""
        firm, params, model = self.supplier, self.model.params, self.model
        if firm is None:
            return
        accepted, chosen = firm_month.figures.accepted_price(firm, self.wtp, params), firm.strategy
        luck = chance.uniform(model.seed_of_run, chance.TIER_DRAWS, chance.BEFORE_START, self.number)
        self.hold(firm, self.products, int(sales.wants_vip(luck, self.sensitivity, firm.reputation, accepted, chosen)))
        luck = draw(model.key(chance.REVIEW_DRAWS), self.number)
        if sales.offered_more(luck, self.products, chosen, params.product, params.mechanisms.expansion):
            firm.reviews += 1
            firm.effort -= sales.EFFORT
            offer = sales.surplus(self.satisfaction, sales.offered_price(self.tier, chosen), accepted)
            if sales.signs(draw(model.key(chance.ADD_ON_DRAWS), self.number), offer, 0.0, 0.0, params.sales):
                firm.expansions += 1
                self.hold(firm, self.products + 1, self.tier)

    def experience(self, month: int) -> None:
        """Live a month with the supplier: satisfaction moves, it may leave, it may ask for a feature."""
        firm, params, model = self.supplier, self.model.params, self.model
        assert firm is not None
        fit = demand.fit(self.needs, self.has)
        late = loyalty.late_share(self.needs, self.promised, self.due, month)
        quality = service.quality_of_tier(self.tier, firm.service_quality, firm.vip_quality)
        felt = loyalty.experience(fit * firm.condition, quality, self.sensitivity, late, params.loyalty)
        self.satisfaction = loyalty.next_satisfaction(self.satisfaction, felt, params.loyalty, params.mechanisms.memory)
        luck, matters = draw(model.key(chance.LEAVE_DRAWS), self.number), params.mechanisms.loyalty
        if churn.churns(luck, self.leave_base, self.satisfaction, firm.demand_shock, params.loyalty, matters):
            firm.churned += 1
            self.leave()
            model.leavers.append((self, firm))
            return
        firm_month.experience.count_satisfaction(firm, self.satisfaction, 1)
        if loyalty.asks(draw(model.key(chance.ASK_DRAWS), self.number), fit, self.asked, params.loyalty):
            self.asked = pick(without(self.needs, self.has), draw(model.key(chance.ASK_FEATURE_DRAWS), self.number))
            firm_month.experience.hear_request(firm, self.asked, draw(model.key(chance.LOUDNESS_DRAWS), self.number))

    def choose_again(self, former: "Firm", month: int) -> None:
        """Look around after leaving a firm, and start to buy from the firm it finds, if any."""
        model = self.model
        key = split(model.key(chance.SEARCH_DRAWS), self.number)
        known = (former.number, self.satisfaction, self.needs, self.wtp)
        found, expected = firm_month.choice.choose_again(
            model.firms, model.strategies, model.cumulative_reach, *known, key, model.params
        )
        if found != NOBODY:
            firm = model.firms[found]
            firm_month.choice.win_back(firm, firm is former)
            self.join(firm, 0, 0, expected, month)
            firm_month.experience.count_satisfaction(firm, expected, 1)

    def review_needs(self, odds: float) -> None:
        """Exchange, perhaps, one need for another; what served only a lost need is dropped."""
        key = self.model.key(chance.DRIFT_DRAWS)
        if draw(key, self.number) >= odds:
            return
        own = split(key, self.number)
        dropped = pick(self.needs, draw(own, 0))
        added = demand.pick_feature(self.model.popularity[self.segment], draw(own, 1))
        needs = demand.exchanged_needs(self.needs, dropped, added)
        if self.supplier is not None:
            accounts.count_users(self.supplier, self.needs, -1)
            accounts.count_users(self.supplier, needs, 1)
            self.drop(without(self.needs, needs))
        self.needs = needs
