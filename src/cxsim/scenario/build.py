"""From checked data to the cases that engines run, and back to plain data with every default filled in."""

from functools import lru_cache
from typing import Any, NamedTuple

from cxsim.model.case import Case, FirmPlan
from cxsim.model.params import Params, Pivot, Start, Strategy
from cxsim.scenario.dollars import Cents
from cxsim.scenario.layers import BROKEN, Layer, found, table
from cxsim.scenario.messages import Path
from cxsim.scenario.schema import GROUPS, Block, RunSettings, specs_of


class Draft(NamedTuple):
    """An arm under construction: its data, with the origin of every key, and the case made of it."""

    name: str
    title: str
    layer: Layer
    run: RunSettings
    case: Case


def draft(name: str, title: str, layer: Layer) -> Draft:
    """Make the case of one arm; refused values count as left out, their problems have been noted before."""
    groups = {group: _filled(kind(), table(layer.data, group)) for group, kind in GROUPS.items()}
    blocks = table(layer.data, "firms")
    entrant = table(layer.data, "entry").get("firm")
    names = list(blocks)
    case = Case(
        params=Params(**groups),
        firms=tuple(_plan(firm, table(blocks, firm)) for firm in names),
        entrant=names.index(entrant) if entrant in names else -1,
    )
    return Draft(name, title, layer, _filled(RunSettings(), layer.data), case)


def _plan(name: str, block: dict[str, Any]) -> FirmPlan:
    before = _filled(Strategy(), table(block, "strategy"))
    return FirmPlan(
        name=name,
        **_filled(Block(), block)._asdict(),
        start=_filled(Start(), table(block, "start")),
        strategy=before,
        pivot=_filled(Pivot(), table(block, "pivot")),
        after=_filled(before, table(block, "after")),
    )


def _filled(defaults: Any, data: dict[str, Any]) -> Any:
    """Put what is written into a group of parameters."""
    if not data:
        return defaults
    group: type = type(defaults)
    known = specs_of(group)
    written = {
        name: _number(known[name][0], known[name][1].choices, value)
        for name, value in data.items()
        if name in known and isinstance(value, bool | int | float | str)
    }
    return defaults._replace(**written)


def _number(kind: type, choices: tuple[str, ...], value: Any) -> Any:
    if choices:
        return choices.index(value)
    if isinstance(value, Cents):
        return kind(value)
    return value + 0.0 if kind is float else value  # adding zero turns -0.0 into 0.0: one digest for one meaning


def is_broken(layer: Layer, path: Path) -> bool:
    """Tell whether a value, or a table around it, was refused."""
    return any(found(layer.data, path[:size]) is BROKEN for size in range(1, len(path) + 1))


def resolved_arm(title: str, case: Case) -> dict[str, Any]:
    """Write an arm with every value, in the order of definition."""
    body: dict[str, Any] = {"title": title}
    body |= {name: _words(group) for name, group in case.params._asdict().items()}
    if case.entrant >= 0:
        body["entry"]["firm"] = case.firms[case.entrant].name
    body["firms"] = {plan.name: _resolved_plan(plan) for plan in case.firms}
    return body


def _resolved_plan(plan: FirmPlan) -> dict[str, Any]:
    return {"count": plan.count, "founded": plan.founded} | {
        name: _words(getattr(plan, name)) for name in ("start", "strategy", "pivot", "after")
    }


def _words(group: Any) -> dict[str, Any]:
    return dict(_worded(group))


@lru_cache(maxsize=4096, typed=True)
def _worded(group: Any) -> dict[str, Any]:
    """Most groups are the same in all arms and at all points of a sweep; groups of different types never count as equal."""
    values = group._asdict()
    definition: type = type(group)
    return {
        name: spec.choices[values[name]] if spec.choices else values[name] for name, (_, spec) in specs_of(definition).items()
    }
