"""Results of ``cxsim run`` read back from their folder, for whatever is made of them later."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from cxsim import store
from cxsim.errors import StoreError
from cxsim.measures.series import RunTables
from cxsim.measures.tables import Columns
from cxsim.studies.run.answer import Scope, scope_of
from cxsim.studies.run.summary import SummaryRow


class Kept(NamedTuple):
    """One folder of results: where it is, its manifest, its two tables, and its summary."""

    place: store.ResultFolder
    manifest: Mapping[str, Any]
    months_table: Columns
    runs: Columns
    rows: list[SummaryRow]

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
        first = next(iter(self.scenario["arms"].values()))["firms"]
        return [name for name, plan in first.items() if plan["count"]]

    @property
    def picture(self) -> RunTables:
        """What figures are made from; arms without a finished run are left out."""
        arms = [arm for arm in self.scope.arms if (self.runs["arm"] == arm).any()]
        return RunTables(self.months_table, self.runs, arms, self.scope.firm, self.plans, self.scope.months)


def read_run(place: store.ResultFolder) -> Kept:
    """Read results back, each file verified by its digest. Raises :class:`StoreError` when they are not those of a run."""
    manifest = store.read_manifest(place)
    if not {"months.parquet", "runs.parquet", store.SUMMARY} <= set(manifest["files"]):
        raise StoreError(f"{place.shown} holds no results of cxsim run: it was made by {shown_command(manifest)}")
    tables = {name: store.read(place, name) for name in ("months", "runs")}
    return Kept(place, manifest, tables["months"], tables["runs"], store.read_rows(place, SummaryRow))


def shown_command(manifest: Mapping[str, Any]) -> str:
    """Name the command that made results, such as ``cxsim claims``."""
    return " ".join(str(manifest.get("command", "another command")).split()[:2])
