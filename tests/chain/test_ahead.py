"""A chain whose events another writes for a while."""

from __future__ import annotations

from pathlib import Path

import pytest

from chainview.chain.event import Event
from chainview.chain.files.entries.entry import Note
from chainview.chain.files.native.layout import pack_event
from chainview.chain.files.native.writer import ChainWriter
from chainview.chain.files.opened import open_chain
from chainview.chain.files.verification import verify
from chainview.chain.state_chain import Ahead, StateChain, linked
from tests.chain import samples

PARTS = [("a", b"one"), ("b", b"two"), ("c", b"three")]


@pytest.fixture
def writer(tmp_path: Path) -> ChainWriter:
    return ChainWriter.create(tmp_path / "c.chain", samples.header())


def begun(writer: ChainWriter) -> tuple[StateChain, Ahead]:
    """A chain of one event on which another goes on."""
    chain = StateChain(sink=writer)
    chain.append("first", b"zero")
    ahead = chain.goes_ahead()
    assert ahead is not None
    return chain, ahead


def written_aside(ahead: Ahead, junk: bytes = b"") -> tuple[bytes, list[Event]]:
    """What another writes behind that place: events, and a part of one more."""
    events = list(linked(PARTS, ahead.head))
    entries = b"".join([pack_event(event) for event in events])
    with ahead.path.open("r+b") as file:
        file.seek(ahead.position)
        file.write(entries + junk)
    return entries, events


def test_what_another_wrote_is_of_the_chain(writer: ChainWriter) -> None:
    """Subscribers get it in its place, what is appended next is linked to it, and the file is whole."""
    chain, ahead = begun(writer)
    taken = chain.subscribe()
    entries, events = written_aside(ahead)
    chain.note(Note("mark", {}))
    chain.catches_up(entries, len(events), events[-1].hash)
    last = chain.append("last", b"end")
    writer.close()
    items = taken.take(10) + taken.take(10)
    assert [item if isinstance(item, Note) else item[0] for item in items] == [*events, Note("mark", {}), last]
    assert (last.parent, chain.count, writer.events) == (events[-1].hash, 5, 5)
    with open_chain(writer.path) as opened:
        assert verify(opened).sound


def test_half_an_entry_that_another_left_is_cut_off(writer: ChainWriter) -> None:
    """What follows stands directly behind the last whole one."""
    chain, ahead = begun(writer)
    entries, events = written_aside(ahead, junk=b"\x97\xa1E\xc4")
    chain.catches_up(entries, len(events), events[-1].hash, was_cut=True)
    chain.append("last", b"end")
    writer.close()
    with open_chain(writer.path) as opened:
        assert verify(opened).sound
        assert len(opened.load().table) == 5


def test_who_began_to_listen_meanwhile_is_told(writer: ChainWriter) -> None:
    """Of each event that another wrote, with its number; and from then on nobody goes ahead."""
    chain, ahead = begun(writer)
    entries, events = written_aside(ahead)
    told: list[tuple[Event, int]] = []
    end = chain.tell(lambda event, number: told.append((event, number)))
    chain.catches_up(entries, len(events), events[-1].hash)
    assert told == [(event, number) for number, event in enumerate(events, 2)]
    assert chain.goes_ahead() is None
    end()
    again = chain.goes_ahead()
    assert again is not None
    chain.catches_up(b"", 0, again.head)
    writer.close()


def test_nobody_goes_ahead_of_what_must_be_told_at_once(writer: ChainWriter) -> None:
    """Without a first event, where events are kept in memory, without a file, and where that or its name is lost."""
    assert StateChain(sink=writer).goes_ahead() is None
    for chain in (StateChain(), StateChain(sink=writer, keep=True)):
        chain.append("first", b"")
        assert chain.goes_ahead() is None
    chain = StateChain(sink=writer)
    chain.append("first", b"")
    writer.path.rename(writer.path.with_suffix(".moved"))
    assert chain.goes_ahead() is None
    writer.abandon()
    assert chain.goes_ahead() is None


def test_the_file_is_looked_at_once_each_time(writer: ChainWriter, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each time another goes ahead costs one look at the file and its name."""
    chain, ahead = begun(writer)
    chain.catches_up(b"", 0, ahead.head)
    place, looks = writer.shared_at, list[ChainWriter]()

    def looked_at(one: ChainWriter) -> tuple[Path, int] | None:
        looks.append(one)
        return place

    monkeypatch.setattr(ChainWriter, "shared_at", property(looked_at))
    for _ in range(3):
        assert chain.goes_ahead() == ahead
        chain.catches_up(b"", 0, ahead.head)
    writer.close()
    assert len(looks) == 3
