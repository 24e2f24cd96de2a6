"""All claims in order, and how they are found by name."""

from difflib import get_close_matches

from cxsim.errors import CxsimError
from cxsim.experiments.claims import customers, size, small_firms
from cxsim.experiments.claims.claim import Claim

CLAIMS: dict[str, Claim] = {claim.id: claim for claim in (*small_firms.CLAIMS, *customers.CLAIMS, *size.CLAIMS)}


class UnknownClaimError(CxsimError):
    """A claim that there is not."""


def chosen(ids: tuple[str, ...]) -> list[Claim]:
    """Return the claims of some ids, in the order of the table; all when none is named."""
    wanted = {name.upper() for name in ids}
    for name in ids:
        if name.upper() not in CLAIMS:
            near = get_close_matches(name.upper(), CLAIMS, 1, 0.0)
            raise UnknownClaimError(f"no claim {name!r}; allowed: {', '.join(CLAIMS)}; did you mean '{near[0]}'?")
    return [claim for claim in CLAIMS.values() if not wanted or claim.id in wanted]
