"""How a case is run: by the fast engine, or by the readable reference engine, to the same bits.

What stands here and in ``interface.py`` is all that the rest of cxsim knows of an engine.
"""

from typing import Literal

from cxsim.engine.fast.precompile import is_compiled, precompile
from cxsim.engine.interface import Engine, Simulation, pivot_now
from cxsim.model.case import Case, History

EngineName = Literal["fast", "reference"]
ENGINES: tuple[EngineName, ...] = ("fast", "reference")

__all__ = ["ENGINES", "EngineName", "Simulation", "is_compiled", "pivot_now", "precompile", "simulate", "start"]


def start(case: Case, seed: int, months: int, engine: EngineName = "fast") -> Simulation:
    """Give a run of a case on its first day; ``seed`` is the replicate's (see ``chance.replicate_seed``)."""
    return _engine(engine)(case, seed, months)


def simulate(case: Case, seed: int, months: int, engine: EngineName = "fast") -> History:
    """Run a case from its first day to its last."""
    return start(case, seed, months, engine).advance().history


def _engine(name: EngineName) -> Engine:
    """Import an engine when it is used: the one needs numba, the other Mesa."""
    if name == "fast":
        from cxsim.engine.fast.simulation import FastSimulation

        return FastSimulation
    from cxsim.engine.reference.simulation import ReferenceSimulation

    return ReferenceSimulation
