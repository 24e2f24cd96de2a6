"""Crews of processes: whatever happens to a process, its own task alone is lost, and nobody waits without end."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import CancelledError, Future, as_completed
from concurrent.futures import wait as wait_for
from pathlib import Path

import pool_tasks as tasks
import pytest

import cxsim
from cxsim.execution import process_pool
from cxsim.execution.executor import PoolBroken, WorkerLost
from cxsim.execution.process_pool import ProcessPool
from cxsim.execution.worker_process import TaskFailed

SECONDS = 30  # no test waits longer
PATHS = os.pathsep.join([str(Path(cxsim.__file__).parents[1]), str(Path(tasks.__file__).parent)])


def until(condition, seconds: float = SECONDS) -> bool:
    """Wait for something to become true."""
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)
    return bool(condition())


def is_alive(pid: int) -> bool:
    """Tell whether a process exists; one that nobody waited for does."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def program(text: str, **options) -> subprocess.Popen:
    """Start a program that may use pools."""
    environment = os.environ | {"PYTHONPATH": PATHS}
    pipe = subprocess.PIPE
    return subprocess.Popen(
        [sys.executable, "-c", text], env=environment, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe, text=True, **options
    )


class TestDoesTasks:
    def test_results_come_back_and_processes_leave(self):
        with ProcessPool(2) as pool:
            futures = [pool.submit(tasks.add, number, other=1) for number in range(200)]
            assert [future.result(SECONDS) for future in futures] == list(range(1, 201))
            both = [pool.submit(tasks.wait, 0.1) for _ in range(2)] + [pool.submit(tasks.pid) for _ in range(20)]
            pids = {future.result(SECONDS) for future in both[2:]}
        assert 1 <= len(pids) <= 2
        assert os.getpid() not in pids
        assert not any(is_alive(pid) for pid in pids)

    def test_two_processes_work_side_by_side(self, tmp_path):
        with ProcessPool(2) as pool:
            for name in "ab":
                pool.submit(tasks.mark_and_wait, str(tmp_path / name), 1)
            assert until((tmp_path / "a").exists)
            assert until((tmp_path / "b").exists, 0.9)

    def test_map_of_the_standard_interface(self):
        with ProcessPool(2) as pool:
            assert list(pool.map(tasks.add, range(10), range(10), timeout=SECONDS)) == list(range(0, 20, 2))

    def test_big_tasks_and_results(self):
        with ProcessPool(1) as pool:
            assert len(pool.submit(tasks.big, 20).result(SECONDS)) == 20 << 20
            assert pool.submit(tasks.size, bytes(20 << 20)).result(SECONDS) == 20 << 20

    def test_what_a_task_prints_is_no_answer_and_it_reads_nothing(self, capfd):
        with ProcessPool(1) as pool:
            assert pool.submit(tasks.noisy).result(SECONDS) == ""
        told = capfd.readouterr()
        assert told.out == ""
        assert "this goes to the standard error" in told.err
        assert "so does this" in told.err

    def test_start_runs_once_in_every_process(self):
        with ProcessPool(1, tasks.remember, ("ready",)) as pool:
            assert pool.submit(tasks.remembered).result(SECONDS) == ["ready"]
            assert isinstance(pool.submit(tasks.leave, 1).exception(SECONDS), WorkerLost)
            assert pool.submit(tasks.remembered).result(SECONDS) == ["ready"]

    def test_no_worker_is_refused(self):
        with pytest.raises(ValueError, match="at least 1"):
            ProcessPool(0)


class TestTasksThatRaise:
    def test_the_error_comes_back_as_text(self):
        with ProcessPool(1) as pool:
            failure = pool.submit(tasks.sometimes_die, 7, "raise").exception(SECONDS)
            assert pool.submit(tasks.add, 1).result(SECONDS) == 1
        assert isinstance(failure, TaskFailed)
        assert str(failure) == failure.error == "ValueError: task 7 is bad"
        assert "in sometimes_die" in failure.traceback

    @pytest.mark.parametrize(
        ("task", "told"),
        [
            (tasks.raise_unreadable, "UnreadableError"),
            (tasks.unpicklable, "pickle"),
            (tasks.exploding, "its result cannot be read: ValueError: not to be read again"),
        ],
    )
    def test_what_cannot_be_sent_back_fails_its_task_only(self, task, told):
        with ProcessPool(1) as pool:
            pid = pool.submit(tasks.pid).result(SECONDS)
            failure = pool.submit(task).exception(SECONDS)
            assert pool.submit(tasks.pid).result(SECONDS) == pid
        assert isinstance(failure, TaskFailed)
        assert told in str(failure)

    def test_leaving_python_politely_is_a_failure_like_any(self):
        with ProcessPool(1) as pool:
            assert str(pool.submit(tasks.leave_politely, 3).exception(SECONDS)) == "SystemExit: 3"

    def test_what_cannot_be_sent_there(self):
        with ProcessPool(1) as pool:
            failures = [
                pool.submit(task, thing).exception(SECONDS) for task, thing in ((lambda _: 0, 1), (tasks.add, lambda: 0))
            ]
            exploding = pool.submit(tasks.size, tasks.Exploding()).exception(SECONDS)
        assert all(isinstance(failure, TaskFailed) and "cannot be sent to a process" in str(failure) for failure in failures)
        assert "this task cannot be read: ValueError" in str(exploding)


class TestProcessesThatDie:
    @pytest.mark.parametrize(
        ("task", "reason"),
        [
            ((tasks.kill_self, signal.SIGKILL), "its process was ended by SIGKILL (out of memory?)"),
            ((tasks.kill_self, signal.SIGTERM), "its process was ended by SIGTERM"),
            ((tasks.read_address_zero,), "its process was ended by SIGSEGV"),
            ((tasks.leave, 7), "its process ended by itself with exit code 7"),
            ((tasks.leave, 0), "its process ended by itself with exit code 0"),
        ],
    )
    def test_only_its_own_task_is_lost(self, task, reason):
        with ProcessPool(1) as pool:
            waiting = [pool.submit(*task), pool.submit(tasks.add, 2, 3)]
            lost = waiting[0].exception(SECONDS)
            assert waiting[1].result(SECONDS) == 5
        assert isinstance(lost, WorkerLost)
        assert lost.reason == str(lost) == reason

    def test_a_process_that_dies_idle_costs_no_task(self):
        with ProcessPool(2) as pool:
            for _ in range(5):
                pid = pool.submit(tasks.pid).result(SECONDS)
                os.kill(pid, signal.SIGKILL)
                numbers = [pool.submit(tasks.add, number) for number in range(4)]
                lost = [future.exception(SECONDS) for future in numbers]
                # The kernel may end it just after it was given a task, which then counts as lost; never more than that one.
                assert sum(error is not None for error in lost) <= 1
                assert until(lambda gone=pid: not is_alive(gone))

    def test_pipes_held_open_by_a_child_of_the_dead(self):
        with ProcessPool(1) as pool:
            lost = pool.submit(tasks.fork_and_die).exception(10)
            assert pool.submit(tasks.add, 1).result(10) == 1
            assert "SIGKILL" in str(lost)

    def test_random_deaths(self):
        chance = random.Random(5)
        fates = {number: chance.choice(["kill", "exit", "fault", "raise", *["good"] * 8]) for number in range(200)}
        with ProcessPool(2, limit=SECONDS) as pool:
            futures: dict[Future, int] = {
                pool.submit(tasks.sometimes_die, number, fate): number for number, fate in fates.items()
            }
            for future in as_completed(futures, 50):
                number = futures[future]
                if fates[number] == "good":
                    assert future.result(0) == number
                else:
                    assert isinstance(future.exception(0), TaskFailed if fates[number] == "raise" else WorkerLost)

    def test_killed_from_outside_at_random(self):
        chance = random.Random(6)
        with ProcessPool(2) as pool:
            futures = [pool.submit(tasks.sometimes_die, number, "good") for number in range(200)]
            kills = 0
            while not all(future.done() for future in futures):
                time.sleep(chance.uniform(0, 0.1))
                for worker in list(pool._workers)[:1]:
                    if worker.process:
                        os.kill(worker.process.pid, signal.SIGKILL) if not worker.process.is_dead() else None
                        kills += 1
                        time.sleep(0.2)  # time to start another one: ten failed starts in a row would be the end
            assert not wait_for(futures, SECONDS).not_done
        lost = [future for future in futures if future.exception(0)]
        assert all(isinstance(future.exception(0), WorkerLost) for future in lost)
        assert len(lost) <= kills
        assert all(future.result(0) == number for number, future in enumerate(futures) if future not in lost)


class TestWatchdog:
    def test_a_task_over_its_limit(self):
        with ProcessPool(1, limit=0.5) as pool:
            lost = pool.submit(tasks.wait, 60).exception(SECONDS)
            assert str(lost) == "took longer than 0.5 s"
            assert pool.submit(tasks.wait, 0.1).result(SECONDS) == 0.1

    def test_a_stopped_process(self):
        with ProcessPool(1, limit=0.5) as pool:
            pid = pool.submit(tasks.pid).result(SECONDS)
            lost = pool.submit(tasks.kill_self, signal.SIGSTOP).exception(SECONDS)
            assert "took longer" in str(lost)
            assert until(lambda: not is_alive(pid))

    def test_a_big_task_for_a_stopped_process(self):
        with ProcessPool(1, limit=0.5) as pool:
            os.kill(pool.submit(tasks.pid).result(SECONDS), signal.SIGSTOP)
            assert "took longer" in str(pool.submit(tasks.size, bytes(5 << 20)).exception(SECONDS))
            assert pool.submit(tasks.size, bytes(5)).result(SECONDS) == 5

    def test_the_limit_may_be_set_later(self):
        with ProcessPool(1) as pool:
            future = pool.submit(tasks.wait, 60)
            assert until(future.running)
            pool.limit = 0.2
            assert isinstance(future.exception(SECONDS), WorkerLost)

    def test_idle_processes_are_under_no_limit(self):
        with ProcessPool(1, limit=0.2) as pool:
            pid = pool.submit(tasks.pid).result(SECONDS)
            time.sleep(0.6)
            assert pool.submit(tasks.pid).result(SECONDS) == pid


class TestStart:
    @pytest.mark.parametrize(
        ("start", "told"),
        [
            ((tasks.refuse_to_start, ("the map",)), "its first step failed: ValueError: the map is missing"),
            ((tasks.die_on_start, ()), "SIGKILL"),
        ],
    )
    def test_ten_failures_end_it(self, start, told, monkeypatch):
        monkeypatch.setattr(process_pool, "TICK", 0.02)
        with ProcessPool(2, *start) as pool:
            futures = [pool.submit(tasks.add, 1) for _ in range(3)]
            errors = [future.exception(SECONDS) for future in futures]
            with pytest.raises(PoolBroken, match="10 processes in a row failed to start"):
                pool.submit(tasks.add, 1)
        assert all(isinstance(error, PoolBroken) and told in str(error) for error in errors)

    def test_a_start_that_hangs(self, monkeypatch):
        monkeypatch.setattr(process_pool, "START_LIMIT", 0.3)
        monkeypatch.setattr(process_pool, "STARTS", 2)
        with ProcessPool(1, tasks.wait, (60,)) as pool:
            assert "took longer than 0.3 s" in str(pool.submit(tasks.add, 1).exception(SECONDS))

    def test_a_failure_that_passes(self, tmp_path):
        with ProcessPool(1, tasks.die_on_start_once, (str(tmp_path / "died"),)) as pool:
            assert pool.submit(tasks.add, 1).result(SECONDS) == 1

    def test_no_process_to_be_had(self, monkeypatch):
        monkeypatch.setattr(process_pool, "TICK", 0.02)
        monkeypatch.setattr(sys, "executable", "/nowhere/python")
        with ProcessPool(1) as pool:
            assert "no process can be started: No such file" in str(pool.submit(tasks.add, 1).exception(SECONDS))


class TestEnding:
    def test_waiting_tasks_can_be_cancelled_and_running_ones_not(self):
        with ProcessPool(1) as pool:
            futures = [pool.submit(tasks.wait, 0.5) for _ in range(3)]
            assert until(futures[0].running)
            assert not futures[0].cancel()
            assert futures[1].cancel()
            done, left = wait_for(futures, SECONDS)
            assert (len(done), len(left)) == (3, 0)
        assert futures[2].result(0) == 0.5

    def test_shutdown_finishes_or_cancels_what_waits(self):
        pool = ProcessPool(1)
        futures = [pool.submit(tasks.add, number) for number in range(20)]
        pool.shutdown()
        assert [future.result(0) for future in futures] == list(range(20))
        with pytest.raises(RuntimeError, match="shut down"):
            pool.submit(tasks.add, 1)
        pool = ProcessPool(1)
        futures = [pool.submit(tasks.wait, 0.5) for _ in range(3)]
        assert until(futures[0].running)
        pool.shutdown(cancel_futures=True)
        assert futures[0].result(0) == 0.5
        with pytest.raises(CancelledError):
            futures[2].result(0)

    def test_a_process_that_dies_after_shutdown_is_replaced_while_tasks_wait(self):
        pool = ProcessPool(1)
        futures = [pool.submit(tasks.leave, 1), pool.submit(tasks.add, 1), pool.submit(tasks.leave, 1)]
        pool.shutdown()
        assert [type(future.exception(0)) for future in futures] == [WorkerLost, type(None), WorkerLost]

    def test_kill_ends_everything_at_once(self):
        pool = ProcessPool(2)
        pids = [pool.submit(tasks.pid).result(SECONDS) for _ in range(10)]
        futures = [pool.submit(tasks.wait, 60) for _ in range(4)]
        assert until(lambda: futures[0].running() and futures[1].running())
        began = time.monotonic()
        pool.kill()
        assert all(isinstance(future.exception(0), WorkerLost) for future in futures)
        assert not any(is_alive(pid) for pid in pids)
        assert time.monotonic() - began < 1.5
        pool.kill()
        pool.shutdown()

    def test_kill_while_processes_start(self):
        for pause in (0, 0.01, 0.03, 0.1):
            pool = ProcessPool(2, tasks.wait, (60,))
            future = pool.submit(tasks.add, 1)
            time.sleep(pause)
            pool.kill()
            assert isinstance(future.exception(0), WorkerLost)
            assert until(lambda these=pool: not these._threads, 5)

    def test_a_block_left_by_an_exception_does_not_wait(self):
        began = time.monotonic()
        futures = []

        def fail(pool):
            with pool:
                futures.append(pool.submit(tasks.wait, 60))
                raise KeyError

        with pytest.raises(KeyError):
            fail(ProcessPool(1))
        assert isinstance(futures[0].exception(0), WorkerLost)
        assert time.monotonic() - began < 5

    def test_no_thread_stays(self):
        assert until(lambda: not any(thread.name.startswith("pool") for thread in threading.enumerate()), 25)


PARENT = """
import sys
from concurrent.futures import wait
import pool_tasks
from cxsim.execution.process_pool import ProcessPool
pool = ProcessPool(2)
pids = set()
while len(pids) < 2:
    pids.add(pool.submit(pool_tasks.pid).result(30))
futures = [pool.submit(pool_tasks.wait, 60) for _ in range(BUSY)]
while not all(future.running() for future in futures):
    pass
with pool:
    print(*pids, flush=True)
    wait(futures or [pool.submit(pool_tasks.wait, 60)])
"""


@pytest.mark.skipif(sys.platform == "win32", reason="ends processes by signals")
class TestParents:
    @pytest.mark.parametrize("busy", [1, 2])
    def test_nothing_outlives_a_killed_parent(self, busy):
        with program(PARENT.replace("BUSY", str(busy))) as parent:
            pids = [int(word) for word in parent.stdout.readline().split()]
            assert len(pids) == 2
            parent.kill()
            assert parent.communicate(timeout=2) == ("", "")  # the end of what is inherited by all of them: they are gone

    def test_ctrl_c_ends_everything_within_two_seconds(self):
        with program(PARENT.replace("BUSY", "2"), start_new_session=True) as parent:
            assert len(parent.stdout.readline().split()) == 2
            os.killpg(parent.pid, signal.SIGINT)  # as a terminal does: to parent and children
            _, told = parent.communicate(timeout=2)
        assert told.count("Traceback") == 1  # the parent's own
        assert told.rstrip().endswith("KeyboardInterrupt")

    def test_ctrl_c_while_processes_start_is_heard_by_the_parent_only(self):
        text = "import os, signal, time\nfrom cxsim.execution.process_pool import ProcessPool\n"
        text += (
            "signal.signal(signal.SIGINT, lambda *_: None)\n"
            "import pool_tasks\nwith ProcessPool(2) as pool:\n"
            "    for _ in range(40): os.killpg(0, signal.SIGINT); time.sleep(0.005)\n"
        )
        text += "    print(pool.submit(pool_tasks.add, 1).result(30))\n"
        with program(text, start_new_session=True) as parent:
            assert parent.communicate(timeout=SECONDS) == ("1\n", "")

    def test_a_program_without_a_guard_that_ends_without_goodbye(self):
        text = "import pool_tasks\nfrom cxsim.execution.process_pool import ProcessPool\npool = ProcessPool(2)\n"
        text += "print(pool.submit(pool_tasks.add, 1).result(30))\n"
        with program(text) as parent:
            assert parent.communicate(timeout=SECONDS) == ("1\n", "")

    def test_functions_of_the_program_itself_are_refused_in_clear_words(self):
        text = "from cxsim.execution.process_pool import ProcessPool\n"
        text += "def mine(): pass\nclass Mine: pass\nwith ProcessPool(1) as pool:\n"
        text += "    print(pool.submit(mine).exception(30))\n    print(pool.submit(print, Mine()).exception(30))\n"
        with program(text) as parent:
            told, _ = parent.communicate(timeout=SECONDS)
        assert told.count("must come from a module that can be imported, not from the program that was started") == 2
