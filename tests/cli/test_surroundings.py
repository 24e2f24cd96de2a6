"""Names, places, users and locales that are not those of the authors change no result, and a place that is no good is told."""

import errno
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from command_line import FAKES, PACKAGE, SCENARIOS, Cxsim
from sweep_files import Here, write_sweep

from bad_disk import small_disk

SCENARIO = (SCENARIOS / "survive_to_thrive.toml").read_text(encoding="utf-8")
SHORT = ("--months", "12", "--replicates", "2")
SMALL = """
title = "Größe → and more"
question = "What comes?"
months = 3
replicates = 3
[market]
customers = 200
[firms.a.start]
customers = 5
"""
BYTES = "R\udcff\udcfe"  # what Python makes of a name that is not UTF-8
NAMES = ["with spaces", "Größe 结果 → 🚀", "'quoted' \"twice\" $HOME `id` *", "-dash", "e\u0301 combined", "two\nlines", BYTES]
NOBODY = 54321


@pytest.fixture
def faked(cxsim: Cxsim) -> Cxsim:
    """Commands on made-up histories."""
    cxsim.engine(FAKES["simulate"])
    cxsim.patch.setattr("cxsim.studies.sweep.run.ProcessPool", Here)
    cxsim.patch.setattr("cxsim.studies.sweep.work.simulate", FAKES["simulate"])
    return cxsim


def make(folder: Path) -> None:
    try:
        folder.mkdir()
    except OSError:
        pytest.skip("this file system has no such names")


@pytest.mark.parametrize(("name", "within"), [*((name, False) for name in NAMES), (BYTES, True)], ids=ascii)
def test_any_name_of_a_folder_will_do(faked: Cxsim, name: str, within: bool) -> None:
    """One that is not UTF-8, such as an old disk's, ended a command after its work; so did any letter in a plain C locale."""
    folder = faked.folder / name
    make(folder)
    write_sweep(folder)
    (folder / "ours.toml").write_text(SCENARIO, encoding="utf-8")
    if within:
        faked.patch.chdir(folder)
    at = "" if within else f"./{name}/"
    ran, swept = f"{at}ran", f"{at}swept"
    lines = [
        ("check", f"{at}ours.toml", f"{at}small.toml"),
        ("run", f"{at}ours.toml", *SHORT, "--out", ran, "--no-plots"),
        ("run", f"{at}ours.toml", *SHORT, "--out", f"{at}other", "--seed", "5", "--no-plots", "--no-report"),
        ("run", f"{at}ours.toml", *SHORT, "--out", ran, "--no-plots"),  # they are there
        ("compare", ran, f"{at}other", "--out", f"{at}compared", "--no-plots"),
        ("sweep", f"{at}small.toml", "--out", swept, "--quiet"),
        ("resume", swept),
        ("report", swept),
        ("report", ran, f"{at}other", "--out", f"{at}both.html"),
        ("export", ran, "--csv", "--out", f"{at}tables"),
        ("export", swept, "--csv", "--out", f"{at}more tables"),
        ("schema", "--out", f"{at}schema.json"),
        ("init", f"{at}examples"),
        ("verify", ran, f"{at}other", f"{at}compared", swept),
    ]
    for words in lines:
        code, out, err = faked(*words)
        assert code == 0, (words, out, err)
    assert (folder / "tables" / "runs.csv").read_bytes().count(b"\n") == 7  # three arms on two seeds
    assert (folder / "both.html").stat().st_size > 100_000
    assert sorted(faked.folder.iterdir()) == [folder]


def test_a_command_can_be_repeated_from_what_the_results_tell(faked: Cxsim) -> None:
    (faked.folder / "Größe 结果").mkdir()
    write_sweep(faked.folder / "Größe 结果")
    (faked.folder / "Größe 结果" / "ours.toml").write_text(SCENARIO, encoding="utf-8")
    words = ("run", "Größe 结果/ours.toml", *SHORT, "--out", "Größe 结果/it's")
    assert faked(*words, "--no-report", "--no-plots")[0] == 0
    told = (faked.folder / "Größe 结果" / "it's" / "manifest.json").read_text(encoding="utf-8")
    assert "cxsim run 'Größe 结果/ours.toml'" in told


def of_the_package(line: str, folder: Path, user: Sequence[str] = (), **variables: str) -> "subprocess.CompletedProcess[str]":
    """Do a line of Python that begins with the words for its interpreter, with these variables and none of our own."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": PACKAGE, "HOME": str(folder), "NUMBA_DISABLE_JIT": "1"} | variables
    (folder / "Größe").mkdir(exist_ok=True)
    (folder / "Größe" / "ours.toml").write_text(SMALL, encoding="utf-8")
    return subprocess.run(
        [sys.executable, *line.split()],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        errors="replace",
    )


def tables(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix in (".parquet", ".csv")}


RUN = "-m cxsim run Größe/ours.toml --no-plots --no-report --out Größe/made"


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Tables of a run in surroundings that are as plain as can be."""
    folder = tmp_path_factory.mktemp("plain")
    done = of_the_package(RUN, folder)
    assert done.returncode == 0, done.stderr
    made = tables(folder / "Größe" / "made")
    assert sorted(made) == ["months.parquet", "runs.parquet", "summary.csv"]
    return made


@pytest.mark.parametrize(
    "variables",
    [
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"LC_ALL": "POSIX"},
        {"LC_ALL": "no_SUCH.locale", "LANG": "no_SUCH.locale", "LANGUAGE": "xx"},
        {"TZ": "Pacific/Kiritimati"},
        {"TZ": "no/such/place"},
    ],
    ids=lambda given: " ".join(map("=".join, given.items())),
)
def test_a_locale_or_time_zone_changes_no_table(tmp_path: Path, plain: dict[str, bytes], variables: dict[str, str]) -> None:
    done = of_the_package(RUN, tmp_path, **variables)
    assert done.returncode == 0, done.stderr
    assert tables(tmp_path / "Größe" / "made") == plain


@pytest.fixture(scope="module")
def decimal_commas(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Variables for a locale that writes 1,5."""
    folder = tmp_path_factory.mktemp("locales")
    there = (
        subprocess.run(["locale", "-a"], capture_output=True, text=True, check=False).stdout if shutil.which("locale") else ""
    )
    if "de_DE.utf8" in there:
        return {"LC_ALL": "de_DE.utf8"}
    if not shutil.which("localedef"):
        pytest.skip("no German locale here, and nothing to make it with")
    made = ["localedef", "-i", "de_DE", "-f", "UTF-8", str(folder / "de_DE.utf8")]
    if subprocess.run(made, capture_output=True, check=False).returncode:
        pytest.skip("no German locale here, nor what it is made of")
    return {"LC_ALL": "de_DE.utf8", "LOCPATH": str(folder)}


def test_a_host_that_writes_commas_in_numbers_changes_no_table(
    tmp_path: Path, plain: dict[str, bytes], decimal_commas: dict[str, str]
) -> None:
    (tmp_path / "host.py").write_text(
        "import locale\nlocale.setlocale(locale.LC_ALL, '')\nassert locale.format_string('%.1f', 1.5) == '1,5'\n"
        "from cxsim.cli import main\nmain()\n"
    )
    done = of_the_package(RUN.replace("-m cxsim", "host.py"), tmp_path, **decimal_commas)
    assert done.returncode == 0, done.stderr
    assert tables(tmp_path / "Größe" / "made") == plain


def test_no_file_is_read_or_written_in_the_encoding_of_the_locale(tmp_path: Path) -> None:
    """On Windows that is not UTF-8. Python warns of it when asked to."""
    for words in (RUN.removesuffix(" --no-plots --no-report --out Größe/made"), "-m cxsim report results/ours --force"):
        done = of_the_package(f"-X warn_default_encoding -W always::EncodingWarning {words}", tmp_path)
        assert done.returncode == 0, done.stderr
        warned = [line for line in done.stderr.splitlines() if "EncodingWarning" in line]
        assert [line for line in warned if line.startswith(f"{PACKAGE}/cxsim/")] == []


@pytest.mark.parametrize("form", ["utf-8-sig", "utf-16", "latin-1"])
def test_a_scenario_in_another_encoding_is_read_or_told(faked: Cxsim, form: str) -> None:
    Path("ours.toml").write_bytes(SMALL.replace("→", "to").encode(form))
    code, _, err = faked("check", "ours.toml")
    if form == "utf-8-sig":  # as some editors write it
        assert (code, err) == (0, "")
    else:
        assert code == 2
        assert re.match(r"ours\.toml:\d+:\d+: not UTF-8 text: byte 0x", err)


@pytest.fixture(scope="module")
def somebody() -> list[str]:
    """Words that begin a command of a user without a name, for whom permissions bind even when the tests run as root."""
    words = ["unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}"]
    code = f"import os, sys; sys.exit(os.geteuid() != {NOBODY})"
    try:
        subprocess.run([*words, sys.executable, "-c", code], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("users cannot be changed here")
    return words


@pytest.mark.parametrize("place", [None, "", "/no/such/folder", "/dev/null", "{}/closed"], ids=str)
def test_any_folder_for_temporary_files_will_do(
    tmp_path: Path, plain: dict[str, bytes], place: str | None, request: pytest.FixtureRequest
) -> None:
    (tmp_path / "closed").mkdir(mode=0o500)
    given = {} if place is None else {"TMPDIR": place.format(tmp_path)}
    user = request.getfixturevalue("somebody") if place == "{}/closed" else ()
    done = of_the_package(RUN, tmp_path, user, **given)
    assert done.returncode == 0, done.stderr
    assert tables(tmp_path / "Größe" / "made") == plain


def test_a_full_folder_for_temporary_files_will_do(tmp_path: Path, plain: dict[str, bytes]) -> None:
    with small_disk(tmp_path / "full", 4):
        (tmp_path / "full" / "file").write_bytes(bytes(4096))
        done = of_the_package(RUN, tmp_path, TMPDIR=str(tmp_path / "full"))
    assert done.returncode == 0, done.stderr
    assert tables(tmp_path / "Größe" / "made") == plain


@pytest.fixture
def as_somebody(tmp_path: Path, somebody: list[str]) -> Callable[..., "subprocess.CompletedProcess[str]"]:
    """Run cxsim in a folder as that user, who has no home."""

    def run(folder: Path, *words: str, package: str = PACKAGE, **more: str) -> "subprocess.CompletedProcess[str]":
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": package, "TMPDIR": str(tmp_path / "temporary")} | more
        (tmp_path / "temporary").mkdir(exist_ok=True)
        command = [*somebody, sys.executable, "-m", "cxsim", *words]
        return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=1800)

    return run


Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.mark.parametrize("compiled", [False, pytest.param(True, marks=pytest.mark.slow)], ids=["interpreted", "compiled"])
def test_an_installed_package_that_cannot_be_written_and_a_user_without_name_or_home(
    tmp_path: Path, as_somebody: Run, compiled: bool
) -> None:
    installed, work = tmp_path / "installed", tmp_path / "work"
    shutil.copytree(Path(PACKAGE) / "cxsim", installed / "cxsim", ignore=shutil.ignore_patterns("__pycache__"))
    work.mkdir()
    (work / "ours.toml").write_text(SMALL, encoding="utf-8")
    before = sorted(installed.rglob("*"))
    for path in [*before, installed]:
        path.chmod(path.stat().st_mode & ~0o222)
    try:
        for number in range(2):
            more = {} if compiled else {"NUMBA_DISABLE_JIT": "1"}
            done = as_somebody(work, "run", "ours.toml", "--out", f"made {number}", package=str(installed), **more)
            assert done.returncode == 0, done.stderr
            assert "Traceback" not in done.stderr
            assert not compiled or ("ompiling" in done.stderr) == (number == 0)
        assert sorted(installed.rglob("*")) == before
    finally:
        for path in [installed, *before]:
            path.chmod(path.stat().st_mode | 0o200)
    made = [tables(work / f"made {number}") for number in range(2)]
    assert len(made[0]) == 3
    assert made[0] == made[1]
    assert compiled == any((tmp_path / "temporary" / f"cxsim-{NOBODY}").rglob("*.nbc"))


def test_a_place_that_cannot_be_written_is_told_before_any_work(tmp_path: Path, as_somebody: Run) -> None:
    work = tmp_path / "work"
    work.mkdir()
    (work / "ours.toml").write_text(
        SMALL.replace("months = 3", "months = 600").replace("= 200", "= 2_000_000"), encoding="utf-8"
    )
    work.chmod(0o555)
    done = as_somebody(work, "run", "ours.toml", NUMBA_DISABLE_JIT="1")
    work.chmod(0o755)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"Error: cannot write results to results/ours: no permission to write in {work}\n"


def test_results_that_can_only_be_read_are_read(tmp_path: Path, as_somebody: Run) -> None:
    done = of_the_package(RUN, tmp_path)
    assert done.returncode == 0, done.stderr
    made = tmp_path / "Größe" / "made"
    for path in [*made.rglob("*"), made, made.parent]:
        path.chmod(path.stat().st_mode & ~0o222)
    try:
        for words in (("verify", "Größe/made"), ("export", "Größe/made", "--csv", "--out", "tables")):
            done = as_somebody(tmp_path, *words)
            assert done.returncode == 0, done.stderr
        refused = as_somebody(tmp_path, "report", "Größe/made")
    finally:
        for path in [made.parent, made, *made.rglob("*")]:
            path.chmod(path.stat().st_mode | 0o200)
    assert refused.returncode == 2
    assert refused.stderr.count("\n") == 1
    assert "ermission" in refused.stderr


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS, errno.EINVAL], ids=errno.errorcode.get)
def test_a_disk_without_locks_is_worked_on_with_a_note(faked: Cxsim, number: int) -> None:
    def refused(_: int) -> None:
        raise OSError(number, os.strerror(number))

    faked.patch.setattr("cxsim.store.lock._take", refused)
    write_sweep(faked.folder)
    Path("ours.toml").write_text(SCENARIO, encoding="utf-8")
    for words in (("run", "ours.toml", *SHORT, "--no-plots", "--out", "made"), ("sweep", "small.toml", "--out", "swept")):
        code, _, err = faked(*words)
        assert code == 0, err
        assert f"{words[-1]} lies on a disk without locks: see to it that only one cxsim works in it at a time" in err
    assert faked("verify", "made", "swept")[0] == 0
    assert sorted(path.name for path in faked.folder.iterdir() if not path.suffix) == ["made", "swept"]
