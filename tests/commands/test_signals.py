"""Signals: a command that was ended never looks as if it had reached its end, and is never ended half-way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Collection
from pathlib import Path

import pytest

from chainview.chain.files.entries.entry import End
from chainview.chain.files.native.reader import read_entries
from chainview.pack.values import UNIT
from tests.actor.guests import SPIN, Guest
from tests.actor.running import INIT
from tests.chain import samples
from tests.commands.running import COMMAND, environment, recorded_up_to, sample
from tests.waiting import LIMIT

pytestmark = pytest.mark.once

INTERRUPTING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def begun(folder: Path, *words: str, ignoring: Collection[signal.Signals] = ()) -> subprocess.Popen[bytes]:
    """A command that runs in `folder`, heeding the signals or `ignoring` them as its caller asks."""

    def set_signals() -> None:
        for number in INTERRUPTING:
            signal.signal(number, signal.SIG_IGN if number in ignoring else signal.SIG_DFL)

    return subprocess.Popen(
        [*COMMAND, *words],
        cwd=folder,
        env=environment(folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=set_signals,
    )


def test_signals_that_the_caller_ignores_stay_ignored(tmp_path: Path) -> None:
    """A command started by `nohup`, or in the background by a script, goes on to its verdict."""
    os.mkfifo(tmp_path / "pipe")
    process = begun(tmp_path, "verify", "pipe", ignoring=(signal.SIGHUP, signal.SIGINT))
    with (tmp_path / "pipe").open("wb") as writing:
        process.send_signal(signal.SIGHUP)
        process.send_signal(signal.SIGINT)
        writing.write(samples.native(samples.events(100)))
    out, err = process.communicate(timeout=LIMIT)
    assert (process.returncode, err) == (0, b"")
    assert out.startswith(b"pipe: sound\n")


@pytest.mark.parametrize("number", INTERRUPTING)
@pytest.mark.parametrize("command", [("verify",), ("verify", "--json"), ("show",), ("export", "--to", "json")])
def test_an_interrupted_command_reaches_no_verdict(
    tmp_path: Path, command: tuple[str, ...], number: signal.Signals
) -> None:
    """A command that reads a chain and is ended by a signal says so in one sentence and exits with 130."""
    os.mkfifo(tmp_path / "pipe")
    process = begun(tmp_path, *command, "pipe")
    # Opening it waits for the command to open it, too: it reads from then on, and never gets to the end.
    with (tmp_path / "pipe").open("wb") as writing:
        writing.write(samples.native(samples.events(100), end=False))
        writing.flush()
        # One that comes just before the read begins is seen when the next one interrupts that.
        while process.poll() is None:
            process.send_signal(number)
            time.sleep(0.001)
        out, err = process.communicate(timeout=LIMIT)
    assert (process.returncode, out) == (130, b"")
    assert err == f"chainview: interrupted: {number.name} came before the command was done\n".encode()


@pytest.mark.parametrize("number", INTERRUPTING)
def test_more_signals_do_not_end_the_closing_of_a_recording(tmp_path: Path, number: signal.Signals) -> None:
    """Signals that follow the first leave the chain to be closed, and the exit code as it is."""
    process = begun(tmp_path, "record", sample("pulse"), "-o", "p.chain")
    assert process.stdout is not None
    process.stdout.readline()
    for _ in range(5):
        process.send_signal(number)
    _, err = process.communicate(timeout=LIMIT)
    assert process.returncode == 0
    assert b"Traceback" not in err
    assert b"lock" not in err
    assert isinstance(list(read_entries((tmp_path / "p.chain").read_bytes()))[-1], End)


@pytest.mark.parametrize("number", INTERRUPTING)
@pytest.mark.parametrize("more", [(), ("--call", "spin()")])
def test_a_running_call_is_ended_by_a_signal_without_being_blamed(
    tmp_path: Path, number: signal.Signals, more: tuple[str, ...]
) -> None:
    """A signal in the middle of a call ends it, and the command with 130; the calls that were left are told."""
    path = Guest().body("spin", SPIN).written(tmp_path)
    process = begun(tmp_path, "record", str(path), "--call", "spin()", *more, "-o", "s.chain")
    recorded_up_to(tmp_path / "s.chain", 1)
    process.send_signal(number)
    _, err = process.communicate(timeout=LIMIT)
    assert process.returncode == 130
    assert b"failed" not in err
    by = "interrupted by the user" if number is signal.SIGINT else f"ended by {number.name}"
    assert f"the call that was running was {by}\n    ".encode() in err
    assert (b"1 of the 2 calls asked for was never made" in err) == bool(more)
    assert isinstance(list(read_entries((tmp_path / "s.chain").read_bytes()))[-1], End)


@pytest.mark.parametrize("number", INTERRUPTING)
def test_a_signal_while_init_runs_ends_it(tmp_path: Path, number: signal.Signals) -> None:
    """An init that does not return is a call that ran: 130, and the chain holds it with its end."""
    path = Guest().body(INIT, SPIN).written(tmp_path)
    process = begun(tmp_path, "record", str(path), "--schema", "values", "-o", "s.chain")
    recorded_up_to(tmp_path / "s.chain", 1)
    process.send_signal(number)
    _, err = process.communicate(timeout=LIMIT)
    assert process.returncode == 130
    assert b"the call that was running was" in err
    entries = list(read_entries((tmp_path / "s.chain").read_bytes()))
    assert isinstance(entries[-1], End)
    assert entries[-1].events == 3


@pytest.mark.parametrize("number", INTERRUPTING)
@pytest.mark.parametrize(("calls", "code"), [((), 0), (("--call", "f()"), 130)])
def test_a_signal_while_the_module_is_loaded_waits_for_nothing(
    tmp_path: Path, number: signal.Signals, calls: tuple[str, ...], code: int
) -> None:
    """A start function that does not end, or a compiler, is not waited for; there is no chain, and it is said."""
    guest = Guest().returning("f", UNIT)
    guest.extra = "(func $start (loop br 0)) (start $start)"
    process = begun(tmp_path, "record", str(guest.written(tmp_path)), *calls, "-o", "s.chain", "--timeout", "1h")
    while process.poll() is None and not _runs_its_guest(process):
        time.sleep(0.01)
    process.send_signal(number)
    _, err = process.communicate(timeout=LIMIT)
    assert err.endswith(f"nothing was recorded: {number.name} came while the module was loaded\n".encode())
    assert (process.returncode, (tmp_path / "s.chain").exists()) == (code, False)


def test_a_signal_ends_a_recording_that_nobody_reads(tmp_path: Path) -> None:
    """A reader that stops reading keeps no signal from ending the recording."""
    # A call that ended before the signal came would be no interruption: no machine makes so many host calls at once.
    process = begun(tmp_path, "record", sample("chatter"), "--call", "chat(4000000u32, 40u32)", "-o", "c.chain")
    assert process.stdout is not None
    process.stdout.read(1)
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 130
    process.stdout.close()
    assert process.stderr is not None
    process.stderr.close()
    assert isinstance(list(read_entries((tmp_path / "c.chain").read_bytes()))[-1], End)


def test_a_signal_that_python_swallows_ends_the_command_all_the_same() -> None:
    """What is raised inside a callback of Python's own is dropped there, and raised again after it."""
    script = """
import os, signal, time
from chainview.system.errors import Terminated
from chainview.system.signals import interruption

class Dropped:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(60)

interruption.listen()
try:
    Dropped()
    time.sleep(60)
except Terminated:
    print(interruption.name)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=LIMIT, check=False)
    assert (done.stdout, done.stderr, done.returncode) == ("SIGTERM\n", "", 0)


def test_a_swallowed_signal_does_not_come_again_once_the_command_shuts_down() -> None:
    """What is raised a second time ends no command that has its exit code already."""
    script = """
import os, signal, time
from chainview.system.signals import interruption

class Dropped:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(60)

interruption.listen()
Dropped()
interruption.ignore()
time.sleep(0.2)
print(interruption.name)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=LIMIT, check=False)
    assert (done.stdout, done.stderr, done.returncode) == ("SIGINT\n", "", 0)


@pytest.mark.parametrize("number", INTERRUPTING)
def test_a_signal_inside_of_generated_code_leaves_the_exit_code(tmp_path: Path, number: signal.Signals) -> None:
    """Python ends a module by SIGINT once a KeyboardInterrupt has passed through `exec`, as an import may have it."""
    (tmp_path / "interrupted.py").write_text(f"""
import os, sys, time
from chainview.system.errors import Terminated
from chainview.system.signals import interruption

interruption.listen()
try:
    exec("os.kill(os.getpid(), {number.value}); time.sleep(60)")
except (KeyboardInterrupt, Terminated):
    interruption.ignore()
sys.exit(130)
""")
    line = [sys.executable, "-m", "interrupted"]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    assert subprocess.run(line, cwd=tmp_path, env=env, timeout=LIMIT, check=False).returncode == 130


def test_what_a_test_starts_heeds_signals_though_the_tests_ignore_them() -> None:
    """Tests that run as a shell's background job, or under `nohup`, start processes that signals end as ever."""
    ask = "import signal; print(*(int(signal.getsignal(n) is signal.SIG_IGN) for n in (1, 2, 15)))"
    script = f"import tests.conftest, subprocess, sys; subprocess.run([sys.executable, '-c', {ask!r}], check=True)"

    def ignore() -> None:
        for number in INTERRUPTING:
            signal.signal(number, signal.SIG_IGN)

    line = [sys.executable, "-c", script]
    done = subprocess.run(line, capture_output=True, text=True, timeout=LIMIT, preexec_fn=ignore, check=True)
    assert done.stdout == "0 0 0\n"


def _runs_its_guest(process: subprocess.Popen[bytes]) -> bool:
    """Whether beside the main thread those of the replay and of its watchdog are there."""
    return len(os.listdir(f"/proc/{process.pid}/task")) > 2


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="the threads of a process are counted in /proc")
@pytest.mark.parametrize("number", INTERRUPTING)
def test_a_replay_is_ended_while_its_guest_runs(tmp_path: Path, number: signal.Signals) -> None:
    """A call that does not return does not keep a signal from ending the command."""
    pricing = Path(sample("pricing")).parent
    chain = str(pricing / "workloads" / "forecast.chain")
    process = begun(
        tmp_path, "replay", str(pricing / "faults" / "endless-loop.wasm"), chain, "--text", "--timeout", "1h"
    )
    while process.poll() is None and not _runs_its_guest(process):
        time.sleep(0.01)
    process.send_signal(number)
    out, err = process.communicate(timeout=LIMIT)
    assert (process.returncode, out) == (130, b"")
    assert number.name in err.decode()
