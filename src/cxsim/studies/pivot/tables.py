"""Tables that hold more than a row a moment: the months of every future, and every run."""

import numpy as np

from cxsim.measures.tables import Columns
from cxsim.studies.pivot.sample import Sample
from cxsim.studies.pivot.trials import PATHS


def paths_table(sample: Sample) -> Columns:
    """Months of every future: mean, median and the band over seeds (see ``Sample.path``)."""
    measures = (*PATHS, "in_business")
    figures = np.concatenate([sample.path(k, measure) for k in range(len(sample.labels)) for measure in measures], axis=1)
    return {
        "moment": np.repeat(np.array(sample.labels, object), len(measures) * sample.months),
        "measure": np.tile(np.repeat(np.array(measures, object), sample.months), len(sample.labels)),
        "month": np.tile(np.arange(sample.months), len(measures) * len(sample.labels)),
    } | dict(zip(("mean", "median", "low", "high"), figures, strict=True))


def runs_table(sample: Sample) -> Columns:
    """Every future of every seed; ``pivoted`` and what goes with it are missing where the moment never came."""
    columns, (month, *at_pivot) = len(sample.labels), sample.at_pivot
    return {
        "replicate": np.repeat(sample.replicates, columns),
        "seed": np.repeat(np.array([trial.seed for trial in sample.trials], np.uint64), columns),
        "moment": np.tile(np.array(sample.labels, object), sample.runs),
        **{name: sample.table(name).ravel().astype(np.int64) for name in ("value", "value_cash", "lived")},
        "survived": sample.survived.ravel().astype(bool),
        "pivoted": sample.at_pivot[month].ravel(),
        **{f"{name}_at_pivot": sample.at_pivot[name].ravel() for name in at_pivot},
    }
