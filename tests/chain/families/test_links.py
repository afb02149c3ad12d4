"""What in one chain brought about what in another."""

from __future__ import annotations

import pytest

from chainview.chain.families.folder import find_family
from chainview.chain.families.link import Basis, Link, LinkKind, Place
from chainview.chain.families.link_words import link_words
from chainview.chain.families.links import Links
from chainview.chain.files.opened import open_chain
from chainview.chain.payload import encode_call, encode_host_call, encode_result
from chainview.chain.schema import Schema
from chainview.chain.state_chain import StateChain
from chainview.chain.table import EventTable
from chainview.pack.values import S32, UNIT, Result, String, Tuple, Value, bytes_value, none, types
from tests.chain.families.worlds import World
from tests.reference import reference_file

INIT = "theater:simple/actor.init"
HOST, CLIENT = "theater:simple/message-server-host", "theater:simple/message-server-client"
HANDLERS = "theater:simple/supervisor-handlers"
HI, NO_STATE = bytes_value(b"hi"), none(types.BOOL)


def ok(value: Value) -> Value:
    """What a host call answers that succeeded."""
    return Result(types.STRING, types.STRING, True, value)


class Written:
    """Chains that grow by what a test lets their actors do; `a` and `b` are ids."""

    def __init__(self, *ids: str) -> None:
        self.links = Links(ids)
        self.tables = [EventTable() for _ in ids]
        self._chains = [StateChain() for _ in ids]

    def _append(self, actor: int, event_type: str, payload: bytes) -> Place:
        table = self.tables[actor]
        table.append(self._chains[actor].append(event_type, payload))
        return Place(actor, len(table) - 1)

    def host(self, actor: int, interface: str, function: str, input: Value, output: Value) -> Place:
        """A host call inside of a call of its own, which ends behind it."""
        self._append(actor, "wasm", encode_call(Schema.VALUES, "f", UNIT))
        place = self._append(actor, f"{interface}/{function}", encode_host_call(interface, function, input, output))
        self.end(actor, "f")
        return place

    def call(self, actor: int, function: str, *params: Value) -> Place:
        """A call that begins."""
        given = params[0] if len(params) == 1 else Tuple(params)
        return self._append(actor, "wasm", encode_call(Schema.VALUES, function, given))

    def end(self, actor: int, function: str) -> Place:
        """The call that runs ends."""
        return self._append(actor, "wasm", encode_result(Schema.VALUES, function, UNIT, UNIT))

    def of(self, place: Place) -> tuple[Link, ...]:
        """The links of an event, all chains having been read."""
        for actor, table in enumerate(self.tables):
            assert self.links.read(actor, table)
        return self.links.of(place)


@pytest.fixture
def two() -> Written:
    """Two actors, of which nothing is recorded yet."""
    return Written("a", "b")


def test_a_message_is_linked_to_its_handling(two: Written) -> None:
    """By the bytes and the one they are for; both ends tell of it."""
    sent = two.host(0, HOST, "send", Tuple((String("b"), HI)), ok(UNIT))
    handled = two.call(1, f"{CLIENT}.handle-send", Tuple((HI,)))
    link = Link(LinkKind.SEND, sent, handled)
    assert two.of(sent) == two.of(handled) == (link,)


def test_messages_that_look_alike_are_linked_in_their_order(two: Written) -> None:
    """Both ends tell how many others there are; one that is not handled yet has no other end."""
    sent = [two.host(0, HOST, "send", Tuple((String("b"), HI)), ok(UNIT)) for _ in range(3)]
    handled = []
    for _ in range(2):
        handled.append(two.call(1, f"{CLIENT}.handle-send", Tuple((HI,))))
        two.end(1, f"{CLIENT}.handle-send")
    for source, target in zip(sent, handled, strict=False):
        assert two.of(source) == two.of(target) == (Link(LinkKind.SEND, source, target, 2),)
    assert two.of(sent[2]) == ()


def test_what_failed_or_was_for_another_one_is_not_linked(two: Written) -> None:
    """Nor is a message with other bytes."""
    refused = Result(types.STRING, types.STRING, False, String("Actor not found: b"))
    failed = two.host(0, HOST, "send", Tuple((String("b"), HI)), refused)
    elsewhere = two.host(0, HOST, "send", Tuple((String("c"), HI)), ok(UNIT))
    other = two.host(0, HOST, "send", Tuple((String("b"), bytes_value(b"ho"))), ok(UNIT))
    handled = two.call(1, f"{CLIENT}.handle-send", Tuple((HI,)))
    assert [two.of(each) for each in (failed, elsewhere, other, handled)] == [(), (), (), ()]


def test_a_request_is_linked_both_to_its_handling_and_to_the_reply(two: Written) -> None:
    """The reply goes from the end of the handling back to who asked."""
    handled = two.call(1, f"{CLIENT}.handle-request", String("id"), HI)
    replied = two.end(1, f"{CLIENT}.handle-request")
    asked = two.host(0, HOST, "request", Tuple((String("b"), HI)), ok(bytes_value(b"yes")))
    request, reply = Link(LinkKind.REQUEST, asked, handled), Link(LinkKind.REPLY, replied, asked)
    assert set(two.of(asked)) == {request, reply}
    assert two.of(handled) == (request,)
    assert two.of(replied) == (reply,)


def test_a_channel_is_linked_where_it_opens_speaks_and_closes(two: Written) -> None:
    """In both directions, by the id that both chains hold."""
    opened = two.host(0, HOST, "open-channel", Tuple((String("b"), HI)), ok(String("ch_1")))
    taken = two.call(1, f"{CLIENT}.handle-channel-open", String("ch_1"), HI)
    two.end(1, "x")
    there = two.host(0, HOST, "send-on-channel", Tuple((String("ch_1"), HI)), ok(UNIT))
    heard = two.call(1, f"{CLIENT}.handle-channel-message", String("ch_1"), HI)
    two.end(1, "x")
    back = two.host(1, HOST, "send-on-channel", Tuple((String("ch_1"), HI)), ok(UNIT))
    heard_back = two.call(0, f"{CLIENT}.handle-channel-message", String("ch_1"), HI)
    two.end(0, "x")
    closed = two.host(1, HOST, "close-channel", String("ch_1"), ok(UNIT))
    told = two.call(0, f"{CLIENT}.handle-channel-close", Tuple((String("ch_1"),)))
    for kind, source, target in (
        (LinkKind.CHANNEL, opened, taken),
        (LinkKind.MESSAGE, there, heard),
        (LinkKind.MESSAGE, back, heard_back),
        (LinkKind.CLOSE, closed, told),
    ):
        assert two.of(source) == two.of(target) == (Link(kind, source, target),)


def test_a_spawn_is_linked_to_the_init_of_the_child_and_its_end_to_the_supervisor(two: Written) -> None:
    """The child's last event brings about the call that tells of its end."""
    spawned = two.host(
        0, "theater:simple/supervisor", "spawn", Tuple((String("m"), NO_STATE, NO_STATE)), ok(String("b"))
    )
    init = two.call(1, INIT, Tuple(()))
    last = two.end(1, INIT)
    told = two.call(0, f"{HANDLERS}.handle-child-exit", String("b"), NO_STATE)
    assert two.of(spawned) == two.of(init) == (Link(LinkKind.SPAWN, spawned, init),)
    assert two.of(last) == two.of(told) == (Link(LinkKind.CHILD_END, last, told),)


def test_events_that_a_supervisor_was_told_of_are_linked_in_order(two: Written) -> None:
    """Those before it subscribed are not among them, though they may look the same."""
    from_child = [two.call(1, INIT, Tuple(())), two.call(1, INIT, Tuple(())), two.end(1, INIT)]
    table = two.tables[1]
    told = []
    for place in from_child[1:]:
        data = bytes_value(table.payload(place.index))
        told.append(two.call(0, f"{HANDLERS}.handle-child-event", String("b"), String("wasm"), data))
        two.end(0, "x")
    found = [two.of(each) for each in told]
    assert found[1] == (Link(LinkKind.CHILD_EVENT, from_child[2], told[1]),)
    assert [each.kind for each in found[0]] == [LinkKind.CHILD_EVENT]


def test_a_call_by_rpc_is_linked_to_that_call_and_back(two: Written) -> None:
    """By the function and what it is given."""
    called = two.call(1, "my:calc.add", S32(1))
    ended = two.end(1, "my:calc.add")
    asks = two.host(
        0, "theater:simple/rpc", "call", Tuple((String("b"), String("my:calc.add"), S32(1), NO_STATE)), ok(UNIT)
    )
    two.of(asks)
    later = two.call(1, "my:calc.add", S32(1))
    assert later != called
    assert any(each.kind is LinkKind.RPC for each in two.of(asks))
    assert ended.index == called.index + 1


def test_chains_are_read_on_as_they_grow_and_let_go(two: Written) -> None:
    """A place stays the same event when the oldest ones are no longer held."""
    for _ in range(50):
        two.host(0, HOST, "send", Tuple((String("c"), HI)), ok(UNIT))
    two.of(Place(0, 0))
    dropped = two.tables[0].drop_oldest(10)
    assert dropped
    sent = two.host(0, HOST, "send", Tuple((String("b"), HI)), ok(UNIT))
    sent = Place(0, sent.index + two.tables[0].dropped)
    handled = two.call(1, f"{CLIENT}.handle-send", Tuple((HI,)))
    assert two.of(handled) == (Link(LinkKind.SEND, sent, handled),)


def test_a_server_in_use_is_one_family() -> None:
    """In the reference's recording each connection is a spawn that leads to an init, and a transfer to its handling."""
    family = find_family(reference_file("lab/families/tickets/family.json").parent)
    assert family is not None
    links = Links([member.entry.id for member in family.members])
    found = set[tuple[LinkKind, int, int]]()
    opened = [open_chain(str(member.file)).load() for member in family.members]
    for number, chain in enumerate(opened):
        assert links.read(number, chain.table)
    for number, chain in enumerate(opened):
        for index in range(len(chain.table)):
            found |= {(each.kind, each.source.actor, each.target.actor) for each in links.of(Place(number, index))}
        chain.close()
    expected = {(kind, 0, child) for kind in (LinkKind.SPAWN, LinkKind.TRANSFER) for child in range(1, 6)}
    assert found == expected


def test_an_actor_that_is_identified_later_has_the_same_links() -> None:
    """What was read before goes by its id as well; where that is guessed, its links are not sure."""
    known, later = Written("a", "b"), Written("a", "")
    for two in (known, later):
        sent = two.host(0, HOST, "send", Tuple((String("b"), HI)), ok(UNIT))
        handled = two.call(1, f"{CLIENT}.handle-send", Tuple((HI,)))
        opened = two.host(0, HOST, "open-channel", Tuple((String("b"), HI)), ok(String("ch")))
        heard = two.call(1, f"{CLIENT}.handle-channel-open", String("ch"), HI)
    expected = known.of(handled)
    assert expected == (Link(LinkKind.SEND, sent, handled),)
    assert later.of(handled) == ()
    later.links.identify(1, "b", guessed=True)
    (found,) = later.of(handled)
    assert (found, found.basis) == (Link(LinkKind.SEND, sent, handled, guessed=True), Basis.UNSURE)
    assert later.of(sent) == (found,)
    # Whose a channel is, its id tells.
    assert later.of(heard) == (Link(LinkKind.CHANNEL, opened, heard),)
    assert link_words(found, handled, "root") == (
        "sent by 0 root, event 2 (not sure, whose chain that is, is told by order)"
    )


@pytest.mark.parametrize("first", [0, 1])
def test_a_call_by_rpc_is_linked_whichever_chain_is_read_first(first: int) -> None:
    """Also where the chain of who was called is not at hand any more when the call is read."""
    world = World(2, noted=False)
    world.rpc(0, 1, b"two")
    world.person(1, b"hi")
    world.rpc(0, 1, b"two")
    links = Links(["0", "1"], whole=True)
    for number in (first, 1 - first):
        assert links.read(number, world.tables[number])
        if number == 1:
            links.forget(1)
    links.read(1, world.tables[1])
    assert {(each.kind, each.source, each.target) for each in links.every()} == world.truth - {
        each for each in world.truth if each[0] is LinkKind.SEND
    }
    (target,) = [each.target for each in links.every() if each.kind is LinkKind.RPC][:1]
    assert [each.kind for each in links.of(target)] == [LinkKind.RPC]
