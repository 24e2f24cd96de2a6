"""Things that have an id, found by the ids that a user names."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import TypeVar

from cxsim.errors import CxsimError

Thing = TypeVar("Thing")


class UnknownIdError(CxsimError):
    """An id that names nothing."""


def chosen(
    ids: Iterable[str], known: Mapping[str, Thing], noun: str, absent: Mapping[str, str] | None = None
) -> dict[str, Thing]:
    """Return what some ids name, in the order of ``known``; everything when no id is given. Capitals do not matter.

    Raises :class:`UnknownIdError`, with the nearest id; for an id in ``absent`` with the reason why there is no such thing.
    """
    wanted = {name.upper(): name for name in ids}
    for name, written in wanted.items():
        if name in known:
            continue
        if absent and name in absent:
            raise UnknownIdError(f"{noun} {name} {absent[name]}; allowed: {', '.join(known)}")
        near = get_close_matches(name, known, 1, 0.0)
        hint = f"; did you mean '{near[0]}'?" if near else ""
        raise UnknownIdError(f"no {noun} {written!r}; allowed: {', '.join(known)}{hint}")
    return {name: thing for name, thing in known.items() if not wanted or name in wanted}
