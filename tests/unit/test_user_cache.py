"""What is run from a cache comes from folders of this user, closed to others, or from ones that nobody else can write to."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from cxsim import user_cache
from cxsim.user_cache import cache_folder

ME = os.geteuid()
WISHES = [("CXSIM_CACHE_DIR", "cxsim"), ("XDG_CACHE_HOME", "cxsim"), ("HOME", ".cache/cxsim")]
SOMEBODY = 12345
root_only = pytest.mark.skipif(ME != 0, reason="only root can give folders away")


@pytest.fixture(autouse=True)
def homes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home, a folder for temporary files, and no wish."""
    for name in ("home", "temporary"):
        (tmp_path / name).mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CXSIM_CACHE_DIR", "")  # so that it is put back when a test sets it
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)


def mode(folder: Path) -> int:
    return folder.stat().st_mode & 0o777


def temporary(tmp_path: Path) -> Path:
    return tmp_path / "temporary" / f"cxsim-{ME}"


def no_home(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", fail)


@pytest.mark.parametrize(("variable", "below"), WISHES)
def test_it_lies_below_the_cache_of_the_user_closed_to_others(
    variable: str, below: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, str(tmp_path / "own cäche"))
    before = os.umask(0)
    try:
        found = cache_folder("x")
    finally:
        os.umask(before)
    assert found == tmp_path / "own cäche" / below / "x"
    assert mode(found) == mode(found.parent) == 0o700
    assert cache_folder("x") == found


@pytest.mark.parametrize("trouble", ["no home", "a file", "full", "a name that cannot be", "a link", "a link inside"])
def test_a_home_that_is_of_no_use_gives_way_to_a_temporary_folder(
    trouble: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache, elsewhere = tmp_path / "home" / ".cache", tmp_path / "elsewhere"
    elsewhere.mkdir()
    if trouble == "no home":
        no_home(monkeypatch)
    elif trouble == "a file":
        cache.touch()
    elif trouble == "full":
        free = {cache / "cxsim" / "x": 1000}
        monkeypatch.setattr(user_cache.shutil, "disk_usage", lambda at: type("", (), {"free": free.get(at, 1 << 40)}))
    elif trouble == "a name that cannot be":
        monkeypatch.setenv("CXSIM_CACHE_DIR", "/dev/null/nowhere")
    else:
        inside = cache / "cxsim" if trouble == "a link" else cache / "cxsim" / "x"
        inside.parent.mkdir(parents=True, mode=0o700)
        inside.symlink_to(elsewhere)
    assert cache_folder("x") == temporary(tmp_path) / "x"
    assert not list(elsewhere.iterdir())


def test_an_own_folder_that_is_open_is_closed(tmp_path: Path) -> None:
    folder = tmp_path / "home" / ".cache" / "cxsim" / "x"
    folder.mkdir(parents=True)
    for part in (folder, folder.parent):
        part.chmod(0o777)
    assert cache_folder("x") == folder
    assert mode(folder) == mode(folder.parent) == 0o700


@root_only
@pytest.mark.parametrize("part", ["root", "folder"])
def test_a_folder_that_somebody_made_first_is_not_taken(part: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    no_home(monkeypatch)
    folder = temporary(tmp_path) / "x"
    folder.mkdir(parents=True, mode=0o777)
    (folder / "code").write_text("bad")
    os.chown(folder if part == "folder" else folder.parent, SOMEBODY, SOMEBODY)
    found = cache_folder("x")
    assert found
    assert temporary(tmp_path) not in found.parents
    assert not list(found.iterdir())
    assert mode(found) == 0o700


def test_where_nothing_can_be_kept_processes_share_one_until_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    no_home(monkeypatch)
    temporary(tmp_path).touch()
    code = "from cxsim.user_cache import cache_folder; print(cache_folder('x'))"
    environment = {name: value for name, value in os.environ.items() if name != "CXSIM_CACHE_DIR"}
    environment |= {"HOME": "/dev/null", "TMPDIR": str(tmp_path / "temporary")}
    again = f"import subprocess, sys; {code}; subprocess.run([sys.executable, '-c', {code!r}], check=True)"
    told = subprocess.run(
        [sys.executable, "-c", again], env=environment, capture_output=True, text=True, check=True
    ).stdout.split()
    assert sorted(told)[0] == sorted(told)[1]
    assert not Path(told[0]).exists()


def test_without_any_folder_nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "mkdir", full)
    monkeypatch.setattr(tempfile, "mkdtemp", full)
    monkeypatch.setattr(tempfile, "gettempdir", full)
    assert cache_folder("x") is None


def filled(folder: Path, writable: int = 0) -> None:
    """Make the cache of an image: compiled code that can be read only."""
    (folder / "x" / "y").mkdir(parents=True)
    (folder / "x" / "y" / "code").write_text("good")
    for part in (*folder.rglob("*"), folder):
        part.chmod((0o755 if part.is_dir() else 0o644) | writable)


def as_somebody(monkeypatch: pytest.MonkeyPatch, baked: Path) -> None:
    """Be another user, who can write everywhere but there."""

    def own(folder: Path) -> bool:
        if baked in folder.parents:
            return False
        folder.mkdir(parents=True, exist_ok=True)
        return True

    monkeypatch.setattr(user_cache, "_user", lambda: SOMEBODY)
    monkeypatch.setattr(user_cache, "_own", own)


@root_only
def test_a_filled_folder_that_can_only_be_read_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    baked = tmp_path / "baked"
    filled(baked / "cxsim")
    monkeypatch.setenv("CXSIM_CACHE_DIR", str(baked))
    monkeypatch.setattr(user_cache, "_user", lambda: SOMEBODY)
    monkeypatch.setattr(
        user_cache, "_own", lambda folder: baked not in folder.parents and not folder.mkdir(parents=True, exist_ok=True)
    )
    found = cache_folder("x")
    assert found == tmp_path / "temporary" / f"cxsim-{SOMEBODY}" / "x"
    assert (found / "y" / "code").read_text() == "good"
    assert not list(found.parent.glob(".*"))


@root_only
@pytest.mark.parametrize("trouble", ["open to all", "open to a group", "somebody's file", "a link"])
def test_one_that_others_may_have_filled_is_not(trouble: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    baked = tmp_path / "baked"
    filled(baked / "cxsim", {"open to all": 0o002, "open to a group": 0o020}.get(trouble, 0))
    code = baked / "cxsim" / "x" / "y" / "code"
    if trouble == "somebody's file":
        os.chown(code, SOMEBODY + 1, SOMEBODY)
    elif trouble == "a link":
        code.unlink()
        code.symlink_to("/etc/passwd")
    monkeypatch.setenv("CXSIM_CACHE_DIR", str(baked))
    monkeypatch.setattr(user_cache, "_user", lambda: SOMEBODY)
    monkeypatch.setattr(
        user_cache, "_own", lambda folder: baked not in folder.parents and not folder.mkdir(parents=True, exist_ok=True)
    )
    found = cache_folder("x")
    assert found
    assert not list(found.iterdir())
