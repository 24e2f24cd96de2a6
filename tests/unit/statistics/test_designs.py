"""Designs of samples: where points lie, that a seed gives the same ones, and what is told when a package is missing."""

import builtins
from typing import Any

import numpy as np
import pytest

from cxsim.statistics.designs import DesignSpec, MissingPackageError, latin_hypercube, problem, sampled


def test_a_design_that_says_nothing_is_a_grid_without_sampled_points() -> None:
    assert DesignSpec() == ("grid", 0, 10, 4, False, 1, "")


def test_the_cube_of_salib() -> None:
    assert problem(2) == {"num_vars": 2, "names": ["x0", "x1"], "bounds": [[0.0, 1.0], [0.0, 1.0]]}


def test_a_hypercube_without_scipy_has_one_point_in_each_slice() -> None:
    points = latin_hypercube(12, 3, 5)
    assert points.shape == (12, 3)
    assert (np.sort((points * 12).astype(int), axis=0) == np.arange(12)[:, None]).all()
    assert latin_hypercube(3, 2, 7).tolist() == [
        [0.07506906333019729, 0.4333887616370751],
        [0.9578511484654206, 0.6684217681885248],
        [0.6070761394609221, 0.2656898095840154],
    ]


@pytest.mark.parametrize(
    ("layout", "points"),
    [
        (DesignSpec("latin_hypercube", points=6), 6),
        (DesignSpec("sobol", points=8), 8),
        (DesignSpec("morris", trajectories=5), 5 * 4),
        (DesignSpec("saltelli", points=4), 4 * 5),
        (DesignSpec("saltelli", points=4, second_order=True), 4 * 8),
    ],
)
def test_every_method_fills_the_cube_and_repeats_itself(layout: DesignSpec, points: int) -> None:
    found = sampled(layout, 3, "here")
    assert found.shape == (points, 3)
    assert layout.sampled_points(3) == points
    assert ((found >= 0) & (found <= 1)).all()
    assert found.flags["C_CONTIGUOUS"]
    assert found.dtype == np.float64
    assert sampled(layout, 3, "here").tobytes() == found.tobytes()
    assert sampled(layout._replace(seed=2), 3, "here").tobytes() != found.tobytes()


def test_morris_steps_between_levels() -> None:
    assert set(np.round(sampled(DesignSpec("morris", levels=4), 2, "here") * 3, 9).ravel()) <= {0.0, 1.0, 2.0, 3.0}


@pytest.mark.parametrize(("method", "package"), [("sobol", "scipy"), ("morris", "SALib"), ("saltelli", "SALib")])
def test_a_missing_package_is_told_with_its_remedy(monkeypatch: pytest.MonkeyPatch, method: str, package: str) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name.partition(".")[0] == package:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingPackageError) as caught:
        sampled(DesignSpec(method, points=4), 2, "sweep.toml")
    told = f"sweep.toml: design.method: method = '{method}' needs the package {package}; install it with: "
    assert str(caught.value).startswith(told)
    assert "pip install 'cxsim[sensitivity]'" in str(caught.value)


def test_a_package_without_a_name_is_taken_for_scipy(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def broken(name: str, *rest: Any, **more: Any) -> Any:
        if name == "scipy.stats":
            raise ImportError("broken")
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", broken)
    with pytest.raises(MissingPackageError, match="needs the package scipy;"):
        sampled(DesignSpec("latin_hypercube", points=4), 2, "sweep.toml")
