"""Feeds: from a session, a file and a pipe into a table."""

from __future__ import annotations

import errno
import os
import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainview.actor.session.status import Phase
from chainview.chain.files.entries.entry import Note
from chainview.chain.files.entries.header import Header
from chainview.chain.files.native.writer import ChainWriter
from chainview.chain.files.opened import open_chain
from chainview.chain.state_chain import Item, StateChain, linked
from chainview.chain.words.notes import note_text
from chainview.system.errors import ChainviewError
from chainview.ui.feeds.coming_sources import PipeSource
from chainview.ui.feeds.feed import Feed
from chainview.ui.feeds.file_feed import FileFeed
from chainview.ui.feeds.file_sources import FileSource
from chainview.ui.feeds.live_feed import MOST_A_TICK, LiveFeed
from chainview.ui.feeds.spool import Spool
from tests.chain import samples as chain_samples
from tests.chain.unsound import NOT_WRONG, WRONG, wrong_number
from tests.ui import samples
from tests.ui.app_driver import IDLE, PlayedSession, few_calls
from tests.waiting import eventually


def test_nothing_is_lost_however_much_comes_at_once() -> None:
    """More than a tick takes stays for the next ones, in order."""
    session = PlayedSession()
    feed = LiveFeed(session)
    count = MOST_A_TICK + 1500
    session.record([samples.log(str(number)) for number in range(count)])
    ticks = 0
    while len(feed.table) < count:
        taken = feed.take()
        assert taken.appended <= MOST_A_TICK
        assert taken.more == (len(feed.table) < count)
        ticks += 1
    assert ticks > 1
    assert feed.table.hash(count - 1) == session.chain.head


def test_what_comes_while_a_look_takes_waits_for_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    """Events that come one by one while others are taken bring about no look of their own."""
    session = PlayedSession()
    feed = LiveFeed(session)
    session.record([samples.log("before")] * 3)
    take = feed._subscription.take

    def and_one_comes(most: int) -> list[Item]:
        items = take(most)
        session.record([samples.log("meanwhile")])
        return items

    monkeypatch.setattr(feed._subscription, "take", and_one_comes)
    for appended in (3, 1, 1):
        taken = feed.take()
        assert (taken.appended, taken.more) == (appended, False)


@given(st.lists(st.integers(1, 400), min_size=1, max_size=12), st.integers(1, 300))
def test_keeping_holds_the_newest_and_counts_the_rest(batches: list[int], keep: int) -> None:
    """With `keep` the table stays near that size, and numbers go on as if nothing had been let go."""
    session = PlayedSession()
    feed = LiveFeed(session, keep)
    for size in batches:
        session.record([samples.log("x")] * size)
        while feed.take().more:
            pass
        assert len(feed.table) <= keep + max(100, keep // 10)
    assert feed.total == sum(batches) == session.chain.count
    assert feed.table.number(len(feed.table) - 1) == sum(batches)


def test_notes_are_no_events() -> None:
    """A note is handed on and not counted."""
    session = PlayedSession()
    feed = LiveFeed(session)
    session.record(few_calls(1))
    session.chain.note(Note("build", {"number": 2}))
    taken = feed.take()
    assert taken.appended == 7
    assert [(note.kind, note.after) for note in taken.notes] == [("build", 7)]
    assert note_text(taken.notes[0]) == "build  number 2"


def test_rate_and_running_time_come_from_the_clock() -> None:
    """The rate is counted over the last two seconds, the running time from when the call began."""
    now = 1_000_000_000
    session = PlayedSession()
    feed = LiveFeed(session, clock=lambda: now)
    feed.figures()
    session.record(few_calls(1))
    feed.take()
    session.state = replace(IDLE, phase=Phase.RUNNING, function="my:counter/api.spin", since_ns=now)
    now += 1_000_000_000
    figures = feed.figures()
    assert figures.rate == 7.0
    assert figures.running == "api.spin"
    assert figures.running_ns == 1_000_000_000
    now += 10_000_000_000
    feed.figures()
    now += 10_000_000_000
    assert feed.figures().rate == 0.0


def finished(feed: FileFeed) -> str:
    """What the feed says of the chain when all is read and checked."""
    while feed.busy:
        feed.take()
    while feed.figures().sound[0].startswith("verifying"):
        time.sleep(0.005)
    return feed.figures().sound[0]


def test_a_file_is_read_verified_and_sound(tmp_path: Path) -> None:
    """A closed chain file is said to be sound."""
    with ChainWriter.create(tmp_path / "a.chain", Header()) as writer:
        chain = StateChain(sink=writer)
        for event_type, payload in few_calls():
            chain.append(event_type, payload)
    with open_chain(tmp_path / "a.chain") as opened:
        feed = FileFeed(opened)
        assert finished(feed) == "chain sound"
        feed.close()


def test_a_changed_event_is_named(tmp_path: Path) -> None:
    """The status line names the first event that is wrong."""
    path = tmp_path / "a.chain"
    with ChainWriter.create(path, Header()) as writer:
        chain = StateChain(sink=writer)
        for part in few_calls():
            chain.append(*part)
    data = path.read_bytes()
    path.write_bytes(data.replace(b"counting from 0", b"counting from 9"))
    with open_chain(path) as opened:
        feed = FileFeed(opened)
        assert finished(feed).startswith("✖ event 2: ")
        feed.close()


@pytest.mark.parametrize("grows", [False, True])
@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_named_by_the_status_line(name: str, grows: bool, tmp_path: Path) -> None:
    """Whatever is wrong with an event, the status line names that event, also while the file may grow."""
    (tmp_path / "file").write_bytes(WRONG[name])
    with open_chain(tmp_path / "file") as opened:
        feed = FileFeed(opened, grows=grows)
        assert finished(feed).startswith(f"✖ event {wrong_number(name)}: ")
        feed.close()


@pytest.mark.parametrize("name", ["chain of 2025", "native"])
def test_a_sound_chain_of_any_age_is_called_sound(name: str, tmp_path: Path) -> None:
    """The status line calls what verifies sound, also while the file may grow."""
    (tmp_path / "file").write_bytes(NOT_WRONG[name])
    for grows in (False, True):
        with open_chain(tmp_path / "file") as opened:
            feed = FileFeed(opened, grows=grows)
            assert finished(feed).split(",")[0] == "chain sound"
            feed.close()


def test_what_can_not_be_read_of_a_growing_file_is_told_while_it_grows(tmp_path: Path) -> None:
    """Bytes between events that are none make a chain that still grows as unsound as one that is closed."""
    whole, path = chain_samples.native(chain_samples.events(9), end=False), tmp_path / "a.chain"
    part = chain_samples.native(chain_samples.events(4), end=False)
    path.write_bytes(part)
    now = 0.0
    with open_chain(path) as opened:
        feed = FileFeed(opened, grows=True, clock=lambda: now)
        assert finished(feed) == "chain sound"
        with path.open("ab") as file:
            file.write(b"\xff\x00garbage" * 9 + whole[len(part) :])
        now += 1.0
        feed.take()
        assert len(opened.table) == 9
        assert finished(feed).startswith("✖ event 4: the entry after event 4 can't be read (81 bytes")
        feed.close()


def test_a_growing_file_is_followed_and_its_new_events_checked(tmp_path: Path) -> None:
    """What another program appends is taken; a file that grows is not called cut or unclosed."""
    path = tmp_path / "a.chain"
    now = 0.0
    with ChainWriter.create(path, Header()) as writer:
        chain = StateChain(sink=writer)
        parts = few_calls()
        for part in parts[:4]:
            chain.append(*part)
        with open_chain(path) as opened:
            feed = FileFeed(opened, grows=True, clock=lambda: now)
            assert finished(feed) == "chain sound"
            for part in parts[4:]:
                chain.append(*part)
            now += 1
            assert feed.take().appended == len(parts) - 4
            assert finished(feed) == "chain sound"


def test_reading_can_be_cancelled(tmp_path: Path) -> None:
    """What was read before stays, and the status line says that reading stopped."""
    with ChainWriter.create(tmp_path / "a.chain", Header()) as writer:
        chain = StateChain(sink=writer)
        for part in few_calls():
            chain.append(*part)
    with open_chain(tmp_path / "a.chain") as opened:
        feed = FileFeed(opened)
        assert feed.indexing
        feed.cancel()
        assert not feed.busy
        assert feed.figures().sound[0] == "reading stopped after event 0"


def test_a_pipe_is_shown_while_it_comes(tmp_path: Path) -> None:
    """A native chain is there before its pipe has ended, and complete afterwards; no file stays behind."""
    path = tmp_path / "a.chain"
    with ChainWriter.create(path, Header()) as writer:
        chain = StateChain(sink=writer)
        for part in few_calls(60):
            chain.append(*part)
    data = path.read_bytes()
    source_end, pipe = os.pipe()
    spool = Spool(source_end)
    source = PipeSource(spool)
    half = len(data) // 2
    os.write(pipe, data[:half])
    feed = source.open()
    assert isinstance(feed, FileFeed)
    while feed.busy:
        feed.take()
    assert 0 < len(feed.table) < chain.count
    assert not Path(spool.path).exists()
    os.write(pipe, data[half:])
    os.close(pipe)
    spool.wait(10)

    def grown() -> bool:
        feed.take()
        return not feed.grows

    eventually(grown)
    assert finished(feed) == "chain sound"
    assert len(feed.table) == chain.count
    source.close()


@pytest.mark.parametrize("room", [0, 5_000])
def test_a_pipe_that_can_not_be_kept_is_told(room: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that takes no more of a piped chain is no end of it: the status line, or the end, says what to do."""
    written = os.write

    def full(descriptor: int, data: bytes) -> int:
        if os.fstat(descriptor).st_size >= room:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return written(descriptor, data[: room - os.fstat(descriptor).st_size])

    source_end, pipe = os.pipe()
    written(pipe, chain_samples.native(list(linked(few_calls(30)))))
    os.close(pipe)
    with monkeypatch.context() as patched:
        patched.setattr(os, "write", full)
        spool = Spool(source_end)
        spool.wait(10)
    source = PipeSource(spool)
    if not room:
        with pytest.raises(ChainviewError, match="can't keep what standard input gives in a temporary file: no space"):
            source.open()
    else:
        feed = source.open()
        assert isinstance(feed, FileFeed)
        assert "no space left on device; free some space, or set TMPDIR" in finished(feed)
    source.close()


def test_a_session_grows_until_it_is_over() -> None:
    """Every feed tells whether more may come: of a session until the look that finds it ended."""
    session = PlayedSession()
    feed: Feed = LiveFeed(session)
    feed.figures()
    feed.cancel()
    assert (feed.live, feed.grows, feed.indexing) == (True, True, False)
    session.stop()
    feed.figures()
    assert not feed.grows


def test_a_file_grows_only_while_it_is_followed(tmp_path: Path) -> None:
    """A file that nobody follows is all there from the beginning; reading one that is followed can be ended."""
    with ChainWriter.create(tmp_path / "a.chain", Header()) as writer:
        StateChain(sink=writer).append(*few_calls()[0])
    for follow in (False, True):
        with open_chain(tmp_path / "a.chain") as opened:
            feed: Feed = FileFeed(opened, grows=follow)
            assert (feed.live, feed.grows, feed.indexing) == (False, follow, True)
            feed.cancel()
            assert (feed.grows, feed.indexing) == (False, False)


def _written(path: Path, events: int) -> bytes:
    """A chain file, last written long ago."""
    path.write_bytes(chain_samples.native(chain_samples.events(events)))
    os.utime(path, (0, 0))
    return path.read_bytes()


def _settled(feed: FileFeed) -> str:
    """What the feed says once what is left of its file is checked."""
    eventually(lambda: feed.take() is not None and "is not there any more" in feed.figures().sound[0])
    return feed.figures().sound[0]


@pytest.mark.parametrize("grows", [False, True])
@pytest.mark.parametrize("kept", [0, 9000])
def test_a_file_that_is_shortened_while_it_is_shown_stays_on_the_screen(tmp_path: Path, grows: bool, kept: int) -> None:
    """Its events stay, those that are gone are marked, the status line says so and offers to open it again."""
    _written(tmp_path / "a.chain", 200)
    now = 0.0
    with open_chain(tmp_path / "a.chain") as opened:
        feed = FileFeed(opened, grows=grows, clock=lambda: now)
        assert finished(feed).startswith("chain sound")
        os.truncate(tmp_path / "a.chain", kept)
        now += 1
        assert _settled(feed).startswith("✖ it became shorter while it was open: event ")
        assert (feed.figures().changed, len(feed.table)) == (True, 200)
        assert feed.table.any_unsound(199, 200)
        assert feed.table.any_unsound(0, 1) == (kept == 0)
        feed.close()


def test_a_file_that_is_written_over_tells_no_lies(tmp_path: Path) -> None:
    """Other bytes of the same length are not shown as what was read: each event that changed is marked."""
    path = tmp_path / "a.chain"
    data = _written(path, 20)
    now = 0.0
    with open_chain(path) as opened:
        feed = FileFeed(opened, clock=lambda: now)
        assert finished(feed).startswith("chain sound")
        with path.open("r+b") as file:
            file.write(data.replace(b"call 1 begins", b"call 9 begins"))
        now += 1
        assert _settled(feed) == "✖ it was written over while it was open: event 7 is not there any more"
        assert feed.table.any_unsound(6, 7)
        assert not feed.table.any_unsound(7, 20)
        feed.close()


def test_a_file_whose_name_goes_is_told_and_the_one_that_takes_it_can_be_opened(tmp_path: Path) -> None:
    """Removal and replacement are told within a second or so; what has the name then is opened when it is asked for."""
    path = tmp_path / "a.chain"
    _written(path, 20)
    source = FileSource(open_chain(path), follow=True)
    feed = source.open()
    path.rename(tmp_path / "a.chain.1")
    told = "✖ it was removed or renamed"
    eventually(lambda: feed.take() is not None and feed.figures().sound[0] == told)
    with pytest.raises(ChainviewError, match="there is no file"):
        source.again()
    _written(path, 30)
    told = "✖ it was replaced by another file"
    eventually(lambda: feed.take() is not None and feed.figures().sound[0] == told)
    other = source.again()
    eventually(lambda: other.take() is not None and len(other.table) == 30)
    assert (len(feed.table), other.figures().changed) == (20, False)
    source.close()
