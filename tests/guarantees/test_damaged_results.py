"""Damage to results of any command is never silent: ``verify`` tells, and who reads them gets the same numbers or is refused.

Beside the results of each command lie others of the same shape, so that files may be those of another. Whoever goes on with
work that was interrupted ends with the tables of one that was not, or is refused.
"""

import os
import random
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from click.testing import CliRunner
from damages import WAYS, contents, damage
from tiny_sweeps import SCENARIO, Here, Told, do, place_of, tiny

import cxsim
from cxsim.cli import group
from cxsim.errors import CxsimError
from cxsim.store import provenance, read_manifest
from cxsim.store.folder import MANIFEST
from cxsim.store.journal import JOURNAL
from cxsim.store.verify import verify_folder
from cxsim.studies.result import Result
from cxsim.studies.sweep import run
from cxsim.studies.sweep.design import Design
from cxsim.studies.sweep.merge import merge

HERE, OTHER, OUT = "here", "other", "out"  # the damaged folder, one like it, and what is made from them
ALL = 10_000
TIMES = re.compile(r" in [\d.]+ s\b")
QUICK = ("--no-plots", "--no-report", "--workers", "1")
SMALL = ("--months", "12", "--replicates", "3", "--set", "market.customers=150", *QUICK)
SEEDS = {HERE: "1", OTHER: "2"}
REPLICATES = {HERE: "3", OTHER: "2"}
VALUES = {HERE: [0.2, 0.8], OTHER: [0.3, 0.7]}
MORRIS = {"method": "morris", "trajectories": 4, "levels": 4}
Maker = Callable[[str], object]  # of the folder with a name, below the folder of work
Reader = Callable[[], object]  # what is read from the folder, in an order that does not depend on chance


class RefusedError(Exception):
    """A command said that it will not."""


def told(*words: str, err: bool = False) -> str:
    """What a command prints, or tells beside that. A traceback is what no damage may come to."""
    done = CliRunner().invoke(group, words)
    if done.exit_code not in (0, 3) and isinstance(done.exception, SystemExit | CxsimError):
        raise RefusedError
    if done.exception and not done.exit_code == 3:
        raise done.exception
    return TIMES.sub("", done.stderr if err else done.stdout)


def tables(folder: str = OUT) -> dict[str, bytes]:
    """Bytes of the tables that are among the results in a folder."""
    found, manifest = contents(Path(folder)), Path(folder, MANIFEST)
    known = read_manifest(place_of(Path(folder)))["files"] if manifest.exists() else found
    return {name: content for name, content in found.items() if name in known and name.endswith((".csv", ".parquet", ".txt"))}


def again(*words: str) -> Reader:
    """The command that made the results: what it tells of those that are there by then, and its tables."""

    def read() -> object:
        told(*words, "--out", HERE)  # makes them where nothing is left
        return told(*words, "--out", HERE), tables(HERE)

    return read


def page() -> object:
    told("report", HERE, "--out", "page.html")
    return Path("page.html").read_text(encoding="utf-8")


def exported() -> object:
    told("export", HERE, "--csv", "--out", OUT)
    return tables()


def compared() -> object:
    return told("compare", HERE, OTHER, "--out", OUT, *QUICK[:2]), tables()


def analysed() -> object:
    return told("sensitivity", HERE, "--out", OUT, *QUICK), tables()


def resumed() -> object:
    """Whoever is told that what was asked is not what the journal is of goes on with that, which is no silent change."""
    if "other work and are passed over" in told("resume", HERE, err=True):
        raise RefusedError
    return told("resume", HERE), tables(HERE)


def status() -> object:
    said = told("status", HERE)
    if ": finished" not in said:
        raise RefusedError
    return said


def tried_again() -> object:
    if "nothing was run" in told("retry-failed", HERE):
        raise RefusedError
    return tables(HERE)


def merged() -> object:
    told("merge", HERE, "second", "--out", OUT, "--quiet")
    return tables()


def python(call: Callable[..., Result], *what: str, **asked: Any) -> Reader:
    def read() -> object:
        found = call(*what, **asked, out=HERE, workers=1)
        return found.sentences(), [frame.to_csv() for frame in found.frames.values()]

    return read


class Kind(NamedTuple):
    """Results of one command: how they are made, and how they are read; ``under`` is the folder that is damaged."""

    make: Maker
    readers: list[Reader]
    under: str = HERE


def command(*words: str) -> Maker:
    return lambda name: told(*words, "--seed", SEEDS[name], "--out", name)


def claims(name: str) -> None:
    told("claims", "C18", "--robustness", "2", "--replicates", REPLICATES[name], *QUICK, "--out", name)


def stopped(name: str, call: Callable[..., Any], *what: str, **asked: Any) -> None:
    """Interrupt a study when some of its runs are finished."""

    def stop(count: Any) -> None:
        if count.done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        call(*what, **asked, out=name, workers=1, watch=Told(stop))


def design(name: str = HERE, **asked: Any) -> Design:
    factors = {"market.homogeneity": VALUES[name], "market.segments": [2, 4]}
    return tiny(factors=factors, **{"replicates": 2, "detail": "months", "arms": ["customize", "pivot"]} | asked)


def screening(name: str = HERE) -> Design:
    low, high = VALUES[name]
    factors = {key: {"low": low, "high": high} for key in ("market.homogeneity", "sales.noise")}
    return tiny(factors=factors, replicates=2, design=MORRIS, measures=["value", "survived"])


def half(name: str) -> None:
    """A sweep that is interrupted in the middle."""

    def stop(count: run.Count) -> None:
        if count.done == 9:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        do(Path(name), design(name), 1, stop)


@contextmanager
def failing() -> Iterator[None]:
    """Some runs fail, however often they are done."""
    real = run.do_runs

    def fails(digest: str, numbers: list[int]) -> Any:
        return [{"error": "trouble", "seconds": 0.0} if number % 5 == 0 else real(digest, [number])[0] for number in numbers]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "do_runs", fails)
        yield


def with_failures(name: str) -> None:
    with failing():
        do(Path(name), design(name))
    assert (Path(name) / JOURNAL).exists()


def resumed_with_failures() -> object:
    with failing():
        resumed()
    return tables(HERE), read_manifest(place_of(Path(HERE)))["failures"]


def parts(name: str) -> None:
    do(Path(name), design(name).part((1, 2)))
    if name == HERE:
        do(Path("second"), design(name).part((2, 2)))


def whole_of_parts(name: str) -> None:
    places = [place_of(Path(f"{name}_{part}")) for part in (1, 2)]
    for part, place in enumerate(places, 1):
        do(place.path, design(name).part((part, 2)))
    merge(places, place_of(Path(name)))


RUN, PIVOT = ("run", "scenario.toml", *SMALL), ("pivot", "scenario.toml", *SMALL)
AUDIT = ("service", "service.toml", "--brief", "--months", "6", "--replicates", "2", *QUICK)
CLAIMS = ("claims", "C18", "--robustness", "2", "--replicates", "3", *QUICK)
COMPARE = ("compare", "run_here", "run_other", *QUICK[:2])
ASKED = {"months": 12, "replicates": 3, "set": {"market.customers": 150}}


def comparison(name: str) -> None:
    for one in (HERE, OTHER):
        if not Path(f"run_{one}").exists():
            told(*RUN, "--seed", SEEDS[one], "--out", f"run_{one}")
    told(*(COMPARE if name == HERE else ("compare", "run_other", "run_here", *QUICK[:2])), "--out", name)


KINDS = {
    "run": Kind(
        command(*RUN),
        [page, exported, compared, again(*RUN, "--seed", "1"), python(cxsim.run, "scenario.toml", **ASKED, seed=1)],
    ),
    "pivot": Kind(
        command(*PIVOT),
        [page, exported, again(*PIVOT, "--seed", "1"), python(cxsim.pivot, "scenario.toml", **ASKED, seed=1)],
    ),
    "service": Kind(command(*AUDIT), [page, exported, again(*AUDIT, "--seed", "1")]),
    "claims": Kind(claims, [page, exported, again(*CLAIMS)]),
    "compare": Kind(comparison, [page, exported, again(*COMPARE)]),
    "sweep": Kind(
        lambda name: do(Path(name), design(name)),
        [page, exported, resumed, python(lambda **how: cxsim.sweep(design(), **how)), status],
    ),
    "sweep of a screening": Kind(lambda name: do(Path(name), screening(name)), [page, exported, resumed, analysed]),
    "sweep, interrupted": Kind(half, [resumed, python(lambda **how: cxsim.sweep(design(), **how))]),
    "sweep with failed runs": Kind(with_failures, [page, exported, resumed_with_failures, tried_again]),
    "part of a sweep": Kind(parts, [page, exported, resumed, merged]),
    "merged sweep": Kind(whole_of_parts, [page, exported, resumed, python(lambda **how: cxsim.sweep(design(), **how))]),
    "claims, interrupted": Kind(
        lambda name: stopped(name, cxsim.claims, "C18", points=2, replicates=int(REPLICATES[name])),
        [python(cxsim.claims, "C18", points=2, replicates=3)],
        f"{HERE}.unfinished",
    ),
    "pivot, interrupted": Kind(
        lambda name: stopped(name, cxsim.pivot, "scenario.toml", **ASKED, seed=int(SEEDS[name])),
        [python(cxsim.pivot, "scenario.toml", **ASKED, seed=1)],
        f"{HERE}.unfinished",
    ),
}


@pytest.fixture(scope="module", autouse=True)
def quick() -> Iterator[None]:
    """Work in this process, and do not wait for the disk."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "ProcessPool", Here)
        patch.setattr(os, "fsync", lambda _: None)
        patch.setattr(provenance, "versions", dict)
        patch.setattr(provenance, "commit", lambda: None)
        yield


class Bench:
    """Results of one kind in a folder of work, which is put back after each damage."""

    def __init__(self, kind: Kind, folder: Path) -> None:
        self.kind = kind
        self.folder, self.kept = folder / "work", folder / "kept"
        self.folder.mkdir()
        for name, source in (("scenario.toml", SCENARIO), ("service.toml", SCENARIO.with_name("largeco_service.toml"))):
            shutil.copy(source, self.folder / name)
        shutil.copy(SCENARIO.with_name("baseline.toml"), self.folder)
        os.chdir(self.folder)
        for name in (HERE, OTHER):
            kind.make(name)
        shutil.copytree(self.folder, self.kept)
        assert self.damages() == []
        self.whole = [self.read(number) for number in range(len(kind.readers))]
        assert None not in self.whole

    def put_back(self) -> None:
        os.chdir(self.folder.parent)
        shutil.rmtree(self.folder)
        shutil.copytree(self.kept, self.folder)
        os.chdir(self.folder)

    def read(self, number: int) -> object:
        """What one reader reads, None when it is refused; the results are as they were before afterwards."""
        state = self.folder.with_name("state")
        shutil.copytree(self.folder, state, symlinks=True)
        try:
            return self.kind.readers[number]()
        except (RefusedError, CxsimError):
            return None
        finally:
            os.chdir(self.folder.parent)
            shutil.rmtree(self.folder)
            state.rename(self.folder)
            os.chdir(self.folder)

    def damages(self) -> list[str]:
        """What ``verify`` says, and what is plain to see: results that are not finished any more, or have no journal."""
        here, kept = Path(self.kind.under), self.kept / self.kind.under
        gone = [f"{name} is gone" for name in (MANIFEST, JOURNAL) if (kept / name).exists() and not (here / name).exists()]
        try:
            return [*verify_folder(place_of(here)), *gone]
        except CxsimError as error:
            return [str(error)]

    def try_out(self, way: str, chance: random.Random, most: int) -> str:
        """Do a damage, and say what is silently wrong of it; ``most`` is how many readers look at what ``verify`` told."""
        done = damage(Path(self.kind.under), Path(self.kind.under.replace(HERE, OTHER)), chance, way)
        if not done:
            return "nothing"
        found = self.damages()
        readers = range(len(self.whole))
        for number in chance.sample(readers, min(most, len(readers))) if found else readers:
            read = self.read(number)
            if read is not None and read != self.whole[number]:
                return f"{done}: reader {number} gets other numbers; verify: {found}"
            if read is None and not found:
                return f"{done}: reader {number} refuses what is whole"
        return ""


def wrong(kind: str, folder: Path, ways: list[str], chance: random.Random, most: int) -> tuple[list[str], Counter[str]]:
    """Silent faults of results of a kind that are damaged in some ways, and how often each way changed something."""
    before = Path.cwd()
    bench, faults, times = Bench(KINDS[kind], folder), list[str](), Counter[str]()
    try:
        for way in ways:
            said = bench.try_out(way, chance, most)
            times[way] += said != "nothing"
            if said not in ("", "nothing"):
                faults.append(said)
            bench.put_back()
    finally:
        os.chdir(before)
    return faults, times


def test_failed_runs_that_the_journal_lost_are_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``retry-failed`` said that no run has failed, and left with 0, while the manifest listed them."""
    monkeypatch.chdir(tmp_path)
    Bench(KINDS["sweep with failed runs"], tmp_path)
    Path(HERE, JOURNAL).write_bytes(Path(HERE, JOURNAL).read_bytes()[:-9].replace(b"failed", b"fooled"))
    do(Path("good"), design())
    assert tried_again() == tables("good")


def test_finished_runs_beside_failed_ones_are_not_done_anew_for_what_another_sweep_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the question of another sweep in its place, ``resume`` replaced tables that were whole, and exited with 0."""
    monkeypatch.chdir(tmp_path)
    Bench(KINDS["sweep with failed runs"], tmp_path)
    before = tables(HERE)
    shutil.copy(f"{OTHER}/asked.json", f"{HERE}/asked.json")
    with pytest.raises(CxsimError, match=r"asked\.json is damaged"):
        group.main(["resume", HERE], standalone_mode=False)
    assert tables(HERE) == before


@pytest.mark.parametrize("kind", KINDS)
def test_some_hundred_damages(kind: str, tmp_path: Path) -> None:
    faults, times = wrong(kind, tmp_path, list(WAYS), random.Random(kind), 1)
    assert not faults
    assert times.total() >= len(WAYS) - 4


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_ten_thousand_damages(kind: str, tmp_path: Path) -> None:
    chance, number = random.SystemRandom(), ALL // len(KINDS) + 1
    seed = chance.randrange(10**6)
    made = random.Random(seed)
    ways: list[str] = made.choices(list(WAYS), k=number * 5 // 4)
    faults, times = wrong(kind, tmp_path, ways, made, 2)
    assert not faults, f"seed {seed}"
    assert times.total() >= number
