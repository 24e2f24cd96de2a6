"""Compiled code lies in the first folder that can be written, and is found by the name of its kernel."""

import tempfile
from pathlib import Path

import pytest

from cxsim.engine.fast.cache import cache_folder, is_cached, source_digest


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for temporary files, and no other place to go."""
    folder, file = tmp_path / "temporary", tmp_path / "file"
    folder.mkdir()
    file.touch()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.setenv("CXSIM_CACHE_DIR", str(file))
    return folder


def test_it_lies_where_it_was_asked_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CXSIM_CACHE_DIR", str(tmp_path))
    assert cache_folder() == tmp_path / "cxsim" / source_digest()
    assert cache_folder().is_dir()


@pytest.mark.parametrize(("variable", "below"), [("XDG_CACHE_HOME", "cxsim"), ("HOME", ".cache/cxsim")])
def test_without_a_wish_it_lies_in_the_cache_of_the_user(
    variable: str, below: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CXSIM_CACHE_DIR", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv(variable, str(tmp_path))
    assert cache_folder() == tmp_path / below / source_digest()


def test_where_nothing_can_be_made_a_temporary_folder_is_taken(temporary: Path) -> None:
    found = cache_folder()
    assert found.parent.parent == temporary
    assert found.name == source_digest()
    assert cache_folder() == found, "the next process finds it again"


def test_where_nothing_can_be_written_it_is_one_of_its_own(temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cxsim.engine.fast.cache.os.access", lambda *_: False)
    one, other = cache_folder(), cache_folder()
    assert one != other
    assert {one.parent, other.parent} == {temporary}


def test_a_kernel_is_found_by_its_whole_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CXSIM_CACHE_DIR", str(tmp_path))
    assert not is_cached("sell")
    (cache_folder() / "sell_abc").mkdir()
    (cache_folder() / "sell_abc" / "sell.resell-12.py311.1.nbc").touch()
    assert not is_cached("sell")
    (cache_folder() / "sell_abc" / "sell.sell-12.py311.1.nbc").touch()
    assert is_cached("sell")
    assert not is_cached("plan")
