"""Firms of the reference engine: their methods stand in the order of the month's phases."""

from typing import TYPE_CHECKING, Any

import mesa

from cxsim.engine.reference.customer import Customer
from cxsim.model import chance, demand, demand_shock, finance, loyalty, product, sales, service, service_rules, strategy
from cxsim.model.case import FirmPlan
from cxsim.model.chance import draw, split, stream_key
from cxsim.model.features import bit, count, lowest, nth, without
from cxsim.model.params import FIXED, FLOATING, PRODUCT, PROFIT, ROLES, SALES, SERVICE, Strategy
from cxsim.model.state import ALIVE, CLOSED, FIRM_FIELDS, FIRST_TRIES, FLOWS, MILLION, NOTHING, Field

if TYPE_CHECKING:
    from cxsim.engine.reference.model import ReferenceModel


class Firm(mesa.Agent):
    """A company. Its fields are those of ``state.FIRM_FIELDS``, each starting at nothing."""

    model: "ReferenceModel"

    def __init__(self, model: "ReferenceModel", number: int, group: int) -> None:
        super().__init__(model)
        self.number = number
        for name, field in FIRM_FIELDS.items():
            if name != "fit_sum":
                setattr(self, name, _blank(field))
        self.group = group
        self.founded = self.closed = self.pivoted = self.target = self.loudest = NOTHING

    if TYPE_CHECKING:  # fields come from FIRM_FIELDS

        def __getattr__(self, name: str) -> Any: ...

    @property
    def firm_plan(self) -> FirmPlan:
        """The block of the scenario that it was made from."""
        return self.model.case.firms[self.group]

    @property
    def strategy(self) -> Strategy:
        """The strategy in force."""
        return self.firm_plan.after if self.course else self.firm_plan.strategy

    @property
    def people(self) -> int:
        """Founders and employees."""
        return int(self.founders + sum(self.staff))

    @property
    def fit_sum(self) -> int:
        """Fit of its customers, in millionths, summed afresh; the fast engine keeps this sum as it changes."""
        buyers = self.model.buyers()
        return sum(demand.fit_millionths(customer.needs, customer.has) for customer, firm in buyers if firm is self)

    def count_users(self, needs: int, change: int) -> None:
        """Add to the number of own customers who need each feature of a set."""
        while needs:
            feature = lowest(needs)
            self.users[feature] += change
            needs ^= bit(feature)

    # plan

    def plan(self, month: int) -> None:
        """Pivot if the trigger is met; divide money; hire, dismiss, train; see whose time goes where."""
        if self.course == 0:
            self.consider_pivot(month)
        target, wanted = self.plan_service(), self.plan_product()
        self.clear_flows()
        self.service_target, self.product_limit = target, wanted
        self.loudness = -1.0
        market, mechanisms = self.model.params.market, self.model.params.mechanisms
        self.swell = demand_shock.next_swell(self.swell, draw(self.model.key(chance.TIDE_DRAWS), self.number), market)
        self.tide = demand_shock.tide(self.swell, market, mechanisms.shocks)
        self.change_staff(month)
        self.work_capacity = int(MILLION * self.role_time(PRODUCT))
        self.sales_capacity = self.role_time(SALES)
        self.service_capacity = self.role_time(SERVICE)

    def clear_flows(self) -> None:
        """Start a month: what is counted within a month starts at zero, for a closed firm too."""
        for name in FLOWS:
            setattr(self, name, _blank(FIRM_FIELDS[name]))

    def consider_pivot(self, month: int) -> None:
        """Change course when the trigger is met, on last month's figures."""
        pivot = self.firm_plan.pivot
        top = product.most_requested(self.tally, 0, self.model.params.market.features)
        signal = strategy.signal_value(
            pivot.signal,
            strategy.ratio(self.work_upkeep, self.work_capacity),
            strategy.ratio(self.tally[top], sum(self.tally)) if top != NOTHING else 0.0,
            strategy.ratio(self.deals, self.sales_capacity),
            finance.cash_flow(self.revenue, self.wages, self.marketing, self.running_costs),
            strategy.ratio(self.prospect_fit_sum / MILLION, self.contacts),
        )
        if strategy.pivots(pivot, month, self.customers, self.viable_months, signal):
            self.course = 1
            self.service_goal = self.strategy.service_goal
            self.pivoted = month

    @property
    def mean_quality(self) -> float:
        """Quality of service over all its customers."""
        return service.mean_quality(self.service_quality, self.vip_quality, strategy.ratio(self.vips, self.customers))

    def plan_service(self) -> int:
        """Service staff that a goal or expected profit asks for, on last month's figures; -1 when nothing asks."""
        params, chosen = self.model.params, self.strategy
        floats = chosen.service_rule == FLOATING and params.mechanisms.goal_erosion
        goal = self.service_goal if floats else chosen.service_goal
        self.service_goal = goal
        if chosen.service_rule == FIXED or self.tickets <= 0 or self.customers <= 0:
            return NOTHING
        load = self.load_ahead()
        own_time = self.founders * strategy.role_share(chosen, SERVICE)
        if chosen.service_rule == PROFIT:
            target = self.profitable_service(load, own_time)
        else:
            share = service.quality_aimed_at(self.mean_quality, goal, params.service)
            target = service_rules.staff_for_goal(load, share, own_time, self.skill[SERVICE], params.service)
            self.service_goal = service.next_goal(goal, self.mean_quality, floats, params.service)
        fixed = finance.fixed_cost(self.founders, *self.staff, params.finance)
        return int(target * finance.caution(self.cash, fixed, params.staffing))

    def load_ahead(self) -> int:
        """Service work to plan for, when those who are hired now will have come."""
        params = self.model.params
        load = service.service_load(self.tickets, self.variety, params.service)
        gained, lost, months = self.deals + self.walk_ins, self.churned + self.poached, params.staffing.hiring_delay + 1
        return service_rules.expected_load(load, self.backlog, gained, lost, self.customers, months, params.service)

    def profitable_service(self, load: int, own_time: float) -> int:
        """Service staff of the highest profit expected within the strategy's horizon."""
        params, run_length = self.model.params, self.model.months
        months = service_rules.months_ahead(self.strategy.horizon, run_length, params.mechanisms.short_horizon)
        outlook = service_rules.Outlook(
            customers=self.customers,
            margin=self.revenue / self.customers - params.finance.hosting,
            load=load,
            skill=self.skill[SERVICE],
            satisfaction=self.satisfaction_sum / MILLION / self.customers,
            quality=self.mean_quality,
            sensitivity=demand.mean_sensitivity(params.market),
        )
        people, cost = self.staff[SERVICE] + sum(self.pipeline[SERVICE]), finance.role_cost(SERVICE, params.finance)
        rules = params.service, params.loyalty, params.mechanisms
        return service_rules.profitable_staff(people, own_time, cost, outlook, months, *rules)

    def plan_product(self) -> int:
        """Most product employees that last month's work asks for; -1 when there is more to build than anyone could."""
        used = self.work_upkeep + self.work_custom + self.work_roadmap
        complete = self.standard_features >= self.model.params.market.features
        coming = sum(self.pipeline[PRODUCT])
        return strategy.product_limit(self.staff[PRODUCT], coming, used, self.work_capacity, complete)

    def change_staff(self, month: int) -> None:
        """Give each role its budget, then hire (later) or dismiss (now) towards it; newcomers arrive and learn."""
        params, chosen, staffing = self.model.params, self.strategy, self.model.params.staffing
        fixed = finance.fixed_cost(self.founders, *self.staff, params.finance)
        money = finance.spendable(self.trend, self.cash, fixed, chosen.invest, staffing)
        self.marketing_plan = int(money * chosen.marketing_budget)
        people = self.people
        for role in range(len(ROLES)):
            coming = self.pipeline[role]
            target = self.people_wanted(role, int(money * strategy.role_budget(chosen, role)))
            change = strategy.planned_change(target, self.staff[role], sum(coming), people, staffing)
            if change > 0:
                coming[(month + staffing.hiring_delay) % len(coming)] += change
            else:
                self.staff[role] += change
                self.dismissals -= change
            arrivals = coming[month % len(coming)]
            coming[month % len(coming)] = 0
            skill = strategy.skill_after_arrivals(self.skill[role], self.staff[role], arrivals)
            self.skill[role] = strategy.skill_after_month(skill, staffing)
            self.staff[role] += arrivals
            self.hires += arrivals

    def people_wanted(self, role: int, budget: int) -> int:
        """Employees of a role that the budget pays, or that the service rule asks for; those there are when it cannot tell."""
        affordable = strategy.affordable_people(budget, finance.role_cost(role, self.model.params.finance))
        if role == PRODUCT and self.product_limit != NOTHING:
            return int(min(affordable, self.product_limit))
        if role != SERVICE or self.strategy.service_rule == FIXED:
            return affordable
        present = self.staff[role] + sum(self.pipeline[role])
        return int(present if self.service_target == NOTHING else self.service_target)

    def role_time(self, role: int) -> float:
        """Effective person-months of one role."""
        share = strategy.role_share(self.strategy, role)
        staffing = self.model.params.staffing
        return strategy.role_capacity(self.people, self.founders, self.staff[role], self.skill[role], share, staffing)

    # build

    def keep_up(self) -> None:
        """Spend product time on upkeep first; what is left is open to promised work, with what was begun last month."""
        params = self.model.params
        custom, standard = self.custom_features, self.standard_features
        self.variety = product.variety_factor(custom, standard, params.product, params.mechanisms.variety)
        due = product.upkeep_work(custom, standard, self.variety, params.product)
        self.work_upkeep = min(due, self.work_capacity)
        self.upkept = product.upkept_share(self.work_upkeep, due)
        self.condition = product.product_condition(self.upkept, self.polish_in_force, params.product)
        polish = product.polish_in_force(self.strategy.polish, params.mechanisms.polish)
        self.feature_job = product.standard_job(self.variety, polish, params.product)
        self.job = product.custom_job(self.variety, params.product)
        self.custom_work_open = self.work_capacity - self.work_upkeep + self.custom_bank
        self.work_custom = -self.custom_bank
        self.custom_bank = 0

    def keep_promises(self, customer: Customer) -> None:
        """Build what was promised to a customer while there is time for a whole feature."""
        while customer.promised and self.custom_work_open >= self.job:
            feature = lowest(customer.promised)
            customer.promised ^= bit(feature)
            self.promised_features -= 1
            self.deliver_custom(customer, feature)

    def open_custom_work(self) -> None:
        """Keep unfinished promised work; when all promises are kept, open the strategy's share of time to single requests."""
        spare, self.custom_work_open = self.custom_work_open, 0
        if self.promised_features > 0:
            self.custom_bank = spare
            self.work_custom += spare
        else:
            on = self.model.params.mechanisms.custom_work
            self.custom_work_open = product.open_work(spare, self.strategy.custom_share, on)
            self.work_left = spare - self.custom_work_open

    def grant_request(self, customer: Customer) -> None:
        """Build what a customer asked for, if there is time for it."""
        if customer.asked != NOTHING and self.custom_work_open >= self.job:
            self.deliver_custom(customer, customer.asked)

    def deliver_custom(self, customer: Customer, feature: int) -> None:
        """Hand one custom feature to one customer; a request for it is thereby met."""
        customer.custom |= bit(feature)
        if customer.asked == feature:
            customer.asked = NOTHING
            self.open_requests -= 1
        self.custom_work_open -= self.job
        self.work_custom += self.job
        self.custom_features += 1
        self.custom_built += 1
        self.fees += self.strategy.custom_fee

    def close_custom_work(self) -> None:
        """Keep what is begun for those who still wait; with nobody waiting the time goes to the roadmap."""
        if self.open_requests > 0:
            self.custom_bank += self.custom_work_open
            self.work_custom += self.custom_work_open
        else:
            self.work_left += self.custom_work_open
        self.custom_work_open = 0

    def advance_roadmap(self, month: int) -> None:
        """Spend what is left on standard features, one after the other."""
        cost = self.feature_job
        self.work_roadmap = self.work_left
        self.roadmap_bank += self.work_left
        self.work_left = 0
        while True:
            if self.target == NOTHING:
                self.target = self.choose_target()
            if self.target == NOTHING or self.roadmap_bank < cost:
                break
            self.roadmap_bank -= cost
            self.fresh |= bit(self.target)
            self.standard_built += 1
            self.target = NOTHING
        if self.target == NOTHING:  # nothing left to build: the time is lost
            self.work_roadmap -= self.roadmap_bank
            self.roadmap_bank = 0
        if self.model.params.mechanisms.sharing:
            self.standard |= self.fresh
            self.standard_features = count(self.standard)
            if self.fresh:
                added, polish = self.standard_built, self.strategy.polish
                self.polish = product.mean_polish(self.polish, self.standard_features, added, polish)

    @property
    def polish_in_force(self) -> float:
        """Polish of its product, as far as it counts."""
        return product.polish_in_force(self.polish, self.model.params.mechanisms.polish)

    def choose_target(self) -> int:
        """Next standard feature by the firm's roadmap."""
        market_row = self.model.popularity[-1]
        guesses, n = split(self.model.key(chance.FOUNDER_GUESS_DRAWS), self.number), self.standard_built
        guess = product.founder_guess(market_row, draw(guesses, 2 * n), draw(guesses, 2 * n + 1), self.insight)
        built = self.standard | self.fresh
        mechanisms = self.model.params.mechanisms
        return product.next_target(self.strategy.roadmap, built, self.tally, self.loudest, guess, market_row, mechanisms)

    def hand_over(self, customer: Customer) -> None:
        """Bring finished standard features to a customer; M4 off: one of them, if it lacks one, and nobody else gets it."""
        if self.model.params.mechanisms.sharing:
            customer.drop(self.fresh)
            return
        wanted = without(customer.needs & self.fresh, customer.has)
        if wanted:
            feature = bit(lowest(wanted))
            customer.drop(feature)
            customer.custom |= feature
            self.custom_features += 1
            self.fresh ^= feature

    # sell

    def plan_reach(self) -> None:
        """See how much selling effort there is this month: sellers, marketing, and what customers say."""
        model, rules, mechanisms = self.model, self.model.params.sales, self.model.params.mechanisms
        self.sales_yield = sales.sales_yield(self.playbook, rules, mechanisms.sales_learning)
        told = sales.told_contacts(self.talk, rules, mechanisms.word_of_mouth)
        contacts = sales.sales_reach(self.sales_capacity, self.sales_yield, self.marketing_plan, told, self.tide, rules)
        self.effort = self.reach = sales.sales_effort(contacts, draw(model.key(chance.REACH_DRAWS), self.number))

    def sell(self, month: int) -> None:
        """Spend the month's selling effort: look at drawn customers, let go those who do not fit, make an offer to others."""
        model, rules = self.model, self.model.params.sales
        contacts = split(model.key(chance.CONTACT_DRAWS), self.number)
        met = 0
        while self.effort > 0:
            customer = model.customers[int(draw(contacts, met) * len(model.customers))]
            met += 1
            if customer.supplier is self:  # reach falls on the whole market, own customers included
                self.effort -= sales.EFFORT
                continue
            fit = demand.fit(customer.needs, self.standard)
            self.contacts += 1
            self.prospect_fit_sum += demand.in_millionths(fit)
            self.effort -= sales.contact_effort(fit, self.strategy.qualification, rules)
            if fit >= self.strategy.qualification:
                self.make_offer(customer, month)

    def accepted_by(self, customer: Customer) -> float:
        """Price that a customer accepts of this firm for a full fit, in cents."""
        params = self.model.params
        return sales.accepted_price(customer.wtp, self.reputation, params.service, params.mechanisms.reputation)

    def shown_to(self, customer: Customer, promised: int) -> float:
        """Fit that its offer shows to a customer."""
        weights = self.model.params.product.unproven_weight, self.model.params.sales.promise_weight
        return sales.perceived_fit(customer.needs, self.standard, self.validated, promised, *weights)

    def make_offer(self, customer: Customer, month: int) -> None:
        """Make an offer that the customer weighs against what it has; when lost, it may say what it missed."""
        params, model = self.model.params, self.model
        self.pursued += 1
        promised = sales.promised_features(customer.needs, self.standard, self.strategy, params.sales, params.mechanisms)
        seen = self.shown_to(customer, promised)
        present, bound = customer.present_surplus()
        choice = draw(split(model.key(chance.CHOICE_DRAWS), self.number), customer.number)
        offer = sales.surplus(seen, self.strategy.price, self.accepted_by(customer))
        if sales.signs(choice, offer, present, bound, params.sales):
            if customer.supplier is not None:
                customer.supplier.poached += 1
                customer.leave()
            customer.join(self, promised, month + params.sales.promise_months, min(seen, 1.0), month)
            self.deals += 1
            return
        tell = draw(split(model.key(chance.LOST_TELLS_DRAWS), self.number), customer.number)
        missing = without(customer.needs, self.standard)
        if missing and tell < params.sales.lost_tells:
            self.tally[nth(missing, int(tell / params.sales.lost_tells * count(missing)))] += 1

    # serve, experience

    def serve(self) -> None:
        """Work on the month's requests for help and on the backlog."""
        params = self.model.params
        smooth = service.smoothness(self.polish_in_force, params.product)
        self.tickets = service.ticket_count(self.customers, self.fit_sum, smooth, params.service)
        load = service.service_load(self.tickets, self.variety, params.service)
        on = params.mechanisms.queue
        vips = strategy.ratio(self.vips, self.customers)
        served = service.serve_month(load, self.backlog, self.service_capacity, vips, params.service, on)
        self.backlog, self.service_quality, self.vip_quality = served

    def count_satisfaction(self, satisfaction: float) -> None:
        """Add a customer's satisfaction to the sums of the month."""
        self.satisfaction_sum += int(satisfaction * MILLION)
        self.praise_sum += loyalty.praise(satisfaction)

    def hear(self, feature: int, loudness: float) -> None:
        """Count a request of an own customer, and remember the loudest."""
        self.open_requests += 1
        self.requests += 1
        self.tally[feature] += 1
        if loudness > self.loudness:
            self.loudness, self.loudest = loudness, feature

    # settle

    def settle(self, month: int) -> None:
        """Bill, pay, learn to sell, see what is validated; close without money."""
        params = self.model.params
        premium = sales.vip_premium(self.strategy)
        billed = finance.invoices(self.account_size, self.vip_size, premium, self.strategy.price, self.tide)
        self.revenue = billed + self.fees
        self.wages = finance.wage_bill(self.founders, *self.staff, params.finance)
        self.marketing = self.marketing_plan
        self.running_costs = finance.running_cost(self.people, self.customers, params.finance)
        flow = finance.cash_flow(self.revenue, self.wages, self.marketing, self.running_costs)
        self.cash += flow
        self.viable_months = self.viable_months + 1 if flow > 0 else 0
        self.trend = finance.next_trend(self.trend, self.revenue, params.staffing.trend_months)
        changes = self.custom_built + self.standard_built
        self.playbook = sales.next_playbook(self.playbook, self.deals, changes, self.customers, params.sales)
        self.see_what_is_validated()
        self.reputation = service.next_reputation(self.reputation, self.mean_quality, self.customers, params.service)
        if finance.insolvent(self.cash):
            self.close(month)

    def see_what_is_validated(self) -> None:
        """Count as validated the standard features with enough paying users."""
        evidence, on = self.model.params.product.evidence, self.model.params.mechanisms.validation
        self.validated = product.validated_features(self.standard, self.validated, self.users, evidence, on)
        self.validated_features = count(self.validated)

    def close(self, month: int) -> None:
        """End: people go; customers are released by the model."""
        self.status, self.closed = CLOSED, month
        self.dismissals += sum(self.staff)
        self.staff, self.pipeline = _blank(FIRM_FIELDS["staff"]), _blank(FIRM_FIELDS["pipeline"])
        self.founders = self.backlog = self.talk = 0

    # enter

    def found(self, month: int) -> None:
        """Open the doors with the people, money, product and customers of the plan."""
        start, model = self.firm_plan.start, self.model
        key = split(stream_key(model.seed_of_run, chance.BORN_FEATURE_DRAWS, chance.BEFORE_START), self.number)
        self.status, self.founded = ALIVE, month
        self.founders, self.cash, self.insight, self.playbook = start.founders, start.cash, start.insight, start.playbook
        self.reputation, self.polish = start.reputation, self.firm_plan.strategy.polish
        self.service_goal = self.firm_plan.strategy.service_goal
        self.staff = [start.product_staff, start.sales_staff, start.service_staff]
        self.skill = [1.0] * len(ROLES)
        self.standard = product.born_features(model.popularity[-1], key, start.features, start.insight)
        self.standard_features = count(self.standard)
        self.win_first_customers(start.customers, month)
        self.see_what_is_validated()
        self.trend = finance.subscriptions(self.account_size, self.firm_plan.strategy.price)

    def win_first_customers(self, wanted: int, month: int) -> None:
        """Draw the customers to start with from those free, by the same choice that later ones make."""
        model, start = self.model, chance.BEFORE_START
        picks = split(stream_key(model.seed_of_run, chance.FIRST_CUSTOMER_DRAWS, start), self.number)
        choices = split(stream_key(model.seed_of_run, chance.FIRST_CHOICE_DRAWS, start), self.number)
        for attempt in range(wanted * FIRST_TRIES):
            if self.customers >= wanted:
                break
            customer = model.customers[int(draw(picks, attempt) * len(model.customers))]
            if customer.supplier is None:
                seen = demand.fit(customer.needs, self.standard)
                offer = sales.surplus(seen, self.firm_plan.strategy.price, self.accepted_by(customer))
                if sales.signs(draw(choices, attempt), offer, 0.0, 0.0, model.params.sales):
                    customer.join(self, 0, 0, seen, month)


def _blank(field: Field) -> Any:
    """Return the empty value of a field: 0, 0.0, or (nested) lists of them."""
    value: Any = 0.0 if field.dtype == "f8" else 0
    for length in reversed(field.shape):
        value = [_copied(value) for _ in range(length)]
    return value


def _copied(value: Any) -> Any:
    return list(value) if isinstance(value, list) else value
