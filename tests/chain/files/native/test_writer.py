"""Writing a native chain file while an actor runs."""

from __future__ import annotations

import errno
import os
import random
import resource
import signal
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chainview.chain.event import Event
from chainview.chain.files.entries.entry import End, Note
from chainview.chain.files.native.writer import SYNC_SECONDS, ChainWriteError, ChainWriter
from chainview.chain.files.opened import OpenedChain, open_chain
from chainview.chain.files.verification import verify
from chainview.chain.state_chain import StateChain
from tests.chain import samples
from tests.reference import REPOSITORY
from tests.waiting import LIMIT, eventually

ENDLESS = """
import sys
from pathlib import Path
from chainview.chain.state_chain import StateChain
from chainview.chain.files.native.writer import ChainWriter
from tests.chain import samples
writer = ChainWriter.create(Path(sys.argv[1]), samples.header())
chain = StateChain(sink=writer)
print("writing", flush=True)
while True:
    for event_type, payload in samples.parts(50):
        chain.append(event_type, payload)
    chain.call_ended()
"""


def in_python(program: str, path: Path) -> subprocess.Popen[str]:
    """A Python process that runs a program on a path."""
    return subprocess.Popen(
        [sys.executable, "-c", program, str(path)], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True
    )


def events_of(opened: OpenedChain) -> list[Event]:
    """All events of an opened chain."""
    opened.load()
    return [opened.table.event(index) for index in range(len(opened.table))]


@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.text(max_size=30), st.binary(max_size=300)), max_size=20))
def test_what_is_written_reads_back(tmp_path: Path, parts: list[tuple[str, bytes]]) -> None:
    """Any chain reads back from its file as the same events, sound and closed."""
    path = tmp_path / "any.chain"
    with ChainWriter.create(path, samples.header(), force=True) as writer:
        chain = StateChain(sink=writer, keep=True)
        for event_type, payload in parts:
            chain.append(event_type, payload)
        chain.note(Note("build", {"sha256": "ab"}))
    with open_chain(path) as opened:
        assert events_of(opened) == list(chain.events)
        assert verify(opened).sound
        assert opened.end == End(len(parts), chain.head)
        assert opened.notes == [Note("build", {"sha256": "ab"}, len(parts))]


def test_a_file_is_private_and_readable_while_it_grows(tmp_path: Path) -> None:
    """A chain file is the user's alone, holds each event as soon as it is appended, and grows on in an open reader."""
    path = tmp_path / "live.chain"
    events = samples.events(12)
    with ChainWriter.create(path, samples.header()) as writer:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        for event in events[:5]:
            writer.write_event(event)
        with open_chain(path) as opened:
            assert events_of(opened) == events[:5]
            assert opened.grow() == 0
            for event in events[5:]:
                writer.write_event(event)
            assert opened.grow() == 7
            assert events_of(opened) == events
            writer.close()
            assert opened.grow() == 0
            assert opened.end == End(12, events[-1].hash)
            assert verify(opened).sound


@pytest.mark.once
def test_a_killed_program_leaves_whole_events(tmp_path: Path) -> None:
    """A program killed at any moment leaves a file that opens up to its last whole event."""
    rng = random.Random(5)
    for attempt in range(4):
        path = tmp_path / f"killed-{attempt}.chain"
        with in_python(ENDLESS, path) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(rng.random() * 0.1)
            process.send_signal(signal.SIGKILL)
        with open_chain(path) as opened:
            verdict = verify(opened)
            if opened.cut is None:
                assert verdict.sound
                assert verdict.remarks[0] == f"not closed after event {len(opened.table):,}"
            else:
                assert [problem.kind for problem in verdict.problems] == ["truncated"]


def test_two_programs_never_write_one_file(tmp_path: Path) -> None:
    """While one program writes a file no other replaces it, with or without force; afterwards it can be replaced."""
    path = tmp_path / "one.chain"
    with in_python(ENDLESS, path) as process:
        assert process.stdout is not None
        process.stdout.readline()
        for force in (False, True):
            with pytest.raises(ChainWriteError):
                ChainWriter.create(path, samples.header(), force=force)
        process.send_signal(signal.SIGKILL)
    with pytest.raises(ChainWriteError, match="exists already"):
        ChainWriter.create(path, samples.header())
    ChainWriter.create(path, samples.header(), force=True).close()
    with open_chain(path) as opened:
        assert (verify(opened).sound, len(opened.table)) == (True, 0)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_an_unwritable_folder_is_one_sentence(tmp_path: Path) -> None:
    """A folder that can't be written in gives one sentence."""
    tmp_path.chmod(0o500)
    with pytest.raises(ChainWriteError, match="can't create"):
        ChainWriter.create(tmp_path / "no.chain", samples.header())


def test_what_can_not_be_a_file_is_one_sentence(tmp_path: Path) -> None:
    """A folder, or a place under a file or nowhere, is refused in one sentence and nothing is left behind."""
    (tmp_path / "plain").write_text("x")
    for path in (tmp_path, tmp_path / "plain" / "x.chain", tmp_path / "nowhere" / "x.chain"):
        with pytest.raises(ChainWriteError):
            ChainWriter.create(path, samples.header())
    assert sorted(each.name for each in tmp_path.iterdir()) == ["plain"]


FILLED = """
import resource, signal, sys
from pathlib import Path
from chainview.chain.state_chain import StateChain
from chainview.chain.files.native.writer import ChainWriteError, ChainWriter
from tests.chain import samples
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
writer = ChainWriter.create(Path(sys.argv[1]), samples.header())
chain = StateChain(sink=writer)
parts = list(samples.parts(100))
failures = []
for event_type, payload in parts:
    try:
        chain.append(event_type, payload)
    except ChainWriteError as error:
        failures.append(error.sentence)
writer.close()
print(chain.count, len(failures), len(set(failures)), failures[0], sep="|")
"""


def test_a_full_disk_keeps_what_was_written(tmp_path: Path) -> None:
    """When no more can be written, each later append says so, and the file holds exactly the chain's events."""
    path = tmp_path / "full.chain"
    with in_python(FILLED, path) as process:
        told, _ = process.communicate(timeout=LIMIT)
    count, failed, kinds, sentence = told.strip().split("|")
    assert (int(count) + int(failed), kinds) == (100, "1")
    assert f"its {count} events up to here are kept" in sentence
    with open_chain(path) as opened:
        verdict = verify(opened)
        assert (verdict.sound, verdict.events, opened.cut) == (True, int(count), None)
        assert verdict.remarks[0] == f"not closed after event {count}"
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 20_000


@pytest.mark.parametrize("taken", [0, 1, 30])
def test_half_an_entry_is_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, taken: int) -> None:
    """A write that fails when part of an entry is on the disk leaves the file as it was before."""
    path, write, events = tmp_path / "half.chain", os.write, samples.events(3)
    writer = ChainWriter.create(path, samples.header())
    writer.write_event(events[0])
    whole, left = path.read_bytes(), [taken]

    def fails(descriptor: int, data: memoryview) -> int:
        count = min(left[0], len(data), 20)
        if not count:
            raise OSError(errno.ENOSPC, "No space left on device")
        left[0] -= count
        return write(descriptor, data[:count])

    monkeypatch.setattr(os, "write", fails)
    for event in events[1:]:
        with pytest.raises(ChainWriteError, match="its 1 event up to here is kept"):
            writer.write_event(event)
    assert path.read_bytes() == whole
    writer.close()
    assert (left, path.read_bytes()) == ([0], whole)


def test_a_closed_file_takes_no_more(tmp_path: Path) -> None:
    """Writing to a closed file is an error, closing twice is not."""
    writer = ChainWriter.create(tmp_path / "x.chain", samples.header())
    writer.close()
    writer.close()
    with pytest.raises(ChainWriteError, match="is closed"):
        writer.write_event(samples.events(1)[0])


def test_a_call_s_end_is_synced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was written is synced when a call has ended, before the time of the next sync has come."""
    synced: list[int] = []
    monkeypatch.setattr("chainview.chain.files.native.writer.SYNC_SECONDS", 2 * LIMIT)
    monkeypatch.setattr("chainview.chain.files.native.writer.time", SimpleNamespace(monotonic=lambda: 1e9))
    monkeypatch.setattr(os, "fsync", synced.append)
    with ChainWriter.create(tmp_path / "x.chain", samples.header()) as writer:
        writer.write_event(samples.events(1)[0])
        writer.call_ended()
        eventually(lambda: synced)


def test_the_end_is_on_the_disk_also_when_a_sync_was_under_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is written while a slow disk still takes what came before is synced before the file is closed."""
    path, going_on, go_on = tmp_path / "x.chain", threading.Event(), threading.Event()
    sizes: list[int] = []

    def slow(descriptor: int) -> None:
        sizes.append(os.fstat(descriptor).st_size if stat.S_ISREG(os.fstat(descriptor).st_mode) else -1)
        going_on.set()
        assert go_on.wait(LIMIT)

    monkeypatch.setattr("chainview.chain.files.native.writer.SYNC_SECONDS", 0.0)
    monkeypatch.setattr(os, "fsync", slow)
    writer = ChainWriter.create(path, samples.header())
    writer.write_event(samples.events(1)[0])
    writer.call_ended()
    assert going_on.wait(LIMIT)
    closing = threading.Thread(target=writer.close)
    closing.start()
    eventually(lambda: path.stat().st_size > sizes[0])
    go_on.set()
    closing.join()
    assert max(sizes) == path.stat().st_size
    assert -1 in sizes


@pytest.mark.parametrize("of_folder", [False, True])
def test_a_failing_last_sync_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, of_folder: bool) -> None:
    """A disk that does not take what was written, or the name of the file, is a failure at the end, not silence."""

    def fails(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode) == of_folder:
            raise OSError(errno.EIO, "Input/output error")

    writer = ChainWriter.create(tmp_path / "x.chain", samples.header())
    writer.write_event(samples.events(1)[0])
    monkeypatch.setattr(os, "fsync", fails)
    writer._folder_unsynced = True
    with pytest.raises(ChainWriteError, match=r"can't write the chain file .* to the disk: input/output error"):
        writer.close()


@pytest.mark.parametrize("place", ["write", "fsync", "replace"])
def test_replacing_on_a_full_disk_keeps_the_old_chain(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """Where the new chain's beginning can't be put on the disk the old one is as it was, and nothing else is left."""
    path = tmp_path / "x.chain"
    path.write_bytes(samples.native(samples.events(5)))
    before = path.read_bytes()

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, place, full)
        with pytest.raises(ChainWriteError, match="no space left on device"):
            ChainWriter.create(path, samples.header(), force=True)
    assert (path.read_bytes(), [each.name for each in tmp_path.iterdir()]) == (before, ["x.chain"])
    ChainWriter.create(path, samples.header(), force=True).close()
    with open_chain(path) as opened:
        assert verify(opened).events == 0


def test_calls_wake_nobody_until_a_sync_is_due(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred calls a second end without a switch to what syncs the file, but for the one at which that is due."""
    clock = SimpleNamespace(now=1e9)
    clock.monotonic = lambda: clock.now
    monkeypatch.setattr("chainview.chain.files.native.writer.time", clock)
    monkeypatch.setattr(ChainWriter, "_sync_while_open", lambda writer: None)
    with ChainWriter.create(tmp_path / "x.chain", samples.header()) as writer:
        writer._synced_at = clock.now
        woken = list[float]()
        monkeypatch.setattr(writer._wake, "notify", lambda: woken.append(clock.now))
        for _ in range(100):
            writer.call_ended()
        assert not woken
        clock.now += SYNC_SECONDS
        writer.call_ended()
        assert woken == [clock.now]
