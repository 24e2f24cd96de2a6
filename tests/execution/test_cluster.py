"""Tasks on a Dask cluster: a real scheduler and worker processes over loopback TCP, some of which are killed."""

import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import wait as wait_for
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pool_tasks as tasks
import pytest

import cxsim
from cxsim.errors import CxsimError
from cxsim.execution import dask_cluster
from cxsim.execution.dask_cluster import dask_executor
from cxsim.execution.executor import PoolBroken, WorkerLost
from cxsim.execution.worker_process import TaskFailed

SECONDS = 60  # no test waits longer
PATHS = os.pathsep.join([str(Path(cxsim.__file__).parents[1]), str(Path(tasks.__file__).parent)])
needs_dask = pytest.mark.skipif(find_spec("distributed") is None, reason="needs the extra: pip install 'cxsim[cluster]'")


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def until(condition, seconds: float = SECONDS) -> bool:
    """Wait for something to become true."""
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return bool(condition())


class Cluster:
    """A scheduler and workers, each a process with one thread."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.processes = folder, []
        self.port = free_port()
        self.address = f"tcp://127.0.0.1:{self.port}"

    def start_scheduler(self) -> subprocess.Popen:
        scheduler = self.start("dask_scheduler", "--host", "127.0.0.1", "--port", str(self.port), "--no-dashboard")
        assert until(self.answers)
        return scheduler

    def answers(self) -> bool:
        with socket.socket() as caller:
            return caller.connect_ex(("127.0.0.1", self.port)) == 0

    def start_worker(self) -> subprocess.Popen:
        place = ["--host", "127.0.0.1", "--local-directory", str(self.folder), "--death-timeout", "60"]
        return self.start("dask_worker", self.address, "--nthreads", "1", "--no-nanny", "--no-dashboard", *place)

    def start(self, program: str, *options: str) -> subprocess.Popen:
        environment = os.environ | {"PYTHONPATH": PATHS, "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1"}
        log = (self.folder / f"{program}.log").open("ab")
        command = [sys.executable, "-m", f"distributed.cli.{program}", *options]
        with log:
            process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.processes.append(process)
        return process

    def stop(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait()


@contextmanager
def running(folder: Path, workers: int):
    """Run a cluster of so many workers."""
    made = Cluster(folder)
    try:
        made.start_scheduler()
        for _ in range(workers):
            made.start_worker()
        yield made
    finally:
        made.stop()


@pytest.fixture(scope="module")
def small_cluster(tmp_path_factory):
    """A scheduler and two workers that nobody kills."""
    with running(tmp_path_factory.mktemp("dask"), 2) as made:
        yield made


@needs_dask
class TestTasks:
    def test_results_errors_and_what_cannot_be_sent(self, small_cluster):
        with dask_executor(small_cluster.address) as executor:
            numbers = [executor.submit(tasks.add, number, other=1) for number in range(50)]
            failures = [
                executor.submit(*task).exception(SECONDS)
                for task in ((tasks.sometimes_die, 7, "raise"), (tasks.raise_unreadable,), (tasks.unpicklable,), (lambda: 0,))
            ]
            exploding = executor.submit(tasks.exploding).exception(SECONDS)
            assert [future.result(SECONDS) for future in numbers] == list(range(1, 51))
            assert executor.workers == 2
        assert all(isinstance(failure, TaskFailed) for failure in [*failures, exploding])
        assert str(failures[0]) == "ValueError: task 7 is bad"
        assert "in sometimes_die" in failures[0].traceback
        assert "its result cannot be read" in str(exploding)
        with pytest.raises(RuntimeError, match="shut down"):
            executor.submit(tasks.add, 1)

    def test_equal_calls_are_calls_of_their_own(self, small_cluster, tmp_path):
        with dask_executor(small_cluster.address) as executor:
            for _ in range(2):
                executor.submit(tasks.mark_and_wait, str(tmp_path / "mark"), 0).result(SECONDS)
                (tmp_path / "mark").unlink()

    def test_start_runs_once_in_a_process(self, small_cluster):
        word = f"ready {time.time()}"
        with dask_executor(small_cluster.address, tasks.remember, (word,)) as executor:
            for future in [executor.submit(tasks.remembered) for _ in range(20)]:
                assert future.result(SECONDS).count(word) == 1

    def test_a_start_that_fails_ends_it_after_ten(self, small_cluster):
        with dask_executor(small_cluster.address, tasks.refuse_to_start, ("the map",)) as executor:
            errors = [executor.submit(tasks.add, 1).exception(SECONDS) for _ in range(10)]
            with pytest.raises(PoolBroken, match="10 times in a row; the last one: ValueError: the map is missing"):
                executor.submit(tasks.add, 1)
        assert [type(error) for error in errors] == [WorkerLost] * 9 + [PoolBroken]

    def test_workers_with_another_model_are_not_used(self, small_cluster, monkeypatch):
        monkeypatch.setattr(dask_cluster, "model_digest", lambda: "another")
        with dask_executor(small_cluster.address) as executor:
            assert "another version of the model" in str(executor.submit(tasks.add, 1).exception(SECONDS))

    def test_cancel(self, small_cluster, tmp_path):
        with dask_executor(small_cluster.address) as executor:
            busy = [executor.submit(tasks.wait, 1) for _ in range(2)]
            waiting = [executor.submit(tasks.mark_and_wait, str(tmp_path / str(number)), 0) for number in range(8)]
            assert all(future.cancel() for future in waiting)
            assert not wait_for([*busy, *waiting], SECONDS).not_done
            assert [future.result(0) for future in busy] == [1, 1]
        assert not list(tmp_path.iterdir())

    def test_kill(self, small_cluster):
        executor = dask_executor(small_cluster.address)
        futures = [executor.submit(tasks.wait, 3) for _ in range(4)]
        began = time.monotonic()
        executor.kill()
        assert time.monotonic() - began < 2
        assert all(isinstance(future.exception(1), WorkerLost) for future in futures)
        executor.shutdown()


@needs_dask
class TestLosses:
    def test_a_worker_killed_midway_costs_no_other_task(self, tmp_path):
        with running(tmp_path, 2) as made, dask_executor(made.address) as executor:
            assert until(lambda: executor.workers == 2)
            mark = tmp_path / "mark"
            marked = executor.submit(tasks.mark_and_wait, str(mark), 1)
            futures = [executor.submit(tasks.add, number) for number in range(100)]
            futures += [executor.submit(tasks.wait, 0.01 * number) for number in range(10)]
            assert until(lambda: mark.exists() and mark.read_text())
            os.kill(int(mark.read_text()), signal.SIGKILL)
            assert not wait_for([marked, *futures], SECONDS).not_done
            # Dask gives tasks to another worker when theirs has died; none died often enough to be given up.
            assert marked.exception(0) is None
            assert [future.result(0) for future in futures[:100]] == list(range(100))
            assert executor.workers == 1

    def test_a_task_that_kills_every_worker_is_given_up_and_the_rest_is_done(self, tmp_path):
        with running(tmp_path, 2) as made, dask_executor(made.address) as executor:
            assert until(lambda: executor.workers == 2)
            lost = executor.submit(tasks.kill_self, signal.SIGKILL).exception(SECONDS)
            assert isinstance(lost, WorkerLost)
            assert str(lost) == "all workers that tried it died"
            made.start_worker()
            assert executor.submit(tasks.add, 1).result(SECONDS) == 1

    def test_a_scheduler_that_comes_back_is_used_again(self, tmp_path):
        made = Cluster(tmp_path)
        try:
            scheduler = made.start_scheduler()
            made.start_worker()
            with dask_executor(made.address) as executor:
                assert executor.submit(tasks.add, 1).result(SECONDS) == 1
                future = executor.submit(tasks.wait, 60)
                scheduler.kill()
                scheduler.wait()
                assert str(future.exception(SECONDS)) == "the connection to the Dask scheduler was lost"
                made.start_scheduler()
                made.start_worker()
                again = executor.submit(tasks.add, 2)
                while isinstance(again.exception(SECONDS), WorkerLost):
                    time.sleep(0.2)
                    again = executor.submit(tasks.add, 2)
                assert again.result(0) == 2
        finally:
            made.stop()

    def test_a_scheduler_that_is_gone_for_good(self, tmp_path):
        with running(tmp_path, 1) as made, dask_executor(made.address, seconds=2) as executor:
            assert executor.submit(tasks.add, 1).result(SECONDS) == 1
            made.stop()

            def broken() -> bool:
                try:
                    return isinstance(executor.submit(tasks.add, 1).exception(SECONDS), PoolBroken)
                except PoolBroken as error:
                    return "is gone" in str(error)

            assert until(broken)


class TestNoCluster:
    @needs_dask
    def test_nobody_answers(self):
        with pytest.raises(CxsimError, match=r"no Dask scheduler answers at 'tcp://127\.0\.0\.1:"):
            dask_executor(f"tcp://127.0.0.1:{free_port()}", seconds=0.5)

    @needs_dask
    @pytest.mark.parametrize("address", ["", "nonsense://x", "tcp://127.0.0.1:port"])
    def test_no_address_at_all(self, address):
        with pytest.raises(CxsimError, match="no Dask scheduler answers"):
            dask_executor(address, seconds=0.5)

    def test_without_dask(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "distributed", None)
        with pytest.raises(CxsimError, match=r"pip install 'cxsim\[cluster\]'"):
            dask_executor("tcp://127.0.0.1:1")
