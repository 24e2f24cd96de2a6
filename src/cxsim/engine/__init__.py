"""How a case is run: the readable reference engine, the fast engine, and the tool that holds them equal."""

from typing import Literal

from cxsim.model.case import Case, History

EngineName = Literal["fast", "reference"]
ENGINES: tuple[EngineName, ...] = ("fast", "reference")


def simulate(case: Case, seed: int, months: int, engine: EngineName = "fast") -> History:
    """Run one case for some months with a replicate's seed. Both engines give the same bits; each is imported when used."""
    if engine == "fast":
        from cxsim.engine.fast.run import simulate as run
    else:
        from cxsim.engine.reference import simulate as run
    return run(case, seed, months)
