"""A report as a text beside the results that it tells of, for commands that find more than they store.

It is plain JSON, in which every tuple names its type. The scenario, which the manifest knows, is filled in on reading.
"""

import json
from collections.abc import Mapping
from typing import Any

from cxsim import store
from cxsim.charts import content as charts
from cxsim.errors import StoreError
from cxsim.report import content
from cxsim.report.content import Report
from cxsim.scenario.to_toml import as_toml

PAGE = "page.json"
TAG, MAPPING = "is", "mapping"
KINDS: dict[str, Any] = {
    name: kind
    for module in (charts, content)
    for name, kind in vars(module).items()
    if hasattr(kind, "_fields") and kind.__module__ == module.__name__
}


def to_json(report: Report) -> str:
    """Write a report. Figures may be numpy's; NaN and infinity stay what they are."""
    return json.dumps(_plain(report), ensure_ascii=False, separators=(",", ":")) + "\n"


def from_json(text: str) -> Report:
    """Read a report that ``to_json`` wrote; sequences come back as lists. Raises :class:`StoreError` for any other text."""
    try:
        found = json.loads(text, object_hook=_typed)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise StoreError(f"it holds no report: {error}") from error
    if not isinstance(found, Report):
        raise StoreError("it holds no report")
    return found


def charts_in(text: str) -> list[charts.Chart]:
    """Every chart of a report that ``to_json`` wrote."""
    return [part for section in from_json(text).sections for part in section.parts if isinstance(part, charts.Chart)]


def read_report(place: store.ResultFolder, manifest: store.Manifest) -> Report:
    """Say what a command found that stored its report. Raises :class:`StoreError` when that is missing or damaged."""
    text = store.read_text(place, manifest, PAGE)
    try:
        report = from_json(text)
    except StoreError as error:
        raise StoreError(f"{place.shown}/{PAGE} is damaged: {error}; add --force to make the results again") from error
    return report._replace(scenario=as_toml(manifest["scenario"]))


def _plain(value: Any) -> Any:
    """Turn a part of a report to what JSON knows."""
    if isinstance(value, str | bool | int) or value is None:
        return value
    if hasattr(value, "_asdict"):
        return {TAG: type(value).__name__} | {name: _plain(part) for name, part in value._asdict().items()}
    if isinstance(value, Mapping):
        return {TAG: MAPPING, "of": [[str(key), _plain(part)] for key, part in value.items()]}
    if hasattr(value, "item") and not getattr(value, "shape", ()):
        return value.item()
    return value if isinstance(value, float) else [_plain(part) for part in value]


def _typed(fields: dict[str, Any]) -> Any:
    """Turn an object of JSON to the tuple or the mapping that it was."""
    kind = fields.pop(TAG)
    if kind == MAPPING:
        return dict(fields["of"])
    if not isinstance(kind, str) or kind not in KINDS:
        raise StoreError(f"it holds an unknown part {kind!r}")
    return KINDS[kind](**fields)
