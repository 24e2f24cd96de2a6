"""One page of HTML that opens without a network: texts escaped, data embedded, scripts inlined and named by their digest."""

import base64
import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cxsim.charts.vega import Drawing, draw
from cxsim.report import library
from cxsim.report.content import Futures, Report, Table
from cxsim.report.futures import plan

HERE = Path(__file__).parent
ESCAPES = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def page(reports: Sequence[Report], title: str = "") -> str:
    """Make the page of one or more reports. The same reports give the same bytes.

    Raises :class:`ReportError` when ``cxsim[report]`` is not installed.
    """
    library.require()
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    scripts = library.vega(), (HERE / "page.js").read_text(encoding="utf-8")
    setting = Environment(loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    setting.filters.update(embedded=lambda value: Markup(embedded(value)), tied=tied, drawing=draw)
    setting.tests.update(table=lambda part: isinstance(part, Table), futures=lambda part: isinstance(part, Futures))
    made: str = setting.get_template("page.html").render(
        title=title or reports[0].title,
        reports=reports,
        style=Markup((HERE / "page.css").read_text(encoding="utf-8")),
        library=Markup(scripts[0]),
        script=Markup(scripts[1]),
        policy=policy(scripts),
    )
    return made


def tied(text: str) -> str:
    """Let a cell break between a figure and its interval, and between two figures, and nowhere else.

    >>> tied("5 % (4 to 6 %) *").replace("\u00a0", "_")
    '5_% (4_to_6_%)_*'
    """
    return text.replace(" ", "\u00a0").replace("\u00a0(", " (").replace(";\u00a0", "; ")


def policy(scripts: Sequence[str]) -> str:
    """Allow these scripts and nothing else: no request, no other script, whatever text may stand in the page."""
    digests = (base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts)
    allowed = " ".join(f"'sha256-{digest}'" for digest in digests)
    rest = "style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
    return f"default-src 'none'; script-src {allowed}; {rest}"


def embedded(value: Drawing | Futures) -> str:
    """Write data as JSON that cannot end the element in which it stands."""
    data = plan(value) if isinstance(value, Futures) else {"specs": value.specs, "columns": value.columns}
    return json.dumps(_plain(data), allow_nan=False, separators=(",", ":"), ensure_ascii=False).translate(ESCAPES)


def _plain(value: Any) -> Any:
    """Turn mappings and sequences to what JSON knows; what is not known is null."""
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, str) or value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return [_plain(one) for one in value]
