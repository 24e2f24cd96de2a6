"""What a sweep file may say: pydantic models, and one line that a user can act on for everything that they refuse.

Keys of scenarios, in ``[set]`` and ``[factors]``, are checked as settings are, by the model of scenario files.
"""

from collections.abc import Collection, Iterator
from functools import partial
from typing import Annotated, Any, Generic, Literal, TypeVar, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from cxsim.scenario.explain import Fault, faults_of
from cxsim.scenario.messages import Path, nearest, number, one_of
from cxsim.scenario.schema import document_model

MOST_POINTS = 10_000_000


def spacing_rule(log: bool) -> str:
    """Say what ``linspace`` or ``log`` may hold."""
    above = ", both above 0" if log else ""
    example = "[1, 1000, 7]" if log else "[0, 1, 11]"
    return f"[first, last, number of points]{above}, with 2 to {number(MOST_POINTS)} points, such as {example}"


def _spacing(log: bool) -> AfterValidator:
    def check(given: list[Any]) -> list[Any]:
        if len(given) != 3 or type(given[2]) is not int or given[2] < 2:
            raise ValueError(f"not a spacing; allowed: {spacing_rule(log)}")
        return given

    return AfterValidator(check)


def _even(levels: int) -> int:
    if levels % 2:
        raise ValueError(f"{levels} levels; allowed: an even number, so that all levels are as likely")
    return levels


Text = Annotated[str, StringConstraints(pattern=r"\S")]
Names = Annotated[list[Any], Field(min_length=1, description="a list of names")]
Values = Annotated[list[Any], Field(min_length=1, description="a list of values")]
Count = Annotated[int, Field(ge=2, le=MOST_POINTS)]


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")


class DesignTable(_Strict):
    """How points are made; which keys a method uses is said in ``METHODS``."""

    method: Literal["grid", "list", "latin_hypercube", "sobol", "csv", "morris", "saltelli"] = "grid"
    points: Count = 0
    trajectories: Count = 10
    levels: Annotated[int, Field(ge=2, le=1000), AfterValidator(_even)] = 4
    second_order: bool = False
    seed: Annotated[int, Field(ge=0, le=2**63 - 1)] = 1
    file: Text = ""


class ListedFactor(_Strict):
    """A factor of a grid or a list: its values, written in one of three ways."""

    values: Values = []
    linspace: Annotated[Values, _spacing(False)] = []
    log: Annotated[Values, _spacing(True)] = []

    @model_validator(mode="after")
    def _one_way(self) -> "ListedFactor":
        if len(self.model_fields_set) != 1:
            what = "values given in two ways" if self.model_fields_set else "no values"
            raise ValueError(f"{what}; allowed: one of values, linspace and log, such as {{ values = [0, 0.5, 1] }}")
        return self


class SampledFactor(_Strict):
    """A factor of a sampled design: values that share it out, or a range whose ends may be left to what is likely."""

    values: Values = []
    low: Any = None
    high: Any = None
    scale: Literal["linear", "log"] = "linear"

    @model_validator(mode="after")
    def _one_way(self) -> "SampledFactor":
        if self.values and len(self.model_fields_set) > 1:
            raise ValueError("values and a range; allowed: only one of them")
        return self


AnyFactor = TypeVar("AnyFactor", ListedFactor, SampledFactor)


class SweepFile(_Strict, Generic[AnyFactor]):
    """A sweep file, in which the keys of ``set`` and ``factors`` are dotted keys of scenarios."""

    title: Text = ""
    question: Text = ""
    look_for: Text = ""
    scenario: Text = ""
    set: dict[str, Any] = {}
    arms: Names = []
    months: Any = None
    seed: Any = None
    replicates: Any = None
    measures: Names = []
    firms: Literal["focal", "all"] = "focal"
    detail: Literal["runs", "months"] = "runs"
    design: DesignTable = DesignTable()
    factors: dict[str, AnyFactor] = {}


_LISTED, _SAMPLED = SweepFile[ListedFactor], SweepFile[SampledFactor]  # held, since each is built anew once it is let go
METHODS: dict[str, tuple[str, ...]] = {  # of a design, and the keys that each uses
    "grid": (),
    "list": (),
    "latin_hypercube": ("points", "seed"),
    "sobol": ("points", "seed"),
    "csv": ("file",),
    "morris": ("trajectories", "levels", "seed"),
    "saltelli": ("points", "second_order", "seed"),
}
LISTED = ("grid", "list")
HEAD = tuple(SweepFile.model_fields)
WRITTEN = {*ListedFactor.model_fields, *SampledFactor.model_fields}  # keys that tell a factor from a table around factors
NEEDED = {
    "scenario": "missing; every sweep names the scenario that it varies, such as scenario = '../baseline.toml'",
    "title": "missing; every sweep has a title, such as title = 'When to pivot'",
    "question": "missing; every sweep says in words what it asks",
}
NEEDED_BY_DESIGN = {"points": "points, such as points = 256", "file": "a file of points, such as file = 'points.csv'"}


def read(data: dict[str, Any]) -> tuple[SweepFile[Any], list[Fault]]:
    """Validate a sweep file: what it says, and what is wrong with it, which is left out of what it says."""
    table = data.get("design")
    design = table if isinstance(table, dict) else {}
    asked = design.get("method", "grid")
    method = asked if isinstance(asked, str) and asked in METHODS else "grid"
    rest = {name: value for name, value in data.items() if name != "factors" or method != "csv"}
    wrong = [*_missing(data, method), *_design_faults(design, method)]
    model: Any = _LISTED if method in LISTED else _SAMPLED
    wrong += faults_of(model, rest, partial(_allowed, method=method), partial(_unknown, method=method), object)
    bad = {path[:2] if path[0] in ("design", "factors") else path[:1] for path, _, _ in wrong}
    good = {name: _without(value, name, bad) for name, value in rest.items() if (name,) not in bad}
    return model.model_validate(good), wrong


def _without(value: Any, name: str, bad: Collection[Path]) -> Any:
    return {key: one for key, one in value.items() if (name, key) not in bad} if name in ("design", "factors") else value


def _missing(data: dict[str, Any], method: str) -> Iterator[Fault]:
    yield from (Fault((name,), True, message) for name, message in NEEDED.items() if name not in data)
    if method == "csv" and "factors" in data:
        yield Fault(("factors",), True, "not beside method = 'csv': the file of points names the factors")
    if method != "csv" and not data.get("factors"):
        example = '[factors] with lines such as "market.homogeneity" = { values = [0.2, 0.9] }'
        yield Fault(("factors",), False, f"nothing is varied; allowed: {example}")


def _design_faults(design: dict[str, Any], method: str) -> Iterator[Fault]:
    """Find what a method does not use, what it needs, and what it cannot use."""
    used = ("method", *METHODS[method])
    for name in design:
        if name in DesignTable.model_fields and name not in used:
            yield Fault(("design", name), True, f"not used by method = '{method}'; allowed: {', '.join(used)}")
    for name, example in NEEDED_BY_DESIGN.items():
        if name in used and name not in design:
            yield Fault(("design", name), True, f"missing; method = '{method}' needs {example}")
    points = design.get("points")
    if method in ("sobol", "saltelli") and type(points) is int and points > 1 and points & (points - 1):
        below = 1 << (points.bit_length() - 1)
        near = f"the nearest are {below:,} and {2 * below:,}"
        yield Fault(("design", "points"), False, f"{points:,} is no power of two, as Sobol' points need; {near}")


def _unknown(path: Path, method: str) -> str:
    *above, key = path
    if not above:
        hint = "; give it as a setting, in [set] or [factors]" if key in document_model().model_fields else nearest(key, HEAD)
        return f"unknown key; allowed: {', '.join(HEAD)}{hint}"
    if above == ["design"]:
        known = list(dict.fromkeys(["method", *METHODS[method], *DesignTable.model_fields]))
        return f"unknown key; allowed: {', '.join(known)}{nearest(key, known)}"
    known = list((ListedFactor if method in LISTED else SampledFactor).model_fields)
    if key in WRITTEN:
        where = "sampled designs" if method in LISTED else "grids and lists"
        return f"only for {where}; allowed: {', '.join(name for name in known if method in LISTED or name != 'values')}"
    return f"unknown key; allowed: {', '.join(known)}{nearest(key, known)}"


def _allowed(path: Path, method: str) -> str:
    """Say what may stand at a key."""
    if path[0] == "factors" and len(path) == 2:
        return f"a table such as {'{ values = [0, 0.5, 1] }' if method in LISTED else '{ low = 0.2, high = 0.9 }'}"
    models: dict[str, Any] = {"design": DesignTable, "factors": ListedFactor if method in LISTED else SampledFactor}
    field = (models[path[0]] if len(path) > 1 else SweepFile).model_fields[path[-1]]
    if field.description:
        return str(field.description)
    if field.annotation is bool:
        return "true or false"
    if field.annotation is int:
        low, high = (getattr(one, end) for end in ("ge", "le") for one in field.metadata if hasattr(one, end))
        return f"a whole number from {number(low)} to {number(high)}"
    if field.annotation is str:
        return "text"
    choices = get_args(field.annotation)
    return one_of(choices) if choices and all(isinstance(choice, str) for choice in choices) else "a table"
