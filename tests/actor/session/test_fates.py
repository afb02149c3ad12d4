"""Actors of the main branch that really run: who spawns, links, watches and ends whom, and what their chains say."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from chainview.actor.engine.wat import assembled
from chainview.actor.hosts.main.lifecycle import EVENT
from chainview.actor.hosts.main.lifecycle import NAME as LIFECYCLE
from chainview.actor.hosts.main.runtime import NAME as RUNTIME
from chainview.actor.hosts.main.runtime import SPAWNED
from chainview.actor.hosts.registry.rpc import NAME as RPC
from chainview.actor.limits import DEFAULT_LIMITS, Limits
from chainview.actor.manifest import find_target
from chainview.actor.session.options import Options
from chainview.actor.session.session import Session
from chainview.chain.files.entries.entry import ReadEvent
from chainview.chain.files.native.reader import read_entries
from chainview.chain.lifecycle import KILLED, STOPPED, Cause, Lifecycle, peer_killed
from chainview.chain.payload import Call, HostCall, read_payload
from chainview.pack.cgrf import encode
from chainview.pack.values import UNIT, Result, String, Tuple, none, types
from tests.actor.guests import INIT, SELF, SPIN, Guest, declaring
from tests.waiting import LIMIT, eventually

DONE = Result(types.tuple_of(()), types.STRING, True, UNIT)
HOST_FUNCTIONS = (
    *((LIFECYCLE, function) for function in ("link", "unlink", "monitor", "unmonitor")),
    *((RUNTIME, function) for function in ("kill-actor", "stop-actor", "get-actor-state")),
)
_TEXT_AT = 28
"""Where the bytes of a text stand that is the first node of what is packed."""


def actor() -> Guest:
    """An actor that links to, watches, asks, kills and stops whom it is told to; `spin` never ends, `boom` traps."""
    guest = Guest(version=3).returning(INIT, DONE).returning(EVENT, DONE).returning(SPAWNED, DONE)
    guest.ignoring("log", SELF, "log", encode(String("here"), 3), encode(DONE, 3))
    for interface, function in HOST_FUNCTIONS:
        at, index = guest._place(encode(String("0" * 36), 3)), guest._import(interface, function)
        guest.body(
            function,
            f"""
    (memory.copy (i32.const {at + _TEXT_AT}) (i32.add (local.get $in) (i32.const {_TEXT_AT})) (i32.const 36))
    (call $import{index} (i32.const {at}) (i32.const {len(encode(String("0" * 36), 3))})
      (local.get $out) (local.get $outlen))""",
        )
    asked = Tuple((String("child.toml"), none(types.BOOL), none(types.list_of(types.U8))))
    guest.calling("spawn", RUNTIME, "spawn", encode(asked, 3))
    packed = encode(Tuple((String("0" * 36), String("log"), Tuple(()), none(types.BOOL))), 3)
    at, index = guest._place(packed), guest._import(RPC, "call")
    guest.body(
        "ask",
        f"""
    (memory.copy (i32.const {at + _TEXT_AT}) (i32.add (local.get $in) (i32.const {_TEXT_AT})) (i32.const 36))
    (call $import{index} (i32.const {at}) (i32.const {len(packed)}) (local.get $out) (local.get $outlen))""",
    )
    guest.calling("subscribe", RUNTIME, "subscribe-to-spawns", encode(UNIT, 3))
    guest.calling("shut-down-all", RUNTIME, "shutdown-runtime", encode(UNIT, 3))
    guest.body("spin", SPIN).body("boom", "unreachable")
    return guest.metadata(declaring())


@contextmanager
def troupe(folder: Path, monkeypatch: pytest.MonkeyPatch, limits: Limits = DEFAULT_LIMITS) -> Iterator[Session]:
    """A root that may spawn others of its kind; its family is kept in `folder`/family."""
    monkeypatch.chdir(folder)
    (folder / "actor.wasm").write_bytes(assembled(actor().text.encode()))
    for name in ("root", "child"):
        (folder / f"{name}.toml").write_text(
            f'name = "{name}"\nversion = "1"\npackage = "actor.wasm"\n[[handler]]\ntype = "runtime"\n'
        )
    session = Session(Options(find_target("root.toml"), output=folder / "family", limits=limits))
    session.start()
    try:
        assert session.wait_started() is None, session.failure
        session.initialized.result(LIMIT)
        yield session
    finally:
        session.close()
    assert session.failure is None


def grown(session: Session) -> Session:
    """A child that the root has spawned."""
    count = len(session.family.members)
    session.call("spawn()")
    eventually(lambda: len(session.family.members) > count)
    child = session.family.members[-1]
    assert isinstance(child, Session)
    child.initialized.result(LIMIT)
    return child


def said(member: Session) -> list[object]:
    """What the events of a member's chain say."""
    assert member.chain_path is not None
    entries = read_entries(member.chain_path.read_bytes())
    return [read_payload(each.event.payload) for each in entries if isinstance(each, ReadEvent)]


def asked(member: Session, function: str, *of: Session) -> None:
    """Lets a member do something with another one, and waits until it is done."""
    before = member.status().calls
    member.call(f"{function}({', '.join(f'{chr(34)}{each.actor_id}{chr(34)}' for each in of)})")
    eventually(lambda: member.status().calls > before or member.over.done())


@pytest.mark.once
def test_fate_goes_along_links_and_each_chain_names_where_it_came_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one that fails tells why, who is linked to it is killed by it, and who is linked to that by that one."""
    with troupe(tmp_path, monkeypatch) as root:
        first, second, third, other = (grown(root) for _ in range(4))
        asked(second, "link", first)
        asked(third, "link", second)
        asked(other, "link", first)
        asked(other, "unlink", first)
        first.call("boom()")
        endings = [member.over.result(LIMIT).ending for member in (first, second, third)]
        assert not other.over.done()
    assert endings[0] is not None
    assert endings[0].cause is Cause.FAILED
    assert endings[1:] == [peer_killed(first.actor_id), peer_killed(second.actor_id)]
    assert [said(member)[-1] for member in (second, third, other)] == [*endings[1:], STOPPED]


@pytest.mark.once
def test_a_killed_actor_ends_in_the_middle_of_its_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its chain ends as killed, also where its call would never have ended; one that is stopped ends after its call."""
    with troupe(tmp_path, monkeypatch) as root:
        spinning, idle = grown(root), grown(root)
        spinning.call("spin()")
        eventually(lambda: spinning.status().function == "spin")
        asked(root, "kill-actor", spinning)
        assert spinning.over.result(LIMIT).ending is KILLED
        asked(root, "stop-actor", idle)
        assert idle.over.result(LIMIT).ending is STOPPED
        assert not root.over.done()
    assert [said(member)[-1] for member in (spinning, idle)] == [KILLED, STOPPED]


@pytest.mark.once
def test_an_actor_is_told_of_another_one_s_chain_and_of_spawns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each event comes as a call, the last of them how the other one ended; children outlive whom they come from."""
    with troupe(tmp_path, monkeypatch) as root:
        watcher, seen = grown(root), grown(root)
        asked(watcher, "subscribe")
        asked(watcher, "monitor", seen)
        asked(seen, "log")
        late = grown(root)
        asked(root, "stop-actor", seen)
        eventually(lambda: watcher.status().calls >= 8)
        root.stop()
        root.over.result(LIMIT)
        assert not late.over.done()
        assert not watcher.over.done()
    told = [each.params for each in said(watcher) if isinstance(each, Call) and each.function == EVENT]
    types_told = [each.items[1].value for each in told if isinstance(each, Tuple)]  # type: ignore[attr-defined]
    assert types_told == ["wasm", f"{SELF}/log", "wasm", "terminated"]
    spawns = [each.params for each in said(watcher) if isinstance(each, Call) and each.function == SPAWNED]
    assert [each.items[:2] for each in spawns if isinstance(each, Tuple)] == [(String(late.actor_id), String("child"))]


@pytest.mark.once
def test_the_runtime_ends_with_all_its_actors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who asks for that ends, too, once its call is done; nothing can be spawned after it."""
    with troupe(tmp_path, monkeypatch) as root:
        child = grown(root)
        asked(root, "shut-down-all")
        for member in (root, child):
            assert member.over.result(LIMIT).ending is STOPPED
    ends = [said(member)[-1] for member in (root, child)]
    assert all(isinstance(each, Lifecycle) for each in ends)
    answered = [each.output for each in said(root) if isinstance(each, HostCall) and each.function == "spawn"]
    assert answered == [Result(types.STRING, types.tuple_of(()), True, String(child.actor_id))]
