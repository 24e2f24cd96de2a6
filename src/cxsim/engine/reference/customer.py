"""Customers of the reference engine: they compare, live their months, ask, leave, and choose again."""

from typing import TYPE_CHECKING

import mesa

from cxsim.model import chance, demand, loyalty, sales
from cxsim.model.chance import draw, split, stream_key
from cxsim.model.features import bit, count, has, nth, without
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
        own_needs = split(stream_key(seed, chance.NEED_DRAWS, start), number)
        if model.params.mechanisms.needs:
            self.needs = demand.pick_needs(model.popularity[self.segment], own_needs, market)
        else:
            self.needs = demand.everyones_needs(model.popularity[-1], market)
        self.size = demand.account_size(luck(chance.SIZE_DRAWS), market, model.params.mechanisms.shocks)
        self.wtp = demand.willingness_to_pay(luck(chance.WTP_DRAWS), market)
        self.sensitivity = demand.service_sensitivity(luck(chance.SENSITIVITY_DRAWS), market)
        habit = split(stream_key(seed, chance.LEAVE_BASE_DRAWS, start), number)
        self.leave_base = demand.leave_propensity(habit, model.params.loyalty)

    @property
    def has(self) -> int:
        """Features that it gets: the standard product and what was built for it."""
        return (self.supplier.standard | self.custom) if self.supplier else 0

    @property
    def billed(self) -> int:
        """Size of the account that is billed, further products included."""
        return demand.billed_size(self.size, self.products, self.model.params.product)

    def join(self, firm: "Firm", promised: int, due: int, satisfaction: float, month: int) -> None:
        """Start to buy from a firm."""
        self.supplier, self.promised, self.due, self.satisfaction, self.since = firm, promised, due, satisfaction, month
        firm.customers += 1
        self.hold(firm, 1, 0)
        firm.promised_features += count(promised)
        firm.count_users(self.needs, 1)

    def hold(self, firm: "Firm", products: int, tier: int) -> None:
        """Come to hold so many products of a firm, as a VIP or not, and keep the firm's sums right."""
        for sign in (-1, 1):
            if sign > 0:
                self.products, self.tier = products, tier
            billed = self.billed if self.products else 0
            firm.products += sign * self.products
            firm.account_size += sign * billed
            firm.vips += sign * self.tier
            firm.vip_size += sign * self.tier * billed

    def leave(self) -> None:
        """Stop buying; what was built for it goes with it."""
        firm = self.supplier
        assert firm is not None
        firm.customers -= 1
        self.hold(firm, 0, 0)
        self.drop(self.custom | self.promised | (bit(self.asked) if self.asked != NOTHING else 0))
        firm.count_users(self.needs, -1)
        self.supplier, self.since = None, NOTHING

    def drop(self, features: int) -> None:
        """Take features out of what was built for it, promised to it and asked by it."""
        firm = self.supplier
        assert firm is not None
        firm.custom_features -= count(self.custom & features)
        firm.promised_features -= count(self.promised & features)
        self.custom = without(self.custom, features)
        self.promised = without(self.promised, features)
        if self.asked != NOTHING and has(features, self.asked):
            self.asked = NOTHING
            firm.open_requests -= 1

    def present_surplus(self) -> tuple[float, float]:
        """What it gets from its supplier now, and what binds it there: (surplus, switching cost); (0, 0) without one."""
        if self.supplier is None:
            return 0.0, 0.0
        kept = loyalty.felt_loyalty(self.satisfaction, self.model.params.mechanisms.loyalty)
        price = sales.price_paid(self.tier, self.supplier.strategy)
        return sales.surplus(kept, price, self.supplier.accepted_by(self)), self.model.params.sales.switching_cost

    def review_account(self, month: int) -> None:
        """Sit down with the supplier once a year: be served as a VIP or not, and hear of a further product."""
        firm, params, model = self.supplier, self.model.params, self.model
        if firm is None:
            return
        accepted, chosen = firm.accepted_by(self), firm.strategy
        luck = chance.uniform(model.seed_of_run, chance.TIER_DRAWS, chance.BEFORE_START, self.number)
        self.hold(firm, self.products, int(sales.wants_vip(luck, self.sensitivity, firm.reputation, accepted, chosen)))
        luck = draw(model.key(chance.REVIEW_DRAWS), self.number)
        if sales.offered_more(luck, self.products, chosen, params.product, params.mechanisms.expansion):
            firm.reviews += 1
            firm.effort -= sales.EFFORT
            offer = sales.surplus(self.satisfaction, sales.price_paid(self.tier, chosen), accepted)
            if sales.signs(draw(model.key(chance.ADD_ON_DRAWS), self.number), offer, 0.0, 0.0, params.sales):
                firm.expansions += 1
                self.hold(firm, self.products + 1, self.tier)

    def experience(self, month: int) -> None:
        """Live a month with the supplier: satisfaction moves, it may leave, it may ask for a feature."""
        firm, params, seed = self.supplier, self.model.params, self.model.seed_of_run
        assert firm is not None
        fit = demand.fit(self.needs, self.has)
        late = loyalty.late_share(self.needs, self.promised, self.due, month)
        quality = firm.vip_quality if self.tier else firm.service_quality
        felt = loyalty.experience(fit * firm.condition, quality, self.sensitivity, late, params.loyalty)
        self.satisfaction = loyalty.next_satisfaction(self.satisfaction, felt, params.loyalty, params.mechanisms.memory)
        luck = draw(self.model.key(chance.LEAVE_DRAWS), self.number)
        if loyalty.leaves(luck, self.leave_base, self.satisfaction, firm.tide, params.loyalty, params.mechanisms.loyalty):
            firm.churned += 1
            self.leave()
            self.model.leavers.append((self, firm))
            return
        firm.count_satisfaction(self.satisfaction)
        luck = draw(self.model.key(chance.ASK_DRAWS), self.number)
        if fit < 1.0 and loyalty.asks(luck, fit, self.asked, params.loyalty):
            pick = chance.uniform(seed, chance.ASK_FEATURE_DRAWS, month, self.number)
            loudness = chance.uniform(seed, chance.LOUDNESS_DRAWS, month, self.number)
            missing = without(self.needs, self.has)
            self.asked = nth(missing, int(pick * count(missing)))
            firm.hear(self.asked, loudness)

    def choose_again(self, former: "Firm", month: int) -> None:
        """Look at the offers of some firms, the former supplier's included, and take the first that is good enough.

        What is found elsewhere, outside the simulation, is good enough.
        """
        rules, model = self.model.params.sales, self.model
        own = split(model.key(chance.SEARCH_DRAWS), self.number)
        elsewhere = sales.reach_elsewhere(len(model.customers), rules)
        for n in range(rules.search):
            met = sales.pick_by_reach(model.cumulative_reach, elsewhere, draw(own, 2 * n))
            if met == NOBODY:
                return
            firm = model.firms[met]
            known = firm is former
            seen = self.satisfaction if known else firm.shown_to(self, 0)
            quality = loyalty.felt_loyalty(seen, model.params.mechanisms.loyalty) if known else seen
            offer = sales.surplus(quality, firm.strategy.price, firm.accepted_by(self))
            if draw(own, 2 * n + 1) < sales.inclination(offer, rules):
                firm.walk_ins += 1
                firm.returned += known
                self.join(firm, 0, 0, min(seen, 1.0), month)
                firm.count_satisfaction(self.satisfaction)
                return

    def review_needs(self, odds: float) -> None:
        """Exchange, perhaps, one need for another; what served only a lost need is dropped."""
        key = self.model.key(chance.DRIFT_DRAWS)
        if draw(key, self.number) >= odds:
            return
        own = split(key, self.number)
        dropped = nth(self.needs, int(draw(own, 0) * count(self.needs)))
        added = demand.pick_feature(self.model.popularity[self.segment], draw(own, 1))
        needs = demand.exchanged_needs(self.needs, dropped, added)
        if self.supplier is not None:
            self.supplier.count_users(self.needs, -1)
            self.supplier.count_users(needs, 1)
            self.drop(without(self.needs, needs))
        self.needs = needs
