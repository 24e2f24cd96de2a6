"""The folder of a sweep: what was asked, what is finished, and what is left, readable at any moment by anyone.

``sweep.json`` tells what was asked, and is written first. ``journal.jsonl`` grows by one line a run. Tables and a manifest come
when nothing is left.
"""

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from cxsim.errors import StoreError
from cxsim.experiments.sweep.design import Design
from cxsim.store import Place, model_digest, provenance
from cxsim.store.disk import write_whole
from cxsim.store.folder import MANIFEST
from cxsim.store.journal import JOURNAL, Journal, read_journal
from cxsim.store.lock import is_locked
from cxsim.store.results import Origin, describe, finish_folder, read_manifest

ASKED = "sweep.json"
LOCK = "lock"
FORMAT = "cxsim sweep 1"
KINDS = "kinds"  # key in the journal under which types of values stand
TABLE_PARTS = ("experiments/measures.py", "experiments/sweep/results.py", "experiments/sweep/work.py", "store/parts.py", "store/tables.py")
TEXTS = ("name", "title", "question", "look_for", "command", "started")
RECENT = 120.0  # seconds over which speed is taken


class Asked(NamedTuple):
    """What a sweep asks, and how it was started."""

    name: str
    title: str
    question: str
    look_for: str
    design: Design
    command: str
    started: str

    @property
    def identity(self) -> dict[str, str]:
        """Digests that decide whether two folders belong to the same sweep, whatever their shards."""
        plain = self.design.part((1, 1)).plain()
        text = json.dumps(plain, sort_keys=True, separators=(",", ":"))
        return {
            "design": hashlib.sha256(text.encode()).hexdigest(),
            "model": model_digest(),
            "tables": provenance.sources_digest(TABLE_PARTS),
        }


WHAT_DIFFERS = {
    "design": "another sweep",
    "model": "another version of the model",
    "tables": "another version of the tables",
}


class Status(NamedTuple):
    """How far a sweep has come. ``speed`` is in runs a second, NaN when it cannot be told."""

    total: int
    done: int
    failed: int
    speed: float
    finished: bool
    running: bool

    @property
    def left(self) -> int:
        """Runs that have neither succeeded nor failed."""
        return self.total - self.done - self.failed


def to_sealed(content: Mapping[str, Any]) -> bytes:
    """Write plain data with a digest of it, so that a flipped bit is known."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return f'{{"sha256":"{hashlib.sha256(text.encode()).hexdigest()}","content":{text}}}\n'.encode()


def read_sealed(path: Path) -> dict[str, Any]:
    """Read what :func:`to_sealed` wrote. Raises StoreError when it is damaged."""
    try:
        whole = path.read_bytes()
        sealed = json.loads(whole)
        content: dict[str, Any] = sealed["content"]
        good = to_sealed(content) == whole
    except OSError as error:
        raise StoreError(f"{path} cannot be read: {error.strerror}") from error
    except (ValueError, KeyError, TypeError):
        good = False
    if not good:
        raise StoreError(f"{path} is damaged; run the sweep again")
    return content


def write_asked(place: Place, asked: Asked) -> None:
    """Say in a folder, which there is, what is asked."""
    text = {name: getattr(asked, name) for name in TEXTS}
    content = {"format": FORMAT, **text, "identity": asked.identity, "design": asked.design.plain()}
    write_whole(place.path / ASKED, to_sealed(content), resume_words(place))


def read_asked(place: Place) -> Asked:
    """Read what a folder was made for. Raises StoreError when it is no folder of a sweep, or a damaged one."""
    path = place.path / ASKED
    if not path.is_file():
        raise StoreError(f"{place.shown} is not the folder of a sweep: it has no {ASKED}")
    content = read_sealed(path)
    if content.get("format") != FORMAT:
        raise StoreError(f"{place.shown} holds a sweep in format {content.get('format')}, not {FORMAT}; run it again")
    asked = Asked(design=Design.from_plain(content["design"]), **{name: content[name] for name in TEXTS})
    differs = [WHAT_DIFFERS[name] for name, digest in asked.identity.items() if content["identity"].get(name) != digest]
    if differs:
        raise StoreError(f"{place.shown} was made by {' and '.join(differs)}, which runs cannot be mixed with; run it again")
    return asked


def failed_key(key: str) -> str:
    """Key of a run in the journal when it failed; when it succeeds later, it has its own key as well."""
    return f"failed {key}"


def failures_of(journal: Journal) -> set[int]:
    """Numbers of the runs that failed, and have not succeeded since."""
    numbers = {key.removeprefix("failed ") for key in journal.keys() if key.startswith("failed ")}
    return {int(number) for number in numbers if number not in journal}


def kinds_of(journal: Journal) -> dict[str, str] | None:
    """Name and type of each value of a run, None before the first one."""
    return dict(journal.get(KINDS)["types"]) if KINDS in journal else None


def resume_words(place: Place) -> str:
    """Words of the command that goes on with a sweep."""
    return f"cxsim resume {place.shown}"


def status_of(place: Place) -> Status:
    """Look at a sweep, also while it runs. Raises StoreError when it cannot be read."""
    asked = read_asked(place)
    done: set[str] = set()
    failed: set[str] = set()
    times: list[float] = []
    for entry in read_journal(place.path / JOURNAL):
        if "at" in entry:
            (failed if "error" in entry else done).add(entry["key"])
            times.append(entry["at"])
    failed = {key for key in failed if key.removeprefix("failed ") not in done}
    total, finished = len(asked.design.numbers), (place.path / MANIFEST).is_file()
    if finished and not done:
        failed_runs = len(read_manifest(place)["failures"])
        return Status(total, total - failed_runs, failed_runs, math.nan, True, False)
    return Status(total, len(done), len(failed), _speed(times), finished, is_locked(place.path / LOCK))


def _speed(times: list[float]) -> float:
    """Runs a second, over the last minutes of work."""
    recent = [at for at in times if at >= max(times) - RECENT]
    passed = max(recent) - min(recent) if recent else 0.0
    return (len(recent) - 1) / passed if passed > 0 else math.nan


def write_manifest(place: Place, asked: Asked, files: Sequence[str], failures: Sequence[Mapping[str, Any]]) -> None:
    """Say which files are the results, and where they come from."""
    scenario = asked.design.scenario(0, asked.design.arms[0])
    origin = Origin(
        scenario={"sweep": {name: getattr(asked, name) for name in TEXTS}},
        scenario_digest=asked.identity["design"],
        name=asked.name,
        seed=scenario.seed,
        seeds=[],
        engine="fast",
        command=asked.command,
        started=asked.started,
        seconds=0.0,
        failures=failures,
    )
    shard, total = asked.design.shard, asked.design.total
    manifest = describe(origin) | {"identity": asked.identity, "shard": list(shard), "runs": total, "left": 0}
    finish_folder(place, manifest, [ASKED, *files], resume_words(place))
