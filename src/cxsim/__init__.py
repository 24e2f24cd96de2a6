"""cxsim: an agent-based simulator of company growth.

>>> from cxsim import CompanyGrowthModel, load_scenario  # doctest: +SKIP
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cxsim.experiments.start import start_run
    from cxsim.mesa_model import CompanyGrowthModel
    from cxsim.scenario import Scenario, load_scenario

__all__ = ["CompanyGrowthModel", "Scenario", "__version__", "load_scenario", "start_run"]

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """Import on first use, so that ``cxsim --help`` does not wait for Mesa and numba."""
    if name == "CompanyGrowthModel":
        from cxsim.mesa_model import CompanyGrowthModel

        return CompanyGrowthModel
    if name == "start_run":
        from cxsim.experiments.start import start_run

        return start_run
    if name in ("Scenario", "load_scenario"):
        import cxsim.scenario

        return getattr(cxsim.scenario, name)
    raise AttributeError(f"module 'cxsim' has no attribute {name!r}")


def __dir__() -> list[str]:
    """List what can be imported, for completion."""
    return sorted({*globals(), *__all__})
