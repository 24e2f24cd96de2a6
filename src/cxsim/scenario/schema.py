"""What a scenario file may say: pydantic models and a JSON Schema, both generated from the parameters' own definitions.

Every key is optional here, because a file may be an addition to another one (``extends``), an arm or a ``--set``. What the
whole must have, and what contradicts itself, is checked in ``contradictions`` once everything is put together.
"""

from functools import cache
from typing import Annotated, Any, Literal, NamedTuple, TypeAlias, get_type_hints

import pydantic
from pydantic import BaseModel, ConfigDict, StringConstraints, TypeAdapter, create_model
from pydantic.fields import FieldInfo
from pydantic.json_schema import GenerateJsonSchema

from cxsim.model.params import Params, Pivot, Spec, Start, Strategy, specs
from cxsim.scenario.dollars import EXAMPLES, PATTERN, is_money
from cxsim.scenario.messages import Path, number, one_of

NAME_PATTERN = r"^[a-z][a-z0-9_]{0,39}$"
NAME_RULE = "a small letter, then small letters, digits or _, at most 40 characters"
MOST_ARMS = 200
MOST_FIRM_BLOCKS = 50
_LINE = r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]+$"
_TEXT = r"^[^\x00-\x08\x0b-\x1f\x7f-\x9f]+$"


_NAME = Annotated[str, StringConstraints(pattern=NAME_PATTERN)]

Field: TypeAlias = tuple[Any, FieldInfo]  # type of a value, and what else there is to say of it
specs_of = cache(specs)


class RunSettings(NamedTuple):
    """How often and how long the scenario is run."""

    months: Annotated[int, Spec("months", 1, 1200, "how long each run lasts", "setting")] = 120
    seed: Annotated[int, Spec("-", 0, 2**63 - 1, "seed of the first replicate; all arms share the seeds", "setting")] = 1
    replicates: Annotated[int, Spec("runs", 1, 100_000, "runs of each arm, each with a seed of its own", "setting")] = 20


class Block(NamedTuple):
    """How many firms a block stands for, and when they are founded."""

    count: Annotated[int, Spec("firms", 1, 100_000, "how many such firms", "setting")] = 1  # type: ignore[assignment]
    founded: Annotated[int, Spec("month", 0, 1199, "month in which they are founded; 0: there from the start", "setting")] = 0


FIRM_GROUPS: dict[str, type] = {"start": Start, "strategy": Strategy, "pivot": Pivot, "after": Strategy}
GROUPS: dict[str, type] = {name: kind for name, kind in get_type_hints(Params).items()}  # noqa: C416 (a typed copy)
TEXTS = {
    "title": ("what the scenario is called", 120, _LINE),
    "question": ("the question that the scenario answers, in words", 500, _LINE),
    "look_for": ("what to look at in the results, in two or three sentences", 2000, _TEXT),
}
NAMES = {
    "focal": "firm block that the answer is about; the first one when left out",
    "extends": "scenario file, relative to this one, whose values hold where this file is silent",
    "entry.firm": "firm block that entering firms copy",
}
_DOC = {
    "firms": "Kinds of firms. A file that extends another and names any firm keeps only the firms it names; each starts from"
    " the block of the same name there.",
    "arms": "What is compared: each arm is the scenario with the changes named here. Left out: one arm, 'base'. The arms of a"
    " file replace those of the file it extends.",
    "firm": "A kind of firm: how it starts and what it decides, before and after a pivot.",
    "after": "What the firm decides after its pivot. What is left out stays as in 'strategy'.",
    "arm": "A title, and what differs from the scenario in this arm.",
    "file": "A scenario: a market, firms, and arms to compare.",
}


def _annotation(kind: type, spec: Spec) -> Any:
    if spec.choices:
        return Literal[spec.choices]
    if kind is bool:
        return bool
    return Annotated[kind, pydantic.Field(ge=kind(spec.low), le=kind(spec.high))]


@cache
def value_type(kind: type, spec: Spec) -> TypeAdapter[Any]:
    """Build what validates a value of a parameter."""
    return TypeAdapter(_annotation(kind, spec), config=ConfigDict(strict=True, allow_inf_nan=False))


def _or_dollars(schema: dict[str, Any]) -> None:
    """Allow an amount in dollars too, which is turned into cents before the model sees it."""
    number = {key: schema.pop(key) for key in ("type", "minimum", "maximum") if key in schema}
    pattern = PATTERN if number["minimum"] < 0 else PATTERN.replace("-?", "")
    schema["anyOf"] = [number, {"type": "string", "pattern": pattern}]


def _describe(spec: Spec) -> str:
    likely = f" Likely {number(spec.likely[0])} to {number(spec.likely[1])}." if spec.likely else ""
    source = "" if spec.source in ("setting", "lever", "ablation") else f" Source: {spec.source}."
    dollars = f", or {EXAMPLES}" if is_money(spec) else ""
    unit = "" if spec.unit in ("-", "choice", "yes/no", "on/off") else f" ({spec.unit}{dollars})"
    return f"{spec.meaning[0].upper()}{spec.meaning[1:]}{unit}.{likely}{source}"


def _optional(kind: Any, description: str, default: Any = None, with_default: bool = False, **bounds: Any) -> Field:
    """Build a field that may be left out; the default appears in the schema only where it would really hold."""
    given: dict[str, Any] = {"default": default} if with_default else {"default_factory": lambda: default}
    return kind, pydantic.Field(description=description, **given, **bounds)


def _model(name: str, doc: str, fields: dict[str, Field]) -> type[BaseModel]:
    config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False, defer_build=True)  # built once, as a whole
    model: type[BaseModel] = create_model(name, __config__=config, __doc__=doc, **fields)  # type: ignore[call-overload]
    return model


def _fields(group: type, with_default: bool) -> dict[str, Field]:
    defaults = group()._asdict()
    fields = {}
    for name, (kind, spec) in specs_of(group).items():
        default = spec.choices[defaults[name]] if spec.choices else defaults[name]
        more = {"json_schema_extra": _or_dollars} if is_money(spec) else {}
        fields[name] = _optional(_annotation(kind, spec), _describe(spec), default, with_default, **more)
    return fields


def _text(name: str) -> Field:
    meaning, longest, pattern = TEXTS[name]
    return _optional(Annotated[str, StringConstraints(max_length=longest, pattern=pattern)], meaning)


def _table(name: str, with_default: bool, doc: str, fields: dict[str, Field]) -> Field:
    return _optional(_model(name.capitalize() + ("" if with_default else "Change"), doc, fields), doc)


def _body(with_default: bool) -> dict[str, Field]:
    body: dict[str, Field] = {}
    for name, group in GROUPS.items():
        firm = {"firm": _optional(_NAME, NAMES["entry.firm"])} if name == "entry" else {}
        body[name] = _table(name, with_default, group.__doc__ or "", _fields(group, with_default) | firm)
    firm = _fields(Block, with_default)
    for name, group in FIRM_GROUPS.items():
        doc = _DOC["after"] if name == "after" else group.__doc__ or ""
        firm[name] = _table(name, with_default, doc, _fields(group, with_default and name != "after"))
    kind, _ = _table("firm", with_default, _DOC["firm"], firm)
    return body | {"firms": _named(kind, "firms", MOST_FIRM_BLOCKS)}


def _named(model: type[BaseModel], name: str, most: int) -> Field:
    closed = {"additionalProperties": False}  # pydantic leaves this out, although it does refuse other names
    return _optional(dict[_NAME, model], _DOC[name], max_length=most, json_schema_extra=closed)  # type: ignore[valid-type]


@cache
def document_model(for_editors: bool = False) -> type[BaseModel]:
    """Build the model of a whole scenario file. For editors, defaults are left out where they do not hold: in arms."""
    body = _body(True)
    arm = _model("Arm", _DOC["arm"], {"title": _text("title")} | (_body(False) if for_editors else body))
    fields = {name: _text(name) for name in TEXTS}
    fields["extends"] = _optional(Annotated[str, StringConstraints(min_length=1, max_length=1000)], NAMES["extends"])
    fields |= _fields(RunSettings, True)
    fields |= {"focal": _optional(_NAME, NAMES["focal"]), **body, "arms": _named(arm, "arms", MOST_ARMS)}
    return _model("Scenario", _DOC["file"], fields)


class _Untitled(GenerateJsonSchema):
    def field_title_should_be_set(self, schema: Any) -> bool:
        """Leave out titles that only repeat the key: an editor would show them instead of the meaning."""
        return False


def json_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of scenario files: completion and hover text in editors."""
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    body = document_model(for_editors=True).model_json_schema(schema_generator=_Untitled)
    return head | body | {"title": "cxsim scenario"}


def canonical(path: Path) -> Path:
    """Strip the names that a file chooses: ``arms.x.firms.y.count`` becomes ``firms.*.count``."""
    if path[:1] == ("arms",) and len(path) > 2:
        path = ("arms", "*", "title") if path[2:] == ("title",) else path[2:]
    elif path[:1] == ("arms",) and len(path) == 2:
        path = ("arms", "*")
    if path[:1] == ("firms",) and len(path) > 1:
        path = ("firms", "*", *path[2:])
    return path


@cache
def parameters() -> dict[Path, tuple[type, Spec]]:
    """Type and :class:`Spec` of every parameter and run setting, by canonical key."""
    groups: dict[Path, type] = {(): RunSettings, ("firms", "*"): Block}
    groups |= {(name,): group for name, group in GROUPS.items()}
    groups |= {("firms", "*", name): group for name, group in FIRM_GROUPS.items()}
    return {(*path, name): one for path, group in groups.items() for name, one in specs_of(group).items()}


@cache
def allowed_values() -> dict[Path, str]:
    """Say what each key may hold; a key that is not in here is unknown."""
    allowed: dict[Path, str] = {(name,): f"one text of at most {most} characters" for name, (_, most, _) in TEXTS.items()}
    allowed |= {("extends",): "the relative path of a .toml file", ("arms", "*", "title"): allowed[("title",)]}
    allowed |= {("focal",): "the name of a firm block", ("entry", "firm"): "the name of a firm block"}
    allowed |= {
        ("firms",): "a table of firm blocks",
        ("arms",): "a table of arms",
        ("arms", "*"): "a table",
        ("firms", "*"): "a table",
    }
    allowed |= {path[:-1]: "a table" for path in parameters() if len(path) > 1}
    return allowed | {path: _range(kind, spec) for path, (kind, spec) in parameters().items()}


def _range(kind: type, spec: Spec) -> str:
    if spec.choices:
        return one_of(spec.choices)
    if kind is bool:
        return "true or false"
    noun = "a whole number" if kind is int else "a number"
    unit = ("" if spec.unit == "-" else f" ({spec.unit})") + (f", or {EXAMPLES}" if is_money(spec) else "")
    return f"{noun} from {number(spec.low)} to {number(spec.high)}{unit}"


def known_keys(table: Path) -> list[str]:
    """Keys that may stand in a table, in order."""
    above = canonical(table)
    if table[:1] == ("arms",) and len(table) == 2:
        return ["title", *GROUPS, "firms"]
    return [key[-1] for key in allowed_values() if len(key) == len(above) + 1 and key[:-1] == above]
