"""The Mesa model that users import: it steps a simulation and shows firms and customers as live views of its arrays."""

import operator
from collections.abc import Iterator, Sequence
from copy import deepcopy
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, Self, overload

import mesa
import numpy as np
from mesa.agent import AgentSet

from cxsim.engine import Simulation, start
from cxsim.measures.firms import Months, firm_slots
from cxsim.measures.registry import DERIVED, STAGES
from cxsim.model.case import Case, History
from cxsim.model.chance import replicate_seed
from cxsim.model.params import ROLES, Strategy, specs
from cxsim.model.state import ALIVE, CUSTOMER_FIELDS, DORMANT, FIRM_FIELDS, NOBODY, measure_columns
from cxsim.scenario import Scenario, load_scenario


class FirmAgent(mesa.Agent):
    """A firm in business, as a live view: reading an attribute reads the engine's arrays.

    Attributes are the fields of ``cxsim.model.state.FIRM_FIELDS`` (``cash``, ``customers``, ``playbook``, ...), staff by role
    (``staff_sales``), the measures of ``cxsim.measures.registry.DERIVED`` (``heads``, ``satisfaction``, ...), the levers of the
    strategy in force (``price``, ``custom_share``, ...), and those defined here. Money is in cents. The view of a firm that has
    closed keeps its last state. None of these can be written: the engine would not see it; ``model.fork`` pulls levers.
    Attributes of your own can be added under other names. Firms are founded and closed by the scenario alone.
    """

    model: "CompanyGrowthModel"

    def __init__(self, model: "CompanyGrowthModel", number: int) -> None:
        if number in model.firm_agents or model.simulation.firms.status[number] == DORMANT:
            raise ValueError("firms are founded by the scenario; add agents of your own as another class")
        super().__init__(model)
        self.number = number

    def __getattr__(self, name: str) -> Any:
        """Read a field of the firm's record, what is worked out of it, or a lever."""
        if name in DERIVED:
            value = DERIVED[name].read(self.record)
        elif name in _FIRM_COLUMNS:
            field, index = _FIRM_COLUMNS[name]
            value = self.record[field] if index is None else self.record[field][index]
        elif name in _LEVERS:
            plan = self.model.case.firms[self.group]
            value = getattr((plan.strategy, plan.after)[self.course], name)
            choices = _LEVERS[name][1].choices
            return choices[value] if choices else value
        else:
            raise AttributeError(f"a firm has no {name!r}; it has {', '.join((*_FIRM_COLUMNS, *_LEVERS))}")
        return value.item() if np.ndim(value) == 0 else value.copy()

    def __setattr__(self, name: str, value: Any) -> None:
        """Refuse to write what the engine holds, and what looks like a misspelt name of it; take everything else."""
        if name in _LEVERS:
            raise AttributeError(f"{name!r} is a lever of a plan: model.fork(firm=..., strategy={{{name!r}: ...}}) pulls it")
        if name in _SEEN_OF_FIRMS:
            raise AttributeError(f"{name!r} is read-only: a live view of the engine")
        if "number" in self.__dict__ and name not in self.__dict__ and not hasattr(type(self), name):
            near = get_close_matches(name, _SEEN_OF_FIRMS, 1, 0.8)
            if near:
                raise AttributeError(f"a firm has no {name!r}; did you mean {near[0]!r}, which is read-only?")
        super().__setattr__(name, value)

    def __dir__(self) -> list[str]:
        """List fields and levers too, for completion."""
        return [*super().__dir__(), *_FIRM_COLUMNS, *DERIVED, *_LEVERS]

    @property
    def record(self) -> Months:
        """All its fields, a single record of type ``FIRM_DTYPE``."""
        found: Months = self.model.simulation.firms[self.number]
        return found

    @property
    def name(self) -> str:
        """Name of its block in the scenario, numbered when the block makes several firms."""
        return self.model.firm_names[self.number]

    @property
    def stage(self) -> str:
        """Verysmallco, Smallco or Largeco, by heads: a label for output that no rule reads."""
        return STAGES[int(DERIVED["stage"].read(self.record))]


class CustomerView(NamedTuple):
    """A customer as a live view. Attributes are the fields of ``cxsim.model.state.CUSTOMER_FIELDS``; all are read-only."""

    model: "CompanyGrowthModel"
    number: int

    def __setattr__(self, name: str, value: Any) -> None:
        """Refuse to write: there is a new view at every request, so nothing would remain."""
        raise AttributeError(f"{name!r} cannot be written: a customer is a live view of the engine")

    def __dir__(self) -> list[str]:
        """List traits too, for completion."""
        return [*object.__dir__(self), *CUSTOMER_FIELDS]

    def __getattr__(self, name: str) -> Any:
        """Read a trait from the engine's arrays."""
        if name not in CUSTOMER_FIELDS:
            raise AttributeError(f"a customer has no {name!r}; it has {', '.join(CUSTOMER_FIELDS)}")
        return getattr(self.model.simulation.customers, name)[self.number].item()

    @property
    def firm(self) -> FirmAgent | None:
        """The firm it buys from."""
        number = self.supplier
        return None if number == NOBODY else self.model.firm_agents[number]

    def __repr__(self) -> str:
        """Name the customer by its number."""
        return f"<customer {self.number}>"


class CustomerViews(Sequence[CustomerView]):
    """All customers, seen one at a time: views are made when asked for, so a million customers cost nothing."""

    def __init__(self, model: "CompanyGrowthModel") -> None:
        self.model = model

    def __len__(self) -> int:
        """Potential customers in the market."""
        return len(self.model.simulation.customers.needs)

    @overload
    def __getitem__(self, index: int) -> CustomerView: ...
    @overload
    def __getitem__(self, index: slice) -> list[CustomerView]: ...
    def __getitem__(self, index: int | slice) -> CustomerView | list[CustomerView]:
        """View of one customer, or of a slice."""
        if isinstance(index, slice):
            return [CustomerView(self.model, number) for number in range(*index.indices(len(self)))]
        return CustomerView(self.model, range(len(self))[index])

    def of(self, firm: FirmAgent) -> Iterator[CustomerView]:
        """Iterate over the customers of a firm, in order of number."""
        for number in np.flatnonzero(self.model.simulation.customers.supplier == firm.number):
            yield CustomerView(self.model, int(number))


class CompanyGrowthModel(mesa.Model):
    """One run of one arm of a scenario, one month a step.

    ``rng`` is the seed, as ``--seed`` of the command line (the scenario's own when None); ``replicate`` counts runs with that
    seed. Same scenario, seed and replicate: same bits as ``cxsim run``. So Mesa's ``batch_run(..., iterations=3)`` repeats one
    and the same run; give ``"replicate": range(3)`` among its parameters instead. Its rows have the columns of firms
    (``customers``, ``cash``, ...) only while some firm is in business, and before Mesa 3.5 they leave out the last month
    (mesa #2514): ``datacollector`` and ``history`` have it. ``arm`` names the arm (the first when None). ``model.agents`` are
    the firms in business, and agents of your own; it is a set of its own at each request. ``model.random`` and ``model.rng``
    are for agents of your own: firms and customers draw from the seed alone. ``collect=False`` leaves out the data collector,
    which costs more time than a month of a small market. ``copy``, ``deepcopy`` and ``pickle`` give a model that goes on with
    the same bits. Raises ``ScenarioError`` for a scenario that cannot be read or an arm that does not exist.
    """

    _agents_numbered = 0

    def __init__(
        self,
        scenario: Scenario | str | Path,
        *,
        arm: str | None = None,
        rng: int | np.random.Generator | None = None,
        replicate: int = 0,
        collect: bool = True,
    ) -> None:
        if isinstance(scenario, (str, Path)):
            scenario = load_scenario(scenario)
        seed = _seed_from(rng, scenario.seed)
        super().__init__(rng=seed)
        chosen = scenario.arm(arm)
        self.simulation: Simulation = start(chosen.case, replicate_seed(seed, replicate), scenario.months)
        self.months, self.arm_name, self.title = scenario.months, chosen.name, scenario.title
        self.firm_names = [slot.name for slot in firm_slots(self.case)]
        self.firm_agents: dict[int, FirmAgent] = {}
        self.customers = CustomerViews(self)
        self._follow_firms()
        self.datacollector = mesa.DataCollector(_MODEL_REPORTERS, _AGENT_REPORTERS) if collect else None
        self._collect()

    def __copy__(self) -> Self:
        """Copy all of it: two models over one state would overtake each other."""
        return deepcopy(self)

    @property
    def case(self) -> Case:
        """Parameters and plans of the firms, as they are now."""
        return self.simulation.case

    @property
    def month(self) -> int:
        """Months run so far."""
        return self.simulation.month

    @property
    def agents(self) -> AgentSet:
        """Firms in business and agents of your own. What is done to this set changes nothing in the model."""
        return AgentSet(super().agents, random=self.random)

    @property
    def agents_by_type(self) -> dict[type[mesa.Agent], AgentSet]:
        """The same by class."""
        return {kind: AgentSet(agents, random=self.random) for kind, agents in super().agents_by_type.items()}

    @property
    def firms_in_business(self) -> int:
        """Number of firms in business."""
        return int((self.simulation.firms.status == ALIVE).sum())

    @property
    def customers_served(self) -> int:
        """Number of customers that buy from a firm."""
        return int(self.simulation.firms.customers.sum())

    @property
    def history(self) -> History:
        """What has been recorded so far, one row a month; months to come are zero."""
        return self.simulation.history

    def step(self) -> None:
        """Run one month. ``running`` becomes false at the horizon, where the model stays: further steps do nothing."""
        if self.month == self.months:
            self.running, self.steps = False, self.months  # Mesa has counted a step that is none
            return
        self.simulation.advance(self.month + 1)
        self._follow_firms()
        self._collect()
        self.running = self.month < self.months

    def fork(self, **changes: Any) -> Self:
        """Copy the model as it is now; the copy goes on under other plans with the same luck.

        ``changes`` are those of ``Simulation.fork``: ``firm``, ``strategy``, ``after``, ``pivot``. Without any, both
        futures are equal to the bit. The copy has agents, attributes and a data collector of its own, with what this model's
        hold now.
        """
        return deepcopy(self, {id(self.simulation): self.simulation.fork(**changes)})

    def register_agent(self, agent: mesa.Agent) -> None:
        """Take an agent, numbered within this model. Mesa before 3.4 numbers by a table that keeps every model for ever."""
        getattr(mesa.Agent, "_ids", {}).pop(self, None)
        self._agents_numbered += 1
        agent.unique_id = self._agents_numbered
        super().register_agent(agent)

    def deregister_agent(self, agent: mesa.Agent) -> None:
        """Let an agent go. RuntimeError for a firm in business."""
        if isinstance(agent, FirmAgent) and agent.status == ALIVE:
            raise RuntimeError(_UNSEEN)
        super().deregister_agent(agent)

    def remove_all_agents(self) -> None:
        """Remove agents of your own. RuntimeError, and nobody is removed, while a firm is in business."""
        if self.firms_in_business:
            raise RuntimeError(_UNSEEN)
        super().remove_all_agents()

    def firm(self, name: str) -> FirmAgent:
        """Firm of a name, in business or closed; KeyError when it was never founded."""
        for agent in self.firm_agents.values():
            if agent.name == name:
                return agent
        raise KeyError(f"no firm {name!r} yet; there are {', '.join(agent.name for agent in self.firm_agents.values())}")

    def _follow_firms(self) -> None:
        status = self.simulation.firms.status
        for number in np.flatnonzero(status != DORMANT):
            known = self.firm_agents.get(int(number))
            if known is None:
                known = self.firm_agents[int(number)] = FirmAgent(self, int(number))
            if status[number] != ALIVE and known in super().agents:
                known.remove()

    def _collect(self) -> None:
        if self.datacollector is not None:
            self.datacollector.collect(self)


def _seed_from(rng: int | np.random.Generator | None, default: int) -> int:
    if rng is None:
        return default
    if isinstance(rng, np.random.Generator):
        return int(rng.integers(2**63 - 1))
    try:
        seed = operator.index(rng)
    except TypeError:
        raise TypeError(f"rng must be a whole number or a numpy Generator, not {rng!r}") from None
    if not 0 <= seed < 2**63:
        raise ValueError(f"rng must be a whole number from 0 to 2**63 - 1, not {rng!r}")
    return seed


_FIRM_COLUMNS: dict[str, tuple[str, int | None]] = {
    **{name: (name, None) for name in FIRM_FIELDS},
    **measure_columns(),
    **{f"skill_{role}": ("skill", index) for index, role in enumerate(ROLES)},
}
_LEVERS = {name: spec for name, spec in specs(Strategy).items() if name not in _FIRM_COLUMNS}
_SEEN_OF_FIRMS = frozenset({*_FIRM_COLUMNS, *DERIVED, *_LEVERS, "name", "record"})
_UNSEEN = "a firm in business cannot be removed: it would trade on unseen; firms close by themselves"
_MODEL_REPORTERS = {"firms_in_business": "firms_in_business", "customers_served": "customers_served"}


def _attribute(name: str, agent: mesa.Agent) -> Any:
    return getattr(agent, name, None)


_AGENT_REPORTERS = {  # functions, as a model whose collector was given names cannot be pickled
    name: partial(_attribute, name)
    for name in ("name", "stage", "heads", "customers", "cash", "revenue", "satisfaction", "fit", "playbook")
}
