"""The events of all chains of a family in one order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from chainview.chain.event import Extras, Trigger
from chainview.chain.families.folder import find_family
from chainview.chain.families.link import Link, LinkKind, Place
from chainview.chain.families.links import Links
from chainview.chain.families.merged import Merged, OrderBasis
from chainview.chain.files.opened import open_chain
from chainview.chain.payload import encode_call, encode_host_call, encode_result
from chainview.chain.schema import Schema
from chainview.chain.state_chain import StateChain
from chainview.chain.table import EventTable
from chainview.pack.values import UNIT
from tests.reference import reference_file

SECOND = 1_000_000_000


@dataclass(frozen=True)
class Told:
    """An event: what it is, when it was recorded, in seconds, how long it took, and what brought it about."""

    kind: str
    time: float = 0
    took: float = 0
    trigger: Trigger | None = None


def chain(*events: Told, table: EventTable | None = None) -> EventTable:
    """A chain of such events, behind those of a table where there is one."""
    written, state = EventTable() if table is None else table, StateChain()
    for told in events:
        if told.kind == "call":
            part = "wasm", encode_call(Schema.VALUES, "f", UNIT)
        elif told.kind == "end":
            part = "wasm", encode_result(Schema.VALUES, "f", UNIT, UNIT)
        else:
            part = "a:b/c/d", encode_host_call("a:b/c", "d", UNIT, UNIT)
        extras = Extras(time_ns=int(told.time * SECOND), duration_ns=int(told.took * SECOND), trigger=told.trigger)
        written.append(state.append(*part), extras)
    return written


def take(order: Merged, actor: int, table: EventTable, most: int = 1 << 60) -> bool:
    """Takes in a chain with what it notes, by an order of actors whose ids are their numbers behind `actor`."""
    before = order.taken(actor)
    read = order.take(actor, table, most)
    for number, trigger in table.triggers.between(before + 1, order.taken(actor) + 1):
        source = int(trigger.actor.removeprefix("actor ")) if trigger.actor else -1
        if trigger.event and source >= 0:
            order.link(
                [Link(LinkKind(trigger.kind), Place(source, trigger.event - 1), Place(actor, number - 1), noted=True)]
            )
    return read


def merged(*tables: EventTable, links: Iterable[Link] = ()) -> Merged:
    """The order of these chains."""
    order = Merged(len(tables))
    for actor, table in enumerate(tables):
        take(order, actor, table)
    order.link(links)
    for _ in order.arrange():
        pass
    return order


def rows(order: Merged) -> list[tuple[int, int]]:
    """The events in their order, as pairs of actor and place."""
    return [(place.actor, place.index) for place in order.places(0, len(order))]


def sent(source: tuple[int, int], target: tuple[int, int], kind: LinkKind = LinkKind.SEND, alike: int = 0) -> Link:
    """A link between two events."""
    return Link(kind, Place(*source), Place(*target), alike)


def test_events_stand_in_the_order_of_their_times() -> None:
    """A host call stands where it was made, so that what it brought about comes behind it."""
    one = chain(Told("call", 1), Told("host", 9, 7), Told("end", 9.5, 8.5))
    other = chain(Told("call", 3), Told("host", 4, 0.5), Told("end", 5, 2))
    order = merged(one, other)
    assert order.basis is OrderBasis.TIMES
    assert rows(order) == [(0, 0), (0, 1), (1, 0), (1, 1), (1, 2), (0, 2)]
    assert [order.began_ns(row) / SECOND for row in range(6)] == [1, 2, 3, 3.5, 5, 9.5]


def test_a_clock_that_jumps_puts_no_effect_before_its_cause() -> None:
    """Neither within a chain, nor against a link; at the same time the lower actor goes first."""
    one = chain(Told("call", 100), Told("host", 101), Told("end", 40))
    other = chain(Told("call", 41), Told("end", 42))
    assert rows(merged(one, other, links=[sent((0, 1), (1, 0))])) == [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1)]
    assert rows(merged(chain(Told("call", 1)), chain(Told("call", 1)))) == [(0, 0), (1, 0)]


def test_what_was_noted_to_have_brought_an_event_about_comes_before_it() -> None:
    """Whatever their times; one that is not recorded yet does once it is."""
    asked = Trigger("request", "actor 0", 2)
    asks, handles = chain(Told("call", 1)), chain(Told("call", 3, trigger=asked), Told("call", 4, trigger=Trigger("x")))
    order = merged(asks, handles)
    assert rows(order) == [(0, 0), (1, 0), (1, 1)]
    chain(Told("host", 9), table=asks)
    assert rows(merged(asks, handles)) == [(0, 0), (0, 1), (1, 0), (1, 1)]
    take(order, 0, asks)
    assert order.grow() is None


def test_without_times_calls_stand_as_early_as_links_allow() -> None:
    """Whole calls, each behind what brought it about; what follows a request comes behind the reply."""
    asks = chain(*map(Told, ("call", "host", "host", "end", "call", "end")))
    handles = chain(*map(Told, ("call", "end", "call", "host", "end")))
    asked, replied = sent((0, 1), (1, 2), LinkKind.REQUEST), sent((1, 4), (0, 1), LinkKind.REPLY)
    order = merged(asks, handles, links=[asked, replied])
    assert order.basis is OrderBasis.LINKS
    assert order.left_out == 0
    assert rows(order) == [(0, 0), (0, 1), (1, 0), (1, 1), (1, 2), (1, 3), (1, 4), *[(0, at) for at in range(2, 6)]]


def test_where_lines_told_of_all_their_order_stands_for_times() -> None:
    """Also of what came later, which is put in; what can't be read has the place of what is before it."""
    one, two = chain(Told("call"), Told("end")), chain(Told("call"), Told("end"))
    one.append_damage(b"junk", 0, "event")
    order = Merged(2)
    order.take(0, one, places=[1, 4, 6])
    order.take(1, two, places=[2, 3])
    for _ in order.arrange():
        pass
    assert (order.basis, order.words) == (OrderBasis.LINES, "without times: in the order of their lines")
    assert rows(order) == [(0, 0), (1, 0), (1, 1), (0, 1), (0, 2)]
    order.take(0, chain(Told("call"), table=one), places=[1, 4, 6])
    assert order.grow() == 5
    assert rows(order)[-1] == (0, 3)


def test_an_event_without_a_time_makes_the_order_go_by_links() -> None:
    """Since a time would have to be made up for it."""
    assert merged(chain(Told("call", 1), Told("end"))).basis is OrderBasis.LINKS
    assert merged(chain(Told("call", 1))).words == "by their times"
    assert merged(chain(Told("call"))).words == "without times: in an order that their links allow"
    some = merged(chain(Told("call", 1)), chain(Told("call")))
    assert some.words == "not all with a time, no links known: call by call"
    some.link([Link(LinkKind.SEND, Place(0, 0), Place(1, 0))])
    assert some.words == "not all with a time: in an order that their links allow"
    assert merged(EventTable()).basis is OrderBasis.TIMES


def test_of_links_that_contradict_each_other_the_most_doubtful_is_left_out() -> None:
    """And it is counted; one that contradicts its own chain too."""
    tables = [chain(*map(Told, ("call", "host", "end"))) for _ in range(2)]
    sure, unsure = sent((0, 1), (1, 0)), sent((1, 1), (0, 0), alike=2)
    for links in ([sure, unsure], [unsure, sure]):
        order = merged(*tables, links=links)
        assert order.left_out == 1
        assert rows(order) == [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)]
    assert merged(*tables, links=[sent((0, 1), (0, 0))]).left_out == 1


def test_what_comes_late_is_put_in_where_it_belongs() -> None:
    """The rows before it stay; the order is the one that all of it would have had."""
    one, other = chain(Told("call", 1), Told("end", 2)), chain(Told("call", 1.5))
    order = merged(one, other)
    chain(Told("call", 4), Told("host", 5), Told("end", 6), table=one)
    take(order, 0, one)
    assert order.grow() == 3
    chain(Told("end", 4.5), table=other)
    take(order, 1, other)
    assert order.grow() == 4
    assert rows(order) == rows(merged(one, other))
    assert order.grow() == len(order)
    assert [order.row_of(order.at(row)) for row in range(len(order))] == list(range(len(order)))
    assert order.row_of(Place(0, 9)) is order.row_of(Place(7, 0)) is None


def test_a_cause_that_comes_after_its_effect_has_the_order_made_anew() -> None:
    """Where its time would put it behind that; else what comes is only put in."""
    for asked_at, grown in ((2.0, 1), (9.0, None)):
        asks, handles = chain(Told("call", 1)), chain(Told("call", 3))
        order = merged(asks, handles, links=[sent((0, 1), (1, 0))])
        chain(Told("host", asked_at), table=asks)
        take(order, 0, asks)
        assert order.grow() == grown
        for _ in order.arrange() if grown is None else ():
            pass
        assert rows(order) == [(0, 0), (0, 1), (1, 0)]


def test_events_that_were_let_go_stand_nowhere() -> None:
    """The others keep their order and their numbers."""
    one, other = chain(*[Told("call", at) for at in range(1, 9)]), chain(Told("call", 2.5), Told("call", 6.5))
    order = merged(one, other, links=[sent((0, 1), (1, 0))])
    one.drop_oldest(4)
    take(order, 0, one)
    assert order.grow() is None
    for _ in order.arrange():
        pass
    assert rows(order) == [(1, 0), (0, 4), (0, 5), (1, 1), (0, 6), (0, 7)]
    assert order.began_ns(1) == 5 * SECOND


def test_links_of_the_real_theater_allow_an_order() -> None:
    """Of a recorded family, whose chains hold no times: each handler stands behind what spawned it."""
    family = find_family(reference_file("lab/families/tickets/family.json").parent)
    assert family is not None
    ids = [member.entry.id for member in family.members]
    links, order = Links(ids), Merged(len(ids))
    with ExitStack() as files:
        for member in family.members:
            table = files.enter_context(open_chain(member.file)).load().table
            links.read(member.number, table)
            take(order, member.number, table)
        every = list(links.every())
        assert {each.kind for each in every} == {LinkKind.SPAWN, LinkKind.TRANSFER}
        assert set(every) == {link for each in every for link in links.of(each.target)}
    order.link(every)
    for _ in order.arrange():
        pass
    assert (order.basis, order.left_out, len(order)) == (OrderBasis.LINKS, 0, 112)
    assert len(every) == 10
    for link in every:
        assert (order.row_of(link.source) or 0) < (order.row_of(link.target) or 0)


# Laws

_kinds = st.sampled_from(("call", "host", "end"))
_chains = st.lists(st.lists(_kinds, max_size=8), min_size=1, max_size=4)


@st.composite
def families(draw: st.DrawFn, *, timed: bool | None = None) -> tuple[list[list[Told]], list[Link]]:
    """Chains with or without times, which may jump, and links between any of their events."""
    kinds = draw(_chains)
    timed = draw(st.booleans()) if timed is None else timed
    times = st.integers(1, 12) if timed else st.just(0)
    chains = [[Told(kind, draw(times), draw(st.integers(0, 2))) for kind in each] for each in kinds]
    places = [(actor, at) for actor, events in enumerate(chains) for at in range(len(events))]
    if not places:
        return chains, []
    ends = st.tuples(st.sampled_from(places), st.sampled_from(places), st.integers(0, 1))
    pairs = draw(st.lists(ends, max_size=8, unique_by=lambda pair: pair[:2]))
    return chains, [sent(source, target, alike=alike) for source, target, alike in pairs if source != target]


@given(families())
def test_an_order_holds_every_event_once_in_the_order_of_its_chain(
    family: tuple[list[list[Told]], list[Link]],
) -> None:
    """No link goes backwards but those that are left out, and none is where no two contradict each other."""
    chains, links = family
    order = merged(*[chain(*events) for events in chains], links=links)
    found = rows(order)
    assert sorted(found) == [(actor, at) for actor, events in enumerate(chains) for at in range(len(events))]
    for actor, events in enumerate(chains):
        assert [at for of, at in found if of == actor] == list(range(len(events)))
    backwards = [link for link in links if (order.row_of(link.source) or 0) > (order.row_of(link.target) or 0)]
    assert len(backwards) <= order.left_out
    assert bool(order.left_out) == _contradict(chains, links)
    assert found == rows(merged(*[chain(*events) for events in chains], links=links))


def _contradict(chains: Sequence[Sequence[Told]], links: Sequence[Link]) -> bool:
    """Whether the links and the orders of the chains go round in a circle, told by leaving one after the other."""
    waits = {
        (actor, at): {(actor, at - 1)} if at else set() for actor, each in enumerate(chains) for at in range(len(each))
    }
    for link in links:
        waits[link.target.actor, link.target.index].add((link.source.actor, link.source.index))
    while free := [place for place, before in waits.items() if not before]:
        for place in free:
            del waits[place]
        for before in waits.values():
            before.difference_update(free)
    return bool(waits)


@given(st.data(), families(timed=True))
def test_an_order_that_grew_is_the_one_made_at_once(
    data: st.DataObject, family: tuple[list[list[Told]], list[Link]]
) -> None:
    """However the events came, where no links contradict each other."""
    chains, links = family
    if _contradict(chains, links):
        links = []
    tables = [EventTable() for _ in chains]
    order = merged(*tables, links=links)
    left = [list(events) for events in chains]
    while any(left):
        actor = data.draw(st.sampled_from([at for at, events in enumerate(left) if events]))
        count = data.draw(st.integers(1, len(left[actor])))
        chain(*left[actor][:count], table=tables[actor])
        del left[actor][:count]
        take(order, actor, tables[actor])
        before, first = rows(order), order.grow()
        if first is None:
            for _ in order.arrange():
                pass
        else:
            assert rows(order)[:first] == before[:first]
    assert rows(order) == rows(merged(*tables, links=links))
