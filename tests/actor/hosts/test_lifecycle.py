"""Links and monitors: what an actor of the main branch shares of the fate of others, and what it is told of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from chainview.actor.engine.loading import load_module
from chainview.actor.hosts.family import Ended, Way
from chainview.actor.hosts.interface import Handler
from chainview.actor.hosts.main import lifecycle
from chainview.actor.hosts.main.lifecycle import EVENT, LIFECYCLE
from chainview.chain.event import MODULE_EVENT, Trigger
from chainview.chain.families.link import LinkKind
from chainview.chain.lifecycle import (
    KILLED,
    SPAWNED,
    STOPPED,
    Lifecycle,
    completed,
    encode_lifecycle,
    failed,
    peer_killed,
)
from chainview.chain.payload import encode_call
from chainview.chain.schema import Schema
from chainview.pack.values import U8, UNIT, List, Result, String, Tuple, Value, Variant, bytes_value, types
from tests.actor.guests import Guest
from tests.actor.hosts.relatives import Relative, Relatives
from tests.actor.hosts.test_registry import err, ok

NOBODY = "550e8400-e29b-41d4-a716-446655440000"
ANY = Variant("pattern", "any", 0, ())
TERMINATED = Variant(
    "pattern",
    "variant",
    7,
    (
        String("Lifecycle"),
        List(
            types.variant_named("pattern"),
            (Variant("pattern", "variant", 7, (String("Terminated"), List(types.variant_named("pattern"), (ANY,)))),),
        ),
    ),
)


class Pair:
    """An actor that has the handler, and another one."""

    def __init__(self, folder: Path) -> None:
        self.family = Relatives()
        self.watcher, self.subject = self.family.grown(), self.family.grown()
        self.watcher.host.module = load_module(Guest().returning(EVENT, UNIT).written(folder))
        self.functions: dict[str, Handler] = dict(LIFECYCLE.provide(self.watcher.host))

    def ask(self, function: str) -> Value:
        """Ties the actor to the other one, or unties it."""
        return self.functions[function](String(self.subject.actor_id))

    def told(self) -> list[Value]:
        """The calls that wait for the actor, each answered."""
        found = []
        while len(self.watcher.host.mailbox):
            call = self.watcher.next_call()
            assert call.function == EVENT
            found.append(call.params)
            call.answer(UNIT)
        return found


def recorded(member: Relative, said: Lifecycle) -> bytes:
    """The payload of a turn that a member records."""
    payload = encode_lifecycle(said)
    member.chain.append(said.turn.value, payload)
    return payload


@pytest.fixture
def pair(tmp_path: Path) -> Pair:
    """Two actors."""
    return Pair(tmp_path)


@pytest.mark.parametrize("ending", [failed("it broke"), STOPPED, KILLED, peer_killed(NOBODY)])
def test_a_link_brings_the_end_of_the_other(pair: Pair, ending: Lifecycle) -> None:
    """Each end but one of its own accord, named after the one that it came from."""
    assert pair.ask("link") == ok(UNIT)
    recorded(pair.subject, SPAWNED)
    assert not pair.watcher.stopped
    recorded(pair.subject, ending)
    assert pair.watcher.ending == peer_killed(pair.subject.actor_id)


def test_an_actor_that_is_done_takes_nobody_along(pair: Pair) -> None:
    """Completed does not propagate, and neither does anything once the link is ended."""
    pair.ask("link")
    recorded(pair.subject, completed(b"done"))
    assert not pair.watcher.stopped
    assert pair.ask("unlink") == ok(UNIT)
    recorded(pair.subject, KILLED)
    assert not pair.watcher.stopped


def test_a_monitor_tells_of_the_whole_chain(pair: Pair) -> None:
    """Of each event its type and bytes, until it is ended; a link beside it stays."""
    pair.ask("link")
    assert pair.ask("monitor") == ok(UNIT)
    call = encode_call(Schema.LIFECYCLE, "f", UNIT, 3)
    pair.subject.chain.append(MODULE_EVENT, call)
    spawned = recorded(pair.subject, SPAWNED)
    id = String(pair.subject.actor_id)
    assert pair.told() == [
        Tuple((id, String(MODULE_EVENT), bytes_value(call))),
        Tuple((id, String("spawned"), bytes_value(spawned))),
    ]
    assert pair.ask("unmonitor") == ok(UNIT)
    recorded(pair.subject, KILLED)
    assert pair.told() == []
    assert pair.watcher.stopped


def test_a_filter_lets_through_what_it_matches(pair: Pair) -> None:
    """Two monitors of one actor each tell of what they let through."""
    given = Tuple((String(pair.subject.actor_id), TERMINATED))
    assert pair.functions["monitor-filtered"](given) == ok(UNIT)
    recorded(pair.subject, SPAWNED)
    assert pair.told() == []
    recorded(pair.subject, KILLED)
    assert len(pair.told()) == 1
    pair.functions["monitor-filtered"](given)
    recorded(pair.subject, KILLED)
    assert len(pair.told()) == 2


def test_an_event_that_is_no_value_is_passed_over(pair: Pair) -> None:
    """As in the reference, which decodes each before it tells of it."""
    pair.ask("monitor")
    pair.subject.chain.append("odd", b"not CGRF")
    assert pair.told() == []


def test_nobody_can_be_watched_too(pair: Pair) -> None:
    """An actor that does not live is answered for, and never heard of."""
    for function in ("link", "monitor", "unlink", "unmonitor", "unlink"):
        assert pair.functions[function](String(NOBODY)) == ok(UNIT)


@pytest.mark.parametrize(
    ("function", "input", "says"),
    [
        ("link", UNIT, "expected subject actor id (string)"),
        ("monitor", String("x"), "invalid subject actor id: x"),
        ("unlink", String("x"), "invalid subject actor id: x"),
        ("unmonitor", UNIT, "expected subject actor id (string)"),
        ("monitor-filtered", String("x"), "expected (subject: string, filter: value)"),
        ("monitor-filtered", Tuple((UNIT, ANY)), "expected subject actor id (string)"),
        ("monitor-filtered", Tuple((String("x"), ANY)), "invalid subject actor id: x"),
        (
            "monitor-filtered",
            Tuple((String(NOBODY), U8(7))),
            "invalid filter pattern: type mismatch: expected pattern variant, got U8(7)",
        ),
    ],
)
def test_what_can_not_be_tied_is_refused_in_the_words_of_the_reference(
    pair: Pair, function: str, input: Value, says: str
) -> None:
    """Each is an err."""
    assert pair.functions[function](input) == err(says)


def test_an_actor_that_watches_itself_does_not_wait_for_itself(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once as many events wait as may, later ones are left out, and the person is told."""
    monkeypatch.setattr(lifecycle, "_MOST_WAITING", 3)
    watching = dict(LIFECYCLE.provide(pair.watcher.host))
    assert isinstance(watching["monitor"](String(pair.watcher.actor_id)), Result)
    for _ in range(9):
        recorded(pair.watcher, SPAWNED)
    assert len(pair.told()) == 4
    assert any("watches itself" in each for each in pair.watcher.host.warnings)


def test_what_waits_for_room_goes_on_once_the_watcher_is_to_end(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is held up by an actor that takes no more."""
    monkeypatch.setattr(lifecycle, "_MOST_WAITING", 1)
    watching = dict(LIFECYCLE.provide(pair.watcher.host))
    watching["monitor"](String(pair.subject.actor_id))
    for _ in range(2):
        recorded(pair.subject, SPAWNED)
    pair.watcher.host.stop()
    recorded(pair.subject, SPAWNED)
    recorded(pair.subject, KILLED)
    assert pair.subject.chain.count == 4


@pytest.mark.parametrize(("way", "ends"), [(Way.FAILED, True), (Way.STOPPED, True), (Way.COMPLETED, False)])
def test_a_link_to_one_that_records_no_end_fires_once_that_is_over(pair: Pair, way: Way, *, ends: bool) -> None:
    """An actor of the registry's generation records no `terminated`; that it ended itself touches nobody else."""
    pair.functions["link"](String(pair.subject.actor_id))
    recorded(pair.subject, SPAWNED)
    pair.subject.over.set_result(Ended(pair.subject.actor_id, way, events=1))
    by = Trigger(LinkKind.FATE, pair.subject.actor_id, 1)
    assert pair.watcher.ending == (peer_killed(pair.subject.actor_id) if ends else None)
    assert pair.watcher.stopped_by == (by if ends else None)


def test_a_link_that_was_undone_fires_no_more(pair: Pair) -> None:
    """Nor where what the other one records is still told."""
    pair.functions["link"](String(pair.subject.actor_id))
    pair.functions["monitor"](String(pair.subject.actor_id))
    pair.functions["unlink"](String(pair.subject.actor_id))
    pair.subject.over.set_result(Ended(pair.subject.actor_id, Way.FAILED))
    assert pair.watcher.ending is None
