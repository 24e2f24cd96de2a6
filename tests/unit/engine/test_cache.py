"""Compiled code lies below the cache of the user, and is found by the name of its kernel."""

from pathlib import Path

import pytest

from cxsim.engine.fast.cache import code_folder, is_cached, source_digest


def test_it_lies_where_it_was_asked_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CXSIM_CACHE_DIR", str(tmp_path))
    assert code_folder() == tmp_path / "cxsim" / source_digest()


def test_a_kernel_is_found_by_its_whole_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CXSIM_CACHE_DIR", str(tmp_path))
    assert not is_cached("sell")
    folder = code_folder()
    assert folder
    (folder / "sell_abc").mkdir()
    (folder / "sell_abc" / "sell.resell-12.py311.1.nbc").touch()
    assert not is_cached("sell")
    (folder / "sell_abc" / "sell.sell-12.py311.1.nbc").touch()
    assert is_cached("sell")
    assert not is_cached("plan")


def test_nothing_is_cached_where_nothing_can_be_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cxsim.engine.fast.cache.cache_folder", lambda name: None)
    assert not is_cached("sell")
