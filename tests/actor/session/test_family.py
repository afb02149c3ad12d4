"""A family: what a root spawns, and how all of it ends."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from chainview.actor.hosts.family import Child, Ended, Member, SpawnFailed, Way
from chainview.actor.hosts.registry.supervisor import SUPERVISOR
from chainview.actor.limits import DEFAULT_LIMITS, Limits
from chainview.actor.manifest import Target, find_target
from chainview.actor.session.family import Family
from chainview.actor.session.options import Options
from chainview.actor.session.session import Session
from chainview.chain.event import Trigger
from chainview.chain.families.index import INDEX
from chainview.chain.families.link import LinkKind
from chainview.chain.files.entries.entry import ReadEvent
from chainview.chain.files.native.reader import read_entries
from chainview.chain.files.native.writer import ChainWriter
from chainview.chain.payload import CallError, CallResult, HostCall, read_payload
from chainview.pack.values import UNIT, String, Value, none, types
from chainview.system.errors import ChainviewError
from tests.actor.guests import Guest
from tests.actor.running import INIT, SAMPLES
from tests.chain import samples
from tests.waiting import LIMIT, eventually

FOREMAN = SAMPLES / "foreman" / "manifest.toml"


@contextmanager
def workshop(folder: Path, monkeypatch: pytest.MonkeyPatch, **changes: object) -> Iterator[Session]:
    """The sample family, whose chains are kept in `folder`."""
    monkeypatch.chdir(SAMPLES)
    options = replace(Options(find_target(str(FOREMAN)), output=folder), **changes)  # type: ignore[arg-type]
    session = Session(options)
    session.start()
    try:
        yield session
    finally:
        session.close()
    assert session.failure is None


def payloads(path: Path) -> list[object]:
    """What the events of a chain file say."""
    return [read_payload(each.event.payload) for each in read_entries(path.read_bytes()) if isinstance(each, ReadEvent)]


def file_of(session: Session) -> Path:
    """The file of an actor's chain, once it has begun."""
    path = session.chain_path
    assert path is not None
    return path


def answers(path: Path, function: str) -> list[Value | None]:
    """What a host function answered, each time."""
    return [each.output for each in payloads(path) if isinstance(each, HostCall) and each.function == function]


@pytest.mark.once
def test_a_family_keeps_a_chain_for_each_actor_and_an_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are named by number and name, the index tells who is whose child; all are closed when the root ends."""
    folder = tmp_path / "family"
    with workshop(folder, monkeypatch) as session:
        eventually(lambda: len(session.family.members) == 3)
        eventually(lambda: session.chain.count > 14)
    chains = sorted(path.name for path in folder.glob("*.chain"))
    assert chains == ["0-foreman.chain", "1-worker.chain", "2-worker.chain"]
    lines = [json.loads(line) for line in (folder / INDEX).read_text().splitlines()]
    assert [line["file"] for line in lines] == chains
    assert [line["parent"] for line in lines] == [None, lines[0]["id"], lines[0]["id"]]
    for name in chains:
        assert list(read_entries((folder / name).read_bytes()))[-2].event.event_type == "shutdown"  # type: ignore[union-attr]
    assert all(member.over.result().way is Way.STOPPED for member in session.family.members)


@pytest.mark.once
def test_a_child_that_fails_ends_and_its_supervisor_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in Theater its chain ends with the wasm-error and `shutdown`; the foreman hires another one."""
    folder = tmp_path / "family"
    with workshop(folder, monkeypatch) as session:
        eventually(lambda: len(session.family.members) == 3)
        eventually(lambda: session.exports())
        session.call('give("no number")')
        eventually(lambda: len(session.family.members) == 4)
        eventually(lambda: any(member.over.done() for member in session.family.members))
        session.pause()
    (failed,) = (each for each in session.family.members if each.over.result().way is Way.FAILED)
    assert isinstance(failed, Session)
    assert failed.chain_path is not None
    *_, error, _ = payloads(failed.chain_path)
    assert isinstance(error, CallError)
    assert "is no number to factor" in error.message
    told = [each for each in payloads(folder / "0-foreman.chain") if isinstance(each, CallResult)]
    assert any(each.function.endswith("handle-child-error") for each in told)


@pytest.mark.once
def test_the_chain_of_one_that_ended_is_written_again_where_it_is_lost_before_the_others_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that nobody writes any more may be removed or emptied too: the end of the family leaves it whole."""
    folder = tmp_path / "family"
    with workshop(folder, monkeypatch) as session:
        for number in (3, 4):
            eventually(lambda: len(session.family.members) == number)  # noqa: B023 - asked in this round alone
            eventually(lambda: session.exports())
            session.call('give("no number")')
        eventually(lambda: sum(member.over.done() for member in session.family.members) == 2)
        over = [each for each in session.family.members if isinstance(each, Session) and each.over.done()]
        lost = [file_of(each) for each in over]
        held = [path.read_bytes() for path in lost]
        lost[0].unlink()
        lost[1].write_bytes(b"")
    kept = [file_of(each) for each in over]
    assert [path.name for path in kept] == [f"{path.name}.rescued" for path in lost]
    assert [path.read_bytes() for path in kept] == held
    for each in over:
        (said,) = each.rescues
        assert said.endswith(f"while its family was recorded: the chain was written again, whole, to {file_of(each)}")
    named = [json.loads(line)["file"] for line in (folder / INDEX).read_text().splitlines()]
    assert {path.name for path in kept} < set(named)


def rooted(output: Path, *, force: bool = False) -> Family:
    """A family of a root that may spawn, kept there."""
    target = find_target(str(SAMPLES / "counter" / "counter.wasm"))
    return Family(Options(target, output=output, force=force, allowed=("store",)), lambda options, parent: None)  # type: ignore[arg-type,return-value]


@pytest.mark.parametrize("name", ["family", "family.chain"])
def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path: Path, name: str) -> None:
    """Neither a family nor anything else is mixed with a new one; --force replaces a family, and nothing but that."""
    folder = tmp_path / name
    folder.mkdir()
    (folder / "notes.txt").write_text("mine")
    for force, says in ((False, "is there already"), (True, "holds no family")):
        with pytest.raises(ChainviewError, match=says), rooted(folder, force=force).place_of("a", may_spawn=True):
            raise AssertionError
    (folder / INDEX).write_text("")
    for made in ("store", "3-old.filesystem"):
        (folder / made).mkdir()
        (folder / made / "kept").write_text("")
    (folder / "3-old.chain").write_text("")
    with rooted(folder, force=True).place_of("a/b", may_spawn=True) as path:
        assert path == folder / "0-a-b.chain"
        path.write_text("")
    assert sorted(path.name for path in folder.iterdir()) == ["0-a-b.chain", "notes.txt"]


def test_a_family_is_not_replaced_by_one_that_does_not_begin(tmp_path: Path) -> None:
    """Where the new one fails all is as it was, and a folder that was made for it is gone."""
    folder = tmp_path / "family"
    folder.mkdir()
    for name in (INDEX, "0-old.chain"):
        (folder / name).write_text(name)
    for output in (folder, tmp_path / "new"):
        with pytest.raises(ZeroDivisionError), rooted(output, force=True).place_of("a", may_spawn=True):
            raise ZeroDivisionError
    assert {path.name: path.read_text() for path in folder.iterdir()} == {INDEX: INDEX, "0-old.chain": "0-old.chain"}
    assert list(tmp_path.iterdir()) == [folder]


def test_a_family_that_is_being_written_is_not_replaced(tmp_path: Path) -> None:
    """No more than a chain is, by another chain or by a family."""
    folder = tmp_path / "family"
    folder.mkdir()
    (folder / INDEX).write_text("")
    writer = ChainWriter.create(folder / "0-a.chain", samples.header())
    with pytest.raises(ChainviewError, match="is being written by another program"):
        rooted(folder, force=True).place_of("a", may_spawn=True).__enter__()
    with pytest.raises(ChainviewError, match=r"0-a.chain is being written by another program"):
        rooted(folder / "0-a.chain", force=True).place_of("a", may_spawn=True).__enter__()
    writer.close()


def test_what_an_actor_keeps_is_new_with_its_chain(tmp_path: Path) -> None:
    """A folder beside another chain of that name is not taken over: it is gone with --force, else told."""
    output, store = tmp_path / "c.chain", tmp_path / "c.store"
    store.mkdir()
    (store / "kept").write_text("")
    with pytest.raises(ChainviewError, match=r"c.store is there already: give another -o, or --force"):
        rooted(output).place_of("a", may_spawn=False).__enter__()
    with rooted(output, force=True).place_of("a", may_spawn=False) as path:
        assert path == output
    assert not store.exists()


def test_an_actor_that_spawns_nothing_keeps_its_chain_in_a_file(tmp_path: Path) -> None:
    """That is named by -o, as before there were families."""
    family = rooted(tmp_path / "c.chain")
    with family.place_of("counter", may_spawn=False) as path:
        assert path == tmp_path / "c.chain"
    assert family.folder is None


def by(actor_id: str) -> Trigger:
    """A spawn by that actor."""
    return Trigger(LinkKind.SPAWN, actor_id, 1)


def child(module: bytes) -> Child:
    """A child of that module."""
    return Child(Target(Path("c.wasm"), "c"), module, none(types.list_of(types.U8)))


def spawning(folder: Path, limits: Limits = DEFAULT_LIMITS) -> Session:
    """A root that may spawn, which has begun."""
    guest = Guest().returning(INIT, UNIT).calling("f", SUPERVISOR.name, "spawn", b"")
    target = Target(guest.written(folder), "root")
    session = Session(Options(target, output=folder / "family", allowed=("supervisor",), limits=limits))
    session.start()
    assert session.wait_started() is None
    return session


_NOT_MADE = r"Actor setup failed: Setup error: Failed to instantiate actor [0-9a-f-]{36}: Failed to "
_NO_MODULE, _NOT_LINKED = f"{_NOT_MADE}load WASM module with Pack runtime", f"{_NOT_MADE}instantiate Pack module"


@pytest.mark.parametrize(
    ("module", "reason", "told"),
    [
        (b"", "is empty", _NO_MODULE),
        (b"hello", "no WebAssembly module", _NO_MODULE),
        (Guest().returning("f", UNIT).calling("g", "a:b/c", "d", b"").text.encode(), "does not provide", _NOT_LINKED),
        (
            Guest().body(INIT, "unreachable").text.encode(),
            "Internal error: Event[",
            r"actor\.init failed: Internal err",
        ),
    ],
)
def test_a_child_that_can_not_begin_says_why(tmp_path: Path, module: bytes, reason: str, told: str) -> None:
    """Its supervisor is answered with the runtime's words; only of one whose init fails it is told the end, too."""
    session = spawning(tmp_path)
    ends = list[Ended]()
    spawned = session.family.spawn(by(session.actor_id), child(module), ends.append)
    with pytest.raises(SpawnFailed, match=told) as failed:
        spawned.result(LIMIT)
    assert reason in failed.value.reason
    session.close()
    assert [end.way for end in ends] == ([Way.FAILED] if "init failed" in told.replace("\\", "") else [])
    assert session.failure is None


def test_children_end_with_their_parent_and_grandchildren_with_them(tmp_path: Path) -> None:
    """Whoever ends, stopped or by itself, takes what it spawned along."""
    session = spawning(tmp_path)
    module = Guest().returning(INIT, UNIT).text.encode()
    ends = list[str]()
    first = session.family.spawn(by(session.actor_id), child(module), lambda end: ends.append("first")).result(LIMIT)
    session.family.spawn(by(first.actor_id), child(module), lambda end: ends.append("second")).result(LIMIT)
    other = session.family.spawn(by(session.actor_id), child(module), lambda end: ends.append("other")).result(LIMIT)
    first.stop()
    eventually(lambda: sorted(ends) == ["first", "second"])
    assert session.family.living(other.actor_id) is other
    session.close()
    assert sorted(ends) == ["first", "other", "second"]
    assert session.family.living(session.actor_id) is None
    with pytest.raises(SpawnFailed):
        session.family.spawn(by(session.actor_id), child(module), lambda end: None).result(LIMIT)


def test_a_family_does_not_grow_without_end(tmp_path: Path) -> None:
    """Who spawns in a loop is told so after so many in a second, or once so many live; what lives goes on."""
    session = spawning(tmp_path, Limits(spawns=3, actors=5))
    module = Guest().returning(INIT, UNIT).text.encode()
    family = session.family
    spawned = [family.spawn(by(session.actor_id), child(module), lambda end: None) for _ in range(4)]
    with pytest.raises(SpawnFailed, match="within a second"):
        spawned[-1].result(LIMIT)
    assert isinstance(spawned[0].result(LIMIT), Session)
    session.close()
    assert all(each.over.done() for each in family.members)
    (told,) = session.news
    assert told == "the limit of 3 spawned actors a second is reached: --max-spawns raises it"


def growing(pages: int) -> bytes:
    """A module whose init holds so many pages more, beside the four that it begins with."""
    guest = Guest().returning(INIT, UNIT)
    guest.bodies[INIT] = f"(drop (memory.grow (i32.const {pages})))" + guest.bodies[INIT]
    return guest.text.encode()


def test_a_family_shares_its_memory(tmp_path: Path) -> None:
    """A child that wants what others hold already fails, and lets go of it; one that wants less begins."""
    session = spawning(tmp_path, Limits(memory=2 << 20))
    ends = list[Ended]()

    def spawned(pages: int) -> Future[Member]:
        return session.family.spawn(by(session.actor_id), child(growing(pages)), ends.append)

    assert isinstance(spawned(12).result(LIMIT), Session)
    with pytest.raises(SpawnFailed, match="out of memory: the guest holds 1 MiB and its family 2 MiB of at most 2 MiB"):
        spawned(13).result(LIMIT)
    eventually(lambda: [end.way for end in ends] == [Way.FAILED])
    assert isinstance(spawned(4).result(LIMIT), Session)
    assert isinstance(spawned(0).result(LIMIT), Session)
    with pytest.raises(SpawnFailed, match="the family holds 2 MiB of memory, the most it may"):
        spawned(0).result(LIMIT)
    session.close()
    assert session.news == ("the limit of 2 MiB of memory for all actors is reached: --max-memory raises it",)


def test_the_state_of_a_member_is_what_its_last_call_left(tmp_path: Path) -> None:
    """It is told between two calls, and not after the end."""
    session = spawning(tmp_path)
    module = Guest().returning(INIT, String("left")).text.encode()
    member = session.family.spawn(by(session.actor_id), child(module), lambda end: None).result(LIMIT)
    assert member.state_now().result(LIMIT) == String("left")
    session.close()
    assert member.state_now().exception(LIMIT) is not None
