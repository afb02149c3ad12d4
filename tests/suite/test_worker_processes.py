"""Processes that work on one thing each."""

from __future__ import annotations

import math
import os
import signal
import time
from concurrent.futures import CancelledError
from pathlib import Path

import pytest

from chainview.suite.worker_processes import WorkerCrashed, WorkerProcesses, WorkerTimedOut
from tests.waiting import LIMIT, eventually

_LONG = 3600.0


def is_there(process: int) -> bool:
    """Whether there is still such a process."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.once
def test_a_crash_is_of_what_was_worked_on_alone() -> None:
    """However the process ends; the others are worked on, what raises raises, and nothing is done twice."""
    with WorkerProcesses(2, LIMIT) as workers:
        ended = workers.submit(os._exit, 3)
        killed = workers.submit(signal.raise_signal, signal.SIGKILL)
        raised = workers.submit(math.sqrt, -1.0)
        fine = [workers.submit(math.sqrt, float(number * number)) for number in range(8)]
    with pytest.raises(WorkerCrashed, match="ended by itself, with exit code 3"):
        ended.result()
    with pytest.raises(WorkerCrashed, match="was ended by SIGKILL"):
        killed.result()
    with pytest.raises(ValueError, match=r"math|nonnegative|expected"):
        raised.result()
    assert [each.result() for each in fine] == list(range(8))


@pytest.mark.once
def test_what_takes_too_long_is_ended() -> None:
    """And told as that."""
    with WorkerProcesses(1, 0.5) as workers:
        late = workers.submit(time.sleep, _LONG)
    with pytest.raises(WorkerTimedOut, match="it was not done after"):
        late.result()


@pytest.mark.once
def test_a_process_that_held_much_is_replaced() -> None:
    """So that memory is bounded however much there is to do; another one serves as long as it may."""
    with WorkerProcesses(1, LIMIT, memory=1) as workers:
        first, second = workers.submit(os.getpid).result(), workers.submit(os.getpid).result()
    assert first != second
    with WorkerProcesses(1, LIMIT) as workers:
        first, second = workers.submit(os.getpid).result(), workers.submit(os.getpid).result()
    assert first == second != os.getpid()
    assert not is_there(first)


@pytest.mark.once
def test_nothing_is_left_of_what_is_ended(tmp_path: Path) -> None:
    """A process that works on something for ever too; what had not begun never does."""
    workers = WorkerProcesses(1, LIMIT)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    process = workers.submit(os.getpid).result()
    running = workers.submit(Path.read_bytes, pipe)
    waiting = workers.submit(os.getpid)
    eventually(running.running)
    workers.kill()
    with pytest.raises(WorkerCrashed):
        running.result()
    with pytest.raises(CancelledError):
        waiting.result()
    assert not is_there(process)
    with pytest.raises(RuntimeError):
        workers.submit(os.getpid)


@pytest.mark.once
def test_a_process_that_ended_while_idle_costs_nothing() -> None:
    """The next work goes to a new one; what has not begun may be left out."""
    with WorkerProcesses(1, LIMIT) as workers:
        first = workers.submit(os.getpid).result()
        os.kill(first, signal.SIGKILL)
        eventually(lambda: _is_dead(first))
        assert workers.submit(math.sqrt, 4.0).result() == 2.0


def _is_dead(process: int) -> bool:
    """Whether it has ended, be it that nobody has asked how."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return not is_there(process)


def test_names_are_not_taken() -> None:
    """They do not travel."""
    workers = WorkerProcesses(1, LIMIT)
    with pytest.raises(ValueError, match="no names"):
        workers.submit(print, end="")
    workers.shutdown()


@pytest.mark.once
def test_a_process_never_hears_of_an_interrupt() -> None:
    """From its first moment on, also while it loads what it takes; who begins it hears on."""
    with WorkerProcesses(1, LIMIT) as workers:
        held = workers.submit(signal.pthread_sigmask, signal.SIG_BLOCK, ()).result()
    assert signal.SIGINT in held
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())
