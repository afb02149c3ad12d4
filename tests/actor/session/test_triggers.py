"""What the actors of a family are made to do is noted with what brought it about, as it happens."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from chainview.actor.manifest import find_target
from chainview.actor.session.options import Options
from chainview.actor.session.session import Session
from chainview.chain.event import OUTSIDE, Extras
from chainview.chain.families.folder import find_family
from chainview.chain.families.link import Basis, Link, LinkKind
from chainview.chain.families.linked import linked
from chainview.chain.families.links import Links
from chainview.chain.files.opened import open_chain
from chainview.chain.table import EventTable
from tests.actor.running import SAMPLES
from tests.actor.session.test_family import workshop
from tests.actor.session.test_fates import asked, grown, troupe
from tests.waiting import LIMIT, eventually

pytestmark = pytest.mark.once


def links_in(folder: Path) -> tuple[list[Link], list[Link]]:
    """The links between the chains in a folder, and those that are inferred where nothing is noted."""
    family = find_family(folder)
    assert family is not None
    whole = linked(family)
    assert list(whole.links.unfit()) == []
    bare = Links([member.entry.id for member in family.members], whole=True)
    for member in family.members:
        with open_chain(member.file) as opened:
            table = EventTable()
            for index in range(len(opened.load().table)):
                table.append(opened.table.event(index), Extras())
            bare.read(member.number, table)
    return list(whole.links.every()), list(bare.every())


def agree(noted: list[Link], inferred: list[Link]) -> None:
    """What is inferred of contents that nothing else has is what was noted."""
    known = {(link.kind, link.source, link.target) for link in noted}
    sure = [link for link in inferred if link.basis is Basis.INFERRED]
    assert {(link.kind, link.source, link.target) for link in sure} <= known
    assert sure
    assert all(link.basis is Basis.NOTED for link in noted)


def test_the_links_of_the_sample_family_are_noted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Spawns, messages, requests, replies, the end of a child, and that the children end with their supervisor."""
    with workshop(tmp_path / "family", monkeypatch) as session:
        eventually(lambda: len(session.family.members) == 3)
        eventually(lambda: session.exports())
        session.call('give("no number")')
        eventually(lambda: len(session.family.members) == 4)
        session.call('give("15")')
        eventually(lambda: session.chain.count > 30)
    noted, inferred = links_in(tmp_path / "family")
    kinds = Counter(link.kind for link in noted)
    assert kinds[LinkKind.SPAWN] == 3
    assert kinds[LinkKind.STOP] == 2
    assert kinds[LinkKind.CHILD_END] == 1
    assert kinds[LinkKind.REQUEST] == kinds[LinkKind.REPLY] > 1
    assert kinds[LinkKind.SEND] > 0
    agree(noted, inferred)
    with open_chain(tmp_path / "family" / "0-foreman.chain") as opened:
        table = opened.load().table
        triggers = [trigger for _, trigger in table.triggers.between(1, len(table) + 1)]
    assert triggers.count(OUTSIDE) == 2


def test_the_links_of_the_main_branch_are_noted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Events and spawns that an actor is told of, calls by rpc, who killed or stopped whom, and whose end is shared."""
    with troupe(tmp_path, monkeypatch) as root:
        watcher, seen, bound = grown(root), grown(root), grown(root)
        asked(watcher, "subscribe")
        asked(watcher, "monitor", seen)
        asked(root, "ask", seen)
        asked(bound, "link", seen)
        late = grown(root)
        asked(root, "kill-actor", seen)
        asked(root, "stop-actor", late)
        bound.over.result(LIMIT)
        eventually(lambda: watcher.status().calls >= 8)
        asked(root, "shut-down-all")
        for member in root.family.members:
            member.over.result(LIMIT)
    noted, inferred = links_in(tmp_path / "family")
    kinds = Counter(link.kind for link in noted)
    assert kinds[LinkKind.SPAWN] == 4
    assert kinds[LinkKind.RPC] == kinds[LinkKind.REPLY] == 1
    assert kinds[LinkKind.ACTOR_EVENT] > 3
    assert kinds[LinkKind.SPAWN_NOTICE] == kinds[LinkKind.FATE] == 1
    assert kinds[LinkKind.STOP] == 4
    agree(noted, inferred)


def test_an_actor_alone_notes_nothing(tmp_path: Path) -> None:
    """Nobody else can have brought about what it does."""
    output, target = tmp_path / "alone.chain", find_target(str(SAMPLES / "counter" / "counter.wasm"))
    session = Session(Options(target, calls=("get-count()",), output=output))
    session.start()
    session.wait_quiet(LIMIT)
    session.close()
    with open_chain(output) as opened:
        assert len(opened.load().table) > 4
        assert len(opened.table.triggers) == 0
