"""Which actors an actor spawned, as its chain tells."""

from __future__ import annotations

from chainview.chain.families.spawns import Spawn, failed_init, refused_in, spawns_in
from chainview.chain.payload import INIT, encode_call, encode_error, encode_host_call, encode_result
from chainview.chain.schema import Schema
from chainview.chain.state_chain import linked
from chainview.chain.table import EventTable
from chainview.pack.values import UNIT, Option, Result, String, Tuple, none, types

MODULE = none(types.list_of(types.U8))
CALL = ("wasm", encode_call(Schema.VALUES, INIT, UNIT))


def table_of(*parts: tuple[str, bytes]) -> EventTable:
    """A table of events with these types and payloads."""
    table = EventTable()
    for event in linked(parts):
        table.append(event)
    return table


def spawn(answer: Result) -> tuple[str, bytes]:
    """A spawn from a manifest, with a state, that was answered so."""
    given = Tuple((String("c.toml"), Option(types.STRING, String("s")), MODULE))
    return "theater:simple/supervisor/spawn", encode_host_call("theater:simple/supervisor", "spawn", given, answer)


def test_a_child_whose_init_failed_is_known_by_the_event_that_tells_of_it() -> None:
    """The answer that its supervisor got names that event by the first digits of its hash, wherever it stands."""
    child = table_of(CALL, ("wasm", encode_error(INIT, "Function returned error: no")))
    digits = failed_init(child)
    assert digits == child.hash(1).hex()[:7]  # type: ignore[union-attr]
    reason = f"actor.init failed: Internal error: Event[{digits}] (parent: 7df1d45...) wasm"
    refused = Result(types.STRING, types.STRING, False, String(reason))
    other = Result(types.STRING, types.STRING, False, String("Failed to load manifest: Event[zz]"))
    parent = table_of(CALL, spawn(other), spawn(refused))
    assert dict(refused_in(parent)) == {digits: Spawn(2, "c.toml", String("s"), "")}
    assert list(spawns_in(parent)) == []


def test_an_init_that_came_back_or_is_not_there_did_not_fail() -> None:
    """Nothing is told of either, nor of no events at all."""
    ok = ("wasm", encode_result(Schema.VALUES, INIT, UNIT, UNIT))
    assert [failed_init(each) for each in (table_of(CALL, ok), table_of(CALL), table_of(ok), table_of())] == [""] * 4
