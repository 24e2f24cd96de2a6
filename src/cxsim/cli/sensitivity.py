"""``cxsim sensitivity``: which factors of a sweep matter, and which can be left alone."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from cxsim import store
from cxsim.cli.options import again, result_options
from cxsim.cli.screen import Screen, leave_if_failed
from cxsim.cli.studies import carry_out
from cxsim.cli.sweeping import worker_options
from cxsim.errors import CxsimError, StoreError
from cxsim.measures.registry import RUN_MEASURES
from cxsim.studies.base import Runner
from cxsim.studies.sensitivity.indices import require
from cxsim.studies.sensitivity.reading import check_measures, check_method
from cxsim.studies.sensitivity.study import SensitivityStudy
from cxsim.studies.sweep.check import check
from cxsim.studies.sweep.design import load_sweep
from cxsim.studies.sweep.folder import begin
from cxsim.studies.sweep.run import Execution
from cxsim.studies.sweep.study import SweepStudy


@click.command(
    "sensitivity",
    help="Tell which factors of a sweep matter, and which can be left alone, for each measure in each arm and for the "
    "difference between two arms.\n\nSWEEP is the folder of a finished sweep, or a sweep file, which is run first as "
    "'cxsim sweep' does it. Its design is method = 'morris' or 'saltelli'. docs/sensitivity.md says how to read the figures.",
    epilog="Example: cxsim sensitivity scenarios/sweeps/pivot_screening.toml --measure value",
)
@click.argument("sweep", metavar="DIR|SWEEP")
@click.option(
    "--measure",
    "measures",
    multiple=True,
    metavar="NAME",
    help="Analyse this measure instead of value and survived; repeatable.",
)
@worker_options
@result_options(out="Folder of the analysis, instead of results/sensitivity_NAME.")
def command(
    sweep: str, measures: tuple[str, ...], workers: int | None, retries: int, cluster: str | None, **given: Any
) -> None:
    """Read or run the sweep, analyse it, keep that, and tell it."""
    require()
    execution = Execution(workers, retries, cluster)
    source = store.existing_folder(sweep) if Path(sweep).is_dir() else _swept(sweep, measures, execution, given["quiet"])
    carry_out(SensitivityStudy(source, measures, again()), given)


def _swept(sweep: str, measures: Sequence[str], execution: Execution, quiet: bool) -> store.ResultFolder:
    """Run a sweep file, or go on with it, and return its folder; leave with 3 when some runs failed."""
    design = replace(load_sweep(sweep), command=f"cxsim sweep {sweep}")
    check_method(design.method, sweep)
    check(design)
    check_measures(measures, design.measures or list(RUN_MEASURES))
    study = SweepStudy(design, execution)
    folder = store.default_folder(study.folder)
    try:
        begin(folder, study.design, force=False)
    except StoreError as error:
        reason = str(error).partition("; ")[0]
        raise CxsimError(f"{reason}; run the sweep first: cxsim sweep {sweep} --force, or --out DIR") from None
    study.fill(folder, False, Runner(watch=Screen(quiet)))
    leave_if_failed([study.failed(failure) for failure in store.read_manifest(folder)["failures"]])
    return folder
