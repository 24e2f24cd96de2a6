"""Where the results of claims go, and in what those differ that are there already."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from cxsim.narrative.sentences import few, plural

NAME, KNOCKOUTS = "claims", "knockouts"
SPELLED_OUT = 4  # claims that the name of a folder lists; those of more are told apart by a digest


def folder_name(ids: Sequence[str], total: int, knockouts: bool) -> str:
    """Name the folder of a selection of claims, so that no two selections share one.

    >>> folder_name(["C06", "C12"], 21, False), folder_name(["C06"], 21, True), folder_name(["C06"], 1, False)
    ('claims-C06-C12', 'knockouts-C06', 'claims')
    >>> folder_name(["C01", "C02", "C03", "C04", "C05"], 21, False)
    'claims-5-from-C01-to-C05-8f5742'
    """
    kind = KNOCKOUTS if knockouts else NAME
    if len(ids) == total:
        return kind
    if len(ids) <= SPELLED_OUT:
        return "-".join([kind, *ids])
    digest = hashlib.sha256(" ".join(ids).encode()).hexdigest()[:6]
    return f"{kind}-{len(ids)}-from-{ids[0]}-to-{ids[-1]}-{digest}"


def differences(wanted: Mapping[str, Any], there: Mapping[str, Any]) -> list[str]:
    """Say in what the results asked for differ from those that are there, as ``what is there (asked: what is asked)``."""
    return list(_differences(wanted, there)) or ["other scenario files of the same claims"]


def _differences(wanted: Mapping[str, Any], there: Mapping[str, Any]) -> Iterator[str]:
    if "claims" not in there:
        yield "something other than claims"
        return
    styles: dict[str, Callable[[Any], str]] = {
        "claims": lambda ids: few(ids, SPELLED_OUT),
        "knockouts": lambda asked: "knock-outs" if asked else "claims with their ablations",
        "replicates": lambda number: f"{number} replicates" if number else "as many replicates as the scenarios say",
        "robustness": lambda points: plural(points, "point") + " of the sample",
    }
    for key, style in styles.items():
        if there.get(key) != wanted[key]:
            yield f"{style(there.get(key))} (asked: {style(wanted[key])})"
    if there.get("answered_by") != wanted["answered_by"]:
        yield "another version of the claims"
