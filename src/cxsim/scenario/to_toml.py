"""A resolved scenario as the text of a scenario file that asks the same."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from cxsim.scenario.contradictions import TRIGGER_KEYS

HEAD = ("title", "question", "look_for", "months", "seed", "replicates", "focal")


def as_toml(resolved: Mapping[str, Any]) -> str:
    """Write every value, first those that all arms share. Loaded again, the text has the digest of the scenario."""
    arms = resolved["arms"]
    bodies = {name: {key: value for key, value in arm.items() if key != "title"} for name, arm in arms.items()}
    shared = _shared(list(bodies.values()))
    own = {name: _without(body, shared) for name, body in bodies.items()}
    _drop_unused([(body, own[name]) for name, body in bodies.items()], shared)
    lines = [*_values({key: resolved[key] for key in HEAD if resolved[key] != ""}), *_tables(shared, ())]
    for name, body in own.items():
        whole = {"title": arms[name]["title"]} | body
        lines += ["", f"[arms.{name}]", *_values(whole), *_tables(whole, ("arms", name))]
    return "\n".join(lines) + "\n"


def _drop_unused(arms: list[tuple[dict[str, Any], dict[str, Any]]], shared: dict[str, Any]) -> None:
    """Leave out what a pivot does not use, which scenario files may not hold."""
    for firm, plan in shared["firms"].items():
        used: set[str] = set()
        for whole, own in arms:
            mine = {"when", *TRIGGER_KEYS.get(whole["firms"][firm]["pivot"]["when"], ())}
            used |= mine
            _keep_only(own.get("firms", {}).get(firm, {}).get("pivot", {}), mine)
        _keep_only(plan["pivot"], used)


def _keep_only(table: dict[str, Any], names: set[str]) -> None:
    for name in set(table) - names:
        del table[name]


def _shared(tables: list[Any]) -> dict[str, Any]:
    """Every value that is the same in all tables, and the tables of all."""
    return {
        key: _shared([table[key] for table in tables]) if isinstance(value, dict) else value
        for key, value in tables[0].items()
        if all(key in table and (isinstance(value, dict) or table[key] == value) for table in tables)
    }


def _without(table: Mapping[str, Any], shared: Mapping[str, Any]) -> dict[str, Any]:
    inner = {key: _without(value, shared.get(key, {})) for key, value in table.items() if isinstance(value, dict)}
    return {key: inner.get(key, value) for key, value in table.items() if inner.get(key, key not in shared)}


def _values(table: Mapping[str, Any]) -> Iterator[str]:
    for key, value in table.items():
        if not isinstance(value, dict):
            yield f"{key} = {_text(value)}"


def _tables(table: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    for key, value in table.items():
        if isinstance(value, dict):
            here = (*path, key)
            own = list(_values(value))
            if own or not value:
                yield from ("", f"[{'.'.join(here)}]", *own)
            yield from _tables(value, here)


def _text(value: object) -> str:
    """Write a value as TOML does, which for text, whole numbers, fractions and yes or no is as JSON does."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
