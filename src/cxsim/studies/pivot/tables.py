"""The tables of a pivot study, as frames: moments, costs of being early and late, signals, paths, and every run."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from cxsim.narrative.sentences import plural
from cxsim.statistics.figures import columns_of
from cxsim.statistics.intervals import Floats, mean_interval, median_interval, share_interval
from cxsim.statistics.ranks import carriers
from cxsim.studies.pivot.search import Best, Sample
from cxsim.studies.pivot.signals import LEAST_SEEDS, SIGNALS, Rule, Seen, find_pair, find_single, first_time, outcome
from cxsim.studies.pivot.trials import PATHS

AWAY = {"month": (6, 12, 24), "customers": (2, 4), "cash": ()}  # months, or times as many customers
BAND = (10, 50, 90)  # percentiles


def _middle(values: Floats) -> float:
    known = values[~np.isnan(values)]
    return float(np.median(known)) if len(known) else math.nan


def moments_table(sample: Sample, best: Best) -> pd.DataFrame:
    """One row a moment, never last: value and survival, alone and as paired differences from the best and from never.

    Money in cents; ``month``, ``customers``, ``heads`` and ``cash`` are medians at the pivot, over runs that came to it.
    """
    value, lives = sample.table("value"), sample.table("survived")
    at_pivot = {name: sample.table(name) for name in ("customers", "heads", "cash")}
    months = np.where(sample.table("pivoted") >= 0, sample.table("pivoted"), np.nan)
    alike = bool((value == value[:, [-1]]).all())
    rows = []
    for k, label in enumerate(sample.labels):
        mine = value[:, k]
        rows.append(
            {"moment": label, "level": float(sample.levels[k]) if k < len(sample.levels) else math.nan, "n": len(value)}
            | {"came": float((~np.isnan(months[:, k])).mean()), "month": _middle(months[:, k])}
            | {name: _middle(table[:, k]) for name, table in at_pivot.items()}
            | columns_of("value", mean_interval(mine.tolist()))
            | columns_of("median", median_interval(mine.tolist()))
            | {
                "carriers": carriers(mine.tolist()).mean,
                "in_window": bool(best.window[k]),
                "best": k == best.column and not alike,
            }
            | columns_of("survived", share_interval(int(lives[:, k].sum()), len(lives)))
            | _gaps(value, lives, k, best.column, "best")
            | _gaps(value, lives, k, -1, "never")
            | columns_of("beats_never", share_interval(int((mine > value[:, -1]).sum()), len(value)))
        )
    return pd.DataFrame(rows)


def _gaps(value: Floats, lives: Floats, k: int, other: int, name: str) -> dict[str, float]:
    """Paired differences on the same seeds."""
    return columns_of(f"value_less_{name}", mean_interval((value[:, k] - value[:, other]).tolist())) | columns_of(
        f"survived_less_{name}", mean_interval((lives[:, k] - lives[:, other]).tolist())
    )


def costs_table(sample: Sample, best: Best) -> pd.DataFrame:
    """What it costs to be early or late: value and survival of other moments, less those of the best one."""
    value, lives = sample.table("value"), sample.table("survived")
    rows = [
        {"what": what, "moment": sample.labels[k], "column": k} | _gaps(value, lives, k, best.column, "best")
        for what, k in _others(sample, best)
    ]
    return pd.DataFrame(rows)


def _others(sample: Sample, best: Best) -> Iterator[tuple[str, int]]:
    by, last = sample.question.moments.by, len(sample.levels)
    levels = np.array(sample.levels, float)
    if best.column > 0:
        yield "at once" if by == "month" else "earliest", 0
    if best.column < last:
        yield "never", last
    if best.column == last:
        return
    here, taken = levels[best.column], {0, best.column}
    for away in AWAY[by]:
        for there in (here - away, here + away) if by == "month" else (here / away, here * away):
            k = int(np.abs(levels - there).argmin())
            if k not in taken and levels[0] <= there <= levels[-1]:
                taken.add(k)
                yield _apart(sample, levels[k] - here, k), k


def _apart(sample: Sample, gap: float, k: int) -> str:
    if sample.question.moments.by == "month":
        return f"{plural(int(abs(gap)), 'month')} {'early' if gap < 0 else 'late'}"
    return f"{'early' if gap < 0 else 'late'}, at {sample.labels[k]}"


def signals_table(sample: Sample) -> pd.DataFrame | None:
    """Score visible signals; None when the candidates are no months, or seeds are too few to be halved.

    ``value`` is the mean on seeds that the rule was not found on, with differences from the best moment known afterwards for
    each seed, from a pivot when viable, and from the fixed month that was best on the seeds that rules were found on.
    """
    if sample.question.moments.by != "month" or len(sample.trials) < 2 * LEAST_SEEDS:
        return None
    seen = seen_by(sample)
    found, scored = seen.of(slice(0, None, 2)), seen.of(slice(1, None, 2))
    viable = sample.when_viable("value")[1::2]
    single, pair = find_single(found), find_pair(found)
    month = int(found.values.mean(axis=0).argmax())
    against = {"hindsight": scored.values.max(axis=1), "viable": viable, "fixed": scored.values[:, month]}
    rows = [_score("fixed month", sample.labels[month], against["fixed"], against, float(found.values[:, month].mean()))]
    rows.append(_score("when viable", "pivot when viable", viable, against, float(sample.when_viable("value")[::2].mean())))
    rows.append(_score("hindsight", "the best moment of each seed", against["hindsight"], against, math.nan))
    for rule in (*single, *([pair] if pair else [])):
        kind = "pair" if rule is pair else "single"
        row = _score(kind, str(rule), outcome(rule, scored), against, float(outcome(rule, found).mean()))
        rows.append(row | _timing(sample, rule, scored) | {"best_of_its_kind": rule in (pair, single[0] if single else None)})
    return pd.DataFrame(rows)


def _score(kind: str, text: str, value: Floats, against: dict[str, Floats], found: float) -> dict[str, Any]:
    row: dict[str, Any] = {"kind": kind, "rule": text, "n": len(value), "value_where_found": found}
    row |= {"comes": math.nan, "month": math.nan, "best_of_its_kind": False}
    row |= columns_of("value", mean_interval(value.tolist()))
    for name, other in against.items():
        row |= columns_of(f"less_{name}", mean_interval((value - other).tolist()))
    return row


def _timing(sample: Sample, rule: Rule, seen: Seen) -> dict[str, float]:
    column = first_time(rule, seen)
    comes = column < len(sample.levels)
    months = np.array(sample.levels, float)[column[comes]]
    return {"comes": float(comes.mean()), "month": float(np.median(months)) if comes.any() else math.nan}


def seen_by(sample: Sample) -> Seen:
    """What every firm saw at the candidate months, and what it is worth by the month of its pivot."""
    signals = {name: np.array([trial.seen[name][sample.levels] for trial in sample.trials]) for name in SIGNALS}
    return Seen(signals, sample.table("value"))


def paths_table(sample: Sample) -> pd.DataFrame:
    """Months of every future: mean, median and the band from the 10th to the 90th percentile over seeds.

    ``customers`` and ``cash`` (cents) count closed firms, with 0 each; ``in_business`` is a share of seeds.
    """
    months = np.arange(sample.question.months)
    parts = []
    for k, column in enumerate(sample.kept):
        for measure, name in enumerate(PATHS):
            paths = np.array([trial.paths[measure, column] for trial in sample.trials], float)
            low, middle, high = np.percentile(paths, BAND, axis=0)
            figures = {"mean": paths.mean(axis=0), "median": middle, "low": low, "high": high}
            parts.append(pd.DataFrame({"moment": sample.labels[k], "measure": name, "month": months} | figures))
        founded = sample.question.case.firms[sample.question.plan].founded
        ends = np.array([trial.lived[column] for trial in sample.trials]) + founded
        share = (ends[:, None] > months).mean(axis=0)
        parts.append(pd.DataFrame({"moment": sample.labels[k], "measure": "in_business", "month": months, "mean": share}))
    return pd.concat(parts, ignore_index=True)


def runs_table(sample: Sample) -> pd.DataFrame:
    """Every future of every seed; ``pivoted`` and what goes with it are missing where the moment never came."""
    columns = len(sample.labels)
    frame = pd.DataFrame(
        {
            "replicate": np.repeat(sample.replicates, columns),
            "seed": np.repeat(np.array([trial.seed for trial in sample.trials], np.uint64), columns),
            "moment": np.tile(np.array(sample.labels, object), len(sample.trials)),
        }
    )
    for name in ("value", "value_cash", "lived"):
        frame[name] = sample.table(name).ravel().astype(np.int64)
    frame["survived"] = sample.table("survived").ravel().astype(bool)
    frame["pivoted"] = np.where(sample.table("pivoted") >= 0, sample.table("pivoted"), np.nan).ravel()
    for name in ("customers", "heads", "cash"):
        frame[f"{name}_at_pivot"] = sample.table(name).ravel()
    return frame
