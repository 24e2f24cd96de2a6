"""A sweep as plain data, so that what was asked can be kept beside its results and taken up again without the file."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cxsim.scenario.factors import Factor
from cxsim.scenario.sweep import Design, Sweep
from cxsim.scenario.variants import Variants

_NAMES = ("name", "title", "question", "look_for", "scenario", "settings")
_SAME = ("name", "title", "question", "look_for", "months", "seed", "replicates", "firms", "detail", "points")


def sweep_as_plain(sweep: Sweep) -> dict[str, Any]:
    """Everything that decides the runs, as data that JSON can carry; where keys stood in the file is left out."""
    return {name: getattr(sweep, name) for name in _SAME} | {
        "scenario": sweep.scenario.as_posix(),
        "settings": dict(sweep.settings),
        "variants": sweep.variants.plain(),
        "arms": list(sweep.arms),
        "measures": list(sweep.measures),
        "factors": [factor._asdict() | {"values": list(factor.values)} for factor in sweep.factors],
        "design": sweep.design._asdict(),
    }


def sweep_digest(sweep: Sweep) -> str:
    """SHA-256 of everything that decides the runs and what is kept of them; names of files and titles do not count."""
    plain = sweep_as_plain(sweep)
    asked = {name: plain[name] for name in plain if name not in _NAMES}
    asked["variants"] = [plain["variants"][name]["data"] for name in ("base", "settings")]
    return hashlib.sha256(json.dumps(asked, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def sweep_from_plain(plain: Mapping[str, Any]) -> Sweep:
    """Rebuild a sweep from what :func:`sweep_as_plain` gave, also after a way through JSON."""
    return Sweep(
        **{name: plain[name] for name in _SAME},
        scenario=Path(plain["scenario"]),
        settings=plain["settings"],
        variants=Variants.from_plain(plain["variants"]),
        arms=tuple(plain["arms"]),
        measures=tuple(plain["measures"]),
        factors=tuple(Factor(**factor | {"values": tuple(factor["values"])}) for factor in plain["factors"]),
        design=Design(**plain["design"]),
    )
