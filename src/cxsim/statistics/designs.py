"""Sampled designs: points in the unit cube, made by scipy and SALib.

Latin hypercube: McKay, Beckman and Conover 1979. Sobol': Sobol' 1967, scrambled as Owen 1998 proposes. Morris: Morris 1991.
Saltelli: the points that first-order, total and, if asked for, second-order Sobol' indices need (Saltelli 2002).
"""

from typing import Any, NamedTuple

import numpy as np

from cxsim.errors import Problem, ScenarioError
from cxsim.statistics.intervals import Floats

EXTRA = "pip install 'cxsim[sensitivity]'"


class DesignSpec(NamedTuple):
    """How points are made. ``points`` is what is asked for; a Saltelli design has several points for each of them."""

    method: str = "grid"
    points: int = 0
    trajectories: int = 10
    levels: int = 4
    second_order: bool = False
    seed: int = 1
    file: str = ""

    def block(self, factors: int) -> int:
        """Points that belong together: a trajectory of Morris, or those that stand for one point of Saltelli."""
        several = {"morris": factors + 1, "saltelli": (2 if self.second_order else 1) * factors + 2}
        return several.get(self.method, 1)

    def sampled_points(self, factors: int) -> int:
        """How many points a sampled design has."""
        return (self.trajectories if self.method == "morris" else self.points) * self.block(factors)


class MissingPackageError(ScenarioError):
    """A design that needs a package which is not installed."""


def problem(factors: int) -> dict[str, Any]:
    """Describe the unit cube to SALib, whose analyses need what its samples were made with."""
    return {"num_vars": factors, "names": [f"x{index}" for index in range(factors)], "bounds": [[0.0, 1.0]] * factors}


def sampled(design: DesignSpec, factors: int, where: str) -> Floats:
    """Return points of shape (points, factors) in the unit cube; ``where`` is the place to name when a package is missing."""
    try:
        unit = _METHODS[design.method](design, factors)
    except ImportError as error:
        package = (error.name or "scipy").partition(".")[0]
        message = f"method = '{design.method}' needs the package {package}; install it with: {EXTRA}"
        raise MissingPackageError([Problem(where, "design.method", message)]) from None
    return np.ascontiguousarray(unit, dtype=np.float64).clip(0.0, 1.0)


def latin_hypercube(points: int, factors: int, seed: int) -> Floats:
    """Make a Latin hypercube without scipy: shape (points, factors), one in each of as many slices of every dimension.

    It draws other points than scipy does for the same seed.

    >>> sorted((latin_hypercube(4, 2, 0)[:, 1] * 4).astype(int).tolist())
    [0, 1, 2, 3]
    """
    chance = np.random.default_rng(seed)
    slices = np.array([chance.permutation(points) for _ in range(factors)]).T
    spread: Floats = (slices + chance.random((points, factors))) / points
    return spread


def _scipy(design: DesignSpec, factors: int) -> Any:
    from scipy.stats import qmc

    kind = qmc.Sobol if design.method == "sobol" else qmc.LatinHypercube
    return kind(factors, rng=np.random.default_rng(design.seed)).random(design.points)


def _morris(design: DesignSpec, factors: int) -> Any:
    from SALib.sample import morris

    return morris.sample(problem(factors), design.trajectories, num_levels=design.levels, seed=design.seed)


def _saltelli(design: DesignSpec, factors: int) -> Any:
    from SALib.sample import sobol

    chance = np.random.default_rng(design.seed)
    return sobol.sample(problem(factors), design.points, calc_second_order=design.second_order, seed=chance)


_METHODS = {"latin_hypercube": _scipy, "sobol": _scipy, "morris": _morris, "saltelli": _saltelli}
