"""How a customer who left a firm chooses again, among all firms and what is not simulated (M17)."""

from cxsim.model import loyalty, sales
from cxsim.model.chance import draw
from cxsim.model.features import no_features
from cxsim.model.firm_month import figures
from cxsim.model.firm_month.sell import surplus
from cxsim.model.params import Params, Strategy
from cxsim.model.state import NOBODY, Firm, Table


def choose_again(
    firms: Table[Firm], strategies: Table[Table[Strategy]], reach: Table[int], former: int, satisfaction: float,
    needs: int, wtp: int, key: int, params: Params,
) -> tuple[int, float]:  # fmt: skip
    """Firm that it turns to, and the satisfaction it starts with there; -1 when it buys from nobody.

    It looks at the offers of some firms, met in proportion to their ``reach`` (added up in order), the ``former`` supplier
    included, and takes the first that is good enough. What is found outside the simulation is good enough. M17 off: it buys
    from nobody. Source: A-SEARCH.
    """
    if not params.mechanisms.choosing_again:
        return NOBODY, 0.0
    elsewhere = sales.reach_elsewhere(params.market.customers, params.sales)
    for n in range(params.sales.search):
        f = sales.pick_by_reach(reach, elsewhere, draw(key, 2 * n))
        if f == NOBODY:
            return NOBODY, 0.0
        known = f == former
        seen = satisfaction if known else figures.shown_fit(firms[f], needs, no_features(), params)
        quality = loyalty.felt_loyalty(seen, params.mechanisms.loyalty) if known else seen
        offer = surplus(firms[f], quality, wtp, figures.in_force(firms[f], strategies), params)
        if draw(key, 2 * n + 1) < sales.inclination(offer, params.sales):
            return f, sales.first_impression(seen)
    return NOBODY, 0.0


def win_back(firm: Firm, returns: bool) -> None:
    """Count a customer who had left a firm and chose this one; ``returns``: this is the firm it had left."""
    firm.walk_ins += 1
    firm.returned += returns
