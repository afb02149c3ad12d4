"""Links that the session noted: they are what truly happened, and what is noted wrongly counts for nothing."""

from __future__ import annotations

from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainview.chain.event import MODULE_EVENT, Extras, Trigger
from chainview.chain.families.link import Basis, Link, LinkKind, Place
from chainview.chain.families.links import Links
from chainview.chain.payload import encode_call, encode_error
from chainview.chain.schema import Schema
from chainview.chain.table import EventTable
from chainview.pack.values import UNIT, String, Tuple, bytes_value
from tests.chain.families.worlds import CLIENT, HOST, World, ok

HI = bytes_value(b"hi")
ACTORS = 3
pairs = st.permutations(range(ACTORS)).map(lambda order: (order[0], order[1]))
words = st.sampled_from([b"hi", b"ho"])
doings = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["send", "request", "rpc", "channel"]), pairs, words),
        st.tuples(st.just("handle"), st.integers(0, ACTORS - 1)),
        st.tuples(st.just("person"), st.integers(0, ACTORS - 1), words),
        st.tuples(st.just("watch"), st.integers(1, ACTORS - 1)),
    ),
    max_size=12,
)


def lived(doings: list[tuple[object, ...]], *, noted: bool, unique: bool) -> World:
    """A family that did all that, with messages of which no two say the same where they are to be `unique`."""
    world, numbers = World(ACTORS, noted=noted), count(1)
    for doing in doings:
        match doing:
            case (str(what), (int(actor), int(other)), bytes(data)):
                does = {"send": world.send, "request": world.request, "rpc": world.rpc, "channel": world.channel}[what]
                does(actor, other, b"%d" % next(numbers) if unique else data)
            case ("handle", int(actor)):
                world.handle(actor)
            case ("person", int(actor), bytes(data)):
                world.person(actor, b"%d" % next(numbers) if unique else data)
            case ("watch", int(actor)):
                world.watched.add(actor)
    return world


def found(links: Links) -> set[tuple[LinkKind, Place, Place]]:
    """What every link leads from and to."""
    return {(link.kind, link.source, link.target) for link in links.every()}


@given(doings)
def test_what_was_noted_is_what_happened(doings: list[tuple[object, ...]]) -> None:
    """However many messages look the same, and also where a person sent what an actor might have; nothing is left."""
    world = lived(doings, noted=True, unique=False)
    links = world.links()
    assert found(links) == world.truth
    assert all(link.basis is Basis.NOTED for link in links.every())
    assert list(links.unfit()) == []


@given(doings)
def test_what_is_inferred_of_contents_that_are_unique_is_what_happened(doings: list[tuple[object, ...]]) -> None:
    """It contradicts nothing that would have been noted, and but for calls by rpc nothing is missed."""
    world = lived(doings, noted=False, unique=True)
    links = world.links()
    assert found(links) <= world.truth
    assert all(link.basis is Basis.INFERRED for link in links.every())
    if all(doing[0] != "rpc" for doing in doings):
        assert found(links) == world.truth


@given(doings)
def test_both_ends_tell_of_every_link(doings: list[tuple[object, ...]]) -> None:
    """Noted or not, what is found from one end is found from the other."""
    for noted in (True, False):
        links = lived(doings, noted=noted, unique=False).links()
        for link in links.every():
            assert link in links.of(link.source)
            assert link in links.of(link.target)


def sent_to(world: World, trigger: Trigger | None, data: bytes = b"hi") -> Place:
    """The handling of a message by the second actor, of which that is noted."""
    payload = encode_call(Schema.VALUES, f"{CLIENT}.handle-send", Tuple((bytes_value(data),)))
    world.tables[1].append(world.chains[1].append(MODULE_EVENT, payload), Extras(trigger=trigger))
    place = Place(1, len(world.tables[1]) - 1)
    world.end(1, f"{CLIENT}.handle-send")
    return place


@pytest.fixture
def world() -> World:
    """Two actors, the first of which has sent "hi" to the second one by its event 5."""
    world = World(2, noted=True)
    world.send(0, 1, b"hi")
    return world


SENT = Place(0, 4)


@pytest.mark.parametrize(
    ("trigger", "why"),
    [
        (Trigger("send", "0", 4), "something else"),
        (Trigger("request", "0", 5), "something else"),
        (Trigger("child event", "0", 5), "something else"),
        (Trigger("send", "0", 9_000), "ends before"),
        (Trigger("send", "0", 1 << 63), "ends before"),
        (Trigger("send", "0", 0), "does not come before"),
        (Trigger("send", "1", 3), "does not come before"),
        (Trigger("reply", "0", 5), "something else"),
        (Trigger("miracle", "0", 5), "links of that kind are not known"),
    ],
)
def test_what_is_noted_and_does_not_fit_counts_for_nothing(world: World, trigger: Trigger, why: str) -> None:
    """What is inferred in its place is not sure; why the note is not believed is told, and nothing is unsound."""
    handled = sent_to(world, trigger)
    links = world.links()
    assert links.of(handled) == (Link(LinkKind.SEND, SENT, handled, contradicted=True),)
    assert links.of(handled)[0].basis is Basis.UNSURE
    assert links.of(SENT) == links.of(handled)
    (unfit,) = links.unfit()
    assert (unfit.place, unfit.trigger) == (handled, trigger)
    assert why in unfit.why


def test_an_event_of_an_actor_that_is_not_here_is_not_guessed(world: World) -> None:
    """Where a chain is missing, no other message is taken for the one that it holds."""
    handled = sent_to(world, Trigger("send", "9", 5))
    links = world.links()
    assert [unfit.why for unfit in links.unfit()] == ["the chain of that actor is not here"]
    assert links.of(handled) == ()


def test_a_message_with_other_contents_is_not_the_one_that_was_noted(world: World) -> None:
    """The note is told to be wrong, and there is no link."""
    handled = sent_to(world, Trigger("send", "0", 5), b"ho")
    links = world.links()
    assert links.of(handled) == links.of(SENT) == ()
    assert [unfit.why for unfit in links.unfit()] == ["what that says is something else"]


def test_one_message_is_handled_once(world: World) -> None:
    """Of two events that are noted to come from it the second is not believed."""
    first, second = (sent_to(world, Trigger("send", "0", 5)) for _ in range(2))
    links = world.links()
    assert links.of(first) == links.of(SENT) == (Link(LinkKind.SEND, SENT, first, noted=True),)
    assert links.of(second) == ()
    assert [(unfit.place, unfit.why) for unfit in links.unfit()] == [
        (second, "another event is noted to come from that, too")
    ]


def test_what_is_noted_of_an_event_that_is_not_read_yet_is_not_judged(world: World) -> None:
    """As long as the chains grow it may still come; meanwhile nothing is inferred in its place."""
    handled = sent_to(world, Trigger("send", "0", 5))
    links = Links(["0", "1"])
    links.read(1, world.tables[1])
    links.read(0, world.tables[0], most=3)
    assert links.of(handled) == ()
    assert list(links.unfit()) == []
    while not links.read(0, world.tables[0], most=1):
        pass
    assert links.of(handled) == (Link(LinkKind.SEND, SENT, handled, noted=True),)


def test_a_call_that_was_given_up_still_brought_about_what_it_did(world: World) -> None:
    """Its error stands where the request would; no reply reached it."""
    world.call(0, "my:own.work", String("more"))
    trigger = world.trigger(0, LinkKind.REQUEST)
    handled = world.call(1, f"{CLIENT}.handle-request", Tuple((String("id"), HI)), trigger)
    end = world.end(1, f"{CLIENT}.handle-request")
    failed = world.append(0, MODULE_EVENT, encode_error("my:own.work", "interrupted", 2, Schema.VALUES))
    links = world.links()
    assert links.of(handled) == links.of(failed) == (Link(LinkKind.REQUEST, failed, handled, noted=True),)
    assert links.of(end) == ()


def test_a_chain_whose_events_were_let_go_keeps_its_links(world: World) -> None:
    """What was read before is still known."""
    handled = sent_to(world, Trigger("send", "0", 5))
    links = Links(["0", "1"])
    for number, table in enumerate(world.tables):
        links.read(number, table)
    for _ in range(20):
        world.host(0, HOST, "send", Tuple((String("7"), HI)), ok(UNIT))
    assert world.tables[0].drop_oldest(3)
    links.forget(1)
    assert links.of(handled) == (Link(LinkKind.SEND, SENT, handled, noted=True),)


def test_very_many_wrong_notes_take_no_longer_than_right_ones() -> None:
    """All name one event, which each looks like: none is compared with all others."""
    links, table, sender = Links(["0", "1"], whole=True), EventTable(), World(2, noted=True)
    sender.send(0, 1, b"hi")
    payload = encode_call(Schema.VALUES, f"{CLIENT}.handle-send", Tuple((HI,)))
    wrong = encode_call(Schema.VALUES, f"{CLIENT}.handle-send", Tuple((bytes_value(b"ho"),)))
    for each in [wrong] * 500 + [payload] * 500:
        table.append(sender.chains[1].append(MODULE_EVENT, each), Extras(trigger=Trigger("send", "0", 5)))
    links.read(0, sender.tables[0])
    links.read(1, table)
    looked_at = 0
    agrees = links._agrees

    def counted(kind: LinkKind, content: object, source: Place) -> bool | None:
        nonlocal looked_at
        looked_at += 1
        return agrees(kind, content, source)  # type: ignore[arg-type]

    links._agrees = counted  # type: ignore[method-assign]
    assert sum(1 for _ in links.unfit()) == 999
    assert looked_at < 4_000
