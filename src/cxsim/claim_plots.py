"""Figures of claims: data in, Figure out. Nothing is shown or saved here."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import FuncFormatter, MaxNLocator

from cxsim.experiments.claims.claim import Claim
from cxsim.experiments.claims.report import DECISIVE, Row, figure, ids, left_of, of_kind, unsure
from cxsim.palette import COLOURS
from cxsim.plots import wrapped

FULL_COLOUR, DECISIVE_COLOUR, SHOWN_COLOUR = COLOURS[0], COLOURS[1], "#777777"
LEAST, MOST = -1.0, 3.0  # shares at which the colours of the heat map end; white lies in the middle, at 1: all is left
DARK = 1.3  # distance from 1 beyond which a cell is so dark that figures are written in white


def claim_figure(rows: Sequence[Row], claim: Claim) -> Figure:
    """Draw the effect of one claim and what is left of it without each mechanism, with intervals."""
    effect = of_kind(rows, claim.id, "effect")[0]
    lines = [("as it is", effect, FULL_COLOUR, "o")]
    for row in of_kind(rows, claim.id, "ablation"):
        decisive = row.text == DECISIVE
        colour, marker = (DECISIVE_COLOUR, "s") if decisive else (SHOWN_COLOUR, "D")
        lines.append((row.name if decisive else f"{row.name} (not decisive)", row, colour, marker))
    if len(lines) == 1:  # no mechanism to switch off: show what the effect is made of
        details = (row for row in of_kind(rows, claim.id, "detail") if row.unit == claim.unit)
        lines += [(row.name, row, SHOWN_COLOUR, "D") for row in details]
    drawn = _figure(8.6, 2.5 + 0.5 * len(lines))
    axes = drawn.subplots()
    for place, (_, row, colour, marker) in enumerate(lines):
        _point(axes, place, row, colour, marker)
    _dress(axes, [name for name, *_ in lines], claim)
    verdict = of_kind(rows, claim.id, "verdict")[0].text
    drawn.suptitle(wrapped(f"{claim.id}, {verdict}: {claim.text}", 82), fontsize="large", fontweight="bold")
    direction = "right" if claim.sign > 0 else "left"
    band = f"{figure(-claim.band, claim.unit)} to {figure(claim.band, claim.unit)}"
    note = f"verdict: {verdict}. Mean with 95 % interval over {effect.n} paired seeds; the claim points to the {direction}; "
    text = wrapped(f"{note}grey: so small that it counts as none ({band})", 105)
    drawn.supxlabel(text, fontsize="small", color="#444444", parse_math=False)
    return drawn


def _figure(width: float, height: float) -> Figure:
    return Figure(figsize=(width, height), dpi=120, layout=ConstrainedLayoutEngine(w_pad=0.12, h_pad=0.1))


def _point(axes: Axes, place: int, row: Row, colour: str, marker: str) -> None:
    if math.isnan(row.mean):
        return
    found = row.estimate
    reach = [[found.mean - found.low], [found.high - found.mean]] if found.has_interval else None
    axes.errorbar(found.mean, place, xerr=reach, fmt=marker, color=colour, markersize=7, capsize=4, linewidth=1.8)
    axes.annotate(
        figure(found.mean, row.unit), (found.mean, place), (0, 9), textcoords="offset points", ha="center", fontsize="small"
    )


def _dress(axes: Axes, names: list[str], claim: Claim) -> None:
    axes.axvspan(-claim.band, claim.band, color="#DDDDDD", linewidth=0)
    axes.axvline(0, color="#555555", linewidth=1)
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.5, -0.7)
    axes.xaxis.set_major_locator(MaxNLocator(6))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: figure(value, claim.unit)))
    axes.set_xlabel(claim.measure)
    axes.margins(x=0.12)
    axes.grid(True, axis="x", color="#E6E6E6", linewidth=0.6)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def heat_map(rows: Sequence[Row], numbers: dict[str, str]) -> Figure:
    """Draw the knock-out matrix: what is left of the effect of each claim with each mechanism off."""
    claims, names = ids(rows), list(numbers)
    left = np.array([[left_of(rows, claim, name)[0] for name in names] for claim in claims])
    drawn = _figure(3.2 + 0.62 * len(names), 2.8 + 0.36 * len(claims))
    axes = drawn.subplots()
    image = axes.imshow(np.clip(left, LEAST, MOST), cmap="PuOr", vmin=LEAST, vmax=MOST, aspect="auto")
    axes.set_xticks(range(len(names)), [f"{numbers[name]} {name}" for name in names], rotation=45, ha="right")
    axes.set_yticks(range(len(claims)), [f"{claim} ?" if unsure(rows, claim) else claim for claim in claims])
    for i, claim in enumerate(claims):
        for j, name in enumerate(names):
            share, sure = left_of(rows, claim, name)
            text = "" if math.isnan(share) else f"{share + 0.0:.1f}" if abs(share) < 10 else f"{share:.0f}"
            look: dict[str, Any] = {
                "fontweight": "bold" if sure else "normal",
                "color": "white" if abs(share - 1) > DARK else "black",
            }
            axes.text(j, i, text.replace("-0.0", "0.0"), ha="center", va="center", fontsize="small", **look)
    drawn.suptitle("What is left of each effect with one mechanism off", fontsize="large", fontweight="bold")
    drawn.colorbar(image, ax=axes, label="share of the effect that is left (1: the mechanism has no part in it)", shrink=0.9)
    note = (
        "bold: the change is significant (95 % interval of the paired difference leaves out zero); ?: the effect itself is not"
    )
    drawn.supxlabel(note, fontsize="small", color="#444444")
    return drawn
