"""cxsim: an agent-based simulator of company growth.

>>> from cxsim import CompanyGrowthModel, load_scenario  # doctest: +SKIP
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cxsim.mesa_model import CompanyGrowthModel
    from cxsim.scenario import Scenario, load_scenario
    from cxsim.studies.api import claims, compare, pivot, run, sensitivity, service, sweep
    from cxsim.studies.start import start_run
    from cxsim.studies.sweep.design import Design

__all__ = [
    "CompanyGrowthModel",
    "Design",
    "Scenario",
    "__version__",
    "claims",
    "compare",
    "load_scenario",
    "pivot",
    "run",
    "sensitivity",
    "service",
    "start_run",
    "sweep",
]

__version__ = "0.1.0"


HOMES = {
    "CompanyGrowthModel": "cxsim.mesa_model",
    "Design": "cxsim.studies.sweep.design",
    "Scenario": "cxsim.scenario",
    **dict.fromkeys(("claims", "compare", "pivot", "run", "sensitivity", "service", "sweep"), "cxsim.studies.api"),
    "load_scenario": "cxsim.scenario",
    "start_run": "cxsim.studies.start",
}


def __getattr__(name: str) -> Any:
    """Import on first use, so that ``cxsim --help`` does not wait for Mesa and numba."""
    if name not in HOMES:
        raise AttributeError(f"module 'cxsim' has no attribute {name!r}")
    return getattr(import_module(HOMES[name]), name)


def __dir__() -> list[str]:
    """List what can be imported, for completion."""
    return sorted({*globals(), *__all__})
