"""From an error that pydantic found to one line that a user can act on."""

from collections.abc import Callable
from typing import Any, NamedTuple

from pydantic import BaseModel, ValidationError

from cxsim.scenario.messages import MOST_TOLD, Path, kind, nearest, shown
from cxsim.scenario.schema import MOST_ARMS, MOST_FIRM_BLOCKS, NAME_RULE, allowed_values, canonical, document_model, known_keys


class Fault(NamedTuple):
    """Something wrong with a value, or with ``key_itself``. Without a message it is among those that are only counted."""

    path: Path
    key_itself: bool
    message: str


def faults(data: dict[str, Any]) -> list[Fault]:
    """List everything that is wrong with a scenario file."""
    return faults_of(document_model(), data, lambda path: allowed_values().get(canonical(path), ""), _unknown)


def faults_of(
    model: type[BaseModel],
    data: dict[str, Any],
    allowed: Callable[[Path], str],
    unknown: Callable[[Path], str],
    choice: type = str,
) -> list[Fault]:
    """List all that a model refuses: ``allowed`` says what a key may hold, ``unknown`` what is said of a key that is none.

    Values of the type ``choice`` are taken for a wrong choice, others for something else, where there is a choice.
    """
    try:
        model.model_validate(data)
    except ValidationError as error:
        found = error.errors(include_url=False)
        told = [_fault(one, allowed, unknown, choice) for one in found[:MOST_TOLD]]
        rest = [Fault(_path(one), one["type"] == "extra_forbidden", "") for one in found[MOST_TOLD:]]
        more = [rest[0]._replace(message=f"and {len(rest):,} more problems from here on")] if rest else []
        return told + more + rest[1:]
    return []


def _path(error: Any) -> Path:
    path = tuple(str(part) for part in error["loc"])
    return path[:-1] if path[-1:] == ("[key]",) else path


def _fault(error: Any, allowed: Callable[[Path], str], unknown: Callable[[Path], str], choice: type) -> Fault:
    path, what = _path(error), error["type"]
    if error["loc"][-1:] == ("[key]",):
        return Fault(path, True, f"not a name that files and columns can bear; allowed: {NAME_RULE}")
    if what == "extra_forbidden":
        return Fault(path, True, unknown(path))
    if what == "value_error":
        return Fault(path, False, str(error["ctx"]["error"]))
    if what == "too_long":
        return Fault(path, False, f"too many of them; allowed: at most {MOST_ARMS if path == ('arms',) else MOST_FIRM_BLOCKS}")
    return Fault(path, False, _wrong_value(what, error["input"], allowed(path), choice))


def _unknown(path: Path) -> str:
    known = known_keys(path[:-1])
    elsewhere = [".".join(key) for key in allowed_values() if key[-1] == path[-1] and "*" not in key]
    hint = nearest(path[-1], known) or (f"; did you mean '{elsewhere[0]}'?" if elsewhere else "")
    return f"unknown key; allowed: {', '.join(known)}{hint}"


def _wrong_value(what: str, value: object, allowed: str, choice: type) -> str:
    """Say what is wrong with a value: ``what`` as pydantic calls it, and what is ``allowed`` in words."""
    tail = f"; allowed: {allowed}" if allowed else ""
    if allowed.startswith(("text", "a list", "a table such")):
        return f"{'an empty list' if value == [] and 'list' in allowed else shown(value)} cannot stand here{tail}"
    if what == "literal_error" and isinstance(value, choice):
        return f"{shown(value)} is not one of the choices{tail}{nearest(str(value), allowed.split(chr(39))[1::2])}"
    if what in ("greater_than_equal", "less_than_equal"):
        return f"{shown(value)} is too {'small' if what.startswith('greater') else 'large'}{tail}"
    if what == "finite_number" or (isinstance(value, float) and value - value != 0):
        return f"{shown(value)} is not a finite number{tail}"
    if what == "string_too_long":
        return f"the text is too long{tail}"
    if what == "string_too_short":
        return f"the text is empty{tail}"
    if what == "string_pattern_mismatch":
        rule = NAME_RULE if "name of" in allowed else "at least one character, none of them a control character"
        return f"{shown(value)} cannot stand here; allowed: {rule}"
    if isinstance(value, float) and value.is_integer() and "a whole number" in allowed:
        return f"{shown(value)} is {kind(value)}; write {shown(int(value))}{tail}"
    if isinstance(value, bool | int | float | str):
        return f"{shown(value)} is {kind(value)}{tail}"
    return f"{shown(value)} cannot stand here{tail}"
