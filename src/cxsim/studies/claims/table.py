"""All claims in order."""

from cxsim.studies.claims import customers, size, small_firms
from cxsim.studies.claims.claim import Claim

CLAIMS: dict[str, Claim] = {claim.id: claim for claim in (*small_firms.CLAIMS, *customers.CLAIMS, *size.CLAIMS)}
