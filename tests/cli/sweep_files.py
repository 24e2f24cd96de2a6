"""What tests of the commands around sweeps share: a small sweep, and workers that are threads of the test."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from command_line import SCENARIOS

from cxsim.execution.threads import ThreadPool

RUNS = 24
SWEEP = """title = "Small"
question = "Does it matter how alike customers are?"
look_for = "Nothing at all."
scenario = "baseline.toml"
months = 24
replicates = 4
measures = ["survived", "value", "customers", "pivoted"]

[set]
"market.customers" = 300
"firms.founders.pivot.when" = "month"

[factors]
"market.homogeneity" = { values = [0.2, 0.8] }
"firms.founders.pivot.month" = { values = [0, 6, 12] }
"""
DOUBTFUL = SWEEP + '"firms.founders.strategy.price" = { values = [500, 50_000] }\n'  # cents: $5 was hardly meant
WARNING = (
    "small.toml:16:1: firms.founders.strategy.price: warning: far from the default, $500; 500 cents are $5; "
    "write '$500' if 500 dollars are meant"
)


def write_sweep(folder: Path, name: str = "small", text: str = SWEEP) -> str:
    """Write a sweep file beside its scenario, and give back its name."""
    shutil.copy(SCENARIOS / "baseline.toml", folder / "baseline.toml")
    (folder / f"{name}.toml").write_text(text)
    return f"{name}.toml"


class Here(ThreadPool):
    """A thread of the test in place of worker processes, which take a second to start."""

    limit: float | None = None

    def __init__(self, workers: int, start: Callable[..., None], args: tuple[Any, ...] = ()) -> None:
        start(*args)
        super().__init__(1)


def contents(folder: Path) -> dict[str, bytes]:
    """Bytes of every file of the tables in a folder of results."""
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.suffix in (".parquet", ".csv")}
