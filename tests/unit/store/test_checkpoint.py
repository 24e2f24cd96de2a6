"""What is finished of a long work is kept beside its results until they are written, and then goes."""

from pathlib import Path

import pytest

from cxsim.errors import StoreError
from cxsim.store import ResultFolder
from cxsim.store.checkpoint import checkpoint, drop_checkpoint, hold
from cxsim.store.folder import QUERY
from cxsim.store.lock import LOCK, Lock

WANTED = {"scenario": "a", "model": "b"}


@pytest.fixture
def place(tmp_path: Path) -> ResultFolder:
    return ResultFolder(tmp_path / "results" / "claims", "results/claims")


def beside(place: ResultFolder) -> Path:
    return place.path.with_name("claims.unfinished")


def work_until(error: type[BaseException], place: ResultFolder, *keys: str) -> None:
    """Finish some runs, then fail."""
    with hold(place), checkpoint(place, WANTED) as journal:
        for key in keys:
            journal.append(key, {"of": key})
        raise error


def interrupt(place: ResultFolder, *keys: str) -> str:
    """Interrupt work after some runs; give back what is told."""
    with pytest.raises(KeyboardInterrupt) as told:
        work_until(KeyboardInterrupt, place, *keys)
    return str(told.value)


def drop(place: ResultFolder) -> None:
    """Do what a command does that finds its results."""
    with hold(place):
        drop_checkpoint(place)


def test_it_goes_when_all_is_well(place: ResultFolder) -> None:
    with hold(place), checkpoint(place, WANTED) as journal:
        journal.append("1", {})
        assert (beside(place) / QUERY).is_file()
    assert not beside(place).exists()


def test_the_same_work_goes_on(place: ResultFolder) -> None:
    told = interrupt(place, "1", "2")
    assert told == ("Interrupted. 2 finished runs are kept in results/claims.unfinished; the same command goes on from there.")
    with hold(place), checkpoint(place, WANTED) as journal:
        assert journal.get("2")["of"] == "2"
        assert len(journal) == 2


def test_other_work_begins_anew(place: ResultFolder) -> None:
    interrupt(place, "1")
    with hold(place), checkpoint(place, WANTED | {"scenario": "other"}) as journal:
        assert len(journal) == 0


def test_work_whose_question_is_damaged_begins_anew(place: ResultFolder) -> None:
    """Bytes that are no text were a traceback."""
    interrupt(place, "1")
    (beside(place) / QUERY).write_bytes(b"\xc9\xff")
    with hold(place), checkpoint(place, WANTED) as journal:
        assert len(journal) == 0


def test_another_error_is_passed_on_and_keeps_what_is_finished(place: ResultFolder) -> None:
    with pytest.raises(ZeroDivisionError):
        work_until(ZeroDivisionError, place, "1")
    assert (beside(place) / QUERY).is_file()


def test_where_nothing_is_finished_nothing_is_left(place: ResultFolder) -> None:
    assert interrupt(place) == ""
    assert not place.path.parent.exists()
    place.path.parent.mkdir()
    interrupt(place)
    assert list(place.path.parent.iterdir()) == [], "a folder that was there before stays"


def test_two_processes_do_not_do_the_same(place: ResultFolder) -> None:
    with hold(place), pytest.raises(StoreError), hold(place):
        pass  # pragma: no cover


def test_what_a_killed_process_left_is_dropped_unless_somebody_works_there(place: ResultFolder) -> None:
    drop(place)
    interrupt(place, "1")
    with Lock(beside(place) / LOCK), pytest.raises(StoreError):
        drop(place)
    assert beside(place).exists()
    drop(place)
    assert not beside(place).exists()
    beside(place).mkdir()
    (beside(place) / "notes").touch()
    drop(place)
    assert beside(place).exists(), "it is not known what this is"
