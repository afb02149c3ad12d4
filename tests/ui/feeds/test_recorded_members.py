"""The actors of a folder as a roster: how each is, what is open at once, and what is known of links."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from chainview.chain.event import MODULE_EVENT
from chainview.chain.families.folder import find_family
from chainview.chain.families.index import INDEX, Entry
from chainview.chain.families.link import Basis, LinkKind
from chainview.chain.files.opened import open_chain
from chainview.chain.payload import encode_call
from chainview.chain.schema import Schema
from chainview.chain.table import EventTable
from chainview.pack.values import UNIT, String, Tuple
from chainview.ui.feeds.recorded_members import MOST_OPEN, RecordedMembers
from chainview.ui.lines.status import Badge
from chainview.ui.live.links import link_text
from tests.ui import samples
from tests.ui.recorded_family import HELLO, found, index, ok, steps, write_chain, write_family
from tests.waiting import eventually


@pytest.fixture
def family(tmp_path: Path) -> Iterator[RecordedMembers]:
    """The sample family, of which nothing was looked at yet."""
    roster = RecordedMembers(write_family(tmp_path))
    yield roster
    roster.close()


def table_of(roster: RecordedMembers, number: int) -> EventTable | None:
    """The events of an actor, read to the end."""
    steps = roster.reading(number)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            table: EventTable | None = end.value
            return table


def test_each_actor_is_as_its_chain_says(family: RecordedMembers) -> None:
    """Not read at first; then sound, failed or damaged with the reason, with its events and errors counted."""
    assert [each.figures().badge for each in family.all()] == [Badge.UNREAD] * 4
    assert family.errors(2) is None
    family.begin()
    eventually(lambda: family.settled)
    figures = [each.figures() for each in family.all()]
    assert [each.badge for each in figures] == [Badge.SOUND, Badge.SOUND, Badge.FAILED, Badge.DAMAGED]
    assert [each.events for each in figures] == [8, 10, 4, 11]
    assert [family.errors(number) for number in range(4)] == [0, 0, 1, 1]
    assert "no" in figures[2].reason
    assert figures[3].reason.startswith("event ")


def test_children_stand_below_their_parent_whatever_the_index_says(tmp_path: Path) -> None:
    """Who is its own parent, or an ancestor of its parent, is still there, once."""
    entries = [Entry(f"{n}.chain", str(n), f"a{n}", parent) for n, parent in enumerate(("", "3", "2", "0", "5", "4"))]
    (tmp_path / INDEX).write_text("".join([entry.line for entry in entries]))
    roster = RecordedMembers(found(tmp_path))
    depths = {each.number: each.depth for each in roster.all()}
    assert [each.number for each in roster.all()][:3] == [0, 3, 1]
    assert (depths[0], depths[3], depths[1]) == (0, 1, 2)
    assert sorted(depths) == list(range(6))


def test_what_can_not_be_read_is_a_row_with_the_reason(tmp_path: Path) -> None:
    """A file that is missing, a folder, another file: each says what it is, and the others are read."""
    index(tmp_path, "a", "b", "c", "d")
    write_chain(tmp_path / "0-a.chain", steps(1))
    (tmp_path / "2-c.chain").mkdir()
    (tmp_path / "3-d.chain").write_bytes(b"\x89PNG\r\n")
    roster = RecordedMembers(found(tmp_path))
    roster.begin()
    eventually(lambda: roster.settled)
    figures = [each.figures() for each in roster.all()]
    assert [each.badge for each in figures] == [Badge.SOUND, *[Badge.UNREADABLE] * 3]
    assert "missing" in figures[1].reason
    assert "no regular file" in figures[2].reason
    assert "no chain" in figures[3].reason
    assert table_of(roster, 1) is None
    assert len(table_of(roster, 0) or ()) == 5
    roster.close()


def test_only_so_many_files_are_open_at_once(tmp_path: Path) -> None:
    """However many chains are read one after the other; the ones read last can still be read."""
    count = 3 * MOST_OPEN
    index(tmp_path, *["a"] * count)
    for number in range(count):
        write_chain(tmp_path / f"{number}-a.chain", steps(1))
    roster = RecordedMembers(found(tmp_path))
    before = len(os.listdir("/dev/fd"))
    tables = [table_of(roster, number) for number in range(count)]
    assert len(os.listdir("/dev/fd")) - before == MOST_OPEN
    last = tables[-1]
    assert last is not None
    assert last.payload(0)
    roster.close()
    assert len(os.listdir("/dev/fd")) == before


def test_links_are_known_whether_all_was_looked_through_or_not(family: RecordedMembers) -> None:
    """Both ends tell of each other, before the chains were closed again and after it."""
    for _ in range(2):
        [(other, link)] = family.links(0, 7)
        assert link_text(other, link) == "handled by 1 worker, event 9 (inferred)"
        [(other, link)] = family.links(1, 9)
        assert link_text(other, link) == "sent by 0 root, event 7 (inferred)"
        assert family.links(0, 1) == []
        if not family.settled:
            family.begin()
            eventually(lambda: family.settled)


def test_names_are_known_once_the_chains_were_looked_through(tmp_path: Path) -> None:
    """Without an index they stand in the chains: none is read before it is asked for."""
    write_chain(tmp_path / "0.chain", steps(1))
    roster = RecordedMembers(found(tmp_path))
    assert [each.title for each in roster.all()] == ["0"]
    roster.begin()
    with open_chain(tmp_path / "0.chain") as opened:
        name = opened.load().header
    assert name is not None
    eventually(lambda: [each.title for each in roster.all()] == [name.actor_name])
    roster.close()


@pytest.mark.once
def test_a_family_that_is_followed_grows(tmp_path: Path) -> None:
    """By events, and by actors that come to lie in its folder."""
    index(tmp_path, "root")
    write_chain(tmp_path / "0-root.chain", steps(1))
    roster = RecordedMembers(found(tmp_path), follow=True)
    roster.begin()
    eventually(lambda: roster.settled)
    write_chain(tmp_path / "1-child.chain", steps(2))
    index(tmp_path, "root", "child")
    write_chain(tmp_path / "0-root.chain", steps(3))
    eventually(lambda: [each.figures().events for each in roster.all()] == [11, 8])
    assert [each.title for each in roster.all()] == ["root", "child"]
    roster.close()


def test_a_bare_folder_is_linked_once_all_of_it_was_looked_through(tmp_path: Path) -> None:
    """Whose each chain is is said once, and stands with all actors."""
    handler = "theater:simple/message-server-client.handle-send"
    sent = samples.host("message-server-host", "send", Tuple((String("id-1"), HELLO)), ok(UNIT))
    write_chain(tmp_path / "a.chain", [*steps(1), samples.call("increment"), sent, samples.result("increment", UNIT)])
    call = encode_call(Schema.VALUES, handler, Tuple((HELLO,)))
    write_chain(tmp_path / "b.chain", [*steps(2), (MODULE_EVENT, call), samples.result("f", UNIT)])
    family = find_family(tmp_path, read_chains=False)
    assert family is not None
    roster = RecordedMembers(family)
    assert not roster.untold_news()
    roster.begin()
    eventually(lambda: roster.settled and roster.remarks != ())
    ((member, link),) = roster.links(0, 7)
    assert (member.number, link.kind, link.basis) == (1, LinkKind.SEND, Basis.INFERRED)
    assert list(roster.untold_news()) == ["no index tells whose each chain is: it is inferred from what they say"]
    assert not roster.untold_news()
    roster.close()


def test_a_chain_that_its_file_lost_is_shown_as_it_was_read(tmp_path: Path) -> None:
    """Nothing more is read of a file that was cut; one that only lost its name is read on. Both are told."""
    index(tmp_path, "root", "child")
    for name in ("0-root.chain", "1-child.chain"):
        write_chain(tmp_path / name, steps(1))
    roster = RecordedMembers(found(tmp_path), follow=True)
    roster.hold_open()
    tables = [table_of(roster, number) for number in range(2)]
    before, held = (tmp_path / "1-child.chain").read_bytes(), (tmp_path / "1-child.chain").open("ab")
    os.truncate(tmp_path / "0-root.chain", 400)
    (tmp_path / "1-child.chain").unlink()

    def says() -> list[str]:
        assert [table_of(roster, number) for number in range(2)] == tables
        return [each.figures().sound[0] for each in roster.all()]

    eventually(lambda: says()[0] == "✖ it became shorter while it was open")
    eventually(lambda: says()[1] == "✖ it was removed or renamed")
    write_chain(tmp_path / "longer", steps(2))
    longer = (tmp_path / "longer").read_bytes()
    alike = next(at for at, (one, other) in enumerate(zip(longer, before, strict=False)) if one != other)
    held.write(longer[alike:])
    held.close()
    eventually(lambda: says() != [] and len(tables[1] or ()) == 8)
    assert len(tables[0] or ()) == 5
    assert all(each.figures().changed for each in roster.all())
    roster.close()
