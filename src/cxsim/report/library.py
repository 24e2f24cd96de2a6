"""The libraries that pages need, which come with ``cxsim[report]``: Vega to draw, Jinja to write."""

import tempfile
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from cxsim.errors import CxsimError
from cxsim.user_cache import cache_folder

NEEDED = {"jinja2": "jinja2", "vl_convert": "vl-convert-python"}
HINT = "pip install 'cxsim[report]'"
LICENCE = (
    "/* Vega, Vega-Lite and Vega-Embed: BSD 3-Clause, University of Washington Interactive Data Lab. D3: ISC, Mike Bostock. */"
)


class ReportError(CxsimError):
    """A report that cannot be made."""


def missing() -> list[str]:
    """Name the packages that a page needs and that are not installed, without importing any."""
    return [package for module, package in NEEDED.items() if find_spec(module) is None]


def require() -> None:
    """Raise :class:`ReportError` when something is not installed."""
    if gone := missing():
        raise ReportError(f"a report needs {' and '.join(gone)}, which {'is' if len(gone) == 1 else 'are'} not there: {HINT}")


def vega() -> str:
    """Return Vega, Vega-Lite and Vega-Embed as one script. Bundling takes a second, so the script is kept."""
    require()
    kept = _kept()
    if kept and kept.exists():
        try:
            return kept.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            pass
    import vl_convert

    bundle: Any = vl_convert.javascript_bundle  # its types ask for a snippet, which may be left out
    script = f"{LICENCE}\n{bundle()}".replace("</script", "<\\/script").replace("<!--", "<\\!--")
    if kept:
        _keep(kept, script)
    return script


def _kept() -> Path | None:
    try:
        made_by = version("vl-convert-python")
    except PackageNotFoundError:  # pragma: no cover - installed by hand
        made_by = "unknown"
    folder = cache_folder(f"pages-{made_by}")
    return folder / "vega.js" if folder else None


def _keep(path: Path, script: str) -> None:
    """Keep the script for the next time, whole or not at all; a cache that cannot be written is done without."""
    try:
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, delete=False) as draft:
            draft.write(script)
        Path(draft.name).replace(path)
    except OSError:
        pass
