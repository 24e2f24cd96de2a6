"""The slider over moments: the data behind it, and how each of its panels is drawn."""

import math
from typing import Any

from cxsim.charts.content import Axis
from cxsim.charts.style import COLOURS
from cxsim.charts.units import drawn
from cxsim.charts.vega import Spec, axis, field, layer, upright
from cxsim.report.content import Futures, Path


def plan(part: Futures) -> dict[str, Any]:
    """Return all that the page needs: moments, every path of every luck, and two drawings for each measure."""
    return {
        "without": part.without,
        "moments": [moment._asdict() for moment in part.moments],
        "lucks": [{"name": luck.name, "paths": [_path(path) for path in luck.paths]} for luck in part.lucks],
        "specs": [[_panel(path, future) for future in (0, 1)] for path in part.lucks[0].paths],
    }


def _path(path: Path) -> dict[str, Any]:
    return {
        "measure": path.measure,
        "without": [drawn(value, path.unit) for value in path.without],
        "chosen": [[drawn(value, path.unit) for value in line] for line in path.chosen],
        "reach": _reach(path),
    }


def _reach(path: Path) -> list[float | None]:
    """Least and most of all futures, so that a scale holds for every moment."""
    every = [value for line in (path.without, *path.chosen) for value in line if math.isfinite(value)]
    return [drawn(min([*every, 0.0]), path.unit), drawn(max([*every, 0.0]), path.unit)]


def _panel(path: Path, future: int) -> Spec:
    """Draw one future in colour and the other thin and grey; the scale holds for all moments, so that nothing jumps."""
    low, high = _reach(path)
    x = {"field": "x", **axis(Axis("month", "month"), range(len(path.without)))}
    scale = {"domainMin": {"expr": "low"}, "domainMax": {"expr": "high"}}
    y = {"field": "y", **upright(axis(Axis("", path.unit))), "scale": scale}
    mine, other = (f"datum.future == {one}" for one in (future, 1 - future))
    told = [
        field("x", "quantitative", title="month"),
        field("y", "quantitative", title=path.measure, format=y["axis"]["format"]),
    ]
    line, here = {"x": x, "y": y}, {"x": {"datum": {"expr": "moment"}, "type": "quantitative"}}
    return {
        "height": 210,
        "params": [{"name": "low", "value": low}, {"name": "high", "value": high}, {"name": "moment", "value": 0}],
        "layer": [
            layer("rule", here, data=[{}], strokeDash=[4, 3], color="#888888"),
            layer("line", line, other, strokeWidth=1, clip=True, color="#AAAAAA"),
            layer("line", line, mine, strokeWidth=2.5, clip=True, color=COLOURS[future]),
            layer("point", {**line, "tooltip": told}, mine, opacity=0, size=120, clip=True),
        ],
    }
