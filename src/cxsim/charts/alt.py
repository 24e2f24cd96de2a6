"""What a chart shows in words, for those who do not see it."""

import math

from cxsim.charts.content import AnyPanel, Chart, DotPlot, Panel, Series, Strip
from cxsim.charts.units import between, shown


def alternative(chart: Chart) -> str:
    """Tell what a chart shows, panel by panel."""
    several = len(chart.panels) > 1 and not chart.ghosts
    return " ".join(f"{panel.title}: {_told(panel)}" if several and panel.title else _told(panel) for panel in chart.panels)


def _told(panel: AnyPanel) -> str:
    if isinstance(panel, Panel):
        return _over_axes(panel)
    if isinstance(panel, DotPlot):
        dots = (f"{f'{dot.name} {dot.group}'.strip()}: {between(*dot[1:4], panel.axis.unit)}." for dot in panel.dots)
        return f"Figures with intervals, {panel.axis.label}. {' '.join(dots)}"
    if isinstance(panel, Strip):
        means = (f"{dot.name}: mean {between(*dot[1:4], panel.axis.unit)}." for dot in panel.means)
        return f"Values of single runs, {panel.axis.label}. {' '.join(means)}"
    return f"Map of {len(panel.rows)} by {len(panel.columns)} figures; the download holds them all."


def _over_axes(panel: Panel) -> str:
    kinds = {one.kind for one in panel.series}
    if kinds == {"area"}:
        means = (f"{one.name} {shown(math.fsum(one.y) / (len(one.y) or math.nan), panel.y.unit)}" for one in panel.series)
        return f"Stacked areas, mean {panel.y.label}: {', '.join(means)}."
    parts = [_course(one, panel) for one in panel.series]
    parts += [f"{mark.name}: {between(*mark[1:4], panel.unit_of(mark))}." for mark in panel.marks]
    what = "Points" if kinds == {"points"} else "Line chart"
    return f"{what} of {panel.y.label} by {panel.x.label}. {' '.join(part for part in parts if part)}"


def _course(series: Series, panel: Panel) -> str:
    """Tell where a line begins and ends, or where a point is."""
    known = [i for i, value in enumerate(series.y) if math.isfinite(value)]
    if not known:
        return ""
    if len(known) == 1 and series.kind == "points":
        (i,) = known
        low, high = (series.low[i], series.high[i]) if len(series.low) else (math.nan, math.nan)
        return f"{series.name}: {shown(series.x[i], panel.x.unit)}, {between(series.y[i], low, high, panel.y.unit)}."
    first, last = (shown(series.y[i], panel.y.unit) for i in (known[0], known[-1]))
    return f"{series.name}: from {first} to {last}."
