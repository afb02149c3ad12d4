"""Whose each chain is, where neither an index nor a header tells it."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from chainview.chain.families.identity.hearsay import Hearsay, hearsay_in
from chainview.chain.families.identity.identities import identities
from chainview.chain.families.link import Basis
from chainview.pack.values import UNIT, String
from tests.chain.families.worlds import World

SELF = "theater:simple/runtime"


def found(world: World, order: Sequence[int] = (), names: Sequence[str] = ()) -> dict[int, tuple[str, Basis]]:
    """What is found of the chains of a world, which lie in some order."""
    order = order or range(len(world.tables))
    said = [hearsay_in(world.tables[number]) for number in order]
    return dict(identities(said, {}, names or ["" for _ in order]).ids)


@given(st.data())
def test_what_is_inferred_from_contents_is_true(data: st.DataObject) -> None:
    """In whatever order the chains lie, and whatever else came from outside: only an order can mislead."""
    count = data.draw(st.integers(2, 5))
    world, actors = World(count, noted=False), st.integers(0, count - 1)
    texts = st.sampled_from([b"a", b"b", b"c"])
    world.watched = data.draw(st.sets(st.integers(1, count - 1)))
    for _ in range(data.draw(st.integers(0, 12))):
        one, other, text = data.draw(actors), data.draw(actors), data.draw(texts)
        data.draw(st.sampled_from([world.send, world.request, world.rpc]))(one, other, text)
        if data.draw(st.booleans()):
            world.person(data.draw(actors), data.draw(texts))
    for actor in range(count):
        while world.waiting[actor]:
            world.handle(actor)
    order = data.draw(st.permutations(range(count)))
    for place, (id, basis) in found(world, order).items():
        assert basis is Basis.UNSURE or int(id) == order[place]


def test_who_was_told_something_of_his_own_is_known_by_it() -> None:
    """The other one is left, by order; who spawned them is neither, and who nobody speaks to has no id."""
    world = World(3, noted=False)
    world.send(0, 2, b"for you alone")
    world.handle(2)
    assert found(world) == {1: ("1", Basis.UNSURE), 2: ("2", Basis.INFERRED)}
    assert found(world, (2, 0, 1)) == {0: ("2", Basis.INFERRED), 2: ("1", Basis.UNSURE)}
    world.send(1, 0, b"an answer")
    world.handle(0)
    assert found(world)[0] == ("0", Basis.INFERRED)


def test_who_was_told_what_others_were_too_is_known_by_all_of_it() -> None:
    """Unless some of that came from outside, so that it tells nothing."""
    world = World(3, noted=False)
    for other, texts in ((1, b"x"), (2, b"xxy")):
        for text in texts:
            world.send(0, other, bytes([text]))
            world.handle(other)
    assert found(world, (0, 2, 1)) == {1: ("2", Basis.INFERRED), 2: ("1", Basis.INFERRED)}
    only = World(3, noted=False)
    for other in (1, 2, 2):
        only.send(0, other, b"x")
        only.handle(other)
    only.person(1, b"x")
    assert {basis for _, basis in found(only).values()} == {Basis.UNSURE}


def test_who_is_watched_is_known_by_what_is_told_of_him() -> None:
    """By an event that nobody else recorded; what all do tells nothing."""
    world = World(3, noted=False)
    world.watched = {2}
    world.call(1, "my:own.work", String("as the other one"))
    world.call(2, "my:own.work", String("as the other one"))
    world.handle(0)
    assert found(world)[2] == ("2", Basis.UNSURE)
    world.call(2, "my:own.work", String("alone"))
    world.handle(0)
    assert found(world)[2] == ("2", Basis.INFERRED)


def test_an_own_id_and_a_files_name_tell_it() -> None:
    """What an actor was answered for itself holds over all else."""
    world = World(3, noted=False)
    world.host(1, SELF, "self", UNIT, String("2"))
    assert found(world, names=["", "", "1"]) == {1: ("2", Basis.INFERRED), 2: ("1", Basis.INFERRED)}


def test_order_tells_nothing_of_the_children_of_two_nor_of_too_few_chains() -> None:
    """Nor which of several left are meant; who was spawned and is of no chain is counted."""
    nested = [Hearsay(spawned=["b", "c"]), Hearsay(spawned=["d"]), Hearsay(), Hearsay()]
    lost = [Hearsay(spawned=["b", "c"]), Hearsay()]
    more = [Hearsay(spawned=["b"]), Hearsay(), Hearsay()]
    for said, unmet in ((nested, 3), (lost, 2), (more, 1)):
        none = identities(said, {}, [""] * len(said))
        assert (none.ids, none.unmet) == ({}, unmet)


def test_a_known_id_is_nobody_elses() -> None:
    """What is told stands, and the rest is inferred around it."""
    said = [Hearsay(spawned=["b", "c"]), Hearsay(), Hearsay()]
    assert identities(said, {1: "c"}, [""] * 3).ids == {2: ("b", Basis.UNSURE)}
