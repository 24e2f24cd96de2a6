"""Results of ``cxsim run`` read back from their folder, for whatever is made of them later."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from cxsim import store
from cxsim.errors import StoreError
from cxsim.measures.series import RunTables
from cxsim.measures.tables import Columns
from cxsim.studies.run.answer import Scope, plans_of, scope_of
from cxsim.studies.run.summary import SummaryRow, of_all_arms


class RunResults(NamedTuple):
    """One folder of results: where it is, its manifest, its two tables, its summary, and the name it has in a comparison."""

    place: store.ResultFolder
    manifest: Mapping[str, Any]
    months_table: Columns
    runs: Columns
    rows: list[SummaryRow]
    label: str = ""

    @property
    def scenario(self) -> Mapping[str, Any]:
        """The resolved scenario."""
        found: Mapping[str, Any] = self.manifest["scenario"]
        return found

    @property
    def scope(self) -> Scope:
        """What its answer is about."""
        return scope_of(self.scenario)

    @property
    def plans(self) -> list[str]:
        """Firm plans of which there are firms from the start or founded later, in order."""
        return plans_of(self.scenario)

    @property
    def picture(self) -> RunTables:
        """What figures are made from."""
        return run_tables(self.scenario, self.months_table, self.runs)


def run_tables(resolved: Mapping[str, Any], months: Columns, runs: Columns) -> RunTables:
    """Take what figures of a scenario are made from: the runs that its summary counts; arms without any are left out."""
    months, runs = of_all_arms(months, runs), of_all_arms(runs, runs)
    arms = [arm for arm in resolved["arms"] if (runs["arm"] == arm).any()]
    return RunTables(months, runs, arms, resolved["focal"], plans_of(resolved), resolved["months"])


def read_run(place: store.ResultFolder, manifest: store.Manifest) -> RunResults:
    """Read results back, each file verified by its digest. Raises :class:`StoreError` when they are not those of a run."""
    if not {"months.parquet", "runs.parquet", store.SUMMARY} <= set(manifest["files"]):
        command = " ".join(str(manifest.get("command", "another command")).split()[:2])  # such as cxsim claims
        raise StoreError(f"{place.shown} holds no results of cxsim run: it was made by {command}")
    tables = {name: store.read(place, manifest, name) for name in ("months", "runs")}
    return RunResults(place, manifest, tables["months"], tables["runs"], store.read_rows(place, manifest, SummaryRow))
